"""Lists of pupils and their guardians as staff look at them: class by class, or by name.

A class teacher sees own classes, a grade leader the grade, whoever keeps the whole school also those who left.
A list costs what it shows: it is read class by class, and goes on where it stopped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.bindings import Binding
from domain.errors import NotFoundError
from domain.names import folded_name
from domain.roles import Right
from domain.roster_classes import class_order
from domain.schools import SchoolClass, Student
from services.context import Context
from services.families import Guardian
from services.people import Post, teaching_of

_CLASSES_AT_ONCE = 4
_CLASSES_LOOKED_AT = 12
_ROWS_ENOUGH = 80
_FOUND_SHOWN = 60


class Show(StrEnum):
    """Which children of a class are shown."""

    ALL = "all"
    UNBOUND = "unbound"  # nobody is bound
    SEVERAL = "several"  # more than one guardian
    WAITING = "waiting"  # a request waits
    TRIAL = "trial"  # a member of staff tries it
    LEFT = "left"  # no longer at the school


@dataclass(frozen=True, slots=True)
class Row:
    """One child of a list. `guardians` without who tries it; `waiting` requests mean or may mean the child."""

    student: Student
    guardians: tuple[Guardian, ...]
    trials: int = 0
    waiting: int = 0

    def fits(self, show: Show) -> bool:
        """Whether it is asked for."""
        return {
            Show.ALL: True,
            Show.UNBOUND: not self.guardians,
            Show.SEVERAL: len(self.guardians) > 1,
            Show.WAITING: self.waiting > 0,
            Show.TRIAL: self.trials > 0,
            Show.LEFT: True,
        }[show]


@dataclass(frozen=True, slots=True)
class ClassRows:
    """A class and those of its children that are shown, of `count` in all; `unbound` of them have no guardian."""

    school_class: SchoolClass
    rows: tuple[Row, ...]
    count: int
    unbound: int


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Some classes of a list. `next_class_id` is where it goes on, empty at its end."""

    groups: tuple[ClassRows, ...]
    next_class_id: str = ""
    is_cut: bool = False  # more children were found than are shown


async def people_of_classes(
    ctx: Context, post: Post, *, class_id: str = "", show: Show = Show.ALL, start: str = ""
) -> PeoplePage:
    """The children of one class, or of all in reach from the class `start` on. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.PEOPLE)
    _check_show(post, show)
    classes = sorted(teaching.classes, key=class_order)
    classes = [c for c in classes if not class_id or c.id == class_id]
    if start:
        place = [c.id for c in classes].index(start) if start in {c.id for c in classes} else -1
        classes = classes[place:] if place >= 0 else []
    if (class_id or start) and not classes:
        raise NotFoundError
    groups: list[ClassRows] = []
    looked = 0
    while looked < len(classes):
        some = classes[looked : looked + _CLASSES_AT_ONCE]
        groups += await _rows_of(ctx, some, show)
        looked += len(some)
        if looked >= _CLASSES_LOOKED_AT or sum(len(g.rows) for g in groups) >= _ROWS_ENOUGH:
            break
    return PeoplePage(tuple(groups), classes[looked].id if looked < len(classes) else "")


def _check_show(post: Post, show: Show) -> None:
    if show is Show.LEFT and not post.has_everywhere(Right.PEOPLE):
        raise NotFoundError


async def pupils_named(ctx: Context, post: Post, text: str) -> PeoplePage:
    """Children whose name begins so, by class; who left is among them for whoever sees the whole school."""
    teaching = await teaching_of(ctx, post, Right.PEOPLE)
    beginning = folded_name(text)
    if not beginning:
        return PeoplePage(())
    school_id = teaching.school.id
    # Those of other classes are left out after reading: a grade leader may have to look past them.
    found = await ctx.stores.pupils.named(school_id, beginning, limit=20 * _FOUND_SHOWN)
    whole = post.has_everywhere(Right.PEOPLE)
    mine = {c.id: c for c in teaching.classes}
    if whole:
        ids = {s.class_id for s in found}
        mine = {c.id: c for c in await ctx.stores.schools.classes(ids) if c.school_id == school_id}
    seen = [s for s in found if s.class_id in mine and (whole or s.left_at is None)]
    shown = seen[:_FOUND_SHOWN]
    rows = {row.student.id: row for row in await _rows(ctx, school_id, shown)}
    groups = [
        _group(c, [rows[s.id] for s in shown if s.class_id == c.id], Show.ALL)
        for c in sorted(mine.values(), key=lambda c: (c.ended_at is not None, class_order(c)))
    ]
    return PeoplePage(tuple(g for g in groups if g.rows), is_cut=len(seen) > len(shown))


async def _rows_of(ctx: Context, classes: Sequence[SchoolClass], show: Show) -> list[ClassRows]:
    school_id, ids = classes[0].school_id, [c.id for c in classes]
    everybody = await ctx.stores.pupils.of_classes(school_id, ids)
    students = [s for s in everybody if (s.left_at is not None) is (show is Show.LEFT)]
    rows = await _rows(ctx, school_id, students)
    return [_group(c, [r for r in rows if r.student.class_id == c.id], show) for c in classes]


def _group(school_class: SchoolClass, rows: Sequence[Row], show: Show) -> ClassRows:
    shown = tuple(row for row in rows if row.fits(show))
    return ClassRows(school_class, shown, len(rows), sum(not row.guardians for row in rows))


async def _rows(ctx: Context, school_id: str, students: Sequence[Student]) -> list[Row]:
    ids = [s.id for s in students if s.left_at is None]
    bindings = await ctx.stores.bindings.active_of_students(school_id, ids) if ids else []
    claims = await ctx.stores.claims.waiting_for_students(school_id, ids) if ids else []
    guardians = await guardians_by_child(ctx, bindings)
    waiting: dict[str, int] = defaultdict(int)
    for claim in claims:
        for student_id in claim.candidates:
            waiting[student_id] += 1
    return [
        Row(
            s,
            tuple(g for g in guardians.get(s.id, ()) if not g.binding.trial),
            sum(g.binding.trial for g in guardians.get(s.id, ())),
            waiting[s.id],
        )
        for s in students
    ]


async def guardians_by_child(
    ctx: Context, bindings: Sequence[Binding]
) -> dict[str, list[Guardian]]:
    """Bindings with whether WeChat reaches each adult, by child; the first guardian first."""
    found = await ctx.stores.identities.of_people(
        ctx.policy.app_id, {b.person_id for b in bindings}
    )
    guardians: dict[str, list[Guardian]] = defaultdict(list)
    for binding in sorted(bindings, key=lambda b: (b.order or 99, b.bound_at, b.id)):
        identity = found.get(binding.person_id)
        following = identity.following if identity else None
        guardians[binding.student_id].append(Guardian(binding, following))
    return guardians
