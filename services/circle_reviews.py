"""What is decided about topics and comments of circles in the queue of reviews, and who may report them."""

from __future__ import annotations

from domain.circles import spot_of_topic
from domain.errors import NotFoundError
from domain.safety import Outcome, Writing
from services.circle_comments import access_comment, comment_writing, count_comments
from services.circle_pictures import find_picture
from services.circles import access_topic, writing_of
from services.context import Context


async def settle_topic(ctx: Context, topic_id: str, outcome: Outcome) -> None:
    """Let the circle see it, or not."""
    await ctx.stores.circles.mark_state(topic_id, outcome)


async def settle_topic_comment(ctx: Context, comment_id: str, outcome: Outcome) -> None:
    """Let the circle see it, or not."""
    comment = await ctx.stores.circle_comments.find(comment_id)
    if comment is not None and await ctx.stores.circle_comments.mark_state(comment_id, outcome):
        await count_comments(ctx, comment.topic_id)


async def show_topic(ctx: Context, person_id: str, topic_id: str) -> Writing:
    """A topic as somebody in its circle sees it now. Raises NotFoundError."""
    _, topic = await access_topic(ctx, person_id, topic_id)
    return writing_of(topic)


async def show_topic_comment(ctx: Context, person_id: str, comment_id: str) -> Writing:
    """A comment as somebody in its circle sees it now. Raises NotFoundError."""
    _, comment = await access_comment(ctx, person_id, comment_id)
    topic = await ctx.stores.circles.find(comment.topic_id)
    if topic is None:
        raise NotFoundError
    return comment_writing(comment, spot_of_topic(topic))


async def ensure_picture_stands(ctx: Context, topic_id: str, file_id: str) -> None:
    """Also who decides about a topic sees no picture of a child whose family does not agree. Raises NotFoundError."""
    topic = await ctx.stores.circles.find(topic_id)
    if topic is not None:
        await find_picture(ctx, topic, file_id)
