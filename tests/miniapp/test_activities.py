"""Asking families and staff: who may answer, who sees what, places that are given once, and what is taken back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.bindings import Binding, BindingState, Custody, binding_id
from domain.roles import Appointment, Role
from services.context import Context
from services.deliveries import carry_out_work
from services.families import end_own_binding
from storage.documents import to_document
from tests import recordings
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.test_files import fetch
from tests.miniapp.village import Village
from tests.town import OTHER_SCHOOL, SCHOOL, Town, school_class
from tests.waiting import wait_until

CLASS = school_class(1)
FIRST, SECOND, THIRD = (f"{CLASS.id}-000{n}" for n in (1, 2, 3))
RAW = {"Content-Type": "application/octet-stream"}
SLOTS = {
    "kind": "choice",
    "text": "哪个时段？",
    "options": [{"text": "18:00", "seats": 1}, {"text": "18:10", "seats": 1}],
}
TEXT = {"kind": "text", "text": "有什么想说的？", "required": False}


@dataclass
class Place:
    """A class with its head teacher and three families."""

    village: Village
    teacher: MiniClient
    mothers: Sequence[MiniClient]

    @property
    def ctx(self) -> Context:
        ctx: Context = self.village.town.ctx
        return ctx

    async def father(self, student_id: str = FIRST) -> MiniClient:
        """The other guardian of a child."""
        mini = await self.village.somebody("father")
        person = await self.village.person("father")
        binding = Binding(
            id=binding_id(student_id, person),
            school_id=SCHOOL.id,
            student_id=student_id,
            person_id=person,
            relation="爸爸",
            contact_id="",
            state=BindingState.ACTIVE,
            bound_at=self.ctx.now(),
            unsettled=False,
        )
        await self.ctx.stores.database["bindings"].insert_one(to_document(binding))
        return mini

    def form(self, **changes: Any) -> dict[str, Any]:
        closes = self.ctx.now() + timedelta(days=2)
        return {
            "kind": "form",
            "class_ids": [CLASS.id],
            "title": "家长会预约",
            "body": "每家十分钟，请选一个时段。",
            "closes_at": closes.isoformat(),
            "questions": [SLOTS, TEXT],
            **changes,
        }

    async def publish(self, *, key: str = "", **changes: Any) -> str:
        made = await self.teacher.call(
            "POST", "/teaching/activities", self.form(**changes), key=key
        )
        return str(made.data["id"])

    async def answer(
        self, number: int, activity: str, *answers: dict[str, Any], key: str = "", child: str = ""
    ) -> Answer:
        body = {"child_id": child or f"{CLASS.id}-000{number + 1}", "answers": list(answers)}
        path = f"/activities/{activity}/answers"
        return await self.mothers[number].call("POST", path, body, key=key)

    async def results(self, activity: str) -> Any:
        return (await self.teacher.call("GET", f"/teaching/activities/{activity}")).data

    async def told(self, activity: str) -> None:
        """Every family's list has it."""

        async def is_out() -> bool:
            notice = await self.ctx.stores.notices.find(activity)
            return notice is not None and not notice.work

        await wait_until(is_out, description="the activity's notice is told")


def seat(option: str) -> dict[str, Any]:
    return {"question_id": "q0", "option_ids": [option]}


@pytest.fixture
async def place(town: Town, device: Device) -> Place:
    village = Village(town, device, await town.settle_school(children=3))
    teacher = await village.somebody("teacher")
    mothers = [await village.guardian(f"mother-{n}", n + 1) for n in range(3)]
    return Place(village, teacher, mothers)


async def test_the_excel_file_is_for_the_publisher_and_calculates_nothing(place: Place) -> None:
    activity = await place.publish()
    await place.answer(0, activity, seat("o1"), {"question_id": "q1", "text": "=HYPERLINK(1)"})
    path = f"/teaching/activities/{activity}/export"
    status, content, _ = await fetch(place.teacher, path)
    assert status == 200
    book = load_workbook(io.BytesIO(content))
    rows = list(book["名单"].iter_rows(min_row=2, values_only=True))
    assert rows[0][2:4] == ("已填写", "妈妈")
    assert rows[0][5:] == ("18:10", "'=HYPERLINK(1)")
    assert [row[2] for row in rows] == ["已填写", "还没填", "还没填"]
    assert [row[1:4] for row in book["汇总"].iter_rows(min_row=2, values_only=True)] == [
        ("18:00", 0, 1),
        ("18:10", 1, 0),
    ]
    acts = await place.village.documents("audit", act="answers_exported")
    assert [a["subject_id"] for a in acts] == [activity]
    assert "HYPERLINK" not in str(acts)
    assert (await fetch(place.mothers[0], path))[0] == 404


async def test_nobody_answers_or_sees_who_is_not_asked_at_this_moment(place: Place) -> None:
    activity = await place.publish()
    stranger = await place.village.somebody("stranger")
    mine, own = f"/activities/{activity}", f"/teaching/activities/{activity}"
    body = {"child_id": FIRST, "answers": [seat("o0")]}
    for nobody in (stranger, place.teacher, place.mothers[1]):
        assert (await nobody.call("POST", f"{mine}/answers", body)).status == 404
        assert (await nobody.call("POST", f"{mine}/withdrawal", {"child_id": FIRST})).status == 404
    assert (await stranger.call("GET", mine)).status == 404
    ctx, colleague = place.ctx, await place.village.somebody("colleague")
    person = await place.village.person("colleague")
    await ctx.stores.appointments.save(
        Appointment(
            id=f"{CLASS.id}:grade:{person}",
            person_id=person,
            role=Role.SUBJECT_TEACHER,
            name="李老师",
            school_id=SCHOOL.id,
            class_id=CLASS.id,
            subject="maths",
        )
    )
    for path in (own, own + "/export"):
        assert (await colleague.call("GET", path)).status == 404
        assert (await place.mothers[0].call("GET", path)).status == 404
    for path in (own + "/withdrawal", own + "/deadline"):
        assert (await colleague.call("POST", path, {})).status == 404
    await end_own_binding(ctx, await place.village.person("mother-0"), FIRST)
    assert (await place.mothers[0].call("POST", f"{mine}/answers", body)).status == 404
    assert (await place.mothers[0].call("GET", mine)).status == 404
    assert (await place.mothers[0].call("GET", "/activities")).data["items"] == []
    assert await place.village.documents("answers") == []
    # Who may only read books nothing for the child.
    bound = await ctx.stores.bindings.active_of_students(SCHOOL.id, [SECOND])
    await ctx.stores.database["bindings"].update_one(
        {"_id": bound[0].id}, {"$set": {"custody": Custody.READ_ONLY}}
    )
    refused = await place.answer(1, activity, seat("o0"))
    assert (refused.status, refused.code) == (409, "may_only_read")
    assert (await place.mothers[1].call("GET", mine)).data["subjects"][0]["may_answer"] is False


async def test_both_guardians_answer_for_one_child_and_every_version_is_kept(
    place: Place,
) -> None:
    father = await place.father()
    activity = await place.publish(questions=[TEXT | {"required": True}])
    words = {"question_id": "q0", "text": "带水杯"}
    once = await place.answer(0, activity, words, key="answer-key-1")
    await place.ctx.stores.database["replies"].delete_many({})
    again = await place.answer(0, activity, words, key="answer-key-1")
    assert once.data["subject"]["answered_at"] == again.data["subject"]["answered_at"]
    body = {"child_id": FIRST, "answers": [{"question_id": "q0", "text": "带雨衣"}]}
    await father.call("POST", f"/activities/{activity}/answers", body)
    (held,) = await place.village.documents("answers")
    assert [v["values"][0]["text"] for v in held["versions"]] == ["带水杯", "带雨衣"]
    assert held["person_id"] == ""
    seen = (await place.mothers[0].call("GET", f"/activities/{activity}")).data["subjects"][0]
    assert seen["values"][0]["text"] == "带雨衣"
    one = await place.publish(per="adult", questions=[TEXT | {"required": True}])
    await place.answer(0, one, words)
    await father.call("POST", f"/activities/{one}/answers", body)
    assert (await place.results(one))["answered"] == 2


async def test_after_the_deadline_and_after_withdrawal_nothing_is_taken(place: Place) -> None:
    activity = await place.publish()
    await place.answer(0, activity, seat("o0"))
    own = f"/teaching/activities/{activity}"
    assert (await place.teacher.call("POST", own + "/deadline", {})).data["open"] is False
    for act in ("answers", "withdrawal"):
        body: dict[str, Any] = {"child_id": FIRST}
        body |= {"answers": [seat("o1")]} if act == "answers" else {}
        late = await place.mothers[0].call("POST", f"/activities/{activity}/{act}", body)
        assert (late.status, late.code) == (409, "over")
    until = (place.ctx.now() + timedelta(days=1)).isoformat()
    opened = await place.teacher.call("POST", own + "/deadline", {"closes_at": until})
    assert opened.data["open"] is True
    assert (await place.answer(1, activity, seat("o1"))).status == 201
    notice = await place.ctx.stores.notices.find(activity)
    assert notice is not None
    assert notice.deadline_at is not None
    assert notice.deadline_at.isoformat()[:19] == opened.data["closes_at"][:19]
    assert (await place.teacher.call("POST", own + "/withdrawal")).data == {"done": True}
    gone = await place.answer(2, activity, seat("o1"))
    assert (gone.status, gone.code) == (409, "withdrawn")
    shown = (await place.mothers[0].call("GET", f"/activities/{activity}")).data
    assert (shown["state"], shown["body"], shown["questions"]) == ("withdrawn", "", [])
    moved = await place.teacher.call("POST", own + "/deadline", {"closes_at": until})
    assert (moved.status, moved.code) == (409, "withdrawn")
    # Its notice is no notice by itself.
    refused = await place.teacher.call("DELETE", f"/notices/{activity}")
    assert (refused.status, refused.code) == (409, "activity")


async def test_only_who_has_not_answered_is_reminded(place: Place) -> None:
    father = await place.father()
    activity = await place.publish(questions=[TEXT | {"required": True}])
    await place.told(activity)
    assert len((await father.call("GET", "/home")).data["todo"]) == 1
    await place.answer(0, activity, {"question_id": "q0", "text": "好"})
    assert (await father.call("GET", "/home")).data["todo"] == []
    # A process that died between the answer and the lists: the reminder looks again.
    deliveries = place.ctx.stores.database["deliveries"]
    await deliveries.update_many({"notice_id": activity}, {"$set": {"confirmed_at": None}})
    path = f"/notices/{activity}/reminders"
    assert (await place.teacher.call("POST", path, {"number": 1})).status == 201
    always = replace(place.ctx, now=lambda: place.village.town.ctx.now() + timedelta(hours=12))
    await carry_out_work(always, activity)
    reminded = await place.village.documents("deliveries", purposes="remind-1")
    assert {d["student_id"] for d in reminded} == {SECOND, THIRD}


async def test_files_go_to_the_family_and_the_publisher_alone(place: Place) -> None:
    question = {"kind": "file", "text": "作品照片"}
    activity = await place.publish(questions=[question])
    picture = recordings.jpeg_with_position(size=(120, 80))
    sent = await place.mothers[0].call("POST", f"/files?name=a.jpg&child={FIRST}", picture, **RAW)
    file_id = sent.data["file_id"]
    answer = {"question_id": "q0", "file_ids": [file_id]}
    stolen = await place.answer(1, activity, answer)
    assert (stolen.status, stolen.code) == (422, "invalid")
    assert (await place.answer(0, activity, answer)).status == 201
    shown = f"/files/{file_id}?activity={activity}&child={FIRST}"
    for who in (place.teacher, place.mothers[0]):
        assert (await fetch(who, shown))[0] == 200
    for nobody in (place.mothers[1], await place.village.somebody("stranger")):
        assert (await fetch(nobody, shown))[0] == 404
    other = await place.publish(questions=[question])
    assert (await fetch(place.teacher, shown.replace(activity, other)))[0] == 404


async def test_totals_are_shown_where_the_publisher_says_so(place: Place) -> None:
    question = {"kind": "choice", "text": "去哪儿？", "options": [{"text": "山"}, {"text": "海"}]}
    activity = await place.publish(kind="poll", questions=[question], shows_totals=True)
    await place.answer(0, activity, seat("o1"))
    shown = (await place.mothers[1].call("GET", f"/activities/{activity}")).data
    assert [t["count"] for t in shown["totals"]] == [0, 1]
    assert FIRST not in str(shown)


async def test_staff_are_asked_by_who_leads_the_whole_school(place: Place) -> None:
    asked = place.form(staff=True, class_ids=[], per="adult", questions=[TEXT | {"required": True}])
    path = "/teaching/activities"
    assert (await place.teacher.call("POST", path, asked)).status == 404
    office = await place.village.somebody("office")
    person = await place.village.person("office")
    for role, school, who in (
        (Role.OFFICE, SCHOOL, person),
        (Role.OBSERVER, OTHER_SCHOOL, await place.village.person("mother-0")),
    ):
        await place.ctx.stores.appointments.save(
            Appointment(
                id=f"{school.id}:{role}:{who}", person_id=who, role=role, name="教务",
                school_id=school.id,
            )
        )  # fmt: skip
    teacher = place.village.town.phone("teacher")
    await teacher.say("菜单")  # WeChat lets us answer for two days
    made = await office.call("POST", path, asked)
    assert made.status == 201
    activity = made.data["id"]
    (row,) = (await place.teacher.call("GET", "/activities")).data["items"]
    assert (row["id"], row["child_id"]) == (activity, "")
    await wait_until(
        lambda: "请在" in str(teacher.user.chat), description="staff are told in their chat"
    )
    body = {"answers": [{"question_id": "q0", "text": "建议周三开会"}]}
    sent = await place.teacher.call("POST", f"/activities/{activity}/answers", body)
    assert sent.status == 201
    for nobody in place.mothers:
        assert (await nobody.call("POST", f"/activities/{activity}/answers", body)).status == 404
    found = (await office.call("GET", f"{path}/{activity}")).data
    assert (found["answered"], [x["came"] for x in found["lines"]]) == (1, ["answered"])
