"""Local resources on a teacher's phone: what stands in the libraries, its files, and what one thinks of it."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from pydantic import Field

from domain.resource_uses import STARS
from domain.roles import Right
from handlers.base import Access
from handlers.reading import pack_cursor
from miniapp.endpoints import WHOLE, Call, Number, Registry, Schema, Stream
from miniapp.homework_shapes import Subject
from miniapp.paging import place_of
from miniapp.resource_shapes import (
    ResourceFile,
    ResourceRow,
    ResourceStanding,
    file_rows,
    resource_row,
    standing,
)
from services.people import Post, access_post
from services.resource_access import Seen, access_resource, open_part
from services.resource_views import names_of
from services.resources import choices_for, library_page, rate_resource

resources = Registry("resources")


class ResourceQuery(Schema):
    """Which ones: of a subject, a grade (0: of all), a kind; the page after `cursor`."""

    subject: str = Field("", max_length=64)
    grade: Number = 0
    kind: str = Field("", max_length=20)
    cursor: str = Field("", max_length=400)


class ResourceList(Schema):
    """A page of the libraries, newest first; `subjects` and `grades` are those there are to choose from. `files`: this
    person can file their own."""

    items: list[ResourceRow]
    next_cursor: str | None
    subjects: list[Subject]
    grades: list[int]
    files: bool


class ResourceOut(ResourceRow):
    """One resource; `stars` are mine, 0 for none. Who has opened a file of it may rate it. `standing` of one's own."""

    summary: str
    files: list[ResourceFile]
    mine: bool
    used: bool
    stars: int
    standing: ResourceStanding | None


class StarsIn(Schema):
    """What one thinks of it."""

    stars: Annotated[int, Field(ge=STARS[0], le=STARS[-1]), WHOLE]


async def _post(call: Call) -> Post:
    return await access_post(call.ctx, call.person_id, Right.RESOURCES, acting=call.acting)


@resources("GET", "/teaching/resources", access=Access.STAFF, right=Right.RESOURCES)
async def list_resources(call: Call, query: ResourceQuery) -> ResourceList:
    """What stands in the libraries of my school and the places above it."""
    post = await _post(call)
    page = await library_page(
        call.ctx,
        post,
        subject=query.subject,
        grade=query.grade,
        kind=query.kind,
        before=place_of(query.cursor),
    )
    schools = await names_of(call.ctx, [resource for resource, _ in page.lines])
    grades, subjects = choices_for(post)
    return ResourceList(
        items=[
            resource_row(
                post, one, version, schools.get(one.school_id, ""), page.ratings.get(one.id)
            )
            for one, version in page.lines
        ],
        next_cursor=pack_cursor(page.older) if page.older else None,
        subjects=[Subject(code=code, name=name) for code, name in subjects],
        grades=list(grades),
        files=post.school is not None,
    )


@resources("GET", "/teaching/resources/{resource_id}", access=Access.STAFF, right=Right.RESOURCES)
async def get_resource(call: Call, resource_id: str) -> ResourceOut:
    """One of them, in the version that I may see."""
    return await _out(call, await _post(call), resource_id)


@resources(
    "GET",
    "/teaching/resources/{resource_id}/files/{file_id}",
    access=Access.STAFF,
    right=Right.RESOURCES,
)
async def get_resource_file(call: Call, resource_id: str, file_id: str) -> Stream:
    """A file of it, by ranges for players. Opening one is using the resource."""
    file, _ = await open_part(call.ctx, await _post(call), resource_id, file_id)
    read = partial(call.ctx.stores.files.read, file.id)
    return Stream(file, read(), f"{file.id}-full", part=read)


@resources(
    "PUT",
    "/teaching/resources/{resource_id}/stars",
    access=Access.STAFF,
    right=Right.RESOURCES,
)
async def rate(call: Call, resource_id: str, body: StarsIn) -> ResourceOut:
    """Say what I think of one that I have opened."""
    post = await _post(call)
    await rate_resource(call.ctx, post, resource_id, str(body.stars))
    return await _out(call, post, resource_id)


async def _out(call: Call, post: Post, resource_id: str) -> ResourceOut:
    seen: Seen = await access_resource(call.ctx, post, resource_id)
    resource, content = seen.resource, seen.version.content
    names = await names_of(call.ctx, [resource])
    ratings = await call.ctx.stores.resources.ratings([resource.id])
    use = await call.ctx.stores.resources.find_use(resource.id, post.person_id)
    school = names.get(resource.school_id, "")
    row = resource_row(post, resource, seen.version, school, ratings.get(resource.id))
    return ResourceOut(
        **dict(row),
        summary=content.summary,
        files=file_rows(content),
        mine=seen.is_author,
        used=use is not None,
        stars=use.stars if use else 0,
        standing=standing(resource, names) if seen.is_author else None,
    )
