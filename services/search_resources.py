"""Local resources ready to be found: in memory, once a process, and never behind what any process has written.

Before each look the store is asked what was changed since the last one: one look at an index, which mostly finds
nothing. What is taken down is never shown even so, since what was found is loaded before it is shown.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from domain.search_resources import ResourceIndex

if TYPE_CHECKING:
    from services.context import Context

log = logging.getLogger("yanshu.services")

# A change is stamped before it is written, by the clock of whoever writes it.
OVERLAP = timedelta(minutes=2)
PATIENCE_SECONDS = 3.0  # of who looks first, while all is read
_PORTION = 500


class ResourceRoom:
    """One a process, empty until somebody looks who may use a library."""

    def __init__(self) -> None:
        self._index: ResourceIndex | None = None
        self._known_at = datetime.min.replace(tzinfo=UTC)
        self._reading: asyncio.Task[None] | None = None

    @property
    def is_ready(self) -> bool:
        """Whether all was read once."""
        return self._index is not None

    async def ready(self, ctx: Context) -> ResourceIndex | None:
        """All resources as they are now; None while very many are still being read for the first time."""
        if self._index is None or self._index.is_worn:
            if self._reading is None:
                self._reading = asyncio.get_running_loop().create_task(self._read_all(ctx))
            await asyncio.wait([self._reading], timeout=PATIENCE_SECONDS)
        if self._index is not None:
            await self._catch_up(ctx, self._index)
        return self._index

    async def _read_all(self, ctx: Context) -> None:
        try:
            index, began = ResourceIndex(), ctx.now()
            async for one in ctx.stores.resources.findable():
                index.put(one)
            self._index, self._known_at = index, began
        except Exception as error:  # the next one who looks has it tried again
            log.warning("resources could not be read for the search: %s", type(error).__name__)
        finally:
            self._reading = None

    async def _catch_up(self, ctx: Context, index: ResourceIndex) -> None:
        began = ctx.now()
        changed = await ctx.stores.resources.changed_since(self._known_at - OVERLAP)
        new = [one for one, revision in changed.items() if not index.knows(one, revision)]
        for start in range(0, len(new), _PORTION):
            for one in await ctx.stores.resources.findable_of(new[start : start + _PORTION]):
                index.put(one)
        self._known_at = max(began, self._known_at)

    async def close(self) -> None:
        """Stop reading."""
        if self._reading is not None:
            self._reading.cancel()
