"""What waits for a person before others may see it: the queue, deciding, muting, freezing; and asking for it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.reviews import WHY_LIMIT, Review
from domain.roles import Right
from domain.safety import Kind, Silence
from handlers.base import Access
from handlers.safety_phrases import reason_text
from miniapp.endpoints import WHOLE, Call, Registry, Schema, Stream
from miniapp.shapes import Done
from services.reported import report_subject
from services.review_pictures import open_reviewed
from services.reviews import decide_review, waiting_reviews
from services.silences import Reach, freeze_around, lift_silence, mute_author, silences_at

reviews = Registry("reviews")

Hours = Annotated[int, Field(ge=1, le=24 * 30), WHOLE]
Version = Annotated[int, Field(ge=0, le=2**31 - 1), WHOLE]
# Not by the enum's own name, which is another type's in the document.
WrittenAs = Annotated[str, Field(pattern=f"^({'|'.join(Kind)})$")]


class ReviewRow(Schema):
    """Something that waits for me. `seen` is handed back with the decision; `hidden`: only its author sees it yet.

    `reported`: how many asked to have it looked at; `whys` what they said to it. `can_freeze`: it stands in a room.
    """

    id: str
    seen: int
    kind: WrittenAs
    class_name: str
    author: str
    text: str
    pictures: list[str]
    reason: str
    reported: int
    whys: list[str]
    hidden: bool
    can_freeze: bool
    waits_since: datetime


class Reviews(Schema):
    """What waits for me, oldest first."""

    reviews: list[ReviewRow]


class ReviewDecision(Schema):
    """Whether it may be shown; a refusal says why, and its author is told that."""

    allow: bool
    why: str = Field("", max_length=WHY_LIMIT)
    seen: Version


class MuteIn(Schema):
    """For how long its author does not speak, and where."""

    hours: Hours
    reach: Reach
    why: str = Field(min_length=1, max_length=WHY_LIMIT)


class FreezeIn(Schema):
    """Why nobody speaks there for now."""

    why: str = Field(min_length=1, max_length=WHY_LIMIT)


class SilenceRow(Schema):
    """Somebody who may not speak somewhere, or a place where nobody may (`person` is empty then)."""

    id: str
    person: str
    class_name: str
    in_room: bool
    by: str
    reason: str
    until: datetime | None


class Silences(Schema):
    """What counts now, the newest first."""

    silences: list[SilenceRow]


class ReportIn(Schema):
    """What should be looked at, and why; the reason may be left out."""

    kind: WrittenAs
    id: str = Field(min_length=1, max_length=200)
    why: str = Field("", max_length=WHY_LIMIT)


def _row(review: Review, classes: dict[str, str]) -> ReviewRow:
    return ReviewRow(
        id=review.id,
        seen=review.version,
        kind=review.kind,
        class_name=classes.get(review.class_id, ""),
        author=review.author_name,
        text=review.text,
        pictures=list(review.file_ids),
        reason=reason_text(review),
        reported=len(review.reports),
        whys=[r.why for r in review.reports if r.why],
        hidden=review.hidden,
        can_freeze=bool(review.room),
        waits_since=review.waits_since,
    )


def _silence(silence: Silence, classes: dict[str, str]) -> SilenceRow:
    return SilenceRow(
        id=silence.id,
        person=silence.person_name,
        class_name=classes.get(silence.class_id, ""),
        in_room=bool(silence.room),
        by=silence.by_name,
        reason=silence.reason,
        until=silence.until,
    )


_ONE = "/teaching/reviews/{review_id}"


@reviews("GET", "/teaching/reviews", access=Access.STAFF, right=Right.MODERATE)
async def list_reviews(call: Call) -> Reviews:
    """What waits for my decision."""
    classes = {c.id: c.name for c in call.teaching.classes}
    found = await waiting_reviews(call.ctx, call.teaching)
    return Reviews(reviews=[_row(review, classes) for review in found])


@reviews("POST", f"{_ONE}/decision", access=Access.STAFF, right=Right.MODERATE, creates=True)
async def decide_about_words(call: Call, review_id: str, body: ReviewDecision) -> Done:
    """Show it, or not."""
    await decide_review(
        call.ctx, call.teaching, review_id, allow=body.allow, why=body.why, seen=body.seen
    )
    return Done(done=True)


@reviews("POST", f"{_ONE}/mute", access=Access.STAFF, right=Right.MODERATE, creates=True)
async def mute(call: Call, review_id: str, body: MuteIn) -> Done:
    """Its author does not speak there for some hours."""
    await mute_author(
        call.ctx, call.teaching, review_id, reach=body.reach, hours=body.hours, why=body.why
    )
    return Done(done=True)


@reviews("POST", f"{_ONE}/freeze", access=Access.STAFF, right=Right.MODERATE, creates=True)
async def freeze(call: Call, review_id: str, body: FreezeIn) -> Done:
    """Nobody speaks where it was written, until that is taken back."""
    await freeze_around(call.ctx, call.teaching, review_id, why=body.why)
    return Done(done=True)


@reviews("GET", f"{_ONE}/pictures/{{file_id}}", access=Access.STAFF, right=Right.MODERATE)
async def get_reviewed_picture(call: Call, review_id: str, file_id: str) -> Stream:
    """A picture of what waits, the small one where there is one; kept by nobody."""
    return Stream(*await open_reviewed(call.ctx, call.teaching, review_id, file_id))


@reviews("GET", "/teaching/silences", access=Access.STAFF, right=Right.MODERATE)
async def list_silences(call: Call) -> Silences:
    """Who may not speak where I keep order."""
    classes = {c.id: c.name for c in call.teaching.classes}
    found = await silences_at(call.ctx, call.teaching)
    return Silences(silences=[_silence(silence, classes) for silence in found])


@reviews(
    "POST",
    "/teaching/silences/{silence_id}/lift",
    access=Access.STAFF,
    right=Right.MODERATE,
    creates=True,
)
async def lift(call: Call, silence_id: str) -> Done:
    """They may speak again."""
    await lift_silence(call.ctx, call.teaching, silence_id)
    return Done(done=True)


@reviews("POST", "/reports", access=Access.VISITOR, creates=True)
async def report(call: Call, body: ReportIn) -> Done:
    """Have something looked at that I can see."""
    await report_subject(call.ctx, call.person_id, Kind(body.kind), body.id, why=body.why)
    return Done(done=True)
