"""Who finds what: nothing but what hangs for them where they are, in whatever words it is looked for."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from unittest.mock import patch

import pytest

from domain.audit import OPERATOR
from domain.errors import InvalidError, NotFoundError
from domain.link_uses import Use
from domain.search_text import QUERY_LIMIT
from domain.shelves import (
    NATIONAL,
    Audience,
    Entry,
    Health,
    Icon,
    ShelfLevel,
    place_key,
    short_code,
)
from services.search import public_seeker, search, seeker_at, suggest
from services.search_sources import Seeker
from services.shelves import take_down
from services.terms import school_day
from tests.miniapp.conftest import town as town
from tests.shelving import CLASS, CLASS_SHELF, hang, take_catalogue
from tests.town import SCHOOL, Town, school_class
from tests.waiting import wait_until

WORDS = ("口算", "阅读", "实验", "体育", "音乐", "科学", "图书馆", "打卡")
OTHER_CLASS = school_class(2)
PLACES = {
    NATIONAL: ShelfLevel.NATIONAL,
    place_key(ShelfLevel.DISTRICT, "elsewhere"): ShelfLevel.DISTRICT,
    place_key(ShelfLevel.SCHOOL, SCHOOL.id): ShelfLevel.SCHOOL,
    place_key(ShelfLevel.SCHOOL, "school-b"): ShelfLevel.SCHOOL,
    place_key(ShelfLevel.CLASS, CLASS.id): ShelfLevel.CLASS,
    place_key(ShelfLevel.CLASS, OTHER_CLASS.id): ShelfLevel.CLASS,
}


@pytest.fixture
async def school(town: Town) -> AsyncIterator[Town]:
    await town.settle_school(children=2, classes=2)
    await take_catalogue(town.ctx)
    yield town
    await town.ctx.search.close()


def random_entries(dice: random.Random, today: date) -> list[Entry]:
    """Links of every place and sort: for some, over, broken, taken down."""
    found = []
    for number in range(80):
        place = dice.choice(list(PLACES))
        entry = Entry(
            id=short_code(f"any:{number}", 6),
            level=PLACES[place],
            place=place,
            title="".join(dice.sample(WORDS, 2)),
            address="https://basic.smartedu.cn/",
            note=dice.choice(("", *WORDS)),
            icon=Icon.LESSON,
            audiences=tuple(one for one in Audience if dice.random() < 0.3),
            grades=tuple(g for g in (3, 4) if dice.random() < 0.2),
            subject=dice.choice(("", "maths", "science")),
            valid_until=dice.choice((None, None, today - timedelta(1), today + timedelta(1))),
            health=dice.choice((Health.GOOD, Health.GOOD, Health.GOOD, Health.DEAD)),
        )
        taken = dice.random() < 0.1
        found.append(replace(entry, removed_at=entry.created_at or None) if taken else entry)
    return found


async def all_hits(town: Town, seeker: Seeker, text: str) -> tuple[set[str], int]:
    """The ids of every link that is found, page after page, and how many things are said to be found."""
    ids: list[tuple[str, str]] = []
    start = 0
    while True:
        found = await search(town.ctx, seeker, text, start=start, limit=7)
        ids += [(hit.kind, hit.id) for hit in found.hits]
        if not found.next_at:
            break
        start = found.next_at
    assert len(set(ids)) == len(ids) == found.total
    return {one for kind, one in ids if kind == "link"}, found.total


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_nobody_finds_what_they_may_not_open(school: Town, seed: int) -> None:
    ctx, today = school.ctx, school_day(school.ctx.now())
    entries = random_entries(random.Random(seed), today)
    for entry in entries:
        await ctx.stores.shelves.add(entry)
    (second,) = await ctx.stores.schools.classes([OTHER_CLASS.id])
    seekers = [
        await public_seeker(ctx, SCHOOL.id),
        await public_seeker(ctx, SCHOOL.id, class_id=CLASS.id),
        await seeker_at(ctx, SCHOOL, Audience.FAMILIES, school_class=CLASS),
        await seeker_at(ctx, SCHOOL, Audience.TEACHERS, school_class=second),
        await seeker_at(ctx, SCHOOL, Audience.MANAGERS),
    ]
    somebody_found = 0
    for seeker in seekers:
        shown = {e.id for e in entries if e.place in seeker.places and seeker.viewer.may_see(e)}
        for text in (*WORDS, "kousuan", "tsg", "数学", "三年级科学", "口算 打卡", "音乐体遇"):
            found, _ = await all_hits(school, seeker, text)
            assert found <= shown, (seeker.audience, text)
            somebody_found += len(found)
        plainly = {e.id for e in entries if e.id in shown and "图书馆" in e.title}
        found, total = await all_hits(school, seeker, "图书馆")
        assert plainly <= found
        assert total == len(found)
    assert somebody_found > 0


async def test_a_link_is_found_when_it_is_put_up_and_not_when_it_is_taken_down(
    school: Town,
) -> None:
    seeker = await seeker_at(school.ctx, SCHOOL, Audience.FAMILIES, school_class=CLASS)
    assert (await search(school.ctx, seeker, "ygty")).total == 0
    entry = await hang(school.ctx)
    assert [hit.id for hit in (await search(school.ctx, seeker, "ygty")).hits] == [entry.id]
    await take_down(school.ctx, OPERATOR, CLASS_SHELF, entry.id)
    assert (await search(school.ctx, seeker, "ygty")).total == 0


async def test_what_a_school_uses_comes_first(school: Town) -> None:
    ctx = school.ctx
    ids = [(await hang(ctx, title=f"口算{sign}", key=f"key-{sign}")).id for sign in "甲乙"]
    before = await search(ctx, await public_seeker(ctx, SCHOOL.id, class_id=CLASS.id), "口算")
    assert {hit.id for hit in before.hits} == set(ids)
    last = before.hits[-1].id
    await wait_until(lambda: not ctx.search.asking, description="uses are read")
    day = school_day(ctx.now()).isoformat()
    use = Use(
        id="u", day=day, code=last, place=CLASS_SHELF.key, count=9, school_id=SCHOOL.id, is_new=True
    )
    await ctx.stores.link_uses.put([use])
    with patch("services.search_room.clock", return_value=1e12):
        await public_seeker(ctx, SCHOOL.id, class_id=CLASS.id)
    await wait_until(lambda: not ctx.search.asking, description="uses are read anew")
    after = await search(ctx, await public_seeker(ctx, SCHOOL.id, class_id=CLASS.id), "口算")
    assert after.hits[0].id == last


async def test_a_new_catalogue_counts_at_the_next_search(school: Town) -> None:
    seeker = await public_seeker(school.ctx, SCHOOL.id)
    assert (await search(school.ctx, seeker, "三年级语文")).hits[0].kind == "book"
    held = await school.ctx.stores.catalogue.current()
    assert held is not None
    assert await school.ctx.stores.catalogue.turn_back(held)
    assert (await search(school.ctx, seeker, "三年级语文")).total == 0


@pytest.mark.parametrize("text", ["", "  ", "。？", "数" * (QUERY_LIMIT + 1)])
async def test_what_cannot_be_looked_for(school: Town, text: str) -> None:
    seeker = await public_seeker(school.ctx, SCHOOL.id)
    with pytest.raises(InvalidError):
        await search(school.ctx, seeker, text)


async def test_suggestions_come_while_a_word_is_only_begun(school: Town) -> None:
    seeker = await seeker_at(school.ctx, SCHOOL, Audience.FAMILIES, school_class=CLASS)
    for typed in ("三年", "sannian", "三年级语", "sannianjiyuw"):
        assert any("三年级 语文" in one for one in await suggest(school.ctx, seeker, typed)), typed
    for one in await suggest(school.ctx, seeker, "三年级数"):
        found = await search(school.ctx, seeker, one)
        assert found.hits[0].title == one


async def test_a_place_that_is_not_there(school: Town) -> None:
    for school_id, class_id in (("nowhere", ""), (SCHOOL.id, "nowhere"), ("nowhere", CLASS.id)):
        with pytest.raises(NotFoundError):
            await public_seeker(school.ctx, school_id, class_id=class_id)
