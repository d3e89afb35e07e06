"""Activities tried at random: nobody answers for a child they are not bound to at that moment, or sees its answer.

Families are bound and parted, children change class, activities are published, changed, closed and withdrawn, in any
order; everybody tries to answer for every child, and everybody of the staff to read what came in. Places are never
given twice. What should hold is kept beside the program (`asking`).
"""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.flows.asking import ADULTS, CHILDREN, HEADS, Asking, settle
from tests.flows.walking import Loop, walk

EXAMPLES = 12
STEPS = 40

WHO = st.integers(0, ADULTS - 1)
STAFF = st.integers(0, HEADS)
CHILD = st.integers(0, CHILDREN - 1)
LUCK = st.integers(0, 99)
YES = st.booleans()
SEATS = st.sampled_from([(1,), (1, 1), (1, 2), (2, 1), ()])


class RightAnswers(RuleBasedStateMachine):
    """Everything that families and staff do, in any order."""

    loop: Loop
    asking: Asking

    @initialize()
    def begin(self) -> None:
        self.asking = self.loop.do(settle(self.loop.town))
        asking, do = self.asking, self.loop.do
        do(asking.publish(HEADS, (1, 1), waits=False, shows=False))
        do(asking.answer(0, 0, 0, 0, back=False))
        do(asking.answer(1, 1, 0, 0, back=False))  # the place is taken
        do(asking.answer(1, 0, 0, 1, back=False))  # not theirs
        do(asking.alter(0, HEADS, "more"))
        do(asking.answer(0, 0, 0, 0, back=True))
        for who in range(HEADS + 1):
            do(asking.read_results(who, 0))

    @rule(who=STAFF, seats=SEATS, waits=YES, shows=YES)
    def publish(self, who: int, seats: tuple[int, ...], waits: bool, shows: bool) -> None:
        self.loop.do(self.asking.publish(who, seats, waits=waits, shows=shows))

    @rule(who=WHO, child=CHILD, full=YES)
    def bind(self, who: int, child: int, full: bool) -> None:
        self.loop.do(self.asking.bind(who, child, full=full))

    @rule(who=WHO, child=CHILD)
    def part(self, who: int, child: int) -> None:
        self.loop.do(self.asking.part(who, child))

    @rule(child=CHILD)
    def move(self, child: int) -> None:
        self.loop.do(self.asking.move(child))

    @rule(
        which=LUCK,
        who=STAFF,
        act=st.sampled_from(["close", "reopen", "reopen", "withdraw", "more"]),
    )
    def alter(self, which: int, who: int, act: str) -> None:
        self.loop.do(self.asking.alter(which, who, act))

    @rule(who=WHO, child=CHILD, which=LUCK, option=LUCK)
    def answer(self, who: int, child: int, which: int, option: int) -> None:
        self.loop.do(self.asking.answer(who, child, which, option, back=False))

    @rule(child=CHILD, which=LUCK, option=LUCK)
    def answer_for_ones_own(self, child: int, which: int, option: int) -> None:
        """As often as anything else, else few answers would come in."""
        mine = [who for who, held in self.asking.bound if held == child]
        self.loop.do(self.asking.answer(mine[0] if mine else 0, child, which, option, back=False))

    @rule(who=WHO, child=CHILD, which=LUCK)
    def take_back(self, who: int, child: int, which: int) -> None:
        self.loop.do(self.asking.answer(who, child, which, 0, back=True))

    @rule(child=CHILD, which=LUCK, option=LUCK)
    def answer_and_take_back(self, child: int, which: int, option: int) -> None:
        self.answer_for_ones_own(child, which, option)
        for who in range(ADULTS):
            self.loop.do(self.asking.answer(who, child, which, 0, back=True))

    @rule(who=WHO, which=LUCK)
    def look(self, who: int, which: int) -> None:
        self.loop.do(self.asking.look(who, which))

    @rule(who=STAFF, which=LUCK)
    def read_results(self, who: int, which: int) -> None:
        self.loop.do(self.asking.read_results(who, which))

    @invariant()
    def no_place_twice(self) -> None:
        """After every act."""
        if hasattr(self, "asking"):
            self.loop.do(self.asking.check())

    def teardown(self) -> None:
        """Everybody looks at everything once more."""
        if not hasattr(self, "asking"):
            return
        for which in range(len(self.asking.activities)):
            for who in range(ADULTS):
                self.loop.do(self.asking.look(who, which))
        self.loop.counts.update(self.asking.counts)


def test_nobody_answers_for_a_child_that_is_not_theirs_at_that_moment(loop: Loop) -> None:
    RightAnswers.loop = loop
    walk(RightAnswers, examples=EXAMPLES, steps=STEPS)
    # Each walk begins with one of each; a walk in which nothing else happens shows nothing.
    for what in ("answered", "refused"):
        assert loop.counts[what] > EXAMPLES, loop.counts
    for what in ("full", "taken back", "results", "not shown", "more"):
        assert loop.counts[what] >= EXAMPLES, loop.counts
