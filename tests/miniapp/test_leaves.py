"""Leave: asked by one guardian, seen by both, decided once by the head teacher, told to the family alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from domain.roles import Role
from domain.schools import Rules
from domain.times import SCHOOL_ZONE
from services.leaves import tell_leave
from services.terms import school_day
from storage.notices import NoticeStore
from tests import recordings
from tests.desk import appoint_at
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.test_activities import CLASS, FIRST, RAW, SECOND, Place
from tests.miniapp.test_activities import place as place
from tests.miniapp.test_files import fetch
from tests.miniapp.village import Village
from tests.town import OTHER_SCHOOL, SCHOOL, Town
from tests.waiting import wait_until

TEMPLATE = "/cgi-bin/message/template/send"


def today(place: Place) -> date:
    return school_day(place.ctx.now())


async def ask(
    place: Place, *, who: MiniClient | None = None, key: str = "", **changes: Any
) -> Answer:
    tomorrow = (today(place) + timedelta(days=1)).isoformat()
    body = {"kind": "sick", "first": tomorrow, "last": tomorrow, "reason": "发烧", **changes}
    mini = who or place.mothers[0]
    return await mini.call("POST", f"/children/{FIRST}/leaves", body, key=key)


async def decide(mini: MiniClient, leave: str, *, approve: bool = True, reply: str = "") -> Answer:
    body = {"approve": approve, "reply": reply}
    return await mini.call("POST", f"/teaching/leaves/{leave}/decision", body)


async def test_asked_decided_once_and_seen_by_both(place: Place) -> None:
    father = await place.father()
    teacher = place.village.town.phone("teacher")
    await teacher.say("菜单")
    asked = await ask(place, key="leave-key-1")
    assert (asked.data["state"], asked.data["may_withdraw"]) == ("waiting", True)
    assert (await ask(place, key="leave-key-1")).data["id"] == asked.data["id"]
    leave = asked.data["id"]
    await wait_until(
        lambda: "请点开看看" in str(teacher.user.chat), description="the teacher hears"
    )
    assert "发烧" not in str(teacher.user.chat)
    (row,) = (await place.teacher.call("GET", "/teaching/leaves")).data["items"]
    assert (row["reason"], row["may_decide"], row["relation"]) == ("发烧", True, "妈妈")
    done = await decide(place.teacher, leave, reply="好好休息")
    assert (done.data["state"], done.data["decided_by"]) == ("approved", "王老师")
    assert (await decide(place.teacher, leave, reply="好好休息")).status == 201
    other = await decide(place.teacher, leave, approve=False)
    assert (other.status, other.code) == (409, "conflict")
    for guardian in (place.mothers[0], father):
        (seen,) = (await guardian.call("GET", "/leaves")).data["items"]
        assert (seen["state"], seen["reply"], seen["may_withdraw"]) == (
            "approved",
            "好好休息",
            True,
        )

    async def is_told() -> bool:
        return bool(await place.village.documents("notices", author_id=""))

    await wait_until(is_told, description="the family's notice")
    (notice,) = await place.village.documents("notices", author_id="")
    assert (notice["student_ids"], notice["versions"][0]["title"]) == ([FIRST], "请假批准了")
    assert "发烧" not in str(notice)
    acts = [a["act"] for a in await place.village.documents("audit", subject_kind="leave")]
    assert acts == ["leave_approved"]
    assert "发烧" not in str(await place.village.documents("audit"))
    back = await father.call("POST", f"/leaves/{leave}/withdrawal")
    assert back.data["state"] == "withdrawn"
    assert (await father.call("POST", f"/leaves/{leave}/withdrawal")).status == 201
    await wait_until(
        lambda: "撤回了" in str(teacher.user.chat), description="the teacher hears of it"
    )
    late = await decide(place.teacher, leave)
    assert (late.status, late.code) == (409, "conflict")


async def test_the_first_screen_says_how_many_wait_for_who_decides(
    place: Place, town: Town
) -> None:
    await appoint_at(
        town, "colleague", SCHOOL, Role.SUBJECT_TEACHER, class_id=CLASS.id, subject="maths"
    )
    colleague = await place.village.somebody("colleague")

    async def waiting(mini: MiniClient) -> Any:
        return (await mini.call("GET", "/home")).data["teaching"]["leaves"]

    assert await waiting(place.teacher) == 0
    leave = (await ask(place)).data["id"]
    assert (await waiting(place.teacher), await waiting(colleague)) == (1, 0)
    await decide(place.teacher, leave)
    assert await waiting(place.teacher) == 0


async def test_a_leave_that_makes_no_sense_is_not_taken(place: Place) -> None:
    day = today(place)
    wrong: list[tuple[str, dict[str, Any]]] = [
        ("last", {"last": (day - timedelta(days=3)).isoformat()}),
        ("first", {"first": (day - timedelta(days=8)).isoformat()}),
        ("first", {"first": "morgen"}),
        ("last", {"first_half": "pm", "last_half": "am"}),
        ("reason", {"reason": " "}),
        ("last", {"last": (day + timedelta(days=200)).isoformat()}),
    ]
    for field, changes in wrong:
        refused = await ask(place, **changes)
        assert refused.status == 422, changes
        assert list(refused.body["error"]["fields"]) == [field]
    assert await place.village.documents("leaves") == []
    assert (await ask(place)).status == 201
    twice = await ask(place, first_half="pm")
    assert (twice.status, twice.code) == (409, "leave_overlaps")


async def test_nobody_asks_sees_or_decides_who_is_not_of_the_child(
    place: Place, town: Town
) -> None:
    picture = recordings.jpeg_with_position(size=(120, 80))
    sent = await place.mothers[0].call("POST", f"/files?name=a.jpg&child={FIRST}", picture, **RAW)
    file_id = sent.data["file_id"]
    leave = (await ask(place, file_ids=[file_id])).data["id"]
    stranger = await place.village.somebody("stranger")
    await town.settle_school(teacher="elsewhere", school=OTHER_SCHOOL)
    elsewhere = await place.village.somebody("elsewhere")
    shown = f"/files/{file_id}?leave={leave}"
    assert (await fetch(place.teacher, shown))[0] == 200
    for nobody in (stranger, place.mothers[1], elsewhere):
        assert (await ask(place, who=nobody)).status == 404
        assert (await nobody.call("POST", f"/leaves/{leave}/withdrawal")).status == 404
        assert (await decide(nobody, leave)).status == 404
        assert (await fetch(nobody, shown))[0] == 404
    assert (await place.mothers[1].call("GET", "/leaves")).data["items"] == []
    assert (await place.mothers[0].call("GET", "/teaching/leaves")).status == 404
    assert (await elsewhere.call("GET", "/teaching/leaves")).data["items"] == []
    (held,) = await place.village.documents("leaves")
    assert held["state"] == "waiting"
    assert held["student_id"] != SECOND


async def test_who_teaches_their_own_child_does_not_decide(town: Town, device: Device) -> None:
    place = Place(
        Village(town, device, await town.settle_school(children=3)), device("teacher"), ()
    )
    await place.village.guardian("teacher", 1)
    await place.teacher.sign_in()
    leave = (await ask(place, who=place.teacher)).data["id"]
    (row,) = (await place.teacher.call("GET", "/teaching/leaves")).data["items"]
    assert row["may_decide"] is False
    refused = await decide(place.teacher, leave)
    assert (refused.status, refused.code) == (409, "own_leave")
    assert (await place.teacher.call("GET", "/home")).data["teaching"]["leaves"] == 0


async def test_the_other_parent_of_a_teachers_child_asks_and_the_office_decides(
    town: Town, device: Device
) -> None:
    place = Place(
        Village(town, device, await town.settle_school(children=3)), device("teacher"), ()
    )
    await place.village.guardian("teacher", 1)
    father = await place.father()
    await place.teacher.sign_in()
    office = await appoint_at(town, "office", SCHOOL, Role.OFFICE, name="李芳")
    deputy = await place.village.somebody("office")
    for phone in (office, town.phone("teacher")):
        await phone.say("菜单")  # WeChat lets the account answer for a while
    leave = (await ask(place, who=father)).data["id"]
    rows = (await place.teacher.call("GET", "/teaching/leaves")).data["items"]
    assert [(row["id"], row["may_decide"]) for row in rows] == [(leave, False)]
    refused = await decide(place.teacher, leave)
    assert (refused.status, refused.code) == (409, "own_leave")
    (held,) = await place.village.documents("leaves")
    assert held["state"] == "waiting"
    await wait_until(
        lambda: "请点开看看" in str(office.user.chat), description="the office is told"
    )
    assert "请点开看看" not in str(town.phone("teacher").user.chat)
    assert (await decide(deputy, leave)).status == 201
    (held,) = await place.village.documents("leaves")
    assert (held["state"], held["decided_name"]) == ("approved", "李芳")


async def test_a_decision_that_nobody_was_told_of_is_told_by_the_sweep(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    leave = (await ask(place)).data["id"]

    async def die(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(NoticeStore, "insert", die)
        assert (await decide(place.teacher, leave, approve=False)).status == 201
        with pytest.raises(RuntimeError):
            await tell_leave(place.ctx, leave)
    later = replace(place.ctx, policy=replace(place.ctx.policy, lease=timedelta(0)))
    assert await later.stores.leaves.untold(later.now()) == [leave]
    for _ in range(2):
        await tell_leave(later, leave)
    notices = await place.village.documents("notices", author_id="")
    assert [n["versions"][0]["title"] for n in notices] == ["请假没有批准"]
    assert await later.stores.leaves.untold(later.now()) == []


async def receipt(place: Place) -> Any:
    """What the school is told of whether the family has heard."""
    (row,) = (await place.teacher.call("GET", "/teaching/leaves")).data["items"]
    return row["receipt"]


@pytest.mark.parametrize("approve", [True, False])
@pytest.mark.parametrize(
    ("faults", "state", "reason", "waiting"),
    [
        ({}, "delivered", None, False),
        ({"quota": 0}, "unreachable", "quota", False),
        ({"fail": {TEMPLATE: 43101}}, "refused", "blocked", False),
        ({"fail": {TEMPLATE: -1}}, "unreachable", "wechat_down", True),
    ],
    ids=["well", "quota", "blocked", "down"],
)
async def test_the_school_sees_what_became_of_the_word_about_a_decision(
    place: Place,
    faults: dict[str, Any],
    state: str,
    reason: str | None,
    waiting: bool,
    approve: bool,
) -> None:
    leave = (await ask(place)).data["id"]
    assert await receipt(place) is None
    place.village.town.faults(**faults)
    assert (await decide(place.teacher, leave, approve=approve)).data["receipt"] is not None
    ends = {"state": state, "reason": reason, "waiting": waiting, "due_at": None}

    async def is_seen() -> bool:
        return bool(await receipt(place) == ends)

    await wait_until(is_seen, description="what became of it")
    (seen,) = (await place.mothers[0].call("GET", "/leaves")).data["items"]
    assert (seen["state"], seen["receipt"]) == ("approved" if approve else "refused", None)
    if approve:
        assert (await place.mothers[0].call("POST", f"/leaves/{leave}/withdrawal")).status == 201
        assert await receipt(place) is None


async def test_one_guardian_whom_wechat_reaches_is_enough_and_one_who_has_read_is_more(
    place: Place,
) -> None:
    father = await place.father()  # does not follow the account
    leave = (await ask(place)).data["id"]
    await decide(place.teacher, leave)

    async def is_delivered() -> bool:
        return bool((await receipt(place))["state"] == "delivered")

    await wait_until(is_delivered, description="it came to the mother")
    notice = f"{leave}-approved"
    assert (await father.call("GET", f"/notices/{notice}")).status == 200
    assert (await receipt(place))["state"] == "read"


async def test_a_decision_at_night_is_said_to_rest_until_the_schools_morning(place: Place) -> None:
    now = place.ctx.now().astimezone(SCHOOL_ZONE)
    morning = (now + timedelta(hours=8)).replace(second=0, microsecond=0)
    rules = Rules(
        quiet_start=(now - timedelta(hours=1)).strftime("%H:%M"),
        quiet_end=morning.strftime("%H:%M"),
    )
    await place.ctx.stores.schools.change_school(SCHOOL.id, {"rules": rules})
    leave = (await ask(place)).data["id"]
    await decide(place.teacher, leave)

    async def rests() -> bool:
        return bool((await receipt(place))["due_at"])

    await wait_until(rests, description="it waits for the morning")
    told = await receipt(place)
    assert (told["state"], told["waiting"]) == (None, False)
    assert datetime.fromisoformat(told["due_at"]) == morning


async def test_of_a_decision_so_old_that_its_notice_is_gone_nothing_is_claimed(
    place: Place,
) -> None:
    leave = (await ask(place)).data["id"]
    await decide(place.teacher, leave)

    async def is_told() -> bool:
        held = await place.ctx.stores.leaves.find(leave)
        return held is not None and held.untold_since is None

    await wait_until(is_told, description="it is told")
    await place.village.town.stop_worker()
    await place.ctx.stores.database["notices"].delete_many({"_id": f"{leave}-approved"})
    assert await receipt(place) is None
