"""What somebody does with one message of a conversation on a page: tap 收到 or 赞, delete it for oneself, take back
what another one said, ask to have it looked at (举报). Plain forms, in WeChat's browser and at a desk."""

from __future__ import annotations

from domain.errors import ConflictError, NotFoundError, TooManyError
from domain.messages import Mark
from domain.reviews import WHY_LIMIT
from domain.safety import Kind
from handlers import message_phrases, phrases
from handlers.base import Access, status_of
from handlers.messages import TalkPage, number_in
from services.messages import count_message, hide_message, recall_message, seen_message
from services.reported import report_subject


class MessageActHandler(TalkPage):
    """One tap."""

    access = Access.VISITOR

    async def post(self, thread_id: str, seq: str) -> None:
        """`act`: got, praise, hide or recall."""
        line = await self.access_line(thread_id)
        number, me = number_in(seq), self.session.person_id
        act = self.get_body_argument("act", "")
        if act in set(Mark):
            await count_message(self.ctx, me, thread_id, number, Mark(act))
        elif act == "hide":
            await hide_message(self.ctx, me, thread_id, number)
        elif act == "recall":
            await recall_message(self.ctx, me, thread_id, number)
        else:
            raise NotFoundError
        if self.wants_json:
            self.data({"seq": number})
            return
        self.go(self.spot(line, number))


class MessageReportHandler(TalkPage):
    """Asking the school to look at a message that one sees."""

    access = Access.VISITOR

    async def get(self, thread_id: str, seq: str) -> None:
        """The reasons."""
        await self._show(thread_id, number_in(seq))

    async def post(self, thread_id: str, seq: str) -> None:
        """`reason`, one of those that are offered, and `more`."""
        line = await self.access_line(thread_id)
        number, me = number_in(seq), self.session.person_id
        reason = self.get_body_argument("reason", "")
        more = self.get_body_argument("more", "").strip()
        if reason not in message_phrases.REPORT_REASONS:
            await self._show(thread_id, number, more=more, problem=message_phrases.REPORT_CHOOSE)
            return
        message = await seen_message(self.ctx, me, thread_id, number)
        why = "：".join(filter(None, (reason, more)))[:WHY_LIMIT]
        try:
            await report_subject(self.ctx, me, Kind.MESSAGE, message.id, why=why)
        except (ConflictError, TooManyError) as error:
            told = phrases.error_message(error.code)
            await self._show(
                thread_id, number, more=more, problem=told, status=status_of(error) or 409
            )
            return
        self.go(self.spot(line, number, done="reported"))

    async def _show(
        self, thread_id: str, number: int, *, more: str = "", problem: str = "", status: int = 422
    ) -> None:
        line = await self.access_line(thread_id)
        message = await seen_message(self.ctx, self.session.person_id, thread_id, number)
        self.page(
            "talk/report.html",
            status=status if problem else 200,
            shell=self.template,
            message=message,
            reasons=message_phrases.REPORT_REASONS,
            more=more,
            limit=WHY_LIMIT,
            problem=problem,
            path=f"{self.address(thread_id)}/{number}",
            back=self.spot(line, number),
        )
