"""What people do with messages: say one, take it back, count it, read, look for it, delete it for themselves.

Saying is durable with one write, which gives the message its number (`storage.messages`). Whoever is connected
hears of it at once (`services.live`); whoever is not finds it by its number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from domain.errors import ConflictError, NotFoundError, TooManyError
from domain.messages import (
    Draft,
    Folded,
    Mark,
    Message,
    MessageKind,
    MessageState,
    Via,
    answered,
    mark_in,
    message_id,
    parse_message,
)
from domain.rings import rings_at
from domain.safety import SilencedError, WordsRefusedError
from domain.threads import Place, ThreadKind, ThreadMark, mark_id
from services.announcing import announce_changed, announce_message, announce_read
from services.audiences import Audience, access_thread
from services.bridge_answers import carry_soon, with_carry
from services.calls import late_in, note_calls
from services.context import Context
from services.message_drafts import written_message
from services.message_writings import spot_of, state_after, writing_of
from services.safety import ensure_may_speak, judge
from services.urgent import as_urgent

PAGE_LIMIT = 50
MESSAGES_AN_HOUR = 600
CATCH_UP_LIMIT = 200
_RECENT = 20  # how far back 收到 looks for what it answers
# Clocks of several processes differ: what changed is told a little more than once, never less.
_OVERLAP = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of what somebody said: a message of its own, or a count of one."""

    audience: Audience
    message: Message | None = None
    folded: Folded | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Messages in order, none left out; `hidden` are the numbers of those this person deleted for themselves.

    `until`: the number up to which was looked; what a school keeps no longer had a number, and is not there.
    `late`: the numbers of what was shown behind what this person has read, on this page or further up.
    `read_by`: in a private thread, how far each of the others has read, by person.
    """

    audience: Audience
    place: Place
    messages: tuple[Message, ...]
    until: int
    tail: int
    mark: ThreadMark | None
    read_by: Mapping[str, int]
    hidden: frozenset[int]
    late: tuple[int, ...]


async def send_message(
    ctx: Context,
    person_id: str,
    thread_id: str,
    form: Mapping[str, Any],
    *,
    key: str,
    via: Via | None = None,
) -> Sent:
    """Say something. The same key by the same person is the same message, whatever dies in between.

    Durable with the insert into `messages`. Raises NotFoundError; InvalidError; ConflictError (`read_only`) for who
    may not write there, (`not_urgent`) for who may not say that it is; TooManyError for too much that is;
    SilencedError; WordsRefusedError.
    """
    audience, place = await access_thread(ctx, person_id, thread_id)
    if not place.may_post:
        raise ConflictError("read_only")
    draft = parse_message(form, allowed_hosts=ctx.policy.link_hosts)
    held = message_id(thread_id, person_id, key)
    folded = None if draft.urgent_reason else await _fold(ctx, audience, person_id, draft)
    if folded is not None:
        return Sent(audience, folded=folded)
    message = await written_message(ctx, audience, place, draft, held, via=via)
    message = await with_carry(ctx, audience, place, message)
    try:
        message = replace(message, state=await _judged(ctx, audience, place, message))
        message = replace(message, rings_at=rings_at(message))
    except (SilencedError, WordsRefusedError):
        # What was said before a list grew, or somebody was muted, stays said: its answer may have been lost.
        before = await ctx.stores.messages.find(held)
        if before is None:
            raise
        return Sent(audience, before)
    if draft.urgent_reason:
        message = await as_urgent(ctx, audience, message, draft.urgent_reason)
    await ctx.stores.threads.ensure(audience.thread)
    kept = await ctx.stores.messages.append(message)
    await note_calls(ctx, kept)
    announce_message(ctx, kept)
    await carry_soon(ctx, [kept])
    return Sent(audience, kept)


async def send_in_time(
    ctx: Context,
    person_id: str,
    thread_id: str,
    form: Mapping[str, Any],
    *,
    key: str,
    via: Via | None = None,
) -> Sent:
    """As `send_message`, from a device: no more of a person in an hour than anybody writes. Raises TooManyError."""
    wait = await ctx.stores.limits.hit("messages", person_id, per_hour=MESSAGES_AN_HOUR)
    if wait:
        raise TooManyError(wait)
    return await send_message(ctx, person_id, thread_id, form, key=key, via=via)


async def _judged(ctx: Context, audience: Audience, place: Place, message: Message) -> MessageState:
    """Whether the others may read it. What few say among themselves is looked at by nobody else, unless one of them
    reports it. Raises SilencedError, WordsRefusedError."""
    spot = spot_of(audience.thread, audience.group)
    await ensure_may_speak(ctx, message.author_id, spot)
    if audience.thread.is_private:
        return MessageState.SENT
    leads = place.as_staff and place.leads
    verdict = await judge(ctx, writing_of(message, spot, decides=leads))
    return state_after(verdict.accepted().outcome)


# ------------------------------------------------------------------------------------- counting


async def _fold(ctx: Context, audience: Audience, person_id: str, draft: Draft) -> Folded | None:
    """收到 and praise are counted by the message that they answer, where there is one."""
    mark = mark_in(draft.text) if draft.kind is MessageKind.TEXT and not draft.mentions else None
    if mark is None:
        return None
    thread_id = audience.thread.id
    target: Message | None
    if draft.reply_to:
        target = await ctx.stores.messages.find_at(thread_id, draft.reply_to)
    elif audience.thread.kind is ThreadKind.TALK:
        tail = await ctx.stores.messages.tail(thread_id, audience.thread.tail)
        recent = await ctx.stores.messages.stretch(thread_id, tail - _RECENT, tail)
        target = answered(recent, person_id)
    else:
        return None
    if target is None or target.author_id == person_id or not target.is_seen_by(person_id):
        return None
    return await _count(ctx, audience, target, person_id, mark)


async def count_message(
    ctx: Context, person_id: str, thread_id: str, seq: int, mark: Mark
) -> Folded:
    """Tap 收到 or 👍 on a message; twice is once. Also who may not write may do that. Raises NotFoundError."""
    audience, _ = await access_thread(ctx, person_id, thread_id)
    target = await seen_message(ctx, person_id, thread_id, seq)
    if target.author_id == person_id:
        raise NotFoundError
    return await _count(ctx, audience, target, person_id, mark)


async def _count(
    ctx: Context, audience: Audience, target: Message, person_id: str, mark: Mark
) -> Folded:
    now = await ctx.stores.messages.count(target, person_id, mark, ctx.now())
    counted = replace(target, got=now[Mark.GOT], praise=now[Mark.PRAISE])
    announce_changed(ctx, counted)
    return Folded(target.seq, mark, counted.got, counted.praise)


async def counted_by(
    ctx: Context, person_id: str, thread_id: str, seq: int, mark: Mark
) -> tuple[str, ...]:
    """Who tapped it, by name, for those of the school in the thread. Raises NotFoundError."""
    audience, place = await access_thread(ctx, person_id, thread_id)
    if not place.as_staff:
        raise NotFoundError
    target = await seen_message(ctx, person_id, thread_id, seq)
    people = await ctx.stores.messages.counted_by(target.id, mark)
    return tuple(sorted(audience.places[p].name for p in people if p in audience.places))


async def seen_message(ctx: Context, person_id: str, thread_id: str, seq: int) -> Message:
    """A message whose words this person, who is in its thread, may see. Raises NotFoundError."""
    found = await ctx.stores.messages.find_at(thread_id, seq)
    if found is None or not found.is_seen_by(person_id):
        raise NotFoundError
    return found


# ------------------------------------------------------------------------------------- changing


async def recall_message(ctx: Context, person_id: str, thread_id: str, seq: int) -> None:
    """Take a message back: nobody sees any more what it said. Twice is once.

    Raises NotFoundError; ConflictError (`too_late`) after two minutes, or for who did not write it.
    """
    _, place = await access_thread(ctx, person_id, thread_id)
    message = await ctx.stores.messages.find_at(thread_id, seq)
    if message is None or (
        message.state is not MessageState.SENT and message.author_id != person_id
    ):
        raise NotFoundError
    if message.recalled_at is not None:
        return
    if not message.may_recall(person_id, ctx.now(), leads=place.leads):
        raise ConflictError("too_late")
    at = ctx.now()
    if await ctx.stores.messages.mark_recalled(message.id, person_id, at):
        announce_changed(ctx, replace(message, recalled_at=at))


async def hide_message(ctx: Context, person_id: str, thread_id: str, seq: int) -> None:
    """Delete a message for oneself; the others keep it. Raises NotFoundError, ConflictError (`too_many_hidden`)."""
    audience, _ = await access_thread(ctx, person_id, thread_id)
    if await ctx.stores.messages.find_at(thread_id, seq) is None:
        raise NotFoundError
    mark = _mark(ctx, audience, person_id, 0)
    if not await ctx.stores.threads.hide(mark, seq):
        raise ConflictError("too_many_hidden")


def _mark(ctx: Context, audience: Audience, person_id: str, seq: int) -> ThreadMark:
    return ThreadMark(
        id=mark_id(audience.thread.id, person_id),
        school_id=audience.thread.school_id,
        thread_id=audience.thread.id,
        person_id=person_id,
        read_seq=seq,
        read_at=ctx.now(),
    )


async def mark_read(ctx: Context, person_id: str, thread_id: str, seq: int) -> None:
    """They have read as far as this number, never further back, never further than there is. Raises NotFoundError."""
    audience, _ = await access_thread(ctx, person_id, thread_id)
    tail = await ctx.stores.messages.tail(thread_id, audience.thread.tail)
    mark = _mark(ctx, audience, person_id, min(seq, tail))
    if mark.read_seq > 0:
        await ctx.stores.threads.mark_read(mark)
        announce_read(ctx, audience, mark)


# ------------------------------------------------------------------------------------- reading


async def page_of_thread(
    ctx: Context, person_id: str, thread_id: str, *, before: int = 0, limit: int = PAGE_LIMIT
) -> Page:
    """The newest messages, or those before a number. A page costs what it shows. Raises NotFoundError."""
    audience, place = await access_thread(ctx, person_id, thread_id)
    tail = await ctx.stores.messages.tail(thread_id, audience.thread.tail)
    end = min(before - 1, tail) if before else tail
    found = await ctx.stores.messages.stretch(thread_id, max(0, end - limit), end)
    return await _page(ctx, audience, place, found, end, tail)


async def messages_after(
    ctx: Context, person_id: str, thread_id: str, after: int, *, limit: int = CATCH_UP_LIMIT
) -> Page:
    """What came after a number, in order, without a gap. Raises NotFoundError."""
    audience, place = await access_thread(ctx, person_id, thread_id)
    tail = await ctx.stores.messages.tail(thread_id, audience.thread.tail)
    end = min(tail, after + min(limit, CATCH_UP_LIMIT))
    found = await ctx.stores.messages.stretch(thread_id, after, end) if after < end else []
    return await _page(ctx, audience, place, found, end, tail)


async def changes_since(
    ctx: Context, person_id: str, thread_id: str, since: datetime
) -> tuple[Message, ...]:
    """Messages of which something changed since then (taken back, counted, shown), each as it is now."""
    await access_thread(ctx, person_id, thread_id)
    found = await ctx.stores.messages.changed_since(thread_id, since - _OVERLAP, CATCH_UP_LIMIT)
    return tuple(found)


async def _page(
    ctx: Context,
    audience: Audience,
    place: Place,
    found: Sequence[Message],
    until: int,
    tail: int,
) -> Page:
    marks = await ctx.stores.threads.readers(
        audience.thread.id,
        audience.places if audience.thread.is_private else [place.person_id],
    )
    own = marks.get(place.person_id)
    hidden = frozenset(own.hidden if own else ())
    read_by = {p: m.read_seq for p, m in marks.items() if p != place.person_id}
    late = await late_in(ctx, place.person_id, own)
    return Page(audience, place, tuple(found), until, tail, own, read_by, hidden, late)
