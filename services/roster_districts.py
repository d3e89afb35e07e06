"""Taking in the lists of a whole district from one file: read once, then school by school.

Each school is a list of its own: it is compared, refused or written by itself, and what is wrong with one holds up no
other. A run that died is run again.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from domain.regions import Region
from domain.roster_changes import EVERYTHING, Kind, Ticks
from domain.roster_parsed import Reason
from domain.schools import School
from services.context import Context
from services.roster_desk import Desk, District, Summary
from services.roster_files import RosterError
from services.roster_process import DeskProcess, open_desk
from services.roster_turns import roster_turn
from services.rosters import (
    AT_COMMAND,
    Imported,
    Step,
    Tell,
    apply_roster,
    began_of,
    compare_stored,
    note_at_command,
    read_all,
    refuse_a_wrong_file,
    year_now,
)


@dataclass(frozen=True, slots=True)
class DistrictWish:
    """What to take in, and how; `new_schools`: those that nobody knows are founded below the district."""

    file: Path
    region_id: str
    apply: bool = False
    only: frozenset[Kind] | None = None
    new_schools: bool = False
    report: Path | None = None


@dataclass(slots=True)
class SchoolResult:
    """What became of one school's list. `problem` and `detail` say why nothing of it was written."""

    school: School
    is_new: bool
    summary: Summary | None = None
    written: int = 0
    ended: int = 0
    problem: str = ""
    detail: str = ""


@dataclass(slots=True)
class DistrictImported:
    """All schools in the order of the file; `unplaced` rows belong to none that is known."""

    schools: list[SchoolResult] = field(default_factory=list)
    unplaced: int = 0

    def counts(self) -> Counter[Kind]:
        """How many pupils each kind of change happens to, in all schools."""
        counts: Counter[Kind] = Counter()
        for result in self.schools:
            if result.summary is not None:
                counts.update(result.summary.counts)
        return counts


async def import_district(
    ctx: Context, wish: DistrictWish, tell: Tell = lambda _: None
) -> DistrictImported:
    """Take in a file as wished. Raises RosterError for the file as a whole, and then nothing has changed."""
    region = await ctx.stores.regions.find(wish.region_id)
    if region is None:
        raise RosterError("no_district")
    _check_report(wish)
    known = await ctx.stores.schools.schools_below(region.id)
    district = District(
        schools=tuple(known),
        began=year_now(ctx.now()),
        found_in=_ids_of(region) if wish.new_schools else (),
    )
    imported = DistrictImported()
    async with open_desk() as desk:
        await desk.ask(Desk.open_district, str(wish.file), district)
        await read_all(desk, tell)
        imported.unplaced = await desk.ask(Desk.unplaced)
        schools = await desk.ask(Desk.schools)
        held = {school.id for school in known}
        for number, school in enumerate(schools, start=1):
            tell(Step("schools", number, len(schools)))
            result = SchoolResult(school, is_new=school.id not in held)
            imported.schools.append(result)
            await _take_school(ctx, desk, wish, result)
        if wish.report is not None:
            tell(Step("reporting"))
            await desk.ask(Desk.report, str(wish.report.absolute()))
    return imported


def _ids_of(region: Region) -> tuple[str, ...]:
    return region.region_ids or (region.id,)


def _check_report(wish: DistrictWish) -> None:
    """Here the report comes last, so it is looked at first whether there will be one."""
    if wish.report is None:
        return
    if wish.report.resolve() == wish.file.resolve():
        raise RosterError("report_is_list")
    if not os.access(wish.report.absolute().parent, os.W_OK):
        raise RosterError("no_report", str(wish.report.parent))


async def _take_school(
    ctx: Context, desk: DeskProcess, wish: DistrictWish, result: SchoolResult
) -> None:
    """One school, compared and, if it is wished and nothing speaks against it, written."""
    school = result.school
    try:
        async with roster_turn(ctx, school.id, AT_COMMAND) as turn:
            school = await ctx.stores.schools.find_school(school.id) or school
            began = began_of(ctx.now(), school)
            summary = await compare_stored(ctx, desk, school.id, ctx.new_id())
            result.summary = summary
            refuse_a_wrong_file(summary, ticked=wish.only is not None)
            ticks = Ticks(EVERYTHING if wish.only is None else wish.only)
            await note_at_command(ctx, school.id, wish.file, summary, ticks, applied=wish.apply)
            if wish.apply:
                imported = Imported(summary)
                school = replace(school, year=began)
                await apply_roster(ctx, desk, turn, school, ticks, imported, lambda _: None)
                result.written, result.ended = imported.written, imported.ended
    except RosterError as error:
        result.problem, result.detail = error.code, error.detail
        if result.summary is None:
            reason = (
                Reason.ROLL_OVER_FIRST if error.code == "roll_over_first" else Reason.SCHOOL_BUSY
            )
            result.summary = await desk.ask(Desk.refuse, school.id, reason)
    await desk.ask(Desk.drop, school.id)
