"""Processes that die after a write of their own, within the test's own process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorCollection

WRITES = (
    "update_one",
    "update_many",
    "replace_one",
    "insert_one",
    "insert_many",
    "delete_one",
    "delete_many",
    "bulk_write",
)


class Killed(Exception):
    """The process is gone: nothing is written any more."""


@contextmanager
def after_each_write(
    monkeypatch: pytest.MonkeyPatch, then: Callable[[int], Awaitable[None]]
) -> Iterator[None]:
    """Call `then` with the number of the write, from 1, once it is done."""
    count = 0
    busy = False
    with monkeypatch.context() as patch:
        for name in WRITES:
            original = getattr(AsyncIOMotorCollection, name)

            async def write(
                self: Any, *arguments: Any, _original: Any = original, **options: Any
            ) -> Any:
                nonlocal count, busy
                result = await _original(self, *arguments, **options)
                if not busy:
                    count += 1
                    busy = True
                    try:
                        await then(count)
                    finally:
                        busy = False
                return result

            patch.setattr(AsyncIOMotorCollection, name, write)
        yield


def dying_after(last: int) -> Callable[[int], Awaitable[None]]:
    """Dead once so many writes are done: every later one dies as well."""

    async def die(number: int) -> None:
        if number >= last:
            raise Killed

    return die
