"""Lists row by row: what is read, what is refused and why, who is who, and what a new list would change."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.names import folded_name
from domain.roster_cells import CellError, Guardian, guardians_in, name_of
from domain.roster_classes import ClassError, ClassName, SchoolYear, read_class
from domain.roster_columns import Field, HeaderError, read_header
from domain.roster_diff import Diff, Kind, Stored, compare, writes_of
from domain.roster_parsed import Parsed, Reason
from domain.rosters import RosterParser
from domain.stages import Stage
from tests import school_lists as lists

YEAR = SchoolYear(2026, frozenset({Stage.PRIMARY}))
HEADER = ["学号", "姓名", "班级", "家长姓名", "联系电话"]
ALL = frozenset(Kind)


def parse(*rows: list[Any], header: list[Any] = HEADER, sheet: str = "名册") -> Parsed:
    parser = RosterParser(YEAR, "青禾小学")
    parser.open_sheet(sheet)
    for number, row in enumerate([header, *rows], start=1):
        parser.feed(number, row)
    return parser.finish()


def reasons(parsed: Parsed) -> list[tuple[int, Reason]]:
    return [(place, p.reason) for place, some in sorted(parsed.problems.items()) for p in some]


def taken_in(stored: Stored, parsed: Parsed, only: frozenset[Kind] = ALL) -> tuple[Diff, Stored]:
    """The roster after a list was applied, without any database."""
    diff = compare("school-a", stored, parsed, YEAR)
    after = Stored(
        [*stored.classes, *diff.classes.values()],
        dict(stored.students),
        {student: list(lines) for student, lines in stored.contacts.items()},
    )
    for change in diff.changes:
        writes = writes_of(change, only)
        held = {line.id: line for line in after.contacts.get(change.after.id, [])}
        held |= {line.id: line for line in writes.put_lines}
        for line in writes.drop_lines:
            held.pop(line.id, None)
        after.contacts[change.after.id] = list(held.values())
        if writes.student:
            left_at = datetime(2026, 9, 1, tzinfo=UTC) if writes.ends_all else None
            after.students[change.after.id] = replace(writes.student, left_at=left_at)
    return diff, after


def counts(diff: Diff) -> dict[Kind, int]:
    return {kind: diff.count(kind) for kind in Kind if diff.count(kind)}


# ------------------------------------------------------------------------------------- classes


@pytest.mark.parametrize(
    "text",
    [
        *(
            "三年级二班",
            "三年级2班",
            "三（2）班",
            "三(二)班",
            "三2班",
            "三二班",
            "三年2班",
            "3年2班",
        ),
        *("3.2", "3-2", "３．２", "302", "0302", "2024级2班", "24级02班", " 三 （2） 班 "),
        *("小学三年级(2)班", "青禾小学三年级二班", "第一小学三（2）班"),
    ],
)
def test_every_usual_spelling_of_a_class_is_one_class(text: str) -> None:
    found = read_class(text, grade=None, year=YEAR)
    assert (found, found.name) == (ClassName(3, "2"), "三年级二班")


@pytest.mark.parametrize(
    ("text", "grade", "name"),
    [
        ("初一(2)班", None, "七年级二班"),
        ("初2025级3班", None, "八年级三班"),
        ("高三（12）班", None, "高三年级十二班"),
        ("三年级向日葵班", None, "三年级向日葵班"),
        ("三（a）班", None, "三年级A班"),
        ("二班", 3, "三年级二班"),
        ("2", 3, "三年级二班"),
        ("三（11）班", 3, "三年级十一班"),
    ],
)
def test_other_classes(text: str, grade: int | None, name: str) -> None:
    assert read_class(text, grade=grade, year=YEAR).name == name


@pytest.mark.parametrize(
    ("text", "grade", "code"),
    [
        ("2班", None, "class_unclear"),
        ("三年级", None, "class_unclear"),
        ("三十一班", None, "class_two_ways"),
        ("三（2）班", 4, "grade_differs"),
        ("2019级2班", None, "class_unclear"),
        ("0年级2班", None, "class_unclear"),
        ("", None, "class_unclear"),
    ],
)
def test_what_could_be_another_class_is_not_guessed(
    text: str, grade: int | None, code: str
) -> None:
    with pytest.raises(ClassError) as refused:
        read_class(text, grade=grade, year=YEAR)
    assert refused.value.code == code


def test_a_year_of_entry_needs_a_stage() -> None:
    with pytest.raises(ClassError) as refused:
        read_class("2024级2班", grade=None, year=SchoolYear(2026))
    assert refused.value.code == "stage_unknown"


@given(st.integers(1, 12), st.integers(1, 99))
def test_the_name_of_a_class_is_read_as_that_class(grade: int, number: int) -> None:
    name = ClassName(grade, str(number))
    assert read_class(name.name, grade=None, year=YEAR) == name


# -------------------------------------------------------------------------------------- cells


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (
            "张三 13800001234；李四 13900005678",
            [("13800001234", "张三", ""), ("13900005678", "李四", "")],
        ),
        (
            "爸爸:13800001234 妈妈:13900005678",
            [("13800001234", "", "爸爸"), ("13900005678", "", "妈妈")],
        ),
        ("13800001234/13900005678", [("13800001234", "", ""), ("13900005678", "", "")]),
        ("13800001234 13900005678", [("13800001234", "", ""), ("13900005678", "", "")]),
        ("张三（父亲）138-0000-1234", [("13800001234", "张三", "爸爸")]),
        ("+86 138 0000 1234", [("13800001234", "", "")]),
        ("１３８００００１２３４", [("13800001234", "", "")]),
        ("1.3800001234E+10", [("13800001234", "", "")]),
        (13800001234, [("13800001234", "", "")]),
        (13800001234.0, [("13800001234", "", "")]),
        ("", []),
    ],
)
def test_phones_and_whose_they_are(cell: Any, found: list[tuple[str, str, str]]) -> None:
    assert list(guardians_in(cell)) == [Guardian(*one) for one in found]


@pytest.mark.parametrize("cell", ["1.38E+10", "1.380000123E+10", 13800000000, 1.38e10])
def test_lost_digits_are_refused(cell: Any) -> None:
    def read() -> None:
        for found in guardians_in(cell):
            if isinstance(found, CellError):
                raise found

    with pytest.raises(CellError) as refused:
        read()
    assert refused.value.code == "digits_lost"


def test_a_number_too_short_beside_a_good_one_is_told() -> None:
    found = list(guardians_in("13800001234；1390000567"))
    assert found[0] == Guardian("13800001234")
    assert isinstance(found[1], CellError)
    assert found[1].code == "not_a_mobile"


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (" 李　小明 ", "李小明"),
        ("\ufeff李\u200b小明\x07", "李小明"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("Anna  Li", "Anna Li"),
    ],
)
def test_names_are_cleaned(cell: str, name: str) -> None:
    assert name_of(cell) == name


@given(st.one_of(st.text(), st.integers(), st.floats(), st.datetimes(), st.booleans(), st.none()))
def test_any_cell_is_read_or_refused(cell: Any) -> None:
    row = [cell] * 5
    parsed = parse(row)
    assert len(parsed.pupils) + len(parsed.refused) <= 1


# ------------------------------------------------------------------------------------- header


def test_headings_are_recognised_by_synonyms() -> None:
    header = ["序号", "学 号", "学生姓名（必填）", "性别", "所在班级", "家长1姓名", "家长1手机号"]
    header += ["父亲电话", "母亲手机号码", "第二监护人姓名", "与学生关系", "手机", "班主任电话"]
    columns = read_header(header)
    assert columns is not None
    assert [(c.index, c.field, c.group) for c in columns] == [
        (1, Field.CODE, ""),
        (2, Field.NAME, ""),
        (4, Field.CLASS, ""),
        (5, Field.GUARDIAN, "1"),
        (6, Field.PHONE, "1"),
        (7, Field.PHONE, "爸爸"),
        (8, Field.PHONE, "妈妈"),
        (9, Field.GUARDIAN, "2"),
        (10, Field.RELATION, ""),
        (11, Field.PHONE, ""),
    ]


def test_a_title_is_no_header_and_a_twofold_one_is_refused() -> None:
    assert read_header(["青禾小学三年级二班学生名单", None]) is None
    with pytest.raises(HeaderError):
        read_header(["姓名", "班级", "姓名", "电话"])


# --------------------------------------------------------------------------------------- rows


def test_titles_above_the_header_and_remarks_below_the_list_are_no_pupils() -> None:
    parser = RosterParser(YEAR)
    parser.open_sheet("Sheet1")
    rows: list[list[Any]] = [["青禾小学三年级二班学生名单"], [], ["姓名", "联系电话"]]
    rows += [["李小明", "13800001234"], ["姓名", "联系电话"], ["王小红", 13900005678]]
    for number, row in enumerate(rows, start=1):
        parser.feed(number, row)
    parsed = parser.finish()
    assert [(p.name, p.school_class) for p in parsed.pupils] == [
        ("李小明", ClassName(3, "2")),
        ("王小红", ClassName(3, "2")),
    ]
    assert not parsed.problems


def test_a_sheet_may_be_the_class() -> None:
    parsed = parse(["李小明", "13800001234"], header=["姓名", "电话"], sheet="三（2）班")
    assert parsed.pupils[0].school_class == ClassName(3, "2")


@pytest.mark.parametrize("kind", lists.HARMLESS)
def test_harmless_dirt_changes_nothing(kind: str) -> None:
    numbers = range(0, 540, 27)
    read = parse(*(lists.HARMLESS[kind](lists.clean(n)) for n in numbers), header=lists.HEADER)
    wanted = parse(*(lists.clean(n) for n in numbers), header=lists.HEADER)
    assert not read.refused
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
    assert parsed.refused == {2}
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
    assert ([p.name for p in parsed.pupils], parsed.refused) == (["王小红"], {1})
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
    assert parsed.refused == {1, 2}


# --------------------------------------------------------------------------------- quarantine


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


# --------------------------------------------------------------------------------------- diff

LI = ["20230001", "李小明", "三（1）班", "李大海", "13800001234"]
WANG = ["20230002", "王小红", "三（1）班", "王芳", "13900005678"]


def test_the_same_list_twice_changes_nothing() -> None:
    first, stored = taken_in(Stored(), parse(LI, WANG))
    again, same = taken_in(stored, parse(LI, WANG))
    assert counts(first) == {Kind.NEW: 2}
    assert (again.changes, again.classes, again.unchanged) == ([], {}, 2)
    assert same == stored


def test_who_came_moved_left_and_has_another_phone() -> None:
    _, stored = taken_in(
        Stored(), parse(LI, WANG, ["20230003", "张三丰", "三（1）班", "", "13700001111"])
    )
    moved = [*LI[:2], "三（2）班", *LI[3:]]
    phone = [*WANG[:4], "13900009999"]
    new = ["20230004", "赵小五", "三（1）班", "", "13700002222"]
    diff, after = taken_in(stored, parse(moved, phone, new))
    assert counts(diff) == {Kind.NEW: 1, Kind.MOVED: 1, Kind.LEFT: 1, Kind.PHONE: 1}
    by_name = {s.name: s for s in after.students.values()}
    assert by_name["张三丰"].left_at is not None
    assert after.contacts[by_name["张三丰"].id] == []
    assert [c.phone_last4 for c in after.contacts[by_name["王小红"].id]] == ["9999"]
    li = by_name["李小明"]
    assert {c.class_id for c in after.contacts[li.id]} == {li.class_id}
    assert taken_in(after, parse(moved, phone, new))[0].changes == []


@pytest.mark.parametrize("kind", Kind)
def test_only_what_is_ticked_is_written(kind: Kind) -> None:
    _, stored = taken_in(
        Stored(), parse(LI, WANG, ["20230003", "张三丰", "三（1）班", "", "13700001111"])
    )
    wished = parse(
        [*LI[:2], "三（2）班", *LI[3:4], "13800007777"],
        [*WANG[:4], "13900009999"],
        ["20230004", "赵小五", "三（1）班", "", "13700002222"],
    )
    _, after = taken_in(stored, wished, frozenset({kind}))
    rest = compare("school-a", after, wished, YEAR)
    whole = compare("school-a", stored, wished, YEAR)
    assert counts(rest) == {k: n for k, n in counts(whole).items() if k is not kind}


def test_nobody_has_left_because_their_row_could_not_be_read() -> None:
    _, stored = taken_in(Stored(), parse(LI, WANG))
    broken = [LI[0], LI[1], "尖子班", *LI[3:]]
    diff, _ = taken_in(stored, parse(broken, WANG))
    assert (counts(diff), diff.spared) == ({}, 1)
    nameless = [None, None, "三（1）班", "李大海", "13800001234"]
    diff, _ = taken_in(stored, parse(nameless, WANG))
    assert counts(diff) == {}


def test_classes_that_the_list_does_not_name_stay_as_they_are() -> None:
    _, stored = taken_in(Stored(), parse(LI, [*WANG[:2], "四（1）班", *WANG[3:]]))
    diff, _ = taken_in(stored, parse(LI))
    assert (counts(diff), diff.untouched_classes) == ({}, ["四年级一班"])


def test_a_phone_that_cannot_be_read_removes_no_line() -> None:
    _, stored = taken_in(Stored(), parse(LI))
    for cell in ("1.38E+10", "", None):
        diff, _ = taken_in(stored, parse([*LI[:4], cell]))
        assert counts(diff) == {}


def test_a_number_that_was_another_childs_is_not_taken() -> None:
    _, stored = taken_in(Stored(), parse(LI))
    other = parse([LI[0], "王小红", "三（1）班", "王芳", "13900005678"])
    diff, after = taken_in(stored, other)
    assert (counts(diff), reasons(other)) == ({}, [(1, Reason.CODE_OF_ANOTHER)])
    assert after == stored
    corrected, _ = taken_in(stored, parse([LI[0], "李晓明", *LI[2:]]))
    assert counts(corrected) == {Kind.MOVED: 1}


def test_a_pupil_who_comes_back_is_the_same_child() -> None:
    _, stored = taken_in(Stored(), parse(LI, WANG))
    _, without = taken_in(stored, parse(WANG))
    diff, again = taken_in(without, parse(LI, WANG))
    assert counts(diff) == {Kind.NEW: 1}
    assert again.students == stored.students


def test_a_child_without_number_gets_one_and_stays_the_same() -> None:
    _, stored = taken_in(Stored(), parse(["", *LI[1:]]))
    diff, after = taken_in(stored, parse(LI))
    assert counts(diff) == {Kind.MOVED: 1}
    assert after.students.keys() == stored.students.keys()
    assert compare("school-a", after, parse(["", *LI[1:]]), YEAR).changes == []


def test_two_rows_that_could_both_be_a_stored_child_are_both_refused() -> None:
    _, stored = taken_in(Stored(), parse(["", *LI[1:]]))
    two = [LI, ["20230009", *LI[1:]]]
    for _ in range(2):
        parsed = parse(*two)
        diff, stored = taken_in(stored, parsed)
        assert (counts(diff), parsed.refused) == ({}, {1, 2})


PEOPLE = st.tuples(
    st.sampled_from(["", "20230001", "20230002", "20230003", "7"]),
    st.sampled_from(["李小明", "王小红", "李　小红", "", "张三丰"]),
    st.sampled_from(["三（1）班", "三2班", "302", "尖子班", ""]),
    st.sampled_from(["李大海", "王芳", ""]),
    st.sampled_from(["13800001234", "13900005678", "1.38E+10", "", "13800001234；13700001111"]),
).map(list)


@settings(max_examples=300)
@given(st.lists(st.lists(PEOPLE, max_size=6), max_size=4))
def test_any_lists_one_after_the_other_each_twice_is_each_once(
    files: list[list[list[Any]]],
) -> None:
    stored = Stored()
    for rows in files:
        _, stored = taken_in(stored, parse(*rows))
        again, same = taken_in(stored, parse(*rows))
        assert again.changes == []
        assert same == stored
        assert open_to_two_families(stored, rows) == set()


def open_to_two_families(stored: Stored, rows: list[list[Any]]) -> set[tuple[str, str]]:
    """Names and digits that could bind although the file has the phone on two families."""
    parsed = parse(*rows)
    compare("school-a", stored, parsed, YEAR)
    closed = {
        (folded_name(p.name), phone[-4:])
        for p in parsed.pupils
        for phone in p.quarantine
        if not parsed.refused & set(p.places)
    }
    lines = [line for some in stored.contacts.values() for line in some]
    return closed - {(line.student_name, line.phone_last4) for line in lines if line.quarantine}
