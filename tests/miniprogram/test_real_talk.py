"""Talk on the real server, two people on two screens at once: over the socket, and on a line that breaks."""

from __future__ import annotations

import base64
import re
from pathlib import Path

from playwright.async_api import expect

from domain.groups import GroupRules, Mode, class_group
from domain.roles import Role
from domain.safety import Outcome
from domain.threads import talk_id
from services.message_reviews import settle_message
from services.messages import page_of_thread, send_message
from tests.browser.phones import Screenshot
from tests.browser.samples import pdf_file
from tests.desk import appoint_at
from tests.miniprogram.campus import Campus
from tests.miniprogram.handset import Handset
from tests.recordings import mp3
from tests.safety import BAD
from tests.town import SCHOOL, school_class

GROUP_NAME = school_class(1).name


async def say(phone: Handset, text: str) -> None:
    """Type something and send it."""
    await phone.type("说点什么", text)
    await phone.tap("send")


async def last(phone: Handset, text: str) -> None:
    """Until this is the last that was said."""
    await expect(phone.part("message").last).to_contain_text(text)


async def enter(phone: Handset, title: str) -> None:
    """Open a conversation from the list."""
    await phone.tab("消息")
    await phone.part("thread").filter(has_text=title).first.tap()
    await phone.page.wait_for_function("document.body.dataset.page.startsWith('talk/thread')")


async def hold(phone: Handset, text: str, offer: str) -> None:
    """Press a message for long, and choose what is to be done with it."""
    await phone.part("message").filter(has_text=text).dispatch_event("longpress")
    await phone.tap(f"offer-{offer}")


async def talk_openly(campus: Campus) -> None:
    """From now on all of the class's group say something in it."""
    modes = ((class_group(school_class(1).id), Mode.OPEN),)
    rules = GroupRules(id=SCHOOL.id, modes=modes, version=1)
    assert await campus.town.ctx.stores.groups.change_rules(rules)


async def test_a_class_group_and_a_question(campus: Campus, screenshot: Screenshot) -> None:
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    await teacher.open()
    await mother.open()
    await enter(teacher, GROUP_NAME)
    await enter(mother, GROUP_NAME)
    await expect(mother.part("read-only")).to_be_visible()

    await say(teacher, "明天上午八点半在操场集合")
    await last(mother, "明天上午八点半在操场集合")
    await mother.part("message").last.dispatch_event("longpress")
    await mother.tap("offer-got")
    await expect(teacher.part("counts")).to_have_text("1 人收到")

    await mother.tap("ask-alone")
    await expect(mother.part("about")).to_have_text("别的家长看不到")
    await say(mother, "孩子脚扭了，可以在旁边看吗？")
    await expect(mother.part("pending")).to_have_count(0)
    await teacher.back()
    await enter(teacher, "的提问")
    await last(teacher, "孩子脚扭了")
    # Who reads what they said themselves is not named among those who have read it.
    await expect(mother.part("read-by")).to_have_text("看过了")
    await teacher.shoot(screenshot, "1-question")
    await say(teacher, "可以，我请体育老师照看他。")
    await last(mother, "我请体育老师照看他")
    await mother.shoot(screenshot, "2-answer")
    documents = await campus.village.documents("messages")
    assert sorted(one["seq"] for one in documents if one["thread_id"].startswith("question")) == [
        1,
        2,
    ]


async def test_the_office_says_that_it_is_urgent(campus: Campus, screenshot: Screenshot) -> None:
    phone = await appoint_at(campus.town, "office", SCHOOL, Role.OFFICE, name="李芳")
    office, teacher = await campus.colleague(phone), await campus.teacher()
    for one in (office, teacher):
        await one.open()
        await enter(one, "全体教师群")
    await teacher.tap("more")
    await expect(teacher.part("urge-tool")).to_have_count(0)
    await office.tap("more")
    await office.tap("urge-tool")
    await office.type("为什么紧急", "台风红色预警")
    await say(office, "明天停课，请通知各班。")
    await last(teacher, "明天停课")
    await expect(teacher.part("urgent")).to_have_text("紧急：台风红色预警")
    await expect(office.part("urge-no-more")).to_have_count(0)
    await teacher.shoot(screenshot, "1-urgent")


async def test_what_is_said_in_a_tunnel_arrives_once(
    campus_apart: Campus, screenshot: Screenshot
) -> None:
    campus = campus_apart
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    await mother.open()
    await mother.tab("消息")
    await mother.tap("write")
    await mother.part("teacher").first.tap()
    await say(mother, "第一句")
    await expect(mother.part("pending")).to_have_count(0)

    await campus.server.stop()
    await say(mother, "隧道里的第二句")
    await say(mother, "第三句")
    await expect(mother.part("pending")).to_have_count(2)
    await mother.shoot(screenshot, "1-tunnel")
    await campus.server.start()
    await expect(mother.part("pending")).to_have_count(0)
    await last(mother, "第三句")

    await teacher.open()
    await teacher.tab("消息")
    await teacher.part("thread").filter(has_text="妈妈").first.tap()
    await last(teacher, "第三句")
    await expect(teacher.part("message")).to_have_count(3)
    said = await campus.village.documents("messages")
    assert [one["text"] for one in sorted(said, key=lambda m: m["seq"])] == [
        "第一句",
        "隧道里的第二句",
        "第三句",
    ]


async def test_calling_answering_deleting_and_reporting(
    campus: Campus, screenshot: Screenshot
) -> None:
    await talk_openly(campus)
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    neighbour = await campus.parent("neighbour", 2)
    for phone in (teacher, mother, neighbour):
        await phone.open()
        await phone.tab("消息")
    for phone in (teacher, neighbour):
        await enter(phone, GROUP_NAME)

    await teacher.tap("more")
    await teacher.tap("call-tool")
    await teacher.part("somebody").filter(has_text="学生一").tap()
    await say(teacher, "请带上孩子的水杯")
    # Her list says so by itself, and no longer once she has read it.
    await expect(mother.part("called")).to_have_text("有人@你")
    await mother.shoot(screenshot, "0-list")
    await enter(mother, GROUP_NAME)
    await last(mother, "请带上孩子的水杯")
    await mother.back()
    await expect(mother.part("called")).to_have_count(0)
    await enter(mother, GROUP_NAME)
    await last(mother, "请带上孩子的水杯")
    await expect(mother.part("called")).to_have_text("提到您")
    await hold(mother, "水杯", "reply")
    await say(mother, "已经放进书包了")
    await last(teacher, "请带上孩子的水杯")
    await last(teacher, "已经放进书包了")
    await expect(neighbour.part("message")).to_have_count(2)
    await expect(neighbour.part("called")).to_have_count(0)

    await say(neighbour, "加我微信，八折买水壶")
    await last(mother, "八折买水壶")
    await mother.shoot(screenshot, "1-called")
    await hold(mother, "八折", "report")
    await mother.part("reason").filter(has_text="广告").tap()
    await mother.tap("send-report")
    await expect(mother.part("report")).to_be_hidden()
    await hold(mother, "八折", "hide")
    await expect(mother.part("message")).to_have_count(2)
    await mother.back()
    await enter(mother, GROUP_NAME)
    await expect(mother.part("message")).to_have_count(2)
    await expect(teacher.part("message")).to_have_count(3)
    (review,) = await campus.village.documents("reviews")
    assert [one["why"] for one in review["reports"]] == ["广告、推销"]


async def test_a_voice_a_file_and_a_card_arrive_and_open(
    campus: Campus, screenshot: Screenshot, tmp_path: Path
) -> None:
    notice = await campus.village.publish(title="春游带什么")
    recording = "data:audio/mpeg;base64," + base64.b64encode(mp3()).decode()
    teacher = await campus.teacher()
    mother = await campus.parent("mother", 1, recording=recording)
    await mother.open()
    await mother.tab("消息")
    await mother.tap("write")
    await mother.part("teacher").first.tap()
    await mother.tap("voice-tool")
    await mother.tap("send-voice")
    await expect(mother.part("voice")).to_have_count(1)
    await teacher.open()
    await enter(teacher, "妈妈")
    await expect(teacher.part("voice")).to_contain_text("录音")
    await teacher.tap("voice")
    await expect(teacher.part("voice")).to_have_class(re.compile("heard"))

    paper = tmp_path / "春游安排.pdf"
    paper.write_bytes(pdf_file())
    await teacher.tap("more")
    async with teacher.page.expect_file_chooser() as chooser:
        await teacher.tap("file-tool")
    await (await chooser.value).set_files([paper])
    await expect(mother.part("file")).to_contain_text("春游安排.pdf")
    await mother.tap("file")
    await expect(mother.page.get_by_text("已打开文件")).to_be_visible()

    await teacher.tap("more")
    await teacher.tap("share-tool")
    await teacher.part("share").filter(has_text="春游带什么").tap()
    await teacher.answer("发出去")
    await expect(mother.part("card")).to_contain_text("春游带什么")
    await mother.shoot(screenshot, "1-all")
    await mother.tap("card")
    await mother.is_at("pages/notice/index")
    await expect(mother.text("春游带什么")).to_be_visible()
    await teacher.tap("card")
    await teacher.is_at("pages/receipts/index")
    assert notice.id in {one.get("card_id") for one in await campus.village.documents("messages")}


async def test_a_teacher_lets_the_group_talk_and_hands_a_family_to_a_colleague(
    campus: Campus, screenshot: Screenshot
) -> None:
    class_id = school_class(1).id
    await appoint_at(
        campus.town, "colleague", SCHOOL, Role.SUBJECT_TEACHER, name="陈静", class_id=class_id, subject="maths"
    )  # fmt: skip
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    await campus.parent("neighbour", 2)
    await mother.open()
    await enter(mother, GROUP_NAME)
    await expect(mother.part("read-only")).to_be_visible()
    await teacher.open()
    await enter(teacher, GROUP_NAME)
    await teacher.tap("about")
    await expect(teacher.part("member").filter(has_text="学生一妈妈")).to_be_visible()
    await teacher.tap("mode-open")
    await expect(teacher.part("mode-open")).to_have_attribute("aria-checked", "true")
    await mother.back()
    await enter(mother, GROUP_NAME)
    await say(mother, "大家好")
    await teacher.back()
    await last(teacher, "大家好")

    await mother.tap("about")
    await expect(mother.part("unnamed")).to_have_text("还有 2 位家长")
    await mother.back()
    await mother.back()
    await mother.tap("write")
    await mother.part("teacher").filter(has_text="班主任").tap()
    await say(mother, "数学题看不懂")
    await expect(mother.part("pending")).to_have_count(0)
    await teacher.back()
    await enter(teacher, "学生一妈妈")
    await teacher.tap("about")
    await teacher.part("colleague").filter(has_text="陈静").tap()
    await teacher.answer("交给 TA")
    await teacher.is_at("pages/talk/index")
    await expect(mother.part("note")).to_have_text("由陈静老师接着处理")
    await mother.shoot(screenshot, "1-handed-over")


async def test_what_was_said_long_ago_is_found_in_its_place(
    campus: Campus, screenshot: Screenshot
) -> None:
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    person = await campus.village.teaching()
    talk = talk_id(class_group(school_class(1).id))
    for number in range(1, 121):
        words = "春游集合在东门" if number == 12 else f"第{number}件事"
        form = {"kind": "text", "text": words}
        await send_message(campus.town.ctx, person.person_id, talk, form, key=f"said-{number}")
    await mother.open()
    await enter(mother, GROUP_NAME)
    await last(mother, "第120件事")
    await mother.tap("find")
    await mother.type("找什么", "东门")
    await mother.tap("look")
    await mother.tap("hit")
    await expect(mother.part("message").filter(has_text="东门")).to_be_in_viewport()
    await expect(mother.part("message").filter(has_text="第120件事")).to_have_count(0)
    await mother.shoot(screenshot, "1-place")

    # Further down it goes on to the newest, and what comes then arrives by itself.
    await teacher.open()
    await enter(teacher, GROUP_NAME)
    for shown in (81, 120):
        await mother.tap("later")
        await expect(mother.part("message").filter(has_text=f"第{shown}件事")).to_be_visible()
    await expect(mother.part("later")).to_have_count(0)
    await say(teacher, "今天就到这里")
    await last(mother, "今天就到这里")


async def test_what_a_review_shows_late_is_led_to_however_far_up_it_stands(
    campus: Campus, screenshot: Screenshot
) -> None:
    """While the conversation is open, and when it is opened after that; the list counts it no more then."""
    await talk_openly(campus)
    mother = await campus.parent("mother", 1)
    ctx, talk = campus.town.ctx, talk_id(class_group(school_class(1).id))
    teacher = (await campus.village.teaching()).person_id
    await campus.parent("writer", 2)
    writer = await campus.village.person("writer")

    async def held(name: str, lines_after: int) -> str:
        form = {"kind": "text", "text": f"{BAD}，{name}"}
        sent = await send_message(ctx, writer, talk, form, key=f"held-{name}-1")
        assert sent.message is not None
        for number in range(lines_after):
            form = {"kind": "text", "text": f"{name}之后第{number}句"}
            await send_message(ctx, teacher, talk, form, key=f"{name}-after-{number}")
        return sent.message.id

    far, middle = await held("far", 40), await held("middle", 40)
    near = await held("near", 25)
    await mother.open()
    await enter(mother, GROUP_NAME)
    await last(mother, "near之后第24句")
    await expect(mother.part("shown-late")).to_have_count(0)
    await settle_message(ctx, near, Outcome.PASS)
    await expect(mother.part("shown-late")).to_have_text("上方有 1 条新显示的消息")
    await mother.shoot(screenshot, "1-line")
    await mother.tap("shown-late")
    await expect(mother.part("message").filter(has_text="，near")).to_be_in_viewport()
    await expect(mother.part("shown-late")).to_have_count(0)

    # Further up than what is on the page: the page comes to it, and goes on from there.
    await settle_message(ctx, middle, Outcome.PASS)
    await mother.tap("shown-late")
    await expect(mother.part("message").filter(has_text="，middle")).to_be_in_viewport()
    await expect(mother.part("message").filter(has_text="near之后第24句")).to_have_count(0)
    await mother.shoot(screenshot, "2-place")
    await expect(mother.part("later")).to_have_count(1)
    await mother.tap("newest")
    await last(mother, "near之后第24句")
    await expect(mother.part("message").last).to_be_in_viewport()

    await mother.back()
    await settle_message(ctx, far, Outcome.PASS)
    await expect(mother.part("thread").filter(has_text=GROUP_NAME)).to_contain_text("1")
    await enter(mother, GROUP_NAME)
    await mother.tap("shown-late")
    await expect(mother.part("message").filter(has_text="，far")).to_be_in_viewport()
    page = await page_of_thread(ctx, await campus.village.person("mother"), talk)
    assert page.late == ()
