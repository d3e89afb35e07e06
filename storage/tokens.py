"""Access tokens on a shelf in Redis, shared by all processes; the lock to their renewal beside them.

A shelf that can't be reached is an empty one whose lock is free: WeChat repeats a valid token to
whoever asks, so going on without the shelf costs calls and breaks nothing.
"""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

_log = logging.getLogger("yanshu.storage")

# Only who holds the lock releases it: it may have run out and be somebody else's by now.
_RELEASE = (
    "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"
)


class RedisTokenShelf:
    """Keeps tokens under `{prefix}{name}` and their lock under `{prefix}{name}:lock`.

    Args:
        redis: decoding its answers or not.
        prefix: what the keys start with.
        lock_seconds: when a lock whose holder died is free again; longer than a token call may
            take with its retries.
        patience_seconds: how long to wait for the lock.
        poll_seconds: how often to try.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        prefix: str = "yanshu:token:",
        lock_seconds: float = 20.0,
        patience_seconds: float = 25.0,
        poll_seconds: float = 0.05,
    ) -> None:
        self._redis = redis
        self._prefix = prefix
        self._lock_milliseconds = int(lock_seconds * 1000)
        self._patience_seconds = patience_seconds
        self._poll_seconds = poll_seconds

    async def read(self, name: str) -> str | None:
        """Return the token kept under this name, or None."""
        try:
            kept = await self._redis.get(self._prefix + name)
        except RedisError as error:
            _unreachable("read", error)
            return None
        return kept.decode() if isinstance(kept, bytes) else kept

    async def write(self, name: str, token: str, *, ttl_seconds: int) -> None:
        """Keep a token for so long."""
        try:
            await self._redis.set(self._prefix + name, token, ex=ttl_seconds)
        except RedisError as error:
            _unreachable("write", error)

    @asynccontextmanager
    async def lock(self, name: str) -> AsyncIterator[None]:
        """Wait for the lock of this name, the same for all processes.

        Raises:
            TimeoutError: somebody else has kept it for too long.
        """
        key = f"{self._prefix}{name}:lock"
        owner = secrets.token_hex(16)
        give_up_at = time.monotonic() + self._patience_seconds
        # Polled, because those who hold it are other processes.
        while not await self._acquire(key, owner):
            if time.monotonic() > give_up_at:
                raise TimeoutError("the token's lock is taken")
            await asyncio.sleep(self._poll_seconds)
        try:
            yield
        finally:
            await self._release(key, owner)

    async def _acquire(self, key: str, owner: str) -> bool:
        try:
            return bool(await self._redis.set(key, owner, nx=True, px=self._lock_milliseconds))
        except RedisError as error:
            _unreachable("lock", error)
            return True

    async def _release(self, key: str, owner: str) -> None:
        try:
            await self._redis.eval(_RELEASE, 1, key, owner)
        except RedisError as error:
            _unreachable("unlock", error)


def _unreachable(what: str, error: RedisError) -> None:
    _log.warning("token shelf: %s failed: %s", what, type(error).__name__)
