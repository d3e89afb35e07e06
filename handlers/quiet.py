"""My own quiet hours, on a page in WeChat."""

from __future__ import annotations

from domain.errors import InvalidError
from handlers import phrases
from handlers.base import Access, PageHandler
from services.quiet import own_quiet, set_own_quiet


class QuietHandler(PageHandler):
    """Between which hours nothing rings for me."""

    access = Access.VISITOR

    async def get(self) -> None:
        """Show it."""
        own = await own_quiet(self.ctx, self.session.person_id)
        self._show(own.start if own else "", own.end if own else "")

    async def post(self) -> None:
        """Set them, or none; a refused form comes back as it was typed."""
        none = bool(self.get_body_argument("none", ""))
        start = "" if none else self.get_body_argument("start", "").strip()
        end = "" if none else self.get_body_argument("end", "").strip()
        try:
            await set_own_quiet(self.ctx, self.session.person_id, start, end)
        except InvalidError as error:
            problem = next(iter(phrases.field_messages(error).values()), "")
            self._show(start, end, problem=problem, status=422)
            return
        self.go("/h5/me/quiet?done=quiet")

    def _show(self, start: str, end: str, *, problem: str = "", status: int = 200) -> None:
        self.page("h5/quiet.html", status=status, start=start, end=end, problem=problem)
