"""One file with the lists of many schools: each row to its own school, and none by guessing."""

from collections.abc import Callable, Mapping
from typing import Any

from domain.roster_changes import Kind, Stored
from domain.roster_diff import compare
from domain.roster_parsed import Parsed, Reason
from domain.roster_sheets import DistrictLists
from domain.rosters import RosterParser
from domain.schools import School
from tests.domain.rosters import YEAR, parse, reasons, taken_in

QINGHE, YUNSHAN = School(id="qh01", name="青禾小学"), School(id="ys02", name="云杉小学")
HEADER = ["学校", "学号", "姓名", "班级", "联系电话"]
LI = ["青禾小学", "20230001", "李小明", "三（1）班", "13800001234"]
WANG = ["云杉小学", "20230001", "王小红", "三（1）班", "13900005678"]


def read(
    sheets: Mapping[str, list[list[Any]]], found: Callable[[str], School] | None = None
) -> tuple[DistrictLists, Mapping[str, Parsed]]:
    lists = DistrictLists([QINGHE, YUNSHAN], lambda school: RosterParser(YEAR), found)
    for title, rows in sheets.items():
        lists.reader.open_sheet(title)
        for number, row in enumerate(rows, start=1):
            lists.reader.feed(number, row)
    return lists, lists.finish()


def names(parsed: Mapping[str, Parsed]) -> dict[str, list[str]]:
    return {school: [p.name for p in one.pupils] for school, one in parsed.items()}


def test_each_row_goes_to_the_school_it_names() -> None:
    _, parsed = read(
        {"全区": [["某区学生名册"], HEADER, LI, WANG, [*LI[:1], "2", "赵一", "三1班"]]}
    )
    assert names(parsed) == {"qh01": ["李小明", "赵一"], "ys02": ["王小红"]}
    assert parsed["qh01"].pupils[1].row == 5


def test_a_school_is_known_by_its_code_too() -> None:
    _, parsed = read({"全区": [HEADER, ["qh01", *LI[1:]]]})
    assert names(parsed) == {"qh01": ["李小明"]}


def test_one_sheet_a_school() -> None:
    header, rows = HEADER[1:], [LI[1:]]
    _, parsed = read(
        {
            "青禾小学": [header, *rows],
            "Sheet2": [["云杉小学2026年名册"], header, WANG[1:]],
            "汇总": [header, *rows],
        }
    )
    assert names(parsed) == {"qh01": ["李小明"], "ys02": ["王小红"]}


def test_rows_of_schools_that_nobody_knows_are_refused_one_by_one() -> None:
    lists, parsed = read({"全区": [HEADER, LI, ["山外小学", *WANG[1:]], ["", *WANG[1:]]]})
    assert names(parsed) == {"qh01": ["李小明"]}
    assert reasons(lists.reader.common) == [(2, Reason.UNKNOWN_SCHOOL), (3, Reason.MISSING)]
    assert set(lists.reader.common.refused) == {2, 3}


def test_a_school_may_be_founded_where_that_was_asked_for() -> None:
    lists, parsed = read(
        {"全区": [HEADER, ["山外小学", *WANG[1:]], ["山外小学", "3", "赵一", "三1班"], LI]},
        lambda name: School(id=f"new-{name}", name=name),
    )
    assert names(parsed) == {"new-山外小学": ["王小红", "赵一"], "qh01": ["李小明"]}
    assert lists.schools["new-山外小学"].name == "山外小学"


def test_nobody_has_left_whose_row_names_no_school() -> None:
    _, stored = taken_in(Stored(), parse(["1", "李小明", "三（1）班"], ["2", "赵一", "三（1）班"]))
    for row in (["", "20230009", "李小明", "三（1）班"], ["", "", "", "三（1）班", "13800001234"]):
        _, parsed = read({"全区": [HEADER, ["青禾小学", "2", "赵一", "三（1）班"], row]})
        diff = compare("school-a", stored, parsed["qh01"], YEAR)
        assert (diff.count(Kind.LEFT), diff.spared) == (0, 1)
