"""The log of what staff did here: looked through, narrowed down, exported, checked."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from tornado.iostream import StreamClosedError

from domain.audit import Act
from domain.errors import InvalidError, Problem
from domain.roles import Right
from domain.times import SCHOOL_ZONE
from handlers.base import Access
from handlers.console import audit_words
from handlers.console.base import ConsoleHandler
from handlers.downloads import disposition
from handlers.files import send_file
from handlers.messages import moment_in
from services.audit import ChainReport, Wanted
from services.audit_export import export_audit
from services.audit_reading import access_log, check_newest, names_at, read_log, staff_in_log
from services.audit_words import act_text
from services.message_reviews import (
    RECALLED_PAGE,
    Recalled,
    open_recalled_file,
    recalled_messages,
    recalled_text,
)
from services.spreadsheets import XLSX

_LONGEST = 200
_FIELDS = ("act", "person", "subject", "since", "until")
_WRONG_DAY = "日期不对，请写成 2026-09-01 这样"


class LogPage(ConsoleHandler):
    """What the pages of the log share."""

    access = Access.STAFF
    right = Right.AUDIT

    async def show(
        self, form: dict[str, str], *, before: str = "", report: ChainReport | None = None
    ) -> None:
        """A page of what is wanted."""
        problems: dict[str, str] = {}
        try:
            wanted = wanted_from(form)
            page = await read_log(self.ctx, self.acting, wanted, before=before or None)
        except InvalidError as error:
            problems = dict.fromkeys(error.fields, _WRONG_DAY)
            page = await read_log(self.ctx, self.acting, Wanted())
        chosen = {name: value for name, value in form.items() if value}
        self.page(
            "console/audit.html",
            status=422 if problems else 200,
            log=page,
            form=form,
            problems=problems,
            acts=[(act.value, act_text(act)) for act in Act],
            staff=await staff_in_log(self.ctx, self.acting),
            report=report,
            older=urlencode({**chosen, "before": page.older}) if page.older else "",
            is_first=not before,
            is_narrowed=bool(chosen),
            told=audit_words,
        )


class AuditHandler(LogPage):
    """The log, newest first."""

    async def get(self) -> None:
        """Show it."""
        form = {name: self.get_query_argument(name, "")[:_LONGEST] for name in _FIELDS}
        await self.show(form, before=self.get_query_argument("before", "")[:_LONGEST])


class AuditCheckHandler(LogPage):
    """Whether the newest entries stand as they were written."""

    async def post(self) -> None:
        """Check, and say it above the log."""
        report = await check_newest(self.ctx, self.acting)
        await self.show(dict.fromkeys(_FIELDS, ""), report=report)


class AuditExportHandler(LogPage):
    """The log as an Excel file; that it was exported is itself an entry."""

    async def post(self) -> None:
        """Stream it."""
        form = {name: self.get_body_argument(name, "")[:_LONGEST] for name in _FIELDS}
        place = await access_log(self.ctx, self.acting)
        pieces = await export_audit(
            self.ctx,
            self.acting.actor,
            place.id,
            wanted_from(form),
            telling=audit_words.telling(await names_at(self.ctx, self.acting)),
        )
        day = self.ctx.now().astimezone(SCHOOL_ZONE).strftime("%Y%m%d")
        self.set_header("Content-Type", XLSX)
        self.set_header("Content-Disposition", disposition(f"{place.name}操作记录{day}.xlsx"))
        try:
            async for piece in pieces:
                self.write(piece)
                await self.flush()
        except StreamClosedError:
            return  # they went away


class RecalledHandler(ConsoleHandler):
    """What was taken back in conversations: that it was, and to who says why, what it said."""

    access = Access.STAFF
    right = Right.AUDIT

    async def get(self) -> None:
        """The list; `before` is the moment of the last one of the page before."""
        await self._show()

    async def post(self) -> None:
        """`message` and `why`: read one. That it was read, and why, is an entry of the log first."""
        message_id = self.get_body_argument("message", "")[:_LONGEST]
        why = self.get_body_argument("why", "")[:_LONGEST]
        try:
            recalled = await recalled_text(self.ctx, self.acting, message_id, why)
        except InvalidError:
            await self._show(asked=message_id)
            return
        await self._show(opened=recalled)

    async def _show(self, *, opened: Recalled | None = None, asked: str = "") -> None:
        given = self.get_query_argument("before", "")
        before = moment_in(given) if given else None
        found = await recalled_messages(self.ctx, self.acting, before=before)
        self.page(
            "console/recalled.html",
            status=422 if asked else 200,
            messages=found,
            opened=opened,
            asked=asked,
            older=urlencode({"before": found[-1].recalled_at.isoformat()})
            if len(found) == RECALLED_PAGE and found[-1].recalled_at
            else "",
            is_first=before is None,
            told=audit_words,
        )


class RecalledFileHandler(ConsoleHandler):
    """A file of what was taken back."""

    access = Access.STAFF
    right = Right.AUDIT

    async def post(self, message_id: str, file_id: str) -> None:
        """`why`: open it. That it was opened, and why, is an entry of the log first."""
        why = self.get_body_argument("why", "")[:_LONGEST]
        file, content = await open_recalled_file(
            self.ctx, self.acting, message_id[:_LONGEST], file_id[:_LONGEST], why
        )
        await send_file(self, file, content)


def wanted_from(form: dict[str, str]) -> Wanted:
    """What a form asks for; `until` is the last day. Raises InvalidError (fields `since`, `until`)."""
    wrong: dict[str, Problem] = {}
    since, until = (_day(form[name], name, wrong) for name in ("since", "until"))
    if wrong:
        raise InvalidError(wrong)
    return Wanted(
        act=next((act for act in Act if act == form["act"]), None),
        person_id=form["person"],
        subject_id=form["subject"],
        since=since,
        until=until + timedelta(days=1) if until else None,
    )


def _day(text: str, name: str, wrong: dict[str, Problem]) -> datetime | None:
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        wrong[name] = Problem("form")
        return None
    if not 2000 <= day.year < 2900:
        wrong[name] = Problem("form")
        return None
    return datetime.combine(day, time(), SCHOOL_ZONE)
