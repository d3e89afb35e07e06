"""Local resources on a teacher's phone over a server that answers at will: the list, one of them, every look."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import FilePayload, expect

from tests.browser.phones import Screenshot
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.resource_stub import BOOKS, RETURNED, REVIEW, ResourcesStub, standing
from tests.miniprogram.stub import phone_over
from tests.resourcing import a_document


@pytest.fixture
async def stub() -> AsyncIterator[ResourcesStub]:
    """A teacher's answers at will, held to the API's declarations."""
    stub = ResourcesStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def phone(
    new_handset: NewHandset, stub: ResourcesStub, request: pytest.FixtureRequest
) -> Handset:
    """A teacher's phone with writing of either size."""
    return await phone_over(new_handset, stub, text_size=request.param)


async def test_found_opened_and_rated(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    await phone.open("links/shelf/index?teaching=1")
    await expect(phone.part("resources")).to_be_visible()
    stub.slow = asyncio.Event()
    await phone.tap("resources")
    await phone.is_at("links/resources/index")
    await expect(phone.part("skeleton")).to_be_visible()
    stub.slow.set()
    await expect(phone.part("resource")).to_have_count(3)
    await expect(phone.part("resource").first).to_contain_text("4.5 分 · 12 人用过")
    await expect(phone.part("resource").nth(1)).to_contain_text("2 人用过")
    await expect(phone.part("resource").last).to_contain_text("还没有老师用过")
    await phone.shoot(screenshot, "1-list")
    await phone.part("resource").first.tap()
    await phone.is_at("links/resource/index")
    await expect(phone.text("打开过文件，就可以评分")).to_be_visible()
    await expect(phone.part("star")).to_have_count(0)
    await phone.shoot(screenshot, "2-one")
    await phone.part("file").first.tap()
    await expect(phone.part("star")).to_have_count(5)
    await phone.part("star").nth(4).tap()
    await expect(phone.part("star").nth(4)).to_have_attribute("aria-checked", "true")
    assert stub.stars == 5
    await phone.shoot(screenshot, "3-rated")


async def test_a_library_that_cannot_be_loaded_or_is_empty(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    stub.failing = True
    await phone.open("links/resources/index")
    await expect(phone.text("没能打开")).to_be_visible()
    stub.failing, stub.empty = False, True
    await phone.tap("state-act")
    await expect(phone.text("还没有这样的资源")).to_be_visible()
    await phone.shoot(screenshot, "1-none")
    stub.gone = True
    await phone.open("links/resource/index?id=r9")
    await expect(phone.text("您看不到校本资源")).to_be_visible()


async def test_the_search_finds_it_and_leads_to_its_page(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    await phone.open("links/search/index?class=class-2")
    await phone.type("找资源", "分数")
    await phone.tap("look")
    await expect(phone.part("hit")).to_contain_text("校本资源 · 数学 · 第八单元 第 1 课")
    await phone.shoot(screenshot, "1-found")
    await phone.tap("hit")
    await phone.is_at("links/resource/index")
    await expect(phone.text("分数的初步认识")).to_be_visible()


async def choose(phone: Handset, tool: str, name: str, content: bytes) -> None:
    """Take a file from where the tool looks for one."""
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap(tool)
    file = FilePayload(name=name, mimeType="application/octet-stream", buffer=content)
    await (await chooser.value).set_files([file])


async def pick(phone: Handset, name: str, label: str) -> None:
    """Turn WeChat's wheel to this line."""
    await phone.tap(name)
    await phone.answer(label)


async def test_a_resource_is_filed(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    stub.slow = asyncio.Event()
    await phone.open("links/filing/index")
    await expect(phone.part("skeleton")).to_be_visible()
    stub.slow.set()
    await expect(phone.part("send")).to_be_visible()
    await phone.shoot(screenshot, "1-empty")
    await phone.tap("send")
    await expect(phone.part("back")).to_be_visible()
    await expect(phone.part("file-problem")).to_have_text("请至少加一个文件")
    await phone.shoot(screenshot, "2-missing")
    # A chat hands on a photograph of an iPhone as it is; the album gives a picture that can be read.
    await choose(phone, "add-chat", "板书.HEIC", b"never sent")
    await expect(phone.part("file-problem")).to_contain_text("请从手机相册里选")
    await expect(phone.part("attached")).to_have_count(0)
    # What is there already is said, and is not in the form.
    stub.twin = True
    await choose(phone, "add-chat", "教案.docx", a_document())
    await expect(phone.part("file-problem")).to_contain_text("已有同样的资源《分数的初步认识》")
    await expect(phone.part("attached")).to_have_count(0)
    await phone.shoot(screenshot, "3-twin")
    # A line that breaks off says how far it came, and goes on from there.
    stub.twin, stub.stuck = False, True
    await choose(phone, "add-chat", "教案.docx", a_document())
    await expect(phone.part("going")).to_have_text("有网再传")
    await phone.shoot(screenshot, "4-waits")
    stub.stuck = False
    await phone.type("标题", "分数的初步认识")
    await phone.tap("kind-plan")
    await pick(phone, "grade", "3 年级")
    await pick(phone, "subject", "数学")
    await pick(phone, "book", str(BOOKS[0]["title"]))
    await phone.type("章节", "第八单元 第 1 课")
    await phone.type("怎么用", "用折纸引入，二十分钟。")
    await phone.tap("claim-licensed")
    await phone.tap("send")
    await expect(phone.text("请写明谁授权的，或者用的是哪种许可、原作者是谁")).to_be_visible()
    await phone.type("谁授权的，或者用的是哪种许可", "市教研室，2026 年 9 月书面同意")
    await phone.part("claim-licensed").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "5-filled")
    await phone.tap("send")
    await phone.is_at("links/filed/index")
    (sent,) = [
        json.loads(one["given"])
        for one in stub.landed.values()
        if one["path"] == "/teaching/own-resources"
    ]
    assert (sent["file_ids"], sent["kind"], sent["grade"]) == (["f9"], "plan", 3)
    assert (sent["book_id"], sent["whence"]) == ("b1", "市教研室，2026 年 9 月书面同意")
    # Nothing of it is left to be filed again.
    await phone.open("links/filing/index")
    await expect(phone.part("attached")).to_have_count(0)


async def test_what_is_written_is_there_after_the_app_was_killed(
    phone: Handset, stub: ResourcesStub
) -> None:
    stub.stuck = True
    await phone.open("links/filing/index")
    await choose(phone, "add-chat", "教案.docx", a_document())
    await expect(phone.part("going")).to_have_text("有网再传")
    await phone.type("标题", "分数的初步认识")
    await phone.part("send").focus()
    await expect_kept(phone, "分数的初步认识")
    stub.stuck = False
    await phone.open("links/filing/index")
    await expect(phone.front.get_by_role("textbox", name="标题")).to_have_value("分数的初步认识")
    await expect(phone.part("going")).to_have_text("281 B")
    assert stub.missing == []


async def expect_kept(phone: Handset, title: str) -> None:
    """Until the phone has what was typed."""
    script = "(title) => (localStorage['mini:resource-draft'] || '').includes(title)"
    await phone.page.wait_for_function(script, arg=title)


async def test_a_file_that_is_too_large_is_not_sent(phone: Handset, stub: ResourcesStub) -> None:
    await phone.open("links/filing/index")
    await expect(phone.part("send")).to_be_visible()
    await phone.page.evaluate(
        """() => { wx.chooseMessageFile = ({ success }) => success({ tempFiles: [
            { path: 'x', name: '课件.pptx', size: 60 * 1024 * 1024 }] }) }"""
    )
    await phone.tap("add-chat")
    await expect(phone.part("file-problem")).to_have_text("“课件.pptx”超过 50 MB，没有加上")
    assert not [one for one in stub.asked if one.endswith("/files")]


async def test_ones_own_and_how_they_stand(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    await phone.open("links/resources/index")
    await expect(phone.part("file")).to_be_visible()
    await phone.tap("mine")
    await phone.is_at("links/filed/index")
    await expect(phone.part("own")).to_have_count(3)
    await expect(phone.part("own").first).to_contain_text("等学校评审")
    await expect(phone.part("own").nth(1)).to_contain_text("青禾小学退回修改：请把学习单也放进来")
    await expect(phone.part("own").last).to_contain_text("在区县资源库")
    await phone.shoot(screenshot, "1-own")
    stub.mine = RETURNED
    await phone.part("own").nth(1).tap()
    await phone.is_at("links/resource/index")
    await expect(phone.part("stand")).to_contain_text("退回修改")
    await expect(phone.part("rework")).to_be_visible()
    await phone.part("withdraw").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "2-returned")
    stub.empty = True
    await phone.open("links/filed/index")
    await expect(phone.text("您还没有上传过资源")).to_be_visible()
    await phone.shoot(screenshot, "3-none")
    stub.failing = True
    await phone.open("links/filing/index")
    await expect(phone.text("没能打开")).to_be_visible()


async def test_that_it_was_used_in_a_lesson_is_one_tap_and_can_be_taken_back(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    await phone.open("links/resource/index?id=r0")
    await expect(phone.part("lesson-class")).to_have_text("三年级1班")
    await expect(phone.part("lesson-day")).to_have_text("今天")
    await phone.tap("used-it")
    await expect(phone.part("said")).to_contain_text("三年级1班 · 今天")
    await expect(phone.part("used-it")).to_have_text("已记下")
    await phone.part("used-it").tap()  # a second tap is no second lesson
    await phone.tap("lesson-class")
    await phone.answer("三年级2班")
    await expect(phone.part("used-it")).to_have_text("我上课用过")
    await phone.tap("lesson-day")
    await phone.page.locator(".mp-picker").fill("2026-11-20")
    await expect(phone.part("lesson-day")).to_have_text("11月20日")
    await phone.tap("used-it")
    await expect(phone.part("said")).to_have_count(2)
    await phone.part("used-it").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "1-said")
    await phone.part("take-back").first.tap()
    await expect(phone.part("said")).to_have_count(1)
    assert list(stub.taught) == [("c2", "2026-11-20")]
    assert [one for one in stub.asked if one.startswith("PUT")] == [
        "PUT /teaching/resources/r0/lessons/c1/2026-11-23",
        "PUT /teaching/resources/r0/lessons/c2/2026-11-20",
    ]


async def test_the_list_is_limited_by_chapter_once_the_book_is_known(
    phone: Handset, screenshot: Screenshot
) -> None:
    await phone.open("links/resources/index")
    await expect(phone.part("resource")).to_have_count(3)
    await expect(phone.part("chapter")).to_have_count(0)
    await pick(phone, "grade", "3 年级")
    await pick(phone, "subject", "数学")
    await pick(phone, "chapter", "第四单元")
    await expect(phone.part("resource")).to_have_count(1)
    await phone.shoot(screenshot, "1-chapter")
    await pick(phone, "grade", "2 年级")
    await expect(phone.part("chapter")).to_have_text("全部章节")
    await expect(phone.part("resource")).to_have_count(3)


async def test_what_came_back_is_worked_over_on_the_phone(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    stub.mine = RETURNED
    await phone.open("links/resource/index?id=r0")
    await phone.tap("rework")
    await phone.is_at("links/filing/index")
    await expect(phone.part("asked")).to_contain_text("退回修改：请把学习单也放进来")
    title = phone.front.get_by_role("textbox", name="标题")
    await expect(title).to_have_value("分数的初步认识")
    await expect(phone.part("attached")).to_have_count(2)
    await phone.shoot(screenshot, "1-form")
    # What is written, and the file on its way, outlive a killed app.
    stub.stuck = True
    await choose(phone, "add-chat", "学习单.docx", a_document("学习单"))
    await expect(phone.part("going").last).to_have_text("有网再传")
    await phone.correct("标题", "分数的初步认识（第二稿）")
    await phone.part("send").focus()
    kept = "() => (localStorage['mini:resource-draft:r0'] || '').includes('第二稿')"
    await phone.page.wait_for_function(kept)
    stub.stuck = False
    await phone.open("links/filing/index?id=r0")
    await expect(title).to_have_value("分数的初步认识（第二稿）")
    await expect(phone.part("attached")).to_have_count(3)
    await phone.part("remove").first.tap()
    await expect(phone.part("attached")).to_have_count(2)
    # Somebody decided meanwhile: it is said, nothing that was written is lost, and the next try is over what it is now.
    stub.meanwhile = True
    await phone.tap("send")
    await phone.answer("知道了")
    await expect(title).to_have_value("分数的初步认识（第二稿）")
    await phone.tap("send")
    await phone.is_at("links/filed/index")
    (sent,) = stub.reworked
    assert (sent["title"], sent["file_ids"], sent["seen"]) == (
        "分数的初步认识（第二稿）", ["f2", "f9"], 3,
    )  # fmt: skip
    assert stub.finished_for == ["r0"]
    # A new one is not begun with what belonged to that.
    await phone.open("links/filing/index")
    await expect(phone.front.get_by_role("textbox", name="标题")).to_have_value("")


async def test_to_withdraw_is_asked_first_and_done_once(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    stub.mine = standing("shelved", "district")
    await phone.open("links/resource/index?id=r0")
    await phone.tap("withdraw")
    await expect(phone.page.get_by_role("dialog")).to_contain_text("撤回后不能恢复")
    await phone.shoot(screenshot, "1-asked")
    await phone.answer("取消")
    assert not [one for one in stub.asked if one.startswith("DELETE")]
    await phone.tap("withdraw")
    await phone.answer("撤回")
    await expect(phone.part("stand")).to_have_text("已撤回")
    await expect(phone.part("withdraw")).to_have_count(0)
    await expect(phone.part("rework")).to_have_count(0)
    await phone.shoot(screenshot, "2-withdrawn")
    assert [one for one in stub.asked if one.startswith("DELETE")] == [
        "DELETE /teaching/own-resources/r0"
    ]


async def test_a_reviewer_looks_at_what_waits_and_sends_it_back_or_takes_it(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    stub.review = dict(REVIEW)
    await phone.open("links/resources/index")
    await expect(phone.part("waiting")).to_contain_text("2")
    await phone.shoot(screenshot, "1-library")
    await phone.tap("waiting")
    await phone.is_at("links/waiting/index")
    await expect(phone.part("waits").first).to_contain_text("已超时")
    await expect(phone.part("waits").last).to_contain_text("请别的老师评审")
    await phone.shoot(screenshot, "2-queue")
    await phone.part("waits").first.tap()
    await phone.is_at("links/resource/index")
    await expect(phone.part("asked")).to_contain_text("上次请作者改：请把学习单也放进来")
    await expect(phone.part("twin")).to_contain_text("口算练习一百题")
    await expect(phone.part("star")).to_have_count(0)
    await phone.shoot(screenshot, "3-one")
    await phone.tap("return")
    await expect(phone.part("reason-problem")).to_contain_text("请写明要修改的地方")
    assert stub.decided == []
    # What was typed outlives a line that breaks off, and goes once.
    await phone.type("要修改的地方", "请补充学习单")
    stub.stuck = True
    await phone.tap("return")
    await phone.answer("知道了")
    await expect(phone.part("return")).to_be_visible()
    stub.stuck = False
    await phone.part("return").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "4-typed")
    await phone.tap("return")
    await expect(phone.part("review")).to_have_count(0)
    assert stub.decided == [{"verdict": "return", "reason": "请补充学习单", "seen": 4}]
    for verdict, name in (("allow", "allow"), ("allow_up", "allow-up")):
        stub.review = dict(REVIEW)
        await phone.open("links/resource/index?id=r0")
        await phone.tap(name)
        await expect(phone.part("review")).to_have_count(0)
        assert stub.decided[-1] == {"verdict": verdict, "reason": "", "seen": 4}


async def test_a_decision_that_comes_too_late_shows_what_is_now(
    phone: Handset, stub: ResourcesStub, screenshot: Screenshot
) -> None:
    stub.review, stub.meanwhile = REVIEW | {"words": "hold", "above": ""}, True
    await phone.open("links/resource/index?id=r0")
    await expect(phone.part("held")).to_contain_text("等内容审核通过")
    await expect(phone.part("allow-up")).to_have_count(0)
    await phone.shoot(screenshot, "1-held")
    stub.review = dict(REVIEW)
    await phone.open("links/resource/index?id=r0")
    await phone.tap("allow")
    await phone.answer("知道了")
    await expect(phone.part("review")).to_have_count(0)
    assert stub.decided == []
    stub.empty = True
    await phone.open("links/waiting/index")
    await expect(phone.text("没有等您评审的资源")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.gone = True
    await phone.open("links/waiting/index")
    await expect(phone.text("您不评审资源")).to_be_visible()
