"""What a group is called: by whom it is of, or by what the school calls it."""

from __future__ import annotations

import pytest

from domain.groups import GroupRules, make_group
from domain.schools import School, SchoolClass
from services.group_words import group_name

SCHOOL = School(id="school-a", name="青禾小学")
CLASS = SchoolClass(
    id="class-1", school_id="school-a", name="三年级1班", grade=3, entered=2024, label="1"
)


@pytest.mark.parametrize(
    ("group_id", "classes", "own", "usual", "renamed"),
    [
        ("class:class-1", [CLASS], "三年级1班", "三年级1班 班级群", "向日葵 班级群"),
        ("grade:school-a:y2024", [CLASS], "三年级", "三年级 年级群", "向日葵 年级群"),
        ("research:school-a:2", [], "", "教研群 2", "向日葵"),
        ("staff:school-a", [], "", "全体教师群", "向日葵"),
        ("heads:school-a", [], "", "班主任群", "向日葵"),
        ("committee:school-a", [], "", "家委会", "向日葵"),
    ],
)
def test_a_group_has_one_name(
    group_id: str, classes: list[SchoolClass], own: str, usual: str, renamed: str
) -> None:
    rules = GroupRules(id="school-a")
    group = make_group(group_id, SCHOOL, rules, classes)
    assert (group.name, group_name(group)) == (own, usual)
    named = GroupRules(id="school-a", names=((group_id, "向日葵"),))
    assert group_name(make_group(group_id, SCHOOL, named, classes)) == renamed
