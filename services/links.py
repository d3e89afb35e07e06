"""Following a short link: where it leads, and the doors by which use is counted.

A child's link must open: what this process remembers of it is in `services.link_room`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from domain.catalogue import Page
from domain.errors import NotFoundError, YanshuError
from domain.link_uses import DOOR_LENGTH, Door, door_key
from domain.notices import link_allowed
from domain.shelves import BOOK_CODE_LENGTH, NATIONAL, Entry, book_code, is_code, short_code
from services.context import Context
from services.link_room import PATIENCE_SECONDS, Target
from services.terms import school_day

log = logging.getLogger("yanshu.services")


class LinksAwayError(YanshuError):
    """The stores do not answer, and this process does not know the link."""

    code = "links_away"


async def find_target(ctx: Context, code: str) -> Target:
    """Where a code leads. Raises NotFoundError, LinksAwayError."""
    if not is_code(code):
        raise NotFoundError
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            target = await load_target(ctx, code)
    except NotFoundError:
        raise
    except Exception as error:  # whatever the driver says: the stores are away
        log.warning("a link could not be looked up: %s", type(error).__name__)
        raise LinksAwayError from None
    ctx.links.remember(target)
    return target


async def load_target(ctx: Context, code: str) -> Target:
    """Where a code leads, asked of the stores. Raises NotFoundError: absent, taken down, or a host that isn't
    allowed any more are the same."""
    if len(code) == BOOK_CODE_LENGTH:
        return await _book_target(ctx, code)
    entry = await ctx.stores.shelves.find(code)
    if entry is None or not entry.stands(school_day(ctx.now())):
        raise NotFoundError
    return _judged(
        ctx,
        Target(
            code=code,
            address=await entry_address(ctx, entry),
            title=entry.title,
            place=entry.place,
            school_id=entry.school_id,
            class_id=entry.class_id,
            subject=entry.subject,
        ),
    )


async def shelf_of_gone(ctx: Context, code: str) -> str:
    """The open page of the school on whose shelf a link hung that leads nowhere now: what took its place is there.

    Empty where it hung on no school's, or was never there.
    """
    entry = await ctx.stores.shelves.find(code) if is_code(code) else None
    return f"/links/{entry.school_id}" if entry and entry.school_id else ""


async def entry_address(ctx: Context, entry: Entry) -> str:
    """Where an entry leads now. Raises NotFoundError for a book that nobody knows."""
    if not entry.book_id:
        return entry.address
    catalogue = await ctx.stores.catalogue.current()
    book = catalogue.find(entry.book_id) if catalogue else None
    if catalogue is None or book is None:
        raise NotFoundError
    return catalogue.address_of(book, entry.page)


async def _book_target(ctx: Context, code: str) -> Target:
    catalogue = await ctx.stores.catalogue.current()
    if catalogue is None:
        raise NotFoundError
    held = ctx.links.book_codes(catalogue.id)
    if held is None:
        held = {book_code(b.id, p): (b.id, p) for b in catalogue.books for p in Page}
        ctx.links.keep_book_codes(catalogue.id, held)
    found = held.get(code)
    book = catalogue.find(found[0]) if found else None
    if found is None or book is None:
        raise NotFoundError
    address = catalogue.address_of(book, found[1])
    return _judged(ctx, Target(code, address, book.title, NATIONAL, subject=book.subject))


async def titles_of(ctx: Context, codes: Iterable[str]) -> dict[str, str]:
    """What links are called, also those that lead nowhere any more; without a book that nobody knows."""
    wanted = set(codes)
    entries = {code for code in wanted if len(code) != BOOK_CODE_LENGTH}
    titles = {e.id: e.title for e in await ctx.stores.shelves.many(entries)}
    for code in wanted - entries:
        with suppress(NotFoundError):
            titles[code] = (await _book_target(ctx, code)).title
    return titles


def _judged(ctx: Context, target: Target) -> Target:
    """What is not allowed any more leads nowhere."""
    if not link_allowed(target.address, ctx.policy.link_hosts):
        raise NotFoundError
    host = target.address.partition("://")[2].partition("/")[0].partition("?")[0].lower()
    closed = any(host == one or host.endswith("." + one) for one in ctx.policy.closed_hosts)
    return replace(target, closed=closed)


async def doors_for(
    ctx: Context, school_id: str, class_ids: tuple[str, ...], role: str
) -> dict[str, str]:
    """The doors of classes (of the school for ``) for one role, by class; made where there is none."""
    keys = {door_key(school_id, class_id, role): class_id for class_id in class_ids}
    held = await ctx.stores.link_uses.doors_of(keys)
    for key, class_id in keys.items():
        if key not in held:
            held[key] = await _make_door(ctx, key, role, school_id, class_id)
    return {keys[key]: door.id for key, door in held.items()}


async def _make_door(ctx: Context, key: str, role: str, school_id: str, class_id: str) -> Door:
    while True:
        door = Door(
            id=short_code(ctx.new_id(), DOOR_LENGTH),
            key=key,
            role=role,
            school_id=school_id,
            class_id=class_id,
        )
        if await ctx.stores.link_uses.add_door(door):
            return door
        made: dict[str, Any] = await ctx.stores.link_uses.doors_of([key])
        if key in made:  # somebody else was faster
            found: Door = made[key]
            return found
