"""Taking home what the school keeps of a child and oneself: asked for, made by a job, fetched for a day."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from tempfile import TemporaryFile

from domain.audit import Act
from domain.bindings import binding_id
from domain.errors import NotFoundError, TooManyError
from domain.family_files import LIFE, FamilyFile
from domain.files import StoredFile
from domain.roles import Right
from services.audit import note_act
from services.context import Context
from services.families import access_own_child
from services.family_archive import archive_file, write_archive
from services.people import Child, Post
from storage.blobs import pieces_of

log = logging.getLogger("yanshu.services")

BUILD = "family_files.build"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """A child with the archives its guardian asked for and may still fetch, newest first."""

    child: Child
    files: tuple[FamilyFile, ...]
    left_today: int


async def own_files(ctx: Context, person_id: str, student_id: str) -> OwnFiles:
    """What a guardian sees about the archives of one child. Raises NotFoundError."""
    child = await access_own_child(ctx, person_id, student_id)
    if child.binding.trial:  # staff who look at what a parent sees
        raise NotFoundError
    held = await ctx.stores.family_files.of_person(person_id)
    mine = [f for f in held if f.requested_by == person_id]
    today = sum(f.requested_at > ctx.now() - _DAY for f in mine)
    shown = tuple(f for f in mine if f.student_id == student_id and ctx.now() < f.expires_at)
    return OwnFiles(child, shown, max(0, ctx.policy.family_files_per_day - today))


async def ask_family_file(ctx: Context, person_id: str, student_id: str) -> FamilyFile:
    """A guardian wants everything about their child and themself; one that is being made is not asked for twice.

    Raises NotFoundError for a child they are not bound to, TooManyError when today's are used up.
    """
    own = await own_files(ctx, person_id, student_id)
    for file in own.files:
        if file.file_id is None:
            return file
    if not own.left_today:
        raise TooManyError(int(_DAY.total_seconds()))
    school_id = own.child.student.school_id
    return await _ask(ctx, school_id, person_id, student_id, requested_by=person_id)


async def ask_file_for_family(
    ctx: Context, post: Post, student_id: str, person_id: str
) -> FamilyFile:
    """The office makes the same for a guardian who asked at school; it may be fetched by who made it.

    Raises NotFoundError for a child of another school, an adult never bound to it, or without the right.
    """
    student = await ctx.stores.forgetting.find_student(student_id)
    binding = await ctx.stores.bindings.find(binding_id(student_id, person_id))
    if post.school is None or not post.has_everywhere(Right.EXPORT):
        raise NotFoundError
    if student is None or binding is None or student.school_id != post.school.id:
        raise NotFoundError
    await note_act(ctx, post.actor, Act.FAMILY_FILE_MADE, subject=("binding", binding.id))
    return await _ask(ctx, student.school_id, person_id, student_id, requested_by=post.person_id)


async def _ask(
    ctx: Context, school_id: str, person_id: str, student_id: str, *, requested_by: str
) -> FamilyFile:
    file = FamilyFile(
        id=ctx.new_id(),
        school_id=school_id,
        person_id=person_id,
        student_id=student_id,
        requested_by=requested_by,
        requested_at=ctx.now(),
        expires_at=ctx.now() + LIFE,
    )
    await ctx.stores.family_files.add(file)
    log.info("family file %s asked for", file.id)
    await build_soon(ctx, file.id)
    return file


async def build_soon(ctx: Context, file_id: str) -> None:
    """Queue the making of an archive."""
    await ctx.enqueue(BUILD, {"file_id": file_id}, key=f"{BUILD}:{file_id}")


async def access_family_file(ctx: Context, person_id: str, file_id: str) -> FamilyFile:
    """An archive this person asked for and may still fetch. Raises NotFoundError."""
    file = await ctx.stores.family_files.find(file_id)
    if file is None or file.requested_by != person_id or file.expires_at <= ctx.now():
        raise NotFoundError
    return file


async def open_family_file(
    ctx: Context, person_id: str, file_id: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A ready archive and its bytes. Raises NotFoundError."""
    file = await access_family_file(ctx, person_id, file_id)
    stored = await ctx.stores.files.find(file.file_id) if file.file_id else None
    if stored is None:
        raise NotFoundError
    return stored, ctx.stores.files.read(stored.id)


async def build_family_file(ctx: Context, file_id: str) -> None:
    """Make an archive that is wanted; one that is there already, or wanted no more, is left alone.

    A process that dies leaves bytes under an id that the record names, and the next one begins anew.
    """
    wanted = await ctx.stores.family_files.find(file_id)
    if wanted is None or wanted.file_id is not None or wanted.expires_at <= ctx.now():
        return
    blob_id = ctx.new_id()
    await ctx.stores.family_files.note_blob(wanted.id, blob_id)
    with TemporaryFile() as out:
        await write_archive(ctx, wanted, out)
        size = out.tell()
        await ctx.stores.files.write(archive_file(ctx, wanted, blob_id, size), pieces_of(out))
    if await ctx.stores.family_files.mark_ready(wanted.id, blob_id, size):
        log.info("family file %s made", wanted.id)
    else:  # made by another worker meanwhile, or erased
        await ctx.stores.forgetting.drop_files([blob_id])


async def tend_family_files(ctx: Context) -> None:
    """Make what a dead process left unmade, and drop what nobody may fetch any more."""
    for file in await ctx.stores.family_files.expired(ctx.now()):
        await ctx.stores.forgetting.drop_files(file.blob_ids)
        await ctx.stores.forgetting.drop("family_files", [file.id])
    for file_id in await ctx.stores.family_files.unfinished():
        await build_soon(ctx, file_id)
