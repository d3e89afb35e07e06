"""What WeChat pushes about the mini-program: taken, traced, acknowledged. It has no conversation of its own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.conversation import SUCCESS
from domain.subscriptions import Report, Said, Source
from domain.withdrawals import Withdrawal
from services.checks import record_look
from services.context import Context
from services.finishes import record_sent
from services.subscriptions import note_answers
from services.withdrawals import note_withdrawal
from wechat.messages import Inbound
from wechat.mini import opinion_in

# What WeChat says in SubscribeStatusString of each event. In its settings somebody can take a yes back, and no more.
_AT_THE_PROMPT = {"accept": Said.ACCEPTED, "reject": Said.REJECTED}
_IN_THE_SETTINGS = {"reject": Said.OFF}


class MiniProgramPush:
    """Takes the pushes of one mini-program."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id

    async def __call__(self, ctx: Context, inbound: Inbound) -> bytes:
        """Trace it once, however often it is delivered; take what WeChat says about an authorisation, about a picture
        it looked at, and about subscription messages: what was answered, and what became of those that were sent.
        """
        await ctx.stores.inbox.add(inbound.key, kind=inbound.event or inbound.kind, at=ctx.now())
        if inbound.event in set(Withdrawal):
            revoked = str(inbound.fields.get("RevokeInfo", ""))
            what = Withdrawal(inbound.event)
            await note_withdrawal(ctx, self._app_id, inbound.about, what, revoked)
        items = inbound.fields.get("List", [])
        if inbound.event == "subscribe_msg_popup_event":
            await _note(ctx, inbound, _answers(items, _AT_THE_PROMPT))
        elif inbound.event == "subscribe_msg_change_event":
            await _note(ctx, inbound, _answers(items, _IN_THE_SETTINGS))
        elif inbound.event == "subscribe_msg_sent_event":
            await record_sent(ctx, [(str(i["MsgID"]), str(i.get("ErrorCode", ""))) for i in items])
        elif inbound.event == "wxa_media_check":
            could_look = str(inbound.fields.get("errcode", "0")) == "0"
            opinion = opinion_in(inbound.fields) if could_look else None
            await record_look(ctx, str(inbound.fields["trace_id"]), opinion)
        return SUCCESS


async def _note(ctx: Context, inbound: Inbound, answers: Mapping[str, Said]) -> None:
    at = datetime.fromtimestamp(min(inbound.created, int(ctx.now().timestamp())), UTC)
    report = Report(source=Source.PUSH, mark=inbound.key, at=at)
    await note_answers(ctx, inbound.openid, answers, report)


def _answers(items: list[dict[str, Any]], words: Mapping[str, Said]) -> dict[str, Said]:
    """By template; what is no word of these is left out."""
    found = {}
    for item in items:
        answer = words.get(str(item.get("SubscribeStatusString", "")).lower())
        if answer is not None:
            found[str(item.get("TemplateId", ""))] = answer
    return found
