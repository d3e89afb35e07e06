"""The one header that names a file: what a browser reads from it is a name that can be kept, whatever was given."""

from __future__ import annotations

import re
from urllib.parse import unquote

import pytest
from aiohttp import content_disposition_filename, parse_content_disposition

from handlers.downloads import disposition

_FORM = re.compile(
    r"(?P<shown>attachment|inline); filename=\"(?P<plain>[ !#-\[\]-~]+)\"; "
    r"filename\*=UTF-8''(?P<true>[A-Za-z0-9!#$&+.^_`|~%-]+)"
)


def read(name: str) -> tuple[str, str, str]:
    """How it is shown, the plain name and the true one; the form is RFC 6266's to the letter."""
    found = _FORM.fullmatch(disposition(name))
    assert found is not None
    return found["shown"], found["plain"], unquote(found["true"], errors="strict")


@pytest.mark.parametrize(
    ("name", "plain", "true"),
    [
        ("list.xlsx", "list.xlsx", "list.xlsx"),
        ("回执 三年级二班.xlsx", "file.xlsx", "回执 三年级二班.xlsx"),
        ('he said "no".pdf', "file.pdf", 'he said "no".pdf'),
        ("100%25.pdf", "file.pdf", "100%25.pdf"),
        ("a;filename=b.exe,'c.pdf", "a;filename=b.exe,'c.pdf", "a;filename=b.exe,'c.pdf"),
        ("a.pdf\r\nSet-Cookie: x=1", "a.pdfSet-Cookie: x=1", "a.pdfSet-Cookie: x=1"),
        ("\x00\u202efdp.exe\ud800", "fdp.exe", "fdp.exe"),
        ("../../etc\\passwd", "_.._etc_passwd", "_.._etc_passwd"),
        ("家庭档案", "file", "家庭档案"),
        ("一.压缩 包", "file", "一.压缩 包"),
        ("", "file", "file"),
        (" ... ", "file", "file"),
    ],
)
def test_a_name_is_said_twice_and_breaks_out_of_nothing(name: str, plain: str, true: str) -> None:
    assert read(name) == ("attachment", plain, true)


@pytest.mark.parametrize("stem", ["x" * 1000, "通知" * 500, "😀" * 300, "a" + "通知" * 500])
@pytest.mark.parametrize("ending", [".xlsx", "", "." + "z" * 300])
def test_a_name_that_no_disk_takes_is_cut_and_keeps_its_ending(stem: str, ending: str) -> None:
    _, plain, true = read(stem + ending)
    assert 230 < len(true.encode()) <= 240
    assert len(plain) <= 240
    assert (stem + ending).startswith(true.removesuffix(".xlsx"))
    assert true.endswith(".xlsx") is (ending == ".xlsx")


def test_another_reader_of_the_header_finds_the_same() -> None:
    kind, parts = parse_content_disposition(disposition('名册 "新".xlsx', inline=True))
    assert (kind, content_disposition_filename(parts)) == ("inline", '名册 "新".xlsx')
