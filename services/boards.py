"""The public board of homework (作业公示): what is set for an evening, with its minutes, and nothing of any pupil.

Anybody may look, unless the school has closed it. What is shown is what is published, read where it is reserved.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from domain.budgets import Evening, Limits, Load, Reservation, heaviest
from domain.errors import NotFoundError
from domain.evenings import days_of, evening_of
from domain.names import natural_order
from domain.naming import without_names
from domain.schools import School, SchoolClass
from domain.subjects import subject_name
from services.budgets import limits_for
from services.context import Context
from services.terms import calendar_of, school_day

SHOWN_DAYS = 60  # how far back anybody may turn the pages


@dataclass(frozen=True, slots=True)
class BoardLine:
    """One homework. `text` is there on a class's own board, for what the whole class has."""

    subject: str
    minutes: int
    written: bool
    for_all: bool
    text: str = ""


@dataclass(frozen=True, slots=True)
class ClassBoard:
    """One class's evening: its homework, and the minutes of the pupil who has most."""

    school_class: SchoolClass
    limits: Limits
    load: Load
    lines: tuple[BoardLine, ...]

    @property
    def is_over(self) -> bool:
        """Whether it is over a limit: the head teacher has allowed something, or a limit became stricter since."""
        return bool(self.limits.over(self.load))


@dataclass(frozen=True, slots=True)
class Board:
    """What hangs out: of a school, of a grade of it (`grade`) or of one class (`is_of_class`).

    `days` are those that share the evening; `earlier` and `later` lead to the evenings beside it.
    """

    school: School
    evening: date
    days: tuple[date, ...]
    grade: int
    is_of_class: bool
    classes: tuple[ClassBoard, ...]
    earlier: date | None
    later: date | None

    @property
    def grades(self) -> tuple[int, ...]:
        """Those that are shown, the lowest first."""
        return tuple(dict.fromkeys(c.school_class.grade for c in self.classes))


async def board_of(
    ctx: Context, school_id: str, *, day: date | None = None, grade: int = 0, class_id: str = ""
) -> Board:
    """The board of a school, of one of its grades or classes, for the evening of a day (today's for none).

    Raises NotFoundError: no such school, class or day, and a board that is closed, are the same.
    """
    school = await ctx.stores.schools.find_school(school_id)
    if school is None or not school.rules.board:
        raise NotFoundError
    terms, today = await calendar_of(ctx, school), school_day(ctx.now())
    newest, oldest = evening_of(terms, today), today - timedelta(days=SHOWN_DAYS)
    evening = evening_of(terms, day) if day else newest
    if not oldest <= evening <= newest:
        raise NotFoundError
    standing = await ctx.stores.schools.classes_of_school(school_id)
    classes = [
        c
        for c in standing
        if c.ended_at is None and grade in (0, c.grade) and class_id in ("", c.id)
    ]
    if not classes and (grade or class_id):
        raise NotFoundError
    classes.sort(key=lambda c: (c.grade, natural_order(c.name)))
    held = {e.class_id: e for e in await ctx.stores.evenings.of_day(school_id, evening)}
    limits = await limits_for(ctx, school, (c.grade for c in classes))
    texts = await _texts(ctx, school_id, held.get(class_id)) if class_id else {}
    earlier = evening_of(terms, evening - timedelta(days=1))
    later = days_of(terms, evening)[-1] + timedelta(days=1)
    return Board(
        school=school,
        evening=evening,
        days=days_of(terms, evening),
        grade=grade,
        is_of_class=bool(class_id),
        classes=tuple(
            _class_board(ctx, school, c, limits[c.grade], held.get(c.id), texts) for c in classes
        ),
        earlier=earlier if earlier >= oldest else None,
        later=later if later <= newest else None,
    )


def shown_reservations(ctx: Context, evening: Evening | None) -> tuple[Reservation, ...]:
    """What of an evening is published and out."""
    held = evening.reservations if evening else ()
    return tuple(r for r in held if r.kept and r.publish_at <= ctx.now())


def _class_board(
    ctx: Context,
    school: School,
    school_class: SchoolClass,
    limits: Limits,
    evening: Evening | None,
    texts: dict[str, str],
) -> ClassBoard:
    items = shown_reservations(ctx, evening)
    lines = (
        BoardLine(
            subject=subject_name(held.subject, school.rules.local_subjects),
            minutes=held.minutes,
            written=held.written,
            for_all=held.is_for_all,
            text=texts.get(held.homework_id, "") if held.is_for_all else "",
        )
        for held in items
    )
    return ClassBoard(school_class, limits, heaviest(items), tuple(lines))


async def _texts(ctx: Context, school_id: str, evening: Evening | None) -> dict[str, str]:
    """What each homework says, with the names of the class's pupils taken out: teachers write to people."""
    items = shown_reservations(ctx, evening)
    if evening is None or not items:
        return {}
    homework = await ctx.stores.homework.many(r.homework_id for r in items)
    pupils = await ctx.stores.schools.students_of(school_id, [evening.class_id])
    names = [pupil.name for pupil in pupils]
    return {h.id: without_names(h.task.text, names) for h in homework.values()}
