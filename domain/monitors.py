"""The monitor of how much homework there is (作业总量监控): class-days within and over the budget, week by week.

A class-day is a class's evening with homework. Over is one whose heaviest pupil has more than a limit; "allowed" when
the head teacher has let something of it go over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.budgets import Evening, Load, Reservation, heaviest


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFigures:
    """One subject: how many homeworks, and the minutes of the pupil who has most of it."""

    subject: str
    count: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFigures:
    """One class-day."""

    day: date
    written: int
    total: int
    over: bool
    allowed: bool
    subjects: tuple[SubjectFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassWeek:
    """A class's week, of its days with homework; named by its Monday."""

    id: str
    school_id: str
    class_id: str
    monday: date
    days: tuple[DayFigures, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Class-days added up: all with homework, those over the budget, and those of them that were allowed."""

    days: int = 0
    over: int = 0
    allowed: int = 0
    minutes: int = 0

    @property
    def within(self) -> int:
        """Class-days within the budget."""
        return self.days - self.over

    @property
    def average(self) -> int:
        """Minutes a class-day, rounded; 0 where there are none."""
        return round(self.minutes / self.days) if self.days else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolWeek:
    """A school's week: what its classes' weeks add up to."""

    id: str
    school_id: str
    monday: date
    tally: Tally
    subjects: tuple[SubjectFigures, ...]
    counted_at: datetime


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def week_id(place_id: str, monday: date) -> str:
    """A class or school has a week once: the key says so."""
    return f"{place_id}:{monday.isoformat()}"


def figures_of(evening: Evening) -> DayFigures | None:
    """A class-day; None when nothing is published for it."""
    kept = tuple(r for r in evening.reservations if r.kept)
    if not kept:
        return None
    load: Load = heaviest(kept)
    over = bool(evening.limits.over(load))
    return DayFigures(
        day=evening.day,
        written=load.written,
        total=load.total,
        over=over,
        allowed=over and any(r.allowed for r in kept),
        subjects=_by_subject(kept),
    )


def _by_subject(kept: Sequence[Reservation]) -> tuple[SubjectFigures, ...]:
    found: dict[str, list[Reservation]] = {}
    for held in kept:
        found.setdefault(held.subject, []).append(held)
    return tuple(
        SubjectFigures(subject=code, count=len(some), minutes=heaviest(some).total)
        for code, some in sorted(found.items())
    )


def weeks_of(school_id: str, monday: date, evenings: Iterable[Evening]) -> list[ClassWeek]:
    """The week of every class that has homework in it, of the school's evenings in that week."""
    days: dict[str, list[DayFigures]] = {}
    for evening in evenings:
        figures = figures_of(evening)
        if figures is not None and monday_of(evening.day) == monday:
            days.setdefault(evening.class_id, []).append(figures)
    return [
        ClassWeek(
            id=week_id(class_id, monday),
            school_id=school_id,
            class_id=class_id,
            monday=monday,
            days=tuple(sorted(of_class, key=lambda d: d.day)),
        )
        for class_id, of_class in sorted(days.items())
    ]


def tally_of(days: Iterable[DayFigures]) -> Tally:
    """Class-days added up."""
    held = list(days)
    return Tally(
        days=len(held),
        over=sum(d.over for d in held),
        allowed=sum(d.allowed for d in held),
        minutes=sum(d.total for d in held),
    )


def added(tallies: Iterable[Tally]) -> Tally:
    """Tallies added up."""
    held = list(tallies)
    return Tally(
        days=sum(t.days for t in held),
        over=sum(t.over for t in held),
        allowed=sum(t.allowed for t in held),
        minutes=sum(t.minutes for t in held),
    )


def subjects_added(some: Iterable[SubjectFigures]) -> tuple[SubjectFigures, ...]:
    """By subject, the one with the most minutes first."""
    counts: dict[str, tuple[int, int]] = {}
    for one in some:
        count, minutes = counts.get(one.subject, (0, 0))
        counts[one.subject] = (count + one.count, minutes + one.minutes)
    found = [
        SubjectFigures(subject=code, count=count, minutes=minutes)
        for code, (count, minutes) in counts.items()
    ]
    return tuple(sorted(found, key=lambda s: (-s.minutes, s.subject)))


def school_week(
    school_id: str, monday: date, weeks: Sequence[ClassWeek], at: datetime
) -> SchoolWeek:
    """What classes' weeks add up to."""
    days = [day for week in weeks for day in week.days]
    return SchoolWeek(
        id=week_id(school_id, monday),
        school_id=school_id,
        monday=monday,
        tally=tally_of(days),
        subjects=subjects_added(s for day in days for s in day.subjects),
        counted_at=at,
    )
