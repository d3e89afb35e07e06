"""The public board of homework: open to anybody, the same as the database, and nothing of a pupil on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from domain.schools import Rules
from domain.times import SCHOOL_ZONE
from services.boards import board_of
from services.homework import withdraw_homework
from tests.homeworking import publish, teacher
from tests.miniapp.conftest import town as town
from tests.town import SCHOOL, Town, child_name, school_class

CLASS, OTHER = school_class(1), school_class(2)


@pytest.fixture
async def school(town: Town) -> Town:
    await town.settle_school(children=3, classes=2)
    return town


@pytest.fixture
async def anybody() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        yield client


def today(town: Town) -> str:
    return str(town.ctx.now().astimezone(SCHOOL_ZONE).date())


async def read(town: Town, client: aiohttp.ClientSession, path: str) -> tuple[int, str, Any]:
    async with client.get(town.base + path) as answer:
        return answer.status, await answer.text(), answer.headers


async def test_anybody_sees_what_is_set_and_no_pupil(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    maths = await teacher(school.ctx, 1)
    text = f"{child_name(2)}等同学订正第 3 题，其他人做第 4 题。"
    await publish(school.ctx, maths, text=text, day=today(school))
    status, page, headers = await read(school, anybody, f"/board/{SCHOOL.id}/classes/{CLASS.id}")
    assert status == 200
    assert "数学" in page
    assert "约 20 分钟" in page
    assert "同学订正第 3 题" in page
    assert "学生" + "二" not in page
    assert "老师1" not in page
    assert headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in headers
    for path in ("", "/grades/3"):
        status, page, _ = await read(school, anybody, f"/board/{SCHOOL.id}{path}")
        assert (status, CLASS.name in page, OTHER.name in page) == (200, True, True)


@pytest.mark.parametrize(
    "path",
    [
        "/board/nowhere",
        "/board/school-a/grades/9",
        "/board/school-a/grades/99",
        "/board/school-a/classes/nobody",
        "/board/school-a?day=soon",
        "/board/school-a?day=2020-01-01",
        "/board/school-a?day=2099-01-01",
        "/board/school-b/classes/school-a-class-1",
    ],
)
async def test_what_is_not_there_is_a_page_that_says_so(
    school: Town, anybody: aiohttp.ClientSession, path: str
) -> None:
    status, page, _ = await read(school, anybody, path)
    assert status == 404
    assert "没有找到" in page


async def test_a_school_closes_its_board(school: Town, anybody: aiohttp.ClientSession) -> None:
    await school.ctx.stores.schools.save_school(replace(SCHOOL, rules=Rules(board=False)))
    for path in ("", "/grades/3", f"/classes/{CLASS.id}"):
        assert (await read(school, anybody, f"/board/{SCHOOL.id}{path}"))[0] == 404


async def test_the_board_equals_the_database_whatever_forty_teachers_do_at_once(
    school: Town,
) -> None:
    ctx = school.ctx
    teachers = [await teacher(ctx, n, classes=[CLASS, OTHER]) for n in range(40)]
    day = today(school)
    outcomes = await asyncio.gather(*(publish(ctx, t, minutes=10, day=day) for t in teachers))
    published = [o.homework for o in outcomes if not o.clashes]
    author = next(t for t in teachers if t.person_id == published[0].author_id)
    await withdraw_homework(ctx, author, published[0].id)
    documents = await ctx.stores.database["homework"].find({"state": "published"}).to_list(None)
    wanted = sorted(d["versions"][-1]["minutes"] for d in documents)
    board = await board_of(ctx, SCHOOL.id)
    assert len(wanted) == 5
    for one in board.classes:
        assert sorted(line.minutes for line in one.lines) == wanted
        assert one.load.total == 50


async def test_what_is_to_come_out_later_is_not_on_it_yet(school: Town) -> None:
    maths = await teacher(school.ctx, 1)
    soon = school.ctx.now() + timedelta(minutes=5)
    day = str(soon.astimezone(SCHOOL_ZONE).date())
    made = await publish(school.ctx, maths, publish_at=soon.isoformat(), day=day)
    assert made.clashes == ()
    for one in (await board_of(school.ctx, SCHOOL.id)).classes:
        assert one.lines == ()
