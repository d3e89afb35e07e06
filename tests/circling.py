"""Circles as the tests use them: pictures to put in, and families that agree to them or don't."""

from __future__ import annotations

import io
from collections.abc import Awaitable

import pytest
from PIL import Image

from domain.circles import Topic
from domain.consent_texts import TEXTS, Purpose
from domain.consents import ConsentEvent, Decision
from domain.errors import NotFoundError
from services.circles import post_topic, topics_page
from services.context import Context
from services.files import Owner, store_upload
from tests.talking import CHILD, GROUP, HEAD, MOTHER
from tests.town import SCHOOL


async def agree(
    ctx: Context,
    person_id: str = MOTHER,
    student_id: str = CHILD,
    decision: Decision = Decision.YES,
) -> None:
    """A guardian says whether the class may see pictures of a child."""
    event = ConsentEvent(
        id=ctx.new_id(),
        school_id=SCHOOL.id,
        person_id=person_id,
        student_id=student_id,
        purpose=Purpose.CLASS_PHOTOS,
        version=TEXTS[Purpose.CLASS_PHOTOS].version,
        decision=decision,
        at=ctx.now(),
    )
    await ctx.stores.consents.add(event)


async def picture(ctx: Context, person_id: str = HEAD, student_id: str = "") -> str:
    """A picture that somebody has uploaded, by id."""
    made = io.BytesIO()
    Image.new("RGB", (8, 8), "orange").save(made, "PNG")
    owner = Owner(SCHOOL.id, person_id, student_id)
    return (await store_upload(ctx, owner, "小明的照片.png", made.getvalue())).id


async def post(
    ctx: Context,
    person_id: str = HEAD,
    text: str = "今天的运动会",
    *pictures: tuple[str, tuple[str, ...]],
    circle: str = GROUP,
    key: str = "",
) -> Topic:
    """Somebody puts a topic into a circle."""
    return (await post_topic(ctx, person_id, circle, text, pictures, key=key or text)).topic


async def seen(ctx: Context, person_id: str, circle: str = GROUP) -> list[str]:
    """What somebody reads in a circle, the newest first."""
    return [t.topic.text for t in (await topics_page(ctx, person_id, circle)).topics]


async def refused(asked: Awaitable[object]) -> None:
    """Absent and not theirs are the same."""
    with pytest.raises(NotFoundError):
        await asked
