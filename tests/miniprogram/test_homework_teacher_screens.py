"""A teacher's screens of homework over a server that answers at will; light, dark, large print."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.handlers.conftest import photograph
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.homework_stub import TODAY
from tests.miniprogram.homework_teacher_stub import TEXT, HomeworkTeacherStub, own
from tests.miniprogram.stub import phone_over

MINE, SET, OWN = "homework/mine/index", "homework/set/index", "homework/own/index?id=own-0"


@pytest.fixture
async def stub() -> AsyncIterator[HomeworkTeacherStub]:
    """A teacher's answers at will, held to the API's declarations."""
    stub = HomeworkTeacherStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def phone(
    new_handset: NewHandset, stub: HomeworkTeacherStub, request: pytest.FixtureRequest
) -> Handset:
    """A teacher's phone over the stub, with writing of either size."""
    return await phone_over(new_handset, stub, text_size=request.param)


async def test_what_i_set(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    await phone.open()
    await phone.tap("homework-mine")
    await phone.is_at(MINE)
    await expect(phone.part("own")).to_have_count(3)
    await expect(phone.part("calibration")).to_contain_text("1.3 倍")
    await expect(phone.part("overruns")).to_contain_text("1 个超时申请")
    await phone.shoot(screenshot, "1-list")
    stub.empty = True
    await phone.open(MINE)
    await expect(phone.text("还没有留过作业")).to_be_visible()
    await phone.shoot(screenshot, "2-none")
    stub.failing = True
    await phone.open(OWN)
    await expect(phone.text("没能打开")).to_be_visible()
    stub.failing = False
    await phone.tap("state-act")
    await expect(phone.part("child")).to_have_count(12)


async def test_over_the_budget_and_three_ways_out(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    await phone.open(SET)
    await phone.tap("send")
    await expect(phone.front.get_by_role("alert")).to_have_count(3)
    await phone.shoot(screenshot, "1-missing")
    await phone.part("class").first.tap()
    await expect(phone.part("budget")).to_contain_text("还剩 0 分钟")
    await expect(phone.part("reserved")).to_have_count(2)
    await phone.type("作业内容", "练习册第 42 到 43 页。")
    await phone.tap("add-link")
    await phone.type("链接", "www.zxx.edu.cn")
    await phone.tap("take-link")
    await expect(phone.front.get_by_role("alert")).to_have_text("网址要以 https:// 开头")
    await phone.correct("链接", "https://www.zxx.edu.cn/maths")
    await phone.tap("take-link")
    await expect(phone.part("link")).to_have_count(1)
    await phone.shoot(screenshot, "2-fits")
    await phone.tap("more")
    await phone.tap("more")
    await expect(phone.part("budget")).to_contain_text("超了 10 分钟")
    await phone.part("budgets").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "3-over")
    await phone.tap("send")
    await expect(phone.part("shorten")).to_have_text("缩短到 20 分钟")
    await expect(phone.part("postpone")).to_have_text("改到明天")
    await expect(phone.part("start-asking")).to_be_in_viewport(ratio=1)
    await phone.shoot(screenshot, "4-three-ways")
    await phone.tap("start-asking")
    await phone.type("理由", "明天有公开课。")
    await expect(phone.part("ask")).to_be_in_viewport(ratio=1)
    await phone.shoot(screenshot, "5-asking")
    await phone.tap("ask")
    await phone.is_at("homework/own/index")
    await expect(phone.part("state")).to_contain_text("没有布置出去")
    assert stub.asked_for == ["明天有公开课。"]
    assert stub.tried[0]["links"] == ["https://www.zxx.edu.cn/maths"]
    await phone.shoot(screenshot, "6-asked")


async def test_a_tick_hangs_a_link_of_the_shelf_on_it(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    await phone.open(SET)
    await phone.part("class").first.tap()
    box = phone.part("shelf-box")
    # What is of the subject stands first; the rest waits behind one more tap.
    await expect(box).to_have_text(
        ["三年级 数学 人教版 上册", "每日口算打卡", "三年级 语文 统编版 上册"]
    )
    await box.nth(1).tap()
    await expect(box.nth(1)).to_have_attribute("aria-checked", "true")
    await phone.part("shelf-boxes").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "1-few")
    await phone.tap("more-boxes")
    await expect(box).to_have_count(7)
    await phone.type("按名称找", "图书")
    # What is ticked stays in sight.
    await expect(box).to_have_text(["每日口算打卡", "校园数字图书馆"])
    await phone.shoot(screenshot, "2-found")
    await box.nth(1).tap()
    await phone.tap("fewer")
    await expect(box).to_have_count(4)
    # Another class's shelf: what was ticked keeps its name.
    await phone.part("class").first.tap()
    await phone.part("class").nth(1).tap()
    await expect(box).to_have_text(["每日口算打卡", "一班的相册", "校园数字图书馆"])
    await box.nth(1).tap()
    await box.nth(1).tap()
    await expect(box.nth(1)).to_have_attribute("aria-checked", "false")
    await phone.type("作业内容", "口算一页。")
    await phone.tap("add-link")
    await phone.type("链接", "https://www.zxx.edu.cn/maths")
    await phone.tap("take-link")
    await expect(phone.part("link")).to_have_count(1)
    # Three are as many as there may be.
    await box.nth(1).tap()
    await expect(phone.page.get_by_text("最多 3 个链接")).to_be_visible()
    await expect(box.nth(1)).to_have_attribute("aria-checked", "false")
    await phone.tap("send")
    await phone.is_at("homework/own/index")
    (tried,) = stub.tried
    base = "https://school.example.cn/l"
    assert tried["links"] == [f"{base}/abcde5", f"{base}/abcde6", "https://www.zxx.edu.cn/maths"]


async def test_how_often_its_links_were_opened(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    url = "https://school.example.cn/l/abcde5"
    stub.links = [
        {"title": "每日口算打卡", "url": url},
        {"title": "www.zxx.edu.cn", "url": "https://www.zxx.edu.cn/maths"},
    ]
    stub.given = [{"url": url, "title": "每日口算打卡", "families": 23, "teachers": 1}]
    await phone.open(OWN)
    await expect(phone.part("given")).to_have_text(
        ["《每日口算打卡》布置以来：学生和家长打开 23 次，教师 1 次"]
    )
    await phone.shoot(screenshot, "1-opened")
    stub.given = [{"url": url, "title": "每日口算打卡", "families": None, "teachers": None}]
    await phone.open(OWN)
    await expect(phone.part("given")).to_contain_text("人数少，打开次数不显示")
    await phone.tap("more")
    await phone.answer("改一改")
    await phone.is_at(SET)
    # It comes back ticked, and the other address stands below.
    await expect(phone.part("shelf-box").filter(has_text="口算")).to_have_attribute(
        "aria-checked", "true"
    )
    await expect(phone.part("link")).to_have_text(["https://www.zxx.edu.cn/maths"])


async def test_a_link_says_what_it_is_called_before_it_is_out(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    stub.homework = [own(0, state="unpublished")]
    stub.links = [{"title": "每日口算打卡", "url": "https://school.example.cn/l/abcde5"}]
    await phone.open(OWN)
    await expect(phone.part("state")).to_be_visible()
    await expect(phone.part("link")).to_have_text(["每日口算打卡"])
    await phone.shoot(screenshot, "1-unpublished")


async def test_an_earlier_one_is_set_once_more(phone: Handset, stub: HomeworkTeacherStub) -> None:
    await phone.open(OWN)
    await expect(phone.part("child")).to_have_count(12)
    await phone.tap("more")
    await phone.answer("再布置一次")
    await phone.is_at(SET)
    await expect(phone.front.locator("textarea").first).to_have_value(TEXT)
    await phone.tap("send")
    await phone.is_at("homework/own/index")
    (tried,) = stub.tried
    assert (tried["repeats"], tried["text"], tried["day"]) == ("own-0", TEXT, str(TODAY))


async def test_shortened_or_moved_it_is_set(phone: Handset, stub: HomeworkTeacherStub) -> None:
    for way, wanted in (("shorten", 20), ("postpone", 25)):
        stub.tried.clear()
        await phone.open(SET)
        await phone.part("class").first.tap()
        await phone.type("作业内容", "练习册第 42 页。")
        await phone.tap("more")
        await phone.tap("send")
        await phone.tap(way)
        if way == "postpone":
            await expect(phone.part("budgets")).to_contain_text("还剩 35 分钟")
            await phone.tap("send")
        await phone.is_at("homework/own/index")
        assert [one["minutes"] for one in stub.tried] == [25, wanted]
        assert (stub.tried[0]["day"] == stub.tried[1]["day"]) is (way == "shorten")


async def test_a_group_is_made_and_remembered(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    await phone.open(SET)
    await phone.part("class").first.tap()
    await expect(phone.part("whom")).to_contain_text("全班")
    await phone.tap("whom")
    for number in (0, 2, 5):
        await phone.part("pupil").nth(number).tap()
    await phone.type("组名", "提高组")
    await phone.shoot(screenshot, "1-group")
    await phone.tap("take-group")
    await expect(phone.part("whom")).to_contain_text("提高组 · 3 个学生")
    await phone.tap("whom")
    await phone.tap("take-all")
    await expect(phone.part("whom")).to_contain_text("全班")
    # Another day the group is there by its name.
    await phone.open(SET)
    await phone.part("class").first.tap()
    await phone.tap("whom")
    await phone.tap("known-group")
    await phone.tap("take-group")
    await phone.type("作业内容", "思考题第 3 题。")
    await phone.tap("send")
    await phone.is_at("homework/own/index")
    (tried,) = stub.tried
    assert (tried["group"], tried["student_ids"]) == ("提高组", ["child-0", "child-2", "child-5"])


async def test_set_in_a_tunnel_it_is_set_once(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    await phone.open(MINE)
    await phone.tap("write")
    await phone.part("class").first.tap()
    await phone.type("作业内容", "练习册第 42 页。")
    await phone.page.wait_for_function(
        "(localStorage['mini:homework-drafts'] || '').includes('42')"
    )
    # The app is killed: what was written is there.
    await phone.open(SET)
    await expect(phone.front.locator("textarea").first).to_have_value("练习册第 42 页。")
    stub.failing = True
    picture = tmp_path / "1.jpg"
    picture.write_bytes(photograph())
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("add-picture")
    await (await chooser.value).set_files([picture])
    await expect(phone.part("attached")).to_contain_text("有网再传")
    await phone.tap("send")
    await phone.is_at("homework/mine/index")
    await expect(phone.part("draft")).to_contain_text("待送出")
    await phone.shoot(screenshot, "1-waits")
    assert stub.tried == []
    await phone.open(MINE)
    await expect(phone.part("draft")).to_contain_text("待送出")
    stub.failing = False
    await phone.pull()
    await expect(phone.part("draft")).to_have_count(0)
    await expect(phone.part("own")).to_have_count(4)
    (tried,) = stub.tried
    assert (tried["text"], len(tried["file_ids"])) == ("练习册第 42 页。", 1)


async def test_what_the_server_refuses_later_is_there_to_be_mended(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    await phone.open(SET)
    await phone.part("class").first.tap()
    await phone.type("作业内容", "练习册第 42 页。")
    stub.refuses = {"code": "invalid", "message": "请再看一看", "fields": {"text": "这些字不能发"}}
    await phone.tap("send")
    await expect(phone.part("back")).to_be_visible()
    await expect(phone.front.get_by_role("alert").last).to_have_text("这些字不能发")
    await phone.open(MINE)
    await expect(phone.part("draft")).to_contain_text("没有布置成")
    await phone.shoot(screenshot, "1-refused")
    stub.refuses = None
    await phone.tap("draft")
    await phone.correct("作业内容", "练习册第 43 页。")
    await phone.tap("send")
    await phone.is_at("homework/own/index")
    assert [one["text"] for one in stub.tried] == ["练习册第 43 页。"]


async def test_practice_shelf(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    await phone.open(MINE)
    await phone.tap("shelf")
    await phone.is_at("homework/practice/index")
    await expect(phone.text("练习架还是空的")).to_be_visible()
    await phone.shoot(screenshot, "1-empty")
    await phone.tap("add")
    await phone.type("知识点或章节", "单位换算")
    await phone.type("网址", "www.zxx.edu.cn")
    await phone.tap("put")
    await expect(phone.front.get_by_role("alert")).to_have_text(
        ["请写名称", "网址要以 https:// 开头"]
    )
    await phone.shoot(screenshot, "2-missing")
    await phone.type("名称", "单位换算练一练")
    await phone.correct("网址", "https://www.zxx.edu.cn/units")
    await phone.tap("put")
    await expect(phone.part("practice")).to_contain_text("数学 · 单位换算")
    await phone.shoot(screenshot, "3-one")
    await phone.tap("off")
    await phone.answer("拿下来")
    await expect(phone.text("练习架还是空的")).to_be_visible()
    assert stub.shelf == []


async def test_a_head_teacher_decides_with_one_tap(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    await phone.open("homework/overruns/index")
    await expect(phone.part("overrun")).to_contain_text("赵老师想留 30 分钟英语")
    await phone.shoot(screenshot, "1-request")
    await phone.tap("allow")
    await expect(phone.text("没有要决定的")).to_be_visible()
    assert stub.decided == [{"allow": True, "reason": "情况特殊，同意这一次"}]
    await phone.shoot(screenshot, "2-none")
