"""A class's circle on the real server, on three screens at once: posted, read, liked, answered, and counted."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.campus import Campus

FEED = "circle/feed/index"


async def test_a_topic_goes_round_the_class_and_its_figures_come_back(
    campus: Campus, screenshot: Screenshot
) -> None:
    teacher = await campus.teacher()
    mother, other = await campus.parent("mother", 1), await campus.parent("other", 2)
    await teacher.open()
    await teacher.tap("circle-staff")
    await expect(teacher.text("这里还没有话题")).to_be_visible()
    await teacher.tap("post")
    await teacher.is_at("circle/post/index")
    await teacher.type("内容", "拔河赢了两场，谢谢来加油的家长！")
    await teacher.tap("send")
    await teacher.is_at(FEED)
    await expect(teacher.part("topic")).to_contain_text("拔河赢了两场")

    await mother.open()
    await mother.tap("circle")
    await mother.is_at(FEED)
    await mother.tap("like")
    await expect(mother.part("like")).to_contain_text("1")
    await mother.tap("topic")
    await mother.is_at("circle/topic/index")
    await mother.type("说点什么", "孩子回家一直在讲。")
    await mother.tap("say")
    await expect(mother.part("comment")).to_contain_text("孩子回家一直在讲。")
    await mother.shoot(screenshot, "1-mother")

    # Who only looks at the list has not read it.
    await other.open(FEED)
    await expect(other.part("topic")).to_contain_text("拔河赢了两场")
    await teacher.tap("topic")
    await expect(teacher.part("comment")).to_contain_text("孩子回家一直在讲。")
    await teacher.tap("seen")
    await teacher.is_at("circle/seen/index")
    await expect(teacher.part("figure").first).to_contain_text("1 / ")
    await expect(teacher.part("reader")).to_have_count(1)
    await teacher.shoot(screenshot, "2-teacher")
    await mother.tap("remove-comment")
    await mother.answer("删除")
    await expect(mother.part("comment")).to_have_count(0)
