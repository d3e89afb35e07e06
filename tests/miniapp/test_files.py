"""Pictures and documents through the API: to whom, how small, and only once over the line."""

from __future__ import annotations

import io
from typing import Any

import aiohttp
import pytest
from PIL import Image

from services.notices import withdraw_notice
from tests.handlers.conftest import PDF, photograph
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village, camera_picture
from tests.town import Town


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=3))


@pytest.fixture
async def mother(village: Village) -> MiniClient:
    return await village.guardian("mother", 1)


async def fetch(mini: MiniClient, path: str, **headers: str) -> tuple[int, bytes, Any]:
    """Bytes, as `wx.downloadFile` fetches them."""
    sent = {"Authorization": f"Bearer {mini.access}", **headers}
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"{mini.town.base}/api/v1{path}", headers=sent) as answer,
    ):
        return answer.status, await answer.read(), answer.headers


async def test_a_picture_comes_small_first_and_whole_when_asked_for(
    village: Village, mother: MiniClient
) -> None:
    content = camera_picture()
    file_id = await village.upload(content)
    notice = await village.publish(files=(file_id,))
    (shown,) = (await mother.call("GET", f"/notices/{notice.id}")).data["attachments"]
    assert (shown["width"], shown["height"], shown["kind"]) == (2400, 1800, "picture")
    path = f"/files/{file_id}?notice={notice.id}"
    await village.drawn(file_id)
    status, small, headers = await fetch(mother, path + "&size=thumb")
    assert (status, headers["Content-Type"]) == (200, "image/jpeg")
    assert "immutable" in headers["Cache-Control"]
    with Image.open(io.BytesIO(small)) as picture:
        assert picture.size == (480, 360)
    assert len(small) < len(content) / 10
    assert len(await village.documents("thumbnails")) == 1
    assert (await fetch(mother, path + "&size=thumb"))[1] == small
    assert len(await village.documents("thumbnails")) == 1
    status, whole, _ = await fetch(mother, path)
    assert (status, whole) == (200, content)
    tag = {"If-None-Match": headers["Etag"]}
    assert (await fetch(mother, path + "&size=thumb", **tag))[:2] == (304, b"")


async def test_a_small_picture_is_its_own_thumbnail_and_a_document_has_none(
    village: Village, mother: MiniClient
) -> None:
    picture, document = await village.upload(photograph()), await village.upload(PDF)
    notice = await village.publish(files=(picture, document))
    tail = f"?notice={notice.id}&size=thumb"
    assert (await fetch(mother, f"/files/{picture}{tail}"))[1] == photograph()
    assert (await fetch(mother, f"/files/{document}{tail}"))[0] == 404
    status, content, headers = await fetch(mother, f"/files/{document}?notice={notice.id}")
    assert (status, content) == (200, PDF)
    assert headers["Content-Disposition"].startswith("attachment")
    assert await village.documents("thumbnails") == []


async def test_a_file_is_for_whom_the_notice_is_for(village: Village, mother: MiniClient) -> None:
    file_id = await village.upload(photograph())
    notice = await village.publish(files=(file_id,))
    other = await village.upload(photograph())
    path = f"/files/{file_id}?notice={notice.id}"
    stranger, teacher = await village.somebody("stranger"), await village.somebody("teacher")
    assert (await fetch(stranger, path))[0] == 404
    assert (await fetch(stranger, f"/files/{file_id}"))[0] == 404
    assert (await fetch(mother, f"/files/{file_id}"))[0] == 404
    assert (await fetch(mother, f"/files/{other}?notice={notice.id}"))[0] == 404
    assert (await fetch(teacher, path))[0] == 200
    assert (await fetch(teacher, f"/files/{other}"))[0] == 200
    await withdraw_notice(village.town.ctx, await village.teaching(), notice.id)
    assert (await fetch(mother, path))[0] == 404
    mother.access = "nobody.nothing"
    assert (await fetch(mother, path))[0] == 401


async def test_what_goes_takes_its_thumbnail_along(village: Village, mother: MiniClient) -> None:
    file_id = await village.upload(camera_picture((900, 900)))
    notice = await village.publish(files=(file_id,))
    await village.drawn(file_id)
    await fetch(mother, f"/files/{file_id}?notice={notice.id}&size=thumb")
    assert len(await village.documents("thumbnails")) == 1
    await village.town.ctx.stores.forgetting.drop_files([file_id])
    assert await village.documents("thumbnails") == []
