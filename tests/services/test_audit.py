"""Noting, looking through, exporting and checking what staff did."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.audit import Act, Actor, Entry
from domain.bindings import EndReason
from domain.errors import InvalidError
from services import audit, audit_export, audit_words
from services.audit import AuditPage, Wanted, audit_page, note_act
from services.audit_export import Telling, export_audit
from services.context import Context
from storage.stores import Stores
from tests.domain.samples import NOW
from tests.domain.test_audit import TEACHER
from tests.storage.conftest import opened

DAY = timedelta(days=1)
ANNA = TEACHER
BO = replace(TEACHER, person_id="teacher-2", post_id="post-2")


@dataclass
class Desk:
    """A context of which the log needs the stores and the clock alone."""

    stores: Stores
    at: datetime = NOW

    def now(self) -> datetime:
        """As the test says."""
        return self.at


@pytest.fixture
async def ctx(mongodb_uri: str, redis_url: str, database_name: str) -> AsyncIterator[Any]:
    async with opened(mongodb_uri, redis_url, database_name) as stores:
        await stores.ensure_indexes()
        yield Desk(stores)


async def note(ctx: Context, number: int, actor: Actor = ANNA, **changes: Any) -> Entry:
    return await note_act(
        ctx,
        actor,
        changes.get("act", Act.BINDING_ENDED),
        subject=("binding", changes.get("subject_id", f"binding-{number}")),
        before={"state": EndReason.OTHER},
    )


async def test_of_a_person_the_log_holds_ids_and_traces(ctx: Context) -> None:
    entry = await note_act(
        ctx,
        ANNA,
        Act.PUPIL_EDITED,
        subject=("pupil", "pupil-1"),
        before={"name": "李小明", "phone": "13800001234", "seat": 4},
        after={"name": "李晓明", "remark": "妈妈说写错了", "reason": EndReason.WRONG},
    )
    assert entry.before == {"name": "李*", "phone": "*34", "seat": 4}
    assert entry.after == {"name": "李*", "remark": "[6]", "reason": "wrong"}
    assert (entry.chain, entry.actor, entry.at) == ("school-a", ANNA, NOW)


async def test_an_act_stands_in_the_chain_of_the_place_it_is_about(ctx: Context) -> None:
    district = replace(ANNA, place_id="330106")
    entry = await note_act(
        ctx, district, Act.APPOINTMENT_GRANTED, subject=("appointment", "a"), place="school-b"
    )
    assert (entry.chain, entry.actor.place_id) == ("school-b", "330106")
    assert (await audit_page(ctx, "school-b", Wanted())).entries == (entry,)
    assert (await audit_page(ctx, "330106", Wanted())).entries == ()


# --------------------------------------------------------------------------------------- pages


async def pages(ctx: Context, wanted: Wanted, limit: int) -> list[AuditPage]:
    found = [await audit_page(ctx, "school-a", wanted, limit=limit)]
    while found[-1].older is not None:
        found.append(await audit_page(ctx, "school-a", wanted, before=found[-1].older, limit=limit))
    return found


async def a_year(ctx: Any) -> list[Entry]:
    """Forty acts over a year, by two teachers, on three bindings."""
    entries = []
    for n in range(40):
        ctx.at = NOW - (40 - n) * 9 * DAY
        act = Act.CLAIM_APPROVED if n % 4 == 0 else Act.BINDING_ENDED
        actor = BO if n % 5 == 0 else ANNA
        entries.append(await note(ctx, n, actor, act=act, subject_id=f"binding-{n % 3}"))
    ctx.at = NOW
    return entries


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(),
        Wanted(act=Act.CLAIM_APPROVED),
        Wanted(person_id=BO.person_id),
        Wanted(subject_id="binding-1"),
        Wanted(person_id=BO.person_id, act=Act.CLAIM_APPROVED),
        Wanted(person_id=BO.person_id, act=Act.CLAIM_APPROVED, subject_id="binding-2"),
        Wanted(since=NOW - 100 * DAY, until=NOW - 30 * DAY),
        Wanted(since=NOW - 90 * DAY, until=NOW - 18 * DAY, act=Act.BINDING_ENDED),
        Wanted(person_id="nobody"),
    ],
    ids=str,
)
@pytest.mark.parametrize("limit", [1, 3, 20, 100])
async def test_pages_hold_what_is_wanted_once_and_newest_first(
    ctx: Context, wanted: Wanted, limit: int
) -> None:
    entries = await a_year(ctx)
    found = await pages(ctx, wanted, limit)
    expected = [entry for entry in entries[::-1] if wanted.fits(entry)]
    assert [entry for page in found for entry in page.entries] == expected
    assert all(len(page.entries) <= limit for page in found)


async def test_a_page_looks_through_a_bounded_number_of_entries(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_year(ctx)
    monkeypatch.setattr(audit, "_ROUNDS", 2)
    wanted = Wanted(person_id=ANNA.person_id, act=Act.SIGNED_IN)
    page = await audit_page(ctx, "school-a", wanted, limit=3)
    assert page.entries == ()
    assert page.older is not None
    assert [e for p in await pages(ctx, wanted, 3) for e in p.entries] == []


@pytest.mark.parametrize("before", ["", "x", "1:2", "00001792000000:", "9" * 400])
async def test_a_page_that_begins_nowhere_is_refused(ctx: Context, before: str) -> None:
    with pytest.raises(InvalidError) as refused:
        await audit_page(ctx, "school-a", Wanted(), before=before)
    assert set(refused.value.fields) == {"before"}


@pytest.mark.parametrize("year", [1, 1969, 9999])
async def test_a_time_that_cannot_be_is_refused(ctx: Context, year: int) -> None:
    at = datetime(year, 1, 1, tzinfo=UTC)
    for wanted in (Wanted(since=at), Wanted(until=at)):
        with pytest.raises(InvalidError):
            await audit_page(ctx, "school-a", wanted)
        with pytest.raises(InvalidError):
            await export_audit(ctx, ANNA, "school-a", wanted)
    assert (await audit_page(ctx, "school-a", Wanted())).entries == ()


# -------------------------------------------------------------------------------------- export


async def exported(ctx: Context, wanted: Wanted, **more: Any) -> list[list[Any]]:
    pieces = await export_audit(ctx, BO, "school-a", wanted, **more)
    content = b"".join([piece async for piece in pieces])
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


async def test_the_file_has_a_row_an_entry_and_is_itself_an_act(ctx: Context) -> None:
    entries = await a_year(ctx)
    rows = await exported(ctx, Wanted(), telling=Telling(role=lambda role: f"<{role}>"))
    assert rows[0] == [heading for heading, _ in audit_words.HEADINGS]
    assert [row[0] for row in rows[1:]] == [41, *(e.seq for e in entries[::-1])]
    assert rows[1][6] == "导出操作记录"
    assert rows[2][1:12] == [
        "2026-11-13 10:00:00",
        "teacher-1",
        "<head_teacher>",
        "post-1",
        "::1",
        "解除绑定",
        "绑定",
        "binding-0",
        "state=other",
        None,
        entries[-1].hash,
    ]
    newest = (await audit_page(ctx, "school-a", Wanted())).entries[0]
    assert (newest.act, newest.actor) == (Act.AUDIT_EXPORTED, BO)


async def test_the_file_holds_what_was_asked_for(ctx: Context) -> None:
    entries = await a_year(ctx)
    wanted = Wanted(since=NOW - 200 * DAY, until=NOW - 50 * DAY, act=Act.CLAIM_APPROVED)
    rows = await exported(ctx, wanted)
    assert [row[0] for row in rows[1:]] == [e.seq for e in entries[::-1] if wanted.fits(e)]
    assert len(rows) > 3


async def test_a_file_that_would_be_too_long_says_so(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_year(ctx)
    monkeypatch.setattr(audit_export, "ROW_LIMIT", 5)
    rows = await exported(ctx, Wanted())
    assert len(rows) == 7
    assert rows[-1][0] == "只导出了最近的 5 条，更早的请分段导出"


async def test_nothing_in_the_file_is_calculated(ctx: Context) -> None:
    await note(ctx, 1, subject_id="=1+1")
    rows = await exported(ctx, Wanted())
    assert rows[2][8] == "'=1+1"


def test_every_act_has_a_word() -> None:
    assert set(audit_words.ACTS) == set(Act)
    assert len(set(audit_words.ACTS.values())) == len(Act)
    assert audit_words.subject_text("something_new") == "something_new"
    assert (
        audit_words.fields_text({"a": None, "b": True, "c": False, "d": 3})
        == "a=—；b=是；c=否；d=3"
    )
