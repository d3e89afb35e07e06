"""Short locks that all processes share. WeChat: two sends to one openid at once are refused (43108)."""

from __future__ import annotations

from collections.abc import Sequence

from redis.asyncio import Redis

# The names travel as one string: a class is one short command, not two hundred arguments.
_TAKE = """
local held = {}
for name in string.gmatch(ARGV[3], '[^,]+') do
  if not redis.call('SET', KEYS[1] .. name, ARGV[1], 'NX', 'PX', ARGV[2]) then
    held[#held + 1] = name
  end
end
return held
"""
_DROP = """
for name in string.gmatch(ARGV[2], '[^,]+') do
  local key = KEYS[1] .. name
  if redis.call('GET', key) == ARGV[1] then redis.call('DEL', key) end
end
"""
_RENEW = """
if redis.call('GET', KEYS[1] .. ARGV[3]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1] .. ARGV[3], ARGV[2])
"""


class LockStore:
    """Locks on many names (without commas) in one round trip; what is not free is not waited for.

    All keys begin with the one that the scripts name and share its hash tag, so a cluster finds them.
    """

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._prefix = f"{prefix}:lock:{{sends}}:"
        self._take = redis.register_script(_TAKE)
        self._drop = redis.register_script(_DROP)
        self._renew = redis.register_script(_RENEW)
        self._redis = redis

    async def take(self, names: Sequence[str], *, owner: str, seconds: float) -> set[str]:
        """Those of `names` that are now `owner`'s, for at most `seconds`."""
        if not names:
            return set()
        arguments: list[str | int] = [owner, int(seconds * 1000), ",".join(names)]
        held = await self._take(keys=[self._prefix], args=arguments)
        return set(names) - {name.decode() for name in held}

    async def drop(self, names: Sequence[str], *, owner: str) -> None:
        """Give back what is still `owner`'s."""
        if names:
            await self._drop(keys=[self._prefix], args=[owner, ",".join(names)])

    async def renew(self, name: str, *, owner: str, seconds: float) -> bool:
        """Hold a lock for `seconds` from now on; False when it is no longer `owner`'s."""
        arguments: list[str | int] = [owner, int(seconds * 1000), name]
        return bool(await self._renew(keys=[self._prefix], args=arguments))

    async def owner_of(self, name: str) -> str | None:
        """Whose it is now."""
        owner = await self._redis.get(self._prefix + name)
        return owner.decode() if isinstance(owner, bytes) else owner
