"""Lists row by row: what is read, what is refused and why."""

import pytest

from domain.roster_parsed import Reason
from tests import school_lists as lists
from tests.domain.rosters import (
    parse,
    reasons,
)


@pytest.mark.parametrize("kind", lists.HARMLESS)
def test_harmless_dirt_changes_nothing(kind: str) -> None:
    numbers = range(0, 540, 27)
    read = parse(*(lists.HARMLESS[kind](lists.clean(n)) for n in numbers), header=lists.HEADER)
    wanted = parse(*(lists.clean(n) for n in numbers), header=lists.HEADER)
    assert not set(read.refused)
    assert [(p.name, p.school_class, p.code) for p in read.pupils] == [
        (p.name, p.school_class, p.code) for p in wanted.pupils
    ]
    assert [{g.phone for g in p.guardians} for p in read.pupils] == [
        {g.phone for g in p.guardians} for p in wanted.pupils
    ]


@pytest.mark.parametrize("kind", lists.REFUSED)
def test_refused_dirt_says_why_and_leaves_the_others(kind: str) -> None:
    parsed = parse(
        lists.clean(0), lists.REFUSED[kind](lists.clean(1)), lists.clean(2), header=lists.HEADER
    )
    assert [p.name for p in parsed.pupils] == [lists.pupil_name(0), lists.pupil_name(2)]
    assert set(parsed.refused) == {2}
    assert len(parsed.problems[2]) == 1


def test_a_short_number_is_a_seat_and_tells_nobody_apart() -> None:
    parsed = parse(
        ["7", "李小明", "三（1）班", "", "13800001234"],
        ["7", "王小红", "三（2）班", "", "13900005678"],
    )
    assert [(p.seat, p.code) for p in parsed.pupils] == [(7, ""), (7, "")]


def test_a_seat_and_a_number_may_stand_side_by_side() -> None:
    header = ["学号", "学籍号", "姓名", "班级"]
    parsed = parse(["7", "20230001", "李小明", "三（1）班"], header=header)
    assert (parsed.pupils[0].seat, parsed.pupils[0].code) == (7, "20230001")


def test_a_tenth_class_that_excel_cut_to_a_first_is_not_guessed() -> None:
    ninth = ["", "王小红", 3.9, "", "13900005678"]
    parsed = parse(["", "李小明", 3.1, "", "13800001234"], ninth)
    assert ([p.name for p in parsed.pupils], set(parsed.refused)) == (["王小红"], {1})
    assert reasons(parsed) == [(1, Reason.CLASS_TWO_WAYS)]
    assert len(parse(["", "李小明", 3.1, "", "13800001234"]).pupils) == 1
    tenth = ["", "张三丰", "3.10", "", "13700001111"]
    assert len(parse(["", "李小明", "3.1", "", "13800001234"], ninth, tenth).pupils) == 3


def test_of_a_number_that_may_be_an_identity_number_only_the_end_is_kept() -> None:
    parsed = parse(["G110101201801011234", "李小明", "三（1）班", "", "13800001234"])
    assert parsed.pupils[0].code == "011234·李小明"


def test_two_of_one_name_in_a_class_without_numbers_are_both_reported() -> None:
    parsed = parse(
        ["", "李小明", "三（1）班", "", "13800001234"],
        ["", "李小明", "三（1）班", "", "13900005678"],
    )
    assert parsed.pupils == []
    assert reasons(parsed) == [(1, Reason.NAMESAKES), (2, Reason.NAMESAKES)]
    with_numbers = parse(
        ["20230001", "李小明", "三（1）班", "", "13800001234"],
        ["20230002", "李小明", "三（1）班", "", "13900005678"],
    )
    assert len(with_numbers.pupils) == 2


def test_a_row_a_guardian_is_one_pupil() -> None:
    parsed = parse(
        ["20230001", "李小明", "三（1）班", "李大海", "13800001234"],
        ["20230001", "李小明", "三（1）班", "王芳", "13900005678"],
    )
    (pupil,) = parsed.pupils
    assert {g.phone for g in pupil.guardians} == {"13800001234", "13900005678"}
    assert reasons(parsed) == [(2, Reason.REPEATED)]


def test_one_number_on_two_children_refuses_both() -> None:
    parsed = parse(
        ["20230001", "李小明", "三（1）班", "", "13800001234"],
        ["20230001", "王小红", "三（1）班", "", "13900005678"],
    )
    assert parsed.pupils == []
    assert set(parsed.refused) == {1, 2}
