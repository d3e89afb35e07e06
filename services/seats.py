"""Choosing a place, giving it back, and telling whoever moved up from the waiting list.

A place is somebody's with one write to `seats`; five hundred who come at once for forty places make one each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from domain.activities import Activity
from domain.answers import Answer, answer_id, options_of
from domain.errors import ConflictError
from domain.seats import Holder, Seats, Standing, chosen, given_back, told
from services.activity_telling import lay_out_seats
from services.alerts import tell_adult
from services.cards import moved_up_card
from services.context import Context
from services.family_words import FamilyWord, tell_family

_ROUNDS = 100
_BATCH = 100
_TITLE = "候补轮到您了"


async def seats_of(ctx: Context, activity: Activity) -> Seats | None:
    """The places of an activity; None when it has none."""
    if activity.seated is None:
        return None
    held = await ctx.stores.seats.find(activity.id)
    if held is None:
        await lay_out_seats(ctx, activity)
        held = await ctx.stores.seats.find(activity.id)
    return held


async def choose_seat(ctx: Context, activity: Activity, subject_id: str, option_id: str) -> Seats:
    """A place of this option, or the end of its line where there is one. Durable with one write to `seats`.

    Whoever has another place keeps it unless they get this one. Twice is once. Raises ConflictError: `full`.
    """
    for _ in range(_ROUNDS):
        seats = await seats_of(ctx, activity)
        if seats is None:
            break
        standing, had = seats.standing(subject_id)
        if standing is not Standing.NONE and had == option_id:
            return seats
        if standing is not Standing.NONE:
            changed = chosen(seats, subject_id, option_id, ctx.now(), waits=activity.waits)
            if changed == seats:
                raise ConflictError("full")
            if await ctx.stores.seats.mark_changed(changed):
                return await _after(ctx, changed)
            continue
        limits = {p.option_id: p.seats for p in seats.places}
        mine = Holder(subject_id=subject_id, option_id=option_id, at=ctx.now())
        if not seats.is_full(option_id):
            await ctx.stores.seats.take(activity.id, mine, limits[option_id])
        elif not activity.waits:
            raise ConflictError("full")
        elif not await ctx.stores.seats.wait(activity.id, mine, limits[option_id]):
            seats = await seats_of(ctx, activity)
            if (
                seats
                and seats.is_full(option_id)
                and seats.standing(subject_id)[0] is Standing.NONE
            ):
                raise ConflictError("full")  # the line is as long as it may be
    raise ConflictError


async def give_seat_back(ctx: Context, activity: Activity, subject_ids: Sequence[str]) -> None:
    """These have no place any more and wait for none; whoever waits longest has theirs, and is told."""
    for _ in range(_ROUNDS):
        seats = await ctx.stores.seats.find(activity.id)
        if seats is None:
            return
        now = ctx.now()
        changed = given_back(seats, subject_ids, now, promotes=activity.is_open(now))
        if changed == seats:
            return
        if await ctx.stores.seats.mark_changed(changed):
            await _after(ctx, changed)
            return
    raise ConflictError


async def _after(ctx: Context, changed: Seats) -> Seats:
    if changed.moved:
        await tell_moved(ctx, changed.id)
    return changed


async def tell_moved_of_all(ctx: Context) -> None:
    """Every minute: what a process that died has left untold."""
    for activity_id in await ctx.stores.seats.untold(ctx.now() - ctx.policy.lease, _BATCH):
        await tell_moved(ctx, activity_id)


async def tell_moved(ctx: Context, activity_id: str) -> None:
    """Tell each who moved up that they have a place now; an activity that is over or withdrawn tells nobody."""
    activity = await ctx.stores.activities.find(activity_id)
    seats = await ctx.stores.seats.find(activity_id)
    if seats is None:
        return
    for moved in seats.moved:
        if activity is not None and activity.is_open(ctx.now()):
            await _tell(ctx, activity, moved)
        await _mark_told(ctx, activity_id, moved)


async def _mark_told(ctx: Context, activity_id: str, moved: Holder) -> None:
    for _ in range(_ROUNDS):
        seats = await ctx.stores.seats.find(activity_id)
        if seats is None or moved not in seats.moved:
            return
        if await ctx.stores.seats.mark_changed(told(seats, moved)):
            return


async def _tell(ctx: Context, activity: Activity, moved: Holder) -> None:
    answer = await ctx.stores.answers.find(answer_id(activity.id, moved.subject_id))
    if answer is None or activity.seated is None:
        return
    option = options_of(activity.seated).get(moved.option_id, "")
    if answer.person_id:
        card = moved_up_card(ctx.policy, activity, option=option, at=moved.at)
        identities = await ctx.stores.identities.of_people(ctx.policy.app_id, [answer.person_id])
        for identity in identities.values():
            await tell_adult(ctx, identity, card, f"{activity.id}:{moved.at.timestamp()}")
        return
    word = _word(activity, answer, option, moved)
    await ctx.stores.answers.note_notice(answer.id, word.id)
    await tell_family(ctx, word)


def _word(activity: Activity, answer: Answer, option: str, moved: Holder) -> FamilyWord:
    words = f"moved|{activity.id}|{moved.subject_id}|{moved.option_id}|{moved.at.timestamp()}"
    return FamilyWord(
        id=hashlib.sha256(words.encode()).hexdigest()[:32],
        school_id=activity.school_id,
        class_id=answer.class_id,
        student_id=answer.student_id,
        said_by=activity.author_name,
        title=_TITLE,
        body=f"“{activity.title}”里的“{option}”空出了名额，现在是孩子的了。如果来不了，请在活动里取消，让给下一位。",
    )
