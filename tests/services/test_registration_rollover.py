"""The figures go up with the classes, and come back with them."""

from __future__ import annotations

from services.context import Context
from services.registration import count_school
from tests.flows.conftest import quiet_town as quiet_town
from tests.new_year import an_eve, go_back, go_up, settle
from tests.services.test_registration import drained, without_time
from tests.town import Town


async def figures(ctx: Context, school_id: str) -> object:
    """What is kept, once everything marked was counted; it has to be what counting from nothing finds."""
    await drained(ctx)
    at = ctx.now()
    kept = without_time(await ctx.stores.registrations.of_school(school_id), at)
    assert kept == without_time(await count_school(ctx, school_id, at), at)
    school, classes = kept
    return school.pupils, school.registered, [(c.class_id, c.grade, c.pupils) for c in classes]


async def test_a_roll_over_is_counted_and_so_is_taking_it_back(quiet_town: Town) -> None:
    ctx, eve = quiet_town.ctx, an_eve()
    await settle(ctx, eve)
    before = await figures(ctx, eve.school.id)
    await go_up(ctx, eve)
    after = await figures(ctx, eve.school.id)
    assert after != before
    await go_back(ctx, eve)
    assert await figures(ctx, eve.school.id) == before
