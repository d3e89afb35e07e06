"""A process that dies, or is slow, between any two writes of publishing: minutes and homework agree again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from domain.errors import ConflictError
from domain.homework import Homework, HomeworkState
from services.context import Context
from services.deliveries import sweep
from services.homework import edit_homework, publish_homework, withdraw_homework
from services.homework_telling import FINISH, finish_homework
from services.people import Teaching
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY, draft, evening, minutes, publish, teacher
from tests.town import SCHOOL, Town, school_class

CLASS, OTHER = school_class(1), school_class(2)
MOST_WRITES = 40
WEDNESDAY = "2026-11-25"
Act = Callable[[], Awaitable[object]]


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    made: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    await made.stores.schools.save_school(SCHOOL)
    await made.stores.schools.save_classes([CLASS, OTHER])
    return made


@pytest.fixture
async def both(ctx: Context) -> Teaching:
    return await teacher(ctx, 1, classes=[CLASS, OTHER])


def later(ctx: Context) -> Context:
    """The same installation once whoever died is taken for dead."""
    return replace(ctx, now=lambda: TUESDAY + ctx.policy.lease + timedelta(seconds=1))


async def heal(ctx: Context) -> None:
    """What the sweep finds is done, as a worker does it."""
    found: list[str] = []

    async def enqueue(name: str, payload: Any, **_: Any) -> None:
        if name == FINISH:
            found.append(payload["homework_id"])

    await sweep(replace(later(ctx), enqueue=enqueue))
    for homework_id in found:
        await finish_homework(later(ctx), homework_id)


async def all_homework(ctx: Context) -> list[Homework]:
    documents = await ctx.stores.database["homework"].find({}).to_list(None)
    found = await ctx.stores.homework.many(d["_id"] for d in documents)
    return list(found.values())


async def check_agreement(ctx: Context) -> None:
    """Every reservation is of a homework that counts, which has all of its own; families are told of these alone."""
    wanted = set()
    for homework in await all_homework(ctx):
        assert not homework.trying
        assert homework.unfinished_since is None
        notice = await ctx.stores.notices.find(homework.id)
        if homework.state is HomeworkState.PUBLISHED:
            task = homework.task
            wanted |= {
                (c, str(task.evening), homework.id, task.number, task.minutes)
                for c in homework.class_ids
            }
            assert notice is not None
            assert len(notice.versions) == len(homework.versions)
            assert notice.state == "published"
        else:
            assert notice is None or notice.state == "withdrawn"
    held = set()
    for document in await ctx.stores.database["evenings"].find({}).to_list(None):
        held |= {
            (document["class_id"], document["day"], r["homework_id"], r["attempt"], r["minutes"])
            for r in document["reservations"]
        }
    assert held == wanted


async def dies(monkeypatch: pytest.MonkeyPatch, last: int, act: Act) -> bool:
    with after_each_write(monkeypatch, dying_after(last)):
        try:
            await act()
        except Killed:
            return True
    return False


async def test_publishing_dies_after_any_write(
    ctx: Context, both: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths = 0
    for last in range(1, MOST_WRITES):
        made = await draft(ctx, both, minutes=60)
        key = f"key-of-{last}"

        async def act(made: Any = made, key: str = key) -> object:
            return await publish_homework(ctx, both, made, idempotency_key=key)

        died = await dies(monkeypatch, last, act)
        deaths += died
        await heal(ctx)
        await check_agreement(ctx)
        # Whoever asks again with the same form gets it published, once.
        again = await publish_homework(later(ctx), both, made, idempotency_key=key)
        assert again.clashes == ()
        assert await minutes(ctx, CLASS) == await minutes(ctx, OTHER) == [60]
        await check_agreement(ctx)
        await withdraw_homework(ctx, both, again.homework.id)
        assert await minutes(ctx, CLASS) == []
        if not died:
            break
    assert deaths >= 5


async def test_what_does_not_fit_dies_after_any_write(
    ctx: Context, both: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the second class: what the first has reserved is given back, whatever dies."""
    await publish(ctx, await teacher(ctx, 2, classes=[OTHER]), minutes=50)
    deaths = 0
    for last in range(1, MOST_WRITES):
        made = await draft(ctx, both, minutes=20)

        async def act(made: Any = made, key: str = f"key-of-{last}") -> object:
            return await publish_homework(ctx, both, made, idempotency_key=key)

        died = await dies(monkeypatch, last, act)
        deaths += died
        await heal(ctx)
        await check_agreement(ctx)
        assert await minutes(ctx, CLASS) == []
        if not died:
            break
    assert deaths >= 3


async def test_moving_dies_after_any_write(
    ctx: Context, both: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is on one day as a whole or on the other, and whoever asks again has it where they want it."""
    held = (await publish(ctx, both, minutes=60)).homework
    days = ["2026-11-24", WEDNESDAY]
    deaths = 0
    for last in range(1, MOST_WRITES):
        wanted = await draft(ctx, both, minutes=60, day=days[last % 2])
        seen = held.attempts

        async def act(key: str = held.id, wanted: Any = wanted, seen: int = seen) -> object:
            return await edit_homework(ctx, both, key, wanted, seen=seen)

        died = await dies(monkeypatch, last, act)
        deaths += died
        await heal(ctx)
        await check_agreement(ctx)
        (now,) = await all_homework(ctx)
        if str(now.task.evening) != days[last % 2]:
            outcome = await edit_homework(later(ctx), both, held.id, wanted, seen=now.attempts)
            assert outcome.clashes == ()
        (held,) = await all_homework(ctx)
        assert str(held.task.evening) == days[last % 2]
        await check_agreement(ctx)
        if not died:
            break
    assert deaths >= 5


async def test_withdrawing_dies_after_any_write(
    ctx: Context, both: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    deaths = 0
    for last in range(1, MOST_WRITES):
        made = (await publish(ctx, both, key=f"key-of-{last}", minutes=60)).homework

        async def act(homework_id: str = made.id) -> object:
            await withdraw_homework(ctx, both, homework_id)
            return None

        died = await dies(monkeypatch, last, act)
        deaths += died
        await heal(ctx)
        await check_agreement(ctx)
        assert await minutes(ctx, CLASS) == await minutes(ctx, OTHER) == []
        if not died:
            break
    assert deaths >= 3


@pytest.mark.parametrize("pause", [1, 2, 3])
async def test_who_was_slow_and_not_dead_publishes_nothing_any_more(
    ctx: Context, both: Teaching, monkeypatch: pytest.MonkeyPatch, pause: int
) -> None:
    """After the insert and each reservation, the sweep takes it for dead and gives its minutes to somebody else."""
    other = await teacher(ctx, 2, classes=[CLASS, OTHER])

    async def meanwhile(number: int) -> None:
        if number == pause:
            await heal(ctx)
            taken = await publish(ctx, other, minutes=60)
            assert taken.clashes == ()

    made = await draft(ctx, both, minutes=60)
    with after_each_write(monkeypatch, meanwhile), pytest.raises(ConflictError):
        await publish_homework(ctx, both, made, idempotency_key="key-of-slow")
    await heal(ctx)
    await check_agreement(ctx)
    assert await minutes(ctx, CLASS) == await minutes(ctx, OTHER) == [60]
    held = await evening(ctx, CLASS)
    assert held is not None
    assert held.reservations[0].author_id == other.person_id


async def test_a_slow_telling_does_not_bring_back_what_was_withdrawn(
    ctx: Context, both: Teaching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between keeping it and telling the families, somebody withdraws it: they never hear of it."""

    async def meanwhile(number: int) -> None:
        if number == 4:  # inserted, reserved twice, kept
            (homework,) = await all_homework(ctx)
            assert homework.state is HomeworkState.PUBLISHED
            await withdraw_homework(ctx, both, homework.id)

    made = await draft(ctx, both, minutes=60)
    with after_each_write(monkeypatch, meanwhile):
        await publish_homework(ctx, both, made, idempotency_key="key-of-slow")
    await check_agreement(ctx)
    assert await minutes(ctx, CLASS) == []


async def test_forty_teachers_while_some_of_them_die(
    ctx: Context,
) -> None:
    """Every third one who gets through is killed then; what is left agrees, and the budget was never overrun."""
    teachers = [await teacher(ctx, n, classes=[CLASS, OTHER]) for n in range(40)]
    drafts = [await draft(ctx, t, minutes=10) for t in teachers]
    tellings = count()

    async def enqueue(*args: Any, **kwargs: Any) -> None:
        if next(tellings) % 3 == 0:
            raise Killed
        await ctx.enqueue(*args, **kwargs)

    mortal = replace(ctx, enqueue=enqueue)

    async def act(number: int) -> object:
        return await publish_homework(
            mortal, teachers[number], drafts[number], idempotency_key="key-0001"
        )

    outcomes = await asyncio.gather(*(act(n) for n in range(40)), return_exceptions=True)
    assert any(isinstance(o, Killed) for o in outcomes)
    unexpected = [o for o in outcomes if isinstance(o, BaseException) and not isinstance(o, Killed)]
    assert unexpected == []
    await heal(ctx)
    await check_agreement(ctx)
    assert await minutes(ctx, CLASS) == [10] * 6
