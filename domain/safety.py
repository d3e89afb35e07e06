"""What people write where others read it (内容安全): who says what where, and whether it may be shown.

A `Subject` is the thing that holds the words; its kind says which room of the program keeps it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum

from domain.errors import YanshuError


class Scene(IntEnum):
    """Where something is said, in WeChat's words (msg_sec_check and media_check_async, `scene`)."""

    PROFILE = 1  # 资料
    COMMENT = 2  # 评论
    FORUM = 3  # 论坛
    DIARY = 4  # 社交日志


class Kind(StrEnum):
    """What a subject is. A value that was ever stored is never renamed or taken away."""

    MESSAGE = "message"  # in a group or a thread
    PEER_COMMENT = "peer_comment"  # of a virtual class (互评)
    QUESTION = "question"  # of a virtual class, and its answers
    RESOURCE = "resource"  # what a teacher says of a file for lessons
    TOPIC = "topic"  # of a circle
    TOPIC_COMMENT = "topic_comment"


SCENES: dict[Kind, Scene] = {
    Kind.MESSAGE: Scene.DIARY,
    Kind.PEER_COMMENT: Scene.COMMENT,
    Kind.QUESTION: Scene.FORUM,
    Kind.RESOURCE: Scene.DIARY,
    Kind.TOPIC: Scene.FORUM,
    Kind.TOPIC_COMMENT: Scene.COMMENT,
}


class Outcome(StrEnum):
    """Whether something may be shown."""

    PASS = "pass"  # noqa: S105 - to everybody who is there
    CHECKING = "checking"  # to its author alone, until WeChat has looked at its pictures
    HOLD = "hold"  # to its author alone, until a person has decided
    REFUSE = "refuse"  # to nobody


def stricter(*verdicts: Verdict) -> Verdict:
    """The one that counts where several have a say: the first of the strictest."""
    return max(verdicts, key=lambda v: list(Outcome).index(v.outcome))


def strictest(outcomes: Iterable[Outcome]) -> Outcome:
    """What holds where several have a say; with nobody to say anything it passes."""
    return max(outcomes, key=list(Outcome).index, default=Outcome.PASS)


class Reason(StrEnum):
    """Why something is not simply shown."""

    WORDS = "words"  # a word of a list
    WECHAT = "wechat"  # WeChat says so
    PICTURE = "picture"  # WeChat says so of a picture
    UNCHECKED = "unchecked"  # WeChat did not say anything about a picture in time
    REPORTED = "reported"  # somebody who read it asked (举报)


class WordsRefusedError(YanshuError):
    """What was written is not taken: it goes back to whoever wrote it, and nothing of it is kept."""

    code = "words_refused"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found; `reason` is None where nothing was, `label` WeChat's word for it."""

    outcome: Outcome
    reason: Reason | None = None
    label: int = 0

    def accepted(self) -> Verdict:
        """Itself, if the words are to be kept at all. Raises WordsRefusedError."""
        if self.outcome is Outcome.REFUSE:
            raise WordsRefusedError
        return self


PASSED = Verdict(Outcome.PASS)


@dataclass(frozen=True, slots=True)
class Author:
    """Who says something, and how others see them called.

    `decides`: they may decide there themselves (`Right.MODERATE`), so that no list holds back what they say.
    """

    person_id: str
    name: str
    decides: bool = False


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is said.

    `class_id` is empty for what belongs to the school as a whole. `room` names the one group, thread or topic, over
    all kinds (`thread:…`, `topic:…`): what can be frozen; empty where there is none.
    """

    school_id: str
    class_id: str = ""
    room: str = ""

    def scopes(self) -> tuple[Spot, ...]:
        """The spot and what it lies in, the narrowest first."""
        wider = [Spot(self.school_id)]
        if self.class_id:
            wider.insert(0, Spot(self.school_id, self.class_id))
        return (self, *wider) if self.room else tuple(wider)

    def key(self) -> str:
        """One text for a spot: a room's name is enough within its school."""
        if self.room:
            return f"{self.school_id}:room:{self.room}"
        return f"{self.school_id}:class:{self.class_id}" if self.class_id else self.school_id


@dataclass(frozen=True, slots=True)
class Subject:
    """The thing that holds the words. Its id is never used again for other words: an edited text is another subject."""

    kind: Kind
    id: str

    @property
    def review_id(self) -> str:
        """It is reviewed once: the key says so."""
        return f"{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What one person says in one place: what is judged before it is shown, and shown to whoever decides.

    `file_ids` are its pictures.
    """

    subject: Subject
    author: Author
    spot: Spot
    text: str
    file_ids: tuple[str, ...] = ()


class SilencedError(YanshuError):
    """They may not speak there: `muted` themselves, or it is `frozen` for everybody; `until` where that is known."""

    def __init__(self, silence: Silence) -> None:
        self.code = "muted" if silence.person_id else "frozen"
        self.until = silence.until
        super().__init__(self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """One person who may not speak (禁言), or a room in which nobody may (冻结): `person_id` is empty then.

    It ends at `until`; one without ends when somebody takes it back.
    """

    id: str
    school_id: str
    class_id: str
    room: str
    person_id: str
    by: str
    by_name: str
    reason: str
    at: datetime
    until: datetime | None = None
    person_name: str = ""

    def holds(self, at: datetime) -> bool:
        """Whether it counts at `at`."""
        return self.until is None or at < self.until


def silence_id(spot: Spot, person_id: str = "") -> str:
    """One person is silenced once at a spot, and a room frozen once."""
    return f"{spot.key()}:{person_id or 'all'}"
