"""A school with a catalogue and shelves, for tests of links."""

from __future__ import annotations

from typing import Any

from domain.audit import OPERATOR
from domain.catalogue import Catalogue
from domain.shelves import Draft, Entry, ShelfLevel, place_key
from services.catalogue import apply_sync, plan_sync
from services.context import Context
from services.shelves import ShelfPlace, draft_entry, put_up
from tests.domain.catalogue_samples import SMALL
from tests.town import SCHOOL, school_class

CLASS = school_class(1)
CLASS_SHELF = ShelfPlace(
    ShelfLevel.CLASS,
    place_key(ShelfLevel.CLASS, CLASS.id),
    CLASS.name,
    CLASS.id,
    school=SCHOOL,
    school_class=CLASS,
)
SCHOOL_SHELF = ShelfPlace(
    ShelfLevel.SCHOOL,
    place_key(ShelfLevel.SCHOOL, SCHOOL.id),
    SCHOOL.name,
    SCHOOL.id,
    school=SCHOOL,
)
ADDRESS = "https://basic.smartedu.cn/sport"


async def take_catalogue(ctx: Context, content: bytes = SMALL) -> Catalogue:
    """Let the small catalogue count."""
    plan = await plan_sync(ctx, content, "small")
    await apply_sync(ctx, plan)
    return plan.catalogue


async def draft(ctx: Context, place: ShelfPlace = CLASS_SHELF, **form: Any) -> Draft:
    """A form that would be taken, with some fields changed."""
    lists = {name: list(form.pop(name, ())) for name in ("audiences", "grades")}
    typed = {"title": "阳光体育", "address": ADDRESS, **form}
    return await draft_entry(ctx, place, typed, **lists)


async def hang(
    ctx: Context, place: ShelfPlace = CLASS_SHELF, *, key: str = "key-0001", **form: Any
) -> Entry:
    """Put an entry up."""
    return await put_up(ctx, OPERATOR, place, await draft(ctx, place, **form), key=key)
