"""One's own activities at a desk: writing them, what came in, changing, reminding, closing, taking back."""

from __future__ import annotations

from urllib.parse import quote

from domain.activities import Activity, Kind, State
from domain.activity_changes import grows
from domain.answers import BRINGS, options_of
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.roles import Right
from domain.times import SCHOOL_ZONE, school_text
from handlers import activity_phrases, phrases
from handlers.base import Access
from handlers.console.activity_forms import Typed, acted, begun, drafts_of, more_of, typed
from handlers.console.base import ConsoleHandler
from handlers.console.periods import PeriodPage
from handlers.downloads import send_sheet
from handlers.files import send_file
from handlers.reading import pack_cursor, unpack_cursor
from services.activities import (
    access_activity_as_author,
    activities_of_author,
    change_activity,
    draft_activity,
    may_ask_staff,
    move_deadline,
    publish_activity,
    remind,
    reminder_of,
    withdraw_activity,
)
from services.activity_results import (
    CAME_WORDS,
    Came,
    export_results,
    open_answer_file,
    results_name,
    results_of,
    said,
)
from services.people import Teaching

_HOME = "/console/own-activities"
_PAGE = 20


class OwnPage(ConsoleHandler):
    """What these pages share."""

    async def mine(self) -> Teaching:
        """The classes one may write to."""
        return await self.teaching_for(Right.PUBLISH)

    def back(self, activity: Activity, done: str) -> None:
        """To its page, with a word about what was done."""
        self.go(f"{_HOME}/{quote(activity.id, safe='')}?done={done}")


class OwnActivitiesHandler(OwnPage):
    """What I published."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self) -> None:
        """The newest first."""
        before = unpack_cursor(self.get_query_argument("before", ""))
        found = await activities_of_author(
            self.ctx, await self.mine(), before=before, limit=_PAGE + 1
        )
        self.page(
            "console/own_activities.html",
            found=found[:_PAGE],
            older=pack_cursor(found[_PAGE - 1].position) if len(found) > _PAGE else "",
            kinds=activity_phrases.KINDS,
            when=school_text,
        )


class NewActivityHandler(OwnPage):
    """The form of a new one."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self) -> None:
        """As it is at first, for the `kind` that is asked for."""
        teaching = await self.mine()
        kind = self.get_query_argument("kind", "")
        self._show(teaching, begun(kind, teaching.class_ids()), self.ctx.new_id())

    async def post(self) -> None:
        """Publish; or one question more or less, and nothing is published."""
        teaching = await self.mine()
        given = typed(self.get_body_argument, self.get_body_arguments("class_ids"))
        key = self.get_body_argument("key", "")[:64]
        if acted(given, self.get_body_argument("action", "")):
            self._show(teaching, given, key)
            return
        staff = given.form["to"] == "staff"
        try:
            draft = await draft_activity(
                self.ctx,
                teaching,
                {**given.form, "per": "adult" if staff else given.form["per"]},
                drafts_of(given),
                staff=staff,
                class_ids=() if staff else given.class_ids,
                file_ids=(),
            )
        except InvalidError as error:
            self._show(teaching, given, key, refused=error)
            return
        key = key or self.ctx.new_id()
        made = await publish_activity(self.ctx, teaching, draft, idempotency_key=key)
        self.back(made, "activity_published")

    def _show(
        self, teaching: Teaching, given: Typed, key: str, *, refused: InvalidError | None = None
    ) -> None:
        kind = given.form["kind"]
        self.page(
            "console/activity_new.html",
            status=422 if refused else 200,
            given=given,
            key=key,
            classes=teaching.classes,
            may_staff=may_ask_staff(teaching),
            kinds=activity_phrases.KINDS,
            asks=activity_phrases.questions_of(Kind(kind) if kind in set(Kind) else Kind.SIGN_UP),
            problems=phrases.field_messages(refused),
        )


class OwnActivityHandler(OwnPage):
    """One of them with what came in; closing, reminding, taking it back."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, activity_id: str) -> None:
        """Show it. Nobody else sees this."""
        found = await results_of(self.ctx, await self.mine(), activity_id)
        activity = found.activity
        self.page(
            "console/own_activity.html",
            found=found,
            activity=activity,
            open=activity.is_open(self.ctx.now()),
            left=found.seats.left() if found.seats else {},
            reminder=await reminder_of(self.ctx, activity),
            came=Came,
            words_of_came=CAME_WORDS,
            kinds=activity_phrases.KINDS,
            text_of=said,
            options_of=options_of,
            when=school_text,
            brings=BRINGS,
        )

    async def post(self, activity_id: str) -> None:
        """`action`: close, remind (the `number` that is meant) or withdraw."""
        teaching = await self.mine()
        activity = await access_activity_as_author(self.ctx, teaching, activity_id)
        action = self.get_body_argument("action", "")
        if action == "close":
            await move_deadline(self.ctx, teaching, activity.id, "")
            self.back(activity, "activity_closed")
        elif action == "withdraw":
            await withdraw_activity(self.ctx, teaching, activity.id)
            self.back(activity, "activity_withdrawn")
        elif action == "remind":
            number = self.get_body_argument("number", "")
            if number not in ("1", "2"):
                raise NotFoundError
            due_at = await remind(self.ctx, teaching, activity.id, int(number))
            later = due_at > self.ctx.now()
            self.back(activity, "reminded_later" if later else "activity_reminded")
        else:
            raise NotFoundError


class ChangeActivityHandler(OwnPage):
    """The form in which an open one is changed."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, activity_id: str) -> None:
        """As it is."""
        activity = await access_activity_as_author(self.ctx, await self.mine(), activity_id)
        closes_at = activity.closes_at.astimezone(SCHOOL_ZONE).strftime("%Y-%m-%dT%H:%M")
        form = {"title": activity.title, "body": activity.body, "closes_at": closes_at}
        self._show(activity, {**form, "tells": "yes"}, self.ctx.new_id())

    async def post(self, activity_id: str) -> None:
        """Save it over the version that was `seen`."""
        teaching = await self.mine()
        activity = await access_activity_as_author(self.ctx, teaching, activity_id)
        names = ("title", "body", "closes_at", "tells")
        form = {name: self.get_body_argument(name, "") for name in names}
        key, seen = self.get_body_argument("key", "")[:64], self.get_body_argument("seen", "")
        try:
            changed = await change_activity(
                self.ctx,
                teaching,
                activity.id,
                form,
                more_of(activity, self.get_body_argument),
                tells=bool(form["tells"]),
                seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 4 else 0,
                key=key or self.ctx.new_id(),
            )
        except InvalidError as error:
            self._show(activity, form, key, refused=error)
            return
        except ConflictError as error:
            if error.code != ConflictError().code:
                raise
            self._show(activity, form, key, banner=activity_phrases.CHANGED)
            return
        self.back(changed, "activity_changed")

    def _show(
        self,
        activity: Activity,
        form: dict[str, str],
        key: str,
        *,
        refused: InvalidError | None = None,
        banner: str = "",
    ) -> None:
        if not activity.is_open(self.ctx.now()):
            raise ConflictError("withdrawn" if activity.state is State.WITHDRAWN else "over")
        self.page(
            "console/activity_change.html",
            status=422 if refused else 409 if banner else 200,
            activity=activity,
            form=form,
            key=key,
            seen=activity.version,
            said=self.get_body_argument,
            grows=grows,
            banner=banner,
            problems=phrases.field_messages(refused),
        )


class OwnActivityFileHandler(OwnPage, PeriodPage):
    """Everything that came in, as an Excel file."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, activity_id: str) -> None:
        """Hand it over; that it was taken is noted."""
        teaching = await self.mine()
        found = await results_of(self.ctx, teaching, activity_id)
        content = await export_results(self.ctx, teaching, found)
        send_sheet(self, results_name(found.activity), content)


class AnswerFileHandler(OwnPage):
    """A file that came with an answer."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, activity_id: str, subject_id: str, file_id: str) -> None:
        """Show it, or hand it over."""
        file, content = await open_answer_file(
            self.ctx, await self.mine(), activity_id, subject_id, file_id
        )
        await send_file(self, file, content)
