"""Names and numbers as people type them: full-width digits, blanks inside, and what of a name may be shown."""

from __future__ import annotations

import re
import unicodedata

NAME_LIMIT = 40  # the longest in Latin letters, and Tibetan counted by code points
_CLAIM = re.compile(r"(?P<name>\D{2,60}?)(?P<digits>\d{4})")
# They choose a letter's look (Mongolian, Han), never the letter.
_SELECTORS = re.compile("[\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
# What a teacher's name on a list may end with already.
_TITLES = ("老师", "主任", "校长", "园长", "书记")
_HAN = "零一二三四五六七八九"
_NUMBERS = re.compile(rf"[0-9]+|[{_HAN}]?十[{_HAN}]?|[{_HAN}]|[^0-9十{_HAN}]+")


def folded_name(text: str) -> str:
    """A name to compare by: only what is a letter or a number, full-width and capitals folded.

    Blanks, marks of zero width, the many middle dots of minority names (`·•・‧.`) and the dots between
    Tibetan syllables (tsheg) go: each keyboard has another, and no two names differ by them.
    """
    folded = unicodedata.normalize("NFKC", _SELECTORS.sub("", text)).casefold()
    return unicodedata.normalize("NFKC", "".join(filter(_tells_names_apart, folded)))


def _tells_names_apart(character: str) -> bool:
    # Punctuation, symbols, separators, controls and formats don't. A rare character that only the
    # school's own font knows (private use, Co) does.
    category = unicodedata.category(character)
    return category[0] not in "PSZ" and category not in ("Cc", "Cf", "Cs")


def parse_name_and_digits(text: str) -> tuple[str, str] | None:
    """`李小明 1234` as one line → (`李小明`, `1234`); None when it is not of that form."""
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _CLAIM.fullmatch(folded)
    if match is None:
        return None
    name = folded_name(match["name"])
    # Tibetan and Mongolian have digits of their own.
    digits = "".join(str(unicodedata.decimal(digit)) for digit in match["digits"])
    return (name, digits) if 2 <= len(name) <= NAME_LIMIT else None


def parse_digits(text: str) -> str | None:
    """Four digits alone, as somebody answers who is asked for nothing else; None for anything else."""
    folded = unicodedata.normalize("NFKC", text).strip(" \t\r\n。.")
    if len(folded) != 4 or not all(unicodedata.decimal(sign, None) is not None for sign in folded):
        return None
    return "".join(str(unicodedata.decimal(digit)) for digit in folded)


def family_name_only(name: str) -> str:
    """A child's name for a stranger who holds the child's invitation: `李小明` → `李*`, however long it is."""
    return name[:1] + "*"


def teacher_name(name: str) -> str:
    """How families call a teacher: 王芳老师. A name on the list may have its title already: 赵主任."""
    return name if name.endswith(_TITLES) else f"{name}老师"


def masked_name(name: str) -> str:
    """A child's name for a message that passes through WeChat: `李小明` → `李*明`, `李明` → `李*`.

    A minor's full name does not belong into somebody else's servers; the page behind the link shows it.
    """
    if len(name) <= 2:
        return name[:1] + "*"
    return name[0] + "*" * (len(name) - 2) + name[-1]


def natural_order(text: str) -> tuple[tuple[int, str], ...]:
    """A key to sort names of classes by, as people count: 二班 before 十班, 9班 before 10班. For numbers up to 99."""
    parts = _NUMBERS.findall(unicodedata.normalize("NFKC", text))
    return tuple((_counted(part), part) for part in parts)


def _counted(part: str) -> int:
    """The number a part stands for; -1 for one that is none."""
    if part.isdecimal():
        return int(part)
    tens, ten, ones = part.rpartition("十")
    if ten:
        return 10 * (_HAN.index(tens) if tens else 1) + (_HAN.index(ones) if ones else 0)
    return _HAN.index(part) if part in _HAN else -1
