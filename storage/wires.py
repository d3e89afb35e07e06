"""Wires between processes: what one tells the others at once, over Redis. Only a hint: whoever misses it finds the
message in the store by its number."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import suppress

from redis.asyncio import Redis
from redis.exceptions import RedisError

from storage.batching import Batcher

_WAIT_SECONDS = 4.0
_AGAIN_SECONDS = 0.5
_LAST_SECONDS = 1.0


class WireStore:
    """A channel a school; and who has a device connected at this moment, a key a person that lapses."""

    def __init__(self, redis: Redis, name: str) -> None:
        self._redis = redis
        self._name = name
        self._telling: Batcher[tuple[str, bytes], None] = Batcher(self._publish)
        self._noting: Batcher[tuple[frozenset[str], float], None] = Batcher(self._note_present)

    def _channel(self, school_id: str) -> str:
        return f"{self._name}:live:{school_id}"

    async def tell(self, school_id: str, word: bytes) -> None:
        """Tell every process that listens for this school; words of one moment go together.

        While Redis is away nobody is told, and finds it by itself.
        """
        with suppress(RedisError, OSError):
            await self._telling.add((self._channel(school_id), word))

    async def _publish(self, words: Sequence[tuple[str, bytes]]) -> list[Exception | None]:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for channel, word in words:
                pipeline.publish(channel, word)
            await pipeline.execute()
        return [None] * len(words)

    async def note_present(self, person_ids: Iterable[str], seconds: float) -> None:
        """These have a device connected, and for so long from now on; those of one moment are noted together.

        While Redis is away nobody is there.
        """
        with suppress(RedisError, OSError):
            await self._noting.add((frozenset(person_ids), seconds))

    async def _note_present(
        self, noted: Sequence[tuple[frozenset[str], float]]
    ) -> list[Exception | None]:
        async with self._redis.pipeline(transaction=False) as pipeline:
            for person_ids, seconds in noted:
                for person_id in person_ids:
                    pipeline.set(self._presence(person_id), b"1", px=int(seconds * 1000))
            await pipeline.execute()
        return [None] * len(noted)

    async def present(self, person_ids: Sequence[str]) -> frozenset[str]:
        """Those of these who have a device connected, to whatever process."""
        if not person_ids:
            return frozenset()
        try:
            found = await self._redis.mget([self._presence(p) for p in person_ids])
        except (RedisError, OSError):
            return frozenset()
        return frozenset(p for p, held in zip(person_ids, found, strict=True) if held)

    def _presence(self, person_id: str) -> str:
        return f"{self._name}:present:{person_id}"

    async def close(self) -> None:
        """Tell and note what is under way. A connection that comes up when all are let go of would stay open."""
        await asyncio.gather(self._telling.close(_LAST_SECONDS), self._noting.close(_LAST_SECONDS))

    def line(self) -> Line:
        """A connection of one's own to listen on."""
        return Line(self._redis, self._channel)


class Line:
    """Listens for some schools, whatever becomes of the connection."""

    def __init__(self, redis: Redis, channel: Callable[[str], str]) -> None:
        self._redis = redis
        self._channel = channel
        self._wanted: set[str] = set()
        self._pubsub = redis.pubsub(ignore_subscribe_messages=True)

    async def also(self, school_ids: Iterable[str]) -> None:
        """Listen for these schools too."""
        new = {self._channel(s) for s in school_ids} - self._wanted
        self._wanted |= new
        if new:
            with suppress(RedisError, OSError):  # listening itself comes back for it
                await self._pubsub.subscribe(*new)

    async def words(self) -> AsyncIterator[bytes | None]:
        """What is told from now on. None: the connection is new, what was told meanwhile is lost. Never ends."""
        while True:
            try:
                if self._wanted:
                    await self._pubsub.subscribe(*self._wanted)
                yield None
                while True:
                    if not self._pubsub.subscribed:
                        await asyncio.sleep(_AGAIN_SECONDS)
                        if self._wanted:
                            break
                        continue
                    word = await self._pubsub.get_message(timeout=_WAIT_SECONDS)
                    if word is not None:
                        yield word["data"]
            except (RedisError, OSError):
                with suppress(RedisError, OSError):
                    await self._pubsub.aclose()  # type: ignore[no-untyped-call]
                self._pubsub = self._redis.pubsub(ignore_subscribe_messages=True)
                await asyncio.sleep(_AGAIN_SECONDS)

    async def close(self) -> None:
        """Listen no more."""
        with suppress(RedisError, OSError):
            await self._pubsub.aclose()  # type: ignore[no-untyped-call]
