"""What comes first for what people type: a table of it, and the rules by themselves."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from domain.catalogue import Book
from domain.editions import books_for, chosen_book
from domain.search import Asker, FiledBook, file_books, rank_books, rank_entries
from domain.search_query import Vocabulary, asks_for_book, read
from domain.search_resources import Findable, ResourceIndex
from domain.search_words import words_for
from domain.shelves import Entry
from domain.stages import System
from tests.domain.search_queries import ANYBODY, FOURTH_GRADE, cases
from tests.domain.search_samples import local_resources, searchable_books, searchable_entries

AIM = 0.95


def first_title(
    text: str,
    words: Vocabulary,
    books: Sequence[FiledBook],
    entries: Sequence[Entry],
    resources: ResourceIndex,
    asker: Asker,
) -> str:
    """The title of what comes first, empty for nothing."""
    readings = read(text, words)
    found = [(score, book.title) for score, book in rank_books(readings, books, asker)]
    found += [(score, e.title) for score, e in rank_entries(text, readings, entries, asker)]
    local = resources.find(text, readings, ("school",), asker)
    found += [(score, filed.title) for score, filed in local]
    return max(found, default=(0.0, ""), key=lambda hit: hit[0])[1]


def fourth_grade(books: Sequence[Book]) -> Asker:
    """A class of grade 4 in spring, with editions of its own."""
    grade = books_for(books, 4, System.SIX_THREE)
    editions = {}
    for book in grade:
        tag = next(t for t in book.tags if t.dimension == "zxxbb")
        if tag.name in ("统编版", "北师大版", "外研社版（主编：陈琳）"):
            editions[book.subject] = tag.id
    own = [chosen_book(grade, subject, edition, 2) for subject, edition in editions.items()]
    ids = frozenset(book.id for book in own if book)
    return Asker(half=2, grade=4, editions=editions, own_books=ids)


def wrong_firsts(books: Sequence[Book], entries: Sequence[Entry]) -> tuple[int, list[str]]:
    """How many were asked, and those for which something else came first."""
    words = Vocabulary(words_for(books))
    asked = [(*case, Asker(half=1)) for case in cases(ANYBODY)]
    asked += [(*case, fourth_grade(books)) for case in cases(FOURTH_GRADE)]
    wrong = []
    resources = ResourceIndex()
    for one in local_resources(5_000):
        resources.put(Findable(one.resource_id, 1, (one,)))
    all_filed = file_books(books)
    for typed, first, asker in asked:
        came = first_title(typed, words, all_filed, entries, resources, asker)
        if not came.startswith(first):
            wrong.append(f"{typed}: {came or 'nothing'} instead of {first}")
    return len(asked), wrong


def test_what_people_type_brings_what_they_mean_first() -> None:
    asked, wrong = wrong_firsts(searchable_books(), searchable_entries())
    assert asked >= 100
    assert len(wrong) <= asked * (1 - AIM), "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("数学 五下", True),
        ("三年级语文", True),
        ("三年级语文。", True),
        ("snjyw", True),
        ("shuxue5x", True),
        ("我想看三年级语文下册", True),
        ("语文", False),
        ("三年级", False),
        ("三年级语文作业写完了", False),
        ("李小明 1234", False),
        ("K7M3Q2XP", False),
        ("老师好", False),
        ("布置 三(2)班 数学 20分钟", False),
        ("好的", False),
        ("", False),
        ("数" * 4000, False),
    ],
)
def test_the_chat_looks_for_a_book_only_where_nothing_else_is_said(text: str, asks: bool) -> None:
    assert asks_for_book(text) is asks
