"""Reading XML: the quick way and expat agree, and what isn't plain XML is refused."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wechat.xmltree import _read_flat, _read_nested, read_tree


def test_nested_and_repeated_elements() -> None:
    raw = b"<xml><A><B>1</B><B>2</B><B>3</B></A><C/><D> x </D></xml>"
    assert read_tree(raw) == {"A": {"B": ["1", "2", "3"]}, "C": "", "D": " x "}


def test_references_and_split_sections() -> None:
    raw = b"<xml><A>&lt;&#20013;</A><B><![CDATA[a]]]]><![CDATA[>b]]></B></xml>"
    assert read_tree(raw) == {"A": "<中", "B": "a]]>b"}


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"<xml>",
        b"<xml></xml>",
        b"<xml>text</xml>",
        b"<a><b>c</b></a>",
        b"<xml><a>1</a></xml><xml><a>1</a></xml>",
        b"<xml><a>\x01</a></xml>",
        b"<xml><a>\xff</a></xml>",
        b"<!DOCTYPE xml><xml><a>1</a></xml>",
        b'<!DOCTYPE xml [<!ENTITY a "b">]><xml><a>&a;</a></xml>',
        b'<!DOCTYPE xml SYSTEM "file:///etc/passwd"><xml><a>1</a></xml>',
        b"<xml><a>&unknown;</a></xml>",
        b"<xml>" + b"<a>" * 20 + b"</a>" * 20 + b"</xml>",
    ],
)
def test_anything_else_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError):
        read_tree(raw)


def test_the_declared_encoding_is_not_believed() -> None:
    raw = '<?xml version="1.0" encoding="gbk"?><xml><a>中</a></xml>'.encode()
    assert read_tree(raw) == {"a": "中"}


MARKUP = ["<xml>", "</xml>", "<a>", "</a>", "<b>", "</b>", "<a/>", "<![CDATA[", "]]>", "]", "&amp;"]
CHARACTERS = "&<>中😀\r\n \0\x0b\x7f\x85\uffff￥"
bits = st.sampled_from([*MARKUP, *CHARACTERS])
# Whole leaves, so that many of the documents are well-formed.
leaves = st.builds(
    lambda name, text, section: (
        f"<{name}><![CDATA[{text}]]></{name}>" if section else f"<{name}>{text}</{name}>"
    ),
    st.sampled_from(["a", "b", "C1", "_d", "é"]),
    st.lists(bits, max_size=3).map("".join),
    st.booleans(),
)
documents = st.builds(
    lambda head, inside, tail: f"{head}<xml>{''.join(inside)}</xml>{tail}",
    st.sampled_from(["", "\n", "\r", "\xa0", "<?xml version='1.0'?>"]),
    st.lists(st.one_of(bits, leaves, leaves, leaves), max_size=6),
    st.sampled_from(["", "\n", "x"]),
)


@settings(max_examples=1500, deadline=None)
@given(document=documents)
def test_the_quick_way_says_what_expat_says_or_nothing(document: str) -> None:
    raw = document.encode()
    quick = _read_flat(raw)
    try:
        slow = _read_nested(raw)
    except ValueError:
        slow = None
    assert not quick or quick == slow


def test_the_quick_way_is_taken_for_an_ordinary_message() -> None:
    raw = "<xml><A><![CDATA[中]]></A>\n<B>12</B>\n</xml>\n".encode()
    assert _read_flat(raw) == {"A": "中", "B": "12"}
