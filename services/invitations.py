"""Inviting a class: its QR, and what a scanned one means."""

from __future__ import annotations

from datetime import timedelta

from domain.audit import Act
from domain.errors import NotFoundError
from domain.invitations import Invitation
from domain.schools import SchoolClass
from services.audit import note_act
from services.context import Context
from services.people import Teaching

INVITATION_LIFE = timedelta(days=30)  # WeChat: a temporary scene lives at most 30 days
_SCENE = "class_"


async def invite_class(ctx: Context, teaching: Teaching, class_id: str) -> Invitation:
    """The class's QR: the one that still lives for two weeks, else a new one from WeChat.

    Raises NotFoundError for a class that isn't theirs, WeChatError when WeChat can't be asked.
    """
    if class_id not in teaching.class_ids():
        raise NotFoundError
    now = ctx.now()
    newest = await ctx.stores.invitations.newest(teaching.school.id, class_id)
    if newest is not None and newest.expires_at - now > INVITATION_LIFE / 2:
        return newest
    invitation_id = ctx.new_id()
    url = await ctx.wechat.create_scene(
        _SCENE + invitation_id, expire_seconds=int(INVITATION_LIFE.total_seconds())
    )
    invitation = Invitation(
        id=invitation_id,
        school_id=teaching.school.id,
        class_id=class_id,
        created_by=teaching.person_id,
        created_at=now,
        expires_at=now + INVITATION_LIFE,
        url=url,
    )
    await note_act(
        ctx,
        teaching.actor,
        Act.INVITATION_MADE,
        subject=("invitation", invitation_id),
        after={"class_id": class_id, "expires_at": invitation.expires_at},
    )
    await ctx.stores.invitations.add(invitation)
    return invitation


async def find_invitation(ctx: Context, invitation_id: str) -> Invitation | None:
    """A class's QR that still lives, by id."""
    invitation = await ctx.stores.invitations.find(invitation_id)
    if invitation is None or invitation.expires_at <= ctx.now():
        return None
    return invitation


def is_class_scene(scene: str) -> bool:
    """Whether a scanned scene is a class's QR of ours; an account has others, and payments make some."""
    return scene.startswith(_SCENE)


async def invited_class(ctx: Context, scene: str) -> tuple[Invitation, SchoolClass] | None:
    """The class a scanned scene invites to; None when it is none of ours, or too old."""
    if not is_class_scene(scene):
        return None
    invitation = await find_invitation(ctx, scene.removeprefix(_SCENE))
    if invitation is None:
        return None
    classes = await ctx.stores.schools.classes([invitation.class_id])
    return (invitation, classes[0]) if classes else None


def scene_of(invitation: Invitation) -> str:
    """The scene that WeChat reports when this QR is scanned."""
    return _SCENE + invitation.id
