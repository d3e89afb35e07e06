"""Walks at random (hypothesis): one event loop and one town for all of them, each with a school of its own there."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from tests.town import Town, open_town

T = TypeVar("T")


class Loop:
    """A machine's rules are no coroutines: what they do is run to its end here. `counts` is what came of it all."""

    town: Town

    def __init__(self) -> None:
        self._loop, self._stack = asyncio.new_event_loop(), AsyncExitStack()
        self.counts: Counter[str] = Counter()

    def do(self, what: Coroutine[Any, Any, Any]) -> Any:
        """Run to its end."""
        return self._loop.run_until_complete(what)

    def enter(self, opening: AbstractAsyncContextManager[T]) -> T:
        """Open something that is closed with the loop."""
        opened: T = self.do(self._stack.enter_async_context(opening))
        return opened

    def close(self) -> None:
        """Everything, in turn."""
        try:
            self.do(self._stack.aclose())
        finally:
            self._loop.close()


@contextmanager
def open_loop(mongodb_uri: str, redis_url: str, database: str) -> Iterator[Loop]:
    """A town in which no job runs by itself."""
    loop = Loop()
    try:
        loop.town = loop.enter(
            open_town(mongodb_uri=mongodb_uri, redis_url=redis_url, database=database)
        )
        yield loop
    finally:
        loop.close()


def walk(machine: type[RuleBasedStateMachine], *, examples: int, steps: int) -> None:
    """So many walks of so many steps; none is shrunk, for the stores remember the one before."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
