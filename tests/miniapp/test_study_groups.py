"""What a group of the virtual class shows and says to each other: while families agree, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
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
from tests import recordings
from tests.miniapp.test_files import fetch
from tests.miniapp.test_tasklists import Holiday
from tests.miniapp.test_tasklists import holiday as holiday
from tests.safety import BAD, WORSE
from tests.town import SCHOOL, child_name
from tests.waiting import wait_until
from tests.weekending import FIRST, SECOND, THIRD, agree, group


@pytest.fixture
async def circle(holiday: Holiday) -> Holiday:
    """Three children in a group; the first two families let the class see what they make."""
    await agree(holiday.mother, FIRST)
    await agree(holiday.other, SECOND)
    assert (await group(holiday.teacher, holiday.list_id, FIRST, SECOND, THIRD)).status == 200
    return holiday


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
    notice = f"/notices/{asked.data['id']}"

    async def told() -> str:
        answer = await mother.call("GET", notice)
        return str(answer.data["title"]) if answer.status == 200 else ""

    assert await wait_until(told, description="the family is told") == "老师回答了您的问题"
    assert (await other.call("GET", notice)).status == 404

    await teacher.call("PUT", f"{path}/shown", {"shown": True})
    (answer,) = (await circle.opened(other, SECOND))["answers"]
    assert (answer["text"], answer["answer"]) == ("同学可以听书吗？", "可以，同学听完讲给家人听。")
    await teacher.call("PUT", f"{path}/shown", {"shown": False})
    assert (await circle.opened(other, SECOND))["answers"] == []
    acts = [e["act"] for e in await circle.village.documents("audit")]
    assert acts[-2:] == ["answer_shown", "answer_hidden"]


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
