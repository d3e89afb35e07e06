"""Which book a class has: by edition, half of the year, new before old; and what can be chosen."""

from __future__ import annotations

from datetime import date

import pytest

from domain.catalogue import Dimension
from domain.catalogue_tree import parse_tree
from domain.editions import (
    books_for,
    choices_for,
    chosen_book,
    edition_of,
    half_on,
    parse_editions,
)
from domain.errors import InvalidError
from domain.stages import System
from tests.domain.catalogue_samples import book, changed, small_books, split

THIRD = books_for(small_books(), 3, System.SIX_THREE)
FOURTH = books_for(small_books(), 4, System.SIX_THREE)
PEOPLES = "ff8080814371757b01437c363a187b0a"  # 人教版
BEIJING_NORMAL = "e7bbd21e-0590-11ed-9c79-92fc3b3249d5"  # 北师大版


def test_an_edition_that_stands_alone_needs_no_choosing() -> None:
    first = chosen_book(FOURTH, "chinese", "", 1)
    second = chosen_book(FOURTH, "chinese", "", 2)
    assert first is not None
    assert second is not None
    assert (first.title, second.title) == ("四年级 语文 统编版 上册", "四年级 语文 统编版 下册")


def test_of_several_editions_none_is_guessed() -> None:
    assert chosen_book(FOURTH, "maths", "", 1) is None
    found = chosen_book(FOURTH, "maths", BEIJING_NORMAL, 1)
    assert found is not None
    assert found.title == "四年级 数学 北师大版 上册"


def test_the_new_textbook_goes_before_the_old_one() -> None:
    tree = changed(lambda tree: split(tree, "小学", "四年级", "数学", "人教版", "上册"))
    books = books_for(parse_tree(tree), 4, System.SIX_THREE)
    found = chosen_book(books, "maths", PEOPLES, 1)
    assert found is not None
    assert found.is_new
    old = next(b for b in books if b.title == "四年级 数学 人教版 上册 旧教材")
    assert chosen_book(books, "maths", f"book:{old.id}", 2) == old


def test_a_school_of_the_other_system_has_its_own_books_where_there_are_any() -> None:
    own = books_for(small_books(), 9, System.FIVE_FOUR)
    maths = {b.name_of(Dimension.STAGE) for b in own if b.subject == "maths"}
    assert maths == {"初中（五•四学制）"}
    assert any(b.subject == "physics" for b in own)


def test_senior_school_chooses_a_volume() -> None:
    books = books_for(small_books(), 10, System.SIX_THREE)
    (choice,) = [c for c in choices_for(books) if c.subject == "biology"]
    assert chosen_book(books, "biology", choice.only, 1) is None
    volume = f"book:{book('高中 生物学 人教版 必修1 分子与细胞').id}"
    assert volume in dict(choice.options)
    assert chosen_book(books, "biology", volume, 2) == book("高中 生物学 人教版 必修1 分子与细胞")
    tag = edition_of(volume, books)
    assert tag is not None
    assert tag.name == "人教版"


def test_only_what_can_be_chosen_is_taken() -> None:
    choices = choices_for(FOURTH)
    assert parse_editions({"maths": PEOPLES, "english": ""}, choices) == {"maths": PEOPLES}
    for wrong in ({"maths": "x"}, {"magic": PEOPLES}, {"chinese": PEOPLES}):
        with pytest.raises(InvalidError) as caught:
            parse_editions(wrong, choices)
        assert set(caught.value.fields) == set(wrong)


@pytest.mark.parametrize(("month", "half"), [(8, 1), (9, 1), (1, 1), (2, 2), (7, 2)])
def test_halves_where_no_calendar_says(month: int, half: int) -> None:
    assert half_on(date(2026, month, 15)) == half


def test_every_subject_of_a_grade_can_be_chosen() -> None:
    subjects = {c.subject for c in choices_for(THIRD)}
    assert subjects == {"chinese", "maths", "english", "morality", "science"}
