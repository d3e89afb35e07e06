"""What was confirmed a moment ago: the word once more is told what was done, and does nothing.

It stands where a dialog would: some minutes long, and until something else is said.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.turn import Answered, Turn

DIALOG = "done"
_AGAIN = ("确定", "确认", "是", "对", "好", "好的")


def done(turn: Turn, text: str, told: str, *, again: Iterable[str] = _AGAIN) -> Answered:
    """The answer to what was just done; `told` is the one to whoever then says one of `again`."""
    dialog = {"name": DIALOG, "key": turn.inbound.key, "text": text, "told": told}
    return Answered(text, {**dialog, "again": list(again)})


def is_again(turn: Turn) -> bool:
    """Whether what was done is confirmed once more, by the same message or by another one."""
    dialog = turn.dialog or {}
    if dialog.get("name") != DIALOG or not turn.inbound.text:
        return False
    return turn.inbound.key == dialog["key"] or turn.said in dialog["again"]


async def tell_again(turn: Turn) -> Answered:
    """The very message, brought again by a process that died, gets its answer; another one hears what was done."""
    dialog = turn.dialog or {}
    mine = turn.inbound.key == dialog["key"]
    return Answered(dialog["text"] if mine else dialog["told"], dialog)
