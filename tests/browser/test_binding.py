"""The class's code: a second adult comes by it, the family is asked, then the school; all see where it stands."""

from playwright.async_api import expect

from tests.browser.phones import CLASS, Handset, Screenshot, come_to_rest, open_desk
from tests.conftest import NewPage
from tests.programs import Program


async def test_a_second_adult_waits_for_the_family(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await open_desk(await new_page(width=1440, height=900, scale=1), yanshu)
    wang, li, zhang = (Handset(page, key) for key in ("wang", "li", "zhang"))
    own = await new_page()

    async def shoot(name: str) -> None:
        await come_to_rest(page)
        await screenshot(page, name)

    async def open_own(key: str, path: str, name: str) -> None:
        await own.goto(f"{yanshu.url}/as/{key}{path}")
        await screenshot(own, name, full_page=True)

    await wang.menu("班主任", "班级二维码")
    await wang.has_page()
    await wang.web.get_by_role("link", name=CLASS).click()
    await expect(wang.web.get_by_role("heading", name=CLASS)).to_be_visible()

    # Whoever follows already is greeted as well, and bound only once.
    await zhang.scan(CLASS)
    await expect(zhang.last).to_contain_text(f"{CLASS}的家校服务号")
    await zhang.say("张小雨 5678")
    await expect(zhang.last).to_contain_text("已经绑定过")

    await li.scan(CLASS)
    await shoot("1-not-following-yet")
    await li.follow()
    await expect(li.last).to_contain_text(f"{CLASS}的家校服务号")
    await li.say("张小雨 5678")
    await expect(li.last).to_contain_text("先请家人")
    await expect(zhang.last).to_contain_text("有人申请绑定您的孩子")
    await shoot("2-the-family-is-asked")

    await wang.menu("班主任", "绑定审核")
    await wang.has_page()
    await expect(wang.web.get_by_text("由家人先确认")).to_be_visible()
    await open_own("wang", "/h5/teach/claims", "3-the-school-waits")
    await open_own("li", "/h5/children", "4-who-asked")
    await expect(own.get_by_text("正在等孩子的家人同意")).to_be_visible()
    await open_own("zhang", "/h5/", "5-guardians-home")
    await open_own("zhang", "/h5/children", "6-guardian")
    await own.get_by_role("button", name="同意，是家里人").click()
    await expect(own.get_by_role("status")).to_contain_text("已同意")
    await expect(li.last).to_contain_text("绑定成功")
    await shoot("7-told")
    await li.menu("家长", "我的孩子")
    await expect(li.last).to_contain_text(f"张*雨（{CLASS}）")

    # The school keeps who somebody is to the child.
    await own.goto(f"{yanshu.url}/as/wang/h5/teach/families?class=demo-class-32")
    child = own.locator(".child", has_text="张小雨")
    await expect(child).to_contain_text("家人同意")
    await child.get_by_role("link", name="设置").last.click()
    await own.get_by_label("关系").fill("外婆")
    await own.get_by_label("只能查看").check()
    await screenshot(own, "8-one-binding", full_page=True)
    await own.get_by_label("家人要求").check()
    await own.get_by_role("button", name="保存").click()
    await expect(own.get_by_role("status")).to_contain_text("已保存")
    await open_own("li", "/h5/children", "9-may-only-read")
    await expect(own.get_by_text("只能查看，不确认、不签名")).to_be_visible()


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
