"""Local resources at a desk: filed by a teacher, decided by school, district and city, found and rated by others."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.audit import Act
from domain.roles import Role
from services.audit import Wanted, audit_page
from services.resource_access import access_resource
from services.resources import rework_resource, withdraw_resource
from tests import recordings
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.miniapp.conftest import town as town
from tests.office import CITY, DISTRICT, NEIGHBOUR, OTHER_SCHOOL, SCHOOL, settle_city, settle_staff
from tests.resourcing import FORM, a_document, filed, post_of, put_file_at_desk
from tests.shelving import take_catalogue
from tests.town import Town

Desk = Callable[[str], Awaitable[Browser]]


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await appoint_at(town, "gao", NEIGHBOUR, Role.OFFICE, name="高明")
    await appoint_at(town, "he", OTHER_SCHOOL, Role.OFFICE, name="何丽")
    await take_catalogue(town.ctx)
    return town


@pytest.fixture
async def desk(city: Town) -> AsyncIterator[Desk]:
    """`desk("zhou")`: a browser at which she is signed in."""
    opened: list[Browser] = []

    async def sign_in(key: str) -> Browser:
        browser = Browser(city)
        opened.append(browser)
        await sign_in_at_desk(browser, city.phone(key))
        return browser

    yield sign_in
    for browser in opened:
        await browser.client.close()


async def held(town: Town) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await town.ctx.stores.database["resources"].find({}).to_list(None)
    return found


async def decide(browser: Browser, resource: dict[str, Any], action: str, **form: str) -> int:
    sent = {"action": action, "seen": str(resource["revision"]), **form}
    return (await browser.send(f"/console/resources/{resource['_id']}/decide", sent)).status


async def test_from_a_teacher_up_to_the_city(city: Town, desk: Desk) -> None:
    teacher, office, district, top = [await desk(key) for key in ("zhou", "li", "zhi", "yu")]
    form = (await teacher.open("/console/resources/new?grade=3&subject=maths")).text
    key = re.search(r'name="key" value="([^"]+)"', form)
    book = re.search(r'<option value="(\w{16})">三年级 数学', form)
    assert key is not None
    assert book is not None
    status, stored = await put_file_at_desk(teacher, a_document())
    assert status == 201
    sent = FORM | {"key": key[1], "book_id": book[1], "file_ids": stored["data"]["id"]}
    for _ in range(2):  # sent twice is once
        assert (await teacher.send("/console/resources/new", sent)).status == 200
    (resource,) = await held(city)
    address = f"/console/resources/{resource['_id']}"
    file = f"{address}/files/{stored['data']['id']}"
    # Not in any library yet: a colleague finds nothing of it.
    colleague = await desk("wang")
    assert "分数的初步认识" not in (await colleague.open("/console/resources")).text
    for path in (address, file):
        assert (await colleague.open(path)).status == 404
        assert (await district.open(path)).status == 404
    assert "分数的初步认识" in (await office.open("/console/resources/queue")).text
    assert (await office.open(file)).status == 200
    assert await decide(office, resource, "allow_up") == 200
    assert (
        "分数的初步认识" in (await colleague.open("/console/resources?subject=maths&grade=3")).text
    )
    assert "分数的初步认识" not in (await colleague.open("/console/resources?kind=paper")).text
    assert (await colleague.open(file)).status == 200
    # The neighbour sees it once the district has said yes, the other district once the city has.
    neighbour, far = await desk("gao"), await desk("he")
    assert (await neighbour.open(address)).status == 404
    (resource,) = await held(city)
    assert await decide(district, resource, "allow") == 200
    assert (await neighbour.open(address)).status == 200
    assert (await far.open(address)).status == 404
    (resource,) = await held(city)
    assert await decide(district, resource, "promote") == 200
    (resource,) = await held(city)
    assert await decide(top, resource, "allow") == 200
    assert "分数的初步认识" in (await far.open("/console/resources")).text
    for place, act, count in (
        (SCHOOL.id, Act.RESOURCE_ALLOWED, 1),
        (DISTRICT.id, Act.RESOURCE_ALLOWED, 1),
        (DISTRICT.id, Act.RESOURCE_PROMOTED, 1),
        (CITY.id, Act.RESOURCE_ALLOWED, 1),
    ):
        noted = await audit_page(city.ctx, place, Wanted(act=act))
        assert len(noted.entries) == count, (place, act)
        assert "分数" not in str(noted.entries)
    # Each of them can read what was decided.
    for browser, said in ((district, "推荐到上一级"), (top, "让一份资源入库")):
        log = await browser.open("/console/audit")
        assert log.status == 200
        assert said in log.text


async def test_one_that_was_worked_over_goes_up_the_same_way_again(city: Town, desk: Desk) -> None:
    author = await post_of(city, "zhou")
    whence = "市教研室 2026 年 3 月书面同意"
    made = await filed(city.ctx, author, claim="licensed", whence=whence)
    office, district = await desk("li"), await desk("zhi")
    address = f"/console/resources/{made.id}"
    page = (await office.open(address)).text
    assert "已取得授权" in page  # who decides sees by which right it is given
    assert whence in page
    (resource,) = await held(city)
    assert await decide(office, resource, "allow_up") == 200
    (resource,) = await held(city)
    assert await decide(district, resource, "allow") == 200
    assert 'value="promote"' not in (await office.open(address)).text
    found = (await access_resource(city.ctx, author, made.id)).resource
    parts = [part.file_id for part in found.newest.content.parts]
    await rework_resource(city.ctx, author, made.id, FORM, parts, seen=found.revision)
    (resource,) = await held(city)
    assert await decide(office, resource, "allow") == 200
    # The district has the first version; the second can be recommended to it.
    assert 'value="promote"' in (await office.open(address)).text
    (resource,) = await held(city)
    assert await decide(office, resource, "promote") == 200
    assert "第 2 版" in (await district.open("/console/resources/queue")).text
    (resource,) = await held(city)
    assert await decide(district, resource, "allow") == 200
    (resource,) = await held(city)
    assert {shelf["version"] for shelf in resource["shelves"]} == {2}


async def test_sent_back_with_a_reason_and_worked_over(city: Town, desk: Desk) -> None:
    author = await post_of(city, "zhou")
    made = await filed(city.ctx, author)
    teacher, office = await desk("zhou"), await desk("li")
    (resource,) = await held(city)
    assert await decide(office, resource, "return") == 422
    assert await decide(office, resource, "return", reason="缺少板书设计") == 200
    assert await decide(office, resource, "allow") == 409
    page = (await teacher.open("/console/resources/own")).text
    assert "缺少板书设计" in page
    assert "退回修改" in page
    address = f"/console/resources/{made.id}"
    form = (await teacher.open(f"{address}/edit")).text
    assert "用折纸引入" in form
    kept = made.newest.content.parts[0].file_id
    changed = FORM | {"title": "分数，有板书", "file_ids": kept, "seen": str(resource["revision"])}
    assert (await teacher.send(f"{address}/edit", changed)).status == 409  # it came back meanwhile
    (resource,) = await held(city)
    changed["seen"] = str(resource["revision"])
    assert (await teacher.send(f"{address}/edit", changed)).status == 200
    page = (await office.open(address)).text
    assert "缺少板书设计" in page  # the history is kept
    assert "分数，有板书" in page
    (resource,) = await held(city)
    assert await decide(office, resource, "allow") == 200


async def test_what_is_there_already_is_told_at_once_and_not_kept(city: Town, desk: Desk) -> None:
    made = await filed(city.ctx, await post_of(city, "zhou"))
    colleague, office = await desk("wang"), await desk("li")
    stored = city.ctx.stores.database["files"]
    # A colleague may not see it yet, so nothing is told of it.
    status, _ = await put_file_at_desk(colleague, a_document())
    assert status == 201
    (resource,) = await held(city)
    assert await decide(office, resource, "allow") == 200
    before = await stored.count_documents({})
    status, told = await put_file_at_desk(colleague, a_document())
    assert status == 409
    assert "《分数的初步认识》" in told["error"]["message"]
    assert told["error"]["to"].endswith(made.id)
    assert await stored.count_documents({}) == before
    own = await desk("zhou")
    assert (await put_file_at_desk(own, a_document()))[0] == 409
    assert (await put_file_at_desk(own, a_document("另一份")))[0] == 201


async def test_a_video_is_given_by_ranges(city: Town, desk: Desk) -> None:
    teacher = await desk("zhou")
    status, stored = await put_file_at_desk(teacher, recordings.mp4(), name="微课.mp4")
    assert status == 201
    sent = FORM | {"kind": "video", "key": "k", "file_ids": stored["data"]["id"]}
    page = await teacher.send("/console/resources/new", sent)
    assert "<video controls" in page.text
    (resource,) = await held(city)
    at = f"/console/resources/{resource['_id']}/files/{stored['data']['id']}"
    whole = recordings.mp4()
    for wanted, status, length in (
        ("bytes=0-9", 206, 10),
        ("bytes=-5", 206, 5),
        ("bytes=999999-", 416, 0),
        ("", 200, len(whole)),
    ):
        headers = {"Range": wanted} if wanted else {}
        async with teacher.client.get(city.base + at, headers=headers) as answer:
            assert (answer.status, len(await answer.read())) == (status, length), wanted


async def test_only_who_has_opened_it_rates_it_and_once(city: Town, desk: Desk) -> None:
    made = await filed(city.ctx, await post_of(city, "zhou"))
    office = await desk("li")
    (resource,) = await held(city)
    assert await decide(office, resource, "allow") == 200
    address = f"/console/resources/{made.id}"
    file = f"{address}/files/{made.newest.content.parts[0].file_id}"
    rate = {"action": "rate", "stars": "4"}
    for key in ("wang", "liu", "sun"):
        browser = await desk(key)
        assert (await browser.send(address, rate)).status == 409
        assert "好用吗" not in (await browser.open(address)).text
        assert (await browser.open(file)).status == 200
        assert (await browser.send(address, {"action": "rate"})).status == 422
        for stars in ("5", "4"):  # the last word counts
            assert (await browser.send(address, {"action": "rate", "stars": stars})).status == 200
    assert "4.0 分（3 人评分，3 人用过）" in (await office.open("/console/resources")).text
    own = await desk("zhou")
    assert (await own.open(file)).status == 200
    assert (await own.send(address, rate)).status == 409
    uses = await city.ctx.stores.database["resource_uses"].find({}).to_list(None)
    assert len(uses) == 3


async def test_who_may_do_nothing_here(city: Town, desk: Desk) -> None:
    await appoint_at(city, "watcher", SCHOOL, Role.OBSERVER)
    made = await filed(city.ctx, await post_of(city, "zhou"))
    (before,) = await held(city)
    address = f"/console/resources/{made.id}"
    file = f"{address}/files/{made.newest.content.parts[0].file_id}"
    for key in ("watcher", "wang", "zhi", "feng", "yu", "gao", "he"):
        browser = await desk(key)
        for path in (address, file, f"{address}/edit"):
            assert (await browser.open(path)).status == 404, (key, path)
        assert await decide(browser, before, "allow") == 404
        assert (await browser.send(address, {"action": "withdraw", "seen": "1"})).status == 404
        assert (await browser.send(f"{address}/edit", FORM | {"seen": "1"})).status == 404
        await browser.client.close()
    assert await held(city) == [before]


async def test_a_wrong_form_comes_back_with_what_was_typed(city: Town, desk: Desk) -> None:
    teacher = await desk("zhou")
    sent = FORM | {"title": "", "claim": "licensed", "summary": "写好的话", "file_ids": "nothing"}
    reply = await teacher.send("/console/resources/new", sent)
    assert reply.status == 422
    for said in ("请填标题", "谁授权的", "写好的话"):
        assert said in reply.text
    reply = await teacher.send("/console/resources/new", FORM | {"file_ids": "nothing"})
    assert "请重新上传" in reply.text
    assert await held(city) == []


async def test_withdrawn_it_is_gone_everywhere(city: Town, desk: Desk) -> None:
    made = await filed(city.ctx, await post_of(city, "zhou"))
    teacher, office = await desk("zhou"), await desk("li")
    (resource,) = await held(city)
    assert await decide(office, resource, "allow_up") == 200
    (resource,) = await held(city)
    address = f"/console/resources/{made.id}"
    late = {"action": "withdraw", "seen": "1"}
    assert (await teacher.send(address, late)).status == 409
    sent = {"action": "withdraw", "seen": str(resource["revision"])}
    assert (await teacher.send(address, sent)).status == 200
    assert (await office.open(address)).status == 404
    assert "还是空的" in (await office.open("/console/resources")).text
    assert "没有要评审的资源" in (await office.open("/console/resources/queue")).text
    assert (await teacher.open(address)).status == 200
    assert (await teacher.open(f"{address}/edit")).status == 404


async def test_figures_of_a_term_open_to_what_was_counted(city: Town, desk: Desk) -> None:
    author = await post_of(city, "zhou")
    made = [await filed(city.ctx, author, f"教案 {n}", title=f"第 {n} 份") for n in range(3)]
    await withdraw_resource(city.ctx, author, made[2].id, seen=1)
    office, district = await desk("li"), await desk("zhi")
    assert await decide(office, {"_id": made[0].id, "revision": 1}, "allow_up") == 200
    root = "/console/resources/figures"
    page = (await office.open(root)).text
    row = re.search(r"周敏</a></td>(.*?)</tr>", page)
    assert row is not None
    assert re.findall(r">(\d+)</td>", row[1]) == ["2", "1"]
    assert re.search(r"王老师</a></td><td class=\"figure-cell\">0<", page)
    teacher = re.search(r'href="([^"]+/teachers/[^"]+)">周敏', page)
    assert teacher is not None
    opened = (await office.open(teacher[1].replace("&amp;", "&"))).text
    assert "第 0 份" in opened
    assert "第 1 份" in opened
    assert "第 2 份" not in opened
    # A district sees schools' figures, a school's teachers, and of resources what was promoted to it.
    page = (await district.open(root)).text
    assert re.search(rf"{SCHOOL.name}</a></td>(.*?)</tr>", page)
    assert OTHER_SCHOOL.name not in page
    # Above them stands what its schools come to together; the city's has the other district's, too.
    elsewhere = await post_of(city, "he")
    await filed(city.ctx, elsewhere, "别校的教案")
    totals = {key: (await (await desk(key)).open(root)).text for key in ("zhi", "yu")}
    sums = {key: re.findall(r'figure"><b>(\d+)</b>', page) for key, page in totals.items()}
    assert sums == {"zhi": ["2", "1"], "yu": ["3", "1"]}
    opened = (await district.open(teacher[1])).text
    assert "第 0 份" in opened
    assert "第 1 份" not in opened
    assert "另有 1 份" in opened
    assert (await district.open(f"{root}/{OTHER_SCHOOL.id}")).status == 404
    for browser, path in ((office, root), (district, root), (district, f"{root}/{SCHOOL.id}")):
        async with browser.client.get(f"{city.base}{path}/list.xlsx") as answer:
            assert answer.status == 200
            book = load_workbook(io.BytesIO(await answer.read()))
        cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row]
        assert 2 in cells, path
    noted = await audit_page(city.ctx, DISTRICT.id, Wanted(act=Act.RESOURCES_EXPORTED))
    assert len(noted.entries) == 2
    other = await desk("gao")
    assert (await other.open(f"{root}/{SCHOOL.id}")).status == 404
    assert (await (await desk("wang")).open(root)).status == 404


async def test_the_first_page_says_what_waits(city: Town, desk: Desk) -> None:
    made = await filed(city.ctx, await post_of(city, "zhou"))
    office, teacher = await desk("li"), await desk("zhou")
    assert "份教学资源等评审" in (await office.open("/console/")).text
    sent = {"_id": made.id, "revision": 1}
    assert await decide(office, sent, "return", reason="改一改") == 200
    assert "份教学资源等评审" not in (await office.open("/console/")).text
    assert "份您上传的资源要修改" in (await teacher.open("/console/")).text
