"""Activities in WeChat's browser: what one is asked, answering it, files and signatures, taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from domain.activities import QuestionKind
from domain.answers import BRINGS, FILES_LIMIT, Given, Value
from domain.errors import InvalidError, NotFoundError, Problem
from domain.notices import Attachment
from domain.seats import Standing
from handlers import activity_phrases, phrases
from handlers.base import Access, PageHandler
from handlers.files import UploadPage
from services.activity_results import totals_of
from services.answers import (
    Asked,
    access_asked,
    access_asked_for,
    answer_activity,
    asked_of,
    brought_by,
    owner_of,
    withdraw_answer,
)
from services.reading import record_read


class AskedHandler(PageHandler):
    """What I am asked."""

    access = Access.VISITOR

    async def get(self) -> None:
        """The newest first."""
        asked = await asked_of(self.ctx, self.session.person_id)
        self.page("h5/activities.html", asked=asked, kinds=activity_phrases.KINDS)


class ActivityPage(PageHandler):
    """One activity, for each of those whom one answers for."""

    async def show(self, activity_id: str, *, refused: InvalidError | None = None) -> None:
        """With what was answered so far, or as typed: a refused form says beside each question what is wrong."""
        person_id = self.session.person_id
        asked = await access_asked(self.ctx, person_id, activity_id)
        with suppress(NotFoundError):  # staff are told by a card alone
            await record_read(self.ctx, person_id, activity_id)
        activity, seats = asked[0].activity, asked[0].seats
        self.page(
            "h5/activity.html",
            status=422 if refused else 200,
            activity=activity,
            asked=asked,
            open=activity.is_open(self.ctx.now()),
            left=seats.left() if seats else {},
            totals={
                (t.question_id, t.option_id): t.count
                for t in await totals_of(self.ctx, activity, seats)
            },
            shown=[await self._shown(one, refused) for one in asked],
            brings=BRINGS,
            most=FILES_LIMIT,
            kinds=activity_phrases.KINDS,
            problems=phrases.field_messages(refused),
        )

    async def _shown(self, asked: Asked, refused: InvalidError | None) -> dict[str, Shown]:
        """What stands in this one's form, by question."""
        child = asked.child.student.id if asked.child else ""
        if refused is None or self.get_body_argument("child", "") != child:
            return shown_of(asked)
        shown = {}
        for question in asked.activity.questions:
            said = tuple(self.get_body_arguments(question.id))
            files: Sequence[Attachment] = ()
            if question.kind in BRINGS:
                with suppress(InvalidError):
                    files = await brought_by(self.ctx, asked, said)
            text = said[0] if said else ""
            shown[question.id] = Shown(said, text, tuple(files))
        return shown


class ActivityHandler(ActivityPage):
    """Looking at it, and answering."""

    access = Access.VISITOR

    async def get(self, activity_id: str) -> None:
        """Show it; whoever opens it has read of it."""
        await self.show(activity_id)

    async def post(self, activity_id: str) -> None:
        """`child` and one field a question, for files their ids: those that are there may stay."""
        child = self.get_body_argument("child", "")
        asked = await access_asked_for(self.ctx, self.session.person_id, activity_id, child)
        try:
            given = [g for q in asked.activity.questions if (g := self._given(q.id, q.kind))]
            key = self.get_body_argument("key", "") or self.ctx.new_id()
            done = await answer_activity(self.ctx, asked, given, key=key)
        except InvalidError as error:
            await self.show(activity_id, refused=error)
            return
        waits = done.standing[0] is Standing.WAITING
        self.go(f"/h5/activities/{activity_id}?done={'in_line' if waits else 'answered'}")

    def _given(self, question_id: str, kind: QuestionKind) -> Given | None:
        typed = [text for text in self.get_body_arguments(question_id) if text.strip()]
        if kind in BRINGS:
            return Given(question_id=question_id, file_ids=tuple(typed)) if typed else None
        if not typed:
            return None
        wrong = {f"answers.{question_id}": Problem("unknown")}
        try:
            if kind is QuestionKind.NUMBER:
                return Given(question_id=question_id, number=float(typed[0]))
            if kind is QuestionKind.DATE:
                return Given(question_id=question_id, day=date.fromisoformat(typed[0]))
        except ValueError:
            raise InvalidError(wrong) from None
        if kind is QuestionKind.TEXT:
            return Given(question_id=question_id, text=typed[0])
        return Given(question_id=question_id, option_ids=tuple(typed))


class WithdrawAnswerHandler(PageHandler):
    """Taking one's answer back."""

    access = Access.VISITOR

    async def post(self, activity_id: str) -> None:
        """A place goes to who waits for it."""
        child = self.get_body_argument("child", "")
        asked = await access_asked_for(self.ctx, self.session.person_id, activity_id, child)
        await withdraw_answer(self.ctx, asked)
        self.go(f"/h5/activities/{activity_id}?done=answer_withdrawn")


class BringHandler(UploadPage):
    """Takes a file, or a signature, that is to go with an answer for `child`."""

    access = Access.VISITOR

    async def post(self, activity_id: str) -> None:
        """It is of who may answer this activity for this child now."""
        child = self.get_query_argument("child", "")
        asked = await access_asked_for(self.ctx, self.session.person_id, activity_id, child)
        if not asked.may_answer or not any(q.kind in BRINGS for q in asked.activity.questions):
            raise NotFoundError
        await self.take(owner_of(asked))


@dataclass(frozen=True, slots=True)
class Shown:
    """What stands in the form for one question: options in order, words as they are typed, files."""

    option_ids: tuple[str, ...] = ()
    text: str = ""
    files: tuple[Attachment, ...] = ()


def shown_of(asked: Asked) -> dict[str, Shown]:
    """What was answered so far, by question."""
    answer = asked.answer
    says = answer is not None and answer.withdrawn_at is None
    values = {v.question_id: v for v in answer.current.values} if answer and says else {}
    shown = {}
    for question in asked.activity.questions:
        if question.has_seats:
            standing, option_id = asked.standing
            mine = (option_id,) if standing is not Standing.NONE else ()
            shown[question.id] = Shown(mine)
        else:
            shown[question.id] = _shown(values.get(question.id))
    return shown


def _shown(value: Value | None) -> Shown:
    if value is None:
        return Shown()
    number = f"{value.number:.12g}" if value.number is not None else ""
    day = value.day.isoformat() if value.day else ""
    return Shown(value.option_ids, value.text or number or day, value.files)
