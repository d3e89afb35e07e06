"""Which of very many titles may fit what was typed: a few dozen, whatever their number, for `fit_words` to judge.

Every title leaves traces: its syllables, its first letters two by two, its letters three by three. For each trace it is
kept which titles have it, as numbers while they are few and as one bit a title where that is shorter. What may fit has
all traces of a word, so a question is a handful of bit sets laid over each other: microseconds for 100,000 titles. Who
asks takes the newest of the surest ones, and stops when there are enough.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import reduce

from domain.search_text import Folded, fold, fold_once, words_of

_EITHER, _SLIPPING = 6, 3  # letters and signs from which on one may be wrong


class _Numbers:
    """A set of numbers, listed while they are few."""

    __slots__ = ("bits", "listed")

    def __init__(self) -> None:
        self.listed: array[int] | None = array("I")
        self.bits = bytearray()

    def add(self, number: int) -> None:
        if self.listed is not None:
            self.listed.append(number)
            if len(self.listed) * 32 <= number + 1024:
                return
            listed, self.listed = self.listed, None
            for one in listed:
                self._mark(one)
        else:
            self._mark(number)

    def _mark(self, number: int) -> None:
        _mark(self.bits, number)

    def together(self) -> int:
        """All of them, as the bits of one number."""
        if self.listed is None:
            return int.from_bytes(self.bits, "little")
        bits = bytearray()
        for one in self.listed:
            _mark(bits, one)
        return int.from_bytes(bits, "little")


def _mark(bits: bytearray, number: int) -> None:
    at = number >> 3
    if at >= len(bits):
        bits.extend(bytes(at + 1 - len(bits)))
    bits[at] |= 1 << (number & 7)


class TitleIndex:
    """Titles by number. `marks` are what else is known of one: where it stands, its grade, its subject."""

    def __init__(self) -> None:
        self._traces: dict[str, _Numbers] = {}
        self._marks: dict[Hashable, _Numbers] = {}
        self._gone = bytearray()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, title: str, marks: Iterable[Hashable]) -> int:
        """Its number: the next one."""
        number, self._count = self._count, self._count + 1
        for trace in set(_all_traces(fold_once(title))):
            self._traces.setdefault(trace, _Numbers()).add(number)
        for mark in marks:
            self._marks.setdefault(mark, _Numbers()).add(number)
        return number

    def drop(self, number: int) -> None:
        """It is found no more; its number is not given again."""
        _mark(self._gone, number)

    def marked(self, marks: Iterable[Hashable]) -> int:
        """All that have one of these marks."""
        held = (self._marks[mark].together() for mark in marks if mark in self._marks)
        return reduce(int.__or__, held, 0)

    def standing(self, places: Iterable[Hashable]) -> int:
        """All with one of these marks that were not dropped."""
        return self.marked(places) & ~int.from_bytes(self._gone, "little")

    def fitting(self, text: str, among: int) -> Iterator[int]:
        """Those of `among` that may fit a text: the surest ones, then others that are less sure, and so on."""
        words = [list(_ways(fold(word))) for word in words_of(text)]
        seen = 0
        held = [0] * len(words)
        for sureness in range(max(map(len, words), default=0)):
            found = among
            for i, ways in enumerate(words):
                if sureness < len(ways):
                    held[i] |= self._any_of(ways[sureness], among)
                found &= held[i]
            yield found & ~seen
            seen |= found

    def _any_of(self, others: Sequence[Sequence[str]], among: int) -> int:
        return reduce(int.__or__, (self._all_of(traces, among) for traces in others), 0)

    def _all_of(self, traces: Sequence[str], among: int) -> int:
        held = [self._traces.get(trace) for trace in traces]
        if not held or None in held:
            return 0
        # The rarest first: once nothing is left there is nothing to look at.
        for one in sorted((one for one in held if one), key=_size):
            among &= one.together()
            if not among:
                break
        return among


def _size(numbers: _Numbers) -> int:
    return len(numbers.bits) * 8 if numbers.listed is None else len(numbers.listed)


def newest(found: int, limit: int) -> Iterator[int]:
    """The highest numbers of a set, at most so many."""
    while found and limit:
        number = found.bit_length() - 1
        yield number
        found ^= 1 << number
        limit -= 1


def _all_traces(title: Folded) -> Iterator[str]:
    yield from _syllables(title)
    yield from _firsts(title.firsts)
    yield from _triples(title.letters)


def _syllables(text: Folded) -> list[str]:
    return [f"{sound} " for sound in text.sounds]


def _firsts(firsts: str) -> list[str]:
    return [f"'{firsts[i : i + 2]}" for i in range(len(firsts) - 1)]


def _triples(letters: str) -> list[str]:
    return [letters[i : i + 3] for i in range(len(letters) - 2)]


def _ways(word: Folded) -> Iterator[list[list[str]]]:
    """The traces of a title that fits, the surest way first: as written or by ear; with its signs apart, or by its
    first letters; with a slip, which leaves all the others (of letters: one half) as they are."""
    letters = word.letters
    if word.is_latin:
        yield [_triples(letters)]
        yield [_firsts(letters)]
        if len(letters) >= _EITHER:
            half = len(letters) // 2
            yield [_triples(letters[:half]), _triples(letters[half:])]
        return
    syllables = _syllables(word)
    yield [syllables + _triples(letters)]
    yield [syllables]
    if len(syllables) >= _SLIPPING:
        yield [syllables[:i] + syllables[i + 1 :] for i in range(len(syllables))]
