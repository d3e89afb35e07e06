"""Filing a resource from a teacher's phone: its form, its files piece by piece, what became of one's own, working one
over and taking it back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.errors import NotFoundError
from domain.files import MAX_FILE_BYTES, VIDEO_TYPES
from domain.resource_forms import (
    CHAPTER_LIMIT,
    PARTS_LIMIT,
    SUMMARY_LIMIT,
    TITLE_LIMIT,
    WHENCE_LIMIT,
)
from domain.resources import Claim, Resource
from domain.roles import Right
from domain.uploads import PIECE_BYTES
from handlers.base import Access
from miniapp.endpoints import WHOLE, Call, Number, Registry, Schema
from miniapp.homework_shapes import Subject
from miniapp.resource_shapes import (
    ResourceFile,
    ResourceRow,
    ResourceStanding,
    file_rows,
    resource_row,
    standing,
)
from miniapp.shapes import Attachment, uploaded
from miniapp.uploads import PieceQuery, UploadOut, upload_out
from services.people import Post, access_post
from services.resource_files import TwinError, access_file, begin_file, finish_file, put_piece
from services.resource_views import books_for, names_of
from services.resources import (
    access_own_resource,
    choices_for,
    file_resource,
    own_resources,
    owner_at,
    rework_resource,
    withdraw_resource,
)

own = Registry("own resources")
AT = "/teaching/own-resources"
_LONGEST_ID = 64
ShortId = Annotated[str, Field(max_length=_LONGEST_ID)]


class OwnResource(ResourceRow):
    """One that this person has filed, and how far it has come."""

    created_at: datetime
    standing: ResourceStanding


class OwnResources(Schema):
    """All that this person has filed at this school, newest first."""

    items: list[OwnResource]


class FormQuery(Schema):
    """Of which grade and subject the books are wanted."""

    grade: Number = 0
    subject: str = Field("", max_length=_LONGEST_ID)


class BookOut(Schema):
    """A textbook of the catalogue."""

    id: str
    title: str


class ResourceForm(Schema):
    """What there is to choose from; `books` of a grade and subject. A file has at most `file_bytes`; one whose name
    ends like one of `film_endings` may have `film_bytes`."""

    grades: list[int]
    subjects: list[Subject]
    books: list[BookOut]
    file_bytes: int
    film_bytes: int
    film_endings: list[str]


class ResourceIn(Schema):
    """What is filed, of one of the eight kinds. `whence`: by whom or under which licence, where it is not one's own."""

    kind: str = Field(max_length=20)
    title: str = Field(max_length=TITLE_LIMIT)
    summary: str = Field(max_length=SUMMARY_LIMIT)
    claim: Claim
    whence: str = Field("", max_length=WHENCE_LIMIT)
    grade: Annotated[int, Field(ge=0, le=99), WHOLE]
    subject: ShortId
    book_id: ShortId = ""
    chapter: str = Field(max_length=CHAPTER_LIMIT)
    open: bool = False
    file_ids: list[ShortId] = Field(max_length=PARTS_LIMIT)


class ReworkIn(ResourceIn):
    """Another version; `seen` is the revision of the resource that it was written over."""

    seen: Number


class SeenQuery(Schema):
    """Which revision of the resource was seen."""

    seen: Number


class OwnContent(Schema):
    """The newest version as the form is filled in with it, and where it stands."""

    kind: str
    title: str
    summary: str
    claim: Claim
    whence: str
    grade: int
    subject: str
    book_id: str
    chapter: str
    open: bool
    files: list[ResourceFile]
    standing: ResourceStanding


class OfQuery(Schema):
    """Of which resource the file is to be, where one is worked over: that one may have the same already."""

    of: ShortId = ""


class FileIn(Schema):
    """A file to come."""

    name: str = Field(min_length=1, max_length=1000)
    size_bytes: Number


class TwinOut(Schema):
    """The resource in which the same file is already."""

    id: str
    title: str


class FiledOut(Schema):
    """What has become of an upload: a file, or none: its content is in another resource that this person sees."""

    file: Attachment | None
    twin: TwinOut | None


async def _post(call: Call) -> Post:
    return await access_post(call.ctx, call.person_id, Right.RESOURCES, acting=call.acting)


@own("GET", AT, access=Access.STAFF, right=Right.RESOURCES)
async def list_own_resources(call: Call) -> OwnResources:
    """What I have filed at this school, and how far it has come."""
    post = await _post(call)
    found = await own_resources(call.ctx, post)
    names = await names_of(call.ctx, found)
    ratings = await call.ctx.stores.resources.ratings([r.id for r in found])
    return OwnResources(
        items=[
            OwnResource(
                **dict(
                    resource_row(post, r, r.newest, names.get(r.school_id, ""), ratings.get(r.id))
                ),
                created_at=r.created_at,
                standing=standing(r, names),
            )
            for r in found
        ]
    )


def _form(body: ResourceIn) -> dict[str, str]:
    form = body.model_dump(mode="json", exclude={"file_ids", "open", "grade", "seen"})
    return form | {"grade": str(body.grade), "open": "yes" if body.open else ""}


async def _own(call: Call, post: Post, made: Resource) -> OwnResource:
    names = await names_of(call.ctx, [made])
    ratings = await call.ctx.stores.resources.ratings([made.id])
    row = resource_row(post, made, made.newest, names.get(made.school_id, ""), ratings.get(made.id))
    return OwnResource(**dict(row), created_at=made.created_at, standing=standing(made, names))


@own("GET", f"{AT}/form", access=Access.STAFF, right=Right.RESOURCES)
async def get_resource_form(call: Call, query: FormQuery) -> ResourceForm:
    """What the form of a resource offers at my school."""
    post = await _post(call)
    owner_at(post)
    grades, subjects = choices_for(post)
    subject = query.subject if query.subject in dict(subjects) else ""
    books = await books_for(call.ctx, post, query.grade if query.grade in grades else 0, subject)
    return ResourceForm(
        grades=list(grades),
        subjects=[Subject(code=code, name=name) for code, name in subjects],
        books=[BookOut(id=book.id, title=book.title) for book in books],
        file_bytes=MAX_FILE_BYTES,
        film_bytes=call.ctx.policy.film_bytes,
        film_endings=list(VIDEO_TYPES.values()),
    )


@own("POST", AT, access=Access.STAFF, right=Right.RESOURCES, creates=True)
async def file_own_resource(call: Call, body: ResourceIn) -> OwnResource:
    """File one; it waits for the school's review then."""
    post = await _post(call)
    return await _own(
        call, post, await file_resource(call.ctx, post, _form(body), body.file_ids, key=call.key)
    )


@own("GET", f"{AT}/{{resource_id}}/form", access=Access.STAFF, right=Right.RESOURCES)
async def get_own_form(call: Call, resource_id: str) -> OwnContent:
    """One of mine as I would work it over."""
    found = await access_own_resource(call.ctx, await _post(call), resource_id)
    if found.withdrawn_at is not None:
        raise NotFoundError
    content = found.newest.content
    names = await names_of(call.ctx, [found])
    return OwnContent(
        kind=content.kind.value,
        title=content.title,
        summary=content.summary,
        claim=content.claim,
        whence=content.whence,
        grade=content.grade,
        subject=content.subject,
        book_id=content.book_id,
        chapter=content.chapter,
        open=content.open,
        files=file_rows(content),
        standing=standing(found, names),
    )


@own(
    "POST",
    f"{AT}/{{resource_id}}/versions",
    access=Access.STAFF,
    right=Right.RESOURCES,
    creates=True,
)
async def rework_own_resource(call: Call, resource_id: str, body: ReworkIn) -> OwnResource:
    """Hand in another version of mine; it waits for the school's review then."""
    post = await _post(call)
    reworked = await rework_resource(
        call.ctx, post, resource_id, _form(body), body.file_ids, seen=body.seen, key=call.key
    )
    return await _own(call, post, reworked)


@own("POST", f"{AT}/files", access=Access.STAFF, right=Right.RESOURCES, creates=True)
async def announce_resource_file(call: Call, body: FileIn) -> UploadOut:
    """Announce a file of a resource; it comes in pieces, and has a day to come."""
    upload = await begin_file(
        call.ctx, await _post(call), name=body.name, size_bytes=body.size_bytes
    )
    return upload_out(upload)


@own("GET", f"{AT}/files/{{upload_id}}", access=Access.STAFF, right=Right.RESOURCES)
async def get_resource_upload(call: Call, upload_id: str) -> UploadOut:
    """How far it is: asked after the line came back."""
    return upload_out(await access_file(call.ctx, await _post(call), upload_id))


@own(
    "PUT",
    f"{AT}/files/{{upload_id}}/pieces",
    access=Access.STAFF,
    right=Right.RESOURCES,
    raw=("application/octet-stream",),
    largest=PIECE_BYTES,
)
async def put_resource_piece(call: Call, upload_id: str, query: PieceQuery) -> UploadOut:
    """Send one piece; answered once it is durable, and as often as it is sent."""
    post = await _post(call)
    taken = await put_piece(
        call.ctx, post, upload_id, query.offset, call.body_bytes, crc32=query.crc32
    )
    return upload_out(taken)


@own(
    "POST",
    f"{AT}/files/{{upload_id}}/file",
    access=Access.STAFF,
    right=Right.RESOURCES,
    creates=True,
)
async def finish_resource_file(call: Call, upload_id: str, query: OfQuery) -> FiledOut:
    """All of it is there: judge it. What is there already is not stored again, and its resource is named."""
    try:
        file = await finish_file(call.ctx, await _post(call), upload_id, of=query.of)
    except TwinError as error:
        title = error.twin.newest.content.title
        return FiledOut(file=None, twin=TwinOut(id=error.twin.id, title=title))
    return FiledOut(file=uploaded(file), twin=None)


# Behind `form` and `files`, which are no resources' ids.
@own("DELETE", f"{AT}/{{resource_id}}", access=Access.STAFF, right=Right.RESOURCES)
async def withdraw_own_resource(call: Call, resource_id: str, query: SeenQuery) -> OwnResource:
    """Take mine back from every library, for good; as often as it is said, once."""
    post = await _post(call)
    return await _own(
        call, post, await withdraw_resource(call.ctx, post, resource_id, seen=query.seen)
    )
