"""Group commit: everybody gets their own answer, in order, and nobody is left waiting."""

import asyncio
from collections.abc import Sequence

import pytest

from storage.batching import Batcher
from tests.storage.conftest import at_once


class Store:
    """Doubles numbers, batch by batch; holds a batch back while `gate` is closed."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.begun = asyncio.Event()
        self.gate = asyncio.Event()
        self.gate.set()
        self.error: Exception | None = None

    async def flush(self, items: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(items))
        self.begun.set()
        await self.gate.wait()
        if self.error is not None:
            raise self.error
        return [ValueError(item) if item < 0 else item * 2 for item in items]


@pytest.fixture
async def store() -> Store:
    return Store()


async def test_what_comes_at_once_goes_together_and_each_gets_its_own_answer(store: Store) -> None:
    batcher = Batcher(store.flush)
    assert await at_once(*(batcher.add(n) for n in range(10))) == [n * 2 for n in range(10)]
    assert store.batches == [list(range(10))]


async def test_what_comes_while_a_batch_runs_forms_the_next_one(store: Store) -> None:
    batcher = Batcher(store.flush)
    store.gate.clear()
    first = asyncio.ensure_future(batcher.add(1))
    await store.begun.wait()
    later = [asyncio.ensure_future(batcher.add(n)) for n in (2, 3)]
    await asyncio.sleep(0)  # they have asked by now
    store.gate.set()
    assert await at_once(first, *later) == [2, 4, 6]
    assert store.batches == [[1], [2, 3]]


async def test_a_batch_has_a_limit_and_keeps_the_order(store: Store) -> None:
    batcher = Batcher(store.flush, limit=4)
    assert await at_once(*(batcher.add(n) for n in range(10))) == [n * 2 for n in range(10)]
    assert store.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]


async def test_one_bad_item_is_its_own_callers_trouble(store: Store) -> None:
    batcher = Batcher(store.flush)
    answers = await asyncio.gather(
        batcher.add(1), batcher.add(-1), batcher.add(2), return_exceptions=True
    )
    assert answers[0] == 2
    assert isinstance(answers[1], ValueError)
    assert answers[2] == 4


async def test_a_store_that_is_gone_is_told_to_everybody_in_the_batch(store: Store) -> None:
    batcher = Batcher(store.flush)
    store.error = ConnectionError("gone")
    answers = await asyncio.gather(*(batcher.add(n) for n in range(3)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionError] * 3
    store.error = None
    assert await batcher.add(4) == 8  # and the next batch is as good as new


async def test_a_flush_that_forgets_somebody_leaves_nobody_waiting() -> None:
    async def forgetful(items: Sequence[int]) -> list[int | Exception]:
        return [item * 2 for item in items[:-1]]

    batcher = Batcher(forgetful)
    answers = await asyncio.gather(batcher.add(1), batcher.add(2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ValueError, ValueError]


async def test_whatever_breaks_a_flush_off_leaves_nobody_waiting() -> None:
    class TimeIsUp(BaseException):
        """As a signal's handler raises it in the middle of whatever runs."""

    async def broken_off(items: Sequence[int]) -> list[int | Exception]:
        raise TimeIsUp

    batcher = Batcher(broken_off)
    answers = await asyncio.gather(batcher.add(1), batcher.add(2), return_exceptions=True)
    assert [type(answer) for answer in answers] == [asyncio.CancelledError] * 2


async def test_who_stops_waiting_does_not_disturb_the_others(store: Store) -> None:
    batcher = Batcher(store.flush)
    store.gate.clear()
    waiters = [asyncio.ensure_future(batcher.add(n)) for n in range(3)]
    await store.begun.wait()
    waiters[1].cancel()
    store.gate.set()
    answers = await asyncio.gather(*waiters, return_exceptions=True)
    assert answers[0] == 0
    assert isinstance(answers[1], asyncio.CancelledError)
    assert answers[2] == 4
    assert store.batches == [[0, 1, 2]]
    assert await batcher.add(5) == 10


async def test_at_the_end_what_does_not_come_to_its_own_is_given_up(store: Store) -> None:
    batcher = Batcher(store.flush)
    store.gate.clear()
    first = asyncio.ensure_future(batcher.add(1))
    await store.begun.wait()
    second = asyncio.ensure_future(batcher.add(2))
    await asyncio.sleep(0)
    await batcher.close(0)
    for waiting in (first, second):
        with pytest.raises(asyncio.CancelledError):
            await waiting
    assert store.batches == [[1]]
