"""One phone on two families binds nobody, until a person has settled it."""

from dataclasses import replace

import pytest

from domain.roster_changes import Kind, Stored
from domain.roster_parsed import Reason
from domain.schools import Contact
from tests.domain.rosters import (
    LI,
    WANG,
    counts,
    parse,
    reasons,
    taken_in,
)


def test_one_phone_on_children_of_two_families_is_kept_out_of_binding() -> None:
    parsed = parse(
        ["20230001", "李小明", "三（1）班", "李大海", "13800001234"],
        ["20230002", "王小红", "三（2）班", "王芳", "13800001234"],
    )
    assert [p.quarantine for p in parsed.pupils] == [{"13800001234"}] * 2
    assert reasons(parsed) == [(1, Reason.SHARED_PHONE), (2, Reason.SHARED_PHONE)]
    diff, after = taken_in(Stored(), parsed)
    lines = [line for some in after.contacts.values() for line in some]
    assert [line.quarantine for line in lines] == [True, True]
    assert diff.quarantined == 2


@pytest.mark.parametrize(
    ("other", "guardian"), [("李小红", "王芳"), ("王小红", "李大海")], ids=["surname", "guardian"]
)
def test_siblings_are_accepted(other: str, guardian: str) -> None:
    parsed = parse(
        ["20230001", "李小明", "三（1）班", "李大海", "13800001234"],
        ["20230002", other, "一（2）班", guardian, "13800001234"],
    )
    assert [p.quarantine for p in parsed.pupils] == [frozenset()] * 2
    assert not parsed.problems


def test_a_phone_on_a_whole_class_is_no_familys() -> None:
    parsed = parse(
        *(
            ["2023000" + str(n), f"李小{g}", "三（1）班", "", "13800001234"]
            for n, g in enumerate("一二三四五")
        )
    )
    assert all(p.quarantine for p in parsed.pupils)


# What a person has settled stands on the lines, and holds for these children alone.
CHEN = ["20230003", "陈海", "三（2）班", "刘梅", "13800001234"]
SHARED = [[*WANG[:3], "王芳", "13800001234"], [*LI[:4], "13800001234"]]


def lines_of(stored: Stored) -> dict[str, Contact]:
    """The only line of each pupil, by name."""
    return {some[0].student_name: some[0] for some in stored.contacts.values() if some}


def settled(stored: Stored, siblings: tuple[str, ...] = (), apart: tuple[str, ...] = ()) -> Stored:
    """What a person's decision leaves behind: the lines are open, and remember (names stand for pupils)."""
    ids = {line.student_name: line.student_id for line in lines_of(stored).values()}

    def others(line: Contact, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(ids[name] for name in names if name != line.student_name)

    def open_line(line: Contact) -> Contact:
        return replace(
            line,
            quarantine=False,
            quarantine_group="",
            siblings=others(line, siblings),
            apart=others(line, apart),
        )

    contacts = {student: list(map(open_line, some)) for student, some in stored.contacts.items()}
    return Stored(stored.classes, stored.students, contacts)


def test_lines_that_share_a_phone_are_one_group_which_stays_the_same() -> None:
    other = ["20230004", "赵小五", "三（1）班", "赵云", "13700002222"]
    strange = ["20230005", "孙小六", "三（2）班", "孙武", "13700002222"]
    _, stored = taken_in(Stored(), parse(*SHARED, other, strange), seed="first")
    lines = lines_of(stored)
    groups = {name: line.quarantine_group for name, line in lines.items()}
    assert groups["李小明"] == groups["王小红"] != groups["赵小五"] == groups["孙小六"]
    assert all(groups.values())
    again, same = taken_in(stored, parse(*SHARED, other, strange), seed="second")
    assert (again.changes, same) == ([], stored)
    _, joined = taken_in(stored, parse(*SHARED, other, strange, CHEN), seed="third")
    assert lines_of(joined)["陈海"].quarantine_group == groups["李小明"]


def test_siblings_whom_a_person_confirmed_are_not_asked_about_again() -> None:
    _, stored = taken_in(Stored(), parse(*SHARED))
    stored = settled(stored, siblings=("李小明", "王小红"))
    parsed = parse(*SHARED)
    again, same = taken_in(stored, parsed)
    assert (again.changes, again.quarantined, reasons(parsed)) == ([], 0, [])
    assert same == stored


def test_another_child_under_a_settled_phone_is_asked_about_with_all_of_them() -> None:
    _, stored = taken_in(Stored(), parse(*SHARED))
    stored = settled(stored, siblings=("李小明", "王小红"))
    diff, after = taken_in(stored, parse(*SHARED, CHEN))
    assert diff.quarantined == 3
    assert all(line.quarantine for line in lines_of(after).values())
    corrected, once_more = taken_in(after, parse(*SHARED, [*CHEN[:4], "13700009999"]))
    assert (corrected.quarantined, counts(corrected)) == (0, {Kind.PHONE: 3})
    assert not any(line.quarantine for line in lines_of(once_more).values())


def test_a_phone_that_a_person_gave_to_one_child_is_not_the_others_again() -> None:
    _, stored = taken_in(Stored(), parse(*SHARED))
    kept = settled(stored, apart=("李小明", "王小红"))
    wang = lines_of(kept)["王小红"].student_id
    kept.contacts[wang] = []
    parsed = parse(*SHARED)
    again, same = taken_in(kept, parsed)
    assert (again.changes, again.quarantined) == ([], 0)
    assert same == kept
    assert reasons(parsed) == [(1, Reason.PHONE_OF_ANOTHER)]


def test_a_list_of_one_class_does_not_open_what_another_class_shares() -> None:
    rows = [[*LI[:4], "13800001234"], CHEN]
    _, stored = taken_in(Stored(), parse(*rows))
    alone, same = taken_in(stored, parse(rows[0]))
    assert (alone.changes, same) == ([], stored)
    assert lines_of(same)["李小明"].quarantine


def test_once_the_other_child_has_left_the_line_is_open_at_once() -> None:
    rows = [[*LI[:4], "13800001234"], [*WANG[:4], "13800001234"]]
    _, stored = taken_in(Stored(), parse(*rows))
    diff, after = taken_in(stored, parse(rows[0]))
    assert counts(diff) == {Kind.LEFT: 1, Kind.PHONE: 1}
    assert not lines_of(after)["李小明"].quarantine
    assert taken_in(after, parse(rows[0]))[0].changes == []


def test_a_phone_shared_with_a_row_that_could_not_be_read_stays_closed() -> None:
    _, stored = taken_in(Stored(), parse(*SHARED))
    stored = settled(stored, siblings=("李小明", "王小红"))
    twice = [["20230009", "陈海", "三（1）班", "", "13800001234"]]
    twice.append(["20230009", "周山", "三（1）班", "", "13700001111"])
    diff, _ = taken_in(stored, parse(*SHARED, *twice))
    assert diff.quarantined == 2
