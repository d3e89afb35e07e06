"""Local resources for tests: who files and decides at a desk, files that are really judged, a form that is taken."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from domain.resources import Resource
from domain.uploads import PIECE_BYTES
from services.context import Context
from services.people import Post, posts_of, recognise
from services.resource_files import begin_file, finish_file, put_piece
from services.resources import file_resource
from tests.desk import Browser
from tests.town import Town

FORM = {
    "kind": "plan",
    "title": "分数的初步认识",
    "summary": "用折纸引入，二十分钟。",
    "claim": "own",
    "grade": "3",
    "subject": "maths",
    "chapter": "第八单元 第 1 课",
}


def a_document(said: str = "教案") -> bytes:
    """A Word document, as far as its zip goes; other words are another document."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(zipfile.ZipInfo("[Content_Types].xml"), "<Types/>")  # of no time of day
        zipped.writestr(zipfile.ZipInfo("word/document.xml"), f"<document>{said}</document>")
    return made.getvalue()


async def post_of(town: Town, key: str) -> Post:
    """Where somebody with a phone acts."""
    person = await recognise(town.ctx, town.phone(key).user.openid)
    return (await posts_of(town.ctx, person))[0]


async def put_file(
    ctx: Context, post: Post, content: bytes, *, name: str = "教案.docx", of: str = ""
) -> str:
    """Bring a file in, piece by piece; returns its id."""
    upload = await begin_file(ctx, post, name=name, size_bytes=len(content))
    for start in range(0, len(content), PIECE_BYTES):
        piece = content[start : start + PIECE_BYTES]
        crc32 = f"{zlib.crc32(piece):08x}"
        await put_piece(ctx, post, upload.id, start, piece, crc32=crc32)
    return (await finish_file(ctx, post, upload.id, of=of)).id


async def filed(
    ctx: Context, post: Post, said: str = "教案", *, key: str = "", **changes: Any
) -> Resource:
    """File a resource with a document of these words."""
    file_id = await put_file(ctx, post, a_document(said))
    return await file_resource(ctx, post, FORM | changes, [file_id], key=key or said)


async def put_file_at_desk(desk: Browser, content: bytes, *, name: str = "教案.docx") -> Any:
    """The same as the page's script does it; returns what finishing answers."""
    headers = {"X-CSRF-Token": await desk.csrf(), "Accept": "application/json"}
    at = f"{desk.town.base}/console/resources/files"

    async def ask(method: str, path: str, **sent: Any) -> Any:
        more = sent.pop("headers", {})
        async with desk.client.request(method, at + path, headers=headers | more, **sent) as answer:
            return answer.status, await answer.json()

    status, begun = await ask("POST", "", data={"name": name, "size": str(len(content))})
    assert status == 201, begun
    upload_id = begun["data"]["id"]
    for offset in begun["data"]["missing"]:
        piece = content[offset : offset + PIECE_BYTES]
        status, held = await ask(
            "PUT",
            f"/{upload_id}/pieces?offset={offset}&crc32={zlib.crc32(piece):08x}",
            data=piece,
            headers={"Content-Type": "application/octet-stream"},
        )
        assert status == 200, held
    return await ask("POST", f"/{upload_id}")
