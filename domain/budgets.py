"""The minute budget of a child's evening (作业时长): limits, what is reserved of them, and what still fits.

The numbers are those of 双减 (关于进一步减轻义务教育阶段学生作业负担和校外培训负担的意见, 2021): no written homework in
grades 1 and 2, 60 minutes a day in grades 3 to 6, 90 in grades 7 to 9.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum


class Band(StrEnum):
    """Grades that share a limit."""

    LOWER = "lower"  # 一至二年级
    MIDDLE = "middle"  # 三至六年级
    UPPER = "upper"  # 七至九年级
    SENIOR = "senior"  # 高中


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What a school or a region has set for all homework of a day, in minutes; None where it has set nothing."""

    lower: int | None = None
    middle: int | None = None
    upper: int | None = None
    senior: int | None = None


NO_CAPS = Caps()


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Minutes of homework: written alone, and in all."""

    written: int = 0
    total: int = 0

    def __bool__(self) -> bool:
        return bool(self.written or self.total)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most that an evening may have, in minutes; None is no limit."""

    written: int | None = None
    total: int | None = None

    def over(self, load: Load) -> Load:
        """By how much a load is over them."""
        return Load(
            written=max(0, load.written - self.written) if self.written is not None else 0,
            total=max(0, load.total - self.total) if self.total is not None else 0,
        )


# Senior school: the law says nothing. All homework counts where no place says otherwise: see docs/homework.md.
_LAW: dict[Band, Limits] = {
    Band.LOWER: Limits(written=0),
    Band.MIDDLE: Limits(written=60, total=60),
    Band.UPPER: Limits(written=90, total=90),
    Band.SENIOR: Limits(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """Minutes that one attempt to publish a homework holds in one class and evening.

    `student_ids` are the pupils it is for, none for the whole class. `allowed`: the head teacher has let it
    go over the budget. `kept` once it is published: until then it holds its minutes and is shown to nobody.
    """

    homework_id: str
    attempt: int
    subject: str
    minutes: int
    written: bool
    author_id: str
    author_name: str
    publish_at: datetime
    student_ids: tuple[str, ...] = ()
    allowed: bool = False
    kept: bool = False

    @property
    def is_for_all(self) -> bool:
        """Whether it is for the whole class."""
        return not self.student_ids

    def concerns(self, student_id: str) -> bool:
        """Whether it is for this pupil; the empty id is somebody who is in no group."""
        return self.is_for_all or student_id in self.student_ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Evening:
    """One class and evening: everything that is reserved of it, under the limits by which that was last checked.

    It is stored and replaced as one over its `version`. `barred` are attempts that came to nothing while
    somebody may still have been at them.
    """

    id: str
    school_id: str
    class_id: str
    day: date
    version: int = 0
    limits: Limits = Limits()
    reservations: tuple[Reservation, ...] = ()
    barred: tuple[str, ...] = ()


def evening_id(class_id: str, day: date) -> str:
    """One document a class and evening: the key says so."""
    return f"{class_id}:{day.isoformat()}"


def band_of(grade: int) -> Band:
    """The band a grade is in, by its number, whatever the school's system."""
    if grade <= 2:
        return Band.LOWER
    if grade <= 6:
        return Band.MIDDLE
    return Band.UPPER if grade <= 9 else Band.SENIOR


def limits_of(grade: int, caps: Iterable[Caps] = ()) -> Limits:
    """What counts in a grade, with what the school and the regions above it have set: each may only be stricter."""
    band = band_of(grade)
    law = _LAW[band]
    own = [cap for c in caps if (cap := getattr(c, band)) is not None]
    if not own:
        return law
    total = min(own)
    written = None if law.written is None else min(law.written, total)
    return Limits(written=written, total=total)


def allows_written(grade: int) -> bool:
    """Whether the law allows written homework at all: nobody can be asked for more than that."""
    return _LAW[band_of(grade)].written != 0


def load_of(reservations: Iterable[Reservation], student_id: str = "") -> Load:
    """The minutes of one pupil. While two attempts of a homework are reserved, it counts with the larger."""
    written: dict[str, int] = {}
    total: dict[str, int] = {}
    for held in reservations:
        if held.concerns(student_id):
            key = held.homework_id
            total[key] = max(total.get(key, 0), held.minutes)
            written[key] = max(written.get(key, 0), held.minutes if held.written else 0)
    return Load(written=sum(written.values()), total=sum(total.values()))


def heaviest(reservations: Iterable[Reservation]) -> Load:
    """The most that any pupil has, in each of the two."""
    held = tuple(reservations)
    loads = [load_of(held, student) for student in _pupils(held)]
    return Load(written=max(x.written for x in loads), total=max(x.total for x in loads))


def _pupils(reservations: Iterable[Reservation]) -> set[str]:
    """Everybody who is named in a group, and the empty id for who is in none."""
    return {"", *(student for held in reservations for student in held.student_ids)}


def excess_of(evening: Evening, wanted: Reservation, limits: Limits) -> Load:
    """By how much the evening would be over for the pupil whom it hits most; nothing: it fits.

    A pupil whom it gives no more than they have already is not over because of it: making a homework shorter
    always fits.
    """
    after = (*evening.reservations, wanted)
    worst = Load()
    for student in _pupils(after):
        if not wanted.concerns(student):
            continue
        now, then = load_of(evening.reservations, student), load_of(after, student)
        over = limits.over(then)
        worst = Load(
            written=max(worst.written, over.written if then.written > now.written else 0),
            total=max(worst.total, over.total if then.total > now.total else 0),
        )
    return worst


def attempt_key(homework_id: str, attempt: int) -> str:
    """How a barred attempt is called."""
    return f"{homework_id}:{attempt}"


def with_reservation(evening: Evening, wanted: Reservation, limits: Limits) -> Evening:
    """The evening with this reserved; an attempt is in it once."""
    others = tuple(
        held
        for held in evening.reservations
        if (held.homework_id, held.attempt) != (wanted.homework_id, wanted.attempt)
    )
    return replace(evening, reservations=(*others, wanted), limits=limits)


def settled(evening: Evening, homework_id: str, *, keep: int, until: int, bar: int = 0) -> Evening:
    """The evening without what a homework's attempts up to `until` hold, but for the one to `keep` (0: none),
    which is published.

    A later attempt is somebody else's to settle. `bar` is an attempt that must not come back.
    """
    left = tuple(
        replace(held, kept=True)
        if (held.homework_id, held.attempt) == (homework_id, keep)
        else held
        for held in evening.reservations
        if held.homework_id != homework_id or held.attempt == keep or held.attempt > until
    )
    key = attempt_key(homework_id, bar)
    barred = evening.barred if not bar or key in evening.barred else (*evening.barred, key)
    return replace(evening, reservations=left, barred=barred)
