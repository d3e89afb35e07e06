"""Local resources: filing, working over and withdrawing one's own; the libraries, and what their users think of it.

One write makes each act durable: the resource itself, over the revision that was seen.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from domain.catalogue import Dimension
from domain.chapters import chapter_key
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.files import Shower, StoredFile, promise_to
from domain.names import natural_order
from domain.resource_forms import Draft, parse_draft
from domain.resource_steps import file_new, rework, withdraw
from domain.resource_uses import Ratings, parse_stars
from domain.resources import (
    By,
    Content,
    Part,
    Resource,
    Version,
    listed_under,
)
from domain.roles import Right
from domain.schools import School
from domain.stages import LAST_GRADE, school_grades
from domain.subjects import subjects_of
from domain.times import list_position
from services.context import Context
from services.files import Owner, attach, uploads_of
from services.people import Post
from services.resource_access import access_resource, libraries_of, seen_by, shelved_for
from services.resource_checks import judge_words_of
from services.resource_reviews import write_resource

PAGE = 20
_CHAPTERS = 500  # resources of a subject and grade whose chapters are offered, the newest


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """A page of what stands in the libraries of a post; `older` is where the next one begins."""

    lines: tuple[tuple[Resource, Version], ...]
    ratings: Mapping[str, Ratings]
    older: str | None


# ------------------------------------------------------------------------------------------- filing


def owner_at(post: Post) -> Owner:
    """Whose an upload at a desk is. Raises NotFoundError in a region: resources come from schools."""
    if post.school is None or not post.has(Right.RESOURCES):
        raise NotFoundError
    return Owner(post.school.id, post.person_id)


def choices_at(school: School) -> tuple[tuple[int, ...], list[tuple[str, str]]]:
    """Which grades and subjects a resource of a school can be for."""
    grades = school_grades(school.stages, school.system) or tuple(range(1, LAST_GRADE + 1))
    return grades, subjects_of(school.stages, school.rules.local_subjects)


def choices_for(post: Post) -> tuple[tuple[int, ...], list[tuple[str, str]]]:
    """The same for a post; a region has all."""
    if post.school is not None:
        return choices_at(post.school)
    return tuple(range(1, LAST_GRADE + 1)), subjects_of(())


async def file_resource(
    ctx: Context, post: Post, form: Mapping[str, str], file_ids: Sequence[str], *, key: str
) -> Resource:
    """File it; it waits for the school then. The same `key` again is the same resource.

    Raises NotFoundError, InvalidError, WordsRefusedError, SilencedError.
    """
    owner = owner_at(post)
    seed = f"{post.place_id}\0{post.person_id}\0{key}"
    resource_id = f"r{hashlib.sha256(seed.encode()).hexdigest()[:24]}"
    held = await ctx.stores.resources.find(resource_id)
    if held is not None:
        return held
    draft = await _drafted(ctx, post, form, file_ids)
    files = await _files(ctx, post, owner, file_ids)
    words, outcome = await judge_words_of(ctx, post, resource_id, 1, draft)
    content = await _content(ctx, draft, files)
    resource = file_new(
        resource_id=resource_id,
        school_id=owner.school_id,
        author=By(post.person_id, post.name),
        content=content,
        at=ctx.now(),
        words=words,
        outcome=outcome,
    )
    await attach(ctx, files, promise_to(Shower.RESOURCE, resource_id))
    if not await ctx.stores.resources.add(resource):
        held = await ctx.stores.resources.find(resource_id)
        return held or resource
    return resource


async def rework_resource(
    ctx: Context,
    post: Post,
    resource_id: str,
    form: Mapping[str, str],
    file_ids: Sequence[str],
    *,
    seen: int,
    key: str = "",
) -> Resource:
    """Hand in another version; the same `key` again is the same version, whatever was decided meanwhile.

    Raises NotFoundError, InvalidError, ConflictError, WordsRefusedError, SilencedError.
    """
    held = await access_own_resource(ctx, post, resource_id)
    if key and any(version.made_of == key for version in held.versions):
        return held
    _ensure_seen(held, seen)
    draft = await _drafted(ctx, post, form, file_ids)
    files = await _files(ctx, post, owner_at(post), file_ids, held)
    number = len(held.versions) + 1
    words, outcome = await judge_words_of(ctx, post, resource_id, number, draft)
    content = await _content(ctx, draft, files)
    changed = rework(held, content, at=ctx.now(), words=words, outcome=outcome, made_of=key)
    await attach(ctx, files, promise_to(Shower.RESOURCE, resource_id))
    return await write_resource(ctx, changed)


async def withdraw_resource(ctx: Context, post: Post, resource_id: str, *, seen: int) -> Resource:
    """Take one's own back, from every library; once it is withdrawn, that stays so.

    Raises NotFoundError, ConflictError.
    """
    held = await access_own_resource(ctx, post, resource_id)
    if held.withdrawn_at is not None:
        return held
    _ensure_seen(held, seen)
    return await write_resource(ctx, withdraw(held, at=ctx.now()))


async def access_own_resource(ctx: Context, post: Post, resource_id: str) -> Resource:
    """One that this person filed at this school, withdrawn or not. Raises NotFoundError."""
    found = await access_resource(ctx, post, resource_id)
    if not found.is_author:
        raise NotFoundError
    return found.resource


def _ensure_seen(held: Resource, seen: int) -> None:
    if held.revision != seen:
        raise ConflictError


async def _drafted(
    ctx: Context, post: Post, form: Mapping[str, str], file_ids: Sequence[str]
) -> Draft:
    if post.school is None:
        raise NotFoundError
    grades, subjects = choices_at(post.school)
    codes = [code for code, _ in subjects]
    draft = parse_draft(form, file_ids, grades=grades, subjects=codes)
    if draft.book_id:
        catalogue = await ctx.stores.catalogue.current()
        book = catalogue.find(draft.book_id) if catalogue else None
        if book is None or draft.grade not in book.grades or book.subject != draft.subject:
            raise InvalidError({"book_id": Problem("unknown")})
    return draft


async def _files(
    ctx: Context,
    post: Post,
    owner: Owner,
    file_ids: Sequence[str],
    held: Resource | None = None,
) -> list[StoredFile]:
    """The files of the form, in their order: one's own uploads, or what the resource has already.

    Raises InvalidError: `not_found`, `duplicate` for what is there already and this person may see.
    """
    wanted = list(dict.fromkeys(file_ids))
    kept = held.files() if held else set()
    files = {f.id: f for f in await uploads_of(ctx, owner, [i for i in wanted if i not in kept])}
    stored = await ctx.stores.files.many([i for i in wanted if i in kept])
    files |= stored
    if any(i not in files for i in wanted) or any(not f.sha256 for f in files.values()):
        raise InvalidError({"file_ids": Problem("not_found")})
    new = [f.sha256 for i, f in files.items() if i not in kept]
    if await twins_of(ctx, post, new, but=held.id if held else ""):
        raise InvalidError({"file_ids": Problem("duplicate")})
    return [files[i] for i in wanted]


async def _content(ctx: Context, draft: Draft, files: Iterable[StoredFile]) -> Content:
    catalogue = await ctx.stores.catalogue.current() if draft.book_id else None
    book = catalogue.find(draft.book_id) if catalogue else None
    return Content(
        kind=draft.kind,
        title=draft.title,
        summary=draft.summary,
        claim=draft.claim,
        whence=draft.whence,
        grade=draft.grade,
        subject=draft.subject,
        book_id=draft.book_id,
        edition=book.name_of(Dimension.EDITION) if book else "",
        volume=book.name_of(Dimension.VOLUME) if book else "",
        chapter=draft.chapter,
        open=draft.open,
        parts=tuple(
            Part(
                file_id=f.id,
                kind=f.kind,
                name=f.name,
                size_bytes=f.size_bytes,
                sha256=f.sha256,
                seconds=f.seconds,
            )
            for f in files
        ),
    )


async def twins_of(
    ctx: Context, post: Post, sha256s: Sequence[str], *, but: str = ""
) -> list[Resource]:
    """Resources with a file of the same content, as far as this post may see them. Nothing is told of others."""
    found = []
    for resource in await ctx.stores.resources.with_content(sha256s) if sha256s else []:
        if resource.id == but:
            continue
        try:
            seen = seen_by(post, resource)
        except NotFoundError:
            continue
        shown = {
            part.sha256
            for version in resource.versions
            if version.number in seen.numbers
            for part in version.content.parts
        }
        if shown & set(sha256s):
            found.append(resource)
    return found


# ------------------------------------------------------------------------------------------- looking


async def library_page(
    ctx: Context,
    post: Post,
    *,
    subject: str = "",
    grade: int = 0,
    kind: str = "",
    chapter: str = "",
    before: str | None = None,
) -> LibraryPage:
    """What stands in any library of this post, newest first, each once, in the version of the nearest."""
    if not post.has(Right.RESOURCES):
        raise NotFoundError
    pages = await asyncio.gather(
        *(
            ctx.stores.resources.listed(
                listed_under(place_id, subject=subject, grade=grade, kind=kind, chapter=chapter),
                before=before,
                at=ctx.now(),
                limit=PAGE + 1,
            )
            for place_id in libraries_of(post)
        )
    )
    found = {resource.id: resource for page in pages for resource in page}
    order = sorted(found.values(), key=position_of, reverse=True)
    page = [(r, shelved_for(post, r)) for r in order[:PAGE]]
    lines = tuple((r, version) for r, version in page if version is not None)
    older = position_of(order[PAGE - 1]) if len(order) > PAGE else None
    ratings = await ctx.stores.resources.ratings([r.id for r, _ in lines]) if lines else {}
    return LibraryPage(lines, ratings, older)


async def library_chapters(ctx: Context, post: Post, *, subject: str, grade: int) -> list[str]:
    """The chapters of a subject and grade under which something stands in the libraries, as people count them: each
    once, as it was typed last. None without both: a chapter of no book says nothing.
    """
    if not subject or not grade or not post.has(Right.RESOURCES):
        return []
    lists = await asyncio.gather(
        *(
            ctx.stores.resources.chapters(place_id, subject, grade, _CHAPTERS)
            for place_id in libraries_of(post)
        )
    )
    found: dict[str, str] = {}
    for chapter in (one for some in lists for one in some):
        found.setdefault(chapter_key(chapter), chapter)
    return [found[key] for key in sorted(found, key=natural_order)]


def position_of(resource: Resource) -> str:
    """Where it stands in lists by time."""
    return list_position(resource.created_at, resource.id)


async def own_resources(ctx: Context, post: Post) -> list[Resource]:
    """What one filed at this school, newest first. Raises NotFoundError in a region."""
    owner = owner_at(post)
    return await ctx.stores.resources.of_author(owner.school_id, owner.person_id)


# -------------------------------------------------------------------------------------------- rating


async def rate_resource(ctx: Context, post: Post, resource_id: str, stars: str) -> None:
    """Say what one thinks of what one has opened.

    Raises NotFoundError, InvalidError, ConflictError (`not_used`, `own`).
    """
    found = await access_resource(ctx, post, resource_id)
    number = parse_stars(stars)
    if found.is_author:
        raise ConflictError("own")
    if not await ctx.stores.resources.rate(resource_id, post.person_id, number, ctx.now()):
        raise ConflictError("not_used")
