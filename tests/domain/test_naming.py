"""Names are taken out of what anybody may read, and words that only look like one stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.naming import without_names

CLASS = [
    "李小红",
    "高明",
    "单元",
    "张文明",
    "王一",
    "欧阳娜娜",
    "周长",
    "Mary",
    "阿依古丽·买买提",
    "马上",
    "陈丽",
]

HIDDEN = [
    ("请李小红把本子带来", "请同学把本子带来"),
    ("小红读第一段", "小红读第一段"),  # every textbook has one: a person only where that is said
    ("小红同学读第一段", "同学读第一段"),
    ("表扬小红", "表扬同学"),
    ("陈丽、李小红订正第三题", "同学、同学订正第三题"),
    ("陈丽明天带尺子", "同学明天带尺子"),
    ("高明同学的作文可以再读一读", "同学的作文可以再读一读"),
    ("高明没交，其他同学完成", "同学没交，其他同学完成"),
    ("请单元把卷子带来", "请同学把卷子带来"),
    ("单元的妈妈请回电话", "同学的妈妈请回电话"),
    ("陈丽、高明、单元要补第 3 题", "同学、同学、同学要补第 3 题"),
    ("订正：高明，李小红", "订正：同学，同学"),
    ("张文明写得好", "同学写得好"),
    ("提醒文明带书", "提醒同学带书"),
    ("欧阳娜娜和娜娜是一个人", "同学和同学是一个人"),
    ("王一背课文", "同学背课文"),
    ("mary reads page 3", "同学 reads page 3"),
    ("阿依古丽带领大家读", "同学带领大家读"),
    ("买买提听写", "同学听写"),
    ("周长没写完", "同学没写完"),
]  # fmt: skip
KEPT = [
    "这个办法很高明",
    "复习第三单元，完成单元练习",
    "第二单元请订正",
    "上单元没写完的写完",
    "讲文明，懂礼貌",
    "国王一天做了什么？",
    "算出长方形的周长",
    "四周长满了草",  # cut apart by 周长, which is a word itself
    "马上开始朗读",
    "Write a summary of page 3",
    "primary colours",
    "本单元没有作业",
]


@pytest.mark.parametrize(("text", "shown"), HIDDEN)
def test_a_name_is_taken_out(text: str, shown: str) -> None:
    assert without_names(text, CLASS) == shown


@pytest.mark.parametrize("text", KEPT)
def test_a_word_stays(text: str) -> None:
    assert without_names(text, CLASS) == text


def test_the_longest_goes_first() -> None:
    names = ["王小明", "王小明月", "李四", "欧阳明日"]
    text = "请王小明月、王小明和李四重做，明日交。"
    assert without_names(text, names) == "请同学、同学和同学重做，明日交。"


def test_somebody_is_said_once() -> None:
    assert without_names("李小红同学，陈丽同学", CLASS) == "同学，同学"


@given(
    st.lists(st.sampled_from([n for n in CLASS if len(n) > 2 and not n.isascii()]), max_size=4),
    st.text("，。 3的请", max_size=9),
)
def test_a_long_name_is_never_left(names: list[str], text: str) -> None:
    written = text.join(names)
    shown = without_names(written, CLASS)
    assert not any(name in shown for name in names)


@given(st.text(alphabet="的一是在不了有和人这中大为上个", max_size=30))
def test_a_text_without_names_stays_as_it_is(text: str) -> None:
    assert without_names(text, ["李小红", "陈丽"]) == text
