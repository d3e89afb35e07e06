"""Circles (圈): each class has one (班级圈), each school two for teaching research (教研圈).

A circle is not stored: it is a class's group or a research group seen as a place for pictures and talk, so who is in
it follows from roles and bindings as they are at that moment (`domain.groups`). Nobody gets points for any of it:
what is counted (R13-R16) is work already done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.errors import InvalidError, NotFoundError, Problem
from domain.groups import Group, GroupKind, Seat, parse_group_id
from domain.messages import clean_text
from domain.notices import Attachment, checked_text
from domain.safety import Outcome, Spot

PICTURE_LIMIT = 9
COMMENT_LIMIT = 500
MOST_COMMENTS = 500  # of one topic, those that are hidden or looked at among them
MOST_EMPTY = 500  # deleted ones that gave their place back; whoever goes on so uses the places up
TAG_LIMIT = 60  # children in one picture: a whole class
CIRCLE_KINDS = frozenset({GroupKind.CLASS, GroupKind.RESEARCH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a topic. `student_ids` are the children in it, as its author says; it is shown while all of their
    families agree."""

    file: Attachment
    student_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a topic and a comment have in common: who wrote it where, and who sees it."""

    id: str
    school_id: str
    circle_id: str
    author_id: str
    author_name: str
    as_staff: bool
    text: str
    position: str
    state: Outcome = Outcome.PASS
    hidden_at: datetime | None = None
    hidden_why: str = ""
    deleted_at: datetime | None = None

    @property
    def is_shown(self) -> bool:
        """Whether everybody in the circle sees it."""
        return self.state is Outcome.PASS and self.hidden_at is None and self.deleted_at is None

    def is_seen_by(self, seat: Seat) -> bool:
        """Whether somebody in the circle sees it: who wrote it also while it is checked, they and who leads the
        circle also once it is hidden."""
        if self.is_shown:
            return True
        if self.deleted_at is not None:
            return False
        if self.author_id == seat.person_id:
            return True
        return self.state is Outcome.PASS and seat.leads


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic(Said):
    """What somebody put into a circle.

    `members` are those who were in the circle when it was posted, without its author, `children` the children they
    are guardians of; `reads` and `reached` say how many of them have read it, or are reached by one who has.
    `replies` are the comments that are not its author's own; `tally` counts how often they were counted.
    `untidy_since`: it was deleted then, and its pictures and comments are still to go.
    """

    class_id: str
    pictures: tuple[Picture, ...]
    student_ids: tuple[str, ...]
    created_at: datetime
    members: int
    children: int
    reads: int = 0
    reached: int = 0
    liked_by: tuple[str, ...] = ()
    comments: int = 0
    replies: int = 0
    tally: int = 0
    untidy_since: datetime | None = None

    def files(self) -> tuple[str, ...]:
        """Its pictures, by id."""
        return tuple(p.file.file_id for p in self.pictures)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Said):
    """A word to a topic. A deleted one is an empty line, so that the same key makes no second one of it.

    `place`: which of the topic's places it takes (`MOST_COMMENTS`), 0 for none: of a deleted one there may be a line
    without, under a name of its own, once its place was wanted. It says nothing of the order.
    """

    topic_id: str
    at: datetime
    place: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Somebody opened a topic for the first time. `counts`: they were in the circle when it was posted."""

    id: str
    school_id: str
    topic_id: str
    person_id: str
    at: datetime
    counts: bool


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who was in a circle when a topic was posted, and the children they were there for."""

    person_id: str
    as_staff: bool
    student_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Who was in the circle when a topic was posted, without its author: of whom reads are counted."""

    id: str
    school_id: str
    members: tuple[Member, ...]

    @property
    def student_ids(self) -> frozenset[str]:
        """The children whose guardians they are."""
        return frozenset(s for m in self.members for s in m.student_ids)

    def has(self, person_id: str) -> bool:
        """Whether they were in it."""
        return any(m.person_id == person_id for m in self.members)

    def reached_by(self, readers: Collection[str]) -> frozenset[str]:
        """The children of whom at least one guardian is among the readers."""
        return frozenset(s for m in self.members if m.person_id in readers for s in m.student_ids)


@dataclass(frozen=True, slots=True)
class Draft:
    """A checked topic, not yet looked up in the store: words, and pictures with the children in them."""

    text: str
    pictures: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def file_ids(self) -> tuple[str, ...]:
        """Its pictures."""
        return tuple(file_id for file_id, _ in self.pictures)

    @property
    def student_ids(self) -> tuple[str, ...]:
        """All children in them."""
        return tuple(sorted({s for _, students in self.pictures for s in students}))


def circle_kind(circle_id: str) -> GroupKind:
    """What kind of circle an id names. Raises NotFoundError for what is none."""
    kind, _, _ = parse_group_id(circle_id)
    if kind not in CIRCLE_KINDS:
        raise NotFoundError
    return kind


def topic_id(circle_id: str, person_id: str, key: str) -> str:
    """The same key by the same person in the same circle is the same topic."""
    return hashlib.sha256(f"topic|{circle_id}|{person_id}|{key}".encode()).hexdigest()[:32]


def comment_id(topic: str, person_id: str, key: str) -> str:
    """The same key by the same person to the same topic is the same comment."""
    return hashlib.sha256(f"comment|{topic}|{person_id}|{key}".encode()).hexdigest()[:32]


def read_id(topic: str, person_id: str) -> str:
    """Once a person."""
    return f"{topic}:{person_id}"


def may_comment(seat: Seat) -> bool:
    """Whether they may write there at all: who is bound to a child for reading alone reads alone."""
    return seat.as_staff or any(w.binding.may_confirm for w in seat.children)


def may_open_topics(seat: Seat) -> bool:
    """Whether they may put topics into it: where a group is there for announcements alone, those of the school do."""
    return may_comment(seat) and (seat.may_post or seat.may_ask)


def spot_of_circle(group: Group) -> Spot:
    """A circle as a room: what is its class's is its head teacher's to decide, all else the office's."""
    class_id = group.class_ids[0] if group.kind is GroupKind.CLASS else ""
    return Spot(group.school_id, class_id, room=f"circle:{group.id}")


def spot_of_topic(topic: Topic) -> Spot:
    """A topic as a room: it can be frozen by itself."""
    return Spot(topic.school_id, topic.class_id, room=f"topic:{topic.id}")


def parse_topic(text: str, pictures: Sequence[tuple[str, Sequence[str]]], *, tags: bool) -> Draft:
    """What somebody wants to put into a circle → a draft. Raises InvalidError (`text`, `pictures`).

    `tags`: children may be in its pictures; elsewhere than in their class's circle they may not.
    """
    problems: dict[str, Problem] = {}
    said = clean_text(text, problems)
    chosen: dict[str, tuple[str, ...]] = {}
    for file_id, students in pictures:
        chosen[file_id] = tuple(sorted({*chosen.get(file_id, ()), *students}))
    if len(chosen) > PICTURE_LIMIT:
        problems["pictures"] = Problem("too_many", PICTURE_LIMIT)
    elif any(len(students) > TAG_LIMIT for students in chosen.values()):
        problems["pictures"] = Problem("too_many", TAG_LIMIT)
    elif not tags and any(chosen.values()):
        problems["pictures"] = Problem("no_children_here")
    if not said and not chosen and "text" not in problems:
        problems["text"] = Problem("missing")
    if problems:
        raise InvalidError(problems)
    return Draft(said, tuple(chosen.items()))


def parse_comment(text: str) -> str:
    """A comment's words. Raises InvalidError (`text`)."""
    problems: dict[str, Problem] = {}
    said = checked_text({"text": text}, "text", COMMENT_LIMIT, problems)
    if problems:
        raise InvalidError(problems)
    return said


def tally_of(topic: Topic, comments: Sequence[Comment]) -> tuple[int, int]:
    """How many comments everybody sees, and how many of those are not the author's own (R16)."""
    shown = [c for c in comments if c.is_shown]
    return len(shown), sum(c.author_id != topic.author_id for c in shown)


def shown_pictures(topic: Topic, agreed: Collection[str]) -> tuple[Picture, ...]:
    """The pictures that may be shown now; `agreed` are the children whose families agree."""
    return tuple(p for p in topic.pictures if all(s in agreed for s in p.student_ids))
