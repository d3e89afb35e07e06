"""What was said in a family file: the guardian's own words, and the school's answers to them; nobody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from domain.family_files import FamilyFile
from domain.messages import Message
from domain.times import school_text
from services.context import Context
from services.family_pages import table


async def talk_of(ctx: Context, wanted: FamilyFile) -> list[Message]:
    """Their own words at this school, and what the school said to them and about the child; the oldest first."""
    talk, person_id = ctx.stores.talk_forgetting, wanted.person_id
    found = {m.id: m for m in await talk.of_author(person_id) if m.school_id == wanted.school_id}
    about = await talk.threads_about(wanted.school_id, wanted.student_id)
    for thread_id in [*about, *await talk.own_threads(person_id)]:
        for message in await talk.of_thread(thread_id):
            if message.as_staff and message.school_id == wanted.school_id:
                found[message.id] = message
    return sorted(found.values(), key=lambda m: (m.at, m.seq))


def talk_record(message: Message, links: Mapping[str, str]) -> dict[str, Any]:
    """One message for programs; of one that was taken back, that it was."""
    gone = message.recalled_at is not None
    return {
        "at": message.at,
        "who": message.author_name,
        "by_school": message.as_staff,
        "text": "" if gone else message.text,
        "link": "" if gone else message.link,
        "files": [] if gone else [links.get(f.file_id) for f in message.files],
        "taken_back_at": message.recalled_at,
    }


def talk_part(messages: Sequence[Message]) -> str:
    """The same to read."""
    return table(
        (school_text(m.at), f"{m.author_name}：{'（已撤回）' if m.recalled_at else _said(m)}")
        for m in messages
    )


def _said(message: Message) -> str:
    names = "、".join(f.name for f in message.files)
    return " ".join(part for part in (message.text, message.link, names) if part)
