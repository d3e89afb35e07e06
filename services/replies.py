"""A request that creates something lands once: the same key gets the same answer, however often it comes."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable

from domain.errors import ConflictError
from domain.replies import ANSWERED_WITHIN, LIFE, Reply
from services.context import Context

Answer = tuple[int, str]


async def answer_once(
    ctx: Context,
    person_id: str,
    operation: str,
    key: str,
    request: bytes,
    act: Callable[[], Awaitable[Answer]],
) -> Answer:
    """The remembered answer, or that of `act`, which is remembered; a refusal (an exception) is not.

    Raises ConflictError: `key_reused` for another request under the same key, `in_progress` while the
    first one is still being answered.
    """
    now = ctx.now()
    reply = Reply(
        id=hashlib.sha256("\0".join((person_id, operation, key)).encode()).hexdigest(),
        person_id=person_id,
        request=hashlib.sha256(request).hexdigest(),
        taken_at=now,
        expires_at=now + LIFE,
    )
    if not await ctx.stores.replies.take(reply):
        held = await ctx.stores.replies.find(reply.id)
        if held is None:  # refused at this very moment: the key is free again
            raise ConflictError("in_progress")
        if held.request != reply.request:
            raise ConflictError("key_reused")
        if held.status:
            return held.status, held.body
        if now - held.taken_at < ANSWERED_WITHIN or not await ctx.stores.replies.take_over(
            reply, since=held.taken_at
        ):
            raise ConflictError("in_progress")
    try:
        status, body = await act()
    except BaseException:
        await ctx.stores.replies.forget(reply.id)
        raise
    await ctx.stores.replies.answer(reply.id, status, body)
    return status, body
