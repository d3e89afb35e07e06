"""Planning the new school year: what becomes of each class, of who teaches and leads, and what stands in the way.

Nothing here is guessed: a class of which it is not certain where it stands is a problem that a person settles.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice

from domain.errors import InvalidError
from domain.errors import Problem as FormProblem
from domain.roles import Appointment, Role, appointment_id
from domain.rollovers import (
    Choices,
    ClassMove,
    LeaderMove,
    LeaderWay,
    Obstacle,
    Plan,
    Standing,
    Trouble,
    Way,
    opens_on,
)
from domain.roster_classes import ClassError, ClassName, SchoolYear, read_class
from domain.schools import School, SchoolClass
from domain.stages import Stage, System, graduates, last_grade, school_grades, stage_of

MOST_FOUNDED = 40  # classes in one first grade
AS_USUAL = Choices()
_LISTS_FROM = 8  # lists of the new school year are made from August on


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolNow:
    """A school as it is at `at`: every class it ever had, pupils by class, everybody who has or had a role."""

    school: School
    classes: Sequence[SchoolClass]
    pupils: Mapping[str, int]
    appointments: Sequence[Appointment]
    at: datetime


@dataclass(frozen=True, slots=True)
class Border:
    """A grade that ends a stage while the school has the next one: do its children leave?"""

    grade: int
    leaves: bool


def standing_year(school: School, classes: Iterable[SchoolClass]) -> int:
    """The school year that the classes stand for: what the record says, or what most classes say where that is
    earlier; 0 when neither says anything.

    A list of the new year may have brought classes of that year while the others wait to go up.
    """
    said = Counter(c.entered + c.grade - 1 for c in classes if c.ended_at is None and c.entered)
    most = max(said.values(), default=0)
    common = min((year for year, count in said.items() if count == most), default=0)
    return min((year for year in (school.year, common) if year), default=0)


def borders_of(school: School, choices: Choices = AS_USUAL) -> tuple[Border, ...]:
    """The grades between two stages of this school, and whether their children leave.

    Unless chosen otherwise, primary pupils go on within the school, and children leave after the last grade of
    junior school: into senior school (高中) the entrance exam leads, nobody goes up as a class.
    """
    chosen = dict(choices.leaving)
    ends = {last_grade(stage, school.system): stage for stage in school.stages}
    return tuple(
        Border(grade, chosen.get(grade, ends[grade] is Stage.JUNIOR))
        for grade in sorted(ends)
        if not graduates(grade, school.stages, school.system)
    )


def leaving_grades(school: School, choices: Choices = AS_USUAL) -> frozenset[int]:
    """The grades after which children leave this school."""
    grades = school_grades(school.stages, school.system)
    ends = {g for g in grades if graduates(g, school.stages, school.system)}
    return frozenset(ends | {b.grade for b in borders_of(school, choices) if b.leaves})


def first_grades(school: School) -> tuple[int, ...]:
    """The grades in which children may enter this school: the first of each stage."""
    grades = school_grades(school.stages, school.system)
    firsts = {stage_of(g, school.system): g for g in reversed(grades)}
    return tuple(sorted(firsts.values()))


def plan_rollover(now: SchoolNow, choices: Choices, today: date) -> Plan:
    """What going up into the next year would do; with `problems` it cannot be begun."""
    school, standing = now.school, standing_year(now.school, now.classes)
    plan = Plan(school_id=school.id, year=standing + 1 if standing else 0, year_before=school.year)
    living = [c for c in now.classes if c.ended_at is None]
    missing = [
        Obstacle(trouble)
        for trouble, is_so in (
            (Trouble.NO_CLASSES, not living),
            (Trouble.NO_STAGES, not school.stages),
            (Trouble.NO_YEAR, bool(living) and not standing),
            (Trouble.DONE, bool(standing) and today < opens_on(standing + 1)),
        )
        if is_so
    ]
    if missing:
        return replace(plan, problems=tuple(missing))
    leaving = leaving_grades(school, choices)
    moves, problems = _moves(now, plan.year, leaving)
    founded = _founded(now, plan.year, moves, leaving, choices)
    left = {move.class_id for move in moves if move.way is Way.GRADUATES}
    standing_now = [a for a in now.appointments if a.stands(now.at)]
    return replace(
        plan,
        moves=moves,
        founded=founded,
        teachers=tuple(sorted((a.id, a.class_id) for a in standing_now if a.class_id in left)),
        leaders=_leaders(now, standing_now, leaving, choices),
        problems=(*problems, *_clashes(moves, founded)),
    )


def _moves(
    now: SchoolNow, year: int, leaving: Collection[int]
) -> tuple[tuple[ClassMove, ...], list[Obstacle]]:
    grades = school_grades(now.school.stages, now.school.system)
    moves: list[ClassMove] = []
    wrong: dict[Trouble, list[str]] = {trouble: [] for trouble in Trouble}
    for school_class in sorted(now.classes, key=_in_order):
        found = _move(school_class, now, year, grades, leaving)
        if isinstance(found, Trouble):
            wrong[found].append(school_class.name)
        else:
            moves.append(found)
    return tuple(moves), [Obstacle(t, tuple(names)) for t, names in wrong.items() if names]


def _in_order(school_class: SchoolClass) -> tuple[int, int, str, str]:
    """By grade and number, as schools count their classes; those with a name of their own come last."""
    label = school_class.label
    number = int(label) if label.isdigit() else 100
    return school_class.grade, number, school_class.name, school_class.id


def _move(
    school_class: SchoolClass,
    now: SchoolNow,
    year: int,
    grades: Collection[int],
    leaving: Collection[int],
) -> ClassMove | Trouble:
    name, grade = school_class.name, school_class.grade
    before = Standing(name, grade, school_class.entered, school_class.label)
    way, after = Way.ENDED, before
    if school_class.ended_at is None:
        cohort = _cohort(school_class, now.school, year - 1)
        if cohort is None:
            return Trouble.UNREADABLE
        entered, label = cohort
        then = year - entered + 1  # the grade these children are in when the year has begun
        if grade not in (then - 1, then):
            return Trouble.OUT_OF_STEP
        if grade not in grades:
            return Trouble.OUTSIDE
        if grade == then:
            way = Way.ARRIVED
        elif grade in leaving:
            way = Way.GRADUATES
        else:
            way, after = Way.UP, Standing(ClassName(then, label).name, then, entered, label)
    return ClassMove(
        class_id=school_class.id,
        way=way,
        before=before,
        after=after,
        pupils=now.pupils.get(school_class.id, 0),
    )


def _cohort(school_class: SchoolClass, school: School, year: int) -> tuple[int, str] | None:
    """Year of entry and label; of a class stored without, as far as its name tells."""
    entered, label = school_class.entered, school_class.label
    if entered and label:
        return entered, label
    spoken = SchoolYear(year, frozenset(school.stages), school.system)
    try:
        name = read_class(school_class.name, grade=school_class.grade or None, year=spoken)
    except ClassError:
        return None
    return entered or year - name.grade + 1, label or name.label


def usual_intake(
    school: School, moves: Iterable[ClassMove], leaving: Collection[int]
) -> dict[int, int]:
    """How many classes to found in each first grade: as many as leave at the other end of the way that begins there,
    without those that came with a list already; none where children come from the grade below."""
    left = Counter(m.before.grade for m in moves if m.way is Way.GRADUATES)
    there = Counter(m.before.grade for m in moves if m.way is Way.ARRIVED)
    usual = {}
    for first in first_grades(school):
        last = min(grade for grade in leaving if grade >= first)
        comes_new = first - 1 in leaving or first - 1 not in school_grades(
            school.stages, school.system
        )
        usual[first] = max(0, left[last] - there[first]) if comes_new else 0
    return usual


def _founded(
    now: SchoolNow,
    year: int,
    moves: Sequence[ClassMove],
    leaving: Collection[int],
    choices: Choices,
) -> tuple[SchoolClass, ...]:
    wanted = usual_intake(now.school, moves, leaving)
    wanted.update({g: n for g, n in choices.intake if g in wanted})
    taken = {c.id for c in now.classes}
    founded: list[SchoolClass] = []
    for grade, count in sorted(wanted.items()):
        used = {
            m.after.label or m.before.label
            for m in moves
            if m.way in (Way.UP, Way.ARRIVED) and m.after.grade == grade
        }
        free = (str(number) for number in range(1, 100) if str(number) not in used)
        labels = islice(free, min(count, MOST_FOUNDED))
        founded += [_new_class(now.school.id, year, grade, label, taken) for label in labels]
    return tuple(founded)


def _new_class(
    school_id: str, year: int, grade: int, label: str, taken: Collection[str]
) -> SchoolClass:
    """An id made of what it is: founded twice, it is one class."""
    entered, again = year - grade + 1, 0
    key = _key(school_id, entered, label, again)
    while key in taken:
        again += 1
        key = _key(school_id, entered, label, again)
    return SchoolClass(
        id=key,
        school_id=school_id,
        name=ClassName(grade, label).name,
        grade=grade,
        entered=entered,
        label=label,
    )


def _key(school_id: str, entered: int, label: str, again: int) -> str:
    parts = (school_id, "founded", str(entered), label, str(again))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:28]


def _leaders(
    now: SchoolNow, standing: Sequence[Appointment], leaving: Collection[int], choices: Choices
) -> tuple[LeaderMove, ...]:
    grades = school_grades(now.school.stages, now.school.system)
    stored = {a.id: a for a in now.appointments}
    leaders = [a for a in standing if a.role is Role.GRADE_LEADER and a.grade in grades]
    stays = {a.id for a in leaders if a.id in choices.staying}
    moves = []
    for leader in sorted(leaders, key=lambda a: (a.grade, a.id)):
        next_id = appointment_id(
            leader.role, leader.person_id, place_id=leader.school_id, grade=leader.grade + 1
        )
        way, replaced = LeaderWay.UP, stored.get(next_id)
        if leader.id in stays:
            way, replaced = LeaderWay.STAYS, None
        elif leader.grade in leaving or next_id in stays:
            way, replaced = LeaderWay.ENDS, None
        moves.append(LeaderMove(appointment=leader, way=way, replaced=replaced))
    return tuple(moves)


def _clashes(moves: Iterable[ClassMove], founded: Iterable[SchoolClass]) -> list[Obstacle]:
    names = Counter(m.after.name for m in moves if m.way in (Way.UP, Way.ARRIVED))
    names.update(c.name for c in founded)
    twice = tuple(sorted(name for name, count in names.items() if count > 1))
    return [Obstacle(Trouble.CLASH, twice)] if twice else []


# ------------------------------------------------------------------------------------- forms

Form = Mapping[str, Sequence[str]]


def parse_choices(form: Form, school: School) -> Choices:
    """What was chosen in the preview: `intake_N` classes for a first grade, `leave_N` yes or no for a border, `stays`
    the leaders who keep their grade. Raises InvalidError for a number that is none; what is not asked is ignored."""
    problems: dict[str, FormProblem] = {}
    intake = []
    for grade in first_grades(school):
        name = f"intake_{grade}"
        text = "".join(form.get(name, ())).strip()
        if not text:
            continue
        if not (text.isascii() and text.isdigit() and int(text) <= MOST_FOUNDED):
            problems[name] = FormProblem("not_a_count", MOST_FOUNDED)
        else:
            intake.append((grade, int(text)))
    if problems:
        raise InvalidError(problems)
    said = {b.grade: "".join(form.get(f"leave_{b.grade}", ())) for b in borders_of(school)}
    leaving = tuple((grade, text == "yes") for grade, text in said.items() if text)
    return Choices(intake=tuple(intake), leaving=leaving, staying=tuple(form.get("stays", ())))


def parse_kind_of_school(
    form: Form, *, today: date, year: int
) -> tuple[tuple[Stage, ...], System, int]:
    """Stages, system, and the year that the classes stand for: `year` where that is known, else what the form says.

    Raises InvalidError (fields `stages`, `system`, `year`)."""
    stages = tuple(stage for stage in Stage if stage.value in form.get("stages", ()))
    systems = [s for s in System if s.value in form.get("system", ())]
    asked = "".join(form.get("year", ()))
    years = {str(y): y for y in years_to_choose(today)}
    problems = {
        name: FormProblem("missing")
        for name, is_there in (
            ("stages", stages),
            ("system", len(systems) == 1),
            ("year", year or asked in years),
        )
        if not is_there
    }
    if problems:
        raise InvalidError(problems)
    return stages, systems[0], year or years[asked]


def years_to_choose(today: date) -> tuple[int, int]:
    """The school years that a school's classes may stand for when nobody has said it: the last one and this one, the
    new one from August on."""
    this_year = today.year if today.month >= _LISTS_FROM else today.year - 1
    return this_year - 1, this_year
