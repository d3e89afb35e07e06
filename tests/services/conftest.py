"""Services over real stores; no job runs by itself."""

from __future__ import annotations

import pytest

from services.context import Context
from tests.flows.conftest import quiet_town as quiet_town
from tests.new_year import Eve, an_eve, settle
from tests.town import Town


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    """The services' context, with nothing settled yet."""
    made: Context = quiet_town.ctx
    return made


@pytest.fixture
async def eve(ctx: Context) -> Eve:
    """A school on the eve of a new year, and another one that nothing may happen to."""
    made = an_eve()
    await settle(ctx, made)
    await settle(ctx, an_eve("school-b", name="云杉小学"))
    return made
