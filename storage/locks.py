"""Short locks that all processes share. WeChat: two sends to one openid at once are refused (43108)."""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis

_TAKE = """
local taken = {}
for i, key in ipairs(KEYS) do
  if redis.call('SET', key, ARGV[1], 'NX', 'PX', ARGV[2]) then taken[#taken + 1] = i end
end
return taken
"""
_DROP = """
for _, key in ipairs(KEYS) do
  if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
end
"""


class LockStore:
    """Locks on many names in one round trip; what is not free is not waited for."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._prefix = f"{prefix}:lock:{{sends}}:"
        self._take = redis.register_script(_TAKE)
        self._drop = redis.register_script(_DROP)

    async def take(self, names: Sequence[str], *, owner: str, seconds: float) -> set[str]:
        """Those of `names` that are now `owner`'s, for at most `seconds`."""
        if not names:
            return set()
        keys = [self._prefix + name for name in names]
        taken = await self._take(keys=keys, args=[owner, int(seconds * 1000)])
        return {names[position - 1] for position in taken}

    async def drop(self, names: Sequence[str], *, owner: str) -> None:
        """Give back what is still `owner`'s."""
        if names:
            await self._drop(keys=[self._prefix + name for name in names], args=[owner])
