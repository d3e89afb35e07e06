"""The other families of the class: their phones open what they have not looked at yet.

Each opens the newest unread template card through real HTTP GETs, OAuth and cookies included, a few
at once and with small random pauses, as people do.
"""

import asyncio
import logging
import random
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
from yarl import URL

from simulator.callbacks import Courier
from simulator.world import OAUTH_PATH, Entry, User, World

log = logging.getLogger("simulator.crowd")

HOPS_MAX = 6
LOOK_SECONDS = 10.0


class Crowd:
    """People without a phone on the page, looking at their messages on demand."""

    def __init__(self, world: World, courier: Courier) -> None:
        self.world = world
        self.courier = courier
        self._task: asyncio.Task[None] | None = None
        self._total = self._opened = self._failed = 0

    def progress(self) -> dict[str, Any]:
        """How far they are."""
        running = self._task is not None and not self._task.done()
        return {
            "running": running,
            "total": self._total,
            "opened": self._opened,
            "failed": self._failed,
        }

    def start(self, *, at_once: int, pause_ms: int) -> dict[str, Any]:
        """Let everyone with an unread card look, unless they are at it already."""
        if not self.progress()["running"]:
            waiting = [
                (user, card)
                for user in self.world.users.values()
                if not user.show and (card := find_unread_card(user)) is not None
            ]
            random.shuffle(waiting)
            self._total, self._opened, self._failed = len(waiting), 0, 0
            self._task = asyncio.get_running_loop().create_task(
                self._look(waiting, max(1, min(at_once, 16)), pause_ms / 1000)
            )
        return self.progress()

    async def close(self) -> None:
        """Send everyone home."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _look(self, waiting: list[tuple[User, Entry]], at_once: int, pause: float) -> None:
        queue = iter(waiting)

        async def hand() -> None:
            for user, card in queue:
                await asyncio.sleep(random.random() * 2 * pause)
                if await self.open_link(user, card["url"]):
                    card["opened"] = True
                    self._opened += 1
                else:
                    self._failed += 1
                self.world.tell({"type": "crowd", "crowd": self.progress()})

        await asyncio.gather(*(hand() for _ in range(at_once)))
        self.world.tell({"type": "crowd", "crowd": {**self.progress(), "running": False}})

    async def open_link(self, user: User, url: str) -> bool:
        """Open a link as this person's browser would; True when a page came at the end."""
        address = url
        jar = aiohttp.CookieJar(unsafe=True)
        limit = aiohttp.ClientTimeout(total=LOOK_SECONDS)
        try:
            async with aiohttp.ClientSession(cookie_jar=jar, timeout=limit) as browser:
                for _ in range(HOPS_MAX):
                    if not self._is_near(address):
                        return False
                    # The address is already encoded as it must be: a signed state must not change.
                    async with browser.get(
                        URL(address, encoded=True),
                        allow_redirects=False,
                        headers={"Cookie": f"sim_user={user.key}"},
                    ) as page:
                        if page.status in {301, 302, 303, 307}:
                            address = urljoin(address, page.headers["Location"])
                            continue
                        await page.read()
                        return page.status == 200
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("a page could not be opened: %s", type(error).__name__)
        return False

    def _is_near(self, address: str) -> bool:
        """The application's pages and this simulator's OAuth: they never leave the machine."""
        return self.world.is_own_address(address) or (urlsplit(address).path == OAUTH_PATH)


def find_unread_card(user: User) -> Entry | None:
    """The newest template card with a link that this person has not opened."""
    for entry in reversed(user.chat):
        if entry.get("kind") == "template" and entry.get("url"):
            return None if entry.get("opened") else entry
    return None
