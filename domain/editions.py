"""Which textbook a class has (教材版本): set once, and then "三年级语文" is its own book everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from domain.catalogue import Book, Dimension, Tag
from domain.errors import InvalidError, Problem
from domain.stages import System

# A choice of one book instead of an edition: senior school reads volumes in an order of its own.
_BOOK = "book:"
_AUTUMN = (8, 9, 10, 11, 12, 1)  # months of the first half of a school year


@dataclass(frozen=True, slots=True, kw_only=True)
class Editions:
    """What a grade of a school, or one class, has chosen: subject → tag of the edition, or `book:` and a book's id."""

    id: str
    school_id: str
    chosen: Mapping[str, str]
    version: int = 0


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be chosen for one subject: editions, and in senior school their volumes. `only` is there where there
    is but one edition: then nobody has to choose."""

    subject: str
    options: tuple[tuple[str, str], ...]  # value and name
    only: str = ""


def grade_key(school_id: str, grade: int) -> str:
    """The id of what a grade has chosen."""
    return f"{school_id}:grade-{grade}"


def half_on(day: date) -> int:
    """Which half of a school year a day lies in where no calendar says: from August on the first, from February the
    second."""
    return 1 if day.month in _AUTUMN else 2


def books_for(books: Iterable[Book], grade: int, system: System) -> tuple[Book, ...]:
    """The books of a grade; for a subject that has none in this system (五四学制) those of the other."""
    of_grade = [book for book in books if grade in book.grades and book.subject]
    own = [book for book in of_grade if book.fits_system(system)]
    covered = {book.subject for book in own}
    return (*own, *(book for book in of_grade if book.subject not in covered))


def choices_for(books: Sequence[Book]) -> tuple[Choice, ...]:
    """What can be chosen among a grade's books, subject by subject."""
    found = []
    for subject in dict.fromkeys(book.subject for book in books):
        mine = [book for book in books if book.subject == subject]
        editions = {tag.id: tag for book in mine if (tag := book.tag(Dimension.EDITION))}
        options = tuple((key, tag.name) for key, tag in editions.items())
        if not any(book.term for book in mine):
            options += tuple(
                (_BOOK + b.id, f"{b.name_of(Dimension.EDITION)} {b.name_of(Dimension.VOLUME)}")
                for b in mine
            )
        found.append(Choice(subject, options, next(iter(editions)) if len(editions) == 1 else ""))
    return tuple(found)


def edition_of(choice: str, books: Sequence[Book]) -> Tag | None:
    """The edition that a choice means."""
    for book in books:
        tag = book.tag(Dimension.EDITION)
        if tag is not None and choice in (tag.id, _BOOK + book.id):
            return tag
    return None


def chosen_book(books: Sequence[Book], subject: str, choice: str, term: int) -> Book | None:
    """The book of a subject in one half of the year; None where nothing is chosen and there are several editions,
    or where the edition's volumes say nothing of the half (choose one then).

    A new textbook goes before an old one; a volume for this half before one for the whole year.
    """
    mine = [book for book in books if book.subject == subject]
    for book in mine:
        if choice == _BOOK + book.id:
            return book
    editions = {tag.id for book in mine if (tag := book.tag(Dimension.EDITION))}
    wanted = choice or (next(iter(editions)) if len(editions) == 1 else "")
    fitting = [
        book
        for book in mine
        if (tag := book.tag(Dimension.EDITION)) and tag.id == wanted and book.term in (0, term)
    ]
    fitting.sort(key=lambda book: (book.term == 0, book.is_old, not book.is_new))
    if not fitting or (len({b.name_of(Dimension.VOLUME) for b in fitting if not b.term}) > 1):
        return None
    return fitting[0]


def parse_editions(form: Mapping[str, str], choices: Sequence[Choice]) -> dict[str, str]:
    """Subject → choice, as a form has it; what is empty is not chosen. Raises InvalidError naming the subjects."""
    wrong: dict[str, Problem] = {}
    chosen = {}
    by_subject = {choice.subject: {value for value, _ in choice.options} for choice in choices}
    for subject, value in form.items():
        if not value:
            continue
        if value not in by_subject.get(subject, ()):
            wrong[subject] = Problem("unknown")
        chosen[subject] = value
    if wrong:
        raise InvalidError(wrong)
    return chosen
