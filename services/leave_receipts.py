"""What became of the word to a family about a decision on leave: the receipts of its notice, as of any notice."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.bindings import Binding
from domain.channels import Reason
from domain.deliveries import Delivery, delivery_id
from domain.leaves import Leave, leave_notice_id
from domain.notices import Notice, NoticeState
from domain.receipts import Receipt, child_receipts
from domain.schools import Student
from services.context import Context

_MISSED = (Receipt.REFUSED, Receipt.UNREACHABLE, Receipt.NEVER_BOUND)


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveReceipt:
    """Where the guardian stands who got furthest. `state` is None while nothing was sent, which rests until `due_at`.

    `reason`: why WeChat did not bring it; `waiting`: it is tried, or tried again.
    """

    state: Receipt | None
    reason: Reason | None = None
    waiting: bool = False
    due_at: datetime | None = None

    @property
    def is_missed(self) -> bool:
        """Whether WeChat did not bring it, and does not try any more."""
        return self.state in _MISSED and not self.waiting


async def leave_receipts(
    ctx: Context, school_id: str, leaves: Iterable[Leave]
) -> dict[str, LeaveReceipt]:
    """By id, of those of a school's that are decided; nothing is asked where none is.

    None of one whose notice is so old that it is not kept any more.
    """
    decided = {leave_notice_id(one.id, one.state): one for one in leaves if one.is_decided}
    if not decided:
        return {}
    student_ids = list({one.student_id for one in decided.values()})
    students, bindings, notices = await asyncio.gather(
        ctx.stores.schools.students(student_ids),
        ctx.stores.bindings.active_of_students(school_id, student_ids),
        ctx.stores.notices.many(decided),
    )
    families = [b for b in bindings if not b.trial]
    deliveries = await ctx.stores.deliveries.many(
        delivery_id(key, b.student_id, b.person_id)
        for key, one in decided.items()
        for b in families
        if b.student_id == one.student_id
    )
    found = {}
    for key, one in decided.items():
        own = [d for d in deliveries if d.notice_id == key]
        receipt = _receipt(one, notices.get(key), students.get(one.student_id), own, families)
        if receipt is not None:
            found[one.id] = receipt
    return found


def _receipt(
    leave: Leave,
    notice: Notice | None,
    student: Student | None,
    deliveries: Sequence[Delivery],
    families: Sequence[Binding],
) -> LeaveReceipt | None:
    if notice is None or student is None:
        return LeaveReceipt(state=None) if student and leave.untold_since else None
    if notice.state is NoticeState.SCHEDULED:
        return LeaveReceipt(state=None, due_at=notice.publish_at)
    if notice.work:
        return LeaveReceipt(state=None)
    (child,) = child_receipts([student], deliveries, {b.id: b.relation for b in families})
    # As long as one of them is still tried, that is what says most of those who were not reached.
    tried = [*(g for g in child.guardians if g.waiting), *child.guardians]
    if child.state not in _MISSED or not tried:
        return LeaveReceipt(state=child.state, reason=child.reason)
    return LeaveReceipt(state=tried[0].state, reason=tried[0].reason, waiting=tried[0].waiting)
