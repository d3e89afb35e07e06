"""Local resources (校本资源): what teachers made for lessons, filed by textbook, and the three levels that review it.

School, district and city each have a library. What a level has allowed stands in its library, in the version that it
has seen; `promoted` upwards it waits at the next one. A resource is a handful of versions, where each of them stands,
what it waits for, and every step that was ever taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.chapters import chapter_key
from domain.files import FileKind
from domain.regions import Region, RegionLevel
from domain.safety import Outcome


class Kind(StrEnum):
    """What it is (R37: eight kinds)."""

    PLAN = "plan"  # 教学设计
    SLIDES = "slides"  # 课件
    GUIDE = "guide"  # 学案
    MATERIAL = "material"  # 素材
    EXERCISE = "exercise"  # 习题
    PAPER = "paper"  # 试卷
    VIDEO = "video"  # 微课
    RESEARCH = "research"  # 教研成果


class Library(StrEnum):
    """The four libraries (R39) that kinds belong to."""

    PREPARATION = "preparation"  # 备课
    EXERCISES = "exercises"  # 习题
    LESSONS = "lessons"  # 课程
    RESEARCH = "research"  # 教研


LIBRARIES: dict[Library, tuple[Kind, ...]] = {
    Library.PREPARATION: (Kind.PLAN, Kind.SLIDES, Kind.GUIDE, Kind.MATERIAL),
    Library.EXERCISES: (Kind.EXERCISE, Kind.PAPER),
    Library.LESSONS: (Kind.VIDEO,),
    Library.RESEARCH: (Kind.RESEARCH,),
}


class Claim(StrEnum):
    """By which right somebody gives it to others (版权声明)."""

    OWN = "own"  # 本人原创
    SCHOOL = "school"  # 本校集体创作
    LICENSED = "licensed"  # 已获授权: by whom has to be said
    OPEN = "open"  # 开放许可: which one has to be said


SAYS_WHENCE = frozenset({Claim.LICENSED, Claim.OPEN})


class Tier(StrEnum):
    """The three levels of review, from below."""

    SCHOOL = "school"
    DISTRICT = "district"
    CITY = "city"


# How long a level may take; after that it is shown as late, and its reviewers are reminded once.
REVIEW_TIME = {
    Tier.SCHOOL: timedelta(days=7),
    Tier.DISTRICT: timedelta(days=14),
    Tier.CITY: timedelta(days=14),
}
_OF_REGION = {RegionLevel.DISTRICT: Tier.DISTRICT, RegionLevel.CITY: Tier.CITY}


@dataclass(frozen=True, slots=True)
class Rung:
    """One level at one place: who reviews, and whose library it is."""

    tier: Tier
    place_id: str


def ladder(school_id: str, regions: Iterable[Region]) -> tuple[Rung, ...]:
    """The levels above a school, itself first. A city without districts is the second one; a province is none."""
    found = {_OF_REGION[r.level]: r.id for r in regions if r.level in _OF_REGION}
    return (
        Rung(Tier.SCHOOL, school_id),
        *(Rung(tier, found[tier]) for tier in (Tier.DISTRICT, Tier.CITY) if tier in found),
    )


def rung_of(region: Region) -> Rung | None:
    """A region's own level; None for a province."""
    tier = _OF_REGION.get(region.level)
    return Rung(tier, region.id) if tier else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of it; `sha256` of the bytes as they are stored."""

    file_id: str
    kind: FileKind
    name: str
    size_bytes: int
    sha256: str
    seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What its author says of it, and its files. `book_id`, `edition` and `volume` are empty where it follows no book.

    `open`: pupils and families may see it too.
    """

    kind: Kind
    title: str
    summary: str
    claim: Claim
    whence: str
    grade: int
    subject: str
    book_id: str = ""
    edition: str = ""
    volume: str = ""
    chapter: str = ""
    open: bool = False
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """The content as it was handed in once; `outcome` is what the check of its `words` says.

    `made_of` is the key under which a phone handed it in: the same again is no other version.
    """

    number: int
    content: Content
    at: datetime
    words: str = ""
    outcome: Outcome = Outcome.PASS
    made_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A library in which it stands, in one version."""

    rung: Rung
    version: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The level that is to decide about its newest version."""

    rung: Rung
    since: datetime
    due_at: datetime
    reminded_at: datetime | None = None

    def is_late(self, at: datetime) -> bool:
        """Whether it should have been decided."""
        return at > self.due_at


class Did(StrEnum):
    """One step. A value that was ever stored is never renamed or taken away."""

    FILED = "filed"
    REWORKED = "reworked"
    ALLOWED = "allowed"
    RETURNED = "returned"
    PROMOTED = "promoted"
    TAKEN_DOWN = "taken_down"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class By:
    """Who takes a step, and how they are called."""

    person_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What somebody did with which version; `rung` is the level that did it, None for the author."""

    did: Did
    at: datetime
    by: By
    version: int
    rung: Rung | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Filed:
    """What is counted of a resource: who filed it, and whether it stands in a library."""

    author: By
    is_shelved: bool


class Stand(StrEnum):
    """Where it stands, in one word."""

    WAITING = "waiting"
    RETURNED = "returned"  # its author is to work it over
    SHELVED = "shelved"  # in at least one library, and waiting for nothing
    DOWN = "down"  # in no library any more
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A resource and all that became of it. `revision` counts every change, whoever makes it."""

    id: str
    school_id: str
    author: By
    versions: tuple[Version, ...]
    created_at: datetime
    shelves: tuple[Shelf, ...] = ()
    waiting: Waiting | None = None
    steps: tuple[Step, ...] = ()
    withdrawn_at: datetime | None = None
    revision: int = 1

    @property
    def newest(self) -> Version:
        """What its author means it to be now."""
        return self.versions[-1]

    @property
    def stand(self) -> Stand:
        """In one word."""
        if self.withdrawn_at is not None:
            return Stand.WITHDRAWN
        if self.waiting is not None:
            return Stand.WAITING
        if self.steps and self.steps[-1].did is Did.RETURNED:
            return Stand.RETURNED
        return Stand.SHELVED if self.shelves else Stand.DOWN

    @property
    def last_reason(self) -> Step | None:
        """The step that sent it back or took it down, where its author has done nothing since."""
        last = self.steps[-1] if self.steps else None
        return last if last and last.did in (Did.RETURNED, Did.TAKEN_DOWN) else None

    def asked_by(self, rung: Rung) -> Step | None:
        """What a level asked to be worked over, where it has decided nothing since: it looks for that first."""
        decided = [s for s in self.steps if s.rung == rung and s.did is not Did.PROMOTED]
        return decided[-1] if decided and decided[-1].did is Did.RETURNED else None

    def version(self, number: int) -> Version:
        """One of its versions, by number."""
        return self.versions[number - 1]

    def shelf_at(self, place_id: str) -> Shelf | None:
        """Where it stands in a place's library; None where nothing of it is shown there."""
        if self.withdrawn_at is not None:
            return None
        for shelf in self.shelves:
            if shelf.rung.place_id == place_id:
                return shelf if self.version(shelf.version).outcome is Outcome.PASS else None
        return None

    def files(self) -> set[str]:
        """The ids of every file of every version."""
        return {part.file_id for v in self.versions for part in v.content.parts}


def listed_under(
    place_id: str, *, subject: str = "", grade: int = 0, kind: str = "", chapter: str = ""
) -> str:
    """The key under which a library's list is looked up; what is empty limits nothing.

    A chapter limits only beside a subject and a grade: "第三单元" alone is in every book.
    """
    key = f"{place_id}|{subject}|{grade or ''}|{kind}"
    return f"{key}|{chapter_key(chapter)}" if chapter and subject and grade else key


def listings(resource: Resource) -> tuple[str, ...]:
    """Every list in which it stands."""
    found = []
    for shelf in resource.shelves:
        if resource.shelf_at(shelf.rung.place_id) is None:
            continue
        content = resource.version(shelf.version).content
        found += [
            listed_under(shelf.rung.place_id, subject=subject, grade=grade, kind=kind)
            for subject in ("", content.subject)
            for grade in (0, content.grade)
            for kind in ("", content.kind.value)
        ]
        found += [
            listed_under(
                shelf.rung.place_id,
                subject=content.subject,
                grade=content.grade,
                kind=kind,
                chapter=content.chapter,
            )
            for kind in ("", content.kind.value)
            if content.chapter
        ]
    return tuple(found)


def digests(resource: Resource) -> tuple[str, ...]:
    """The content of all its files, for telling what is there already; none once it is withdrawn."""
    if resource.withdrawn_at is not None:
        return ()
    parts: Sequence[Part] = [p for v in resource.versions for p in v.content.parts]
    return tuple(sorted({p.sha256 for p in parts if p.sha256}))
