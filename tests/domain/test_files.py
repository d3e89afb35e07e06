"""The name a download carries, whatever the uploader's device called it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.files import DOCUMENT_TYPES, PICTURE_TYPES, offered_name

ENDINGS = sorted((PICTURE_TYPES | DOCUMENT_TYPES).values())


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("春游.png", "春游.png"),
        ("春游.PNG", "春游.png"),
        ("春游", "春游.png"),
        ("春游.exe", "春游.png"),
        ("2026.11.22 春游.png", "2026.11.22 春游.png"),
        ("../../etc/passwd", "passwd.png"),
        ("C:\\Users\\wang\\春游.png", "春游.png"),
        ("春游\r\nSet-Cookie: a.png", "春游Set-Cookie a.png"),
        ("\u202egnp.exe", "gnp.png"),  # the mark that turns the writing direction
        ('a"b<c>|d:e*f?.png', "abcdef.png"),
        (".png", "png.png"),
        ("", "file.png"),
        ("...", "file.png"),
        ("/", "file.png"),
        ("长" * 200 + ".png", "长" * 80 + ".png"),
        ("a" * 79 + " .png", "a" * 79 + ".png"),
    ],
)
def test_the_offered_name(name: str, offered: str) -> None:
    assert offered_name(name, ".png") == offered


@given(st.text(max_size=300), st.sampled_from(ENDINGS))
def test_no_name_leads_out_of_its_folder_or_breaks_a_header(name: str, ending: str) -> None:
    offered = offered_name(name, ending)
    assert offered.endswith(ending)
    assert not set(offered) & set('/\\"\r\n\0')
    assert offered.isprintable()
    assert 1 <= len(offered) - len(ending) <= 80
    assert not offered.startswith(".")


def test_nothing_that_a_browser_would_run_is_taken() -> None:
    taken = PICTURE_TYPES | DOCUMENT_TYPES
    assert not {kind for kind in taken if "html" in kind or "svg" in kind or "script" in kind}
    assert len(set(taken.values())) == len(taken)
