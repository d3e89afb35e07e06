"""Pictures of iPhones (HEIC): a browser that can show one sends a JPEG of it; another says what to do, sends nothing.

Chromium shows no HEIC. But it goes by a picture's content, so a JPEG under a HEIC's type is, to a page, what a HEIC is
in Safari.
"""

from __future__ import annotations

import io
import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from PIL import Image
from playwright.async_api import FilePayload, Page, expect

from domain.pictures import HEIC_BRANDS
from handlers import phrases
from tests.browser.samples import HEIC_HEAD, phone_picture_file
from tests.browser.test_calendar import nothing_runs_off
from tests.browser.test_messages import address, in_wechat, settle
from tests.browser.test_resources import city as city
from tests.desk import sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.conftest import Village
from tests.handlers.conftest import village as village
from tests.handlers.test_activities import asked_for_files
from tests.miniapp.conftest import town as town
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
SENTENCE = phrases.error_message("heic")
SHOWN = FilePayload(name="IMG_0012.HEIC", mimeType="image/heic", buffer=phone_picture_file())
# As a chat or a drive hands it on: nothing but its content says what it is.
UNSHOWN = FilePayload(
    name="IMG_0013", mimeType="application/octet-stream", buffer=HEIC_HEAD + bytes(9000)
)


def goes_up(page: Page) -> list[str]:
    """What the page sends, as it does."""
    sent: list[str] = []
    page.on("request", lambda r: sent.append(r.url) if r.method in ("POST", "PUT") else None)
    return sent


async def is_upright_and_without_notes(town: Town) -> None:
    """The one file that the server has is the picture, as a JPEG that says nothing beside it."""
    (held,) = [each async for each in town.ctx.stores.database["files"].find({})]
    file = await town.ctx.stores.files.find(held["_id"])
    assert file is not None
    assert (file.name, file.content_type) == ("IMG_0012.jpg", "image/jpeg")
    content = b"".join([piece async for piece in town.ctx.stores.files.read(file.id)])
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (200, 300)
        assert not picture.getexif()


def test_the_page_knows_the_servers_sentence_and_brands() -> None:
    script = (Path(__file__).parents[2] / "static" / "pictures.js").read_text("utf-8")
    assert f"'{SENTENCE}'" in script
    brands = re.search(r"BRANDS = \[(.*?)\]", script)
    assert brands
    assert {name.encode() for name in re.findall(r"'(\w+)'", brands[1])} == HEIC_BRANDS


async def test_a_notice_takes_one_that_the_browser_shows(
    village: Village, new_page: NewPage
) -> None:
    page = await new_page(width=375)
    await page.goto(village.teacher.url("/h5/teach/notices/new"))
    await page.locator("[data-files]").set_input_files([SHOWN])
    await expect(page.locator(".upload img")).to_be_visible()
    await is_upright_and_without_notes(village.town)


async def test_a_notice_says_what_to_do_with_one_that_the_browser_cannot_show(
    village: Village, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await new_page(width=375)
    await page.goto(village.teacher.url("/h5/teach/notices/new"))
    sent = goes_up(page)
    await page.locator("[data-files]").set_input_files([UNSHOWN])
    await expect(page.get_by_text(f"IMG_0013：{SENTENCE}")).to_be_visible()
    await expect(page.locator("[data-submit]")).to_be_enabled()
    assert not sent
    await nothing_runs_off(page)
    await screenshot(page, "1-said", full_page=True)


async def test_an_answer_takes_one_and_says_what_to_do_with_the_other(
    village: Village, new_page: NewPage, screenshot: Screenshot
) -> None:
    activity = await asked_for_files(village)
    page = await new_page(width=375)
    await page.goto(village.mother.url(f"/h5/activities/{activity}"))
    await page.get_by_label("孩子的作品").set_input_files([UNSHOWN, SHOWN])
    await expect(page.get_by_text("IMG_0012.jpg")).to_be_visible()
    await expect(page.get_by_text(SENTENCE)).to_be_visible()
    await is_upright_and_without_notes(village.town)
    await nothing_runs_off(page)
    await screenshot(page, "1-said", full_page=True)


async def test_a_conversation_takes_one_and_says_what_to_do_with_the_other(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    thread = await settle(quiet_town)
    page = await in_wechat(quiet_town, new_page, "gao")
    await page.goto(address(quiet_town, "/h5/messages", thread.id))
    await page.get_by_text("发图片或文件").click()
    sent = goes_up(page)
    picker, send = page.locator("input[type=file]"), page.get_by_role("button", name="发出去")
    await picker.set_input_files([UNSHOWN])
    await expect(page.get_by_text(SENTENCE)).to_be_visible()
    await expect(picker).to_have_value("")
    await expect(send).to_be_enabled()
    assert not [url for url in sent if "/files" in url]
    await nothing_runs_off(page)
    await screenshot(page, "1-said")
    await picker.set_input_files([SHOWN])
    await expect(picker).to_have_value(re.compile(r"IMG_0012\.jpg$"))
    await expect(page.get_by_text(SENTENCE)).to_be_hidden()
    await send.click()
    await expect(page.locator(".bubble img")).to_be_visible()
    await is_upright_and_without_notes(quiet_town)


async def test_a_resource_takes_one_and_says_what_to_do_with_the_other(
    city: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    desk = await new_page(width=1280)
    await sign_in_at_desk(desk, city.phone("zhou"))
    await desk.goto(city.base + "/console/resources/new?grade=3&subject=maths")
    await desk.locator("[data-input]").set_input_files([UNSHOWN, SHOWN])
    await expect(desk.locator("[data-list] [name=file_ids]")).to_have_count(1)
    await expect(desk.locator("[data-list] .problem")).to_have_text(SENTENCE)
    await is_upright_and_without_notes(city)
    await nothing_runs_off(desk)
    await screenshot(desk, "1-said", full_page=True)
