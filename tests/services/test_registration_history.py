"""Whatever happened at a school, and in whatever order it was counted: what is kept is what is there."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.bindings import Ending, EndReason
from domain.offers import OfferState
from domain.roles import Role, appointment_id
from services.registration import count_marked, count_school
from tests.domain.samples import a_binding, a_class, a_student, an_appointment
from tests.domain.test_registration import an_offer
from tests.flows.conftest import quiet_town as quiet_town
from tests.services.test_registration import SCHOOL, drained, without_time
from tests.town import Town

PEOPLE = [f"person-{n}" for n in range(5)]
CLASSES = [f"class-{n}" for n in range(4)]
STUDENTS = [f"student-{n}" for n in range(10)]


class History:
    """One thing after the other, at random, through the stores that everybody writes by."""

    def __init__(self, ctx: Any, seed: int) -> None:
        self.ctx = ctx
        self.chance = random.Random(seed)
        self.offers = 0

    async def step(self) -> None:
        """Something happens; now and then somebody counts."""
        acts: list[Callable[[], Awaitable[object]]] = [
            self.bind,
            self.bind,
            self.end,
            self.pupil,
            self.school_class,
            self.role,
            self.role_ends,
            self.offer,
            self.offer_decided,
        ]
        await self.chance.choice(acts)()
        if self.chance.random() < 0.2:
            await count_marked(self.ctx)

    async def bind(self) -> None:
        binding = a_binding(
            self.chance.choice(STUDENTS),
            self.chance.choice(PEOPLE),
            contact_id=None,
            trial=self.chance.random() < 0.2,
        )
        await self.ctx.stores.bindings.save(binding, decided_at=self.ctx.now())

    async def end(self) -> None:
        key = f"{self.chance.choice(STUDENTS)}:{self.chance.choice(PEOPLE)}"
        ending = Ending(at=self.ctx.now(), by="x", reason=EndReason.OTHER)
        await self.ctx.stores.bindings.end(key, ending)

    async def pupil(self) -> None:
        left = self.ctx.now() if self.chance.random() < 0.3 else None
        student = a_student(
            id=self.chance.choice(STUDENTS), class_id=self.chance.choice(CLASSES), left_at=left
        )
        await self.ctx.stores.schools.save_students([student])

    async def school_class(self) -> None:
        ended = self.ctx.now() if self.chance.random() < 0.3 else None
        group = a_class(
            id=self.chance.choice(CLASSES), grade=self.chance.randint(1, 6), ended_at=ended
        )
        await self.ctx.stores.schools.save_classes([group])

    def _role(self) -> tuple[Role, str]:
        role = self.chance.choice([Role.HEAD_TEACHER, Role.SUBJECT_TEACHER, Role.OFFICE])
        return role, "" if role is Role.OFFICE else self.chance.choice(CLASSES)

    async def role(self) -> None:
        role, class_id = self._role()
        person = self.chance.choice(PEOPLE)
        key = appointment_id(role, person, place_id="school-a", class_id=class_id)
        appointment = an_appointment(
            id=key, person_id=person, role=role, class_id=class_id, name=person
        )
        await self.ctx.stores.appointments.save(appointment)

    async def role_ends(self) -> None:
        role, class_id = self._role()
        person = self.chance.choice(PEOPLE)
        key = appointment_id(role, person, place_id="school-a", class_id=class_id)
        await self.ctx.stores.appointments.end(key, self.ctx.now())

    async def offer(self) -> None:
        self.offers += 1
        offer = an_offer(self.chance.choice([*PEOPLE, "新老师"]), id=f"offer-{self.offers}")
        await self.ctx.stores.offers.add(offer)

    async def offer_decided(self) -> None:
        state = self.chance.choice([OfferState.TAKEN, OfferState.REVOKED])
        await self.ctx.stores.offers.mark(f"offer-{self.chance.randint(1, 9)}", state)


@pytest.mark.parametrize("seed", range(12))
async def test_counting_from_nothing_finds_what_is_kept(quiet_town: Town, seed: int) -> None:
    ctx = quiet_town.ctx
    await ctx.stores.schools.save_school(SCHOOL)
    await ctx.stores.schools.save_classes([a_class(id=c) for c in CLASSES])
    await ctx.stores.schools.save_students(
        [a_student(id=s, class_id=CLASSES[n % 4]) for n, s in enumerate(STUDENTS)]
    )
    history = History(ctx, seed)
    for _ in range(60):
        await history.step()
    await drained(ctx)
    kept = await ctx.stores.registrations.of_school(SCHOOL.id)
    at = ctx.now()
    assert kept[0] is not None
    assert without_time(kept, at) == without_time(await count_school(ctx, SCHOOL.id, at), at)
