"""The phone's side of signing in at a desk: which number stands on the screen?"""

from __future__ import annotations

from domain.desks import DeskState, choices
from domain.errors import ConflictError
from handlers.base import Access, PageHandler
from services.desks import access_desk_as_staff, confirm_desk, refuse_desk


class DeskHandler(PageHandler):
    """The page behind the QR of a desk."""

    access = Access.VISITOR

    async def get(self, desk_id: str) -> None:
        """Ask, naming where the sign-in comes from."""
        desk = await access_desk_as_staff(self.ctx, self.session.person_id, desk_id)
        if desk.state is not DeskState.WAITING:
            raise ConflictError("desk_over")
        self.page("h5/desk.html", desk=desk, choices=choices(desk))

    async def post(self, desk_id: str) -> None:
        """The number, or: it was not me."""
        person_id = self.session.person_id
        number = self.get_body_argument("number", "")
        if not number:
            await refuse_desk(self.ctx, person_id, desk_id)
            self.go("/h5/?done=desk_refused")
            return
        await confirm_desk(self.ctx, person_id, desk_id, number)
        self.go("/h5/?done=desk_confirmed")
