"""A head teacher at a desk and a mother in WeChat's browser, two screens at once: written, read, torn away, resumed."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.async_api import FilePayload, Page, WebSocketRoute, expect

from domain.groups import GroupRules, Mode, class_group
from domain.messages import Via
from domain.safety import Outcome
from domain.threads import Thread, ThreadMark, mark_id, ref_in, talk_id
from handlers.base import SESSION_COOKIE
from services.files import Owner, store_upload
from services.message_reviews import settle_message
from services.messages import recall_message, send_message
from services.people import recognise
from services.threads import open_child_thread
from tests.browser.samples import pdf_file, picture_file
from tests.browser.test_console_office import WIDTHS, at_desk, nothing_runs_off
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.test_messages import a_guardian, person_of
from tests.office import SCHOOL, a_class, settle_staff
from tests.safety import BAD
from tests.talking import text
from tests.town import Town

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]
TALK = talk_id(class_group(a_class(1).id))
LONG = (
    "高妈妈您好，今天小远体育课上摔了一下，膝盖擦破一点皮，已经在医务室清洗过了，晚上洗澡时请避开。"
)


async def in_wechat(town: Town, new_page: NewPage, key: str, *, font: str = "2") -> Page:
    """Somebody's browser in WeChat, signed in."""
    page = await new_page(width=390, height=844)
    token, now = secrets.token_urlsafe(16), town.ctx.now()
    person = await recognise(town.ctx, town.phone(key).user.openid)
    await town.ctx.stores.sessions.add(
        token, person_id=person, csrf="of-the-phone", at=now, until=now + timedelta(hours=1)
    )
    await page.context.add_cookies(
        [
            {"name": SESSION_COOKIE, "value": token, "url": town.base},
            {"name": "yanshu_font", "value": font, "url": town.base},
        ]
    )
    return page


async def settle(town: Town) -> Thread:
    """A class that talks, and the thread of 王老师 and the mother of its first child."""
    await settle_staff(town)
    await town.ctx.stores.schools.save_school(SCHOOL)
    child = await a_guardian(town, "gao")
    wang = await recognise(town.ctx, town.phone("wang").user.openid)
    thread = await open_child_thread(town.ctx, wang, child)
    form = {"kind": "text", "text": "明天春游，请带水杯和帽子，七点四十在校门口集合。"}
    await send_message(town.ctx, wang, TALK, form, key="key-of-the-head-1")
    return thread


def address(town: Town, root: str, thread_id: str = "") -> str:
    return f"{town.base}{root}" + (f"/{quote(thread_id, safe='')}" if thread_id else "")


async def say(page: Page, words: str) -> None:
    await page.get_by_label("说点什么").fill(words)
    await page.get_by_role("button", name="发送").click()
    await expect(page.get_by_label("说点什么")).to_have_value("")


async def bubbles(page: Page) -> list[str]:
    return [text.strip() for text in await page.locator(".bubble").all_inner_texts()]


@WIDTHS
async def test_two_screens_at_once(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    thread = await settle(quiet_town)
    desk = await at_desk(quiet_town, new_page, "wang", width)
    await desk.get_by_role("link", name="消息", exact=True).first.click()
    await expect(desk.get_by_role("heading", name="消息")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "list")
    await desk.goto(address(quiet_town, "/console/messages", thread.id))
    phone = await in_wechat(quiet_town, new_page, "gao")
    lines: list[WebSocketRoute] = []

    def through(socket: WebSocketRoute) -> None:
        socket.connect_to_server()
        lines.append(socket)

    await phone.route_web_socket("**/ws", through)
    await phone.goto(address(quiet_town, "/h5/messages"))
    await expect(phone.locator(".talk-count").first).to_be_visible()
    zhou = await person_of(quiet_town, "zhou")
    called = [ref_in(TALK, await person_of(quiet_town, key)) for key in ("wang", "gao")]
    form = text("请看一下。", mentions=called)
    await send_message(quiet_town.ctx, zhou, TALK, form, key="call-of-zhou")
    for page, name in ((phone, "phone-list"), (desk, "called")):
        # By itself, with neither page loaded again.
        await expect(page.locator(".talk-called")).to_have_text("有人@你")
        await nothing_runs_off(page)
        await screenshot(page, name)
    await phone.goto(address(quiet_town, "/h5/messages", thread.id))
    await say(desk, LONG)
    await expect(phone.locator(".bubble").last).to_contain_text("膝盖擦破")
    await say(phone, "收到，谢谢王老师！\n他说不疼。")
    await expect(desk.locator(".bubble").last).to_contain_text("他说不疼")
    assert await bubbles(desk) == await bubbles(phone)

    # Torn away, and back: what was said meanwhile comes, in order, each once.
    await phone.context.set_offline(True)
    await lines.pop().close(code=1001)
    for words in ("明天体育课先休息", "作业也可以少写一点"):
        await say(desk, words)
    await phone.get_by_label("说点什么").fill("好的")
    await phone.get_by_role("button", name="发送").click()
    await expect(phone.locator("[data-problem]")).to_contain_text("网络不太好")
    await screenshot(phone, "phone-away")
    await phone.context.set_offline(False)
    await phone.get_by_role("button", name="发送").click()
    await expect(desk.locator(".bubble").last).to_contain_text("好的")
    await expect(phone.locator(".bubble").last).to_contain_text("好的")
    found = await bubbles(phone)
    assert found[2:] == ["明天体育课先休息", "作业也可以少写一点", "好的"]
    assert await bubbles(desk) == found
    await expect(phone.locator("[data-state]")).to_be_hidden()
    for page, name in ((desk, "thread"), (phone, "phone-thread")):
        await nothing_runs_off(page)
        await screenshot(page, name)
    await phone.get_by_role("button", name="撤回").last.click()
    await expect(desk.locator(".note-line").last).to_contain_text("撤回了一条消息")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_group_in_large_print_by_asking_again(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, scheme: str
) -> None:
    await settle(quiet_town)
    phone = await in_wechat(quiet_town, new_page, "gao", font="4")
    await phone.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await phone.clock.install()

    async def refuse(socket: WebSocketRoute) -> None:
        await socket.close()

    await phone.route_web_socket("**/ws", refuse)
    await phone.goto(address(quiet_town, "/h5/messages", TALK))
    await expect(phone.get_by_role("button", name="问老师")).to_be_visible()
    wang = await recognise(quiet_town.ctx, quiet_town.phone("wang").user.openid)
    form = {"kind": "text", "text": "集合改到七点半。"}
    await send_message(quiet_town.ctx, wang, TALK, form, key="key-of-the-head-2")
    await phone.clock.run_for(9000)
    await expect(phone.locator(".bubble").last).to_contain_text("七点半")
    await nothing_runs_off(phone)
    await screenshot(phone, "group")
    await phone.get_by_role("button", name="问老师").click()
    await expect(phone.get_by_role("heading", name="问三年级1班的老师")).to_be_visible()
    await nothing_runs_off(phone)
    await screenshot(phone, "question")


@WIDTHS
async def test_what_was_taken_back_is_read_for_a_reason(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    thread = await settle(quiet_town)
    wang = await recognise(quiet_town.ctx, quiet_town.phone("wang").user.openid)
    for thread_id, seq in ((TALK, 1), (thread.id, 1)):
        if thread_id == thread.id:
            owner = Owner(SCHOOL.id, wang)
            file = await store_upload(quiet_town.ctx, owner, "操场.jpg", picture_file())
            form = {"kind": "picture", "text": LONG, "file_ids": [file.id]}
            await send_message(quiet_town.ctx, wang, thread_id, form, key="key-of-the-head-2")
        await recall_message(quiet_town.ctx, wang, thread_id, seq)
    desk = await at_desk(quiet_town, new_page, "chen", width)
    await desk.goto(address(quiet_town, "/console/audit"))
    await desk.get_by_role("link", name="撤回的消息").click()
    await expect(desk.get_by_role("heading", name="撤回的消息")).to_be_visible()
    await nothing_runs_off(desk)
    await desk.get_by_text("查看原文").first.click()
    await desk.get_by_role("button", name="查看，并记进操作记录").click()
    await expect(desk.get_by_role("alert")).to_contain_text("请选一个原因")
    await screenshot(desk, "recalled-asked")
    await desk.get_by_label("为什么要看").first.select_option("complaint")
    await desk.get_by_role("button", name="查看，并记进操作记录").click()
    await expect(desk.locator(".opened")).to_contain_text("膝盖擦破")
    await nothing_runs_off(desk)
    await screenshot(desk, "recalled")
    async with desk.context.expect_page() as shown:
        await desk.get_by_role("button", name="打开，并记进操作记录").click()
    file_page = await shown.value
    await expect(file_page.locator("img")).to_be_visible()
    await file_page.close()


@pytest.mark.parametrize("width", [1280, 375])
async def test_what_came_from_the_account_is_marked_and_says_how_far_its_answer_got(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    ctx, thread = quiet_town.ctx, await settle(quiet_town)
    gao, at = await person_of(quiet_town, "gao"), quiet_town.ctx.now()
    asked = text("老师，小远明天早上要去复查，第一节课可能赶不上，要补请假条吗？")
    await send_message(ctx, gao, thread.id, asked, key="account-key-1", via=Via.ACCOUNT)
    await ctx.stores.threads.mark_account(
        ThreadMark(
            id=mark_id(thread.id, gao),
            school_id=SCHOOL.id,
            thread_id=thread.id,
            person_id=gao,
            account_at=at,
        )
    )
    desk = await at_desk(quiet_town, new_page, "wang", width)
    await desk.goto(address(quiet_town, "/console/messages", thread.id))
    await expect(desk.get_by_text("来自公众号")).to_be_visible()
    await say(desk, "不用补，到校以后跟我说一声就行。")
    await expect(desk.locator(".said-state.fine").last).to_have_text("稍后送到公众号")
    await nothing_runs_off(desk)
    await screenshot(desk, "thread", full_page=True)
    office = await at_desk(quiet_town, new_page, "chen", width)
    await office.goto(address(quiet_town, "/console/settings"))
    await expect(office.get_by_label("家长写给公众号的话")).to_be_visible()
    await nothing_runs_off(office)
    await screenshot(office, "settings", full_page=True)


@WIDTHS
async def test_a_teacher_begins_a_thread_from_the_class_list_and_sends_a_picture(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, width: int
) -> None:
    await settle(quiet_town)
    desk = await at_desk(quiet_town, new_page, "wang", width)
    await desk.goto(address(quiet_town, "/console/messages"))
    await desk.get_by_role("link", name="写给家长").click()
    await expect(desk.get_by_role("heading", name="写给家长")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "class-list")
    await desk.get_by_role("button", name="写给家长").first.click()
    await desk.get_by_text("发图片或文件").click()
    picture: FilePayload = {
        "name": "膝盖.jpg",
        "mimeType": "image/jpeg",
        "buffer": picture_file(2400, 1600),
    }
    chosen = desk.locator("input[type=file]")
    await chosen.set_input_files([picture])
    send = desk.get_by_role("button", name="发出去")
    await expect(send).to_be_enabled()
    lighter = "async (one) => (await createImageBitmap(one.files[0])).width"
    assert await chosen.evaluate(lighter) == 1600
    await nothing_runs_off(desk)
    await screenshot(desk, "choosing")
    await send.click()
    await expect(desk.locator(".bubble img")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "sent")


async def test_a_mother_writes_to_a_teacher_and_to_the_school_which_answers(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    await settle(quiet_town)
    phone = await in_wechat(quiet_town, new_page, "gao")
    await phone.goto(address(quiet_town, "/h5/messages"))
    await phone.get_by_role("link", name="写给老师或学校").click()
    await nothing_runs_off(phone)
    await screenshot(phone, "whom")
    await phone.get_by_role("button", name="王老师").click()
    file: FilePayload = {
        "name": "病历.pdf",
        "mimeType": "application/pdf",
        "buffer": b"%PDF-1.4\n%%EOF\n",
    }
    await phone.get_by_text("发图片或文件").click()
    await phone.locator("input[type=file]").set_input_files([file])
    await phone.get_by_role("button", name="发出去").click()
    await expect(phone.locator(".bubble a[download]")).to_contain_text("病历")
    await phone.goto(address(quiet_town, "/h5/messages/new"))
    await phone.get_by_role("button", name="交给学校").click()
    await expect(phone.get_by_role("alert").first).to_be_visible()
    await screenshot(phone, "feedback-refused")
    await phone.get_by_label("标题").fill("校门口的路灯坏了")
    await phone.get_by_label("想说的").fill("晚上接孩子看不清路，麻烦修一下。")
    await phone.get_by_role("button", name="交给学校").click()
    await expect(phone.locator(".talk-facts")).to_contain_text("意见反馈 1 号 · 待答复")
    await nothing_runs_off(phone)
    await screenshot(phone, "feedback")

    desk = await at_desk(quiet_town, new_page, "li", 1280)
    await desk.goto(address(quiet_town, "/console/messages"))
    await desk.get_by_role("link", name="校门口的路灯坏了").click()
    await desk.get_by_role("button", name="标为已答复").click()
    await expect(desk.locator(".talk-facts")).to_contain_text("已答复")
    await expect(desk.locator(".note-line").last).to_contain_text("标为已答复")
    await desk.get_by_text("转给同事").click()
    await nothing_runs_off(desk)
    await screenshot(desk, "feedback-desk")
    await desk.get_by_label("转给谁").select_option(label="周敏老师")
    await desk.get_by_role("button", name="确定转交").click()
    await expect(phone.locator(".note-line").last).to_contain_text("转给了")


@pytest.mark.parametrize("font", ["2", "4"])
async def test_a_line_leads_to_what_is_shown_late_and_stands_further_up(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, font: str
) -> None:
    """On a page that is open, by itself, and on one that is opened after it; further up than the page goes, too."""
    await settle(quiet_town)
    ctx = quiet_town.ctx
    group = class_group(a_class(1).id)
    rules = GroupRules(id=SCHOOL.id, modes=((group, Mode.OPEN),), version=1)
    assert await ctx.stores.groups.change_rules(rules)
    wang, gao = await person_of(quiet_town, "wang"), await person_of(quiet_town, "gao")

    async def held(name: str, lines_after: int) -> str:
        """Something that waits for a review, and what was said after it; how its message is called."""
        sent = await send_message(ctx, gao, TALK, text(f"{BAD}，{name}"), key=f"held-{name}-1")
        assert sent.message is not None
        for n in range(lines_after):
            await send_message(ctx, wang, TALK, text(f"{name}之后第{n}句"), key=f"{name}-after-{n}")
        return sent.message.id

    far = await held("far", 70)
    near = await held("near", 25)
    page = await in_wechat(quiet_town, new_page, "zhou", font=font)
    await page.goto(address(quiet_town, "/h5/messages", TALK))
    await expect(page.locator(".bubble").last).to_contain_text("near之后第24句")
    line = page.locator("[data-late]")
    await expect(line).to_be_hidden()
    await settle_message(ctx, near, Outcome.PASS)
    await expect(line).to_have_text("上方有 1 条新显示的消息")
    await expect(line).to_be_in_viewport()
    await nothing_runs_off(page)
    await screenshot(page, f"1-line-{font}")
    await line.get_by_role("link").click()
    await expect(page.locator(".bubble").filter(has_text="，near")).to_be_in_viewport()
    await expect(line).to_be_hidden()
    await screenshot(page, f"2-near-{font}")

    await page.goto(address(quiet_town, "/h5/messages"))
    await settle_message(ctx, far, Outcome.PASS)
    await page.goto(address(quiet_town, "/h5/messages", TALK))
    await expect(page.locator(".bubble").last).to_be_in_viewport()
    await line.get_by_role("link").click()
    await expect(page.locator(".bubble").filter(has_text="，far")).to_be_in_viewport()
    await expect(page.get_by_role("link", name="回到最新的消息")).to_be_attached()
    # It is known of now.
    await page.goto(address(quiet_town, "/h5/messages", TALK))
    await expect(page.locator(".bubble").last).to_be_in_viewport()
    await expect(line).to_be_hidden()


@pytest.mark.parametrize("font", ["2", "4"])
async def test_the_field_for_files_looks_like_the_house(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, font: str
) -> None:
    """No words of the browser's own while nothing is chosen; what was chosen stands there."""
    await settle(quiet_town)
    page = await in_wechat(quiet_town, new_page, "wang", font=font)
    await page.set_viewport_size({"width": 375, "height": 812})
    await page.goto(address(quiet_town, "/h5/messages", TALK))
    await page.get_by_text("发图片或文件").click()
    field = page.get_by_label("最多 9 张图片，或一个文件")
    await expect(page.get_by_text("＋ 选图片或文件")).to_be_visible()
    assert (await field.bounding_box() or {"width": 99})["width"] <= 1
    await nothing_runs_off(page)
    await screenshot(page, f"1-empty-{font}")
    async with page.expect_file_chooser() as chooser:
        await page.get_by_text("＋ 选图片或文件").click()
    file = FilePayload(name="春游须知.pdf", mimeType="application/pdf", buffer=pdf_file())
    await (await chooser.value).set_files([file])
    assert (await field.bounding_box() or {"width": 0})["width"] > 100
    await nothing_runs_off(page)
    await screenshot(page, f"2-chosen-{font}")
    await page.get_by_role("button", name="发出去").click()
    await expect(page.get_by_role("link", name="春游须知.pdf")).to_be_visible()
