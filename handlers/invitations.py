"""The class's QR that parents scan."""

from __future__ import annotations

import asyncio
import io

import qrcode

from domain.errors import NotFoundError
from domain.roles import Right
from handlers.base import Access, PageHandler
from services.invitations import invite_class, scene_of


class InviteHandler(PageHandler):
    """The class's QR, to show or to pass on."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self) -> None:
        """One class at a time; the first unless one is named."""
        class_id = self.get_query_argument("class", self.teaching.classes[0].id)
        invitation = await invite_class(self.ctx, self.teaching, class_id)
        chosen = next(c for c in self.teaching.classes if c.id == class_id)
        self.page(
            "h5/invite.html",
            classes=self.teaching.classes,
            chosen=chosen,
            school=self.teaching.school,
            invitation=invitation,
            scene=scene_of(invitation),
        )


class InvitePictureHandler(PageHandler):
    """The QR itself as a PNG."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self, class_id: str) -> None:
        """Draw it."""
        if class_id not in self.teaching.class_ids():
            raise NotFoundError
        invitation = await invite_class(self.ctx, self.teaching, class_id)
        picture = await asyncio.to_thread(_drawn, invitation.url)
        self.set_header("Content-Type", "image/png")
        self.finish(picture)


def _drawn(url: str) -> bytes:
    drawing = qrcode.QRCode(border=2, box_size=12)
    drawing.add_data(url)
    picture = io.BytesIO()
    drawing.make_image().save(picture, format="PNG")
    return picture.getvalue()
