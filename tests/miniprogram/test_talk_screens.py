"""The screens of conversations over a server that answers at will: loading, failing, empty, full; every look."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import NOW, SPOKEN, phone_over
from tests.miniprogram.talk_stub import GROUP, TalkStub

LIST, THREAD, WRITE = "pages/talk/index", f"talk/thread/index?id={GROUP}", "talk/write/index"
SHARE, ABOUT = f"talk/share/index?id={GROUP}", "talk/about/index?id="
SEARCH = "talk/search/index"


@pytest.fixture
async def stub() -> AsyncIterator[TalkStub]:
    """Conversations at will, held to the API's declarations."""
    stub = TalkStub()
    yield stub
    assert stub.drift == []


async def test_the_list(phone: Handset, stub: TalkStub, screenshot: Screenshot) -> None:
    await phone.open()
    stub.slow = asyncio.Event()
    await phone.tab("消息")
    await expect(phone.part("skeleton")).to_be_visible()
    await phone.shoot(screenshot, "1-skeleton")
    stub.slow.set()
    await expect(phone.part("thread")).to_have_count(5)
    await expect(phone.part("thread").first).to_contain_text("三年级2班 班级群")
    await expect(phone.part("unread")).to_have_text(["3", "99+"])
    await expect(phone.part("called")).to_have_text(["有人@你"])
    await phone.shoot(screenshot, "2-list")


async def test_a_list_that_cannot_be_loaded_or_is_empty(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    stub.failing = True
    await phone.open(LIST)
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "1-failed")
    stub.failing, stub.empty = False, True
    await phone.tap("state-act")
    await expect(phone.text("还没有消息")).to_be_visible()
    await phone.shoot(screenshot, "2-none")


async def test_a_group_with_all_that_a_message_can_be(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    await phone.open(THREAD)
    await expect(phone.part("message")).to_have_count(7)
    await expect(phone.part("note")).to_have_text(["赵安妈妈撤回了一条", "由陈老师接着处理"])
    await expect(phone.part("counts").first).to_contain_text("31 人收到")
    await expect(phone.part("state")).to_have_text("正在检查，别人还看不到")
    await expect(phone.part("message").nth(2)).to_contain_text("赵安妈妈：@李小明妈妈 你们带伞吗？")
    await expect(phone.part("called")).to_have_text("提到您")
    await expect(phone.part("voice")).to_have_text("录音 8 秒")
    await expect(phone.part("file")).to_contain_text("88 KB")
    await phone.shoot(screenshot, "1-talk")


async def test_what_can_be_done_with_a_message(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    await phone.open(THREAD)
    await phone.part("message").first.dispatch_event("longpress")
    await expect(phone.part("offers")).to_contain_text("举报")
    await phone.shoot(screenshot, "1-offers")
    await phone.tap("offer-report")
    await phone.part("reason").filter(has_text="广告").tap()
    await phone.type("想多说一句可以写这里", "让加微信")
    await phone.shoot(screenshot, "2-report")
    await phone.tap("send-report")
    await expect(phone.page.get_by_text("交上去了，会有人看")).to_be_visible()
    await expect(phone.part("report")).to_be_hidden()


async def test_calling_somebody_by_name(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    stub.leads = True
    await phone.open(THREAD)
    await phone.tap("more")
    await phone.tap("call-tool")
    await expect(phone.part("somebody")).to_have_count(15)
    await phone.shoot(screenshot, "1-people")
    await phone.type("找名字", "古丽")
    await expect(phone.part("somebody")).to_have_count(3)
    await phone.part("somebody").first.tap()
    await expect(phone.part("people")).to_be_hidden()
    await phone.part("message").first.dispatch_event("longpress")
    await phone.tap("offer-reply")
    await phone.shoot(screenshot, "2-written")


async def test_saying_that_it_is_urgent(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    await phone.open(THREAD)
    await phone.tap("more")
    await expect(phone.part("tiles")).to_be_visible()
    await expect(phone.part("urge-tool")).to_have_count(0)
    stub.office = True
    await phone.open(THREAD)
    await phone.tap("more")
    await phone.shoot(screenshot, "1-tools")
    await phone.tap("urge-tool")
    await phone.type("为什么紧急", "急")
    await phone.type("说点什么", "明天停课，请不要到校。")
    await phone.tap("send")
    await expect(phone.page.get_by_text("至少 4 个字")).to_be_visible()
    assert stub.sent == []
    await phone.type("为什么紧急", "，台风红色预警")
    await phone.shoot(screenshot, "2-why")
    # Without a network nothing of it is lost, and it lands once.
    stub.failing = True
    await phone.tap("send")
    await phone.answer("知道了")
    await expect(phone.front.locator("input.why, .why input").first).to_have_value(
        "急，台风红色预警"
    )
    stub.failing = False
    await phone.tap("send")
    await expect(phone.part("urge-no-more")).to_have_count(0)
    await expect(phone.part("message").last).to_contain_text("明天停课")
    (said,) = stub.sent
    assert said["urgent_reason"] == "急，台风红色预警"
    await phone.shoot(screenshot, "3-said")


async def test_a_double_tap_on_what_sends_opens_nothing(phone: Handset, stub: TalkStub) -> None:
    sent_at = datetime.now(UTC)
    await phone.open(THREAD)
    await phone.page.clock.set_fixed_time(sent_at)
    await phone.type("说点什么", "好的")
    await phone.tap("send")
    await phone.tap("more")
    await expect(phone.part("more")).to_have_attribute("aria-expanded", "false")
    # A moment later one tap opens them: had the other one counted, too, this one would close them.
    await phone.page.clock.set_fixed_time(sent_at + timedelta(seconds=1))
    await phone.tap("more")
    await expect(phone.part("tiles")).to_be_visible()
    assert [one["text"] for one in stub.sent] == ["好的"]


async def test_in_the_evening_it_says_when_they_are_told(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    stub.arrives_at = (NOW + timedelta(days=1)).replace(hour=23, minute=0).isoformat()
    await phone.open(THREAD)
    await expect(phone.part("rests")).to_contain_text("07:00提醒对方")
    await phone.shoot(screenshot, "1-rests")
    await phone.tap("mute")
    await expect(phone.part("mute")).to_have_text("恢复提醒")
    assert stub.landed["muted"] == {"muted": True}
    until = (NOW + timedelta(days=1)).isoformat()
    stub.duty = {"name": "李芳老师", "now": True, "starts_at": until, "ends_at": until}
    await phone.open(THREAD)
    await expect(phone.part("rests")).to_contain_text("李芳老师正在值班，到")
    stub.duty["now"] = False
    await phone.open(THREAD)
    await expect(phone.part("rests")).to_contain_text("起有人值班答复")


async def test_a_group_where_teachers_speak_and_one_where_nobody_has(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    stub.read_only = True
    await phone.open(THREAD)
    await expect(phone.part("read-only")).to_contain_text("这里由老师发言")
    await expect(phone.part("about")).to_have_text("老师说，家长悄悄问")
    await expect(phone.part("ask-alone")).to_have_text("在群里悄悄问老师")
    await phone.shoot(screenshot, "1-read-only")
    stub.read_only, stub.nobody = False, True
    await phone.open(THREAD)
    await expect(phone.text("还没有人说话")).to_be_visible()
    await phone.shoot(screenshot, "2-nobody")


async def test_a_conversation_that_is_not_there(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    stub.failing = True
    await phone.open(THREAD)
    await expect(phone.text("没能打开")).to_be_visible()
    await phone.shoot(screenshot, "1-failed")


async def test_whom_to_write_to(phone: Handset, stub: TalkStub, screenshot: Screenshot) -> None:
    await phone.open(WRITE)
    await expect(phone.part("teacher")).to_have_count(6)
    await expect(phone.part("ask")).to_contain_text("别的家长看不到")
    await phone.shoot(screenshot, "1-write")


async def test_voices_and_files_are_heard_and_opened_when_they_are_tapped(
    parent: Handset, stub: TalkStub
) -> None:
    await parent.open(THREAD)
    await parent.tap("voice")
    await expect(parent.part("voice")).to_have_class(re.compile("heard"))
    assert await parent.page.evaluate("window.__mini.played")
    await parent.tap("voice")
    await expect(parent.part("voice")).not_to_have_class(re.compile("heard"))
    await parent.tap("file")
    await expect(parent.page.get_by_text("已打开文件")).to_be_visible()
    assert await parent.page.evaluate("window.__mini.opened.fileType") == "pdf"
    stub.failing = True
    await parent.open(THREAD)
    await parent.tap("file")
    await expect(parent.page.get_by_text("附件没能打开，请再试一次")).to_be_visible()


@pytest.mark.parametrize("text_size", ["normal", "large"])
async def test_saying_something_aloud_and_handing_a_file_on(
    new_handset: NewHandset,
    stub: TalkStub,
    screenshot: Screenshot,
    text_size: str,
    tmp_path: Path,
) -> None:
    phone = await phone_over(new_handset, stub, recording=SPOKEN, text_size=text_size)
    await phone.open(THREAD)
    await phone.tap("voice-tool")
    await expect(phone.part("speaking")).to_contain_text("在听")
    await phone.shoot(screenshot, "1-speaking")
    await phone.tap("drop-voice")
    await expect(phone.part("speaking")).to_have_count(0)
    await phone.tap("voice-tool")
    await phone.tap("send-voice")
    await expect(phone.part("voice")).to_have_count(2)

    paper = tmp_path / "春游通知.docx"
    paper.write_bytes(b"PK" + bytes(400))
    await phone.tap("more")
    await phone.shoot(screenshot, "2-more")
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("file-tool")
    await (await chooser.value).set_files([paper])
    await expect(phone.part("file")).to_have_count(2)
    await expect(phone.part("tiles")).to_have_count(0)
    assert [one["kind"] for one in stub.sent] == ["voice", "file"]


async def test_without_a_microphone_nothing_hangs(parent: Handset, stub: TalkStub) -> None:
    await parent.open(THREAD)
    await parent.tap("voice-tool")
    await expect(parent.page.get_by_text("没有听到声音，请允许使用麦克风")).to_be_visible()
    await expect(parent.part("speaking")).to_have_count(0)


async def test_what_a_family_hands_on(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    await phone.open(THREAD)
    await phone.tap("more")
    await phone.tap("share-tool")
    await phone.is_at("talk/share/index")
    await expect(phone.part("share").first).to_contain_text("关于秋季运动会的通知")
    await phone.shoot(screenshot, "1-notices")
    await phone.tap("kind-link")
    await expect(phone.part("share")).to_have_count(2)
    await phone.shoot(screenshot, "2-links")
    await phone.part("share").filter(has_text="学校图书馆").tap()
    await phone.answer("发出去")
    await phone.is_at("talk/thread/index")
    await expect(phone.part("card")).to_contain_text("学校图书馆")
    await phone.tap("card")
    await expect(phone.page.get_by_text("网址已复制")).to_be_visible()
    assert await phone.page.evaluate("window.__mini.clipboard") == "https://school.example.cn/l/l1"

    await phone.tap("more")
    await phone.tap("share-tool")
    await phone.part("share").first.tap()
    await phone.answer("发出去")
    await expect(phone.part("card")).to_have_count(2)
    await phone.shoot(screenshot, "3-cards")
    await phone.part("card").last.tap()
    await phone.is_at("pages/notice/index")
    assert [one["kind"] for one in stub.sent] == ["link", "card"]


async def test_what_a_teacher_hands_on(
    phone: Handset, stub: TalkStub, screenshot: Screenshot
) -> None:
    stub.leads = True
    await phone.open(SHARE)
    await expect(phone.part("share")).to_have_count(4)
    await phone.tap("kind-homework")
    await expect(phone.part("share")).to_have_count(2)
    await phone.shoot(screenshot, "1-homework")
    await phone.tap("kind-link")
    await phone.type("也可以贴一个链接", "http://example.edu.cn")
    await phone.tap("send-link")
    await expect(phone.page.get_by_text("链接要以 https:// 开头")).to_be_visible()
    assert stub.sent == []
    stub.empty = True
    await phone.tap("kind-notice")
    await expect(phone.text("还没有可以发的")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.empty, stub.failing = False, True
    await phone.open(SHARE.replace(GROUP, "talk:other"))
    await expect(phone.text("没能打开")).to_be_visible()
