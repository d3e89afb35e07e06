"""The dialog of binding a child: ask for name and digits, say what became of it."""

from __future__ import annotations

from bot import ending, phrases
from bot.turn import SILENCE, Answered, Turn
from domain.bindings import Side
from domain.errors import InvalidError, TooManyError
from domain.identities import Opening
from domain.names import masked_name
from services.bindings import Answer, bind_guardian
from services.invitations import invited_class, is_class_scene
from services.people import note_follow, note_opening
from services.withdrawals import note_leaving, note_return

DIALOG = "binding"


async def welcome(turn: Turn) -> Answered:
    """They follow; when they came by a class's QR, the class is known already."""
    await turn.person_id()
    await note_follow(turn.ctx, turn.inbound.openid, following=True)
    await note_return(turn.ctx, turn.inbound.openid)
    await note_opening(turn.ctx, turn.inbound.openid, Opening.TAP)
    if is_class_scene(turn.inbound.event_key):
        return await _greet_class(turn)
    return Answered(phrases.WELCOME.format(bind=turn.url("/h5/bind")))


async def scanned(turn: Turn) -> Answered:
    """They follow already and scanned a QR of the account: a class's, or another one."""
    await turn.person_id()
    await note_opening(turn.ctx, turn.inbound.openid, Opening.TAP)
    if is_class_scene(turn.inbound.event_key):
        return await _greet_class(turn)
    return Answered(phrases.WELCOME.format(bind=turn.url("/h5/bind")))


async def _greet_class(turn: Turn) -> Answered:
    found = await invited_class(turn.ctx, turn.inbound.event_key)
    if found is None:
        return Answered(phrases.INVITATION_EXPIRED)
    invitation, school_class = found
    text = phrases.WELCOME_TO_CLASS.format(school_class=school_class.name)
    return Answered(text, {"name": DIALOG, "invitation_id": invitation.id})


async def farewell(turn: Turn) -> Answered:
    """They left: every channel of the account is closed for them."""
    await note_follow(turn.ctx, turn.inbound.openid, following=False)
    await note_leaving(turn.ctx, turn.inbound.openid)
    return SILENCE


async def begin(turn: Turn) -> Answered:
    """`绑定`."""
    return Answered(phrases.ASK_CHILD, {"name": DIALOG})


async def cancel(turn: Turn) -> Answered:
    """`取消`, whatever was going on."""
    if turn.dialog and turn.dialog.get("name") == ending.DIALOG:
        return Answered(phrases.ENDING_CANCELLED)
    return Answered(phrases.CANCELLED)


async def take_child(turn: Turn) -> Answered:
    """Name and digits, within the dialog or out of the blue."""
    dialog = turn.dialog if turn.dialog and turn.dialog.get("name") == DIALOG else {}
    try:
        asked = await bind_guardian(
            turn.ctx,
            await turn.person_id(),
            turn.inbound.text,
            invitation_id=dialog.get("invitation_id"),
        )
    except InvalidError:
        return Answered(phrases.ASK_CHILD_AGAIN, dialog)
    except TooManyError:
        return Answered(phrases.TOO_MANY)
    if asked.answer is Answer.BOUND:
        child = asked.student.name if asked.student else ""
        return Answered(phrases.BOUND.format(child=masked_name(child)))
    if asked.answer is Answer.UNKNOWN:
        return Answered(phrases.UNKNOWN, dialog or {"name": DIALOG})
    if asked.answer is Answer.ALREADY:
        return Answered(phrases.ALREADY)
    if asked.answer is Answer.REFUSED:
        return Answered(phrases.REFUSED_BY_FAMILY.format(link=turn.url("/h5/children")))
    by_family = asked.standing is not None and asked.standing.side is Side.FAMILY
    return Answered(phrases.WAITING_FAMILY if by_family else phrases.WAITING)
