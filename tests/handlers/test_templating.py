"""Words on pages: text stays text, only allowed links are links, and every code has its sentence."""

import html
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audit import Act
from domain.bindings import Doubt
from domain.channels import Channel, Reason
from domain.errors import InvalidError, Problem
from domain.notices import ConfirmMode, NoticeState, link_allowed
from handlers import phrases
from handlers.console import audit_words
from handlers.templating import linked_text

HOSTS = ["example.edu.cn", "smartedu.cn"]
PIECES = st.sampled_from(
    [
        "https://example.edu.cn/a?b=1&c='2'",
        "https://evil.example",
        "<b>",
        '"',
        "\n",
        "，",
        " ",
        "字",
        "https://",
        "&",
    ]
)


@given(st.lists(PIECES | st.text(max_size=8)).map("".join))
def test_whatever_is_typed_is_shown_as_typed_and_links_nowhere_else(text: str) -> None:
    shown = str(linked_text(text, HOSTS))
    assert html.unescape(re.sub(r"</?a\b[^>]*>", "", shown).replace("<br>\n", "\n")) == text
    for link in re.findall(r'href="([^"]*)"', shown):
        assert link_allowed(html.unescape(link), HOSTS)
    assert set(re.findall(r"<(\w+)", shown)) <= {"a", "br"}


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("看 https://www.smartedu.cn/。", "https://www.smartedu.cn/"),
        ("（https://example.edu.cn/a）", "https://example.edu.cn/a"),
        ("https://example.edu.cn/a.", "https://example.edu.cn/a"),
        ("https://example.edu.cn:8080/", None),
        ("http://example.edu.cn/", None),
        ("https://example.edu.cn@evil.example/", None),
    ],
)
def test_a_link_ends_where_the_sentence_goes_on(text: str, link: str | None) -> None:
    found = re.findall(r'href="([^"]*)"', str(linked_text(text, HOSTS)))
    assert found == ([link] if link else [])


def test_every_code_has_a_sentence() -> None:
    words = [
        *(phrases.reason_text(reason) for reason in Reason),
        *(phrases.channel_name(channel) for channel in Channel),
        *(phrases.confirm_name(mode) for mode in ConfirmMode),
        *(phrases.state_name(state) for state in NoticeState),
        *(phrases.doubt_text(doubt) for doubt in Doubt),
        *(audit_words.sentence(act) for act in Act),
    ]
    assert all(re.search(r"[\u4e00-\u9fff]", word) for word in words)


def test_what_is_not_tried_again_is_not_promised() -> None:
    assert "自动重试" in phrases.reason_text(Reason.WECHAT_DOWN)
    assert "自动重试" not in phrases.reason_text(Reason.WECHAT_DOWN, waiting=False)


def test_a_field_is_named_with_its_limit() -> None:
    error = InvalidError({"title": Problem("too_long", 20), "odd": Problem("odd")})
    assert phrases.field_messages(error) == {"title": "标题最多 20 个字", "odd": "请检查这一项"}
    assert phrases.field_messages(ValueError()) == {}


def test_an_error_nobody_has_words_for_is_our_fault() -> None:
    assert "我们这边" in phrases.error_message("no such code")


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 22, 0, 30, tzinfo=UTC), "今天 08:30"),
        (datetime(2026, 11, 21, 15, 59, tzinfo=UTC), "昨天 23:59"),
        (datetime(2026, 11, 22, 16, 0, tzinfo=UTC), "明天 00:00"),
        (datetime(2026, 11, 20, 2, 0, tzinfo=UTC), "11月20日 周五 10:00"),
        (datetime(2025, 12, 31, 2, 0, tzinfo=UTC), "2025年12月31日 10:00"),
    ],
)
def test_a_moment_is_told_in_school_time_and_as_people_say_it(at: datetime, words: str) -> None:
    assert phrases.moment(at, datetime(2026, 11, 22, 4, 0, tzinfo=UTC)) == words
