"""What Redis remembers about WeChat's callbacks: which message was answered how, and where a conversation stands.

One round trip claims a message's key, and brings the conversation's state and who the openid is. Keys
of one openid share a hash tag, so a Redis cluster keeps them on one node.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError

from storage.batching import Batcher

# WeChat: three deliveries, 5 s apart. The envelope refuses what is older than 10 minutes, so nothing
# can come back after twice that.
REMEMBERED_SECONDS = 1260
# A claim outlives the 4 s in which its process answers, or says that it will answer later. When that
# process died, a delivery that comes even at once can still wait for this end and answer in WeChat's 5 s.
PENDING_MS = 4500
DIALOG_SECONDS = 600
IDENTITY_SECONDS = 300

_CLAIM = """
local held = redis.call('GET', KEYS[1])
if held then return {held} end
redis.call('SET', KEYS[1], 'p' .. ARGV[1], 'PX', ARGV[2])
return {false, redis.call('GET', KEYS[2]), redis.call('GET', KEYS[3])}
"""


class Standing(StrEnum):
    """What a claim found."""

    NEW = "new"  # ours to answer
    PENDING = "pending"  # another delivery of it is being answered right now
    ANSWERED = "answered"
    FORGED = "forged"  # the same key with another content


@dataclass(frozen=True, slots=True)
class ClaimedMessage:
    """The result of a claim. `reply` is set for ANSWERED; `dialog` and `person_id` for NEW, when there are any."""

    standing: Standing
    reply: bytes = b""
    dialog: dict[str, Any] | None = None
    person_id: str | None = None


def _digest(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=16).digest()


class CallbackStore:
    """Claims, replies, dialogs and cached identities of one account's openids."""

    def __init__(self, redis: Redis, *, prefix: str, app_id: str) -> None:
        self._redis = redis
        self._space = f"{prefix}:{app_id}"
        self._script_sha = hashlib.sha1(_CLAIM.encode(), usedforsecurity=False).hexdigest()
        self._claims: Batcher[tuple[list[str], bytes], ClaimedMessage] = Batcher(self._flush_claims)
        self._writes: Batcher[tuple[str, bytes | None, int], None] = Batcher(self._flush_writes)

    def _key(self, openid: str, kind: str) -> str:
        return f"{self._space}:{{{openid}}}:{kind}"

    async def claim(self, openid: str, key: str, content: bytes) -> ClaimedMessage:
        """Claim the message `key` of `openid` for this process; `content` is compared on every repetition."""
        keys = [self._key(openid, key), self._key(openid, "dialog"), self._key(openid, "person")]
        return await self._claims.add((keys, _digest(content)))

    async def remember(self, openid: str, key: str, content: bytes, reply: bytes) -> None:
        """Keep the reply, so that a repeated delivery gets the same one."""
        value = b"d" + _digest(content) + reply
        await self._writes.add((self._key(openid, key), value, REMEMBERED_SECONDS))

    async def forget(self, openid: str, key: str) -> None:
        """Give a claim back: answering failed, and the next delivery may try again."""
        await self._writes.add((self._key(openid, key), None, 0))

    async def save_dialog(self, openid: str, dialog: dict[str, Any] | None) -> None:
        """Where the conversation stands now; None ends it."""
        value = json.dumps(dialog, ensure_ascii=False).encode() if dialog is not None else None
        await self._writes.add((self._key(openid, "dialog"), value, DIALOG_SECONDS))

    async def keep_said(self, openid: str, key: str, piece: dict[str, Any], *, most: int) -> bool:
        """Keep what somebody wrote until they say where it goes, once under its key; False when there is no room.

        Two that come at the same moment are both kept. It is gone when the dialog would be.
        """
        name = self._key(openid, "said")
        if await self._redis.hlen(name) >= most and not await self._redis.hexists(name, key):
            return False
        pipe = self._redis.pipeline(transaction=True)
        pipe.hset(name, key, json.dumps(piece, ensure_ascii=False))
        pipe.expire(name, DIALOG_SECONDS)
        await pipe.execute()
        return True

    async def said(self, openid: str) -> dict[str, dict[str, Any]]:
        """What they wrote that has not gone anywhere, by key."""
        found = await self._redis.hgetall(self._key(openid, "said"))
        return {
            key.decode() if isinstance(key, bytes) else key: json.loads(piece)
            for key, piece in found.items()
        }

    async def drop_said(self, openid: str, keys: Iterable[str]) -> None:
        """It has gone where they wanted it, or nowhere."""
        wanted = list(keys)
        if wanted:
            await self._redis.hdel(self._key(openid, "said"), *wanted)

    async def cache_person(self, openid: str, person_id: str) -> None:
        """An openid's person never changes, only erasure ends it; the cache saves one database read a message."""
        await self._writes.add((self._key(openid, "person"), person_id.encode(), IDENTITY_SECONDS))

    async def _flush_claims(
        self, claims: Sequence[tuple[list[str], bytes]]
    ) -> list[ClaimedMessage | Exception]:
        answers = await self._run_script(claims)
        not_run = [n for n, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if not_run:  # this Redis is new, or was started again
            await self._redis.script_load(_CLAIM)
            for n, answer in zip(
                not_run, await self._run_script([claims[n] for n in not_run]), strict=True
            ):
                answers[n] = answer
        return [
            answer if isinstance(answer, Exception) else _standing(answer, digest)
            for answer, (_, digest) in zip(answers, claims, strict=True)
        ]

    async def _run_script(self, claims: Sequence[tuple[list[str], bytes]]) -> list[Any]:
        # Not by the driver's script object: in a pipeline that asks first whether the script is there.
        pipe = self._redis.pipeline(transaction=False)
        for keys, digest in claims:
            pipe.evalsha(self._script_sha, len(keys), *keys, digest, PENDING_MS)
        return list(await pipe.execute(raise_on_error=False))

    async def _flush_writes(
        self, writes: Sequence[tuple[str, bytes | None, int]]
    ) -> list[Exception | None]:
        pipe = self._redis.pipeline(transaction=False)
        for key, value, seconds in writes:
            if value is None:
                pipe.delete(key)
            else:
                pipe.set(key, value, ex=seconds)
        await pipe.execute()
        return [None] * len(writes)


def _standing(answer: list[bytes | None], digest: bytes) -> ClaimedMessage:
    held = answer[0]
    if held is None:
        dialog = json.loads(answer[1]) if answer[1] else None
        person = answer[2].decode() if answer[2] else None
        return ClaimedMessage(Standing.NEW, dialog=dialog, person_id=person)
    if held[1:17] != digest:
        return ClaimedMessage(Standing.FORGED)
    if held[:1] == b"p":
        return ClaimedMessage(Standing.PENDING)
    return ClaimedMessage(Standing.ANSWERED, reply=held[17:])
