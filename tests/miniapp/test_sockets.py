"""`/ws`: who gets in, what is heard, and that an old connection hears nothing more."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import aiohttp
import pytest

from handlers.base import SESSION_COOKIE
from handlers.console.base import DESK_COOKIE
from miniapp import sockets
from services import live
from services.bearers import end_bearer, end_everywhere, start_bearer
from services.context import Context
from services.messages import send_message
from services.threads import open_child_thread
from tests.flows.conftest import quiet_town as quiet_town
from tests.sockets import SocketDevice
from tests.talking import (
    CHILD,
    ELSEWHERE,
    HEAD,
    MATHS,
    MOTHER,
    OTHER,
    TALK,
    another_process,
    text,
    unbind,
)
from tests.talking import ctx as ctx
from tests.town import Town

Open = Callable[[str], Awaitable[SocketDevice]]


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as made:
        yield made


def address(town: Town, path: str = "/ws") -> str:
    return town.base.replace("http", "ws", 1) + path


@pytest.fixture
async def device(
    quiet_town: Town, ctx: Context, client: aiohttp.ClientSession
) -> AsyncIterator[Open]:
    """A device of somebody, connected."""
    opened: list[SocketDevice] = []

    async def make(person: str) -> SocketDevice:
        tokens = await start_bearer(ctx, person, f"openid-of-{person}")
        headers = {"Authorization": f"Bearer {tokens.access}"}
        made = SocketDevice(client, address(quiet_town), headers)
        await made.connect()
        opened.append(made)
        return made

    yield make
    for one in opened:
        await one.disconnect()


async def say(ctx: Context, person: str, words: str) -> None:
    await send_message(ctx, person, TALK, text(words), key=secrets.token_hex(8))


async def test_what_one_says_all_hear_in_order_and_others_do_not(device: Open) -> None:
    mother, head, elsewhere = await device(MOTHER), await device(HEAD), await device(ELSEWHERE)
    second = await device(MOTHER)
    for n in range(5):
        await mother.say(TALK, f"第{n}句")
    for one in (mother, second, head):
        await one.until(lambda one=one: len(one.texts(TALK)) == 5, "five messages")  # type: ignore[misc]
        assert one.texts(TALK) == [f"第{n}句" for n in range(5)]
    assert [f["seq"] for f in mother.of("said")] == [1, 2, 3, 4, 5]
    assert elsewhere.of("message") == []


async def test_what_another_process_keeps_is_heard_here_also_when_redis_said_nothing(
    quiet_town: Town, ctx: Context, device: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = await device(MOTHER)
    async with another_process(quiet_town) as second:
        await say(second, HEAD, "一")
        await mother.until(lambda: mother.texts(TALK) == ["一"], "the first")

        async def lost(school_id: str, word: bytes) -> None:
            pass

        monkeypatch.setattr(second.stores.wires, "tell", lost)
        await say(second, HEAD, "二")
        await say(second, HEAD, "三")
        monkeypatch.undo()
        await say(second, HEAD, "四")
        await mother.until(lambda: len(mother.texts(TALK)) == 4, "the gap is filled")
        monkeypatch.setattr(second.stores.wires, "tell", lost)
        await say(second, HEAD, "五")
        await ctx.live.beat(ctx)  # type: ignore[attr-defined]
        await mother.until(lambda: len(mother.texts(TALK)) == 5, "the beat brings it")
    assert mother.texts(TALK) == list("一二三四五")
    assert mother.twice == mother.gaps == 0


async def test_a_device_that_was_away_hears_the_rest_once(ctx: Context, device: Open) -> None:
    mother = await device(MOTHER)
    await say(ctx, HEAD, "一")
    await mother.until(lambda: len(mother.texts(TALK)) == 1, "the first")
    await mother.disconnect(rudely=True)
    for words in "二三四":
        await say(ctx, HEAD, words)
    await mother.connect()
    await mother.until(lambda: len(mother.texts(TALK)) == 4, "the rest")
    assert mother.texts(TALK) == list("一二三四")


async def test_an_old_connection_hears_nothing_once_the_binding_ended(
    ctx: Context, device: Open
) -> None:
    mother, other = await device(MOTHER), await device(OTHER)
    await say(ctx, HEAD, "一")
    await mother.until(lambda: len(mother.texts(TALK)) == 1, "the first")
    await unbind(ctx, MOTHER)
    await say(ctx, HEAD, "二")
    await other.until(lambda: len(other.texts(TALK)) == 2, "the second")
    await mother.say(TALK, "还在吗")
    await mother.until(lambda: bool(mother.of("error")), "a refusal")
    assert mother.of("error")[0]["code"] == "not_found"
    await mother.tell(type="resume", threads={TALK: 0})
    await mother.until(lambda: bool(mother.of("gone")), "it is no longer theirs")
    assert mother.texts(TALK) == ["一"]


@pytest.mark.parametrize("everywhere", [False, True])
async def test_an_old_connection_hears_nothing_once_the_session_ended(
    ctx: Context, device: Open, everywhere: bool
) -> None:
    mother, other = await device(MOTHER), await device(OTHER)
    if everywhere:
        await end_everywhere(ctx, MOTHER)
    else:
        bearer = mother.headers["Authorization"].split()[1].partition(".")[0]
        await end_bearer(ctx, bearer)
    await say(ctx, HEAD, "一")
    await other.until(lambda: len(other.texts(TALK)) == 1, "the first")
    await mother.until(lambda: mother.code == 4001, "sent away")
    assert mother.of("message") == []


async def test_who_gets_in(quiet_town: Town, ctx: Context, client: aiohttp.ClientSession) -> None:
    tokens: dict[bool, str] = {}
    for desk in (False, True):
        tokens[desk] = secrets.token_urlsafe(16)
        await ctx.stores.sessions.add(
            tokens[desk],
            person_id=HEAD,
            csrf="csrf",
            at=ctx.now(),
            until=ctx.now() + timedelta(hours=1),
            desk=desk,
        )
    page, at_desk = f"{SESSION_COOKIE}={tokens[False]}", f"{DESK_COOKIE}={tokens[True]}"
    ours = {"Origin": quiet_town.base}
    refusals: list[tuple[str, dict[str, str], int]] = [
        ("/ws", {}, 403),
        ("/ws", ours, 401),
        ("/ws", {"Cookie": page}, 403),
        ("/ws", {"Cookie": page, "Origin": "https://evil.example"}, 403),
        ("/ws", {"Cookie": at_desk, **ours}, 401),
        ("/ws", {"Cookie": f"{SESSION_COOKIE}={tokens[True]}", **ours}, 401),
        ("/ws", {"Authorization": "Bearer no.body"}, 401),
        ("/ws", {"Authorization": f"Bearer {tokens[False]}"}, 401),
        ("/console/ws", {"Cookie": page, **ours}, 401),
        ("/console/ws", {"Cookie": f"{DESK_COOKIE}={tokens[False]}", **ours}, 401),
        ("/console/ws", {"Cookie": at_desk, "Origin": "https://evil.example"}, 403),
    ]
    for path, headers, status in refusals:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(address(quiet_town, path), headers=headers)
        assert refused.value.status == status, (path, headers)
    for path, cookie in (("/ws", page), ("/console/ws", at_desk)):
        made = SocketDevice(client, address(quiet_town, path), {"Cookie": cookie, **ours})
        await made.connect()
        assert TALK in {t["id"] for t in made.of("hello")[0]["threads"]}
        await made.disconnect()


async def test_what_is_wrong_is_told_and_changes_nothing(ctx: Context, device: Open) -> None:
    mother = await device(MOTHER)
    assert mother.socket is not None
    for frame in ("", "{", "[]", '{"type":"shout"}', '{"type":"say","key":"key-of-mine"}'):
        await mother.socket.send_str(frame)
    await mother.tell(type="say", thread=TALK, key="key-of-mine", kind="text", text="")
    await mother.tell(type="recall", thread=TALK, seq=9)
    await mother.until(lambda: len(mother.of("error")) == 7, "seven refusals")
    assert [e["code"] for e in mother.of("error")] == ["invalid"] * 6 + ["not_found"]
    assert mother.of("error")[4]["key"] == mother.of("error")[5]["key"] == "key-of-mine"
    assert mother.of("error")[5]["fields"] == ["text"]
    assert await ctx.stores.messages.stretch(TALK, 0, 99) == []


async def test_limits_of_size_rate_and_devices(
    device: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    large = await device(MOTHER)
    assert large.socket is not None
    await large.socket.send_str("x" * (sockets.FRAME_BYTES + 1))
    await large.until(lambda: large.code == 1009, "closed for its size")

    monkeypatch.setattr(sockets, "A_SECOND", 0.0)
    monkeypatch.setattr(sockets, "STUBBORN", 3)
    loud = await device(OTHER)
    for _ in range(sockets.BURST + 4):
        await loud.tell(type="typing", thread=TALK)
    await loud.until(lambda: loud.code == sockets.NOISY, "closed for its noise")
    assert [e["code"] for e in loud.of("error")] == ["too_many"] * 3

    monkeypatch.setattr(sockets, "DEVICES", 2)
    for _ in range(2):
        await device(HEAD)
    third = SocketDevice(large.client, large.url, (await device(MATHS)).headers)
    assert third.code is None
    with pytest.raises(Exception, match="hello"):
        await device(HEAD)


async def test_in_a_private_thread_reading_and_typing_are_seen(ctx: Context, device: Open) -> None:
    thread = (await open_child_thread(ctx, MATHS, CHILD)).id
    mother, maths, head = await device(MOTHER), await device(MATHS), await device(HEAD)
    await maths.say(thread, "今天表现很好")
    await mother.until(lambda: len(mother.texts(thread)) == 1, "the message")
    await mother.tell(type="typing", thread=thread)
    await mother.tell(type="read", thread=thread, seq=1)
    await maths.until(lambda: bool(maths.of("read")), "that it was read")
    assert maths.of("read")[0]["seq"] == 1
    assert len(maths.of("typing")) == 1
    assert maths.of("read")[0]["who"] == maths.of("typing")[0]["who"]
    await mother.tell(type="mark", thread=thread, seq=1, mark="got")
    await maths.until(lambda: bool(maths.of("changed")), "that it was counted")
    assert maths.of("changed")[0]["got"] == 1
    await maths.tell(type="recall", thread=thread, seq=1)
    await mother.until(lambda: len(mother.of("changed")) == 2, "that it was taken back")
    told = mother.of("changed")[1]
    assert (told["recalled"], told["text"]) == (True, "")
    assert [f for f in head.frames if f.get("thread") == thread] == []


async def test_a_store_that_is_away_is_told_and_the_connection_lives(
    ctx: Context, device: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    mother = await device(MOTHER)

    async def away(message: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(ctx.stores.messages, "append", away)
    await mother.say(TALK, "老师好", key="key-of-mine")
    await mother.until(lambda: bool(mother.of("error")), "that it did not work")
    told = mother.of("error")[0]
    assert (told["code"], told["key"]) == ("unavailable", "key-of-mine")
    monkeypatch.undo()
    await mother.say(TALK, "老师好", key="key-of-mine")
    await mother.until(lambda: len(mother.texts(TALK)) == 1, "the message")


async def test_nobody_says_more_than_anybody_writes(
    device: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SAID_AT_ONCE", 3.0)
    monkeypatch.setattr(live, "SAID_A_SECOND", 0.0)
    first, second = await device(MOTHER), await device(MOTHER)
    for n in range(2):
        for one in (first, second):
            await one.say(TALK, f"第{n}句")
    await first.until(lambda: len(first.of("error")) + len(second.of("error")) == 1, "a refusal")
    await first.until(lambda: len(first.texts(TALK)) == 3, "three messages")
    (refused,) = [*first.of("error"), *second.of("error")]
    assert refused["code"] == "too_many"
