"""How well what somebody typed fits a title: by its signs, by how it sounds, by first letters, and with one slip.

Everything is folded first: width, case and blanks are no difference, 1 is 一 wherever both can stand, and 第12课 is
第十二课.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from domain.chapters import chapters_in_signs
from domain.pinyin import initials, syllables

QUERY_LIMIT = 60
# How sure each way of fitting is; below `CLEAR` it may be a slip of the finger.
EXACT, PREFIX, INSIDE = 1.0, 0.95, 0.9
SOUNDS, LETTERS, FIRSTS = 0.82, 0.8, 0.7
IN_ORDER, ONE_SLIP, TWO_SLIPS = 0.6, 0.55, 0.45
CLEAR = 0.6
_NUMBERS = str.maketrans("0123456789", "零一二三四五六七八九")
_BLANK = re.compile(r"[\W_]+")
_DIGIT = re.compile(r"(?<![0-9])[1-9](?![0-9])")
_LATIN = re.compile(r"[a-z]+")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text, and how it sounds: a syllable a sign, their first letters, and all letters in a row.

    `starts` are the places in `letters` at which a sign begins.
    """

    signs: str
    sounds: tuple[str, ...]
    firsts: str
    letters: str
    starts: frozenset[int]

    @property
    def is_latin(self) -> bool:
        """Whether it is letters alone: then they are read as 拼音, or as first letters."""
        return bool(_LATIN.fullmatch(self.signs))


def words_of(text: str) -> list[str]:
    """What blanks and punctuation part, in small letters of one width."""
    plain = unicodedata.normalize("NFKC", text[: QUERY_LIMIT * 4]).lower()
    return [word for word in _BLANK.split(plain) if word]


def fold_once(text: str) -> Folded:
    """A text as it is compared; not remembered, for who goes through very many."""
    plain = chapters_in_signs("".join(words_of(text)))
    signs = _DIGIT.sub(lambda m: m[0].translate(_NUMBERS), plain)
    sounds = syllables(signs)
    starts, at = set(), 0
    for one in sounds:
        starts.add(at)
        at += len(one)
    return Folded(signs, sounds, initials(signs), "".join(sounds), frozenset(starts))


@lru_cache(maxsize=30_000)
def fold(text: str) -> Folded:
    """A text as it is compared."""
    return fold_once(text)


def fit(wanted: Folded, title: Folded, *, slips: bool = True) -> float:
    """From 0, not at all, to 1, the same.

    Without `slips` what is below `CLEAR` may be 0: to count them is by far the dearest way of fitting.
    """
    if not wanted.signs or not title.signs:
        return 0.0
    if wanted.signs == title.signs:
        return EXACT
    if wanted.signs in title.signs:
        return PREFIX if title.signs.startswith(wanted.signs) else INSIDE
    if wanted.is_latin:
        return _fit_letters(wanted.signs, title, slips=slips)
    if len(wanted.sounds) >= 2 and _stands_in(wanted.sounds, title.sounds):
        return SOUNDS
    if len(wanted.signs) >= 2 and _in_order(wanted.signs, title.signs):
        return IN_ORDER
    counted = _slips(wanted.sounds, title.sounds) if slips else 9
    if counted <= 1 and len(wanted.sounds) >= 3:
        return ONE_SLIP
    return TWO_SLIPS if counted <= 2 and len(wanted.sounds) >= 6 else 0.0


def fit_words(text: str, title: str, *, slips: bool = True) -> float:
    """The whole of it, or each of its words: then as well as the worst of them. Of `slips` see `fit`."""
    title_folded = fold(title)
    whole = fit(fold(text), title_folded, slips=slips)
    words = words_of(text)
    if len(words) < 2 or whole >= INSIDE:
        return whole
    each = (fit(fold(word), title_folded, slips=slips) for word in words)
    return max(whole, 0.97 * min(each))


def _fit_letters(letters: str, title: Folded, *, slips: bool) -> float:
    if len(letters) < 2:
        return 0.0
    at = title.letters.find(letters)
    while at >= 0:
        if at in title.starts:
            return LETTERS + (0.1 if at == 0 else 0.0)
        at = title.letters.find(letters, at + 1)
    at = title.firsts.find(letters)
    if at >= 0 and (at == 0 or len(letters) > 2):
        return FIRSTS + (0.1 if at == 0 else 0.0)
    if slips and len(letters) >= 5 and _has_a_third_of(letters, title.letters):
        return ONE_SLIP if _slips(letters, title.letters) <= 1 else 0.0
    return 0.0


def _has_a_third_of(letters: str, title: str) -> bool:
    """Whether one slip can be all: it touches two thirds at most, so one stands in the title as it is.

    Asked first, since slips are dear to count.
    """
    third, two = len(letters) // 3, len(letters) * 2 // 3
    return letters[:third] in title or letters[third:two] in title or letters[two:] in title


def _stands_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    length = len(part)
    return any(whole[i : i + length] == part for i in range(len(whole) - length + 1))


def _in_order(signs: str, title: str) -> bool:
    rest = iter(title)
    return all(sign in rest for sign in signs)


def _slips(wanted: Sequence[str], title: Sequence[str]) -> int:
    """How many signs are wrong, left out, too many or exchanged, at the place in the title where they are fewest."""
    if len(set(wanted) & set(title)) < len(set(wanted)) - 2:
        return 9
    before_last: list[int] = []
    last = [0] * (len(title) + 1)
    for i, sign in enumerate(wanted, 1):
        row = [i]
        for j, other in enumerate(title, 1):
            cost = min(last[j - 1] + (sign != other), last[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and sign == title[j - 2] and wanted[i - 2] == other:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        before_last, last = last, row
    return min(last)
