"""What a figure of a report was counted from: a homework in a class, and one child's term, for who may know of it.

A child's report is for its own family and its own teachers: the head teacher all subjects, a teacher of a subject that
one. Nobody above them, and nothing beside it that it could be compared with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from domain.errors import NotFoundError
from domain.homework import Homework, HomeworkState
from domain.naming import without_names
from domain.reports import (
    Figures,
    Line,
    Outline,
    SubjectFigures,
    by_subject,
    figures_of_child,
    lines_of,
    total,
)
from domain.roles import Right, Role
from domain.schools import School, SchoolClass, Student
from domain.submissions import submission_id
from services.context import Context
from services.families import access_own_child
from services.people import Post, Teaching, teaching_of
from services.periods import Period, Span, period_on
from services.reports import scope_of

_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class HomeworkView:
    """One homework in one class, counted at this moment. `children` is for its teachers alone, in the class's order,
    with what each has handed in; others read its text without names."""

    school: School
    school_class: SchoolClass
    homework: Homework
    text: str
    figures: Figures
    children: tuple[tuple[Student, Outline | None], ...]


@dataclass(frozen=True, slots=True)
class ChildWeek:
    """One week of a child."""

    monday: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class ChildView:
    """One child's term (or week) in its class, by subject and by week."""

    student: Student
    school: School
    school_class: SchoolClass
    period: Period
    figures: Figures
    subjects: tuple[SubjectFigures, ...]
    weeks: tuple[ChildWeek, ...]


def knows_children(teaching: Teaching, school_class: SchoolClass) -> bool:
    """Whether somebody teaches a class: as its head teacher or a subject. The office and grade leaders do not."""
    return any(
        a.role in (Role.HEAD_TEACHER, Role.SUBJECT_TEACHER)
        and a.reaches(school_class.id, school_class.grade)
        for a in teaching.appointments
    )


def _taught_by(teaching: Teaching, school_class: SchoolClass) -> frozenset[str] | None:
    """Of a class they teach, the subjects in which they know each child; None is all, for its head teacher."""
    own = [a for a in teaching.appointments if a.reaches(school_class.id, school_class.grade)]
    if any(a.role is Role.HEAD_TEACHER for a in own):
        return None
    return frozenset(a.subject for a in own if a.role is Role.SUBJECT_TEACHER)


async def homework_view(ctx: Context, post: Post, class_id: str, homework_id: str) -> HomeworkView:
    """A homework of a class whose report they see. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.REPORTS)
    school_class, scope = teaching.find_class(class_id), scope_of(teaching)[class_id]
    homework = await ctx.stores.homework.find(homework_id)
    if (
        homework is None
        or homework.school_id != teaching.school.id
        or homework.state is not HomeworkState.PUBLISHED
        or class_id not in homework.class_ids
        or (scope is not None and homework.subject not in scope)
    ):
        raise NotFoundError
    pupils = await ctx.stores.schools.students_of(homework.school_id, [class_id])
    outlines = await ctx.stores.submissions.outlines_of(homework.id)
    lines = lines_of(homework, {class_id: [s.id for s in pupils]}, outlines)
    found = {o.student_id: o for o in outlines}
    text, children = homework.task.text, []
    subjects = _taught_by(teaching, school_class)
    if knows_children(teaching, school_class) and (
        subjects is None or homework.subject in subjects
    ):
        wanted = (s for s in pupils if homework.is_for(class_id, s.id))
        children = [(s, found.get(s.id)) for s in sorted(wanted, key=lambda s: (s.number, s.id))]
    else:
        text = without_names(text, (s.name for s in pupils))
    figures = total(line.figures for line in lines if line.class_id == class_id)
    return HomeworkView(teaching.school, school_class, homework, text, figures, tuple(children))


async def children_to_open(ctx: Context, post: Post, class_id: str) -> list[Student]:
    """The pupils of a class whose own reports they may open, in the class's order; none for who does not teach it.

    Raises NotFoundError.
    """
    teaching = await teaching_of(ctx, post, Right.REPORTS)
    school_class = teaching.find_class(class_id)
    if not knows_children(teaching, school_class):
        return []
    pupils = await ctx.stores.schools.students_of(teaching.school.id, [class_id])
    return sorted(pupils, key=lambda s: (s.number, s.id))


async def child_view_for_teacher(
    ctx: Context, post: Post, student_id: str, *, span: Span, day: date | None = None
) -> ChildView:
    """The report of a child they teach, in what they teach it. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.REPORTS)
    student = (await ctx.stores.schools.students([student_id])).get(student_id)
    if student is None or student.school_id != teaching.school.id or student.left_at is not None:
        raise NotFoundError
    school_class = teaching.find_class(student.class_id)
    if not knows_children(teaching, school_class):
        raise NotFoundError
    subjects = _taught_by(teaching, school_class)
    return await _child_view(ctx, teaching.school, school_class, student, subjects, span, day)


async def child_view_for_family(
    ctx: Context, person_id: str, student_id: str, *, span: Span, day: date | None = None
) -> ChildView:
    """The report of a child they are bound to now. Raises NotFoundError, also for a day that no school has."""
    if day is not None and day.year not in _YEARS:
        raise NotFoundError
    child = await access_own_child(ctx, person_id, student_id)
    school = await ctx.stores.schools.find_school(child.student.school_id)
    if school is None:
        raise NotFoundError
    return await _child_view(ctx, school, child.school_class, child.student, None, span, day)


async def _child_view(
    ctx: Context,
    school: School,
    school_class: SchoolClass,
    student: Student,
    subjects: frozenset[str] | None,
    span: Span,
    day: date | None,
) -> ChildView:
    period = await period_on(ctx, school, span, day)
    lines = [
        line
        for line in await _lines_for(ctx, school_class, student, period)
        if subjects is None or line.subject in subjects
    ]
    ids = [submission_id(line.homework_id, student.id) for line in lines]
    outlines = {o.homework_id: o for o in await ctx.stores.submissions.outlines(ids)}
    counted = [(line, figures_of_child(line, outlines.get(line.homework_id))) for line in lines]
    of_week: dict[date, list[Figures]] = defaultdict(list)
    for line, figures in counted:
        of_week[line.monday].append(figures)
    return ChildView(
        student,
        school,
        school_class,
        period,
        total(figures for _, figures in counted),
        by_subject((line.subject, figures) for line, figures in counted),
        tuple(ChildWeek(monday, total(of_week[monday])) for monday in period.mondays),
    )


async def _lines_for(
    ctx: Context, school_class: SchoolClass, student: Student, period: Period
) -> Sequence[Line]:
    """What is out in the child's class and for this child; of a group's homework the homework itself says for whom."""
    first, last = period.mondays[0], period.mondays[-1]
    found = await ctx.stores.reports.lines_of_class(student.school_id, school_class.id, first, last)
    out = [line for line in found if line.publish_at <= ctx.now()]
    groups = await ctx.stores.homework.many(x.homework_id for x in out if not x.for_all)
    return [
        line
        for line in out
        if line.for_all
        or (
            line.homework_id in groups
            and groups[line.homework_id].is_for(school_class.id, student.id)
        )
    ]
