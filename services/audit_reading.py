"""The audit log as people of a place read it: who did what, with the names of staff instead of ids.

Names of families never come in here: an entry holds none, and none is looked up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.audit import OPERATOR, Entry
from domain.regions import Region
from domain.roles import Appointment, Right
from domain.schools import School, SchoolClass
from services.audit import ChainReport, Wanted, audit_page, verify_newest
from services.context import Context
from services.people import Post
from services.places import Place, access_place, find_place

QUICK_CHECK = 1000


@dataclass(frozen=True, slots=True)
class Names:
    """What the ids of a log's entries stand for, as far as they are staff, classes, or places above."""

    people: Mapping[str, str]  # person → how they are, or last were, called
    appointments: Mapping[str, Appointment]
    classes: Mapping[str, SchoolClass]
    places: Mapping[str, str]  # of those who acted from elsewhere

    def person(self, entry: Entry) -> str:
        """Who acted, by the post they acted from; empty where nobody knows."""
        if held := self.appointments.get(entry.actor.post_id):
            return held.name
        return self.people.get(entry.actor.person_id, "")


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log. `older` is where the next begins, None when there is none."""

    entries: tuple[Entry, ...]
    older: str | None
    names: Names


async def access_log(ctx: Context, post: Post) -> Place:
    """The place whose log may be read. Raises NotFoundError without the right in all of it."""
    return await access_place(ctx, post, Right.AUDIT)


async def read_log(
    ctx: Context, post: Post, wanted: Wanted, *, before: str | None = None, limit: int = 50
) -> LogPage:
    """A page, newest first. Raises NotFoundError, InvalidError (fields `before`, `since`, `until`)."""
    place = await access_log(ctx, post)
    page = await audit_page(ctx, place.id, wanted, before=before, limit=limit)
    return LogPage(page.entries, page.older, await _names(ctx, place, page.entries))


async def names_at(ctx: Context, post: Post) -> Names:
    """What ids stand for here, whichever entries come. Raises NotFoundError."""
    return await _names(ctx, await access_log(ctx, post), ())


async def staff_in_log(ctx: Context, post: Post) -> list[tuple[str, str]]:
    """Whom the log may be narrowed to: everybody who ever had a role here, by name."""
    place = await access_log(ctx, post)
    held = await _appointments(ctx, place)
    return sorted(_called(held).items(), key=lambda pair: pair[1])


async def check_newest(ctx: Context, post: Post) -> ChainReport:
    """Whether the newest entries stand as they were written. Raises NotFoundError."""
    place = await access_log(ctx, post)
    return await verify_newest(ctx, place.id, QUICK_CHECK)


async def _appointments(ctx: Context, place: Place) -> Sequence[Appointment]:
    if isinstance(place, School):
        return await ctx.stores.appointments.of_school(place.id)
    return await ctx.stores.appointments.of_region(place.id)


def _called(held: Iterable[Appointment]) -> dict[str, str]:
    """The name of each; of somebody with several roles that of the one that stands, or stood last."""
    order = sorted(held, key=lambda a: a.ended_at.isoformat() if a.ended_at else "9")
    return {a.person_id: a.name for a in order}


async def _names(ctx: Context, place: Place, entries: Sequence[Entry]) -> Names:
    held = {a.id: a for a in await _appointments(ctx, place)}
    people = _called(held.values())
    actors = {e.actor.post_id for e in entries if e.actor.person_id != OPERATOR.person_id}
    for post_id in actors - held.keys() - {""}:  # somebody of a region above; few
        if found := await ctx.stores.appointments.find(post_id):
            held[post_id] = found
    elsewhere = {e.actor.place_id for e in entries} - {place.id, OPERATOR.place_id}
    places = {}
    for place_id in elsewhere:
        if acted_from := await find_place(ctx, place_id):
            places[place_id] = acted_from.name
    is_school = not isinstance(place, Region)
    classes = await ctx.stores.schools.classes_of_school(place.id) if is_school else []
    return Names(people, held, {c.id: c for c in classes}, places)
