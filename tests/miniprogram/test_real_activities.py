"""A parents' evening on the real server, on two screens at once; leave, asked on one phone and decided on another."""

from __future__ import annotations

from datetime import timedelta

from playwright.async_api import expect

from services.terms import school_day
from tests.browser.phones import Screenshot
from tests.miniprogram.campus import Campus


async def test_a_teacher_sees_places_go_while_guardians_book(
    campus: Campus, screenshot: Screenshot
) -> None:
    teacher = await campus.teacher()
    mother, other = await campus.parent("mother", 1), await campus.parent("other", 2)
    await teacher.open()
    await teacher.tap("activities-mine")
    await teacher.is_at("activities/own/index")
    await teacher.tap("write")
    await teacher.is_at("activities/publish/index")
    await teacher.tap("kind-booking")
    await teacher.type("标题", "家长会预约")
    await teacher.type("说明", "每家十分钟，请选一个时段。")
    await teacher.type("第 1 题 · 单选", "哪个时段方便？")
    await teacher.tap("make-slots")
    await teacher.tap("date")
    day = school_day(campus.town.ctx.now()) + timedelta(days=2)
    await teacher.page.locator(".mp-picker").fill(str(day))
    await teacher.tap("send")
    await teacher.is_at("activities/results/index")
    await expect(teacher.part("total-q0-o0")).to_contain_text("剩 1")

    await mother.open("activities/mine/index")
    await expect(mother.part("asked")).to_contain_text("待填写")
    await mother.tap("asked")
    await other.open("activities/mine/index")
    await other.tap("asked")
    await expect(other.part("option-q0-o0")).to_contain_text("剩 1 个")  # seen before it is gone
    await mother.tap("option-q0-o0")
    await mother.tap("send")
    await expect(mother.part("answered")).to_contain_text("妈妈")
    # The teacher touches nothing: the place goes before their eyes.
    await expect(teacher.part("total-q0-o0")).to_contain_text("剩 0")
    await expect(teacher.part("line").first).to_contain_text("18:00")
    await teacher.shoot(screenshot, "1-teacher")
    await mother.shoot(screenshot, "2-mother")

    await other.tap("option-q0-o0")
    await other.tap("send")
    await other.answer("知道了")
    await expect(other.part("option-q0-o0")).to_contain_text("满了")
    await other.tap("option-q0-o1")
    await other.tap("send")
    await expect(other.part("answered")).to_be_visible()
    await expect(teacher.part("total-q0-o1")).to_contain_text("剩 0")
    await mother.tap("take-back")
    await mother.answer("取消填写")
    await expect(mother.part("answered")).to_have_count(0)
    await expect(teacher.part("total-q0-o0")).to_contain_text("剩 1")


async def test_leave_goes_from_one_phone_to_the_other_and_back(
    campus: Campus, screenshot: Screenshot
) -> None:
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    await mother.open()
    await mother.tap("activities")
    await mother.tap("leave")
    await mother.tap("new")
    await mother.type("原因", "发烧，去医院看看")
    await mother.tap("send")
    await expect(mother.part("leave")).to_contain_text("等老师批")
    await teacher.open("activities/own/index")
    await expect(teacher.part("leaves")).to_contain_text("1")
    await teacher.tap("leaves")
    await teacher.type("回一句话（选填）", "好好休息")
    await teacher.tap("approve")
    await expect(teacher.part("leave")).to_contain_text("批准了")
    await mother.open("activities/leave/index")
    await expect(mother.part("leave")).to_contain_text("好好休息")
    await mother.shoot(screenshot, "1-approved")
    await mother.tap("withdraw")
    await mother.answer("不请了")
    await expect(mother.part("leave")).to_contain_text("已撤回")
    await teacher.open("activities/leaves/index")
    await expect(teacher.part("leave")).to_contain_text("已撤回")


async def test_a_signed_form_outlives_a_killed_app_and_the_teacher_changes_it(
    campus: Campus, screenshot: Screenshot
) -> None:
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    await teacher.open("activities/publish/index")
    await teacher.tap("kind-form")
    await teacher.tap("remove")
    await teacher.tap("add-text")
    await teacher.type("第 1 题 · 文字", "有什么要注意的？")
    await teacher.tap("add-sign")
    await teacher.type("第 2 题 · 签名", "我已阅读并同意")
    await teacher.type("标题", "秋游安全须知")
    await teacher.type("说明", "请读一读，签上名字。")
    await teacher.tap("date")
    day = school_day(campus.town.ctx.now()) + timedelta(days=2)
    await teacher.page.locator(".mp-picker").fill(str(day))
    await teacher.tap("send")
    await teacher.is_at("activities/results/index")

    await mother.open("activities/mine/index")
    await mother.tap("asked")
    await mother.is_at("activities/answer/index")
    made = await campus.town.ctx.stores.database["activities"].find_one({})
    address = f"activities/answer/index?id={made['_id']}"
    await mother.type("有什么要注意的？", "对花粉过敏")
    await mother.tap("sign")
    await mother.write_name()
    await mother.tap("send")
    await expect(mother.part("sign")).to_contain_text("已签名")
    await mother.open(address)  # the app was killed before it was sent
    await expect(mother.front.locator("textarea")).to_have_value("对花粉过敏")
    await mother.tap("send")
    await expect(mother.part("answered")).to_contain_text("妈妈")
    await expect(teacher.part("line").first).to_contain_text("对花粉过敏")
    await teacher.shoot(screenshot, "1-signed")
    answers = await campus.town.ctx.stores.database["answers"].find({}).to_list(None)
    (signature,) = answers[0]["versions"][0]["values"][1]["files"]
    assert signature["name"] == "手写签名.png"

    await teacher.tap("change")
    await teacher.correct("标题", "秋游安全须知（新）")
    await teacher.tap("save")
    await teacher.is_at("activities/results/index")
    await expect(teacher.text("秋游安全须知（新）")).to_be_visible()
    await mother.open(address)
    await expect(mother.text("秋游安全须知（新）")).to_be_visible()
