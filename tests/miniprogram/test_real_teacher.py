"""A teacher's story on the real server: writes, sees how far it got, reminds, corrects, takes back; and the tunnel."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import expect

from domain.uploads import PIECE_BYTES
from services.people import recognise
from tests.browser.phones import Screenshot
from tests.handlers.conftest import photograph
from tests.miniapp.village import camera_picture
from tests.miniprogram.campus import Campus
from tests.miniprogram.handset import Handset
from tests.town import OTHER_SCHOOL, child_name
from tests.waiting import wait_until


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    """A picture in the phone's album."""
    path = tmp_path / "合影.jpg"
    path.write_bytes(photograph())
    return path


async def write(phone: Handset, title: str, *pictures: Path, waits: str = "") -> None:
    """Fill the open form; when this is over the pictures have gone up, or say that they wait."""
    await phone.type("标题", title)
    await phone.type("正文", "周五早上八点，操场集合。")
    if pictures:
        async with phone.page.expect_file_chooser() as chooser:
            await phone.tap("add-picture")
        await (await chooser.value).set_files(list(pictures))
        await expect(phone.part("picture")).to_have_count(len(pictures))
        if waits:
            await expect(phone.part("going")).to_contain_text(waits)
        else:
            await expect(phone.part("going")).to_have_count(0)


async def test_from_the_first_word_to_the_withdrawal(
    campus: Campus, picture: Path, screenshot: Screenshot
) -> None:
    mother, father = await campus.parent("mother", 1), await campus.parent("father", 2)
    teacher = await campus.teacher()
    await teacher.open()
    await teacher.tap("write")
    await teacher.is_at("pages/publish/index")
    await write(teacher, "秋季运动会", picture)
    await teacher.tap("mode-tap")
    await teacher.tap("next")
    sheet = teacher.part("sheet")
    await expect(sheet).to_contain_text("3 个孩子，微信能送到 2 家")
    await expect(sheet).to_contain_text("还没有家长绑定")
    await expect(sheet).to_contain_text(child_name(3))
    await teacher.tap("send")

    await teacher.is_at("pages/receipts/index")
    await expect(teacher.part("state-delivered")).to_contain_text("2")
    await expect(teacher.part("state-never_bound")).to_contain_text("1")
    (notice,) = await campus.village.documents("notices")
    assert [a["name"] for a in notice["versions"][0]["attachments"]] == ["1.jpg"]

    await mother.open()
    await mother.part("todo-row").filter(has_text="秋季运动会").tap()
    await expect(mother.part("picture").locator("img")).to_have_count(1)
    await mother.tap("confirm")
    await expect(mother.part("settled")).to_contain_text("已确认")
    # The teacher looks on: it comes by itself.
    await expect(teacher.part("state-confirmed")).to_contain_text("1")
    await expect(teacher.part("answers")).to_have_text("1/2 位确认了")
    await teacher.shoot(screenshot, "1-one-has-confirmed")
    await teacher.part("guardian").first.tap()
    await teacher.is_at("pages/ledger/index")
    await expect(teacher.part("attempt")).to_contain_text("微信已接收")
    await teacher.back()

    await teacher.tap("remind")
    await expect(teacher.part("reminder")).to_contain_text("提醒这 1 位家长")
    await expect(teacher.part("reminder")).to_contain_text(child_name(2))
    await expect(teacher.part("reminder")).not_to_contain_text(child_name(1))
    await teacher.part("remind-yes").tap()
    await expect(teacher.part("reminder")).to_be_hidden()
    father_cards = campus.town.phone("father").cards
    await wait_until(lambda: len(campus.town.phone("father").cards) == 2, description="reminded")
    assert len(campus.town.phone("mother").cards) == 1
    assert father_cards[0]["url"] == campus.town.phone("father").cards[1]["url"]

    await teacher.tap("more")
    await teacher.answer("更正")
    await teacher.is_at("pages/publish/index")
    await expect(teacher.part("picture").locator("img")).to_have_count(1)
    await teacher.correct("标题", "运动会改到周六")
    await teacher.tap("next")
    await teacher.is_at("pages/receipts/index")
    await expect(teacher.part("summary")).to_contain_text("运动会改到周六")
    await father.open()
    await father.part("todo-row").filter(has_text="运动会改到周六").tap()
    await expect(father.part("article")).to_contain_text("已更正")

    await teacher.tap("more")
    await teacher.answer("撤回")
    await expect(teacher.page.locator(".mp-modal")).to_contain_text("已经有 2 位家长看过")
    await teacher.answer("撤回")
    await expect(teacher.part("state")).to_contain_text("已经撤回")
    await mother.open(f"pages/notice/index?id={notice['_id']}")
    await expect(mother.text("老师撤回了这条通知")).to_be_visible()


async def test_written_in_a_tunnel_it_goes_out_once(campus_apart: Campus, picture: Path) -> None:
    campus, village = campus_apart, campus_apart.village
    teacher = await campus.teacher()
    await teacher.open()
    await teacher.tap("write")
    await teacher.is_at("pages/publish/index")
    await campus.server.stop()
    await write(teacher, "秋季运动会", picture, waits="有网再传")
    await teacher.tap("next")
    await expect(teacher.part("send")).to_be_visible()
    await teacher.tap("send")
    await teacher.is_at("pages/home/index")
    await expect(teacher.part("draft")).to_contain_text("网络好了自动送出")

    # The app is killed and opened again, still without a server.
    await teacher.open()
    await expect(teacher.part("draft")).to_contain_text("秋季运动会")
    assert await village.documents("notices") == []
    await campus.server.start()
    await expect(teacher.part("own")).to_contain_text("秋季运动会")
    await expect(teacher.part("draft")).to_have_count(0)
    (notice,) = await village.documents("notices")
    (attached,) = notice["versions"][0]["attachments"]
    (stored,) = [f for f in await village.documents("files") if f["kind"] == "picture"]
    assert attached["file_id"] == stored["_id"]


async def test_a_large_picture_goes_on_where_it_was_cut_off(campus: Campus, tmp_path: Path) -> None:
    album = tmp_path / "操场.jpg"
    album.write_bytes(camera_picture((1200, 900)))
    assert album.stat().st_size > 2 * PIECE_BYTES
    teacher = await campus.teacher()
    offsets: list[int] = []

    async def cut_off_the_second(route: Any) -> None:
        offset = int(parse_qs(urlsplit(route.request.url).query)["offset"][0])
        offsets.append(offset)
        if offsets == [0, PIECE_BYTES]:
            await route.abort("connectionreset")
        else:
            await route.fallback()

    await teacher.context.route("**/pieces?*", cut_off_the_second)
    await teacher.open()
    await teacher.tap("write")
    await write(teacher, "秋季运动会", album, waits="有网接着传")
    await teacher.tap("next")
    await teacher.tap("send")
    await teacher.is_at("pages/receipts/index")
    assert offsets.count(0) == 1, "what had arrived was not sent again"
    (notice,) = await campus.village.documents("notices")
    (attached,) = notice["versions"][0]["attachments"]
    assert attached["kind"] == "picture"


async def test_an_answer_that_got_lost_publishes_nothing_twice(campus: Campus) -> None:
    teacher = await campus.teacher()
    lost = 0

    async def lose(route: Any) -> None:
        nonlocal lost
        lost += 1
        if lost == 1:
            assert (await route.fetch()).status == 201
            await route.abort("connectionreset")
        else:
            await route.fallback()

    await teacher.context.route("**/api/v1/notices", lose)
    await teacher.open()
    await teacher.tap("write")
    await write(teacher, "秋季运动会")
    await teacher.tap("next")
    await teacher.tap("send")
    await teacher.is_at("pages/home/index")
    await expect(teacher.part("own")).to_contain_text("秋季运动会")
    await expect(teacher.part("draft")).to_have_count(0)
    assert lost > 1
    assert len(await campus.village.documents("notices")) == 1


async def test_a_killed_app_loses_no_draft(campus: Campus, picture: Path) -> None:
    teacher = await campus.teacher()
    await teacher.open()
    await teacher.tap("write")
    await write(teacher, "还没写完", picture)
    await teacher.tap("mode-sign")
    await wait_until(
        lambda: teacher.page.evaluate("(localStorage['mini:drafts'] || '').includes('sign')"),
        description="the draft is kept",
    )
    await teacher.open()
    await expect(teacher.part("draft")).to_contain_text("还没写完")
    await teacher.tap("draft")
    await teacher.is_at("pages/publish/index")
    await expect(teacher.part("picture").locator("img")).to_have_count(1)
    await expect(teacher.part("mode-sign")).to_have_attribute("aria-checked", "true")
    assert await campus.village.documents("notices") == []
    await teacher.tap("throw")
    await teacher.answer("确定")
    await teacher.is_at("pages/home/index")
    await expect(teacher.part("draft")).to_have_count(0)


async def test_what_the_server_refuses_comes_back_and_is_put_right(
    campus: Campus, screenshot: Screenshot
) -> None:
    teacher = await campus.teacher()
    await teacher.open()
    await teacher.tap("write")
    await write(teacher, "秋季运动会")
    await teacher.tap("add-link")
    await teacher.type("链接", "https://elsewhere.example/")
    await teacher.tap("take-link")
    await teacher.tap("next")
    await teacher.tap("send")
    await expect(teacher.part("back")).to_contain_text("没有发出去")
    await expect(teacher.front.get_by_role("alert").last).to_contain_text("学校允许的网站")
    await teacher.shoot(screenshot, "1-refused")
    assert await campus.village.documents("notices") == []
    await teacher.open()
    await expect(teacher.part("draft")).to_contain_text("没有发出去")
    await teacher.tap("draft")
    await teacher.front.get_by_role("button", name="去掉").tap()
    await teacher.tap("next")
    await teacher.tap("send")
    await teacher.is_at("pages/receipts/index")
    assert len(await campus.village.documents("notices")) == 1


async def test_for_later_and_by_when_are_chosen_on_wheels(campus: Campus) -> None:
    await campus.parent("mother", 1)
    teacher = await campus.teacher()
    await teacher.open()
    await teacher.tap("write")
    await write(teacher, "周末作业")
    tomorrow, later = await teacher.page.evaluate(
        """[1, 3].map((days) => {
            const day = new Date(Date.now() + days * 86400000);
            const two = (number) => String(number).padStart(2, '0');
            return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
        })"""
    )
    wheel = teacher.page.locator(".mp-picker")
    for label, date, clock in (("截止时间", later, "18:30"), ("发送时间", tomorrow, "07:15")):
        await teacher.front.get_by_role("button", name=f"{label} 哪一天").tap()
        await wheel.fill(date)
        await teacher.front.get_by_role("button", name=f"{label} 几点").tap()
        await wheel.fill(clock)
    await expect(teacher.front).to_contain_text("明天 07:15")
    await teacher.tap("next")
    await expect(teacher.part("send")).to_have_text("到 明天 07:15 发送")
    await teacher.tap("send")
    await teacher.is_at("pages/receipts/index")
    await expect(teacher.part("state")).to_contain_text("将在 明天 07:15 自动发送")
    (notice,) = await campus.village.documents("notices")
    assert (notice["state"], notice["publish_at"].hour, notice["publish_at"].minute) == (
        "scheduled",
        23,
        15,
    )
    assert notice["deadline_at"] > notice["publish_at"]
    assert campus.town.phone("mother").cards == []


async def test_one_who_teaches_at_two_schools_and_has_a_child(campus: Campus) -> None:
    town = campus.town
    await town.settle_school(teacher="teacher", school=OTHER_SCHOOL, children=1)
    await town.settle_guardian("teacher", 2)
    await campus.village.publish(title="家长会", confirm="tap")
    teacher = await campus.teacher()
    await recognise(town.ctx, town.phone("teacher").user.openid)
    await teacher.open()
    await expect(teacher.part("todo-row")).to_contain_text("家长会")
    await expect(teacher.part("own")).to_contain_text("家长会")
    await teacher.part("place").filter(has_text=OTHER_SCHOOL.name).tap()
    await expect(teacher.part("own")).to_have_count(0)
    await expect(teacher.part("todo-row")).to_contain_text("家长会")
    await teacher.open()
    await expect(teacher.front.get_by_role("tab", name=OTHER_SCHOOL.name)).to_have_attribute(
        "aria-selected", "true"
    )
