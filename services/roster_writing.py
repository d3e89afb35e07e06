"""Writing what of a list was ticked, in batches, and what the office changes by hand.

Each pupil's own record is written last, so a run that died is simply run again.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from domain.bindings import Ending, EndReason
from domain.roster_changes import Writes
from services.context import Context
from services.roster_desk import Desk
from services.roster_process import DeskProcess
from services.roster_turns import Turn

IMPORTED_BY = "roster-import"  # who ended a binding, where no person did
_PUPILS_AT_ONCE = 250
_ENDS_AT_ONCE = 16
Portion = Sequence[tuple[str, Writes]]


async def write_chosen(
    ctx: Context, desk: DeskProcess, turn: Turn, school_id: str
) -> AsyncIterator[tuple[int, int]]:
    """Write all that was chosen; gives for each batch how many pupils were written and how many bindings ended."""
    start = 0
    while portion := await desk.ask(Desk.writes, school_id, start, _PUPILS_AT_ONCE):
        turn.check()
        yield len(portion), await write_pupils(ctx, school_id, portion)
        start += len(portion)


async def write_pupils(
    ctx: Context, school_id: str, portion: Portion, *, by: str = IMPORTED_BY
) -> int:
    """A batch: lines, ends, gone lines, pupils. Returns how many bindings ended; `by` is who ends them.

    A pupil who is moved, changed or marked as left by hand is written here too: access ends the same way.
    A line that goes is closed first and deleted after its bindings have ended: if this dies in between,
    the next run still sees it.
    """
    schools = ctx.stores.schools
    writes = [written for _, written in portion]
    dropped = [line for w in writes for line in w.drop_lines]
    await schools.save_contacts(
        [*(line for w in writes for line in w.put_lines)]
        + [replace(line, quarantine=True) for line in dropped]
    )
    ended = await _end_bindings(ctx, school_id, portion, by)
    students = [w.student for w in writes if w.student is not None]
    at = ctx.now()
    leaving = {student_id for student_id, w in portion if w.ends_all}
    await schools.drop_contacts([line.id for line in dropped])
    await schools.save_students(
        [replace(s, left_at=at) if s.id in leaving else s for s in students]
    )
    # Whoever was binding at this very moment had read the line before it was closed.
    return ended + await _end_bindings(ctx, school_id, portion, by)


async def _end_bindings(ctx: Context, school_id: str, portion: Portion, by: str) -> int:
    """End what was bound through lines that go, and everything of those who left."""
    leaving = {student_id for student_id, w in portion if w.ends_all}
    gone = {line.id for _, w in portion for line in w.drop_lines}
    asked = sorted(leaving | {line.student_id for _, w in portion for line in w.drop_lines})
    if not asked:
        return 0
    bound = await ctx.stores.bindings.active_of_students(school_id, asked)
    wanted = [b for b in bound if b.student_id in leaving or b.contact_id in gone]
    limit = asyncio.Semaphore(_ENDS_AT_ONCE)

    async def end(binding_id: str, reason: EndReason) -> bool:
        async with limit:
            ending = Ending(at=ctx.now(), by=by, reason=reason)
            return await ctx.stores.bindings.end(binding_id, ending)

    reasons = {True: EndReason.LEFT, False: EndReason.PHONE}
    done = await asyncio.gather(*(end(b.id, reasons[b.student_id in leaving]) for b in wanted))
    return sum(done)
