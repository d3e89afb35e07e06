"""Conversations on pages: the list, one of them, saying something. They work as plain forms; `static/talk.js` makes
them live, over `/ws` or by asking again with the same numbers.

The pages at a desk (`handlers.console.messages`) are these with a desk's session.
"""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from domain.errors import InvalidError, NotFoundError, YanshuError
from domain.messages import TEXT_LIMIT, Message
from domain.threads import answers_questions
from handlers import message_phrases, phrases
from handlers.base import Access, PageHandler, status_of
from handlers.files import send_file
from services.duty import answering_in
from services.message_files import open_message_file
from services.messages import (
    PAGE_LIMIT,
    Page,
    changes_since,
    mark_read,
    messages_after,
    page_of_thread,
    recall_message,
    send_in_time,
)
from services.quiet import arrives_at, mute_thread
from services.threads import (
    ThreadLine,
    colleagues_for,
    line_of,
    open_question,
    threads_of,
)
from services.urgent import may_urge

_KEY = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NUMBER = re.compile(r"[0-9]{1,9}")
_MOST = 99  # unread messages that are counted out
_AROUND = 20  # so many from a place on that is come to are shown with it


class TalkPage(PageHandler):
    """What all of these share: which conversations are shown, and how."""

    root, template, socket = "/h5/messages", "h5", "/ws"

    def shows(self, line: ThreadLine) -> bool:
        """Whether a conversation of this person is shown here: in WeChat all of them are."""
        return True

    async def access_line(self, thread_id: str) -> ThreadLine:
        """One conversation. Raises NotFoundError: absent, not theirs, and not shown here are the same."""
        line = await line_of(self.ctx, self.session.person_id, thread_id)
        if not self.shows(line):
            raise NotFoundError
        return line

    def address(self, thread_id: str) -> str:
        """The path of one conversation."""
        return f"{self.root}/{quote(thread_id, safe='')}"

    def spot(self, line: ThreadLine, seq: int, *, done: str = "") -> str:
        """The path of one message's place: on the newest page, or with those around it."""
        before = seq + _AROUND if line.thread.tail - seq >= PAGE_LIMIT else 0
        query = urlencode({k: v for k, v in (("before", before), ("done", done)) if v})
        return f"{self.address(line.thread.id)}{'?' if query else ''}{query}#m{seq}"

    async def list_values(self, current: str = "") -> dict[str, Any]:
        """What the list is drawn from."""
        found = await threads_of(self.ctx, self.session.person_id)
        lines = [line for line in found if self.shows(line)]
        return {
            "lines": [(line, message_phrases.title_of(line)) for line in lines],
            "current": current,
            "address": self.address,
            "kinds": message_phrases.KINDS,
            "most": _MOST,
        }

    def rows(self, line: ThreadLine, messages: list[Message]) -> list[message_phrases.Row]:
        """Messages as this person sees them."""
        me, now = self.session.person_id, self.ctx.now()
        return [message_phrases.row_of(m, me, leads=line.place.leads, now=now) for m in messages]

    def row_values(self, line: ThreadLine) -> dict[str, Any]:
        """What a message is drawn with."""
        return {
            "path": self.address(line.thread.id),
            "at_desk": self.template == "console",
            "hosts": self.ctx.policy.link_hosts,
        }

    def number(self, name: str) -> int:
        """A number of the query; what is none counts as 0."""
        given = self.get_query_argument(name, "")
        return int(given) if _NUMBER.fullmatch(given) else 0


def number_in(text: str) -> int:
    """The number of a message in an address. Raises NotFoundError."""
    if not _NUMBER.fullmatch(text):
        raise NotFoundError
    return int(text)


def key_from(given: str, page: TalkPage) -> str:
    """The form's key, which makes it once; a new one for what is none."""
    return given if _KEY.fullmatch(given) else page.ctx.new_id()


class ThreadsHandler(TalkPage):
    """The list."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it; a script of ours gets the list alone."""
        values = await self.list_values(self.get_query_argument("current", ""))
        self.ctx.live.polled(self.ctx, self.session.person_id)
        if self.wants_json:
            self.data({"html": self.fragment("talk/_list.html", **values)})
            return
        self.page(f"{self.template}/messages.html", socket=self.socket, root=self.root, **values)


class ThreadHandler(TalkPage):
    """One conversation."""

    access = Access.VISITOR

    async def get(self, thread_id: str) -> None:
        """The newest messages, or those before a number; who opens the newest has read them."""
        await self.show(thread_id)

    async def post(self, thread_id: str) -> None:
        """Say something; the form's key makes it once."""
        await self.access_line(thread_id)
        text, key = self.get_body_argument("text", ""), self.get_body_argument("key", "")
        reason = self.get_body_argument("urgent_reason", "")
        key = key_from(key, self)
        try:
            sent = await send_in_time(
                self.ctx,
                self.session.person_id,
                thread_id,
                {"kind": "text", "text": text, "urgent_reason": reason},
                key=key,
            )
        except NotFoundError:
            raise
        except YanshuError as error:
            if self.wants_json:
                raise
            await self.show(thread_id, text=text, reason=reason, refused=error)
            return
        if self.wants_json:
            seq = sent.message.seq if sent.message else None
            self.data({"seq": seq, "key": self.ctx.new_id()})
            return
        self.go(self.address(thread_id) + "#end")

    async def show(
        self,
        thread_id: str,
        *,
        text: str = "",
        reason: str = "",
        refused: YanshuError | None = None,
    ) -> None:
        """The page, with what was typed where it was refused."""
        line, since = await self.access_line(thread_id), self.ctx.now()
        before = self.number("before")
        me = self.session.person_id
        page = await page_of_thread(self.ctx, me, thread_id, before=before)
        if not before and page.tail:
            await mark_read(self.ctx, me, thread_id, page.tail)
        shown = [m for m in page.messages if m.seq not in page.hidden]
        first = page.messages[0].seq if page.messages else 1
        self.page(
            f"{self.template}/thread.html",
            status=(status_of(refused) or 400) if refused else 200,
            line=line,
            title=message_phrases.title_of(line),
            rows=self.rows(line, shown),
            since=since.isoformat(),
            tail=page.until,
            first=first,
            older=first if first > 1 else 0,
            late=page.late,
            around=_AROUND,
            newest=not before,
            asks=self._asks(line),
            arrives=await arrives_at(self.ctx, line.audience, me),
            answering=await answering_in(self.ctx, line.audience),
            muted=page.mark is not None and page.mark.muted,
            facts=message_phrases.feedback_facts(line.thread),
            states=message_phrases.next_states(line),
            colleagues=await self._colleagues(line),
            text=text,
            urgent_reason=reason,
            may_urge=await may_urge(self.ctx, line.audience, line.place),
            problem=_sentence(refused),
            limit=TEXT_LIMIT,
            key=self.ctx.new_id(),
            socket=self.socket,
            root=self.root,
            **self.row_values(line),
            **await self.beside(thread_id),
        )

    async def _colleagues(self, line: ThreadLine) -> list[tuple[str, str]]:
        if not (line.place.as_staff and line.thread.is_private):
            return []
        found = await colleagues_for(self.ctx, line.audience)
        return [
            (ref, place.name) for ref, place in found if place.person_id != line.place.person_id
        ]

    async def beside(self, thread_id: str) -> dict[str, Any]:
        """What stands beside the conversation: on a phone nothing."""
        return {}

    def _asks(self, line: ThreadLine) -> bool:
        group = line.audience.group
        return (
            group is not None
            and not line.place.as_staff
            and not line.thread.is_private
            and answers_questions(group)
        )


def _sentence(refused: YanshuError | None) -> str:
    if refused is None:
        return ""
    if isinstance(refused, InvalidError):
        return next(iter(phrases.field_messages(refused).values()), "")
    return phrases.error_message(refused.code)


class ThreadNewsHandler(TalkPage):
    """What came after a number, and what changed since a moment: the way back after a break, and without a socket."""

    access = Access.VISITOR

    async def get(self, thread_id: str) -> None:
        """`after` and `since`; drawn, in order, with no number left out."""
        line, at = await self.access_line(thread_id), self.ctx.now()
        me, after = self.session.person_id, self.number("after")
        self.ctx.live.polled(self.ctx, me)
        page = await messages_after(self.ctx, me, thread_id, after)
        since = moment_in(self.get_query_argument("since", ""))
        changed = await changes_since(self.ctx, me, thread_id, since) if since else ()
        earlier = [m for m in changed if m.seq <= after]
        self.data(
            {
                "items": self._drawn(line, page, list(page.messages)),
                "changed": self._drawn(line, page, earlier),
                "late": page.late,
                "last": page.until,
                "more": page.until < page.tail,
                "at": at.isoformat(),
            }
        )

    def _drawn(self, line: ThreadLine, page: Page, messages: list[Message]) -> list[dict[str, Any]]:
        drawn = []
        for row in self.rows(line, messages):
            html = ""
            if row.seq not in page.hidden:
                values = self.row_values(line)
                html = self.fragment(
                    "talk/_row.html", row=row, csrf=self.session.csrf, **values
                ).strip()
            drawn.append({"seq": row.seq, "html": html})
        return drawn


def moment_in(text: str) -> datetime | None:
    """A moment as a query carries it, with its zone; None for anything else."""
    try:
        at = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None
    return at if at.tzinfo else None


class ThreadReadHandler(TalkPage):
    """How far somebody has read: said by the page that is in front."""

    access = Access.VISITOR

    async def post(self, thread_id: str) -> None:
        """`seq`."""
        await self.access_line(thread_id)
        seq = number_in(self.get_body_argument("seq", ""))
        await mark_read(self.ctx, self.session.person_id, thread_id, seq)
        self.data({"read": seq})


class MuteHandler(TalkPage):
    """Whether a conversation rings for me."""

    access = Access.VISITOR

    async def post(self, thread_id: str) -> None:
        """`on` while it shall be quiet."""
        await self.access_line(thread_id)
        muted = bool(self.get_body_argument("on", ""))
        await mute_thread(self.ctx, self.session.person_id, thread_id, muted=muted)
        self.go(self.address(thread_id))


class RecallHandler(TalkPage):
    """Taking a message back."""

    access = Access.VISITOR

    async def post(self, thread_id: str, seq: str) -> None:
        """Within two minutes; who leads the group at any time."""
        await self.access_line(thread_id)
        await recall_message(self.ctx, self.session.person_id, thread_id, number_in(seq))
        self.go(self.address(thread_id) + "#end")


class QuestionHandler(TalkPage):
    """A question to the teachers of a group, which the others don't see."""

    access = Access.VISITOR

    async def post(self, thread_id: str) -> None:
        """Begin it, or go on with it."""
        line = await self.access_line(thread_id)
        thread = await open_question(self.ctx, self.session.person_id, line.thread.group_id)
        self.go(self.address(thread.id))


class MessageFileHandler(TalkPage):
    """A file of a message."""

    access = Access.VISITOR

    async def get(self, thread_id: str, seq: str, file_id: str) -> None:
        """For who is in the conversation at this moment and sees what the message says."""
        await self.access_line(thread_id)
        file, content = await open_message_file(
            self.ctx, self.session.person_id, thread_id, number_in(seq), file_id
        )
        await send_file(self, file, content, partial(self.ctx.stores.files.read, file.id))
