"""Checking the log: what was changed, taken out or written anew past the program is found, by hand and by itself."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pymongo.database import Database

from domain.audit import Act, Break, Damage
from domain.errors import NotFoundError
from services import audit
from services.audit import verify_chains, verify_newest
from services.audit_command import parse_remembered, run_verify
from services.context import Context
from tests.domain.test_audit import a_note
from tests.programs import command
from tests.services.test_audit import ANNA, note
from tests.services.test_audit import ctx as ctx
from tests.storage.conftest import at_once

Verify = Callable[..., Awaitable[tuple[int, str, str]]]


@pytest.fixture
def behind(mongodb_client: Any, database_name: str) -> Database[dict[str, Any]]:
    """The database past the program."""
    found: Database[dict[str, Any]] = mongodb_client[database_name]
    return found


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
