"""Subscription messages (订阅消息): what may be asked for, what is left of what was accepted, and new answers."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from domain.channels import Channel
from domain.errors import InvalidError, Problem
from domain.subscriptions import Report, Said, Source
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from services.subscriptions import Own, note_answers, subscriptions_of

subscriptions = Registry("subscriptions")

_MOST = 5  # templates in one sheet of WeChat's


class Covers(StrEnum):
    """What one yes is good for."""

    ONE = "one"  # the next notice
    ALL = "all"  # every notice, until it is switched off
    NOTHING = "nothing"  # there is nothing to ask for


class TemplateRow(Schema):
    """One of the school's templates. `answer` is what was said last, null before the first time.

    `left`: how many notices may still be told of by it; null when there is no counting.
    """

    template_id: str
    answer: Said | None
    left: int | None


class Subscriptions(Schema):
    """`ask`: the ids for `wx.requestSubscribeMessage` now, all of one kind; empty when there is nothing to ask.

    `credits`: how many notices may still be told of one by one. `all`: whether every notice is told of.
    """

    templates: list[TemplateRow]
    ask: list[str]
    covers: Covers
    credits: int
    all: bool


class Results(Schema):
    """What `wx.requestSubscribeMessage` answered, by template; `prompt` is made once for each time it is asked."""

    prompt: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")
    results: dict[str, str] = Field(min_length=1, max_length=_MOST)


@subscriptions("GET", "/subscriptions", access=Access.VISITOR)
async def get_subscriptions(call: Call) -> Subscriptions:
    """What this device's WeChat may be told of by the mini-program."""
    return _shown(await subscriptions_of(call.ctx, call.openid))


@subscriptions("PUT", "/subscriptions", access=Access.VISITOR)
async def put_subscriptions(call: Call, body: Results) -> Subscriptions:
    """Note what was answered; the same prompt again changes nothing."""
    own = await subscriptions_of(call.ctx, call.openid)
    known = {held.template_id for held in own.held}
    unknown = {f"results.{i}": Problem("unknown") for i in body.results if i not in known}
    if unknown:
        raise InvalidError(unknown)
    said = {template_id: _answer(word) for template_id, word in body.results.items()}
    answers = {template_id: answer for template_id, answer in said.items() if answer}
    report = Report(source=Source.CLIENT, mark=body.prompt, at=call.ctx.now())
    await note_answers(call.ctx, call.openid, answers, report)
    return _shown(await subscriptions_of(call.ctx, call.openid))


def _answer(word: str) -> Said | None:
    """WeChat has several kinds of yes (acceptWithAudio …). Banned and filtered are its own doing, and no answer."""
    if word.startswith("accept"):
        return Said.ACCEPTED
    return Said.REJECTED if word == "reject" else None


def _shown(own: Own) -> Subscriptions:
    covers = Covers.NOTHING
    if own.ask:
        covers = Covers.ALL if own.ask.channel is Channel.LONG_TERM else Covers.ONE
    rows, everything = [], False
    for held in own.held:
        subscription = held.subscription
        answer = subscription.answer if subscription else None
        left = None
        if held.channel is Channel.ONE_TIME:
            left = subscription.credits if subscription else 0
        elif answer is Said.ACCEPTED:
            everything = True
        rows.append(TemplateRow(template_id=held.template_id, answer=answer, left=left))
    return Subscriptions(
        templates=rows,
        ask=[own.ask.template_id] if own.ask else [],
        covers=covers,
        credits=sum(row.left or 0 for row in rows),
        all=everything,
    )
