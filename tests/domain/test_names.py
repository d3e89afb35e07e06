"""Names as people type them: what counts as the same name, what a claim looks like, what of a name is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.names import (
    folded_name,
    masked_name,
    natural_order,
    parse_name_and_digits,
    teacher_name,
)

# What children in this country are called: Han, with a dot, Tibetan, Mongolian, Latin letters.
NAMES = st.one_of(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=15),
    st.sampled_from(
        [
            "扎西·才让",
            "阿卜杜热合曼·麦麦提吐尔逊",
            "བཀྲ་ཤིས།",
            "བསྟན་འཛིན་རྒྱ་མཚོ",
            "ᠪᠠᠲᠤ ᠳᠡᠯᠭᠡᠷ",
            "Anna Maria",
            "㐂田",
            "𠮷小明",
        ]
    ),
)
DIGITS = st.text("0123456789", min_size=4, max_size=4)
BETWEEN = st.text(" ,，、:：;；。\t\u3000-+", max_size=3)


@pytest.mark.parametrize(
    "typed",
    [
        "扎西·才让",  # U+00B7, the dot of the household register
        "扎西•才让",  # bullet
        "扎西・才让",  # katakana dot
        "扎西･才让",  # half-width katakana dot
        "扎西‧才让",  # hyphenation point
        "扎西∙才让",  # bullet operator
        "扎西⋅才让",  # dot operator
        "扎西●才让",
        "扎西．才让",  # full-width full stop
        "扎西.才让",
        "扎西。才让",
        "扎西 才让",
        "扎西\u3000才让",
        " 扎西才让\n",
        "扎西\u200b才让",  # zero width, pasted from a page
        "\ufeff扎西才让",
    ],
)
def test_dots_and_blanks_make_no_other_name(typed: str) -> None:
    assert folded_name(typed) == folded_name("扎西才让") == "扎西才让"


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("བཀྲ་ཤིས།", "བཀྲ་ཤིས"),  # the shad that ends a phrase
        ("བཀྲ་ཤིས་", "བཀྲ་ཤིས"),  # a last tsheg, or none
        ("བཀྲ༌ཤིས", "བཀྲ་ཤིས"),  # the tsheg that does not break a line
        ("ᠪᠠᠲᠤ\u202fᠳᠡᠯᠭᠡᠷ", "ᠪᠠᠲᠤ ᠳᠡᠯᠭᠡᠷ"),  # Mongolian's narrow blank
        ("ᠪᠠᠲᠤ\u180b", "ᠪᠠᠲᠤ"),  # a variant selector changes a letter's look only
        ("ＡＮＮＡ", "anna"),
        ("Anna", "ANNA"),
    ],
)
def test_the_same_name_in_other_scripts(typed: str, same: str) -> None:
    assert folded_name(typed) == folded_name(same)


def test_different_names_stay_different() -> None:
    names = ["李小明", "李晓明", "李小", "小明", "བཀྲ་ཤིས", "བཀྲ་ཤེས", "ᠪᠠᠲᠤ", "Anna"]
    assert len({folded_name(name) for name in names}) == len(names)


@given(NAMES)
def test_folding_twice_is_folding_once(name: str) -> None:
    assert folded_name(folded_name(name)) == folded_name(name)


@pytest.mark.parametrize(
    "typed",
    [
        "李小明 1234",
        "李小明1234",
        "李小明，1234",
        "李小明,1234",
        "李小明：１２３４",
        "李 小 明　1234",
        "  李小明 \t 1234\n",
        "李小明、1234",
        "李小明+1234",
        "李小明 - 1234",
        "李小明 ༡༢༣༤",  # Tibetan digits
        "李小明 ᠑᠒᠓᠔",  # Mongolian digits
        "李小明 １２3４",
    ],
)
def test_a_claim_as_people_type_it(typed: str) -> None:
    assert parse_name_and_digits(typed) == ("李小明", "1234")


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "李小明",
        "1234",
        "李小明 123",
        "李小明 12345",
        "李小明 13900001234",
        "1234 李小明",
        "李小明 1234 谢谢",
        "李 1234",  # one character is no name
        "·· 1234",
        "李3明 1234",
        "李小明 ①②③",
        "绑定",
        "长" * 60 + " 1234",
    ],
)
def test_what_is_no_claim(typed: str) -> None:
    assert parse_name_and_digits(typed) is None


@given(NAMES, BETWEEN, DIGITS)
def test_every_name_with_four_digits_is_read_back(name: str, between: str, digits: str) -> None:
    assert parse_name_and_digits(name + between + digits) == (folded_name(name), digits)


@given(NAMES, DIGITS)
def test_full_width_digits_are_digits(name: str, digits: str) -> None:
    wide = digits.translate({ord(c): ord("０") + int(c) for c in "0123456789"})
    assert parse_name_and_digits(name + wide) == (folded_name(name), digits)


@given(st.text(max_size=200))
def test_nothing_typed_makes_it_stumble(text: str) -> None:
    parsed = parse_name_and_digits(text)
    assert parsed is None or (len(parsed[0]) >= 2 and parsed[1].isascii() and len(parsed[1]) == 4)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("李明", "李*"),
        ("李小明", "李*明"),
        ("欧阳小明", "欧**明"),
        ("扎西·才让", "扎***让"),
        ("李", "李*"),
        ("", "*"),
    ],
)
def test_what_of_a_name_is_shown(name: str, shown: str) -> None:
    assert masked_name(name) == shown


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=20))
def test_a_masked_name_never_says_more_than_its_ends(name: str) -> None:
    shown = masked_name(name)
    assert name not in shown
    assert len(shown.replace("*", "")) <= min(2, len(name) - 1)


def test_classes_are_sorted_as_people_count() -> None:
    names = ["三年级十班", "三年级二班", "三年级二十一班", "三年级一班", "三年级十二班"]
    assert sorted(names, key=natural_order) == [
        "三年级一班",
        "三年级二班",
        "三年级十班",
        "三年级十二班",
        "三年级二十一班",
    ]
    assert sorted(["10班", "9班", "１班"], key=natural_order) == ["１班", "9班", "10班"]
    assert sorted(["实验班", "2班", ""], key=natural_order) == ["", "实验班", "2班"]


def test_a_title_is_not_said_twice() -> None:
    called = [teacher_name(name) for name in ("王芳", "王老师", "赵主任")]
    assert called == ["王芳老师", "王老师", "赵主任"]
