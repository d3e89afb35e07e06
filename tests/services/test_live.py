"""A device that connects: what is said while it is greeted comes after the greeting, in order."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import cast

import pytest

from services.audiences import audience_of
from services.context import Context
from services.live import GOING_AWAY, Live
from services.messages import send_message
from tests.flows.conftest import quiet_town as quiet_town
from tests.talking import HEAD, MOTHER, TALK, settle_school, text
from tests.town import SCHOOL, Town
from tests.waiting import wait_until


class Device:
    """A device without a wire: keeps the numbers it is told."""

    person_id, session_id, ends_by_silence = MOTHER, "session-1", False

    def __init__(self) -> None:
        self.cursors: dict[str, int] = {}
        self.catching: dict[str, int] = {}
        self.told: list[int] = []

    def send(self, text: str) -> None:
        fields = json.loads(text)
        if fields["type"] == "message":
            self.told.append(fields["seq"])

    def end(self, code: int, reason: str) -> None:
        assert code == GOING_AWAY, reason

    def is_over(self, at: datetime) -> bool:
        return False

    async def is_signed_in(self) -> bool:
        return True


@pytest.mark.parametrize("known", [True, False], ids=["theirs before", "theirs only now"])
async def test_who_is_being_greeted_is_told_nothing_before_they_know_where_they_begin(
    quiet_town: Town, monkeypatch: pytest.MonkeyPatch, known: bool
) -> None:
    ctx: Context = quiet_town.ctx
    await settle_school(ctx)
    live = cast(Live, ctx.live)
    first = (await audience_of(ctx, TALK)).thread
    note, pending = ctx.stores.wires.note_present, ["第一句", "第二句", "第三句"]

    async def meanwhile(person_ids: Iterable[str], seconds: float) -> None:
        while pending:
            key = f"meanwhile-{len(pending)}"
            await send_message(ctx, HEAD, TALK, text(pending.pop()), key=key)
        await wait_until(lambda: not live._queues, description="all who are here have heard it")
        await note(person_ids, seconds)

    monkeypatch.setattr(ctx.stores.wires, "note_present", meanwhile)
    device = Device()
    await live.join(ctx, device, [SCHOOL.id])
    assert (device.told, device.cursors) == ([], {})
    live.begin(ctx, device, [first] if known else [])
    await wait_until(lambda: len(device.told) == 3, description="what was said comes after it")
    assert device.told == [1, 2, 3]
