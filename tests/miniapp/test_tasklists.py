"""The virtual class through the API: a list is opened, ticked, joined and told of once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from services.tasklist_telling import tell_tasklists
from storage.notices import NoticeStore
from tests import recordings
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.test_homework import subject_teacher
from tests.miniapp.village import Village
from tests.town import Town, child_name
from tests.waiting import wait_until
from tests.weekending import FIRST, SECOND, a_form, go_on_holiday, group, open_list

RAW = {"Content-Type": "application/octet-stream"}


@dataclass
class Holiday:
    """A list that is out, its teacher (head of the class), and two families."""

    village: Village
    teacher: MiniClient
    mother: MiniClient
    other: MiniClient
    list_id: str

    def at(self, child: str = FIRST) -> str:
        return f"/tasklists/{self.list_id}/children/{child}"

    @property
    def desk(self) -> str:
        return f"/teaching/tasklists/{self.list_id}"

    async def picture(self, mini: MiniClient, child: str = FIRST) -> str:
        content = recordings.jpeg_with_position(size=(120, 80))
        name = f"/files?name={child_name(1)}.jpg&child={child}"
        return str((await mini.call("POST", name, content, **RAW)).data["file_id"])

    async def share(self, file_ids: list[str], *, shared: bool = True, key: str = "") -> Answer:
        body = {"words": "我们读完啦", "file_ids": file_ids, "shared": shared}
        return await self.mother.call("POST", f"{self.at()}/steps/2/piece", body, key=key)

    async def opened(self, mini: MiniClient, child: str = FIRST) -> Any:
        return (await mini.call("GET", self.at(child))).data

    async def seen_by_other(self) -> Any:
        return (await self.opened(self.other, SECOND))["group"]


@pytest.fixture
async def holiday(town: Town, device: Device) -> Holiday:
    village = Village(town, device, await town.settle_school(children=3))
    await go_on_holiday(town.ctx)
    teacher = await village.somebody("teacher")
    mother, other = await village.guardian("mother", 1), await village.guardian("other", 2)
    return Holiday(village, teacher, mother, other, await open_list(village, teacher))


async def test_a_list_is_told_of_once_and_costs_no_minutes(holiday: Holiday) -> None:
    village = holiday.village
    phone = village.town.phone("mother")
    await wait_until(lambda: phone.cards, description="the card about the list")
    notice = (await holiday.mother.call("GET", f"/notices/{holiday.list_id}")).data
    assert (notice["kind"], notice["title"]) == ("tasklist", "自愿：寒假阅读清单")
    assert "完全自愿" in notice["body"]
    assert await village.documents("evenings") == []
    key = "the-same-key"
    first = await holiday.teacher.call(
        "POST", "/teaching/tasklists", a_form(village.town.ctx), key=key
    )
    again = await holiday.teacher.call(
        "POST", "/teaching/tasklists", a_form(village.town.ctx), key=key
    )
    assert again.data == first.data
    assert len(await village.documents("tasklists")) == 2
    # It is withdrawn as what it is, and nobody is reminded of what is voluntary.
    path = f"/notices/{holiday.list_id}"
    assert (await holiday.teacher.call("DELETE", path)).code == "tasklist"
    reminding = await holiday.teacher.call("POST", f"{path}/reminders", {"number": 1})
    assert reminding.code == "voluntary"
    assert (await holiday.teacher.call("GET", f"{path}/reminders")).data["number"] is None
    assert (await holiday.teacher.call("POST", f"{holiday.desk}/withdrawal")).status == 201
    assert (await holiday.mother.call("GET", holiday.at())).status == 404
    (held,) = await village.documents("notices", _id=holiday.list_id)
    assert held["state"] == "withdrawn"
    rows = (await holiday.teacher.call("GET", f"/teaching/tasklists?class_id={FIRST[:-5]}")).data
    assert [row["withdrawn"] for row in rows["items"]] == [False, True]


async def test_what_is_no_list_changes_nothing(holiday: Holiday) -> None:
    ctx, teacher = holiday.village.town.ctx, holiday.teacher
    chinese = await subject_teacher(holiday.village, "chinese", "chinese")
    options = (await chinese.call("GET", "/teaching/tasklist-options")).data
    (where,) = options["classes"]
    assert (where["general"], [s["code"] for s in where["subjects"]]) == (False, ["chinese"])
    assert options["breaks"][0]["first_on"] == a_form(ctx)["first_on"]
    refused: list[tuple[MiniClient, dict[str, Any], int]] = [
        (chinese, a_form(ctx), 404),
        (chinese, a_form(ctx, subject="maths"), 404),
        (teacher, a_form(ctx, subject="nothing"), 404),
        (teacher, a_form(ctx, class_id="elsewhere"), 404),
        (teacher, a_form(ctx, steps=[]), 422),
        (teacher, a_form(ctx, steps=[{"words": "看", "link": "https://evil.example/"}]), 422),
        (teacher, a_form(ctx, steps=[{"words": "看", "file_ids": ["nobody"]}]), 422),
        (holiday.mother, a_form(ctx), 404),
    ]
    for mini, form, status in refused:
        assert (await mini.call("POST", "/teaching/tasklists", form)).status == status, form
    assert len(await holiday.village.documents("tasklists")) == 1
    made = await chinese.call("POST", "/teaching/tasklists", a_form(ctx, subject="chinese"))
    assert made.data["subject"]["name"] == "语文"
    # It is the head teacher's to see, and no other subject's.
    maths = await subject_teacher(holiday.village, "maths", "maths")
    path = f"/teaching/tasklists/{made.data['id']}"
    assert (await teacher.call("GET", path)).status == 200
    assert (await maths.call("GET", path)).status == 404
    assert (await chinese.call("GET", holiday.desk)).status == 404


async def test_a_day_with_school_is_refused_with_a_sentence(town: Town, device: Device) -> None:
    village = Village(town, device, await town.settle_school(children=1))
    teacher = await village.somebody("teacher")
    form = a_form(town.ctx)
    last = town.ctx.now() + timedelta(days=8)  # a week is never without school
    refused = await teacher.call(
        "POST", "/teaching/tasklists", form | {"last_on": last.date().isoformat()}
    )
    assert refused.status == 422
    fields = refused.body["error"]["fields"]
    assert set(fields) <= {"first_on", "last_on"}
    assert any("上学" in words for words in fields.values())
    assert await village.documents("tasklists") == []


async def test_ticked_and_unticked_only_where_one_wants(holiday: Holiday) -> None:
    mother, at = holiday.mother, holiday.at()
    seen = await holiday.opened(mother)
    assert (seen["may_act"], seen["work"]["done"], seen["group"]) == (True, [], None)
    for number, done, then in ((1, True, [1]), (1, True, [1]), (3, True, [1, 3]), (1, False, [3])):
        ticked = await mother.call("PUT", f"{at}/steps/{number}/tick", {"done": done})
        assert ticked.data["done"] == then
    for step in ("4", "0", "x"):
        assert (await mother.call("PUT", f"{at}/steps/{step}/tick", {"done": True})).status == 404
    desk = (await holiday.teacher.call("GET", holiday.desk)).data
    assert [(p["number"], p["done"]) for p in desk["pupils"]] == [(1, [3]), (2, []), (3, [])]
    assert (await holiday.other.call("GET", at)).status == 404
    (row,) = (await mother.call("GET", "/tasklists")).data["children"]
    assert [(item["steps"], item["open"]) for item in row["items"]] == [(3, True)]
    # Nothing anywhere says how much of it somebody did.
    text = str(seen) + str(desk) + str(row)
    assert not any(word in text for word in ("percent", "rank", "streak", "score", "points"))


async def test_families_join_an_open_group_and_leave_any(holiday: Holiday) -> None:
    mother, at = holiday.mother, holiday.at()
    made = await group(holiday.teacher, holiday.list_id, joinable=True)
    (one,) = made.data["groups"]
    (offered,) = (await holiday.opened(mother))["open_groups"]
    assert (offered["id"], offered["members"], offered["full"]) == (one["id"], 0, False)
    for _ in range(2):
        joined = await mother.call("PUT", f"{at}/group", {"group_id": one["id"]})
        assert joined.data == {"done": True}
    assert (await holiday.opened(mother))["group"]["fellows"] == []
    stale = await holiday.teacher.call(
        "PUT", f"{holiday.desk}/groups", {"version": made.data["version"], "groups": []}
    )
    assert stale.code == "conflict", "somebody joined since"
    await mother.call("PUT", f"{at}/group", {"group_id": None})
    assert (await holiday.opened(mother))["group"] is None
    assert (await mother.call("PUT", f"{at}/group", {"group_id": "g9"})).code == "group_closed"
    assert (await group(holiday.teacher, holiday.list_id, FIRST, SECOND)).status == 422


async def test_what_a_dead_process_left_untold_is_told_once(
    holiday: Holiday, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = holiday.village.town

    async def dies(*_: Any) -> bool:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(NoticeStore, "insert", dies)
        form = a_form(town.ctx, title="春节见闻")
        assert (await holiday.teacher.call("POST", "/teaching/tasklists", form)).status == 500
    (left,) = await holiday.village.documents("tasklists", title="春节见闻")
    assert left["untold_since"] is not None
    later = replace(town.ctx, now=lambda: town.ctx.now() + timedelta(minutes=5))
    for _ in range(2):
        await tell_tasklists(later)
    (told,) = await holiday.village.documents("notices", _id=left["_id"])
    assert told["versions"][0]["title"] == "自愿：春节见闻"
    (left,) = await holiday.village.documents("tasklists", title="春节见闻")
    assert left["untold_since"] is None
