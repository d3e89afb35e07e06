"""A child's homework comes in, is marked, returned, corrected; and who sees nothing of it."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from domain.bindings import Custody
from services.families import end_own_binding
from services.returns import tell_returns
from storage.notices import NoticeStore
from tests import recordings
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.test_files import fetch
from tests.miniapp.test_homework import CLASS, form, subject_teacher
from tests.miniapp.village import Village
from tests.town import Town
from tests.waiting import wait_until

RAW = {"Content-Type": "application/octet-stream"}
FIRST, SECOND = f"{CLASS.id}-0001", f"{CLASS.id}-0002"


@dataclass
class Lesson:
    """A homework that is out, its teacher, and two families."""

    village: Village
    teacher: MiniClient
    mother: MiniClient
    other: MiniClient
    homework: str

    def at(self, child: str = FIRST) -> str:
        return f"/homework/{self.homework}/children/{child}"

    def marking(self, child: str = FIRST) -> str:
        return f"/teaching/homework/{self.homework}/submissions/{child}"

    async def picture(self, mini: MiniClient, child: str = FIRST, **seen: Any) -> str:
        content = recordings.jpeg_with_position(size=(120, 80), **seen)
        sent = await mini.call("POST", f"/files?name=a.jpg&child={child}", content, **RAW)
        return str(sent.data["file_id"])

    async def hand_in(
        self, mini: MiniClient, child: str = FIRST, *, key: str = "", **body: Any
    ) -> Answer:
        return await mini.call("POST", self.at(child), body, key=key)

    async def held(self) -> list[dict[str, Any]]:
        return await self.village.documents("submissions")

    async def consent(self, mini: MiniClient, child: str, decision: str) -> None:
        body = {"purpose": "class_work", "child_id": child, "decision": decision, "version": 1}
        answer = await mini.call("PUT", "/consents", body)
        assert answer.status in (200, 201), answer.body


@pytest.fixture
async def lesson(town: Town, device: Device) -> Lesson:
    village = Village(town, device, await town.settle_school(children=3))
    teacher = await subject_teacher(village, "maths", "maths")
    mother, other = await village.guardian("mother", 1), await village.guardian("other", 2)
    made = await teacher.call("POST", "/teaching/homework", form(village))
    return Lesson(village, teacher, mother, other, made.data["id"])


async def test_handed_in_marked_returned_corrected(lesson: Lesson) -> None:
    mother, teacher = lesson.mother, lesson.teacher
    work = (await mother.call("GET", lesson.at())).data
    assert (work["hand_in"], work["may_hand_in"], work["submission"]) == ("pictures", True, None)
    pictures = [await lesson.picture(mother) for _ in range(3)]
    sent = await lesson.hand_in(mother, text="第三题不会", file_ids=pictures)
    assert sent.data["said"] == "交好了，老师会看到"
    assert sent.data["submission"]["versions"][0]["relation"] != ""

    pile = (
        await teacher.call(
            "GET", f"/teaching/homework/{lesson.homework}/submissions?class_id={CLASS.id}"
        )
    ).data
    assert (pile["handed_in"], pile["waiting"], len(pile["items"])) == (1, 1, 3)
    row = pile["items"][0]
    assert (row["child_id"], row["pictures"], row["state"]) == (FIRST, 3, "handed_in")
    assert [r["number"] for r in pile["items"]] == sorted(r["number"] for r in pile["items"])
    shown = await fetch(teacher, f"/files/{pictures[0]}?homework={lesson.homework}&child={FIRST}")
    assert shown[0] == 200
    assert recordings.MAKER.encode() not in shown[1]

    voice = (await teacher.call("POST", "/files?name=a.mp3", recordings.mp3(), **RAW)).data
    drawn = {
        "file_id": pictures[0],
        "strokes": [{"colour": "#e03131", "width": 60, "points": [0, 0, 9000, 9000]}],
    }
    said = {
        "version": 1,
        "comment": "进位忘了，再看看。",
        "voice_file_id": voice["file_id"],
        "stamp": "effort",
        "level": "good",
        "points": 85,
        "points_of": 100,
        "drawings": [drawn],
        "returned": True,
    }
    marked = await teacher.call("POST", lesson.marking(), said, key="mark-key-1")
    assert marked.data["state"] == "returned"
    again = await teacher.call("POST", lesson.marking(), said, key="mark-key-1")
    assert again.data == marked.data
    seen = (await mother.call("GET", lesson.at())).data["submission"]
    (mark,) = seen["marks"]
    assert (mark["points"], mark["level"], mark["drawings"]) == (85, "good", [drawn])
    assert mark["voice"]["seconds"] == 1
    heard = await fetch(
        mother, f"/files/{voice['file_id']}?homework={lesson.homework}&child={FIRST}"
    )
    assert (heard[0], heard[2]["Content-Type"]) == (200, "audio/mpeg")

    fresh = await lesson.picture(mother)
    corrected = await lesson.hand_in(mother, file_ids=[pictures[1], fresh])
    assert corrected.data["said"] == "订正已经交给老师了"
    assert len(corrected.data["submission"]["versions"]) == 2
    late = await teacher.call("POST", lesson.marking(), said | {"stamp": "good"})
    assert late.code == "handed_in_again"
    done = await teacher.call("POST", lesson.marking(), {"version": 2, "stamp": "progress"})
    assert done.data["state"] == "marked"
    assert (await lesson.hand_in(mother, file_ids=[fresh])).code == "already_marked"
    (held,) = await lesson.held()
    assert (len(held["versions"]), len(held["marks"])) == (2, 2)


async def test_sent_twice_is_handed_in_once_and_what_is_wrong_changes_nothing(
    lesson: Lesson,
) -> None:
    mother, picture = lesson.mother, await lesson.picture(lesson.mother)
    theirs = await lesson.picture(lesson.other, SECOND)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"file_ids": []}, "file_ids"),
        ({"file_ids": [theirs]}, "file_ids"),
        ({"file_ids": ["nobody"]}, "file_ids"),
        ({"file_ids": [picture], "text": "长" * 2001}, "text"),
    ]
    for body, field in wrong:
        refused = await lesson.hand_in(mother, **body)
        assert (refused.status, set(refused.body["error"]["fields"])) == (422, {field})
    assert await lesson.held() == []
    loose = await lesson.village.documents("files", loose=True)
    assert picture in [f["_id"] for f in loose]
    first = await lesson.hand_in(mother, file_ids=[picture], key="one-and-the-same")
    await lesson.village.town.ctx.stores.database["replies"].delete_many({})
    again = await lesson.hand_in(mother, file_ids=[picture], key="one-and-the-same")
    assert again.data["submission"] == first.data["submission"]
    (held,) = await lesson.held()
    assert len(held["versions"]) == 1


async def test_late_is_said_kindly(lesson: Lesson) -> None:
    ctx, homework = lesson.village.town.ctx, lesson.homework
    yesterday = ctx.now() - timedelta(days=1)
    await ctx.stores.database["homework"].update_one(
        {"_id": homework}, {"$set": {"versions.0.due_at": yesterday}}
    )
    sent = await lesson.hand_in(lesson.mother, file_ids=[await lesson.picture(lesson.mother)])
    assert "没关系" in sent.data["said"]
    assert sent.data["submission"]["versions"][0]["late"] is True


async def test_nobody_but_family_and_teachers(lesson: Lesson) -> None:
    village, picture = lesson.village, await lesson.picture(lesson.mother)
    await lesson.hand_in(lesson.mother, file_ids=[picture])
    chinese = await subject_teacher(village, "chinese", "chinese")
    file = f"/files/{picture}?homework={lesson.homework}&child={FIRST}"
    for nobody in (lesson.other, await village.somebody("stranger"), chinese):
        assert (await nobody.call("GET", lesson.at())).status == 404
        assert (await lesson.hand_in(nobody, file_ids=[picture])).status == 404
        assert (await fetch(nobody, file))[0] == 404
        assert (await nobody.call("GET", lesson.marking())).status == 404
        mark = await nobody.call("POST", lesson.marking(), {"version": 1, "stamp": "good"})
        assert mark.status == 404
    head = await village.somebody("teacher")
    assert (await head.call("GET", lesson.marking())).status == 200
    before = await lesson.held()
    await end_own_binding(village.town.ctx, await village.person("mother"), FIRST)
    assert (await lesson.mother.call("GET", lesson.at())).status == 404
    assert (await fetch(lesson.mother, file))[0] == 404
    assert await lesson.held() == before


async def test_who_may_only_read_hands_nothing_in(lesson: Lesson) -> None:
    picture = await lesson.picture(lesson.mother)
    binding = f"{FIRST}:{await lesson.village.person('mother')}"
    stores = lesson.village.town.ctx.stores
    await stores.bindings.change(binding, {"custody": Custody.READ_ONLY})
    work = (await lesson.mother.call("GET", lesson.at())).data
    assert work["may_hand_in"] is False
    assert (await lesson.hand_in(lesson.mother, file_ids=[picture])).code == "may_only_read"
    assert await lesson.held() == []


async def test_a_homework_that_is_taken_back_takes_nothing(lesson: Lesson) -> None:
    picture = await lesson.picture(lesson.mother)
    await lesson.teacher.call("POST", f"/teaching/homework/{lesson.homework}/withdrawal", {})
    assert (await lesson.hand_in(lesson.mother, file_ids=[picture])).status == 404
    assert await lesson.held() == []


async def test_all_seen_at_once(lesson: Lesson) -> None:
    for mini, child in ((lesson.mother, FIRST), (lesson.other, SECOND)):
        await lesson.hand_in(mini, child, file_ids=[await lesson.picture(mini, child)])
    await lesson.teacher.call("POST", lesson.marking(), {"version": 1, "returned": True})
    path = f"/teaching/homework/{lesson.homework}/submissions"
    assert (await lesson.teacher.call("POST", path, {"class_id": CLASS.id})).data == {"count": 1}
    assert (await lesson.teacher.call("POST", path, {"class_id": CLASS.id})).data == {"count": 0}
    assert (await lesson.teacher.call("POST", path, {"class_id": "another"})).status == 404
    states = {s["student_id"]: s["state"] for s in await lesson.held()}
    assert states == {FIRST: "returned", SECOND: "marked"}


async def test_good_work_is_shown_while_the_family_agrees_and_by_first_name(
    lesson: Lesson,
) -> None:
    picture = await lesson.picture(lesson.mother)
    await lesson.hand_in(lesson.mother, file_ids=[picture])
    shelf, path = lesson.at(SECOND) + "/praised", lesson.marking() + "/praise"
    file = f"/files/{picture}?praised={lesson.homework}&child={SECOND}"
    assert not (await lesson.teacher.call("GET", lesson.marking())).data["may_praise"]
    refused = await lesson.teacher.call("PUT", path, {"shown": True})
    assert refused.code == "no_consent"
    assert (await lesson.other.call("GET", shelf)).data == {"items": []}
    await lesson.consent(lesson.mother, FIRST, "yes")
    assert (await lesson.teacher.call("GET", lesson.marking())).data["may_praise"]
    assert (await fetch(lesson.other, file))[0] == 404
    assert (await lesson.teacher.call("PUT", path, {"shown": True})).status == 200
    (item,) = (await lesson.other.call("GET", shelf)).data["items"]
    pupil = (await lesson.village.documents("students", _id=FIRST))[0]["name"]
    assert item["name"] in pupil
    assert item["name"] != pupil
    assert "points" not in item
    status, _, headers = await fetch(lesson.other, file)
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    await lesson.consent(lesson.mother, FIRST, "no")
    assert (await lesson.other.call("GET", shelf)).data == {"items": []}
    assert (await fetch(lesson.other, file))[0] == 404
    await lesson.consent(lesson.mother, FIRST, "yes")
    await lesson.teacher.call("PUT", path, {"shown": False})
    assert (await fetch(lesson.other, file))[0] == 404


async def test_a_mistake_is_cut_out_tried_again_and_nobody_else_reads_the_book(
    lesson: Lesson,
) -> None:
    mother, book = lesson.mother, f"/children/{FIRST}/mistakes"
    picture = await lesson.picture(mother, orientation=6)
    await lesson.hand_in(mother, file_ids=[picture])
    cut = {"x": 0, "y": 5000, "width": 10_000, "height": 2500}
    body = {"file_id": picture, "cut": cut, "knowledge": "进位加法", "cause": "careless"}
    entered = await lesson.teacher.call(
        "POST", lesson.marking() + "/mistakes", body, key="cut-key-1"
    )
    again = await lesson.teacher.call("POST", lesson.marking() + "/mistakes", body, key="cut-key-1")
    assert entered.data == again.data == {"done": True}
    outside = body | {"cut": cut | {"height": 5001}}
    assert (
        await lesson.teacher.call("POST", lesson.marking() + "/mistakes", outside)
    ).status == 422
    (mistake,) = (await mother.call("GET", book + "?subject=maths")).data["items"]
    assert (mistake["knowledge"], mistake["reviews"]) == ("进位加法", [])
    status, content, _ = await fetch(
        mother, f"/files/{mistake['file_id']}?mistake={mistake['id']}&child={FIRST}"
    )
    assert status == 200
    with Image.open(io.BytesIO(content)) as shown:
        assert shown.size == (80, 30)  # 120 x 80 held sideways, a quarter of its height
    assert (await mother.call("GET", book)).data["items"] == []  # due tomorrow
    assert (await mother.call("GET", f"{book}/{mistake['id']}")).data == mistake
    tries = f"{book}/{mistake['id']}/tries"
    for right, number in [(True, 1), (True, 2), (False, 3)]:
        tried = await mother.call("POST", tries, {"right": right}, key=f"try-number-{number}")
        assert len(tried.data["reviews"]) == number
    await lesson.village.town.ctx.stores.database["replies"].delete_many({})
    twice = await mother.call("POST", tries, {"right": False}, key="try-number-3")
    assert len(twice.data["reviews"]) == 3
    own = await mother.call("POST", book, {"subject": "maths", "note": "应用题看错了单位"})
    assert own.status == 201
    assert (await mother.call("POST", book, {"subject": "magic", "note": "a"})).status == 422
    assert (await mother.call("POST", book, {"subject": "maths"})).status == 422
    for nobody in (lesson.other, lesson.teacher, await lesson.village.somebody("stranger")):
        assert (await nobody.call("GET", book + "?subject=maths")).status == 404
        assert (await nobody.call("POST", book, {"subject": "maths", "note": "a"})).status == 404
        assert (await nobody.call("POST", tries, {"right": True})).status == 404
        for method in ("GET", "DELETE"):
            assert (await nobody.call(method, f"{book}/{mistake['id']}")).status == 404
        assert (await nobody.call("GET", f"/children/{FIRST}/week")).status == 404
    week = (await mother.call("GET", f"/children/{FIRST}/week")).data
    assert (week["homework"], week["handed_in"], week["mistakes"]) == (1, 1, 2)
    assert (week["tried"], week["right"], week["minutes"]) == (3, 2, 20)
    changed = await mother.call(
        "PUT", f"{book}/{mistake['id']}", {"note": "再练", "cause": "concept"}
    )
    assert (changed.data["note"], changed.data["cause"]) == ("再练", "concept")
    assert (await mother.call("DELETE", f"{book}/{mistake['id']}")).status == 200
    assert await lesson.village.documents("mistakes", _id=mistake["id"]) == []
    assert await lesson.village.documents("files", _id=mistake["file_id"]) == []
    assert len(await lesson.village.documents("mistakes")) == 1


async def test_a_family_hears_that_work_came_back_once_and_nobody_else_does(
    lesson: Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = lesson.village
    await wait_until(lambda: village.town.phone("mother").cards, description="the homework's card")
    await lesson.hand_in(lesson.mother, file_ids=[await lesson.picture(lesson.mother)])

    class KilledError(Exception):
        pass

    async def die(*_: object) -> None:
        raise KilledError

    said = {"version": 1, "returned": True, "comment": "单位忘了"}
    with monkeypatch.context() as patch:  # it dies after the mark is stored, before anybody is told
        patch.setattr(NoticeStore, "insert", die)
        assert (await lesson.teacher.call("POST", lesson.marking(), said)).status == 500
    (held,) = await lesson.held()
    assert (held["state"], held["untold_since"] is None) == ("returned", False)
    ctx = village.town.ctx
    later = replace(ctx, policy=replace(ctx.policy, lease=timedelta(0)))
    for _ in range(2):
        await tell_returns(later)
    (held,) = await lesson.held()
    assert held["untold_since"] is None
    (notice,) = await village.documents("notices", author_id="")
    assert (notice["student_ids"], notice["versions"][0]["title"]) == ([FIRST], "数学作业请订正")
    assert "单位" not in str(notice)

    async def is_told() -> bool:
        return bool(await village.documents("deliveries", notice_id=notice["_id"]))

    await wait_until(is_told, description="the family is told")
    told = {d["person_id"] for d in await village.documents("deliveries", notice_id=notice["_id"])}
    assert told == {await village.person("mother")}
    read = (await lesson.mother.call("GET", f"/notices/{notice['_id']}")).data
    assert (read["kind"], read["about"]) == ("return", lesson.homework)


async def test_practice_is_beside_mistakes_of_its_point_for_the_class_alone(lesson: Lesson) -> None:
    shelf = f"/teaching/classes/{CLASS.id}/practice"
    link = {
        "subject": "maths",
        "point": "进位加法",
        "title": "进位加法练一练",
        "address": "https://basic.smartedu.cn/practice",
    }
    put = await lesson.teacher.call("POST", shelf, link, key="practice-key-1")
    assert put.status == 201, put.body
    again = await lesson.teacher.call("POST", shelf, link, key="practice-key-1")
    assert again.data["id"] == put.data["id"]
    elsewhere = await lesson.teacher.call(
        "POST", shelf, link | {"address": "https://example.net/", "title": ""}
    )
    assert elsewhere.status == 422
    assert set(elsewhere.body["error"]["fields"]) == {"address", "title"}
    assert (await lesson.teacher.call("POST", shelf, link | {"subject": "music"})).status == 404
    items = (await lesson.teacher.call("GET", shelf)).data["items"]
    assert [one["title"] for one in items] == [link["title"]]
    book = f"/children/{FIRST}/mistakes"
    for knowledge in ("进位 加法", "退位减法", ""):
        entry = {"subject": "maths", "note": "错了", "knowledge": knowledge}
        assert (await lesson.mother.call("POST", book, entry)).status == 201
    items = (await lesson.mother.call("GET", book + "?subject=maths")).data["items"]
    beside = {one["knowledge"]: one["practice"] for one in items}
    shown = {"title": link["title"], "address": link["address"]}
    assert beside == {"进位 加法": [shown], "退位减法": [], "": []}
    english = await subject_teacher(lesson.village, "english", "english")
    assert (await english.call("GET", shelf)).data["items"] == []
    one = f"{shelf}/{put.data['id']}"
    for nobody in (english, lesson.mother):
        assert (await nobody.call("DELETE", one)).status == 404
    assert len(await lesson.village.documents("practices")) == 1
    assert (await lesson.teacher.call("DELETE", one)).status == 200
    assert await lesson.village.documents("practices") == []
