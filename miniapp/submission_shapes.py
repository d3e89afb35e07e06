"""What answers about handing in and marking have in common. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import Field

import domain.submissions
from domain.submissions import SIDE, STROKE_LIMIT, STROKE_POINT_LIMIT, Level, Stamp, SubmissionState
from miniapp.endpoints import WHOLE, Schema
from miniapp.shapes import Attachment, attachment_rows
from services.attachments import stored_of
from services.context import Context

Place = Annotated[int, Field(ge=0, le=SIDE), WHOLE]


class Stroke(Schema):
    """A line: x, y, x, y … in ten-thousandths of the picture held upright; `width` in the same measure."""

    colour: str = Field(pattern="^#[0-9a-f]{6}$")
    width: Annotated[int, Field(ge=1, le=500), WHOLE]
    points: list[Place] = Field(min_length=4, max_length=2 * STROKE_POINT_LIMIT)


class Drawing(Schema):
    """What is drawn over one picture; the picture stays as it is."""

    file_id: str = Field(max_length=64)
    strokes: list[Stroke] = Field(min_length=1, max_length=STROKE_LIMIT)


class VersionOut(Schema):
    """What was handed in once. `relation` is who did it to the child."""

    number: int
    text: str
    files: list[Attachment]
    relation: str
    handed_in_at: datetime
    late: bool


class MarkOut(Schema):
    """What the teacher said to a version. Level and points are the family's alone."""

    version: int
    teacher: str
    marked_at: datetime
    returned: bool
    comment: str
    voice: Attachment | None
    stamp: Stamp | None
    level: Level | None
    points: int | None
    points_of: int | None
    drawings: list[Drawing]


class SubmissionOut(Schema):
    """Everything handed in by a child for a homework, and what was said to it, oldest first."""

    state: SubmissionState
    versions: list[VersionOut]
    marks: list[MarkOut]
    praised: bool
    may_hand_in: bool


async def submission_out(ctx: Context, found: domain.submissions.Submission) -> SubmissionOut:
    """A submission, its files with their measures."""
    stored = await stored_of(ctx, list(found.files().values()))

    def rows(files: Iterable[domain.notices.Attachment]) -> list[Attachment]:
        return attachment_rows(files, stored)

    return SubmissionOut(
        state=found.state,
        versions=[
            VersionOut(
                number=number,
                text=v.text,
                files=rows(v.files),
                relation=v.relation,
                handed_in_at=v.handed_in_at,
                late=v.late,
            )
            for number, v in enumerate(found.versions, start=1)
        ],
        marks=[
            MarkOut(
                version=m.version,
                teacher=m.teacher_name,
                marked_at=m.marked_at,
                returned=m.returned,
                comment=m.comment,
                voice=rows([m.voice])[0] if m.voice else None,
                stamp=m.stamp,
                level=m.level,
                points=m.points,
                points_of=m.points_of,
                drawings=[_drawing(d) for d in m.drawings],
            )
            for m in found.marks
        ],
        praised=found.praised_at is not None,
        may_hand_in=found.may_hand_in_again,
    )


def _drawing(drawing: domain.submissions.Drawing) -> Drawing:
    return Drawing(
        file_id=drawing.file_id,
        strokes=[
            Stroke(colour=s.colour, width=s.width, points=list(s.points)) for s in drawing.strokes
        ],
    )
