"""WeChat on a bad day, on the phones: what a teacher reads of a notice that is not there yet; a double tap is one."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot, come_to_rest
from tests.miniprogram.campus import Campus
from tests.miniprogram.handset import Handset


async def tap_twice(phone: Handset, name: str) -> None:
    """As an impatient finger does: without waiting for what the first tap does."""
    await expect(phone.part(name).first).to_be_visible()
    await come_to_rest(phone.page)
    box = await phone.part(name).first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for _ in range(2):
        await phone.page.touchscreen.tap(x, y)


async def publish_while(campus: Campus, teacher: Handset, mood: dict[str, Any]) -> None:
    """From the first word to the receipts; WeChat is like this from the last look on."""
    await teacher.open()
    await teacher.tap("write")
    await teacher.type("标题", "秋游")
    await teacher.type("正文", "请带水杯和帽子。")
    await teacher.tap("mode-tap")
    campus.town.faults(**mood)
    await teacher.tap("next")
    await expect(teacher.part("sheet")).to_contain_text("微信能送到 1 家")
    await tap_twice(teacher, "send")
    await teacher.is_at("pages/receipts/index")
    assert len(await campus.village.documents("notices")) == 1


@pytest.mark.parametrize(
    ("mood", "says"),
    [({"busy": True}, "会自动重试"), ({"quota": 0}, "额度用完了")],
    ids=["busy", "quota"],
)
async def test_a_teachers_phone_says_why_a_notice_is_not_there_yet(
    campus: Campus, screenshot: Screenshot, mood: dict[str, Any], says: str
) -> None:
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    await mother.open()
    await expect(mother.part("activities")).to_be_visible()
    await publish_while(campus, teacher, mood)
    await expect(teacher.front).to_contain_text(says)
    await teacher.shoot(screenshot, "1-told")
    # The family's list does not wait for WeChat, and neither does the answer.
    await mother.open()
    await mother.part("todo-row").filter(has_text="秋游").tap()
    await tap_twice(mother, "confirm")
    await expect(mother.part("settled")).to_contain_text("已确认")
    await expect(teacher.part("state-confirmed")).to_contain_text("1")


async def test_a_slow_wechat_holds_up_nobody_and_the_card_comes_once(campus: Campus) -> None:
    mother = await campus.town.settle_guardian("mother", 1)
    teacher = await campus.teacher()
    await publish_while(campus, teacher, {"latency_ms": 3000})
    await expect(teacher.part("state-delivered")).to_contain_text("1")
    assert len(mother.cards) == 1
