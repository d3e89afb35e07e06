"""The class's code: a second adult comes by it, waits for the head teacher, and is told."""

from playwright.async_api import expect

from tests.browser.phones import CLASS, Handset, Screenshot, come_to_rest, open_desk
from tests.conftest import NewPage
from tests.programs import Program


async def test_a_second_adult_waits_for_the_head_teacher(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await open_desk(await new_page(width=1440, height=900, scale=1), yanshu)
    wang, li, zhang = (Handset(page, key) for key in ("wang", "li", "zhang"))

    async def shoot(name: str) -> None:
        await come_to_rest(page)
        await screenshot(page, name)

    await wang.menu("班主任", "班级二维码")
    await wang.has_page()
    await wang.web.get_by_role("link", name=CLASS).click()
    await expect(wang.web.get_by_role("heading", name=CLASS)).to_be_visible()
    await li.scan(CLASS)
    await shoot("1-not-following-yet")
    await li.follow()
    await expect(li.last).to_contain_text(f"这里是{CLASS}的家校服务号")
    await li.say("张小雨 5678")
    await expect(li.last).to_contain_text("需要班主任确认")
    await shoot("2-waiting")

    # Whoever follows already is greeted as well, and bound only once.
    await zhang.scan(CLASS)
    await expect(zhang.last).to_contain_text(f"这里是{CLASS}的家校服务号")
    await zhang.say("张小雨 5678")
    await expect(zhang.last).to_contain_text("已经绑定过")

    await wang.menu("班主任", "绑定审核")
    await wang.has_page()
    await expect(wang.web.get_by_text("已经有另一位家长绑定过")).to_be_visible()
    await shoot("3-claim")
    await wang.web.get_by_role("button", name="通过").click()
    await expect(wang.web.get_by_text("没有等待的申请")).to_be_visible()
    await expect(li.last).to_contain_text("绑定成功")
    await shoot("4-told")
    await li.menu("家长", "我的孩子")
    await expect(li.last).to_contain_text(f"张*雨（{CLASS}）")


async def test_a_parent_is_bound_on_the_page(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await new_page()
    await page.goto(f"{yanshu.url}/as/li/h5/bind")
    await page.get_by_label("孩子姓名").fill("李小明")
    await page.get_by_label("手机尾号").fill("4321")
    await page.get_by_role("button", name="绑定").click()
    await expect(page.get_by_role("alert")).to_contain_text("没有找到对得上的孩子")
    await expect(page.get_by_label("孩子姓名")).to_have_value("李小明")
    await screenshot(page, "1-unknown")
    await page.get_by_label("手机尾号").fill("1234")
    await page.get_by_role("button", name="绑定").click()
    await expect(page.get_by_role("heading", name="绑定成功")).to_be_visible()
    await screenshot(page, "2-bound")
