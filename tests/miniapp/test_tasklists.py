"""The virtual class through the API: a list is opened, ticked, shared, talked about, asked about; who sees nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from domain.bindings import Custody
from domain.errors import NotFoundError
from domain.roles import Right
from domain.safety import Kind, Outcome
from domain.word_lists import WordList
from services.families import end_own_binding
from services.people import access_teaching
from services.reviews import decide_review, settle_review, waiting_reviews
from services.safety_subjects import SUBJECTS
from services.tasklist_telling import tell_tasklists
from storage.notices import NoticeStore
from tests import recordings
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.test_files import fetch
from tests.miniapp.test_homework import subject_teacher
from tests.miniapp.village import Village
from tests.safety import BAD, WORSE
from tests.town import SCHOOL, Town, child_name
from tests.waiting import wait_until
from tests.weekending import FIRST, SECOND, THIRD, a_form, agree, go_on_holiday, group, open_list

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


@pytest.fixture
async def circle(holiday: Holiday) -> Holiday:
    """Three children in a group; the first two families let the class see what they make."""
    await agree(holiday.mother, FIRST)
    await agree(holiday.other, SECOND)
    assert (await group(holiday.teacher, holiday.list_id, FIRST, SECOND, THIRD)).status == 200
    return holiday


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


async def test_shared_with_the_group_by_first_name_while_the_family_agrees(
    circle: Holiday,
) -> None:
    mother, other, teacher = circle.mother, circle.other, circle.teacher
    picture = await circle.picture(mother)
    shared = (await circle.share([picture], key="piece-key-1")).data
    assert (await circle.share([picture], key="piece-key-1")).data == shared
    seen = await circle.seen_by_other()
    (fellow,) = seen["fellows"]  # the third family has not agreed
    assert (seen["hidden"], fellow["name"]) == (1, child_name(1)[1:])
    (piece,) = fellow["pieces"]
    assert (piece["text"], piece["files"][0]["file_id"]) == ("我们读完啦", picture)
    assert child_name(1) not in str(seen)
    assert "relation" not in piece
    path = f"/files/{picture}?tasklist={circle.list_id}&child={SECOND}"
    status, content, headers = await fetch(other, path)
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert recordings.MAKER.encode() not in content
    assert child_name(1) not in str(headers)
    assert (await fetch(teacher, f"/files/{picture}?tasklist={circle.list_id}&child={FIRST}"))[
        0
    ] == 200

    await agree(mother, FIRST, "no")
    assert (await circle.seen_by_other())["fellows"] == []
    assert (await fetch(other, path))[0] == 404
    refused = await circle.share([picture])
    assert refused.code == "no_consent"
    await agree(mother, FIRST)
    assert (await fetch(other, path))[0] == 200
    hidden = (await circle.share([picture], shared=False)).data
    assert hidden["pieces"][0]["shared"] is False
    assert (await circle.seen_by_other())["fellows"][0]["pieces"] == []
    assert (await fetch(other, path))[0] == 404
    gone = (await mother.call("DELETE", f"{circle.at()}/steps/2/piece")).data
    assert gone["pieces"] == []
    assert await circle.village.documents("files", _id=picture) == []


async def test_a_comment_is_held_until_it_is_allowed_and_gone_with_the_consent(
    circle: Holiday,
) -> None:
    mother, other, teacher = circle.mother, circle.other, circle.teacher
    piece = (await circle.share([])).data["pieces"][0]["id"]
    third = await circle.village.guardian("third", 3)
    said = {"piece_id": piece, "words": "读得真好听！"}
    sent = await other.call("POST", f"{circle.at(SECOND)}/comments", said, key="comment-key")
    assert sent.data["state"] == "waiting"
    await other.call("POST", f"{circle.at(SECOND)}/comments", said, key="comment-key")
    assert len(await circle.village.documents("task_comments")) == 1
    assert (await third.call("POST", f"{circle.at(THIRD)}/comments", said)).code == "no_consent"
    own = {"piece_id": piece, "words": "自己夸自己"}
    assert (await mother.call("POST", f"{circle.at()}/comments", own)).status == 404
    assert [c["state"] for c in (await circle.seen_by_other())["comments"]] == ["waiting"]
    for mini, child in ((mother, FIRST), (third, THIRD)):
        assert (await circle.opened(mini, child))["group"]["comments"] == []

    (held,) = (await teacher.call("GET", circle.desk)).data["comments"]
    assert (held["name"], held["on"], held["step"]) == (child_name(2), child_name(1)[1:], 2)
    rows = (await teacher.call("GET", f"/teaching/tasklists?class_id={FIRST[:-5]}")).data
    assert rows["items"][0]["waiting"] == 1
    path = f"{circle.desk}/comments/{held['id']}"
    assert (await mother.call("PUT", path, {"allow": True})).status == 404
    assert (await teacher.call("PUT", path, {"allow": True})).data == {"done": True}
    await teacher.call("PUT", path, {"allow": True})
    acts = [e["act"] for e in await circle.village.documents("audit")]
    assert acts.count("comment_allowed") == 1
    for mini, child, mine in ((mother, FIRST, False), (other, SECOND, True), (third, THIRD, False)):
        (comment,) = (await circle.opened(mini, child))["group"]["comments"]
        assert (comment["name"], comment["mine"]) == (child_name(2)[1:], mine)

    await agree(other, SECOND, "no")  # whoever wrote it
    for mini, child in ((mother, FIRST), (third, THIRD)):
        assert (await circle.opened(mini, child))["group"]["comments"] == []
    await agree(other, SECOND)
    await agree(mother, FIRST, "no")  # whose piece it is
    assert (await circle.seen_by_other())["comments"] == []
    await agree(mother, FIRST)
    assert len((await circle.seen_by_other())["comments"]) == 1
    await teacher.call("PUT", path, {"allow": False})
    assert (await circle.opened(mother))["group"]["comments"] == []
    taken = await other.call("DELETE", f"{circle.at(SECOND)}/comments/{held['id']}")
    assert taken.data == {"done": True}
    assert await circle.village.documents("task_comments") == []


async def test_words_of_a_list_are_held_or_not_taken_whatever_the_teacher_taps(
    circle: Holiday,
) -> None:
    piece = (await circle.share([])).data["pieces"][0]["id"]
    at, ctx = f"{circle.at(SECOND)}/comments", circle.village.town.ctx
    words = WordList(
        id=SCHOOL.id, hold=("加微信领取资料",), refuse=("快来下注",), digest="of a list of tasks"
    )
    assert await ctx.stores.word_lists.mark_changed(words)
    worse = await circle.other.call("POST", at, {"piece_id": piece, "words": WORSE})
    assert worse.code == "words_refused"
    bad = (await circle.other.call("POST", at, {"piece_id": piece, "words": BAD})).data
    path = f"{circle.desk}/comments/{bad['id']}"
    assert (await circle.teacher.call("PUT", path, {"allow": True})).status == 200
    assert (await circle.opened(circle.mother))["group"]["comments"] == []
    teaching = await access_teaching(ctx, await circle.village.person("teacher"), Right.MODERATE)
    (review,) = await waiting_reviews(ctx, teaching)
    assert review.author_name == f"{child_name(2)[1:]}的家人"
    await decide_review(ctx, teaching, review.id, allow=True, why="", seen=review.version)
    await settle_review(ctx, review.id)
    assert len((await circle.opened(circle.mother))["group"]["comments"]) == 1
    room = SUBJECTS[review.kind]
    mother = await circle.village.person("mother")
    assert (await room.show(ctx, mother, bad["id"])).text == BAD
    with pytest.raises(NotFoundError):
        await room.show(ctx, "stranger", bad["id"])
    asked = (await circle.mother.call("POST", f"{circle.at()}/questions", {"words": BAD})).data
    question = f"{circle.desk}/questions/{asked['id']}"
    await circle.teacher.call("PUT", question, {"words": "请不要这样"})
    shown = await circle.teacher.call("PUT", f"{question}/shown", {"shown": True})
    assert shown.code == "words_held"
    asking = SUBJECTS[Kind.QUESTION]
    assert (await asking.show(ctx, mother, asked["id"])).text == BAD
    with pytest.raises(NotFoundError):
        await asking.show(ctx, await circle.village.person("other"), asked["id"])
    await asking.settle(ctx, asked["id"], Outcome.PASS)
    assert (await circle.teacher.call("PUT", f"{question}/shown", {"shown": True})).status == 200


async def test_nobody_elses_comment_is_taken_back(circle: Holiday) -> None:
    piece = (await circle.share([])).data["pieces"][0]["id"]
    said = {"piece_id": piece, "words": "好"}
    sent = await circle.other.call("POST", f"{circle.at(SECOND)}/comments", said)
    await circle.mother.call("DELETE", f"{circle.at()}/comments/{sent.data['id']}")
    assert len(await circle.village.documents("task_comments")) == 1


async def test_a_question_is_the_familys_and_shown_to_all_without_a_name(circle: Holiday) -> None:
    mother, other, teacher = circle.mother, circle.other, circle.teacher
    asked = await mother.call(
        "POST", f"{circle.at()}/questions", {"step": 2, "words": f"{child_name(1)}可以听书吗？"}
    )
    assert (
        await mother.call("POST", f"{circle.at()}/questions", {"step": 9, "words": "？"})
    ).status == 404
    path = f"{circle.desk}/questions/{asked.data['id']}"
    assert (await teacher.call("PUT", f"{path}/shown", {"shown": True})).code == "not_answered"
    assert (await other.call("PUT", path, {"words": "可以"})).status == 404
    words = {"words": f"可以，{child_name(1)}听完讲给家人听。"}
    assert (await teacher.call("PUT", path, words)).status == 200
    (own,) = (await circle.opened(mother))["questions"]
    assert (own["answer"], own["shown"]) == (words["words"], False)
    seen = await circle.opened(other, SECOND)
    assert (seen["questions"], seen["answers"]) == ([], [])
    notice = (await mother.call("GET", f"/notices/{asked.data['id']}")).data
    assert notice["title"] == "老师回答了您的问题"
    assert (await other.call("GET", f"/notices/{asked.data['id']}")).status == 404

    await teacher.call("PUT", f"{path}/shown", {"shown": True})
    (answer,) = (await circle.opened(other, SECOND))["answers"]
    assert (answer["text"], answer["answer"]) == ("同学可以听书吗？", "可以，同学听完讲给家人听。")
    await teacher.call("PUT", f"{path}/shown", {"shown": False})
    assert (await circle.opened(other, SECOND))["answers"] == []
    acts = [e["act"] for e in await circle.village.documents("audit")]
    assert acts[-2:] == ["answer_shown", "answer_hidden"]


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


async def lose_the_binding(circle: Holiday) -> None:
    await end_own_binding(circle.village.town.ctx, await circle.village.person("other"), SECOND)


async def leave_the_group(circle: Holiday) -> None:
    await circle.other.call("PUT", f"{circle.at(SECOND)}/group", {"group_id": None})


async def withdraw(circle: Holiday) -> None:
    await circle.teacher.call("POST", f"{circle.desk}/withdrawal")


async def move_away(circle: Holiday) -> None:
    students = circle.village.town.ctx.stores.database["students"]
    await students.update_one({"_id": SECOND}, {"$set": {"class_id": "elsewhere"}})


@pytest.mark.parametrize("loses", [lose_the_binding, leave_the_group, withdraw, move_away])
async def test_who_belongs_no_more_sees_no_more(
    circle: Holiday, loses: Callable[[Holiday], Any]
) -> None:
    picture = await circle.picture(circle.mother)
    piece = (await circle.share([picture])).data["pieces"][0]["id"]
    path = f"/files/{picture}?tasklist={circle.list_id}&child={SECOND}"
    assert (await fetch(circle.other, path))[0] == 200
    await loses(circle)
    assert (await fetch(circle.other, path))[0] == 404
    said = {"piece_id": piece, "words": "好"}
    refused = await circle.other.call("POST", f"{circle.at(SECOND)}/comments", said)
    assert refused.status == 404
    seen = await circle.other.call("GET", circle.at(SECOND))
    assert seen.status == 404 or seen.data["group"] is None
    assert await circle.village.documents("task_comments") == []


async def test_who_may_only_read_reads_and_after_its_days_nothing_more_is_done(
    circle: Holiday,
) -> None:
    picture = await circle.picture(circle.mother)
    await circle.share([picture])
    database = circle.village.town.ctx.stores.database
    acts: list[tuple[str, str, Any]] = [
        ("PUT", "/steps/1/tick", {"done": True}),
        ("POST", "/steps/1/piece", {"words": "好"}),
        ("POST", "/questions", {"words": "好"}),
        ("POST", "/comments", {"piece_id": "p", "words": "好"}),
    ]
    await database["tasklists"].update_one(
        {"_id": circle.list_id}, {"$set": {"closes_at": circle.village.town.ctx.now()}}
    )
    assert (await circle.opened(circle.mother))["may_act"] is False
    for method, path, body in acts:
        refused = await circle.mother.call(method, circle.at() + path, body)
        assert refused.code == "tasklist_over"
    # What one showed, one may take back at any time.
    assert (await circle.mother.call("DELETE", f"{circle.at()}/steps/2/piece")).data["pieces"] == []
    await database["bindings"].update_one(
        {"student_id": FIRST}, {"$set": {"custody": Custody.READ_ONLY}}
    )
    for method, path, body in (*acts, ("PUT", "/group", {"group_id": None})):
        refused = await circle.mother.call(method, circle.at() + path, body)
        assert refused.code == "may_only_read"
    (work,) = await circle.village.documents("taskworks")
    assert (work["done"], work["pieces"]) == ([], [])


async def test_a_picture_of_another_thing_is_no_piece(circle: Holiday) -> None:
    picture = await circle.picture(circle.mother)
    await circle.share([picture])
    again = {"words": "", "file_ids": [picture], "shared": True}
    refused = await circle.mother.call("POST", f"{circle.at()}/steps/1/piece", again)
    assert refused.code == "file_used"
    theirs = await circle.picture(circle.other, SECOND)
    assert (await circle.share([theirs])).status == 422
    (work,) = await circle.village.documents("taskworks")
    assert [(p["step"], len(p["files"])) for p in work["pieces"]] == [(2, 1)]


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
