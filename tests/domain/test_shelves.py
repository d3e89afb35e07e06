"""Shelves: what a form may say, who sees what, in which order; codes that stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from domain.catalogue import Page
from domain.errors import InvalidError
from domain.shelves import (
    BOOK_CODE_LENGTH,
    Audience,
    Entry,
    Health,
    ShelfLevel,
    Viewer,
    book_code,
    in_order,
    is_code,
    parse_entry,
    place_key,
    with_draft,
)
from domain.starter_shelf import starter_entries
from tests.domain.catalogue_samples import small_books

TODAY = date(2026, 11, 29)
GOOD = {"title": "阳光体育", "address": "https://basic.smartedu.cn/sport"}
ENTRY = Entry(id="abcdef", level=ShelfLevel.SCHOOL, place="school:a", title="阳光体育", address="x")
MOTHER = Viewer(audience=Audience.FAMILIES, today=TODAY, grade=3, term=1)


def parsed(**form: Any) -> Any:
    lists = {name: form.pop(name, []) for name in ("audiences", "grades")}
    hosts = ("smartedu.cn",)
    return parse_entry(GOOD | form, allowed_hosts=hosts, subjects=["maths"], **lists)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""), ("title", "长" * 31), ("title", "a\u202eb"), ("note", "长" * 101),
        ("address", ""), ("address", "http://basic.smartedu.cn/"), ("address", "https://evil.example/"),
        ("address", "https://smartedu.cn.evil.example/"), ("address", "https://a@smartedu.cn/"),
        ("address", "https://evil.example\\.smartedu.cn/"), ("address", "javascript:alert(1)"),
        ("address", "//smartedu.cn/"), ("address", "https://smartedu.cn:8443/"),
        ("address", "https://smartedu.cn/\r\nSet-Cookie: a=b"), ("subject", "magic"),
        ("page", "x"), ("icon", "x"), ("term", "3"), ("term", "-1"), ("order", "1000"), ("order", "１"),
        ("valid_until", "2026-13-01"), ("audiences", ["everybody"]), ("grades", ["13"]),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(field: str, value: Any) -> None:
    with pytest.raises(InvalidError) as caught:
        parsed(**{field: value})
    assert set(caught.value.fields) == {field}


def test_everything_wrong_is_named_at_once() -> None:
    with pytest.raises(InvalidError) as caught:
        parsed(title="", address="", subject="magic", grades=["0"])
    assert set(caught.value.fields) == {"title", "address", "subject", "grades"}


def test_who_sees_an_entry() -> None:
    assert MOTHER.may_see(ENTRY)
    for hidden in (
        {"audiences": (Audience.TEACHERS,)},
        {"grades": (1, 2)},
        {"term": 2},
        {"valid_until": date(2026, 11, 28)},
        {"health": Health.DEAD},
        {"health": Health.MOVED},
        {"removed_at": True},
    ):
        assert not MOTHER.may_see(replace(ENTRY, **hidden)), hidden
    for seen in (
        {"audiences": (Audience.FAMILIES,)},
        {"grades": (3,)},
        {"term": 1},
        {"valid_until": TODAY},
        {"health": Health.SHAKY},
    ):
        assert MOTHER.may_see(replace(ENTRY, **seen)), seen


def test_an_entry_for_an_edition_is_for_who_uses_it() -> None:
    entry = replace(ENTRY, subject="maths", edition="e1")
    assert replace(MOTHER, editions={"maths": "e1"}).may_see(entry)
    assert not replace(MOTHER, editions={"maths": "e2"}).may_see(entry)
    assert MOTHER.may_see(entry)


def test_pinned_ones_from_the_top_then_the_nearest_first() -> None:
    def entry(name: str, level: ShelfLevel, **more: Any) -> Entry:
        return replace(ENTRY, id=name, title=name, level=level, **more)

    found = in_order(
        [
            entry("nation", ShelfLevel.NATIONAL),
            entry("city pin", ShelfLevel.CITY, pinned=True),
            entry("class 2", ShelfLevel.CLASS, order=2),
            entry("class 1", ShelfLevel.CLASS, order=1),
            entry("nation pin", ShelfLevel.NATIONAL, pinned=True),
            entry("school", ShelfLevel.SCHOOL),
        ]
    )
    told = [one.title for one in found]
    assert told == ["nation pin", "city pin", "class 1", "class 2", "school", "nation"]


def test_shelves_of_one_id_are_three() -> None:
    keys = {place_key(level, "a") for level in ShelfLevel}
    assert keys == {"national", "region:a", "school:a", "class:a"}


def test_a_new_address_is_not_yet_found_broken() -> None:
    broken = replace(ENTRY, health=Health.DEAD, failures=3, leads_to="y")
    mended = with_draft(broken, parsed())
    assert (mended.health, mended.failures, mended.leads_to) == (Health.UNKNOWN, 0, "")
    same = with_draft(replace(broken, address=GOOD["address"]), parsed(note="新"))
    assert same.health is Health.DEAD


def test_codes_of_books_are_their_own() -> None:
    codes = {book_code(book.id, page) for book in small_books() for page in Page}
    assert len(codes) == len(small_books()) * len(Page)
    assert {len(code) for code in codes} == {BOOK_CODE_LENGTH}
    assert all(map(is_code, codes))
    assert not any(map(is_code, ("", "abc", "ABCDEF", "abcde0", "abcdefg", "../../")))


def test_the_starter_shelf_is_as_a_form_would_have_it() -> None:
    entries = starter_entries()
    assert len({entry.id for entry in entries}) == len(entries)
    for entry in entries:
        draft = parsed(title=entry.title, address=entry.address, note=entry.note)
        assert draft.address == entry.address
    one_tap = [entry for entry in entries if entry.one_tap]
    for audience in Audience:
        viewer = Viewer(audience=audience, today=TODAY)
        assert any(viewer.may_see(entry) for entry in one_tap), audience
