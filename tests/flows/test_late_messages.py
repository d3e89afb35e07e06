"""What is shown only after a review reaches whoever has read past it: the gathered push."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.rings import COUNT_LIMIT
from domain.safety import Outcome
from services.message_reviews import settle_message
from services.messages import mark_read, send_message
from services.rings import tend_rings
from tests.flows.conftest import quiet_town as quiet_town
from tests.flows.test_rings import TALK, later, person, pushes
from tests.flows.test_rings import town as town
from tests.safety import BAD
from tests.talking import text
from tests.town import Town


@pytest.mark.parametrize("after_it", [1, COUNT_LIMIT + 1])
async def test_who_has_read_past_what_is_shown_late_is_told_of_it(
    town: Town, after_it: int
) -> None:
    """However much was said since; who wrote it is not, nor who has read again."""
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    sent = await send_message(town.ctx, mother, TALK, text(BAD), key="held-0001")
    assert sent.message is not None
    for n in range(after_it):
        form = text(f"第{n}句")
        last = await send_message(town.ctx, teacher, TALK, form, key=f"after-{n:04d}")
    assert last.message is not None
    for key in ("teacher", "mother1", "mother2"):
        await mark_read(town.ctx, await person(town, key), TALK, last.message.seq)
    await tend_rings(later(town))
    assert not town.world.ledger
    hour = later(town, timedelta(hours=1))
    await settle_message(hour, sent.message.id, Outcome.PASS)
    await mark_read(hour, teacher, TALK, last.message.seq)
    await tend_rings(hour)
    assert not town.world.ledger
    await tend_rings(later(hour))
    (push,) = pushes(town, "mother2")
    assert "您有 1 条新消息" in str(push)
    assert not pushes(town, "mother1")
    assert not pushes(town, "teacher")
