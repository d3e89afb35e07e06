"""Places of an activity: each is given once, given back, and goes to who waits, however many ask at a moment."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.seats import tell_moved_of_all
from storage.notices import NoticeStore
from tests.miniapp.test_activities import FIRST, SECOND, SLOTS, THIRD, Place, seat
from tests.miniapp.test_activities import place as place


async def test_a_slot_is_booked_seen_by_the_teacher_alone_and_given_back(place: Place) -> None:
    first, other = place.mothers[:2]
    form = place.form()
    made = [
        await place.teacher.call("POST", "/teaching/activities", form, key="activity-key")
        for _ in range(2)
    ]
    activity = made[0].data["id"]
    assert made[1].data["id"] == activity
    assert len(await place.village.documents("activities")) == 1
    await place.told(activity)
    (row,) = (await first.call("GET", "/activities")).data["items"]
    assert (row["child_id"], row["answered"], row["open"]) == (FIRST, False, True)
    todo = (await first.call("GET", "/home")).data["todo"]
    assert [(t["id"], t["kind"], t["confirm"]) for t in todo] == [(activity, "activity", "answer")]
    booked = await place.answer(0, activity, seat("o0"), {"question_id": "q1", "text": "=1+1"})
    assert booked.data["said"] == "选好了，名额是您的"
    assert booked.data["subject"]["seat"]["standing"] == "held"
    assert (await first.call("GET", "/home")).data["todo"] == []
    taken = await place.answer(1, activity, seat("o0"))
    assert (taken.status, taken.code) == (409, "full")
    assert "换一个" in taken.body["error"]["message"]
    shown = (await other.call("GET", f"/activities/{activity}")).data
    assert [o["left"] for o in shown["questions"][0]["options"]] == [0, 1]
    assert (shown["totals"], "=1+1" in str(shown)) == ([], False)
    assert (await place.answer(1, activity, seat("o1"))).status == 201
    found = await place.results(activity)
    assert (found["answered"], [t["count"] for t in found["totals"]]) == (2, [1, 1])
    lines = {x["subject_id"]: x for x in found["lines"]}
    assert [(lines[c]["came"], lines[c]["option_id"]) for c in (FIRST, SECOND, THIRD)] == [
        ("answered", "o0"),
        ("answered", "o1"),
        ("missing", ""),
    ]
    assert (lines[FIRST]["values"][0]["text"], lines[FIRST]["relation"]) == ("=1+1", "妈妈")
    back = await first.call("POST", f"/activities/{activity}/withdrawal", {"child_id": FIRST})
    assert (back.data["answered"], back.data["seat"]["standing"]) == (False, "none")
    assert (await place.results(activity))["totals"][0]["count"] == 0
    assert len((await first.call("GET", "/home")).data["todo"]) == 1
    moved = await place.answer(1, activity, seat("o0"))
    assert moved.data["subject"]["seat"]["option_id"] == "o0"
    assert [t["count"] for t in (await place.results(activity))["totals"]] == [1, 0]


async def test_who_waits_moves_up_once_and_is_told_alone(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    activity = await place.publish(waits=True)
    await place.answer(0, activity, seat("o0"))
    for number, line in ((1, 1), (2, 2)):
        waits = await place.answer(number, activity, seat("o0"))
        assert f"第 {line} 位" in waits.data["said"]
    assert (await place.results(activity))["waiting"] == 2
    dead = Exception("killed")

    async def die(*_: object) -> None:
        raise dead

    with monkeypatch.context() as patch:  # dies after the place has moved, before anybody is told
        patch.setattr(NoticeStore, "insert", die)
        path = f"/activities/{activity}/withdrawal"
        assert (await place.mothers[0].call("POST", path, {"child_id": FIRST})).status == 500
    lines = {x["subject_id"]: x for x in (await place.results(activity))["lines"]}
    assert [lines[c]["came"] for c in (SECOND, THIRD)] == ["answered", "waiting"]
    later = replace(place.ctx, policy=replace(place.ctx.policy, lease=timedelta(0)))
    for _ in range(2):
        await tell_moved_of_all(later)
    notices = await place.village.documents("notices", author_id="")
    assert [(n["student_ids"], n["versions"][0]["title"]) for n in notices] == [
        ([SECOND], "候补轮到您了")
    ]
    (seats,) = await place.village.documents("seats")
    assert (seats["moved"], seats["untold_since"]) == ([], None)


async def test_thirty_requests_of_three_families_for_two_places(place: Place) -> None:
    """Through one server; through two, one of which is killed: tests/chaos/test_seats.py."""
    seated = {**SLOTS, "options": [{"text": "讲座", "seats": 2}]}
    activity = await place.publish(questions=[seated])
    answers = await asyncio.gather(
        *(place.answer(n % 3, activity, seat("o0"), key=f"key-number-{n:03d}") for n in range(30))
    )
    (seats,) = await place.village.documents("seats")
    assert len({h["subject_id"] for h in seats["holders"]}) == len(seats["holders"]) == 2
    held = {n % 3 for n, a in enumerate(answers) if a.status == 201}
    assert held == {int(h["subject_id"][-1]) - 1 for h in seats["holders"]}
    assert {a.code for a in answers if a.status != 201} <= {"full", "conflict"}
    assert (await place.results(activity))["answered"] == 2
