"""Local resources on a teacher's phone: what stands in the libraries, its files, and what one thinks of it."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Annotated

from pydantic import Field

from domain.errors import NotFoundError
from domain.resource_forms import CHAPTER_LIMIT
from domain.resource_uses import STARS
from domain.roles import Right
from handlers.base import Access
from handlers.reading import pack_cursor
from miniapp.endpoints import WHOLE, Call, Number, Registry, Schema, Stream
from miniapp.homework_shapes import Subject
from miniapp.paging import place_of
from miniapp.resource_reviews import ResourceReview, review_of, waiting_for
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
from services.resource_lessons import (
    Lessons,
    lessons_of_mine,
    take_lesson_back,
    use_in_lesson,
)
from services.resource_views import names_of
from services.resources import choices_for, library_chapters, library_page, rate_resource

resources = Registry("resources")


class ResourceQuery(Schema):
    """Which ones: of a subject, a grade (0: of all), a kind; of a `chapter` of both; the page after `cursor`."""

    subject: str = Field("", max_length=64)
    grade: Number = 0
    kind: str = Field("", max_length=20)
    chapter: str = Field("", max_length=CHAPTER_LIMIT)
    cursor: str = Field("", max_length=400)


class ResourceList(Schema):
    """A page of the libraries, newest first; `subjects` and `grades` are those there are to choose from, and so
    are `chapters` once both are chosen. `files`: this person can file their own; `waiting`: so many wait for their
    review, null for who reviews nothing."""

    items: list[ResourceRow]
    next_cursor: str | None
    subjects: list[Subject]
    grades: list[int]
    chapters: list[str]
    files: bool
    waiting: int | None


class LessonOut(Schema):
    """A lesson of mine in which I used it."""

    class_id: str
    class_name: str
    day: date


class LessonClass(Schema):
    """A class that I teach."""

    id: str
    name: str


class LessonsOut(Schema):
    """In which lessons I used it, the latest first; of `classes` the first is meant when nothing is chosen, and a day
    is one from `first` to `today`."""

    classes: list[LessonClass]
    first: date
    today: date
    said: list[LessonOut]


class ResourceOut(ResourceRow):
    """One resource; `stars` are mine, 0 for none. Who has opened a file of it may rate it. `standing` of one's own;
    `lessons` where I teach, and it stands in a library of mine; `review` while I decide about it."""

    summary: str
    files: list[ResourceFile]
    mine: bool
    used: bool
    stars: int
    standing: ResourceStanding | None
    lessons: LessonsOut | None
    review: ResourceReview | None


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
        chapter=query.chapter,
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
        chapters=await library_chapters(call.ctx, post, subject=query.subject, grade=query.grade),
        files=post.school is not None,
        waiting=await waiting_for(call, post),
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


LESSON = "/teaching/resources/{resource_id}/lessons/{class_id}/{day}"


@resources("PUT", LESSON, access=Access.STAFF, right=Right.RESOURCES)
async def put_lesson(call: Call, resource_id: str, class_id: str, day: str) -> ResourceOut:
    """Say that I used it in this class on this day; as often as it is said, it is one lesson."""
    post = await _post(call)
    await use_in_lesson(call.ctx, post, resource_id, class_id, _day(day))
    return await _out(call, post, resource_id)


@resources("DELETE", LESSON, access=Access.STAFF, right=Right.RESOURCES)
async def drop_lesson(call: Call, resource_id: str, class_id: str, day: str) -> ResourceOut:
    """Take it back."""
    post = await _post(call)
    await take_lesson_back(call.ctx, post, resource_id, class_id, _day(day))
    return await _out(call, post, resource_id)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFoundError from None


def _lessons_out(found: Lessons | None) -> LessonsOut | None:
    if found is None:
        return None
    return LessonsOut(
        classes=[LessonClass(id=c.id, name=c.name) for c in found.classes],
        first=found.first,
        today=found.today,
        said=[
            LessonOut(
                class_id=use.class_id, class_name=found.names.get(use.class_id, ""), day=use.day
            )
            for use in found.said
        ],
    )


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
        lessons=_lessons_out(await lessons_of_mine(call.ctx, post, resource)),
        review=await review_of(call, post, seen),
    )
