"""A list handed in at the console: tried, looked at, ticked, applied; and what happens when a worker dies."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.errors import ConflictError, NotFoundError
from domain.imports import Import, ImportState, Section
from domain.roster_changes import Kind
from services.import_runs import apply_import, try_import
from services.imports import (
    begin_applying,
    drop_import,
    hand_in,
    import_page,
    leave_out,
    open_report,
    tend_imports,
    try_again,
)
from services.roster_files import RosterError
from services.roster_turns import roster_turn
from tests import school_lists as lists
from tests.flows.offices import LI, QINGHE, WANG, ZHANG, Desk
from tests.town import Town


@pytest.fixture
def desk(quiet_town: Town, tmp_path: Path) -> Desk:
    return Desk(quiet_town, tmp_path)


async def names(desk: Desk, handed_in: Import, section: Section) -> list[str]:
    page = await import_page(desk.ctx, handed_in, section, 0)
    return [line.name for line in page.lines] if page else []


async def test_a_list_is_tried_and_nothing_changes_until_it_is_applied(
    desk: Desk, tmp_path: Path
) -> None:
    tried = await desk.tried(LI, WANG, ["", "赵小五", "尖子班", "", "13700002222", ""])
    assert (tried.state, tried.is_open, tried.found.counts[Section.NEW]) == ("ready", False, 2)
    assert (await desk.everything())["students"] == []
    assert await names(desk, tried, Section.NEW) == ["李小明", "王小红"]
    page = await import_page(desk.ctx, tried, Section.REFUSED, 0)
    assert page is not None
    assert [(line.name, line.row, "尖子" in line.text) for line in page.lines] == [
        ("赵小五", 4, False)
    ]
    file, content = await open_report(desk.ctx, desk.post, tried.id)
    path = tmp_path / file.name
    path.write_bytes(b"".join([piece async for piece in content]))
    sheet = load_workbook(path).worksheets[0]
    assert [row[6] for row in sheet.iter_rows(values_only=True)] == [
        "结果",
        "新生",
        "新生",
        "未导入",
    ]
    done = await desk.applied(tried)
    assert (done.state, done.written, done.problem) == ("done", 2, "")
    assert len((await desk.everything())["students"]) == 2


async def test_only_what_was_ticked_is_written_to_the_last_pupil(desk: Desk) -> None:
    await desk.applied(await desk.tried(LI, WANG, ZHANG))
    moved = [[*row[:2], "三（3）班", *row[3:]] for row in (LI, WANG)]
    phone = [*ZHANG[:4], "13700009999", ""]
    tried = await desk.tried(*moved, phone)
    page = await import_page(desk.ctx, tried, Section.MOVED, 0)
    assert page is not None
    shown = [line.student_id for line in page.lines]
    wang = next(line.student_id for line in page.lines if line.name == "王小红")
    left_out = await leave_out(desk.ctx, desk.post, tried.id, shown, set(shown) - {wang})
    assert left_out.without == (wang,)
    await begin_applying(desk.ctx, desk.post, tried.id, [Kind.MOVED], sure=False)
    await apply_import(desk.ctx, tried.id)
    state = await desk.everything()
    classes = {c["_id"]: c["name"] for c in state["classes"]}
    assert {s["name"]: classes[s["class_id"]] for s in state["students"]} == {
        "李小明": "三年级三班",
        "王小红": "三年级一班",
        "张三丰": "三年级二班",
    }
    assert (await desk.lines())["张三丰"].phone_last4 == "1111"


async def test_what_was_shown_is_what_is_applied(desk: Desk) -> None:
    await desk.applied(await desk.tried(LI, WANG))
    first = await desk.tried(LI, [*WANG[:4], "13900001111", ""])
    second = await desk.tried(LI, [*WANG[:4], "13900002222", ""])
    await desk.applied(second)
    before = await desk.everything()
    refused = await desk.applied(first)
    assert (refused.state, refused.problem) == ("failed", "changed")
    assert await desk.everything() == before
    await try_again(desk.ctx, desk.post, first.id)
    await try_import(desk.ctx, first.id)
    assert (await desk.applied(await desk.look(first))).written == 1
    assert (await desk.lines())["王小红"].phone_last4 == "1111"


async def test_another_change_that_has_nothing_to_do_with_it_does_not_matter(desk: Desk) -> None:
    await desk.applied(await desk.tried(LI, WANG, ZHANG))
    tried = await desk.tried(LI, [*WANG[:4], "13900001111", ""])
    line = (await desk.lines())["张三丰"]
    await desk.ctx.stores.schools.save_contacts([replace(line, relation="爷爷")])
    assert (await desk.applied(tried)).state is ImportState.DONE


async def test_half_a_school_gone_is_asked_about_twice(desk: Desk) -> None:
    rows = [[*(row := lists.clean(n))[:4], row[lists.PHONE], ""] for n in range(45)]
    await desk.applied(await desk.tried(*rows))
    tried = await desk.tried(rows[0])
    assert tried.found.many_left
    before = await desk.everything()
    with pytest.raises(ConflictError) as refused:
        await desk.applied(tried, sure=False)
    assert refused.value.code == "not_sure"
    assert (await desk.everything(), (await desk.look(tried)).state) == (before, "ready")
    assert (await desk.applied(tried, sure=True)).written == 44


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff picture \0\0", b"PK\x03\x04 broken"])
async def test_what_is_no_list_is_not_stored(desk: Desk, content: bytes) -> None:
    await desk.ctx.stores.schools.save_school(QINGHE)
    desk.file.write_bytes(content)
    with pytest.raises(RosterError):
        await hand_in(desk.ctx, desk.post, "名册.xlsx", desk.file)
    database = desk.ctx.stores.database
    assert await database["imports"].count_documents({}) == 0
    assert await database["files"].count_documents({}) == 0


async def test_a_file_that_cannot_be_followed_says_why(desk: Desk) -> None:
    tried = await desk.tried()
    assert (tried.state, tried.problem, tried.is_open) == ("ready", "", False)
    lists.write_xlsx(desk.file, [["没有", "表头"], ["一", "二"]])
    handed_in = await hand_in(desk.ctx, desk.post, "a.xlsx", desk.file)
    await try_import(desk.ctx, handed_in.id)
    failed = await desk.look(handed_in)
    assert (failed.state, failed.problem) == ("failed", "no_header")


async def test_another_school_sees_nothing_of_it(desk: Desk) -> None:
    tried = await desk.tried(LI)
    other = replace(desk.post, school=replace(QINGHE, id="other"))
    for act in (
        lambda: leave_out(desk.ctx, other, tried.id, [], []),
        lambda: begin_applying(desk.ctx, other, tried.id, [Kind.NEW], sure=True),
        lambda: drop_import(desk.ctx, other, tried.id),
        lambda: try_again(desk.ctx, other, tried.id),
        lambda: open_report(desk.ctx, other, tried.id),
    ):
        with pytest.raises(NotFoundError):
            await act()
    assert await desk.look(tried) == tried


class DyingError(Exception):
    """The worker dies here."""


@pytest.mark.parametrize("at", ["read_all", "compare_stored", "apply_roster"])
async def test_a_worker_that_dies_is_followed_by_another(
    desk: Desk, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = await desk.tried(LI, WANG)

    async def die(*_: Any) -> None:
        raise DyingError

    await begin_applying(desk.ctx, desk.post, tried.id, [Kind.NEW], sure=False)
    with monkeypatch.context() as patch:
        patch.setattr(f"services.import_runs.{at}", die)
        with pytest.raises(DyingError):
            await apply_import(desk.ctx, tried.id)
    held = await desk.look(tried)
    assert (held.state, held.is_open, held.tries) == ("applying", True, 1)
    await apply_import(desk.ctx, tried.id)
    assert (await desk.look(tried)).state is ImportState.DONE
    assert len((await desk.everything())["students"]) == 2


async def test_a_run_that_died_in_the_middle_of_writing_is_finished_not_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = await desk.tried(LI, WANG, ZHANG)
    monkeypatch.setattr("services.roster_writing._PUPILS_AT_ONCE", 1)
    saved, schools = 0, desk.ctx.stores.schools
    save = schools.save_students

    async def dying(students: Any) -> None:
        nonlocal saved
        saved += 1
        if saved == 2:
            raise DyingError
        await save(students)

    await begin_applying(desk.ctx, desk.post, tried.id, [Kind.NEW], sure=False)
    with monkeypatch.context() as patch:
        patch.setattr(schools, "save_students", dying)
        with pytest.raises(DyingError):
            await apply_import(desk.ctx, tried.id)
    assert len((await desk.everything())["students"]) == 1
    await apply_import(desk.ctx, tried.id)
    assert (await desk.look(tried)).state is ImportState.DONE
    assert len((await desk.everything())["students"]) == 3


async def test_what_no_worker_is_at_is_queued_again_and_given_up_in_the_end(desk: Desk) -> None:
    handed_in = await desk.hand_in(LI)
    queued: list[str] = []

    async def enqueue(name: str, payload: Any, **_: Any) -> None:
        queued.append(payload["import_id"])

    later = replace(
        desk.ctx, enqueue=enqueue, now=lambda: handed_in.created_at + timedelta(minutes=2)
    )
    await tend_imports(replace(later, now=lambda: handed_in.created_at))
    assert queued == []
    await tend_imports(later)
    assert queued == [handed_in.id]
    await desk.ctx.stores.database["imports"].update_one(
        {"_id": handed_in.id}, {"$set": {"tries": 3}}
    )
    await tend_imports(later)
    given_up = await desk.look(handed_in)
    assert (queued, given_up.state, given_up.problem) == ([handed_in.id], "failed", "broken")


async def test_a_second_list_waits_for_the_first(desk: Desk) -> None:
    handed_in = await desk.hand_in(LI)
    async with roster_turn(desk.ctx, "qinghe", "王老师"):
        await try_import(desk.ctx, handed_in.id)
        waiting = await desk.look(handed_in)
    assert (waiting.state, waiting.phase, "王老师" in waiting.detail) == ("trying", "waiting", True)
    await try_import(desk.ctx, handed_in.id)
    assert (await desk.look(handed_in)).state is ImportState.READY


async def test_after_a_month_or_when_dropped_nothing_of_any_pupil_is_kept(desk: Desk) -> None:
    kept, dropped = await desk.tried(LI, WANG), await desk.tried(LI)
    await drop_import(desk.ctx, desk.post, dropped.id)
    later = replace(desk.ctx, now=lambda: kept.created_at + timedelta(days=31))
    database = desk.ctx.stores.database
    assert await database["import_pages"].count_documents({}) > 0
    await tend_imports(later)
    for name in ("import_pages", "files", "blobs.files", "blobs.chunks"):
        assert await database[name].count_documents({}) == 0
    assert [(await desk.look(i)).files_gone for i in (kept, dropped)] == [True, True]
    assert (await desk.look(kept)).found.counts[Section.NEW] == 2
