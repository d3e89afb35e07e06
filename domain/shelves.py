"""Shelves (资源架): links that a level puts up for those below it, from the nation down to one class.

An entry is also its short link: its id is the code of `/l/{code}`. It leads to an address on an allowed host, or to
a textbook of the catalogue, whose address follows the platform's seasons.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from domain.catalogue import Page
from domain.errors import InvalidError, Problem
from domain.forms import typed_line
from domain.notices import link_allowed
from domain.stages import LAST_GRADE

TITLE_LIMIT = 30
NOTE_LIMIT = 100
ORDER_LIMIT = 999
ENTRY_LIMIT = 200  # on one shelf: what nobody finds anything on is no shelf
# No two signs that look alike in print.
_ALPHABET = "23456789acdefghjkmnpqrtvwxy"
ENTRY_CODE_LENGTH = 6
BOOK_CODE_LENGTH = 8
NATIONAL = "national"
Kind = TypeVar("Kind", bound=StrEnum)


class ShelfLevel(StrEnum):
    """Whose shelf it is, from the top down."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"
    SCHOOL = "school"
    CLASS = "class"


class Audience(StrEnum):
    """Whom an entry is for (R31): 管理者, 教师, 学生（家长）, 社会公众."""

    MANAGERS = "managers"
    TEACHERS = "teachers"
    FAMILIES = "families"
    PUBLIC = "public"


class Icon(StrEnum):
    """What an entry is drawn as."""

    LESSON = "lesson"
    BOOK = "book"
    EXERCISE = "exercise"
    READING = "reading"
    VIDEO = "video"
    ART = "art"
    SPORT = "sport"
    FAMILY = "family"
    SCHOOL = "school"
    TOOL = "tool"


class Health(StrEnum):
    """What the regular check found at the address."""

    UNKNOWN = "unknown"  # not looked at yet, or the host does not want to be looked at
    GOOD = "good"
    SHAKY = "shaky"  # no answer the last time; it is tried again before anything is said
    MOVED = "moved"  # leads to another place by now
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One link on one shelf. What it is limited to is empty where it is for all.

    `place` is the shelf's key (`place_key`), `school_id` and `class_id` are there for those levels. `made_of` tells a
    form that was sent twice from another one. `removed_at`: taken down; its code is never given to another.
    """

    id: str
    level: ShelfLevel
    place: str
    title: str
    address: str = ""
    book_id: str = ""
    page: Page = Page.STUDENT
    school_id: str = ""
    class_id: str = ""
    note: str = ""
    icon: Icon = Icon.LESSON
    audiences: tuple[Audience, ...] = ()
    grades: tuple[int, ...] = ()
    subject: str = ""
    edition: str = ""  # the id of the platform's tag
    term: int = 0
    order: int = 0
    pinned: bool = False
    one_tap: bool = False
    valid_until: date | None = None
    made_of: str = ""
    created_at: datetime | None = None
    removed_at: datetime | None = None
    version: int = 1
    health: Health = Health.UNKNOWN
    checked_at: datetime | None = None
    check_due_at: datetime | None = None
    failures: int = 0
    leads_to: str = ""  # where a moved one leads by now

    def stands(self, today: date) -> bool:
        """Whether it hangs there on a day."""
        return self.removed_at is None and (self.valid_until is None or today <= self.valid_until)

    @property
    def is_broken(self) -> bool:
        """Whether it is hidden from new use until its owner has mended it."""
        return self.health in (Health.DEAD, Health.MOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form for an entry, checked."""

    title: str
    address: str
    book_id: str
    page: Page
    note: str
    icon: Icon
    audiences: tuple[Audience, ...]
    grades: tuple[int, ...]
    subject: str
    edition: str
    term: int
    order: int
    pinned: bool
    one_tap: bool
    valid_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """For whom a shelf is shown; 0 and empty are not known, and exclude nothing."""

    audience: Audience
    today: date
    grade: int = 0
    term: int = 0
    editions: Mapping[str, str] | None = None  # subject → tag of the edition

    def may_see(self, entry: Entry) -> bool:
        """Whether an entry is for them, now."""
        if not entry.stands(self.today) or entry.is_broken:
            return False
        if entry.audiences and self.audience not in entry.audiences:
            return False
        if entry.grades and self.grade and self.grade not in entry.grades:
            return False
        if entry.term and self.term and entry.term != self.term:
            return False
        uses = (self.editions or {}).get(entry.subject, "")
        return not (entry.edition and uses and entry.edition != uses)


def place_key(level: ShelfLevel, place_id: str = "") -> str:
    """The key of a shelf; a region, a school and a class that happen to have one id have three."""
    if level is ShelfLevel.NATIONAL:
        return NATIONAL
    kind = level.value if level in (ShelfLevel.SCHOOL, ShelfLevel.CLASS) else "region"
    return f"{kind}:{place_id}"


def shelves_above(region_ids: Iterable[str]) -> tuple[str, ...]:
    """The keys of the nation's shelf and of these regions', from the top down."""
    return (NATIONAL, *(place_key(ShelfLevel.DISTRICT, one) for one in region_ids))


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """What is pinned first, from the top down; then the nearest shelf first."""
    levels = list(ShelfLevel)

    def key(entry: Entry) -> tuple[int, int, int, str, str]:
        depth = levels.index(entry.level)
        return (
            not entry.pinned,
            depth if entry.pinned else -depth,
            entry.order,
            entry.title,
            entry.id,
        )

    return sorted(entries, key=key)


def short_code(seed: str, length: int) -> str:
    """A code that is always the same for the same seed."""
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest())
    signs = []
    for _ in range(length):
        number, sign = divmod(number, len(_ALPHABET))
        signs.append(_ALPHABET[sign])
    return "".join(signs)


def book_code(book_id: str, page: Page) -> str:
    """The code of a book's page: made of the book, so it is the same on every shelf and in every season."""
    return short_code(f"book:{book_id}:{page}", BOOK_CODE_LENGTH)


def is_code(text: str) -> bool:
    """Whether this can be a code at all."""
    return len(text) in (ENTRY_CODE_LENGTH, BOOK_CODE_LENGTH) and set(text) <= set(_ALPHABET)


def draft_of(entry: Entry) -> Draft:
    """What a form holds at first."""
    return Draft(**{name: getattr(entry, name) for name in Draft.__dataclass_fields__})


def with_draft(entry: Entry, draft: Draft) -> Entry:
    """The entry as a form has it. A new address is nobody's who found the old one broken."""
    moved = (draft.address, draft.book_id) != (entry.address, entry.book_id)
    fresh = replace(entry, **{name: getattr(draft, name) for name in Draft.__dataclass_fields__})
    if not moved:
        return fresh
    return replace(fresh, health=Health.UNKNOWN, failures=0, leads_to="", checked_at=None)


def parse_entry(
    form: Mapping[str, str],
    *,
    audiences: Sequence[str],
    grades: Sequence[str],
    allowed_hosts: Sequence[str],
    subjects: Iterable[str],
) -> Draft:
    """A form as typed → a draft. `subjects` are the codes that the place knows.

    `form` holds title, address or book_id with page, note, icon, subject, edition, term, order, pinned, one_tap,
    valid_until. Raises InvalidError naming every field that is wrong.
    """
    wrong: dict[str, Problem] = {}
    address, book_id = form.get("address", "").strip(), form.get("book_id", "").strip()
    if not address and not book_id:
        wrong["address"] = Problem("missing")
    elif address and not link_allowed(address, allowed_hosts):
        wrong["address"] = Problem("link_refused")
    subject = form.get("subject", "")
    if subject and subject not in set(subjects):
        wrong["subject"] = Problem("unknown")
    draft = Draft(
        title=typed_line(form, "title", TITLE_LIMIT, wrong, needed=True),
        address=address if not book_id else "",
        book_id=book_id,
        page=_one_of(Page, form, "page", Page.STUDENT, wrong),
        note=typed_line(form, "note", NOTE_LIMIT, wrong),
        icon=_one_of(Icon, form, "icon", Icon.LESSON, wrong),
        audiences=_audiences(audiences, wrong),
        grades=_grades(grades, wrong),
        subject=subject,
        edition=typed_line(form, "edition", 64, wrong),
        term=_number(form, "term", 2, wrong),
        order=_number(form, "order", ORDER_LIMIT, wrong),
        pinned=form.get("pinned", "") == "yes",
        one_tap=form.get("one_tap", "") == "yes",
        valid_until=_day(form, "valid_until", wrong),
    )
    if wrong:
        raise InvalidError(wrong)
    return draft


def _one_of(
    kind: type[Kind], form: Mapping[str, str], name: str, default: Kind, wrong: dict[str, Problem]
) -> Kind:
    text = form.get(name, "") or default.value
    if text not in set(kind):
        wrong[name] = Problem("unknown")
        return default
    return kind(text)


def _audiences(given: Sequence[str], wrong: dict[str, Problem]) -> tuple[Audience, ...]:
    if not set(given) <= set(Audience):
        wrong["audiences"] = Problem("unknown")
        return ()
    return tuple(one for one in Audience if one in given)


def _grades(given: Sequence[str], wrong: dict[str, Problem]) -> tuple[int, ...]:
    numbers = {str(grade): grade for grade in range(1, LAST_GRADE + 1)}
    if not set(given) <= set(numbers):
        wrong["grades"] = Problem("unknown")
        return ()
    return tuple(sorted(numbers[one] for one in set(given)))


def _number(form: Mapping[str, str], name: str, most: int, wrong: dict[str, Problem]) -> int:
    text = form.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= most):
        wrong[name] = Problem("unknown", most)
        return 0
    return int(text)


def _day(form: Mapping[str, str], name: str, wrong: dict[str, Problem]) -> date | None:
    text = form.get(name, "").strip()
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError:
        day = date.min
    if day is not None and not 2000 < day.year < 3000:
        wrong[name] = Problem("form")
        return None
    return day
