"""Group commit: what many requests want written (or asked) at the same moment goes over the wire as one batch.

Nobody waits for a timer. The first item starts a flush at the loop's next turn; what comes while it
runs forms the next one. A caller that awaits `add` has its write acknowledged by the store,
exactly as if it had gone alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")


class Batcher(Generic[Item, Answer]):
    """Collects items and hands them to `flush`, which returns one answer (or exception) for each, in order."""

    def __init__(
        self,
        flush: Callable[[Sequence[Item]], Awaitable[Sequence[Answer | Exception]]],
        *,
        limit: int = 256,
    ) -> None:
        self._flush = flush
        self._limit = limit
        self._waiting: list[tuple[Item, asyncio.Future[Answer]]] = []
        self._running: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Answer:
        """Put `item` into the next batch and wait for its answer. Raises what the flush raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = loop.create_task(self._run())
        return await future

    async def close(self, seconds: float) -> None:
        """Wait for what is under way, for so long at most; who waits still then is cancelled."""
        running = self._running
        if running is not None:
            await asyncio.wait([running], timeout=seconds)
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch, self._waiting = self._waiting[: self._limit], self._waiting[self._limit :]
                await self._flush_one(batch)
        finally:
            self._running = None

    async def _flush_one(self, batch: list[tuple[Item, asyncio.Future[Answer]]]) -> None:
        answers: Sequence[Answer | Exception]
        try:
            answers = await self._flush([item for item, _ in batch])
            if len(answers) != len(batch):
                raise ValueError(f"{len(answers)} answers for {len(batch)} items")
        except Exception as error:  # the store is gone: everybody in the batch is told the same
            answers = [error] * len(batch)
        except BaseException:  # cancelled, or the process is told to end: nobody is left waiting
            for _, future in batch + self._waiting:
                future.cancel()
            raise
        for (_, future), answer in zip(batch, answers, strict=True):
            if future.done():  # its request was cancelled meanwhile
                continue
            if isinstance(answer, Exception):
                future.set_exception(answer)
            else:
                future.set_result(answer)
