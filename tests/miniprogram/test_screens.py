"""Every screen over a server that answers at will: loading, failing, empty, full; light, dark, large print."""

from __future__ import annotations

import asyncio

from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import Stub


async def test_nothing_is_asked_of_the_server_before_the_consent(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    stub.empty = True
    await phone.open("pages/welcome/index")
    await phone.page.evaluate("delete localStorage['mini:consented']")
    await phone.shoot(screenshot, "1-welcome")
    await phone.tap("start")
    await expect(phone.page.locator(".mp-privacy")).to_be_visible()
    await phone.shoot(screenshot, "2-privacy")
    await phone.answer("拒绝")
    await expect(phone.front.get_by_role("alert")).to_contain_text("需要您同意")
    await phone.shoot(screenshot, "3-refused")
    assert stub.asked == []
    await phone.tap("start")
    await phone.answer("同意")
    await phone.is_at("pages/bind/index")
    await phone.shoot(screenshot, "4-bind")


async def test_home(phone: Handset, stub: Stub, screenshot: Screenshot) -> None:
    stub.slow = asyncio.Event()
    await phone.open()
    await expect(phone.part("skeleton")).to_be_visible()
    await phone.shoot(screenshot, "1-skeleton")
    stub.slow.set()
    await expect(phone.part("todo-row")).to_have_count(2)
    await expect(phone.part("school")).to_have_text("青禾小学")
    await phone.shoot(screenshot, "2-home")
    await phone.front.get_by_role("tab", name="李小雨").tap()
    await expect(phone.part("todo-row")).to_have_count(1)
    await expect(phone.part("notice")).to_have_count(5)
    await phone.shoot(screenshot, "3-one-child")


async def test_home_without_a_child(phone: Handset, stub: Stub, screenshot: Screenshot) -> None:
    stub.empty = True
    await phone.open()
    await expect(phone.text("还没有绑定孩子")).to_be_visible()
    await phone.shoot(screenshot, "1-no-child")
    await phone.tap("state-act")
    await phone.is_at("pages/bind/index")


async def test_home_that_cannot_be_loaded(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    stub.failing = True
    await phone.open()
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "1-failed")
    stub.failing = False
    await phone.tap("state-act")
    await expect(phone.part("notice")).to_have_count(10)
    # What was seen once is there without a network, and says that it is old.
    stub.failing = True
    await phone.open()
    await expect(phone.part("notice")).to_have_count(10)
    await expect(phone.front.get_by_role("status")).to_contain_text("连不上网络")
    await phone.shoot(screenshot, "2-offline")


async def test_list_of_notices(phone: Handset, stub: Stub, screenshot: Screenshot) -> None:
    await phone.open("pages/notices/index")
    await expect(phone.part("notice")).to_have_count(20)
    await phone.shoot(screenshot, "1-list")
    for shown in (40, 45):
        await phone.part("notice").last.scroll_into_view_if_needed()
        await expect(phone.part("notice")).to_have_count(shown)
    await phone.front.get_by_role("tab", name="未读").tap()
    await expect(phone.part("notice")).to_have_count(2)
    await phone.shoot(screenshot, "2-unread")
    await phone.type("搜标题和内容", "没有这个词")
    await expect(phone.text("没有找到“没有这个词”")).to_be_visible()
    await phone.shoot(screenshot, "3-nothing-found")
    stub.rows = stub.rows[:1]
    await phone.front.get_by_role("button", name="关闭").tap()
    await expect(phone.part("notice")).to_have_count(1)


async def test_pulling_a_list_brings_what_is_new(parent: Handset, stub: Stub) -> None:
    newer, stub.rows = stub.rows[0], stub.rows[1:4]
    await parent.open("pages/notices/index")
    await expect(parent.part("notice")).to_have_count(3)
    stub.rows.insert(0, newer)
    await parent.pull()
    await expect(parent.part("notice")).to_have_count(4)
    await expect(parent.part("notice").first).to_contain_text(newer["title"])


async def test_notice(phone: Handset, stub: Stub, screenshot: Screenshot) -> None:
    await phone.open("pages/notices/index")
    await phone.part("notice").nth(1).tap()
    await expect(phone.part("sign")).to_be_visible()
    await expect(phone.part("file")).to_have_count(1)
    await phone.shoot(screenshot, "1-to-sign")
    await phone.back()
    await phone.part("notice").nth(4).tap()
    await expect(phone.part("settled")).to_contain_text("已确认")
    await phone.shoot(screenshot, "2-confirmed")
    await phone.open("pages/notice/index?id=elsewhere")
    await expect(phone.text("这条通知看不到了")).to_be_visible()
    await phone.shoot(screenshot, "3-gone")


async def test_after_a_confirmation_the_next_one_is_offered(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    await phone.open("pages/notice/index?id=notice-0")
    await expect(phone.part("confirm")).to_be_visible()
    await phone.shoot(screenshot, "1-to-confirm")
    await phone.tap("confirm")
    await expect(phone.part("settled")).to_contain_text("已确认")
    await expect(phone.part("ask")).to_be_visible()
    await phone.shoot(screenshot, "2-the-next-one-too")
    # Whoever does not want it is left alone.
    await phone.tap("ask-no")
    await expect(phone.part("ask")).to_be_hidden()
    assert "subscriptions" not in stub.landed


async def test_signature_pad(phone: Handset, screenshot: Screenshot) -> None:
    await phone.open("pages/notice/index?id=notice-1")
    await phone.tap("sign")
    await phone.is_at("pages/sign/index")
    await phone.tap("send")
    await expect(phone.front.get_by_role("alert")).to_have_text("请把姓名写完整")
    await phone.write_name()
    await expect(phone.front.get_by_role("alert")).to_have_count(0)
    await phone.shoot(screenshot, "1-signed")
    await phone.tap("clear")
    await phone.tap("send")
    await expect(phone.front.get_by_role("alert")).to_be_visible()


async def test_binding(phone: Handset, screenshot: Screenshot) -> None:
    await phone.open("pages/bind/index?scene=abc")
    await expect(phone.text("您正在加入 青禾小学 三年级二班")).to_be_visible()
    await phone.tap("bind")
    await expect(phone.front.get_by_role("alert")).to_have_text("请填孩子的姓名")
    await phone.type("孩子姓名", "王小")
    await phone.type("手机尾号", "12")
    await phone.tap("bind")
    await expect(phone.front.get_by_role("alert")).to_have_text("请填四位数字")
    await phone.type("手机尾号", "34")
    await phone.tap("bind")
    await expect(phone.part("problem")).to_contain_text("没有找到对得上的孩子")
    await phone.shoot(screenshot, "1-unknown")


async def test_me(phone: Handset, screenshot: Screenshot) -> None:
    await phone.open("pages/me/index")
    await expect(phone.part("child")).to_have_count(2)
    await phone.shoot(screenshot, "1-me")


async def test_being_told(phone: Handset, stub: Stub, screenshot: Screenshot) -> None:
    await phone.open("pages/me/index")
    await phone.tap("subscriptions")
    await phone.is_at("pages/subscriptions/index")
    await expect(phone.part("title")).to_have_text("还能提醒 2 条")
    await phone.shoot(screenshot, "1-some-left")
    await phone.tap("more")
    await phone.answer("允许")
    await expect(phone.part("title")).to_have_text("还能提醒 3 条")
    (said,) = stub.landed["subscriptions"]["results"].values()
    assert said == "accept"
    # A no is a no: nothing is counted, and the button stays.
    await phone.tap("more")
    await phone.answer("取消")
    await expect(phone.part("more")).to_be_visible()


async def test_quiet_hours_of_ones_own(phone: Handset, stub: Stub, screenshot: Screenshot) -> None:
    await phone.open("pages/subscriptions/index")
    await phone.tap("quiet-on")
    await expect(phone.part("quiet-start")).to_contain_text("21:00")
    assert stub.landed["quiet"] == {"start": "21:00", "end": "07:00"}
    await phone.shoot(screenshot, "1-set")
    await phone.tap("quiet-off")
    await expect(phone.part("quiet-on")).to_be_visible()
    assert stub.landed["quiet"] == {"start": "", "end": ""}


async def test_being_told_where_there_is_nothing_to_be_told_by(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    stub.subscribable = False
    await phone.open("pages/subscriptions/index")
    await expect(phone.part("title")).to_have_text("学校还没有开通微信提醒")
    await expect(phone.part("more")).to_have_count(0)
    await phone.shoot(screenshot, "1-none")
    stub.failing = True
    await phone.page.evaluate("localStorage.clear(); localStorage['mini:consented'] = 'true'")
    await phone.open("pages/subscriptions/index")
    await expect(phone.text("没能打开")).to_be_visible()


async def test_switched_off_in_wechat_is_said_with_the_way_to_switch_it_on(
    phone: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    await phone.context.add_init_script("window.__mini.switchedOff = true")
    await phone.open("pages/subscriptions/index")
    await expect(phone.part("title")).to_have_text("微信里关掉了提醒")
    await phone.shoot(screenshot, "1-switched-off")
    await phone.tap("open-setting")
    await expect(phone.part("title")).to_have_text("还能提醒 2 条")


async def test_large_print_and_language_are_chosen_and_stay(parent: Handset) -> None:
    async def height() -> float:
        box = await parent.part("child").first.bounding_box()
        assert box is not None
        return box["height"]

    await parent.open("pages/me/index")
    before = await height()
    await parent.tap("large")
    assert await height() > before
    await parent.front.get_by_role("radio", name="English").tap()
    await expect(parent.page.locator(".mp-tab").first).to_have_text("Home")
    await parent.open()
    await expect(parent.text("Waiting for me")).to_be_visible()
    style = await parent.front.get_attribute("style")
    assert style is not None
    assert "--scale: 1.3" in style


async def test_signing_out_leaves_nothing_of_the_person_on_the_phone(parent: Handset) -> None:
    await parent.remember(
        drafts=[{"title": "家长会"}], works=[{"text": "写好了"}], text_size="large"
    )
    await parent.open("pages/me/index")
    await expect(parent.part("child")).to_have_count(2)
    await parent.page.evaluate("localStorage['wxfile://store_1'] = 'data:,'")
    await parent.tap("sign-out")
    await parent.answer("确定")
    await parent.is_at("pages/welcome/index")
    assert await parent.page.evaluate("Object.keys(localStorage)") == ["mini:text-size"]


async def test_nothing_is_fetched_from_elsewhere(parent: Handset) -> None:
    asked: list[str] = []
    parent.page.on("request", lambda request: asked.append(request.url))
    for path in ("pages/home/index", "pages/notice/index?id=notice-1", "pages/bind/index"):
        await parent.open(path)
        await expect(parent.part("skeleton")).to_have_count(0)
    assert asked
    local = (parent.server, "data:", "blob:", "about:")
    assert [url for url in asked if not url.startswith(local)] == []
