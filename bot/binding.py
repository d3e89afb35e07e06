"""The dialog of binding a child: ask for name and digits, say what became of it."""

from __future__ import annotations

from bot import bridge, done, ending, phrases, setting
from bot.turn import SILENCE, Answered, Turn
from domain.bindings import Side
from domain.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from domain.identities import Opening
from domain.invitations import parse_code, parse_typed_code
from domain.names import masked_name
from services.bindings import Answer, bind_guardian
from services.invitations import code_in_scene
from services.invited import open_invitation
from services.people import children_of, learn_union_soon, note_follow, note_opening
from services.withdrawals import note_leaving, note_return

DIALOG = "binding"


async def welcome(turn: Turn) -> Answered:
    """They follow; when they came by a class's QR, the class is known already."""
    person_id = await turn.person_id()
    await note_follow(turn.ctx, turn.inbound.openid, following=True)
    await note_return(turn.ctx, turn.inbound.openid)
    await learn_union_soon(turn.ctx, person_id)
    await note_opening(turn.ctx, turn.inbound.openid, Opening.TAP)
    return await _greet(turn)


async def scanned(turn: Turn) -> Answered:
    """They follow already and scanned a QR of the account: an invitation, or another one."""
    await turn.person_id()
    await note_opening(turn.ctx, turn.inbound.openid, Opening.TAP)
    return await _greet(turn)


async def _greet(turn: Turn) -> Answered:
    code = code_in_scene(turn.inbound.event_key)
    if code is None:
        return Answered(phrases.WELCOME.format(bind=turn.url("/h5/bind")))
    return await _invite(turn, code)


async def take_code(turn: Turn) -> Answered:
    """`邀请码 K7M3-Q2XP`, or the code alone."""
    code = parse_typed_code(turn.inbound.text) or parse_code(turn.inbound.text)
    return await _invite(turn, code) if code else Answered(phrases.ASK_CODE_AGAIN, turn.dialog)


async def _invite(turn: Turn, code: str) -> Answered:
    try:
        invited = await open_invitation(turn.ctx, await turn.person_id(), code)
    except NotFoundError:
        return Answered(phrases.CODE_UNKNOWN)
    except ConflictError:
        return Answered(phrases.INVITATION_OVER)
    except TooManyError:
        return Answered(phrases.TOO_MANY)
    dialog = {"name": DIALOG, "invitation_id": invited.invitation.id}
    where = f"{invited.school.name}{invited.school_class.name}"
    mine = [
        c for c in await children_of(turn.ctx, await turn.person_id()) if invited.fits(c.student)
    ]
    if mine:
        children = "、".join(masked_name(c.student.name) for c in mine)
        text = phrases.WELCOME_BACK.format(school_class=where, children=children)
        return Answered(text, {"name": DIALOG} if invited.student else dialog)
    text = phrases.WELCOME_TO_CLASS.format(school_class=where)
    if invited.student is not None:
        text = phrases.WELCOME_TO_CHILD.format(school_class=where, child=invited.child)
    return Answered(text, dialog)


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
    if turn.dialog and turn.dialog.get("name") == setting.DIALOG:
        return Answered(setting.cancelled(turn.dialog))
    if turn.dialog and turn.dialog.get("name") == bridge.DIALOG:
        return await bridge.drop(turn)
    if turn.dialog and turn.dialog.get("name") == done.DIALOG:
        return await done.tell_again(turn)  # too late: it says what can be done now
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
    except (NotFoundError, ConflictError):  # revoked since it was scanned
        return Answered(phrases.INVITATION_OVER)
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
