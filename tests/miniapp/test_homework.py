"""Homework through the mini-program's API: a teacher sets it within the budget, families find it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.roles import Appointment, Role
from domain.times import SCHOOL_ZONE
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village
from tests.town import SCHOOL, Phone, Town, child_name, school_class
from tests.waiting import wait_until

CLASS = school_class(1)


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=3))


async def subject_teacher(village: Village, key: str, subject: str) -> MiniClient:
    """Somebody who teaches a subject in the class, signed in."""
    mini = await village.somebody(key)
    person_id = await village.person(key)
    await village.town.ctx.stores.appointments.save(
        Appointment(
            id=f"{CLASS.id}:subject_teacher-{subject}:{person_id}",
            person_id=person_id,
            role=Role.SUBJECT_TEACHER,
            name="陈老师" if subject == "maths" else "林老师",
            school_id=SCHOOL.id,
            class_id=CLASS.id,
            subject=subject,
        )
    )
    return mini


def today(village: Village) -> str:
    return str(village.town.ctx.now().astimezone(SCHOOL_ZONE).date())


def form(village: Village, **changes: Any) -> dict[str, Any]:
    return {
        "subject": "maths",
        "class_ids": [CLASS.id],
        "text": "练习册第 32 页。",
        "minutes": 20,
        "written": True,
        "day": today(village),
        "hand_in": "pictures",
        **changes,
    }


async def test_a_teacher_sees_what_fits_publishes_and_is_told_what_does_not(
    village: Village,
) -> None:
    maths = await subject_teacher(village, "maths", "maths")
    chinese = await subject_teacher(village, "chinese", "chinese")
    options = (await maths.call("GET", "/teaching/homework-options")).data
    assert options["classes"] == [
        {
            "id": CLASS.id,
            "name": CLASS.name,
            "grade": 3,
            "written": True,
            "subjects": [{"code": "maths", "name": "数学"}],
        }
    ]
    made = await maths.call("POST", "/teaching/homework", form(village, minutes=45))
    assert made.data["state"] == "published"
    where = f"/teaching/classes/{CLASS.id}/evenings/{today(village)}"
    seen = (await chinese.call("GET", where)).data
    assert seen["limits"] == {"written": 60, "total": 60}
    assert seen["load"] == {"written": 45, "total": 45}
    over = await chinese.call(
        "POST", "/teaching/homework", form(village, subject="chinese", minutes=20)
    )
    assert over.data["state"] == "unpublished"
    (clash,) = over.data["clashes"]
    assert clash["excess"] == {"written": 5, "total": 5}
    assert clash["items"][0] == {
        "subject": {"code": "maths", "name": "数学"},
        "minutes": 45,
        "written": True,
        "author": "陈老师",
        "mine": False,
        "pupils": None,
        "allowed": False,
    }
    shorter = await chinese.call(
        "PUT",
        f"/teaching/homework/{over.data['id']}",
        form(village, subject="chinese", minutes=15) | {"attempts": over.data["attempts"]},
    )
    assert (shorter.data["state"], shorter.data["clashes"]) == ("published", [])
    listed = (await chinese.call("GET", "/teaching/homework")).data
    assert [(row["minutes"], row["state"]) for row in listed["items"]] == [(15, "published")]
    # Of somebody else's there is nothing.
    taken = await maths.call("GET", f"/teaching/homework/{over.data['id']}")
    assert taken.status == 404


async def test_a_family_is_told_and_it_is_withdrawn_with_its_minutes(village: Village) -> None:
    mother = await village.guardian("mother", 1)
    maths = await subject_teacher(village, "maths", "maths")
    made = await maths.call("POST", "/teaching/homework", form(village))
    phone = village.town.phone("mother")
    await wait_until(lambda: phone.cards, description="the card about the homework")
    notice = (await mother.call("GET", f"/notices/{made.data['id']}")).data
    assert notice["title"] == "数学作业 约20分钟"
    await maths.call("POST", f"/teaching/homework/{made.data['id']}/withdrawal")
    where = f"/teaching/classes/{CLASS.id}/evenings/{today(village)}"
    assert (await maths.call("GET", where)).data["items"] == []
    assert (await mother.call("GET", f"/notices/{made.data['id']}")).data["state"] == "withdrawn"


async def test_a_request_that_comes_twice_is_one_homework(village: Village) -> None:
    maths = await subject_teacher(village, "maths", "maths")
    for _ in range(2):
        made = await maths.call("POST", "/teaching/homework", form(village), key="key-of-the-form")
        assert made.data["state"] == "published"
    assert len(await village.documents("homework")) == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 241}, "minutes"),
        ({"text": " "}, "text"),
        ({"day": "2020-01-01"}, "day"),
        ({"day": "soon"}, "day"),
        ({"class_ids": []}, "class_ids"),
        ({"links": ["http://example.com/"]}, "links"),
        ({"student_ids": ["a", "b"], "class_ids": ["x", "y"]}, "student_ids"),
        ({"due_at": "2020-01-01T08:00"}, "due_at"),
        ({"file_ids": ["nobodys"]}, "file_ids"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_reserved(
    village: Village, changes: dict[str, Any], field: str
) -> None:
    maths = await subject_teacher(village, "maths", "maths")
    refused = await maths.call("POST", "/teaching/homework", form(village, **changes))
    assert refused.status == 422
    assert list(refused.body["error"]["fields"]) == [field]
    assert await village.documents("homework") == []
    assert await village.documents("evenings") == []


async def test_families_and_other_subjects_are_not_let_in(village: Village) -> None:
    mother = await village.guardian("mother", 1)
    maths = await subject_teacher(village, "maths", "maths")
    assert (await mother.call("POST", "/teaching/homework", form(village))).status == 404
    other = await maths.call("POST", "/teaching/homework", form(village, subject="chinese"))
    assert other.status == 404
    tomorrow = village.town.ctx.now().astimezone(SCHOOL_ZONE).date() + timedelta(days=1)
    strange = await maths.call("GET", f"/teaching/classes/school-b-class-1/evenings/{tomorrow}")
    assert strange.status == 404
    assert await village.documents("homework") == []


async def test_a_family_sees_its_evening_and_says_how_long_it_took(village: Village) -> None:
    mother = await village.guardian("mother", 1)
    maths = await subject_teacher(village, "maths", "maths")
    chinese = await subject_teacher(village, "chinese", "chinese")
    first = (await maths.call("POST", "/teaching/homework", form(village))).data
    group = form(village, subject="chinese", minutes=15, student_ids=[f"{CLASS.id}-0002"])
    await chinese.call("POST", "/teaching/homework", group)
    (evening,) = (await mother.call("GET", "/homework")).data["evenings"]
    assert (evening["minutes"], [i["subject"]["name"] for i in evening["items"]]) == (20, ["数学"])
    where = f"/homework/{first['id']}"
    opened = (await mother.call("GET", where)).data
    child = opened["children"][0]
    assert (opened["text"], child["took"]) == ("练习册第 32 页。", None)
    took = f"{where}/children/{child['id']}/took"
    assert (await mother.call("PUT", took, {"minutes": 35})).data == {"done": True}
    assert (await mother.call("PUT", took, {"minutes": 0})).status == 422
    assert (await mother.call("GET", where)).data["children"][0]["took"] == 35
    other = f"{where}/children/{CLASS.id}-0002/took"
    assert (await mother.call("PUT", other, {"minutes": 35})).status == 404
    # One answer says nothing to the teacher, and to nobody else at all.
    calibration = (await maths.call("GET", "/teaching/calibration")).data
    assert calibration == {"answers": 1, "children": 1, "ratio": None}
    assert (await chinese.call("GET", "/teaching/calibration")).data["answers"] == 0
    await mother.call("PUT", took, {"minutes": None})
    assert await village.documents("timings") == []
    stranger = await village.somebody("stranger")
    assert (await stranger.call("GET", where)).status == 404


async def test_the_account_answers_what_is_set_for_tonight(village: Village) -> None:
    await village.guardian("mother", 1)
    maths = await subject_teacher(village, "maths", "maths")
    phone = village.town.phone("mother")
    assert "目前没有作业" in await phone.say("作业")
    await maths.call("POST", "/teaching/homework", form(village))
    answer = await phone.say("作业")
    assert "一共约 20 分钟" in answer
    assert "数学" in answer
    assert child_name(1) not in answer


async def test_the_head_teacher_is_told_and_decides_on_the_phone(village: Village) -> None:
    head = await village.somebody("teacher")
    maths = await subject_teacher(village, "maths", "maths")
    chinese = await subject_teacher(village, "chinese", "chinese")
    decider, asker = village.town.phone("teacher"), village.town.phone("chinese")
    for phone in (decider, asker):
        await phone.say("帮助")  # they may be written to for two days
    await maths.call("POST", "/teaching/homework", form(village, minutes=50))
    over = await chinese.call(
        "POST", "/teaching/homework", form(village, subject="chinese", minutes=30)
    )
    asking = f"/teaching/homework/{over.data['id']}/overruns"
    assert (await chinese.call("POST", asking, {"why": ""})).status == 422
    asked = await chinese.call("POST", asking, {"why": "明天单元测验。"})
    assert asked.data["state"] == "unpublished"
    await wait_until(lambda: _heard(decider, "作业超时待您决定"), description="the head teacher")
    (row,) = (await head.call("GET", "/teaching/overruns")).data["overruns"]
    assert (row["excess"]["total"], row["why"]) == (20, "明天单元测验。")
    decision = f"/teaching/overruns/{row['id']}/decision"
    assert (await chinese.call("POST", decision, {"allow": True, "reason": "好"})).status == 404
    done = await head.call("POST", decision, {"allow": True, "reason": "这周只有一次。"})
    assert done.data == {"done": True}
    (own,) = (await chinese.call("GET", asking)).data["overruns"]
    assert (own["state"], own["reason"]) == ("allowed", "这周只有一次。")
    held = (await chinese.call("GET", f"/teaching/homework/{over.data['id']}")).data
    assert held["state"] == "published"
    await wait_until(lambda: _heard(asker, "作业超时已同意"), description="whoever asked")


def _heard(phone: Phone, words: str) -> bool:
    return any(words in str(entry) for entry in phone.user.chat)


async def test_the_pupils_of_a_class_for_who_sets_homework_there(village: Village) -> None:
    maths = await subject_teacher(village, "maths", "maths")
    address = f"/teaching/classes/{CLASS.id}/pupils"
    pupils = (await maths.call("GET", address)).data["pupils"]
    assert pupils == [
        {"id": f"{CLASS.id}-000{number}", "name": child_name(number)} for number in (1, 2, 3)
    ]
    group = form(village, student_ids=[pupils[1]["id"]], group="提高组")
    assert (await maths.call("POST", "/teaching/homework", group)).data["group"] == "提高组"
    nameless = await subject_teacher(village, "nameless", "")
    mother = await village.guardian("mother", 1)
    for nobody in (nameless, mother):
        assert (await nobody.call("GET", address)).status == 404
    elsewhere = f"/teaching/classes/{school_class(2).id}/pupils"
    assert (await maths.call("GET", elsewhere)).status == 404


async def test_the_first_screen_says_how_long_tonight_is(village: Village) -> None:
    maths = await subject_teacher(village, "maths", "maths")
    mother, other = await village.guardian("mother", 1), await village.guardian("other", 2)
    assert (await mother.call("GET", "/home")).data["tonight"] == []
    child = f"{CLASS.id}-0001"
    await maths.call("POST", "/teaching/homework", form(village, minutes=25))
    await maths.call("POST", "/teaching/homework", form(village, minutes=10, student_ids=[child]))
    row = {"child_id": child, "count": 2, "minutes": 35, "day": today(village)}
    assert (await mother.call("GET", "/home")).data["tonight"] == [row]
    (theirs,) = (await other.call("GET", "/home")).data["tonight"]
    assert (theirs["count"], theirs["minutes"]) == (1, 25)
