"""Searching where people are: in the chat, by voice, on open pages, in the mini-program."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator
from unittest.mock import patch

import aiohttp
import pytest

from services.shelves import plant_starter
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.conftest import device as device
from tests.miniapp.conftest import town as town
from tests.miniapp.village import Village
from tests.shelving import CLASS, hang, take_catalogue
from tests.town import SCHOOL, Town


@pytest.fixture
async def school(town: Town) -> Town:
    await town.settle_school(children=3)
    await take_catalogue(town.ctx)
    await plant_starter(town.ctx)
    return town


@pytest.fixture
async def mother(school: Town, device: Device) -> MiniClient:
    """A mother's mini-program."""
    village = Village(school, device, school.phone("teacher"))
    return await village.guardian("mother", 1)


@pytest.fixture
async def anybody() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        yield client


def titles(said: str) -> list[str]:
    """What a reply's links are called."""
    return re.findall(r">([^<]+)</a>", said)


async def test_the_chat_finds_books_and_links(school: Town) -> None:
    await school.settle_guardian("mother", 1)
    mother = school.phone("mother", following=True)
    for text in ("资源 三年级语文", "三年级语文", "snjyw", "我想看三年级语文"):
        assert titles(await mother.say(text))[0].startswith("三年级 语文 统编版"), text
    assert titles(await mother.say("数学 五下"))[0].startswith("五年级 数学")
    assert titles(await mother.say("shuxue5x"))[0].startswith("五年级 数学")
    assert titles(await mother.say("搜 国家平台"))[0] == "国家中小学智慧教育平台"
    said = await mother.say("资源 三年级语文")
    assert len(said.encode()) < 2048
    nothing = await mother.say("资源 啊啊啊啊")
    assert "没有找到" in nothing
    assert "没有找到" in await mother.say("搜 ？？")
    assert "学习资源" in await mother.say("资源")
    stranger = school.phone("stranger", following=True)
    assert "绑定" in await stranger.say("三年级语文")


async def test_a_voice_message_is_understood_where_wechat_says_what_was_said(school: Town) -> None:
    await school.settle_guardian("mother", 1)
    mother = school.phone("mother", following=True)
    outcome = await mother.act("voice", Recognition="三年级语文。")
    assert titles(outcome["replies"][0]["text"])[0].startswith("三年级 语文")
    silent = await mother.act("voice")
    assert "三年级 语文" not in silent["replies"][0]["text"]


async def test_searching_too_often_waits(school: Town, mother: MiniClient) -> None:
    with (
        patch("miniapp.search.SEARCHES_AN_HOUR", 2),
        patch("bot.searching.SEARCHES_AN_HOUR", 2),
    ):
        for _ in range(2):
            assert (await mother.call("GET", "/search?q=yw")).status == 200
        refused = await mother.call("GET", "/search?q=yw")
        assert (refused.status, refused.code) == (429, "too_many")
        assert "过一会儿" in await school.phone("mother").say("三年级语文")


async def test_the_mini_program_finds_and_suggests(school: Town, mother: MiniClient) -> None:
    entry = await hang(school.ctx, title="口算打卡", subject="maths")
    answer = (await mother.call("GET", "/search?q=%E5%8F%A3%E7%AE%97")).data
    (hit,) = answer["hits"]
    assert (hit["kind"], hit["id"], hit["level"], answer["total"]) == ("link", entry.id, "class", 1)
    assert hit["url"].startswith(f"{school.ctx.policy.public_url}/l/{entry.id}?v=")
    first = (await mother.call("GET", "/search?q=snjyw")).data
    assert first["hits"][0]["title"].startswith("三年级 语文")
    assert [page["page"] for page in first["hits"][0]["pages"]] == ["student", "textbook"]
    book = (
        await mother.call("GET", "/search?q=%E8%AF%AD%E6%96%87%E7%94%B5%E5%AD%90%E8%AF%BE%E6%9C%AC")
    ).data
    assert book["hits"][0]["pages"][0]["page"] == "textbook"
    suggested = (await mother.call("GET", "/search/suggest?q=sannian")).data["suggestions"]
    assert any(one.startswith("三年级") for one in suggested)
    assert len(suggested) == len(set(suggested))


async def test_pages_of_hits_hold_each_once(school: Town, mother: MiniClient) -> None:
    seen: list[str] = []
    cursor = ""
    while True:
        data = (await mother.call("GET", f"/search?q=shuxue&cursor={cursor}")).data
        seen += [hit["id"] for hit in data["hits"]]
        cursor = data["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == data["total"] > 20
    assert (await mother.call("GET", "/search?q=shuxue&cursor=900")).data["hits"] == []


async def test_somebody_elses_child_or_class_is_not_there(school: Town, mother: MiniClient) -> None:
    for query in ("child=child-2", "class_id=" + CLASS.id, "child=nobody"):
        for path in ("/search", "/search/suggest"):
            assert (await mother.call("GET", f"{path}?q=yw&{query}")).status == 404


async def test_the_open_page_finds_without_a_script(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    await hang(school.ctx, title="班里的口算")
    root = f"{school.base}/links/{SCHOOL.id}"
    async with anybody.get(root) as answer:
        assert f'action="/links/{SCHOOL.id}/search"' in await answer.text()
    async with anybody.get(f"{root}/search", params={"q": "snjyw"}) as answer:
        assert "三年级 语文 统编版" in await answer.text()
    async with anybody.get(f"{root}/search", params={"q": "口算"}) as answer:
        assert "班里的口算" not in await answer.text()
    params = {"q": "口算", "class": CLASS.id}
    async with anybody.get(f"{root}/search", params=params) as answer:
        page = await answer.text()
        assert "班里的口算" in page
        assert f'name="class" value="{CLASS.id}"' in page
    for query in (
        {"q": ""},
        {},
        {"q": "<script>alert(1)</script>"},
        {"q": "数" * 500, "start": "x"},
    ):
        async with anybody.get(f"{root}/search", params=query) as answer:
            assert answer.status == 200
            assert "<script>alert" not in await answer.text()
    for path in ("/links/nowhere/search?q=a", f"/links/{SCHOOL.id}/search?q=a&class=nowhere"):
        async with anybody.get(school.base + path) as answer:
            assert answer.status == 404


async def test_on_open_pages_no_address_holds_what_was_typed(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    await hang(school.ctx, title="班里的口算")
    root = f"{school.base}/links/{SCHOOL.id}"
    for path in (root, f"{root}/classes/{CLASS.id}", f"{root}/search"):
        async with anybody.get(path) as answer:
            assert '<form class="find" role="search" method="post"' in await answer.text()
    asked = {"q": "口算", "class": CLASS.id}
    async with anybody.post(f"{root}/search", data=asked) as answer:
        page = await answer.text()
    assert "班里的口算" in page
    assert f'name="class" value="{CLASS.id}"' in page
    # One step back from what was opened it is there again, in this browser and in no proxy.
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert "Set-Cookie" not in answer.headers
    seen: set[str] = set()
    form = {"q": "shuxue"}
    while True:
        async with anybody.post(f"{root}/search", data=form) as answer:
            page = await answer.text()
        assert "q=" not in page
        hits = set(re.findall(r'class="main" href="([^"]+)"', page))
        assert hits
        assert not hits & seen
        seen |= hits
        start = re.search(r'name="start" value="(\d+)"', page)
        if start is None:
            break
        form["start"] = start[1]
    assert len(seen) > 20
    async with anybody.post(f"{root}/search", data={"q": "a", "class": "nowhere"}) as answer:
        assert answer.status == 404


async def test_pages_in_wechat_look_for_the_child_or_the_class(school: Town) -> None:
    await school.settle_guardian("mother", 1)
    mother, teacher = school.phone("mother"), school.phone("teacher")
    assert "课件、教学设计" not in (await mother.get("/h5/search?q=教师备课")).text
    assert "课件、教学设计" in (await teacher.get("/h5/search?q=教师备课")).text
    more = (await teacher.get("/h5/search?q=数学")).text
    assert "更多结果" in more
    assert (await mother.get("/h5/search?q=a&child=child-1&class=x")).status == 404
    assert (await mother.get(f"/h5/search?q=a&class={CLASS.id}")).status == 404


async def test_what_is_looked_for_is_written_nowhere(
    school: Town, mother: MiniClient, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "miyuzhongdemiyu"
    with caplog.at_level(logging.DEBUG):
        await mother.call("GET", f"/search?q={secret}")
        await mother.call("GET", f"/search/suggest?q={secret}")
        await school.phone("mother").get(f"/h5/search?q={secret}")
        await school.phone("mother").say(f"资源 {secret}")
    ours = [r.getMessage() for r in caplog.records if r.name.startswith(("yanshu", "tornado"))]
    assert not [line for line in ours if secret in line]
    database = school.ctx.stores.database
    for name in await database.list_collection_names():
        async for document in database[name].find({}):
            assert secret not in str(document), name
