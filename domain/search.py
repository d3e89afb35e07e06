"""What comes first of what was found: by what was asked for, then by who asks.

What was said plainly has to be so; what was not said, the asker's own class decides: its books, its grade, its half
of the year, its editions.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log1p

from domain.catalogue import Book, Dimension, Page, list_address
from domain.search_query import Reading
from domain.search_text import CLEAR, fit_words, fold
from domain.search_words import NEW, Facet, subject_key
from domain.shelves import Entry, ShelfLevel, book_code
from domain.stages import Stage, System

FOUND_LIMIT = 200  # results that can be paged through
SURE = 10.0  # all that was asked for
_WRONG_EDITION, _OTHER_STAGE = 4.0, 1.0
_OWN, _OWN_GRADE, _OWN_EDITION, _THIS_HALF, _OWN_SYSTEM, _NEW_ONE = 3.0, 2.0, 1.0, 1.0, 1.5, 0.3
_NEAR = {
    ShelfLevel.CLASS: 1.0,
    ShelfLevel.SCHOOL: 0.8,
    ShelfLevel.DISTRICT: 0.6,
    ShelfLevel.CITY: 0.4,
    ShelfLevel.PROVINCE: 0.2,
    ShelfLevel.NATIONAL: 0.0,
}
SAYING_LITTLE = {Facet.PAGE, Facet.STAGE, Facet.SYSTEM, Facet.RENEWAL}
# The editions that most schools have, where nobody has chosen one.
_COMMON = ("统编版", "人教版（PEP）", "人教版", "人教A版", "人音版", "人美版", "教科版")
_MAIN_SUBJECTS = frozenset({"chinese", "maths", "english"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """For whom it is looked; what is not known is 0 or empty, and decides nothing. `uses`: code → how often."""

    half: int
    grade: int = 0
    system: System = System.SIX_THREE
    stages: Collection[Stage] = ()
    editions: Mapping[str, str] = field(default_factory=dict)  # subject → tag of the edition
    own_books: frozenset[str] = frozenset()
    uses: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FiledBook:
    """A book with all that it can be asked for by."""

    book: Book
    title: str
    codes: tuple[str, ...]  # of its pages' short links
    subject: str
    edition: str
    edition_id: str
    volume: str
    grades: tuple[int, ...]
    half: int
    five_four: bool


def file_books(books: Iterable[Book]) -> tuple[FiledBook, ...]:
    """A catalogue's books, made ready once."""
    found = []
    for book in books:
        tag = book.tag(Dimension.EDITION)
        found.append(
            FiledBook(
                book,
                book.title,
                tuple(book_code(book.id, page) for page in Page),
                subject_key(book),
                book.name_of(Dimension.EDITION),
                tag.id if tag else "",
                book.name_of(Dimension.VOLUME),
                book.grades,
                book.term,
                book.stage is not Stage.SENIOR and not book.fits_system(System.SIX_THREE),
            )
        )
    return tuple(found)


def rank_books(
    readings: Sequence[Reading], books: Iterable[FiledBook], asker: Asker
) -> list[tuple[float, Book]]:
    """The books that fit, the best first."""
    told = [reading for reading in readings if reading.said]
    found = []
    for filed in books:
        fits = [score for one in told if (score := _fits(one, filed, asker)) is not None]
        if fits:
            found.append((max(fits) + _for_asker(filed, asker), filed.book))
    found.sort(key=lambda hit: -hit[0])
    return found


def _fits(reading: Reading, filed: FiledBook, asker: Asker) -> float | None:
    """How well a reading fits a book; None where it is another one."""
    if not reading.said.keys() - SAYING_LITTLE or _is_another(reading, filed):
        return None
    score = SURE - 3 * reading.cost + _said_softly(reading, filed)
    grades = reading.values(Facet.GRADE)
    if grades and min(filed.grades) >= 10:
        score += _senior_order(filed.volume, min(int(g) for g in grades))
    if asker.grade in filed.grades:
        # Half of it where 三年级 and 四年级 can both be meant.
        score += _OWN_GRADE / 2 if grades else _OWN_GRADE
    if not reading.values(Facet.HALF) and filed.half in (0, asker.half):
        score += _THIS_HALF
    if reading.rest:
        fit = fit_words(reading.rest, filed.title, slips=False)
        if fit < CLEAR:
            return None
        score += 2 * fit
    return score


def _is_another(reading: Reading, filed: FiledBook) -> bool:
    """Whether something was said plainly that this book is not."""
    said = reading.said
    subjects, volumes = said.get(Facet.SUBJECT), said.get(Facet.VOLUME)
    grades, stages = said.get(Facet.GRADE), said.get(Facet.STAGE)
    halves = said.get(Facet.HALF)
    return bool(
        (subjects and filed.subject not in subjects)
        or (volumes and filed.volume not in volumes)
        or (grades and grades.isdisjoint(filed.grades))
        or (stages and filed.book.stage not in stages)
        or (halves and filed.half and filed.half not in halves)
    )


def _said_softly(reading: Reading, filed: FiledBook) -> float:
    """What people say of a book and often have wrong: 部编版数学 is what others publish."""
    score = 0.0
    if reading.values(Facet.HALF) and not filed.half:
        score -= 1.0
    if (editions := reading.values(Facet.EDITION)) and filed.edition not in editions:
        score -= _WRONG_EDITION
    if renewals := reading.values(Facet.RENEWAL):
        if filed.book.is_old if NEW in renewals else filed.book.is_new:
            score -= 2.0
        elif filed.book.is_new or filed.book.is_old:
            score += 0.5
    if systems := reading.values(Facet.SYSTEM):
        same = ("five_four" in systems) == filed.five_four
        score += 2 * _OWN_SYSTEM if same else -2 * _OWN_SYSTEM
    return score


def _senior_order(volume: str, grade: int) -> float:
    """必修 is mostly read in 高一, 选择性必修 in 高二."""
    if volume.startswith("必修"):
        return 0.8 if grade == 10 else 0.0
    return 0.8 if volume.startswith("选择性必修") and grade == 11 else -0.2


def _for_asker(filed: FiledBook, asker: Asker) -> float:
    book = filed.book
    score = _OWN if book.id in asker.own_books else 0.0
    score += _used(sum(asker.uses.get(code, 0) for code in filed.codes))
    chosen = asker.editions.get(filed.subject, "")
    if chosen:
        score += _OWN_EDITION if chosen == filed.edition_id else 0.0
    else:
        place = next((i for i, e in enumerate(_COMMON) if filed.edition.startswith(e)), None)
        score += 0.0 if place is None else 0.5 - place * 0.05
    if asker.stages and book.stage not in asker.stages:
        score -= _OTHER_STAGE
    if filed.five_four == (asker.system is not System.SIX_THREE):
        score += _OWN_SYSTEM
    score += 0.2 if filed.subject in _MAIN_SUBJECTS else 0.0
    score += _NEW_ONE if book.is_new else -_NEW_ONE if book.is_old else 0.0
    # The plainest name of several: 人教版 before 人教版（精通）.
    return score - len(filed.edition) * 0.005 - len(filed.volume) * 0.005


def rank_entries(
    text: str, readings: Sequence[Reading], entries: Iterable[Entry], asker: Asker
) -> list[tuple[float, Entry]]:
    """The links that fit, the best first."""
    found = []
    for entry in entries:
        fit = _entry_fit(text, readings, entry)
        if fit > 0:
            score = fit + _NEAR[entry.level] + _used(asker.uses.get(entry.id, 0))
            score += 0.3 if entry.one_tap else 0.0
            score += 0.2 if entry.pinned else 0.0
            found.append((score, entry))
    found.sort(key=lambda hit: (-hit[0], hit[1].title, hit[1].id))
    return found


def _entry_fit(text: str, readings: Sequence[Reading], entry: Entry) -> float:
    fits = [SURE * fit_words(text, entry.title), 0.8 * SURE * _note_fit(text, entry.note)]
    for reading in readings:
        subjects, grades = reading.values(Facet.SUBJECT), reading.values(Facet.GRADE)
        if reading.said.keys() == {Facet.PAGE} and not reading.rest:
            pages = {list_address(Page(str(one))) for one in reading.values(Facet.PAGE)}
            fits.append(0.9 * SURE if entry.address in pages else 0.0)
        if not (subjects or grades):
            if reading.rest and reading.cost < SURE:
                fits.append(0.9 * SURE * fit_words(reading.rest, entry.title))
            continue
        if subjects and entry.subject not in subjects:
            continue
        if grades and entry.grades and grades.isdisjoint(entry.grades):
            continue
        if not subjects and not entry.grades:
            continue
        fit = (
            fit_words(reading.rest, f"{entry.title} {entry.note}", slips=False)
            if reading.rest
            else CLEAR
        )
        fits.append(0.85 * SURE * fit - reading.cost if fit >= CLEAR else 0.0)
    return max(fits)


def _used(times: int) -> float:
    """The hundredth use says less than the first."""
    return min(1.0, log1p(times) / 6)


def _note_fit(text: str, note: str) -> float:
    """Notes are long: slips are not looked for in them."""
    fit = fit_words(text, note, slips=False) if note and len(fold(text).signs) > 1 else 0.0
    return fit if fit > CLEAR else 0.0
