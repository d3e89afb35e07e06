"""One list at a time: a school's turn, held while a list is taken in. Whoever comes second is told who is at it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.context import Context
from services.roster_files import RosterError

_CHINA = timedelta(hours=8)
_HELD_SECONDS = 60.0
_RENEWED_SECONDS = 15.0


@dataclass(slots=True)
class Turn:
    """A school's turn. `lost` once somebody else may have it."""

    lost: bool = False

    def check(self) -> None:
        """Raises RosterError when the turn is no longer ours: nothing more may be written."""
        if self.lost:
            raise RosterError("turn_lost")


@asynccontextmanager
async def roster_turn(ctx: Context, school_id: str, by: str) -> AsyncIterator[Turn]:
    """Hold the school's turn to take in a list. Raises RosterError `busy`, `rolling_over`."""
    await _refuse_while_rolling_over(ctx, school_id)
    async with school_turn(ctx, school_id, by) as turn:
        # Once more: a roll-over begins while it holds the turn, and is written down by then.
        await _refuse_while_rolling_over(ctx, school_id)
        yield turn


async def _refuse_while_rolling_over(ctx: Context, school_id: str) -> None:
    if await ctx.stores.rollovers.is_busy(school_id):
        raise RosterError("rolling_over")


@asynccontextmanager
async def school_turn(ctx: Context, school_id: str, by: str) -> AsyncIterator[Turn]:
    """Hold the school's turn as `by`, which is shown to whoever comes meanwhile. Raises RosterError `busy`."""
    name = f"roster-{school_id}"
    owner = f"{ctx.new_id()}|{ctx.now().isoformat()}|{by}"
    if not await ctx.stores.locks.take([name], owner=owner, seconds=_HELD_SECONDS):
        raise RosterError("busy", _who(await ctx.stores.locks.owner_of(name)))
    turn = Turn()
    renewing = asyncio.create_task(_renew(ctx, name, owner, turn))
    try:
        yield turn
    finally:
        renewing.cancel()
        with suppress(asyncio.CancelledError):
            await renewing
        await ctx.stores.locks.drop([name], owner=owner)


async def _renew(ctx: Context, name: str, owner: str, turn: Turn) -> None:
    while not turn.lost:
        await asyncio.sleep(_RENEWED_SECONDS)
        try:
            held = await ctx.stores.locks.renew(name, owner=owner, seconds=_HELD_SECONDS)
        except Exception:
            held = False  # a Redis that says nothing may have forgotten the lock
        turn.lost = not held


def _who(owner: str | None) -> str:
    """王老师 10:54."""
    if owner is None:
        return "另一个人"
    _, since, by = owner.split("|", 2)
    return f"{by}（{datetime.fromisoformat(since) + _CHINA:%H:%M} 开始）"
