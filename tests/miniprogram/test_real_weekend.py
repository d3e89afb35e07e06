"""A holiday on the real server, phone to phone: offered, ticked, shared, talked about, allowed, asked, answered."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniapp.village import camera_picture
from tests.miniprogram.campus import Campus
from tests.miniprogram.test_real_homework import choose
from tests.town import child_name
from tests.weekending import FIRST, SECOND, THIRD, agree, go_on_holiday, group


async def test_a_holiday_from_the_list_to_the_answer(
    campus: Campus, tmp_path: Path, screenshot: Screenshot
) -> None:
    village = campus.village
    await go_on_holiday(village.town.ctx)
    mother, father = await campus.parent("mother", 1), await campus.parent("father", 2)
    await agree(await village.somebody("mother"), FIRST)
    await agree(await village.somebody("father"), SECOND)
    teacher = await campus.teacher()

    await teacher.open()
    await teacher.tap("weekend-own")
    await teacher.tap("write")
    await teacher.is_at("weekend/open/index")
    await teacher.type("标题", "寒假阅读清单")
    await teacher.type("第 1 步", "选一本想读的书")
    await teacher.tap("add-step")
    await teacher.type("第 2 步", "画一画你喜欢的人物")
    await teacher.tap("send")
    await teacher.is_at("weekend/desk/index")
    (tasks,) = await village.documents("tasklists")
    head = await village.somebody("teacher")
    assert (await group(head, tasks["_id"], FIRST, SECOND, THIRD)).status == 200
    assert await village.documents("evenings") == []

    await mother.open()
    await mother.tap("weekend")
    await mother.tap("tasks")
    await mother.is_at("weekend/list/index")
    await mother.tap("tick")
    await expect(mother.part("tick").first).to_have_attribute("aria-checked", "true")
    await mother.part("hand").nth(1).tap()
    await mother.is_at("weekend/piece/index")
    picture = tmp_path / f"{child_name(1)}.jpg"
    picture.write_bytes(camera_picture((800, 600)))
    await choose(mother, picture)
    await mother.tap("share")
    await mother.tap("send")
    await mother.is_at("weekend/list/index")
    await expect(mother.part("shared")).to_be_visible()

    await father.open()
    await father.tap("weekend")
    await father.tap("tasks")
    await expect(father.part("fellow")).to_contain_text(child_name(1)[1:])
    await expect(father.part("fellow")).not_to_contain_text(child_name(1))
    await expect(father.part("fellow").locator("img").first).to_be_visible()
    await father.tap("start-saying")
    await father.type("留言", "画得真好")
    await father.tap("say")
    await expect(father.part("comment")).to_contain_text("等老师看")
    await father.shoot(screenshot, "1-shared")
    await mother.open(f"weekend/list/index?id={tasks['_id']}&child={FIRST}")
    await expect(mother.part("own-piece")).to_be_visible()
    await expect(mother.part("comment")).to_have_count(0)

    await teacher.open(f"weekend/desk/index?id={tasks['_id']}")
    await teacher.tap("allow")
    await expect(teacher.part("decided")).to_contain_text("画得真好")
    await mother.open(f"weekend/list/index?id={tasks['_id']}&child={FIRST}")
    await expect(mother.part("comment")).to_contain_text("画得真好")
    await mother.tap("start-asking")
    await mother.type("问题", "可以听书吗？")
    await mother.tap("ask")
    await expect(mother.part("question")).to_contain_text("老师还没有回答")

    await teacher.open(f"weekend/desk/index?id={tasks['_id']}")
    await teacher.tap("start-answer")
    await teacher.type("回答", "当然可以。")
    await teacher.tap("answer")
    await expect(teacher.part("show")).to_be_visible()
    await mother.open(f"weekend/list/index?id={tasks['_id']}&child={FIRST}")
    await expect(mother.part("question")).to_contain_text("当然可以。")
    await mother.part("question").scroll_into_view_if_needed()
    await mother.shoot(screenshot, "2-answered")
