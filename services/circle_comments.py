"""Comments to topics of circles: saying one, reading them in order, deleting one's own, and counting them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from domain.circles import (
    MOST_COMMENTS,
    MOST_EMPTY,
    Comment,
    Topic,
    comment_id,
    may_comment,
    parse_comment,
    spot_of_circle,
    spot_of_topic,
    tally_of,
)
from domain.errors import ConflictError, NotFoundError, TooManyError
from domain.groups import Seat
from domain.safety import Author, Kind, Spot, Subject, Writing
from domain.times import list_position
from services.circles import access_circle, access_topic
from services.context import Context
from services.safety import ensure_may_speak, judge, may_speak

COMMENTS_AN_HOUR = 200
_TRIES = 50


@dataclass(frozen=True, slots=True)
class CommentPage:
    """Comments in order; those this person does not see are left out. `next_position` is None at the end."""

    seat: Seat
    comments: tuple[Comment, ...]
    next_position: str | None


async def comments_page(
    ctx: Context, person_id: str, topic_id: str, *, after: str | None = None, limit: int = 20
) -> CommentPage:
    """A page of a topic's comments, the oldest first. Raises NotFoundError."""
    seat, topic = await access_topic(ctx, person_id, topic_id)
    found = await ctx.stores.circle_comments.page(topic.id, after=after, limit=limit + 1)
    return CommentPage(
        seat,
        tuple(c for c in found[:limit] if c.is_seen_by(seat)),
        found[limit - 1].position if len(found) > limit else None,
    )


async def can_comment(ctx: Context, seat: Seat, topic: Topic) -> bool:
    """Whether they may say something to it now."""
    if not (may_comment(seat) and topic.is_shown):
        return False
    spots = (spot_of_circle(seat.group), spot_of_topic(topic))
    return all([await may_speak(ctx, seat.person_id, spot) for spot in spots])


async def say_comment(
    ctx: Context, person_id: str, topic_id: str, text: str, *, key: str
) -> tuple[Seat, Comment]:
    """Say something to a topic. The same key by the same person is the same comment.

    Durable with the insert into `topic_comments`; the number on the topic follows. Raises NotFoundError; InvalidError
    (`text`); ConflictError (`circle_read_only`, `topic_comments_full`); SilencedError; WordsRefusedError; TooManyError.
    """
    seat, topic = await access_topic(ctx, person_id, topic_id)
    if not may_comment(seat) or not topic.is_shown:
        raise ConflictError("circle_read_only")
    held = comment_id(topic.id, person_id, key)
    before = await ctx.stores.circle_comments.find(held)
    if before is None:
        before = await _said(ctx, seat, topic, held, parse_comment(text))
    await count_comments(ctx, topic.id)
    if not before.is_seen_by(seat):
        raise NotFoundError
    return seat, before


async def _said(ctx: Context, seat: Seat, topic: Topic, held: str, text: str) -> Comment:
    wait = await ctx.stores.limits.hit("comments", seat.person_id, per_hour=COMMENTS_AN_HOUR)
    if wait:
        raise TooManyError(wait)
    if topic.comments >= MOST_COMMENTS:  # the insert says so, too; this spares judging the words
        raise ConflictError("topic_comments_full")
    for spot in (spot_of_circle(seat.group), spot_of_topic(topic)):
        await ensure_may_speak(ctx, seat.person_id, spot)
    now = ctx.now()
    comment = Comment(
        id=held,
        school_id=topic.school_id,
        circle_id=topic.circle_id,
        topic_id=topic.id,
        author_id=seat.person_id,
        author_name=seat.name,
        as_staff=seat.as_staff,
        text=text,
        position=list_position(now, held),
        at=now,
    )
    decides = seat.as_staff and seat.leads
    writing = comment_writing(comment, spot_of_topic(topic), decides=decides)
    outcome = (await judge(ctx, writing)).accepted().outcome
    comment = replace(comment, state=outcome)
    if not await ctx.stores.circle_comments.insert(comment, MOST_COMMENTS, empty=MOST_EMPTY):
        raise ConflictError("topic_comments_full")
    await ctx.stores.circle_comments.drop_if_gone(held)
    return await ctx.stores.circle_comments.find(held) or comment


def comment_writing(comment: Comment, spot: Spot, *, decides: bool = False) -> Writing:
    """What is judged of a comment."""
    return Writing(
        subject=Subject(Kind.TOPIC_COMMENT, comment.id),
        author=Author(comment.author_id, comment.author_name, decides),
        spot=spot,
        text=comment.text,
    )


async def access_comment(ctx: Context, person_id: str, comment_id: str) -> tuple[Seat, Comment]:
    """A comment, for who sees it and its topic at this moment. Raises NotFoundError."""
    comment = await ctx.stores.circle_comments.find(comment_id)
    if comment is None:
        raise NotFoundError
    seat, _ = await access_topic(ctx, person_id, comment.topic_id)
    if not comment.is_seen_by(seat):
        raise NotFoundError
    return seat, comment


async def delete_comment(ctx: Context, person_id: str, comment_id: str) -> None:
    """Its author takes it back: nothing of it is kept, its place is another's to take. Twice is once.

    Raises NotFoundError.
    """
    comment = await ctx.stores.circle_comments.find(comment_id)
    if comment is None or comment.author_id != person_id:
        raise NotFoundError
    await access_circle(ctx, person_id, comment.circle_id)
    await ctx.stores.circle_comments.mark_deleted(comment_id, ctx.now())
    await count_comments(ctx, comment.topic_id)


async def count_comments(ctx: Context, topic_id: str) -> None:
    """Write the number of comments on their topic. Counted are the comments themselves: whoever is overtaken counts
    again, so that the last who counts has seen all."""
    for _ in range(_TRIES):
        topic = await ctx.stores.circles.find(topic_id)
        if topic is None:
            return
        comments, replies = tally_of(topic, await ctx.stores.circle_comments.of_topic(topic_id))
        if (comments, replies) == (topic.comments, topic.replies):
            return
        if await ctx.stores.circles.mark_counted(topic, comments, replies):
            return
