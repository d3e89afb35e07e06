"""The words by which people ask for a book: grades, subjects, volumes, editions, and what they call them besides.

What is always so stands here; editions, volumes and the platform's own subjects come from the catalogue that counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.catalogue import Book, Dimension, Page
from domain.search_text import fold
from domain.stages import Stage, System
from domain.subjects import SUBJECTS


class Facet(StrEnum):
    """What a word can say of a book."""

    STAGE = "stage"
    GRADE = "grade"
    SUBJECT = "subject"
    HALF = "half"
    EDITION = "edition"
    VOLUME = "volume"
    RENEWAL = "renewal"
    SYSTEM = "system"
    PAGE = "page"
    PLACE = "place"  # said by nobody: in whose library a resource stands


Value = str | int
Said = Mapping[Facet, frozenset[Value]]
NEW, OLD = "new", "old"
_NUMERALS = "零一二三四五六七八九"
_JUNIOR_FROM = {System.SIX_THREE: 7, System.FIVE_FOUR: 6, System.FIVE_FOUR_PREP: 7}
_STANDING: Mapping[Facet, Mapping[Value, tuple[str, ...]]] = {
    Facet.STAGE: {
        Stage.PRIMARY: ("小学",),
        Stage.JUNIOR: ("初中", "中学"),
        Stage.SENIOR: ("高中",),
    },
    Facet.SYSTEM: {
        "five_four": ("五四制", "五四学制", "五四"),
        "six_three": ("六三制", "六三学制"),
    },
    Facet.HALF: {
        1: ("上册", "上学期", "第一学期", "上半学期", "上半年", "秋季"),
        2: ("下册", "下学期", "第二学期", "下半学期", "下半年", "春季"),
    },
    Facet.RENEWAL: {
        NEW: ("新教材", "新版", "新课标", "新课本", "新书"),
        OLD: ("旧教材", "老教材", "旧版", "老版"),
    },
    Facet.PAGE: {
        Page.TEACHER: ("备课", "教案", "教学设计", "教师用书", "教参", "教师备课"),
        Page.TEXTBOOK: ("电子教材", "电子课本", "课本", "教材", "电子书", "书", "pdf", "教科书"),
        Page.STUDENT: ("网课", "课程", "微课", "视频", "学习", "自学", "预习", "上课"),
    },
    Facet.SUBJECT: {
        "语文·书法练习指导": ("书法", "毛笔字", "写字"),
        "maths": ("奥数",),
        "morality": ("道德法治",),
    },
}
# One sign is a subject only beside a grade or half: 五下数.
_SHORT_SUBJECTS = {
    "语": ("chinese",), "数": ("maths",), "英": ("english",), "物": ("physics",), "化": ("chemistry",),
    "生": ("biology",), "史": ("history",), "政": ("morality", "politics"), "地": ("geography",), "音": ("music",),
    "体": ("sport",), "美": ("drawing",), "科": ("science",),
}  # fmt: skip
# What an edition is called besides, by the beginning of its name. 统编 books are 人教社's, and people say so.
_EDITIONS = {
    "统编": ("部编", "部编版", "统编教材", "统一", "人教", "人教版", "人教社"),
    "人教": ("人教", "人教版", "人教社", "人民教育"),
    "北师大": ("北师", "北师版", "北京师范大学", "北师大"),
    "外研社": ("外研", "外研版", "外研社", "外语教学与研究"),
    "西南师大": ("西师", "西师版", "西师大", "西南师范大学"),
    "华东师大": ("华师", "华师大", "华师大版", "华东师范大学"),
    "苏教": ("江苏版", "江苏教育"),
    "译林": ("江苏译林", "译林社"),
    "牛津上海": ("上海牛津", "牛津", "牛津版", "沪教牛津"),
    "沪教": ("上海版", "上海教育"),
    "教科": ("教科社", "教育科学"),
    "冀教": ("河北教育", "河北版"),
    "青岛": ("青岛社",),
    "科普": ("科普社",),
    "人音": ("人民音乐",),
    "人美": ("人民美术",),
}
# Said around what is meant.
_AROUND = """
资源 资料 学习资源 链接 网址 国家平台的 我要 我想 想要 我想看 我想找 我要找 找 查 搜 搜索 查找 帮我找 帮我查 给我 请问
有没有 有吗 在哪 在哪里 怎么 打开 看看 看 的 吗 呢 了 要 一下 版 版本 同步 全部 年级 孩子 老师
"""
_PARENTHESIS = re.compile(r"（(.*?)）")


@dataclass(frozen=True, slots=True)
class Word:
    """A word and what it says; `short` ones count only beside another, a `byname` is seldom meant by first letters."""

    signs: str
    said: tuple[tuple[Facet, frozenset[Value]], ...] = ()
    byname: bool = False

    @property
    def short(self) -> bool:
        """Whether it is one sign only."""
        return len(self.signs) == 1


def words_for(books: Iterable[Book] = (), system: System = System.SIX_THREE) -> list[Word]:
    """Every word: the standing ones, and those of a catalogue's books. `system` says which grade 初一 is."""
    found: dict[tuple[str, Facet | None], set[Value]] = {}
    words = []
    for signs, facet, value in _pairs(tuple(books), system):
        found.setdefault((fold(signs).signs, facet), set()).add(value)
    for one, codes in _SHORT_SUBJECTS.items():
        found[one, Facet.SUBJECT] = set(codes)
    for one, half in (("上", 1), ("下", 2), ("秋", 1), ("春", 2)):
        found[one, Facet.HALF] = {half}
    bynames = {fold(name).signs for subject in SUBJECTS for name in subject.synonyms}
    bynames -= {fold(subject.name).signs for subject in SUBJECTS}
    for (signs, facet), values in found.items():
        said = ((facet, frozenset(values)),) if facet else ()
        words.append(Word(signs, said, facet is Facet.SUBJECT and signs in bynames))
    return words + _grades_with_halves(system)


def _pairs(books: tuple[Book, ...], system: System) -> Iterator[tuple[str, Facet | None, Value]]:
    for signs in _AROUND.split():
        yield signs, None, ""
    for signs, grade in _grades(system):
        yield signs, Facet.GRADE, grade
    for subject in SUBJECTS:
        for signs in (subject.name, *subject.synonyms):
            if len(fold(signs).signs) > 1:
                yield signs, Facet.SUBJECT, subject.code
    for facet, names in _STANDING.items():
        for value, all_signs in names.items():
            for signs in all_signs:
                yield signs, facet, value
    yield from _catalogue_pairs(books)


def _catalogue_pairs(books: tuple[Book, ...]) -> Iterator[tuple[str, Facet, Value]]:
    for name, key in {book.name_of(Dimension.SUBJECT): subject_key(book) for book in books}.items():
        yield name, Facet.SUBJECT, key
    for name in {book.name_of(Dimension.EDITION) for book in books}:
        for signs in _edition_names(name):
            yield signs, Facet.EDITION, name
    for name in {book.name_of(Dimension.VOLUME) for book in books}:
        for signs in _volume_names(name):
            yield signs, Facet.VOLUME, name


def subject_key(book: Book) -> str:
    """What a book's subject is told by: the code of the time-table's subject, else the platform's name."""
    return book.subject or book.name_of(Dimension.SUBJECT)


def _grades(system: System) -> Iterator[tuple[str, int]]:
    for grade in range(1, 10):
        numeral = _NUMERALS[grade]
        yield f"{numeral}年级", grade
        yield f"{numeral}年", grade
        if grade <= 6:
            yield f"小{numeral}", grade
            yield f"小学{numeral}年级", grade
    first = _JUNIOR_FROM[system]
    for number in range(1, 10 - first + 1):
        yield f"初{_NUMERALS[number]}", first + number - 1
        yield f"初中{_NUMERALS[number]}年级", first + number - 1
    if system is System.FIVE_FOUR_PREP:
        yield "预初", 6
        yield "预备年级", 6
    for number in (1, 2, 3):
        yield f"高{_NUMERALS[number]}", 9 + number
        yield f"高中{_NUMERALS[number]}年级", 9 + number


def _grades_with_halves(system: System) -> list[Word]:
    """三上, 初一下, 高二上."""
    named = [(_NUMERALS[grade], grade) for grade in range(1, 10)]
    named += [
        (signs, grade) for signs, grade in _grades(system) if len(signs) == 2 and signs[-1] != "年"
    ]
    found = []
    for signs, grade in named:
        for sign, half in (("上", 1), ("下", 2)):
            said = ((Facet.GRADE, frozenset({grade})), (Facet.HALF, frozenset({half})))
            found += [Word(signs + sign, said), Word(f"{signs}{sign}册", said)]
    return found


def _edition_names(name: str) -> Iterator[str]:
    base = _PARENTHESIS.sub("", name)
    plain = base.removesuffix("三年级起点").removesuffix("版")
    yield name
    yield base
    if len(plain) > 1:
        yield plain
        yield plain + "版"
    for inside in _PARENTHESIS.findall(name):
        signs = inside.removeprefix("主编：")
        yield signs
        yield plain + signs
        if "年级起点" in signs:
            yield signs.replace("年级起点", "起点")
            yield signs.replace("年级起点", "起")
    for beginning, others in _EDITIONS.items():
        if name.startswith(beginning):
            yield from others


def _volume_names(name: str) -> Iterator[str]:
    """必修 第一册 is also 必修一 and 必修1; 选择性必修2 法律与生活 also 选修二, 选必二 and 法律与生活."""
    if name in ("上册", "下册", "全一册"):
        return
    yield name
    first, _, rest = name.partition(" ")
    if len(rest) > 2 and not rest.startswith("第"):
        yield rest
        yield first
    short = name if rest.startswith("第") or len(rest) <= 2 else first
    for signs in {short.replace("第", "").replace("册", ""), name.removesuffix("册")}:
        yield signs
        if signs.startswith("选择性必修"):
            yield signs.replace("选择性必修", "选修")
            yield signs.replace("选择性必修", "选必")
    for kind in ("选择性必修", "必修"):
        if name.startswith(kind):
            yield kind
            if kind == "选择性必修":
                yield "选修"
            return
