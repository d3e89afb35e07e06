"""Homework set in WeChat's browser: sent twice it is one, refused it comes back, and nobody else's is there."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest

from domain.times import SCHOOL_ZONE
from services.overruns import waiting_overruns
from tests.handlers.conftest import PDF, Village
from tests.handlers.conftest import village as village
from tests.homeworking import publish, teacher
from tests.town import Phone, Reply, school_class

CLASS = school_class(1)
NEW = "/h5/teach/homework/new"


def day_of(village: Village) -> str:
    return str(village.town.ctx.now().astimezone(SCHOOL_ZONE).date())


def form(village: Village, **changes: Any) -> list[tuple[str, str]]:
    given = {
        "key": "key-of-the-form-1",
        "class_ids": CLASS.id,
        "subject": "maths",
        "text": "课本第 12 页",
        "minutes": "20",
        "written": "yes",
        "day": day_of(village),
        "hand_in": "pictures",
        "when": "now",
    }
    return [(k, str(v)) for k, v in (given | changes).items() if v is not None]


async def send(phone: Phone, path: str, fields: Sequence[tuple[str, str]]) -> Reply:
    return await phone.post(path, fields)


async def found(village: Village, collection: str, **query: Any) -> list[dict[str, Any]]:
    held = village.town.ctx.stores.database[collection].find(query)
    return [document async for document in held]


async def all_of(village: Village) -> list[dict[str, Any]]:
    return await found(village, "homework")


async def test_sent_twice_it_is_one_and_families_hear_of_it(village: Village) -> None:
    uploaded = (await village.teacher.upload("题.pdf", PDF)).data["id"]
    fields = form(village, file_ids=uploaded)
    first = await send(village.teacher, NEW, fields)
    again = await send(village.teacher, NEW, fields)
    assert first.status == again.status == 200
    assert first.url.partition("?")[0] == again.url.partition("?")[0]
    (homework,) = await all_of(village)
    assert homework["state"] == "published"
    assert "课本第 12 页" in first.text
    notice = await found(village, "notices", _id=homework["_id"])
    assert len(notice) == 1
    listed = (await village.teacher.get("/h5/teach/homework")).text
    assert listed.count("课本第 12 页") == 1
    receipts = (await village.teacher.get(f"/h5/teach/notices/{homework['_id']}")).text
    assert f"/h5/teach/homework/{homework['_id']}" in receipts
    assert f"/h5/teach/notices/{homework['_id']}/edit" not in receipts


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"text": " "}, "请写作业内容"),
        ({"minutes": ""}, "请写预计时长"),
        ({"minutes": "很久"}, "时长请填 1 到 240 之间的整数"),
        ({"class_ids": None}, "请至少选一个班级"),
        ({"subject": ""}, "请选学科"),
        ({"day": "2020-01-01"}, "哪天的作业已经过去了"),
        ({"when": "later"}, "请填写发送时间"),
        ({"links": "http://elsewhere.example"}, "链接要以 https://"),
        ({"file_ids": "nobody-s"}, "有附件找不到了"),
    ],
)
async def test_what_is_wrong_is_said_beside_what_was_typed(
    village: Village, changes: dict[str, Any], words: str
) -> None:
    sent = await send(village.teacher, NEW, form(village, **changes))
    assert (sent.status, words in sent.text) == (422, True)
    assert ("课本第 12 页" in sent.text) == ("text" not in changes)
    assert await all_of(village) == []


async def test_over_the_budget_it_says_what_is_there_and_is_asked_for(village: Village) -> None:
    ctx = village.town.ctx
    await publish(ctx, await teacher(ctx, 5, subject="english"), minutes=50, day=day_of(village))
    sent = await send(village.teacher, NEW, form(village))
    for words in ("没有发出去", "会超出", "英语", "老师5", "50 分钟", "全天最多 60 分钟"):
        assert words in sent.text
    homework = next(h for h in await all_of(village) if h["subject"] == "maths")
    own = f"/h5/teach/homework/{homework['_id']}"
    assert (await found(village, "notices", _id=homework["_id"])) == []
    unsaid = await send(village.teacher, f"{own}/ask", [("why", " ")])
    assert (unsaid.status, "请写理由" in unsaid.text) == (422, True)
    assert await waiting_overruns(ctx, await village.teaching()) == []
    asked = await send(village.teacher, f"{own}/ask", [("why", "单元测试前")])
    assert "等回音" in asked.text
    seen = re.search(
        r'name="attempts" value="(\d+)"', (await village.teacher.get(f"{own}/edit")).text
    )
    assert seen is not None
    stale = await send(village.teacher, f"{own}/edit", form(village, minutes=9, attempts=99))
    assert (stale.status, "刚刚在别处改过" in stale.text) == (409, True)
    shorter = await send(village.teacher, f"{own}/edit", form(village, minutes=9, attempts=seen[1]))
    assert "已发布" in shorter.text
    withdrawn = await send(village.teacher, f"{own}/withdraw", [])
    assert "已收回" in withdrawn.text
    assert (await village.teacher.get(f"{own}/withdraw")).status == 409
    repeated = (await village.teacher.get(f"{NEW}?repeat={homework['_id']}")).text
    assert "课本第 12 页" in repeated
    assert f'name="repeats" value="{homework["_id"]}"' in repeated


async def test_the_evening_is_drawn_for_ones_own_classes(village: Village) -> None:
    ctx = village.town.ctx
    await publish(ctx, await teacher(ctx, 5, subject="english"), minutes=50, day=day_of(village))
    await village.teacher.get("/h5/")  # signed in
    path = f"/h5/teach/homework/evening?class_ids={CLASS.id}&class_ids=school-b-class-1&day="
    drawn = await village.teacher.get(path + day_of(village), Accept="application/json")
    assert drawn.status == 200, drawn.text
    assert drawn.data["html"].count('class="evening"') == 1
    assert "还剩" in drawn.data["html"]
    nothing = await village.teacher.get(path + "soon", Accept="application/json")
    assert "还剩" not in nothing.data["html"]


async def test_a_subject_that_is_not_theirs_is_named_and_a_strangers_page_is_not_there(
    village: Village,
) -> None:
    made = await publish(village.town.ctx, await teacher(village.town.ctx, 5), day=day_of(village))
    own = f"/h5/teach/homework/{made.homework.id}"
    for path in (own, f"{own}/edit", f"{own}/withdraw", f"{NEW}?repeat={made.homework.id}"):
        assert (await village.teacher.get(path)).status == 404
        assert (await village.mother.get(path)).status in (403, 404)
    for path in (f"{own}/ask", f"{own}/withdraw", f"{own}/edit"):
        assert (await send(village.teacher, path, form(village, attempts=1))).status == 404
    other = await send(village.teacher, NEW, form(village, class_ids="school-b-class-1"))
    assert other.status in (404, 422)
    assert len(await all_of(village)) == 1
    (held,) = await all_of(village)
    assert held["state"] == "published"
