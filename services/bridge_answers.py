"""The way back: what a teacher says in the thread about a child goes to the chat of who wrote from the account.

Owed by the write of the message itself (`carry`, `carry_at`); the job is a hint, and the sweep finds what was left.
Before WeChat is asked that is noted, and what died after that is never sent again: it stands as missed, and is read
in the app.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from domain.bindings import binding_id
from domain.bridges import Carry, CarryState, due_at, is_awaited, next_due
from domain.channels import Reason
from domain.errors import NotFoundError
from domain.identities import Identity
from domain.messages import Message
from domain.threads import Place, ThreadKind
from services.announcing import announce_changed
from services.audiences import Audience, audience_of
from services.cards import answer_text
from services.channels import Verdict, send_words
from services.context import Context
from services.quiet import quiet_at

CARRY = "messages.carry"
_AGAIN, _SOON = timedelta(minutes=1), timedelta(seconds=1)


async def with_carry(ctx: Context, audience: Audience, place: Place, message: Message) -> Message:
    """A message with what it owes: an answer of the school's to each guardian who lately wrote from the account."""
    thread = audience.thread
    if thread.kind is not ThreadKind.CHILD or not place.as_staff:
        return message
    guardians = [p.person_id for p in audience.places.values() if not p.as_staff]
    marks = await ctx.stores.threads.readers(thread.id, guardians)
    wrote = {p: m.account_at for p, m in marks.items() if is_awaited(m.account_at, message.at)}
    if not wrote:
        return message
    quiet = await quiet_at(ctx, thread.school_id)
    carry = tuple(
        Carry(who=audience.ref(person_id), at=due_at(at, message.at, quiet))
        for person_id, at in sorted(wrote.items())
        if at is not None
    )
    return replace(message, carry=carry, carry_at=next_due(carry, ctx.policy.lease))


async def carry_soon(ctx: Context, messages: Iterable[Message]) -> None:
    """Have what these owe carried when it is due."""
    for message in messages:
        if message.carry_at is not None:
            at = max(message.carry_at, ctx.now())
            key = f"{CARRY}:{message.id}:{int(at.timestamp())}"
            await ctx.enqueue(CARRY, {"thread_id": message.thread_id}, key=key, at=at)


async def sweep_carries(ctx: Context) -> None:
    """Find what a dead process left."""
    late = await ctx.stores.messages.to_carry(ctx.now() - ctx.policy.lease)
    for thread_id in sorted({message.thread_id for message in late}):
        await ctx.enqueue(CARRY, {"thread_id": thread_id}, key=f"{CARRY}:{thread_id}:sweep")


async def carry_answers(ctx: Context, thread_id: str) -> None:
    """Carry what is due in a thread, in its order, one after the other. May come twice and at the same time."""
    lock, owner = f"{CARRY}:{thread_id}", ctx.new_id()
    if not await ctx.stores.locks.take(
        [lock], owner=owner, seconds=ctx.policy.lease.total_seconds()
    ):
        # Whoever is at it may have looked before the newest was due.
        at = ctx.now() + _SOON
        key = f"{CARRY}:{thread_id}:{int(at.timestamp())}"
        await ctx.enqueue(CARRY, {"thread_id": thread_id}, key=key, at=at)
        return
    try:
        due = [m for m in await ctx.stores.messages.to_carry(ctx.now()) if m.thread_id == thread_id]
        for message in sorted(due, key=lambda m: m.seq):
            await _carry(ctx, message)
    finally:
        await ctx.stores.locks.drop([lock], owner=owner)


async def _carry(ctx: Context, message: Message) -> None:
    """Carry one message to each whom it is due to."""
    now = ctx.now()
    for carry in message.carry:
        if carry.state is CarryState.SENDING and carry.at + ctx.policy.lease <= now:
            # It may have arrived, and must not be sent twice.
            await _note(ctx, message.id, carry, CarryState.MISSED, Reason.NO_ANSWER)
        elif carry.state is CarryState.WAITING and carry.at <= now:
            await _send(ctx, message, carry)


async def _send(ctx: Context, message: Message, carry: Carry) -> None:
    if message.recalled_at is not None:
        await _note(ctx, message.id, carry, CarryState.MISSED)
        return
    identity, child = await _reader(ctx, message, carry)
    reason = _obstacle(ctx, identity)
    if identity is None or reason is not None:
        await _note(ctx, message.id, carry, CarryState.MISSED, reason)
        return
    taken = replace(carry, state=CarryState.SENDING, at=ctx.now())
    if not await _note(ctx, message.id, carry, CarryState.SENDING, at=taken.at):
        return  # somebody else has it in hand
    sent = await send_words(ctx, identity, answer_text(ctx.policy, message, child=child))
    match sent.verdict:
        case Verdict.TAKEN:
            await _note(ctx, message.id, taken, CarryState.SENT)
        case Verdict.LATER:
            await _note(ctx, message.id, taken, CarryState.WAITING, at=ctx.now() + _AGAIN)
        case _:
            await _note(ctx, message.id, taken, CarryState.MISSED, sent.reason)


async def _reader(ctx: Context, message: Message, carry: Carry) -> tuple[Identity | None, str]:
    """Who it is for, as the account knows them, while they are the child's guardian; and the child's name."""
    try:
        audience = await audience_of(ctx, message.thread_id)
    except NotFoundError:
        return None, ""
    thread = audience.thread
    people = [p for p in audience.places if audience.ref(p) == carry.who]
    # Asked last and of the store itself: whoever was let go a moment ago hears nothing more.
    keys = [binding_id(thread.student_id, person_id) for person_id in people]
    bound = [await ctx.stores.bindings.find_active(key) for key in keys]
    people = [b.person_id for b in bound if b is not None and b.may_confirm]
    found = await ctx.stores.identities.of_people(ctx.policy.app_id, people)
    students = await ctx.stores.schools.students([thread.student_id])
    name = students[thread.student_id].name if thread.student_id in students else ""
    return next(iter(found.values()), None), name


def _obstacle(ctx: Context, identity: Identity | None) -> Reason | None:
    if identity is None:
        return None
    if identity.following is False:
        return Reason.UNFOLLOWED
    return None if identity.window_open(ctx.now()) else Reason.WINDOW_CLOSED


async def _note(
    ctx: Context,
    message_id: str,
    seen: Carry,
    state: CarryState,
    reason: Reason | None = None,
    *,
    at: datetime | None = None,
) -> bool:
    """It has come so far, if it stands as it was seen; those in the thread are told."""
    now = Carry(who=seen.who, state=state, at=at or ctx.now(), reason=reason)
    changed = await ctx.stores.messages.mark_carry(
        message_id, seen, now, lease=ctx.policy.lease, at=ctx.now()
    )
    if changed is not None and state is not CarryState.SENDING:
        announce_changed(ctx, changed)
    return changed is not None
