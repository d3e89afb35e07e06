"""A school at random for `test_right_adult`: its list, its families, its jobs, driven through the services.

The model beside it (`paper`) knows no database. The program is asked only what it did; whether it may have
done so, the model says.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from domain.bindings import Custody, EndReason, Side
from domain.custody import last_day
from domain.deliveries import client_message_id, delivery_id
from domain.errors import ConflictError, NotFoundError, YanshuError
from domain.identities import Opening
from domain.names import masked_name
from domain.notices import Notice
from domain.roles import Appointment, Role
from domain.schools import School
from jobs.registry import JOBS
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
from services.deliveries import PUSH, sweep
from services.families import change_binding, end_binding, end_own_binding
from services.lapses import write_down_lapses
from services.notices import (
    draft_notice,
    edit_notice,
    publish_notice,
    remind_unread,
    withdraw_notice,
)
from services.people import Teaching, access_teaching, note_follow, note_opening, recognise
from services.reading import confirm_notice
from services.roster_desk import Desk
from services.rosters import Wish, import_roster
from services.trials import try_as_parent
from storage.bindings import BindingStore
from storage.claims import ClaimStore
from tests import school_lists as lists
from tests.flows.paper import ADULTS, CHILDREN, SHARED, Adult, Held, Line, Paper
from tests.town import Town

HOUR = timedelta(hours=1)
_SURNAMES = "赵钱孙"
_HAN = "零一二三四五六七八九"
_PURPOSES = ("publish", "remind-1", "remind-2", *(f"edit-{n}" for n in range(2, 8)), "withdraw")
_numbers = count(1)
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


@dataclass(frozen=True)
class Said:
    """A message by its id under which WeChat counts it once."""

    notice: Notice
    child: int
    person_id: str
    purpose: str


@dataclass(kw_only=True)
class Walk(Paper):
    """One school and its people, with the model beside, and the queue in the test's own hands."""

    town: Town
    folder: Path
    notices: list[Notice] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    queue: list[tuple[str, Payload]] = field(default_factory=list)
    done: list[tuple[str, Payload]] = field(default_factory=list)
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
            name, phone = f"周{_HAN[group]}陪", f"1370000000{group}"
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

    # ----------------------------------------------------------------------- notices

    async def publish(self, groups: Sequence[int]) -> None:
        """A notice to one class or both; to be confirmed."""
        teaching = await self.teaching()
        class_ids = [teaching.classes[g - 1].id for g in groups]
        form = {"title": "通知", "body": "请看。", "confirm": "tap"}
        draft = await draft_notice(
            self.ctx, teaching, form, class_ids=class_ids, file_ids=[], links=[]
        )
        key = f"walk-key-{next(_numbers)}"
        notice = await publish_notice(self.ctx, teaching, draft, idempotency_key=key)
        self.notices.append(notice)
        for child, student in self.students.items():
            for adult in self.adults:
                for purpose in _PURPOSES:
                    delivery = delivery_id(notice.id, student.id, adult.person_id)
                    said = Said(notice, child, adult.person_id, purpose)
                    self.said[client_message_id(delivery, purpose)] = said

    async def change(self, which: int, act: str) -> None:
        """Correct a notice, remind of it, or withdraw it."""
        if not self.notices:
            return
        notice = self.notices[which % len(self.notices)]
        teaching = await self.teaching()
        with suppress(ConflictError):  # withdrawn, or reminded twice
            if act == "remind":
                held = await self.ctx.stores.notices.find(notice.id)
                number = held.reminders + 1 if held else 1
                await remind_unread(self.ctx, teaching, notice.id, number=number)
            elif act == "withdraw":
                await withdraw_notice(self.ctx, teaching, notice.id)
            else:
                held = await self.ctx.stores.notices.find(notice.id)
                seen = held.current.number if held else 1
                draft = await draft_notice(
                    self.ctx,
                    teaching,
                    {"title": "通知", "body": f"第 {seen} 次更正。", "confirm": "tap"},
                    class_ids=list(notice.class_ids),
                    file_ids=[],
                    links=[],
                )
                await edit_notice(self.ctx, teaching, notice.id, draft, seen_version=seen)

    async def confirm(self, who: int, which: int) -> None:
        """Somebody confirms a notice; who may only read confirms nothing."""
        if not self.notices:
            return
        adult, notice = self.adults[who], self.notices[which % len(self.notices)]
        before = await self._confirmed(adult, notice)
        newest = await self.ctx.stores.notices.find(notice.id)
        with suppress(YanshuError):
            version = newest.current.number if newest else 1
            await confirm_notice(self.ctx, adult.person_id, notice.id, version=version)
        for child in await self._confirmed(adult, notice) - before:
            held = self.holds(adult, child)
            assert held is not None, "confirmed for a child that is not theirs"
            assert not held.read_only, "confirmed by who may only read"
            self.note("confirmed")

    async def _confirmed(self, adult: Adult, notice: Notice) -> set[int]:
        keys = {delivery_id(notice.id, s.id, adult.person_id): c for c, s in self.students.items()}
        found = await self.ctx.stores.deliveries.many(list(keys))
        return {keys[d.id] for d in found if d.confirmed_at is not None}

    # ----------------------------------------------------------------------- what the queue does

    async def prepare(self) -> None:
        """Everything but sending: who is to hear is written down, nobody has heard."""
        await self._run_all([job for job in self.queue if job[0] != PUSH])

    async def send(self) -> None:
        """What is to be sent is sent."""
        await self._run_all([job for job in self.queue if job[0] == PUSH])

    async def _run_all(self, jobs: list[tuple[str, Payload]]) -> None:
        may = self._may_hear()
        for name, payload in jobs:
            self.queue.remove((name, payload))
            self.done.append((name, payload))
            await JOBS[name](self.ctx, **payload)
        self._look_at_the_ledger(may)

    async def run(self, seed: int, *, ending: tuple[int, int] | None = None) -> None:
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
        policy = replace(self.ctx.policy, lease=-self.ctx.policy.lease)
        await sweep(replace(self.ctx, policy=policy))

    async def lapse(self) -> None:
        """The job that writes down what time alone has ended."""
        await write_down_lapses(self.ctx)

    def _may_hear(self) -> set[tuple[str, int]]:
        return {
            (a.phone.user.openid, c)
            for a in self.adults
            for c in range(CHILDREN)
            if self.holds(a, c)
        }

    def _look_at_the_ledger(self, may: set[tuple[str, int]]) -> None:
        """Every payload that WeChat was handed: whom it is about, and whether they may hear it."""
        ledger = self.town.world.ledger
        new, self.seen = ledger[self.seen :], len(ledger)
        for entry in new:
            openid, text = entry["openid"], str(entry)
            said = self.said.get(entry.get("client_msg_id", ""))
            named = [c for c, name in enumerate(self.names) if masked_name(name) in text]
            if said is not None:
                assert openid == self.whose(said.person_id).phone.user.openid
                self._expect_class(said)
                named.append(said.child)
            elif any(notice.id in text for notice in self.notices):
                assert named, "a notice that is about nobody"
            for child in named:
                assert (openid, child) in may, "a message about a child to who is not bound to it"
                self.note("sent")
            if "有人申请绑定您的孩子" in text:
                assert any(o == openid for o, _ in may), "a family's question to a stranger"
                self.note("family asked")

    def _expect_class(self, said: Said) -> None:
        """What a class is told is for who is in it now."""
        group = self.rows[said.child][0]
        assert group, "a child who left is spoken of no more"
        if said.purpose == "publish" or said.purpose.startswith("remind"):
            student = self.students[said.child]
            assert student.class_id in said.notice.class_ids, "the old class's notice"

    # ----------------------------------------------------------------------- what must hold

    async def check(self) -> None:
        """The stores agree with the model, whatever jobs have or have not run."""
        children = {s.id: c for c, s in self.students.items()}
        found = await asyncio.gather(
            *(self.ctx.stores.bindings.active_of_person(a.person_id) for a in self.adults)
        )
        for adult, bindings in zip(self.adults, found, strict=True):
            paper = {c for c in range(CHILDREN) if self.holds(adult, c)}
            assert {children[b.student_id] for b in bindings} == paper

    async def look(self, who: int, which: int) -> None:
        """Somebody opens their pages; no page shows a child that is not theirs."""
        adult = self.adults[who]
        own = {self.names[c] for c in range(CHILDREN) if self.holds(adult, c)}
        paths = ["/h5/", "/h5/notices", "/h5/children"]
        if self.notices:
            paths.append(f"/h5/notices/{self.notices[which % len(self.notices)].id}")
        for path in paths:
            page = await adult.phone.get(path)
            text = page.text
            if path == "/h5/children":  # what they typed themselves stands in their own requests
                text = text.replace("“", "").partition("我的申请")[0].partition("没有通过的申请")[0]
            assert page.status in (200, 404)
            if adult is self.teacher and path.startswith("/h5/notices/"):
                continue  # led to the receipts
            shown = {name for name in self.names if name in text}
            assert shown <= own, (path, who, shown - own, text)
            if path.startswith("/h5/notices/"):
                withdrawn = "老师撤回了这条通知" in text  # that page names nobody
                assert (page.status == 200) == bool(shown or (withdrawn and own))
                self.note("opened" if page.status == 200 else "not opened")


async def settle(town: Town, folder: Path) -> Walk:
    """A school of its own in the town, so that an example knows nothing of the one before."""
    mark = next(_numbers)
    names = [surname + "".join(_HAN[int(d)] for d in f"{mark:03d}") for surname in _SURNAMES]
    school = School(id=f"walk-{mark:03d}", name="青禾小学")
    walk = Walk(town=town, folder=folder, school=school, names=names)
    await walk.settle()
    return walk
