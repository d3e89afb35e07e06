"""A class's practice shelf, for who sets homework there; families find it beside their mistakes."""

from __future__ import annotations

from pydantic import Field

import domain.practice
from domain.roles import Right
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.homework_shapes import Subject, subject_row
from miniapp.shapes import Done
from services.practice import add_practice, drop_practice, practice_of_class

practice = Registry("practice")


class PracticeIn(Schema):
    """A link for whoever has a mistake of `point`: a knowledge point or a chapter."""

    subject: str = Field(max_length=40)
    point: str = Field(max_length=80)
    title: str = Field(max_length=80)
    address: str = Field(max_length=1000)


class PracticeRow(Schema):
    """A link on the shelf."""

    id: str
    subject: Subject
    point: str
    title: str
    address: str


class PracticeShelf(Schema):
    """A class's shelf, by subject and point."""

    items: list[PracticeRow]


_SHELF = "/teaching/classes/{class_id}/practice"


@practice("GET", _SHELF, access=Access.STAFF, right=Right.HOMEWORK)
async def get_shelf(call: Call, class_id: str) -> PracticeShelf:
    """What is on the shelf of a class, of my subjects."""
    found = await practice_of_class(call.ctx, call.teaching, class_id)
    return PracticeShelf(items=[_row(call, one) for one in found])


@practice("POST", _SHELF, access=Access.STAFF, right=Right.HOMEWORK, creates=True)
async def put_on_shelf(call: Call, class_id: str, body: PracticeIn) -> PracticeRow:
    """Put a link on it; the host is one that links may lead to."""
    added = await add_practice(
        call.ctx,
        call.teaching,
        class_id,
        subject=body.subject,
        point=body.point.strip(),
        title=body.title.strip(),
        address=body.address.strip(),
        key=call.key,
    )
    return _row(call, added)


@practice("DELETE", _SHELF + "/{practice_id}", access=Access.STAFF, right=Right.HOMEWORK)
async def take_off_shelf(call: Call, class_id: str, practice_id: str) -> Done:
    """Take a link off it."""
    await drop_practice(call.ctx, call.teaching, class_id, practice_id)
    return Done(done=True)


def _row(call: Call, one: domain.practice.Practice) -> PracticeRow:
    local = call.teaching.school.rules.local_subjects
    return PracticeRow(
        id=one.id,
        subject=subject_row(one.subject, local),
        point=one.point,
        title=one.title,
        address=one.address,
    )
