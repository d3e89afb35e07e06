"""A device that connects is greeted with few questions to the store, and many at one moment with hardly more."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, cast

import aiohttp
import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.monitoring import CommandListener, CommandStartedEvent

from domain.threads import Thread
from miniapp import sockets
from services.audiences import Audience
from services.bearers import end_bearer, start_bearer
from services.context import Context
from services.live import SIGNED_OUT, Live
from services.threads import audiences_of, open_child_thread
from storage import stamps, stores
from tests.flows.conftest import quiet_town as quiet_town
from tests.sockets import SocketDevice
from tests.talking import (
    CHILD,
    CLASS,
    MATHS,
    MOTHER,
    OTHER,
    SECOND,
    TALK,
    another_process,
    settle_school,
    unbind,
)
from tests.town import Town

FAMILIES = 40  # in two classes


class Questions(CommandListener):
    """What a process asks its store, by collection."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()

    def started(self, event: CommandStartedEvent) -> None:
        named = event.command.get(event.command_name)
        if isinstance(named, str):  # not what the driver asks for itself
            self.asked[named] += 1

    def succeeded(self, event: object) -> None:
        """Not asked for."""

    failed = succeeded


@pytest.fixture
def questions(monkeypatch: pytest.MonkeyPatch) -> Questions:
    """Counts what every process asks that is opened after this; what it remembers does not lapse meanwhile."""
    made = Questions()
    client: Any = partial(AsyncIOMotorClient, event_listeners=[made])
    monkeypatch.setattr(stores, "AsyncIOMotorClient", client)
    monkeypatch.setattr(stamps, "_LONGEST", timedelta(days=1))
    return made


@pytest.fixture
async def town(questions: Questions, quiet_town: Town) -> Town:
    await settle_school(quiet_town.ctx, families=FAMILIES)
    return quiet_town


@pytest.fixture
async def second(town: Town) -> AsyncIterator[Context]:
    """A process that has just been started."""
    async with another_process(town) as made:
        yield made


@asynccontextmanager
async def greeted(town: Town, token: str) -> AsyncIterator[SocketDevice]:
    """A device that shows this token, with what it was greeted with."""
    async with aiohttp.ClientSession() as client:
        url = town.base.replace("http", "ws", 1) + "/ws"
        device = SocketDevice(client, url, {"Authorization": f"Bearer {token}"})
        try:
            await device.connect()
            yield device
        finally:
            await device.disconnect()


async def token_of(ctx: Context, person: str) -> str:
    return (await start_bearer(ctx, person, f"openid-of-{person}")).access


def ids(audiences: Iterable[Audience]) -> set[str]:
    return {audience.thread.id for audience in audiences}


async def test_a_greeting_asks_six_questions(town: Town, questions: Questions) -> None:
    """Whose the session is, which children, which roles, the children's classes, the threads; and once, at the end,
    whether what is remembered of the school still holds."""
    about = (await open_child_thread(town.ctx, MATHS, CHILD)).id
    await audiences_of(town.ctx, MATHS)
    async with greeted(town, await token_of(town.ctx, OTHER)):
        token = await token_of(town.ctx, MOTHER)
        questions.asked.clear()
        async with greeted(town, token) as mother:
            asked = Counter(questions.asked)
            (hello,) = mother.of("hello")
    wanted = ("bearers", "bindings", "appointments", "students", "threads", "stamps")
    assert asked == dict.fromkeys(wanted, 1)
    assert {thread["id"] for thread in hello["threads"]} == {TALK, about}


async def test_many_at_one_moment_are_asked_about_together(
    town: Town, questions: Questions
) -> None:
    await audiences_of(town.ctx, MOTHER)
    everybody = [f"person-{n:06d}" for n in range(1, FAMILIES // 2)]
    questions.asked.clear()
    found = await asyncio.gather(*(audiences_of(town.ctx, person) for person in everybody))
    assert all(TALK in {a.thread.id for a in audiences} for audiences in found)
    assert questions.asked == dict.fromkeys(
        ("bindings", "appointments", "students", "threads", "stamps"), 1
    )


async def test_at_a_process_that_knows_nothing_many_cost_as_much_as_one(
    second: Context, town: Town, questions: Questions
) -> None:
    """What is remembered of a school or a class is made once for all who wait for it."""
    questions.asked.clear()
    await audiences_of(second, MOTHER)
    alone = questions.asked.total()
    async with another_process(town) as third:
        questions.asked.clear()
        await asyncio.gather(
            *(audiences_of(third, f"person-{n:06d}") for n in range(FAMILIES // 2))
        )
    assert questions.asked.total() == alone


async def unbound(ctx: Context) -> str:
    await unbind(ctx, MOTHER)
    return MOTHER


async def without_a_role(ctx: Context) -> str:
    assert await ctx.stores.appointments.end(MATHS, ctx.now())
    return MATHS


async def in_another_class(ctx: Context) -> str:
    (child,) = (await ctx.stores.schools.students([CHILD])).values()
    await ctx.stores.schools.save_students([replace(child, class_id=SECOND.id)])
    return MOTHER


async def without_a_class(ctx: Context) -> str:
    await ctx.stores.schools.save_classes([replace(CLASS, ended_at=ctx.now())])
    return MOTHER


CHANGES = (unbound, without_a_role, in_another_class, without_a_class)


@pytest.mark.parametrize("change", CHANGES)
async def test_what_another_process_has_changed_is_seen_at_that_moment(
    town: Town, second: Context, change: Callable[[Context], Awaitable[str]]
) -> None:
    for person in (MOTHER, MATHS):
        assert TALK in ids(await audiences_of(town.ctx, person))
    assert TALK not in ids(await audiences_of(town.ctx, await change(second)))


@pytest.mark.parametrize("change", CHANGES)
async def test_so_is_what_changes_while_a_device_is_greeted(
    town: Town,
    second: Context,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[Context], Awaitable[str]],
) -> None:
    for person in (MOTHER, MATHS):
        assert TALK in ids(await audiences_of(town.ctx, person))
    store = town.ctx.stores.threads
    find, pending = store.found_by, [change]

    async def meanwhile(finders: Iterable[str]) -> dict[str, Thread]:
        found: dict[str, Thread] = await find(finders)
        while pending:
            await pending.pop()(second)
        return found

    monkeypatch.setattr(store, "found_by", meanwhile)
    who = MATHS if change is without_a_role else MOTHER
    assert TALK not in ids(await audiences_of(town.ctx, who))


async def test_where_changes_do_not_end_each_thread_is_asked_about(
    town: Town, second: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert TALK in ids(await audiences_of(town.ctx, MOTHER))

    async def never(view: stamps.View) -> bool:
        return False

    monkeypatch.setattr(stamps.View, "holds", never)
    assert TALK in ids(await audiences_of(town.ctx, MOTHER))
    await unbind(second, MOTHER)
    assert await audiences_of(town.ctx, MOTHER) == []


async def test_who_is_signed_out_while_they_are_greeted_is_sent_away(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await token_of(town.ctx, MOTHER)

    async def meanwhile(ctx: Context, person_id: str) -> list[Audience]:
        found = await audiences_of(ctx, person_id)
        await end_bearer(ctx, token.partition(".")[0])
        await cast(Live, ctx.live).send_away_ended(ctx)  # as for any message
        return found

    async with greeted(town, await token_of(town.ctx, OTHER)):  # the hub is at work
        monkeypatch.setattr(sockets, "audiences_of", meanwhile)
        async with aiohttp.ClientSession() as client:
            url = town.base.replace("http", "ws", 1) + "/ws"
            socket = await client.ws_connect(url, headers={"Authorization": f"Bearer {token}"})
            assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
            assert socket.close_code == SIGNED_OUT
