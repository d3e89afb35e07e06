"""The screens about a conversation: who is in it, how it talks, where it stands; and looking for what was said."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.handset import Handset
from tests.miniprogram.talk_stub import GROUP, TalkStub
from tests.miniprogram.test_talk_screens import ABOUT, LIST, SEARCH, THREAD
from tests.miniprogram.test_talk_screens import stub as stub


async def test_about_a_group(phone: Handset, stub: TalkStub, screenshot: Screenshot) -> None:
    await phone.open(THREAD)
    await phone.tap("about")
    await phone.is_at("talk/about/index")
    await expect(phone.part("member")).to_have_text([re.compile(n) for n in ("王", "陈", "林")])
    await expect(phone.part("unnamed")).to_have_text("还有 12 位家长")
    await expect(phone.part("mode")).to_contain_text("别的家长看不到")
    await phone.shoot(screenshot, "1-family")
    stub.leads = True
    await phone.open(ABOUT + GROUP)
    await expect(phone.part("member")).to_have_count(15)
    await phone.tap("mode-open")
    await expect(phone.part("mode-open")).to_have_attribute("aria-checked", "true")
    assert stub.mode == "open"
    await phone.shoot(screenshot, "2-leading")


async def test_about_feedback_and_handing_it_over(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    stub.late = True
    await phone.open(THREAD.replace(GROUP, "feedback:s:h"))
    await expect(phone.part("about")).to_contain_text("该在")
    await phone.tap("about")
    await expect(phone.part("stands")).to_have_text("12 号 · 学校会答复")
    await expect(phone.part("colleague")).to_have_count(0)
    await phone.shoot(screenshot, "1-late")
    stub.leads, stub.late = True, False
    await phone.open(ABOUT + "feedback:s:h")
    await expect(phone.part("due")).to_contain_text("前答复")
    await phone.tap("state-answered")
    await expect(phone.part("stands")).to_have_text("12 号 · 已答复")
    await expect(phone.part("due")).to_have_count(0)
    await phone.shoot(screenshot, "2-office")
    await phone.part("colleague").first.tap()
    await phone.answer("交给 TA")
    await phone.is_at("pages/talk/index")
    assert (stub.state, stub.handed) == ("answered", "c0")


async def test_about_a_conversation_that_is_not_there(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    stub.failing = True
    await phone.open(ABOUT + GROUP)
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "1-failed")


async def test_looking_for_what_was_said(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    await phone.open(LIST)
    await phone.tap("find")
    await phone.is_at(SEARCH)
    await phone.type("找什么", "天气")
    await phone.tap("look")
    await expect(phone.part("hit")).to_have_count(1)
    await expect(phone.part("hit")).to_contain_text("三年级2班 班级群 · 王")
    await phone.shoot(screenshot, "1-all")
    await phone.tap("hit")
    await phone.is_at("talk/thread/index")
    await expect(phone.part("message").filter(has_text="天气预报")).to_have_class(
        re.compile("found")
    )
    await phone.tap("find")
    await phone.type("找什么", "孩子")
    await phone.tap("look")
    await expect(phone.part("go-on")).to_have_text("近处没有，再往前找")
    await phone.shoot(screenshot, "2-nothing-near")
    await phone.tap("go-on")
    await expect(phone.part("hit")).to_have_count(1)
    await expect(phone.part("over")).to_be_visible()
    stub.failing = True
    await phone.tap("look")
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "3-failed")


async def test_nothing_was_said_of_it(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    await phone.open(SEARCH)
    await phone.shoot(screenshot, "1-before")
    await phone.type("找什么", "火星")
    await phone.tap("look")
    await expect(phone.text("没有找到")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
