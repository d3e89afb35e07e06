"""Who is away on a day or in a week, by class, for who may see pupils; why, for who decides about it alone."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.audit import Act
from domain.leaves import Leave, LeaveKind, LeaveState, part_of_day, span_text
from domain.monitors import monday_of
from domain.roles import Right
from domain.schools import School, SchoolClass, Student
from domain.times import SCHOOL_ZONE
from services.audit import note_act
from services.context import Context
from services.leave_receipts import LeaveReceipt, leave_receipts
from services.leaves import ChildLeave, leaves_of_classes, waiting_leaves
from services.people import Post, teaching_of
from services.spreadsheets import Row, Sheet, built
from services.terms import school_day


@dataclass(frozen=True, slots=True)
class Away:
    """One child's leave; `kind` and `reason` are there for who decides about this class's, else None and empty."""

    leave_id: str
    student: Student
    when: str
    part: str  # of the day that is looked at; empty for a week
    halves: int
    state: LeaveState
    kind: LeaveKind | None
    reason: str
    receipt: LeaveReceipt | None  # of what became of the decision's word; likewise


@dataclass(frozen=True, slots=True)
class LeaveList:
    """The days that are looked at, and who is away, class by class in the school's order."""

    school: School
    first_on: date
    last_on: date
    classes: tuple[tuple[SchoolClass, tuple[Away, ...]], ...]
    whole: bool
    decides: bool  # about some class's

    @property
    def children(self) -> int:
        """How many children are, or may be, away."""
        return len({away.student.id for _, lines in self.classes for away in lines})


async def leave_list(ctx: Context, post: Post, *, week: bool, day: date | None) -> LeaveList:
    """What stands, decided or not, of the classes whose pupils one may see. Raises NotFoundError."""
    teaching = await teaching_of(ctx, post, Right.PEOPLE)
    first = day or school_day(ctx.now())
    first = monday_of(first) if week else first
    last = first + timedelta(days=6) if week else first
    held = await ctx.stores.leaves.between(teaching.school.id, first, last)
    stands = [leave for leave in held if leave.stands]
    deciding = {group.id for group in teaching.classes if teaching.may_in(group, Right.LEAVES)}
    receipts = await leave_receipts(
        ctx, teaching.school.id, [leave for leave in stands if leave.class_id in deciding]
    )
    students = await ctx.stores.schools.students(leave.student_id for leave in stands)
    classes = []
    for group in teaching.classes:
        decides = group.id in deciding
        lines = tuple(
            _away(
                leave,
                students[leave.student_id],
                None if week else first,
                decides,
                receipts.get(leave.id),
            )
            for leave in stands
            if leave.class_id == group.id and leave.student_id in students
        )
        if lines:
            classes.append((group, lines))
    return LeaveList(
        teaching.school,
        first,
        last,
        tuple(classes),
        post.has_everywhere(Right.PEOPLE),
        bool(deciding),
    )


def _away(
    leave: Leave, student: Student, day: date | None, decides: bool, receipt: LeaveReceipt | None
) -> Away:
    return Away(
        leave.id,
        student,
        span_text(leave.span),
        part_of_day(leave.span, day) if day else "",
        leave.span.halves,
        leave.state,
        leave.kind if decides else None,
        leave.reason if decides else "",
        receipt,
    )


async def leaves_to_decide(ctx: Context, post: Post) -> list[ChildLeave]:
    """What waits for a decision that is theirs to take, of whatever day, the earliest first."""
    if not post.has(Right.LEAVES):
        return []
    return await waiting_leaves(ctx, await teaching_of(ctx, post, Right.LEAVES))


async def unheard_refusals(ctx: Context, post: Post) -> list[ChildLeave]:
    """What they refused, is not over, and WeChat did not bring to the family: no list of who is away has it."""
    if not post.has(Right.LEAVES):
        return []
    teaching = await teaching_of(ctx, post, Right.LEAVES)
    found = await leaves_of_classes(ctx, teaching, since=school_day(ctx.now()))
    return [
        one
        for one in found
        if one.leave.state is LeaveState.REFUSED and one.receipt and one.receipt.is_missed
    ]


async def export_leaves(
    ctx: Context,
    post: Post,
    *,
    week: bool,
    day: date | None,
    states: Mapping[LeaveState, str],
    kinds: Mapping[LeaveKind, str],
) -> tuple[str, bytes]:
    """(school, file) of the same list; that it was taken is noted first. Raises NotFoundError."""
    found = await leave_list(ctx, post, week=week, day=day)
    lines = [(group, away) for group, some in found.classes for away in some]
    await note_act(
        ctx,
        post.actor,
        Act.LEAVES_EXPORTED,
        subject=("place", found.school.id),
        after={
            "class_ids": [group.id for group, _ in found.classes],
            "count": len(lines),
            "since": _midnight(found.first_on),
            "until": _midnight(found.last_on + timedelta(days=1)),
        },
    )
    heads = [("班级", 14), ("姓名", 14), ("时间", 34), ("当天", 8), ("半天数", 8), ("状态", 12)]
    if found.decides:
        heads += [("类别", 8), ("原因", 40)]
    rows: list[Row] = []
    for group, away in lines:
        says = [kinds[away.kind] if away.kind else "", away.reason] if found.decides else []
        state = states[away.state]
        rows.append(
            [group.name, away.student.name, away.when, away.part, away.halves, state, *says]
        )
    return found.school.name, await asyncio.to_thread(built, [Sheet("请假", heads, rows)])


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), SCHOOL_ZONE)
