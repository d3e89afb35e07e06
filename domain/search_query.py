"""Reading what somebody typed: 三年级语文, 五下数学, snjyw, shuxue5x, 部编版3年级下册余文.

All ways of cutting it into known words are tried, with what each costs: a word as it is written costs next to
nothing, one that only sounds so more, one with a slip most; what is left over is looked for in titles. Often several
readings are good (snj is 三年级 and 四年级), and all go on; who asks decides between them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from domain.search_text import QUERY_LIMIT, fold
from domain.search_words import Facet, Said, Value, Word, words_for

READINGS = 6  # that are followed
_BEAM = 10
_WORSE = 1.2  # than the best: not followed any more
_WRITTEN, _SPELLED, _FIRSTS, _SOUNDED, _BEGUN, _SLIPPED = 0.05, 0.1, 0.35, 0.65, 0.7, 0.9
_BYNAME, _SHORT, _LONE, _CLASH = 0.25, 0.3, 1.0, 2.0
_SIGN_OVER, _LETTER_OVER = 1.0, 0.45
_LONGEST = 30
_YEAR = re.compile(r"(?<![0-9])20[0-9]{2}[年版]?")  # the books that count are this year's
_SURELY = 0.8


@dataclass(frozen=True, slots=True)
class Reading:
    """One way of understanding it: what was said, and what is left over. `cost` is 0 for what is plainly written."""

    said: Said
    rest: str
    cost: float

    def values(self, facet: Facet) -> frozenset[Value]:
        """What was said of this; empty for nothing."""
        return self.said.get(facet, frozenset())


@dataclass(frozen=True, slots=True)
class _Step:
    cost: float
    said: Mapping[Facet, frozenset[Value]]
    rest: str
    over: bool  # the sign before belongs to no word
    weak: bool  # the word before counts only beside another

    @property
    def key(self) -> tuple[object, ...]:
        return (
            tuple(sorted((f, tuple(sorted(map(str, v)))) for f, v in self.said.items())),
            self.rest,
        )


@dataclass
class Vocabulary:
    """Words by every way in which they are typed: as written, in letters, by ear, and with a sign left out."""

    words: Sequence[Word]
    _ways: dict[str, list[tuple[Word, float]]] = field(default_factory=dict)
    _sounds: dict[tuple[str, ...], list[Word]] = field(default_factory=dict)
    _begun: dict[str, list[Word]] = field(default_factory=dict)
    _gaps: dict[object, set[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, word in enumerate(self.words):
            folded = fold(word.signs)
            self._way(folded.signs, word, _WRITTEN)
            if word.short:
                if word.said and word.said[0][0] is Facet.HALF:
                    self._way(folded.firsts, word, _FIRSTS)
                continue
            if folded.letters != folded.signs:
                self._way(folded.letters, word, _SPELLED)
                self._way(folded.signs[0] + "".join(folded.sounds[1:]), word, _SPELLED)
                if len(folded.firsts) > 1 and word.said:
                    cost = _FIRSTS + (_BYNAME if word.byname else 0.0)
                    self._way(folded.firsts, word, cost)
                    self._way(folded.signs[0] + folded.firsts[1:], word, cost)
            if len(folded.signs) > 1:
                self._sounds.setdefault(folded.sounds, []).append(word)
                for end in range(1, len(folded.signs)):
                    self._begun.setdefault(folded.signs[:end], []).append(word)
            for end in range(2, len(folded.letters)):
                self._begun.setdefault(folded.letters[:end], []).append(word)
            if word.said:
                self._note_gaps(number, folded.sounds, 3)
                self._note_gaps(number, tuple(folded.letters), 5)

    def _way(self, typed: str, word: Word, cost: float) -> None:
        self._ways.setdefault(typed, []).append((word, cost))

    def _note_gaps(self, number: int, units: tuple[str, ...], least: int) -> None:
        if len(units) >= least:
            for one in {units, *_one_less(units)}:
                self._gaps.setdefault(one, set()).add(number)

    def meant(self, typed: str, *, last: bool, slips: bool) -> list[tuple[Word, float]]:
        """The words that these signs can be; `last`: they may be begun only."""
        found = list(self._ways.get(typed, ()))
        folded = fold(typed)
        if not found and len(folded.signs) > 1:
            found = [(word, _SOUNDED) for word in self._sounds.get(folded.sounds, ())]
        if last and not found:
            found = [(word, _BEGUN) for word in self._begun.get(typed, ()) if word.said]
        if slips and not found:
            found = [(word, _SLIPPED) for word in self._slipped(typed, folded.sounds)]
        return found

    def _slipped(self, typed: str, sounds: tuple[str, ...]) -> list[Word]:
        latin = typed.isascii()
        units = tuple(typed) if latin else sounds
        if len(units) < (4 if latin else 2):
            return []
        near: set[int] = set()
        for one in {units, *_one_less(units)}:
            near |= self._gaps.get(one, set())
        found = []
        for number in near:
            folded = fold(self.words[number].signs)
            other = tuple(folded.letters) if latin else folded.sounds
            if len(other) >= (5 if latin else 3) and _one_slip(units, other):
                found.append(self.words[number])
        return found


def read(text: str, vocabulary: Vocabulary, *, typing: bool = False) -> list[Reading]:
    """The best readings, the cheapest first. `typing`: the last word may be begun only."""
    signs = fold(_YEAR.sub("", text[:QUERY_LIMIT])).signs
    steps: list[list[_Step]] = [[] for _ in range(len(signs) + 1)]
    steps[0] = [_Step(0.0, {}, "", over=False, weak=False)]
    for start in range(len(signs)):
        here = steps[start] = _best(steps[start])
        if not here:
            continue
        over = _SIGN_OVER if ord(signs[start]) > 127 else _LETTER_OVER
        steps[start + 1] += [_left_over(step, signs[start], over) for step in here]
        for end in range(start + 1, min(len(signs), start + _LONGEST) + 1):
            typed = signs[start:end]
            last = typing and end == len(signs)
            for word, cost in vocabulary.meant(typed, last=last, slips=end - start > 1):
                steps[end] += [_with_word(step, word, cost) for step in here]
    found = _best(steps[-1])[:READINGS]
    return [Reading(s.said, s.rest, s.cost) for s in found if s.cost <= found[0].cost + _WORSE]


def _left_over(step: _Step, sign: str, cost: float) -> _Step:
    rest = step.rest + ("" if step.over or not step.rest else " ") + sign
    lone = _LONE if step.weak else 0.0
    return _Step(step.cost + cost + lone, step.said, rest, over=True, weak=False)


def _with_word(step: _Step, word: Word, cost: float) -> _Step:
    weak = word.short or (_FIRSTS <= cost < _SOUNDED and len(word.signs) < 3)
    cost += (_SHORT if word.short else 0.0) + (_LONE if weak and step.over else 0.0)
    said = dict(step.said)
    for facet, values in word.said:
        both = values & said.get(facet, values)
        if not both:
            cost += _CLASH
        else:
            said[facet] = both
    return _Step(step.cost + cost, said, step.rest, over=False, weak=weak)


def _best(steps: Iterable[_Step]) -> list[_Step]:
    cheapest: dict[tuple[object, ...], _Step] = {}
    for step in sorted(steps, key=lambda s: s.cost):
        cheapest.setdefault((*step.key, step.over, step.weak), step)
        if len(cheapest) == _BEAM:
            break
    return list(cheapest.values())


def _one_less(units: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [units[:i] + units[i + 1 :] for i in range(len(units))]


def _one_slip(typed: tuple[str, ...], meant: tuple[str, ...]) -> bool:
    """Whether one sign is wrong, left out, too many, or two are exchanged."""
    if len(typed) == len(meant):
        wrong = [i for i, (a, b) in enumerate(zip(typed, meant, strict=True)) if a != b]
        if len(wrong) == 2:
            i, j = wrong
            return j == i + 1 and typed[i] == meant[j] and typed[j] == meant[i]
        return len(wrong) <= 1
    longer, shorter = (typed, meant) if len(typed) > len(meant) else (meant, typed)
    return len(longer) - len(shorter) == 1 and shorter in _one_less(longer)


@cache
def standing() -> Vocabulary:
    """The words that are always so, whatever catalogue counts."""
    return Vocabulary(words_for())


def asks_for_book(text: str) -> bool:
    """Whether it is about a book and nothing else: 数学 五下, snjyw; not 语文, nor 三年级语文作业."""
    if len(text) > QUERY_LIMIT:
        return False
    best = next(iter(read(text, standing())), None)
    if best is None or best.rest or best.cost > _SURELY:
        return False
    return Facet.SUBJECT in best.said and len(best.said) > 1
