"""A notice's form: every wrong field is named at once, and what is taken can be sent by WeChat as it is."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidError, Problem
from domain.notices import (
    BODY_LIMIT,
    CLASS_LIMIT,
    FILE_LIMIT,
    LINK_LIMIT,
    TITLE_LIMIT,
    ConfirmMode,
    Draft,
    card_title,
    link_allowed,
    parse_draft,
)
from domain.times import school_text
from tests.domain.samples import NOW

HOSTS = ("smartedu.cn", "eduyun.cn")
GOOD = {"title": "周五春游", "body": "请带水壶。", "confirm": "tap"}


def parsed(form: dict[str, str] | None = None, **more: Any) -> Draft:
    """A form that is right but for what is named here."""
    given_lists: dict[str, Any] = {"class_ids": ["c1"], "file_ids": [], "links": []}
    return parse_draft(GOOD | (form or {}), allowed_hosts=HOSTS, now=NOW, **(given_lists | more))


def problems_of(form: dict[str, str] | None = None, **more: Any) -> dict[str, Problem]:
    with pytest.raises(InvalidError) as caught:
        parsed(form, **more)
    return caught.value.fields


def in_school_time(later: timedelta) -> str:
    return school_text(NOW + later)


def test_a_good_form() -> None:
    draft = parsed(
        {
            "title": "  周五春游 ",
            "body": "第一行\r\n第二行\t\n",
            "publish_at": in_school_time(timedelta(hours=1)),
            "deadline_at": in_school_time(timedelta(days=1)),
        },
        class_ids=["c1", "c2", "c1"],
        file_ids=["f1", "f1"],
        links=[" https://www.smartedu.cn/a ", ""],
    )
    assert draft == Draft(
        title="周五春游",
        body="第一行\n第二行",
        class_ids=("c1", "c2"),
        file_ids=("f1",),
        links=("https://www.smartedu.cn/a",),
        confirm=ConfirmMode.TAP,
        deadline_at=NOW + timedelta(days=1),
        publish_at=NOW + timedelta(hours=1),
    )


def test_blank_times_mean_now_and_never() -> None:
    draft = parsed({"publish_at": " ", "deadline_at": ""})
    assert (draft.publish_at, draft.deadline_at) == (NOW, None)


def test_everything_wrong_is_named_at_once() -> None:
    assert problems_of(
        {
            "title": "长" * 21,
            "body": " ",
            "confirm": "shout",
            "publish_at": "明天",
            "deadline_at": in_school_time(timedelta(0)),
        },
        class_ids=[],
        file_ids=[str(number) for number in range(FILE_LIMIT + 1)],
        links=["http://www.smartedu.cn/"],
    ) == {
        "title": Problem("too_long", TITLE_LIMIT),
        "body": Problem("missing"),
        "confirm": Problem("unknown"),
        "publish_at": Problem("not_a_time"),
        "deadline_at": Problem("in_the_past"),
        "class_ids": Problem("missing"),
        "file_ids": Problem("too_many", FILE_LIMIT),
        "links": Problem("link_refused"),
    }


def test_an_empty_form_names_what_must_be_there() -> None:
    with pytest.raises(InvalidError) as caught:
        parse_draft({}, class_ids=[], file_ids=[], links=[], allowed_hosts=HOSTS, now=NOW)
    assert caught.value.fields == {
        name: Problem("missing") for name in ("title", "body", "class_ids")
    }


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("title", "一行\n两行", "control_characters"),
        ("title", "响\a铃", "control_characters"),
        ("title", "删\x7f除", "control_characters"),
        ("body", "空\0字", "control_characters"),
        ("body", "半个字\ud83d", "control_characters"),  # half a pair cannot be stored as UTF-8
        ("body", "长" * (BODY_LIMIT + 1), "too_long"),
        ("confirm", "", "unknown"),
        ("confirm", "TAP", "unknown"),
        ("publish_at", "2026-11-22T10:00", "in_the_past"),  # this very minute
        ("publish_at", "2027-11-22T10:00", "too_far"),
        ("publish_at", "0001-01-01T00:00", "not_a_time"),
        ("deadline_at", "2028-11-22T10:00", "too_far"),
    ],
)
def test_one_wrong_field(field: str, value: str, problem: str) -> None:
    fields = problems_of({field: value})
    assert list(fields) == [field]
    assert fields[field].code == problem


def test_the_limits_themselves_are_allowed() -> None:
    draft = parsed(
        {"title": "长" * TITLE_LIMIT, "body": "长" * BODY_LIMIT},
        class_ids=[f"c{number}" for number in range(CLASS_LIMIT)],
        file_ids=[f"f{number}" for number in range(FILE_LIMIT)],
        links=["https://smartedu.cn/"] * LINK_LIMIT,
    )
    assert len(draft.title) == TITLE_LIMIT
    assert problems_of(class_ids=[f"c{number}" for number in range(CLASS_LIMIT + 1)]) == {
        "class_ids": Problem("too_many", CLASS_LIMIT)
    }
    assert problems_of(links=["https://smartedu.cn/"] * (LINK_LIMIT + 1)) == {
        "links": Problem("too_many", LINK_LIMIT)
    }


def test_a_deadline_before_the_notice_is_out_makes_no_sense() -> None:
    times = {
        "publish_at": in_school_time(timedelta(hours=2)),
        "deadline_at": in_school_time(timedelta(hours=1)),
    }
    assert problems_of(times) == {"deadline_at": Problem("in_the_past")}


@given(st.dictionaries(st.sampled_from([*GOOD, "publish_at", "deadline_at"]), st.text()))
def test_whatever_is_typed_is_taken_or_named(form: dict[str, str]) -> None:
    wrong: set[str] = set()
    try:
        draft = parsed(form)
    except InvalidError as error:
        wrong = set(error.fields)
        draft = parsed({name: text for name, text in form.items() if name not in wrong})
    assert wrong <= set(form)
    assert 1 <= len(draft.title) <= TITLE_LIMIT
    assert draft.body.encode()
    assert draft.publish_at >= NOW


# ---------------------------------------------------------------------------------------- links


@pytest.mark.parametrize(
    "link",
    [
        "https://smartedu.cn",
        "https://smartedu.cn/",
        "https://basic.smartedu.cn/syncClassroom?defaultTag=a#b",
        "HTTPS://BASIC.SMARTEDU.CN/A",
        "https://a.b.c.eduyun.cn/课程",
        "https://smartedu.cn/%E8%AF%BE",
        "https://smartedu.cn?next=https://evil.example/",
    ],
)
def test_a_link_to_an_allowed_host(link: str) -> None:
    assert link_allowed(link, HOSTS)


@pytest.mark.parametrize(
    "link",
    [
        "",
        "smartedu.cn",
        "//smartedu.cn/",
        "http://smartedu.cn/",
        "ftp://smartedu.cn/",
        "javascript:alert(1)//smartedu.cn",
        "javascript://smartedu.cn/%0aalert(1)",
        "data:text/html,smartedu.cn",
        "weixin://smartedu.cn/",
        "https:smartedu.cn",
        "https:/smartedu.cn",
        "https:///smartedu.cn",
        "https://",
        # somebody else's host
        "https://evil.example/",
        "https://evilsmartedu.cn/",
        "https://smartedu.cn.evil.example/",
        "https://smartedu.cn.",
        "https://www.smartedu.cn./",
        "https://.smartedu.cn/",
        "https://a..smartedu.cn/",
        "https://-.smartedu.cn/",
        "https://evil.example/smartedu.cn",
        "https://evil.example?.smartedu.cn",
        "https://evil.example#.smartedu.cn",
        "https://cn/",
        # a user, a port
        "https://smartedu.cn@evil.example/",
        "https://evil.example@smartedu.cn/",
        "https://user:secret@smartedu.cn/",
        "https://@smartedu.cn/",
        "https://smartedu.cn:443/",
        "https://smartedu.cn:8443/",
        "https://smartedu.cn:/",
        "https://smartedu.cn:x/",
        "https://smartedu.cn:99999/",
        # what browsers read otherwise than we do
        "https://evil.example\\.smartedu.cn/",
        "https:\\\\smartedu.cn/",
        "https://smartedu.cn\\@evil.example/",
        "https://evil.example%2f.smartedu.cn/",
        "https://evil.example%00.smartedu.cn/",
        "https://evil.example\u2044.smartedu.cn/",  # a fraction slash
        "https://evil.example／.smartedu.cn/",
        "https://evil.example？.smartedu.cn/",
        "https://evil。example.smartedu.cn/",
        "https://smartedu。cn/",
        "https://ѕmartedu.cn/",  # Cyrillic
        "https://www.ѕmartedu.smartedu.cn/",
        "https://sm\u00adartedu.cn/",
        "https://[::1]/",
        "https://[smartedu.cn]/",
        # characters that are cut out before a browser reads the link
        "ht\ntps://smartedu.cn/",
        "https://smart\tedu.cn/",
        "https://smartedu.cn/\r\nSet-Cookie: a=b",
        "\x00https://smartedu.cn/",
        "https://smartedu.cn/a b",
        "https://smartedu.cn/\u202e",
        "https://smartedu.cn/\ud83d",
        "https://smartedu.cn/" + "a" * 1000,
    ],
)
def test_a_link_that_is_refused(link: str) -> None:
    assert not link_allowed(link, HOSTS)


def test_without_allowed_hosts_no_link_is_allowed() -> None:
    assert not link_allowed("https://smartedu.cn/", ())


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_makes_a_stranger_of_an_allowed_host(before: str, after: str) -> None:
    for link in (before + "smartedu.cn" + after, "https://" + before + ".smartedu.cn" + after):
        if link_allowed(link, HOSTS):
            host = link.lower().removeprefix("https://").partition("/")[0]
            host = host.partition("?")[0].partition("#")[0]
            assert host == "smartedu.cn" or host.endswith(".smartedu.cn")


# ---------------------------------------------------------------------------------------- cards


@pytest.mark.parametrize(
    ("purpose", "shown"),
    [
        ("publish", "周五春游"),
        ("remind-1", "提醒：周五春游"),
        ("remind-2", "提醒：周五春游"),
        ("edit-3", "更正：周五春游"),
        ("withdraw", "已撤回：周五春游"),
    ],
)
def test_a_card_says_what_it_is_for(purpose: str, shown: str) -> None:
    assert card_title("周五春游", purpose) == shown


def test_a_long_title_is_cut_and_shows_it() -> None:
    assert card_title("长" * 20, "publish") == "长" * 20
    assert card_title("长" * 20, "remind-1") == "提醒：" + "长" * 16 + "…"


@given(
    st.text(min_size=1, max_size=TITLE_LIMIT),
    st.sampled_from(["publish", "remind-1", "remind-2", "edit-2", "edit-17", "withdraw"]),
)
def test_a_card_never_says_more_than_wechat_takes(title: str, purpose: str) -> None:
    assert 1 <= len(card_title(title, purpose)) <= 20


@pytest.mark.parametrize(
    ("link", "allowed"),
    [
        ("https://school.example.cn/l/abcdef", True),
        ("https://school.example.cn/l/abcdef?v=zzzzz", True),
        ("https://school.example.cn/l/abcdef/../../h5/", False),
        ("https://school.example.cn/l/abcdef?to=https://evil.example", False),
        ("https://school.example.cn/h5/children", False),
        ("https://school.example.cn.evil.example/l/abcdef", False),
        ("http://school.example.cn/l/abcdef", False),
    ],
)
def test_our_own_short_links_may_stand_in_a_notice(link: str, allowed: bool) -> None:
    hosts = ("smartedu.cn", "https://school.example.cn/l/")
    assert link_allowed(link, hosts) is allowed
