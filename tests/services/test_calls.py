"""Who was called by @ sees it in their list until they have read so far, and no longer than the message stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.messages import MessageState
from domain.rings import RING_AFTER
from domain.safety import Outcome
from domain.threads import CALLED_LIMIT, mark_id, ref_in
from services.context import Context
from services.message_reviews import settle_message
from services.messages import hide_message, mark_read, recall_message, send_message
from services.rings import gather
from services.threads import line_of, threads_of
from tests.flows.conftest import quiet_town as quiet_town
from tests.safety import BAD
from tests.talking import (
    HEAD,
    MATHS,
    MOTHER,
    OTHER,
    TALK,
    text,
)
from tests.talking import ctx as ctx
from tests.talking import second as second


async def call(ctx: Context, author: str, *people: str, everybody: bool = False, n: int = 1) -> int:
    form = text(f"第{n}句", mentions=[ref_in(TALK, p) for p in people], all=everybody)
    sent = await send_message(ctx, author, TALK, form, key=f"call-{n:04d}")
    assert sent.message is not None
    return sent.message.seq


async def is_called(ctx: Context, person: str) -> bool:
    listed = {line.thread.id: line.called for line in await threads_of(ctx, person)}[TALK]
    assert listed == (await line_of(ctx, person, TALK)).called
    return listed


async def test_who_is_called_sees_it_in_either_process_until_they_read_so_far(
    ctx: Context, second: Context
) -> None:
    assert not await is_called(ctx, MOTHER)
    await send_message(ctx, HEAD, TALK, text("先说一件事。"), key="before-it")
    seq = await call(ctx, HEAD, MOTHER)
    await send_message(ctx, HEAD, TALK, text("还有一件事。"), key="after-it")
    assert await is_called(ctx, MOTHER)
    assert await is_called(second, MOTHER)
    assert not await is_called(second, OTHER)
    assert not await is_called(ctx, HEAD)
    await mark_read(second, MOTHER, TALK, seq - 1)
    assert await is_called(ctx, MOTHER)
    await mark_read(second, MOTHER, TALK, seq)
    assert not await is_called(ctx, MOTHER)
    assert not await is_called(second, MOTHER)


async def test_everybody_is_called_but_who_does_it_and_who_reads_is_called_no_more(
    ctx: Context,
) -> None:
    seq = await call(ctx, HEAD, everybody=True)
    assert [await is_called(ctx, p) for p in (MOTHER, OTHER, MATHS, HEAD)] == [True] * 3 + [False]
    await mark_read(ctx, MOTHER, TALK, seq)
    assert [await is_called(ctx, p) for p in (MOTHER, OTHER)] == [False, True]


async def test_what_was_taken_back_or_deleted_for_oneself_calls_nobody(ctx: Context) -> None:
    first = await call(ctx, HEAD, MOTHER, OTHER)
    second = await call(ctx, HEAD, everybody=True, n=2)
    await recall_message(ctx, HEAD, TALK, second)
    assert await is_called(ctx, MOTHER)  # the first one stands
    assert not await is_called(ctx, MATHS)
    await hide_message(ctx, OTHER, TALK, first)
    assert not await is_called(ctx, OTHER)
    await recall_message(ctx, HEAD, TALK, first)
    assert not await is_called(ctx, MOTHER)


async def test_what_is_looked_at_first_calls_once_it_may_be_read(ctx: Context) -> None:
    form = text(BAD, mentions=[ref_in(TALK, MATHS)])
    sent = await send_message(ctx, MOTHER, TALK, form, key="call-0001")
    assert sent.message is not None
    assert not await is_called(ctx, MATHS)
    await settle_message(ctx, sent.message.id, Outcome.PASS)
    assert await is_called(ctx, MATHS)


async def new_to(ctx: Context, *people: str) -> list[tuple[int, bool]]:
    """How much of the group is unread by each, and whether it calls them; the list and the page say the same."""
    found = []
    for person in people:
        line = {one.thread.id: one for one in await threads_of(ctx, person)}[TALK]
        alone = await line_of(ctx, person, TALK)
        assert (alone.unread, alone.called) == (line.unread, line.called)
        found.append((line.unread, line.called))
    return found


async def held(ctx: Context) -> tuple[str, int]:
    """A message that waits and calls somebody, one after it, and everybody but one has read both."""
    form = text(BAD, mentions=[ref_in(TALK, p) for p in (MATHS, OTHER)])
    sent = await send_message(ctx, MOTHER, TALK, form, key="held-0001")
    await send_message(ctx, HEAD, TALK, text("后来的话。"), key="after-it")
    assert sent.message is not None
    assert sent.message.state is MessageState.HELD
    for person in (MOTHER, MATHS, HEAD):
        await mark_read(ctx, person, TALK, sent.message.seq + 1)
    return sent.message.id, sent.message.seq


async def test_what_is_shown_late_is_new_to_whoever_has_read_past_it(
    ctx: Context, second: Context
) -> None:
    message_id, seq = await held(ctx)
    assert await new_to(ctx, MATHS, HEAD, OTHER) == [(0, False), (0, False), (2, False)]
    await settle_message(ctx, message_id, Outcome.PASS)
    await settle_message(second, message_id, Outcome.PASS)
    for process in (ctx, second):
        new = await new_to(process, MATHS, HEAD, OTHER, MOTHER)
        assert new == [(1, True), (1, False), (2, True), (0, False)]
    await mark_read(second, MATHS, TALK, seq - 1)  # a device that is behind
    assert await new_to(ctx, MATHS) == [(1, True)]
    await mark_read(second, MATHS, TALK, seq + 1)
    assert await new_to(ctx, MATHS, HEAD) == [(0, False), (1, False)]
    await settle_message(ctx, message_id, Outcome.PASS)  # once more, much later
    assert await new_to(ctx, MATHS) == [(0, False)]


async def test_what_was_shown_late_is_new_to_nobody_once_it_is_gone(ctx: Context) -> None:
    message_id, seq = await held(ctx)
    await settle_message(ctx, message_id, Outcome.PASS)
    await hide_message(ctx, MATHS, TALK, seq)
    assert await new_to(ctx, MATHS, HEAD) == [(0, False), (1, False)]
    await settle_message(ctx, message_id, Outcome.HOLD)  # somebody reported it
    assert await new_to(ctx, HEAD) == [(0, False)]
    await settle_message(ctx, message_id, Outcome.PASS)
    assert await new_to(ctx, HEAD) == [(1, False)]
    await recall_message(ctx, HEAD, TALK, seq)
    assert await new_to(ctx, HEAD) == [(0, False)]


@pytest.mark.parametrize("again", ["the same decision", "the run that looks for whom to tell"])
async def test_a_process_that_dies_once_it_is_shown_tells_them_later(
    ctx: Context, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    message_id, _ = await held(ctx)

    async def dies(*_: object, **__: object) -> None:
        raise RuntimeError("died")

    with monkeypatch.context() as patch:
        patch.setattr(ctx.stores.threads, "note_late", dies)
        with pytest.raises(RuntimeError):
            await settle_message(ctx, message_id, Outcome.PASS)
    assert await new_to(ctx, MATHS, HEAD) == [(0, False), (0, False)]
    if again == "the same decision":
        await settle_message(ctx, message_id, Outcome.PASS)
    else:
        await gather(replace(ctx, now=lambda: ctx.now() + RING_AFTER + timedelta(seconds=1)))
    assert await new_to(ctx, MATHS, HEAD) == [(1, True), (1, False)]


async def test_a_process_that_dies_after_the_message_is_kept_calls_later(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dies(*_: object) -> None:
        raise RuntimeError("died")

    with monkeypatch.context() as patch:
        patch.setattr(ctx.stores.threads, "call", dies)
        with pytest.raises(RuntimeError):
            await call(ctx, HEAD, MOTHER)
    assert not await is_called(ctx, MOTHER)
    await gather(replace(ctx, now=lambda: ctx.now() + RING_AFTER + timedelta(seconds=1)))
    assert await is_called(ctx, MOTHER)


async def test_the_same_message_again_is_one_call_and_only_the_last_are_kept(ctx: Context) -> None:
    seqs = [await call(ctx, HEAD, MOTHER, n=n) for n in range(CALLED_LIMIT + 3)]
    await call(ctx, HEAD, MOTHER, n=CALLED_LIMIT + 2)
    key = mark_id(TALK, MOTHER)
    kept = (await ctx.stores.threads.marks([key]))[key].called
    assert [one.seq for one in kept] == seqs[3:]
