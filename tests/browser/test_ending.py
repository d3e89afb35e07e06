"""A binding is ended: by the head teacher, and the parent is told; by a parent in the chat."""

from playwright.async_api import expect

from tests.browser.phones import CLASS, Handset, Screenshot, come_to_rest, open_desk
from tests.conftest import NewPage
from tests.programs import Program


async def test_a_binding_is_ended_from_either_side(
    yanshu: Program, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await open_desk(await new_page(width=1440, height=900, scale=1), yanshu)
    wang, li, zhang = (Handset(page, key) for key in ("wang", "li", "zhang"))

    async def shoot(name: str) -> None:
        await come_to_rest(page)
        await screenshot(page, name)

    # In the chat: chosen, confirmed, gone; and bound again by the list.
    await li.follow()
    await li.say("李小明 1234")
    await expect(li.last).to_contain_text("绑定成功")
    await li.say("解绑")
    await expect(li.last).to_contain_text(f"李*明（{CLASS}）")
    await li.say("确认")
    await expect(li.last).to_contain_text("已经解除")
    await li.say("我的孩子")
    await expect(li.last).to_contain_text("还没有绑定孩子")
    await shoot("1-ended-in-the-chat")

    # By the head teacher, with a reason that the parent is told.
    await zhang.menu("家长", "我的孩子")
    await expect(zhang.last).to_contain_text("张*雨")
    await zhang.say("我的孩子")
    await wang.menu("班主任", "家长与绑定")
    await wang.has_page()
    await wang.web.get_by_role("link", name=CLASS).click()
    child = wang.web.locator(".child", has_text="张小雨")
    await expect(child).to_contain_text("按名册绑定")
    await child.get_by_role("link", name="解除绑定").click()
    await wang.web.get_by_label("绑错了").check()
    await shoot("2-why")
    await wang.web.get_by_role("button", name="确定解除").click()
    await expect(child.locator(".tag")).to_have_text("未绑定")
    await expect(zhang.last).to_contain_text("绑错了")
    await expect(zhang.last).not_to_contain_text("张*雨")
    await shoot("3-told")

    # The list alone does not bind her again.
    await zhang.say("张小雨 5678")
    await expect(zhang.last).to_contain_text("需要班主任确认")
    await wang.menu("班主任", "绑定审核")
    await wang.has_page()
    await expect(wang.web.get_by_text("解除过这位家长")).to_be_visible()
    parent = await new_page()
    await parent.goto(f"{yanshu.url}/as/zhang/h5/children")
    await expect(parent.get_by_role("heading", name="已经结束的绑定")).to_be_visible()
    await screenshot(parent, "4-own-page", full_page=True)
    await parent.get_by_role("button", name="撤回申请").click()
    await expect(parent.get_by_text("我的申请")).to_have_count(0)
