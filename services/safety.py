"""One call for every word that others read: may it be shown, must a person look first, or is it not taken?

Whoever keeps words asks `ensure_may_speak`, then `judge`, BEFORE the write that keeps them, and stores the outcome with
them: what is held is seen by its author alone. A held subject's review is durable before `judge` returns: dying between
the two leaves a review of nothing, never words that nobody decides about. What is decided comes back through
`services.safety_subjects`.
"""

from __future__ import annotations

from domain.reviews import OUTCOMES, QUOTE_LIMIT, Review, ReviewState
from domain.safety import (
    PASSED,
    Outcome,
    Reason,
    SilencedError,
    Spot,
    Verdict,
    Writing,
    silence_id,
    stricter,
)
from domain.word_lists import judge_words
from services.checks import ask_about_text, can_check_pictures, checked
from services.context import Context
from services.safety_jobs import check_soon, settle_soon
from services.word_lists import matchers_of


async def ensure_may_speak(ctx: Context, person_id: str, spot: Spot) -> None:
    """Raises SilencedError when this person, or everybody, may not speak there now."""
    scopes = spot.scopes()
    wanted = [silence_id(scope, who) for scope in scopes for who in (person_id, "")]
    held = [s for s in await ctx.stores.silences.among(wanted) if s.holds(ctx.now())]
    if held:
        raise SilencedError(max(held, key=lambda s: (s.until is None, s.until or s.at)))


async def may_speak(ctx: Context, person_id: str, spot: Spot) -> bool:
    """Whether this person may speak there now."""
    try:
        await ensure_may_speak(ctx, person_id, spot)
    except SilencedError:
        return False
    return True


async def judge(ctx: Context, writing: Writing) -> Verdict:
    """Whether it may be shown. The same writing again gets what was decided about it meanwhile.

    Of what is held or checked a review is stored; of what is refused nothing.
    """
    verdict = await _judged(ctx, writing)
    if verdict.outcome in (Outcome.PASS, Outcome.REFUSE):
        return verdict
    return await _reviewed(ctx, writing, verdict)


async def _judged(ctx: Context, writing: Writing) -> Verdict:
    """The lists of the school always have their say, the one that comes with the program where WeChat has none."""
    author, text = writing.author, writing.text
    school = writing.spot.school_id
    own = _by_words(judge_words(text, await matchers_of(ctx, school, shipped=False)))
    if own.outcome is Outcome.REFUSE:
        return own
    said = await ask_about_text(ctx, author.person_id, writing.subject.kind, text)
    if said is None:
        said = _by_words(judge_words(text, await matchers_of(ctx, school, shipped=True)))
    found = stricter(said, own)
    if found.outcome is Outcome.REFUSE:
        return found
    if author.decides:
        return PASSED
    if found.outcome is Outcome.HOLD or not writing.file_ids:
        return found
    if await can_check_pictures(ctx, author.person_id):
        return Verdict(Outcome.CHECKING, Reason.PICTURE)
    return Verdict(Outcome.HOLD, Reason.UNCHECKED)


def _by_words(outcome: Outcome) -> Verdict:
    return PASSED if outcome is Outcome.PASS else Verdict(outcome, Reason.WORDS)


async def _reviewed(ctx: Context, writing: Writing, verdict: Verdict) -> Verdict:
    """The review of what is held, made or found; what is there already says what counts."""
    review = review_of(ctx, writing, verdict)
    if verdict.outcome is Outcome.CHECKING:
        review = checked(review)
    if await ctx.stores.reviews.add(review):
        if verdict.outcome is Outcome.CHECKING:
            await check_soon(ctx, review.id)
        else:
            await settle_soon(ctx, review.id, review.version)
        return verdict
    held = await ctx.stores.reviews.find(review.id)
    if held is not None and held.is_of(writing.text, writing.file_ids):
        return Verdict(held.outcome, held.reason)
    return verdict


def review_of(ctx: Context, writing: Writing, verdict: Verdict) -> Review:
    """A new review of something that is seen by its author alone."""
    states = {outcome: state for state, outcome in OUTCOMES.items()}
    return Review(
        id=writing.subject.review_id,
        kind=writing.subject.kind,
        subject_id=writing.subject.id,
        school_id=writing.spot.school_id,
        class_id=writing.spot.class_id,
        room=writing.spot.room,
        author_id=writing.author.person_id,
        author_name=writing.author.name,
        text=writing.text[:QUOTE_LIMIT],
        file_ids=writing.file_ids,
        reason=verdict.reason or Reason.WORDS,
        label=verdict.label,
        state=states.get(verdict.outcome, ReviewState.WAITING),
        hidden=True,
        created_at=ctx.now(),
        waits_since=ctx.now(),
        unsettled_since=None if verdict.outcome is Outcome.CHECKING else ctx.now(),
    )
