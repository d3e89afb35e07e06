"""How teachers type a homework into the chat, and what is understood of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.homework import HandIn
from domain.homework_words import (
    Heard,
    OwnClass,
    is_homework,
    parse_homework_words,
    parse_number,
    put_right,
)

TUESDAY = date(2026, 11, 24)
CLASSES = [
    OwnClass(id="31", name="三年级1班", grade=3),
    OwnClass(id="32", name="三(2)班", grade=3),
    OwnClass(id="41", name="四年级一班", grade=4),
    OwnClass(id="star", name="三年级向日葵班", grade=3),
]
SUBJECTS = {"语文": "chinese", "数学": "maths", "英语": "english", "道法": "morality"}


def heard(text: str, **changes: Any) -> Heard:
    given: dict[str, Any] = {"classes": CLASSES, "subjects": SUBJECTS, "today": TUESDAY}
    return parse_homework_words(text, **(given | changes))


# What is typed, and the classes, subject, minutes and text that are understood.
SAID: list[tuple[str, tuple[str, ...], str, int | None, str]] = [
    ("布置 三(2)班 数学 20分钟 课本第12页1-3题 明天交", ("32",), "maths", 20, "课本第12页1-3题 明天交"),
    ("布置 三（2）班 数学 20分钟 课本第12页1-3题", ("32",), "maths", 20, "课本第12页1-3题"),
    ("布置三2班数学20分钟课本第12页", ("32",), "maths", 20, "课本第12页"),
    ("布置 3.2班 数学 20 分钟 课本第12页", ("32",), "maths", 20, "课本第12页"),
    ("布置 302班 数学 20分钟 练习册", ("32",), "maths", 20, "练习册"),
    ("布置 三年级二班 数学 二十分钟 练习册", ("32",), "maths", 20, "练习册"),
    ("布置 三年二班 数学 二十五分钟 练习册", ("32",), "maths", 25, "练习册"),
    ("布置 三年级(2)班 数学 15分 练习册", ("32",), "maths", 15, "练习册"),
    ("布置 2班 数学 10分钟 练习册", ("32",), "maths", 10, "练习册"),
    ("布置 二班 数学 10分钟 练习册", ("32",), "maths", 10, "练习册"),
    ("布置 三1、2班 数学 10分钟 练习册", ("31", "32"), "maths", 10, "练习册"),
    ("布置 三1班和三2班 数学 10分钟 练习册", ("31", "32"), "maths", 10, "练习册"),
    ("布置 三1班、四1班 数学 10分钟 练习册", ("31", "41"), "maths", 10, "练习册"),
    ("布置 四(1)班 语文 30分钟 写日记", ("41",), "chinese", 30, "写日记"),
    ("布置 向日葵班 语文 30分钟 写日记", (), "chinese", 30, "向日葵班 写日记"),
    ("布置 三年级向日葵班 语文 30分钟 写日记", ("star",), "chinese", 30, "写日记"),
    ("布置 所有班 语文 半小时 写日记", ("31", "32", "41", "star"), "chinese", 30, "写日记"),
    ("布置 全部班级 语文 半个小时 写日记", ("31", "32", "41", "star"), "chinese", 30, "写日记"),
    ("布置 三2班 语文 一小时 作文", ("32",), "chinese", 60, "作文"),
    ("布置 三2班 语文 1个小时 作文", ("32",), "chinese", 60, "作文"),
    ("布置 三2班 语文 一个半小时 作文", ("32",), "chinese", 90, "作文"),
    ("布置 三2班 语文 一刻钟 背诵第5课", ("32",), "chinese", 15, "背诵第5课"),
    ("布置 三2班 语文 三刻钟 作文", ("32",), "chinese", 45, "作文"),
    ("布置 三2班 语文 约20分钟 作文", ("32",), "chinese", 20, "作文"),
    ("布置 三2班 语文 大约二十分钟左右 作文", ("32",), "chinese", 20, "作文"),
    ("布置 三2班 语文 预计：20分钟 作文", ("32",), "chinese", 20, "作文"),
    ("布置 三2班 语文 20min 作文", ("32",), "chinese", 20, "作文"),
    ("布置 三2班 语文 一百二十分钟 作文", ("32",), "chinese", 120, "作文"),
    ("布置 20分钟 三2班 数学 口算一页", ("32",), "maths", 20, "口算一页"),
    ("布置 数学 三2班 口算一页 20分钟", ("32",), "maths", 20, "口算一页"),
    ("布置作业 三2班 数学 口算一页 20分钟", ("32",), "maths", 20, "口算一页"),
    ("布置作业：三2班 数学，口算一页，20分钟。", ("32",), "maths", 20, "口算一页"),
    ("布置今天的作业 三2班 数学 口算一页 20分钟", ("32",), "maths", 20, "口算一页"),
    ("请布置 三2班 数学作业 口算一页 20分钟", ("32",), "maths", 20, "口算一页"),
    ("帮我布置一下 三2班 数学 口算一页 20分钟", ("32",), "maths", 20, "口算一页"),
    ("布置 三2班的数学作业 口算一页 20分钟", ("32",), "maths", 20, "口算一页"),
    ("布置\n三2班 数学 20分钟\n1. 口算一页\n2. 课本第12页", ("32",), "maths", 20, "1. 口算一页\n2. 课本第12页"),
    ("布置 三2班 道法 10分钟 说说家乡", ("32",), "morality", 10, "说说家乡"),
    ("布置 三2班 英语 10分钟 读一读数学书的目录", ("32",), "english", 10, "读一读数学书的目录"),
    ("布置 三2班 语文 20分钟 第3单元卷子，90分以下重做", ("32",), "chinese", 20, "第3单元卷子,90分以下重做"),
    ("布置 三2班 数学 口算一页", ("32",), "maths", None, "口算一页"),
    ("布置 数学 20分钟 口算一页", (), "maths", 20, "口算一页"),
    ("布置 三2班 20分钟 口算一页", ("32",), "", 20, "口算一页"),
    ("布置 三2班 数学 20分钟", ("32",), "maths", 20, ""),
    ("布置", (), "", None, ""),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "classes", "subject", "minutes", "text"), SAID)
def test_what_is_typed_is_understood(
    typed: str, classes: tuple[str, ...], subject: str, minutes: int | None, text: str
) -> None:
    assert is_homework(typed)
    found = heard(typed)
    assert (found.class_ids, found.subject, found.minutes, found.text) == (
        classes,
        subject,
        minutes,
        text,
    )


def test_a_class_that_is_not_theirs_is_named() -> None:
    assert heard("布置 五(3)班 数学 20分钟 口算").unknown_class == "五(3)班"
    assert heard("布置 1班 数学 20分钟 口算").unknown_class == "1班"  # of two grades


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("明天的作业 口算", date(2026, 11, 25)),
        ("后天作业 口算", date(2026, 11, 26)),
        ("周末的作业 口算", date(2026, 11, 28)),
        ("周五的作业 口算", date(2026, 11, 27)),
        ("星期一的作业 口算", date(2026, 11, 30)),
        ("下周一的作业 口算", date(2026, 11, 30)),
        ("12月1日的作业 口算", date(2026, 12, 1)),
        ("30号的作业 口算", date(2026, 11, 30)),
        ("3号的作业 口算", date(2026, 12, 3)),
        ("1月5日的作业 口算", date(2027, 1, 5)),
        ("口算 明天交", None),  # handed in then, done tonight
        ("2月30日的作业 口算", None),
    ],
)
def test_which_day_it_is_for(typed: str, day: date | None) -> None:
    assert heard(f"布置 三2班 数学 20分钟 {typed}").day == day


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("课本第12页", True), ("抄写生字", True), ("朗读课文", False), ("背诵第五课", False),
        ("预习第六课", False), ("跳绳200下", False), ("朗读并抄写", True), ("口头作文，不用写", False),
        ("口算一页", True), ("非书面：画一画", False),
    ],
)  # fmt: skip
def test_whether_it_is_written(words: str, written: bool) -> None:
    assert heard(f"布置 三2班 语文 10分钟 {words}").written is written


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ("口算，拍照上传", HandIn.PICTURES), ("朗读，发语音", HandIn.VOICE), ("跳绳打卡", HandIn.TICK),
        ("口算", HandIn.NOTHING),
    ],
)  # fmt: skip
def test_how_it_is_handed_in(words: str, how: HandIn) -> None:
    assert heard(f"布置 三2班 语文 10分钟 {words}").hand_in is how


def test_who_has_one_class_and_one_subject_need_not_say_so() -> None:
    found = heard("布置 20分钟 口算一页", classes=CLASSES[:1], subjects={"数学": "maths"})
    assert (found.class_ids, found.subject) == (("31",), "maths")


def test_what_is_said_next_puts_it_right() -> None:
    first = heard("布置 三2班 数学 20分钟 口算一页")
    for said, field, value in [
        ("15分钟", "minutes", 15),
        ("改成一刻钟", "minutes", 15),
        ("四1班", "class_ids", ("41",)),
        ("语文", "subject", "chinese"),
        ("明天", "day", date(2026, 11, 25)),
        ("改成后天", "day", date(2026, 11, 26)),
        ("不用写", "written", False),
    ]:
        after = put_right(first, heard(said))
        assert after is not None, said
        assert getattr(after, field) == value
        assert after.text == first.text
    assert put_right(first, heard("好吧")) is None
    bare = put_right(heard("布置 三2班 数学 20分钟"), heard("口算一页，拍照"))
    assert bare is not None
    assert (bare.text, bare.written, bare.hand_in) == ("口算一页,拍照", True, HandIn.PICTURES)


@pytest.mark.parametrize("typed", ["通知", "三2班 数学", "今天布置得怎么样", "作业"])
def test_other_words_are_no_homework(typed: str) -> None:
    assert not is_homework(typed)


@given(st.integers(0, 199))
def test_numbers_are_read_as_people_write_them(number: int) -> None:
    digits = "零一二三四五六七八九"
    hundred = "一百" if number >= 100 else ""
    tens, ones = number % 100 // 10, number % 10
    words = hundred + ("零" if hundred and not tens and ones else "")
    words += digits[tens] + "十" if tens > 1 or (hundred and tens) else "十" if tens else ""
    words += digits[ones] if ones or not (hundred or tens) else ""
    assert parse_number(words) == number
    assert parse_number(str(number)) == number


@given(st.text(max_size=60))
def test_nothing_that_is_typed_is_refused(typed: str) -> None:
    found = heard(f"布置 {typed}")
    assert set(found.class_ids) <= {c.id for c in CLASSES}
    put_right(found, heard(typed))
