"""Files as they come: any bytes are a list or a clear refusal, the report says what becomes of each row."""

import io
import stat
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from domain.roster_changes import Diff, Kind, Stored
from domain.roster_classes import SchoolYear
from domain.roster_diff import compare
from domain.roster_parsed import Parsed, Reason
from domain.roster_sheets import ListReader
from domain.rosters import RosterParser
from domain.stages import Stage
from services import roster_words as words
from services.roster_command import parse_only
from services.roster_files import RosterError, read_rows
from services.roster_report import Reported, write_report, write_template
from tests import school_lists as lists

YEAR = SchoolYear(2026, frozenset({Stage.PRIMARY}))


def parsed_file(path: Path) -> Parsed:
    parser = RosterParser(YEAR)
    reader, sheet = ListReader.of_school(parser), None
    for row in read_rows(path):
        if row.sheet != sheet:
            sheet = row.sheet
            reader.open_sheet(sheet)
        reader.feed(row.number, row.cells)
    reader.close_sheet()
    return parser.finish()


def report_of(path: Path, target: Path) -> tuple[Parsed, Diff]:
    parsed = parsed_file(path)
    diff = compare("school-a", Stored(), parsed, YEAR)
    said = Reported()
    said.add(parsed, diff, {})
    write_report(path, target, said)
    return parsed, diff


def book(path: Path, *rows: list[Any], merge: str = "", title: str = "名册") -> Path:
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if merge:
        sheet.merge_cells(merge)
    made.save(path)
    return path


def reported(path: Path, tmp_path: Path) -> tuple[list[list[Any]], Parsed, Diff]:
    target = tmp_path / "report.xlsx"
    parsed, diff = report_of(path, target)
    sheet = load_workbook(target).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)], parsed, diff


def refusal_of(path: Path) -> str:
    with pytest.raises(RosterError) as refused:
        list(read_rows(path))
    return refused.value.code


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "utf-8", "utf-8-sig", "utf-16"])
def test_a_csv_is_read_in_whatever_encoding_schools_use(encoding: str, tmp_path: Path) -> None:
    path = lists.write_csv(tmp_path / "a.csv", list(lists.rows(50)), encoding)
    parsed = parsed_file(path)
    assert [p.name for p in parsed.pupils] == [lists.pupil_name(n) for n in range(50)]


def test_excel_and_csv_say_the_same(tmp_path: Path) -> None:
    dirt = [k for k in lists.DIRT if k not in ("date for a name", "phone as a number")]
    rows = list(lists.rows(400, dirt))
    excel = parsed_file(lists.write_xlsx(tmp_path / "a.xlsx", rows))
    text = parsed_file(lists.write_csv(tmp_path / "a.csv", rows))
    assert excel.pupils == text.pupils
    assert set(excel.refused) == set(text.refused)


def test_a_class_merged_downwards_is_every_rows(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["姓名", "班级", "电话"], ["李小明", "三（1）班", "13800001234"]]
    rows += [["王小红", None, "13900005678"], ["张三丰", None, "13700001111"]]
    path = book(tmp_path / "a.xlsx", *rows, merge="B2:B3")
    parsed = parsed_file(path)
    assert [p.name for p in parsed.pupils] == ["李小明", "王小红"]
    assert parsed.problems[3][0].reason is Reason.MISSING  # the fourth is not merged: not guessed


def test_a_formula_without_result_is_not_taken_for_an_empty_cell(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        ["姓名", "班级", "电话"],
        ["李小明", "三（1）班", '="138"&"00001234"'],
    )
    parsed = parsed_file(path)
    assert parsed.problems[1][0].reason is Reason.FORMULA
    assert parsed.pupils[0].sure is False


def test_a_sheet_for_each_class_and_hidden_ones_unread(tmp_path: Path) -> None:
    made = Workbook()
    for number, sheet in enumerate([made.worksheets[0], *map(made.create_sheet, "xy")], start=1):
        sheet.title = f"三（{number}）班"
        sheet.append(["姓名", "电话"])
        sheet.append([f"李小{'一二三'[number - 1]}", f"1380000000{number}"])
    made.worksheets[2].sheet_state = "hidden"
    made.create_sheet("说明").append(["填写说明"])
    made.save(tmp_path / "a.xlsx")
    parsed = parsed_file(tmp_path / "a.xlsx")
    assert [p.school_class.label for p in parsed.pupils] == ["1", "2"]
    assert parsed.headless == ["说明"]


# ------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_excel"),
        (b"PK\x03\x04 and nothing", "unreadable"),
        (b"\xff\xff\xff\xff", "not_a_table"),
        (b"a\0b", "not_a_table"),
        (b"\xff\xfea", "not_a_table"),
    ],
)
def test_what_is_no_list_is_refused_by_name(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    assert refusal_of(path) == code


def test_a_file_that_unpacks_to_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", b"a" * (130 * 1024 * 1024))
    assert path.stat().st_size < 1024 * 1024
    assert refusal_of(path) == "too_large"


def test_a_missing_file_is_a_refusal_too(tmp_path: Path) -> None:
    assert refusal_of(tmp_path / "none.xlsx") == "no_file"


def _good() -> bytes:
    content = io.BytesIO()
    made = Workbook()
    made.worksheets[0].append(["姓名", "班级", "电话"])
    made.worksheets[0].append(["李小明", "三（1）班", "13800001234"])
    made.save(content)
    return content.getvalue()


GOOD = _good()


@settings(
    max_examples=200,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.one_of(
        st.binary(max_size=600),
        st.text(max_size=300).map(lambda t: ("姓名,班级,电话\n" + t).encode("utf-8", "ignore")),
        st.tuples(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40)).map(
            lambda cut: GOOD[: cut[0]] + cut[1] + GOOD[cut[0] + len(cut[1]) :]
        ),
        st.integers(0, len(GOOD)).map(lambda end: GOOD[:end]),
    )
)
@example(b"\xfe\xff")
@example(b'"')
@example("姓名,班级\n=1+1,@三1班".encode())
def test_any_bytes_are_a_report_or_a_clear_refusal(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)
    refused = ""
    try:
        _, parsed, diff = reported(path, tmp_path)
    except RosterError as error:
        refused = words.error_text(error.code, error.detail)
    assert refused or len(diff.changes) <= len(parsed.pupils)


# --------------------------------------------------------------------------------------- report


def test_the_report_has_each_row_as_it_was_and_beside_it_what_becomes_of_it(tmp_path: Path) -> None:
    path = book(
        tmp_path / "a.xlsx",
        ["青禾小学学生名册"],
        [],
        ["姓名", "班级", "电话", "备注"],
        ["李小明", "三（1）班", "13800001234"],
        ["王小红", "尖子班", "1.38E+10", "走读"],
        ["张三丰", "三（1）班", "1.38E+10"],
    )
    rows, parsed, _ = reported(path, tmp_path)
    assert rows[2][:6] == ["姓名", "班级", "电话", "备注", *words.REPORT_HEADINGS]
    assert rows[3][:5] == ["李小明", "三（1）班", "13800001234", None, "新生"]
    assert rows[4][:5] == ["王小红", "尖子班", "1.38E+10", "走读", "未导入"]
    assert rows[4][5] == "班级" + words.REASONS[Reason.CLASS_UNCLEAR]
    assert rows[5][4:6] == ["新生", "电话" + words.REASONS[Reason.DIGITS_LOST]]
    assert stat.S_IMODE((tmp_path / "report.xlsx").stat().st_mode) == 0o600
    assert set(parsed.refused) == {3}


def test_nothing_in_the_report_is_calculated(tmp_path: Path) -> None:
    bad = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)"]
    path = lists.write_csv(
        tmp_path / "a.csv", [["姓名", "班级", "电话"], *([text] * 3 for text in bad)]
    )
    target = tmp_path / "report.xlsx"
    report_of(path, target)
    cells = [c for row in load_workbook(target).worksheets[0].iter_rows() for c in row if c.value]
    assert {c.data_type for c in cells} == {"s"}
    assert not [c.value for c in cells if str(c.value).startswith(("=", "+", "-", "@"))]


def test_a_report_that_cannot_be_written_is_a_refusal(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ["姓名", "班级"])
    with pytest.raises(RosterError) as refused:
        report_of(path, tmp_path / "none" / "r.xlsx")
    assert refused.value.code == "no_report"


def test_the_template_is_read_as_it_was_meant(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    parsed = parsed_file(tmp_path / "t.xlsx")
    (pupil,) = parsed.pupils
    assert (pupil.name, pupil.school_class.name, pupil.code) == (
        words.TEMPLATE_EXAMPLE[1],
        words.TEMPLATE_EXAMPLE[2],
        words.TEMPLATE_EXAMPLE[0],
    )
    assert [(g.phone, g.name, g.relation) for g in pupil.guardians] == [
        ("13800001234", "李大海", "爸爸"),
        ("13900005678", "王芳", "妈妈"),
    ]
    assert not parsed.problems


def test_every_reason_and_kind_has_its_words() -> None:
    assert set(words.REASONS) == set(Reason)
    assert set(words.KINDS) == set(Kind)


def test_what_is_ticked_is_read_and_else_refused() -> None:
    assert parse_only("new, phone") == frozenset({Kind.NEW, Kind.PHONE})
    assert parse_only(None) is None
    with pytest.raises(RosterError):
        parse_only("new,all")
