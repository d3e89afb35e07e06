"""Lists handed in at the console: uploaded, tried by a worker, looked at, ticked, applied by a worker.

What a person was shown is what is applied: the same changes have the same mark, and when the school's list has
changed meanwhile, the import has to be tried again. A worker that dies is followed by another.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Collection, Sequence
from datetime import timedelta
from pathlib import Path

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.files import FileKind, StoredFile, offered_name
from domain.imports import MAX_LIST_BYTES, Import, ImportPage, ImportState, Section, page_id
from domain.roster_changes import Kind
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.quarantine import access_roster
from services.roster_files import RosterError, kind_of
from services.rosters import began_of
from services.spreadsheets import XLSX

TRY = "try_roster"
APPLY = "apply_roster"
_JOBS = {ImportState.TRYING: TRY, ImportState.APPLYING: APPLY}
_TYPES = {".xlsx": XLSX, ".csv": "text/csv"}
_SILENT = timedelta(seconds=60)  # a worker gives a sign of life each second
_TRIES = 3
_KEPT = timedelta(days=30)
_PIECE_BYTES = 1 << 20

log = logging.getLogger("yanshu.services")


async def hand_in(ctx: Context, post: Post, name: str, path: Path) -> Import:
    """Store an uploaded list and have it tried. Raises NotFoundError; RosterError for what is no list."""
    school = access_roster(post)
    began_of(ctx.now(), school)
    ending = await asyncio.to_thread(kind_of, path)
    size, digest = await asyncio.to_thread(_measure, path)
    if size > MAX_LIST_BYTES:
        raise RosterError("too_large", str(MAX_LIST_BYTES // 1024 // 1024))
    import_id, at = ctx.new_id(), ctx.now()
    file = StoredFile(
        id=ctx.new_id(),
        school_id=school.id,
        owner_id=f"import:{import_id}",
        kind=FileKind.ROSTER,
        name=offered_name(name, ending),
        content_type=_TYPES[ending],
        size_bytes=size,
        created_at=at,
    )
    handed_in = Import(
        id=import_id,
        school_id=school.id,
        actor=post.actor,
        by=post.name,
        file_id=file.id,
        file_name=file.name,
        file_hash=digest,
        created_at=at,
        touched_at=at,
    )
    await note_act(
        ctx,
        post.actor,
        Act.ROSTER_TRIED,
        subject=("import", import_id),
        after={"file_sha256": digest},
    )
    await ctx.stores.files.write(file, _pieces(path))
    await ctx.stores.imports.add(handed_in)
    await _enqueue(ctx, handed_in)
    return handed_in


def _measure(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return file.tell(), digest


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece


async def imports_of(ctx: Context, post: Post) -> list[Import]:
    """All of the school, the newest first. Raises NotFoundError."""
    return await ctx.stores.imports.of_school(access_roster(post).id)


async def access_import(ctx: Context, post: Post, import_id: str) -> Import:
    """One of the school's. Raises NotFoundError."""
    school = access_roster(post)
    found = await ctx.stores.imports.find(import_id)
    if found is None or found.school_id != school.id:
        raise NotFoundError
    return found


async def import_page(
    ctx: Context, handed_in: Import, section: Section, number: int
) -> ImportPage | None:
    """A page of pupils or rows, counted from 0; None where there is none."""
    return await ctx.stores.imports.find_page(page_id(handed_in.id, section, number))


async def leave_out(
    ctx: Context, post: Post, import_id: str, shown: Collection[str], ticked: Collection[str]
) -> Import:
    """Of the pupils who were shown, only the ticked ones are taken. Raises NotFoundError, ConflictError."""
    handed_in = await access_import(ctx, post, import_id)
    without = sorted({*handed_in.without, *shown} - set(ticked))
    if handed_in.state is not ImportState.READY or not await ctx.stores.imports.leave_out(
        import_id, without
    ):
        raise ConflictError("import_over")
    return await access_import(ctx, post, import_id)


async def begin_applying(
    ctx: Context, post: Post, import_id: str, kinds: Collection[Kind], *, sure: bool
) -> Import:
    """Have what was ticked written. Raises NotFoundError; ConflictError: `import_over`, `nothing_ticked`, and
    `not_sure` where half of the school would leave and nobody has said twice that this is meant."""
    handed_in = await access_import(ctx, post, import_id)
    if handed_in.state is not ImportState.READY:
        raise ConflictError("import_over")
    if not kinds:
        raise ConflictError("nothing_ticked")
    if handed_in.found.many_left and Kind.LEFT in kinds and not sure:
        raise ConflictError("not_sure")
    await note_act(
        ctx,
        post.actor,
        Act.ROSTER_IMPORTED,
        subject=("import", import_id),
        after={
            **{kind.value: handed_in.found.counts.get(Section(kind.value), 0) for kind in kinds},
            "without": len(handed_in.without),
        },
    )
    changes = {
        "kinds": sorted(kinds),
        "tries": 0,
        "phase": "",
        "count": 0,
        "all": 0,
        "problem": "",
        "begun_at": None,
    }
    if not await ctx.stores.imports.mark(
        import_id, ImportState.APPLYING, ctx.now(), expected=ImportState.READY, changes=changes
    ):
        raise ConflictError("import_over")
    applying = await access_import(ctx, post, import_id)
    await _enqueue(ctx, applying)
    return applying


async def try_again(ctx: Context, post: Post, import_id: str) -> None:
    """Read and compare the same file once more. Raises NotFoundError, ConflictError."""
    handed_in = await access_import(ctx, post, import_id)
    again = handed_in.state in (ImportState.READY, ImportState.FAILED) and not handed_in.files_gone
    changes = {"tries": 0, "phase": "", "count": 0, "all": 0, "problem": "", "detail": ""}
    if not again or not await ctx.stores.imports.mark(
        import_id,
        ImportState.TRYING,
        ctx.now(),
        expected=handed_in.state,
        changes=changes | {"finished_at": None},
    ):
        raise ConflictError("import_over")
    await _enqueue(ctx, await access_import(ctx, post, import_id))


async def drop_import(ctx: Context, post: Post, import_id: str) -> None:
    """Nothing of it is wanted; its file and the lists of pupils go at once. Raises NotFoundError, ConflictError."""
    handed_in = await access_import(ctx, post, import_id)
    if handed_in.state not in (ImportState.READY, ImportState.FAILED) or not (
        await ctx.stores.imports.mark(
            import_id,
            ImportState.DROPPED,
            ctx.now(),
            expected=handed_in.state,
            changes={"finished_at": ctx.now()},
        )
    ):
        raise ConflictError("import_over")
    await forget_files(ctx, [handed_in])


async def open_report(
    ctx: Context, post: Post, import_id: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """The report row by row. Raises NotFoundError."""
    handed_in = await access_import(ctx, post, import_id)
    file = (
        await ctx.stores.files.find(handed_in.report_file_id) if handed_in.report_file_id else None
    )
    if file is None:
        raise NotFoundError
    return file, ctx.stores.files.read(file.id)


async def tend_imports(ctx: Context) -> None:
    """What no worker is at any more is taken up again, or given up in words; old files go."""
    for handed_in in await ctx.stores.imports.open_since(ctx.now() - _SILENT):
        if handed_in.tries < _TRIES:
            await _enqueue(ctx, handed_in)
            continue
        await ctx.stores.imports.mark(
            handed_in.id,
            ImportState.FAILED,
            ctx.now(),
            expected=handed_in.state,
            changes={"problem": "broken", "finished_at": ctx.now()},
        )
        log.warning("import %s was given up after %d tries", handed_in.id, handed_in.tries)
    await forget_files(ctx, await ctx.stores.imports.older_than(ctx.now() - _KEPT))


async def forget_files(ctx: Context, imports: Sequence[Import]) -> int:
    """Delete the files, reports and lists of pupils of these imports; what was decided, in numbers, stays."""
    for handed_in in imports:
        files = [f for f in (handed_in.file_id, handed_in.report_file_id) if f]
        await ctx.stores.forgetting.drop_files(files)
        await ctx.stores.imports.drop_pages(handed_in.school_id, handed_in.id)
        await ctx.stores.imports.mark_files_gone(handed_in.id)
    return len(imports)


async def _enqueue(ctx: Context, handed_in: Import) -> None:
    name = _JOBS[handed_in.state]
    mark = f"{handed_in.id}:{handed_in.touched_at.timestamp()}"
    await ctx.enqueue(name, {"import_id": handed_in.id}, key=f"{name}:{mark}")
