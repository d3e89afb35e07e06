"""Circles as the API shows them, and how they are made of what the services return."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from pydantic import Field

import domain.circles
from domain.circles import COMMENT_LIMIT, PICTURE_LIMIT, TAG_LIMIT
from domain.files import StoredFile
from domain.groups import GroupKind, Seat
from domain.messages import TEXT_LIMIT
from domain.safety import Outcome
from domain.threads import ref_in
from miniapp.endpoints import Schema
from services.circle_evidence import Evidence
from services.circles import Circle, Shown

_WHY = 200


class OwnCircle(Schema):
    """A circle of mine. `name` is empty where its kind says it all; `number` tells a school's two research circles
    apart.

    `may_post`: put a topic into it; `leads`: hide what does not belong there.
    """

    id: str
    kind: GroupKind
    name: str
    number: int
    as_staff: bool
    leads: bool
    may_post: bool


class CircleList(Schema):
    """The circles that are mine now, the classes' first."""

    items: list[OwnCircle]


class TopicPicture(Schema):
    """A picture, asked for at /files/{file_id}?topic=…; `child_ids`: of the children in it, whom I may know of."""

    file_id: str
    width: int | None
    height: int | None
    child_ids: list[str]


class TopicOut(Schema):
    """A topic. `state` is `pass` where everybody in the circle sees it; what is checked or held, its author alone does.

    `hidden`: who leads the circle took it out of sight, and why. `withheld`: so many pictures a family does not
    agree to any more. `reads` of `members`, without the author; `reached` of `children`: by at least one guardian.
    `comments` are those that everybody sees, `replies` of them not the author's own.
    """

    id: str
    circle: str
    author: str
    name: str
    as_staff: bool
    own: bool
    at: datetime
    text: str
    pictures: list[TopicPicture]
    withheld: int
    state: Outcome
    hidden: bool
    hidden_why: str
    members: int
    reads: int
    children: int
    reached: int
    likes: int
    liked: bool
    comments: int
    replies: int


class TopicList(Schema):
    """A page of a circle, newest first. A page may be short, or empty, and not the last: `next_cursor` says so."""

    circle: OwnCircle
    items: list[TopicOut]
    next_cursor: str | None


class TopicDetail(Schema):
    """A topic in full."""

    topic: TopicOut
    circle: OwnCircle
    may_comment: bool


class TopicPictureIn(Schema):
    """A picture of mine, and the children in it."""

    file_id: str = Field(min_length=1, max_length=64)
    child_ids: list[str] = Field(default_factory=list, max_length=TAG_LIMIT)


class TopicIn(Schema):
    """What is put into a circle: words, pictures, or both."""

    text: str = Field("", max_length=TEXT_LIMIT)
    pictures: list[TopicPictureIn] = Field(default_factory=list, max_length=PICTURE_LIMIT)


class TopicCommentOut(Schema):
    """A comment; `state` and `hidden` as of a topic."""

    id: str
    author: str
    name: str
    as_staff: bool
    own: bool
    at: datetime
    text: str
    state: Outcome
    hidden: bool
    hidden_why: str


class TopicCommentList(Schema):
    """Comments, the oldest first. A page may be short and not the last."""

    items: list[TopicCommentOut]
    next_cursor: str | None


class TopicCommentIn(Schema):
    """What I say to it."""

    text: str = Field(min_length=1, max_length=COMMENT_LIMIT)


class OrderIn(Schema):
    """Why it is out of sight, or nobody writes there; its author is told that."""

    why: str = Field(min_length=1, max_length=_WHY)


class TaggableOut(Schema):
    """A child whom I may say to be in a picture; `agrees`: its family lets the class see it."""

    id: str
    name: str
    agrees: bool


class TaggableList(Schema):
    """The children whom I may say to be in a picture."""

    items: list[TaggableOut]


class TopicReaderOut(Schema):
    """Who was in the circle when it was posted, or has read it since (`counts` false). An empty name has left."""

    name: str
    as_staff: bool
    read_at: datetime | None
    counts: bool


class TopicChildOut(Schema):
    """A child, and whether one of its guardians has read it."""

    name: str
    reached: bool


class TopicWriterOut(Schema):
    """How many comments somebody wrote; the author's own do not count."""

    name: str
    comments: int
    counts: bool


class TopicEvidence(Schema):
    """What a topic's figures stand on."""

    topic: TopicOut
    readers: list[TopicReaderOut]
    children: list[TopicChildOut]
    likes: list[str]
    writers: list[TopicWriterOut]


def circle_out(circle: Circle) -> OwnCircle:
    """A circle as its row."""
    seat, group = circle.seat, circle.seat.group
    last = group.id.rpartition(":")[2]
    return OwnCircle(
        id=group.id,
        kind=group.kind,
        name=group.name,
        number=int(last) if group.kind is GroupKind.RESEARCH else 0,
        as_staff=seat.as_staff,
        leads=seat.as_staff and seat.leads,
        may_post=circle.may_post,
    )


def topic_out(shown: Shown, stored: Mapping[str, StoredFile]) -> TopicOut:
    """A topic as this person sees it; `stored` are the records of its pictures by id."""
    topic, seat = shown.topic, shown.seat
    return TopicOut(
        id=topic.id,
        circle=topic.circle_id,
        author=ref_in(topic.circle_id, topic.author_id),
        name=topic.author_name,
        as_staff=topic.as_staff,
        own=topic.author_id == seat.person_id,
        at=topic.created_at,
        text=topic.text,
        pictures=[_picture(seat, p, stored.get(p.file.file_id)) for p in shown.pictures],
        withheld=shown.withheld,
        state=topic.state,
        hidden=topic.hidden_at is not None,
        hidden_why=topic.hidden_why,
        members=topic.members,
        reads=topic.reads,
        children=topic.children,
        reached=topic.reached,
        likes=len(topic.liked_by),
        liked=seat.person_id in topic.liked_by,
        comments=topic.comments,
        replies=topic.replies,
    )


def _picture(seat: Seat, picture: domain.circles.Picture, file: StoredFile | None) -> TopicPicture:
    own = {w.student.id for w in seat.children}
    return TopicPicture(
        file_id=picture.file.file_id,
        width=(file.width or None) if file else None,
        height=(file.height or None) if file else None,
        child_ids=[s for s in picture.student_ids if seat.as_staff or s in own],
    )


def comment_out(comment: domain.circles.Comment, seat: Seat) -> TopicCommentOut:
    """A comment as this person sees it."""
    return TopicCommentOut(
        id=comment.id,
        author=ref_in(comment.circle_id, comment.author_id),
        name=comment.author_name,
        as_staff=comment.as_staff,
        own=comment.author_id == seat.person_id,
        at=comment.at,
        text=comment.text,
        state=comment.state,
        hidden=comment.hidden_at is not None,
        hidden_why=comment.hidden_why,
    )


def evidence_out(found: Evidence, topic: TopicOut) -> TopicEvidence:
    """What the figures stand on."""
    return TopicEvidence(
        topic=topic,
        readers=[
            TopicReaderOut(name=r.name, as_staff=r.as_staff, read_at=r.read_at, counts=r.counts)
            for r in found.readers
        ],
        children=[
            TopicChildOut(name=c.student.name if c.student else "", reached=c.reached)
            for c in found.children
        ],
        likes=list(found.likes),
        writers=[
            TopicWriterOut(name=w.name, comments=w.comments, counts=w.counts) for w in found.writers
        ],
    )
