"""The rule above all others, tried at random: nothing about a child goes to who isn't bound to it at that dispatch.

Bindings are made, asked for, decided and ended, people follow and leave, notices are published, reminded of
and withdrawn, in any order. Jobs run late, twice and out of order, as a queue may run them. What should
hold is kept beside the program in a model of its own, which knows no database.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

import pytest

from domain.bindings import STAFF_REASONS, ClaimState, EndReason
from domain.errors import YanshuError
from domain.notices import Notice
from domain.roles import Appointment, Role
from domain.schools import Roster, School, SchoolClass, Student
from jobs.registry import JOBS
from services.bindings import (
    Answer,
    approve_claim,
    bind_guardian,
    refuse_claim,
    waiting_claims,
    withdraw_claim,
)
from services.context import Context
from services.deliveries import sweep
from services.families import end_binding, end_own_binding
from services.notices import draft_notice, publish_notice, remind_unread, withdraw_notice
from services.people import Teaching, access_teaching, note_follow, recognise
from tests.town import Phone, Town, claim_text, pupil

CHILDREN = 2  # one to a class, so that a notice says by itself whom it is about
ADULTS = 3
STEPS = 170
_numbers = count(1)

Payload = Mapping[str, str | Sequence[str]]


@dataclass
class Adult:
    """A person and what the model holds of them: children they are bound to, of these through the list's
    line, and children they were bound to by mistake.
    """

    phone: Phone
    person_id: str
    bound: set[str] = field(default_factory=set)
    by_line: set[str] = field(default_factory=set)
    barred: set[str] = field(default_factory=set)


@dataclass
class Walk:
    """One school, its people, the model, and the queue in the test's own hands."""

    town: Town
    ctx: Context
    teaching: Teaching
    students: list[Student]
    numbers: list[int]
    adults: list[Adult]
    notices: list[tuple[Notice, str]] = field(default_factory=list)  # with the child's id
    queue: list[tuple[str, Payload]] = field(default_factory=list)
    done: list[tuple[str, Payload]] = field(default_factory=list)
    decided: list[tuple[str, str]] = field(default_factory=list)  # requests, with the child's id
    seen: int = 0  # of the ledger
    sent: int = 0  # messages about a child
    opened: int = 0  # pages about a child that were shown
    refused: int = 0  # and that were not

    async def enqueue(
        self, name: str, payload: Payload, *, key: str, at: datetime | None = None
    ) -> None:
        """In place of the queue: nothing runs before the walk says so."""
        self.queue.append((name, payload))

    # --------------------------------------------------------------------- what people do

    async def ask(self, adult: Adult, child: int) -> None:
        """By the school's list, whoever they are."""
        student = self.students[child].id
        asked = await bind_guardian(self.ctx, adult.person_id, claim_text(self.numbers[child]))
        if asked.answer is Answer.BOUND:
            assert student not in adult.bound | adult.barred
            assert not any(student in a.by_line for a in self.adults)
            adult.by_line.add(student)
            adult.bound.add(student)
        assert (asked.answer is Answer.ALREADY) == (
            asked.answer is not Answer.BOUND and student in adult.bound
        )

    async def decide(self, state: ClaimState) -> None:
        """The newest request is decided by the head teacher, or taken back by whoever asked."""
        waiting = await waiting_claims(self.ctx, self.teaching)
        if not waiting:
            return
        claim, student = waiting[0].claim, waiting[0].candidates[0].id
        self.decided.append((claim.id, student))
        adult = next(a for a in self.adults if a.person_id == claim.person_id)
        if state is ClaimState.WITHDRAWN:
            await withdraw_claim(self.ctx, adult.person_id, claim.id)
        elif state is ClaimState.REFUSED:
            await refuse_claim(self.ctx, self.teaching, claim.id)
        else:
            await approve_claim(self.ctx, self.teaching, claim.id, student)
            adult.bound.add(student)
            adult.barred.discard(student)

    async def approve_again(self, which: int) -> None:
        """On a page that was left open: a request that was decided long ago, or taken back."""
        waiting = {w.claim.id for w in await waiting_claims(self.ctx, self.teaching)}
        old = [(claim, student) for claim, student in self.decided if claim not in waiting]
        if old:
            with suppress(YanshuError):
                await approve_claim(self.ctx, self.teaching, *old[which % len(old)])

    async def end(self, adult: Adult, child: int, reason: EndReason) -> None:
        """From either side; whoever isn't bound ends nothing."""
        student = self.students[child].id
        was_bound = student in adult.bound
        self._note_end(adult, student, reason)
        try:
            if reason is EndReason.OWN:
                await end_own_binding(self.ctx, adult.person_id, student)
            else:
                await end_binding(self.ctx, self.teaching, student, adult.person_id, reason)
        except YanshuError:
            assert not was_bound

    def _note_end(self, adult: Adult, student: str, reason: EndReason) -> None:
        if student in adult.bound:
            adult.bound.discard(student)
            adult.by_line.discard(student)
            if reason is EndReason.WRONG:
                adult.barred.add(student)

    async def follow(self, adult: Adult, following: bool) -> None:
        """In WeChat and here."""
        adult.phone.user.following = following
        await note_follow(self.ctx, adult.phone.user.openid, following=following)

    async def publish(self, child: int) -> None:
        """A notice to the class of one child."""
        student = self.students[child]
        draft = await draft_notice(
            self.ctx,
            self.teaching,
            {"title": "通知", "body": "请看。"},
            class_ids=[student.class_id],
            file_ids=[],
            links=[],
        )
        key = f"walk-key-{next(_numbers)}"
        notice = await publish_notice(self.ctx, self.teaching, draft, idempotency_key=key)
        self.notices.append((notice, student.id))

    async def change(self, which: int, act: str) -> None:
        """Remind of a notice, or withdraw it."""
        if not self.notices:
            return
        notice = self.notices[which % len(self.notices)][0]
        try:
            if act == "remind":
                await remind_unread(self.ctx, self.teaching, notice.id, number=1)
            else:
                await withdraw_notice(self.ctx, self.teaching, notice.id)
        except YanshuError:
            assert act == "remind"  # not yet published, or reminded twice

    # --------------------------------------------------------------------- what the queue does

    async def run(self, seed: int, *, ending: tuple[Adult, int] | None = None) -> None:
        """Some of what waits, in any order, and something once more that ran long ago.

        `ending`: while it runs, this guardian ends the binding. Whoever was bound when a job began may
        still get what it sends; whoever was not may not.
        """
        luck = random.Random(seed)
        jobs = luck.randint(3, 12)
        for number in range(jobs):
            if self.done and luck.random() < 0.2:
                name, payload = luck.choice(self.done[-30:])
            elif self.queue:
                name, payload = self.queue.pop(luck.randrange(len(self.queue)))
                self.done.append((name, payload))
            else:
                return
            may = self._may_hear()
            job = JOBS[name](self.ctx, **payload)
            if ending is not None and number == jobs // 2:
                await asyncio.gather(job, self.end(*ending, EndReason.OWN))
            else:
                await job
            self._look_at_the_ledger(may)

    async def sweep(self) -> None:
        """As if every lease had lapsed."""
        await sweep(
            replace(self.ctx, policy=replace(self.ctx.policy, lease=-self.ctx.policy.lease))
        )

    def _may_hear(self) -> set[tuple[str, str]]:
        return {(a.phone.user.openid, s) for a in self.adults for s in a.bound}

    def _look_at_the_ledger(self, may: set[tuple[str, str]]) -> None:
        ledger = self.town.world.ledger
        new, self.seen = ledger[self.seen :], len(ledger)
        for entry in new:
            for notice, student in self.notices:
                if notice.id in str(entry):
                    assert (entry["openid"], student) in may
                    self.sent += 1
            # What isn't a notice names no child at all.
            if not any(notice.id in str(entry) for notice, _ in self.notices):
                assert not any(s.name[:1] + "*" in str(entry) for s in self.students)

    # --------------------------------------------------------------------- what must hold

    async def check(self, seed: int) -> None:
        """The stores agree with the model, and somebody at random opens a notice."""
        for adult in self.adults:
            held = await self.ctx.stores.bindings.active_of_person(adult.person_id)
            assert {b.student_id for b in held} == adult.bound
        adult = self.adults[seed % len(self.adults)]
        for notice, student in self.notices[-6:][seed % 6 :][:1]:
            page = await adult.phone.get(f"/h5/notices/{notice.id}")
            assert page.status in (200, 404)
            self.opened += page.status == 200
            self.refused += page.status == 404
            if page.status == 200:
                assert student in adult.bound


async def _settle(town: Town) -> Walk:
    """A school of its own in the town, so that an example knows nothing of the one before."""
    mark = next(_numbers)
    school = School(id=f"walk-{mark}", name="青禾小学")
    classes = [
        SchoolClass(id=f"{school.id}-{n}", school_id=school.id, name=f"三年级{n}班", grade=3)
        for n in range(CHILDREN)
    ]
    numbers = [10 * mark + n for n in range(CHILDREN)]
    lines = [pupil(group, number) for group, number in zip(classes, numbers, strict=True)]
    phones = [town.phone(f"walker-{mark}-{n}", following=True) for n in range(ADULTS + 1)]
    people = [await recognise(town.ctx, phone.user.openid) for phone in phones]
    for phone in phones:
        await note_follow(town.ctx, phone.user.openid, following=True)
    head = people.pop()
    roster = Roster(
        school=school,
        classes=tuple(classes),
        students=tuple(student for student, _ in lines),
        contacts=tuple(contact for _, contact in lines),
        appointments=tuple(
            Appointment(
                id=f"{c.id}:{head}",
                school_id=school.id,
                class_id=c.id,
                person_id=head,
                role=Role.HEAD_TEACHER,
                name="王老师",
            )
            for c in classes
        ),
    )
    await town.ctx.stores.schools.save_roster(roster)
    walk = Walk(
        town,
        town.ctx,
        await access_teaching(town.ctx, head),
        [student for student, _ in lines],
        numbers,
        [Adult(phone, person) for phone, person in zip(phones, people, strict=False)],
        seen=len(town.world.ledger),
    )
    policy = replace(town.ctx.policy, claims_per_hour=1000)
    walk.ctx = replace(town.ctx, enqueue=walk.enqueue, policy=policy)
    return walk


async def _step(walk: Walk, act: str, who: int, child: int, luck: int) -> None:
    adult = walk.adults[who]
    if act == "ask":
        await walk.ask(adult, child)
    elif act in ("approved", "refused", "withdrawn"):
        await walk.decide(ClaimState(act))
    elif act == "approve again":
        await walk.approve_again(luck)
    elif act == "write":
        if adult.phone.user.following:
            await adult.phone.say("帮助")  # opens the window for customer-service messages
    elif act == "end":
        await walk.end(adult, child, [EndReason.OWN, *STAFF_REASONS][luck % 5])
    elif act in ("follow", "unfollow"):
        await walk.follow(adult, act == "follow")
    elif act == "publish":
        await walk.publish(child)
    elif act in ("remind", "withdraw"):
        await walk.change(luck, act)
    elif act == "sweep":
        await walk.sweep()
    else:
        await walk.run(luck, ending=(adult, child) if act == "run and end" else None)


# How often each is done, compared with the others; a walk without bindings and runs would show nothing.
ACTS = {
    "ask": 6,
    "approved": 4,
    "refused": 1,
    "approve again": 2,
    "write": 3,
    "withdrawn": 1,
    "end": 3,
    "follow": 3,
    "unfollow": 1,
    "publish": 5,
    "remind": 2,
    "withdraw": 1,
    "sweep": 2,
    "run": 10,
    "run and end": 2,
}


@pytest.mark.parametrize("seed", range(8))
async def test_nothing_about_a_child_reaches_who_is_not_bound_to_it(
    quiet_town: Town, seed: int
) -> None:
    luck = random.Random(seed)
    walk = await _settle(quiet_town)
    story = []  # what a failure shows: how it came to this
    for act in luck.choices(list(ACTS), weights=list(ACTS.values()), k=STEPS):
        step = (act, luck.randrange(ADULTS), luck.randrange(CHILDREN), luck.randrange(1000))
        story.append(step)
        await _step(walk, *step)
        await walk.check(luck.randrange(1000))
    await walk.sweep()
    while walk.queue:
        await walk.run(luck.randrange(1000))
    await walk.check(0)
    assert walk.sent > 3, "a walk that sends nothing shows nothing"
    assert walk.opened > 10
    assert walk.refused > 10
