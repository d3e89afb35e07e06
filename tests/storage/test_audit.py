"""The audit log under many hands: no number twice, no gap, and what dies in between heals."""

import inspect
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pymongo.database import Database

from domain.audit import (
    Act,
    Break,
    Damage,
    Entry,
    Head,
    chained,
    entry_id,
    entry_position,
    verify,
)
from domain.errors import ConflictError
from storage import audit
from storage.audit import AuditStore
from storage.documents import to_document
from storage.stores import Stores
from tests.domain.samples import NOW
from tests.domain.test_audit import a_note
from tests.storage.conftest import at_once

DAY = timedelta(days=1)


async def everything(stores: Stores, chain: str = "school-a") -> list[Entry]:
    found = await stores.audit.stretch(chain, 1, 10_000)
    return [entry for entry in found if entry is not None]


async def test_an_entry_is_kept_as_it_was_entered(stores: Stores) -> None:
    first = await stores.audit.append(a_note(1))
    second = await stores.audit.append(a_note(2, before=None, after={"name": "李*", "ended": True}))
    assert first == chained(a_note(1), None)
    assert await everything(stores) == [first, second]
    assert await stores.audit.head("school-a") == Head(2, second.hash)


async def test_fifty_acts_at_once_in_two_processes_make_one_chain(
    stores: Stores, twin: Stores
) -> None:
    entered = await at_once(
        *(some.audit.append(a_note(n)) for n, some in enumerate([stores, twin] * 25))
    )
    entries = await everything(stores)
    assert [e.seq for e in entries] == list(range(1, 51))
    assert sorted(entered, key=lambda e: e.seq) == entries
    assert {e.subject_id for e in entries} == {a_note(n).subject_id for n in range(50)}
    head = await twin.audit.head("school-a")
    assert head == Head(50, entries[-1].hash)
    assert verify("school-a", entries, [head]) is None


async def test_every_place_has_a_chain_of_its_own(stores: Stores) -> None:
    await at_once(
        *(
            stores.audit.append(a_note(n, chain=chain))
            for n, chain in enumerate(["school-a", "school-b", "@installation"] * 3)
        )
    )
    heads = await stores.audit.heads()
    assert await stores.audit.chains() == sorted(heads) == ["@installation", "school-a", "school-b"]
    for chain, head in heads.items():
        entries = await everything(stores, chain)
        assert [e.seq for e in entries] == [1, 2, 3]
        assert verify(chain, entries, [head]) is None


async def test_a_chain_goes_on_when_its_head_was_not_written(
    stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    first = await stores.audit.append(a_note(1))
    for number in range(2, 6):
        await stores.audit.append(a_note(number))
    old = f"{1:012d}:{first.hash}"
    behind["audit_heads"].update_one({"_id": "school-a"}, {"$set": {"head": old}})
    await stores.audit.append(a_note(6))
    behind["audit_heads"].delete_one({"_id": "school-a"})
    await stores.audit.append(a_note(7))
    entries = await everything(stores)
    assert [e.seq for e in entries] == list(range(1, 8))
    head = await stores.audit.head("school-a")
    assert head == Head(7, entries[-1].hash)
    assert verify("school-a", entries, [head]) is None


async def test_a_head_that_comes_late_changes_nothing(stores: Stores) -> None:
    first = await stores.audit.append(a_note(1))
    second = await stores.audit.append(a_note(2))
    await stores.audit._advance("school-a", first)
    assert await stores.audit.head("school-a") == Head(2, second.hash)


async def test_an_end_that_was_cut_off_is_not_filled_up_again(
    stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    for number in range(1, 6):
        await stores.audit.append(a_note(number))
    behind["audit"].delete_many({"seq": {"$gte": 4}})
    entry = await stores.audit.append(a_note(6))
    assert entry.seq == 6
    assert verify("school-a", await everything(stores)) == Break(4, Damage.MISSING)


@pytest.mark.parametrize(
    "change",
    [
        {"$set": {"subject_id": "other"}},
        {"$set": {"before.state": "ended"}},
        {"$set": {"before": {}}},
        {"$unset": {"after": 1}},
        {"$set": {"position": "00000000000001:000000000001"}},  # hidden from the newest
        {"$set": {"seq": "1"}},
        {"$set": {"act": "nothing_known"}},
        {"$set": {"at": "long ago"}},
        {"$set": {"actor.person_id": "other"}},
        {"$set": {"note": "added"}},
    ],
    ids=str,
)
async def test_whatever_is_changed_behind_its_back_is_found(
    change: dict[str, Any], stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    whole = await stores.audit.append(a_note(1))
    behind["audit"].update_one({"_id": whole.id}, change)
    (entry,) = await stores.audit.stretch("school-a", 1, 10)
    assert entry is None or verify("school-a", [entry]) == Break(1, Damage.CHANGED)


async def test_who_is_never_faster_is_refused_and_has_entered_nothing(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stores.audit.append(a_note(1))

    async def stale(*_: object) -> None:  # as if others were always faster
        return None

    monkeypatch.setattr(audit, "_PAUSE_SECONDS", 0)
    monkeypatch.setattr(AuditStore, "head", stale)
    monkeypatch.setattr(AuditStore, "_newest", stale)
    with pytest.raises(ConflictError) as refused:
        await stores.audit.append(a_note(2))
    assert refused.value.code == "audit_busy"
    assert len(await everything(stores)) == 1


async def test_trouble_in_one_chain_is_not_the_others(
    stores: Stores, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = AuditStore.head

    async def head(store: AuditStore, chain: str) -> Head | None:
        if chain == "school-b":
            raise ConflictError("audit_busy")
        return await real(store, chain)

    monkeypatch.setattr(AuditStore, "head", head)
    good, bad = stores.audit.append(a_note(1)), stores.audit.append(a_note(2, chain="school-b"))
    with pytest.raises(ConflictError):
        await at_once(good, bad)
    assert len(await everything(stores)) == 1
    assert await everything(stores, "school-b") == []


async def filled(stores: Stores) -> list[Entry]:
    """Ten entries, one a month, of three people and two acts."""
    return [
        await stores.audit.append(
            a_note(
                at=NOW - (10 - n) * 30 * DAY,
                act=Act.SIGNED_IN if n % 2 else Act.CLAIM_APPROVED,
                actor=replace(a_note().actor, person_id=f"person-{n % 3}"),
                subject_id=f"subject-{n % 5}",
            )
        )
        for n in range(10)
    ]


async def test_pages_are_newest_first_and_go_on_where_they_ended(stores: Stores) -> None:
    entries = await filled(stores)
    store, newest_first = stores.audit, entries[::-1]
    first = await store.page("school-a", before=None, since=None, at=NOW, limit=4)
    assert first == newest_first[:4]
    before = entry_position(first[-1])
    rest = await store.page("school-a", before=before, since=None, at=NOW, limit=20)
    assert rest == newest_first[4:]
    assert await store.page("school-b", before=None, since=None, at=NOW, limit=20) == []


async def test_nothing_older_than_asked_for_comes(stores: Stores) -> None:
    entries = await filled(stores)
    for since in (NOW - 100 * DAY, NOW - 3 * DAY, NOW - 30 * DAY, NOW - 900 * DAY):
        page = await stores.audit.page("school-a", before=None, since=since, at=NOW, limit=20)
        assert page == [e for e in entries[::-1] if e.at >= since]


async def test_pages_by_act_person_and_subject(stores: Stores) -> None:
    entries = await filled(stores)
    how: dict[str, Any] = {"before": None, "since": None, "at": NOW, "limit": 20}
    of_act = await stores.audit.page_of_act("school-a", Act.SIGNED_IN, **how)
    of_actor = await stores.audit.page_of_actor("school-a", "person-1", **how)
    of_subject = await stores.audit.page_of_subject("school-a", "subject-2", **how)
    assert of_act == [e for e in entries[::-1] if e.act is Act.SIGNED_IN]
    assert of_actor == [e for e in entries[::-1] if e.actor.person_id == "person-1"]
    assert of_subject == [e for e in entries[::-1] if e.subject_id == "subject-2"]
    assert len(of_act) == 5
    assert len(of_subject) == 2


async def test_a_stretch_of_time(stores: Stores) -> None:
    entries = await filled(stores)
    some = await stores.audit.between("school-a", entries[3].at, entries[6].at)
    assert some == [entries[5], entries[4], entries[3]]


async def test_the_end_is_found_past_more_entries_than_fit_into_one_look(
    stores: Stores, behind: Database[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "_WINDOW", 3)
    for number in range(1, 9):
        await stores.audit.append(a_note(number))
    behind["audit_heads"].delete_one({"_id": "school-a"})
    assert (await stores.audit.append(a_note(9))).seq == 9


def test_no_method_changes_or_removes_an_entry() -> None:
    source = inspect.getsource(AuditStore)
    for word in ("update", "replace", "delete", "remove", "find_one_and", "drop", "bulk_write"):
        assert f"_entries.{word}" not in source
    assert source.count("_entries.insert_many") == 1


def test_an_entry_as_a_document_holds_its_place() -> None:
    entry = chained(a_note(1), None)
    assert to_document(entry)["_id"] == entry_id("school-a", 1)
