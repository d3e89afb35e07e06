"""What answers about the virtual class have in common. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

import domain.remarks
import domain.tasklists
import domain.taskworks
from domain.files import StoredFile
from domain.notices import Attachment as Attached
from domain.remarks import CommentState
from domain.subjects import LocalSubjects
from miniapp.endpoints import Schema
from miniapp.homework_shapes import Subject, subject_row
from miniapp.shapes import Attachment, attachment_rows
from services.attachments import stored_of
from services.context import Context
from services.work_files import SHARED_NAME


class StepOut(Schema):
    """One step; `link` is empty where there is none. Its files are asked for with `tasklist`."""

    number: int
    text: str
    link: str
    attachments: list[Attachment]


class TaskListOut(Schema):
    """A list as all of the class read it. `subject` is null for one of none; `open`: something may be done with it
    now."""

    id: str
    class_id: str
    subject: Subject | None
    author: str
    title: str
    intro: str
    steps: list[StepOut]
    first_on: date
    last_on: date
    opens_at: datetime
    open: bool
    withdrawn: bool


class PieceOut(Schema):
    """What was handed in for a step. Its files are asked for with `tasklist` and `child`."""

    id: str
    step: int
    text: str
    files: list[Attachment]
    relation: str
    at: datetime
    shared: bool


class SharedPiece(Schema):
    """What another child of the group shares: nothing of its adults, and no name that one of them gave a file."""

    id: str
    step: int
    text: str
    files: list[Attachment]
    at: datetime


class PieceCommentOut(Schema):
    """A comment. `name` is the first name of the child whose family wrote it; `mine`: by the child's own family."""

    id: str
    piece_id: str
    name: str
    mine: bool
    text: str
    at: datetime
    state: CommentState


class TaskQuestion(Schema):
    """A question to the list (`step` 0) or a step, and its answer, empty while there is none."""

    id: str
    step: int
    text: str
    at: datetime
    answer: str
    answered_by: str
    answered_at: datetime | None
    shown: bool


Stored = Mapping[str, StoredFile]


async def tasklist_out(
    ctx: Context, tasks: domain.tasklists.TaskList, local: LocalSubjects
) -> TaskListOut:
    """A list with its steps' files."""
    stored = await stored_of(ctx, list(tasks.files().values()))
    return TaskListOut(
        id=tasks.id,
        class_id=tasks.class_id,
        subject=subject_row(tasks.subject, local) if tasks.subject else None,
        author=tasks.author_name,
        title=tasks.title,
        intro=tasks.intro,
        steps=[
            StepOut(
                number=s.number,
                text=s.text,
                link=s.link,
                attachments=attachment_rows(s.attachments, stored),
            )
            for s in tasks.steps
        ],
        first_on=tasks.first_on,
        last_on=tasks.last_on,
        opens_at=tasks.opens_at,
        open=tasks.is_open(ctx.now()),
        withdrawn=tasks.withdrawn_at is not None,
    )


def piece_out(piece: domain.taskworks.Piece, stored: Stored) -> PieceOut:
    """A piece."""
    return PieceOut(
        id=piece.id,
        step=piece.step,
        text=piece.text,
        files=attachment_rows(piece.files, stored),
        relation=piece.relation,
        at=piece.at,
        shared=piece.shared,
    )


async def stored_pieces(ctx: Context, pieces: list[domain.taskworks.Piece]) -> Stored:
    """The records of all their files, read at once."""
    files: list[Attached] = [f for p in pieces for f in p.files]
    return await stored_of(ctx, files)


def shared_piece(piece: domain.taskworks.Piece, stored: Stored) -> SharedPiece:
    """A piece of another family's."""
    files = [replace(f, name=SHARED_NAME) for f in piece.files]
    return SharedPiece(
        id=piece.id,
        step=piece.step,
        text=piece.text,
        files=attachment_rows(files, stored),
        at=piece.at,
    )


def comment_out(comment: domain.remarks.Comment, name: str, *, mine: bool) -> PieceCommentOut:
    """A comment."""
    return PieceCommentOut(
        id=comment.id,
        piece_id=comment.piece_id,
        name=name,
        mine=mine,
        text=comment.text,
        at=comment.written_at,
        state=comment.state,
    )


def question_out(question: domain.remarks.Question) -> TaskQuestion:
    """A question; of whom it is, is not in it."""
    return TaskQuestion(
        id=question.id,
        step=question.step,
        text=question.text,
        at=question.asked_at,
        answer=question.answer,
        answered_by=question.answered_by,
        answered_at=question.answered_at,
        shown=question.shown_at is not None,
    )
