"""Codes: read as they are typed, never two things at once, and made of signs that nobody confuses."""

import unicodedata
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.invitations import (
    ALPHABET,
    LIFE,
    Turnout,
    code_of,
    code_text,
    parse_code,
    parse_typed_code,
    total,
)
from domain.names import family_name_only, parse_digits, parse_name_and_digits
from tests.domain.samples import NOW, an_invitation

codes = st.text(ALPHABET, min_size=8, max_size=8)


@given(st.text())
def test_a_code_is_eight_signs_and_reads_back(seed: str) -> None:
    code = code_of(seed)
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert parse_code(code_text(code)) == code


def test_no_two_signs_look_alike() -> None:
    assert not set(ALPHABET) & set("0O1ILB5... S2Z".replace("5", "").replace("2", "")) - {"."}
    for pair in ("8B", "5S", "2Z", "VU"):
        assert len(set(pair) & set(ALPHABET)) == 1


def test_a_thousand_seeds_make_a_thousand_codes() -> None:
    assert len({code_of(str(number)) for number in range(1000)}) == 1000


FULL_WIDTH = {ord(a): chr(ord(a) + 0xFEE0) for a in ALPHABET + "-"}


@pytest.mark.parametrize(
    "typed",
    [
        lambda code: code.lower(),
        lambda code: f" {code[:4]} {code[4:]}\n",
        lambda code: f"{code[:4]}—{code[4:]}",
        lambda code: code_text(code).translate(FULL_WIDTH),
        lambda code: code.replace("8", "B").replace("5", "S").replace("2", "Z").replace("V", "U"),
    ],
)
@given(code=codes)
def test_it_is_read_however_it_is_typed(typed: Callable[[str], str], code: str) -> None:
    assert parse_code(typed(code)) == code


@pytest.mark.parametrize(
    "typed", ["", "K7M3", "K7M3-Q2X", "K7M3-Q2XPP", "K7M3-Q2X0", "李小明 1234"]
)
def test_what_is_no_code_is_none(typed: str) -> None:
    assert parse_code(typed) is None


@given(code=codes)
@pytest.mark.parametrize(
    "said", ["邀请码 {}", "邀请码：{}", "邀请码{}", "邀请码是 {}", "邀請碼 {}", " {} "]
)
def test_in_the_chat_it_is_surely_a_code(said: str, code: str) -> None:
    assert parse_typed_code(said.format(code_text(code))) == code


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("邀请码 12345678", ""),
        ("邀请码 K7M3-Q2X0", ""),
        ("邀请码", None),
        ("Mary 2345", None),
        ("MARY2345", None),
        ("李小明 1234", None),
        ("绑定", None),
    ],
)
def test_in_the_chat_a_childs_name_is_no_code(said: str, read: str | None) -> None:
    assert parse_typed_code(said) == read


@given(st.text(max_size=40))
def test_nothing_typed_is_both_a_childs_line_and_a_dashed_code(said: str) -> None:
    if parse_typed_code(said):
        named = parse_name_and_digits(said)
        assert named is None or "-" in unicodedata.normalize("NFKC", said) or "邀" in said


def test_it_invites_until_it_ends_or_is_revoked() -> None:
    invitation = an_invitation(id="K7M3Q2XP", expires_at=NOW + LIFE)
    assert invitation.stands(NOW)
    assert invitation.is_fresh(NOW)
    assert invitation.stands(NOW + LIFE - timedelta(days=1))
    assert not invitation.is_fresh(NOW + LIFE - timedelta(days=1))
    assert not invitation.stands(NOW + LIFE)
    revoked = an_invitation(id="K7M3Q2XP", expires_at=NOW + LIFE, revoked_at=NOW)
    assert not revoked.stands(NOW)
    assert not revoked.is_fresh(NOW)


def test_one_from_before_codes_goes_on_until_it_ends_but_is_not_handed_out() -> None:
    old = an_invitation(id="0190f0c0ffee0123456789abcdef", expires_at=NOW + LIFE)
    assert old.stands(NOW)
    assert not old.is_fresh(NOW)


def test_wechats_qr_is_renewed_before_it_ends() -> None:
    drawn = an_invitation(url="http://w/1", url_until=NOW + timedelta(days=30))
    assert drawn.has_scene(NOW)
    assert not drawn.has_scene(NOW + timedelta(days=21))
    assert not an_invitation(url="http://w/1").has_scene(NOW)


def test_a_person_who_came_twice_is_counted_once() -> None:
    one = Turnout(frozenset("ab"), frozenset("a"), frozenset("a"))
    two = Turnout(frozenset("bc"), frozenset("b"), frozenset())
    assert total([one, two]) == Turnout(frozenset("abc"), frozenset("ab"), frozenset("a"))
    assert total([]) == Turnout()


@pytest.mark.parametrize("name", ["李明", "李小明", "欧阳小明明", "李"])
def test_a_stranger_learns_a_sign_of_a_name_and_not_how_long_it_is(name: str) -> None:
    assert family_name_only(name) == f"{name[0]}*"


@pytest.mark.parametrize(
    ("said", "digits"),
    [
        ("1234", "1234"),
        (" １２３４ ", "1234"),
        ("1234。", "1234"),
        ("12345", None),
        ("李 1234", None),
    ],
)
def test_four_digits_alone(said: str, digits: str | None) -> None:
    assert parse_digits(said) == digits
