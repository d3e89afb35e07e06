"""A link of the shelf on the real server: ticked on a homework, opened by a family, counted for its teacher."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.campus import Campus
from tests.miniprogram.test_real_homework import subject_teacher
from tests.shelving import hang
from tests.town import school_class
from tests.waiting import wait_until


async def test_a_ticked_link_is_opened_at_home_and_its_teacher_sees_how_often(
    campus: Campus, screenshot: Screenshot
) -> None:
    town = campus.town
    await town.settle_school(children=6)
    entry = await hang(town.ctx, title="每日口算打卡", subject="maths")
    mother = await campus.parent("mother", 1)
    teacher = await subject_teacher(campus, "maths", "maths", "陈")
    await teacher.open("homework/set/index")
    await teacher.type("作业内容", "口算一页。")
    await teacher.part("shelf-box").filter(has_text="每日口算打卡").tap()
    await teacher.tap("send")
    await teacher.is_at("homework/own/index")
    await expect(teacher.part("given")).to_contain_text("学生和家长打开 0 次")

    await mother.open()
    await mother.tap("homework")
    await mother.part("homework").filter(has_text="数学").tap()
    await mother.part("link").filter(has_text="每日口算打卡").tap()
    copied = await mother.page.evaluate("window.__mini.clipboard")
    path = copied.removeprefix(town.ctx.policy.public_url)
    assert re.fullmatch(rf"/l/{entry.id}\?v=\w+", path)  # by the door of the whole class
    for _ in range(2):
        answer = await mother.page.request.get(town.base + path, max_redirects=0)
        assert answer.status == 302
    await wait_until(lambda: not town.ctx.links.waiting, description="both uses are written")

    await teacher.pull()
    await expect(teacher.part("given")).to_have_text(
        ["《每日口算打卡》布置以来：学生和家长打开 2 次，教师 0 次"]
    )
    await teacher.shoot(screenshot, "1-opened")
    # And on the shelf, for who keeps it.
    keeper = await campus.teacher()
    await keeper.open(f"links/keep/index?class={school_class(1).id}&name=三年级1班")
    await expect(keeper.part("opened")).to_have_text(
        ["近 7 天打开 2 次（学生和家长 2） · 本学期 2 次"]
    )
    await keeper.shoot(screenshot, "2-shelf")
