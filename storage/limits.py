"""How often somebody may try something, counted in Redis for all processes."""

from __future__ import annotations

import time

from limits import RateLimitItemPerHour
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis.asyncio import Redis
from redis.exceptions import RedisError


class LimitStore:
    """A moving window per name and person. What is `lenient` is allowed while Redis is away."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        storage = RedisStorage(
            "async+redis://",  # where to is the pool's affair
            implementation="redispy",
            key_prefix=f"{prefix}:limits",
            connection_pool=redis.connection_pool,  # type: ignore[arg-type]
        )
        self._limiter = MovingWindowRateLimiter(storage)

    async def used_up(self, name: str, who: str, *, per_hour: int, lenient: bool = False) -> bool:
        """Whether no try is left now; counts none."""
        try:
            return not await self._limiter.test(RateLimitItemPerHour(per_hour), name, who)
        except RedisError:
            if lenient:
                return False
            raise

    async def hit(self, name: str, who: str, *, per_hour: int, lenient: bool = False) -> int:
        """Count one try; returns 0 when it is allowed, else the seconds until the next one is."""
        item = RateLimitItemPerHour(per_hour)
        try:
            if await self._limiter.hit(item, name, who):
                return 0
        except RedisError:
            if lenient:
                return 0
            raise
        stats = await self._limiter.get_window_stats(item, name, who)
        return max(1, int(stats.reset_time - time.time()))
