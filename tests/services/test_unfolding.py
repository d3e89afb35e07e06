"""Archives that say less than they hold, hold each other, or never end: refused, and their size costs nothing."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile

import pytest

from domain.errors import FileRefusedError
from services.judging import judge
from services.unfolding import parts_of

CONTENT = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>"}


def archive(parts: dict[str, bytes], *, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how, compresslevel=9) as zipped:
        for name, content in parts.items():
            zipped.writestr(zipfile.ZipInfo(name), content, how)
    return made.getvalue()


def claiming(content: bytes, size: int, *, places: tuple[bytes, ...] = (b"PK\x01\x02",)) -> bytes:
    """The last entry's table says it unfolds to so much (and its own head, where that is named)."""
    made = bytearray(content)
    for sign in places:
        at = made.rfind(sign)
        struct.pack_into("<I", made, at + (24 if sign == b"PK\x01\x02" else 22), size)
    return bytes(made)


def large(megabytes: int) -> bytes:
    """A document of which one part unfolds to so much: about a thousandth of it."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as zipped:
        for name, content in CONTENT.items():
            zipped.writestr(name, content)
        with zipped.open("word/media/1.bmp", "w", force_zip64=False) as part:
            for _ in range(megabytes):
                part.write(bytes(1_000_000))
    return made.getvalue()


def test_a_document_with_a_table_inside_is_taken() -> None:
    table = archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})
    whole = archive(CONTENT | {"word/embeddings/1.xlsx": table})
    assert parts_of(whole) == [*CONTENT, "word/embeddings/1.xlsx"]
    assert judge(whole).content == whole
    assert parts_of(archive(CONTENT, how=zipfile.ZIP_STORED)) == [*CONTENT]


@pytest.mark.parametrize("ending", ["word", "ppt", "xl"])
def test_ten_gigabytes_that_are_only_claimed(ending: str) -> None:
    claimed = b"".join(
        claiming(archive({"[Content_Types].xml": b"<Types/>", f"{ending}/a.xml": b"x"}), size)
        for size in (4_000_000_000,)
    )
    with pytest.raises(FileRefusedError, match="unfolds"):
        judge(claimed)


def test_what_says_less_than_it_unfolds_to() -> None:
    honest = large(40)
    assert parts_of(honest) is not None
    lying = claiming(honest, 1000, places=(b"PK\x01\x02", b"PK\x03\x04"))
    tracemalloc.start()
    try:
        with pytest.raises(FileRefusedError, match="unfolds"):
            judge(lying)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8_000_000


def test_looking_into_forty_megabytes_holds_none_of_them() -> None:
    content = large(40)
    tracemalloc.start()
    try:
        parts_of(content)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 8_000_000


def test_an_archive_in_an_archive_in_an_archive() -> None:
    inmost = archive({"a": b"x"})
    nested = archive({"b.zip": inmost})
    with pytest.raises(FileRefusedError, match="unfolds"):
        judge(archive(CONTENT | {"word/embeddings/1.bin": nested}))


def test_an_archive_inside_counts_with_all_that_it_unfolds_to() -> None:
    bomb = claiming(archive({"a": b"x"}), 600_000_000)
    with pytest.raises(FileRefusedError, match="unfolds"):
        judge(archive(CONTENT | {"word/embeddings/1.bin": bomb}))


def test_many_entries_that_are_one() -> None:
    """Each line of the table leads to the same bytes: a small file that unfolds again and again."""
    content = archive({"a": bytes(1_000_000)})
    at, end = content.rfind(b"PK\x01\x02"), content.rfind(b"PK\x05\x06")
    lines = content[at:end] * 600
    tail = bytearray(content[end:])
    struct.pack_into("<HHI", tail, 8, 600, 600, len(lines))
    with pytest.raises(FileRefusedError, match="unfolds"):
        judge(content[:at] + lines + bytes(tail))


def test_a_table_of_contents_without_end() -> None:
    with pytest.raises(FileRefusedError, match="unfolds"):
        judge(b"PK\x03\x04" + b"PK\x01\x02" * 20_001)


def test_a_line_that_leads_outside() -> None:
    content = bytearray(archive(CONTENT))
    struct.pack_into("<I", content, content.rfind(b"PK\x01\x02") + 42, 0x7FFFFFFF)
    with pytest.raises(FileRefusedError):
        judge(bytes(content))


def test_what_is_packed_in_another_way_or_locked() -> None:
    with pytest.raises(FileRefusedError, match="unfolds"):
        judge(archive(CONTENT, how=zipfile.ZIP_LZMA))
    locked = bytearray(archive(CONTENT))
    locked[locked.rfind(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(FileRefusedError, match="wrong_type"):
        judge(bytes(locked))
