"""Phones that stand with children of two families, at a desk: whose they are, or whether it is one family."""

from __future__ import annotations

from domain.errors import ConflictError
from domain.roles import Right
from handlers.base import Access
from handlers.console import words
from handlers.console.base import ConsoleHandler
from services.quarantine import (
    drop_line,
    quarantined,
    settle_as_siblings,
    settle_for_nobody,
    settle_for_one,
)

_GROUPS_SHOWN = 50


class QuarantineHandler(ConsoleHandler):
    """Every group that waits, with what can be decided about it."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self) -> None:
        """Show them."""
        await self._show()

    async def post(self) -> None:
        """Decide about one group, as it was shown."""
        group_id = self.get_body_argument("group", "")
        seen = self.get_body_arguments("seen")
        act, _, which = self.get_body_argument("act", "").partition(":")
        try:
            if act == "siblings":
                await settle_as_siblings(self.ctx, self.acting, group_id, seen)
            elif act == "one":
                await settle_for_one(self.ctx, self.acting, group_id, which, seen)
            elif act == "nobody":
                await settle_for_nobody(self.ctx, self.acting, group_id, seen)
            else:
                await drop_line(self.ctx, self.acting, group_id, which, seen)
        except ConflictError as error:
            await self._show(status=409, problem=words.CONFLICTS.get(error.code, ""))
            return
        self.go("/console/quarantine?done=quarantine_settled")

    async def _show(self, *, status: int = 200, problem: str = "") -> None:
        groups = await quarantined(self.ctx, self.acting)
        self.page(
            "console/quarantine.html",
            status=status,
            groups=groups[:_GROUPS_SHOWN],
            count=len(groups),
            problem=problem,
        )
