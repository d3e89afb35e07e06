"""What goes over a wire to a device: a message as the others see it, as JSON that is made once for all of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.bridges import how_far
from domain.messages import Message, MessageState
from domain.threads import ref_in


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is told: to all of a thread, or of its people to `only`; who wrote it hears `own`, if there is.

    `seq` above 0 is a message, which has its place in the order. Without text it says only how far the thread goes.
    """

    school_id: str
    thread_id: str
    text: str = ""
    seq: int = 0
    author_id: str = ""
    own: str = ""
    only: str = ""


def message_fields(message: Message, *, own: bool = False, hidden: bool = False) -> dict[str, Any]:
    """A message as JSON knows it. What this person may not see is not in it; its number always is."""
    gone = hidden or message.recalled_at is not None
    fields: dict[str, Any] = {
        "thread": message.thread_id,
        "seq": message.seq,
        "id": message.id,
        "author": ref_in(message.thread_id, message.author_id),
        "name": message.author_name,
        "as_staff": message.as_staff,
        "at": _iso(message.at),
        "kind": message.kind.value,
        "state": message.state.value,
        "recalled": message.recalled_at is not None,
        "hidden": hidden,
        "got": message.got,
        "praise": message.praise,
        "text": "",
        "files": [],
        "link": "",
        "card": None,
        "card_id": "",
        "reply_to": message.reply_to,
        "carried": how_far(message.carry),
        "via": message.via.value if message.via else None,
        "mentions": [],
        "all": False,
        "urgent": "",
    }
    if gone or (message.state is not MessageState.SENT and not own):
        return fields
    fields |= {
        "text": message.text,
        "files": [
            {"id": f.file_id, "kind": f.kind.value, "name": f.name, "size": f.size_bytes}
            for f in message.files
        ],
        "link": message.link,
        "card": message.card.value if message.card else None,
        "card_id": message.card_id,
        "mentions": [ref_in(message.thread_id, person_id) for person_id in message.mentions],
        "all": message.all,
        "urgent": message.urgent,
    }
    return fields


def frame(kind: str, fields: Mapping[str, Any]) -> str:
    """One frame."""
    return json.dumps({"type": kind, **fields}, ensure_ascii=False, separators=(",", ":"))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def iso(at: datetime) -> str:
    """A moment as frames carry it."""
    return _iso(at)
