"""A message as the house's rules for words see it (`services.safety`): where it is said, what is judged of it."""

from __future__ import annotations

from domain.files import FileKind
from domain.groups import Group, GroupKind
from domain.messages import Message, MessageState
from domain.safety import Author, Kind, Outcome, Spot, Subject, Writing
from domain.threads import Thread


def spot_of(thread: Thread, group: Group | None) -> Spot:
    """Where something is said: what belongs to one class is its head teacher's to decide, all else the office's."""
    of_class = group is not None and group.kind is GroupKind.CLASS
    class_id = group.class_ids[0] if group is not None and of_class else ""
    return Spot(thread.school_id, class_id, room=f"thread:{thread.id}")


def writing_of(message: Message, spot: Spot, *, decides: bool = False) -> Writing:
    """What is judged of a message: its words, and its pictures."""
    return Writing(
        subject=Subject(Kind.MESSAGE, message.id),
        author=Author(message.author_id, message.author_name, decides),
        spot=spot,
        text=message.text,
        file_ids=tuple(f.file_id for f in message.files if f.kind is FileKind.PICTURE),
    )


def state_after(outcome: Outcome) -> MessageState:
    """Who sees it, once this was decided."""
    if outcome is Outcome.PASS:
        return MessageState.SENT
    return MessageState.CHECKING if outcome is Outcome.CHECKING else MessageState.HELD
