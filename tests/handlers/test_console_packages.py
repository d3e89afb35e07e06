"""Packages of resources at a desk: what a level's library holds, for who keeps it or made it, and for nobody else."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import AsyncIterator
from xml.etree import ElementTree as Xml

import aiohttp
import pytest

from domain.audit import Act
from domain.ims import NAME
from domain.resources import Resource
from services.audit import Wanted, audit_page
from services.resources import rework_resource
from storage.files import FileStore
from tests.desk import Browser, Form
from tests.domain.ims_rules import faults
from tests.handlers.test_console_resources import Desk, decide, held
from tests.handlers.test_console_resources import city as city
from tests.handlers.test_console_resources import desk as desk
from tests.miniapp.conftest import town as town
from tests.office import DISTRICT, SCHOOL
from tests.resourcing import FORM, a_document, filed, post_of, put_file
from tests.town import Town

AT = "/console/resources/package"


async def fetch(browser: Browser, path: str, form: Form = ()) -> tuple[int, bytes]:
    """Ask for a package as the page's form does."""
    pairs = list(form.items()) if isinstance(form, dict) else list(form)
    data = [("csrf", await browser.csrf()), *pairs]
    async with browser.client.post(browser.town.base + path, data=data) as answer:
        return answer.status, await answer.read()


def opened(content: bytes) -> tuple[list[dict[str, object]], zipfile.ZipFile]:
    archive = zipfile.ZipFile(io.BytesIO(content))
    assert archive.testzip() is None
    found: list[dict[str, object]] = json.loads(archive.read("manifest.json"))["resources"]
    root = Xml.fromstring(archive.read(NAME))
    paths = {file["path"] for resource in found for file in resource["files"]}  # type: ignore[attr-defined]
    assert paths == set(archive.namelist()) - {"manifest.json", NAME}
    assert faults(root, paths) == []
    return found, archive


async def shelved(city: Town, desk: Desk, said: str = "教案") -> Resource:
    """A resource that stands in the school's library and waits at the district."""
    made = await filed(city.ctx, await post_of(city, "zhou"), said, title=f"《{said}》")
    (document,) = [d for d in await held(city) if d["_id"] == made.id]
    assert await decide(await desk("li"), document, "allow_up") == 200
    return made


async def test_a_school_packs_what_it_took_in_and_it_is_noted(city: Town, desk: Desk) -> None:
    made = [await shelved(city, desk, said) for said in ("一", "二")]
    waiting = await filed(city.ctx, await post_of(city, "zhou"), "未评审")
    office = await desk("li")
    page = (await office.open(AT)).text
    assert [page.count(resource.id) for resource in (*made, waiting)] == [1, 1, 0]
    status, content = await fetch(office, AT, [("id", resource.id) for resource in made])
    assert status == 200
    found, archive = opened(content)
    assert [one["title"] for one in found] == ["《一》", "《二》"]
    first = next(name for name in archive.namelist() if name.startswith("resources/0001"))
    assert archive.read(first) == a_document("一")
    noted = await audit_page(city.ctx, SCHOOL.id, Wanted(act=Act.RESOURCES_EXPORTED))
    (entry,) = noted.entries
    assert entry.subject_id == SCHOOL.id
    assert "一" not in str(entry.after)


async def test_what_is_packed_is_what_the_library_shows(city: Town, desk: Desk) -> None:
    made = await shelved(city, desk)
    author = await post_of(city, "zhou")
    (document,) = await held(city)
    file_id = await put_file(city.ctx, author, a_document("新的"), of=made.id)
    await rework_resource(
        city.ctx, author, made.id, FORM | {"title": "新的"}, [file_id], seen=document["revision"]
    )
    for key in ("li", "zhou"):
        status, content = await fetch(await desk(key), f"/console/resources/{made.id}/package")
        assert status == 200
        (one,), archive = opened(content)
        assert (one["title"], one["version"]) == ("《教案》", 1)
        assert archive.read(archive.namelist()[-1]) == a_document()


async def test_nobody_else_packs_it(city: Town, desk: Desk) -> None:
    made = await shelved(city, desk)
    at = f"/console/resources/{made.id}/package"
    colleague = await desk("wang")
    assert "打包下载" not in (await colleague.open(f"/console/resources/{made.id}")).text
    assert "打包下载" in (await (await desk("li")).open(f"/console/resources/{made.id}")).text
    # A colleague uses it, the district reviews it; neither keeps a library in which it stands.
    for key in ("wang", "zhi", "feng", "gao"):
        browser = await desk(key)
        assert (await fetch(browser, at))[0] == 404, key
        assert (await fetch(browser, AT, [("id", made.id)]))[0] == 404, key
    (document,) = await held(city)
    assert await decide(await desk("zhi"), document, "allow") == 200
    assert (await fetch(await desk("zhi"), at))[0] == 200
    assert (await fetch(await desk("yu"), at))[0] == 404
    noted = await audit_page(city.ctx, DISTRICT.id, Wanted(act=Act.RESOURCES_EXPORTED))
    assert len(noted.entries) == 1


async def test_one_that_does_not_stand_there_stops_the_package(city: Town, desk: Desk) -> None:
    made = await shelved(city, desk)
    waiting = await filed(city.ctx, await post_of(city, "zhou"), "未评审")
    office = await desk("li")
    for ids in ([made.id, waiting.id], [made.id, "nothing"], [made.id, "../" + made.id]):
        assert (await fetch(office, AT, [("id", one) for one in ids]))[0] == 404, ids
    status, page = await fetch(office, AT)
    assert status == 422
    assert "请先勾选" in page.decode()
    status, page = await fetch(office, AT, [("id", f"r{n}") for n in range(400)])
    assert status == 409
    assert "最多放 300 份" in page.decode()
    noted = await audit_page(city.ctx, SCHOOL.id, Wanted(act=Act.RESOURCES_EXPORTED))
    assert noted.entries == ()


async def test_a_file_that_is_gone_is_told_before_anything_is_sent(city: Town, desk: Desk) -> None:
    made = await shelved(city, desk)
    office = await desk("li")
    await city.ctx.stores.forgetting.drop_files(list(made.files()))
    for path, form in ((f"/console/resources/{made.id}/package", []), (AT, [("id", made.id)])):
        status, page = await fetch(office, path, form)
        assert status == 409
        assert "刚刚被撤走" in page.decode()


async def test_a_store_that_breaks_off_never_looks_like_a_whole_package(
    city: Town, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await shelved(city, desk)
    office = await desk("li")
    read = FileStore.read

    async def half(store: FileStore, file_id: str, *place: int) -> AsyncIterator[bytes]:
        async for piece in read(store, file_id, *place):
            yield piece[:10]
            raise OSError

    monkeypatch.setattr(FileStore, "read", half)
    with pytest.raises(aiohttp.ClientError):
        await fetch(office, f"/console/resources/{made.id}/package")
