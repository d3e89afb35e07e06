"""Lists of words: what is found however it is written, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.safety import Outcome
from domain.shipped_words import SHIPPED
from domain.word_lists import Matcher, WordList, folded, judge_words

LIST = WordList(
    id="school-a",
    hold=("加微信", "班费+转账", "vx", "賭博"),
    refuse=("包赢下注",),
    ignore=("反赌博宣传",),
)
MATCHER, OURS = Matcher(LIST), Matcher(SHIPPED)


@pytest.mark.parametrize(
    "text",
    [
        "加微信",
        "大家加 微 信 呀",
        "加-微*信",
        "加，微，信",
        "加🌸微🌸信",
        "加\u200b微\u200b信",
        "加微信。加群",
        "老师，ＶＸ 多少",
        "赌博",
        "賭 博",
        "班费的事，请转账给我",
        "转账！班费",
    ],
)
def test_is_held_however_it_is_written(text: str) -> None:
    assert judge_words(text, [MATCHER]) is Outcome.HOLD


@pytest.mark.parametrize(
    "text",
    [
        "",
        "明天春游，请带水。",
        "我们都参加。微信群里说",  # a word does not go on behind the end of a sentence
        "请参加！\n微信见",
        "班费已经交了",  # one half of two
        "devxyz vx123",  # one word of letters and digits
        "学校的反赌博宣传",
    ],
)
def test_passes(text: str) -> None:
    assert judge_words(text, [MATCHER]) is Outcome.PASS


def test_the_strictest_counts_and_every_list_has_a_say() -> None:
    assert judge_words("加微信，包 赢 下 注", [MATCHER]) is Outcome.REFUSE
    other = Matcher(WordList(id="r", refuse=("加微信",), ignore=("班费+转账", "加微信群")))
    assert judge_words("加微信", [MATCHER, other]) is Outcome.REFUSE
    # What one list does not mind, none does.
    assert judge_words("加微信群", [MATCHER, other]) is Outcome.PASS


def test_an_empty_list_and_words_of_signs_alone_find_nothing() -> None:
    assert judge_words("……", [Matcher(WordList(id="x"))]) is Outcome.PASS
    assert judge_words("随便说说", [Matcher(WordList(id="x", hold=("。。", "+")))]) is Outcome.PASS


@given(st.text(max_size=200))
def test_folding_keeps_its_places(text: str) -> None:
    found = folded(text)
    assert [found.whole[i] for i in found.at] == list(found.text)
    assert folded(found.text).text == found.text


@given(
    st.sampled_from(
        [w for w in (*SHIPPED.hold, *SHIPPED.refuse) if "+" not in w and not w.isascii()]
    ),
    st.sampled_from(["", " ", "·", "—", "\u200b", "🌷", "，"]),
)
def test_every_word_that_comes_with_the_program_is_found(word: str, between: str) -> None:
    assert judge_words(f"各位{between.join(word)}好", [OURS]) is not Outcome.PASS


@pytest.mark.parametrize(
    "text",
    [
        "反诈提醒：警惕刷单返利、校园贷，验证码不要告诉任何人。",
        "这周班费公示：买本子 32 元。",
        "明天下午三点家长会，请准时参加。",
    ],
)
def test_a_warning_is_never_refused(text: str) -> None:
    assert judge_words(text, [OURS]) is not Outcome.REFUSE
