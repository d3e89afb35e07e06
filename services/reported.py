"""Any member asks to have something looked at that others wrote (举报): it waits for a person, shown until then."""

from __future__ import annotations

from dataclasses import replace

from domain.errors import ConflictError, NotFoundError, TooManyError
from domain.reviews import REPORTS_LIMIT, Report, Review, ReviewState
from domain.safety import Kind, Outcome, Reason, Verdict, Writing
from services.context import Context
from services.safety import review_of
from services.safety_jobs import settle_soon
from services.safety_subjects import SUBJECTS

_PER_HOUR = 20
_TRIES = 5


async def report_subject(
    ctx: Context, person_id: str, kind: Kind, subject_id: str, *, why: str
) -> None:
    """Have it looked at. Durable with one write; the same person twice is once.

    What a person has allowed already waits anew when somebody else asks. Raises NotFoundError for what they do not see,
    ConflictError `own_words`, TooManyError.
    """
    room = SUBJECTS.get(kind)
    if room is None:
        raise NotFoundError
    writing = await room.show(ctx, person_id, subject_id)
    if writing.author.person_id == person_id:
        raise ConflictError("own_words")
    wait = await ctx.stores.limits.hit("reports", person_id, per_hour=_PER_HOUR, lenient=True)
    if wait:
        raise TooManyError(wait)
    report = Report(person_id=person_id, why=why, at=ctx.now())
    for _ in range(_TRIES):
        if await _entered(ctx, writing, report):
            await settle_soon(ctx, writing.subject.review_id, int(report.at.timestamp()))
            return
    raise ConflictError


async def _entered(ctx: Context, writing: Writing, report: Report) -> bool:
    """Whether it is in the queue now; False when somebody else was at it this moment."""
    held = await ctx.stores.reviews.find(writing.subject.review_id)
    if held is None:
        fresh = review_of(ctx, writing, Verdict(Outcome.HOLD, Reason.REPORTED))
        return await ctx.stores.reviews.add(replace(fresh, hidden=False, reports=(report,)))
    if any(r.person_id == report.person_id for r in held.reports):
        return True
    if held.state is ReviewState.REFUSED or len(held.reports) >= REPORTS_LIMIT:
        return True
    return await ctx.stores.reviews.mark_changed(_with(held, report))


def _with(review: Review, report: Report) -> Review:
    added = replace(review, reports=(*review.reports, report))
    if review.state is not ReviewState.ALLOWED:
        return added
    return replace(
        added,
        state=ReviewState.WAITING,
        reason=Reason.REPORTED,
        hidden=False,
        waits_since=report.at,
        unsettled_since=report.at,
    )
