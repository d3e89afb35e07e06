"""What became of homework, for who may know: of a class, a grade, a school, a region. Figures, and what they count.

The figures are kept by `services.report_counting`. A teacher of a subject sees that subject in their classes; a region
sees schools' figures and their classes', and no homework. No figure orders anybody, and none here is of a child.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.aims import Aim
from domain.evenings import week_has_school
from domain.regions import Region
from domain.reports import (
    ClassReport,
    Figures,
    Line,
    SchoolReport,
    SubjectFigures,
    class_report,
    subjects_added,
    total,
)
from domain.roles import Right, Role
from domain.schools import School, SchoolClass
from domain.terms import Term
from services.aims import aims_for
from services.context import Context
from services.people import Post, Teaching, teaching_of
from services.periods import (
    Period,
    Span,
    access_region_figures,
    access_school_figures,
    classes_in_order,
    period_of,
    schools_in_order,
)
from services.terms import calendar_of, school_day

# The subjects of a class that somebody sees; None is all of them.
Scope = Mapping[str, frozenset[str] | None]


@dataclass(frozen=True, slots=True)
class Reach:
    """Of `due` (subjects of classes, week by week) `reached` had as much homework as is wanted."""

    due: int = 0
    reached: int = 0

    def __add__(self, other: Reach) -> Reach:
        """Both together."""
        return Reach(self.due + other.due, self.reached + other.reached)


@dataclass(frozen=True, slots=True)
class WeekLine:
    """One week. Of `teachers` who teach a subject `used` set homework; nothing where that is not to be seen."""

    monday: date
    figures: Figures
    reach: Reach
    teachers: int = 0
    used: int = 0


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One class in the period; `term` is how many of its subjects have had as much homework as is wanted of a term."""

    school_class: SchoolClass
    figures: Figures
    reach: Reach
    term: Reach


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school, or the classes and subjects of it that somebody sees (not `whole`)."""

    school: School
    period: Period
    figures: Figures
    subjects: tuple[SubjectFigures, ...]
    weeks: tuple[WeekLine, ...]
    lines: tuple[ClassLine, ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class SchoolLine:
    """One school in the period; teachers week by week, added up."""

    school: School
    figures: Figures
    reach: Reach
    teachers: int
    used: int


@dataclass(frozen=True, slots=True)
class RegionView:
    """A region with all its schools, by name."""

    region: Region
    period: Period
    figures: Figures
    subjects: tuple[SubjectFigures, ...]
    weeks: tuple[WeekLine, ...]
    lines: tuple[SchoolLine, ...]


@dataclass(frozen=True, slots=True)
class SubjectLine:
    """One subject of a class: in how many of the weeks with school it came up to what is wanted."""

    subject: str
    figures: Figures
    reach: Reach


@dataclass(frozen=True, slots=True)
class ClassView:
    """A class. `aim` is what is wanted of each subject; `lines` is every homework, the newest first."""

    school: School
    school_class: SchoolClass
    period: Period
    aim: Aim
    figures: Figures
    subjects: tuple[SubjectLine, ...]
    weeks: tuple[WeekLine, ...]
    lines: tuple[Line, ...]


def scope_of(teaching: Teaching) -> Scope:
    """Of each of their classes all subjects, or those that they teach there and no more."""
    found: dict[str, frozenset[str] | None] = {}
    for school_class in teaching.classes:
        held = [a for a in teaching.appointments if a.reaches(school_class.id, school_class.grade)]
        only = all(a.role is Role.SUBJECT_TEACHER for a in held)
        found[school_class.id] = frozenset(a.subject for a in held) if only else None
    return found


def _seen(report: ClassReport, scope: Scope) -> ClassReport:
    """As much of a class's week as somebody sees."""
    subjects = scope[report.class_id]
    if subjects is None:
        return report
    return replace(report, subjects=tuple(s for s in report.subjects if s.subject in subjects))


def _figures_of(reports: Iterable[ClassReport]) -> Figures:
    return total(one.figures for report in reports for one in report.subjects)


async def _taught(ctx: Context, school_id: str) -> dict[str, set[str]]:
    """The subjects that somebody teaches now, by class."""
    found: dict[str, set[str]] = defaultdict(set)
    for held in await ctx.stores.appointments.of_school(school_id):
        if held.role is Role.SUBJECT_TEACHER and held.subject and held.stands(ctx.now()):
            found[held.class_id].add(held.subject)
    return found


def _reaches(
    weeks: Sequence[date], aim: Aim, taught: Iterable[str], reports: Sequence[ClassReport]
) -> dict[str, dict[date, bool]]:
    """Of a class by subject whether each of these weeks came up to what is wanted."""
    counts = Counter[tuple[str, date]]()
    for report in reports:
        for one in report.subjects:
            counts[one.subject, report.monday] += one.figures.homework
    subjects = {*taught, *(subject for subject, _ in counts)}
    return {s: {m: counts[s, m] >= aim.week for m in weeks} for s in sorted(subjects)}


def _added(reaches: Iterable[Mapping[date, bool]], monday: date | None = None) -> Reach:
    """All weeks of these, or one."""
    held = [r for one in reaches for m, r in one.items() if monday in (None, m)]
    return Reach(len(held), sum(held))


def _term_reach(aim: Aim, subjects: Iterable[str], reports: Iterable[ClassReport]) -> Reach:
    """Of these subjects those with enough homework in all."""
    found = subjects_added(one for report in reports for one in report.subjects)
    counts = {one.subject: one.figures.homework for one in found}
    reached = [counts.get(subject, 0) >= aim.term for subject in subjects]
    return Reach(len(reached), sum(reached))


def _weeks_due(terms: Sequence[Term], period: Period) -> list[date]:
    return [monday for monday in period.mondays if week_has_school(terms, monday)]


async def school_view(
    ctx: Context, post: Post, school_id: str = "", *, span: Span, day: date | None = None
) -> SchoolView:
    """A school's figures; of one's own school the classes and subjects one sees. Raises NotFoundError."""
    seen = await access_school_figures(ctx, post, Right.REPORTS, school_id)
    school, classes = seen.school, seen.classes
    scope: Scope = dict.fromkeys([c.id for c in (*classes, *seen.ended)])
    if seen.teaching is not None:
        scope = scope_of(seen.teaching)
    terms = await calendar_of(ctx, school)
    period = period_of(terms, school_day(ctx.now()), span, day)
    first, last = period.mondays[0], period.mondays[-1]
    found = await ctx.stores.reports.class_reports(school.id, first, last)
    reports = [_seen(r, scope) for r in found if r.class_id in scope]
    taught, aims = await _taught(ctx, school.id), await aims_for(ctx, school, classes)
    of_class: dict[str, list[ClassReport]] = defaultdict(list)
    of_week: dict[date, list[ClassReport]] = defaultdict(list)
    for report in reports:
        of_class[report.class_id].append(report)
        of_week[report.monday].append(report)
    due = _weeks_due(terms, period)
    reaches = {
        c.id: _reaches(due, aims[c.id], _within(taught[c.id], scope[c.id]), of_class[c.id])
        for c in classes
    }
    kept = await _kept_weeks(ctx, school.id, period) if seen.whole else {}
    flat = [one for by_subject in reaches.values() for one in by_subject.values()]
    return SchoolView(
        school,
        period,
        _figures_of(reports),
        subjects_added(s for r in reports for s in r.subjects),
        tuple(
            WeekLine(
                monday,
                _figures_of(of_week[monday]),
                _added(flat, monday),
                kept[monday].teachers if monday in kept else 0,
                kept[monday].used if monday in kept else 0,
            )
            for monday in period.mondays
        ),
        tuple(
            ClassLine(
                c,
                _figures_of(of_class[c.id]),
                _added(reaches[c.id].values()),
                _term_reach(aims[c.id], reaches[c.id], of_class[c.id]),
            )
            for c in classes_in_order(classes)
        ),
        seen.whole,
    )


def _within(taught: Iterable[str], scope: frozenset[str] | None) -> set[str]:
    return {subject for subject in taught if scope is None or subject in scope}


async def _kept_weeks(ctx: Context, school_id: str, period: Period) -> dict[date, SchoolReport]:
    found = await ctx.stores.reports.school_reports([school_id], period.mondays)
    return {report.monday: report for report in found}


async def region_view(
    ctx: Context, post: Post, region_id: str = "", *, span: Span, day: date | None = None
) -> RegionView:
    """A region's figures, its schools by name: one document a school and week. Raises NotFoundError."""
    region, period = await access_region_figures(ctx, post, Right.REPORTS, region_id, span, day)
    schools = await ctx.stores.schools.schools_below(region.id)
    found = await ctx.stores.reports.school_reports([s.id for s in schools], period.mondays)
    of_school: dict[str, list[SchoolReport]] = defaultdict(list)
    of_week: dict[date, list[SchoolReport]] = defaultdict(list)
    for report in found:
        of_school[report.school_id].append(report)
        of_week[report.monday].append(report)
    return RegionView(
        region,
        period,
        total(one.figures for report in found for one in report.subjects),
        subjects_added(one for report in found for one in report.subjects),
        tuple(WeekLine(monday, *_summed(of_week[monday])) for monday in period.mondays),
        tuple(
            SchoolLine(school, *_summed(of_school[school.id]))
            for school in schools_in_order(schools)
        ),
    )


def _summed(reports: Sequence[SchoolReport]) -> tuple[Figures, Reach, int, int]:
    return (
        total(one.figures for report in reports for one in report.subjects),
        Reach(sum(r.due for r in reports), sum(r.reached for r in reports)),
        sum(r.teachers for r in reports),
        sum(r.used for r in reports),
    )


async def class_view(
    ctx: Context, post: Post, class_id: str, *, span: Span, day: date | None = None
) -> ClassView:
    """A class of one's own school with every homework its figures count. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.REPORTS)
    school_class, scope = teaching.find_class(class_id), scope_of(teaching)[class_id]
    school = teaching.school
    terms = await calendar_of(ctx, school)
    period = period_of(terms, school_day(ctx.now()), span, day)
    first, last = period.mondays[0], period.mondays[-1]
    every = await ctx.stores.reports.lines_of_class(school.id, class_id, first, last)
    lines = [line for line in every if scope is None or line.subject in scope]
    by_week: dict[date, list[Line]] = defaultdict(list)
    by_subject: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        by_week[line.monday].append(line)
        by_subject[line.subject].append(line)
    reports = [
        report
        for monday, some in by_week.items()
        if (report := class_report(school.id, class_id, monday, some)) is not None
    ]
    aim = (await aims_for(ctx, school, [school_class]))[class_id]
    taught = _within((await _taught(ctx, school.id))[class_id], scope)
    reaches = _reaches(_weeks_due(terms, period), aim, taught, reports)
    return ClassView(
        school,
        school_class,
        period,
        aim,
        total(line.figures for line in lines),
        tuple(
            SubjectLine(
                subject, total(x.figures for x in by_subject[subject]), _added([reaches[subject]])
            )
            for subject in reaches
        ),
        tuple(
            WeekLine(
                monday,
                total(x.figures for x in by_week[monday]),
                _added(reaches.values(), monday),
            )
            for monday in period.mondays
        ),
        tuple(sorted(lines, key=lambda x: (x.day, x.publish_at, x.id), reverse=True)),
    )
