"""Sums of circles for regions far above are what each school's own page says, whoever died while they were counted."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.regions import Region, RegionLevel
from domain.roles import Appointment, Role
from domain.schools import School
from services.circle_comments import say_comment
from services.circle_counting import count_circles
from services.circle_figures import BelowLine, counted_circles, region_circles
from services.circle_order import hide_topic
from services.circles import open_topic
from services.context import Context
from services.people import Post
from services.periods import Span, period_on
from services.terms import school_day
from tests.circling import post
from tests.domain.circle_samples import a_sum
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.talking import HEAD, MOTHER, settle_school
from tests.town import SCHOOL, Town

CITY = Region(id="c", level=RegionLevel.CITY, name="东湖市", region_ids=("c",))
EAST, WEST = (
    Region(id=i, level=RegionLevel.DISTRICT, name=name, region_ids=("c", i), parent_id="c")
    for i, name in (("e", "东区"), ("w", "西区"))
)
SCHOOLS = (
    replace(SCHOOL, region_ids=("c", "e")),
    School(id="second", name="第二小学", region_ids=("c", "w")),
    School(id="third", name="第三小学", region_ids=("c", "w")),
)
BOSS = Post(
    "boss",
    (
        Appointment(
            id="boss", person_id="boss", role=Role.CITY_ADMIN, name="主任", region_id=CITY.id
        ),
    ),
    region=CITY,
)


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    made: Context = quiet_town.ctx
    await settle_school(made)
    for region in (CITY, EAST, WEST):
        await made.stores.regions.save(region)
    for school in SCHOOLS:
        await made.stores.schools.save_school(school)
    return made


def after(ctx: Context, time: timedelta) -> Context:
    """The same at a later moment."""
    later = ctx.now() + time
    return replace(ctx, now=lambda: later)


async def lines(ctx: Context) -> dict[str, BelowLine]:
    """A city's districts, as its page shows them, by name."""
    return {line.region.name: line for line in (await region_circles(ctx, BOSS)).below}


async def check_their_pages_say_so(ctx: Context) -> None:
    """Each sum is what the school's own page counts at this moment."""
    sums = await ctx.stores.circle_sums.on([s.id for s in SCHOOLS], school_day(ctx.now()))
    for school in SCHOOLS:
        period = await period_on(ctx, school, Span.TERM, None)
        view = await counted_circles(ctx, school, period)
        one = sums[school.id]
        assert (one.circles, one.met, one.topics) == (len(view.lines), view.met, view.topics)
        assert (one.first_on, one.last_on) == (period.first_on, period.last_on)


async def test_a_city_has_its_districts_added_up_once_a_day(ctx: Context) -> None:
    assert (await lines(ctx))["西区"].missing == 2
    first = await post(ctx, HEAD, "运动会")
    await count_circles(ctx)
    await check_their_pages_say_so(ctx)
    east, west = (await lines(ctx)).values()
    assert (east.schools, east.missing, east.topics) == (1, 0, 1)
    assert (west.schools, west.missing, west.topics, west.circles) == (2, 0, 0, 4)
    await post(ctx, HEAD, "读书节")
    await open_topic(ctx, MOTHER, first.id)
    await say_comment(ctx, MOTHER, first.id, "真好", key="k")
    await count_circles(ctx)  # today that was done
    assert (await lines(ctx))["东区"].topics == 1
    later = after(ctx, timedelta(days=1))
    await count_circles(later)
    await check_their_pages_say_so(later)
    assert (await lines(later))["东区"].topics == 2
    await hide_topic(ctx, HEAD, first.id, "发错了")
    later = after(ctx, timedelta(days=2))
    await count_circles(later)
    assert (await lines(later))["东区"].topics == 1


@pytest.mark.parametrize("last", range(1, 6))
async def test_who_dies_while_counting_has_begun_again(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, last: int
) -> None:
    await post(ctx, HEAD, "运动会")
    with suppress(Killed), after_each_write(monkeypatch, dying_after(last)):
        await count_circles(ctx)
    later = after(ctx, timedelta(minutes=2))  # by then nobody holds its turn
    await count_circles(later)
    await check_their_pages_say_so(later)


async def test_a_term_that_was_moved_leaves_no_second_sum(ctx: Context) -> None:
    store, day = ctx.stores.circle_sums, date(2026, 11, 24)
    spring: dict[str, Any] = {"first_on": date(2026, 2, 20), "last_on": date(2026, 7, 10)}
    await store.keep([a_sum(id="school-a:2026-02-20", topics=9, **spring), a_sum()])
    await store.keep([a_sum("school-b", topics=7)])
    moved: dict[str, Any] = {"first_on": date(2026, 8, 31), "last_on": date(2027, 1, 29)}
    anew = a_sum(id="school-a:2026-08-31", topics=50, **moved)
    await store.keep([anew])
    await store.drop_overlapping(anew)
    assert (await store.on(["school-b"], day))["school-b"].topics == 7
    assert (await store.on(["school-a"], day))["school-a"].topics == 50
    assert (await store.on(["school-a"], date(2026, 3, 1)))["school-a"].topics == 9
    assert await store.on(["school-a"], date(2026, 8, 1)) == {}
    assert await ctx.stores.database["circle_sums"].count_documents({}) == 3
