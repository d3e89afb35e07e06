"""Waiting for a condition: what tests use instead of sleeping."""

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

PAUSE_SECONDS = 0.02


async def wait_until(
    predicate: Callable[[], Any],
    *,
    description: str,
    seconds: float = 30.0,
) -> Any:
    """Wait until `predicate` gives something true, and return that.

    Args:
        predicate: a function or a coroutine function; asked again and again.
        description: what is waited for; it is the failure's text.
        seconds: how long at most. A generous bound, not a measurement.
    """
    deadline = time.monotonic() + seconds
    while True:
        answer = predicate()
        value = await answer if inspect.isawaitable(answer) else answer
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {description}")
        await asyncio.sleep(PAUSE_SECONDS)
