"""Talk tried at random: nobody reads a thread, a file in it, or a photo of a circle that is not theirs at that moment.

Families are bound and parted, children change class, consents are given and taken back, and head teachers speak, in any
order; everybody then tries addresses that they may know, in two processes. What should hold is kept beside the program
(`reading_talk`).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from services.context import Context
from tests.flows.asking import ADULTS, CHILDREN, HEADS
from tests.flows.reading_talk import Talking, settle_talk
from tests.flows.walking import Loop, walk
from tests.talking import another_process

EXAMPLES = 8
STEPS = 30

WHO = st.integers(0, ADULTS - 1)
HEAD = st.integers(0, HEADS - 1)
CHILD = st.integers(0, CHILDREN - 1)
LUCK = st.integers(0, 99)
YES = st.booleans()


class RightReader(RuleBasedStateMachine):
    """Everything that changes who may read, in any order; after each change everybody tries something."""

    loop: Loop
    other: Context  # the other process
    numbers: Iterator[int]  # of the schools
    talking: Talking

    @initialize()
    def begin(self) -> None:
        do = self.loop.do
        self.talking = do(settle_talk(self.loop.town, self.other, next(self.numbers)))
        do(self.talking.show(0))  # nobody has said yes
        do(self.talking.agree(0, 0, True))
        do(self.talking.show(0))
        do(self.talking.speak(0, None))
        do(self.talking.speak(0, 0))
        do(self.talking.bind(2, 0, full=True))
        do(self.talking.agree(2, 0, False))  # one says no
        for which in range(len(self.talking.said)):
            do(self.talking.try_one(which))
        do(self.talking.agree(2, 0, True))
        do(self.talking.part(0, 0))  # who is gone reads nothing of it any more
        for which in range(len(self.talking.said)):
            do(self.talking.try_one(which))

    @rule(head=HEAD)
    def speak_to_the_class(self, head: int) -> None:
        self.loop.do(self.talking.speak(head, None))

    @rule(child=CHILD)
    def speak_about(self, child: int) -> None:
        self.loop.do(self.talking.speak(self.talking.groups[child], child))

    @rule(child=CHILD)
    def show(self, child: int) -> None:
        self.loop.do(self.talking.show(child))

    @rule(child=CHILD)
    def agree_and_show(self, child: int) -> None:
        """As often as anything else, else few pictures would be shown."""
        for who in [w for w, held in self.talking.bound if held == child]:
            self.loop.do(self.talking.agree(who, child, True))
        self.loop.do(self.talking.show(child))

    @rule(who=WHO, child=CHILD, full=YES, which=LUCK)
    def bind(self, who: int, child: int, full: bool, which: int) -> None:
        self.loop.do(self.talking.bind(who, child, full=full))
        self.loop.do(self.talking.try_one(which))

    @rule(who=WHO, child=CHILD, which=LUCK)
    def part(self, who: int, child: int, which: int) -> None:
        self.loop.do(self.talking.part(who, child))
        self.loop.do(self.talking.try_one(which))

    @rule(child=CHILD, which=LUCK)
    def move(self, child: int, which: int) -> None:
        self.loop.do(self.talking.move(child))
        self.loop.do(self.talking.try_one(which))

    @rule(who=WHO, child=CHILD, yes=YES, which=LUCK)
    def agree(self, who: int, child: int, yes: bool, which: int) -> None:
        self.loop.do(self.talking.agree(who, child, yes))
        self.loop.do(self.talking.try_one(which))

    def teardown(self) -> None:
        """Everybody tries everything once more."""
        if not hasattr(self, "talking"):
            return
        for which in range(len(self.talking.said)):
            self.loop.do(self.talking.try_one(which))
        self.loop.counts.update(self.talking.counts)


def test_nobody_reads_what_is_not_theirs_at_that_moment(loop: Loop) -> None:
    RightReader.loop, RightReader.numbers = loop, count(1)
    RightReader.other = loop.enter(another_process(loop.town))
    walk(RightReader, examples=EXAMPLES, steps=STEPS)
    # Each walk begins with one of each; a walk in which nothing else happens shows nothing.
    for what in ("said", "shown", "opened", "refused", "no consent"):
        assert loop.counts[what] > EXAMPLES, loop.counts
