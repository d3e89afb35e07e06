"""Requests for more minutes than an evening has, for a head teacher: one tap, and a reason that is kept."""

from __future__ import annotations

from domain.errors import InvalidError
from domain.roles import Right
from domain.subjects import subject_name
from handlers import phrases
from handlers.base import Access, PageHandler
from services.overruns import decide_overrun, waiting_overruns


class OverrunsHandler(PageHandler):
    """What waits, and deciding it."""

    access = Access.STAFF
    right = Right.ALLOW

    async def get(self) -> None:
        """The oldest first."""
        await self._show()

    async def post(self) -> None:
        """`action`: allow or refuse; `reason` is kept. What is wrong is said beside what was typed."""
        key = self.get_body_argument("overrun", "")
        reason = self.get_body_argument("reason", "")
        allow = self.get_body_argument("action", "") == "allow"
        try:
            await decide_overrun(self.ctx, self.teaching, key, allow=allow, reason=reason)
        except InvalidError as error:
            problem = phrases.field_messages(error)["reason"]
            await self._show(key=key, reason=reason, problem=problem)
            return
        self.go("/h5/teach/overruns?done=overrun_decided")

    async def _show(self, *, key: str = "", reason: str = "", problem: str = "") -> None:
        local = self.teaching.school.rules.local_subjects
        self.page(
            "h5/overruns.html",
            status=422 if problem else 200,
            waiting=await waiting_overruns(self.ctx, self.teaching),
            subject=lambda code: subject_name(code, local),
            refused=key,
            reason=reason,
            problem=problem,
        )
