"""A word to one family: a notice to this child's adults alone, outside the school's quiet hours, told once.

Whoever has something to tell keeps the promise to tell it, and calls again after a death; the id says which word it is.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.notices import ConfirmMode, Notice, NoticeKind, NoticeState, Version, Work
from domain.times import list_position
from services.context import Context
from services.notices import carry_out_soon
from services.quiet import quiet_at


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyWord:
    """What is told of which child; `said_by` stands as its author, `id` makes it once, `about` leads on from it."""

    id: str
    school_id: str
    class_id: str
    student_id: str
    said_by: str
    title: str
    body: str
    kind: NoticeKind = NoticeKind.NOTICE
    about: str = ""


async def tell_family(ctx: Context, word: FamilyWord) -> None:
    """Tell it. Durable with the notice's insert, which carries the work; twice is once."""
    notice = await _notice(ctx, word)
    if await ctx.stores.notices.insert(notice):
        at = notice.publish_at if notice.publish_at > notice.created_at else None
        await carry_out_soon(ctx, notice.id, "publish", at)


async def _notice(ctx: Context, word: FamilyWord) -> Notice:
    now = ctx.now()
    publish_at = (await quiet_at(ctx, word.school_id)).next_moment(now)
    version = Version(
        number=1, title=word.title, body=word.body, attachments=(), links=(), written_at=now
    )
    return Notice(
        id=word.id,
        school_id=word.school_id,
        class_ids=(word.class_id,),
        student_ids=(word.student_id,),
        author_id="",
        author_name=word.said_by,
        confirm=ConfirmMode.NONE,
        deadline_at=None,
        state=NoticeState.PUBLISHED if publish_at <= now else NoticeState.SCHEDULED,
        publish_at=publish_at,
        position=list_position(publish_at, word.id),
        created_at=now,
        versions=(version,),
        kind=word.kind,
        about=word.about,
        work=(Work(purpose="publish", due_at=publish_at),),
    )
