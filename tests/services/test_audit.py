"""Noting, looking through, exporting and checking what staff did."""

import io
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from pymongo.database import Database

from domain.audit import Act, Actor, Break, Damage, Entry
from domain.bindings import EndReason
from domain.errors import InvalidError, NotFoundError
from services import audit, audit_export, audit_words
from services.audit import AuditPage, Wanted, audit_page, note_act, verify_chains, verify_newest
from services.audit_command import parse_remembered, run_verify
from services.audit_export import Telling, export_audit
from services.context import Context
from storage.stores import Stores
from tests.domain.samples import NOW
from tests.domain.test_audit import TEACHER, a_note
from tests.programs import command
from tests.storage.conftest import at_once, opened

Verify = Callable[..., Awaitable[tuple[int, str, str]]]

ROOT = Path(__file__).parent.parent.parent
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


@pytest.fixture
def behind(mongodb_client: Any, database_name: str) -> Database[dict[str, Any]]:
    """The database past the program."""
    found: Database[dict[str, Any]] = mongodb_client[database_name]
    return found


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


# -------------------------------------------------------------------------------------- verify


async def test_every_chain_is_checked_to_its_end(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_WINDOW", 3)
    await at_once(
        *(
            ctx.stores.audit.append(a_note(n, chain=chain))
            for n, chain in enumerate(["school-a"] * 8 + ["330106"] * 3)
        )
    )
    told: list[tuple[str, int, int]] = []
    reports = [r async for r in verify_chains(ctx, tell=lambda *step: told.append(step))]
    heads = await ctx.stores.audit.heads()
    assert [(r.chain, r.count, r.hash, r.broken) for r in reports] == [
        ("330106", 3, heads["330106"].hash, None),
        ("school-a", 8, heads["school-a"].hash, None),
    ]
    assert ("school-a", 6, 8) in told
    assert [r.chain async for r in verify_chains(ctx, place="school-a")] == ["school-a"]
    with pytest.raises(NotFoundError):
        [r async for r in verify_chains(ctx, place="scool-a")]


@pytest.mark.parametrize(
    ("gone", "broken"),
    [
        ([1], Break(1, Damage.MISSING)),
        ([5], Break(5, Damage.MISSING)),
        ([3, 4, 5, 6, 7, 8, 9], Break(3, Damage.MISSING)),  # more than one look's worth
        ([9, 10], Break(9, Damage.CUT)),
        ([*range(1, 11)], Break(1, Damage.CUT)),
    ],
    ids=str,
)
async def test_what_was_taken_out_is_missed(
    ctx: Context,
    behind: Database[dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    gone: list[int],
    broken: Break,
) -> None:
    monkeypatch.setattr(audit, "_WINDOW", 3)
    for number in range(10):
        await note(ctx, number)
    behind["audit"].delete_many({"seq": {"$in": gone}})
    (report,) = [r async for r in verify_chains(ctx)]
    assert (report.broken, report.count) == (broken, broken.seq - 1)


async def test_a_chain_is_checked_when_its_head_is_gone(
    ctx: Context, behind: Database[dict[str, Any]]
) -> None:
    for number in range(4):
        await note(ctx, number)
    behind["audit_heads"].delete_many({})
    behind["audit"].update_one({"seq": 3}, {"$set": {"subject_id": "other"}})
    (report,) = [r async for r in verify_chains(ctx)]
    assert report.broken == Break(3, Damage.CHANGED)


async def said_of(ctx: Context, *lines: str, place: str = "") -> tuple[bool, list[str]]:
    said: list[str] = []
    whole = await run_verify(ctx, place, lines, said.append, lambda _: None)
    return whole, said


async def test_who_kept_what_an_earlier_run_said_finds_a_chain_that_was_written_anew(
    ctx: Context, behind: Database[dict[str, Any]]
) -> None:
    for number in range(4):
        await note(ctx, number)
    whole, kept = await said_of(ctx)
    assert whole
    await note(ctx, 5)
    assert await said_of(ctx, *kept, "another word") == (True, (await said_of(ctx))[1])
    for name in ("audit", "audit_heads"):
        behind[name].delete_many({})
    for number in range(6):
        await note(ctx, number, act=Act.SIGNED_IN)
    assert (await said_of(ctx))[0]
    whole, said = await said_of(ctx, *kept)
    assert not whole
    assert said[0].endswith("BROKEN: school-a:000000000004 is rewritten")
    for name in ("audit", "audit_heads"):
        behind[name].delete_many({})
    whole, said = await said_of(ctx, *kept)
    assert not whole
    assert said[0].endswith("BROKEN: school-a:000000000001 is cut")


def test_of_a_broken_chain_what_was_whole_is_remembered() -> None:
    digest = "ab" * 32
    lines = [
        f"school-a: 3 entries, head 3:{digest} whole",
        f"school-a: 7 entries, head 7:{digest} BROKEN: school-a:000000000008 is changed",
        f"school-b: 0 entries, head 0:{digest} whole",
        "school-c: 3 entries, head 3:xyz whole",
    ]
    assert {c: [h.seq for h in heads] for c, heads in parse_remembered(lines).items()} == {
        "school-a": [3, 7]
    }


# ------------------------------------------------------------------------------------- command


@pytest.fixture
def verify(mongodb_uri: str, redis_url: str, database_name: str) -> Verify:
    """`main.py verify-audit …` on this test's database."""
    stores = {"mongodb_uri": mongodb_uri, "redis_url": redis_url, "database": database_name}
    return partial(command, "verify-audit", **stores)


async def test_the_command_names_the_entry_that_was_tampered_with(
    ctx: Context,
    behind: Database[dict[str, Any]],
    verify: Verify,
    tmp_path: Path,
) -> None:
    for number in range(5):
        await note(ctx, number)
    await note(ctx, 1, replace(ANNA, place_id="school-b"))
    code, said, told = await verify()
    head = await ctx.stores.audit.head("school-a")
    assert head is not None
    assert code == 0
    assert said.splitlines()[0] == f"school-a: 5 entries, head 5:{head.hash} whole"
    assert "school-a: 5 of 5" in told
    kept = tmp_path / "kept"
    kept.write_text(said)
    behind["audit"].update_one({"_id": "school-a:000000000004"}, {"$set": {"subject_id": "x"}})
    code, said, told = await verify("--against", str(kept))
    assert code == 1
    assert "BROKEN: school-a:000000000004 is changed" in said
    assert "school-b: 1 entries" in said
    assert "Traceback" not in told
    assert await said_of(ctx, place="nowhere") == (False, ["nowhere: has no entries"])
    assert (await said_of(ctx, place="school-b"))[0]
    code, _, told = await verify("--against", str(tmp_path / "none"))
    assert (code, "cannot read" in told) == (2, True)


async def test_the_newest_entries_are_checked_by_themselves(ctx: Context) -> None:
    for number in range(12):
        await note(ctx, number)
    report = await verify_newest(ctx, "school-a", 5)
    assert (report.count, report.broken) == (5, None)
    entries = ctx.stores.database["audit"]
    await entries.update_one({"seq": 3}, {"$set": {"actor.role": "office"}})
    assert (await verify_newest(ctx, "school-a", 5)).broken is None  # older than that
    await entries.update_one({"seq": 9}, {"$set": {"actor.role": "office"}})
    report = await verify_newest(ctx, "school-a", 5)
    assert (report.count, report.broken) == (1, Break(9, Damage.CHANGED))
    await entries.delete_one({"seq": 9})
    assert (await verify_newest(ctx, "school-a", 5)).broken == Break(9, Damage.MISSING)


async def test_a_short_chain_is_checked_whole_and_none_is_no_error(ctx: Context) -> None:
    assert (await verify_newest(ctx, "school-a", 5)).count == 0
    await note(ctx, 1)
    assert (await verify_newest(ctx, "school-a", 5)).count == 1
    await ctx.stores.database["audit"].delete_many({})
    assert (await verify_newest(ctx, "school-a", 5)).broken == Break(1, Damage.CUT)
