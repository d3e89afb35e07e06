"""The family file: asked for, watched while it is made, fetched for a day."""

from __future__ import annotations

from datetime import datetime

from domain.family_files import FamilyFile
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema, Stream
from services.family_files import ask_family_file, open_family_file, own_files

family_files = Registry("family files")


class FamilyFileRow(Schema):
    """An archive; until it is `ready`, `done` of `total` parts are in it."""

    id: str
    requested_at: datetime
    expires_at: datetime
    ready: bool
    size_bytes: int
    done: int
    total: int


class FamilyFiles(Schema):
    """The archives of one child, newest first; `left_today` more may be asked for."""

    child_id: str
    child_name: str
    left_today: int
    items: list[FamilyFileRow]


@family_files("GET", "/children/{student_id}/files", access=Access.VISITOR)
async def list_family_files(call: Call, student_id: str) -> FamilyFiles:
    """What I asked for and may still fetch."""
    own = await own_files(call.ctx, call.person_id, student_id)
    return FamilyFiles(
        child_id=student_id,
        child_name=own.child.student.name,
        left_today=own.left_today,
        items=[_row(file) for file in own.files],
    )


@family_files("POST", "/children/{student_id}/files", access=Access.VISITOR, creates=True)
async def make_family_file(call: Call, student_id: str) -> FamilyFileRow:
    """One more, please; one that is being made is not made twice."""
    return _row(await ask_family_file(call.ctx, call.person_id, student_id))


@family_files("GET", "/family_files/{file_id}", access=Access.VISITOR)
async def get_family_file(call: Call, file_id: str) -> Stream:
    """The bytes of a ready archive, for whoever asked for it."""
    file, content = await open_family_file(call.ctx, call.person_id, file_id)
    return Stream(file, content)


def _row(file: FamilyFile) -> FamilyFileRow:
    return FamilyFileRow(
        id=file.id,
        requested_at=file.requested_at,
        expires_at=file.expires_at,
        ready=file.file_id is not None,
        size_bytes=file.size_bytes,
        done=file.done,
        total=file.total,
    )
