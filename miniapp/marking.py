"""A teacher's marking: the class list, one child's work, a word to it, all seen at once, good work shown."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

import domain.submissions
from domain.mistakes import Cause, Cut
from domain.roles import Right
from domain.submissions import PICTURE_LIMIT, Level, Stamp, SubmissionState
from handlers.base import Access
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.shapes import Done
from miniapp.submission_shapes import Drawing, Place, SubmissionOut, submission_out
from services.marking import (
    Pile,
    Said,
    access_submission_as_teacher,
    mark_all_seen,
    mark_submission,
    may_praise,
    pile_of,
    praise,
)
from services.mistakes import Entry, add_mistake_of

marking = Registry("marking")


class PileQuery(Schema):
    """Which of the homework's classes."""

    class_id: str = Field(max_length=200)


class PileRow(Schema):
    """A pupil and what came of them. `state` is null while nothing is handed in. The order is the class's own."""

    child_id: str
    name: str
    number: int
    state: SubmissionState | None
    versions: int
    pictures: int
    late: bool
    handed_in_at: datetime | None
    stamp: Stamp | None
    praised: bool


class PileOut(Schema):
    """A class's list for marking; `waiting` is how many are handed in and not looked at."""

    homework_id: str
    class_id: str
    class_name: str
    handed_in: int
    waiting: int
    returned: int
    items: list[PileRow]


class MarkIn(Schema):
    """A word to the version that was seen, beside so many `marks`: what another teacher has said since is looked at
    first. `returned` gives it back for correction."""

    version: Number
    marks: Number | None = None
    comment: str = Field("", max_length=1000)
    voice_file_id: str = Field("", max_length=64)
    stamp: Stamp | None = None
    level: Level | None = None
    points: Number | None = None
    points_of: Number | None = None
    drawings: list[Drawing] = Field(default_factory=list, max_length=PICTURE_LIMIT)
    returned: bool = False


class TeachersSubmission(SubmissionOut):
    """The same for who marks. `may_praise`: the family agrees that the class sees good work."""

    may_praise: bool


class SeenIn(Schema):
    """Which class."""

    class_id: str = Field(max_length=200)


class Seen(Schema):
    """How many were stamped."""

    count: int


class PraiseIn(Schema):
    """Whether the class may see it."""

    shown: bool


class CutIn(Schema):
    """A rectangle of a picture held upright, in ten-thousandths of its sides."""

    x: Place
    y: Place
    width: Place
    height: Place

    def cut(self) -> Cut:
        """As the rules have it."""
        return Cut(x=self.x, y=self.y, width=self.width, height=self.height)


class MistakeOfIn(Schema):
    """A mistake cut out of a picture that was handed in."""

    file_id: str = Field(max_length=64)
    cut: CutIn
    note: str = Field("", max_length=1000)
    knowledge: str = Field("", max_length=80)
    cause: Cause = Cause.UNKNOWN


_CHILD = "/teaching/homework/{homework_id}/submissions/{student_id}"


@marking(
    "GET", "/teaching/homework/{homework_id}/submissions", access=Access.STAFF, right=Right.HOMEWORK
)
async def list_submissions(call: Call, homework_id: str, query: PileQuery) -> PileOut:
    """The class list for marking."""
    return _pile_out(await pile_of(call.ctx, call.teaching, homework_id, query.class_id))


@marking(
    "POST",
    "/teaching/homework/{homework_id}/submissions",
    access=Access.STAFF,
    right=Right.HOMEWORK,
    creates=True,
)
async def stamp_all_seen(call: Call, homework_id: str, body: SeenIn) -> Seen:
    """全部已阅: stamp everything of a class that is handed in and not looked at."""
    count = await mark_all_seen(call.ctx, call.teaching, homework_id, body.class_id)
    return Seen(count=count)


@marking("GET", _CHILD, access=Access.STAFF, right=Right.HOMEWORK)
async def get_submission(call: Call, homework_id: str, student_id: str) -> TeachersSubmission:
    """What a child handed in, every version."""
    _, found = await access_submission_as_teacher(call.ctx, call.teaching, homework_id, student_id)
    shown = await submission_out(call.ctx, found)
    return TeachersSubmission(
        **{name: getattr(shown, name) for name in SubmissionOut.model_fields},
        may_praise=await may_praise(call.ctx, found),
    )


@marking("POST", _CHILD, access=Access.STAFF, right=Right.HOMEWORK, creates=True)
async def mark(call: Call, homework_id: str, student_id: str, body: MarkIn) -> SubmissionOut:
    """Say something to it, or give it back for correction."""
    said = Said(
        version=body.version,
        seen=body.marks,
        comment=body.comment.strip(),
        voice_file_id=body.voice_file_id,
        stamp=body.stamp,
        level=body.level,
        points=body.points,
        points_of=body.points_of,
        drawings=tuple(
            domain.submissions.Drawing(
                file_id=d.file_id,
                strokes=tuple(
                    domain.submissions.Stroke(
                        colour=s.colour, width=s.width, points=tuple(s.points)
                    )
                    for s in d.strokes
                ),
            )
            for d in body.drawings
        ),
        returned=body.returned,
    )
    found = await mark_submission(
        call.ctx, call.teaching, homework_id, student_id, said, key=call.key
    )
    return await submission_out(call.ctx, found)


@marking("PUT", _CHILD + "/praise", access=Access.STAFF, right=Right.HOMEWORK)
async def show_to_class(call: Call, homework_id: str, student_id: str, body: PraiseIn) -> Done:
    """Show good work to the class, or no more; the family has to agree."""
    await praise(call.ctx, call.teaching, homework_id, student_id, shown=body.shown)
    return Done(done=True)


@marking("POST", _CHILD + "/mistakes", access=Access.STAFF, right=Right.HOMEWORK, creates=True)
async def enter_mistake(call: Call, homework_id: str, student_id: str, body: MistakeOfIn) -> Done:
    """Enter a mistake into the child's book; whoever marks does not read the book."""
    entry = Entry(
        note=body.note.strip(),
        knowledge=body.knowledge.strip(),
        cause=body.cause,
        file_id=body.file_id,
        homework_id=homework_id,
        cut=body.cut.cut(),
    )
    await add_mistake_of(call.ctx, call.teaching, student_id, entry, key=call.key)
    return Done(done=True)


def _pile_out(pile: Pile) -> PileOut:
    found = [s for _, s in pile.rows if s is not None]
    rows = []
    for student, held in pile.rows:
        now = held.current if held else None
        mark = held.mark if held else None
        rows.append(
            PileRow(
                child_id=student.id,
                name=student.name,
                number=student.number,
                state=held.state if held else None,
                versions=len(held.versions) if held else 0,
                pictures=sum(f.kind == "picture" for f in now.files) if now else 0,
                late=now.late if now else False,
                handed_in_at=now.handed_in_at if now else None,
                stamp=mark.stamp if mark else None,
                praised=held is not None and held.praised_at is not None,
            )
        )
    return PileOut(
        homework_id=pile.homework.id,
        class_id=pile.school_class.id,
        class_name=pile.school_class.name,
        handed_in=len(found),
        waiting=sum(s.state is SubmissionState.HANDED_IN for s in found),
        returned=sum(s.state is SubmissionState.RETURNED for s in found),
        items=rows,
    )
