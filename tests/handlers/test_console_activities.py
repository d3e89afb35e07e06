"""Activities and leave at a desk: counts for who watches, answers for who asked, the reason for who decides."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.activities import QuestionDraft, QuestionKind
from domain.roles import Role
from services.activities import draft_activity, publish_activity
from services.people import access_teaching, recognise
from services.terms import school_day
from tests.desk import Browser, appoint_at
from tests.handlers.conftest import Desk, Village
from tests.town import OTHER_SCHOOL, SCHOOL, Phone, school_class
from tests.waiting import wait_until

GROUP = school_class(1)
CHILD = f"{GROUP.id}-0003"
CHILD_NAME = "学生三"
TITLE = "<b>家长会</b>"
REASON = "=1+1 发烧"


async def publish(village: Village, key: str, **changes: Any) -> str:
    """A booking of two places for class 1, else what `changes` says; the teacher's."""
    ctx = village.town.ctx
    teaching = await access_teaching(ctx, await recognise(ctx, village.teacher.user.openid))
    form = {
        "kind": "booking",
        "per": "child",
        "title": TITLE,
        "body": "每家十分钟。",
        "closes_at": (ctx.now() + timedelta(days=1)).isoformat(),
        **changes,
    }
    slot = QuestionDraft(
        kind=QuestionKind.CHOICE, text="哪个时段？", required=True, options=(("=18:00", 2),)
    )
    questions = [] if form["kind"] == "theme" else [slot]
    draft = await draft_activity(
        ctx, teaching, form, questions, staff=False, class_ids=[GROUP.id], file_ids=[]
    )
    return (await publish_activity(ctx, teaching, draft, idempotency_key=key)).id


async def ask_leave(village: Village, half: str = "pm", on: date | None = None) -> None:
    day = str(on or school_day(village.town.ctx.now()))
    form = {
        "child": CHILD, "kind": "sick", "first": day, "first_half": half, "last": day, "last_half": "pm",
        "reason": REASON,
    }  # fmt: skip
    assert "等老师批" in (await village.mother.post("/h5/leaves", form)).text


async def office(village: Village) -> Phone:
    return await appoint_at(village.town, "office", SCHOOL, Role.OFFICE, name="教务处")


async def leader(village: Village, grade: int) -> Phone:
    key = f"leader-{grade}"
    return await appoint_at(village.town, key, SCHOOL, Role.GRADE_LEADER, name="组长", grade=grade)


async def taken(browser: Browser, path: str) -> dict[str, list[list[Any]]]:
    """An Excel file: its sheets with their rows, opened; nothing in it is a formula."""
    async with browser.client.get(browser.town.base + path) as answer:
        assert answer.status == 200
        book = load_workbook(io.BytesIO(await answer.read()))
    cells = [cell for sheet in book.worksheets for row in sheet for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
        for sheet in book.worksheets
    }


async def acts(village: Village, act: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await village.town.ctx.stores.database["audit"].find({"act": act}).to_list(None)
    )
    return found


async def decided(village: Village) -> list[tuple[str, str]]:
    """Where each request stands, and what was said."""
    found = await village.town.ctx.stores.database["leaves"].find({}).to_list(None)
    return [(one["state"], one["reply"]) for one in found]


async def test_the_office_sees_how_many_and_not_who(village: Village, desk: Desk) -> None:
    private = await publish(village, "key-0001")
    shown = await publish(village, "key-0002", title="大家看得到", shows_totals="yes")
    for one in (private, shown):
        await village.mother.post(f"/h5/activities/{one}", {"child": CHILD, "q0": "o0"})
    browser = await desk(await office(village))
    page = (await browser.open("/console/activities")).text
    assert page.index("大家看得到") < page.index("&lt;b&gt;家长会")
    assert "<b>家长会" not in page
    assert page.count("<td>1 / 3</td><td>1 / 2</td>".replace("</td><td>", "</td>\n    <td>")) == 2
    assert GROUP.name in page
    assert CHILD_NAME not in page
    assert f"/console/activities/{private}/list.xlsx" not in page
    assert (await browser.open(f"/console/activities/{private}/list.xlsx")).status == 404
    assert await acts(village, "answers_exported") == []
    sheets = await taken(browser, f"/console/activities/{shown}/list.xlsx")
    assert sheets == {
        "汇总": [
            ["题目", "选项", "人数", "剩余名额", "平均名次"],
            ["哪个时段？", "'=18:00", 1, 1, None],
        ]
    }
    (entry,) = await acts(village, "answers_exported")
    assert (entry["subject_id"], entry["after"]["count"]) == (shown, 0)
    assert entry["actor"]["role"] == "office"


async def test_who_published_takes_the_names(village: Village, desk: Desk) -> None:
    mine = await publish(village, "key-0001")
    await village.mother.post(f"/h5/activities/{mine}", {"child": CHILD, "q0": "o0"})
    assert (await (await desk(village.teacher)).open("/console/activities")).status == 404
    await appoint_at(village.town, "teacher", SCHOOL, Role.GRADE_LEADER, name="王老师", grade=3)
    browser = await desk(village.teacher)
    assert f"{mine}/list.xlsx" in (await browser.open("/console/activities")).text
    sheets = await taken(browser, f"/console/activities/{mine}/list.xlsx")
    assert [row[1:3] for row in sheets["名单"][1:2]] == [[CHILD_NAME, "已填写"]]
    (entry,) = await acts(village, "answers_exported")
    assert entry["after"]["count"] == 1


@pytest.mark.parametrize(("grade", "sees"), [(3, True), (4, False)])
async def test_a_grade_leader_sees_the_grade(
    village: Village, desk: Desk, grade: int, sees: bool
) -> None:
    shown = await publish(village, "key-0001", title="三年级的", shows_totals="yes")
    other = replace(GROUP, id="school-a-4-1", name="四年级1班", grade=4)
    await village.town.ctx.stores.schools.save_classes([other])
    browser = await desk(await leader(village, grade))
    assert ("三年级的" in (await browser.open("/console/activities")).text) is sees
    status = (await browser.open(f"/console/activities/{shown}/list.xlsx")).status
    assert (status == 200) is sees


async def test_pages_go_back_in_time(village: Village, desk: Desk) -> None:
    for number in range(23):
        await publish(village, f"key-{number:04d}", kind="theme", title=f"主题{number:02d}")
    browser = await desk(await office(village))
    first = (await browser.open("/console/activities")).text
    assert "主题22" in first
    assert "主题02" not in first
    assert ">23 <small>次" in first
    link = first.partition('href="/console/activities?day=')[2].partition('"')[0]
    second = (await browser.open("/console/activities?day=" + link.replace("&amp;", "&"))).text
    assert "主题02" in second
    assert "主题22" not in second
    for wrong in ("?before=x", "?day=soon", "?before=1:2"):
        assert (await browser.open("/console/activities" + wrong)).status == 404


async def test_leave_by_class_with_the_reason_for_who_decides(village: Village, desk: Desk) -> None:
    await ask_leave(village)
    decider = await desk(await office(village))
    page = (await decider.open("/console/leaves")).text
    for said in (GROUP.name, CHILD_NAME, ">下午</td>", "等老师批", f"病假：{REASON}"):
        assert said in page
    watcher = await desk(await leader(village, 3))
    page = (await watcher.open("/console/leaves?span=week")).text
    assert CHILD_NAME in page
    assert "发烧" not in page
    assert "病假" not in page
    tomorrow = school_day(village.town.ctx.now()) + timedelta(days=1)
    row = f'<th scope="row">{CHILD_NAME}</th>'
    assert row in (await decider.open("/console/leaves")).text
    assert row not in (await decider.open(f"/console/leaves?day={tomorrow}")).text
    assert (await decider.open("/console/leaves?day=9999-12-31")).status == 404


async def test_leave_is_decided_at_the_desk_by_who_decides_on_the_phone(
    village: Village, desk: Desk
) -> None:
    tomorrow = school_day(village.town.ctx.now()) + timedelta(days=1)
    await ask_leave(village, on=tomorrow)
    (leave,) = await village.town.ctx.stores.database["leaves"].find({}).to_list(None)
    path = f"/console/leaves/{leave['_id']}/decision"
    watcher = await desk(await leader(village, 3))
    assert "等您批的假" not in (await watcher.open("/console/leaves")).text
    assert (await watcher.send(path, {"action": "approve"})).status == 404
    head = await desk(village.teacher)
    page = (await head.open("/console/leaves")).text  # of today, when nobody is away
    assert "等您批的假" in page
    assert path in page
    assert (await head.send(path, {"action": "perhaps"})).status == 404
    refused = await head.send(path, {"action": "refuse", "reply": "长" * 101})
    assert refused.status == 422
    assert "长" * 101 in refused.text
    assert 'role="alert"' in refused.text
    assert await decided(village) == [("waiting", "")]
    done = await head.send(path, {"action": "refuse", "reply": "考试，尽量别请"})
    assert "已决定" in done.text
    assert path not in done.text
    assert await decided(village) == [("refused", "考试，尽量别请")]
    other = await desk(await office(village))
    assert (await other.send(path, {"action": "approve"})).status == 409
    assert await decided(village) == [("refused", "考试，尽量别请")]
    assert len(await acts(village, "leave_refused")) == 1
    assert "考试，尽量别请" in (await village.mother.get("/h5/leaves")).text


@pytest.mark.parametrize("action", ["approve", "refuse"])
async def test_what_wechat_did_not_bring_stands_where_leave_is_decided(
    village: Village, desk: Desk, action: str
) -> None:
    await ask_leave(village)
    (leave,) = await village.town.ctx.stores.database["leaves"].find({}).to_list(None)
    head, watcher = await desk(village.teacher), await desk(await leader(village, 3))
    village.town.faults(quota=0)
    await head.send(f"/console/leaves/{leave['_id']}/decision", {"action": action})

    async def is_said() -> bool:
        return "微信未送达，家长打开后能看到" in (await head.open("/console/leaves")).text

    await wait_until(is_said, description="it says what became of it")
    page = (await head.open("/console/leaves")).text
    assert "今天的模板消息额度用完了" in page
    assert ("没有批准，家长还没收到" in page) is (action == "refuse")
    assert "未送达" not in (await watcher.open("/console/leaves")).text
    phone = (await village.teacher.get("/h5/teach/leaves")).text
    assert "微信未送达，家长打开后能看到" in phone
    assert "提醒" not in phone.partition("<main")[2]  # nobody is reminded of a decision


async def test_nobody_decides_at_a_desk_about_their_own_child_or_another_schools(
    village: Village, desk: Desk
) -> None:
    await ask_leave(village)
    leaves = village.town.ctx.stores.database["leaves"]
    (leave,) = await leaves.find({}).to_list(None)
    path = f"/console/leaves/{leave['_id']}/decision"
    rival = await appoint_at(village.town, "rival-office", OTHER_SCHOOL, Role.OFFICE, name="邻校")
    assert (await (await desk(rival)).send(path, {"action": "approve"})).status == 404
    me = await village.person(village.teacher)
    await leaves.update_one({"_id": leave["_id"]}, {"$set": {"person_id": me}})
    head = await desk(village.teacher)
    assert path not in (await head.open("/console/leaves")).text
    assert "别的老师来批" in (await head.send(path, {"action": "approve"})).text
    assert await decided(village) == [("waiting", "")]


async def test_the_list_of_leave_as_a_file(village: Village, desk: Desk) -> None:
    await ask_leave(village)
    path = "/console/leaves/list.xlsx?span=day"
    whole = await taken(await desk(await office(village)), path)
    head, line = whole["请假"]
    assert (line[:2], line[3:]) == (
        [GROUP.name, CHILD_NAME],
        ["下午", 1, "等老师批", "病假", "'" + REASON],
    )
    less = await taken(await desk(await leader(village, 3)), path)
    assert less["请假"] == [head[:6], line[:6]]
    entries = await acts(village, "leaves_exported")
    assert [e["actor"]["role"] for e in entries] == ["office", "grade_leader"]
    assert {e["after"]["count"] for e in entries} == {1}
    assert "发烧" not in str(entries)
    assert CHILD_NAME not in str(entries)


async def test_nobody_sees_another_schools(village: Village, desk: Desk) -> None:
    shown = await publish(village, "key-0001", title="我们学校的", shows_totals="yes")
    await ask_leave(village)
    town = village.town
    rival = await appoint_at(town, "rival-office", OTHER_SCHOOL, Role.OFFICE, name="邻校")
    browser = await desk(rival)
    assert "我们学校的" not in (await browser.open("/console/activities")).text
    assert (await browser.open(f"/console/activities/{shown}/list.xlsx")).status == 404
    assert CHILD_NAME not in (await browser.open("/console/leaves")).text
    assert CHILD_NAME not in str(await taken(browser, "/console/leaves/list.xlsx"))
    observer = await desk(await appoint_at(town, "observer", SCHOOL, Role.OBSERVER, name="督导员"))
    assert "我们学校的" in (await observer.open("/console/activities")).text
    assert (await observer.open("/console/leaves")).status == 404
    head = await desk(village.teacher)
    assert CHILD_NAME in (await head.open("/console/leaves")).text
    assert (await head.open("/console/activities")).status == 404
