"""What one process remembers of short links and has counted of them; nothing in it is needed by another process.

What was asked once is handed out while it is looked up anew behind the answer, and as it was when the stores are
away; what is counted waits here until they take it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.catalogue import Page
from domain.errors import NotFoundError, fault_text
from domain.link_uses import Door, Use
from domain.times import SCHOOL_ZONE

if TYPE_CHECKING:
    from services.context import Context

log = logging.getLogger("yanshu.services")

REMEMBERED = 50_000  # links in a process; some 20 MB
FRESH_SECONDS = 30.0
COUNTED = 20_000  # kinds of use (day, link, door) that wait in a process at most
WRITE_SECONDS = 1.0
LONGEST_PAUSE = 30.0
PATIENCE_SECONDS = 2.0  # what is waited for a store
WRITTEN_AT_ONCE = (
    500  # kinds of use in one write; each write counts, also when the next one comes too late
)
CLOSE_SECONDS = (
    6.0  # what a process that stops waits for its counts; deploy/compose.yaml grants 30 in all
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a code leads. `closed`: its host does not open inside WeChat."""

    code: str
    address: str
    title: str
    place: str
    closed: bool = False
    school_id: str = ""
    class_id: str = ""
    subject: str = ""


Load = Callable[["Context", str], Awaitable[Target]]


class LinkRoom:
    """What one process remembers of links and has counted; nothing in it is needed by another one."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[Target, float]] = OrderedDict()
        self._asked: dict[str, asyncio.Task[None]] = {}
        self._counts: dict[tuple[str, str, str], int] = {}
        self._written: dict[tuple[str, str, str], int] = {}
        self._places: dict[str, Target] = {}
        self._doors: dict[str, Door | None] = {}
        self._writer: asyncio.Task[None] | None = None
        self._books: tuple[str, Mapping[str, tuple[str, Page]]] = ("", {})
        self._part = secrets.token_hex(4)
        self.lost = 0  # uses that found no room to wait in

    # -- where it leads ---------------------------------------------------------------------------

    def peek(self, ctx: Context, code: str, load: Load) -> Target | None:
        """What is remembered of a code; when that is some time ago, it is asked for anew meanwhile."""
        held = self._known.get(code)
        if held is None:
            return None
        target, fresh_until = held
        loop = asyncio.get_running_loop()
        if loop.time() > fresh_until and code not in self._asked:
            self._asked[code] = loop.create_task(self._renew(ctx, code, load))
        return target

    async def _renew(self, ctx: Context, code: str, load: Load) -> None:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS * 5):
                target = await load(ctx, code)
            self.remember(target)
        except NotFoundError:
            self._known.pop(code, None)
        except Exception as error:
            # What is remembered goes on; it is asked for again a while later.
            log.warning("a link could not be looked up: %s", type(error).__name__)
            if (held := self._known.get(code)) is not None:
                self.remember(held[0])
        finally:
            del self._asked[code]

    def remember(self, target: Target) -> None:
        """Keep it; the one that was not asked for longest makes room."""
        fresh_until = asyncio.get_running_loop().time() + FRESH_SECONDS
        self._known[target.code] = (target, fresh_until)
        self._known.move_to_end(target.code)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, code: str) -> None:
        """It was changed here: ask anew at the next use."""
        self._known.pop(code, None)

    def book_codes(self, catalogue_id: str) -> Mapping[str, tuple[str, Page]] | None:
        """The codes of a catalogue's books, if they were made already."""
        held_of, codes = self._books
        return codes if held_of == catalogue_id else None

    def keep_book_codes(self, catalogue_id: str, codes: Mapping[str, tuple[str, Page]]) -> None:
        """Keep them until there is another catalogue."""
        self._books = (catalogue_id, codes)

    # -- counting ---------------------------------------------------------------------------------

    def note(self, ctx: Context, target: Target, door: str) -> None:
        """Somebody followed it, through this door (empty for none)."""
        key = (_day_of(ctx), target.code, door)
        if key in self._counts:
            self._counts[key] += 1
        elif len(self._counts) < COUNTED:
            self._counts[key] = 1
            self._places[target.code] = target
        else:
            self.lost += 1
            return
        if self._writer is None:
            self._writer = asyncio.get_running_loop().create_task(self._write_on(ctx))

    @property
    def waiting(self) -> int:
        """How many uses are counted and not written."""
        return sum(n - self._written.get(key, 0) for key, n in self._counts.items())

    async def _write_on(self, ctx: Context) -> None:
        """Write what was counted until all is written; with longer pauses while the stores are away."""
        pause = WRITE_SECONDS
        try:
            while self.waiting:
                await asyncio.sleep(pause)
                try:
                    await self.write(ctx)
                    pause = WRITE_SECONDS
                except Exception as error:
                    pause = min(pause * 2, LONGEST_PAUSE)
                    log.warning("uses of links wait to be written: %s", fault_text(error))
        finally:
            self._writer = None

    async def write(self, ctx: Context) -> None:
        """Write what isn't. Every count is written as it stands in this process, so twice is once."""
        doors = await self._doors_of(ctx, {door for _, _, door in self._counts if door})
        for key in [k for k in self._counts if k[2] and doors.get(k[2]) is None]:
            # A mark that we never made, or of a use that came meanwhile: then it is looked at the next time.
            if key[2] in doors:
                plain = (*key[:2], "")
                self._counts[plain] = self._counts.get(plain, 0) + self._counts.pop(key)
        behind = [
            (k, n)
            for k, n in self._counts.items()
            if n != self._written.get(k) and (not k[2] or k[2] in doors)
        ]
        for start in range(0, len(behind), WRITTEN_AT_ONCE):
            some = behind[start : start + WRITTEN_AT_ONCE]
            await ctx.stores.link_uses.put([self._use(k, n, doors) for k, n in some])
            self._written.update(some)
        if len(self._counts) > COUNTED // 2 and self._counts == self._written:
            # All is written: this process begins another part, so the first one is never touched again.
            self._part = secrets.token_hex(4)
            self._counts, self._written, self._places = {}, {}, {}

    def _use(self, key: tuple[str, str, str], count: int, doors: Mapping[str, Door | None]) -> Use:
        day, code, named = key
        target, door = self._places[code], doors.get(named)
        return Use(
            id=f"{day}:{code}:{named}:{self._part}",
            day=day,
            code=code,
            place=target.place,
            count=count,
            role=door.role if door else "",
            school_id=door.school_id if door else target.school_id,
            class_id=door.class_id if door else target.class_id,
            subject=target.subject,
            is_new=key not in self._written,
        )

    async def _doors_of(self, ctx: Context, ids: set[str]) -> Mapping[str, Door | None]:
        if unknown := ids - self._doors.keys():
            found = await ctx.stores.link_uses.doors(unknown)
            if len(self._doors) > REMEMBERED:
                self._doors = {}
            self._doors |= {one: found.get(one) for one in unknown}
        return {one: self._doors.get(one) for one in ids}

    async def close(self, ctx: Context) -> None:
        """Write what is left, if the stores still answer."""
        if self._writer is not None:
            self._writer.cancel()
        for task in self._asked.values():
            task.cancel()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.write(ctx)
        except Exception as error:
            log.warning("uses of links were lost: %d, %s", self.waiting, type(error).__name__)


def _day_of(ctx: Context) -> str:
    return ctx.now().astimezone(SCHOOL_ZONE).date().isoformat()
