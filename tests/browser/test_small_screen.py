"""The phones on a real phone, 375 px wide; large print; a finger that taps twice."""

from playwright.async_api import Page, Request, expect

from tests.browser.phones import Handset, Screenshot, come_to_rest, fill_notice, open_desk, publish
from tests.conftest import NewPage
from tests.programs import Program


async def teacher_publishes(page: Page, yanshu: Program, title: str, *, confirm: str) -> None:
    """A notice to the class, written on a phone of its own."""
    await page.goto(f"{yanshu.url}/as/wang/h5/teach/notices/new")
    await fill_notice(page, title, "周三晚上 7:00 在教室，请准时。", confirm=confirm)
    await publish(page)


async def test_one_phone_at_a_time_with_large_print(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    await teacher_publishes(await new_page(), yanshu, "家长会时间", confirm="手写签名")
    page = await open_desk(await new_page(width=375, height=812), yanshu)
    await expect(page.get_by_role("heading", name="雁书")).to_be_visible()
    await screenshot(page, "1-guide")
    await page.locator("[data-tab=zhang]").click()
    zhang = Handset(page, "zhang")
    await zhang.open_card("家长会时间")
    await zhang.tap("page-more")
    await zhang.root.locator("[data-act=font-size]").fill("4")
    await expect(zhang.web.locator("html")).to_have_attribute("data-font", "4")
    await come_to_rest(page)
    await screenshot(page, "2-slider")
    await zhang.root.locator(".shade").click(position={"x": 20, "y": 60})
    await zhang.web.get_by_role("button", name="签名确认").click()
    await expect(zhang.web.get_by_role("button", name="确认签名")).to_be_in_viewport()
    await screenshot(page, "3-large-print")
    inside = zhang.web.locator("html")
    assert await inside.evaluate("(root) => root.scrollWidth <= root.clientWidth")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_double_tap_confirms_once(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    teacher = await new_page()
    await teacher_publishes(teacher, yanshu, "家长会改期", confirm="点一下确认")
    page = await new_page()
    sent: list[Request] = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    await page.goto(f"{yanshu.url}/as/zhang/h5/notices")
    await page.get_by_role("link", name="家长会改期").click()
    await page.get_by_role("button", name="我已知晓").dblclick()
    await expect(page.locator(".settled")).to_contain_text("已确认")
    assert len(sent) == 1
    await screenshot(page, "1-confirmed")
    child = teacher.locator(".child", has_text="张小雨")
    await expect(child.locator(".tag")).to_have_text("已确认")
    await child.get_by_role("link").click()
    await expect(teacher.locator(".cell", has_text="确认").last).to_be_visible()
    await screenshot(teacher, "2-one-confirmation")
