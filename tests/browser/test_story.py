"""The whole story on three phones: from following the account to a list of signatures in Excel."""

from __future__ import annotations

import io
from dataclasses import dataclass

import openpyxl
from PIL import Image
from playwright.async_api import FilePayload, Page, expect

from tests.browser.phones import CLASS, Handset, Screenshot, come_to_rest, open_desk, publish
from tests.browser.samples import pdf_file, picture_file
from tests.conftest import NewPage
from tests.programs import Program

TITLE = "周五秋游通知"
BODY = "周五早上 7:40 在校门口集合，请带水和雨衣。\n详情见 https://example.com/trip 。"
CORRECTED = "周五早上 7:50 在校门口集合，请带水和雨衣。"


@dataclass
class Story:
    """The three people and who takes the pictures."""

    page: Page
    wang: Handset
    li: Handset
    zhang: Handset
    screenshot: Screenshot

    async def shoot(self, name: str) -> None:
        """A picture of the three phones, once nothing slides any more."""
        await come_to_rest(self.page)
        await self.screenshot(self.page, name)


async def test_a_notice_travels_and_comes_back_signed(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await open_desk(await new_page(width=1440, height=900, scale=1), yanshu)
    wang, li, zhang = (Handset(page, key) for key in ("wang", "li", "zhang"))
    story = Story(page, wang, li, zhang, screenshot)
    await story.shoot("01-newcomer")
    await a_parent_is_bound(story)
    await the_teacher_writes(story)
    await the_parents_read_and_sign(story)
    await the_teacher_reminds_the_rest(story)
    await the_teacher_corrects(story)
    await the_list_is_exported(story)
    await the_teacher_withdraws(story)
    # One card each for the notice, the correction and the withdrawal; a reminder for whoever hadn't signed.
    await expect(zhang.cards).to_have_count(3)
    await expect(li.cards).to_have_count(4)


async def a_parent_is_bound(story: Story) -> None:
    li = story.li
    await li.follow()
    await expect(li.last).to_contain_text("您好")
    await story.shoot("02-welcome")
    await li.say("绑定")
    await expect(li.last).to_contain_text("李小明 1234")
    await li.say("李小明 4321")
    await expect(li.last).to_contain_text("没有找到")
    await li.say("李小明 1234")
    await expect(li.last).to_contain_text("绑定成功")
    await story.shoot("03-bound")


async def the_teacher_writes(story: Story) -> None:
    wang, web = story.wang, story.wang.web
    await wang.menu("班主任", "写通知")
    await wang.has_page()
    await web.get_by_label("标题").fill(TITLE)
    await web.get_by_label("正文").fill(BODY)
    await web.locator("[data-files]").set_input_files(
        [
            FilePayload(name="操场.jpg", mimeType="image/jpeg", buffer=picture_file()),
            FilePayload(name="秋游安排.pdf", mimeType="application/pdf", buffer=pdf_file()),
        ]
    )
    await expect(web.locator("input[name=file_ids]")).to_have_count(2)
    await story.shoot("07-writing")
    await web.get_by_label(CLASS).check()
    forecast = web.locator("[data-forecast-block]")
    await expect(forecast).to_contain_text("50 个孩子，微信能送到 39 家")
    await forecast.get_by_text("为什么").click()
    await expect(forecast).to_contain_text("取消关注了公众号")
    await expect(forecast).to_contain_text("还没有家长绑定")
    await story.shoot("08-forecast")
    await web.get_by_label("手写签名").check()
    await publish(web)
    await expect(web.get_by_role("status").filter(has_text="已发布")).to_be_visible()
    await story.shoot("09-published")
    for parent in (story.li, story.zhang):
        await expect(parent.cards.filter(has_text=TITLE).last).to_be_visible()
    await story.shoot("10-cards")


async def the_parents_read_and_sign(story: Story) -> None:
    zhang, li = story.zhang, story.li
    await zhang.open_card(TITLE)
    await expect(zhang.web.get_by_role("heading", name=TITLE)).to_be_visible()
    await expect(zhang.web.get_by_alt_text("图片 1：操场.jpg")).to_be_visible()
    await expect(zhang.web.get_by_text("秋游安排.pdf")).to_be_visible()
    await story.shoot("11-read")
    await zhang.web.get_by_role("button", name="签名确认").click()
    await zhang.draw()
    await story.shoot("12-signing")
    await zhang.web.get_by_role("button", name="确认签名").click()
    await expect(zhang.web.locator(".settled")).to_contain_text("已签名")
    await story.shoot("13-signed")
    await li.say("最新通知")
    await li.last.get_by_role("link", name=TITLE).click()
    await li.has_page()
    await expect(li.web.get_by_role("heading", name=TITLE)).to_be_visible()
    receipts = story.wang.web
    await expect(receipts.locator(".child", has_text="张小雨")).to_contain_text("已确认")
    await expect(receipts.locator(".child", has_text="李小明")).to_contain_text("已读")
    await story.shoot("14-receipts")


async def the_teacher_reminds_the_rest(story: Story) -> None:
    web = story.wang.web
    await web.get_by_role("link", name="提醒未确认的").click()
    await expect(web.get_by_role("heading", name="提醒 41 位家长")).to_be_visible()
    await story.shoot("15-remind")
    await web.get_by_role("button", name="提醒").click()
    await expect(web.locator(".child", has_text="李小明")).to_contain_text("提醒过 1 次")
    await expect(story.li.cards.last).to_contain_text(f"提醒：{TITLE}")
    await expect(web.locator(".sending")).to_have_count(0)
    assert await story.zhang.cards.count() == 1, "whoever has signed is left in peace"
    await story.shoot("16-reminded")


async def the_teacher_corrects(story: Story) -> None:
    web = story.wang.web
    await web.get_by_role("link", name="更正").click()
    await web.get_by_label("正文").fill(CORRECTED)
    await story.shoot("17-correcting")
    await web.get_by_role("button", name="保存更正").click()
    await expect(web.locator("summary")).to_contain_text("更正过 1 次")
    zhang = story.zhang
    for reader in (zhang, story.li):
        await expect(reader.cards.last).to_contain_text(f"更正：{TITLE}")
    await zhang.open_card("更正：")
    await expect(zhang.web.locator("article")).to_contain_text("已更正")
    await expect(zhang.web.locator("article")).to_contain_text(CORRECTED)
    await zhang.web.get_by_text("更正前的内容（1）").click()
    await expect(zhang.web.locator(".versions")).to_contain_text("7:40")
    await story.shoot("18-corrected")


async def the_list_is_exported(story: Story) -> None:
    async with story.page.expect_download() as downloading:
        await story.wang.web.get_by_role("link", name="导出 Excel").click()
    download = await downloading.value
    assert download.suggested_filename == f"回执 {TITLE}.xlsx"
    sheet = openpyxl.load_workbook(io.BytesIO((await download.path()).read_bytes())).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    states = {row[2]: row[4] for row in rows}
    assert len(rows) == 50
    assert (states["张小雨"], states["李小明"]) == ("已确认", "已读")
    [signature] = sheet._images
    assert [row[2] for row in rows].index("张小雨") + 1 == signature.anchor._from.row
    lightest_and_darkest = Image.open(signature.ref).convert("L").getextrema()
    assert lightest_and_darkest[0] != lightest_and_darkest[1], "there is ink on it"


async def the_teacher_withdraws(story: Story) -> None:
    web, zhang = story.wang.web, story.zhang
    await web.get_by_role("link", name="撤回").click()
    await expect(web.get_by_text("有 2 位家长已经看过")).to_be_visible()
    await story.shoot("19-withdrawing")
    await web.get_by_role("button", name="确定撤回").click()
    await expect(web.locator("summary")).to_contain_text("已撤回")
    await expect(zhang.cards.last).to_contain_text(f"已撤回：{TITLE}")
    await zhang.open_card("已撤回：")
    await expect(zhang.web.get_by_role("heading", name="老师撤回了这条通知")).to_be_visible()
    await expect(zhang.web.get_by_text("雨衣")).to_have_count(0)
    await story.shoot("20-withdrawn")
    # 李明 has had the page open all the while: what he does there now has no effect.
    await story.li.web.get_by_role("button", name="签名确认").click()
    await story.li.draw()
    await story.li.web.get_by_role("button", name="确认签名").click()
    await expect(story.li.web.locator("[data-sign-problem]")).to_contain_text("老师撤回了这条通知")
    await story.shoot("21-signing-what-is-gone")
    await story.wang.tap("page-refresh")
    await expect(web.locator(".legend li", has_text="已确认")).to_have_text("已确认 1")
