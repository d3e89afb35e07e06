"""The dialog of ending a binding: which child, then whether they mean it."""

from __future__ import annotations

from bot import phrases
from bot.done import done
from bot.turn import Answered, Turn
from domain.errors import NotFoundError
from domain.names import masked_name
from services.families import access_own_child, end_own_binding
from services.people import Child, children_of

DIALOG = "ending"
_YES = ("确认", "确定", "是", "好的")


async def begin(turn: Turn) -> Answered:
    """`解绑`: who has one child is asked at once whether they mean it."""
    children = await children_of(turn.ctx, await turn.person_id())
    if not children:
        return Answered(phrases.NO_CHILD)
    if len(children) == 1:
        return _ask_to_confirm(children[0])
    lines = phrases.numbered_lines([(c.student.name, c.school_class.name) for c in children])
    # The numbers mean what was shown, whatever is bound or ended meanwhile.
    shown = [c.student.id for c in children]
    return Answered(phrases.ASK_ENDING.format(lines=lines), {"name": DIALOG, "shown": shown})


async def take_answer(turn: Turn) -> Answered:
    """A number, or `确认`."""
    dialog = turn.dialog or {}
    said = turn.said
    if "chosen" not in dialog:
        return await _choose(turn, said, dialog)
    if said not in _YES:
        return Answered(phrases.CONFIRM_ENDING_AGAIN, dialog)
    try:
        await end_own_binding(turn.ctx, await turn.person_id(), dialog["chosen"])
    except NotFoundError:
        return done(turn, phrases.BINDING_GONE, phrases.BINDING_GONE)
    return done(turn, phrases.BINDING_ENDED, phrases.BINDING_ENDED_ALREADY)


async def _choose(turn: Turn, said: str, dialog: dict[str, object]) -> Answered:
    shown = dialog.get("shown")
    shown = shown if isinstance(shown, list) else []
    number = int(said) if said.isdecimal() and len(said) < 4 else 0
    if not 1 <= number <= len(shown):
        return Answered(phrases.ASK_ENDING_AGAIN.format(count=len(shown)), dialog)
    try:
        child = await access_own_child(turn.ctx, await turn.person_id(), shown[number - 1])
    except NotFoundError:
        return Answered(phrases.BINDING_GONE)
    return _ask_to_confirm(child)


def _ask_to_confirm(child: Child) -> Answered:
    text = phrases.CONFIRM_ENDING.format(
        child=masked_name(child.student.name), school_class=child.school_class.name
    )
    return Answered(text, {"name": DIALOG, "chosen": child.student.id})
