"""A mother on her phone: she decides what her child's data are for, takes everything home, thinks about leaving."""

import io
import zipfile
from pathlib import Path

from playwright.async_api import Page, expect

from tests.browser.phones import PATIENCE_MS, Handset, Screenshot, come_to_rest, open_desk
from tests.conftest import NewPage
from tests.programs import Program


async def fits(page: Page) -> None:
    """Nothing stands out at the side, and what is to be tapped is large enough for a thumb."""
    wide = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    small = await page.evaluate(
        """() => [...document.querySelectorAll('a.button, button, a.cell, a.file')]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43)
            .map((one) => one.textContent.trim())"""
    )
    assert small == []


async def test_a_mother_decides_takes_home_and_changes_her_mind(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    desk = await open_desk(await new_page(width=1440, height=900, scale=1), yanshu)
    li = Handset(desk, "li")
    await li.follow()
    await li.say("李小明 1234")
    await expect(li.last).to_contain_text("绑定成功")
    page = await new_page()

    async def shoot(name: str) -> None:
        await come_to_rest(page)
        await fits(page)
        await screenshot(page, name, full_page=True)

    await page.goto(f"{yanshu.url}/as/li/h5/")
    await expect(page.get_by_text("孩子的信息怎么用，请看一看")).to_be_visible()
    await shoot("1-home")
    await page.get_by_text("我的数据").click()
    await shoot("2-my-data")

    await page.get_by_role("link", name="我的同意").click()
    await expect(page.get_by_text("还没回答")).to_have_count(4)
    await shoot("3-consents")
    await page.get_by_role("button", name="同意：接收自己孩子的家校通知", exact=False).click()
    photos = page.get_by_role("button", name="可以：班级照片里可以有孩子，李小明", exact=True)
    await photos.click()
    await expect(photos).to_have_attribute("aria-pressed", "true")
    refuse = page.get_by_role("button", name="不可以：好作业可以给全班看，李小明")
    await refuse.click()
    await expect(refuse).to_have_attribute("aria-pressed", "true")
    await shoot("4-decided")
    await page.get_by_role("link", name="不同意：接收自己孩子的家校通知，李小明").click()
    await shoot("5-refuse")
    await page.get_by_role("link", name="再想想").click()

    await page.get_by_role("link", name="我的数据").click()
    await page.get_by_role("link", name="李小明的家庭档案").click()
    await shoot("6-file")
    await page.get_by_role("button", name="整理一份").click()
    ready = page.locator(".file.ready")
    await expect(ready).to_be_visible(timeout=PATIENCE_MS)
    await shoot("7-file-ready")
    async with page.expect_download() as downloading:
        await ready.click()
    download = await downloading.value
    assert download.suggested_filename.startswith("家庭档案-")

    await page.get_by_role("link", name="我的数据").click()
    await page.get_by_role("link", name="删除我的资料").click()
    await expect(page.get_by_role("heading", name="学校会留下")).to_be_visible()
    await shoot("8-erase")
    await page.get_by_role("link", name="继续").click()
    await shoot("9-erase-confirm")
    await page.get_by_role("button", name="确定删除").click()
    await expect(page.get_by_role("button", name="保留我的资料")).to_be_visible()
    await shoot("10-erase-waiting")
    await page.get_by_role("button", name="保留我的资料").click()
    await expect(page.get_by_text("您的资料保留不变")).to_be_visible()


async def test_the_page_inside_the_archive_reads_by_itself(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await new_page()
    await page.goto(f"{yanshu.url}/as/zhang/h5/me")
    await page.get_by_role("link", name="家庭档案").first.click()
    await page.get_by_role("button", name="整理").click()
    ready = page.locator(".file.ready").first
    await expect(ready).to_be_visible(timeout=PATIENCE_MS)
    async with page.expect_download() as downloading:
        await ready.click()
    archive = Path(await (await downloading.value).path())
    folder = archive.parent / "unpacked"
    with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as packed:
        packed.extractall(folder)
    alone = await new_page()
    await alone.goto(f"file://{folder}/index.html")
    await expect(alone.get_by_role("heading", level=1)).to_contain_text("家庭档案")
    await fits(alone)
    await screenshot(alone, "archive", full_page=True)


async def test_in_large_print_nothing_stands_out_at_the_side(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await new_page()
    await page.goto(f"{yanshu.url}/as/zhang/h5/me")
    file = await page.get_by_role("link", name="家庭档案").first.get_attribute("href")
    assert file is not None
    own = f"{yanshu.url}/as/zhang"
    await page.context.add_cookies([{"name": "yanshu_font", "value": "4", "url": own}])
    for name, address in {
        "me": f"{own}/h5/me",
        "consents": f"{own}/h5/consents",
        "file": yanshu.url + file,
        "erase": f"{own}/h5/me/erase",
        "confirm": f"{own}/h5/me/erase/confirm",
    }.items():
        await page.goto(address)
        await expect(page.locator("html")).to_have_attribute("data-font", "4")
        await come_to_rest(page)
        await fits(page)
        await screenshot(page, name)
