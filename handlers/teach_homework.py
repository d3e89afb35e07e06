"""A teacher's homework in WeChat: the list, writing one beside its evening, changing, asking, withdrawing."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from tornado.web import HTTPError

from domain.budgets import allows_written
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.homework import Draft, HandIn, Homework, HomeworkState
from domain.roles import Right
from domain.subjects import subject_name, subjects_of
from domain.times import SCHOOL_ZONE
from handlers import homework_phrases, phrases
from handlers.base import Access, PageHandler
from handlers.reading import PAGE_SIZE, pack_cursor, unpack_cursor
from handlers.writing import WritingPage
from services.given_links import given_with, named
from services.homework import (
    access_homework_as_author,
    budgets_before,
    clashes_now,
    draft_homework,
    edit_homework,
    homework_of_author,
    may_set,
    publish_homework,
    withdraw_homework,
)
from services.overruns import ask_for_more, overruns_of_homework
from services.shelf_views import attachable_links
from services.terms import school_day

_BASE = "/h5/teach/homework"


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as typed: whatever is wrong with it, it is shown again."""

    subject: str = ""
    text: str = ""
    class_ids: Sequence[str] = ()
    file_ids: Sequence[str] = ()
    links: Sequence[str] = ()
    minutes: str = ""
    written: str = "yes"
    day: str = ""
    due_at: str = ""
    hand_in: str = HandIn.NOTHING
    when: str = "now"
    publish_at: str = ""
    repeats: str = ""

    def texts(self) -> dict[str, str]:
        """The single-valued fields, as the service takes them; a time that is not chosen is none."""
        names = ("subject", "text", "minutes", "written", "day", "due_at", "hand_in", "repeats")
        later = self.publish_at if self.when == "later" else ""
        return {name: getattr(self, name) for name in names} | {"publish_at": later}


def typed_of(homework: Homework) -> Typed:
    """What a homework says, for its form."""
    task = homework.task
    due = task.due_at.astimezone(SCHOOL_ZONE).strftime("%Y-%m-%dT%H:%M") if task.due_at else ""
    return Typed(
        subject=homework.subject,
        text=task.text,
        class_ids=homework.class_ids,
        file_ids=[a.file_id for a in task.attachments],
        links=task.links,
        minutes=str(task.minutes),
        written="yes" if task.written else "",
        day=task.day.isoformat(),
        due_at=due,
        hand_in=task.hand_in,
    )


class HomeworkPage(PageHandler):
    """What these pages share."""

    def subject(self, code: str) -> str:
        """A subject's name at this school."""
        return subject_name(code, self.teaching.school.rules.local_subjects)

    def drawn(self, template: str, **values: Any) -> None:
        """A page with what all of them say."""
        self.page(
            template,
            teaching=self.teaching,
            subject=self.subject,
            weekday=homework_phrases.weekday,
            hand_in_name=homework_phrases.hand_in_name,
            class_names={c.id: c.name for c in self.teaching.classes},
            **values,
        )


class FormPage(HomeworkPage, WritingPage):
    """What writing and changing share: reading the form, and showing it again with what is wrong."""

    def typed(self) -> Typed:
        """The form as it was sent; line breaks as in the browser's text area."""
        texts = {
            name: self.get_body_argument(name, "")
            for name in ("subject", "minutes", "written", "day", "due_at", "publish_at", "repeats")
        }
        return Typed(
            **texts,
            text=self.long_text("text"),
            class_ids=self.get_body_arguments("class_ids"),
            file_ids=self.get_body_arguments("file_ids"),
            links=self.typed_links(),
            hand_in=self.get_body_argument("hand_in", HandIn.NOTHING),
            when=self.get_body_argument("when", "now"),
        )

    async def checked(self, typed: Typed, student_ids: Sequence[str] = ()) -> Draft:
        """The form as a draft. Raises InvalidError with every field that is wrong; NotFoundError."""
        problems: dict[str, Problem] = {}
        chosen = [c for c in self.teaching.classes if c.id in typed.class_ids]
        if typed.when == "later" and not typed.publish_at.strip():
            problems["publish_at"] = Problem("missing")
        if typed.subject and not all(
            may_set(self.teaching, c.id, c.grade, typed.subject) for c in chosen
        ):
            problems["subject"] = Problem("not_taught_here")
        if problems:
            raise InvalidError(problems)
        return await draft_homework(
            self.ctx,
            self.teaching,
            typed.texts(),
            class_ids=typed.class_ids,
            student_ids=student_ids,
            file_ids=typed.file_ids,
            links=typed.links,
        )

    async def show_form(
        self,
        typed: Typed,
        *,
        homework: Homework | None = None,
        key: str = "",
        problems: dict[str, str] | None = None,
        message: str = "",
        status: int = 200,
    ) -> None:
        """The form with `typed` in it; `problems` by field, `message` above everything."""
        school = self.teaching.school
        named = subjects_of(school.stages, school.rules.local_subjects)
        subjects = [
            (code, name)
            for code, name in named
            if any(may_set(self.teaching, c.id, c.grade, code) for c in self.teaching.classes)
        ]
        if len(subjects) == 1 and not typed.subject:
            typed = replace(typed, subject=subjects[0][0])
        self.drawn(
            "h5/homework_form.html",
            status=status,
            homework=homework,
            typed=typed,
            subjects=subjects,
            hand_ins=list(HandIn),
            only_spoken=not any(allows_written(c.grade) for c in self.teaching.classes),
            links=self.link_fields(typed.links),
            shelf=await attachable_links(self.ctx, self.teaching, typed.class_ids),
            attachments=await self.attachments_of(typed.file_ids),
            key=key,
            problems=problems or {},
            message=message,
            budgets=await self.budgets(typed.class_ids, typed.day),
        )

    async def budgets(self, class_ids: Sequence[str], day: str) -> Sequence[Any]:
        """How the evening stands in those of the classes that are theirs; nothing for what is no day."""
        mine = [c for c in dict.fromkeys(class_ids) if c in self.teaching.class_ids()]
        try:
            wanted = date.fromisoformat(day)
        except ValueError:
            return ()
        return await budgets_before(self.ctx, self.teaching, mine, wanted)


class SetHomeworkHandler(HomeworkPage):
    """What this teacher set, newest first."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def get(self) -> None:
        """Twenty of them."""
        before = unpack_cursor(self.get_query_argument("cursor", ""))
        found = await homework_of_author(
            self.ctx, self.teaching, before=before, limit=PAGE_SIZE + 1
        )
        shown = found[:PAGE_SIZE]
        more = len(found) > PAGE_SIZE
        self.drawn(
            "h5/homework_list.html",
            items=shown,
            cursor=pack_cursor(shown[-1].position) if more else "",
            is_first=before is None,
        )


class EveningHandler(FormPage):
    """How the evening stands in the chosen classes, drawn, for the form's script."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def get(self) -> None:
        """A class that isn't theirs is left out as if it did not exist."""
        class_ids = self.get_query_arguments("class_ids")
        budgets = await self.budgets(class_ids, self.get_query_argument("day", ""))
        html = self.fragment("h5/_evening.html", budgets=budgets, subject=self.subject)
        self.data({"html": html})


class NewHomeworkHandler(FormPage):
    """Writing a homework. The form carries a key made when it was served: sent twice, it is one homework."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def get(self) -> None:
        """The empty form, or one that says what an earlier homework (`repeat`) said; for today in any case."""
        mine = self.teaching.class_ids()
        today = school_day(self.ctx.now()).isoformat()
        typed = Typed(class_ids=mine if len(mine) == 1 else (), day=today)
        if earlier := self.get_query_argument("repeat", ""):
            homework = await access_homework_as_author(self.ctx, self.teaching, earlier)
            typed = replace(typed_of(homework), day=today, due_at="", repeats=earlier)
        await self.show_form(typed, key=secrets.token_urlsafe(18))

    async def post(self) -> None:
        """Publish if it fits; the homework's own page says what became of it."""
        typed, key = self.typed(), self.form_key()
        try:
            draft = await self.checked(typed)
            outcome = await publish_homework(self.ctx, self.teaching, draft, idempotency_key=key)
        except InvalidError as error:
            problems = phrases.field_messages(error)
            message = phrases.error_message("invalid")
            await self.show_form(typed, key=key, problems=problems, message=message, status=422)
            return
        self.go(f"{_BASE}/{outcome.homework.id}{_done(outcome.homework, self)}")


def _done(homework: Homework, handler: PageHandler) -> str:
    if homework.state is not HomeworkState.PUBLISHED:
        return "?done=homework_over"
    scheduled = homework.publish_at > handler.ctx.now()
    return "?done=homework_scheduled" if scheduled else "?done=homework_published"


class OwnHomeworkHandler(HomeworkPage):
    """One homework: what it says, where it stands, and, where it did not fit, what it meets there."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def get(self, homework_id: str) -> None:
        """Show it."""
        await show_homework(self, homework_id)


async def show_homework(
    page: HomeworkPage, homework_id: str, *, why: str = "", problem: str = "", status: int = 200
) -> None:
    """The page of one homework; `why` is what was typed when asking for more minutes."""
    homework = await access_homework_as_author(page.ctx, page.teaching, homework_id)
    clashes = await clashes_now(page.ctx, page.teaching, homework)
    asked = await overruns_of_homework(page.ctx, homework) if homework.proposed else []
    page.drawn(
        "h5/homework_own.html",
        status=status,
        homework=homework,
        task=homework.task,
        clashes=clashes,
        may_ask=bool(clashes) and all(clash.may_ask for clash in clashes),
        asked=asked,
        why=why,
        problem=problem,
        hosts=page.ctx.policy.link_hosts,
        links=await named(page.ctx, homework.task.links),
        given=await given_with(page.ctx, page.teaching, homework),
    )


class AskHandler(HomeworkPage):
    """Asking the head teachers of the classes in which it does not fit."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def post(self, homework_id: str) -> None:
        """Ask; where it fits by now, it is published."""
        why = self.get_body_argument("why", "")
        try:
            outcome = await ask_for_more(self.ctx, self.teaching, homework_id, why)
        except InvalidError as error:
            problem = phrases.field_messages(error)["why"]
            await show_homework(self, homework_id, why=why, problem=problem, status=422)
            return
        done = "?done=homework_asked" if outcome.clashes else _done(outcome.homework, self)
        self.go(f"{_BASE}/{homework_id}{done}")


class EditHomeworkHandler(FormPage):
    """Saying it anew, shortening, moving it; also one that did not fit. Classes and subject stay."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def get(self, homework_id: str) -> None:
        """The form with what it says now."""
        homework = await self._access(homework_id)
        await self.show_form(typed_of(homework), homework=homework)

    async def post(self, homework_id: str) -> None:
        """As a whole or, where it does not fit, not at all."""
        homework = await self._access(homework_id)
        typed = replace(
            self.typed(), subject=homework.subject, class_ids=homework.class_ids, when="now"
        )
        try:
            seen = int(self.get_body_argument("attempts"))
        except ValueError:
            raise HTTPError(400) from None
        try:
            draft = await self.checked(typed, homework.student_ids)
            outcome = await edit_homework(self.ctx, self.teaching, homework_id, draft, seen=seen)
        except InvalidError as error:
            problems = phrases.field_messages(error)
            message = phrases.error_message("invalid")
            await self.show_form(
                typed, homework=homework, problems=problems, message=message, status=422
            )
            return
        except ConflictError as error:
            newest = await self._access(homework_id)
            code = "homework_changed" if error.code == "conflict" else error.code
            message = phrases.error_message(code)
            await self.show_form(typed, homework=newest, message=message, status=409)
            return
        if outcome.clashes:
            self.go(f"{_BASE}/{homework_id}?done=homework_over")
        elif homework.state is HomeworkState.PUBLISHED:
            self.go(f"{_BASE}/{homework_id}?done=homework_edited")
        else:
            self.go(f"{_BASE}/{homework_id}{_done(outcome.homework, self)}")

    async def _access(self, homework_id: str) -> Homework:
        homework = await access_homework_as_author(self.ctx, self.teaching, homework_id)
        if homework.state is HomeworkState.WITHDRAWN:
            raise ConflictError
        if not set(homework.class_ids) <= set(self.teaching.class_ids()):
            raise NotFoundError
        return homework


class WithdrawHomeworkHandler(HomeworkPage):
    """Taking a homework back; asked about before it is done."""

    access = Access.STAFF
    right = Right.HOMEWORK

    async def get(self, homework_id: str) -> None:
        """What it would mean."""
        homework = await access_homework_as_author(self.ctx, self.teaching, homework_id)
        if homework.state is not HomeworkState.PUBLISHED:
            raise ConflictError
        self.drawn("h5/homework_withdraw.html", homework=homework, task=homework.task)

    async def post(self, homework_id: str) -> None:
        """Do it; twice is once."""
        await withdraw_homework(self.ctx, self.teaching, homework_id)
        self.go(f"{_BASE}/{homework_id}?done=homework_withdrawn")
