"""What the office does to a pupil's record by hand: add, edit, move, mark as left, and the lines of the list.

Each act holds the school's turn, as a list that is taken in does, and is written the same way
(`services.roster_writing`): access ends with the write, and every dispatch asks anew. An act is about the record
as the person saw it: `stamp` says which that was.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.names import folded_name
from domain.pupils import (
    edited,
    left,
    line_of,
    moved,
    parse_line,
    parse_number,
    parse_pupil,
    record_stamp,
    with_changed_line,
    with_line,
    without_line,
)
from domain.roster_changes import Writes
from domain.roster_register import stable_id
from domain.schools import Contact, School, SchoolClass, Student
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.quarantine import access_roster
from services.roster_files import RosterError
from services.roster_turns import Turn, roster_turn
from services.roster_writing import write_pupils

log = logging.getLogger("yanshu.services")


@dataclass(frozen=True, slots=True)
class Record:
    """A pupil with the lines of the list."""

    student: Student
    lines: tuple[Contact, ...]

    @property
    def stamp(self) -> str:
        """Which state of the record this is."""
        return record_stamp(self.student, self.lines)

    def line(self, line_id: str) -> Contact:
        """One of its lines. Raises NotFoundError."""
        for line in self.lines:
            if line.id == line_id:
                return line
        raise NotFoundError


async def record_of(ctx: Context, student: Student) -> Record:
    """A pupil's record as it is now."""
    lines = await ctx.stores.pupils.lines_of(student.school_id, [student.id])
    return Record(student, tuple(lines))


async def access_record(ctx: Context, post: Post, student_id: str) -> Record:
    """A pupil who is at the school now, for whoever keeps its list. Raises NotFoundError."""
    school = access_roster(post)
    student = (await ctx.stores.schools.students([student_id])).get(student_id)
    if student is None or student.school_id != school.id:
        raise NotFoundError
    return await record_of(ctx, student)


@asynccontextmanager
async def office_turn(ctx: Context, post: Post, school: School) -> AsyncIterator[Turn]:
    """Hold the school's turn: no list is taken in meanwhile. Raises ConflictError `roster_busy`."""
    try:
        async with roster_turn(ctx, school.id, post.name) as turn:
            yield turn
    except RosterError:
        raise ConflictError("roster_busy") from None


@asynccontextmanager
async def _seen_record(
    ctx: Context, post: Post, student_id: str, stamp: str
) -> AsyncIterator[tuple[Record, Turn]]:
    """The record as the person saw it, while nobody else changes it."""
    await access_record(ctx, post, student_id)
    async with office_turn(ctx, post, access_roster(post)) as turn:
        record = await access_record(ctx, post, student_id)
        if record.stamp != stamp:
            raise ConflictError("pupil_changed")
        yield record, turn


async def _write(ctx: Context, post: Post, turn: Turn, student: Student, writes: Writes) -> int:
    turn.check()
    portion = [(student.id, writes)]
    ended = await write_pupils(ctx, student.school_id, portion, by=post.person_id)
    log.info("pupil %s written by the office, %d bindings ended", student.id, ended)
    return ended


async def _note(
    ctx: Context,
    post: Post,
    act: Act,
    student_id: str,
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
) -> None:
    await note_act(ctx, post.actor, act, subject=("pupil", student_id), before=before, after=after)


async def class_here(ctx: Context, school: School, class_id: str) -> SchoolClass:
    """A class of this school that has not ended. Raises InvalidError (field `class`)."""
    for found in await ctx.stores.schools.classes([class_id]):
        if found.school_id == school.id and found.ended_at is None:
            return found
    raise InvalidError({"class": Problem("unknown")})


async def add_pupil(ctx: Context, post: Post, form: Mapping[str, str], key: str) -> Student:
    """A new pupil, with one adult on the list where a number is given; the form sent twice is one pupil.

    A namesake in the class has to be meant: the field `same_name`. Raises NotFoundError, InvalidError,
    ConflictError `roster_busy`.
    """
    school = access_roster(post)
    wrong: dict[str, Problem] = {}
    for parse in (parse_pupil, parse_line) if form.get("phone", "").strip() else (parse_pupil,):
        try:
            parse(form)
        except InvalidError as error:
            wrong |= error.fields
    if wrong:
        raise InvalidError(wrong)
    draft = parse_pupil(form)
    student_id = stable_id(school.id, "by hand", key)
    async with office_turn(ctx, post, school) as turn:
        held = await ctx.stores.forgetting.find_student(student_id)
        if held is not None:
            return held
        school_class = await class_here(ctx, school, form.get("class", ""))
        await _refuse_namesakes(ctx, school_class, draft.name, meant=bool(form.get("same_name")))
        student = Student(
            id=student_id,
            school_id=school.id,
            class_id=school_class.id,
            name=draft.name,
            number=draft.number,
        )
        lines = (line_of(student, parse_line(form)),) if form.get("phone", "").strip() else ()
        after = {"name": student.name, "number": student.number, "class_id": student.class_id}
        phones = {"phone_last4": lines[0].phone_last4} if lines else {}
        await _note(ctx, post, Act.PUPIL_ADDED, student.id, None, after | phones)
        await _write(ctx, post, turn, student, Writes(put_lines=lines, student=student))
    return student


async def _refuse_namesakes(
    ctx: Context, school_class: SchoolClass, name: str, *, meant: bool
) -> None:
    if meant:
        return
    others = await ctx.stores.schools.students_of(school_class.school_id, [school_class.id])
    if folded_name(name) in {folded_name(s.name) for s in others}:
        raise InvalidError({"same_name": Problem("namesake")})


async def edit_pupil(
    ctx: Context, post: Post, student_id: str, form: Mapping[str, str], stamp: str
) -> None:
    """Another name or number. Raises NotFoundError, InvalidError, ConflictError."""
    await access_record(ctx, post, student_id)
    draft = parse_pupil(form)
    async with _seen_record(ctx, post, student_id, stamp) as (record, turn):
        held = record.student
        if (held.name, held.number) == (draft.name, draft.number):
            return
        before = {"name": held.name, "number": held.number}
        after = {"name": draft.name, "number": draft.number}
        await _note(ctx, post, Act.PUPIL_EDITED, held.id, before, after)
        await _write(ctx, post, turn, held, edited(held, record.lines, draft))


async def move_pupil(
    ctx: Context, post: Post, student_id: str, form: Mapping[str, str], stamp: str
) -> None:
    """Into another class of the school (fields `class`, `number`): its teachers see the child from now on, those of
    the old one no more, and the family stays bound. Raises NotFoundError, InvalidError, ConflictError.
    """
    school = access_roster(post)
    await access_record(ctx, post, student_id)
    number = parse_number(form.get("number", ""))
    async with _seen_record(ctx, post, student_id, stamp) as (record, turn):
        held = record.student
        school_class = await class_here(ctx, school, form.get("class", ""))
        if school_class.id == held.class_id:
            raise InvalidError({"class": Problem("same_class")})
        before = {"class_id": held.class_id, "number": held.number}
        after = {"class_id": school_class.id, "number": number}
        await _note(ctx, post, Act.PUPIL_MOVED, held.id, before, after)
        await _write(ctx, post, turn, held, moved(held, record.lines, school_class.id, number))


async def mark_pupil_left(ctx: Context, post: Post, student_id: str, stamp: str) -> int:
    """The child has left the school: every binding and line ends with it. Returns how many bindings ended.

    Raises NotFoundError, ConflictError.
    """
    async with _seen_record(ctx, post, student_id, stamp) as (record, turn):
        held = record.student
        bound = await ctx.stores.bindings.active_of_students(held.school_id, [held.id])
        before = {"class_id": held.class_id, "bound": len(bound), "lines": len(record.lines)}
        await _note(ctx, post, Act.PUPIL_LEFT, held.id, before, None)
        return await _write(ctx, post, turn, held, left(held, record.lines))


async def add_line(
    ctx: Context, post: Post, student_id: str, form: Mapping[str, str], stamp: str
) -> None:
    """One more adult on the list, who can be bound by it. Raises NotFoundError, InvalidError, ConflictError."""
    await access_record(ctx, post, student_id)
    draft = parse_line(form)
    async with _seen_record(ctx, post, student_id, stamp) as (record, turn):
        _refuse_taken(record, draft.phone_last4)
        after = {"phone_last4": draft.phone_last4, "relation": draft.relation}
        await _note(ctx, post, Act.PUPIL_EDITED, student_id, None, after)
        await _write(ctx, post, turn, record.student, with_line(record.student, draft))


async def change_line(
    ctx: Context, post: Post, student_id: str, line_id: str, form: Mapping[str, str], stamp: str
) -> None:
    """Another relation or number. With another number, what was bound through the old one ends.

    Raises NotFoundError, InvalidError, ConflictError.
    """
    (await access_record(ctx, post, student_id)).line(line_id)
    draft = parse_line(form)
    async with _seen_record(ctx, post, student_id, stamp) as (record, turn):
        line = record.line(line_id)
        if draft.phone_last4 != line.phone_last4:
            _refuse_taken(record, draft.phone_last4)
        before = {"phone_last4": line.phone_last4, "relation": line.relation}
        after = {"phone_last4": draft.phone_last4, "relation": draft.relation}
        if before == after:
            return
        await _note(ctx, post, Act.PUPIL_EDITED, student_id, before, after)
        writes = with_changed_line(record.student, line, draft)
        await _write(ctx, post, turn, record.student, writes)


async def remove_line(ctx: Context, post: Post, student_id: str, line_id: str, stamp: str) -> None:
    """An adult is on the list no more, and what was bound through the line ends. Raises as `change_line`."""
    (await access_record(ctx, post, student_id)).line(line_id)
    async with _seen_record(ctx, post, student_id, stamp) as (record, turn):
        line = record.line(line_id)
        before = {"phone_last4": line.phone_last4, "relation": line.relation}
        await _note(ctx, post, Act.PUPIL_EDITED, student_id, before, None)
        await _write(ctx, post, turn, record.student, without_line(line))


def _refuse_taken(record: Record, phone_last4: str) -> None:
    if any(line.phone_last4 == phone_last4 for line in record.lines):
        raise InvalidError({"phone": Problem("taken")})
