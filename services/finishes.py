"""What WeChat reports about a message after it has taken it: it arrived, or it did not after all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.channels import REFUSALS, Channel, Reason
from domain.deliveries import Group, Outcome, Push, Result
from services.channels import mini_message_id
from services.context import Context
from services.deliveries import push_soon

_SUCCESS = "success"


async def record_finishes(ctx: Context, finishes: Sequence[tuple[str, str]]) -> None:
    """WeChat reports (msgid, status) about template messages: success, failed:user block, failed: system failed.

    Kept first: the report may come before our own line of the ledger does.
    """
    now = ctx.now()
    await ctx.stores.deliveries.note_finishes([(m, status, now) for m, status in finishes])
    await apply_finishes(ctx, dict(finishes))


async def record_sent(ctx: Context, sent: Sequence[tuple[str, str]]) -> None:
    """WeChat reports (msgid, code) about subscription messages: 0 arrived, anything else failed.

    A failure goes on to the next channel; the credit stays spent, because nobody says that it was not used.
    """
    finishes = [
        (message_id, _SUCCESS if code == "0" else "failed: system failed")
        for given, code in sent
        if (message_id := mini_message_id(given))
    ]
    await record_finishes(ctx, finishes)


async def apply_finishes(ctx: Context, finishes: Mapping[str, str]) -> None:
    """Bring what WeChat reported to the deliveries it is about: proved, or the next channel's turn."""
    if not finishes:
        return
    now = ctx.now()
    attempts = await ctx.stores.deliveries.attempts_with(list(finishes))
    proved = [a.delivery_id for m, a in attempts.items() if finishes[m].lower() == _SUCCESS]
    if proved:
        await ctx.stores.deliveries.mark_proved(proved, now)
    failures, groups = [], set()
    for message_id, attempt in attempts.items():
        status = finishes[message_id].lower()
        if status == _SUCCESS:
            continue
        reason = Reason.BLOCKED if "block" in status else Reason.SYSTEM_FAILED
        push = Push(purpose=attempt.purpose, due_at=now, failed=((attempt.channel, reason),))
        result = Result.REFUSED if reason in REFUSALS else Result.UNREACHABLE
        outcome = Outcome(result=result, channel=Channel.IN_APP, at=now, reason=reason)
        failures.append((attempt.delivery_id, push, outcome))
        groups.add(Group(attempt.school_id, attempt.notice_id, attempt.class_id))
    if failures:
        await ctx.stores.deliveries.mark_failed_after_all(failures)
    await push_soon(ctx, groups, mark=f"failed:{now.timestamp()}")
