"""The new school year (新学年升级) as data: what happens to each class, in which steps, and how it is taken back.

Access ends before anything else begins, and comes back last: between any two steps nobody reaches a class, or
hears of a child, that is not theirs. How a plan is made stands in `domain.rollover_plans`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.roles import Appointment, appointment_id
from domain.roster_classes import ClassName
from domain.schools import SchoolClass

UNDO_WINDOW = timedelta(days=1)
_OPENS = (7, 1)  # the old year's lessons are over
_DEADLINE = (9, 30)  # the city's rule: the new year stands before 30 September
_WARNED_FROM = 8  # August


class Way(StrEnum):
    """What becomes of a class; exactly one of these."""

    UP = "up"
    GRADUATES = "graduates"  # leaves the school
    ARRIVED = "arrived"  # came with a list of the new year, stands there already
    ENDED = "ended"  # graduated in an earlier year


class LeaderWay(StrEnum):
    """What becomes of a grade leader."""

    UP = "up"  # with the grade
    STAYS = "stays"  # with the number of the grade
    ENDS = "ends"  # the grade has left, or they lead the next one already


@dataclass(frozen=True, slots=True)
class Standing:
    """What a class is called and where it stands in one school year."""

    name: str
    grade: int
    entered: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassMove:
    """One class; `after` is what it is afterwards, the same as `before` where nothing changes. `pupils` are those
    who are in it now."""

    class_id: str
    way: Way
    before: Standing
    after: Standing
    pupils: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaderMove:
    """One grade leader. `replaced` is what the new appointment's place in the store held before: they may have led
    that grade once, or lead it now and go up themselves."""

    appointment: Appointment
    way: LeaderWay
    replaced: Appointment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a person chose in the preview; what is not chosen is as usual.

    `intake` is how many classes to found in a first grade, `leaving` says for a grade that ends a stage inside
    the school whether its children leave, `staying` are appointments of grade leaders who keep their grade.
    """

    intake: tuple[tuple[int, int], ...] = ()
    leaving: tuple[tuple[int, bool], ...] = ()
    staying: tuple[str, ...] = ()


class Trouble(StrEnum):
    """Why a school cannot go up yet."""

    NO_STAGES = "no_stages"
    NO_YEAR = "no_year"  # nobody has said which year the classes stand for
    NO_CLASSES = "no_classes"
    DONE = "done"  # the next year has not come
    UNREADABLE = "unreadable"  # a class of old, whose name says neither grade nor number
    OUT_OF_STEP = "out_of_step"  # a class stands in a grade its children are not in
    OUTSIDE = "outside"  # a class in a grade this school does not have
    CLASH = "clash"  # two classes would have one name


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A trouble, and the names of the classes it is about."""

    trouble: Trouble
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that happens, worked out before anything does; what is true of the school is in it, so a plan
    that is made again and differs means that the school has changed.

    `year` is the new school year; `year_before` what the school's record says now (0: nothing).
    """

    school_id: str
    year: int
    year_before: int = 0
    moves: tuple[ClassMove, ...] = ()
    founded: tuple[SchoolClass, ...] = ()
    teachers: tuple[
        tuple[str, str], ...
    ] = ()  # appointment and class, of those whose class graduates
    leaders: tuple[LeaderMove, ...] = ()
    problems: tuple[Obstacle, ...] = ()

    def going(self, way: Way) -> tuple[ClassMove, ...]:
        """The classes that go this way."""
        return tuple(move for move in self.moves if move.way is way)

    @property
    def graduating_pupils(self) -> int:
        """How many children leave: the number that has to be typed."""
        return sum(move.pupils for move in self.going(Way.GRADUATES))

    def move_of(self, class_id: str) -> ClassMove:
        """Raises KeyError for a class that is not in it."""
        for move in self.moves:
            if move.class_id == class_id:
                return move
        raise KeyError(class_id)


class RolloverState(StrEnum):
    """Where a roll-over stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"  # can be undone until `undo_until`
    UNDOING = "undoing"
    UNDONE = "undone"
    CLOSED = "closed"  # for good


BUSY = frozenset({RolloverState.RUNNING, RolloverState.UNDOING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollover:
    """One school, one year, once. `step` is how many steps are done, of those its state asks for.

    `due_at` is when something is to be done about it. `run` holds the turn until `held_until`. `at` is when it
    began: what it ended carries this moment, and that is how undoing knows it again.
    """

    id: str
    school_id: str
    year: int
    state: RolloverState
    plan: Plan
    choices: Choices
    by: str
    planned_at: datetime
    at: datetime | None = None
    done_at: datetime | None = None
    undo_until: datetime | None = None
    undone_at: datetime | None = None
    step: int = 0
    run: str = ""
    held_until: datetime | None = None
    due_at: datetime | None = None

    @property
    def busy(self) -> bool:
        """Whether the school is being changed: nothing else may change it meanwhile."""
        return self.state in BUSY

    @property
    def tag(self) -> str:
        """What the bindings that it ended name as who ended them."""
        return ending_tag(self.id, self.at) if self.at else ""

    def may_undo(self, at: datetime) -> bool:
        """Whether it can still be taken back, as far as time goes."""
        return (
            self.state is RolloverState.DONE
            and self.undo_until is not None
            and at < self.undo_until
        )


def rollover_id(school_id: str, year: int) -> str:
    """A school goes up into a year once: the key says so."""
    return f"{school_id}:{year}"


def ending_tag(key: str, at: datetime) -> str:
    """One run of one roll-over: after an undo the same year may be begun again."""
    return f"rollover:{key}:{int(at.timestamp() * 1000)}"


def opens_on(year: int) -> date:
    """The first day on which a school may go up into this year."""
    return date(year, *_OPENS)


def deadline(year: int) -> date:
    """The day before which the year has to stand."""
    return date(year, *_DEADLINE)


def is_pressing(year: int, today: date) -> bool:
    """Whether the deadline should be shown: from August on, and when it has passed."""
    return today >= date(year, _WARNED_FROM, 1)


# --------------------------------------------------------------------------------------- steps


class StepKind(StrEnum):
    """One piece of the work; doing it twice is doing it once."""

    END_LEADERS = "end_leaders"
    END_CLASS = "end_class"  # bindings, pupils, teachers, then the class
    END_AGAIN = "end_again"  # whoever came in between
    RAISE = "raise"
    FOUND = "found"
    BEGIN_LEADERS = "begin_leaders"
    YEAR = "year"
    YEAR_BACK = "year_back"
    UNBEGIN_LEADERS = "unbegin_leaders"
    UNFOUND = "unfound"
    LOWER = "lower"
    REOPEN_CLASS = "reopen_class"
    LEADERS_AGAIN = "leaders_again"


@dataclass(frozen=True, slots=True)
class Step:
    """A kind of work, and on which class where it is about one."""

    kind: StepKind
    class_id: str = ""


def forward_steps(plan: Plan) -> tuple[Step, ...]:
    """The order of going up. The highest grade first: no two classes ever have one name."""
    leaving = [move.class_id for move in plan.going(Way.GRADUATES)]
    return (
        Step(StepKind.END_LEADERS),
        *(Step(StepKind.END_CLASS, class_id) for class_id in leaving),
        *(Step(StepKind.END_AGAIN, class_id) for class_id in leaving),
        *(Step(StepKind.RAISE, class_id) for class_id in reversed(_lowest_first(plan))),
        Step(StepKind.FOUND),
        Step(StepKind.BEGIN_LEADERS),
        Step(StepKind.YEAR),
    )


def backward_steps(plan: Plan) -> tuple[Step, ...]:
    """The order of taking it back: what began ends first, what ended comes back last."""
    left = [move.class_id for move in plan.going(Way.GRADUATES)]
    return (
        Step(StepKind.YEAR_BACK),
        Step(StepKind.UNBEGIN_LEADERS),
        Step(StepKind.UNFOUND),
        *(Step(StepKind.LOWER, class_id) for class_id in _lowest_first(plan)),
        *(Step(StepKind.REOPEN_CLASS, class_id) for class_id in left),
        Step(StepKind.LEADERS_AGAIN),
    )


def steps_of(rollover: Rollover) -> tuple[Step, ...]:
    """The steps its state asks for."""
    undoing = rollover.state in (RolloverState.UNDOING, RolloverState.UNDONE)
    return backward_steps(rollover.plan) if undoing else forward_steps(rollover.plan)


def _lowest_first(plan: Plan) -> list[str]:
    up = sorted(plan.going(Way.UP), key=lambda move: (move.before.grade, move.class_id))
    return [move.class_id for move in up]


# ------------------------------------------------------------------- what a step does to a thing


def raised(school_class: SchoolClass, move: ClassMove) -> SchoolClass:
    """The class in its new year."""
    return _standing_as(school_class, move.after)


def lowered(school_class: SchoolClass, move: ClassMove) -> SchoolClass:
    """The class as it was; one that is already is left alone. What a person has called it since stays: only the
    grade goes back."""
    if school_class.grade != move.after.grade:
        return school_class
    if _standing_of(school_class) == move.after:
        return _standing_as(school_class, move.before)
    label = school_class.label
    name = ClassName(move.before.grade, label).name if label else school_class.name
    return replace(school_class, grade=move.before.grade, entered=move.before.entered, name=name)


def leader_after(move: LeaderMove, at: datetime, tag: str) -> Appointment | None:
    """The appointment that begins for a leader who goes up; None for any other."""
    if move.way is not LeaderWay.UP:
        return None
    old = move.appointment
    grade = old.grade + 1
    key = appointment_id(old.role, old.person_id, place_id=old.school_id, grade=grade)
    return replace(old, id=key, grade=grade, granted_by=tag, granted_at=at)


def leader_unbegun(
    move: LeaderMove, current: Appointment | None, at: datetime, tag: str
) -> Appointment | None:
    """What is in the place of the new appointment once it is taken back, before the old ones stand again.

    None: nothing. What a person has made of it since (`current`) stays.
    """
    if current is None or current != leader_after(move, at, tag):
        return current
    return _waiting(move.replaced, at)


def may_stand_again(move: LeaderMove, current: Appointment | None, at: datetime) -> bool:
    """Whether a leader's old appointment comes back; `current` is what is in the place of the new one. Not where a
    person has decided about the new one since."""
    return move.way is LeaderWay.ENDS or current in (
        None,
        move.replaced,
        _waiting(move.replaced, at),
    )


def _waiting(replaced: Appointment | None, at: datetime) -> Appointment | None:
    """What was replaced, ended at `at` if it stood: it goes up itself, and comes back by itself."""
    stood = replaced is not None and replaced.ended_at is None
    return replace(replaced, ended_at=at) if replaced and stood else replaced


def _standing_of(school_class: SchoolClass) -> Standing:
    return Standing(school_class.name, school_class.grade, school_class.entered, school_class.label)


def _standing_as(school_class: SchoolClass, standing: Standing) -> SchoolClass:
    return replace(
        school_class,
        name=standing.name,
        grade=standing.grade,
        entered=standing.entered,
        label=standing.label,
    )
