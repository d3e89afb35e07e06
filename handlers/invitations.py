"""Invitations on the phone: coming with one, and the head teacher's page that shows, counts, prints and ends them."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from domain.errors import ConflictError, NotFoundError, YanshuError
from domain.invitations import Invitation, parse_code
from domain.roles import Right
from domain.schools import SchoolClass
from handlers import phrases
from handlers.base import Access, PageHandler, code_of, status_of
from handlers.bindings import BindingPage
from handlers.drawings import qr_png
from handlers.sheets import KINDS, make_printable, show_sheets
from services.invitations import (
    class_invitation,
    invite_class,
    renew_class,
    revoke_of_class,
    scene_of,
    with_scene,
)
from services.invited import Invited, open_invitation
from services.turnouts import invitations_of
from wechat.errors import WeChatError

_LONGEST = 64


class CodeHandler(PageHandler):
    """An invite code that is typed."""

    access = Access.VISITOR

    async def get(self) -> None:
        """On to the invitation; what is no code at all comes back with what a code looks like."""
        typed = self.get_query_argument("code", "")[:_LONGEST]
        code = parse_code(typed)
        if code is not None:
            self.go(f"/h5/i/{code}")
            return
        problem = phrases.ASK_CODE if typed else ""
        self.page("h5/code.html", status=422 if typed else 200, code=typed, problem=problem)


class InvitedHandler(BindingPage):
    """Whoever comes with an invitation: from a sheet of paper, or with its code."""

    access = Access.VISITOR

    async def get(self, code: str) -> None:
        """The form, with what the invitation says filled in."""
        invited = await self._opened(code)
        if invited is not None:
            await self.show(invited=invited)

    async def post(self, code: str) -> None:
        """Ask."""
        invited = await self._opened(code)
        if invited is not None:
            await self.ask(invited)

    async def _opened(self, code: str) -> Invited | None:
        """None: it is answered already, kindly, that there is none any more."""
        try:
            return await open_invitation(self.ctx, self.session.person_id, code)
        except (NotFoundError, ConflictError) as error:
            known = code_of(error) if isinstance(error, ConflictError) else "invitation_unknown"
            self._refuse(error, known or "invitation_unknown")
            return None

    def _refuse(self, error: YanshuError, code: str) -> None:
        message = phrases.error_message(code)
        self.page("h5/invite_over.html", status=status_of(error) or 404, message=message)


class FollowPictureHandler(PageHandler):
    """The account's QR for somebody who was bound by a page and does not follow yet."""

    access = Access.VISITOR

    async def get(self, code: str) -> None:
        """Draw it; who follows by it is greeted with the same invitation."""
        invited = await open_invitation(self.ctx, self.session.person_id, code)
        await send_scene_picture(self, invited.invitation)


class InviteHandler(PageHandler):
    """The class's QR and code, to show, pass on or print; who came; and its end."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self) -> None:
        """One class at a time; the first unless one is named."""
        chosen = self._chosen(self.get_query_argument("class", self.teaching.classes[0].id))
        invitation = await class_invitation(self.ctx, self.teaching, chosen.id)
        if invitation is not None:
            invitation = await self._drawable(invitation)
        (stand,) = await invitations_of(self.ctx, self.teaching, [chosen])
        self.page(
            "h5/invite.html",
            classes=self.teaching.classes,
            chosen=chosen,
            school=self.teaching.school,
            invitation=invitation,
            scene=scene_of(invitation) if invitation and invitation.url else "",
            address=address_of(self, invitation) if invitation else "",
            stand=stand,
        )

    async def post(self) -> None:
        """Make one, exchange it, end it, or make what is printed."""
        chosen = self._chosen(self.get_body_argument("class", "")[:_LONGEST])
        action = self.get_body_argument("action", "")
        here = f"/h5/teach/invite?class={quote(chosen.id, safe='')}"
        if action == "make":
            await invite_class(self.ctx, self.teaching, chosen.id)
            self.go(f"{here}&done=invitation_made")
        elif action == "renew":
            await renew_class(self.ctx, self.teaching, chosen.id)
            self.go(f"{here}&done=invitation_renewed")
        elif action == "revoke":
            await revoke_of_class(self.ctx, self.teaching, chosen.id, children=False)
            self.go(f"{here}&done=invitation_revoked")
        elif action in KINDS:
            await make_printable(self.ctx, self.teaching, action, [chosen])
            self.go(f"/h5/teach/invite/{quote(chosen.id, safe='')}/sheet?kind={action}")
        else:
            raise NotFoundError

    def _chosen(self, class_id: str) -> SchoolClass:
        for school_class in self.teaching.classes:
            if school_class.id == class_id:
                return school_class
        raise NotFoundError

    async def _drawable(self, invitation: Invitation) -> Invitation:
        """With the account's QR, which also lets people follow; without it while WeChat is silent."""
        try:
            return await with_scene(self.ctx, invitation)
        except WeChatError:
            return invitation


class InvitePictureHandler(PageHandler):
    """The class's QR itself as a PNG."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self, class_id: str) -> None:
        """Draw it."""
        invitation = await class_invitation(self.ctx, self.teaching, class_id)
        if invitation is None:
            raise NotFoundError
        await send_scene_picture(self, invitation)


class SheetHandler(PageHandler):
    """What is printed for one class."""

    access = Access.STAFF
    right = Right.INVITE

    async def get(self, class_id: str) -> None:
        """The sheet of the class, or its children's cards; nothing is made by looking."""
        classes = [c for c in self.teaching.classes if c.id == class_id]
        if not classes:
            raise NotFoundError
        back = f"/h5/teach/invite?class={quote(class_id, safe='')}"
        await show_sheets(self, self.teaching, classes, back=back)


def address_of(handler: PageHandler, invitation: Invitation) -> str:
    """The invitation's own address, which needs nothing of WeChat's API and lives as long as it does."""
    return handler.absolute(f"/h5/i/{invitation.id}")


async def send_scene_picture(handler: PageHandler, invitation: Invitation) -> None:
    """Answer with the account's QR of an invitation; with its own address while WeChat is silent."""
    try:
        address = (await with_scene(handler.ctx, invitation)).url
    except WeChatError:
        address = address_of(handler, invitation)
    picture = await asyncio.to_thread(qr_png, address)
    handler.set_header("Content-Type", "image/png")
    handler.finish(picture)
