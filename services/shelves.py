"""Keeping a shelf: putting up an entry, changing it, taking it down. Looking at shelves: `services.shelf_views`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from domain.audit import Act, Actor
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.regions import Region
from domain.roles import Right
from domain.schools import School, SchoolClass
from domain.shelves import (
    ENTRY_CODE_LENGTH,
    ENTRY_LIMIT,
    Draft,
    Entry,
    ShelfLevel,
    in_order,
    parse_entry,
    place_key,
    short_code,
    with_draft,
)
from domain.starter_shelf import starter_entries
from domain.subjects import subjects_of
from services.audit import note_act
from services.context import Context
from services.people import Post, Teaching, teaching_of


@dataclass(frozen=True, slots=True)
class ShelfPlace:
    """One shelf, and who stands behind it."""

    level: ShelfLevel
    key: str
    name: str
    place_id: str
    school: School | None = None
    school_class: SchoolClass | None = None
    region: Region | None = None

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """What an entry can be for here: code and name."""
        if self.school is None:
            return subjects_of(())
        return subjects_of(self.school.stages, self.school.rules.local_subjects)


async def access_shelf_as_keeper(ctx: Context, post: Post, class_id: str = "") -> ShelfPlace:
    """The shelf of a post's own place, or of a class within its reach. Raises NotFoundError."""
    if class_id:
        return class_shelf(await teaching_of(ctx, post, Right.LINKS), class_id)
    if not post.has_everywhere(Right.LINKS):
        raise NotFoundError
    if post.school is not None:
        key = place_key(ShelfLevel.SCHOOL, post.school.id)
        return ShelfPlace(
            ShelfLevel.SCHOOL, key, post.school.name, post.school.id, school=post.school
        )
    if post.region is not None:
        level = ShelfLevel(post.region.level.value)
        key = place_key(level, post.region.id)
        return ShelfPlace(level, key, post.region.name, post.region.id, region=post.region)
    raise NotFoundError


def class_shelf(teaching: Teaching, class_id: str) -> ShelfPlace:
    """The shelf of one of their classes. Raises NotFoundError."""
    found = teaching.find_class(class_id)
    key = place_key(ShelfLevel.CLASS, found.id)
    return ShelfPlace(
        ShelfLevel.CLASS, key, found.name, found.id, school=teaching.school, school_class=found
    )


async def entries_of(ctx: Context, place: ShelfPlace) -> list[Entry]:
    """All that hangs there, also what is over or broken: its keeper has to see that."""
    return in_order(await ctx.stores.shelves.of_places([place.key]))


async def broken_entries(ctx: Context, post: Post) -> int:
    """How many links of one's own place's shelf do not open any more, or lead elsewhere."""
    place = await access_shelf_as_keeper(ctx, post)
    return sum(entry.is_broken for entry in await ctx.stores.shelves.of_places([place.key]))


async def access_entry_as_keeper(ctx: Context, place: ShelfPlace, code: str) -> Entry:
    """An entry of this shelf. Raises NotFoundError."""
    entry = await ctx.stores.shelves.find(code)
    if entry is None or entry.place != place.key or entry.removed_at is not None:
        raise NotFoundError
    return entry


async def draft_entry(
    ctx: Context,
    place: ShelfPlace,
    form: Mapping[str, str],
    *,
    audiences: Sequence[str],
    grades: Sequence[str],
) -> Draft:
    """A form, checked. Raises InvalidError."""
    draft = parse_entry(
        form,
        audiences=audiences,
        grades=grades,
        allowed_hosts=ctx.policy.link_hosts,
        subjects=[code for code, _ in place.subjects],
    )
    if draft.book_id:
        catalogue = await ctx.stores.catalogue.current()
        if catalogue is None or catalogue.find(draft.book_id) is None:
            raise InvalidError({"book_id": Problem("unknown")})
    return draft


async def put_up(ctx: Context, actor: Actor, place: ShelfPlace, draft: Draft, *, key: str) -> Entry:
    """Put an entry up; the same `key` again is the same entry. Raises InvalidError (`too_many`)."""
    made_of = hashlib.sha256(f"{actor.person_id}\0{place.key}\0{key}".encode()).hexdigest()
    if len(await ctx.stores.shelves.of_places([place.key])) >= ENTRY_LIMIT:
        raise InvalidError({"title": Problem("too_many", ENTRY_LIMIT)})
    entry = with_draft(
        Entry(
            id="",
            level=place.level,
            place=place.key,
            title=draft.title,
            school_id=place.school.id if place.school else "",
            class_id=place.school_class.id if place.school_class else "",
            made_of=made_of,
            created_at=ctx.now(),
        ),
        draft,
    )
    entry = replace(entry, check_due_at=ctx.now() if entry.address else None)
    for salt in range(100):
        entry = replace(entry, id=short_code(f"{made_of}:{salt}", ENTRY_CODE_LENGTH))
        held = await ctx.stores.shelves.find(entry.id)
        if held is not None:
            if held.made_of == made_of:
                return held
            continue
        await _note(ctx, actor, entry.id, None, entry)
        if await ctx.stores.shelves.add(entry):
            return entry
        held = await ctx.stores.shelves.find(entry.id)
        if held is not None and held.made_of == made_of:
            return held
    raise ConflictError


async def change_entry(
    ctx: Context, actor: Actor, place: ShelfPlace, code: str, draft: Draft, *, seen: int
) -> Entry:
    """Change it. Raises NotFoundError, ConflictError when it is not as it was `seen`."""
    held = await access_entry_as_keeper(ctx, place, code)
    if held.version != seen:
        raise ConflictError
    entry = with_draft(held, draft)
    if entry.address:
        entry = replace(entry, check_due_at=ctx.now())
    await _write(ctx, actor, held, entry)
    return replace(entry, version=entry.version + 1)


async def take_down(ctx: Context, actor: Actor, place: ShelfPlace, code: str) -> None:
    """Take it down: its link leads nowhere any more. Raises NotFoundError, ConflictError."""
    held = await access_entry_as_keeper(ctx, place, code)
    await _write(ctx, actor, held, replace(held, removed_at=ctx.now(), check_due_at=None))


async def _write(ctx: Context, actor: Actor, held: Entry, entry: Entry) -> None:
    await _note(ctx, actor, held.id, held, None if entry.removed_at else entry)
    if not await ctx.stores.shelves.mark_changed(entry):
        raise ConflictError
    ctx.links.forget(entry.id)


async def _note(
    ctx: Context, actor: Actor, code: str, before: Entry | None, after: Entry | None
) -> None:
    await note_act(
        ctx,
        actor,
        Act.SHELF_CHANGED,
        subject=("entry", code),
        before=_noted(before),
        after=_noted(after),
    )


def _noted(entry: Entry | None) -> dict[str, Any] | None:
    """What the log keeps: where it leads, not what somebody wrote beside it."""
    if entry is None:
        return None
    return {"address": entry.address or f"{entry.book_id}/{entry.page}", "level": entry.level.value}


async def plant_starter(ctx: Context, entries: Iterable[Entry] = ()) -> int:
    """Put up what ships with the program and is not there yet; returns how many that were."""
    planted = 0
    for entry in tuple(entries) or starter_entries():
        fresh = replace(entry, created_at=ctx.now(), check_due_at=ctx.now())
        planted += await ctx.stores.shelves.add(fresh)
    return planted
