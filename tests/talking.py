"""A school that talks: two classes of two children, their guardians, teachers and an office; and other processes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from domain.bindings import Binding, BindingState, Ending, EndReason, binding_id
from domain.groups import GroupRules, Mode, class_group
from domain.roles import Appointment, Role
from domain.threads import talk_id
from services.context import Context
from services.live import Live
from storage.stores import open_stores
from tests.settling import settle_families
from tests.town import SCHOOL, Town, school_class

CLASS, SECOND = school_class(1), school_class(2)
GROUP = class_group(CLASS.id)
TALK = talk_id(GROUP)
CHILD = f"{CLASS.id}-0001"
MOTHER, OTHER, ELSEWHERE = "person-000000", "person-000001", "person-000002"
HEAD, MATHS, OFFICE = "head", "maths", "office"


async def settle_school(ctx: Context, *, mode: Mode = Mode.OPEN, families: int = 4) -> None:
    """`head` leads both classes, `maths` teaches the first, `office` is the office; class 1 talks as `mode` says."""
    openids = [f"openid-{n}" for n in range(families)]
    await settle_families(ctx, "wx", openids, teacher=HEAD, class_size=families // 2)
    for role, person, class_id in (
        (Role.SUBJECT_TEACHER, MATHS, CLASS.id),
        (Role.OFFICE, OFFICE, ""),
    ):
        await ctx.stores.appointments.save(
            Appointment(
                id=person,
                person_id=person,
                role=role,
                name=person,
                school_id=SCHOOL.id,
                class_id=class_id,
                subject="maths" if class_id else "",
            )
        )
    rules = GroupRules(id=SCHOOL.id, modes=((GROUP, mode),), version=1)
    assert await ctx.stores.groups.change_rules(rules)


async def bind(ctx: Context, person_id: str, student_id: str = CHILD, **changes: Any) -> Binding:
    """Another guardian of a child."""
    given: dict[str, Any] = {
        "id": binding_id(student_id, person_id),
        "school_id": SCHOOL.id,
        "student_id": student_id,
        "person_id": person_id,
        "relation": "爸爸",
        "contact_id": None,
        "state": BindingState.ACTIVE,
        "bound_at": ctx.now(),
    }
    binding = Binding(**(given | changes))
    await ctx.stores.bindings.save(binding, decided_at=ctx.now())
    return binding


async def unbind(ctx: Context, person_id: str, student_id: str = CHILD) -> None:
    """The school ends a binding."""
    ending = Ending(at=ctx.now(), by=HEAD, reason=EndReason.MOVED)
    assert await ctx.stores.bindings.end(binding_id(student_id, person_id), ending)


@asynccontextmanager
async def another_process(town: Town) -> AsyncIterator[Context]:
    """What another process over the same stores works with."""
    settings = town.settings
    stores = open_stores(
        mongodb_uri=settings.mongodb_uri,
        database=settings.mongodb_database,
        redis_url=settings.redis_url,
        app_id=settings.official_account.app_id,
    )
    live = Live()
    try:
        yield replace(town.ctx, stores=stores, live=live)
    finally:
        await live.close()
        await stores.close()


def text(words: str, **more: Any) -> dict[str, Any]:
    """The form of a line of text."""
    return {"kind": "text", "text": words, **more}


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    """A process of a school that talks."""
    made: Context = quiet_town.ctx
    await settle_school(made)
    return made


@pytest.fixture
async def second(quiet_town: Town, ctx: Context) -> AsyncIterator[Context]:
    """Another process over the same stores."""
    async with another_process(quiet_town) as made:
        yield made
