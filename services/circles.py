"""What people do in circles: look at one, put a topic into it, like one, delete their own.

Who is in a circle at this moment is the group's own rule (`services.groups`). A topic is durable with its one insert;
who was in the circle then is written just before it, so that reads are counted of the right people (R15).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.circles import (
    CIRCLE_KINDS,
    Audience,
    Draft,
    Member,
    Picture,
    Read,
    Topic,
    circle_kind,
    may_open_topics,
    parse_topic,
    read_id,
    shown_pictures,
    spot_of_circle,
    spot_of_topic,
    topic_id,
)
from domain.errors import ConflictError, NotFoundError, TooManyError
from domain.groups import GroupKind, Seat
from domain.safety import Author, Kind, Subject, Writing
from domain.times import list_position
from services.circle_pictures import agreed_in, check_tags, pictures_for
from services.context import Context
from services.groups import access_group, groups_of, members_of
from services.safety import ensure_may_speak, judge, may_speak

TOPICS_AN_HOUR = 30
_LIKES_LIMIT = 500  # nobody else fits into a circle


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle as one of those in it sees it now. `may_post`: put a topic into it."""

    seat: Seat
    may_post: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """A topic as one person sees it now; `withheld` counts the pictures that some family does not agree to (any
    more).
    """

    seat: Seat
    topic: Topic
    pictures: tuple[Picture, ...]

    @property
    def withheld(self) -> int:
        """How many pictures nobody sees."""
        return len(self.topic.pictures) - len(self.pictures)


@dataclass(frozen=True, slots=True)
class Page:
    """Topics, newest first; those this person does not see are left out. `next_position` is None at the end."""

    circle: Circle
    topics: tuple[Shown, ...]
    next_position: str | None


async def access_circle(ctx: Context, person_id: str, circle_id: str) -> Seat:
    """This person's place in a circle at this moment. Raises NotFoundError: absent and not theirs are the same."""
    circle_kind(circle_id)
    return await access_group(ctx, person_id, circle_id)


async def access_topic(ctx: Context, person_id: str, topic_id: str) -> tuple[Seat, Topic]:
    """A topic, for who is in its circle at this moment and sees it. Raises NotFoundError."""
    topic = await ctx.stores.circles.find(topic_id)
    if topic is None:
        raise NotFoundError
    seat = await access_circle(ctx, person_id, topic.circle_id)
    if not topic.is_seen_by(seat):
        raise NotFoundError
    return seat, topic


async def circles_of(ctx: Context, person_id: str) -> list[Circle]:
    """The circles that are theirs now, the classes' first."""
    seats = [s for s in await groups_of(ctx, person_id) if s.group.kind in CIRCLE_KINDS]
    return [await circle_of_seat(ctx, seat) for seat in seats]


async def circle_of_seat(ctx: Context, seat: Seat) -> Circle:
    """A circle with what its member may do there now."""
    speaks = may_open_topics(seat)
    return Circle(seat, speaks and await may_speak(ctx, seat.person_id, spot_of_circle(seat.group)))


async def topics_page(
    ctx: Context, person_id: str, circle_id: str, *, before: str | None = None, limit: int = 20
) -> Page:
    """A page of a circle. What it costs does not grow with what is behind it. Raises NotFoundError."""
    seat = await access_circle(ctx, person_id, circle_id)
    found = await ctx.stores.circles.page(
        seat.group.school_id, circle_id, before=before, at=ctx.now(), limit=limit + 1
    )
    topics = [t for t in found[:limit] if t.is_seen_by(seat)]
    agreed = await agreed_in(ctx, topics)
    return Page(
        await circle_of_seat(ctx, seat),
        tuple(Shown(seat, t, shown_pictures(t, agreed)) for t in topics),
        found[limit - 1].position if len(found) > limit else None,
    )


async def shown_to(ctx: Context, seat: Seat, topic: Topic) -> Shown:
    """A topic that somebody was let into."""
    return Shown(seat, topic, shown_pictures(topic, await agreed_in(ctx, [topic])))


async def post_topic(
    ctx: Context,
    person_id: str,
    circle_id: str,
    text: str,
    pictures: Sequence[tuple[str, Sequence[str]]],
    *,
    key: str,
) -> Shown:
    """Put something into a circle. The same key by the same person is the same topic, whatever dies in between.

    Durable with the insert into `topics`. Raises NotFoundError; InvalidError (`text`, `pictures`); ConflictError
    (`circle_read_only`); SilencedError; WordsRefusedError; TooManyError.
    """
    seat = await access_circle(ctx, person_id, circle_id)
    if not may_open_topics(seat):
        raise ConflictError("circle_read_only")
    held = topic_id(circle_id, person_id, key)
    before = await ctx.stores.circles.find(held)
    if before is None:
        draft = parse_topic(text, pictures, tags=seat.group.kind is GroupKind.CLASS)
        wait = await ctx.stores.limits.hit("topics", person_id, per_hour=TOPICS_AN_HOUR)
        if wait:
            raise TooManyError(wait)
        before = await _posted(ctx, seat, held, draft)
    if not before.is_seen_by(seat):
        raise NotFoundError
    return await shown_to(ctx, seat, before)


async def _posted(ctx: Context, seat: Seat, held: str, draft: Draft) -> Topic:
    spot, group = spot_of_circle(seat.group), seat.group
    await ensure_may_speak(ctx, seat.person_id, spot)
    await check_tags(ctx, seat, draft.student_ids)
    attached = await pictures_for(ctx, seat, draft, held)
    audience = await _audience(ctx, seat, held)
    now = ctx.now()
    topic = Topic(
        id=held,
        school_id=group.school_id,
        circle_id=group.id,
        class_id=spot.class_id,
        author_id=seat.person_id,
        author_name=seat.name,
        as_staff=seat.as_staff,
        text=draft.text,
        pictures=attached,
        student_ids=draft.student_ids,
        position=list_position(now, held),
        created_at=now,
        members=len(audience.members),
        children=len(audience.student_ids),
    )
    writing = writing_of(topic, decides=seat.as_staff and seat.leads)
    outcome = (await judge(ctx, writing)).accepted().outcome
    await ctx.stores.circles.keep_audience(audience)
    await ctx.stores.circles.insert(replace(topic, state=outcome))
    kept = await ctx.stores.circles.find(held)
    if kept is None:
        raise NotFoundError
    return kept


def writing_of(topic: Topic, *, decides: bool = False) -> Writing:
    """What is judged of a topic: its words, and its pictures."""
    return Writing(
        subject=Subject(Kind.TOPIC, topic.id),
        author=Author(topic.author_id, topic.author_name, decides),
        spot=spot_of_topic(topic),
        text=topic.text,
        file_ids=topic.files(),
    )


async def _audience(ctx: Context, seat: Seat, held: str) -> Audience:
    members = [m for m in await members_of(ctx, seat.group) if m.person_id != seat.person_id]
    return Audience(
        id=held,
        school_id=seat.group.school_id,
        members=tuple(
            Member(m.person_id, m.as_staff, tuple(w.student.id for w in m.children))
            for m in members
        ),
    )


async def open_topic(ctx: Context, person_id: str, topic_id: str) -> Shown:
    """A topic in full; opening it is reading it, the first time, for everybody but its author.

    Raises NotFoundError.
    """
    seat, topic = await access_topic(ctx, person_id, topic_id)
    if topic.is_shown and topic.author_id != person_id:
        await _record_read(ctx, topic, person_id)
        topic = await ctx.stores.circles.find(topic_id) or topic
    return await shown_to(ctx, seat, topic)


async def _record_read(ctx: Context, topic: Topic, person_id: str) -> None:
    """What is counted are the documents; the topic carries the numbers for lists."""
    key = read_id(topic.id, person_id)
    circles = ctx.stores.circles
    if await circles.find_read(key) is not None:
        return
    audience = await circles.audience(topic.id)
    counts = audience is not None and audience.has(person_id)
    await circles.record_read(
        Read(
            id=key,
            school_id=topic.school_id,
            topic_id=topic.id,
            person_id=person_id,
            at=ctx.now(),
            counts=counts,
        )
    )
    if audience is not None and counts:
        readers = {r.person_id for r in await circles.readers(topic.id) if r.counts}
        await circles.set_reads(topic.id, len(readers), len(audience.reached_by(readers)))


async def like_topic(ctx: Context, person_id: str, topic_id: str, *, liked: bool) -> Shown:
    """Like it, or take that back; twice is once. Also who may not write may do that. Raises NotFoundError."""
    seat, topic = await access_topic(ctx, person_id, topic_id)
    if not topic.is_shown:
        raise NotFoundError
    if not liked:
        await ctx.stores.circles.unlike(topic.id, person_id)
    elif len(topic.liked_by) < _LIKES_LIMIT:
        await ctx.stores.circles.like(topic.id, person_id)
    return await shown_to(ctx, seat, await ctx.stores.circles.find(topic_id) or topic)


async def delete_topic(ctx: Context, person_id: str, topic_id: str) -> None:
    """Its author takes it back: nobody sees it any more, its pictures and comments go. Twice is once.

    Durable with one write; a process that dies then leaves the rest to `tidy_topics`. Raises NotFoundError.
    """
    topic = await ctx.stores.circles.find(topic_id)
    if topic is None or topic.author_id != person_id:
        raise NotFoundError
    await access_circle(ctx, person_id, topic.circle_id)
    await ctx.stores.circles.mark_deleted(topic_id, ctx.now())
    await tidy_topic(ctx, topic)


async def tidy_topic(ctx: Context, topic: Topic) -> None:
    """What hangs on a deleted topic goes; that there was one stays, for the key it was posted with."""
    await ctx.stores.forgetting.drop_files(topic.files())
    await ctx.stores.circle_forgetting.drop_around([topic.id])
    await ctx.stores.circles.mark_tidy(topic.id)
