"""Passive replies: nothing a person writes becomes markup, and nothing of it is lost."""

import xml.etree.ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wechat.callbacks import ACCOUNT, OPENID, text_message
from wechat.messages import parse_message
from wechat.replies import text_reply
from wechat.xmltree import read_tree

TO = parse_message(text_message().encode())

# What XML can carry, less the carriage return, which every reader turns into a line feed.
legal = st.characters(
    exclude_categories=["Cs"],
    exclude_characters=[
        *map(chr, range(9)),
        "\x0b",
        "\x0c",
        *map(chr, range(13, 32)),
        "\ufffe",
        "\uffff",
    ],
)
markup = st.sampled_from(["]]>", "]]", "]", ">", "<![CDATA[", "</Content>", "&amp;", "&", "😀"])
texts = st.lists(st.one_of(st.text(legal, max_size=20), markup), max_size=10).map("".join)


@settings(max_examples=500, deadline=None)
@given(text=texts)
def test_what_is_said_is_what_arrives(text: str) -> None:
    reply = text_reply(TO, text, at=1)
    assert read_tree(reply) == {
        "ToUserName": OPENID,
        "FromUserName": ACCOUNT,
        "CreateTime": "1",
        "MsgType": "text",
        "Content": text,
    }
    assert (ET.fromstring(reply).findtext("Content") or "") == text


@settings(max_examples=300, deadline=None)
@given(text=st.text(st.characters(), max_size=60))
def test_any_text_at_all_makes_a_sound_reply(text: str) -> None:
    root = ET.fromstring(text_reply(TO, text, at=1))
    assert [child.tag for child in root][-1] == "Content"
    assert len(root) == 5
    assert not len(root[-1])


def test_what_xml_cannot_carry_is_left_out() -> None:
    reply = text_reply(TO, "a\0b\x0bc\ud800d\r\ne\rf\uffff", at=1)
    assert read_tree(reply)["Content"] == "abcd\ne\nf"
