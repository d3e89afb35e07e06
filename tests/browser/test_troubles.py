"""WeChat on a bad day, and at night: what the head teacher then sees."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from playwright.async_api import Page, expect

from domain.times import SCHOOL_ZONE
from tests.browser.conftest import demo
from tests.browser.phones import Handset, Screenshot, come_to_rest, fill_notice, open_desk, publish
from tests.conftest import NewPage
from tests.programs import Program


async def set_mood(page: Page, mood: str) -> None:
    """Tell WeChat through the drawer how it is today."""
    await page.locator(f"[data-mood={mood}]").click()
    await expect(page.locator(f"[data-mood={mood}]")).to_have_attribute("aria-pressed", "true")


async def write(wang: Handset, title: str) -> None:
    """A notice to the class, from the menu to the receipts."""
    await wang.menu("班主任", "写通知")
    await wang.has_page()
    await fill_notice(wang.web, title)
    await publish(wang.web)


async def test_what_the_teacher_sees_when_wechat_is_slow_busy_or_out_of_quota(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await open_desk(await new_page(width=1440, height=900, scale=1), yanshu)
    wang = Handset(page, "wang")

    async def shoot(name: str) -> None:
        await come_to_rest(page)
        await screenshot(page, name)

    child = wang.web.locator(".child", has_text="张小雨")
    await set_mood(page, "慢")
    await write(wang, "微信很慢的时候")
    await expect(wang.web.locator(".sending")).to_contain_text("正在送出")
    await shoot("1-slow")
    await set_mood(page, "正常")
    await expect(wang.web.locator(".sending")).to_have_count(0)
    await expect(child).to_contain_text("已送达")
    await shoot("2-and-yet-delivered")

    await set_mood(page, "忙")
    await write(wang, "微信很忙的时候")
    await expect(child).to_contain_text("会自动重试")
    await shoot("3-busy")

    await set_mood(page, "额度用完")
    await write(wang, "额度用完的时候")
    await expect(child).to_contain_text("额度用完了")
    await shoot("4-out-of-quota")


async def test_at_night_a_reminder_waits_for_the_morning(
    tmp_path: Path, new_page: NewPage, screenshot: Screenshot
) -> None:
    # Every minute but one is night, and that one is half a day away.
    morning = datetime.now(UTC).astimezone(SCHOOL_ZONE) + timedelta(hours=12)
    dusk = morning + timedelta(minutes=1)
    night = {"YANSHU_QUIET_START": f"{dusk:%H:%M}", "YANSHU_QUIET_END": f"{morning:%H:%M}"}
    async with demo(tmp_path, **night) as yanshu:
        page = await open_desk(await new_page(width=1440, height=900, scale=1), yanshu)
        wang, zhang = Handset(page, "wang"), Handset(page, "zhang")
        await wang.menu("班主任", "写通知")
        await wang.has_page()
        await fill_notice(wang.web, "明早带画笔")
        await expect(wang.web.get_by_text("现在是休息时间")).to_be_visible()
        await wang.web.locator(".quiet-hint").scroll_into_view_if_needed()
        await screenshot(page, "1-asked-whether-now")
        await publish(wang.web)
        await expect(zhang.cards).to_have_count(1)
        await wang.web.get_by_role("link", name="提醒未读的").click()
        await expect(wang.web.get_by_text("现在是休息时间")).to_contain_text(
            f"{morning:%H:%M} 送出"
        )
        await screenshot(page, "2-it-will-wait")
        await wang.web.get_by_role("button", name="提醒").click()
        await expect(wang.web.locator(".summary")).to_contain_text(f"{morning:%H:%M} 送出")
        await screenshot(page, "3-waiting")
        assert await zhang.cards.count() == 1
