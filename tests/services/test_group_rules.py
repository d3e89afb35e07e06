"""How a group talks, said by who leads it: within what the school allows, and nothing else of it changes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.errors import InvalidError, NotFoundError
from domain.groups import GroupKind, Mode
from services.context import Context
from services.group_rules import change_group, modes_for
from services.groups import access_group
from tests.flows.conftest import quiet_town as quiet_town
from tests.talking import GROUP, HEAD, MATHS, MOTHER
from tests.talking import ctx as ctx
from tests.town import SCHOOL


async def test_who_leads_a_group_says_how_it_talks_and_its_name_stays(ctx: Context) -> None:
    named = await change_group(ctx, HEAD, GROUP, {"mode": "open", "name": "向日葵班"})
    assert named.group.name == "向日葵班"
    quieter = await change_group(ctx, HEAD, GROUP, {"mode": "questions"})
    assert (quieter.group.mode, quieter.group.name) == (Mode.QUESTIONS, "向日葵班")
    usual = await change_group(ctx, HEAD, GROUP, {"mode": "questions", "name": ""})
    assert usual.group.name != "向日葵班"
    for person in (MATHS, MOTHER):
        with pytest.raises(NotFoundError):
            await change_group(ctx, person, GROUP, {"mode": "open"})


async def test_modes_are_offered_to_who_leads_and_as_the_school_allows(ctx: Context) -> None:
    rules = await ctx.stores.groups.rules(SCHOOL.id)
    allowed = ((GroupKind.CLASS, (Mode.ANNOUNCE, Mode.QUESTIONS)),)
    assert await ctx.stores.groups.change_rules(
        replace(rules, allowed=allowed, version=rules.version + 1)
    )
    for person, offered in ((HEAD, allowed[0][1]), (MATHS, ()), (MOTHER, ())):
        seat = await access_group(ctx, person, GROUP)
        assert await modes_for(ctx, seat) == offered
    with pytest.raises(InvalidError):
        await change_group(ctx, HEAD, GROUP, {"mode": "open"})
