"""The national platform's textbooks (国家中小学智慧教育平台): tags by dimension, the books they make, their addresses.

A book is a leaf of the platform's public tag tree: stage, grade, subject, edition, volume, and by now for many grades
whether it is the new or the old textbook. Tag ids are stable over the years, paths are not: every autumn another
grade is split into new and old. So a book that is no leaf any more leads to the one that took its place, and none
is ever forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from urllib.parse import quote

from domain.stages import Stage, System
from domain.subjects import read_subject

BASE = "https://basic.smartedu.cn"


class Dimension(StrEnum):
    """What a tag says, as the platform names it; in the order of the student's pages."""

    STAGE = "zxxxd"  # 学段
    GRADE = "zxxnj"  # 年级; 高中 has none
    SUBJECT = "zxxxk"  # 学科
    EDITION = "zxxbb"  # 版本
    VOLUME = "zxxcc"  # 册次
    RENEWAL = "zxxxjjc"  # 新旧教材


class Page(StrEnum):
    """The platform's pages that open at a book. Each wants the tags in an order of its own."""

    STUDENT = "student"  # 学生自主学习
    TEACHER = "teacher"  # 教师备课
    TEXTBOOK = "textbook"  # 电子教材


_D = Dimension
_PATHS = {
    Page.STUDENT: "/syncClassroom",
    Page.TEACHER: "/syncClassroom/prepare",
    Page.TEXTBOOK: "/tchMaterial",
}
_ORDERS = {
    Page.STUDENT: (_D.STAGE, _D.GRADE, _D.SUBJECT, _D.EDITION, _D.VOLUME, _D.RENEWAL),
    Page.TEACHER: (_D.STAGE, _D.SUBJECT, _D.EDITION, _D.GRADE, _D.VOLUME, _D.RENEWAL),
    # The volume is no level there: the page shows both.
    Page.TEXTBOOK: (_D.STAGE, _D.SUBJECT, _D.EDITION, _D.GRADE),
}
# One textbook's own page.
_DETAIL = (
    "/tchMaterial/detail?contentType=assets_document&contentId={}"
    "&catalogType=tchMaterial&subCatalog=tchMaterial"
)
_SENIOR = "高中"
_FIVE_FOUR = "五•四学制"
_NEW, _OLD = "新教材", "旧教材"
_STAGES = {"小学": Stage.PRIMARY, "初中": Stage.JUNIOR, _SENIOR: Stage.SENIOR}
_DIGITS = "零一二三四五六七八九"
# What the platform cuts finer, or calls otherwise, than a school's time-table does.
_SUBJECTS = {
    "艺术·音乐": "music",
    "艺术·美术": "drawing",
    "艺术·舞蹈/影视/戏剧": "arts",
    "劳动与技术": "labour",
}
# Of these every name of a volume is made up that is for one half of the year: 上册, 全一册（下）, 舞蹈上册, 高二下册.
_FIRST_HALF, _SECOND_HALF = "上", "下"


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag of the platform; its id never changes."""

    id: str
    dimension: Dimension
    name: str


@dataclass(frozen=True, kw_only=True)
class Book:
    """A textbook as the platform files it; `tags` in the order of `Dimension`, as far as it has them.

    `moved_to` is the id of the book that has taken its place; `gone` says that it is no leaf any more.
    """

    tags: tuple[Tag, ...]
    moved_to: str = ""
    gone: bool = False

    @cached_property
    def id(self) -> str:
        """Sixteen signs made of its path: the same whenever and wherever it is read."""
        return book_id(tag.id for tag in self.tags)

    @cached_property
    def _by_dimension(self) -> Mapping[Dimension, Tag]:
        return {tag.dimension: tag for tag in self.tags}

    @property
    def path(self) -> tuple[str, ...]:
        """The tags' ids, as on the student's page."""
        return tuple(tag.id for tag in self.tags)

    def tag(self, dimension: Dimension) -> Tag | None:
        """Its tag of one dimension."""
        return self._by_dimension.get(dimension)

    def name_of(self, dimension: Dimension) -> str:
        """The name of that tag; empty where it has none."""
        tag = self.tag(dimension)
        return tag.name if tag else ""

    @property
    def title(self) -> str:
        """一年级 语文 统编版 上册 新教材; a senior one begins with 高中."""
        grade = self.name_of(Dimension.GRADE) or self.name_of(Dimension.STAGE)
        rest = (Dimension.SUBJECT, Dimension.EDITION, Dimension.VOLUME, Dimension.RENEWAL)
        return " ".join(word for word in (grade, *map(self.name_of, rest)) if word)

    @property
    def stage(self) -> Stage | None:
        """Which stage of schooling it is for."""
        return _STAGES.get(self.name_of(Dimension.STAGE).partition("（")[0])

    def fits_system(self, system: System) -> bool:
        """Whether it is made for schools that cut the nine years like this. Senior school is the same in all."""
        if self.stage is Stage.SENIOR:
            return True
        return (_FIVE_FOUR in self.name_of(Dimension.STAGE)) == (system is not System.SIX_THREE)

    @property
    def grades(self) -> tuple[int, ...]:
        """The grades it is for: one, two (一至二年级), or those of senior school."""
        if self.stage is Stage.SENIOR:
            return (10, 11, 12)
        numbers = [_DIGITS.index(c) for c in self.name_of(Dimension.GRADE) if c in _DIGITS[1:]]
        return tuple(range(numbers[0], numbers[-1] + 1)) if numbers else ()

    @property
    def term(self) -> int:
        """1 for the first half of the year (上册), 2 for the second (下册), 0 where the volume says nothing of it."""
        return term_of_volume(self.name_of(Dimension.VOLUME))

    @property
    def subject(self) -> str:
        """The code of `domain.subjects`; empty for what is no subject of a time-table (书法练习指导)."""
        name = self.name_of(Dimension.SUBJECT)
        if name in _SUBJECTS:
            return _SUBJECTS[name]
        return read_subject(name, {self.stage} if self.stage else ()) or ""

    @property
    def is_new(self) -> bool:
        """Whether it is filed as the new textbook of a split grade."""
        return self.name_of(Dimension.RENEWAL) == _NEW

    @property
    def is_old(self) -> bool:
        """Whether it is filed as the old textbook of a split grade."""
        return self.name_of(Dimension.RENEWAL) == _OLD


class MaterialKind(StrEnum):
    """Of which of the platform's lists a material is."""

    TEXTBOOK = "textbook"  # 电子教材: a document with a page of its own
    LESSONS = "lessons"  # what the lessons of a book are filed under


@dataclass(frozen=True, slots=True)
class Material:
    """What the platform has of a book, by the platform's id; `gone` says that its lists have it no more."""

    id: str
    title: str
    kind: MaterialKind
    book_id: str
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class Catalogue:
    """All books that were ever known, as they stood after one synchronisation; `previous` is the one before."""

    id: str
    source: str
    taken_at: datetime
    books: tuple[Book, ...]
    previous: str = ""
    materials: tuple[Material, ...] = ()

    @cached_property
    def _by_id(self) -> Mapping[str, Book]:
        return {book.id: book for book in self.books}

    @cached_property
    def current(self) -> tuple[Book, ...]:
        """The books that are leaves now."""
        return tuple(book for book in self.books if not book.gone)

    def find(self, wanted: str) -> Book | None:
        """The book of this id; one that has moved leads to where it is now, however often it moved."""
        seen: set[str] = set()
        book = self._by_id.get(wanted)
        while book is not None and book.moved_to and book.id not in seen:
            seen.add(book.id)
            book = self._by_id.get(book.moved_to, book)
        return book

    @cached_property
    def _textbooks(self) -> Mapping[str, str]:
        """Book → the textbook that opens there. A book with several has none: nobody can say which is meant."""
        found: dict[str, list[str]] = {}
        for one in self.materials:
            book = self.find(one.book_id)
            if one.kind is MaterialKind.TEXTBOOK and not one.gone and book is not None:
                found.setdefault(book.id, []).append(one.id)
        return {key: ids[0] for key, ids in found.items() if len(ids) == 1}

    def address_of(self, book: Book, page: Page) -> str:
        """Where a page opens at this book: its very textbook where that is known, else by its tags."""
        textbook = self._textbooks.get(book.id) if page is Page.TEXTBOOK else None
        return BASE + _DETAIL.format(textbook) if textbook else address_of(book, page)


def book_id(path: Iterable[str]) -> str:
    """The id of the book with this path."""
    return hashlib.sha256("/".join(path).encode()).hexdigest()[:16]


def address_of(book: Book, page: Page) -> str:
    """The address at which a page of the platform opens this book, by its tags: `/syncClassroom?defaultTag=…%2F…`."""
    ids = [tag.id for d in _ORDERS[page] if (tag := book.tag(d)) is not None]
    return f"{BASE}{_PATHS[page]}?defaultTag={quote('/'.join(ids), safe='')}"


def list_address(page: Page) -> str:
    """Where the platform shows all books of a page."""
    return BASE + _PATHS[page]


def is_senior(stage_name: str) -> bool:
    """Whether books of this stage have no grade."""
    return stage_name == _SENIOR


def term_of_volume(name: str) -> int:
    """1 for 上册, 全一册（上）, 高三上; 2 for 下册 and its like; 0 for 全一册 and whatever is chosen freely."""
    if name.startswith(("必修", "选择性必修")):
        return 0
    ending = name.removesuffix("）").removesuffix("册")
    return {_FIRST_HALF: 1, _SECOND_HALF: 2}.get(ending[-1:], 0)
