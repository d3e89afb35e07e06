"""Finishing what an act on an activity causes: its places laid out, families told by a notice, staff by a card.

The notice has the activity's id, so channels, reading, receipts and reminders are those of notices; whoever answered
counts there as having confirmed. Everything here may run twice, at the same time, or stop anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from domain.activities import Activity, State
from domain.activity_changes import wordings
from domain.answers import Answer, answer_id
from domain.deliveries import delivery_id
from domain.errors import ConflictError
from domain.notices import ConfirmMode, Notice, NoticeKind, NoticeState, Work
from domain.seats import Places, Seats, Standing, enlarged
from domain.times import school_text
from services.alerts import tell_adult
from services.cards import Card, activity_card, changed_activity_card
from services.context import Context
from services.notices import carry_out_soon
from services.quiet import quiet_at

FINISH_ACTIVITY = "activities.finish"
_ROUNDS = 100


async def finish_soon(ctx: Context, activity: Activity) -> None:
    """Queue the finishing; a staff is not told in the quiet hours."""
    now = ctx.now()
    quiet = await quiet_at(ctx, activity.school_id)
    at = quiet.next_moment(now) if activity.staff else now
    await ctx.enqueue(
        FINISH_ACTIVITY,
        {"activity_id": activity.id},
        key=":".join(
            (
                FINISH_ACTIVITY,
                activity.id,
                activity.state,
                str(activity.version),
                str(activity.reminders),
            )
        ),
        at=at if at > now else None,
    )


async def finish_activity(ctx: Context, activity_id: str) -> None:
    """Do what is left to do for an activity."""
    activity = await ctx.stores.activities.find(activity_id)
    if activity is None or activity.unfinished_since is None:
        return
    await lay_out_seats(ctx, activity)
    if not activity.staff:
        await _tell_families(ctx, activity)
    elif activity.is_open(ctx.now()):
        if (await quiet_at(ctx, activity.school_id)).covers(ctx.now()):
            return  # the sweep comes again
        await _tell_staff(ctx, activity)
    await ctx.stores.activities.mark_finished(activity)


async def lay_out_seats(ctx: Context, activity: Activity) -> None:
    """The places of an activity that has any, free at first; where there are more by now, who waits moves up.

    Places only ever become more, so whoever does this with what it was before takes none away.
    """
    if activity.seated is None:
        return
    places = tuple(Places(option_id=o.id, seats=o.seats) for o in activity.seated.options)
    await ctx.stores.seats.ensure(
        Seats(id=activity.id, school_id=activity.school_id, places=places)
    )
    for _ in range(_ROUNDS):
        held = await ctx.stores.seats.find(activity.id)
        now = ctx.now()
        if held is None:
            return
        grown = enlarged(held, places, now, promotes=activity.is_open(now))
        if grown == held or await ctx.stores.seats.mark_changed(grown):
            return
    raise ConflictError


async def _tell_families(ctx: Context, activity: Activity) -> None:
    """Make the notice say what the activity says."""
    now = ctx.now()
    if await ctx.stores.notices.insert(_notice(activity)):
        if activity.state is State.PUBLISHED:
            await carry_out_soon(ctx, activity.id, "publish")
        return
    if activity.state is State.WITHDRAWN:
        work = Work(purpose="withdraw", due_at=now)
        if await ctx.stores.notices.mark_withdrawn(activity.id, now, work):
            await carry_out_soon(ctx, activity.id, "withdraw")
        return
    await ctx.stores.notices.set_deadline(activity.id, activity.closes_at)
    for version, change in zip(wordings(activity)[1:], activity.changes, strict=True):
        correction = Work(purpose=f"edit-{version.number}", due_at=now) if change.tells else None
        if await ctx.stores.notices.mark_edited(activity.id, version, correction) and correction:
            await carry_out_soon(ctx, activity.id, correction.purpose)


def _notice(activity: Activity) -> Notice:
    withdrawn = activity.state is State.WITHDRAWN
    return Notice(
        id=activity.id,
        school_id=activity.school_id,
        class_ids=activity.class_ids,
        author_id=activity.author_id,
        author_name=activity.author_name,
        confirm=ConfirmMode.ANSWER if activity.questions else ConfirmMode.NONE,
        deadline_at=activity.closes_at if activity.questions else None,
        state=NoticeState.WITHDRAWN if withdrawn else NoticeState.PUBLISHED,
        publish_at=activity.created_at,
        position=activity.position,
        created_at=activity.created_at,
        versions=wordings(activity),
        work=() if withdrawn else (Work(purpose="publish", due_at=activity.created_at),),
        withdrawn_at=activity.withdrawn_at,
        kind=NoticeKind.ACTIVITY,
    )


async def staff_of(ctx: Context, school_id: str) -> frozenset[str]:
    """Everybody who has a role at a school now."""
    held = await ctx.stores.appointments.of_school(school_id)
    return frozenset(a.person_id for a in held if a.stands(ctx.now()))


async def _tell_staff(ctx: Context, activity: Activity) -> None:
    """Who has not answered is asked; who had before it was changed is told of that. Each is sent once."""
    people = await staff_of(ctx, activity.school_id) - {activity.author_id}
    held = await ctx.stores.answers.many(answer_id(activity.id, p) for p in people)
    answered = {a.person_id: a.current.at for a in held.values() if a.withdrawn_at is None}
    card = activity_card(ctx.policy, activity, until=school_text(activity.closes_at))
    waiting = people - set(answered)
    await _send_to(ctx, waiting, card, f"{activity.id}:asked")
    if activity.reminders:
        await _send_to(ctx, waiting, card, f"{activity.id}:remind-{activity.reminders}")
    change = next((c for c in reversed(activity.changes) if c.tells), None)
    if change is not None:
        before = {person for person, at in answered.items() if at < change.at}
        card = changed_activity_card(ctx.policy, activity)
        await _send_to(ctx, before, card, f"{activity.id}:{change.id}")


async def _send_to(ctx: Context, people: AbstractSet[str], card: Card, purpose: str) -> None:
    identities = await ctx.stores.identities.of_people(ctx.policy.app_id, people)
    for identity in identities.values():
        await tell_adult(ctx, identity, card, purpose)


# -- who answered counts as confirmed, so that nobody is reminded of it -------------------------------------


async def note_answered(
    ctx: Context, activity: Activity, answer: Answer, *, answered: bool
) -> None:
    """In the lists of the adults it concerns: answered, or to be answered again."""
    if activity.staff:
        return
    people = [answer.person_id]
    if not answer.person_id:
        bound = await ctx.stores.bindings.active_of_students(
            activity.school_id, [answer.student_id]
        )
        people = [b.person_id for b in bound]
    ids = [delivery_id(activity.id, answer.student_id, person) for person in people]
    await _mark(ctx, ids, answered=answered)


async def settle_receipts(ctx: Context, activity_id: str) -> None:
    """Before anybody is reminded: every delivery says of its child or adult whether they answered."""
    activity = await ctx.stores.activities.find(activity_id)
    if activity is None:
        return
    seats = await ctx.stores.seats.find(activity.id)
    answers = await ctx.stores.answers.of_activity(activity.school_id, activity.id)
    done = {a.subject_id for a in answers if has_answered(a, seats)}
    held = await ctx.stores.deliveries.of_notice(activity.school_id, activity.id)
    said = [d for d in held if {d.student_id, d.person_id} & done]
    unsaid = [d for d in held if not {d.student_id, d.person_id} & done]
    await _mark(ctx, (d.id for d in said if d.confirmed_at is None), answered=True)
    await _mark(ctx, (d.id for d in unsaid if d.confirmed_at is not None), answered=False)


def has_answered(answer: Answer, seats: Seats | None) -> bool:
    """Whether nothing more is asked of them: also who waits for a place has answered."""
    if answer.withdrawn_at is not None:
        return False
    return seats is None or seats.standing(answer.subject_id)[0] is not Standing.NONE


async def _mark(ctx: Context, delivery_ids: Iterable[str], *, answered: bool) -> None:
    for key in delivery_ids:
        if answered:
            await ctx.stores.deliveries.mark_confirmed(key, ctx.now(), version=1)
        else:
            await ctx.stores.deliveries.mark_unconfirmed(key)
