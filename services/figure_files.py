"""Figures as Excel files: that somebody took one is noted first, whatever is counted in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from domain.audit import Act
from domain.regions import Region
from domain.schools import School, SchoolClass
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.spreadsheets import Sheet, built

_KINDS: Mapping[type, str] = {Region: "region", School: "school", SchoolClass: "class"}


async def figures_file(
    ctx: Context,
    post: Post,
    act: Act,
    place: Region | School | SchoolClass,
    sheets: Sequence[Sheet],
    *,
    after: Mapping[str, object] | None = None,
) -> tuple[str, bytes]:
    """(name of the place, file) of figures that `post` may see; `act` is what it is called in the log."""
    subject = (_KINDS[type(place)], place.id)
    await note_act(ctx, post.actor, act, subject=subject, after=after)
    return place.name, await asyncio.to_thread(built, sheets)
