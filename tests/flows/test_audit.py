"""Taking in a list is in the log: that it was tried, that it was done, which file, how many; of no child anything."""

import hashlib
from dataclasses import replace
from pathlib import Path

from domain.audit import OPERATOR, Act, Entry
from domain.roster_changes import Kind
from services.audit import Wanted, audit_page
from services.rosters import Wish, import_roster
from tests import school_lists as lists
from tests.town import Town

ROWS = [
    ["学号", "姓名", "班级", "家长姓名", "电话"],
    ["20230001", "李小明", "三（1）班", "李大海", "13800001234"],
    ["20230002", "王小红", "三（1）班", "王强", "13900005678"],
]


async def entries_of(town: Town) -> tuple[Entry, ...]:
    """Oldest first."""
    return (await audit_page(town.ctx, "qinghe", Wanted())).entries[::-1]


async def test_a_list_that_is_tried_and_then_taken_in_is_noted_twice(
    town: Town, tmp_path: Path
) -> None:
    file = tmp_path / "list.xlsx"
    lists.write_xlsx(file, ROWS)
    wish = Wish(file=file, school_id="qinghe", school_name="青禾小学")
    await import_roster(town.ctx, wish)
    await import_roster(town.ctx, replace(wish, apply=True, only=frozenset({Kind.NEW})))
    tried, done = await entries_of(town)
    assert (tried.act, tried.actor) == (Act.ROSTER_TRIED, OPERATOR)
    assert (done.act, done.actor) == (Act.ROSTER_IMPORTED, OPERATOR)
    after = done.after or {}
    assert after["file_sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (after["new"], after["refused"]) == (2, 0)
    assert "left" not in after  # not ticked
    whole = f"{tried}{done}"
    assert [word for word in ("李小明", "王强", "13800001234", "20230001") if word in whole] == []
