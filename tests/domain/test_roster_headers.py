"""Where the header stands, and what its columns are."""

from typing import Any

import pytest

from domain.roster_classes import ClassName
from domain.roster_columns import Field, HeaderError, read_header
from tests.domain.rosters import (
    parse,
    parse_sheets,
)


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


def test_titles_above_the_header_and_remarks_below_the_list_are_no_pupils() -> None:
    rows: list[list[Any]] = [["青禾小学三年级二班学生名单"], [], ["姓名", "联系电话"]]
    rows += [["李小明", "13800001234"], ["姓名", "联系电话"], ["王小红", 13900005678]]
    parsed = parse_sheets({"Sheet1": rows})
    assert [(p.name, p.school_class) for p in parsed.pupils] == [
        ("李小明", ClassName(3, "2")),
        ("王小红", ClassName(3, "2")),
    ]
    assert not parsed.problems


def test_a_sheet_may_be_the_class() -> None:
    parsed = parse(["李小明", "13800001234"], header=["姓名", "电话"], sheet="三（2）班")
    assert parsed.pupils[0].school_class == ClassName(3, "2")


TWO_ROWS: list[list[list[Any]]] = [
    [
        ["学号", "姓名", "班级", "父亲", None, "母亲", None, "备注"],
        [None, None, None, "姓名", "电话", "姓名", "手机号", None],
    ],
    [
        ["学生信息", None, None, "父亲信息", None, "母亲信息", None],
        ["学号", "姓名", "班级", "姓名", "电话", "姓名", "手机号"],
    ],
    [
        ["学生", None, None, "父亲", None, "母亲", None],
        ["学号", "姓名", "班级", "姓名", "联系电话", "姓名", "联系电话"],
    ],
    [  # the class is merged downwards: its heading stands in both rows
        ["学号", "姓名", "班级", "父亲", None, "母亲", None],
        ["学号", "姓名", "班级", "姓名", "电话", "姓名", "手机"],
    ],
]


@pytest.mark.parametrize("header", TWO_ROWS, ids=range(len(TWO_ROWS)))
def test_a_header_in_two_rows_is_read_as_one(header: list[list[Any]]) -> None:
    row = ["20230001", "李小明", "三（1）班", "李大海", "13800001234", "王芳", "13900005678"]
    parsed = parse_sheets({"名册": [["青禾小学名册"], *header, row]})
    (pupil,) = parsed.pupils
    assert [(g.phone, g.name, g.relation) for g in pupil.guardians] == [
        ("13800001234", "李大海", "爸爸"),
        ("13900005678", "王芳", "妈妈"),
    ]
    assert (parsed.problems, list(parsed.headers)) == ({}, [2])


def test_a_header_in_two_rows_that_is_repeated_is_no_pupil() -> None:
    row = ["20230001", "李小明", "三（1）班", "李大海", "13800001234", "王芳", "13900005678"]
    parsed = parse_sheets({"名册": [*TWO_ROWS[0], row, *TWO_ROWS[0]]})
    assert (len(parsed.pupils), set(parsed.refused)) == (1, set())


def test_guardians_numbered_above_the_header() -> None:
    above = ["姓名", "班级", "监护人一", None, None, "监护人二", None, None]
    below = [None, None, "姓名", "关系", "电话", "姓名", "关系", "电话"]
    row = ["李小明", "三（1）班", "李大海", "父亲", "13800001234", "王芳", "母亲", "13900005678"]
    (pupil,) = parse_sheets({"名册": [above, below, row]}).pupils
    assert [(g.name, g.relation) for g in pupil.guardians] == [("李大海", "爸爸"), ("王芳", "妈妈")]


def test_the_first_row_of_a_list_is_never_taken_for_a_second_header() -> None:
    header = ["姓名", "班级", "家长姓名", "关系", "电话"]
    for row in (["李小明", "三（1）班", "李大海", "父亲", ""], ["李小明", "三（1）班", "", "", ""]):
        parsed = parse_sheets({"名册": [header, row]})
        assert [p.name for p in parsed.pupils] == ["李小明"]


def test_a_list_of_a_header_alone_is_empty_and_not_headless() -> None:
    parsed = parse_sheets({"名册": [["姓名", "班级"]]})
    assert (parsed.pupils, parsed.headless, parsed.headers) == ([], [], {0: 2})
