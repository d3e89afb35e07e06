"""A text that goes into a template's field is one that WeChat takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.template_fields import fitted
from simulator.fields import checks_of, find_bad_field

FILLED = ("thing1", "name2", "phrase3", "const4")


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("thing1", "秋季运动会", "秋季运动会"),
        (
            "thing1",
            "一二三四五六七八九十一二三四五六七八九十",
            "一二三四五六七八九十一二三四五六七八九十",
        ),
        (
            "thing1",
            "一二三四五六七八九十一二三四五六七八九十一",
            "一二三四五六七八九十一二三四五六七八九…",
        ),
        ("thing1", "两行\n\t的标题", "两行 的标题"),
        ("thing1", "", "无"),
        ("name2", "古丽米热·阿卜杜热合曼", "古丽米热·阿卜杜热合"),
        ("name2", "Alexander Hamilton Jones", "Alexander Hamilton J"),
        ("phrase3", "绑定未通过（原因）", "绑定未通过"),
        ("time4", "2026年11月28日 20:10", "2026年11月28日 20:10"),
    ],
)
def test_what_a_field_holds(key: str, text: str, expected: str) -> None:
    assert fitted(key, text) == expected


@given(st.sampled_from(FILLED), st.text(max_size=60))
def test_wechat_takes_whatever_a_teacher_wrote(key: str, text: str) -> None:
    checks = checks_of({key: ""})
    assert find_bad_field(checks, {key: {"value": fitted(key, text)}}) == ""
