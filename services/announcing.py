"""Telling whoever is connected what has happened in a thread; the store has it already."""

from __future__ import annotations

from dataclasses import replace

from domain.messages import Message, MessageState
from domain.threads import ThreadMark
from services.audiences import Audience
from services.context import Context
from services.frames import Event, frame, message_fields


def message_event(message: Message) -> Event:
    """A message as it is told: while it is checked, only its author reads it."""
    own = ""
    if message.state is not MessageState.SENT:
        own = frame("message", message_fields(message, own=True))
    return Event(
        message.school_id,
        message.thread_id,
        frame("message", message_fields(message)),
        message.seq,
        message.author_id,
        own,
    )


def announce_message(ctx: Context, message: Message) -> None:
    """Somebody has said something."""
    ctx.live.tell(ctx, message_event(message))


def announce_changed(ctx: Context, message: Message) -> None:
    """A message was taken back, counted, or shown: it is this now."""
    event = message_event(message)
    changed = replace(event, seq=0, text=event.text.replace('"message"', '"changed"', 1))
    if event.own:
        changed = replace(changed, own=event.own.replace('"message"', '"changed"', 1))
    ctx.live.tell(ctx, changed)


def announce_read(ctx: Context, audience: Audience, mark: ThreadMark) -> None:
    """How far somebody has read: in a private thread all hear it, in a group their own devices do."""
    fields = {
        "thread": mark.thread_id,
        "who": audience.ref(mark.person_id),
        "seq": mark.read_seq,
    }
    only = "" if audience.thread.is_private else mark.person_id
    ctx.live.tell(ctx, Event(mark.school_id, mark.thread_id, frame("read", fields), only=only))


def announce_typing(ctx: Context, audience: Audience, person_id: str) -> None:
    """Somebody is writing, in a private thread."""
    fields = {"thread": audience.thread.id, "who": audience.ref(person_id)}
    thread = audience.thread
    ctx.live.tell(ctx, Event(thread.school_id, thread.id, frame("typing", fields)))
