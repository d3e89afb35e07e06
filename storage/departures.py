"""Browsers on their way to the single sign-on provider, in Redis: each comes back once, and soon."""

from __future__ import annotations

import hashlib

from pydantic import TypeAdapter
from redis.asyncio import Redis

from domain.accounts import Departure

DEPARTURE_SECONDS = 600

_adapter = TypeAdapter(Departure)


class DepartureStore:
    """The key is a hash of the state, which only the browser keeps."""

    def __init__(self, redis: Redis, *, prefix: str) -> None:
        self._redis = redis
        self._prefix = f"{prefix}:departure:"

    async def add(self, state: str, departure: Departure) -> None:
        """Keep it for ten minutes."""
        await self._redis.set(self._key(state), _adapter.dump_json(departure), ex=DEPARTURE_SECONDS)

    async def take(self, state: str) -> Departure | None:
        """What was kept for a state; whoever asks first has it, and nobody after."""
        kept = await self._redis.getdel(self._key(state))
        return _adapter.validate_json(kept) if kept else None

    def _key(self, state: str) -> str:
        return self._prefix + hashlib.sha256(state.encode()).hexdigest()
