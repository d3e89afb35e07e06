"""Places of an activity (名额): who has which, and who waits. All of an activity's are one document.

So that no place is given twice and nobody has two is said by that document alone, whatever dies. Every change here is
made of what was read and stored only over the same version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

WAITING_LIMIT = 500


class Standing(StrEnum):
    """What somebody has."""

    NONE = "none"
    HELD = "held"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose answer (a child or an adult, by id) has a place of an option, or waits for one, since then."""

    subject_id: str
    option_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """How many may choose an option."""

    option_id: str
    seats: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seats:
    """Every place of one activity, whose id it has. `moved` moved up from the waiting list and were not told yet.

    `version` counts the changes; `untold_since` is there while somebody is to be told.
    """

    id: str
    school_id: str
    places: tuple[Places, ...]
    holders: tuple[Holder, ...] = ()
    waiting: tuple[Holder, ...] = ()
    moved: tuple[Holder, ...] = ()
    version: int = 0
    untold_since: datetime | None = None

    def standing(self, subject_id: str) -> tuple[Standing, str]:
        """What a subject has, and of which option."""
        for held in self.holders:
            if held.subject_id == subject_id:
                return Standing.HELD, held.option_id
        for waits in self.waiting:
            if waits.subject_id == subject_id:
                return Standing.WAITING, waits.option_id
        return Standing.NONE, ""

    def left(self) -> Mapping[str, int]:
        """How many places each option still has."""
        return {p.option_id: max(0, p.seats - self._taken(p.option_id)) for p in self.places}

    def is_full(self, option_id: str) -> bool:
        """Whether an option has no place left; one that there is not has none."""
        return self.left().get(option_id, 0) == 0

    def _taken(self, option_id: str) -> int:
        return sum(held.option_id == option_id for held in self.holders)

    def place_in_line(self, subject_id: str) -> int:
        """The how manieth of those who wait for the same option, from 1; 0 for who does not wait."""
        mine = next((w for w in self.waiting if w.subject_id == subject_id), None)
        if mine is None:
            return 0
        line = [w.subject_id for w in self.waiting if w.option_id == mine.option_id]
        return line.index(subject_id) + 1


def chosen(seats: Seats, subject_id: str, option_id: str, at: datetime, *, waits: bool) -> Seats:
    """The places after somebody chose an option: a place, else the end of its line where there is one, else as before.

    Who has another place keeps it until they have the new one, and then gives it to who waits for it; nobody waits who
    has a place.
    """
    standing, had = seats.standing(subject_id)
    if had == option_id and standing is not Standing.NONE:
        return seats
    mine = Holder(subject_id=subject_id, option_id=option_id, at=at)
    if not seats.is_full(option_id):
        without = _without(seats, subject_id)
        return promoted(replace(without, holders=(*without.holders, mine)), at)
    if not waits or standing is Standing.HELD or len(seats.waiting) >= WAITING_LIMIT:
        return seats
    without = _without(seats, subject_id)
    return replace(without, waiting=(*without.waiting, mine))


def given_back(seats: Seats, subject_ids: Sequence[str], at: datetime, *, promotes: bool) -> Seats:
    """The places after these left; whoever waits longest moves up, unless it is too late for that."""
    for subject_id in subject_ids:
        seats = _without(seats, subject_id)
    return promoted(seats, at) if promotes else seats


def enlarged(seats: Seats, places: Sequence[Places], at: datetime, *, promotes: bool) -> Seats:
    """The places after they became more, or more options have some; who waits moves up, unless it is too late."""
    had = {p.option_id: p.seats for p in seats.places}
    grown = tuple(replace(p, seats=max(p.seats, had.get(p.option_id, 0))) for p in places)
    kept = tuple(p for p in seats.places if p.option_id not in {g.option_id for g in grown})
    if (*grown, *kept) == seats.places:
        return seats
    larger = replace(seats, places=(*grown, *kept))
    return promoted(larger, at) if promotes else larger


def promoted(seats: Seats, at: datetime) -> Seats:
    """Whoever waits for a place that is free has it, the longest waiting first, and is to be told."""
    left = dict(seats.left())
    waiting, up = [], []
    for waits in seats.waiting:
        if left.get(waits.option_id, 0) > 0:
            left[waits.option_id] -= 1
            up.append(replace(waits, at=at))
        else:
            waiting.append(waits)
    if not up:
        return seats
    return replace(
        seats,
        holders=(*seats.holders, *up),
        waiting=tuple(waiting),
        moved=(*seats.moved, *up),
        untold_since=seats.untold_since or at,
    )


def told(seats: Seats, moved: Holder) -> Seats:
    """One who moved up was told."""
    rest = tuple(m for m in seats.moved if m != moved)
    return replace(seats, moved=rest, untold_since=seats.untold_since if rest else None)


def _without(seats: Seats, subject_id: str) -> Seats:
    return replace(
        seats,
        holders=tuple(h for h in seats.holders if h.subject_id != subject_id),
        waiting=tuple(w for w in seats.waiting if w.subject_id != subject_id),
        moved=tuple(m for m in seats.moved if m.subject_id != subject_id),
    )
