"""WeChat's callbacks in Redis: a message is claimed once, answered alike for ever, and never twice in effect."""

import asyncio
from typing import Any

import pytest
import redis as redis_driver
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Connection, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from storage.callbacks import (
    PENDING_MS,
    REMEMBERED_SECONDS,
    CallbackStore,
    Standing,
    _digest,
    _standing,
)
from storage.stores import Stores
from tests.storage.conftest import at_once
from tests.waiting import wait_until

OPENID, KEY = "openid-1", "m:123"
CONTENT, REPLY = b"<xml>what they said</xml>", b"<xml>\x00\xff our answer</xml>"


@pytest.fixture
def callbacks(stores: Stores) -> CallbackStore:
    return stores.callbacks


def keys_of(client: redis_driver.Redis, prefix: str) -> list[bytes]:
    return sorted(client.scan_iter(match=f"{prefix}*", count=1000))


async def test_a_message_is_new_then_pending_then_answered_alike(callbacks: CallbackStore) -> None:
    claim = callbacks.claim
    assert (await claim(OPENID, KEY, CONTENT)).standing is Standing.NEW
    assert (await claim(OPENID, KEY, CONTENT)).standing is Standing.PENDING
    await callbacks.remember(OPENID, KEY, CONTENT, REPLY)
    for _ in range(2):
        held = await claim(OPENID, KEY, CONTENT)
        assert (held.standing, held.reply) == (Standing.ANSWERED, REPLY)


async def test_an_empty_answer_is_an_answer(callbacks: CallbackStore) -> None:
    await callbacks.claim(OPENID, KEY, CONTENT)
    await callbacks.remember(OPENID, KEY, CONTENT, b"")
    held = await callbacks.claim(OPENID, KEY, CONTENT)
    assert (held.standing, held.reply) == (Standing.ANSWERED, b"")


async def test_of_twenty_deliveries_to_two_processes_one_is_new(
    stores: Stores, twin: Stores
) -> None:
    found = await at_once(
        *(some.callbacks.claim(OPENID, KEY, CONTENT) for some in [stores, twin] * 10)
    )
    standings = [claimed.standing for claimed in found]
    assert standings.count(Standing.NEW) == 1
    assert standings.count(Standing.PENDING) == 19


async def test_each_message_of_a_burst_gets_its_own_standing(stores: Stores, twin: Stores) -> None:
    await stores.callbacks.claim(OPENID, "m:1", CONTENT)
    await stores.callbacks.remember(OPENID, "m:1", CONTENT, b"first")
    await stores.callbacks.claim("openid-2", "m:1", CONTENT)
    found = await at_once(
        twin.callbacks.claim(OPENID, "m:1", CONTENT),
        twin.callbacks.claim(OPENID, "m:2", CONTENT),
        twin.callbacks.claim("openid-2", "m:1", CONTENT),
        twin.callbacks.claim(OPENID, "m:1", b"other words"),
    )
    assert [claimed.standing for claimed in found] == [
        Standing.ANSWERED,
        Standing.NEW,
        Standing.PENDING,
        Standing.FORGED,
    ]
    assert found[0].reply == b"first"


async def test_the_same_key_with_other_words_is_a_forgery_before_and_after_the_answer(
    callbacks: CallbackStore,
) -> None:
    await callbacks.claim(OPENID, KEY, CONTENT)
    assert (await callbacks.claim(OPENID, KEY, CONTENT + b" ")).standing is Standing.FORGED
    await callbacks.remember(OPENID, KEY, CONTENT, REPLY)
    forged = await callbacks.claim(OPENID, KEY, b"")
    assert (forged.standing, forged.reply) == (Standing.FORGED, b"")
    assert (await callbacks.claim(OPENID, KEY, CONTENT)).reply == REPLY


async def test_a_claim_lapses_when_its_process_died(
    callbacks: CallbackStore, redis_client: redis_driver.Redis, own_keys: str
) -> None:
    await callbacks.claim(OPENID, KEY, CONTENT)
    (key,) = keys_of(redis_client, own_keys)
    assert 0 < redis_client.pttl(key) <= PENDING_MS
    redis_client.pexpire(key, 1)  # as if the time were over
    await wait_until(lambda: not redis_client.exists(key), description="the claim has lapsed")
    assert (await callbacks.claim(OPENID, KEY, CONTENT)).standing is Standing.NEW


async def test_an_answer_is_kept_longer_than_wechat_can_ask_for_it(
    callbacks: CallbackStore, redis_client: redis_driver.Redis, own_keys: str
) -> None:
    await callbacks.claim(OPENID, KEY, CONTENT)
    await callbacks.remember(OPENID, KEY, CONTENT, REPLY)
    (key,) = keys_of(redis_client, own_keys)
    assert 2 * 600 < redis_client.ttl(key) <= REMEMBERED_SECONDS


async def test_what_is_given_back_may_be_claimed_at_once(callbacks: CallbackStore) -> None:
    await callbacks.claim(OPENID, KEY, CONTENT)
    await callbacks.forget(OPENID, KEY)
    assert (await callbacks.claim(OPENID, KEY, CONTENT)).standing is Standing.NEW


async def test_the_conversation_comes_with_the_next_message_until_it_ends(
    stores: Stores, twin: Stores
) -> None:
    dialog: dict[str, Any] = {"at": "绑定", "tries": 2, "scene": None}
    assert (await stores.callbacks.claim(OPENID, "m:1", CONTENT)).dialog is None
    await stores.callbacks.save_dialog(OPENID, dialog)
    assert (await twin.callbacks.claim(OPENID, "m:2", CONTENT)).dialog == dialog
    assert (await twin.callbacks.claim("openid-2", "m:2", CONTENT)).dialog is None
    await twin.callbacks.save_dialog(OPENID, None)
    assert (await stores.callbacks.claim(OPENID, "m:3", CONTENT)).dialog is None


async def test_who_an_openid_is_comes_with_its_messages(callbacks: CallbackStore) -> None:
    assert (await callbacks.claim(OPENID, "m:1", CONTENT)).person_id is None
    await callbacks.cache_person(OPENID, "person-1")
    assert (await callbacks.claim(OPENID, "m:2", CONTENT)).person_id == "person-1"
    assert (await callbacks.claim("openid-2", "m:2", CONTENT)).person_id is None


async def test_every_key_ends_by_itself_and_one_openids_keys_lie_together(
    callbacks: CallbackStore, redis_client: redis_driver.Redis, own_keys: str
) -> None:
    await callbacks.claim(OPENID, KEY, CONTENT)
    await callbacks.remember(OPENID, KEY, CONTENT, REPLY)
    await callbacks.save_dialog(OPENID, {"at": "x"})
    await callbacks.cache_person(OPENID, "person-1")
    keys = keys_of(redis_client, own_keys)
    assert len(keys) == 3
    for key in keys:
        assert redis_client.ttl(key) > 0
        assert b"{openid-1}" in key
        assert CONTENT not in (redis_client.get(key) or b"")  # what they said is not kept


async def test_two_accounts_over_one_redis_do_not_meet(stores: Stores, own_keys: str) -> None:
    other = CallbackStore(stores.redis, prefix=own_keys, app_id="wx2")
    await stores.callbacks.claim(OPENID, KEY, CONTENT)
    assert (await other.claim(OPENID, KEY, CONTENT)).standing is Standing.NEW


async def test_a_redis_that_forgot_our_script_is_given_it_again(
    stores: Stores, redis_client: redis_driver.Redis
) -> None:
    await stores.callbacks.claim(OPENID, "m:1", CONTENT)
    redis_client.script_flush()  # as after a restart
    found = await at_once(*(stores.callbacks.claim(OPENID, f"m:{n}", CONTENT) for n in range(1, 4)))
    assert [claimed.standing for claimed in found] == [
        Standing.PENDING,
        Standing.NEW,
        Standing.NEW,
    ]


async def test_a_batch_of_claims_is_one_round_trip(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stores.callbacks.claim(OPENID, "m:0", CONTENT)
    sent: list[int] = []
    send = Connection.send_packed_command

    async def counted(self: Connection, *args: Any, **options: Any) -> None:
        sent.append(1)
        await send(self, *args, **options)

    monkeypatch.setattr(Connection, "send_packed_command", counted)
    found = await at_once(*(stores.callbacks.claim(OPENID, f"m:{n}", CONTENT) for n in range(9)))
    assert len(found) == 9
    assert len(sent) == 1


@given(st.text(max_size=40), st.binary(max_size=200), st.binary(max_size=200))
def test_any_words_any_answer(key: str, content: bytes, reply: bytes) -> None:
    """The value's own layout holds for every content and reply."""
    digest = _digest(content)
    held = _standing([b"d" + digest + reply], digest)
    assert (held.standing, held.reply) == (Standing.ANSWERED, reply)
    assert _standing([b"p" + digest], digest).standing is Standing.PENDING
    assert _standing([b"d" + digest + reply], _digest(content + b"!")).standing is Standing.FORGED


async def test_a_redis_that_is_gone_is_told_to_everybody_who_asked() -> None:
    async with Redis(host="127.0.0.1", port=1, retry=Retry(NoBackoff(), 0)) as nobody:
        store = CallbackStore(nobody, prefix="p", app_id="wx1")
        answers = await asyncio.gather(
            *(store.claim(OPENID, f"m:{n}", CONTENT) for n in range(3)),
            store.remember(OPENID, KEY, CONTENT, REPLY),
            return_exceptions=True,
        )
    assert len(answers) == 4
    assert all(isinstance(answer, RedisError) for answer in answers)


async def test_what_somebody_wrote_waits_once_a_key_also_when_it_comes_at_one_moment(
    stores: Stores, twin: Stores
) -> None:
    pieces = [(f"m:{n}", {"at": n, "text": f"words {n}"}) for n in range(3)]
    await at_once(
        *(
            store.callbacks.keep_said(OPENID, key, piece, most=9)
            for key, piece in pieces
            for store in (stores, twin)
        )
    )
    assert await stores.callbacks.said(OPENID) == dict(pieces)
    assert await stores.callbacks.said("openid-2") == {}
    assert not await stores.callbacks.keep_said(OPENID, "m:9", {}, most=3)
    assert await stores.callbacks.keep_said(OPENID, *pieces[0], most=3)
    await twin.callbacks.drop_said(OPENID, ["m:0", "m:2"])
    assert await stores.callbacks.said(OPENID) == dict(pieces[1:2])
