"""The phones' page as a person uses it: looking at screens, tapping, typing. Only what a finger could do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import FrameLocator, Locator, Page, expect

from tests.programs import Program

# A generous bound for a busy machine, not a measurement.
PATIENCE_MS = 30_000

CLASS = "三年级二班"  # 50 children; 42 families are bound once 李明 is, 3 of them have unfollowed

# 张丽 as somebody writes it, in parts of the canvas.
NAME_STROKES = (
    ((0.12, 0.26), (0.25, 0.24), (0.24, 0.40), (0.12, 0.42), (0.10, 0.58), (0.25, 0.55),
     (0.24, 0.80), (0.17, 0.76)),
    ((0.45, 0.22), (0.38, 0.36)),
    ((0.29, 0.52), (0.52, 0.47)),
    ((0.35, 0.20), (0.35, 0.80), (0.43, 0.70)),
    ((0.39, 0.51), (0.44, 0.68), (0.52, 0.80)),
    ((0.57, 0.26), (0.92, 0.22)),
    ((0.62, 0.40), (0.61, 0.78)),
    ((0.62, 0.40), (0.72, 0.38), (0.73, 0.80), (0.70, 0.75)),
    ((0.66, 0.50), (0.68, 0.60)),
    ((0.80, 0.39), (0.79, 0.78)),
    ((0.80, 0.39), (0.91, 0.36), (0.91, 0.81), (0.87, 0.76)),
    ((0.84, 0.50), (0.86, 0.60)),
)  # fmt: skip

Screenshot = Callable[..., Awaitable[Path]]
# A page of the application, alone in a window or inside a phone.
Screen = Page | FrameLocator


class Handset:
    """One phone of the page, by the key of its owner."""

    def __init__(self, page: Page, key: str) -> None:
        self.page = page
        self.key = key
        self.root = page.locator(f".place[data-user={key}]")
        self.here = self.root.locator(".view[data-at=here]")
        self.chat = self.root.locator(".view.chat")
        self.cards = self.chat.locator("[data-kind=template]")

    @property
    def web(self) -> FrameLocator:
        """The page that is open in this WeChat's own browser."""
        return self.root.frame_locator("iframe")

    @property
    def last(self) -> Locator:
        """What stands lowest in the chat."""
        return self.chat.locator(".talk > *").last

    async def tap(self, act: str) -> None:
        """Tap a button of the screen in front."""
        await self.here.locator(f"[data-act={act}]").click()

    async def follow(self) -> None:
        """From the account's profile, where a phone that doesn't follow begins."""
        await self.tap("follow")
        await expect(self.here).to_have_attribute("data-view", "chat")

    async def say(self, text: str) -> None:
        """Type it with the keyboard and send it."""
        await self.to_chat()
        keyboard = self.here.locator("[data-act=keyboard]")
        if await keyboard.is_visible():
            await keyboard.click()
        field = self.here.locator("[data-act=input]")
        await field.click()
        await field.press_sequentially(text)
        await self.tap("send")
        await expect(self.chat.locator(".said.me .bubble").last).to_have_text(text)

    async def menu(self, *names: str) -> None:
        """Tap the account's menu: a title, and an entry of it."""
        await self.to_chat()
        back = self.here.locator("[data-act=menu]")
        if await back.is_visible():
            await back.click()
        for name in names:
            await self.here.locator(f'[data-menu="{name}"]').click()

    async def to_chat(self) -> None:
        """Close the browser when it is open."""
        if await self.here.get_attribute("data-view") == "browser":
            await self.tap("page-close")
        await expect(self.here).to_have_attribute("data-view", "chat")

    async def open_card(self, title: str) -> None:
        """Tap the newest card of this title."""
        await self.to_chat()
        card = self.cards.filter(has_text=title).last
        await card.click()
        await self.has_page()

    async def has_page(self) -> None:
        """Until the browser has come up with a page of the application."""
        await expect(self.here).to_have_attribute("data-view", "browser")
        await expect(self.web.locator("main.page")).to_be_visible()

    async def scan(self, label: str) -> None:
        """Point the camera at a code on another phone's screen."""
        if await self.here.get_attribute("data-view") != "home":
            await self.tap("back")
        await self.tap("plus")
        await self.here.locator(".pop [data-act=scan]").click()
        await self.here.locator(".hit", has_text=label).click()

    async def draw(self) -> None:
        """Write a name on the open signing sheet with the mouse."""
        canvas = self.web.locator("canvas[data-ink]")
        await expect(canvas).to_be_visible()
        await sign_with_mouse(self.page, canvas)


async def fill_notice(
    web: Screen, title: str, body: str = "", *, school_class: str = CLASS, confirm: str = ""
) -> None:
    """Write a notice on the open form, not sending it yet; `confirm` as the form calls it."""
    await web.get_by_label("标题").fill(title)
    await web.get_by_label("正文").fill(body or f"{title}，请看一看。")
    await web.get_by_label(school_class).check()
    await expect(web.locator("[data-forecast-block]")).to_contain_text("微信能送到")
    if confirm:
        await web.get_by_label(confirm).check()


async def publish(web: Screen) -> None:
    """Send what was written; the receipts come up."""
    await web.get_by_role("button", name="发布").click()
    await expect(web.locator("[data-live]")).to_be_attached()


async def sign_with_mouse(page: Page, canvas: Locator) -> None:
    """Write 张丽 on a canvas, stroke by stroke."""
    box = await canvas.bounding_box()
    assert box is not None
    for stroke in NAME_STROKES:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in stroke]
        await page.mouse.move(*points[0])
        await page.mouse.down()
        for point in points[1:]:
            await page.mouse.move(*point, steps=4)
        await page.mouse.up()


async def open_desk(page: Page, program: Program) -> Page:
    """The phones' page, ready to be used."""
    await page.goto(program.url)
    await page.locator("body[data-ready]").wait_for(timeout=PATIENCE_MS)
    return page


async def come_to_rest(page: Page) -> None:
    """Until nothing has moved for three frames, since what was just tapped begins to slide a little later; what turns
    for ever is not waited for."""
    await page.evaluate(
        """async () => {
            const moving = () => document.getAnimations().filter((one) =>
                one.playState === 'running' && one.effect.getComputedTiming().endTime < 2000);
            for (let still = 0; still < 3; still += 1) {
                await new Promise((drawn) => requestAnimationFrame(drawn));
                const found = moving();
                if (found.length) still = -1;
                await Promise.allSettled(found.map((one) => one.finished));
            }
        }"""
    )
