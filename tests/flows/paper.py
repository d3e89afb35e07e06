"""Who is bound to whom, as a person would keep it on paper: the model beside the program in `right_bound`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.schools import School, Student
from tests.town import Phone

CHILDREN = 3
ADULTS = 4
SHARED = "13800009999"  # a number that the list may give to several children
# For each child: class (1, 2, 0 for not on the list), which father's number, which mother's.
Line = tuple[int, int, int]


@dataclass
class Held:
    """A binding on paper. `digits` is None where a person vouched and no line of the list did."""

    digits: str | None = None
    until: datetime | None = None
    read_only: bool = False
    trial: bool = False


@dataclass
class Adult:
    """A person with a phone."""

    phone: Phone
    person_id: str


@dataclass(kw_only=True)
class Paper:
    """Bindings until when and through which number, the list as it was handed in last, and the time."""

    school: School
    names: list[str]
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    adults: list[Adult] = field(default_factory=list)  # the last one teaches here
    rows: list[Line] = field(default_factory=lambda: [(0, 0, 0)] * CHILDREN)
    students: dict[int, Student] = field(default_factory=dict)
    bound: dict[tuple[str, int], Held] = field(default_factory=dict)
    barred: set[tuple[str, int]] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        """Counted, so that a walk in which nothing happens is noticed."""
        self.counts[what] = self.counts.get(what, 0) + 1

    @property
    def teacher(self) -> Adult:
        """The head teacher of both classes."""
        return self.adults[-1]

    def holds(self, adult: Adult, child: int) -> Held | None:
        """The binding that counts now."""
        held = self.bound.get((adult.person_id, child))
        return held if held and (held.until is None or self.now < held.until) else None

    def guardians(self, child: int, *, besides: Adult) -> list[tuple[Adult, Held]]:
        """Who else is bound to a child; who tries it is no guardian."""
        found = [(a, self.holds(a, child)) for a in self.adults if a is not besides]
        return [(a, held) for a, held in found if held is not None and not held.trial]

    def numbers(self, child: int) -> tuple[str, ...]:
        """The phones that the list has for a child now."""
        _, father, mother = self.rows[child]
        own = f"1380{self.school.id[-3:]}{child}00{father}" if father < 2 else SHARED
        return (own,) if not mother else (own, f"1390{self.school.id[-3:]}{child}10{mother}")

    def is_shared(self, phone: str) -> bool:
        """Whether the list gives this number to two children who are no siblings."""
        here = [c for c in range(CHILDREN) if self.rows[c][0]]
        return sum(phone in self.numbers(c) for c in here) > 1

    def expect_bound(self, adult: Adult, child: int, held: Held) -> None:
        """What must hold whenever somebody is bound, by whomever."""
        assert self.rows[child][0], "a child who is not on the list is nobody's"
        self.bound[adult.person_id, child] = held
        self.note("bound")

    def pick(self, luck: int) -> tuple[int, int]:
        """An adult and a child: mostly two that are bound, sometimes any."""
        pairs = [
            (who, child)
            for who, adult in enumerate(self.adults)
            for child in range(CHILDREN)
            if self.holds(adult, child)
        ]
        if pairs and luck % 4:
            return pairs[luck // 4 % len(pairs)]
        return luck // 4 % len(self.adults), luck // 20 % CHILDREN

    def whose(self, person_id: str) -> Adult:
        """The adult behind a person."""
        return next(a for a in self.adults if a.person_id == person_id)

    def child_of(self, student_id: str) -> int:
        """Which of the children a pupil is."""
        return next(n for n, s in self.students.items() if s.id == student_id)
