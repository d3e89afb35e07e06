"""How often somebody may try something, counted in Redis for all processes."""

from __future__ import annotations

import time

from limits import RateLimitItemPerHour
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter


class LimitStore:
    """A moving window per name and person."""

    def __init__(self, redis_url: str, *, prefix: str) -> None:
        storage = RedisStorage(
            f"async+{redis_url}", implementation="redispy", key_prefix=f"{prefix}:limits"
        )
        self._limiter = MovingWindowRateLimiter(storage)

    async def hit(self, name: str, who: str, *, per_hour: int) -> int:
        """Count one try; returns 0 when it is allowed, else the seconds until the next one is."""
        item = RateLimitItemPerHour(per_hour)
        if await self._limiter.hit(item, name, who):
            return 0
        stats = await self._limiter.get_window_stats(item, name, who)
        return max(1, int(stats.reset_time - time.time()))
