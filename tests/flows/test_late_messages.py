"""What is shown only after a review reaches whoever has read past it: the gathered push."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.rings import COUNT_LIMIT
from domain.safety import Outcome
from services.message_reviews import settle_message
from services.messages import (
    hide_message,
    mark_read,
    messages_after,
    page_of_thread,
    recall_message,
    send_message,
)
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


async def test_a_page_says_what_was_shown_behind_what_somebody_has_read(town: Town) -> None:
    """By number, until they have read again; not its author's, nor what was deleted or taken back."""
    teacher, mother, other = [await person(town, k) for k in ("teacher", "mother1", "mother2")]
    held = [
        await send_message(town.ctx, mother, TALK, text(f"{BAD}{n}"), key=f"held-{n:04d}")
        for n in range(3)
    ]
    first, second, third = [one.message for one in held if one.message is not None]
    last = await send_message(town.ctx, teacher, TALK, text("大家早"), key="after-0001")
    assert last.message is not None
    for who in (teacher, mother, other):
        await mark_read(town.ctx, who, TALK, last.message.seq)

    async def late(who: str) -> tuple[int, ...]:
        page = await page_of_thread(town.ctx, who, TALK)
        news = await messages_after(town.ctx, who, TALK, last.message.seq if last.message else 0)
        assert page.late == news.late
        return page.late

    assert await late(other) == ()
    for message in (third, first, second):
        await settle_message(town.ctx, message.id, Outcome.PASS)
    assert await late(other) == await late(teacher) == (first.seq, second.seq, third.seq)
    assert await late(mother) == ()
    await hide_message(town.ctx, other, TALK, first.seq)
    await recall_message(town.ctx, teacher, TALK, second.seq)
    assert (await late(other), await late(teacher)) == ((third.seq,), (first.seq, third.seq))
    await mark_read(town.ctx, other, TALK, last.message.seq)
    assert (await late(other), await late(teacher)) == ((), (first.seq, third.seq))
