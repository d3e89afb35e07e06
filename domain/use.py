"""How much the links are used (使用情况): views by families and teachers, and lessons that used a resource.

Everything is added up from `link_days`, notices and what teachers say of their lessons, and can be counted again at any
time. A lesson that used a resource (R38) is a teacher, a class and a day with at least one notice or homework that
carries a link, or with a resource of which the teacher says that they used it. Nothing here knows a child.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from domain.link_uses import Use
from domain.monitors import week_id
from domain.notices import Notice, NoticeState
from domain.shelves import Audience
from domain.times import SCHOOL_ZONE

# Fewer children than this, and what a class looked at is shown of no class: it could be said who it was.
FEW = 5
_MONTH_DAYS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """How often links were opened: by families (children and guardians open the same pages), by teachers and whoever
    manages, by whoever came through no door of ours (paper, a notice, the open page)."""

    families: int = 0
    teachers: int = 0
    others: int = 0

    def __add__(self, other: Views) -> Views:
        """Both together."""
        return Views(
            families=self.families + other.families,
            teachers=self.teachers + other.teachers,
            others=self.others + other.others,
        )

    @property
    def every(self) -> int:
        """All of them."""
        return self.families + self.teachers + self.others


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One subject, or one kind of shelf; the key of what has none is empty."""

    key: str
    views: Views


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A teacher gave a class something to open on a day."""

    class_id: str
    author_id: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassUse:
    """A class's week."""

    id: str
    school_id: str
    class_id: str
    monday: date
    shelves: tuple[Part, ...]
    subjects: tuple[Part, ...]
    lessons: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SchoolUse:
    """A school's week, also of links that were opened for no class. Of `teachers` `used` gave a lesson with a resource;
    `pupils` and `teachers` are as many as there were when it was counted. `in_sums`: its shelves were counted link by
    link, too, and the regions above it have their share (`domain.shelf_uses`), which older versions did not."""

    id: str
    school_id: str
    monday: date
    shelves: tuple[Part, ...]
    subjects: tuple[Part, ...]
    lessons: int
    pupils: int
    teachers: int
    used: int
    counted_at: datetime
    in_sums: bool = False


def views_of(use: Use) -> Views:
    """A line of `link_days`, by who came through its door."""
    if use.role == Audience.FAMILIES:
        return Views(families=use.count)
    if use.role in (Audience.TEACHERS, Audience.MANAGERS):
        return Views(teachers=use.count)
    return Views(others=use.count)


def total(some: Iterable[Views]) -> Views:
    """Added up."""
    return sum(some, Views())


def shelf_of(use: Use) -> str:
    """Whose shelf it hangs on: national, region, school or class."""
    return use.place.partition(":")[0]


def parts_added(some: Iterable[Part]) -> tuple[Part, ...]:
    """Parts of several weeks, classes or lines added up, in the order of their keys."""
    found: dict[str, Views] = {}
    for part in some:
        found[part.key] = found.get(part.key, Views()) + part.views
    return tuple(Part(key=key, views=views) for key, views in sorted(found.items()))


def by_shelf(uses: Iterable[Use]) -> tuple[Part, ...]:
    """Lines of `link_days` added up by kind of shelf."""
    return parts_added(Part(key=shelf_of(use), views=views_of(use)) for use in uses)


def by_subject(uses: Iterable[Use]) -> tuple[Part, ...]:
    """Lines of `link_days` added up by subject."""
    return parts_added(Part(key=use.subject, views=views_of(use)) for use in uses)


def lessons_of(notices: Iterable[Notice]) -> set[Lesson]:
    """What published notices with a link say; a homework's notice carries the homework's links. Several of one teacher
    for one class on a day are one lesson."""
    return {
        Lesson(
            class_id=class_id,
            author_id=notice.author_id,
            day=notice.publish_at.astimezone(SCHOOL_ZONE).date(),
        )
        for notice in notices
        if notice.state is NoticeState.PUBLISHED and notice.current.links
        for class_id in notice.class_ids
    }


def class_uses(
    school_id: str, monday: date, uses: Sequence[Use], lessons: Iterable[Lesson]
) -> list[ClassUse]:
    """The week of every class that used something."""
    given: dict[str, int] = {}
    for lesson in lessons:
        given[lesson.class_id] = given.get(lesson.class_id, 0) + 1
    opened: dict[str, list[Use]] = {}
    for use in uses:
        if use.class_id:
            opened.setdefault(use.class_id, []).append(use)
    return [
        ClassUse(
            id=week_id(class_id, monday),
            school_id=school_id,
            class_id=class_id,
            monday=monday,
            shelves=by_shelf(opened.get(class_id, ())),
            subjects=by_subject(opened.get(class_id, ())),
            lessons=given.get(class_id, 0),
        )
        for class_id in sorted({*given, *opened})
    ]


def school_use(
    school_id: str,
    monday: date,
    uses: Sequence[Use],
    lessons: Iterable[Lesson],
    *,
    pupils: int,
    teachers: set[str],
    at: datetime,
) -> SchoolUse:
    """A school's week."""
    given = set(lessons)
    return SchoolUse(
        id=week_id(school_id, monday),
        school_id=school_id,
        monday=monday,
        shelves=by_shelf(uses),
        subjects=by_subject(uses),
        lessons=len(given),
        pupils=pupils,
        teachers=len(teachers),
        used=len(teachers & {lesson.author_id for lesson in given}),
        counted_at=at,
        in_sums=True,
    )


def per_hundred(views: int, people: int) -> int | None:
    """Views per 100 people (R40), rounded; None of nobody."""
    return round(100 * views / people) if people else None


def each_month(lessons: int, teachers: int, weeks: int) -> float | None:
    """Lessons with a resource of each teacher in thirty days (R38), to a tenth; None of nobody."""
    return round(lessons / teachers / (7 * weeks) * _MONTH_DAYS, 1) if teachers and weeks else None


def too_few(pupils: Mapping[str, int]) -> frozenset[str]:
    """The classes of a school whose views are shown to nobody: those with few children, and where that is one alone, or
    they are few together, the smallest of the others too, so that taking the others away from the whole tells nothing.
    """
    ordered = sorted((n, class_id) for class_id, n in pupils.items())
    hidden = [pair for pair in ordered if pair[0] < FEW]
    others = ordered[len(hidden) :]
    while hidden and others and (len(hidden) < 2 or sum(n for n, _ in hidden) < FEW):
        hidden.append(others.pop(0))
    return frozenset(class_id for _, class_id in hidden)
