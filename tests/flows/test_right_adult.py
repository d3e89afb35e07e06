"""The rule above all others, tried at random: nothing about a child goes to who isn't bound to it at that dispatch.

Lists are taken in, people ask, families and schools decide, custody is limited, time passes, children move and
leave, notices are published, corrected, reminded of and withdrawn, in any order. Jobs run late, twice and out of
order, as a queue may run them. What should hold is kept beside the program on paper (`right_adult`).
"""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from domain.bindings import STAFF_REASONS, EndReason
from tests.flows.paper import ADULTS, CHILDREN
from tests.flows.right_adult import Walk, settle
from tests.flows.right_bound import HOUR, desk_here
from tests.flows.walking import Loop, walk

EXAMPLES = 18
STEPS = 40

WHO = st.integers(0, ADULTS)  # the last one teaches here
CHILD = st.integers(0, CHILDREN - 1)
LUCK = st.integers(0, 999)
YES = st.booleans()
REASON = st.sampled_from([EndReason.OWN, *STAFF_REASONS])
LIMITED = st.sampled_from(["may only read", "ends", "nothing"])
MEANWHILE = ["end", "list", "move", "move", "until"]
LINE = st.tuples(st.sampled_from([1, 1, 2, 2, 0]), st.integers(0, 2), st.integers(0, 2))


class RightAdult(RuleBasedStateMachine):
    """Everything that people and jobs do, in any order."""

    loop: Loop
    folder: Path  # of the lists that are handed in

    @initialize()
    def begin(self) -> None:
        """A school with three children, two classes, four adults and a head teacher; each child has somebody."""
        self.walk: Walk = self.loop.do(settle(self.loop.town, self.folder))
        for child in range(CHILDREN):
            self.do(self.walk.ask(child, child, 0))

    def do(self, what: Coroutine[Any, Any, None]) -> None:
        """An act, a second after the one before."""
        self.walk.now += HOUR / 3600
        self.loop.do(what)

    @rule(child=CHILD, line=LINE)
    def hand_in_a_change(self, child: int, line: tuple[int, int, int]) -> None:
        rows = list(self.walk.rows)
        rows[child] = line
        self.do(self.walk.hand_in(rows))

    @rule(rows=st.lists(LINE, min_size=CHILDREN, max_size=CHILDREN))
    def hand_in_a_list(self, rows: list[tuple[int, int, int]]) -> None:
        self.do(self.walk.hand_in(rows))

    @rule(who=WHO, child=CHILD, digits=st.sampled_from([0, 0, 0, 1, 1, 2, 3]))
    def ask(self, who: int, child: int, digits: int) -> None:
        self.do(self.walk.ask(who, child, digits))

    @rule(who=WHO, other=WHO, child=CHILD, digits=st.integers(0, 1), agree=YES)
    def ask_one_after_the_other(
        self, who: int, other: int, child: int, digits: int, agree: bool
    ) -> None:
        self.do(self.walk.ask(who, child, 0))
        self.do(self.walk.ask(other, child, digits))
        self.do(self.walk.decide_as_family(who, 0, agree))

    @rule(luck=LUCK, further=st.integers(1, ADULTS), digits=st.integers(0, 1), how=LIMITED)
    def a_second_guardian(self, luck: int, further: int, digits: int, how: str) -> None:
        """Somebody asks; who is asked may perhaps only read; what was granted perhaps ends before anybody hears."""
        walk = self.walk
        who, child = walk.pick(luck)
        other = (who + further) % (ADULTS + 1)
        self.do(walk.ask(other, child, digits))
        if how == "may only read":
            self.do(walk.limit(who, child, True, 0))
        self.do(walk.decide_as_family(who, 0, True))
        if how == "ends":
            self.do(walk.end(other, child, EndReason.OWN))
        self.do(walk.prepare())

    @rule(luck=LUCK, how=LIMITED)
    def one_confirms(self, luck: int, how: str) -> None:
        """A notice is written, sent, and confirmed by somebody who may, or may only read."""
        walk = self.walk
        who, child = walk.pick(luck)
        self.do(walk.publish((1, 2)))
        self.do(walk.prepare())
        self.do(walk.limit(who, child, how == "may only read", 0))
        self.do(walk.confirm(who, -1))

    @rule(who=WHO, further=st.integers(1, ADULTS), child=CHILD)
    def ask_both_at_once_where_nobody_is(self, who: int, further: int, child: int) -> None:
        walk = self.walk
        for adult in range(ADULTS + 1):
            self.do(walk.end(adult, child, EndReason.OWN))
        rows = list(walk.rows)
        rows[child] = (1, 0, 1)  # a father's number and a mother's
        self.do(walk.hand_in(rows))
        other = (who + further) % (ADULTS + 1)
        self.do(walk.ask_at_once([(who, child, 0), (other, child, 1)]))

    @rule(who=WHO, which=LUCK, agree=YES)
    def decide_as_family(self, who: int, which: int, agree: bool) -> None:
        self.do(self.walk.decide_as_family(who, which, agree))

    @rule(which=LUCK, agree=YES)
    def decide_as_school(self, which: int, agree: bool) -> None:
        self.do(self.walk.decide_as_school(which, agree))

    @rule(which=LUCK)
    def approve_again(self, which: int) -> None:
        self.do(self.walk.approve_again(which))

    @rule(who=WHO, appeal=YES)
    def give_up(self, who: int, appeal: bool) -> None:
        self.do(self.walk.give_up(who, appeal))

    @rule(luck=LUCK, reason=REASON)
    def end(self, luck: int, reason: EndReason) -> None:
        self.do(self.walk.end(*self.walk.pick(luck), reason))

    @rule(luck=LUCK, reason=st.sampled_from(STAFF_REASONS), whom=LUCK)
    def end_and_ask_again(self, luck: int, reason: EndReason, whom: int) -> None:
        who, child = self.walk.pick(luck)
        held = self.walk.holds(self.walk.adults[who], child)
        known = [phone[-4:] for phone in self.walk.numbers(child)]
        self.do(self.walk.end(who, child, reason))
        digits = known.index(held.digits) if held and held.digits in known else 0
        self.do(self.walk.ask(who, child, digits))
        self.do(self.walk.decide_as_family(whom % ADULTS, 0, True))

    @rule(luck=LUCK, read_only=YES, days=st.integers(0, 2))
    def limit(self, luck: int, read_only: bool, days: int) -> None:
        self.do(self.walk.limit(*self.walk.pick(luck), read_only, days))

    @rule(child=CHILD)
    def try_it(self, child: int) -> None:
        self.do(self.walk.try_it(child))

    @rule(hours=st.sampled_from([1, 13, 25, 49, 24 * 8]))
    def pass_time(self, hours: int) -> None:
        self.walk.now += hours * HOUR

    @rule(who=WHO, following=YES)
    def follow(self, who: int, following: bool) -> None:
        self.do(self.walk.follow(who, following))

    @rule(who=WHO)
    def write(self, who: int) -> None:
        self.do(self.walk.write(who))

    @rule(groups=st.sampled_from([(1,), (2,), (1, 2)]), seed=LUCK)
    def publish(self, groups: tuple[int, ...], seed: int) -> None:
        self.do(self.walk.publish(groups))

    @rule(groups=st.sampled_from([(1,), (2,), (1, 2)]), seed=LUCK)
    def publish_and_run(self, groups: tuple[int, ...], seed: int) -> None:
        self.do(self.walk.publish(groups))
        self.do(self.walk.run(seed))

    @rule(luck=LUCK, seed=LUCK, line=LINE, reason=REASON, how=st.sampled_from(MEANWHILE))
    def something_between_writing_and_sending(
        self, luck: int, seed: int, line: tuple[int, int, int], reason: EndReason, how: str
    ) -> None:
        """A notice for a guardian is due, and before it goes out they are a guardian no more, or another one."""
        self._between(luck, seed, line, reason, how)

    def _between(
        self, luck: int, seed: int, line: tuple[int, int, int], reason: EndReason, how: str
    ) -> None:
        walk = self.walk
        who, child = walk.pick(luck)
        group, father, mother = walk.rows[child]
        self.do(walk.publish((group,) if group and luck % 3 else (1, 2)))
        self.do(walk.prepare())
        if how == "end":
            self.do(walk.end(who, child, reason))
        elif how in ("list", "move"):
            rows = list(walk.rows)
            rows[child] = line if how == "list" or not group else (3 - group, father, mother)
            self.do(walk.hand_in(rows))
        elif how == "until":
            self.do(walk.limit(who, child, False, 1))
            walk.now += 25 * HOUR
        self.do(walk.send())
        self.do(walk.run(seed))

    @rule(luck=LUCK, seed=LUCK, line=LINE, reason=REASON, how=st.sampled_from(MEANWHILE))
    def once_more(
        self, luck: int, seed: int, line: tuple[int, int, int], reason: EndReason, how: str
    ) -> None:
        """Twice as often as anything else: that is where it hurts."""
        self._between(luck, seed, line, reason, how)

    @rule(which=LUCK, act=st.sampled_from(["remind", "remind", "correct", "withdraw"]))
    def change(self, which: int, act: str) -> None:
        self.do(self.walk.change(which, act))

    @rule(luck=LUCK, which=LUCK)
    def confirm(self, luck: int, which: int) -> None:
        self.do(self.walk.confirm(self.walk.pick(luck)[0], which))

    @rule(seed=LUCK)
    def run(self, seed: int) -> None:
        self.do(self.walk.run(seed))

    @rule(seed=LUCK, luck=LUCK)
    def run_and_end(self, seed: int, luck: int) -> None:
        self.do(self.walk.run(seed, ending=self.walk.pick(luck)))

    @rule()
    def sweep(self) -> None:
        self.do(self.walk.sweep())

    @rule()
    def lapse(self) -> None:
        self.do(self.walk.lapse())

    @rule(luck=LUCK, which=LUCK)
    def look(self, luck: int, which: int) -> None:
        self.do(self.walk.look(self.walk.pick(luck)[0], which))

    @invariant()
    def on_paper(self) -> None:
        """The stores agree with the model after every act."""
        if hasattr(self, "walk"):
            self.loop.do(self.walk.check())

    def teardown(self) -> None:
        """What still waits goes out, a last notice too, and everybody looks once more and confirms what they may."""
        if not hasattr(self, "walk"):
            return
        self.do(self.walk.publish((1, 2)))
        self.do(self.walk.sweep())
        for seed in range(40):
            if not self.walk.queue:
                break
            self.do(self.walk.run(seed))
        for who in range(ADULTS + 1):
            self.do(self.walk.look(who, -1))
            self.do(self.walk.confirm(who, -1))
        self.loop.counts.update(self.walk.counts)


def test_nothing_about_a_child_reaches_who_is_not_bound_to_it(loop: Loop, tmp_path: Path) -> None:
    RightAdult.loop, RightAdult.folder = loop, tmp_path
    with patch("services.rosters.open_desk", desk_here):
        walk(RightAdult, examples=EXAMPLES, steps=STEPS)
    # A walk in which nothing happens shows nothing.
    for what in ("sent", "bound by the list", "ended by the list", "opened", "confirmed"):
        assert loop.counts[what] > 1, loop.counts
