"""Inviting a class or a child: making invitations and revoking them.

Opening one: `services.invited`; what came of them: `services.turnouts`.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from domain.audit import Act
from domain.errors import NotFoundError
from domain.invitations import LIFE, SCENE_LIFE, Invitation, code_of
from domain.schools import Student
from services.audit import note_act
from services.context import Context
from services.people import Teaching

log = logging.getLogger("yanshu.services")

_SCENE = "class_"
MINI_PAGE = "pages/bind/index"


# -- making ---------------------------------------------------------------------------------------


async def invite_class(ctx: Context, teaching: Teaching, class_id: str) -> Invitation:
    """The class's living invitation; a new one when there is none, or the last one nears its end.

    Raises NotFoundError for a class that isn't theirs.
    """
    if class_id not in teaching.class_ids():
        raise NotFoundError
    held = await ctx.stores.invitations.of_classes(teaching.school.id, [class_id])
    for invitation in held:
        if invitation.is_fresh(ctx.now()):
            return invitation
    subject = ("class", class_id)
    (made,) = await _make(ctx, teaching, [_new(ctx, teaching, class_id=class_id)], subject)
    return made


async def class_invitation(ctx: Context, teaching: Teaching, class_id: str) -> Invitation | None:
    """As `invite_class`; but of a class whose last one was revoked, None until somebody makes another.

    Raises NotFoundError for a class that isn't theirs.
    """
    if class_id not in teaching.class_ids():
        raise NotFoundError
    held = await ctx.stores.invitations.of_classes(teaching.school.id, [class_id])
    if held and held[0].revoked_at is not None:
        return None
    return await invite_class(ctx, teaching, class_id)


async def invite_children(
    ctx: Context, teaching: Teaching, class_ids: Sequence[str]
) -> dict[str, Invitation]:
    """A living invitation for each child of these classes, by the child's id; made where there is none.

    Raises NotFoundError for a class that isn't theirs.
    """
    if not set(class_ids) <= set(teaching.class_ids()):
        raise NotFoundError
    students = await ctx.stores.schools.students_of(teaching.school.id, class_ids)
    held = await living_of_children(ctx, teaching.school.id, [s.id for s in students])
    cards = {s: found[0] for s, found in held.items() if found[0].is_fresh(ctx.now())}
    missing: dict[str, list[Student]] = defaultdict(list)
    for student in students:
        if student.id not in cards:
            missing[student.class_id].append(student)
    for class_id, children in missing.items():
        new = [_new(ctx, teaching, student_id=child.id) for child in children]
        made = await _make(ctx, teaching, new, ("class", class_id))
        cards |= {invitation.student_id: invitation for invitation in made}
    return cards


def _new(
    ctx: Context, teaching: Teaching, *, class_id: str = "", student_id: str = ""
) -> Invitation:
    return Invitation(
        id=code_of(ctx.new_id()),
        school_id=teaching.school.id,
        class_id=class_id,
        student_id=student_id,
        created_by=teaching.person_id,
        created_at=ctx.now(),
        expires_at=ctx.now() + LIFE,
    )


async def _make(
    ctx: Context, teaching: Teaching, new: Sequence[Invitation], subject: tuple[str, str]
) -> list[Invitation]:
    """One entry in the log for all that are made at once for a class."""
    children = sum(1 for invitation in new if invitation.student_id)
    await note_act(
        ctx,
        teaching.actor,
        Act.INVITATION_MADE,
        subject=subject,
        after={"children": children, "expires_at": new[0].expires_at},
    )
    made = {invitation.id: invitation for invitation in new}
    taken = await ctx.stores.invitations.add(list(new))
    while taken:  # a code in some hundred thousand millions, but a code is one invitation's alone
        for invitation in taken:
            del made[invitation.id]
        again = [_new(ctx, teaching, class_id=i.class_id, student_id=i.student_id) for i in taken]
        made |= {invitation.id: invitation for invitation in again}
        taken = await ctx.stores.invitations.add(again)
    log.info("invitations made: %d", len(made))
    return list(made.values())


async def living_of_children(
    ctx: Context, school_id: str, student_ids: Sequence[str]
) -> Mapping[str, list[Invitation]]:
    """The living invitations of each of these children, newest first."""
    living: dict[str, list[Invitation]] = defaultdict(list)
    if student_ids:
        for invitation in await ctx.stores.invitations.of_students(school_id, student_ids):
            if invitation.stands(ctx.now()):
                living[invitation.student_id].append(invitation)
    return living


async def with_scene(ctx: Context, invitation: Invitation) -> Invitation:
    """The invitation with a QR of the official account that works for some days more.

    Raises WeChatError when WeChat can't be asked.
    """
    now = ctx.now()
    until = min(invitation.expires_at, now + SCENE_LIFE)
    if invitation.has_scene(now) or invitation.url_until == until:
        return invitation
    seconds = int((until - now).total_seconds())
    url = await ctx.wechat.create_scene(scene_of(invitation), expire_seconds=max(1, seconds))
    await ctx.stores.invitations.note_scene(invitation.id, url, until)
    return replace(invitation, url=url, url_until=until)


def code_in_scene(scene: str) -> str | None:
    """The code that a scanned QR of the account carries; an account has others, and payments make some."""
    return scene.removeprefix(_SCENE) if scene.startswith(_SCENE) else None


def scene_of(invitation: Invitation) -> str:
    """The scene that WeChat reports when this invitation's QR is scanned."""
    return _SCENE + invitation.id


async def mini_code(ctx: Context, invitation: Invitation) -> bytes:
    """The mini-program's code as a picture; it carries the invite code as its scene.

    Raises NotFoundError without a mini-program, WeChatError.
    """
    if ctx.mini is None:
        raise NotFoundError
    return await ctx.mini.create_mini_code(invitation.id, page=MINI_PAGE)


# -- revoking -------------------------------------------------------------------------------------


async def access_invitation_as_inviter(
    ctx: Context, teaching: Teaching, invitation_id: str
) -> Invitation:
    """An invitation of one of their classes, or of a child in one. Raises NotFoundError."""
    invitation = await ctx.stores.invitations.find(invitation_id)
    if invitation is None or invitation.school_id != teaching.school.id:
        raise NotFoundError
    class_id = invitation.class_id
    if invitation.student_id:
        students = await ctx.stores.schools.students([invitation.student_id])
        class_id = students[invitation.student_id].class_id if students else ""
    if class_id not in teaching.class_ids():
        raise NotFoundError
    return invitation


async def revoke_invitation(ctx: Context, teaching: Teaching, invitation_id: str) -> None:
    """From now on it invites nobody; a second time changes nothing. Raises NotFoundError."""
    invitation = await access_invitation_as_inviter(ctx, teaching, invitation_id)
    if invitation.stands(ctx.now()):
        await _revoke(ctx, teaching, [invitation.id], ("invitation", invitation.id))


async def revoke_of_class(
    ctx: Context, teaching: Teaching, class_id: str, *, children: bool
) -> int:
    """Revoke the class's own invitations, or those of all its children; returns how many there were.

    Raises NotFoundError for a class that isn't theirs.
    """
    if class_id not in teaching.class_ids():
        raise NotFoundError
    school_id = teaching.school.id
    if children:
        students = await ctx.stores.schools.students_of(school_id, [class_id])
        living = await living_of_children(ctx, school_id, [s.id for s in students])
        ids = [invitation.id for held in living.values() for invitation in held]
    else:
        held = await ctx.stores.invitations.of_classes(school_id, [class_id])
        ids = [invitation.id for invitation in held if invitation.stands(ctx.now())]
    return await _revoke(ctx, teaching, ids, ("class", class_id)) if ids else 0


async def _revoke(
    ctx: Context, teaching: Teaching, ids: Iterable[str], subject: tuple[str, str]
) -> int:
    ids = list(ids)
    await note_act(
        ctx, teaching.actor, Act.INVITATION_REVOKED, subject=subject, before={"count": len(ids)}
    )
    count = await ctx.stores.invitations.revoke(ids, by=teaching.person_id, at=ctx.now())
    log.info("invitations revoked: %d", count)
    return count


async def renew_class(ctx: Context, teaching: Teaching, class_id: str) -> Invitation:
    """Another one for the class; those until now end. Raises NotFoundError."""
    await revoke_of_class(ctx, teaching, class_id, children=False)
    return await invite_class(ctx, teaching, class_id)
