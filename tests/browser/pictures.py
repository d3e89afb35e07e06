"""Takes the two pictures of the README, by hand: `python -m tests.browser.pictures`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, FilePayload, Locator, Page, async_playwright, expect

from tests import chromium
from tests.browser.conftest import demo
from tests.browser.phones import (
    PATIENCE_MS,
    Handset,
    come_to_rest,
    fill_notice,
    open_desk,
    publish,
)
from tests.browser.samples import picture_file
from tests.programs import ROOT, Program
from tests.waiting import wait_until

IMAGES = ROOT / "docs" / "images"
TITLE = "周五秋游通知"
BODY = (
    "各位家长：\n周五去植物园秋游，早上 7:40 在校门口集合，下午 4:00 回校。请带水、雨衣和一顿午饭。"
)
READERS = 18  # how many families have looked when the first picture is taken
SLOW_CROWD = """fetch("/simulator/control/crowd", {
    method: "POST", body: JSON.stringify({ at_once: 2, pause_ms: 1000 }) })"""


async def main() -> None:
    """Play the story halfway and take both pictures."""
    found = chromium.find_chromium()
    assert found is not None, "there is no Chromium here"
    with tempfile.TemporaryDirectory() as folder:
        async with demo(Path(folder)) as yanshu, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=found.path, args=chromium.arguments()
            )
            page = await open_window(browser, 1440, 900, 1)
            await play_halfway(page, yanshu)
            await save(page, "phones.png", most_kb=400)
            await sign(page)
            address = await receipts_address(Handset(page, "wang").web.locator("html"))
            page = await open_window(browser, 375, 812, 2)
            await page.goto(address)
            await expect(page.locator(".summary")).to_be_visible()
            await save(page, "receipts.png", most_kb=250)
            await browser.close()


async def open_window(browser: Browser, width: int, height: int, scale: float) -> Page:
    """A window of its own; `scale` is how many dots a pixel has."""
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
    )
    context.set_default_timeout(PATIENCE_MS)
    return await context.new_page()


async def play_halfway(page: Page, yanshu: Program) -> None:
    """李明 has bound and reads, 张丽 signs, half the class has looked, 王芳 watches."""
    await open_desk(page, yanshu)
    wang, li, zhang = (Handset(page, key) for key in ("wang", "li", "zhang"))
    await li.follow()
    await li.say("绑定")
    await li.say("李小明 1234")
    await expect(li.last).to_contain_text("绑定成功")
    await wang.menu("班主任", "写通知")
    await wang.has_page()
    await wang.web.locator("[data-files]").set_input_files(
        FilePayload(name="植物园.jpg", mimeType="image/jpeg", buffer=picture_file())
    )
    await fill_notice(wang.web, TITLE, BODY, confirm="手写签名")
    await publish(wang.web)
    await expect(li.cards.last).to_contain_text(TITLE)
    await zhang.open_card(TITLE)
    await zhang.web.get_by_role("button", name="签名确认").click()
    await zhang.draw()
    # Slower than the button does it: the receipts page looks every two seconds.
    await page.evaluate(SLOW_CROWD)
    reached = wang.web.locator(".figures b").first

    async def enough() -> bool:
        return int((await reached.inner_text()).partition("/")[0]) >= READERS

    await wait_until(enough, description="half the class has looked", seconds=60)


async def sign(page: Page) -> None:
    """张丽 sends what she wrote."""
    zhang = Handset(page, "zhang")
    await zhang.web.get_by_role("button", name="确认签名").click()
    await expect(zhang.web.locator(".settled")).to_be_visible()


async def receipts_address(page: Locator) -> str:
    """Where the receipts are that this phone shows."""
    return str(await page.evaluate("(root) => root.ownerDocument.location.href"))


async def save(page: Page, name: str, *, most_kb: int) -> None:
    """The window as it is now, as small as PNG makes it."""
    await come_to_rest(page)
    path = IMAGES / name
    await page.screenshot(path=path)
    with Image.open(path) as picture:
        picture.convert("RGB").save(path, optimize=True)
    assert path.stat().st_size <= most_kb * 1024


if __name__ == "__main__":
    asyncio.run(main())
