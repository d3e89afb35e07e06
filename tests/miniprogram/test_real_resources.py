"""A teacher's resources on the real server: one is filed over a line that breaks off, reviewed, and found by others."""

from __future__ import annotations

import random

from playwright.async_api import FilePayload, expect

from domain.resources import Resource
from domain.roles import Role
from services.resource_reviews import allow_resource, return_resource
from tests.browser.phones import Screenshot
from tests.desk import appoint_at
from tests.handlers.conftest import PDF
from tests.miniprogram.campus import Campus
from tests.miniprogram.handset import Handset
from tests.resourcing import post_of
from tests.town import SCHOOL

CONTENT = PDF + random.Random(7).randbytes(600 * 1024)


async def choose(phone: Handset, content: bytes) -> None:
    """Take a document out of a chat."""
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("add-chat")
    file = FilePayload(name="分数练习.pdf", mimeType="application/pdf", buffer=content)
    await (await chooser.value).set_files([file])


async def fill(phone: Handset, title: str) -> None:
    """The rest of the form."""
    await phone.type("标题", title)
    await phone.tap("kind-exercise")
    await phone.tap("grade")
    await phone.answer("3 年级")
    await phone.tap("subject")
    await phone.answer("数学")
    await phone.type("章节", "第八单元 第 1 课")
    await phone.type("怎么用", "课上练十分钟。")
    await phone.tap("claim-own")


async def the_resource(campus: Campus) -> Resource:
    """What the server has: one."""
    (held,) = await campus.village.documents("resources")
    found: Resource | None = await campus.town.ctx.stores.resources.find(held["_id"])
    assert found is not None
    return found


async def test_it_is_filed_over_a_line_that_breaks_off_and_stands_in_the_library(
    campus: Campus, screenshot: Screenshot
) -> None:
    town = campus.town
    li = await appoint_at(town, "li", SCHOOL, Role.OFFICE, name="李芳")
    teacher = await campus.teacher()
    await teacher.open("links/resources/index")
    await expect(teacher.part("file")).to_be_visible()
    await expect(teacher.part("waiting")).to_have_count(0)
    await teacher.tap("file")
    await teacher.is_at("links/filing/index")
    await expect(teacher.part("send")).to_be_visible()
    await campus.server.stop()
    await choose(teacher, CONTENT)
    await expect(teacher.part("going")).to_contain_text("有网")
    await teacher.tap("kind-paper")
    await campus.server.start()
    # The phone is started anew: the file is still with it, and goes up.
    await teacher.page.wait_for_function("'mini:resource-draft' in localStorage")
    await teacher.open("links/filing/index")
    await expect(teacher.part("going")).to_have_text("600 KB")
    await fill(teacher, "分数练习")
    await teacher.tap("send")
    await teacher.is_at("links/filed/index")
    await expect(teacher.part("own")).to_contain_text("等学校评审")
    made = await the_resource(campus)
    (part,) = made.newest.content.parts
    stored = b"".join([piece async for piece in town.ctx.stores.files.read(part.file_id)])
    assert stored == CONTENT
    office = await campus.colleague(li)
    await office.open("links/resources/index")
    await expect(office.part("waiting")).to_contain_text("1")
    await office.tap("waiting")
    await office.tap("waits")
    await expect(office.part("review")).to_contain_text("本人原创")
    # The line breaks off under the tap; the next one counts, once.
    await campus.server.stop()
    await office.tap("allow")
    await office.answer("知道了")
    await campus.server.start()
    await office.tap("allow")
    await expect(office.part("review")).to_have_count(0)
    assert [s.did.value for s in (await the_resource(campus)).steps] == ["filed", "allowed"]
    await office.shoot(screenshot, "0-allowed")
    await teacher.open("links/filed/index")
    await expect(teacher.part("own")).to_contain_text("在学校资源库")
    await teacher.shoot(screenshot, "1-own")
    # The same file again is said to be there.
    await teacher.tap("file")
    await choose(teacher, CONTENT)
    await expect(teacher.part("file-problem")).to_contain_text("已有同样的资源《分数练习》")
    await teacher.shoot(screenshot, "2-twin")


async def test_what_the_school_sent_back_is_handed_in_again_and_in_the_end_withdrawn(
    campus: Campus, screenshot: Screenshot
) -> None:
    town = campus.town
    await appoint_at(town, "li", SCHOOL, Role.OFFICE, name="李芳")
    office = await post_of(town, "li")
    teacher = await campus.teacher()
    await teacher.open("links/filing/index")
    await choose(teacher, CONTENT)
    await expect(teacher.part("going")).to_have_text("600 KB")
    await fill(teacher, "分数练习")
    await teacher.tap("send")
    await teacher.is_at("links/filed/index")
    made = await the_resource(campus)
    await return_resource(town.ctx, office, made.id, seen=made.revision, reason="请附上答案")
    await teacher.open("links/filed/index")
    await teacher.tap("own")
    await expect(teacher.part("stand")).to_contain_text("请附上答案")
    await teacher.tap("rework")
    await expect(teacher.part("asked")).to_contain_text("请附上答案")
    # The answers go up over a line that breaks off, and on from there once the phone was started anew.
    await campus.server.stop()
    answers = CONTENT + b"answers"
    await choose(teacher, answers)
    await expect(teacher.part("going").last).to_contain_text("有网")
    await teacher.page.wait_for_function(f"'mini:resource-draft:{made.id}' in localStorage")
    await campus.server.start()
    await teacher.open(f"links/filing/index?id={made.id}")
    await expect(teacher.part("going").last).to_have_text("600 KB")
    await teacher.shoot(screenshot, "1-again")
    await teacher.tap("send")
    await teacher.is_at("links/filed/index")
    await expect(teacher.part("own")).to_contain_text("等学校评审")
    again = await the_resource(campus)
    assert len(again.versions) == 2
    first, second = again.newest.content.parts
    assert first == made.newest.content.parts[0]
    stored = b"".join([piece async for piece in town.ctx.stores.files.read(second.file_id)])
    assert stored == answers
    await allow_resource(town.ctx, office, again.id, seen=again.revision)
    await teacher.tap("own")
    await teacher.tap("withdraw")
    await teacher.answer("撤回")
    await expect(teacher.part("stand")).to_have_text("已撤回")
    assert (await the_resource(campus)).withdrawn_at is not None
    await teacher.open("links/resources/index")
    await expect(teacher.text("还没有这样的资源")).to_be_visible()
