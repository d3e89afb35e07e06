"""A conversation (会话): a group's talk, a question in it that the others don't see, one about a child, or feedback.

Guardians never have one among themselves: each has somebody of the school in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.groups import Group, Mode
from domain.roles import Role

TITLE_LIMIT = 40
HIDDEN_LIMIT = 500  # messages somebody deleted for themselves, in one thread
STAFF_LIMIT = 5  # colleagues who have answered in one private thread
CALLED_LIMIT = 20  # calls by @ that are remembered for one person in one thread, and of all in one
FEEDBACK_DAYS = 5  # within which the office answers, where the school says nothing else


class ThreadKind(StrEnum):
    """Who talks with whom."""

    TALK = "talk"  # what all of a group see
    QUESTION = "question"  # a guardian's question to those who teach, in a group
    CHILD = "child"  # a teacher and the guardians of one child
    FEEDBACK = "feedback"  # 意见反馈: a guardian and the school's office


class FeedbackState(StrEnum):
    """Where feedback stands."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Call:
    """A message that is for somebody. Whether it still is, is for the message to say: it may be taken back."""

    seq: int
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A conversation. `tail` is the number of its last message as far as the thread has heard; messages know better.

    `person_id` is the guardian whose question or feedback it is; `staff_ids` who of the school is in it, the one
    who has it now last. `number` counts the feedback of a school. `called`: the last messages that call everybody.
    """

    id: str
    school_id: str
    kind: ThreadKind
    created_at: datetime
    group_id: str = ""
    student_id: str = ""
    person_id: str = ""
    staff_ids: tuple[str, ...] = ()
    title: str = ""
    tail: int = 0
    last_at: datetime | None = None
    number: int = 0
    state: FeedbackState | None = None
    due_at: datetime | None = None
    called: tuple[Call, ...] = ()

    @property
    def is_private(self) -> bool:
        """Whether it is between a family and the school, and not a group's."""
        return self.kind is not ThreadKind.TALK


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMark:
    """How far one person has read a thread, what of it they deleted for themselves, whether it rings for them, when
    they last wrote in it by way of the official account, the last messages that call them, and those that were shown
    only after they had read past them (`late`), until they read again."""

    id: str
    school_id: str
    thread_id: str
    person_id: str
    read_seq: int = 0
    read_at: datetime | None = None
    hidden: tuple[int, ...] = ()
    muted: bool = False
    account_at: datetime | None = None
    called: tuple[Call, ...] = ()
    late: tuple[Call, ...] = ()

    def has_read(self, seq: int) -> bool:
        """Whether they have read the message of this number as it is now."""
        return seq <= self.read_seq and all(one.seq != seq for one in self.late)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Somebody's place in a thread, at this moment. `until` is when it ends by time alone.

    `may_ask`: in a group's talk, a question that the others don't see.
    """

    person_id: str
    name: str
    as_staff: bool
    leads: bool
    may_post: bool
    role: Role | None = None
    until: datetime | None = None
    may_ask: bool = False


def talk_id(group_id: str) -> str:
    """The thread of what all of a group see."""
    return f"{ThreadKind.TALK}:{group_id}"


def question_id(group_id: str, person_id: str) -> str:
    """A guardian's thread with those who teach, in a group."""
    return f"{ThreadKind.QUESTION}:{group_id}:{ref_in(group_id, person_id)}"


def child_thread_id(student_id: str, teacher_id: str) -> str:
    """The thread of one teacher and one child's guardians, by who began it."""
    return f"{ThreadKind.CHILD}:{student_id}:{ref_in(student_id, teacher_id)}"


def feedback_id(school_id: str, person_id: str, key: str) -> str:
    """Feedback: the same key by the same person is the same."""
    digest = hashlib.sha256(f"{person_id}|{key}".encode()).hexdigest()[:24]
    return f"{ThreadKind.FEEDBACK}:{school_id}:{digest}"


def ref_in(place_id: str, person_id: str) -> str:
    """How a person is named to other devices in one thread or group: it leads to nobody anywhere else."""
    return hashlib.sha256(f"{place_id}|{person_id}".encode()).hexdigest()[:16]


def mark_id(thread_id: str, person_id: str) -> str:
    """One person and one thread."""
    return f"{thread_id}|{person_id}"


def unread_calls(thread: Thread, mark: ThreadMark | None) -> list[Call]:
    """Calls of them, or of everybody, that this person has not read, but for what they deleted."""
    if mark is None:
        return list(thread.called)
    calls = [*thread.called, *mark.called]
    return [c for c in calls if not mark.has_read(c.seq) and c.seq not in mark.hidden]


def late_messages(mark: ThreadMark | None) -> list[Call]:
    """What was shown behind this person's back, but for what they deleted."""
    return [one for one in mark.late if one.seq not in mark.hidden] if mark else []


def thread_of_group(group: Group, at: datetime) -> Thread:
    """A group's talk, as it is before anybody has said anything."""
    return Thread(
        id=talk_id(group.id),
        school_id=group.school_id,
        kind=ThreadKind.TALK,
        group_id=group.id,
        created_at=at,
    )


def answers_questions(group: Group) -> bool:
    """Whether guardians ask in this group unseen by the others."""
    return group.guardians and group.mode is Mode.QUESTIONS


def due_after(at: datetime, days: int = FEEDBACK_DAYS) -> datetime:
    """Until when feedback of this moment is to be answered."""
    return at + timedelta(days=days)
