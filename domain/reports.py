"""What became of homework (作业报告): handed in, on time, returned, marked, minutes; by subject, class, school, week.

Everything is derived from homework and from what was handed in, and can be counted again at any time. Nothing here
names a child: a line is a homework in a class, and says of how many.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.homework import HandIn, Homework, HomeworkState
from domain.monitors import monday_of, week_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """Of what one child handed in no more than is counted. `on_time`: the first version was; `returned`: it was to be
    corrected at some time; `versions` and `marks` are how many there were when it was read."""

    id: str
    homework_id: str
    class_id: str
    student_id: str
    on_time: bool
    returned: bool
    versions: int
    marks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Homeworks with the minutes expected of them; `wanted` is from how many children something was to be handed in,
    homework by homework, and the others are of what was."""

    homework: int = 0
    minutes: int = 0
    wanted: int = 0
    handed_in: int = 0
    on_time: int = 0
    returned: int = 0
    marked: int = 0

    def __add__(self, other: Figures) -> Figures:
        """Both together."""
        return Figures(
            homework=self.homework + other.homework,
            minutes=self.minutes + other.minutes,
            wanted=self.wanted + other.wanted,
            handed_in=self.handed_in + other.handed_in,
            on_time=self.on_time + other.on_time,
            returned=self.returned + other.returned,
            marked=self.marked + other.marked,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One homework in one of its classes. `monday` names the week of its evening; `author_id` is who set it;
    `asked`: something is to be handed in."""

    id: str
    school_id: str
    class_id: str
    homework_id: str
    monday: date
    day: date
    subject: str
    author_id: str
    asked: bool
    for_all: bool
    publish_at: datetime
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFigures:
    """One subject."""

    subject: str
    figures: Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassReport:
    """A class's week: what its lines add up to, by subject, and who set them."""

    id: str
    school_id: str
    class_id: str
    monday: date
    subjects: tuple[SubjectFigures, ...]
    authors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolReport:
    """A school's week. Of `due` subjects of classes `reached` had as much homework as is wanted a week; of `teachers`
    who teach a subject `used` have set some. Both are nothing in a week without school."""

    id: str
    school_id: str
    monday: date
    subjects: tuple[SubjectFigures, ...]
    due: int
    reached: int
    teachers: int
    used: int
    counted_at: datetime


def line_id(homework_id: str, class_id: str) -> str:
    """A homework is in a class once: the key says so."""
    return f"{homework_id}:{class_id}"


def lines_of(
    homework: Homework, pupils: Mapping[str, Collection[str]], outlines: Iterable[Outline]
) -> list[Line]:
    """A homework's lines, of its classes' `pupils` and of what was handed in for it; none for one that is not
    published. A child that has left since, and had handed in, is still counted."""
    if homework.state is not HomeworkState.PUBLISHED:
        return []
    task, found = homework.task, list(outlines)
    asked = task.hand_in is not HandIn.NOTHING
    lines = []
    for class_id in homework.class_ids:
        here = [o for o in found if o.class_id == class_id]
        wanted = {s for s in pupils.get(class_id, ()) if homework.is_for(class_id, s)}
        wanted |= {o.student_id for o in here}
        figures = Figures(
            homework=1,
            minutes=task.minutes,
            wanted=len(wanted) if asked else len(here),
            handed_in=len(here),
            on_time=sum(o.on_time for o in here),
            returned=sum(o.returned for o in here),
            marked=sum(o.marks > 0 for o in here),
        )
        lines.append(
            Line(
                id=line_id(homework.id, class_id),
                school_id=homework.school_id,
                class_id=class_id,
                homework_id=homework.id,
                monday=monday_of(task.evening),
                day=task.evening,
                subject=homework.subject,
                author_id=homework.author_id,
                asked=asked,
                for_all=not homework.student_ids,
                publish_at=homework.publish_at,
                figures=figures,
            )
        )
    return lines


def figures_of_child(line: Line, outline: Outline | None) -> Figures:
    """The same of one child, of what it handed in."""
    return Figures(
        homework=1,
        minutes=line.figures.minutes,
        wanted=int(line.asked or outline is not None),
        handed_in=int(outline is not None),
        on_time=int(outline is not None and outline.on_time),
        returned=int(outline is not None and outline.returned),
        marked=int(outline is not None and outline.marks > 0),
    )


def weeks_touched(homework: Homework) -> set[date]:
    """Every week a homework counts in, or ever did: one that is moved leaves its old one."""
    return {monday_of(task.evening) for task in homework.versions}


def total(some: Iterable[Figures]) -> Figures:
    """Added up."""
    return sum(some, Figures())


def by_subject(some: Iterable[tuple[str, Figures]]) -> tuple[SubjectFigures, ...]:
    """Added up subject by subject, in the order of their codes."""
    found: dict[str, Figures] = {}
    for subject, figures in some:
        found[subject] = found.get(subject, Figures()) + figures
    return tuple(SubjectFigures(subject=code, figures=f) for code, f in sorted(found.items()))


def subjects_added(some: Iterable[SubjectFigures]) -> tuple[SubjectFigures, ...]:
    """Subjects of several weeks or classes added up."""
    return by_subject((one.subject, one.figures) for one in some)


def class_report(
    school_id: str, class_id: str, monday: date, lines: Sequence[Line]
) -> ClassReport | None:
    """What the lines of a class's week add up to; None where there are none."""
    if not lines:
        return None
    return ClassReport(
        id=week_id(class_id, monday),
        school_id=school_id,
        class_id=class_id,
        monday=monday,
        subjects=by_subject((line.subject, line.figures) for line in lines),
        authors=tuple(sorted({line.author_id for line in lines})),
    )


def school_report(
    school_id: str,
    monday: date,
    reports: Sequence[ClassReport],
    *,
    taught: Collection[tuple[str, str]],
    teachers: Collection[str],
    aims: Mapping[str, int],
    with_school: bool,
    at: datetime,
) -> SchoolReport:
    """What classes' weeks add up to.

    `taught` are the (class, subject) that somebody teaches, `teachers` who teach a subject, `aims` how many homeworks
    a week are wanted of a subject in each class that stands; `with_school`: whether there is school in that week.
    """
    set_here = Counter[tuple[str, str]]()
    for report in reports:
        for one in report.subjects:
            set_here[(report.class_id, one.subject)] += one.figures.homework
    due = {pair for pair in (*taught, *set_here) if pair[0] in aims} if with_school else set()
    authors = {author for report in reports for author in report.authors}
    return SchoolReport(
        id=week_id(school_id, monday),
        school_id=school_id,
        monday=monday,
        subjects=subjects_added(one for report in reports for one in report.subjects),
        due=len(due),
        reached=sum(set_here[pair] >= aims[pair[0]] for pair in due),
        teachers=len(set(teachers)) if with_school else 0,
        used=len(authors & set(teachers)) if with_school else 0,
        counted_at=at,
    )
