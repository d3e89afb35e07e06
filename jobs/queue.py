"""The job queue: docket on Redis, behind two words, `enqueue` and `work`.

Jobs are known by name and get ids; they run at least once. A job is a hint to do soon what a store
already says must be done: when the queue cannot be reached, the sweep finds the work later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any, Self

from docket import Docket, Perpetual, Retry, Worker

from domain.errors import fault_text
from services.context import Context

log = logging.getLogger("yanshu.jobs")

Job = Callable[..., Awaitable[None]]

_CHECK = timedelta(milliseconds=20)
_REDELIVERY = timedelta(seconds=20)
_PATIENCE_SECONDS = 3.0  # the queue library itself would wait for an answer for ever
_OVER = (b"completed", b"failed", b"cancelled")
_RETRY = Retry(attempts=3, delay=timedelta(seconds=2))


class Queue:
    """One queue for all processes of an installation; an async context manager."""

    def __init__(self, *, redis_url: str, name: str) -> None:
        self._docket = Docket(
            name=f"{name}:jobs", url=redis_url, execution_ttl=timedelta(minutes=1)
        )
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        await self._stack.enter_async_context(self._docket)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    def register(
        self, ctx: Context, jobs: Mapping[str, Job], regular: Mapping[str, tuple[Job, timedelta]]
    ) -> None:
        """Make jobs known by their names. Regular ones run every so often, once for all workers together."""
        for name, job in jobs.items():
            self._docket.register(_bound(name, job, ctx), names=[name])
        for name, (job, every) in regular.items():
            self._docket.register(_repeated(name, job, ctx, every), names=[name])

    async def enqueue(
        self,
        name: str,
        payload: Mapping[str, str | Sequence[str]],
        *,
        key: str,
        at: datetime | None = None,
    ) -> None:
        """See services.context.Enqueue. An unreachable queue is logged, never raised: the store knows the work.

        Returns after three seconds at the latest.
        """
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._docket.add(name, when=at, key=key)(**payload)
        except Exception as error:
            log.warning(
                "queue not reached for %s (%s): left to the sweep", name, type(error).__name__
            )

    async def forget(self, words: Sequence[str]) -> None:
        """See services.context.ForgetJobs. A job that runs just now is left to end by itself.

        What the queue remembers of it goes a minute later.
        """
        wanted = [word for word in words if word]
        snapshot = await self._docket.snapshot()
        for waiting in snapshot.future:
            told = f"{waiting.key} {waiting.args} {waiting.kwargs}"
            if any(word in told for word in wanted):
                await self._docket.cancel(waiting.key)
        async with self._docket.redis() as redis:
            async for key in redis.scan_iter(match=self._docket.runs_key("*"), count=1000):
                held = await redis.hgetall(key)
                stored = b" ".join([key, *held.values()])
                if held.get(b"state") in _OVER and any(word.encode() in stored for word in wanted):
                    await redis.delete(key)

    async def work(self, *, concurrency: int = 8) -> None:
        """Run jobs until cancelled; what was begun is finished first."""
        async with Worker(
            self._docket,
            concurrency=concurrency,
            redelivery_timeout=_REDELIVERY,
            reconnection_delay=timedelta(seconds=1),
            minimum_check_interval=_CHECK,
            scheduling_resolution=timedelta(milliseconds=100),
        ) as worker:
            await worker.run_forever()


class JobFailedError(Exception):
    """A job has failed; of what it said only the name of the job goes on."""


def _bound(name: str, job: Job, ctx: Context) -> Job:
    async def run(retry: Retry = _RETRY, **payload: Any) -> None:
        try:
            await job(ctx, **payload)
        except Exception as error:
            log.error("%s failed: %s", name, fault_text(error))
            raise JobFailedError(name) from None  # the queue's own log gets no more than that

    run.__name__ = name
    return run


def _repeated(name: str, job: Job, ctx: Context, every: timedelta) -> Job:
    rhythm = Perpetual(every=every, automatic=True)

    async def run(perpetual: Perpetual = rhythm) -> None:
        try:
            await job(ctx)
        except asyncio.CancelledError:
            raise
        except Exception as error:
            # The next round comes anyway; a retry of this one would only pile up.
            log.error("%s failed: %s", name, fault_text(error))

    run.__name__ = name
    return run
