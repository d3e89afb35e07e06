"""What is done with one message, in a real browser: nothing typed is lost, the other screen hears, nothing runs off."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from domain.groups import GroupRules, Mode, class_group
from services.messages import send_message
from tests.browser.phones import Screenshot
from tests.browser.test_console_office import at_desk, nothing_runs_off
from tests.browser.test_messages import TALK, address, in_wechat, settle
from tests.conftest import NewPage
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.test_messages import person_of
from tests.office import SCHOOL, a_class
from tests.talking import text
from tests.town import Town


@pytest.mark.parametrize("font", ["2", "4"])
async def test_a_mother_taps_deletes_and_reports_while_she_writes(
    quiet_town: Town, new_page: NewPage, screenshot: Screenshot, font: str
) -> None:
    await settle(quiet_town)
    ctx = quiet_town.ctx
    rules = GroupRules(id=SCHOOL.id, modes=((class_group(a_class(1).id), Mode.OPEN),), version=1)
    assert await ctx.stores.groups.change_rules(rules)
    zhou = await person_of(quiet_town, "zhou")
    for n, words in enumerate(("你们家孩子真没教养", "作业写完了吗？")):
        await send_message(ctx, zhou, TALK, text(words), key=f"zhou-{n:04d}")
    phone = await in_wechat(quiet_town, new_page, "gao", font=font)
    await phone.set_viewport_size({"width": 375, "height": 812})
    desk = await at_desk(quiet_town, new_page, "wang", 1280)
    for page, root in ((phone, "/h5/messages"), (desk, "/console/messages")):
        await page.goto(address(quiet_town, root, TALK))
    await phone.get_by_label("说点什么").fill("写到一半")
    first, rude, other = (phone.locator(f"#m{seq}") for seq in (1, 2, 3))
    await first.get_by_label("这条消息").click()
    await nothing_runs_off(phone)
    await screenshot(phone, f"1-open-{font}")
    await first.get_by_role("button", name="收到").dblclick()
    await expect(first.locator(".said-counts")).to_have_text("收到 1")
    await expect(desk.locator("#m1 .said-counts")).to_have_text("收到 1")
    await other.get_by_label("这条消息").click()
    await other.get_by_role("button", name="在我这里删除").click()
    await expect(other).to_have_count(0)
    await expect(phone.get_by_label("说点什么")).to_have_value("写到一半")

    await rude.get_by_label("这条消息").click()
    await rude.get_by_role("link", name="举报").click()
    await expect(phone.get_by_text("你们家孩子真没教养")).to_be_visible()
    await nothing_runs_off(phone)
    await screenshot(phone, f"2-report-{font}")
    await phone.get_by_label("骂人、吵架").check()
    await phone.get_by_role("button", name="交给老师看").dblclick()
    await expect(phone.get_by_text("交上去了，会有人看")).to_be_visible()
    await expect(rude).to_be_in_viewport()
    await screenshot(phone, f"3-reported-{font}")
    assert await ctx.stores.database["reviews"].count_documents({}) == 1

    await desk.locator("#m2").get_by_label("这条消息").click()
    await nothing_runs_off(desk)
    await screenshot(desk, f"4-desk-{font}")
    await desk.locator("#m2").get_by_role("button", name="撤回").click()
    await expect(rude).to_contain_text("撤回了一条消息")
