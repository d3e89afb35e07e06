"""Invitations: coming with one, and a class's own with its pictures, who came, and its end."""

from __future__ import annotations

import asyncio
from datetime import datetime
from enum import StrEnum

from domain.errors import NotFoundError
from domain.files import FileKind
from domain.invitations import code_text
from domain.roles import Right
from handlers.base import Access
from handlers.drawings import qr_png
from miniapp.endpoints import Call, Registry, Schema, Stream, stream_made
from services.invitations import (
    invite_class,
    mini_code,
    renew_class,
    revoke_of_class,
    with_scene,
)
from services.invited import open_invitation
from services.turnouts import invitations_of
from wechat.errors import WeChatError

invitations = Registry("invitations")


class Invitation(Schema):
    """The class it invites to; of a child's name the family name alone, null where it is for the whole class."""

    code: str
    school_name: str
    class_name: str
    child_name: str | None


@invitations("GET", "/invitations/{code}", access=Access.VISITOR)
async def get_invitation(call: Call, code: str) -> Invitation:
    """What an invitation means, by its code as typed or scanned."""
    invited = await open_invitation(call.ctx, call.person_id, code)
    return Invitation(
        code=invited.invitation.id,
        school_name=invited.school.name,
        class_name=invited.school_class.name,
        child_name=invited.child or None,
    )


# -- the class's teachers ---------------------------------------------------------------------------


class OwnInvitation(Schema):
    """A class's invitation: `code` as it is scanned, `text` as it is printed and typed."""

    code: str
    text: str
    expires_at: datetime


class ClassInvitation(Schema):
    """How the inviting of a class stands. People are counted once, whichever way they came.

    `invitation` is null until somebody makes one, and again after it was revoked. `cards` of the
    class's `children` have a printed card of their own. `mini`: there is a mini-program's code.
    """

    class_id: str
    class_name: str
    school_name: str
    invitation: OwnInvitation | None
    opened: int
    asked: int
    bound: int
    children: int
    cards: int
    mini: bool


class InviteIn(Schema):
    """`renew`: another one takes the place of the one there is, which ends at once."""

    renew: bool = False


class PictureKind(StrEnum):
    """Which code: the account's QR, by which people also follow it, or the mini-program's own."""

    ACCOUNT = "account"
    MINI = "mini"


class PictureQuery(Schema):
    """Which picture."""

    kind: PictureKind = PictureKind.ACCOUNT


_CLASS = "/teaching/classes/{class_id}/invitation"


@invitations("GET", _CLASS, access=Access.STAFF, right=Right.INVITE)
async def get_class_invitation(call: Call, class_id: str) -> ClassInvitation:
    """A class's invitation, and who came."""
    return await _stand(call, class_id)


@invitations("POST", _CLASS, access=Access.STAFF, right=Right.INVITE, creates=True)
async def make_class_invitation(call: Call, class_id: str, body: InviteIn) -> ClassInvitation:
    """Invite a class; the living invitation is kept unless another is wanted."""
    make = renew_class if body.renew else invite_class
    await make(call.ctx, call.teaching, class_id)
    return await _stand(call, class_id)


@invitations("DELETE", _CLASS, access=Access.STAFF, right=Right.INVITE)
async def revoke_class_invitation(call: Call, class_id: str) -> ClassInvitation:
    """End the class's invitation at once; who is bound stays so."""
    await revoke_of_class(call.ctx, call.teaching, class_id, children=False)
    return await _stand(call, class_id)


@invitations("GET", f"{_CLASS}/picture", access=Access.STAFF, right=Right.INVITE)
async def get_invitation_picture(call: Call, class_id: str, query: PictureQuery) -> Stream:
    """The invitation as a code to be scanned; the account's leads to its page while WeChat is silent."""
    school_class = call.teaching.find_class(class_id)
    (stand,) = await invitations_of(call.ctx, call.teaching, [school_class])
    held = stand.invitation
    if held is None:
        raise NotFoundError
    if query.kind is PictureKind.MINI:
        content = await mini_code(call.ctx, held)
    else:
        try:
            address = (await with_scene(call.ctx, held)).url
        except WeChatError:
            address = f"{call.ctx.policy.public_url}/h5/i/{held.id}"
        content = await asyncio.to_thread(qr_png, address)
    return _picture(
        call, content, name=f"{school_class.name}-{query.kind}", school_id=held.school_id
    )


async def _stand(call: Call, class_id: str) -> ClassInvitation:
    school_class = call.teaching.find_class(class_id)
    (stand,) = await invitations_of(call.ctx, call.teaching, [school_class])
    held = stand.invitation
    return ClassInvitation(
        class_id=class_id,
        class_name=school_class.name,
        school_name=call.teaching.school.name,
        invitation=OwnInvitation(code=held.id, text=code_text(held.id), expires_at=held.expires_at)
        if held
        else None,
        opened=len(stand.people.opened),
        asked=len(stand.people.asked),
        bound=len(stand.people.bound),
        children=stand.children,
        cards=len(stand.cards),
        mini=call.ctx.mini is not None,
    )


def _picture(call: Call, content: bytes, *, name: str, school_id: str) -> Stream:
    """A picture that is drawn for this answer and stored nowhere."""
    is_png = content.startswith(b"\x89PNG")
    return stream_made(
        call,
        content,
        school_id=school_id,
        kind=FileKind.PICTURE,
        name=name + (".png" if is_png else ".jpg"),
        content_type="image/png" if is_png else "image/jpeg",
    )
