"""Local resources among what is found: by any part of what they are called, of one's own libraries alone."""

from __future__ import annotations

import random

import pytest

from domain.resources import Kind
from domain.search import Asker
from domain.search_query import Vocabulary, read
from domain.search_resources import FiledResource, Findable, ResourceIndex
from domain.search_text import CLEAR, fit_words
from domain.search_words import words_for
from tests.domain.search_samples import local_resources, searchable_books

WORDS = Vocabulary(words_for(searchable_books()))
ANYBODY = Asker(half=1)


def filed(name: str = "one", **changes: object) -> FiledResource:
    said: dict[str, object] = {
        "resource_id": name,
        "version": 1,
        "places": ("school",),
        "kind": Kind.SLIDES,
        "title": "分数的初步认识",
        "chapter": "第八单元",
        "grade": 3,
        "subject": "maths",
        "edition": "人教版",
        "volume": "上册",
    }
    return FiledResource(**(said | changes))  # type: ignore[arg-type]


def index_of(*all_filed: FiledResource) -> ResourceIndex:
    index = ResourceIndex()
    for one in all_filed:
        index.put(Findable(one.resource_id, 1, (one,)))
    return index


def titles(
    index: ResourceIndex, text: str, *, places: tuple[str, ...] = ("school",), grade: int = 0
) -> list[str]:
    asker = Asker(half=1, grade=grade)
    return [one.title for _, one in index.find(text, read(text, WORDS), places, asker)]


@pytest.mark.parametrize(
    "text",
    [
        "分数的初步认识",
        "分数",
        "初步认识",
        "fenshu",
        "fsdcb",
        "芬数的初步认识",
        "分数初步认识",
        "分数的出步认识",
        "分数的步初认识",
        "fenshudechbu",
        "三年级数学分数",
        "三年级数学课件",
        "三上数学",
        "sannianji shuxue",
        "分数课件",
        "数学 ppt",
        "第八单元 分数",
    ],
)
def test_it_is_found_by_what_it_is_called(text: str) -> None:
    others = [
        filed(f"other-{n}", title="长方形和正方形", kind=Kind.VIDEO, grade=5, chapter="")
        for n in range(50)
    ]
    assert "分数的初步认识" in titles(index_of(filed(), *others), text)


@pytest.mark.parametrize(
    "text", ["四年级数学", "三年级语文", "三年级下册数学", "观潮", "啊", "guanchao", "？"]
)
def test_what_is_something_else_is_not_found(text: str) -> None:
    assert titles(index_of(filed()), text) == []


def test_only_of_ones_own_libraries_and_as_it_stands_now() -> None:
    index = index_of(filed(), filed("two", places=("district",)), filed("three", places=("other",)))
    found = index.find("分数", read("分数", WORDS), ("school", "district"), ANYBODY)
    assert [one.resource_id for _, one in found] == ["one", "two"]  # the nearest first
    index.put(Findable("one", 2, ()))  # taken down
    index.put(Findable("two", 2, (filed("two", title="小数的认识", places=("district",)),)))
    index.put(Findable("two", 1, (filed("two", places=("district",)),)))  # late news
    assert titles(index, "分数", places=("school", "district")) == []
    assert titles(index, "小数", places=("school", "district")) == ["小数的认识"]
    assert len(index) == 2


def test_the_own_grade_is_found_among_very_many() -> None:
    many = [filed(f"n{n}", title=f"期末复习 {n}", grade=5, chapter="") for n in range(3_000)]
    mine = filed("mine", title="期末复习 三年级", grade=3, chapter="")
    index = index_of(mine, *many)
    assert titles(index, "期末复习", grade=3)[0] == "期末复习 三年级"


def test_nothing_that_fits_clearly_is_overlooked() -> None:
    """Against looking at every single one: what the index brings first fits as well as anything does."""
    dice = random.Random(20260901)
    every = list(local_resources(2_000))
    index = index_of(*every)
    for one in dice.sample(every, 40):
        cut = dice.randrange(2, len(one.title) + 1)
        start = dice.randrange(len(one.title) - cut + 1)
        text = one.title[start : start + cut]
        fits = [fit_words(text, other.title) for other in every]
        found = index.find(text, [], ("school",), ANYBODY)
        if max(fits) >= CLEAR:
            assert found, text
            assert fit_words(text, found[0][1].title) == pytest.approx(max(fits)), text
