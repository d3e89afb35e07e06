"""Somebody who is told of notices by subscription messages: what they tap, and what became of a notice."""

from __future__ import annotations

from typing import Any

import aiohttp

from domain.channels import Channel
from domain.deliveries import Delivery
from domain.notices import Notice
from domain.subscriptions import subscription_id
from services.deliveries import carry_out_work
from tests.flows.test_sending import (
    publish,
)
from tests.miniapp.client import MiniClient
from tests.town import Phone, Town, claim_text

SEND = "/cgi-bin/message/subscribe/send"
ONE, LONG = "yanshu-mini-notice", "yanshu-mini-standing"


class Parent:
    """An adult who is known in the mini-program alone: the account has never met them."""

    def __init__(self, town: Town, phone: Phone, mini: MiniClient) -> None:
        self.town, self.phone, self.mini = town, phone, mini

    async def own(self) -> dict[str, Any]:
        """What the mini-program shows of subscriptions."""
        found: dict[str, Any] = (await self.mini.call("GET", "/subscriptions")).data
        return found

    async def credits(self) -> int:
        """How many notices they may still be told of."""
        return int((await self.own())["credits"])

    async def answer(self, said: str, *, prompt: str, template: str = ONE) -> None:
        """Tap the sheet's button: WeChat tells us by its push, and the client by itself."""
        await self.prompted(said, template=template)
        await self.report(said, prompt=prompt, template=template)

    async def prompted(self, said: str, *, template: str = ONE) -> None:
        """Answer WeChat's sheet, and lose the network before the client can report it."""
        await self._wechat("subscribe", answers={template: said})

    async def switch_off(self, template: str = ONE) -> None:
        """Take it back in WeChat's settings."""
        await self._wechat("unsubscribe", templates=[template])

    async def _wechat(self, act: str, **body: Any) -> None:
        outcome = await self.phone.act(act, **body)
        assert not outcome["fault"], outcome

    async def report(self, said: str, *, prompt: str, template: str = ONE) -> None:
        """What the client sends after the sheet has closed."""
        body = {"prompt": prompt, "results": {template: said}}
        answer = await self.mini.call("PUT", "/subscriptions", body)
        assert answer.status == 200, answer.body

    @property
    def service(self) -> list[dict[str, Any]]:
        """The cards under 服务通知, oldest first."""
        return self.phone.user.service


async def parent_of(
    town: Town, opened: list[aiohttp.ClientSession], child: int = 1, key: str = "mother"
) -> Parent:
    phone = town.phone(key)
    client = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    opened.append(client)
    mini = MiniClient(town, phone, client)
    await mini.sign_in()
    name, digits = claim_text(child).split()
    bound = await mini.call("POST", "/bindings", {"name": name, "digits": digits})
    assert bound.data["answer"] == "bound"
    return Parent(town, phone, mini)


async def delivery_of(town: Town, notice: Notice) -> Delivery:
    (found,) = await town.ctx.stores.deliveries.of_notice(notice.school_id, notice.id)
    delivery: Delivery = found
    return delivery


async def attempts(town: Town, notice: Notice) -> list[tuple[Channel, int]]:
    found = await town.ctx.stores.deliveries.attempts_of((await delivery_of(town, notice)).id)
    return [(a.channel, a.code) for a in found]


async def expanded(town: Town, teacher: Phone, **form: str) -> Notice:
    """A notice that is ready to be sent, while no worker runs."""
    notice = await publish(town, teacher, **form)
    await carry_out_work(town.ctx, notice.id)
    return notice


async def subscription_key(town: Town, parent: Parent, template: str = ONE) -> str:
    openid = town.world.mini_openid(parent.phone.user)
    identity = await town.ctx.stores.identities.find(town.ctx.mini.app_id, openid)
    assert identity is not None
    return subscription_id(identity.id, template)
