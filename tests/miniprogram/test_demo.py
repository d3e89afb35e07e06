"""The demo's phones have the mini-program, the same files, and whoever opens it there is who the phone belongs to."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import FrameLocator, expect

from tests.browser.conftest import demo
from tests.browser.phones import Handset, Screenshot, fill_notice, open_desk, publish
from tests.conftest import NewPage


async def open_mini(phone: Handset) -> FrameLocator:
    """Open it from 发现, and agree to the privacy guide."""
    if await phone.here.get_attribute("data-view") != "home":
        await phone.tap("back")
    await phone.root.get_by_role("button", name="发现").click()
    await expect(phone.here.locator("[data-act=mini]")).to_contain_text("雁书，最近使用")
    await phone.tap("mini")
    mini = phone.root.frame_locator(".view.mini iframe")
    await mini.locator("[data-test=start]").click()
    await mini.get_by_role("button", name="同意", exact=True).click()
    return mini


async def test_a_notice_is_read_in_the_mini_program_of_the_demo(
    node: str, new_page: NewPage, tmp_path: Path, screenshot: Screenshot
) -> None:
    async with demo(tmp_path) as yanshu:
        page = await open_desk(await new_page(width=1440, height=900), yanshu)
        wang, zhang, li = (Handset(page, key) for key in ("wang", "zhang", "li"))
        await wang.menu("班主任", "写通知")
        await wang.has_page()
        await fill_notice(wang.web, "秋季运动会", confirm="点一下")
        await publish(wang.web)
        await expect(zhang.cards).to_have_count(1)

        mini = await open_mini(zhang)
        await expect(mini.locator("[data-test=school]")).to_have_text("青禾小学")
        await mini.locator("[data-test=notice]", has_text="秋季运动会").click()
        await expect(mini.locator("[data-test=article]")).to_contain_text("秋季运动会，请看一看。")
        await mini.locator("[data-test=confirm]").click()
        await expect(mini.locator("[data-test=settled]")).to_contain_text("已确认")
        await screenshot(page, "1-notice")
        await expect(wang.web.locator("[data-live]")).to_contain_text("已确认 1")

        # 李明 has a phone of his own: nobody is signed in there, and he is nobody's guardian.
        other = await open_mini(li)
        await expect(other.get_by_text("请按学校名册填写")).to_be_visible()
        await li.tap("mini-close")
        await expect(li.here).to_have_attribute("data-view", "home")


async def test_who_only_has_the_mini_program_is_told_by_a_card_that_leads_into_it(
    node: str, new_page: NewPage, tmp_path: Path, screenshot: Screenshot
) -> None:
    async with demo(tmp_path) as yanshu:
        page = await open_desk(await new_page(width=1440, height=900), yanshu)
        wang, li = Handset(page, "wang"), Handset(page, "li")
        mini = await open_mini(li)
        await mini.get_by_label("孩子姓名").locator("input").fill("李小明")
        await mini.get_by_label("手机尾号").locator("input").fill("1234")
        await mini.locator("[data-test=bind]").click()
        await mini.locator("[data-test=see]").click()
        await mini.locator(".mp-tab", has_text="我的").click()
        await mini.locator("[data-test=subscriptions]").click()
        await mini.locator("[data-test=more]").click()
        await mini.get_by_role("button", name="允许", exact=True).click()
        await expect(mini.locator("[data-test=title]")).to_have_text("还能提醒 1 条")
        await li.tap("mini-close")

        await wang.menu("班主任", "写通知")
        await wang.has_page()
        await fill_notice(wang.web, "秋季运动会", confirm="点一下")
        await publish(wang.web)
        await li.root.get_by_role("button", name="微信", exact=False).first.click()
        await li.tap("service")
        card = li.here.locator("[data-kind=subscribe]")
        await expect(card).to_contain_text("秋季运动会")
        await screenshot(page, "1-card")
        await card.click()
        await expect(mini.locator("[data-test=article]")).to_contain_text("秋季运动会")
        await screenshot(page, "2-notice")


async def test_without_node_the_phones_say_what_is_missing(
    new_page: NewPage, tmp_path: Path
) -> None:
    async with demo(tmp_path, PATH="/nowhere") as yanshu:
        page = await open_desk(await new_page(width=1440, height=900), yanshu)
        zhang = Handset(page, "zhang")
        await zhang.tap("back")
        await zhang.root.get_by_role("button", name="发现").click()
        await expect(zhang.here.locator("[data-act=mini]")).to_contain_text("请先装 Node")
        await zhang.tap("mini")
        await expect(zhang.root.get_by_role("status")).to_contain_text("请先装 Node")
        await expect(zhang.here).to_have_attribute("data-view", "home")
