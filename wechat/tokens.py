"""The account's access token: asked for once, shared by all processes, replaced when it is refused.

Every process that finds the token missing or refused queues for one lock; whoever gets it looks
again before asking WeChat, and only who still finds the very token that was refused asks. The
endpoint is stable_token (it repeats a valid token, so a lost lock costs a call and no harm).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from wechat.errors import Trouble, WeChatError

# WeChat hands out the next token 5 minutes before the old one ends, and both work in between.
_OVERLAP_SECONDS = 240
# How long a process trusts the token in its own memory before it looks at the shelf again.
_MEMORY_SECONDS = 60
# WeChat has just said that the refused token is its current one: no use in asking again at once.
_CONFIRMED_SECONDS = 30


class TokenShelf(Protocol):
    """Where all processes keep the account's token.

    A shelf that can't be reached is an empty one whose lock is free: tokens are then asked for
    more often than needed, which stable_token allows.
    """

    async def read(self, name: str) -> str | None:
        """Return the token kept under this name, or None."""

    async def write(self, name: str, token: str, *, ttl_seconds: int) -> None:
        """Keep a token for so long."""

    def lock(self, name: str) -> AbstractAsyncContextManager[None]:
        """Wait for the lock of this name, the same for all processes.

        Raises:
            TimeoutError: somebody else has kept it for too long.
        """


# Asks WeChat; returns the token and the seconds it is good for.
Ask = Callable[[], Awaitable[tuple[str, int]]]


class TokenKeeper:
    """One account's token for one process.

    Args:
        name: the account's place on the shelf.
        shelf: shared by all processes.
        ask: the call to WeChat; its errors reach every caller that waits for the token.
    """

    def __init__(self, *, name: str, shelf: TokenShelf, ask: Ask) -> None:
        self._name = name
        self._shelf = shelf
        self._ask = ask
        self._token = ""
        self._look_again_at = 0.0
        self._confirmed = ""
        self._confirmed_at = 0.0
        self._search: asyncio.Task[str] | None = None

    async def token(self, *, refused: str = "") -> str:
        """Return the token to use.

        Args:
            refused: the token WeChat has just refused; another one is returned if there is one.
        """
        if self._token and self._token != refused and time.monotonic() < self._look_again_at:
            return self._token
        while True:
            mine = self._search is None or self._search.done()
            if self._search is None or mine:
                self._search = asyncio.create_task(self._find(refused))
            # One search for all who wait; a caller that gives up doesn't end it for the others.
            token = await asyncio.shield(self._search)
            # Somebody else's search may have begun before this token was refused, and found it.
            if mine or token != refused:
                return token

    async def close(self) -> None:
        """Give up a search that is under way."""
        if self._search and not self._search.done():
            self._search.cancel()
            await asyncio.wait([self._search])

    async def _find(self, refused: str) -> str:
        token = await self._shelf.read(self._name)
        if token and token != refused:
            return self._remember(token, _MEMORY_SECONDS)
        try:
            async with self._shelf.lock(self._name):
                return await self._find_alone(refused)
        except TimeoutError:
            raise WeChatError(Trouble.DOWN) from None

    async def _find_alone(self, refused: str) -> str:
        token = await self._shelf.read(self._name)
        if token and token != refused:
            return self._remember(token, _MEMORY_SECONDS)
        if refused and self._is_confirmed(refused):
            return refused
        token, seconds = await self._ask()
        ttl_seconds = max(1, seconds - min(_OVERLAP_SECONDS, seconds // 2))
        await self._shelf.write(self._name, token, ttl_seconds=ttl_seconds)
        if token == refused:
            self._confirmed, self._confirmed_at = token, time.monotonic()
        return self._remember(token, min(_MEMORY_SECONDS, ttl_seconds))

    def _is_confirmed(self, token: str) -> bool:
        age_seconds = time.monotonic() - self._confirmed_at
        return token == self._confirmed and age_seconds < _CONFIRMED_SECONDS

    def _remember(self, token: str, seconds: int) -> str:
        self._token = token
        self._look_again_at = time.monotonic() + seconds
        return token
