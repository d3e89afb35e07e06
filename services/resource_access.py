"""Who sees which version of a resource: its author, whoever reviews it, and all below a library in which it stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from domain.errors import NotFoundError
from domain.files import StoredFile
from domain.regions import Region
from domain.resources import Resource, Rung, Shelf, Tier, Version, ladder, rung_of
from domain.roles import Right
from services.context import Context
from services.people import Post


@dataclass(frozen=True, slots=True)
class Seen:
    """A resource as one post sees it. `rung` is the level this post decides for; None for who decides nothing."""

    resource: Resource
    version: Version
    is_author: bool
    rung: Rung | None
    numbers: frozenset[int]  # of the versions that they may open

    @property
    def decides(self) -> bool:
        """Whether it waits for this post."""
        waiting = self.resource.waiting
        return bool(waiting and waiting.rung == self.rung and not self.is_author)

    @property
    def knows_all(self) -> bool:
        """Whether they see how it came here, not only what stands in the library."""
        return self.is_author or self.rung is not None


def own_rung(post: Post) -> Rung | None:
    """The level this post may decide for: in the whole place, or not at all."""
    if not post.has_everywhere(Right.CURATE):
        return None
    if post.school is not None:
        return Rung(Tier.SCHOOL, post.school.id)
    return rung_of(post.region) if post.region is not None else None


def libraries_of(post: Post) -> tuple[str, ...]:
    """The places whose libraries this post may use, the nearest first."""
    if post.school is not None:
        return (post.school.id, *reversed(post.school.region_ids))
    return tuple(reversed(post.region.region_ids)) if post.region is not None else ()


async def rungs_above(ctx: Context, school_id: str) -> tuple[Rung, ...]:
    """The levels of a school as they are now, itself first. Raises NotFoundError without the school."""
    school = await ctx.stores.schools.find_school(school_id)
    if school is None:
        raise NotFoundError
    regions: dict[str, Region] = {}
    if school.region_ids:
        regions = await ctx.stores.regions.regions(school.region_ids)
    return ladder(school_id, [regions[i] for i in school.region_ids if i in regions])


async def access_resource(ctx: Context, post: Post, resource_id: str) -> Seen:
    """A resource for who may see it now, in the version that they may see. Raises NotFoundError."""
    resource = await ctx.stores.resources.find(resource_id)
    if resource is None or not post.has(Right.RESOURCES):
        raise NotFoundError
    return seen_by(post, resource)


def seen_by(post: Post, resource: Resource) -> Seen:
    """The same of one that was loaded before. Raises NotFoundError."""
    is_here = post.school is not None and post.school.id == resource.school_id
    every = frozenset(v.number for v in resource.versions)
    if is_here and resource.author.person_id == post.person_id:
        return Seen(resource, resource.newest, True, own_rung(post), every)
    if resource.withdrawn_at is not None:
        raise NotFoundError
    rung = own_rung(post)
    if rung is not None and (reached := _reached(resource, rung)):
        return Seen(resource, resource.version(max(reached)), False, rung, reached)
    version = shelved_for(post, resource)
    if version is None:
        raise NotFoundError
    return Seen(resource, version, False, None, frozenset({version.number}))


def shelved_for(post: Post, resource: Resource) -> Version | None:
    """The version in the nearest library that this post may use; None where it stands in none."""
    return shelved_in(libraries_of(post), resource)


def shelved_in(libraries: Iterable[str], resource: Resource) -> Version | None:
    """The version in the first of these libraries in which it stands."""
    shelf = nearest_shelf(libraries, resource)
    return resource.version(shelf.version) if shelf else None


def nearest_shelf(libraries: Iterable[str], resource: Resource) -> Shelf | None:
    """The first of these libraries in which it stands."""
    shelves = (resource.shelf_at(place_id) for place_id in libraries)
    return next((shelf for shelf in shelves if shelf is not None), None)


def _reached(resource: Resource, rung: Rung) -> frozenset[int]:
    """The versions that came to a level: a school sees all of its own, the others what was promoted to them."""
    if rung == Rung(Tier.SCHOOL, resource.school_id):
        return frozenset(v.number for v in resource.versions)
    reached = {step.version for step in resource.steps if step.rung == rung}
    if resource.waiting is not None and resource.waiting.rung == rung:
        reached.add(resource.newest.number)
    return frozenset(reached)


async def open_part(
    ctx: Context, post: Post, resource_id: str, file_id: str
) -> tuple[StoredFile, Seen]:
    """A file of a version that they may open at this moment. Opening one of a library is using it.

    Raises NotFoundError.
    """
    seen = await access_resource(ctx, post, resource_id)
    allowed = {
        part.file_id
        for version in seen.resource.versions
        if version.number in seen.numbers
        for part in version.content.parts
    }
    file = await ctx.stores.files.find(file_id) if file_id in allowed else None
    if file is None:
        raise NotFoundError
    if not seen.is_author and not seen.decides and shelved_for(post, seen.resource):
        await ctx.stores.resources.note_opened(resource_id, post.person_id, ctx.now())
    return file, seen
