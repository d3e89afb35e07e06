"""A head teacher's notices: the list, writing one, correcting, reminding, withdrawing."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tornado.web import HTTPError

from domain.errors import ConflictError, InvalidError, NotFoundError, Problem, TooManyError
from domain.notices import ConfirmMode, Draft, Notice, NoticeState
from domain.roles import Right
from handlers import phrases
from handlers.base import Access, PageHandler, status_of
from handlers.reading import PAGE_SIZE, pack_cursor, unpack_cursor
from handlers.writing import WritingPage
from services.approvals import waiting_claims
from services.leaves import waiting_leaves
from services.notices import (
    access_notice_as_author,
    draft_notice,
    edit_notice,
    notices_of_author,
    publish_notice,
    remind_unread,
    withdraw_notice,
)
from services.quiet import quiet_of
from services.reach import forecast_reach
from services.receipts import receipts_of
from services.shelf_views import attachable_links
from services.urgent import urgent_actor


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as typed: whatever is wrong with it, it is shown again."""

    title: str = ""
    body: str = ""
    class_ids: Sequence[str] = ()
    file_ids: Sequence[str] = ()
    links: Sequence[str] = ()
    confirm: str = ConfirmMode.NONE
    deadline_at: str = ""
    when: str = "now"
    publish_at: str = ""
    urgent_reason: str = ""

    def texts(self) -> dict[str, str]:
        """The single-valued fields, as the service takes them; a time that is not chosen is none."""
        return {
            "title": self.title,
            "body": self.body,
            "confirm": self.confirm,
            "deadline_at": self.deadline_at,
            "publish_at": self.publish_at if self.when == "later" else "",
            "urgent_reason": self.urgent_reason,
        }


class FormHandler(WritingPage):
    """What writing and correcting share: reading the form, and showing it again with what is wrong."""

    def typed(self) -> Typed:
        """The form as it was sent; line breaks as in the browser's text area."""
        return Typed(
            title=self.get_body_argument("title", ""),
            body=self.long_text("body"),
            class_ids=self.get_body_arguments("class_ids"),
            file_ids=self.get_body_arguments("file_ids"),
            links=self.typed_links(),
            confirm=self.get_body_argument("confirm", ConfirmMode.NONE),
            deadline_at=self.get_body_argument("deadline_at", ""),
            when=self.get_body_argument("when", "now"),
            publish_at=self.get_body_argument("publish_at", ""),
            urgent_reason=self.get_body_argument("urgent_reason", ""),
        )

    async def checked(self, typed: Typed) -> Draft:
        """The form as a draft. Raises InvalidError with every field that is wrong."""
        problems: dict[str, Problem] = {}
        if typed.when == "later" and not typed.publish_at.strip():
            problems["publish_at"] = Problem("missing")
        try:
            draft = await draft_notice(
                self.ctx,
                self.teaching,
                typed.texts(),
                class_ids=typed.class_ids,
                file_ids=typed.file_ids,
                links=typed.links,
            )
        except InvalidError as error:
            raise InvalidError(error.fields | problems) from None
        if problems:
            raise InvalidError(problems)
        return draft

    async def show_form(
        self,
        typed: Typed,
        *,
        notice: Notice | None = None,
        key: str = "",
        problems: dict[str, str] | None = None,
        message: str = "",
        status: int = 200,
    ) -> None:
        """The form with `typed` in it; `problems` by field, `message` above everything."""
        mine = set(self.teaching.class_ids())
        chosen = [c for c in typed.class_ids if c in mine]
        links = self.link_fields(typed.links)
        quiet = quiet_of(self.ctx, self.teaching.school)
        now = self.ctx.now()
        self.page(
            "h5/compose.html",
            status=status,
            teaching=self.teaching,
            notice=notice,
            typed=typed,
            links=links,
            attachments=await self.attachments_of(typed.file_ids),
            key=key,
            shelf=await attachable_links(self.ctx, self.teaching, typed.class_ids),
            problems=problems or {},
            message=message,
            forecast=None if notice else await forecast_reach(self.ctx, self.teaching, chosen),
            may_urge=notice is None and await self._may_urge(),
            quiet_until=quiet.next_moment(now) if quiet.covers(now) else None,
        )

    async def _may_urge(self) -> bool:
        who, school_id = self.teaching.person_id, self.teaching.school.id
        return await urgent_actor(self.ctx, who, school_id) is not None


class TeachHandler(PageHandler):
    """What this head teacher wrote, newest first."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self) -> None:
        """Twenty of them; how far each got is asked for by the page afterwards."""
        before = unpack_cursor(self.get_query_argument("cursor", ""))
        found = await notices_of_author(self.ctx, self.teaching, before=before, limit=PAGE_SIZE + 1)
        shown = found[:PAGE_SIZE]
        claims = await waiting_claims(self.ctx, self.teaching) if before is None else []
        leaves = await waiting_leaves(self.ctx, self.teaching) if before is None else []
        last = shown[-1] if shown else None
        self.page(
            "h5/teach.html",
            teaching=self.teaching,
            notices=shown,
            class_names={c.id: c.name for c in self.teaching.classes},
            claims=sum(c.standing.may_school for c in claims),
            leaves=len(leaves),
            decides=any(self.teaching.may_in(c, Right.LEAVES) for c in self.teaching.classes),
            cursor=pack_cursor(last.position) if last and len(found) > PAGE_SIZE else "",
            is_first=before is None,
        )


class CountsHandler(PageHandler):
    """How far the notices of a list got, for its script: children reached and guardians who read."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self) -> None:
        """For the ids asked for; one that isn't theirs is left out."""
        ids = list(dict.fromkeys(self.get_query_arguments("id")))[:PAGE_SIZE]
        found = await asyncio.gather(*(self._counts(notice_id) for notice_id in ids))
        self.data(
            {notice_id: counts for notice_id, counts in zip(ids, found, strict=True) if counts}
        )

    async def _counts(self, notice_id: str) -> dict[str, Any] | None:
        try:
            receipts = await receipts_of(self.ctx, self.teaching, notice_id)
        except NotFoundError:
            return None
        children = receipts.children()
        read, bound = receipts.guardians_read()
        reached = sum(child.reached for child in children)
        return {"children": len(children), "reached": reached, "guardians": bound, "read": read}


class NewNoticeHandler(FormHandler):
    """Writing a notice. The form carries a key made when it was served: sent twice, it is one notice."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self) -> None:
        """The empty form; a teacher of one class means that class."""
        mine = self.teaching.class_ids()
        chosen = mine if len(mine) == 1 else ()
        await self.show_form(Typed(class_ids=chosen), key=secrets.token_urlsafe(18))

    async def post(self) -> None:
        """Publish, or show the form again with what is wrong."""
        typed, key = self.typed(), self.form_key()
        try:
            draft = await self.checked(typed)
            notice = await publish_notice(self.ctx, self.teaching, draft, idempotency_key=key)
        except (InvalidError, TooManyError) as error:
            await self.show_form(
                typed,
                key=key,
                problems=phrases.field_messages(error),
                message=phrases.error_message(error.code),
                status=status_of(error) or 422,
            )
            return
        done = "scheduled" if notice.state is NoticeState.SCHEDULED else "published"
        self.go(f"/h5/teach/notices/{notice.id}?done={done}")


class EditNoticeHandler(FormHandler):
    """Correcting a notice: audience, confirmation and times stay, the words are said anew."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, notice_id: str) -> None:
        """The form with what it says now."""
        notice = await self._access(notice_id)
        current = notice.current
        typed = Typed(
            title=current.title,
            body=current.body,
            file_ids=[a.file_id for a in current.attachments],
            links=current.links,
        )
        await self.show_form(typed, notice=notice)

    async def post(self, notice_id: str) -> None:
        """Save as a new version."""
        notice = await self._access(notice_id)
        typed = self.typed()
        whole = Typed(
            title=typed.title,
            body=typed.body,
            class_ids=[c for c in notice.class_ids if c in self.teaching.class_ids()],
            file_ids=typed.file_ids,
            links=typed.links,
        )
        try:
            seen = int(self.get_body_argument("version"))
        except ValueError:
            raise HTTPError(400) from None
        try:
            draft = await self.checked(whole)
            await edit_notice(self.ctx, self.teaching, notice_id, draft, seen_version=seen)
        except InvalidError as error:
            problems = phrases.field_messages(error)
            message = phrases.error_message("invalid")
            await self.show_form(
                whole, notice=notice, problems=problems, message=message, status=422
            )
            return
        except ConflictError:
            newest = await self._access(notice_id)
            message = phrases.error_message("edited_meanwhile")
            await self.show_form(whole, notice=newest, message=message, status=409)
            return
        self.go(f"/h5/teach/notices/{notice_id}?done=edited")

    async def _access(self, notice_id: str) -> Notice:
        notice = await access_notice_as_author(self.ctx, self.teaching, notice_id)
        if notice.state is NoticeState.WITHDRAWN:
            raise ConflictError
        return notice


class RemindHandler(PageHandler):
    """Reminding those who have not read or confirmed, at most twice; asked about before it is done."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, notice_id: str) -> None:
        """How many, and when."""
        receipts = await receipts_of(self.ctx, self.teaching, notice_id)
        now = self.ctx.now()
        due_at = quiet_of(self.ctx, self.teaching.school).next_moment(now)
        self.page(
            "h5/remind.html",
            notice=receipts.notice,
            number=receipts.notice.reminders + 1,
            guardians=len(receipts.still_open()),
            later_at=due_at if due_at > now else None,
            reminder_due=receipts.notice.reminder_due_at,
        )

    async def post(self, notice_id: str) -> None:
        """Do it; the number makes a double tap one reminder."""
        try:
            number = int(self.get_body_argument("number"))
        except ValueError:
            raise HTTPError(400) from None
        due_at = await remind_unread(self.ctx, self.teaching, notice_id, number=number)
        done = "reminded_later" if due_at > self.ctx.now() else "reminded"
        self.go(f"/h5/teach/notices/{notice_id}?done={done}")


class WithdrawHandler(PageHandler):
    """Taking a notice back; asked about before it is done."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self, notice_id: str) -> None:
        """What it would mean."""
        receipts = await receipts_of(self.ctx, self.teaching, notice_id)
        if receipts.notice.state is NoticeState.WITHDRAWN:
            raise ConflictError
        read, _ = receipts.guardians_read()
        self.page("h5/withdraw.html", notice=receipts.notice, read=read)

    async def post(self, notice_id: str) -> None:
        """Do it; twice is once."""
        await withdraw_notice(self.ctx, self.teaching, notice_id)
        self.go(f"/h5/teach/notices/{notice_id}?done=withdrawn")
