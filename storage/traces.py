"""What Redis remembers of somebody for minutes: conversations, replies, limits, locks. Found by looking at every key.

Erasing is rare, and the keys of an installation are few: nothing lives longer than an hour. The queue's
keys are the queue's own affair (`jobs.queue`).
"""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis


class TraceStore:
    """Keys of this installation whose name holds a word: an openid, a person's or a child's id, a hash."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._redis = redis
        self._prefix = prefix

    async def forget(self, words: Sequence[str]) -> int:
        """Delete the keys with any of these words in their name; returns how many there were."""
        wanted = [word.encode() for word in words if word]
        queue = f"{self._prefix}:jobs:".encode()
        gone = 0
        async for key in self._redis.scan_iter(match=f"*{self._prefix}*", count=1000):
            if queue not in key and any(word in key for word in wanted):
                gone += int(await self._redis.delete(key))
        return gone
