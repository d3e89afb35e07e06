"""Lists for tests: rows in, what they say out; and a roster that is kept without any database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from domain.roster_changes import EVERYTHING, Diff, Kind, Stored, writes_of
from domain.roster_classes import SchoolYear
from domain.roster_diff import compare
from domain.roster_parsed import Parsed, Reason
from domain.roster_sheets import ListReader
from domain.rosters import RosterParser
from domain.stages import Stage

YEAR = SchoolYear(2026, frozenset({Stage.PRIMARY}))
HEADER = ["学号", "姓名", "班级", "家长姓名", "联系电话"]
LI = ["20230001", "李小明", "三（1）班", "李大海", "13800001234"]
WANG = ["20230002", "王小红", "三（1）班", "王芳", "13900005678"]


def parse(*rows: list[Any], header: list[Any] | None = None, sheet: str = "名册") -> Parsed:
    """What a list of these rows says."""
    return parse_sheets({sheet: [HEADER if header is None else header, *rows]})


def parse_sheets(sheets: dict[str, list[list[Any]]]) -> Parsed:
    """What a file of these sheets says."""
    parser = RosterParser(YEAR, "青禾小学")
    reader = ListReader.of_school(parser)
    for title, rows in sheets.items():
        reader.open_sheet(title)
        for number, row in enumerate(rows, start=1):
            reader.feed(number, row)
    reader.close_sheet()
    return parser.finish()


def reasons(parsed: Parsed) -> list[tuple[int, Reason]]:
    """Each reason, and the place it stands at."""
    return [(place, p.reason) for place, some in sorted(parsed.problems.items()) for p in some]


def taken_in(
    stored: Stored,
    parsed: Parsed,
    only: frozenset[Kind] = EVERYTHING,
    *,
    year: SchoolYear = YEAR,
    seed: str = "seed",
) -> tuple[Diff, Stored]:
    """The roster after a list was applied, without any database."""
    diff = compare("school-a", stored, parsed, year, seed)
    filled = {c.id: c for c in diff.filled}
    after = Stored(
        [*(filled.get(c.id, c) for c in stored.classes), *diff.classes.values()],
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
    """How many pupils each kind of change happens to; kinds without any are left out."""
    return {kind: diff.count(kind) for kind in Kind if diff.count(kind)}
