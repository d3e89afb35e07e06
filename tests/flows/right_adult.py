"""A school at random for `test_right_adult`: notices to the families of `right_bound`, and the jobs that carry them.

The model beside it (`paper`) knows no database. The program is asked only what it did; whether it may have
done so, the model says.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from domain.bindings import EndReason
from domain.deliveries import client_message_id, delivery_id
from domain.errors import ConflictError, YanshuError
from domain.names import masked_name
from domain.notices import Notice
from domain.schools import School
from jobs.registry import JOBS
from services.deliveries import PUSH, sweep
from services.lapses import write_down_lapses
from services.notices import (
    draft_notice,
    edit_notice,
    publish_notice,
    remind_unread,
    withdraw_notice,
)
from services.reading import confirm_notice
from tests.flows.paper import CHILDREN, Adult
from tests.flows.right_bound import HAN, Bound, Payload
from tests.town import Town

_SURNAMES = "赵钱孙"
_PURPOSES = ("publish", "remind-1", "remind-2", *(f"edit-{n}" for n in range(2, 8)), "withdraw")
_numbers = count(1)


@dataclass(frozen=True)
class Said:
    """A message by its id under which WeChat counts it once."""

    notice: Notice
    child: int
    person_id: str
    purpose: str


@dataclass(kw_only=True)
class Walk(Bound):
    """What the families hear of, and the queue in the test's own hands."""

    notices: list[Notice] = field(default_factory=list)
    said: dict[str, Said] = field(default_factory=dict)
    done: list[tuple[str, Payload]] = field(default_factory=list)

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
    names = [surname + "".join(HAN[int(d)] for d in f"{mark:03d}") for surname in _SURNAMES]
    school = School(id=f"walk-{mark:03d}", name="青禾小学")
    walk = Walk(town=town, folder=folder, school=school, names=names)
    await walk.settle()
    return walk
