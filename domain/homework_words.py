"""A homework as a teacher types it into the chat: 布置 三(2)班 数学 20分钟 课本第12页1-3题 明天交.

Nothing here is refused: what is not understood stays in the text, what is not said stays open. Whoever asks says what
was understood, and is put right.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from domain.homework import HandIn

_DIGITS = "零一二三四五六七八九"
_NUMBER = r"[0-9]{1,3}|[零一二两三四五六七八九十百]{1,5}"
_BEGIN = re.compile(
    r"^\s*(?:请)?(?:帮我)?布置(?:一下|一个|一项)?(?:(?:今天|今晚)的?)?(?:作业)?[\s:,。]*"
)
_CLASS = re.compile(
    r"(?:(?P<grade>[0-9]|[一二三四五六七八九])\s*(?:年级|年)?\s*[(\-.·]?\s*)?(?P<number>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*\)?\s*班|(?P<joined>[1-9][0-9]{2})\s*班"
)
_LISTED = re.compile(
    r"(?P<grade>[0-9]|[一二三四五六七八九])\s*(?:年级|年)?\s*[(]?"
    r"(?P<some>(?:[0-9]{1,2}\s*[、,和]\s*)+[0-9]{1,2})[)]?\s*班"
)
_Named = tuple[int, int, int | None, int]  # from where to before where, grade, number
_ALL = re.compile(r"(?:所有|全部|每个|各个?|两个|几个)班级?")
_HALF = re.compile(
    r"(?:约|大约|大概|预计)?\s*(?:(?P<hours>一个?|1个?|两个?|2个?)?半个?小时"
    r"|(?P<whole>[一两12])个?小时(?P<more>半)?)"
)
_QUARTER = re.compile(r"(?P<count>[一两三123])刻钟")
_MINUTES = re.compile(
    rf"(?:约|大约|大概|预计|时长|用时)?\s*[:]?\s*(?P<number>{_NUMBER})\s*"
    r"(?:分钟|分(?![数之钟])|min(?:utes?|s)?\b|')(?:左右|以内|内)?"
)
_DAY_WORD = (
    r"今天|今晚|明天|后天|大后天|周末|(?:下?(?:周|星期|礼拜))[一二三四五六日天]"
    r"|(?:[0-9]{1,2}月)?[0-9]{1,2}[日号]"
)
_FOR_DAY = re.compile(rf"(?P<day>{_DAY_WORD})的?作业")
_ONLY_DAY = re.compile(
    rf"^(?:改成?|换[到成]?|挪到|放到)?\s*(?P<day>{_DAY_WORD})(?:的|吧|晚上|再做)?$"
)
_WEEKDAYS = "一二三四五六日"
_SPOKEN = re.compile(r"非书面|不用写|不写|口头")
_WRITING = re.compile(r"写|做|抄|题|练习册|卷|作文|日记|算|画|填")
_READING = re.compile(r"读|背|听|预习|跳绳|运动|锻炼|复习|看书|讲|唱|练字?琴|家务")
_HAND_INS = (
    (re.compile(r"拍照|拍图|上传(?:图片|照片)|发照片"), HandIn.PICTURES),
    (re.compile(r"录音|语音|音频"), HandIn.VOICE),
    (re.compile(r"打卡|打勾|打钩"), HandIn.TICK),
)
_EDGES = " \t\n,.;:、-|的"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnClass:
    """A class in which the teacher may set homework."""

    id: str
    name: str
    grade: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was understood. None and nothing: it was not said."""

    class_ids: tuple[str, ...] = ()
    unknown_class: str = ""
    subject: str = ""
    minutes: int | None = None
    day: date | None = None
    written: bool | None = None
    hand_in: HandIn = HandIn.NOTHING
    text: str = ""


def is_homework(text: str) -> bool:
    """Whether somebody begins to set a homework."""
    return _BEGIN.match(_folded(text)) is not None


def parse_homework_words(
    text: str, *, classes: Sequence[OwnClass], subjects: Mapping[str, str], today: date
) -> Heard:
    """What a message says; `subjects` are codes by what they are called. Of one class or subject no word is needed."""
    rest = _BEGIN.sub("", _folded(text))
    heard, rest = _take_classes(rest, classes)
    minutes, rest = _take_minutes(rest)
    subject, rest = _take_subject(rest, subjects)
    day, rest = _take_day(rest, today)
    if not heard.class_ids and not heard.unknown_class and len(classes) == 1:
        heard = replace(heard, class_ids=(classes[0].id,))
    codes = set(subjects.values())
    words = re.sub(r"\s*\n\s*", "\n", re.sub(r"[ \t]{2,}", " ", rest)).strip(_EDGES)
    hand_in = next((how for pattern, how in _HAND_INS if pattern.search(words)), HandIn.NOTHING)
    return replace(
        heard,
        subject=subject or (next(iter(codes)) if len(codes) == 1 else ""),
        minutes=minutes,
        day=day,
        written=_is_written(words),
        hand_in=hand_in,
        text=words,
    )


def put_right(before: Heard, said: Heard) -> Heard | None:
    """What was understood with what is said now; None where nothing of it says anything new."""
    after = replace(
        before,
        class_ids=said.class_ids or before.class_ids,
        unknown_class=said.unknown_class or ("" if said.class_ids else before.unknown_class),
        subject=said.subject or before.subject,
        minutes=said.minutes or before.minutes,
        day=said.day or before.day,
    )
    if said.text and not before.text:
        after = replace(after, text=said.text, written=said.written, hand_in=said.hand_in)
    elif said.written is False and _SPOKEN.search(said.text):
        after = replace(after, written=False)
    return None if after == before else after


def parse_number(text: str) -> int | None:
    """20, 二十, 两, 一百二十; None for what is no number."""
    if text.isascii() and text.isdigit():
        return int(text)
    text = text.replace("两", "二")
    hundreds, hundred, below = text.rpartition("百")
    tens, ten, ones = below.lstrip("零").rpartition("十")
    parts = (hundreds if hundred else "", tens, ones)
    if not all(part == "" or part in _DIGITS for part in parts):
        return None
    count = (100 * (_DIGITS.index(hundreds) if hundreds else 1) if hundred else 0) + (
        10 * (_DIGITS.index(tens) if tens else 1) if ten else 0
    )
    return count + (_DIGITS.index(ones) if ones else 0)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).replace("〇", "零").replace("。", ".")


def _take_classes(text: str, classes: Sequence[OwnClass]) -> tuple[Heard, str]:
    if everywhere := _ALL.search(text):
        rest = text[: everywhere.start()] + text[everywhere.end() :]
        return Heard(class_ids=tuple(c.id for c in classes)), rest
    for one in sorted(
        classes, key=lambda c: len(c.name), reverse=True
    ):  # 三年级向日葵班, as it is called
        name = _folded(one.name)
        if name and name in text and not _CLASS.fullmatch(name):
            return Heard(class_ids=(one.id,)), text.replace(name, " ", 1)
    ids: list[str] = []
    unknown = ""
    grade: int | None = None
    named = _named_classes(text)
    for start, end, said_grade, number in named:
        grade = said_grade or grade
        mine = [c.id for c in classes if _is(c, grade, number)]
        if len(mine) == 1:
            ids += mine
        else:
            unknown = unknown or text[start:end].strip()
    rest = text
    for start, end, _, _ in reversed(named):
        rest = rest[:start] + " " + rest[end:]
    if named:
        rest = re.sub(r"^[\s,、和及跟与]+", "", rest)
    return Heard(class_ids=tuple(dict.fromkeys(ids)), unknown_class=unknown), rest


def _named_classes(text: str) -> list[_Named]:
    """Each class that is named; 三1、2班 are two, of one grade."""
    if listed := _LISTED.search(text):
        grade = parse_number(listed["grade"])
        first, *more = [int(n) for n in re.findall(r"[0-9]{1,2}", listed["some"])]
        end = listed.end()
        return [(listed.start(), end, grade, first), *((end, end, grade, n) for n in more)]
    named: list[_Named] = []
    for found in _CLASS.finditer(text):
        start, end = found.span()
        if found["joined"]:  # 302班
            named.append((start, end, int(found["joined"][0]), int(found["joined"][1:])))
        elif (number := parse_number(found["number"])) is not None:
            grade = parse_number(found["grade"]) if found["grade"] else None
            named.append((start, end, grade, number))
    return named


def _is(one: OwnClass, grade: int | None, number: int) -> bool:
    if grade is not None and one.grade != grade:
        return False
    own = re.search(r"([0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*\)?\s*班?$", _folded(one.name))
    return own is not None and parse_number(own[1]) == number


def _take_minutes(text: str) -> tuple[int | None, str]:
    for pattern in (_HALF, _QUARTER, _MINUTES):
        found = pattern.search(text)
        if found is None:
            continue
        if pattern is _HALF:
            hours = {"一": 1, "1": 1, "两": 2, "2": 2}
            whole = hours.get((found["whole"] or found["hours"] or "")[:1], 0)
            minutes: int | None = 60 * whole + (30 if found["more"] or not found["whole"] else 0)
        elif pattern is _QUARTER:
            minutes = 15 * {"一": 1, "1": 1, "两": 2, "2": 2, "三": 3, "3": 3}[found["count"]]
        else:
            minutes = parse_number(found["number"])
        if minutes:
            return minutes, text[: found.start()] + " " + text[found.end() :]
    return None, text


def _take_subject(text: str, subjects: Mapping[str, str]) -> tuple[str, str]:
    """The first one that stands where a subject stands: at the beginning, or apart from other words."""
    best: tuple[int, int, str] | None = None
    for name, code in subjects.items():
        pattern = rf"(?:^|(?<=[\s,、:.的])){re.escape(name)}(?:课)?(?:作业)?(?=$|[\s,、:.]|[^作课])"
        found = re.search(pattern, text)
        if found and (best is None or (found.start(), -len(name)) < (best[0], best[0] - best[1])):
            best = (found.start(), found.end(), code)
    if best is None:
        return "", text
    return best[2], text[: best[0]] + " " + text[best[1] :]


def _take_day(text: str, today: date) -> tuple[date | None, str]:
    found = _FOR_DAY.search(text) or _ONLY_DAY.match(text.strip(_EDGES))
    if found is None:
        return None, text
    day = _day_of(found["day"], today)
    if found.re is _ONLY_DAY:
        return day, "" if day else text
    return day, text[: found.start()] + " " + text[found.end() :] if day else text


def _day_of(word: str, today: date) -> date | None:
    ahead = {"今天": 0, "今晚": 0, "明天": 1, "后天": 2, "大后天": 3}
    if word in ahead:
        return today + timedelta(days=ahead[word])
    if word == "周末":
        return today + timedelta(days=(5 - today.weekday()) % 7)
    if re.search("周|星期|礼拜", word):
        wanted = _WEEKDAYS.index(word[-1].replace("天", "日"))
        monday = today - timedelta(days=today.weekday())
        if word.startswith("下"):
            return monday + timedelta(days=7 + wanted)
        return today + timedelta(days=(wanted - today.weekday()) % 7)
    numbers = [int(n) for n in re.findall(r"[0-9]+", word)]
    month = numbers[0] if len(numbers) == 2 else today.month
    try:
        day = date(today.year, month, numbers[-1])
        if day < today:
            later = month % 12 + 1 if len(numbers) == 1 else month
            day = date(today.year + (later < today.month or len(numbers) == 2), later, numbers[-1])
    except ValueError:
        return None
    return day


def _is_written(words: str) -> bool | None:
    """None where nothing is said of what is to be done."""
    if not words:
        return None
    if _SPOKEN.search(words):
        return False
    return bool(_WRITING.search(words)) or not _READING.search(words)
