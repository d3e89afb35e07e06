"""Writing a notice on a phone 375 px wide: uploads that take long or are refused, and what was typed."""

from pathlib import Path

from playwright.async_api import FilePayload, Page, expect

from tests.browser.phones import PATIENCE_MS, Screenshot, fill_notice, publish
from tests.browser.samples import pdf_file, picture_file
from tests.conftest import NewPage
from tests.programs import Program
from tests.waiting import wait_until

TITLE = "运动会报名"
SLOW_UPLOAD_BYTES_PER_SECOND = 400_000


async def open_form(page: Page, yanshu: Program) -> Page:
    """The head teacher's form, signed in on the way."""
    await page.goto(f"{yanshu.url}/as/wang/h5/teach/notices/new")
    await expect(page.get_by_label("标题")).to_be_visible()
    return page


async def test_a_slow_upload_shows_how_far_it_is(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await open_form(await new_page(), yanshu)
    line = await page.context.new_cdp_session(page)
    speeds = {"offline": False, "latency": 0, "downloadThroughput": -1}
    slow = speeds | {"uploadThroughput": SLOW_UPLOAD_BYTES_PER_SECOND}
    await line.send("Network.emulateNetworkConditions", slow)
    await page.get_by_label("标题").fill(TITLE)
    long = pdf_file() + b"\n%" + b"0123456789abcdef" * 200_000
    await page.locator("[data-files]").set_input_files(
        FilePayload(name="规程.pdf", mimeType="application/pdf", buffer=long)
    )
    bar = page.get_by_role("progressbar", name="正在上传 规程.pdf")
    await wait_until(
        lambda: bar.evaluate("(one) => one.value > 0.2 && one.value < 1"),
        description="the bar moves",
        seconds=PATIENCE_MS / 1000,
    )
    await expect(page.locator("[data-submit]")).to_be_disabled()
    await screenshot(page, "1-half-way")
    await line.send("Network.emulateNetworkConditions", speeds | {"uploadThroughput": -1})
    await expect(page.locator("input[name=file_ids]")).to_have_count(1)
    await expect(page.locator("progress")).to_have_count(0)
    await expect(page.locator("[data-submit]")).to_be_enabled()
    await screenshot(page, "2-there")


async def test_refused_files_are_named_and_what_was_typed_stays(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot, tmp_path: Path
) -> None:
    page = await open_form(await new_page(), yanshu)
    await fill_notice(page, TITLE)
    wrong, huge, good = tmp_path / "海报.jpg", tmp_path / "视频.pdf", tmp_path / "操场.jpg"
    wrong.write_bytes(b"MZ\x90\x00" + bytes(2000))
    with huge.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    good.write_bytes(picture_file(2400, 1600))
    await page.locator("[data-files]").set_input_files([wrong, huge, good])
    await expect(page.get_by_text("海报.jpg：不支持这种文件")).to_be_visible()
    await expect(page.get_by_text("视频.pdf：文件太大，最大 50 MB")).to_be_visible()
    picture = page.locator(".upload img")
    await expect(picture).to_be_visible()
    assert (
        await picture.evaluate("async (one) => { await one.decode(); return one.naturalWidth }")
        == 1600
    )
    await screenshot(page, "1-refused")
    await expect(page.get_by_label("标题")).to_have_value(TITLE)
    await publish(page)
    await page.locator("summary").first.click()
    await expect(page.get_by_alt_text("图片 1：操场.jpg")).to_be_visible()
    await expect(page.locator(".pictures img, a.file")).to_have_count(1)


async def test_a_form_with_a_gap_names_the_field_and_keeps_the_rest(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await open_form(await new_page(), yanshu)
    await fill_notice(page, "一" * 21, confirm="点一下确认")
    await page.get_by_text("添加链接").click()
    await page.get_by_label("链接 1").fill("http://127.0.0.1/trip")
    await page.locator("[data-files]").set_input_files(
        FilePayload(name="操场.jpg", mimeType="image/jpeg", buffer=picture_file(300, 200))
    )
    await expect(page.locator("input[name=file_ids]")).to_have_count(1)
    await page.get_by_role("button", name="发布").click()
    await expect(page.locator("#problem-title")).to_have_text("标题最多 20 个字")
    await expect(page.locator("#problem-links")).to_contain_text("https://")
    await screenshot(page, "1-told", full_page=True)
    await expect(page.get_by_label("标题")).to_have_value("一" * 21)
    await expect(page.locator("input[name=file_ids]")).to_have_count(1)
    await expect(page.get_by_label("点一下确认")).to_be_checked()
    await page.get_by_label("标题").fill(TITLE)
    await page.get_by_label("链接 1").fill("")
    await publish(page)
    await expect(page.locator("summary").first).to_contain_text(TITLE)
