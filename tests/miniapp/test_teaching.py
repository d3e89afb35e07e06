"""A teacher's notices through the API: forecast, publishing once, receipts, reminding, correcting, withdrawing."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from openpyxl import load_workbook

from domain.times import QuietHours
from tests.handlers.conftest import PDF, drawn, photograph
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village
from tests.town import OTHER_SCHOOL, Town, child_name, school_class
from tests.waiting import wait_until

CLASS = school_class(1).id
RAW = {"Content-Type": "application/octet-stream"}


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=3))


@pytest.fixture
async def mother(village: Village) -> MiniClient:
    return await village.guardian("mother", 1)


@pytest.fixture
async def teacher(village: Village) -> MiniClient:
    return await village.somebody("teacher")


def words(**changes: Any) -> dict[str, Any]:
    """A notice as the client sends it."""
    return {
        "title": "秋季运动会",
        "body": "周五早上八点，操场集合。",
        "class_ids": [CLASS],
        "file_ids": [],
        "links": [],
        "confirm": "tap",
        **changes,
    }


async def publish(village: Village, teacher: MiniClient, **changes: Any) -> str:
    """Publish, and wait until it is in everybody's list."""
    notice_id = str((await teacher.call("POST", "/notices", words(**changes))).data["id"])

    async def is_out() -> bool:
        return not (await receipts(teacher, notice_id))["preparing"]

    await wait_until(is_out, description="the notice's deliveries")
    return notice_id


async def receipts(teacher: MiniClient, notice_id: str, query: str = "") -> Any:
    return (await teacher.call("GET", f"/notices/{notice_id}/receipts{query}")).data


async def fetch(mini: MiniClient, path: str) -> tuple[int, bytes, Any]:
    """Bytes, as `wx.downloadFile` fetches them."""
    headers = {"Authorization": f"Bearer {mini.access}"}
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{mini.town.base}/api/v1{path}", headers=headers) as answer,
    ):
        return answer.status, await answer.read(), answer.headers


async def test_a_notice_lands_once_however_often_it_is_sent(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    first = await teacher.call("POST", "/notices", words(), key="key-of-a-tap")
    again = await teacher.call("POST", "/notices", words(), key="key-of-a-tap")
    assert (first.status, again.body) == (201, first.body)
    # Also when the remembered answer is gone: the notice's own id is made of the key.
    await village.town.ctx.stores.database["replies"].delete_many({})
    assert (await teacher.call("POST", "/notices", words(), key="key-of-a-tap")).data == first.data
    assert len(await village.documents("notices")) == 1
    (row,) = (await teacher.call("GET", "/teaching/notices")).data["items"]
    assert row == first.data
    assert (row["classes"], row["state"], row["version"]) == (["三年级1班"], "published", 1)
    assert (await teacher.call("GET", "/home")).data["teaching"]["newest"] == [row]
    other = await teacher.call("POST", "/notices", words(title="别的"), key="key-of-a-tap")
    assert (other.status, other.code) == (409, "key_reused")


async def test_what_is_wrong_with_a_notice_is_said_by_field_and_changes_nothing(
    village: Village, teacher: MiniClient
) -> None:
    now = village.town.ctx.now()
    bad = words(
        title="",
        body="很长" * 2501,
        links=["http://example.com/"],
        publish_at=(now - timedelta(hours=1)).isoformat(),
        deadline_at=(now + timedelta(days=400)).isoformat(),
    )
    answer = await teacher.call("POST", "/notices", bad)
    assert (answer.status, answer.code) == (422, "invalid")
    fields = answer.body["error"]["fields"]
    assert set(fields) == {"title", "body", "links", "publish_at", "deadline_at"}
    assert fields["title"] == "请写标题"
    for changes, status in (
        ({"class_ids": []}, 422),
        ({"class_ids": ["school-a-class-9"]}, 404),
        ({"file_ids": ["nowhere"]}, 422),
        ({"confirm": "shout"}, 422),
        ({"deadline_at": "2027-01-01T08:00:00"}, 422),  # without an offset it is no moment
        ({"colour": "red"}, 422),
    ):
        assert (await teacher.call("POST", "/notices", words(**changes))).status == status, changes
    assert await village.documents("notices") == []


async def test_one_for_later_waits_and_is_taken_back_before_anybody_sees_it(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    at = village.town.ctx.now() + timedelta(days=1)
    sent = await teacher.call("POST", "/notices", words(publish_at=at.isoformat()))
    assert sent.data["state"] == "scheduled"
    seen = await receipts(teacher, sent.data["id"])
    assert (seen["notice"]["state"], seen["preparing"], seen["guardians"]) == (
        "scheduled",
        False,
        0,
    )
    assert (await teacher.call("DELETE", f"/notices/{sent.data['id']}")).data == {"done": True}
    assert (await receipts(teacher, sent.data["id"]))["notice"]["state"] == "withdrawn"
    assert (await mother.call("GET", "/notices")).data["items"] == []


async def test_files_are_judged_by_their_content_and_stored_once(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    sent = [
        await teacher.call("POST", "/files?name=%E5%90%88%E5%BD%B1.png", photograph(), key="key-of-picture", **RAW)
        for _ in range(2)
    ]  # fmt: skip
    picture = sent[0].data
    assert sent[1].data == picture
    assert (picture["name"], picture["kind"]) == ("合影.jpg", "picture")
    assert (picture["width"], picture["height"]) == (40, 30)
    paper = (await teacher.call("POST", "/files?name=须知.pdf", PDF, **RAW)).data
    assert (paper["kind"], paper["width"]) == ("document", None)
    assert len(await village.documents("files")) == 2
    for content, status, code in (
        (b"", 422, "empty"),
        (b"<script>alert(1)</script>", 415, "wrong_type"),
        (b"\0" * (20 * 1024 * 1024 + 1), 413, "too_large"),
    ):
        answer = await teacher.call("POST", "/files?name=a.png", io.BytesIO(content), **RAW)
        assert (answer.status, answer.code) == (status, code)
    assert (await teacher.call("POST", "/files", {"name": "a"})).status == 415
    assert (await mother.call("POST", "/files", photograph(), **RAW)).status == 404
    assert len(await village.documents("files")) == 2

    notice_id = await publish(village, teacher, file_ids=[paper["file_id"], picture["file_id"]])
    opened = (await mother.call("GET", f"/notices/{notice_id}")).data
    assert [a["file_id"] for a in opened["attachments"]] == [paper["file_id"], picture["file_id"]]
    own = (await teacher.call("GET", f"/teaching/notices/{notice_id}")).data
    assert (own["attachments"], own["pictures"], own["files"]) == (opened["attachments"], 1, 1)


async def test_the_forecast_says_who_is_reached_and_why_the_others_are_not(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    father = await village.town.settle_guardian("father", 2)  # who never opened the mini-program
    await father.act("unfollow")
    found = (await teacher.call("GET", f"/teaching/forecast?classes={CLASS}")).data
    assert (found["children"], found["reached"], found["quiet_until"]) == (3, 1, None)
    assert found["channels"] == [{"channel": "template", "children": 1}]
    name = "三年级1班"
    assert found["missed"] == [
        {"name": child_name(2), "class_name": name, "reason": "unfollowed"},
        {"name": child_name(3), "class_name": name, "reason": None},
    ]
    nobody = (await teacher.call("GET", "/teaching/forecast")).data
    assert (nobody["children"], nobody["missed"]) == (0, [])
    other = school_class(1, OTHER_SCHOOL).id
    assert (await teacher.call("GET", f"/teaching/forecast?classes={other}")).status == 404
    many = ",".join(f"c{n}" for n in range(21))
    assert (await teacher.call("GET", f"/teaching/forecast?classes={many}")).status == 422


async def test_six_states_by_child_and_what_has_not_changed_costs_nothing(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    notice_id = await publish(village, teacher)
    path = f"/notices/{notice_id}/receipts"

    async def is_settled() -> bool:
        return bool((await receipts(teacher, notice_id))["waiting"] == 0)

    await wait_until(is_settled, description="everybody was tried")
    first = await teacher.call("GET", path)
    assert first.data["states"] == {
        "confirmed": 0, "read": 0, "delivered": 1, "refused": 0, "unreachable": 0, "never_bound": 2,
    }  # fmt: skip
    same = await teacher.call("GET", path, **{"If-None-Match": first.headers["Etag"]})
    assert same.status == 304
    assert sum(len(k) + len(v) + 4 for k, v in same.headers.items()) < 270

    await mother.call("GET", f"/notices/{notice_id}")
    await mother.call("POST", f"/notices/{notice_id}/confirmation", {"version": 1})
    seen = await receipts(teacher, notice_id)
    assert (seen["children"], seen["reached"], seen["read"], seen["confirmed"]) == (3, 1, 1, 1)
    assert (seen["guardians"], seen["asked"], seen["open"]) == (1, 1, 0)
    (one, *others) = seen["rows"]
    assert (one["name"], one["state"], one["number"]) == (child_name(1), "confirmed", 1)
    assert [row["guardians"] for row in others] == [[], []]
    (guardian,) = one["guardians"]
    assert (guardian["relation"], guardian["signed"], guardian["reminders"]) == ("妈妈", False, 0)
    (reached,) = (await teacher.call("GET", f"/teaching/reached?ids={notice_id},nowhere")).data[
        "items"
    ]
    assert (reached["id"], reached["children"], reached["reached"]) == (notice_id, 3, 1)
    assert reached["states"] == seen["states"]

    ledger = (await teacher.call("GET", f"{path}/{one['id']}/{guardian['person_id']}")).data
    assert (ledger["child_name"], ledger["guardian"]) == (child_name(1), guardian)
    assert ledger["confirmed_at"] == guardian["at"]
    (attempt,) = ledger["attempts"]
    assert (attempt["purpose"], attempt["channel"], attempt["code"]) == ("publish", "template", 0)
    assert (await teacher.call("GET", f"{path}?class=elsewhere")).status == 404
    assert (await teacher.call("GET", f"{path}/{one['id']}/nobody")).status == 404


async def test_classes_are_shown_one_at_a_time(town: Town, device: Device) -> None:
    village = Village(town, device, await town.settle_school(children=2, classes=2))
    teacher = await village.somebody("teacher")
    both = [school_class(1).id, school_class(2).id]
    notice_id = await publish(village, teacher, class_ids=both)
    first = await receipts(teacher, notice_id)
    assert [c["id"] for c in first["classes"]] == both
    assert (first["children"], first["class_id"], len(first["rows"])) == (4, both[0], 2)
    second = await receipts(teacher, notice_id, f"?class={both[1]}")
    assert {row["id"] for row in second["rows"]} & {row["id"] for row in first["rows"]} == set()


async def test_signatures_and_the_excel_file_are_noted_before_they_are_handed_out(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    notice_id = await publish(village, teacher, confirm="sign")
    await mother.call("GET", f"/notices/{notice_id}")
    signed = await mother.call(
        "POST",
        f"/notices/{notice_id}/signature?version=1",
        drawn(),
        **{"Content-Type": "image/png"},
    )
    assert signed.status == 201
    (one, *_) = (await receipts(teacher, notice_id))["rows"]
    (guardian,) = one["guardians"]
    assert guardian["signed"] is True
    path = f"/notices/{notice_id}/receipts/{one['id']}/{guardian['person_id']}/signature"
    status, content, headers = await fetch(teacher, path)
    assert (status, content[:4], headers["Content-Type"]) == (200, b"\x89PNG", "image/png")
    assert headers["Cache-Control"] == "no-store"
    status, content, headers = await fetch(teacher, f"/notices/{notice_id}/export")
    assert status == 200
    assert "filename*=UTF-8''%E5%9B%9E%E6%89%A7" in headers["Content-Disposition"]
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][2:5] == [child_name(1), "妈妈", "已确认"]
    acts = {entry["act"] for entry in await village.documents("audit")}
    assert {"signature_seen", "receipts_exported"} <= acts
    for refused in (path, f"/notices/{notice_id}/export"):
        assert (await fetch(mother, refused))[0] == 404


async def test_a_reminder_goes_to_the_rest_and_a_double_tap_is_one(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    father = await village.guardian("father", 2)
    notice_id = await publish(village, teacher)
    await mother.call("GET", f"/notices/{notice_id}")
    await mother.call("POST", f"/notices/{notice_id}/confirmation", {"version": 1})
    path = f"/notices/{notice_id}/reminders"
    due = (await teacher.call("GET", path)).data
    assert (due["number"], due["guardians"], due["later_at"]) == (1, 1, None)
    assert due["children"] == [{"name": child_name(2), "class_name": "三年级1班"}]
    first = await teacher.call("POST", path, {"number": 1})
    assert (first.status, first.data["later"]) == (201, False)
    assert (await teacher.call("POST", path, {"number": 1})).status == 201
    await wait_until(
        lambda: len(father.phone.cards) == 2, description="the father was told and reminded"
    )
    assert len(mother.phone.cards) == 1

    async def is_carried_out() -> bool:
        return (await receipts(teacher, notice_id))["reminder_due_at"] is None

    await wait_until(is_carried_out, description="the reminder is done")
    assert (await receipts(teacher, notice_id))["reminders"] == 1
    assert (await teacher.call("POST", path, {"number": 2})).status == 201
    await wait_until(is_carried_out, description="the second reminder is done")
    assert (await teacher.call("GET", path)).data["number"] is None
    assert (await teacher.call("POST", path, {"number": 3})).status == 409


async def test_at_night_a_reminder_waits_for_the_morning(
    village: Village, teacher: MiniClient, mother: MiniClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice_id = await publish(village, teacher)
    ctx = village.town.ctx
    local = ctx.now() + timedelta(hours=8)
    start = (local - timedelta(minutes=5)).time().replace(second=0, microsecond=0)
    end = (local + timedelta(hours=2)).time().replace(second=0, microsecond=0)
    object.__setattr__(ctx.policy, "quiet_hours", QuietHours(start, end))
    due = (await teacher.call("GET", f"/notices/{notice_id}/reminders")).data
    assert due["later_at"] is not None
    done = await teacher.call("POST", f"/notices/{notice_id}/reminders", {"number": 1})
    assert (done.data["due_at"], done.data["later"]) == (due["later_at"], True)
    assert (await teacher.call("GET", f"/notices/{notice_id}/reminders")).data["number"] is None
    forecast = (await teacher.call("GET", f"/teaching/forecast?classes={CLASS}")).data
    assert forecast["quiet_until"] == due["later_at"]


async def test_a_correction_is_a_version_and_lands_once(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    notice_id = await publish(village, teacher)
    said = {"title": "运动会改到周六", "body": "周六早上八点。", "file_ids": [], "links": []}
    path = f"/notices/{notice_id}"
    first = await teacher.call("PUT", path, {**said, "version": 1}, key="key-of-change")
    assert (first.status, first.data["version"]) == (200, 2)
    await village.town.ctx.stores.database["replies"].delete_many({})
    again = await teacher.call("PUT", path, {**said, "version": 1}, key="key-of-change")
    assert again.data == first.data
    late = await teacher.call("PUT", path, {**said, "body": "周日。", "version": 1})
    assert (late.status, late.code) == (409, "edited_meanwhile")
    wrong = await teacher.call("PUT", path, {**said, "title": "", "version": 2})
    assert (wrong.status, list(wrong.body["error"]["fields"])) == (422, ["title"])
    opened = (await mother.call("GET", path)).data
    assert (opened["title"], opened["corrected"], opened["confirm"]) == (
        "运动会改到周六",
        True,
        "tap",
    )
    assert (await mother.call("PUT", path, {**said, "version": 2})).status == 404

    assert (await teacher.call("DELETE", path)).data == {"done": True}
    assert (await teacher.call("DELETE", path)).data == {"done": True}
    assert (await mother.call("GET", path)).data["state"] == "withdrawn"
    gone = await teacher.call("PUT", path, {**said, "version": 2, "body": "周日。"})
    assert (gone.status, gone.code) == (409, "conflict")


async def test_another_schools_teacher_finds_and_changes_nothing(
    village: Village, teacher: MiniClient, mother: MiniClient
) -> None:
    notice_id = await publish(village, teacher, confirm="sign")
    await village.town.settle_school(teacher="rival", school=OTHER_SCHOOL, children=1)
    rival = await village.somebody("rival")
    (row, *_) = (await receipts(teacher, notice_id))["rows"]
    person = row["guardians"][0]["person_id"]
    before = await village.documents("notices")
    base = f"/notices/{notice_id}"
    said = {"title": "改", "body": "改", "version": 1}
    for method, path, body in (
        ("GET", f"/teaching/notices/{notice_id}", None),
        ("GET", f"{base}/receipts", None),
        ("GET", f"{base}/receipts/{row['id']}/{person}", None),
        ("GET", f"{base}/receipts/{row['id']}/{person}/signature", None),
        ("GET", f"{base}/export", None),
        ("GET", f"{base}/reminders", None),
        ("POST", f"{base}/reminders", {"number": 1}),
        ("PUT", base, said),
        ("DELETE", base, None),
        ("POST", "/notices", words()),
    ):
        answer = await rival.call(method, path, body)
        assert (answer.status, answer.code) == (404, "not_found"), (method, path)
    reached = await rival.call("GET", f"/teaching/reached?ids={notice_id}")
    assert reached.data["items"] == []
    assert await village.documents("notices") == before
