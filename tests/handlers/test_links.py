"""Short links: on at once, counted after, by door and never by person; and the pages that are open to anybody."""

from __future__ import annotations

import asyncio
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import aiohttp
import pytest
from PIL import Image

from domain.audit import OPERATOR
from domain.catalogue import Page, address_of
from domain.link_uses import Use
from domain.shelves import book_code, short_code
from handlers.drawings import chinese_font
from services.editions import books_of
from services.links import doors_for
from services.shelves import access_entry_as_keeper, change_entry, plant_starter, take_down
from storage.link_uses import LinkUseStore
from tests.domain.catalogue_samples import book, changed, split
from tests.miniapp.conftest import town as town
from tests.qrcodes import read_codes
from tests.shelving import ADDRESS, CLASS, CLASS_SHELF, SCHOOL_SHELF, draft, hang, take_catalogue
from tests.town import SCHOOL, Town, child_name
from tests.waiting import wait_until

IN_WECHAT = {"User-Agent": "Mozilla/5.0 MicroMessenger/8.0.50"}


@pytest.fixture
async def school(town: Town) -> Town:
    await town.settle_school(children=3)
    await take_catalogue(town.ctx)
    return town


@pytest.fixture
async def anybody() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        yield client


async def follow(
    town: Town, anybody: aiohttp.ClientSession, path: str, **more: Any
) -> tuple[int, str]:
    async with anybody.get(town.base + path, allow_redirects=False, **more) as answer:
        await answer.read()
        return answer.status, answer.headers.get("Location", "")


async def uses(town: Town) -> list[dict[str, Any]]:
    await town.ctx.links.write(town.ctx)
    return await stored_uses(town)


async def stored_uses(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await town.ctx.stores.database["link_days"].find({}).to_list(None)
    return found


async def test_a_link_leads_on_and_is_counted_without_anybody(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    entry = await hang(school.ctx)
    doors = await doors_for(school.ctx, SCHOOL.id, (CLASS.id,), "families")
    path = f"/l/{entry.id}"
    for _ in range(3):
        assert await follow(school, anybody, path) == (302, ADDRESS)
    assert await follow(school, anybody, f"{path}?v={doors[CLASS.id]}") == (302, ADDRESS)
    await follow(school, anybody, f"{path}?v=zzzzz&child=x&openid=y")
    counted = {(u["role"], u["class_id"]): u["count"] for u in await uses(school)}
    assert counted == {("", CLASS.id): 4, ("families", CLASS.id): 1}
    kept = {name for use in await uses(school) for name in use}
    of_link = {"_id", "code", "place", "subject", "school_id", "class_id"}
    assert kept == of_link | {"day", "count", "role", "uncounted"}


async def test_what_is_written_twice_is_counted_once(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    entry = await hang(school.ctx)
    await follow(school, anybody, f"/l/{entry.id}")
    whole = school.ctx.stores.link_uses.put

    async def written_unheard(found: Any) -> None:
        await whole(found)
        raise OSError("cut off after it was written")

    with (
        patch.object(type(school.ctx.stores.link_uses), "put", side_effect=written_unheard),
        pytest.raises(OSError, match="cut off"),
    ):
        await school.ctx.links.write(school.ctx)
    await follow(school, anybody, f"/l/{entry.id}")
    assert [use["count"] for use in await uses(school)] == [2]


async def test_counts_reach_the_store_by_themselves(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    entry = await hang(school.ctx)
    await follow(school, anybody, f"/l/{entry.id}")
    await wait_until(lambda: not school.ctx.links.waiting, description="the use is written")
    assert len(await uses(school)) == 1


async def test_looking_only_is_not_counted(school: Town, anybody: aiohttp.ClientSession) -> None:
    entry = await hang(school.ctx)
    async with anybody.head(f"{school.base}/l/{entry.id}", allow_redirects=False) as answer:
        assert answer.status == 302
        assert answer.headers["Location"] == ADDRESS
    assert await uses(school) == []


async def test_what_leads_nowhere(school: Town, anybody: aiohttp.ClientSession) -> None:
    entry = await hang(school.ctx)
    await follow(school, anybody, f"/l/{entry.id}")
    await take_down(school.ctx, OPERATOR, CLASS_SHELF, entry.id)
    over = await hang(school.ctx, key="key-0002", valid_until="2020-01-01")
    for path in (
        f"/l/{entry.id}",
        f"/l/{over.id}",
        "/l/zzzzzz",
        "/l/zzzzzzzz",
        "/l/a",
        "/l/https://evil.example",
        "/l/" + "z" * 30,
        f"/l/{entry.id}.gif",
    ):
        status, location = await follow(school, anybody, path)
        assert (status, location) == (404, ""), path


async def test_a_link_that_is_gone_says_so_and_leads_to_the_schools_page(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    """A child with an old sheet of paper: without a session, without a cookie."""
    entry = await hang(school.ctx)
    over = await hang(school.ctx, key="key-0002", valid_until="2020-01-01")
    await take_down(school.ctx, OPERATOR, CLASS_SHELF, entry.id)
    for code, leads in ((entry.id, True), (over.id, True), ("zzzzzz", False), ("a", False)):
        async with anybody.get(f"{school.base}/l/{code}") as answer:
            page = await answer.text()
        assert answer.status == 404
        assert "这个链接停用了" in page
        assert (f'href="/links/{SCHOOL.id}"' in page) == leads, code
        assert "Set-Cookie" not in answer.headers
        assert "/h5/" not in page
    async with anybody.get(f"{school.base}/links/{SCHOOL.id}") as answer:
        assert answer.status == 200
    asked = {"Accept": "application/json"}
    async with anybody.get(f"{school.base}/l/{entry.id}", headers=asked) as answer:
        assert (await answer.json())["error"]["code"] == "not_found"


async def test_nobody_is_led_astray(school: Town, anybody: aiohttp.ClientSession) -> None:
    entry = await hang(school.ctx)
    for tail in ("?url=https://evil.example", "?to=//evil.example", "?v=//evil.example", "?next=x"):
        assert await follow(school, anybody, f"/l/{entry.id}{tail}") == (302, ADDRESS)
    # What somebody wrote past the form, or a host that is not allowed any more.
    await school.ctx.stores.database["links"].update_one(
        {"_id": entry.id}, {"$set": {"address": "https://evil.example/"}}
    )
    school.ctx.links.forget(entry.id)
    assert await follow(school, anybody, f"/l/{entry.id}") == (404, "")


async def test_a_changed_link_leads_there_at_once(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    entry = await hang(school.ctx)
    await follow(school, anybody, f"/l/{entry.id}")
    other = "https://basic.smartedu.cn/art"
    new = await draft(school.ctx, address=other)
    await change_entry(school.ctx, OPERATOR, CLASS_SHELF, entry.id, new, seen=entry.version)
    assert await follow(school, anybody, f"/l/{entry.id}") == (302, other)


async def test_links_open_while_the_store_is_away(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    known, unknown = await hang(school.ctx), await hang(school.ctx, key="key-0002")
    await follow(school, anybody, f"/l/{known.id}")
    await uses(school)
    shelves, link_uses = type(school.ctx.stores.shelves), type(school.ctx.stores.link_uses)
    away = OSError("away")
    with (
        patch.object(shelves, "find", side_effect=away),
        patch.object(link_uses, "put", side_effect=away),
        patch("services.link_room.FRESH_SECONDS", -1.0),
    ):
        for _ in range(3):
            assert await follow(school, anybody, f"/l/{known.id}") == (302, ADDRESS)
        assert (await follow(school, anybody, f"/l/{unknown.id}"))[0] == 503
        with pytest.raises(OSError, match="away"):
            await school.ctx.links.write(school.ctx)
        assert school.ctx.links.waiting == 3
    assert await follow(school, anybody, f"/l/{unknown.id}") == (302, ADDRESS)
    assert sorted(use["count"] for use in await uses(school)) == [1, 4]


async def test_the_buffer_has_an_end(school: Town, anybody: aiohttp.ClientSession) -> None:
    entries = [await hang(school.ctx, key=f"key-{n}") for n in range(3)]
    with (
        patch("services.link_room.COUNTED", 2),
        patch.object(type(school.ctx.stores.link_uses), "put", side_effect=OSError("away")),
    ):
        for entry in entries:
            assert await follow(school, anybody, f"/l/{entry.id}") == (302, ADDRESS)
        assert (school.ctx.links.waiting, school.ctx.links.lost) == (2, 1)
    assert len(await uses(school)) == 2


async def test_at_the_stop_each_write_counts_also_when_the_next_one_fails(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    entries = [await hang(school.ctx, key=f"key-{n}") for n in range(3)]
    link_uses = type(school.ctx.stores.link_uses)
    put, written = link_uses.put, 0

    async def twice(store: LinkUseStore, some: Sequence[Use]) -> None:
        nonlocal written
        if written == 2:
            raise OSError("away")
        await put(store, some)
        written += len(some)

    with (
        patch("services.link_room.WRITE_SECONDS", 600.0),
        patch("services.link_room.WRITTEN_AT_ONCE", 1),
        patch.object(link_uses, "put", twice),
    ):
        for entry in entries:
            await follow(school, anybody, f"/l/{entry.id}")
        await school.ctx.links.close(school.ctx)
        assert school.ctx.links.waiting == 1
    assert [use["count"] for use in await stored_uses(school)] == [1, 1]


async def test_a_book_s_link_follows_the_seasons(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    maths = book("四年级 数学 人教版 上册")
    path = f"/l/{book_code(maths.id, Page.TEACHER)}"
    assert await follow(school, anybody, path) == (302, address_of(maths, Page.TEACHER))
    way = ("小学", "四年级", "数学", "人教版", "上册")
    await take_catalogue(school.ctx, changed(lambda tree: split(tree, *way)))
    school.ctx.links.forget(path[3:])
    status, location = await follow(school, anybody, path)
    assert (status, location) == (302, f"{address_of(maths, Page.TEACHER)}%2F5136342961")


async def test_in_wechat_a_closed_host_says_how_to_go_on(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    entry = await hang(school.ctx)
    path = f"/l/{entry.id}"
    assert (await follow(school, anybody, path, headers=IN_WECHAT))[0] == 302
    policy = replace(school.ctx.policy, closed_hosts=("smartedu.cn",))
    with patch.object(type(school.ctx), "policy", policy, create=True):
        school.ctx.links.forget(entry.id)
        async with anybody.get(school.base + path, headers=IN_WECHAT) as answer:
            text = await answer.text()
        assert answer.status == 200
        assert ADDRESS in text
        assert "在浏览器打开" in text
        assert await follow(school, anybody, path) == (302, ADDRESS)


async def test_the_pictures_say_the_link_and_the_school(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    entry = await hang(school.ctx, title="<b>体育</b>")
    async with anybody.get(f"{school.base}/l/{entry.id}.png") as answer:
        picture = Image.open(io.BytesIO(await answer.read()))
    assert answer.content_type == "image/png"
    assert read_codes(picture) == [f"{school.ctx.policy.public_url}/l/{entry.id}"]
    assert (picture.height > picture.width + 60) == bool(chinese_font())
    async with anybody.get(f"{school.base}/l/{entry.id}.svg") as answer:
        drawing = ET.fromstring(await answer.text())
    told = ["".join(text.itertext()) for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert told == ["<b>体育</b>", SCHOOL.name]
    async with anybody.get(f"{school.base}/l/zzzzzz.png") as answer:
        assert answer.status == 404


async def test_the_open_pages_show_links_and_no_pupil(
    school: Town, anybody: aiohttp.ClientSession
) -> None:
    await plant_starter(school.ctx)
    await hang(school.ctx, title="班里的歌")
    await hang(school.ctx, SCHOOL_SHELF, key="key-2", title="校长信箱", audiences=["managers"])
    await hang(school.ctx, SCHOOL_SHELF, key="key-3", title="校园广播", audiences=["public"])
    pages = {}
    for tail in ("", "/grades/3", f"/classes/{CLASS.id}"):
        async with anybody.get(f"{school.base}/links/{SCHOOL.id}{tail}") as answer:
            assert answer.status == 200
            pages[tail] = await answer.text()
    assert "国家中小学智慧教育平台" in pages[""]
    assert "校园广播" in pages[""]
    assert "班里的歌" in pages[f"/classes/{CLASS.id}"]
    assert "班里的歌" not in pages[""]
    assert "三年级 语文" not in pages[""]
    assert "统编版" in pages["/grades/3"]
    for text in pages.values():
        assert "校长信箱" not in text
        assert "教师备课" not in text
        assert not any(child_name(n) in text for n in range(1, 4))
    # Whoever signed in at this browser before is not on them either.
    teacher = school.phone("teacher")
    assert (await teacher.get("/h5/links")).status == 200
    for tail, text in pages.items():
        seen = (await teacher.get(f"/links/{SCHOOL.id}{tail}")).text
        assert seen.replace("/as/teacher", "") == text
    for tail in ("/grades/0", "/grades/13", "/classes/nobody"):
        async with anybody.get(f"{school.base}/links/{SCHOOL.id}{tail}") as answer:
            assert answer.status == 404


async def test_the_class_s_own_book(school: Town) -> None:
    autumn = school.ctx.now().replace(month=10, day=15)
    spring = autumn.replace(month=4) + timedelta(days=365)
    terms = []
    for at in (autumn, spring):
        books = {book.subject: book for book in await books_of(school.ctx, SCHOOL, CLASS, at)}
        terms.append(books["chinese"].term)
        assert "maths" not in books
    assert terms == [1, 2]


async def test_a_form_sent_twice_is_one_entry(school: Town) -> None:
    first, second = await asyncio.gather(hang(school.ctx), hang(school.ctx))
    assert first.id == second.id
    assert len(await school.ctx.stores.shelves.of_places([CLASS_SHELF.key])) == 1
    again = await plant_starter(school.ctx) and await plant_starter(school.ctx)
    assert again == 0


async def test_a_code_that_is_taken_is_given_to_nobody_else(school: Town) -> None:
    entry = await hang(school.ctx)
    with patch("services.shelves.short_code") as coder:
        coder.side_effect = [entry.id, short_code("another", 6)]
        other = await hang(school.ctx, key="key-0002")
    assert other.id != entry.id
    held = await access_entry_as_keeper(school.ctx, CLASS_SHELF, entry.id)
    assert held.made_of == entry.made_of


async def test_the_chat_answers_with_links(school: Town, anybody: aiohttp.ClientSession) -> None:
    await plant_starter(school.ctx)
    mother = school.phone("mother", following=True)
    assert "绑定" in await mother.say("资源")
    await school.settle_guardian("mother", 1)
    said = await mother.say("资源")
    assert "课程教学" in said
    assert "教师备课" not in said
    assert "语文" in said
    assert len(said.encode()) < 2048
    path = re.findall(r'href="[^"]*(/l/[^"]+)"', said)[-1]
    status, location = await follow(school, anybody, path.replace("&amp;", "&"))
    assert (status, location.partition("?")[0]) == (
        302,
        "https://basic.smartedu.cn/syncClassroom",
    )
    teacher = await school.phone("teacher").say("教材")
    assert "教师备课" in teacher
    page = await mother.get("/h5/links")
    assert "本班教材" in page.text
    assert "教师备课" not in page.text
