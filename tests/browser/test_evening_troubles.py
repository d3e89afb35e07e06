"""WeChat's messages are used up, and an evening goes on all the same: what no card tells is found on the pages."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from domain.leaves import LeaveState
from tests.browser.phones import Screenshot
from tests.browser.test_calendar import nothing_runs_off
from tests.conftest import NewPage
from tests.handlers.conftest import Village
from tests.handlers.conftest import village as village
from tests.handlers.test_activities import CHILD, published
from tests.waiting import wait_until


@pytest.mark.parametrize("font", ["2", "4"])
async def test_a_head_teacher_whom_no_card_reaches_finds_the_leave_that_waits(
    village: Village, new_page: NewPage, screenshot: Screenshot, font: str
) -> None:
    village.town.faults(quota=0)
    mother, teacher = await new_page(width=375), await new_page(width=375)
    await teacher.context.add_cookies(
        [{"name": "yanshu_font", "value": font, "url": village.town.base}]
    )
    await teacher.goto(village.teacher.url("/h5/"))
    await expect(teacher.get_by_role("link", name="班里请假")).to_have_count(0)
    await mother.goto(village.mother.url("/h5/leaves"))
    await mother.get_by_label("原因").fill("发烧，去医院看看")
    await mother.get_by_role("button", name="请老师批").dblclick()
    await expect(mother.get_by_text("等老师批")).to_have_count(1)
    assert await village.count("leaves") == 1

    await teacher.reload()
    await expect(teacher.get_by_role("link", name="班里请假")).to_contain_text("1")
    await nothing_runs_off(teacher)
    await screenshot(teacher, f"1-home-{font}", full_page=True)
    await teacher.goto(village.teacher.url("/h5/teach/"))
    await expect(teacher.get_by_role("link", name="班里请假")).to_contain_text("1")
    await nothing_runs_off(teacher)
    await screenshot(teacher, f"2-teach-{font}", full_page=True)
    await teacher.get_by_role("link", name="班里请假").click()
    await teacher.get_by_role("button", name="批准", exact=True).dblclick()
    await expect(teacher.get_by_text("批准了")).to_be_visible()
    (leave,) = await village.town.ctx.stores.leaves.of_student("school-a", CHILD)

    async def is_over() -> bool:
        told = await village.town.ctx.stores.deliveries.of_notice(
            "school-a", f"{leave.id}-approved"
        )
        return bool(told) and all(d.push is None for d in told)

    await wait_until(is_over, description="WeChat was asked to tell the family")
    await teacher.reload()
    await expect(teacher.get_by_text("微信未送达，家长打开后能看到")).to_be_visible()
    await expect(teacher.get_by_text("今天的模板消息额度用完了")).to_be_visible()
    await nothing_runs_off(teacher)
    await screenshot(teacher, f"3-not-brought-{font}", full_page=True)
    await mother.reload()
    await expect(mother.get_by_text("批准了")).to_be_visible()
    await mother.context.add_cookies(
        [{"name": "yanshu_font", "value": font, "url": village.town.base}]
    )
    await mother.reload()
    note = await mother.get_by_text("妈妈请的").bounding_box()
    back = await mother.get_by_role("button", name="撤回").bounding_box()
    assert note is not None
    assert back is not None
    assert back["y"] > note["y"] + note["height"]
    await nothing_runs_off(mother)
    await screenshot(mother, f"4-mothers-{font}", full_page=True)
    (leave,) = await village.town.ctx.stores.leaves.of_student("school-a", CHILD)
    assert leave.state is LeaveState.APPROVED
    await teacher.goto(village.teacher.url("/h5/"))
    await expect(teacher.get_by_role("link", name="班里请假")).to_have_count(0)


async def test_a_mother_taps_twice_goes_back_and_loads_again_and_it_counts_once(
    village: Village, new_page: NewPage, screenshot: Screenshot
) -> None:
    activity = await published(village)
    page = await new_page(width=375)
    await page.goto(village.mother.url("/h5/leaves"))
    village.town.faults(busy=True)
    await page.get_by_label("原因").fill("发烧，去医院看看")
    await page.get_by_role("button", name="请老师批").dblclick()
    await expect(page.get_by_text("等老师批")).to_have_count(1)
    await page.go_back()
    await page.get_by_label("原因").fill("还是这一天")
    await page.get_by_role("button", name="请老师批").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "这几天已经请过假了，要改的话请先撤回原来的"
    )
    await expect(page.get_by_label("原因")).to_have_value("还是这一天")
    await nothing_runs_off(page)
    await screenshot(page, "1-taken", full_page=True)
    await page.goto(village.mother.url(f"/h5/activities/{activity}"))
    await page.get_by_role("radio").first.check()
    await page.get_by_label("来几位？").fill("2")
    await page.get_by_role("button", name="提交").dblclick()
    await expect(page.get_by_role("button", name="取消我的填写")).to_be_visible()
    await page.go_back()
    await page.reload()
    await expect(page.get_by_role("button", name="取消我的填写")).to_be_visible()
    assert (await village.count("leaves"), await village.count("answers")) == (1, 1)

    await page.goto(village.mother.url("/h5/messages/new"))
    await page.get_by_role("button", name="王老师").dblclick()
    await page.get_by_label("说点什么").fill("明天要带什么？")
    await page.get_by_role("button", name="发送").dblclick()
    await expect(page.get_by_label("说点什么")).to_have_value("")
    await page.goto(village.mother.url("/h5/messages/new"))
    await page.get_by_label("标题").fill("路灯坏了")
    await page.get_by_label("想说的").fill("晚上看不清路。")
    await page.get_by_role("button", name="交给学校").dblclick()
    await expect(page.locator(".talk-facts")).to_contain_text("待答复")
    assert (await village.count("threads"), await village.count("messages")) == (2, 2)
