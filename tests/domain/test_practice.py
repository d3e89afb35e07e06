"""Which practice belongs to a mistake: that of its point, and a chapter is one however it is typed."""

import pytest

from domain.practice import Practice, is_of
from tests.domain.samples import NOW


@pytest.mark.parametrize(
    ("subject", "knowledge", "belongs"),
    [
        ("maths", "第三单元 分数", True),
        ("maths", "第３单元分数", True),
        ("maths", "第三单元", False),
        ("chinese", "第3单元 分数", False),
        ("maths", "", False),
    ],
)
def test_a_mistakes_practice_is_that_of_its_chapter(
    subject: str, knowledge: str, belongs: bool
) -> None:
    link = Practice(
        id="p",
        school_id="s",
        class_id="c",
        subject="maths",
        point="第 3 单元 分数",
        title="练一练",
        address="https://basic.smartedu.cn/practice",
        created_at=NOW,
    )
    assert is_of(link, subject, knowledge) is belongs
