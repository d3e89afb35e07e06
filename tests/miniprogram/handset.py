"""A phone with the mini-program open: real taps, typing, strokes of a finger, and pictures of its screen."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page, Route, expect

from simulator.miniprogram.building import Built
from tests.browser.phones import NAME_STROKES, PATIENCE_MS, come_to_rest

# What config.js calls the server in the developer tool; requests to it go to the server under test.
CONFIGURED = "http://127.0.0.1:8000"
# That a server does not answer is part of several tests; and a sheet that keeps a finger from scrolling what
# is behind it may do so in WeChat only.
_SAID_BY_THE_BROWSER = (
    "Failed to load resource",
    "WebSocket connection to",
    "Unable to preventDefault inside passive",
)
FOLDER = "/__mini"


class Handset:
    """One person's phone. `server` is the origin that answers the API."""

    def __init__(self, context: BrowserContext, page: Page, server: str) -> None:
        self.context = context
        self.page = page
        self.server = server
        self.errors: list[str] = []
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _note(self, message: Any) -> None:
        if message.type == "error" and not message.text.startswith(_SAID_BY_THE_BROWSER):
            self.errors.append(message.text)
        # An attribute that a tag does not have is as good as a missing one.
        if message.type == "warning" and message.text.endswith("is not a valid property"):
            self.errors.append(message.text)

    async def prepare(
        self, built: Built, *, login: Callable[[], Awaitable[str]], **mini: Any
    ) -> None:
        """Put the built files where the browser finds them; `mini` is what the doubles are told."""
        said = {"hosts": {CONFIGURED: self.server}, "calls": [], "errors": [], "given": {}, **mini}
        await self.context.add_init_script(f"window.__mini = {json.dumps(said)}")
        await self.context.expose_function("__login", login)

        async def serve(route: Route) -> None:
            name = route.request.url.partition(FOLDER)[2].partition("?")[0].lstrip("/")
            path = built.folder / name
            if path.is_file():
                kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
                await route.fulfill(path=path, content_type=kind)
            else:
                await route.fulfill(status=404)

        await self.context.route(f"{self.server}{FOLDER}/**", serve)

    async def remember(self, **values: Any) -> None:
        """What is in the app's storage from earlier, unless something newer is."""
        for name, value in values.items():
            key, text = json.dumps(f"mini:{name.replace('_', '-')}"), json.dumps(json.dumps(value))
            script = f"if (location.protocol !== 'about:') localStorage[{key}] ??= {text}"
            await self.context.add_init_script(script)

    async def open(self, path: str = "") -> None:
        """Start the app anew, on a page of it."""
        await self.page.goto("about:blank")
        await self.page.goto(f"{self.server}{FOLDER}/index.html#/{path}")
        await self.page.wait_for_function("window.__mini.ready", timeout=PATIENCE_MS)

    # ------------------------------------------------------------------------------ looking

    @property
    def front(self) -> Locator:
        """The page that is on top."""
        return self.page.locator(".mp-window:not([hidden]) wx-page")

    def part(self, name: str) -> Locator:
        """A piece of the page on top, by its data-test."""
        return self.front.locator(f"[data-test={name}]")

    def text(self, text: str) -> Locator:
        """A piece of the page on top, by what it says."""
        return self.front.get_by_text(text, exact=True)

    async def is_at(self, path: str) -> None:
        """Until this page is on top."""
        await expect(self.page.locator("body")).to_have_attribute("data-page", path)

    # ------------------------------------------------------------------------------- acting

    async def tap(self, name: str) -> None:
        """Tap a piece of the page on top."""
        await self.part(name).first.tap()

    async def answer(self, text: str) -> None:
        """Tap an answer in one of WeChat's own dialogs."""
        await self.page.locator(".mp-answers").get_by_role("button", name=text, exact=True).tap()

    async def tab(self, text: str) -> None:
        """Tap a tab at the bottom."""
        await self.page.locator(".mp-tab", has_text=text).tap()

    async def back(self) -> None:
        """Tap WeChat's own arrow."""
        await self.page.locator(".mp-back").tap()

    async def type(self, label: str, text: str) -> None:
        """Tap a field and type into it, behind what is there."""
        field = self._field(label)
        await field.tap()
        await field.press_sequentially(text)

    async def correct(self, label: str, text: str) -> None:
        """Tap a field and type over what is there."""
        await self._field(label).tap()
        await self._field(label).select_text()
        await self.page.keyboard.type(text)

    def _field(self, label: str) -> Locator:
        inside = self.front.get_by_label(label, exact=True).locator("input, textarea")
        named = f"input[aria-label='{label}'], textarea[aria-label='{label}']"
        return inside.or_(self.front.locator(named)).first

    async def drag(self, points: Sequence[tuple[float, float]]) -> None:
        """One finger from point to point."""
        session = await self.context.new_cdp_session(self.page)
        kinds = ["touchStart", *["touchMove"] * (len(points) - 1)]
        for kind, (x, y) in zip(kinds, points, strict=True):
            touches = [{"x": x, "y": y, "id": 1}]
            await session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})
        await session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        await session.detach()

    async def pull(self) -> None:
        """Pull the list down to have it loaded again."""
        box = await self.part("pull").bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + 40
        await self.drag([(x, y + step) for step in range(0, 240, 30)])

    async def write_name(self) -> None:
        """Write a name on the signature pad."""
        await expect(self.part("pad").locator("canvas")).to_be_visible()
        box = await self.part("pad").bounding_box()
        assert box is not None
        left, top, size = box["x"], box["y"] + box["height"] / 4, box["width"]
        for stroke in NAME_STROKES:
            points = [(left + x * size, top + y * size * 0.8) for x, y in stroke]
            steps = [
                (a + (c - a) * part / 4, b + (d - b) * part / 4)
                for (a, b), (c, d) in pairwise(points)
                for part in range(4)
            ]
            await self.drag([*steps, points[-1]])

    # ----------------------------------------------------------------------------- pictures

    async def shoot(self, take: Callable[..., Awaitable[Path]], name: str) -> None:
        """The screen as it is now, at rest, in light and in dark."""
        await self._rest()
        await take(self.page, name)
        await self.page.emulate_media(color_scheme="dark")
        await self._rest()
        await take(self.page, f"{name}-dark")
        await self.page.emulate_media(color_scheme="light")

    async def _rest(self) -> None:
        await come_to_rest(self.page)
        await self.page.evaluate(
            "Promise.allSettled(Array.from(document.images, (one) => one.src && one.decode()))"
        )
