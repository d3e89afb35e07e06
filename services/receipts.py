"""After sending: who was reached, who has read, who confirmed, and where the others got stuck (回执)."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass

from domain.deliveries import Attempt, Delivery, delivery_id
from domain.erasures import is_nameless
from domain.errors import NotFoundError
from domain.notices import ConfirmMode, Figures, Notice, NoticeState
from domain.receipts import (
    ChildReceipt,
    GuardianReceipt,
    Receipt,
    child_receipts,
    counted,
    figures_of,
)
from domain.schools import SchoolClass
from services.context import Context
from services.notices import access_notice_as_author
from services.people import Teaching

NOBODY = Figures(guardians=0, read=0, confirmed=0)


@dataclass(frozen=True, slots=True)
class ClassReceipts:
    """The receipts of one class, by number in the class."""

    school_class: SchoolClass
    children: tuple[ChildReceipt, ...]


@dataclass(frozen=True, slots=True)
class Receipts:
    """A notice's receipts. `waiting` counts messages still on their way.

    `nameless` are adults of whom the figures alone are left: they were erased, or the notice is old.
    """

    notice: Notice
    classes: tuple[ClassReceipts, ...]
    waiting: int
    nameless: Figures = NOBODY

    def children(self) -> list[ChildReceipt]:
        """Every child of the audience."""
        return [child for group in self.classes for child in group.children]

    def counts(self) -> Counter[Receipt]:
        """Children by state."""
        return counted(self.children())

    def guardians_read(self) -> tuple[int, int]:
        """(guardians who have read, guardians bound)."""
        states = [g.state for child in self.children() for g in child.guardians]
        return sum(s in (Receipt.READ, Receipt.CONFIRMED) for s in states), len(states)

    def still_open(self) -> list[Delivery]:
        """Whom a reminder would reach: not read or, where a confirmation is asked, not confirmed."""
        return [
            g.delivery for child in self.children() for g in child.guardians if self._waits_for(g)
        ]

    def children_open(self) -> list[ChildReceipt]:
        """The children of those whom a reminder would reach."""
        return [c for c in self.children() if any(self._waits_for(g) for g in c.guardians)]

    def _waits_for(self, guardian: GuardianReceipt) -> bool:
        confirm = guardian.asked and self.notice.confirm is not ConfirmMode.NONE
        delivery = guardian.delivery
        return (delivery.confirmed_at if confirm else delivery.read_at) is None

    @property
    def preparing(self) -> bool:
        """Whether the recipients are not all written down yet, so that nobody's state can be told."""
        pending = any(work.purpose == "publish" for work in self.notice.work)
        return self.notice.state is NoticeState.PUBLISHED and pending

    def find_guardian(
        self, student_id: str, person_id: str
    ) -> tuple[ChildReceipt, GuardianReceipt]:
        """A child and one guardian's line of it. Raises NotFoundError."""
        wanted = delivery_id(self.notice.id, student_id, person_id)
        for child in self.children():
            for guardian in child.guardians:
                if guardian.delivery.id == wanted:
                    return child, guardian
        raise NotFoundError


async def receipts_of(ctx: Context, teaching: Teaching, notice_id: str) -> Receipts:
    """The six states per child and guardian, by the bindings as they are now.

    Of the notice's classes only those that are still this teacher's. Raises NotFoundError.
    """
    notice = await access_notice_as_author(ctx, teaching, notice_id)
    mine = set(teaching.class_ids())
    school_id, class_ids = notice.school_id, [c for c in notice.class_ids if c in mine]
    classes, in_classes, deliveries = await asyncio.gather(
        ctx.stores.schools.classes(class_ids),
        ctx.stores.schools.students_of(school_id, class_ids),
        ctx.stores.deliveries.of_notice(school_id, notice_id),
    )
    students = [s for s in in_classes if notice.is_for(s.id)]
    bindings = await ctx.stores.bindings.active_of_students(school_id, [s.id for s in students])
    # Whoever tries it is nobody's guardian: their reading reaches no family.
    families = [b for b in bindings if not b.trial]
    relations = {b.id: b.relation for b in families}
    read_only = {b.id for b in families if not b.may_confirm}
    children = child_receipts(students, deliveries, relations, read_only)
    groups = tuple(
        ClassReceipts(c, tuple(r for r in children if r.student.class_id == c.id)) for c in classes
    )
    waiting = sum(g.waiting for child in children for g in child.guardians)
    nameless = notice.figures or figures_of([d for d in deliveries if is_nameless(d)])
    return Receipts(notice, groups, waiting, nameless)


async def ledger_of(
    ctx: Context, teaching: Teaching, notice_id: str, delivery_id: str
) -> list[Attempt]:
    """Every attempt to reach one guardian, oldest first. Raises NotFoundError."""
    notice = await access_notice_as_author(ctx, teaching, notice_id)
    delivery = await ctx.stores.deliveries.find(delivery_id)
    if delivery is None or delivery.notice_id != notice.id:
        raise NotFoundError
    if delivery.class_id not in teaching.class_ids():
        raise NotFoundError
    return await ctx.stores.deliveries.attempts_of(delivery.id)
