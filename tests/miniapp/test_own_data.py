"""My data through the API: the family file is taken home, erasure asked for and taken back."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.test_files import fetch
from tests.miniapp.village import Village
from tests.town import Town, child_name, school_class
from tests.waiting import wait_until

CHILD = f"{school_class(1).id}-0001"


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=3))


@pytest.fixture
async def mother(village: Village) -> MiniClient:
    return await village.guardian("mother", 1)


async def test_a_family_takes_its_file_home(village: Village, mother: MiniClient) -> None:
    father = await village.guardian("father", 2)
    path = f"/children/{CHILD}/files"
    before = (await mother.call("GET", path)).data
    assert (before["child_name"], before["items"], before["left_today"]) == (child_name(1), [], 3)
    for method in ("GET", "POST"):
        assert (await father.call(method, path)).status == 404
    assert await village.documents("family_files") == []
    first = await mother.call("POST", path, key="home-once")
    again = await mother.call("POST", path, key="home-once")
    assert first.status == again.status == 201
    assert first.data["id"] == again.data["id"]

    async def is_ready() -> bool:
        (file,) = (await mother.call("GET", path)).data["items"]
        return bool(file["ready"])

    await wait_until(is_ready, description="the archive")
    found = (await mother.call("GET", path)).data
    assert found["left_today"] == 2
    (file,) = found["items"]
    status, content, headers = await fetch(mother, f"/family_files/{file['id']}")
    assert (status, headers["Content-Type"]) == (200, "application/zip")
    assert headers["Cache-Control"] == "no-store"
    assert len(content) == file["size_bytes"]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "index.html" in {name.rsplit("/", 1)[-1] for name in archive.namelist()}
    assert (await father.call("GET", f"/family_files/{file['id']}")).status == 404
    assert (await mother.call("GET", "/family_files/elsewhere")).status == 404


async def test_too_many_files_a_day_are_refused(village: Village, mother: MiniClient) -> None:
    path = f"/children/{CHILD}/files"
    for _ in range(3):
        await mother.call("POST", path)

        async def all_made() -> bool:
            items = (await mother.call("GET", path)).data["items"]
            return all(file["ready"] for file in items)

        await wait_until(all_made, description="the archive")
    refused = await mother.call("POST", path)
    assert (refused.status, refused.code) == (429, "too_many")
    assert refused.headers["Retry-After"]
    assert len(await village.documents("family_files")) == 3


async def test_erasure_is_asked_for_and_taken_back(village: Village, mother: MiniClient) -> None:
    before = (await mother.call("GET", "/me/erasure")).data
    assert (before["erasure"], before["has_role"], before["wait_days"]) == (None, False, 7)
    assert [child["name"] for child in before["children"]] == [child_name(1)]
    assert (await mother.call("POST", "/me/erasure", key="x")).status == 422
    assert await village.documents("erasures") == []
    asked = (await mother.call("POST", "/me/erasure", key="erase-once")).data["erasure"]
    again = (await mother.call("POST", "/me/erasure", key="erase-twice")).data["erasure"]
    assert asked == again
    assert (asked["stage"], asked["origin"]) == ("waiting", "own")
    assert len(await village.documents("erasures")) == 1
    assert (await mother.call("DELETE", "/me/erasure")).data["erasure"] is None
    assert (await mother.call("DELETE", "/me/erasure")).data["erasure"] is None
    assert await village.documents("erasures") == []
    assert len((await mother.call("GET", "/children")).data["children"]) == 1


async def test_what_has_begun_cannot_be_taken_back(village: Village, mother: MiniClient) -> None:
    await mother.call("POST", "/me/erasure")
    erasures = village.town.ctx.stores.database["erasures"]
    await erasures.update_one({}, {"$set": {"stage": "erasing"}})
    assert (await mother.call("DELETE", "/me/erasure")).data["erasure"]["stage"] == "erasing"
