"""A teacher files a resource through the API: it goes on where the line broke off, and is told what is there."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from domain.resources import Did, Resource
from domain.roles import Role
from domain.uploads import PIECE_BYTES
from services.resource_reviews import allow_resource, return_resource
from tests import recordings
from tests.desk import appoint_at
from tests.handlers.conftest import PDF
from tests.miniapp.client import Answer, MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village
from tests.office import OTHER_SCHOOL, settle_city, settle_staff
from tests.resourcing import FORM, a_document, filed, post_of
from tests.town import Town

OWN = "/teaching/own-resources"
BYTES = {"Content-Type": "application/octet-stream"}
SAID: dict[str, Any] = {**FORM, "grade": 3}


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await appoint_at(town, "he", OTHER_SCHOOL, Role.OFFICE, name="何丽")
    return town


async def signed_in(city: Town, device: Device, key: str) -> MiniClient:
    return await Village(city, device, city.phone("wang")).somebody(key)


async def send(
    mini: MiniClient, content: bytes, *, name: str = "教案.docx", of: str = ""
) -> Answer:
    """Bring a file in as the phone does; what finishing answers. `of`: to work this resource over."""
    begun = await mini.call("POST", f"{OWN}/files", {"name": name, "size_bytes": len(content)})
    for offset in begun.data["missing"]:
        assert (await put(mini, begun.data["id"], content, offset)).status == 200
    of = f"?of={of}" if of else ""
    return await mini.call("POST", f"{OWN}/files/{begun.data['id']}/file{of}")


async def put(mini: MiniClient, upload_id: str, content: bytes, offset: int) -> Answer:
    piece = content[offset : offset + PIECE_BYTES]
    at = f"{OWN}/files/{upload_id}/pieces?offset={offset}&crc32={zlib.crc32(piece):08x}"
    return await mini.call("PUT", at, piece, **BYTES)


async def test_it_is_filed_once_and_stands_with_its_author_as_it_is_reviewed(
    city: Town, device: Device
) -> None:
    mini, colleague = await signed_in(city, device, "zhou"), await signed_in(city, device, "wang")
    form = (await mini.call("GET", f"{OWN}/form?grade=3&subject=maths")).data
    assert 3 in form["grades"]
    assert "maths" in [one["code"] for one in form["subjects"]]
    assert (form["file_bytes"], form["film_endings"]) == (50 * 1024 * 1024, [".mp4", ".mov"])
    done = await send(mini, a_document())
    assert done.data["twin"] is None
    said = SAID | {"file_ids": [done.data["file"]["file_id"]]}
    made = await mini.call("POST", OWN, said, key="filing-01")
    assert made.data["standing"] == {
        "stand": "waiting", "tier": "school", "by": "", "reason": "", "words": "pass", "revision": 1,
    }  # fmt: skip
    # The same tap twice, and the same after the program forgot the answer, is the same resource.
    assert (await mini.call("POST", OWN, said, key="filing-01")).data["id"] == made.data["id"]
    (row,) = (await mini.call("GET", OWN)).data["items"]
    assert (row["id"], row["title"], row["chapter"]) == (
        made.data["id"], FORM["title"], FORM["chapter"],
    )  # fmt: skip
    assert (await colleague.call("GET", OWN)).data["items"] == []
    office, held = await post_of(city, "li"), await city.ctx.stores.resources.find(row["id"])
    assert held is not None
    await return_resource(city.ctx, office, held.id, seen=held.revision, reason="请补充学习单")
    (row,) = (await mini.call("GET", OWN)).data["items"]
    assert (row["standing"]["stand"], row["standing"]["reason"]) == ("returned", "请补充学习单")
    assert row["standing"]["by"]
    one = (await mini.call("GET", f"/teaching/resources/{held.id}")).data
    assert one["standing"] == row["standing"]


async def returned_one(city: Town) -> Resource:
    """What the school sent back, and stands nowhere."""
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    made = await filed(city.ctx, author)
    return await return_resource(city.ctx, office, made.id, seen=1, reason="请补充学习单")


async def test_what_came_back_is_handed_in_again_with_another_file_once(
    city: Town, device: Device
) -> None:
    made = await returned_one(city)
    mini, colleague = await signed_in(city, device, "zhou"), await signed_in(city, device, "wang")
    at = f"{OWN}/{made.id}"
    form = (await mini.call("GET", f"{at}/form")).data
    assert (form["title"], form["chapter"], form["grade"]) == (FORM["title"], FORM["chapter"], 3)
    assert form["standing"]["reason"] == "请补充学习单"
    (old,) = [one["file_id"] for one in form["files"]]
    # The same content as it has already is no twin of itself; without saying so it is.
    assert (await send(mini, a_document())).data["twin"]["id"] == made.id
    assert (await send(mini, a_document(), of=made.id)).data["twin"] is None
    sheet = (await send(mini, a_document("学习单"), name="学习单.docx", of=made.id)).data
    said = SAID | {
        "title": "分数的初步认识（改）",
        "file_ids": [old, sheet["file"]["file_id"]],
        "seen": form["standing"]["revision"],
    }
    done = await mini.call("POST", f"{at}/versions", said, key="again-001")
    assert (done.status, done.data["title"]) == (201, "分数的初步认识（改）")
    assert (done.data["standing"]["stand"], done.data["standing"]["reason"]) == ("waiting", "")
    held = await city.ctx.stores.resources.find(made.id)
    assert held is not None
    assert [p.name for p in held.newest.content.parts] == ["教案.docx", "学习单.docx"]
    # The same tap twice, also when the answer was forgotten and somebody has decided since, is one version.
    await city.ctx.stores.database["replies"].delete_many({})
    await allow_resource(city.ctx, await post_of(city, "li"), made.id, seen=held.revision)
    assert (await mini.call("POST", f"{at}/versions", said, key="again-001")).status == 201
    held = await city.ctx.stores.resources.find(made.id)
    assert held is not None
    assert len(held.versions) == 2
    assert held.newest.made_of == "again-001"
    # What was written over what is no more as it was seen counts for nothing.
    stale = await mini.call("POST", f"{at}/versions", said, key="again-002")
    assert (stale.status, stale.code) == (409, "conflict")
    for stranger in (colleague, await signed_in(city, device, "nobody")):
        assert (await stranger.call("GET", f"{at}/form")).status == 404
        assert (await stranger.call("POST", f"{at}/versions", said, key="other-01")).status == 404
        assert (await stranger.call("DELETE", f"{at}?seen={held.revision}")).status == 404


async def test_what_is_wrong_in_another_version_is_said_field_by_field(
    city: Town, device: Device
) -> None:
    made = await returned_one(city)
    mini = await signed_in(city, device, "zhou")
    said = SAID | {"title": " ", "file_ids": [], "seen": made.revision}
    wrong = await mini.call("POST", f"{OWN}/{made.id}/versions", said)
    assert wrong.status == 422
    assert set(wrong.body["error"]["fields"]) == {"title", "file_ids"}
    assert len((await city.ctx.stores.resources.many([made.id]))[made.id].versions) == 1


async def test_withdrawn_it_leaves_every_library_once_and_for_good(
    city: Town, device: Device
) -> None:
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    made = await filed(city.ctx, author)
    await allow_resource(city.ctx, office, made.id, seen=1)
    mini, colleague = await signed_in(city, device, "zhou"), await signed_in(city, device, "wang")
    at = f"{OWN}/{made.id}"
    assert len((await colleague.call("GET", "/teaching/resources")).data["items"]) == 1
    assert (await mini.call("DELETE", f"{at}?seen=1")).code == "conflict"  # it was allowed since
    for _ in range(2):
        gone = await mini.call("DELETE", f"{at}?seen=2")
        assert (gone.status, gone.data["standing"]["stand"]) == (200, "withdrawn")
    assert (await colleague.call("GET", "/teaching/resources")).data["items"] == []
    assert (await colleague.call("GET", f"/teaching/resources/{made.id}")).status == 404
    assert (await mini.call("GET", f"{at}/form")).status == 404
    held = await city.ctx.stores.resources.find(made.id)
    assert held is not None
    assert [step.did for step in held.steps].count(Did.WITHDRAWN) == 1


async def test_what_a_colleague_reads_says_nothing_of_its_way(city: Town, device: Device) -> None:
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    made = await filed(city.ctx, author)
    await allow_resource(city.ctx, office, made.id, seen=made.revision)
    mine, colleague = await signed_in(city, device, "zhou"), await signed_in(city, device, "wang")
    at = f"/teaching/resources/{made.id}"
    assert (await mine.call("GET", at)).data["standing"]["tier"] == "school"
    assert (await colleague.call("GET", at)).data["standing"] is None


async def test_after_a_break_only_what_is_missing_goes(city: Town, device: Device) -> None:
    mini, other = await signed_in(city, device, "zhou"), await signed_in(city, device, "wang")
    content = PDF + bytes(2 * PIECE_BYTES)
    announced = {"name": "练习.pdf", "size_bytes": len(content)}
    begun = (await mini.call("POST", f"{OWN}/files", announced, key="file-0001")).data
    at = f"{OWN}/files/{begun['id']}"
    await put(mini, begun["id"], content, 0)
    assert (await mini.call("POST", f"{at}/file", key="early-001")).code == "incomplete"
    # Nobody else carries it on, or sees how far it is.
    assert (await put(other, begun["id"], content, PIECE_BYTES)).status == 404
    assert (await other.call("GET", at)).status == 404
    again = (await mini.call("POST", f"{OWN}/files", announced, key="file-0001")).data
    assert again["id"] == begun["id"]
    missing = (await mini.call("GET", at)).data["missing"]
    assert missing == [PIECE_BYTES, 2 * PIECE_BYTES]
    for offset in missing:
        await put(mini, begun["id"], content, offset)
    assert (await mini.call("POST", f"{at}/file")).data["file"]["size_bytes"] == len(content)


async def test_what_is_there_already_is_named_and_not_kept(city: Town, device: Device) -> None:
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    made = await filed(city.ctx, author)
    colleague = await signed_in(city, device, "wang")
    # Of what one may not see one hears nothing.
    assert (await send(colleague, a_document())).data["twin"] is None
    await allow_resource(city.ctx, office, made.id, seen=made.revision)
    told = (await send(colleague, a_document())).data
    assert told == {"file": None, "twin": {"id": made.id, "title": FORM["title"]}}


async def test_what_cannot_be_taken_is_said_in_one_sentence(city: Town, device: Device) -> None:
    mini = await signed_in(city, device, "zhou")
    large = {"name": "课件.pptx", "size_bytes": 50 * 1024 * 1024 + 1}
    refused = await mini.call("POST", f"{OWN}/files", large)
    assert (refused.status, refused.code) == (413, "too_large")
    film = {"name": "微课.mp4", "size_bytes": 50 * 1024 * 1024 + 1}
    assert (await mini.call("POST", f"{OWN}/files", film)).status == 201
    wrong = await send(mini, b"MZ\x90\x00 a program", name="课件.pptx")
    assert (wrong.status, wrong.code) == (415, "wrong_type")
    empty = await mini.call("POST", OWN, SAID | {"title": " ", "chapter": "", "file_ids": []})
    assert empty.status == 422
    fields = empty.body["error"]["fields"]
    assert fields["chapter"] == "请填章节，例如：第三单元 第 2 课"
    assert fields["file_ids"] == "请至少上传一个文件"
    other = (await send(await signed_in(city, device, "wang"), recordings.mp4(), name="a.mp4")).data
    taken = await mini.call("POST", OWN, SAID | {"file_ids": [other["file"]["file_id"]]})
    assert taken.status == 422
    assert await city.ctx.stores.resources.of_author(*(await owner(city, "zhou"))) == []


async def owner(city: Town, key: str) -> tuple[str, str]:
    post = await post_of(city, key)
    assert post.school is not None
    return post.school.id, post.person_id


async def test_a_region_files_nothing_and_a_family_neither(city: Town, device: Device) -> None:
    for key in ("nobody", "zhi"):
        mini = await signed_in(city, device, key)
        assert (await mini.call("GET", f"{OWN}/form")).status == 404
        assert (await mini.call("GET", OWN)).status == 404
        said = {"name": "a.docx", "size_bytes": 10}
        assert (await mini.call("POST", f"{OWN}/files", said)).status == 404
