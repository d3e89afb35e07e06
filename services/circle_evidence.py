"""What the figures of a topic stand on (R15, R16): who was in the circle when it was posted, who of them has read it,
who liked it, and whose comments count. For those of the school who are in the circle; nobody is ranked by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from domain.circles import Topic
from domain.errors import NotFoundError
from domain.schools import Student
from services.circles import access_topic
from services.context import Context
from services.groups import members_of


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who was in the circle when the topic was posted, or has read it since; an empty name: they have left.

    `counts`: they were there then.
    """

    name: str
    as_staff: bool
    read_at: datetime | None
    counts: bool


@dataclass(frozen=True, slots=True)
class Reached:
    """A child whose guardians were there, and whether one of them has read it."""

    student: Student | None
    reached: bool


@dataclass(frozen=True, slots=True)
class Writer:
    """How many comments somebody wrote; the author's own do not count."""

    name: str
    comments: int
    counts: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a topic's figures stand on."""

    topic: Topic
    readers: tuple[Reader, ...]
    children: tuple[Reached, ...]
    likes: tuple[str, ...]
    writers: tuple[Writer, ...]


async def evidence_of(ctx: Context, person_id: str, topic_id: str) -> Evidence:
    """Everything behind a topic's figures, for staff in its circle. Raises NotFoundError."""
    seat, topic = await access_topic(ctx, person_id, topic_id)
    if not seat.as_staff:
        raise NotFoundError
    here = {m.person_id: m for m in await members_of(ctx, seat.group)}
    names = {key: seat.name for key, seat in here.items()}
    comments = await ctx.stores.circle_comments.of_topic(topic.id)
    said = Counter(c.author_id for c in comments if c.is_shown)
    written = {c.author_id: c.author_name for c in comments}
    return Evidence(
        topic,
        await _readers(ctx, topic, names),
        await _children(ctx, topic),
        tuple(sorted(names.get(p, "") for p in topic.liked_by)),
        tuple(Writer(written[p], count, p != topic.author_id) for p, count in said.most_common()),
    )


async def _readers(ctx: Context, topic: Topic, names: Mapping[str, str]) -> tuple[Reader, ...]:
    audience = await ctx.stores.circles.audience(topic.id)
    members = audience.members if audience else ()
    read = {r.person_id: r for r in await ctx.stores.circles.readers(topic.id)}
    then = [
        Reader(
            names.get(m.person_id, ""),
            m.as_staff,
            read[m.person_id].at if m.person_id in read else None,
            counts=True,
        )
        for m in members
    ]
    later = [
        Reader(names.get(r.person_id, ""), as_staff=False, read_at=r.at, counts=False)
        for r in read.values()
        if not r.counts
    ]
    return tuple(sorted(then, key=lambda r: (r.read_at is None, not r.as_staff, r.name)) + later)


async def _children(ctx: Context, topic: Topic) -> tuple[Reached, ...]:
    audience = await ctx.stores.circles.audience(topic.id)
    if audience is None:
        return ()
    readers = {r.person_id for r in await ctx.stores.circles.readers(topic.id) if r.counts}
    reached = audience.reached_by(readers)
    students = await ctx.stores.schools.students(audience.student_ids)
    lines = [Reached(students.get(s), s in reached) for s in audience.student_ids]
    return tuple(sorted(lines, key=lambda c: (c.reached, c.student.number if c.student else 0)))
