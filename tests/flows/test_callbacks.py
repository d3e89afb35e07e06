"""WeChat's callback addresses over real HTTP: three modes, two accounts, two formats, and every way to break one.

More than 5,000 broken requests: each is refused, changes nothing, leaves no word of itself in the log.
"""

from __future__ import annotations

import itertools
import logging
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pymongo
import pytest
import redis as redis_driver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.world import User
from tests.flows.breaks import KINDS
from tests.flows.strangers import TEXT, Sender, flipped
from tests.flows.wire import CLOSED, Answer, Wire
from tests.town import Town, open_town

MODES = ("safe", "compatible", "plain")
# account, format, mode: safe first, it is what an installation has that sets nothing.
ACCOUNTS = [
    *(("official", "xml", mode) for mode in MODES),
    *(("mini", form, mode) for form in ("xml", "json") for mode in MODES),
]
BROKEN = [
    (name, account)
    for name in sorted(KINDS)
    for account in ACCOUNTS
    if account[2] in KINDS[name].modes and account[1] in KINDS[name].formats
]
# A town and a log serve all examples of a test: that each leaves them as they were is what is tested.
shared = settings(
    max_examples=30,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_numbers = itertools.count(7_100_000_000_000_000_000)


class Towns:
    """One installation for each choice of mode and format, opened when first asked for."""

    def __init__(self, stack: AsyncExitStack, addresses: Any, names: list[str]) -> None:
        self._stack, self._addresses, self._names = stack, addresses, names
        self._open: dict[tuple[str, str], Town] = {}

    async def get(self, mode: str, form: str) -> Town:
        """The town; no worker runs in it, so nothing changes by itself."""
        if (mode, form) not in self._open:
            name = f"yanshu_test_{secrets.token_hex(6)}"
            self._names.append(name)
            # Safe and XML are what nobody has to choose.
            chosen = {} if mode == "safe" else dict.fromkeys(["OA_MODE", "MINI_MODE"], mode)
            chosen |= {} if form == "xml" else {"MINI_FORMAT": form}
            town = open_town(
                mongodb_uri=self._addresses.mongodb_uri,
                redis_url=self._addresses.redis_url,
                database=name,
                **{f"YANSHU_{key}": value for key, value in chosen.items()},
            )
            self._open[mode, form] = await self._stack.enter_async_context(town)
        return self._open[mode, form]


@pytest.fixture(scope="module")
async def towns(
    engines: Any,
    mongodb_client: pymongo.MongoClient[dict[str, object]],
    redis_client: redis_driver.Redis,
) -> AsyncIterator[Towns]:
    names: list[str] = []
    async with AsyncExitStack() as stack:
        yield Towns(stack, engines, names)
    for name in names:
        mongodb_client.drop_database(name)
        keys = list(redis_client.scan_iter(match=f"*{name}*", count=1000))
        if keys:
            redis_client.delete(*keys)


@dataclass
class Gate:
    """One account's callback address, what stands behind it, and what is said about it in the log."""

    town: Town
    sender: Sender
    wire: Wire
    mongodb: Any
    redis: Any
    caplog: pytest.LogCaptureFixture

    def keys(self) -> set[bytes]:
        """Everything of this installation in Redis."""
        return set(self.redis.scan_iter(match=f"*{self.mongodb.name}*", count=1000))

    def counts(self) -> dict[str, int]:
        """How much every collection holds."""
        names = self.mongodb.list_collection_names()
        return {name: self.mongodb[name].count_documents({}) for name in names}

    def state(self) -> tuple[Any, ...]:
        """The same, quicker: objects and bytes of all collections, keys."""
        stats = self.mongodb.command("dbStats")
        return stats["objects"], stats["dataSize"], frozenset(self.keys())

    def traces(self) -> list[str]:
        """The keys of the messages that were taken."""
        return [document["_id"] for document in self.mongodb["inbox"].find({}, {"_id": 1})]

    async def check_refused(
        self, raw: bytes, *, whole: bool = True, may_close: bool = False
    ) -> None:
        """Send it: refused, nothing changed, nothing said."""
        before = self.state()
        self.caplog.clear()
        answer = await self.wire.send(raw, whole=whole)
        assert 400 <= answer.status < 500 or (may_close and answer == CLOSED), answer
        assert self.state() == before
        self.says_nothing_of(raw)
        assert TEXT.encode() not in answer.body

    def says_nothing_of(self, raw: bytes) -> None:
        """The log since the last look has no piece of the body, nor who wrote."""
        body = raw.partition(b"\r\n\r\n")[2]
        pieces = [TEXT, self.sender.openid]
        for quarter in (1, 2, 3):
            start = len(body) * quarter // 4
            piece = body[start : start + 12]
            if len(piece) == 12:
                pieces += [
                    piece.decode("latin-1"),
                    piece.decode("utf-8", "replace"),
                    repr(piece)[2:-1],
                ]
        assert [piece for piece in pieces if piece in self.caplog.text] == []

    async def check_answers(self) -> None:
        """A good message is still answered, as its sender would read it."""
        fields = {"Content": "帮助", "MsgId": next(_numbers)}
        call = self.sender.brought(self.sender.message(**fields))
        self.check_good(await self.wire.send(call.raw()))
        assert f"m:{fields['MsgId']}" in self.traces()

    def check_good(self, answer: Answer) -> None:
        """An answer to a message that was understood."""
        assert answer.status == 200, answer
        if self.sender.path == "/wechat/callback":
            assert "绑定" in self.sender.read(answer.body)
        else:
            assert answer.body == b"success"


@pytest.fixture
async def gate(
    request: pytest.FixtureRequest,
    towns: Towns,
    mongodb_client: Any,
    redis_client: Any,
    caplog: pytest.LogCaptureFixture,
) -> AsyncIterator[Gate]:
    """The address of the account that the test's parameter names."""
    which, form, mode = request.param
    town = await towns.get(mode, form)
    user = town.world.add_user(User("stranger", following=True))
    account, path = town.world.account, "/wechat/callback"
    if which == "mini":
        assert town.world.mini is not None
        account, path = town.world.mini, "/miniapp/callback"
    assert (account.mode, account.json_format) == (mode, form == "json")
    port = urlsplit(town.base).port
    assert port is not None
    wire = Wire(port)
    caplog.set_level(logging.INFO)
    for room in ("yanshu", "tornado"):
        caplog.set_level(logging.DEBUG, logger=room)
    database = mongodb_client[town.settings.mongodb_database]
    yield Gate(town, Sender(account, path, user.openid), wire, database, redis_client, caplog)
    await wire.close()


@pytest.fixture
async def siege(gate: Gate) -> AsyncIterator[Gate]:
    """A gate through which nothing may come: every collection and key is the same afterwards, and it still opens."""
    before = gate.counts(), gate.keys()
    yield gate
    assert (gate.counts(), gate.keys()) == before
    await gate.check_answers()


def named(account: tuple[str, str, str]) -> str:
    return "-".join(account)


every_account = pytest.mark.parametrize("gate", ACCOUNTS, indirect=True, ids=named)
official = pytest.mark.parametrize("gate", ACCOUNTS[:3], indirect=True, ids=named)


# ------------------------------------------------------------------------------------ good days


@every_account
async def test_the_console_gets_its_echo(gate: Gate) -> None:
    echo = "4375120948345356249"
    assert await gate.wire.send(gate.sender.verification(echo).raw()) == Answer(200, echo.encode())
    assert await gate.town.simulator.courier.verify_address(gate.sender.account)


@every_account
async def test_a_message_is_answered_in_the_mode_that_was_chosen(gate: Gate) -> None:
    await gate.check_answers()


async def test_safe_is_what_an_installation_has_that_chose_nothing(towns: Towns) -> None:
    chosen = (await towns.get("safe", "xml")).settings
    assert chosen.official_account.mode == "safe"
    assert chosen.mini_program is not None
    assert (chosen.mini_program.mode, chosen.mini_program.format) == ("safe", "xml")


@pytest.mark.parametrize("gate", [a for a in ACCOUNTS if a[2] == "compatible"], indirect=True)
async def test_compatible_mode_takes_a_message_without_encryption_too(gate: Gate) -> None:
    number = next(_numbers)
    message = gate.sender.message(Content="帮助", MsgId=number)
    answer = await gate.wire.send(gate.sender.plain(message).raw())
    assert answer.status == 200
    assert f"m:{number}" in gate.traces()


# ---------------------------------------------------------------------------------- broken ones


@pytest.mark.parametrize(
    ("name", "gate"),
    BROKEN,
    indirect=["gate"],
    ids=[f"{name}-{named(account)}" for name, account in BROKEN],
)
@shared
@given(data=st.data())
async def test_a_broken_callback_is_refused_and_changes_nothing(
    siege: Gate, name: str, data: st.DataObject
) -> None:
    await siege.check_refused(data.draw(KINDS[name].make(siege.sender)))


@pytest.mark.parametrize("gate", [ACCOUNTS[0]], indirect=True, ids=named)
@settings(shared, max_examples=500)
@given(data=st.data())
async def test_one_flipped_byte_anywhere_is_noticed(siege: Gate, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["flipped_body", "flipped_query"]))
    await siege.check_refused(data.draw(KINDS[name].make(siege.sender)))


@every_account
@shared
@given(place=st.integers(0, 10**4), bits=st.integers(1, 255), offset=st.integers(660, 10**8))
async def test_a_verification_that_was_tampered_with_or_is_old_is_refused(
    siege: Gate, place: int, bits: int, offset: int
) -> None:
    call = siege.sender.verification("4375120948345356249")
    old = siege.sender.verification("4375120948345356249", at=int(time.time()) - offset)
    target = call.target()
    start, end = target.index(b"signature="), target.index(b"&openid=")
    await siege.check_refused(call.raw(flipped(target, start + place % (end - start), bits)))
    await siege.check_refused(old.raw())


@pytest.mark.parametrize("gate", [a for a in ACCOUNTS if a[2] != "plain"], indirect=True, ids=named)
@shared
@given(data=st.data())
async def test_what_gets_through_a_flip_in_what_nobody_signed_is_what_wechat_wrote(
    gate: Gate, data: st.DataObject
) -> None:
    # WeChat signs neither the query's other fields nor the plain part of compatible mode.
    number = next(_numbers)
    call = gate.sender.brought(gate.sender.message(Content="帮助", MsgId=number))
    target, place, bits = (
        call.target(),
        data.draw(st.integers(0, 10**5)),
        data.draw(st.integers(1, 255)),
    )
    raw = call.raw(body=flipped(call.body, place, bits))
    if data.draw(st.booleans()):
        start = len(call.path) + 1
        at = start + place % (len(target) - start)
        raw = call.raw(flipped(target, at, bits))
    before = gate.state()
    answer = await gate.wire.send(raw)
    if answer.status == 200:
        gate.check_good(answer)
        assert f"m:{number}" in gate.traces()
    else:
        assert 400 <= answer.status < 500
        assert gate.state() == before


@every_account
@shared
@given(data=st.data())
async def test_a_request_that_breaks_off_is_nothing(siege: Gate, data: st.DataObject) -> None:
    raw = siege.sender.brought(siege.sender.message(MsgId=next(_numbers))).raw()
    end = data.draw(st.integers(1, len(raw) - 1))
    await siege.check_refused(raw[:end], whole=False, may_close=True)


@every_account
@pytest.mark.parametrize("size", [1024 * 1024 + 1, 10 * 1024 * 1024])
@pytest.mark.parametrize("how", ["length", "chunked", "only announced"])
async def test_a_body_that_is_too_large_is_not_read(siege: Gate, size: int, how: str) -> None:
    call = siege.sender.brought(siege.sender.message(MsgId=next(_numbers)))
    large = call.body + b" " * (size - len(call.body))
    raw = replace(call, body=large).raw()
    if how == "chunked":
        head, _, body = raw.partition(b"\r\n\r\n")
        head = head.replace(b"Content-Length: %d" % size, b"Transfer-Encoding: chunked")
        raw = head + b"\r\n\r\n%x\r\n" % size + body + b"\r\n0\r\n\r\n"
    if how == "only announced":
        raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    await siege.check_refused(raw, may_close=True)


@every_account
@pytest.mark.parametrize("size", [70_000, 2_000_000])
async def test_a_huge_header_is_not_read(siege: Gate, size: int) -> None:
    call = siege.sender.brought(siege.sender.message(MsgId=next(_numbers)))
    await siege.check_refused(replace(call, headers={"X-Much": "y" * size}).raw(), may_close=True)


@official
@shared
@given(words=st.text(st.characters(categories=["L", "N", "So"]), max_size=50))
async def test_a_key_that_comes_again_with_another_content_is_refused(
    gate: Gate, words: str
) -> None:
    # In plain mode a stranger who has seen one signed query can write any body under it.
    number = next(_numbers)
    first = gate.sender.brought(gate.sender.message(Content="帮助", MsgId=number))
    gate.check_good(await gate.wire.send(first.raw()))
    other = gate.sender.message(Content=TEXT + words, MsgId=number)
    picture = gate.sender.message(MsgType="image", MediaId="x", Content=None, MsgId=number)
    for message in (other, picture):
        forged = gate.sender.brought(message)
        if gate.sender.account.mode == "plain":
            forged = replace(forged, query=first.query)
        await gate.check_refused(forged.raw())
    again = await gate.wire.send(first.raw())
    gate.check_good(again)
