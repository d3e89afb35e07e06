"""Activities and leave in WeChat's browser: booking, refusals with the reason beside them, deciding about leave."""

from __future__ import annotations

import re
from datetime import timedelta

from domain.activities import QuestionDraft, QuestionKind
from domain.leaves import usual_day
from handlers.activity_phrases import LEAVE_CHANGED
from services.activities import draft_activity, publish_activity
from services.people import access_teaching, recognise
from services.terms import school_day
from tests.handlers.conftest import Village, drawn, photograph
from tests.town import school_class
from tests.waiting import wait_until

CHILD = f"{school_class(1).id}-0003"


async def published(village: Village) -> str:
    """A parents' evening of one slot."""
    ctx = village.town.ctx
    teaching = await access_teaching(ctx, await recognise(ctx, village.teacher.user.openid))
    form = {
        "kind": "booking",
        "per": "child",
        "title": "家长会预约",
        "body": "每家十分钟。",
        "closes_at": (ctx.now() + timedelta(days=1)).isoformat(),
    }
    slot = QuestionDraft(
        kind=QuestionKind.CHOICE, text="哪个时段？", required=True, options=(("18:00", 1),)
    )
    number = QuestionDraft(kind=QuestionKind.NUMBER, text="来几位？", required=True)
    draft = await draft_activity(
        ctx,
        teaching,
        form,
        [slot, number],
        staff=False,
        class_ids=[school_class(1).id],
        file_ids=[],
    )
    return (await publish_activity(ctx, teaching, draft, idempotency_key="key-0001")).id


async def test_a_slot_is_booked_and_given_back(village: Village) -> None:
    activity = await published(village)
    path, mother = f"/h5/activities/{activity}", village.mother
    assert "待填写" in (await mother.get("/h5/activities")).text

    async def listed() -> str:
        page = (await mother.get("/h5/notices")).text
        return page if "家长会预约" in page else ""

    page = await wait_until(listed, description="it is among her notices")
    assert ("待填写" in page, "待确认" in page) == (True, False)
    assert "（待填写）" in await mother.say("最新通知")
    shown = await mother.get(path)
    assert "剩 1 个" in shown.text
    wrong = await mother.post(path, {"child": CHILD, "q0": "o0", "q1": "zwei"})
    assert (wrong.status, "problem" in wrong.text) == (422, True)
    assert await village.town.ctx.stores.answers.of_activity("school-a", activity) == []
    booked = await mother.post(path, {"child": CHILD, "q0": "o0", "q1": "2"})
    assert "填好了" in booked.text
    page = (await mother.get("/h5/notices")).text
    assert ("已填写" in page, "已确认" in page) == (True, False)
    assert "待填写" not in await mother.say("最新通知")
    assert "改好了，再交一次" in (await mother.get(path)).text
    back = await mother.post(path + "/withdrawal", {"child": CHILD})
    assert "已取消" in back.text
    seats = await village.town.ctx.stores.seats.find(activity)
    assert seats is not None
    assert seats.holders == ()
    for stranger in (village.teacher, village.town.phone("stranger", following=True)):
        assert (await stranger.get(path)).status == 404
        assert (await stranger.post(path, {"child": CHILD, "q0": "o0", "q1": "2"})).status == 404


async def asked_for_files(village: Village) -> str:
    """A form that asks for a work, words and a signature."""
    ctx = village.town.ctx
    form = {
        "kind": "form",
        "per": "child",
        "title": "秋游安全须知",
        "body": "请签名。",
        "closes_at": (ctx.now() + timedelta(days=1)).isoformat(),
    }
    questions = [
        QuestionDraft(kind=QuestionKind.FILE, text="孩子的作品", required=True),
        QuestionDraft(kind=QuestionKind.TEXT, text="有什么想说的？", required=True),
        QuestionDraft(kind=QuestionKind.SIGN, text="我已阅读并同意", required=True),
    ]
    teaching = await village.teaching()
    draft = await draft_activity(
        ctx, teaching, form, questions, staff=False, class_ids=[school_class(1).id], file_ids=[]
    )
    return (await publish_activity(ctx, teaching, draft, idempotency_key="key-0001")).id


async def test_files_and_a_signature_go_with_an_answer(village: Village) -> None:
    activity, mother = await asked_for_files(village), village.mother
    path = f"/h5/activities/{activity}"
    up = f"{path}/files?child={CHILD}"
    assert "data-ink" in (await mother.get(path)).text
    work = (await mother.upload("作品.jpg", photograph(), up)).data["id"]
    photo = (await mother.upload("照片.jpg", photograph(), up)).data["id"]
    empty = (await mother.upload("手写签名.png", drawn(ink=False), up)).data["id"]
    signed = (await mother.upload("手写签名.png", drawn(), up)).data["id"]
    form = {"child": CHILD, "q0": work, "q1": "没有", "q2": signed}
    for wrong in ({"q2": photo}, {"q2": empty}, {"q2": ""}, {"q1": ""}, {"q0": "nobody-s"}):
        refused = await mother.post(path, {**form, **wrong})
        assert refused.status == 422
        assert await village.count("answers") == 0
    assert (
        "作品.jpg" in (await mother.post(path, {**form, "q1": ""})).text
    )  # it need not go up again
    assert "填好了" in (await mother.post(path, form)).text
    shown = (await mother.get(path)).text
    assert "作品.jpg" in shown
    assert "已签名" in shown
    assert "填好了" in (await mother.post(path, {**form, "q1": "还是没有"})).text
    (answer,) = await village.town.ctx.stores.answers.of_activity("school-a", activity)
    assert set(answer.files()) == {work, signed}


async def test_nobody_hands_in_a_file_for_a_child_that_is_not_theirs(village: Village) -> None:
    activity = await asked_for_files(village)
    up = f"/h5/activities/{activity}/files"
    other = f"{school_class(1).id}-0001"
    assert (await village.mother.upload("a.jpg", photograph(), f"{up}?child={other}")).status == 404
    assert (await village.mother.upload("a.jpg", photograph(), up)).status == 404
    for stranger in (village.stranger, village.rival, village.teacher):
        assert (await stranger.upload("a.jpg", photograph(), f"{up}?child={CHILD}")).status == 404
    assert await village.count("files") == 0


async def test_leave_is_asked_and_decided(village: Village) -> None:
    ctx, mother = village.town.ctx, village.mother
    day = str(school_day(ctx.now()))
    form = {
        "child": CHILD, "kind": "sick", "first": day, "first_half": "am", "last": day, "last_half": "pm",
        "reason": "",
    }  # fmt: skip
    begun = (await mother.get("/h5/leaves")).text
    assert begun.count(f'value="{usual_day(ctx.now())}"') == 2
    assert (await mother.post("/h5/leaves", form)).status == 422
    assert "班里请假" not in (await village.teacher.get("/h5/")).text
    asked = await mother.post("/h5/leaves", {**form, "reason": "发烧"})
    assert "等老师批" in asked.text
    home = (await village.teacher.get("/h5/")).text
    assert re.search(r'href="[^"]*/h5/teach/leaves">.*班里请假.*<span class="badge">1</span>', home)
    assert "班里请假" not in (await mother.get("/h5/")).text
    assert "发烧" in (await village.teacher.get("/h5/teach/leaves")).text
    (leave,) = await ctx.stores.leaves.of_student("school-a", CHILD)
    body = {"leave": leave.id, "action": "approve", "reply": "好好休息"}
    assert (await mother.post("/h5/teach/leaves", body)).status == 404
    assert "批准了" in (await village.teacher.post("/h5/teach/leaves", body)).text
    assert "班里请假" not in (await village.teacher.get("/h5/")).text
    assert "好好休息" in (await mother.get("/h5/leaves")).text
    back = await mother.post(f"/h5/leaves/{leave.id}/withdrawal")
    assert "已撤回" in back.text


async def test_a_page_that_one_comes_back_to_asks_again_for_other_days_and_once_for_the_same(
    village: Village,
) -> None:
    ctx, mother = village.town.ctx, village.mother
    day = school_day(ctx.now()) + timedelta(days=3)
    form = {
        "key": "key-of-the-page", "child": CHILD, "kind": "sick", "first": str(day), "first_half": "am",
        "last": str(day), "last_half": "pm", "reason": "复查牙齿",
    }  # fmt: skip
    for _ in range(2):
        assert (await mother.post("/h5/leaves", form)).status == 200
    assert len(await ctx.stores.leaves.of_student("school-a", CHILD)) == 1
    later = str(day + timedelta(days=1))
    assert (await mother.post("/h5/leaves", {**form, "first": later, "last": later})).status == 200
    assert len(await ctx.stores.leaves.of_student("school-a", CHILD)) == 2
    taken = await mother.post("/h5/leaves", {**form, "reason": "还是这一天"})
    assert taken.status == 409
    assert 'value="还是这一天"' in taken.text
    assert "这几天已经请过假了" in taken.text
    assert len(await ctx.stores.leaves.of_student("school-a", CHILD)) == 2


async def test_a_decision_that_comes_too_late_shows_what_is_now(village: Village) -> None:
    ctx, mother = village.town.ctx, village.mother
    day = str(school_day(ctx.now()))
    form = {
        "child": CHILD, "kind": "sick", "first": day, "first_half": "am", "last": day, "last_half": "pm",
        "reason": "发烧",
    }  # fmt: skip
    assert (await mother.post("/h5/leaves", form)).status == 200
    (leave,) = await ctx.stores.leaves.of_student("school-a", CHILD)
    await mother.post(f"/h5/leaves/{leave.id}/withdrawal")
    late = await village.teacher.post("/h5/teach/leaves", {"leave": leave.id, "action": "approve"})
    assert late.status == 409
    assert LEAVE_CHANGED in late.text
    assert "已撤回" in late.text
    assert "批准了" not in late.text
