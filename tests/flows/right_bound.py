"""A school at random for `right_adult`: its list, and who asks to be bound to whom, driven through the services.

The model beside it (`paper`) knows no database. The program is asked only what it did; whether it may have
done so, the model says.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from domain.bindings import Custody, EndReason, Side
from domain.custody import last_day
from domain.errors import ConflictError, NotFoundError, YanshuError
from domain.identities import Opening
from domain.roles import Appointment, Role
from services.approvals import (
    approve_as_guardian,
    approve_claim,
    refuse_as_guardian,
    refuse_claim,
    requests_of_family,
    turn_to_school,
    waiting_claims,
)
from services.bindings import Answer, bind_guardian, withdraw_claim
from services.context import Context
from services.families import change_binding, end_binding, end_own_binding
from services.people import Teaching, access_teaching, note_follow, note_opening, recognise
from services.roster_desk import Desk
from services.rosters import Wish, import_roster
from services.trials import try_as_parent
from storage.bindings import BindingStore
from storage.claims import ClaimStore
from tests import school_lists as lists
from tests.flows.paper import ADULTS, CHILDREN, SHARED, Adult, Held, Line, Paper
from tests.town import Town

HOUR = timedelta(hours=1)
HAN = "零一二三四五六七八九"
T = TypeVar("T")
Payload = Mapping[str, str | Sequence[str]]


class DeskHere:
    """The desk at which lists are compared, without its process: what it does is the same."""

    def __init__(self) -> None:
        self._desk = Desk()

    async def ask(self, verb: Callable[..., T], *args: Any, **more: Any) -> T:
        """What `desk.verb(...)` gives."""
        return verb(self._desk, *args, **more)


@asynccontextmanager
async def desk_here() -> AsyncIterator[DeskHere]:
    """In place of `services.roster_process.open_desk`."""
    yield DeskHere()


@dataclass(kw_only=True)
class Bound(Paper):
    """One school and its people, with the model beside; what is put into the queue stays there."""

    town: Town
    folder: Path
    queue: list[tuple[str, Payload]] = field(default_factory=list)
    decided: list[tuple[str, str]] = field(default_factory=list)
    seen: int = 0  # of the ledger
    ctx: Context = field(init=False)

    async def enqueue(
        self, name: str, payload: Payload, *, key: str, at: datetime | None = None
    ) -> None:
        """In place of the queue: nothing runs before the walk says so."""
        self.queue.append((name, payload))

    async def settle(self) -> None:
        """A school of its own in the town, with a clock of its own."""
        town, stores = self.town, self.town.ctx.stores
        stores = replace(
            stores,
            bindings=BindingStore(stores.database, lambda: self.now),
            claims=ClaimStore(stores.database, lambda: self.now),
        )
        self.ctx = replace(
            town.ctx,
            stores=stores,
            now=lambda: self.now,
            enqueue=self.enqueue,
            policy=replace(town.ctx.policy, claims_per_hour=100_000),
        )
        town.application.settings["ctx"] = self.ctx
        town.world.clock = self._seconds
        self.seen = len(town.world.ledger)
        for number in range(ADULTS + 1):
            phone = town.phone(f"{self.school.id}-{number}", following=True)
            self.adults.append(Adult(phone, await recognise(self.ctx, phone.user.openid)))
            await self.follow(number, True)
        await stores.schools.save_school(self.school)
        await self.hand_in([(1, 0, 0), (1, 0, 0), (2, 0, 0)])
        classes = await stores.schools.classes_of_school(self.school.id)
        for school_class in classes:
            await stores.appointments.save(
                Appointment(
                    id=f"{school_class.id}:{self.teacher.person_id}",
                    school_id=self.school.id,
                    class_id=school_class.id,
                    person_id=self.teacher.person_id,
                    role=Role.HEAD_TEACHER,
                    name="王老师",
                )
            )

    def _seconds(self) -> float:
        return self.now.timestamp()

    async def teaching(self) -> Teaching:
        """What the head teacher may act on."""
        return await access_teaching(self.ctx, self.teacher.person_id)

    # ----------------------------------------------------------------------- the school's list

    async def hand_in(self, rows: list[Line]) -> None:
        """The office takes in a list: children come, move, leave, and phones change."""
        self.rows = rows
        sheet = [["学号", "姓名", "班级", "家长姓名", "电话", "母亲电话"]]
        for child, (group, _, _) in enumerate(rows):
            if group:
                phones = [*self.numbers(child), ""][:2]
                code, father = f"2026{child}001", self.names[child][0] + "大海"
                sheet.append([code, self.names[child], f"三（{group}）班", father, *phones])
        for group in (1, 2):  # somebody is always there, else the list says nothing of the class
            name, phone = f"周{HAN[group]}陪", f"1370000000{group}"
            sheet.append([f"20269{group:03d}", name, f"三（{group}）班", "家长", phone, ""])
        file = lists.write_xlsx(self.folder / f"{self.school.id}.xlsx", sheet)
        await import_roster(self.ctx, Wish(file=file, school_id=self.school.id, apply=True))
        for child, (group, _, _) in enumerate(rows):
            for adult in self.adults:
                held = self.bound.get((adult.person_id, child))
                digits = [phone[-4:] for phone in self.numbers(child)]
                if held and (not group or (held.digits and held.digits not in digits)):
                    del self.bound[adult.person_id, child]
                    self.note("ended by the list")
        pupils = await self.ctx.stores.schools.classes_of_school(self.school.id)
        found = await self.ctx.stores.schools.students_of(self.school.id, [c.id for c in pupils])
        for student in found:
            if student.name in self.names:
                self.students[self.names.index(student.name)] = student

    # ----------------------------------------------------------------------- asking and deciding

    async def ask(self, who: int, child: int, digits: int) -> None:
        """By name and digits: a number of the list, one it had, or another child's."""
        adult = self.adults[who]
        known = [*self.numbers(child), *self.numbers((child + 1) % CHILDREN), SHARED]
        typed = known[digits % len(known)]
        asked = await bind_guardian(self.ctx, adult.person_id, f"{self.names[child]} {typed[-4:]}")
        own = self.holds(adult, child)
        if asked.answer is Answer.BOUND:
            assert typed in self.numbers(child)
            assert not self.is_shared(typed), "a shared number binds nobody"
            assert not self.guardians(child, besides=adult), "the list alone binds the first one"
            assert (adult.person_id, child) not in self.barred
            assert own is None or own.trial
            self.expect_bound(adult, child, Held(typed[-4:]))
            self.note("bound by the list")
        elif asked.answer is Answer.ALREADY:
            assert own is not None
            assert not own.trial

    async def ask_at_once(self, asked: Sequence[tuple[int, int, int]]) -> None:
        """Several adults at the same moment: of one child one is bound."""
        await asyncio.gather(*(self.ask(*one) for one in asked))

    async def decide_as_family(self, who: int, which: int, agree: bool) -> None:
        """A guardian decides about another adult, or may not."""
        adult = self.adults[who]
        requests = await requests_of_family(self.ctx, adult.person_id)
        if not requests:
            return
        standing = requests[which % len(requests)]
        child = self.child_of(standing.claim.candidates[0])
        other, own = self.whose(standing.claim.person_id), self.holds(adult, child)
        assert own is not None, "a request is shown to the child's guardians alone"
        may = not (own.read_only or own.trial or own.until)
        act = approve_as_guardian if agree else refuse_as_guardian
        if adult.person_id not in standing.guardians:
            try:
                await act(self.ctx, adult.person_id, standing.claim.id)
            except NotFoundError:
                return
            raise AssertionError("somebody decided who may not")
        assert may
        line = await self._line_of(standing.claim.contact_id)
        await act(self.ctx, adult.person_id, standing.claim.id)
        self.note("agreed by the family" if agree else "refused by the family")
        if agree:
            assert (other.person_id, child) not in self.barred, "that is for the school"
            self.expect_bound(other, child, Held(line))

    async def _line_of(self, contact_id: str | None) -> str | None:
        line = await self.ctx.stores.schools.find_contact(contact_id) if contact_id else None
        return line.phone_last4 if line and not line.quarantine else None

    async def decide_as_school(self, which: int, agree: bool) -> None:
        """The head teacher decides, where the family has had its time."""
        teaching = await self.teaching()
        waiting = await waiting_claims(self.ctx, teaching)
        if not waiting:
            return
        found = waiting[which % len(waiting)]
        claim, student = found.claim, found.candidates[0]
        other, child = self.whose(claim.person_id), self.child_of(student.id)
        line = await self._line_of(claim.contact_id)
        deciders = [
            held
            for _, held in self.guardians(child, besides=other)
            if not (held.read_only or held.until)
        ]
        family_first = (
            claim.for_family
            and claim.asks is Side.FAMILY
            and bool(deciders)
            and (other.person_id, child) not in self.barred
            and claim.school_from is not None
            and self.now < claim.school_from
        )
        try:
            if agree:
                await approve_claim(self.ctx, teaching, claim.id, student.id)
            else:
                await refuse_claim(self.ctx, teaching, claim.id)
        except ConflictError:
            assert family_first
            self.note("kept for the family")
            return
        assert not family_first, "the family is asked first"
        self.decided.append((claim.id, student.id))
        if agree:
            self.expect_bound(other, child, Held(line))
            self.barred.discard((other.person_id, child))
            self.note("approved by the school")

    async def approve_again(self, which: int) -> None:
        """On a page that was left open: a request that was decided long ago, or taken back."""
        teaching = await self.teaching()
        waiting = {w.claim.id for w in await waiting_claims(self.ctx, teaching)}
        old = [(claim, student) for claim, student in self.decided if claim not in waiting]
        if old:
            with suppress(YanshuError):
                await approve_claim(self.ctx, teaching, *old[which % len(old)])

    async def give_up(self, who: int, appeal: bool) -> None:
        """Whoever asked takes a request back, or turns to the school after the family's no."""
        adult = self.adults[who]
        long_ago = self.now - timedelta(days=365)
        claims = self.ctx.stores.claims
        if appeal:
            for claim in await claims.closed_of_person(adult.person_id, long_ago):
                if claim.may_appeal(self.now):
                    await turn_to_school(self.ctx, adult.person_id, claim.id)
                    self.note("turned to the school")
            return
        for claim in (await claims.of_person(adult.person_id))[:1]:
            await withdraw_claim(self.ctx, adult.person_id, claim.id)

    # ----------------------------------------------------------------------- ending and changing

    async def end(self, who: int, child: int, reason: EndReason) -> None:
        """From either side; whoever isn't bound ends nothing."""
        if child not in self.students:
            return
        adult, student = self.adults[who], self.students[child]
        held = self.holds(adult, child)
        self.bound.pop((adult.person_id, child), None)
        if held and reason in (EndReason.WRONG, EndReason.CUSTODY):
            self.barred.add((adult.person_id, child))
        try:
            if reason is EndReason.OWN:
                await end_own_binding(self.ctx, adult.person_id, student.id)
            else:
                teaching = await self.teaching()
                await end_binding(self.ctx, teaching, student.id, adult.person_id, reason)
        except YanshuError:
            assert held is None

    async def limit(self, who: int, child: int, read_only: bool, days: int) -> None:
        """The school notes that somebody may only read, or for how long they are there."""
        if child not in self.students:
            return
        adult, held = self.adults[who], self.holds(self.adults[who], child)
        until = self.now.replace(hour=16, minute=0, second=0) + timedelta(days=days)
        form = {
            "custody": Custody.READ_ONLY if read_only else Custody.FULL,
            "until": last_day(until) if days else "",
            "reason": "court",
        }
        try:
            teaching = await self.teaching()
            await change_binding(self.ctx, teaching, self.students[child].id, adult.person_id, form)
        except NotFoundError:
            assert held is None or held.trial or not self.rows[child][0]
            return
        assert held is not None
        held.read_only, held.until = read_only, until if days else None
        self.note("limited")

    async def try_it(self, child: int) -> None:
        """The head teacher looks at what parents see."""
        if child not in self.students:
            return
        held = self.holds(self.teacher, child)
        try:
            await try_as_parent(self.ctx, await self.teaching(), self.students[child].id)
        except YanshuError:
            absent = not self.rows[child][0]
            assert absent or held or (self.teacher.person_id, child) in self.barred
            return
        assert held is None
        until = self.now + timedelta(hours=24)
        self.expect_bound(self.teacher, child, Held(None, until, read_only=True, trial=True))
        self.note("tried")

    async def follow(self, who: int, following: bool) -> None:
        """In WeChat and here; who follows has just tapped something."""
        user = self.adults[who].phone.user
        user.following = following
        await note_follow(self.ctx, user.openid, following=following)

    async def write(self, who: int) -> None:
        """Somebody writes to the account: messages of the service may go to them."""
        user = self.adults[who].phone.user
        self.town.world.open_window(user, wrote=True)
        await note_opening(self.ctx, user.openid, Opening.MESSAGE)
