"""Asking for leave, deciding about it, taking it back; and telling whoever has to hear.

A request is durable with its insert, a decision with the write that decides; both carry the promise to tell.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.files import Shower, promise_to
from domain.leaves import (
    FILE_LIMIT,
    REPLY_LIMIT,
    Leave,
    LeaveDraft,
    LeaveState,
    leave_notice_id,
    parse_leave,
    parse_words,
    span_text,
)
from domain.notices import Attachment
from domain.roles import Right
from domain.schools import SchoolClass, Student
from services.alerts import tell_adult
from services.audit import note_act
from services.cards import leave_card
from services.context import Context
from services.families import access_own_child
from services.family_words import FamilyWord, tell_family
from services.files import Owner, attach, uploads_of
from services.leave_receipts import LeaveReceipt, leave_receipts
from services.people import Child, Teaching, children_of, deciders_of
from services.quiet import quiet_at
from services.terms import school_day

TELL_LEAVE = "leaves.tell"
_GIVE_UP_AFTER = timedelta(days=1)
_SHOWN_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ChildLeave:
    """A request as the school sees it. `is_own`: whoever looks at it asked, or is a guardian of the child.

    `receipt`: what became of the word to the family, of one that is decided.
    """

    leave: Leave
    student: Student
    school_class: SchoolClass
    is_own: bool
    receipt: LeaveReceipt | None = None

    @property
    def may_decide(self) -> bool:
        """Whether it waits, and not for somebody else; of which class it is was looked at before."""
        return self.leave.state is LeaveState.WAITING and not self.is_own


async def ask_leave(
    ctx: Context,
    person_id: str,
    student_id: str,
    form: Mapping[str, str],
    *,
    file_ids: Sequence[str],
    key: str,
) -> Leave:
    """Ask for a child. The same key is the same request. Durable with the insert into `leaves`.

    Raises NotFoundError, InvalidError; ConflictError: `may_only_read` by custody, `leave_overlaps`.
    """
    child = await access_own_child(ctx, person_id, student_id)
    words = "|".join(("leave", person_id, student_id, key))
    leave_id = hashlib.sha256(words.encode()).hexdigest()[:32]
    if held := await ctx.stores.leaves.find(leave_id):
        return held
    if not child.binding.may_confirm:
        raise ConflictError("may_only_read")
    now = ctx.now()
    draft = parse_leave(form, today=school_day(now))
    if len(file_ids) > FILE_LIMIT:
        raise InvalidError({"file_ids": Problem("too_many", FILE_LIMIT)})
    others = await ctx.stores.leaves.of_student(child.student.school_id, student_id)
    if any(other.stands and other.span.meets(draft.span) for other in others):
        raise ConflictError("leave_overlaps")
    owner = Owner(child.student.school_id, person_id, student_id)
    promise = promise_to(Shower.LEAVE, leave_id)
    files = await attach(ctx, await uploads_of(ctx, owner, file_ids), promise)
    leave = _leave(leave_id, child, person_id, draft, files, now)
    if await ctx.stores.leaves.add(leave):
        await _soon(ctx, leave)
    return await ctx.stores.leaves.find(leave_id) or leave


def _leave(
    leave_id: str,
    child: Child,
    person_id: str,
    draft: LeaveDraft,
    files: tuple[Attachment, ...],
    now: datetime,
) -> Leave:
    return Leave(
        id=leave_id,
        school_id=child.student.school_id,
        class_id=child.student.class_id,
        student_id=child.student.id,
        person_id=person_id,
        relation=child.binding.relation,
        kind=draft.kind,
        span=draft.span,
        last=draft.span.last,
        reason=draft.reason,
        asked_at=now,
        files=files,
        untold_since=now,
    )


async def _soon(ctx: Context, leave: Leave) -> None:
    key = f"{TELL_LEAVE}:{leave.id}:{leave.state}"
    await ctx.enqueue(TELL_LEAVE, {"leave_id": leave.id}, key=key)


async def leaves_of_guardian(ctx: Context, person_id: str) -> list[tuple[Child, Leave]]:
    """Every request for the children they are bound to now, newest first, whichever guardian asked."""
    found = [
        (child, leave)
        for child in await children_of(ctx, person_id)
        for leave in await ctx.stores.leaves.of_student(child.student.school_id, child.student.id)
    ]
    return sorted(found, key=lambda pair: pair[1].asked_at, reverse=True)


async def access_leave_as_guardian(
    ctx: Context, person_id: str, leave_id: str
) -> tuple[Child, Leave]:
    """A request for a child they are bound to now. Raises NotFoundError."""
    leave = await ctx.stores.leaves.find(leave_id)
    if leave is None:
        raise NotFoundError
    return await access_own_child(ctx, person_id, leave.student_id), leave


async def withdraw_leave(ctx: Context, person_id: str, leave_id: str) -> Leave:
    """The child comes after all: take it back, decided or not, before it is over. Twice is once.

    Raises NotFoundError; ConflictError: `may_only_read`, `over`, and where it was refused.
    """
    child, leave = await access_leave_as_guardian(ctx, person_id, leave_id)
    if not child.binding.may_confirm:
        raise ConflictError("may_only_read")
    if leave.state is LeaveState.WITHDRAWN:
        return leave
    if leave.last < school_day(ctx.now()):
        raise ConflictError("over")
    if not leave.stands or not await ctx.stores.leaves.mark_withdrawn(leave, ctx.now()):
        raise ConflictError
    changed = await ctx.stores.leaves.find(leave.id) or leave
    await _soon(ctx, changed)
    return changed


# -- the school's side ------------------------------------------------------------------------------------


async def leaves_of_classes(
    ctx: Context, teaching: Teaching, *, since: date | None = None
) -> list[ChildLeave]:
    """Requests of their classes that are not over, or were only lately; what waits first, then by day."""
    first = since or school_day(ctx.now()) - _SHOWN_BACK
    classes = teaching.class_ids()
    held = await ctx.stores.leaves.lasting_until(teaching.school.id, first)
    return await _seen_all(ctx, teaching, [leave for leave in held if leave.class_id in classes])


async def waiting_leaves(ctx: Context, teaching: Teaching) -> list[ChildLeave]:
    """Those of the same that wait for their own decision, in the classes where they decide, by day.

    One query where nothing waits: this is asked whenever a teacher opens the first screen.
    """
    ids = [c.id for c in teaching.classes if teaching.may_in(c, Right.LEAVES)]
    if not ids:
        return []
    first = school_day(ctx.now()) - _SHOWN_BACK
    held = await ctx.stores.leaves.waiting(teaching.school.id, ids, first)
    return [one for one in await _seen_all(ctx, teaching, held) if one.may_decide]


async def _seen_all(ctx: Context, teaching: Teaching, held: Sequence[Leave]) -> list[ChildLeave]:
    if not held:
        return []
    classes = {c.id: c for c in teaching.classes}
    students = await ctx.stores.schools.students(leave.student_id for leave in held)
    own = await _own_children(ctx, teaching)
    receipts = await leave_receipts(ctx, teaching.school.id, held)
    found = [
        replace(
            _seen(teaching, own, leave, students[leave.student_id], classes[leave.class_id]),
            receipt=receipts.get(leave.id),
        )
        for leave in held
        if leave.student_id in students
    ]
    return sorted(
        found, key=lambda one: (one.leave.state is not LeaveState.WAITING, one.leave.span.first)
    )


async def access_leave_as_head_teacher(
    ctx: Context, teaching: Teaching, leave_id: str
) -> ChildLeave:
    """A request of one of their classes. Raises NotFoundError."""
    leave = await ctx.stores.leaves.find(leave_id)
    if leave is None or leave.school_id != teaching.school.id:
        raise NotFoundError
    group = teaching.find_class(leave.class_id)
    students = await ctx.stores.schools.students([leave.student_id])
    if leave.student_id not in students:
        raise NotFoundError
    own = await _own_children(ctx, teaching)
    return _seen(teaching, own, leave, students[leave.student_id], group)


async def _own_children(ctx: Context, teaching: Teaching) -> frozenset[str]:
    bindings = await ctx.stores.bindings.active_of_person(teaching.person_id)
    return frozenset(b.student_id for b in bindings if not b.trial)


def _seen(
    teaching: Teaching, own: frozenset[str], leave: Leave, student: Student, group: SchoolClass
) -> ChildLeave:
    is_own = leave.person_id == teaching.person_id or leave.student_id in own
    return ChildLeave(leave, student, group, is_own)


async def decide_leave(
    ctx: Context, teaching: Teaching, leave_id: str, *, approve: bool, reply: str
) -> ChildLeave:
    """Approve it or not; the first decision counts, and the same one twice is once.

    Raises NotFoundError, InvalidError (`reply`); ConflictError when it was decided otherwise or taken back, and
    (`own_leave`) for a child of their own, whichever of its guardians asked.
    """
    found = await access_leave_as_head_teacher(ctx, teaching, leave_id)
    leave = found.leave
    if found.is_own:
        raise ConflictError("own_leave")
    problems: dict[str, Problem] = {}
    words = parse_words(reply, "reply", REPLY_LIMIT, problems, required=False)
    if problems:
        raise InvalidError(problems)
    state = LeaveState.APPROVED if approve else LeaveState.REFUSED
    if leave.state is LeaveState.WAITING:
        await note_act(
            ctx,
            teaching.actor,
            Act.LEAVE_APPROVED if approve else Act.LEAVE_REFUSED,
            subject=("leave", leave.id),
            before={"state": leave.state},
            after={"state": state, "class_id": leave.class_id},
        )
    decided = await ctx.stores.leaves.decide(
        leave.id, state, by=teaching.person_id, name=teaching.name, reply=words, at=ctx.now()
    )
    found = await access_leave_as_head_teacher(ctx, teaching, leave_id)
    if found.leave.state is not state:
        raise ConflictError
    if decided:
        await _soon(ctx, found.leave)
    receipts = await leave_receipts(ctx, teaching.school.id, [found.leave])
    return replace(found, receipt=receipts.get(found.leave.id))


async def tell_leave(ctx: Context, leave_id: str) -> None:
    """Tell the head teacher of a request or that it was taken back, the family of a decision. May be repeated."""
    leave = await ctx.stores.leaves.find(leave_id)
    if leave is None or leave.untold_since is None:
        return
    if leave.is_decided:
        await tell_family(ctx, _decision(leave))
        told = True
    else:
        told = await _tell_school(ctx, leave)
    if told or ctx.now() - leave.untold_since > _GIVE_UP_AFTER:
        await ctx.stores.leaves.mark_told(leave)


async def _tell_school(ctx: Context, leave: Leave) -> bool:
    quiet = await quiet_at(ctx, leave.school_id)
    if quiet.covers(ctx.now()) and leave.span.first > school_day(ctx.now()):
        return False  # it has until the morning: the sweep comes again
    students = await ctx.stores.schools.students([leave.student_id])
    student = students.get(leave.student_id)
    classes = await ctx.stores.schools.classes([leave.class_id])
    if student is None or not classes:
        return True
    card = leave_card(ctx.policy, leave, child=student.name, school_class=classes[0].name)
    bindings = await ctx.stores.bindings.active_of_students(leave.school_id, [leave.student_id])
    own = {leave.person_id, *(b.person_id for b in bindings if not b.trial)}
    held = await deciders_of(ctx, leave.school_id, [leave.class_id], but=own)
    people = {a.person_id for a in held}
    identities = await ctx.stores.identities.of_people(ctx.policy.app_id, people)
    told = True
    for identity in identities.values():
        told &= await tell_adult(ctx, identity, card, f"{leave.id}:{leave.state}")
    return told


def _decision(leave: Leave) -> FamilyWord:
    """It does not say why the child is away."""
    approved = leave.state is LeaveState.APPROVED
    says = "请假批准了" if approved else "请假没有批准"
    reply = f"老师说：{leave.reply}" if leave.reply else ""
    more = "" if approved else "有问题请直接联系老师。"
    return FamilyWord(
        id=leave_notice_id(leave.id, leave.state),
        school_id=leave.school_id,
        class_id=leave.class_id,
        student_id=leave.student_id,
        said_by=leave.decided_name,
        title=says,
        body="\n".join(filter(None, [f"{span_text(leave.span)}的{says}。{more}", reply])),
    )
