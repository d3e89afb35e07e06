"""What somebody does with an activity of their own: publish it, change it, move its deadline, withdraw it.

Durable with one write to `activities`, which also says that something is still to be done; that is done by
`services.activity_telling`, now or by the sweep.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.activities import Activity, Draft, QuestionDraft, State, parse_activity, parse_closing
from domain.activity_changes import CHANGE_LIMIT, More, parse_change
from domain.deliveries import MAX_REMINDERS
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.files import Shower, promise_to
from domain.roles import Right, may
from domain.times import list_position
from services.activity_telling import finish_activity, finish_soon, lay_out_seats
from services.context import Context
from services.files import attachments_of
from services.notices import next_reminder, remind_unread
from services.people import Teaching
from services.quiet import quiet_at


def may_ask_staff(teaching: Teaching) -> bool:
    """Whether they may ask everybody who works at the school: who may write to all of its families."""
    return any(
        may(a.role, Right.PUBLISH) and not (a.class_id or a.grade) for a in teaching.appointments
    )


async def draft_activity(
    ctx: Context,
    teaching: Teaching,
    form: Mapping[str, str],
    questions: Sequence[QuestionDraft],
    *,
    staff: bool,
    class_ids: Sequence[str],
    file_ids: Sequence[str],
) -> Draft:
    """Check a form. Raises InvalidError with every field; NotFoundError for whom they may not ask."""
    draft = parse_activity(
        form, questions, staff=staff, class_ids=class_ids, file_ids=file_ids, now=ctx.now()
    )
    if not set(draft.class_ids) <= set(teaching.class_ids()):
        raise NotFoundError
    if draft.staff and not may_ask_staff(teaching):
        raise NotFoundError
    return draft


async def publish_activity(
    ctx: Context, teaching: Teaching, draft: Draft, *, idempotency_key: str
) -> Activity:
    """Publish at once. The same key by the same person is the same activity. Raises InvalidError for others' files."""
    key = f"activity|{teaching.person_id}|{idempotency_key}"
    activity_id = hashlib.sha256(key.encode()).hexdigest()[:32]
    held = await ctx.stores.activities.find(activity_id)
    if held is not None:
        return await access_activity_as_author(ctx, teaching, activity_id)
    now = ctx.now()
    promise = promise_to(Shower.ACTIVITY, activity_id)
    files = await attachments_of(ctx, teaching, draft.file_ids, promise)
    activity = Activity(
        id=activity_id,
        school_id=teaching.school.id,
        kind=draft.kind,
        staff=draft.staff,
        class_ids=draft.class_ids,
        author_id=teaching.person_id,
        author_name=teaching.name,
        title=draft.title,
        body=draft.body,
        questions=draft.questions,
        per=draft.per,
        closes_at=draft.closes_at,
        position=list_position(now, activity_id),
        created_at=now,
        attachments=files,
        shows_totals=draft.shows_totals,
        waits=draft.waits,
        unfinished_since=now,
    )
    if not await ctx.stores.activities.insert(activity):
        return await access_activity_as_author(ctx, teaching, activity_id)
    await _go_on(ctx, activity)
    return activity


async def _go_on(ctx: Context, activity: Activity) -> None:
    """Families are told within this request, a whole staff by the worker."""
    await finish_soon(ctx, activity)
    if not activity.staff:
        await finish_activity(ctx, activity.id)


async def access_activity_as_author(ctx: Context, teaching: Teaching, activity_id: str) -> Activity:
    """An activity they published, while they may still ask at least some of those.

    Raises NotFoundError: absent, somebody else's and no longer theirs are the same.
    """
    activity = await ctx.stores.activities.find(activity_id)
    if activity is None or not is_author(teaching, activity):
        raise NotFoundError
    return activity


def is_author(teaching: Teaching, activity: Activity) -> bool:
    """Whether they published it and may still ask at least some of those."""
    if activity.school_id != teaching.school.id or activity.author_id != teaching.person_id:
        return False
    if activity.staff:
        return may_ask_staff(teaching)
    return not set(activity.class_ids).isdisjoint(teaching.class_ids())


async def reminder_of(ctx: Context, activity: Activity) -> int:
    """Which reminder of who has not answered may be asked for now, 1 or 2; 0 for none."""
    if not activity.questions or not activity.is_open(ctx.now()):
        return 0
    if activity.staff:
        waits = activity.unfinished_since is not None or activity.reminders >= MAX_REMINDERS
        return 0 if waits else activity.reminders + 1
    notice = await ctx.stores.notices.find(activity.id)
    return next_reminder(notice) if notice else 0


async def remind(ctx: Context, teaching: Teaching, activity_id: str, number: int) -> datetime:
    """Remind who has not answered and nobody else: families as of a notice, a staff by a card outside its quiet hours.

    `number` is the reminder that is meant, 1 or 2, so that a double tap is one. Returns when it goes out. Raises
    NotFoundError; ConflictError when this reminder is no longer possible, or not yet.
    """
    activity = await access_activity_as_author(ctx, teaching, activity_id)
    if not activity.staff:
        return await remind_unread(ctx, teaching, activity.id, number=number)
    now = ctx.now()
    if activity.reminders < number:
        if await reminder_of(ctx, activity) != number:
            raise ConflictError
        if not await ctx.stores.activities.mark_reminded(activity.id, number, now):
            raise ConflictError
        await _go_on(ctx, await access_activity_as_author(ctx, teaching, activity_id))
    return (await quiet_at(ctx, activity.school_id)).next_moment(now)


async def activities_of_author(
    ctx: Context, teaching: Teaching, *, before: str | None = None, limit: int = 20
) -> list[Activity]:
    """What they published, newest first, after the position `before`."""
    return await ctx.stores.activities.page_of_author(
        teaching.school.id, teaching.person_id, before=before, at=ctx.now(), limit=limit
    )


async def move_deadline(
    ctx: Context, teaching: Teaching, activity_id: str, closes_at: str
) -> Activity:
    """Until when it can be answered; blank is until now. Also one that is over is open again.

    Raises NotFoundError, InvalidError; ConflictError for one that was withdrawn.
    """
    activity = await access_activity_as_author(ctx, teaching, activity_id)
    problems: dict[str, Problem] = {}
    now = ctx.now()
    moment = parse_closing(closes_at, now, problems) if closes_at.strip() else now
    if problems or moment is None:
        raise InvalidError(problems)
    if not await ctx.stores.activities.set_closing(activity.id, moment, now):
        raise ConflictError("withdrawn")
    changed = await access_activity_as_author(ctx, teaching, activity_id)
    await _go_on(ctx, changed)
    return changed


async def change_activity(
    ctx: Context,
    teaching: Teaching,
    activity_id: str,
    form: Mapping[str, str],
    more: Mapping[str, More],
    *,
    tells: bool,
    seen: int,
    key: str,
) -> Activity:
    """Say it anew while it is open: title, text, more time, more places, more options. The same key is the same change.

    Durable with one write to `activities`; every wording is kept. `tells`: who has read or answered it hears of it.
    Raises NotFoundError, InvalidError; ConflictError: `withdrawn`, `over`, `changed_too_often`, and `conflict` when it
    was changed since the version `seen`.
    """
    activity = await access_activity_as_author(ctx, teaching, activity_id)
    words = "|".join(("change", teaching.person_id, activity_id, key))
    change_id = hashlib.sha256(words.encode()).hexdigest()[:32]
    if any(c.id == change_id for c in activity.changes):
        return activity
    now = ctx.now()
    if not activity.is_open(now):
        raise ConflictError("withdrawn" if activity.state is State.WITHDRAWN else "over")
    if activity.version != seen:
        raise ConflictError
    changed = parse_change(activity, form, more, key=change_id, tells=tells, now=now)
    if changed.version == activity.version:
        return await move_deadline(ctx, teaching, activity_id, form["closes_at"])
    if changed.version > CHANGE_LIMIT:
        raise ConflictError("changed_too_often")
    if not await ctx.stores.activities.mark_changed(changed):
        raise ConflictError
    await lay_out_seats(ctx, changed)  # a staff is told later, but the places are there at once
    await _go_on(ctx, changed)
    return await access_activity_as_author(ctx, teaching, activity_id)


async def withdraw_activity(ctx: Context, teaching: Teaching, activity_id: str) -> None:
    """Take it back: it can be answered no more, families who have read of it are told. Twice is once.

    Raises NotFoundError.
    """
    activity = await access_activity_as_author(ctx, teaching, activity_id)
    if await ctx.stores.activities.mark_withdrawn(activity.id, ctx.now()):
        await _go_on(ctx, activity)
