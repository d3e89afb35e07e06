"""Local resources among what is found: ready to be looked for, and what comes first of them.

Only what is needed to find one is held, not what it says of anybody: title, chapter, kind, textbook, and the libraries
in which a version stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from domain.resources import Kind
from domain.search import SAYING_LITTLE, SURE, Asker
from domain.search_index import TitleIndex, newest
from domain.search_query import Reading
from domain.search_text import CLEAR, fit_words
from domain.search_words import Facet

RESOURCES_FOUND = 40  # at most, among the other things that are found
_LOOKED_AT = 30  # candidates of each way of reading: of one's own grade, and of all
_JUDGED = 90  # of all ways: what decides how long a search takes, whatever there is
_FORGET = 2_000  # dropped ones from which on it may be worth starting anew
_OWN_GRADE, _NEAREST, _NOT_THAT = 1.5, 0.5, 2.0
# What people call a kind; a part of what is looked through, never shown.
_KINDS = {
    Kind.PLAN: "教学设计 教案 备课",
    Kind.SLIDES: "课件 ppt",
    Kind.GUIDE: "导学案 学案",
    Kind.MATERIAL: "素材",
    Kind.EXERCISE: "习题 练习题",
    Kind.PAPER: "试卷 测试卷 考试",
    Kind.VIDEO: "微课 视频",
    Kind.RESEARCH: "教研成果 论文",
}
_HALVES = {"上册": 1, "下册": 2}


@dataclass(frozen=True, slots=True)
class FiledResource:
    """A version that stands in libraries: `places` are theirs."""

    resource_id: str
    version: int
    places: tuple[str, ...]
    kind: Kind
    title: str
    chapter: str
    grade: int
    subject: str
    edition: str
    volume: str

    @property
    def searched(self) -> str:
        """All that is looked through."""
        return f"{self.title} {_KINDS[self.kind]} {self.chapter}"


@dataclass(frozen=True, slots=True)
class Findable:
    """What a store keeps of a resource that makes it findable, and which of its revisions that is."""

    resource_id: str
    revision: int
    filed: tuple[FiledResource, ...]


class ResourceIndex:
    """All of an installation; who looks names the libraries that they may use."""

    def __init__(self) -> None:
        self._titles = TitleIndex()
        self._filed: list[FiledResource | None] = []
        self._numbers: dict[str, tuple[int, ...]] = {}
        self._revisions: dict[str, int] = {}
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def is_worn(self) -> bool:
        """Whether most of it is about what was changed since: a new one would be half as large."""
        return self._dropped > _FORGET + len(self._numbers)

    def knows(self, resource_id: str, revision: int) -> bool:
        """Whether this revision, or a later one, was put in."""
        return self._revisions.get(resource_id, 0) >= revision

    def put(self, one: Findable) -> None:
        """In place of what was known of it."""
        if self.knows(one.resource_id, one.revision):
            return
        for number in self._numbers.pop(one.resource_id, ()):
            self._titles.drop(number)
            self._filed[number] = None
            self._dropped += 1
        self._revisions[one.resource_id] = one.revision
        if one.filed:
            self._numbers[one.resource_id] = tuple(self._add(filed) for filed in one.filed)

    def _add(self, filed: FiledResource) -> int:
        self._filed.append(filed)
        places = [(Facet.PLACE, place) for place in filed.places]
        marks = [*places, (Facet.GRADE, filed.grade), (Facet.SUBJECT, filed.subject)]
        return self._titles.add(filed.searched, marks)

    def find(
        self, text: str, readings: Sequence[Reading], libraries: Sequence[str], asker: Asker
    ) -> list[tuple[float, FiledResource]]:
        """Those of these libraries, the nearest first, that fit; the best first."""
        candidates = dict.fromkeys(self._candidates(text, readings, libraries, asker))
        found = []
        for number in islice(candidates, _JUDGED):
            filed = self._filed[number]
            if filed is None:
                continue
            fit = _fit(text, readings, filed)
            if fit > 0:
                own = _OWN_GRADE if asker.grade == filed.grade else 0.0
                near = _NEAREST if libraries[0] in filed.places else 0.0
                # Of two that fit alike the newer one.
                found.append((fit + own + near, number, filed))
        found.sort(key=lambda hit: (-hit[0], -hit[1]))
        return [(score, filed) for score, _, filed in found[:RESOURCES_FOUND]]

    def _candidates(
        self, text: str, readings: Sequence[Reading], libraries: Sequence[str], asker: Asker
    ) -> Iterator[int]:
        titles = self._titles
        standing = titles.standing((Facet.PLACE, place) for place in libraries)
        if not standing:
            return
        own = titles.marked([(Facet.GRADE, asker.grade)]) if asker.grade else 0
        for words, among in _ways(text, readings, standing, titles):
            taken = 0
            for found in titles.fitting(words, among) if words else (among,):
                yield from newest(found & own, _LOOKED_AT)
                yield from newest(found, _LOOKED_AT)
                taken += found.bit_count()
                if taken >= _LOOKED_AT:
                    break


def _ways(
    text: str, readings: Sequence[Reading], standing: int, titles: TitleIndex
) -> Iterator[tuple[str, int]]:
    """What to look for in titles, among which; the text as it is, and what each reading leaves over."""
    yield text, standing
    for reading in readings:
        if not _says_enough(reading):
            continue
        among = standing
        for facet in (Facet.GRADE, Facet.SUBJECT):
            if values := reading.values(facet):
                among &= titles.marked((facet, value) for value in values)
        if among:
            yield reading.rest, among


def _says_enough(reading: Reading) -> bool:
    """Whether it asks for something: 三年级语文, 三年级 with words that are left over; not 下册 alone."""
    return bool(reading.said.keys() - SAYING_LITTLE) and (
        Facet.SUBJECT in reading.said or Facet.GRADE in reading.said
    )


def _fit(text: str, readings: Sequence[Reading], filed: FiledResource) -> float:
    searched = filed.searched
    fits = [SURE * fit_words(text, filed.title), 0.9 * SURE * fit_words(text, searched)]
    for reading in readings:
        if not _says_enough(reading) or _is_another(reading, filed):
            continue
        fit = fit_words(reading.rest, searched, slips=False) if reading.rest else CLEAR
        if fit >= CLEAR:
            # What was named besides grade and subject says more than these alone, which are a textbook's first of all.
            sure = 0.95 if reading.rest else 0.75
            fits.append(sure * SURE - reading.cost - _said_softly(reading, filed))
    return max(fits)


def _is_another(reading: Reading, filed: FiledResource) -> bool:
    subjects, grades = reading.values(Facet.SUBJECT), reading.values(Facet.GRADE)
    halves, half = reading.values(Facet.HALF), _HALVES.get(filed.volume, 0)
    return bool(
        (subjects and filed.subject not in subjects)
        or (grades and filed.grade not in grades)
        or (halves and half and half not in halves)
    )


def _said_softly(reading: Reading, filed: FiledResource) -> float:
    editions = reading.values(Facet.EDITION)
    return _NOT_THAT if editions and filed.edition and filed.edition not in editions else 0.0
