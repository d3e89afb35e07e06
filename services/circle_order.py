"""Keeping order in circles: who leads one hides what does not belong there, with a reason, and shows it again;
who moderates stops the talk. All of it is in the audit log, without the words themselves."""

from __future__ import annotations

from domain.audit import Act
from domain.circles import Said, circle_kind, spot_of_circle, spot_of_topic
from domain.errors import NotFoundError
from domain.groups import Seat
from domain.overruns import parse_reason
from domain.safety import Silence
from services.audit import note_act
from services.circle_comments import access_comment, count_comments
from services.circles import access_topic
from services.context import Context
from services.groups import find_group
from services.people import Teaching
from services.silences import freeze_room


async def hide_topic(
    ctx: Context, person_id: str, topic_id: str, why: str, *, address: str = ""
) -> None:
    """Nobody but its author and who leads the circle sees it; the reason is told to its author. Twice is once.

    Raises NotFoundError for who does not lead the circle; InvalidError (`why`).
    """
    seat, topic = await access_topic(ctx, person_id, topic_id)
    said = _checked(seat, why)
    if topic.hidden_at is None:
        await _note(ctx, seat, Act.TOPIC_HIDDEN, ("topic", topic), said, address)
        await ctx.stores.circles.set_hidden(topic.id, ctx.now(), said)


async def show_topic_again(
    ctx: Context, person_id: str, topic_id: str, *, address: str = ""
) -> None:
    """It was hidden, and is not any more. Raises NotFoundError for who does not lead the circle."""
    seat, topic = await access_topic(ctx, person_id, topic_id)
    _check_leads(seat)
    if topic.hidden_at is not None:
        await _note(ctx, seat, Act.TOPIC_SHOWN, ("topic", topic), "", address)
        await ctx.stores.circles.set_hidden(topic.id, None, "")


async def hide_comment(
    ctx: Context, person_id: str, comment_id: str, why: str, *, address: str = ""
) -> None:
    """As a topic. Raises NotFoundError, InvalidError (`why`)."""
    seat, comment = await access_comment(ctx, person_id, comment_id)
    said = _checked(seat, why)
    if comment.hidden_at is None:
        await _note(ctx, seat, Act.TOPIC_HIDDEN, ("topic_comment", comment), said, address)
        await ctx.stores.circle_comments.set_hidden(comment.id, ctx.now(), said)
        await count_comments(ctx, comment.topic_id)


async def show_comment_again(
    ctx: Context, person_id: str, comment_id: str, *, address: str = ""
) -> None:
    """As a topic. Raises NotFoundError."""
    seat, comment = await access_comment(ctx, person_id, comment_id)
    _check_leads(seat)
    if comment.hidden_at is not None:
        await _note(ctx, seat, Act.TOPIC_SHOWN, ("topic_comment", comment), "", address)
        await ctx.stores.circle_comments.set_hidden(comment.id, None, "")
        await count_comments(ctx, comment.topic_id)


def _check_leads(seat: Seat) -> None:
    if not (seat.as_staff and seat.leads):
        raise NotFoundError


def _checked(seat: Seat, why: str) -> str:
    _check_leads(seat)
    return parse_reason(why, "why")


async def _note(
    ctx: Context, seat: Seat, act: Act, subject: tuple[str, Said], why: str, address: str
) -> None:
    kind, said = subject
    about = {"group_id": said.circle_id, "person_id": said.author_id, "reason": why}
    await note_act(ctx, seat.actor(address), act, subject=(kind, said.id), after=about)


async def freeze_topic(ctx: Context, teaching: Teaching, topic_id: str, *, why: str) -> Silence:
    """Nobody comments on a topic until that is taken back. Raises NotFoundError, InvalidError (`why`)."""
    topic = await ctx.stores.circles.find(topic_id)
    if topic is None or topic.deleted_at is not None:
        raise NotFoundError
    return await freeze_room(ctx, teaching, spot_of_topic(topic), why=why)


async def freeze_circle(ctx: Context, teaching: Teaching, circle_id: str, *, why: str) -> Silence:
    """Nobody writes in a circle until that is taken back. Raises NotFoundError, InvalidError (`why`)."""
    circle_kind(circle_id)
    spot = spot_of_circle(await find_group(ctx, circle_id))
    return await freeze_room(ctx, teaching, spot, why=why)
