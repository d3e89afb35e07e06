"""Who hears of a review: whoever wrote what was not shown, kindly; and who decides, that something waits."""

from __future__ import annotations

from collections.abc import Iterable

from domain.reviews import Review, ReviewState
from domain.roles import Appointment, Right, Role, may
from services.alerts import tell_adult
from services.cards import Card, refused_words_card, waiting_review_card
from services.context import Context
from services.quiet import quiet_at
from services.terms import school_day


async def tell_about_review(ctx: Context, review: Review) -> bool:
    """Whether everybody who has to has heard, or cannot be reached."""
    if review.state is ReviewState.REFUSED and review.decided_at is not None:
        card = refused_words_card(ctx.policy, review)
        purpose = f"{review.id}:refused:{review.decided_at.timestamp()}"
        return await _tell(ctx, [review.author_id], card, purpose)
    quiet = await quiet_at(ctx, review.school_id)
    if review.state is not ReviewState.WAITING or quiet.covers(ctx.now()):
        return True  # the queue shows it
    people = [a.person_id for a in await _deciders(ctx, review)]
    where = review.class_id or review.school_id
    purpose = f"reviews:{where}:{school_day(ctx.now())}"
    return await _tell(ctx, people, waiting_review_card(ctx.policy, review), purpose)


async def _tell(ctx: Context, people: Iterable[str], card: Card, purpose: str) -> bool:
    told = True
    identities = await ctx.stores.identities.of_people(ctx.policy.app_id, people)
    for identity in identities.values():
        told &= await tell_adult(ctx, identity, card, purpose)
    return told


async def _deciders(ctx: Context, review: Review) -> list[Appointment]:
    """The head teachers of the class; where there is none but its author, and for the school, its office."""
    wanted = [review.class_id, ""] if review.class_id else [""]
    held = await ctx.stores.appointments.of_classes(review.school_id, wanted, ctx.now())
    others = [a for a in held if a.person_id != review.author_id and may(a.role, Right.MODERATE)]
    heads = [a for a in others if a.class_id]
    whole = [a for a in others if not a.class_id and not a.grade]
    return heads or [a for a in whole if a.role is Role.OFFICE] or whole
