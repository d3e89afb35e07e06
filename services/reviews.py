"""The queue of what waits for a person: who sees it, deciding it once, and carrying the decision out.

The head teacher decides about a class, the office about what belongs to the school; about a class it sees what waited
too long, and what no head teacher may decide. Nobody decides about their own words.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.overruns import parse_reason
from domain.reviews import Review, ReviewState, decided
from domain.roles import Right, may
from services.audit import note_act
from services.context import Context
from services.people import Teaching
from services.review_news import tell_about_review
from services.safety_jobs import settle_soon
from services.safety_subjects import SUBJECTS

_TRIES = 5
_LATE = timedelta(seconds=30)
_GIVE_UP_AFTER = timedelta(days=1)


async def waiting_reviews(ctx: Context, teaching: Teaching) -> list[Review]:
    """What waits for this person at their school, oldest first."""
    held = await ctx.stores.reviews.waiting(teaching.school.id)
    return await _seen_by(ctx, teaching, held)


async def _seen_by(ctx: Context, teaching: Teaching, reviews: Iterable[Review]) -> list[Review]:
    """Those that this person may decide about now."""
    others = [r for r in reviews if r.author_id != teaching.person_id]
    mine = {a.class_id for a in teaching.appointments if a.class_id}
    whole = any(not a.class_id and not a.grade for a in teaching.appointments)
    own = [r for r in others if r.class_id and r.class_id in mine]
    if not whole:
        return own
    classes = sorted({r.class_id for r in others if r.class_id})
    posts = await ctx.stores.appointments.of_classes(teaching.school.id, classes, ctx.now())
    heads = [(a.class_id, a.person_id) for a in posts if a.class_id and may(a.role, Right.MODERATE)]
    return [
        r
        for r in others
        if r in own
        or r.reaches_office(ctx.now())
        or not any(c == r.class_id and person != r.author_id for c, person in heads)
    ]


async def access_review_as_moderator(ctx: Context, teaching: Teaching, review_id: str) -> Review:
    """A review this person may decide about, or has. Raises NotFoundError."""
    review = await ctx.stores.reviews.find(review_id)
    if review is None or review.school_id != teaching.school.id:
        raise NotFoundError
    if not await _seen_by(ctx, teaching, [review]):
        raise NotFoundError
    return review


async def decide_review(
    ctx: Context, teaching: Teaching, review_id: str, *, allow: bool, why: str, seen: int
) -> None:
    """Show it or not. A refusal needs a reason, which its author is told.

    Durable with the one write over the version that was `seen`; twice is once. Raises NotFoundError, InvalidError
    (`why`), and ConflictError when it was decided otherwise, or has changed since.
    """
    review = await access_review_as_moderator(ctx, teaching, review_id)
    said = parse_reason(why, "why") if why.strip() or not allow else ""
    state = ReviewState.ALLOWED if allow else ReviewState.REFUSED
    if review.state is state and review.decided_by == teaching.person_id:
        await settle_soon(ctx, review.id, review.version)
        return
    fresh = decided(
        review, allow=allow, by=teaching.person_id, name=teaching.name, why=said, at=ctx.now()
    )
    if fresh is None or review.version != seen:
        raise ConflictError
    await note_act(
        ctx,
        teaching.actor,
        Act.REVIEW_ALLOWED if allow else Act.REVIEW_REFUSED,
        subject=("review", review.id),
        before={"state": review.state},
        after={"state": state, "class_id": review.class_id, "reason": said},
    )
    if not await ctx.stores.reviews.mark_changed(fresh):
        raise ConflictError
    await settle_soon(ctx, review.id, review.version)


async def settle_review(ctx: Context, review_id: str) -> None:
    """Carry a decision to the thing it is about. May be repeated; the newest decision stands in the end."""
    for _ in range(_TRIES):
        review = await ctx.stores.reviews.find(review_id)
        if review is None or review.unsettled_since is None:
            return
        room = SUBJECTS.get(review.kind)
        if room is not None:
            await room.settle(ctx, review.subject_id, review.outcome)
        told = await tell_about_review(ctx, review)
        if not told and ctx.now() - review.unsettled_since < _GIVE_UP_AFTER:
            return  # the sweep comes again
        if await ctx.stores.reviews.mark_settled(review):
            return


async def tend_reviews(ctx: Context) -> None:
    """What was decided and not carried out, because somebody died in between."""
    for review_id in await ctx.stores.reviews.unsettled(ctx.now() - _LATE):
        await settle_review(ctx, review_id)
