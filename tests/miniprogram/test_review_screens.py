"""The queue on a head teacher's phone, over a server that answers at will: full, decided, empty; every look."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.async_api import Route, expect

from tests.browser.phones import Screenshot
from tests.handlers.conftest import photograph
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.stub import phone_over
from tests.miniprogram.teacher_stub import TeacherStub
from tests.waiting import wait_until

QUEUE = "review/queue/index"


def held(number: int, **changes: Any) -> dict[str, Any]:
    return {
        "id": f"message:m-{number}", "seen": 0, "kind": "message", "class_name": "三年级二班",
        "author": "李小明的妈妈", "text": "听说网课退费要加群登记，大家快进，名额有限。", "pictures": [],
        "reason": "含有词表里的词", "reported": 0, "whys": [], "hidden": True, "can_freeze": True,
        "waits_since": "2026-11-24T19:30:00+08:00", **changes,
    }  # fmt: skip


class QueueStub(TeacherStub):
    """Two things wait."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = [
            held(1),
            held(
                2, text="", pictures=["p-1", "p-2"], reason="微信觉得图片可能不合适：广告",
                reported=2, whys=["总在群里发广告"], author="王浩然的爸爸",
            ),
        ]  # fmt: skip
        self.did: list[tuple[str, dict[str, Any]]] = []

    async def handle(self, route: Route) -> None:
        """One request; a picture is bytes."""
        if "/pictures/" in route.request.url:
            await route.fulfill(content_type="image/jpeg", body=photograph())
        else:
            await super().handle(route)

    def answer(
        self, method: str, path: str, query: dict[str, str], given: bytes
    ) -> tuple[int, Any]:
        """What the server says."""
        match method, path.strip("/").split("/"):
            case "GET", ["teaching", "reviews"]:
                return 200, {"reviews": self.queue}
            case "POST", ["teaching", "reviews", review, act]:
                self.did.append((act, json.loads(given)))
                if act == "decision":
                    self.queue = [r for r in self.queue if r["id"] != unquote(review)]
                return 201, {"done": True}
        return super().answer(method, path, query, given)


@pytest.fixture
async def stub() -> AsyncIterator[QueueStub]:
    """The queue's answers at will, held to the API's declarations."""
    stub = QueueStub()
    yield stub
    assert stub.drift == []


@pytest.fixture(params=["normal", "large"])
async def phone(
    new_handset: NewHandset, stub: QueueStub, request: pytest.FixtureRequest
) -> Handset:
    """A head teacher's phone over the stub, with writing of either size."""
    return await phone_over(new_handset, stub, text_size=request.param)


async def test_the_queue(phone: Handset, stub: QueueStub, screenshot: Screenshot) -> None:
    await phone.open("pages/teach/index")
    await expect(phone.part("held")).to_contain_text("2 条")
    await phone.shoot(screenshot, "1-entry")
    await phone.tap("held")
    await phone.is_at(QUEUE)
    await expect(phone.part("review")).to_have_count(2)
    await phone.shoot(screenshot, "2-queue")
    await phone.part("silence").first.tap()
    await phone.answer("禁言 1 天")
    await wait_until(lambda: bool(stub.did), description="somebody is muted")
    await expect(phone.part("allow").first).not_to_have_class(re.compile(r"\boff\b"))
    await phone.part("allow").first.tap()
    await expect(phone.part("review")).to_have_count(1)
    await expect(phone.part("refuse").first).not_to_have_class(re.compile(r"\boff\b"))
    await phone.part("refuse").first.tap()
    await expect(phone.text("没有要看的内容")).to_be_visible()
    await phone.shoot(screenshot, "3-none")
    assert [(act, said.get("allow")) for act, said in stub.did] == [
        ("mute", None),
        ("decision", True),
        ("decision", False),
    ]
    assert stub.did[0][1]["hours"] == 24
    assert stub.did[2][1]["why"]
