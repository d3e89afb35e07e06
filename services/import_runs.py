"""What a worker does about a list that was handed in: try it, apply it, and say each second how far it is."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from domain.files import FileKind, StoredFile, offered_name
from domain.imports import (
    PAGE_LINES,
    Found,
    Import,
    ImportPage,
    ImportState,
    Section,
    page_id,
)
from domain.roster_changes import Kind
from services.context import Context
from services.roster_desk import Desk, Summary
from services.roster_files import RosterError
from services.roster_process import DeskProcess, open_desk
from services.roster_turns import Turn, roster_turn
from services.rosters import (
    Imported,
    Step,
    apply_roster,
    began_of,
    compare_stored,
    many_left,
    read_all,
    refuse_a_wrong_file,
)
from services.spreadsheets import XLSX
from storage.documents import to_value

_EVERY_SECONDS = 1.0
_PIECE_BYTES = 1 << 20

log = logging.getLogger("yanshu.services")


class Progress:
    """The last step, written down once a second: also a sign of life while a step takes long."""

    def __init__(self, ctx: Context, handed_in: Import) -> None:
        self._ctx, self._import = ctx, handed_in
        self._step = Step("reading")

    def tell(self, step: Step) -> None:
        """How far it is now."""
        self._step = step

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            step, held = self._step, self._import
            await self._ctx.stores.imports.mark(
                held.id,
                held.state,
                self._ctx.now(),
                expected=held.state,
                changes={"phase": step.phase, "count": step.count, "all": step.all},
            )
            await asyncio.sleep(_EVERY_SECONDS)


async def try_import(ctx: Context, import_id: str) -> None:
    """Read, compare, report; the person looks at it next. Harmless to repeat."""
    handed_in = await _begin(ctx, import_id, ImportState.TRYING)
    if handed_in is None:
        return
    try:
        async with _at_work(ctx, handed_in) as (desk, _, progress, folder):
            summary = await _compared(ctx, desk, handed_in, progress)
            progress.tell(Step("reporting"))
            report = folder / "report.xlsx"
            await desk.ask(Desk.report, str(report))
            await _keep_pages(ctx, desk, handed_in, summary)
            report_file = await _keep_report(ctx, handed_in, report)
            problem = _problem_of(summary)
        changes = {
            "found": to_value(_found(summary)),
            "report_file_id": report_file,
            "problem": problem[0],
            "detail": problem[1],
        }
        state = ImportState.FAILED if problem[0] else ImportState.READY
        await _finish(ctx, handed_in, state, changes)
    except RosterError as error:
        await _refused(ctx, handed_in, error)


async def apply_import(ctx: Context, import_id: str) -> None:
    """Write what was ticked, if it is still what was shown. A run that died goes on where that one stopped."""
    handed_in = await _begin(ctx, import_id, ImportState.APPLYING)
    if handed_in is None:
        return
    try:
        async with _at_work(ctx, handed_in) as (desk, turn, progress, _):
            summary = await _compared(ctx, desk, handed_in, progress)
            refuse_a_wrong_file(summary, ticked=True)
            if handed_in.begun_at is None and summary.mark != handed_in.found.mark:
                raise RosterError("changed")
            school = await ctx.stores.schools.find_school(handed_in.school_id)
            if school is None:
                raise RosterError("no_school")
            await _mark(ctx, handed_in, {"begun_at": handed_in.begun_at or ctx.now()})
            imported = Imported(summary, handed_in.written, handed_in.ended)
            school = replace(school, year=began_of(ctx.now(), school))
            ticks = handed_in.ticks
            await apply_roster(ctx, desk, turn, school, ticks, imported, progress.tell)
        changes = {"written": imported.written, "ended": imported.ended}
        await _finish(ctx, handed_in, ImportState.DONE, changes)
    except RosterError as error:
        await _refused(ctx, handed_in, error)


async def _begin(ctx: Context, import_id: str, state: ImportState) -> Import | None:
    found = await ctx.stores.imports.find(import_id)
    if found is None or found.state is not state:
        return None  # somebody else has done it
    await _mark(ctx, found, {"tries": found.tries + 1})
    return found


@asynccontextmanager
async def _at_work(
    ctx: Context, handed_in: Import
) -> AsyncIterator[tuple[DeskProcess, Turn, Progress, Path]]:
    """The school's turn, a desk, the file in a folder of its own, and progress that is told."""
    progress = Progress(ctx, handed_in)
    with tempfile.TemporaryDirectory(prefix="yanshu-list-") as name:
        folder = Path(name)
        async with roster_turn(ctx, handed_in.school_id, handed_in.by) as turn, open_desk() as desk:
            telling = asyncio.create_task(progress.run())
            try:
                # Under its own name: a list in one sheet may say by it which class it is.
                path = folder / handed_in.file_name
                await _fetch(ctx, handed_in.file_id, path)
                await _open(ctx, desk, handed_in, path)
                yield desk, turn, progress, folder
            finally:
                telling.cancel()
                with suppress(asyncio.CancelledError):
                    await telling


async def _fetch(ctx: Context, file_id: str, path: Path) -> None:
    if await ctx.stores.files.find(file_id) is None:
        raise RosterError("file_gone")
    with path.open("wb") as file:
        async for piece in ctx.stores.files.read(file_id):
            await asyncio.to_thread(file.write, piece)


async def _open(ctx: Context, desk: DeskProcess, handed_in: Import, path: Path) -> None:
    school = await ctx.stores.schools.find_school(handed_in.school_id)
    if school is None:
        raise RosterError("no_school")
    await desk.ask(Desk.open_school, str(path), school, began_of(ctx.now(), school))


async def _compared(
    ctx: Context, desk: DeskProcess, handed_in: Import, progress: Progress
) -> Summary:
    await read_all(desk, progress.tell)
    progress.tell(Step("comparing"))
    return await compare_stored(ctx, desk, handed_in.school_id, handed_in.id)


def _problem_of(summary: Summary) -> tuple[str, str]:
    """What forbids to apply it at all; that many would leave is asked about when it is applied."""
    try:
        refuse_a_wrong_file(summary, ticked=True)
    except RosterError as error:
        return error.code, error.detail
    return "", ""


def _found(summary: Summary) -> Found:
    counts = {Section(kind.value): summary.count(kind) for kind in Kind}
    counts |= {Section.REFUSED: summary.refused, Section.NOTED: summary.noted}
    return Found(
        counts=counts,
        unchanged=summary.unchanged,
        quarantined=summary.quarantined,
        here=summary.here,
        many_left=many_left(summary),
        sums=tuple((name, str(value)) for name, value in summary.sums),
        mark=summary.mark,
    )


async def _keep_pages(ctx: Context, desk: DeskProcess, handed_in: Import, summary: Summary) -> None:
    school_id = handed_in.school_id
    for section, count in _found(summary).counts.items():
        for start in range(0, count, PAGE_LINES):
            lines = await desk.ask(Desk.section, school_id, section, start, PAGE_LINES)
            page = ImportPage(
                id=page_id(handed_in.id, section, start // PAGE_LINES),
                school_id=school_id,
                import_id=handed_in.id,
                at=ctx.now(),
                lines=tuple(lines),
            )
            await ctx.stores.imports.put_pages([page])


async def _keep_report(ctx: Context, handed_in: Import, path: Path) -> str:
    size = (await asyncio.to_thread(path.stat)).st_size
    stem = handed_in.file_name.rsplit(".", 1)[0]
    file = StoredFile(
        id=ctx.new_id(),
        school_id=handed_in.school_id,
        owner_id=f"import:{handed_in.id}",
        kind=FileKind.ROSTER,
        name=offered_name(f"导入报告 {stem}.xlsx", ".xlsx"),
        content_type=XLSX,
        size_bytes=size,
        created_at=ctx.now(),
    )

    async def pieces() -> AsyncIterator[bytes]:
        with path.open("rb") as opened:
            while piece := await asyncio.to_thread(opened.read, _PIECE_BYTES):
                yield piece

    await ctx.stores.files.write(file, pieces())
    if handed_in.report_file_id:
        await ctx.stores.forgetting.drop_files([handed_in.report_file_id])
    return file.id


async def _mark(ctx: Context, handed_in: Import, changes: Mapping[str, Any]) -> None:
    await ctx.stores.imports.mark(
        handed_in.id, handed_in.state, ctx.now(), expected=handed_in.state, changes=changes
    )


async def _finish(
    ctx: Context, handed_in: Import, state: ImportState, changes: Mapping[str, Any]
) -> None:
    at = ctx.now()
    done = {} if state is ImportState.READY else {"finished_at": at}
    await ctx.stores.imports.mark(
        handed_in.id, state, at, expected=handed_in.state, changes={**changes, **done}
    )


async def _refused(ctx: Context, handed_in: Import, error: RosterError) -> None:
    """The person reads why. Whoever finds another list or a new year at work comes again: the sweep sees to it."""
    if error.code in ("busy", "rolling_over"):
        log.info("import %s waits for its school: %s", handed_in.id, error.code)
        await _mark(ctx, handed_in, {"phase": "waiting", "detail": error.detail, "tries": 0})
        return
    changes = {"problem": error.code, "detail": error.detail}
    await _finish(ctx, handed_in, ImportState.FAILED, changes)
