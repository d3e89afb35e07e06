"""What becomes of resources when somebody is erased, or has taken one back."""

from __future__ import annotations

from collections.abc import Mapping

from domain.errors import ConflictError
from domain.resource_steps import without_person
from domain.resources import By
from services.context import Context
from storage.forgetting import ERASED

NOBODY = By(ERASED, "")
_ROUNDS = 20
_BATCH = 20


async def forget_ratings(ctx: Context, person_id: str) -> Mapping[str, int]:
    """What somebody opened and what they said to it goes; so does in which lessons they used it."""
    gone = await ctx.stores.forgetting.drop_of_person("resource_uses", person_id)
    lessons = await ctx.stores.resource_lessons.forget(person_id)
    return {"resource_uses": gone, "resource_lessons": lessons}


async def unname_resources(ctx: Context, person_id: str) -> Mapping[str, int]:
    """What they filed stays, the school's, without their name; so do decisions.

    Raises ConflictError when others change them all the time.
    """
    unnamed = 0
    for _ in range(_ROUNDS):
        left = await ctx.stores.resources.touched_by(person_id)
        if not left:
            return {"unnamed": unnamed}
        for resource in left:
            nameless = without_person(resource, person_id, NOBODY)
            unnamed += await ctx.stores.resources.mark_changed(nameless, ctx.now())
    raise ConflictError


async def clear_withdrawn(ctx: Context) -> int:
    """What its author took back a while ago goes with its files; the resource last, so that a repetition finds it."""
    before = ctx.now() - ctx.policy.keep.uploads
    old = await ctx.stores.resources.withdrawn(before, _BATCH)
    for resource in old:
        await ctx.stores.forgetting.drop_files(sorted(resource.files()))
        await ctx.stores.resources.drop_uses(resource.id)
    return await ctx.stores.forgetting.drop("resources", [r.id for r in old])
