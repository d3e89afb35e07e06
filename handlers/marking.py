"""A teacher's marking in WeChat's browser: who of a class has handed in, one child's work, a word to it, all seen.

Drawing, a voice, good work and the mistakes book are the mini-program's.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace

from tornado.web import HTTPError

from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.roles import Right
from domain.subjects import subject_name
from domain.submissions import Level, Stamp, SubmissionState
from handlers import phrases, submission_phrases
from handlers.base import Access
from handlers.submissions import said_of, work_path
from handlers.writing import WritingPage, key_with
from services.marking import (
    Pile,
    Said,
    access_submission_as_teacher,
    mark_all_seen,
    mark_submission,
    pile_of,
)

_NUMBER = re.compile(r"[0-9]{1,3}")
_POINTS_OF = 100


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as typed."""

    comment: str = ""
    stamp: str = ""
    level: str = ""
    points: str = ""


class MarkingPage(WritingPage):
    """What these pages share."""

    async def pile(self, homework_id: str, class_id: str = "") -> Pile:
        """A class's pile, the first of theirs that the homework is for unless one is named. Raises NotFoundError."""
        homework = await self.ctx.stores.homework.find(homework_id)
        mine = self.teaching.class_ids()
        first = next((c for c in homework.class_ids if c in mine), "") if homework else ""
        return await pile_of(self.ctx, self.teaching, homework_id, class_id or first)

    def subject(self, code: str) -> str:
        """A subject's name at this school."""
        return subject_name(code, self.teaching.school.rules.local_subjects)


class PileHandler(MarkingPage):
    """Who of a class has handed in."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def get(self, homework_id: str) -> None:
        """In the class's own order; `class` is one of several."""
        pile = await self.pile(homework_id, self.get_query_argument("class", ""))
        states = [held.state if held else None for _, held in pile.rows]
        self.page(
            "h5/pile.html",
            pile=pile,
            homework=pile.homework,
            subject=self.subject(pile.homework.subject),
            classes=[c for c in self.teaching.classes if c.id in pile.homework.class_ids],
            states=submission_phrases.STATES,
            stamps=submission_phrases.STAMPS,
            waiting=states.count(SubmissionState.HANDED_IN),
            missing=states.count(None),
        )

    async def post(self, homework_id: str) -> None:
        """全部已阅, for what nobody has looked at."""
        class_id = self.get_body_argument("class")
        await mark_all_seen(self.ctx, self.teaching, homework_id, class_id)
        self.go(f"{_pile_path(homework_id)}?class={class_id}&done=all_seen")


class MarkHandler(MarkingPage):
    """One child's work, and a word to it."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def get(self, homework_id: str, student_id: str) -> None:
        """Every version, the newest first, with the form beside it."""
        await self.show(homework_id, student_id, Typed())

    async def post(self, homework_id: str, student_id: str) -> None:
        """Say something to the `version` that was seen, or give it back; then the next one that waits."""
        typed = Typed(
            comment=self.long_text("comment").strip(),
            **{name: self.get_body_argument(name, "") for name in ("stamp", "level", "points")},
        )
        returned, version = self.get_body_argument("act", "") == "return", self._count("version")
        said = (str(version), str(returned), typed.comment, typed.stamp, typed.level, typed.points)
        key = self.form_key()
        try:
            submission = await mark_submission(
                self.ctx,
                self.teaching,
                homework_id,
                student_id,
                replace(_said(typed, version, returned=returned), seen=self._count("marks")),
                key=key_with(key, *said),
            )
        except InvalidError as error:
            problem = next(iter(phrases.field_messages(error).values()))
            await self.show(homework_id, student_id, typed, problem=problem, key=key, status=422)
            return
        except ConflictError:
            # Another version or mark came since; the other conflict is about good work, which is not shown from here.
            problem = submission_phrases.SINCE
            await self.show(homework_id, student_id, typed, problem=problem, status=409)
            return
        done = "work_returned" if returned else "work_marked"
        pile = await self.pile(homework_id, submission.class_id)
        waiting = [s.id for s, held in pile.rows if held and _waits(held.state)]
        if waiting:
            self.go(f"{_pile_path(homework_id)}/{waiting[0]}?done={done}")
        else:
            self.go(f"{_pile_path(homework_id)}?class={submission.class_id}&done={done}")

    async def show(
        self,
        homework_id: str,
        student_id: str,
        typed: Typed,
        *,
        problem: str = "",
        key: str = "",
        status: int = 200,
    ) -> None:
        """The page; `typed` is what was refused."""
        homework, submission = await access_submission_as_teacher(
            self.ctx, self.teaching, homework_id, student_id
        )
        student = (await self.ctx.stores.schools.students([student_id])).get(student_id)
        if student is None:
            raise NotFoundError
        self.page(
            "h5/mark.html",
            status=status,
            student=student,
            homework=homework,
            subject=self.subject(homework.subject),
            submission=submission,
            said=await said_of(self.ctx, submission),
            state=submission_phrases.STATES[submission.state],
            stamps=submission_phrases.STAMPS,
            levels=submission_phrases.LEVELS,
            files_at=work_path(homework_id, student_id) + "/files/",
            pile_path=f"{_pile_path(homework_id)}?class={submission.class_id}",
            path=f"{_pile_path(homework_id)}/{student_id}",
            typed=typed,
            problem=problem,
            key=key or secrets.token_urlsafe(18),
        )

    def _count(self, name: str) -> int:
        text = self.get_body_argument(name, "")
        if not _NUMBER.fullmatch(text):
            raise HTTPError(400)
        return int(text)


def _said(typed: Typed, version: int, *, returned: bool) -> Said:
    """A form as a word of the teacher's; one that says nothing says that it was seen. Raises InvalidError."""
    points = None
    if typed.points.strip():
        if not _NUMBER.fullmatch(typed.points.strip()):
            raise InvalidError({"points": Problem("unknown")})
        points = int(typed.points)
    try:
        stamp = Stamp(typed.stamp) if typed.stamp else None
        level = Level(typed.level) if typed.level else None
    except ValueError:
        raise HTTPError(400) from None
    if points is None and not (typed.comment or stamp or level or returned):
        stamp = Stamp.SEEN
    return Said(
        version=version,
        comment=typed.comment,
        stamp=stamp,
        level=level,
        points=points,
        points_of=_POINTS_OF if points is not None else None,
        returned=returned,
    )


def _waits(state: SubmissionState) -> bool:
    return state is SubmissionState.HANDED_IN


def _pile_path(homework_id: str) -> str:
    return f"/h5/teach/homework/{homework_id}/work"
