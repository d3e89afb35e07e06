"""What a head teacher does with a notice: publish, edit, withdraw, remind.

Each is acknowledged by one write to the notice that also carries the work it causes
(`domain.notices.Work`); the job that does the work is only a hint to do it soon. Nothing that was
acknowledged is lost when a process or Redis dies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.deliveries import MAX_REMINDERS
from domain.errors import ConflictError, NotFoundError
from domain.files import Shower, promise_to
from domain.notices import (
    Draft,
    Notice,
    NoticeKind,
    NoticeState,
    Version,
    Work,
    parse_draft,
    reminder_purpose,
)
from domain.times import list_position
from services.context import Context
from services.files import attachments_of
from services.people import Teaching
from services.quiet import quiet_at
from services.urgent import note_urgent

CARRY_OUT = "notices.carry_out"


async def draft_notice(
    ctx: Context,
    teaching: Teaching,
    form: Mapping[str, str],
    *,
    class_ids: Sequence[str],
    file_ids: Sequence[str],
    links: Sequence[str],
) -> Draft:
    """Check a form. Raises InvalidError with every field; NotFoundError for a class that isn't theirs."""
    draft = parse_draft(
        form,
        class_ids=class_ids,
        file_ids=file_ids,
        links=links,
        allowed_hosts=ctx.policy.attachable,
        now=ctx.now(),
    )
    if not set(draft.class_ids) <= set(teaching.class_ids()):
        raise NotFoundError
    return draft


async def publish_notice(
    ctx: Context, teaching: Teaching, draft: Draft, *, idempotency_key: str
) -> Notice:
    """Publish now or at the draft's time.

    The same key by the same teacher is the same notice, whatever the second one says.
    Durable with the insert into `notices`. Raises InvalidError for a file that isn't theirs; ConflictError
    (`not_urgent`) and TooManyError where it is said to be urgent.
    """
    notice_id = _notice_id(teaching.person_id, idempotency_key)
    promise = promise_to(Shower.NOTICE, notice_id)
    attachments = await attachments_of(ctx, teaching, draft.file_ids, promise)
    if draft.urgent_reason and await ctx.stores.notices.find(notice_id) is None:
        subject, school_id = ("notice", notice_id), teaching.school.id
        reason = draft.urgent_reason
        await note_urgent(ctx, teaching.person_id, school_id, subject=subject, reason=reason)
    now = ctx.now()
    scheduled = draft.publish_at > now
    publish_at = draft.publish_at if scheduled else now
    notice = Notice(
        id=notice_id,
        school_id=teaching.school.id,
        class_ids=draft.class_ids,
        author_id=teaching.person_id,
        author_name=teaching.name,
        confirm=draft.confirm,
        deadline_at=draft.deadline_at,
        state=NoticeState.SCHEDULED if scheduled else NoticeState.PUBLISHED,
        publish_at=publish_at,
        position=list_position(publish_at, notice_id),
        created_at=now,
        versions=(
            Version(
                number=1,
                title=draft.title,
                body=draft.body,
                attachments=attachments,
                links=draft.links,
                written_at=now,
            ),
        ),
        work=(Work(purpose="publish", due_at=publish_at),),
        urgent=draft.urgent_reason,
    )
    if not await ctx.stores.notices.insert(notice):
        return await access_notice_as_author(ctx, teaching, notice.id)
    await carry_out_soon(ctx, notice.id, "publish", notice.publish_at if scheduled else None)
    return notice


def _notice_id(person_id: str, idempotency_key: str) -> str:
    return hashlib.sha256(f"{person_id}|{idempotency_key}".encode()).hexdigest()[:32]


async def carry_out_soon(
    ctx: Context, notice_id: str, purpose: str, at: datetime | None = None
) -> None:
    """Queue the work that a notice carries."""
    await ctx.enqueue(
        CARRY_OUT, {"notice_id": notice_id}, key=f"{CARRY_OUT}:{notice_id}:{purpose}", at=at
    )


async def access_notice_as_author(ctx: Context, teaching: Teaching, notice_id: str) -> Notice:
    """A notice this teacher wrote, while at least one of its classes is theirs.

    Raises NotFoundError: absent, somebody else's and no longer theirs are the same.
    """
    notice = await ctx.stores.notices.find(notice_id)
    if notice is None or not teaching.wrote(notice):
        raise NotFoundError
    return notice


async def _access_own_words(ctx: Context, teaching: Teaching, notice_id: str) -> Notice:
    notice = await access_notice_as_author(ctx, teaching, notice_id)
    if notice.kind is not NoticeKind.NOTICE:
        raise ConflictError(notice.kind.value)
    return notice


async def notices_of_author(
    ctx: Context,
    teaching: Teaching,
    *,
    before: str | None = None,
    limit: int = 20,
) -> list[Notice]:
    """What this teacher wrote, newest first, `limit` at a time, after the position `before`."""
    return await ctx.stores.notices.page_of_author(
        teaching.school.id, teaching.person_id, before=before, at=ctx.now(), limit=limit
    )


async def edit_notice(
    ctx: Context, teaching: Teaching, notice_id: str, draft: Draft, *, seen_version: int
) -> Notice:
    """Say it anew. Every version is kept, and those who have read are told; audience and confirm mode stay.

    Raises NotFoundError; ConflictError when it was withdrawn or edited since `seen_version`, and for a
    homework's, an activity's or a task list's (`homework`, `activity`, `tasklist`): that is changed itself.
    """
    notice = await _access_own_words(ctx, teaching, notice_id)
    promise = promise_to(Shower.NOTICE, notice.id)
    attachments = await attachments_of(ctx, teaching, draft.file_ids, promise)
    now = ctx.now()
    number = seen_version + 1
    version = Version(
        number=number,
        title=draft.title,
        body=draft.body,
        attachments=attachments,
        links=draft.links,
        written_at=now,
    )
    published = notice.state is NoticeState.PUBLISHED
    work = Work(purpose=f"edit-{number}", due_at=now) if published else None
    if not await ctx.stores.notices.mark_edited(notice.id, version, work):
        raise ConflictError
    if work is not None:
        await carry_out_soon(ctx, notice.id, work.purpose)
    return await access_notice_as_author(ctx, teaching, notice_id)


async def withdraw_notice(ctx: Context, teaching: Teaching, notice_id: str) -> None:
    """Take it back: nothing more is sent, the page says so, readers are told. Twice is once.

    Raises NotFoundError; ConflictError for a homework's, an activity's or a task list's: that is withdrawn itself.
    """
    notice = await _access_own_words(ctx, teaching, notice_id)
    now = ctx.now()
    if await ctx.stores.notices.mark_withdrawn(
        notice.id, now, Work(purpose="withdraw", due_at=now)
    ):
        await carry_out_soon(ctx, notice.id, "withdraw")


def next_reminder(notice: Notice) -> int:
    """Which reminder may be asked for now, 1 or 2; 0 for none."""
    is_free = notice.reminders < MAX_REMINDERS and notice.reminder_due_at is None
    return notice.reminders + 1 if is_free and notice.state is NoticeState.PUBLISHED else 0


async def remind_unread(
    ctx: Context, teaching: Teaching, notice_id: str, *, number: int
) -> datetime:
    """Remind those who have not read (where a confirmation is asked: not confirmed), and nobody else.

    `number` is the reminder the teacher means, 1 or 2, so that a double tap is one reminder. Returns
    when it goes out: now, or when the quiet hours end. Raises NotFoundError; ConflictError when this
    reminder is no longer possible, or not yet: the first one still waits; `voluntary` for a task list's.
    """
    notice = await access_notice_as_author(ctx, teaching, notice_id)
    if notice.kind is NoticeKind.TASKLIST:
        raise ConflictError("voluntary")
    if not 1 <= number <= MAX_REMINDERS or notice.state is not NoticeState.PUBLISHED:
        raise ConflictError
    due_at = (await quiet_at(ctx, notice.school_id)).next_moment(ctx.now())
    work = Work(purpose=reminder_purpose(number), due_at=due_at)
    if await ctx.stores.notices.mark_reminded(notice.id, number, work):
        await carry_out_soon(ctx, notice.id, work.purpose, due_at)
        return due_at
    notice = await access_notice_as_author(
        ctx, teaching, notice_id
    )  # what the other tap made of it
    if notice.reminders < number:
        raise ConflictError
    held = next((w.due_at for w in notice.work if w.purpose == work.purpose), None)
    return held or ctx.now()
