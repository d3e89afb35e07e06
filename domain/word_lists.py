"""Lists of words (词表) that hold something back or refuse it, and how a text is folded before it is looked through.

Folding: full width, compatibility forms and case (NFKC), accents, traditional characters, and whatever stands between
two characters. A list says what to hold, what to refuse, and what not to mind.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

from ahocorasick_rs import AhoCorasick, MatchKind
from opencc_purepy import OpenCC

from domain.errors import InvalidError, Problem
from domain.safety import Outcome, strictest

# One sentence ends here: a word does not go on behind it.
_ENDS = frozenset("。！？；!?;\n\r…")
_HAN = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x2A6E0))
LEVELS = ("hold", "refuse", "ignore")
WORDS_LIMIT = 10_000
WORD_LIMIT = 50
JOIN = "+"  # `刷单+佣金`: both must be there


@dataclass(frozen=True, slots=True, kw_only=True)
class WordList:
    """The words of one place: a school, or a region for all schools in it.

    `digest` is another one whenever the words are; `version` counts how often they were written.
    """

    id: str
    hold: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    digest: str = ""
    version: int = 0


def parse_words(words: WordList, form: Mapping[str, str]) -> WordList:
    """The list as it was typed, one word a line, each once. Raises InvalidError (`hold`, `refuse`, `ignore`)."""
    typed: dict[str, tuple[str, ...]] = {}
    wrong: dict[str, Problem] = {}
    for name in LEVELS:
        lines = dict.fromkeys(" ".join(line.split()) for line in form.get(name, "").splitlines())
        typed[name] = tuple(line for line in lines if line)
        if len(typed[name]) > WORDS_LIMIT:
            wrong[name] = Problem("too_many", WORDS_LIMIT)
        elif any(len(line) > WORD_LIMIT for line in typed[name]):
            wrong[name] = Problem("too_long", WORD_LIMIT)
        elif any(not folded(p).text for line in typed[name] for p in line.split(JOIN)):
            wrong[name] = Problem("form")
    if wrong:
        raise InvalidError(wrong)
    digest = hashlib.sha256(repr([typed[name] for name in LEVELS]).encode()).hexdigest()
    return replace(
        words,
        hold=typed["hold"],
        refuse=typed["refuse"],
        ignore=typed["ignore"],
        digest=digest,
    )


@cache
def _simple() -> dict[int, str]:
    """Traditional characters to simplified ones, one for one; made at the first use."""
    letters = [chr(code) for first, end in _HAN for code in range(first, end)]
    simple = OpenCC("t2s").convert("\n".join(letters)).split("\n")
    pairs = zip(letters, simple, strict=True)
    return {ord(old): new for old, new in pairs if old != new and len(new) == 1}


@dataclass(frozen=True, slots=True)
class Folded:
    """A text without what tells nothing, and where each of its characters stood (`at`) in the normal form `whole`."""

    text: str
    at: tuple[int, ...]
    whole: str


def folded(text: str) -> Folded:
    """A text as it is compared."""
    whole = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    whole = unicodedata.normalize("NFKC", whole).translate(_simple())
    # Letters and digits alone: neither spaces, signs and emoji nor accents and invisible characters.
    kept = [(i, c) for i, c in enumerate(whole) if c.isalnum()]
    return Folded("".join(c for _, c in kept), tuple(i for i, _ in kept), whole)


@dataclass(frozen=True, slots=True)
class _Hit:
    word: int
    start: int
    end: int


class Matcher:
    """The words of one list, ready to look through texts. Costs what the words are to build, and little to use."""

    def __init__(self, words: WordList) -> None:
        self._parts: list[str] = []
        index: dict[str, int] = {}
        levels: dict[tuple[int, ...], Outcome] = {}
        for level, lines in ((Outcome.HOLD, words.hold), (Outcome.REFUSE, words.refuse)):
            for line in lines:
                parts = tuple(self._part(index, p) for p in line.split(JOIN) if folded(p).text)
                if parts:
                    levels[parts] = level
        self._ignored = {self._part(index, line) for line in words.ignore if folded(line).text}
        self._rules: dict[int, list[tuple[frozenset[int], Outcome]]] = {}
        for parts, level in levels.items():
            self._rules.setdefault(parts[0], []).append((frozenset(parts), level))
        self._search = AhoCorasick(self._parts, matchkind=MatchKind.Standard)

    def _part(self, index: dict[str, int], text: str) -> int:
        word = folded(text).text
        if word not in index:
            index[word] = len(self._parts)
            self._parts.append(word)
        return index[word]

    def hits(self, text: Folded) -> list[_Hit]:
        """Every place where a part of a word stands, also one to be ignored."""
        found = self._search.find_matches_as_indexes(text.text, overlapping=True)
        return [_Hit(*hit) for hit in found if _is_word(text, hit[1], hit[2])]

    def ignored(self, hits: Iterable[_Hit]) -> list[tuple[int, int]]:
        """From where to where nothing is to be minded."""
        return [(hit.start, hit.end) for hit in hits if hit.word in self._ignored]

    def judged(self, hits: Iterable[_Hit], ignored: Iterable[tuple[int, int]]) -> Outcome:
        """The strictest of what these say, without those that lie in something to be ignored."""
        spans = list(ignored)
        there = {
            hit.word
            for hit in hits
            if not any(start <= hit.start and hit.end <= end for start, end in spans)
        }
        return strictest(
            level for part in there for parts, level in self._rules.get(part, ()) if there >= parts
        )


def _is_word(text: Folded, start: int, end: int) -> bool:
    """Whether what was found is one word to a reader.

    Letters and digits must not go on before or behind (`sb` in `usb`), and what only a sentence's end keeps apart is
    the end of one word and the beginning of another.
    """
    first, last = text.at[start], text.at[end - 1]
    if text.text[start:end].isascii():
        before, behind = text.whole[first - 1 : first], text.whole[last + 1 : last + 2]
        if (before.isascii() and before.isalnum()) or (behind.isascii() and behind.isalnum()):
            return False
    gaps = [
        text.whole[text.at[i] + 1 : text.at[i + 1]]
        for i in range(start, end - 1)
        if text.at[i + 1] - text.at[i] > 1
    ]
    return len(gaps) != 1 or not _ENDS.intersection(gaps[0])


def judge_words(text: str, matchers: Iterable[Matcher]) -> Outcome:
    """What all lists together say to a text; what one of them does not mind, none does."""
    whole = folded(text)
    found = [(m, m.hits(whole)) for m in matchers]
    ignored = [span for m, hits in found for span in m.ignored(hits)]
    return strictest(m.judged(hits, ignored) for m, hits in found)
