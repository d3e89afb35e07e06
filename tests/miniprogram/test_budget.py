"""What a start costs on a weak line, as Chromium counts it: bytes that come in, with headers, compressed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import expect

from domain.notices import ConfirmMode
from tests.miniapp.village import camera_picture, told
from tests.miniprogram.campus import Campus
from tests.miniprogram.handset import Handset
from tests.waiting import wait_until

FIRST_SCREEN_BYTES = 20_000
NOTHING_NEW_BYTES = 300
PREFIX = "/api/v1"


@dataclass
class Meter:
    """The answers of the API that arrived at a phone: what was asked, the status, the bytes."""

    answers: list[tuple[str, int, int]] = field(default_factory=list)
    _asked: dict[str, str] = field(default_factory=dict)
    _status: dict[str, int] = field(default_factory=dict)

    async def attach(self, phone: Handset) -> None:
        """Count from now on."""
        session = await phone.context.new_cdp_session(phone.page)
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.responseReceivedExtraInfo", self._answered)
        session.on("Network.loadingFinished", self._finished)
        await session.send("Network.enable")

    def _sent(self, event: Any) -> None:
        path = event["request"]["url"].partition(PREFIX)[2]
        if path:
            self._asked[event["requestId"]] = f"{event['request']['method']} {path}"

    def _answered(self, event: Any) -> None:
        self._status[event["requestId"]] = event["statusCode"]

    def _finished(self, event: Any) -> None:
        if path := self._asked.get(event["requestId"]):
            size = int(event["encodedDataLength"])
            self.answers.append((path, self._status[event["requestId"]], size))

    async def more(self) -> list[tuple[str, int, int]]:
        """What came since the last time, once something has."""
        await wait_until(lambda: self.answers, description="an answer of the API")
        return self.take()

    def take(self) -> list[tuple[str, int, int]]:
        """What came since the last time."""
        taken, self.answers = self.answers, []
        return taken


@pytest.fixture
async def mother(campus: Campus) -> Handset:
    """The phone of a mother of two, who has been told a term's notices; each in four wants an answer."""
    phone = await campus.parent("mother", 1)
    await campus.parent("mother", 2)
    person = await campus.village.person("mother")
    for child in (1, 2):
        numbers = range(child, 120, 2)
        await told(campus.town, person, child, numbers, confirm=ConfirmMode.NONE)
        await told(campus.town, person, child, range(200 + child, 240, 2))
    await tell_apart(campus)
    return phone


async def tell_apart(campus: Campus) -> None:
    """Every notice gets words of its own, which compress as badly as words can."""
    notices = campus.town.ctx.stores.database["notices"]
    for notice in await campus.village.documents("notices"):
        letters = random.Random(str(notice["_id"]))
        words = "".join(chr(letters.randint(0x4E00, 0x9FA5)) for _ in range(400))
        for version in notice["versions"]:
            version |= {"title": words[:20], "body": words}
        await notices.replace_one({"_id": notice["_id"]}, notice)


async def test_the_first_screen_and_a_start_with_nothing_new(mother: Handset) -> None:
    meter = Meter()
    await mother.open()
    await expect(mother.part("notice")).to_have_count(10)
    await meter.attach(mother)
    # The session is there, what was shown once is not: the most that a start can cost.
    await mother.page.evaluate(
        "Object.keys(localStorage).filter((k) => /kept/.test(k)).forEach((k) => localStorage.removeItem(k))"
    )
    await mother.open()
    await expect(mother.part("notice")).to_have_count(10)
    first = await meter.more()
    assert [path for path, _, _ in first] == ["GET /home"]
    assert sum(size for _, _, size in first) <= FIRST_SCREEN_BYTES, first

    await mother.open()
    await expect(mother.part("notice")).to_have_count(10)
    ((path, status, size),) = await meter.more()
    assert (path, status) == ("GET /home", 304)
    assert size <= NOTHING_NEW_BYTES


async def test_pictures_come_small_and_what_was_opened_costs_next_to_nothing(
    mother: Handset, campus: Campus
) -> None:
    photograph = camera_picture()
    picture = await campus.village.upload(photograph)
    notice = await campus.village.publish(title="运动会照片", files=(picture,), confirm="tap")
    meter = Meter()
    await meter.attach(mother)
    opened = f"pages/notice/index?id={notice.id}"
    for page in ("pages/home/index", "pages/notices/index"):
        await mother.open(page)
        await expect(mother.text("运动会照片").first).to_be_visible()
    assert [path for path, _, _ in meter.take() if "/files/" in path] == []
    await mother.open(opened)
    await expect(mother.part("picture").locator("img")).to_be_visible()
    await mother.page.wait_for_load_state("networkidle")
    ((path, _, size),) = [one for one in await meter.more() if "/files/" in one[0]]
    assert "size=thumb" in path
    assert size < len(photograph) / 20

    pages = {opened: "article", "pages/notices/index": "notice", "pages/me/index": "child"}
    for page, part in pages.items():
        for _ in range(2):
            await mother.open(page)
            await expect(mother.part(part).first).to_be_visible()
            await mother.page.wait_for_load_state("networkidle")
            came = await meter.more()
        # The picture is on the phone.
        assert [one for one in came if one[1] != 304 or one[2] > NOTHING_NEW_BYTES] == [], page
