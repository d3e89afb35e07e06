"""Whatever is lost, doubled or torn: every device ends with the same messages, in order, each once."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.audiences import audience_of
from services.context import Context
from services.live import GOING_AWAY, Live
from services.messages import send_message
from tests.flows.conftest import quiet_town as quiet_town
from tests.talking import HEAD, MOTHER, OTHER, TALK, another_process, settle_school, text
from tests.town import Town
from tests.waiting import wait_until

PEOPLE = (MOTHER, OTHER, HEAD)
PROCESSES, DEVICES = 3, 6
_numbers = itertools.count()


class Device:
    """A device without a wire: keeps what it is handed, as a real one does."""

    ends_by_silence = False

    def __init__(self, person_id: str) -> None:
        self.person_id, self.session_id = person_id, f"session-{next(_numbers)}"
        self.cursors: dict[str, int] = {}
        self.catching: dict[str, int] = {}
        self.heard: list[int] = []
        self.texts: list[str] = []
        self.begun = 0
        self.gaps = 0

    def again(self) -> Device:
        """The same device on another connection: it has what it has."""
        new = Device(self.person_id)
        new.heard, new.texts, new.begun = list(self.heard), list(self.texts), self.begun
        new.gaps = self.gaps
        return new

    def send(self, told: str) -> None:
        fields = json.loads(told)
        if fields["type"] != "message" or fields["thread"] != TALK or fields["seq"] <= self.begun:
            return
        last = self.heard[-1] if self.heard else self.begun
        if fields["seq"] == last + 1:
            self.heard.append(fields["seq"])
            self.texts.append(fields["text"])
        elif fields["seq"] > last:
            self.gaps += 1

    def end(self, code: int, reason: str) -> None:
        assert code == GOING_AWAY, reason

    def is_over(self, at: datetime) -> bool:
        return False

    async def is_signed_in(self) -> bool:
        return True


class World:
    """Three processes, and devices that move between them."""

    def __init__(self, processes: list[Context]) -> None:
        self.processes = processes
        self.devices = [Device(PEOPLE[n % 3]) for n in range(DEVICES)]
        self.at: dict[int, int] = {}
        self.lost = [False] * PROCESSES
        for number, ctx in enumerate(processes):
            self._may_lose(number, ctx)

    def _may_lose(self, number: int, ctx: Context) -> None:
        tell = ctx.stores.wires.tell

        async def perhaps(school_id: str, word: bytes) -> None:
            if not self.lost[number]:
                await tell(school_id, word)

        ctx.stores.wires.tell = perhaps  # type: ignore[method-assign]

    def live(self, number: int) -> Live:
        live = self.processes[number].live
        assert isinstance(live, Live)
        return live

    async def begin(self) -> None:
        """Everybody has what was said before this example."""
        tail = await self.processes[0].stores.messages.tail(TALK, 0)
        self.lost = [False] * PROCESSES
        for number, device in enumerate(self.devices):
            device.begun, device.heard, device.texts, device.gaps = tail, [], [], 0
            await self.move(number, number % PROCESSES)

    async def move(self, number: int, process: int) -> None:
        """Torn from where it was, connected elsewhere, resuming from what it has."""
        before, ctx = self.devices[number], self.processes[process]
        if number in self.at:
            self.live(self.at[number]).leave(before)
        self.at[number] = process
        device = self.devices[number] = before.again()
        audience = await audience_of(ctx, TALK)
        await self.live(process).join(ctx, device, [audience.thread.school_id])
        after = device.heard[-1] if device.heard else device.begun
        device.cursors[TALK] = after
        self.live(process).begin(ctx, device, [])
        self.live(process).catch_up(ctx, device, TALK, after)

    async def say(self, process: int, person: int, key: int) -> None:
        form = text(f"words-{key}")
        await send_message(
            self.processes[process], PEOPLE[person], TALK, form, key=f"{self.run}-{key}"
        )

    async def settle(self, expected: int) -> None:
        """A beat at each process brings what was lost."""
        self.lost = [False] * PROCESSES

        async def all_have() -> bool:
            for number in range(PROCESSES):
                await self.live(number).beat(self.processes[number])
            return all(len(d.heard) >= expected for d in self.devices)

        await wait_until(all_have, description="everybody has everything")

    run = ""


number = st.integers(0, PROCESSES - 1)
says = st.tuples(st.just("say"), number, st.integers(0, 2), st.integers(0, 12))
SCRIPTS = st.lists(
    st.one_of(
        says,
        st.tuples(st.just("at_once"), st.lists(says, min_size=2, max_size=8)),
        st.tuples(st.just("move"), st.integers(0, DEVICES - 1), number),
        st.tuples(st.just("lose"), number),
        st.tuples(st.just("find"), number),
        st.tuples(st.just("restart"), number),
    ),
    min_size=3,
    max_size=25,
)


@pytest.fixture
async def world(quiet_town: Town) -> AsyncIterator[World]:
    ctx: Context = quiet_town.ctx
    await settle_school(ctx)
    async with AsyncExitStack() as stack:
        others = [
            await stack.enter_async_context(another_process(quiet_town))
            for _ in range(PROCESSES - 1)
        ]
        yield World([ctx, *others])


@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(script=SCRIPTS)
async def test_every_device_ends_with_the_same_order(world: World, script: list[Any]) -> None:
    world.run = f"run-{next(_numbers)}"
    await world.begin()
    wanted: dict[tuple[int, int], str] = {}
    for step in script:
        match step:
            case ("say", process, person, key):
                wanted[person, key] = f"words-{key}"
                await world.say(process, person, key)
            case ("at_once", together):
                for _, _, person, key in together:
                    wanted[person, key] = f"words-{key}"
                await asyncio.gather(*(world.say(a, b, c) for _, a, b, c in together))
            case ("move", device, process):
                await world.move(device, process)
            case ("lose", process):
                world.lost[process] = True
            case ("find", process):
                world.lost[process] = False
            case ("restart", process):
                # What a new process knows of numbers: nothing.
                world.processes[process].stores.messages._tails.clear()
    await world.settle(len(wanted))
    begun = world.devices[0].begun
    kept = await world.processes[0].stores.messages.stretch(TALK, begun, begun + 1000)
    assert [m.seq for m in kept] == list(range(begun + 1, begun + len(wanted) + 1))
    assert sorted(m.text for m in kept) == sorted(wanted.values())
    for device in world.devices:
        assert device.texts == [m.text for m in kept]
        assert device.heard == [m.seq for m in kept]
        assert device.gaps == 0
