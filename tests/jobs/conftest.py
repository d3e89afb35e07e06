"""A queue over the run's real Redis, and jobs that write down what they did."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import pytest

from jobs.queue import Job, Queue
from services.context import Context

Regular = Mapping[str, tuple[Job, timedelta]]
Opened = Callable[..., Awaitable[Queue]]


class Diary:
    """What jobs did, in their order; itself what jobs get as their context."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    @property
    def ctx(self) -> Context:
        """The queue hands its context on without looking at it."""
        return cast(Context, self)


async def write(ctx: Context, **payload: str | Sequence[str]) -> None:
    """The simplest job."""
    cast(Diary, ctx).entries.append(payload)


@pytest.fixture
def diary() -> Diary:
    return Diary()


@asynccontextmanager
async def opened_queue(
    redis_url: str, name: str, diary: Diary, jobs: Mapping[str, Job], regular: Regular
) -> AsyncIterator[Queue]:
    """A queue as a process has it, with these jobs."""
    queue = Queue(redis_url=redis_url, name=name)
    queue.register(diary.ctx, jobs, regular)
    async with queue:
        yield queue


@asynccontextmanager
async def working(queue: Queue) -> AsyncIterator["asyncio.Task[None]"]:
    """A worker, stopped at the end as a process stops its own."""
    worker = asyncio.create_task(queue.work())
    try:
        yield worker
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)
