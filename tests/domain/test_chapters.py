"""Chapters: what is one and the same, however it is typed, and what is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.chapters import chapter_key, chapters_in_signs, written

SAME = [
    (
        "第三单元",
        "第 3 单元",
        "第3单元",
        "第三单元 ",
        "第３单元",
        "\u3000第 ０３ 单元",
        "3单元",
        "三单元",
    ),
    ("第三单元", "\ufeff第三单元", "第\u200b三单元"),
    ("第十二单元", "第12单元", "第 十二 单元", "第一十二单元", "１２单元"),
    ("第二十课", "第20课", "二十课", "第二〇课", "第２０课"),
    ("第一百零三课", "第103课", "第一〇三课", "103 课"),
    ("第一百一十课", "第一百十课", "第110课"),
    ("第三单元 第 2 课", "第3单元第二课", "三单元 2课"),
    ("第五章 第一节 集合", "第5章第1节集合"),
    ("Unit 3", "ｕｎｉｔ３", "unit 3"),
    ("第3次", "第三次"),
]
OTHERS = [
    ("第十二单元", "第2单元"),
    ("第十二单元", "第1 2单元"),
    ("第三单元", "第三课"),
    ("第三章", "第三节"),
    ("第三课", "三课时"),
    ("第一节", "一节课"),
    ("第一二单元", "第12单元"),
    ("第 1 课 2", "第1课12"),
    ("第1.2节", "第2节"),
    ("第一百三课", "第103课"),
]
LEFT_ALONE = [
    "三国演义",
    "一百零八将",
    "三十六计",
    "3课时",
    "一节课",
    "第一二单元",
    "3.2节",
    "第百课",
    "第",
]
NUMBERS = st.integers(1, 999)
UNITS = st.sampled_from(["单元", "章", "节", "课"])
BLANKS = st.sampled_from(["", " ", "\u3000", "  "])
PIECES = st.sampled_from(
    ["单元", "第三", *"第一二三十百零〇课章节单元时国.０3９7Aé③½ \u3000\u0301\u200b"]
)


@pytest.mark.parametrize("forms", SAME, ids=lambda forms: forms[0])
def test_however_it_is_typed_it_is_the_same_chapter(forms: tuple[str, ...]) -> None:
    assert len({chapter_key(form) for form in forms}) == 1


@pytest.mark.parametrize("pair", OTHERS, ids=" ".join)
def test_another_chapter_is_another(pair: tuple[str, str]) -> None:
    assert chapter_key(pair[0]) != chapter_key(pair[1])


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_a_number_that_is_no_chapters_stays_as_it_is(text: str) -> None:
    assert chapter_key(text) == text


@given(st.one_of(st.text(), st.lists(PIECES, max_size=12).map("".join)))
def test_a_key_is_its_own_key(text: str) -> None:
    assert chapter_key(chapter_key(text)) == chapter_key(text)


@given(NUMBERS, NUMBERS, UNITS, BLANKS, st.sampled_from(["", "集合", " 分数"]))
def test_numbers_of_either_script_are_one(
    number: int, other: int, unit: str, blank: str, rest: str
) -> None:
    key = chapter_key(f"第{number}{unit}{rest}")
    wide = str(number).translate({ord(str(n)): chr(0xFF10 + n) for n in range(10)})
    for said in (written(number), wide, f"0{number}"):
        assert chapter_key(f"{blank}第{blank}{said}{blank}{unit}{rest}{blank}") == key, said
        assert chapter_key(f"{said}{unit}{rest}") == key, said
    assert (chapter_key(f"第{written(other)}{unit}{rest}") == key) is (other == number)


def test_no_two_numbers_are_written_alike() -> None:
    assert len({written(n) for n in range(1, 1000)}) == 999
    assert [written(n) for n in (2, 10, 12, 20, 103, 110, 999)] == [
        "二", "十", "十二", "二十", "一百零三", "一百一十", "九百九十九",
    ]  # fmt: skip


def test_what_is_looked_for_is_counted_as_it_is_said() -> None:
    assert chapters_in_signs("第12单元 10课") == "第十二单元 十课"
    assert chapters_in_signs("2024年 第3课 12个") == "2024年 第3课 12个"
