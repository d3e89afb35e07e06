"""The audit log's chain: whatever is done to it is found, and nothing personal is put into it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.audit import (
    OPERATOR,
    START,
    Act,
    Actor,
    Break,
    ChainCheck,
    Damage,
    Entry,
    Head,
    Note,
    canonical_json,
    chained,
    entry_hash,
    entry_id,
    masked,
    verify,
)
from domain.bindings import EndReason
from tests.domain.samples import NOW

TEACHER = Actor(
    person_id="teacher-1", post_id="post-1", role="head_teacher", place_id="school-a", address="::1"
)


def a_note(number: int = 1, **changes: Any) -> Note:
    note = Note(
        chain="school-a",
        at=NOW + timedelta(seconds=number),
        actor=TEACHER,
        act=Act.BINDING_ENDED,
        subject_kind="binding",
        subject_id=f"student-{number}:person-{number}",
        before={"state": "active", "count": number},
        after={"state": "ended"},
    )
    return replace(note, **changes)


def a_chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    for number in range(1, length + 1):
        head = Head(entries[-1].seq, entries[-1].hash) if entries else None
        entries.append(chained(a_note(number), head))
    return entries


def head_of(entries: list[Entry]) -> Head:
    return Head(entries[-1].seq, entries[-1].hash)


def rehashed(entry: Entry) -> Entry:
    """The work of somebody who knows how entries are hashed."""
    return replace(entry, hash=entry_hash(entry))


@given(st.integers(0, 12))
def test_a_chain_as_it_was_written_is_whole(length: int) -> None:
    entries = a_chain(length)
    heads = [Head(e.seq, e.hash) for e in entries]  # whatever was remembered on the way
    assert verify("school-a", entries, heads) is None
    assert [e.seq for e in entries] == list(range(1, length + 1))
    assert [e.previous for e in entries] == [START, *(e.hash for e in entries)][:length]


def other_text(text: str) -> st.SearchStrategy[str]:
    return st.text(max_size=8).filter(lambda other: other != text)


CHANGES: dict[str, Callable[[Entry], st.SearchStrategy[Any]]] = {
    "at": lambda e: st.integers(1, 10**9).map(lambda ms: e.at - timedelta(milliseconds=ms)),
    "act": lambda e: st.sampled_from([a for a in Act if a is not e.act]),
    "subject_kind": lambda e: other_text(e.subject_kind),
    "subject_id": lambda e: other_text(e.subject_id),
    "before": lambda e: st.sampled_from([None, {}, {"state": "active", "count": True}]),
    "after": lambda e: st.sampled_from([None, {}, {"state": "ended", "more": None}]),
    "actor": lambda e: st.sampled_from(
        [
            replace(TEACHER, **{name: "somebody-else"})
            for name in ("person_id", "post_id", "role", "place_id", "address")
        ]
    ),
    "previous": lambda e: other_text(e.previous),
    "hash": lambda e: other_text(e.hash),
    "chain": lambda e: other_text(e.chain),
    "id": lambda e: other_text(e.id),
    "seq": lambda e: st.integers().filter(lambda other: other != e.seq),
}


@given(st.data(), st.integers(1, 8), st.sampled_from(sorted(CHANGES)))
def test_any_field_of_any_entry_that_is_changed_is_found_there(
    data: st.DataObject, length: int, field: str
) -> None:
    entries = a_chain(length)
    where = data.draw(st.integers(0, length - 1))
    entry = entries[where]
    entries[where] = replace(entry, **{field: data.draw(CHANGES[field](entry))})
    broken = verify("school-a", entries)
    assert broken is not None
    assert broken.seq == where + 1
    if field not in ("id", "seq"):
        assert broken.damage is Damage.CHANGED


@given(st.data(), st.integers(2, 8))
def test_an_entry_that_is_dropped_is_missed(data: st.DataObject, length: int) -> None:
    entries = a_chain(length)
    where = data.draw(st.integers(0, length - 2))
    del entries[where]
    assert verify("school-a", entries) == Break(where + 1, Damage.MISSING)


@given(st.data(), st.integers(1, 8))
def test_an_end_that_is_cut_off_is_missed_by_who_remembers_it(
    data: st.DataObject, length: int
) -> None:
    entries = a_chain(length)
    left = data.draw(st.integers(0, length - 1))
    assert verify("school-a", entries[:left], [head_of(entries)]) == Break(left + 1, Damage.CUT)
    assert verify("school-a", entries[:left]) is None  # which is why heads are written down


@given(st.data(), st.integers(2, 8))
def test_entries_that_change_places_are_found(data: st.DataObject, length: int) -> None:
    entries = a_chain(length)
    places = st.integers(0, length - 1)
    one, other = sorted(data.draw(st.tuples(places, places).filter(lambda p: p[0] != p[1])))
    entries[one], entries[other] = entries[other], entries[one]
    assert verify("school-a", entries) == Break(one + 1, Damage.REORDERED)
    # The same with their ids left where they were, as in a database.
    entries[one] = replace(entries[one], id=entry_id("school-a", one + 1))
    entries[other] = replace(entries[other], id=entry_id("school-a", other + 1))
    assert verify("school-a", entries) == Break(one + 1, Damage.REORDERED)


@given(st.data(), st.integers(1, 8))
def test_an_entry_that_is_put_in_is_found(data: st.DataObject, length: int) -> None:
    entries = a_chain(length)
    where = data.draw(st.integers(0, length))
    head = head_of(entries[:where]) if where else None
    forged = chained(a_note(99, act=Act.FAMILY_ERASED), head)
    with_it = [*entries[:where], forged, *entries[where:]]
    broken = verify("school-a", with_it)
    if where < length:
        assert broken == Break(where + 2, Damage.REORDERED)
    else:
        assert broken is None  # put in at the end by who can write there: an act nobody did


@given(st.data(), st.integers(2, 8))
def test_an_entry_that_was_hashed_anew_does_not_fit_the_next_one(
    data: st.DataObject, length: int
) -> None:
    entries = a_chain(length)
    where = data.draw(st.integers(0, length - 2))
    entries[where] = rehashed(replace(entries[where], subject_id="somebody-else"))
    assert verify("school-a", entries) == Break(where + 2, Damage.UNLINKED)


@given(st.data(), st.integers(1, 8))
def test_a_chain_that_was_written_anew_is_not_what_was_remembered(
    data: st.DataObject, length: int
) -> None:
    entries = a_chain(length)
    where = data.draw(st.integers(0, length - 1))
    anew = entries[:where]
    for number in range(where + 1, length + 1):
        anew.append(chained(a_note(number, subject_id="other"), head_of(anew) if anew else None))
    assert verify("school-a", anew) is None
    remembered = data.draw(st.integers(where + 1, length))
    heads = [head_of(anew), head_of(entries[:remembered])]
    assert verify("school-a", anew, heads) == Break(remembered, Damage.REWRITTEN)


def test_what_cannot_be_read_counts_as_changed() -> None:
    check = ChainCheck("school-a")
    assert check.take(a_chain(1)[0]) is None
    assert check.take(None) == Break(2, Damage.CHANGED)


def test_the_same_moment_in_another_zone_is_the_same_entry() -> None:
    entry = a_chain(1)[0]
    there = datetime.fromisoformat("2026-11-22T10:00:01+08:00")
    assert canonical_json(replace(entry, at=there)) == canonical_json(entry)


def test_the_text_that_is_hashed_stays_as_it_is() -> None:
    """Chains that are stored must verify with every later version."""
    entry = chained(a_note(1, after={"name": "李*", "is_new": True, "none": None}), None)
    assert canonical_json(entry) == (
        '{"act":"binding_ended","address":"::1"'
        ',"after":{"is_new":true,"name":"\\u674e*","none":null}'
        ',"at":"2026-11-22T02:00:01.000+00:00","before":{"count":1,"state":"active"},"chain":"school-a","person_id":"teacher-1"'
        ',"place_id":"school-a","post_id":"post-1","previous":"' + START + '"'
        ',"role":"head_teacher","seq":1,"subject_id":"student-1:person-1","subject_kind":"binding"}'
    )
    assert entry.hash == entry_hash(entry)
    assert OPERATOR.place_id == "@installation"


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        ("name", "李小明", "李*"),
        ("student_name", "李", "李*"),
        ("name", "", ""),
        ("phone", "13800001234", "*34"),
        ("phone_last4", "1234", "*34"),
        ("phone", "123", "*"),
        ("phones", ["13800001234", "13900005678"], "*34,*78"),
        ("text", "他妈妈上周换了号码", "[9]"),
        ("anything", "李小明的妈妈", "[6]"),
        ("reason", EndReason.WRONG, "wrong"),
        ("reason", "他不是", "[3]"),
        ("student_id", "s-1", "s-1"),
        ("class_ids", ("c-1", "c-2"), "c-1,c-2"),
        ("file_sha256", "ab12", "ab12"),
        ("class_name", "三年级二班", "三年级二班"),
        ("quarantine", True, True),
        ("rows", 2000, 2000),
        ("ended_at", NOW, "2026-11-22T02:00:00.000+00:00"),
        ("ended_at", None, None),
        ("child", object, "[16]"),
        ("child", {"name": "李小明"}, "[15]"),
        ("child", b"13800001234", "[14]"),
        ("share", 0.5, "[3]"),
    ],
)
def test_of_a_field_stays_what_tells_nobody_who_it_was(
    field: str, value: object, kept: object
) -> None:
    assert masked({field: value}) == {field: kept}


@given(
    st.text(min_size=9, max_size=9),
    st.text(min_size=9, max_size=9),
    st.sampled_from(["name", "phone", "text", "relation"]),
)
def test_what_stays_of_a_text_says_nothing_of_its_middle(one: str, other: str, field: str) -> None:
    assert masked({field: f"李{one}34"}) == masked({field: f"李{other}34"})


def test_of_nothing_nothing_is_said() -> None:
    assert masked(None) is None
