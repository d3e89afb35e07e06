"""Packages of resources, for the platform above or for keeping: what stands in a library, with its metadata, as a ZIP.

A level packs its own library, an author what stands in any. What a package holds is settled before its first byte;
its files flow through one after the other.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.ims import NAME as IMS_NAME
from domain.ims import ims_manifest
from domain.packages import MOST_PACKED, Package, Packed, lay_out, manifest
from domain.resources import Part, Resource, Shelf, Tier, listed_under
from domain.schools import School
from domain.subjects import LocalSubjects, subject_name
from services.audit import note_act
from services.context import Context
from services.packed import Entry, zipped
from services.people import Post
from services.periods import Period, Span, period_of
from services.places import find_place
from services.resource_access import Seen, access_resource, own_rung
from services.resource_figures import moments
from services.resource_views import names_of
from services.terms import calendar_of, calendar_of_region, school_day
from storage.blobs import whole


@dataclass(frozen=True, slots=True)
class Shelved:
    """What was filed in a term and stands in a level's library, newest first; `more`: than one package takes."""

    period: Period
    lines: tuple[tuple[Resource, Shelf], ...]
    more: bool


async def shelved_in_term(
    ctx: Context, post: Post, day: date | None, *, subject: str = "", kind: str = ""
) -> Shelved:
    """Of one's own level, limited to what is not empty. Raises NotFoundError for who decides nothing."""
    rung, place = own_rung(post), post.school or post.region
    if rung is None or place is None:
        raise NotFoundError
    if isinstance(place, School):
        terms = await calendar_of(ctx, place)
    else:
        terms = await calendar_of_region(ctx, place)
    period = period_of(terms, school_day(ctx.now()), Span.TERM, day)
    found = await ctx.stores.resources.listed_in(
        listed_under(rung.place_id, subject=subject, kind=kind), *moments(period), MOST_PACKED + 1
    )
    shelves = [(resource, resource.shelf_at(rung.place_id)) for resource in found[:MOST_PACKED]]
    lines = tuple((resource, shelf) for resource, shelf in shelves if shelf is not None)
    return Shelved(period, lines, len(found) > MOST_PACKED)


async def pack_chosen(ctx: Context, post: Post, resource_ids: Sequence[str]) -> Package:
    """These of one's own library, as they stand in it; that they were taken is noted first.

    Raises NotFoundError where one does not stand there, or for none; ConflictError `too_many_packed`.
    """
    rung, place = own_rung(post), post.school or post.region
    wanted = list(dict.fromkeys(resource_ids))
    if rung is None or place is None or not wanted:
        raise NotFoundError
    if len(wanted) > MOST_PACKED:
        raise ConflictError("too_many_packed")
    held = await ctx.stores.resources.many(wanted)
    shelves = [(held[i], held[i].shelf_at(rung.place_id)) for i in wanted if i in held]
    found = [(resource, shelf) for resource, shelf in shelves if shelf is not None]
    if len(found) < len(wanted):
        raise NotFoundError
    package = await _package(ctx, post, place.name, place.name, found)
    subject = ("school" if isinstance(place, School) else "region", place.id)
    after = {"resources": len(package.resources)}
    await note_act(ctx, post.actor, Act.RESOURCES_EXPORTED, subject=subject, after=after)
    return package


async def pack_resource(ctx: Context, post: Post, resource_id: str) -> Package:
    """One resource as it stands in a library. Raises NotFoundError for who neither keeps that library nor made it."""
    seen = await access_resource(ctx, post, resource_id)
    resource, shelf = seen.resource, shelf_to_pack(seen)
    place = await find_place(ctx, shelf.rung.place_id) if shelf else None
    if shelf is None or place is None:
        raise NotFoundError
    title = resource.version(shelf.version).content.title
    package = await _package(ctx, post, title, place.name, [(resource, shelf)])
    subject = ("resource", resource.id)
    await note_act(ctx, post.actor, Act.RESOURCES_EXPORTED, subject=subject)
    return package


def shelf_to_pack(seen: Seen) -> Shelf | None:
    """Out of which library this post may pack it: the level's own, or for its author the highest it stands in."""
    resource = seen.resource
    shelves = [s for s in resource.shelves if resource.shelf_at(s.rung.place_id)]
    if not seen.is_author:
        return next((s for s in shelves if s.rung == seen.rung), None)
    return max(shelves, key=lambda s: list(Tier).index(s.rung.tier), default=None)


async def _package(
    ctx: Context, post: Post, title: str, place: str, found: Sequence[tuple[Resource, Shelf]]
) -> Package:
    """Raises ConflictError `files_gone` where a file is not there any more: half a resource is none."""
    names = await names_of(ctx, [resource for resource, _ in found], *(s.rung for _, s in found))
    ids = [p.file_id for r, s in found for p in r.version(s.version).content.parts]
    files = await ctx.stores.files.many(ids)
    if any(file_id not in files for file_id in ids):
        raise ConflictError("files_gone")
    local: LocalSubjects = post.school.rules.local_subjects if post.school else ()

    def packed(number: int, resource: Resource, shelf: Shelf) -> Packed:
        version = resource.version(shelf.version)
        content = version.content
        parts: list[tuple[Part, str]] = [(p, files[p.file_id].content_type) for p in content.parts]
        return Packed(
            resource_id=resource.id,
            school=names.get(resource.school_id, ""),
            author=resource.author.name,
            subject=subject_name(content.subject, local),
            library=names.get(shelf.rung.place_id, ""),
            shelved_at=shelf.at,
            version=version,
            files=lay_out(number, content.title, parts),
        )

    resources = tuple(packed(n, *one) for n, one in enumerate(found, start=1))
    return Package(title=title, place=place, made_at=ctx.now(), resources=resources)


def stream_package(ctx: Context, package: Package) -> AsyncIterator[bytes]:
    """The ZIP, piece by piece."""
    return zipped(_entries(ctx, package))


def _entries(ctx: Context, package: Package) -> Iterator[Entry]:
    told = json.dumps(manifest(package), ensure_ascii=False, indent=1)
    yield "manifest.json", whole(told.encode())
    yield IMS_NAME, whole(ims_manifest(package))
    for packed in package.resources:
        for file in packed.files:
            yield file.path, ctx.stores.files.read(file.part.file_id)
