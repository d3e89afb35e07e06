"""Uploads are judged by what they are, never by what they are called; what is refused is not stored."""

import io
import zipfile

import openpyxl
import pytest
from PIL import Image

from domain.errors import FileRefusedError
from domain.files import MAX_FILE_BYTES, MAX_SIGNATURE_BYTES, MAX_SIGNATURE_PIXELS, FileKind
from services.files import Owner, store_signature, store_upload
from services.people import Teaching, access_teaching, recognise
from tests.flows.conftest import quiet_town as quiet_town
from tests.flows.conftest import town as town
from tests.town import Town


def picture(kind: str, size: tuple[int, int] = (8, 8)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "green").save(made, kind)
    return made.getvalue()


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zipped:
        for name in names:
            zipped.writestr(name, "x")
    return made.getvalue()


def workbook() -> bytes:
    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    return made.getvalue()


TAKEN = {
    "jpeg": (picture("JPEG"), FileKind.PICTURE, ".jpg"),
    "png": (picture("PNG"), FileKind.PICTURE, ".png"),
    "webp": (picture("WEBP"), FileKind.PICTURE, ".webp"),
    "pdf": (b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", FileKind.DOCUMENT, ".pdf"),
    "xlsx": (workbook(), FileKind.DOCUMENT, ".xlsx"),
    "docx": (archive("[Content_Types].xml", "word/document.xml"), FileKind.DOCUMENT, ".docx"),
    "pptx": (archive("[Content_Types].xml", "ppt/presentation.xml"), FileKind.DOCUMENT, ".pptx"),
}
REFUSED = {
    "nothing": (b"", "empty"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "wrong_type"),
    "a drawing with script": (
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>",
        "wrong_type",
    ),
    "a program": (b"MZ" + bytes(200), "wrong_type"),
    "words": ("只是文字".encode(), "wrong_type"),
    "half a picture": (picture("PNG", (64, 64))[:60], "wrong_type"),
    "a picture's first bytes before a page": (b"GIF89a<script>alert(1)</script>", "wrong_type"),
    "an archive of anything": (archive("a.txt"), "wrong_type"),
    "junk that begins like an archive": (b"PK\x03\x04junk", "wrong_type"),
    "a document with macros": (
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        "wrong_type",
    ),
    "two documents in one": (
        archive("[Content_Types].xml", "word/document.xml", "xl/workbook.xml"),
        "wrong_type",
    ),
    "a picture of 64 million pixels": (picture("PNG", (8000, 8000)), "too_many_pixels"),
    "too many bytes": (bytes(MAX_FILE_BYTES + 1), "too_large"),
}


async def teaching_of(town: Town) -> Teaching:
    teacher = await town.settle_school()
    return await access_teaching(town.ctx, await recognise(town.ctx, teacher.user.openid))


async def stored(town: Town) -> int:
    return int(await town.ctx.stores.database["files"].count_documents({}))


@pytest.mark.parametrize("name", TAKEN)
async def test_what_it_is_decides_what_it_is_stored_as(town: Town, name: str) -> None:
    content, kind, ending = TAKEN[name]
    file = await store_upload(town.ctx, Owner.of(await teaching_of(town)), "../报名表.exe", content)
    assert (file.kind, file.name) == (kind, f"报名表{ending}")
    pieces = [piece async for piece in town.ctx.stores.files.read(file.id)]
    assert b"".join(pieces) == content


async def test_what_is_refused_leaves_nothing_behind(town: Town) -> None:
    teaching = await teaching_of(town)
    for name, (content, code) in REFUSED.items():
        with pytest.raises(FileRefusedError) as refusal:
            await store_upload(town.ctx, Owner.of(teaching), "photo.jpg", content)
        assert refusal.value.code == code, name
    assert await stored(town) == 0


def drawing(size: tuple[int, int]) -> bytes:
    """One dot on an empty canvas."""
    made = io.BytesIO()
    canvas = Image.new("L", size, 255)
    canvas.putpixel((1, 1), 0)
    canvas.save(made, "PNG")
    return made.getvalue()


async def test_a_signature_of_too_many_pixels_is_refused_before_it_is_decoded(
    quiet_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, width = quiet_town.ctx, MAX_SIGNATURE_PIXELS // 1000
    file = await store_signature(
        ctx, "school-a", "person-1", drawing((width, 1000)), promises=["deliveries:one"]
    )
    assert (file.width, file.height) == (width, 1000)

    def decoded(*_: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load", decoded)
    for size in [(width + 1, 1000), (7000, 7000)]:
        content = drawing(size)
        assert len(content) <= MAX_SIGNATURE_BYTES
        with pytest.raises(FileRefusedError) as refusal:
            await store_signature(ctx, "school-a", "person-1", content, promises=["deliveries:one"])
        assert refusal.value.code == "too_many_pixels"
    assert await stored(quiet_town) == 1
