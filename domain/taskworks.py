"""What a child did with a task list: steps ticked, pieces handed in, only where the family wanted; no score of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.errors import InvalidError, Problem
from domain.files import FileKind, StoredFile
from domain.notices import Attachment

TEXT_LIMIT = 1000
PICTURE_LIMIT = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A step that was ticked."""

    step: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What was handed in for a step. `shared`: the child's study group may see it while the family agrees;
    the teacher sees it in any case. `relation` is who did it to the child."""

    id: str
    step: int
    text: str
    files: tuple[Attachment, ...]
    relation: str
    at: datetime
    shared: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWork:
    """One document a list and child; written over the `version` that was read."""

    id: str
    school_id: str
    list_id: str
    class_id: str
    student_id: str
    first_at: datetime
    version: int = 0
    done: tuple[Tick, ...] = ()
    pieces: tuple[Piece, ...] = ()

    def piece(self, step: int) -> Piece | None:
        """What is handed in for a step."""
        return next((p for p in self.pieces if p.step == step), None)

    def files(self) -> dict[str, Attachment]:
        """Every file that belongs to it."""
        return {f.file_id: f for p in self.pieces for f in p.files}


def taskwork_id(list_id: str, student_id: str) -> str:
    """There is one a list and child."""
    return f"{list_id}:{student_id}"


def ticked(work: TaskWork, step: int, at: datetime, *, done: bool) -> TaskWork:
    """With a step ticked, or not any more; the first tick's time stays."""
    others = tuple(t for t in work.done if t.step != step)
    held = next((t for t in work.done if t.step == step), Tick(step=step, at=at))
    ticks = sorted((*others, held), key=lambda t: t.step) if done else others
    return replace(work, done=tuple(ticks))


def with_piece(work: TaskWork, step: int, piece: Piece | None) -> TaskWork:
    """With this for a step in the place of what was there; None takes it back."""
    others = [p for p in work.pieces if p.step != step]
    pieces = sorted([*others, *([piece] if piece else [])], key=lambda p: p.step)
    return replace(work, pieces=tuple(pieces))


def check_piece(text: str, files: Sequence[StoredFile]) -> None:
    """Words, pictures, or both. Raises InvalidError."""
    problems: dict[str, Problem] = {}
    if len(text) > TEXT_LIMIT:
        problems["words"] = Problem("too_long", TEXT_LIMIT)
    if any(file.kind is not FileKind.PICTURE for file in files):
        problems["file_ids"] = Problem("pictures_only")
    elif len(files) > PICTURE_LIMIT:
        problems["file_ids"] = Problem("too_many", PICTURE_LIMIT)
    if not text and not files:
        problems["words"] = Problem("missing")
    if problems:
        raise InvalidError(problems)
