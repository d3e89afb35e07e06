"""Local resources through the API: what a teacher finds in the libraries, opens by ranges, and rates once used."""

from __future__ import annotations

import pytest

from domain.roles import Role
from services.resource_reviews import allow_resource
from services.resources import file_resource
from tests import recordings
from tests.desk import appoint_at
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village
from tests.office import OTHER_SCHOOL, settle_city, settle_staff
from tests.resourcing import FORM, a_document, filed, post_of, put_file
from tests.town import Town

HOME = "/teaching/resources"


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await appoint_at(town, "he", OTHER_SCHOOL, Role.OFFICE, name="何丽")
    return town


async def signed_in(city: Town, device: Device, key: str) -> MiniClient:
    return await Village(city, device, city.phone("wang")).somebody(key)


async def test_a_colleague_finds_it_opens_it_and_rates_it(city: Town, device: Device) -> None:
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    made = await filed(city.ctx, author)
    colleague, stranger = await signed_in(city, device, "wang"), await signed_in(city, device, "he")
    at = f"{HOME}/{made.id}"
    part = made.newest.content.parts[0]
    # Before the school has allowed it nobody but its author finds it.
    assert (await colleague.call("GET", HOME)).data["items"] == []
    assert (await colleague.call("GET", at)).status == 404
    assert (await colleague.call("GET", f"{at}/files/{part.file_id}")).status == 404
    await allow_resource(city.ctx, office, made.id, seen=made.revision)
    for query, count in (("", 1), ("?grade=3&subject=maths&kind=plan", 1), ("?kind=paper", 0)):
        found = (await colleague.call("GET", HOME + query)).data
        assert len(found["items"]) == count, query
    (row,) = (await colleague.call("GET", HOME)).data["items"]
    assert (row["title"], row["chapter"], row["kind"]) == (FORM["title"], FORM["chapter"], "plan")
    assert row["rating"] == {"used": 0, "rated": 0, "average": None}
    for path in (at, f"{at}/files/{part.file_id}"):
        assert (await stranger.call("GET", path)).status == 404
    # Who has not opened it says nothing of it.
    assert (await colleague.call("PUT", f"{at}/stars", {"stars": 5})).status == 409
    one = (await colleague.call("GET", at)).data
    assert [file["name"] for file in one["files"]] == ["教案.docx"]
    assert (one["used"], one["stars"], one["mine"]) == (False, 0, False)
    status, content = await opened(colleague, made.id, part.file_id)
    assert (status, content) == (200, a_document())
    assert (await colleague.call("PUT", f"{at}/stars", {"stars": 6})).status == 422
    rated = (await colleague.call("PUT", f"{at}/stars", {"stars": 5})).data
    assert (rated["used"], rated["stars"], rated["rating"]["used"]) == (True, 5, 1)
    own = await signed_in(city, device, "zhou")
    assert (await own.call("GET", at)).data["mine"] is True
    assert (await own.call("PUT", f"{at}/stars", {"stars": 5})).status == 409


async def opened(
    mini: MiniClient, resource_id: str, file_id: str, **headers: str
) -> tuple[int, bytes]:
    """A file of a resource, or a part of it."""
    url = f"{mini.town.base}/api/v1{HOME}/{resource_id}/files/{file_id}"
    sent = {"Authorization": f"Bearer {mini.access}", **headers}
    async with mini.client.get(url, headers=sent) as answer:
        return answer.status, await answer.read()


async def test_a_video_is_given_by_ranges(city: Town, device: Device) -> None:
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    file_id = await put_file(city.ctx, author, recordings.mp4(), name="微课.mp4")
    lesson = await file_resource(city.ctx, author, FORM | {"kind": "video"}, [file_id], key="film")
    await allow_resource(city.ctx, office, lesson.id, seen=lesson.revision)
    mini = await signed_in(city, device, "wang")
    whole = b"".join([piece async for piece in city.ctx.stores.files.read(file_id)])
    part = await opened(mini, lesson.id, file_id, Range="bytes=10-29")
    assert part == (206, whole[10:30])


async def test_a_list_is_limited_by_a_chapter_of_its_subject_and_grade(
    city: Town, device: Device
) -> None:
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    typed = ("第十单元", "第二单元 第 1 课", "第2单元第一课", "第一百零三课")
    for said, chapter in zip(("一", "二", "三", "五"), typed, strict=True):
        made = await filed(city.ctx, author, said, chapter=chapter)
        await allow_resource(city.ctx, office, made.id, seen=made.revision)
    await filed(city.ctx, author, "四", chapter="还没评审")
    mini = await signed_in(city, device, "wang")
    assert (await mini.call("GET", HOME)).data["chapters"] == []
    of_maths = (await mini.call("GET", f"{HOME}?grade=3&subject=maths")).data
    # As people count them, each once as it was typed last; what is in no library has none.
    assert of_maths["chapters"] == ["第2单元第一课", "第十单元", "第一百零三课"]
    found = f"{HOME}?grade=3&subject=maths&chapter="
    for chapter, count in (("第二单元第1课", 2), ("第10单元", 1), ("第103课", 1), ("第三单元", 0)):
        items = (await mini.call("GET", f"{found}{chapter}")).data["items"]
        assert len(items) == count, chapter
    assert (await mini.call("GET", f"{found}第二单元第1课&kind=paper")).data["items"] == []
