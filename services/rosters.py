"""Taking in a school's list (名册): read, compare, report, and write exactly what was ticked.

Nothing is written before the whole file has been read and the report is there. What takes long happens at a
desk in another process (`services.roster_desk`); what is written goes in batches (`services.roster_writing`).
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from domain.audit import OPERATOR, Act
from domain.roster_changes import EVERYTHING, Kind, Ticks
from domain.schools import Roster, School
from domain.stages import Stage, stages_in_name
from services.audit import note_act
from services.context import Context
from services.roster_desk import Desk, Summary
from services.roster_files import RosterError
from services.roster_process import DeskProcess, open_desk
from services.roster_turns import Turn, roster_turn
from services.roster_writing import write_chosen

AT_COMMAND = "命令行"  # who is at it, where no person of the school is
_SCHOOL_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")
_CHINA = timedelta(hours=8)
_YEAR_BEGINS_IN = 8  # lists of the new school year are made from August on
_MANY_LEFT = 20


@dataclass(frozen=True, slots=True)
class Wish:
    """What to take in, and how. `only` None is everything; `apply` False looks and changes nothing."""

    file: Path
    school_id: str
    school_name: str = ""
    apply: bool = False
    only: frozenset[Kind] | None = None
    without: frozenset[str] = frozenset()
    report: Path | None = None

    @property
    def ticks(self) -> Ticks:
        """What is to be written."""
        return Ticks(EVERYTHING if self.only is None else self.only, self.without)


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: `phase` is reading, comparing, reporting or writing; `all` is 0 while that is unknown."""

    phase: str
    count: int = 0
    all: int = 0


Tell = Callable[[Step], None]


@dataclass(slots=True)
class Imported:
    """What the file would change; `written` pupils and `ended` bindings are 0 for a dry run."""

    summary: Summary
    written: int = 0
    ended: int = 0


async def save_roster(ctx: Context, roster: Roster) -> None:
    """Store a whole list; the same list twice is the same as once."""
    await ctx.stores.schools.save_roster(roster)


async def import_roster(ctx: Context, wish: Wish, tell: Tell = lambda _: None) -> Imported:
    """Take in a file as wished. Raises RosterError, and then nothing has changed."""
    if wish.report is not None and wish.report.resolve() == wish.file.resolve():
        raise RosterError("report_is_list")
    await _school(ctx, wish)
    async with roster_turn(ctx, wish.school_id, AT_COMMAND) as turn, open_desk() as desk:
        school = await _school(ctx, wish)  # as it is now that nobody else is at it
        began = began_of(ctx.now(), school)
        await desk.ask(Desk.open_school, str(wish.file), school, began)
        await read_all(desk, tell)
        tell(Step("comparing"))
        summary = await compare_stored(ctx, desk, school.id, ctx.new_id())
        if wish.report is not None:
            tell(Step("reporting"))
            await desk.ask(Desk.report, str(wish.report.absolute()))
        imported = Imported(summary)
        if wish.apply:
            refuse_a_wrong_file(summary, ticked=wish.only is not None)
        await note_at_command(ctx, school.id, wish.file, summary, wish.ticks, applied=wish.apply)
        if wish.apply:
            school = replace(school, year=began)
            await apply_roster(ctx, desk, turn, school, wish.ticks, imported, tell)
    return imported


async def note_at_command(
    ctx: Context, school_id: str, file: Path, summary: Summary, ticks: Ticks, *, applied: bool
) -> None:
    """Enter a list that the operator tries or takes in; at a desk the person is noted when they hand it in."""
    digest = await asyncio.to_thread(lambda: hashlib.sha256(file.read_bytes()).hexdigest())
    await note_act(
        ctx,
        OPERATOR,
        Act.ROSTER_IMPORTED if applied else Act.ROSTER_TRIED,
        subject=("school", school_id),
        after={
            "file_sha256": digest,
            **{kind.value: summary.count(kind) for kind in Kind if kind in ticks.kinds},
            "refused": summary.refused,
        },
        place=school_id,
    )


async def _school(ctx: Context, wish: Wish) -> School:
    if not _SCHOOL_ID.fullmatch(wish.school_id):
        raise RosterError("bad_school")
    found = await ctx.stores.schools.find_school(wish.school_id)
    if wish.school_name:
        if found is not None:  # a new name, nothing else
            return replace(found, name=wish.school_name)
        said = stages_in_name(wish.school_name)
        stages = tuple(stage for stage in Stage if stage in said)
        return School(id=wish.school_id, name=wish.school_name, stages=stages)
    if found is None:
        raise RosterError("no_school")
    return found


def year_now(now: datetime) -> int:
    """The school year that lists are made for now: the new one from August on."""
    here = now + _CHINA
    return here.year if here.month >= _YEAR_BEGINS_IN else here.year - 1


def began_of(now: datetime, school: School) -> int:
    """The school year a list of this school is for. Raises RosterError when its classes stand for an earlier one."""
    began = year_now(now)
    if 0 < school.year < began:
        raise RosterError("roll_over_first")
    return max(began, school.year)


async def read_all(desk: DeskProcess, tell: Tell) -> None:
    """Have the whole file read. Raises RosterError."""
    while (count := await desk.ask(Desk.read)) is not None:
        tell(Step("reading", count))


async def compare_stored(ctx: Context, desk: DeskProcess, school_id: str, seed: str) -> Summary:
    """Have a school's list compared with what is stored; `seed` is a random word of this import."""
    schools = ctx.stores.schools
    await desk.ask(Desk.take_classes, school_id, await schools.classes_of_school(school_id))
    async for batch in schools.student_batches(school_id):
        await desk.ask(Desk.take_students, school_id, batch)
    async for batch in schools.contact_batches(school_id):
        await desk.ask(Desk.take_lines, school_id, batch)
    return await desk.ask(Desk.compare, school_id, seed)


def many_left(summary: Summary) -> bool:
    """More than half of a school gone is a wrong file more often than the truth."""
    left = summary.count(Kind.LEFT)
    return left > _MANY_LEFT and 2 * left > summary.here


def refuse_a_wrong_file(summary: Summary, *, ticked: bool) -> None:
    """Raises RosterError for what looks like another file; that many left may be `ticked` by name."""
    if not ticked and many_left(summary):
        raise RosterError("too_many_left", str(summary.count(Kind.LEFT)))
    if summary.replaced:
        raise RosterError("class_replaced", "、".join(summary.replaced[:5]))


async def apply_roster(
    ctx: Context,
    desk: DeskProcess,
    turn: Turn,
    school: School,
    ticks: Ticks,
    imported: Imported,
    tell: Tell,
) -> None:
    """Write what was ticked. The school first: from here on its classes stand for a year."""
    count, classes = await desk.ask(Desk.choose, school.id, ticks)
    turn.check()
    await _note_school(ctx, school)
    await ctx.stores.schools.save_classes(classes)
    async for written, ended in write_chosen(ctx, desk, turn, school.id):
        imported.written += written
        imported.ended += ended
        tell(Step("writing", imported.written, count))


async def _note_school(ctx: Context, school: School) -> None:
    """A new school, a new name, or the year: what others decide about it meanwhile stays."""
    stored = await ctx.stores.schools.find_school(school.id)
    if stored is None or stored.name != school.name:
        changed = school if stored is None else replace(stored, name=school.name, year=school.year)
        await ctx.stores.schools.save_school(changed)
    elif stored.year != school.year:
        await ctx.stores.schools.set_year(school.id, school.year)
