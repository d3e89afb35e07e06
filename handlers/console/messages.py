"""Conversations at a desk: those that somebody has as staff of the school they act for, and no other of theirs."""

from __future__ import annotations

from typing import Any

from domain.errors import NotFoundError
from domain.roles import Right
from handlers import message_acts, messages, talk_acts
from handlers.base import Access
from handlers.console.base import ConsoleHandler
from services.people import teaching_of
from services.threads import ThreadLine, open_child_thread, reached_pupils


class DeskTalk(ConsoleHandler, messages.TalkPage):
    """What these share. Who may write to families has conversations; an observer and a region have none."""

    access = Access.STAFF
    right = Right.PUBLISH
    root, template, socket = "/console/messages", "console", "/console/ws"

    def shows(self, line: ThreadLine) -> bool:
        """A teacher who is a mother elsewhere reads that on her own phone."""
        return line.place.as_staff and line.thread.school_id == self.acting.place_id


class ThreadsHandler(DeskTalk, messages.ThreadsHandler):
    """The list."""

    access = Access.STAFF
    right = Right.PUBLISH


class ThreadHandler(DeskTalk, messages.ThreadHandler):
    """One conversation, beside the list."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def beside(self, thread_id: str) -> dict[str, Any]:
        """The list."""
        return await self.list_values(thread_id)


class ThreadNewsHandler(DeskTalk, messages.ThreadNewsHandler):
    """What came since."""

    access = Access.STAFF
    right = Right.PUBLISH


class ThreadReadHandler(DeskTalk, messages.ThreadReadHandler):
    """How far somebody has read."""

    access = Access.STAFF
    right = Right.PUBLISH


class MuteHandler(DeskTalk, messages.MuteHandler):
    """Whether a conversation rings."""

    access = Access.STAFF
    right = Right.PUBLISH


class RecallHandler(DeskTalk, messages.RecallHandler):
    """Taking a message back."""

    access = Access.STAFF
    right = Right.PUBLISH


class MessageActHandler(DeskTalk, message_acts.MessageActHandler):
    """One tap on a message."""

    access = Access.STAFF
    right = Right.PUBLISH


class MessageReportHandler(DeskTalk, message_acts.MessageReportHandler):
    """Asking to have a message looked at."""

    access = Access.STAFF
    right = Right.PUBLISH


class MessageFileHandler(DeskTalk, messages.MessageFileHandler):
    """A file of a message."""

    access = Access.STAFF
    right = Right.PUBLISH


class NewThreadHandler(DeskTalk):
    """To which families somebody can write: their classes' pupils."""

    access = Access.STAFF
    right = Right.PUBLISH

    async def get(self) -> None:
        """The pupils of one class; `class` says which."""
        teaching = await teaching_of(self.ctx, self.acting, Right.PUBLISH)
        wanted = self.get_query_argument("class", "")
        if not teaching.classes:
            raise NotFoundError
        chosen = teaching.find_class(wanted) if wanted else teaching.classes[0]
        pupils = await self.ctx.stores.schools.students_of(self.acting.place_id, [chosen.id])
        self.page(
            "console/messages_new.html",
            classes=teaching.classes,
            chosen=chosen,
            pupils=await reached_pupils(self.ctx, self.acting.place_id, pupils),
            root=self.root,
        )

    async def post(self) -> None:
        """`child`: the conversation with its guardians."""
        child = self.get_body_argument("child", "")
        thread = await open_child_thread(self.ctx, self.session.person_id, child)
        await self.access_line(thread.id)
        self.go(self.address(thread.id))


class ThreadFilesHandler(talk_acts.ThreadFilesHandler, DeskTalk):
    """Pictures, or one file."""

    access = Access.STAFF
    right = Right.PUBLISH


class FeedbackStateHandler(DeskTalk, talk_acts.FeedbackStateHandler):
    """Where feedback stands."""

    access = Access.STAFF
    right = Right.PUBLISH


class HandOverHandler(DeskTalk, talk_acts.HandOverHandler):
    """A private conversation goes to a colleague."""

    access = Access.STAFF
    right = Right.PUBLISH
