"""Threads and messages as the API and the socket show them, and how they are made of what the services return."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from domain.bridges import CarryState, how_far
from domain.files import FileKind
from domain.groups import GroupKind, Mode, Seat
from domain.messages import (
    FILE_LIMIT,
    MENTION_LIMIT,
    TEXT_LIMIT,
    CardKind,
    Folded,
    Mark,
    Message,
    MessageKind,
    MessageState,
    Via,
)
from domain.threads import FeedbackState, ThreadKind, ref_in, talk_id
from domain.urgent import REASON_LIMIT
from miniapp.endpoints import Number, Schema
from services.duty import Answering
from services.messages import Page
from services.threads import ThreadLine


class GroupOut(Schema):
    """A group of mine. `name` is empty where its kind says it all, or `nth` which one; `thread` is its open talk."""

    id: str
    kind: GroupKind
    name: str
    nth: int
    grade: int
    mode: Mode
    as_staff: bool
    leads: bool
    may_post: bool
    may_ask: bool
    thread: str


class FileOut(Schema):
    """A file of a message; asked for at the message's own address."""

    id: str
    kind: FileKind
    name: str
    size: int


class MessageOut(Schema):
    """A message. `seq` is its place in the thread: no number is left out. `author` stands for who said it, in this
    thread alone. What was taken back (`recalled`), I deleted for myself (`hidden`) or is still looked at says nothing.
    """

    thread: str
    seq: int
    id: str
    author: str
    name: str
    as_staff: bool
    at: datetime
    kind: MessageKind
    state: MessageState
    recalled: bool
    hidden: bool
    got: int
    praise: int
    text: str
    files: list[FileOut]
    link: str
    card: CardKind | None
    card_id: str
    reply_to: int
    mentions: list[str]
    all: bool
    via: Via | None
    urgent: str
    carried: CarryState | None


class ReaderOut(Schema):
    """How far one of the others has read a private thread."""

    who: str
    name: str
    seq: int


class ThreadOut(Schema):
    """A thread of mine. `me` is how I am named in it; `tail` the last number, `read` how far I have read.

    `mode` is how its group talks; `may_ask`: a question there that the other families don't see.
    `called`: something that I have not read calls me by name, or everybody.
    """

    id: str
    kind: ThreadKind
    group: str
    group_kind: GroupKind | None
    group_nth: int
    child_id: str
    title: str
    names: list[str]
    me: str
    as_staff: bool
    leads: bool
    may_post: bool
    mode: Mode | None
    may_ask: bool
    tail: int
    read: int
    unread: int
    called: bool
    last_at: datetime | None
    number: int
    state: FeedbackState | None
    due_at: datetime | None
    muted: bool


class DutyOut(Schema):
    """Who of the school's office answers: now, until `ends_at`; else from `starts_at` on."""

    name: str
    now: bool
    starts_at: datetime
    ends_at: datetime


class ThreadPage(Schema):
    """Messages in order. `before` asks for those before them, 0 at the beginning; `readers` in a private thread.

    `arrives_at`: in quiet hours, when the others are told of what is said now; `duty`: of feedback, who answers.
    `may_urge`, said of the newest page: I may say there that something is urgent. `late`: the numbers of messages that
    were shown after I had read past them; reading as far as I have tells that I have seen it.
    """

    items: list[MessageOut]
    tail: int
    read: int
    me: str
    may_post: bool
    before: int
    readers: list[ReaderOut]
    arrives_at: datetime | None
    duty: DutyOut | None
    may_urge: bool
    late: list[int]


class MessageIn(Schema):
    """What is said. `file_ids` from /files or /uploads; `mentions` are `author`s of this thread.

    `urgent_reason` makes it ring through quiet hours: for the school's office, in a group.
    """

    kind: MessageKind
    text: str = Field("", max_length=TEXT_LIMIT)
    file_ids: list[str] = Field(default_factory=list, max_length=FILE_LIMIT)
    link: str = Field("", max_length=500)
    card: CardKind | None = None
    card_id: str = Field("", max_length=64)
    reply_to: Number = 0
    mentions: list[str] = Field(default_factory=list, max_length=MENTION_LIMIT)
    all: bool = False
    urgent_reason: str = Field("", max_length=REASON_LIMIT)


class CountOut(Schema):
    """What a message counts now; `mark` is what was tapped, or what the words said came to."""

    seq: int
    mark: Mark
    got: int
    praise: int


def group_out(seat: Seat) -> GroupOut:
    """A group as its row."""
    group = seat.group
    return GroupOut(
        id=group.id,
        kind=group.kind,
        name=group.name,
        nth=group.nth,
        grade=group.grade,
        mode=group.mode,
        as_staff=seat.as_staff,
        leads=seat.leads,
        may_post=seat.may_post,
        may_ask=seat.may_ask,
        thread=talk_id(group.id),
    )


def message_out(message: Message, person_id: str, *, hidden: bool = False) -> MessageOut:
    """A message as this person sees it."""
    seen = message.is_seen_by(person_id) and not hidden
    files = [
        FileOut(id=f.file_id, kind=f.kind, name=f.name, size=f.size_bytes) for f in message.files
    ]
    return MessageOut(
        thread=message.thread_id,
        seq=message.seq,
        id=message.id,
        author=ref_in(message.thread_id, message.author_id),
        name=message.author_name,
        as_staff=message.as_staff,
        at=message.at,
        kind=message.kind,
        state=message.state,
        recalled=message.recalled_at is not None,
        hidden=hidden,
        got=message.got,
        praise=message.praise,
        text=message.text if seen else "",
        files=files if seen else [],
        link=message.link if seen else "",
        card=message.card if seen else None,
        card_id=message.card_id if seen else "",
        reply_to=message.reply_to,
        mentions=[ref_in(message.thread_id, p) for p in message.mentions] if seen else [],
        all=message.all and seen,
        via=message.via,
        urgent=message.urgent if seen else "",
        carried=how_far(message.carry),
    )


def thread_out(line: ThreadLine) -> ThreadOut:
    """A thread as its row; of a private one the others are named."""
    thread, place, group = line.thread, line.place, line.audience.group
    others = [p for p in line.audience.places.values() if p.person_id != place.person_id]
    return ThreadOut(
        id=thread.id,
        kind=thread.kind,
        group=group.name if group else "",
        group_kind=group.kind if group else None,
        group_nth=group.nth if group else 0,
        child_id=thread.student_id,
        title=thread.title,
        names=[p.name for p in others] if thread.is_private else [],
        me=line.audience.ref(place.person_id),
        as_staff=place.as_staff,
        leads=place.leads,
        may_post=place.may_post,
        mode=group.mode if group else None,
        may_ask=place.may_ask,
        tail=thread.tail,
        read=line.mark.read_seq if line.mark else 0,
        unread=line.unread,
        called=line.called,
        last_at=thread.last_at,
        number=thread.number,
        state=thread.state,
        due_at=thread.due_at,
        muted=line.mark is not None and line.mark.muted,
    )


def page_out(
    page: Page,
    *,
    arrives_at: datetime | None = None,
    answering: Answering | None = None,
    may_urge: bool = False,
) -> ThreadPage:
    """A page of a thread."""
    person_id, places = page.place.person_id, page.audience.places
    first = page.messages[0].seq if page.messages else 1
    return ThreadPage(
        items=[message_out(m, person_id, hidden=m.seq in page.hidden) for m in page.messages],
        tail=page.tail,
        read=page.mark.read_seq if page.mark else 0,
        me=page.audience.ref(person_id),
        may_post=page.place.may_post,
        before=first if first > 1 else 0,
        readers=[
            ReaderOut(who=page.audience.ref(p), name=places[p].name, seq=seq)
            for p, seq in page.read_by.items()
            if p in places
        ],
        arrives_at=arrives_at,
        duty=_duty_out(answering),
        may_urge=may_urge,
        late=list(page.late),
    )


def _duty_out(answering: Answering | None) -> DutyOut | None:
    shift = answering and (answering.now or answering.next)
    if answering is None or not shift:
        return None
    return DutyOut(
        name=shift.name,
        now=answering.now is not None,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
    )


def count_out(folded: Folded) -> CountOut:
    """A count as its row."""
    return CountOut(seq=folded.seq, mark=folded.mark, got=folded.got, praise=folded.praise)
