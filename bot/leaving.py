"""What WeChat reports about somebody's authorisation; nobody waits for words."""

from __future__ import annotations

from bot.turn import SILENCE, Answered, Turn
from domain.withdrawals import Withdrawal
from services.withdrawals import note_withdrawal


async def withdrawn(turn: Turn) -> Answered:
    """A profile was cleaned, an authorisation taken back, an account closed."""
    inbound = turn.inbound
    await note_withdrawal(
        turn.ctx,
        turn.ctx.policy.app_id,
        inbound.about,
        Withdrawal(inbound.event),
        str(inbound.fields.get("RevokeInfo", "")),
    )
    return SILENCE
