"""A parent's story: agrees, binds a child, reads, confirms, signs; and the tunnel with no network."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import ORIGIN, Stub
from tests.waiting import wait_until


@pytest.fixture
async def newcomer(new_handset: NewHandset, stub: Stub) -> Handset:
    """A phone that has never seen the mini-program, of somebody nobody knows."""

    async def code() -> str:
        return "code"

    handset = await new_handset(ORIGIN, login=code, subscribe={"demo-mini-notice": "accept"})
    await stub.attach(handset.context)
    stub.empty = True
    return handset


def answers(stub: Stub, notice: str) -> list[dict[str, Any]]:
    """What arrived as an answer to a notice, each key once."""
    return [landed for landed in stub.landed.values() if landed.get("path", "").startswith(notice)]


async def test_from_the_first_tap_to_the_first_answer(
    newcomer: Handset, stub: Stub, screenshot: Screenshot
) -> None:
    phone = newcomer
    await phone.open()
    await phone.is_at("pages/welcome/index")
    await phone.shoot(screenshot, "1-welcome")

    await phone.tap("start")
    await expect(phone.page.locator(".mp-privacy")).to_be_visible()
    await phone.shoot(screenshot, "2-privacy")
    await phone.answer("拒绝")
    await expect(phone.front.get_by_role("alert")).to_contain_text("需要您同意")
    assert stub.asked == []
    await phone.tap("start")
    await phone.answer("同意")

    await phone.is_at("pages/bind/index")
    await phone.type("孩子姓名", "李小明")
    await phone.type("手机尾号", "5678")
    await phone.shoot(screenshot, "3-bind")
    await phone.tap("bind")
    await expect(phone.part("result")).to_contain_text("绑定成功")
    await phone.shoot(screenshot, "4-bound")
    await phone.tap("see")

    await phone.is_at("pages/home/index")
    await phone.part("todo-row").first.tap()
    await phone.is_at("pages/notice/index")
    await phone.shoot(screenshot, "5-to-confirm")
    await phone.tap("confirm")
    await expect(phone.part("settled")).to_contain_text("已确认")
    await expect(phone.part("ask")).to_be_visible()
    await phone.shoot(screenshot, "6-the-next-one-too")
    await phone.tap("ask-yes")
    await expect(phone.part("ask")).to_be_hidden()
    await wait_until(
        lambda: (
            stub.landed.get("subscriptions", {}).get("results") == {"demo-mini-notice": "accept"}
        ),
        description="the yes arrives",
    )
    assert len(answers(stub, "/notices/notice-0/")) == 1

    await phone.back()
    await phone.tap("todo-row")
    await phone.tap("sign")
    await phone.write_name()
    await phone.shoot(screenshot, "7-signature")
    await phone.tap("send")
    await expect(phone.part("settled")).to_contain_text("已签名")
    (signature,) = answers(stub, "/notices/notice-1/signature")
    assert signature["given"].startswith(b"\x89PNG")
    assert 1_000 < len(signature["given"]) < 60_000
    await phone.tap("ask-no")
    await phone.back()
    await expect(phone.part("nothing")).to_contain_text("都处理好了")
    await phone.shoot(screenshot, "8-all-done")


async def test_what_was_read_can_be_read_again_without_a_network(
    parent: Handset, stub: Stub
) -> None:
    await parent.open("pages/notice/index?id=notice-2")
    await expect(parent.part("article")).to_contain_text("十二色彩笔")
    stub.failing = True
    await parent.open("pages/notice/index?id=notice-2")
    await expect(parent.part("article")).to_contain_text("十二色彩笔")
    await expect(parent.front.get_by_role("status").first).to_contain_text("连不上网络")
    await parent.open("pages/notice/index?id=notice-3")
    await expect(parent.text("没能打开")).to_be_visible()


async def test_a_card_in_the_chat_leads_to_its_notice_after_the_welcome(
    newcomer: Handset, stub: Stub
) -> None:
    stub.empty = False
    await newcomer.open("pages/notice/index?id=notice-1")
    await newcomer.is_at("pages/welcome/index")
    await newcomer.tap("start")
    await newcomer.answer("同意")
    await newcomer.is_at("pages/notice/index")
    await expect(newcomer.part("article")).to_contain_text("安全签字")
