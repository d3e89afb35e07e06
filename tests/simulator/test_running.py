"""The simulator as its own process, the crowd over real HTTP, and the phones in a browser."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Page, expect
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port

from tests.simulator.conftest import API, APP_ID, SECRET, Bed
from tests.simulator.test_api import SEND, message
from tests.waiting import wait_until

MENU = {
    "button": [
        {"type": "click", "name": "最新通知", "key": "latest"},
        {
            "name": "班级",
            "sub_button": [
                {"type": "view", "name": "写通知", "url": "http://127.0.0.1:8000/h5/new"}
            ],
        },
    ]
}


@pytest.fixture
async def alone() -> AsyncIterator[str]:
    """`python -m simulator` as a person starts it; its address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "simulator", "--users", "2", "--no-finish-events",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    assert line.startswith("ready http://127.0.0.1:")
    yield line.split()[1]
    process.terminate()
    assert await process.wait() == 0


async def test_a_process_of_its_own_answers_both_ways(alone: str) -> None:
    async with aiohttp.ClientSession() as http:

        async def post(path: str, body: Any) -> Any:
            async with http.post(alone + path, data=json.dumps(body)) as response:
                return json.loads(await response.read())

        asked = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
        token = (await post(API + "/cgi-bin/stable_token", asked))["access_token"]
        async with http.get(alone + "/simulator/control/users/u1") as response:
            openid = (await response.json(content_type=None))["data"]["openid"]
        path = f"{API}{SEND}?access_token={token}"
        body = {"touser": openid, "template_id": "nope"}
        assert (await post(path, body))["errcode"] == 40037
        # A fault takes the ordinary way, a good day the short one: both must count.
        await post("/simulator/control/faults", {"busy": 1})
        assert (await post(path, body))["errcode"] == -1
        assert (await post(path, body))["errcode"] == 40037
        async with http.get(alone + "/simulator/control/calls") as response:
            calls = (await response.json(content_type=None))["data"]
    assert calls[SEND] == {"40037": 2, "-1": 1}


class _School(web.RequestHandler):
    """Pages of the application's kind: OAuth first, then a cookie; remembers who looked."""

    def initialize(self, bed: Bed, seen: list[str]) -> None:
        self.bed, self.seen = bed, seen

    async def get(self, path: str) -> None:
        code = self.get_query_argument("code", "")
        if code:
            query = {"appid": APP_ID, "secret": SECRET, "grant_type": "authorization_code"}
            answer = await self.bed.api("/sns/oauth2/access_token", code=code, **query)
            self.set_cookie("who", answer["openid"])
            self.redirect(self.request.path)
        elif self.get_cookie("who") is None:
            here = f"http://{self.request.host}{self.request.path}"
            self.redirect(
                f"{self.bed.base}/simulator/open/connect/oauth2/authorize?appid={APP_ID}"
                f"&redirect_uri={here}&response_type=code&scope=snsapi_base&state=x#wechat_redirect"
            )
        else:
            self.seen.append(str(self.get_cookie("who")))
            self.write("<title>通知</title><p>一页通知</p>")


@pytest.fixture
async def school(bed: Bed) -> AsyncIterator[list[str]]:
    """An application that the links lead to; the openids that looked at it."""
    seen: list[str] = []
    sock, port = bind_unused_port()
    server = HTTPServer(web.Application([(r"(.*)", _School, {"bed": bed, "seen": seen})]))
    server.add_sockets([sock])
    bed.world.public_url = f"http://127.0.0.1:{port}"
    yield seen
    server.stop()
    await server.close_all_connections()


async def test_the_other_families_open_their_newest_card(bed: Bed, school: list[str]) -> None:
    made = await bed.control("users", {"prefix": "p", "count": 7})
    url = bed.world.public_url + "/h5/1"
    for user in (*(person["key"] for person in made), "wang"):
        assert (await bed.api(SEND, message(bed, user, url=url)))["errcode"] == 0
    started = await bed.control("crowd", {"pause_ms": 0, "at_once": 3})
    assert (started["total"], started["running"]) == (7, True)
    crowd = bed.simulator.crowd
    await wait_until(lambda: not crowd.progress()["running"], description="the crowd is done")
    assert crowd.progress()["opened"] == 7
    assert sorted(school) == sorted(person["openid"] for person in made)
    assert (await bed.control("crowd", {}))["total"] == 0


# ------------------------------------------------------------------------------------ the page


async def open_phones(bed: Bed, page: Page) -> list[str]:
    """Open the phones' page; what goes wrong in it."""
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    await bed.control("menu", MENU)
    await page.goto(bed.base)
    await page.wait_for_selector("body[data-ready]")
    return errors


@pytest.mark.browser
async def test_phones_follow_talk_and_open_cards(
    bed: Bed,
    school: list[str],
    new_page: Callable[..., Awaitable[Page]],
    screenshot: Callable[..., Awaitable[Path]],
) -> None:
    link = f'看<a href="{bed.world.public_url}/h5/1">这里</a><img src=x onerror=alert(1)>'
    bed.stand_in.answer = lambda got: bed.stand_in.text(got, link.replace("]]>", ""))
    page = await new_page(width=1280, height=800, scale=1)
    errors = await open_phones(bed, page)
    li = page.locator("[data-user=li]")

    await li.locator("[data-act=follow]").click()
    await expect(li.locator(".bubble")).to_have_text("看这里<img src=x onerror=alert(1)>")
    assert bed.world.users["li"].following

    await li.locator("[data-act=keyboard]").click()
    await li.locator("[data-act=input]").fill("绑定 <b>")
    await li.locator("[data-act=send]").click()
    await expect(li.locator(".said.me .bubble")).to_have_text("绑定 <b>")
    assert bed.stand_in.got[-1]["Content"] == "绑定 <b>"

    url = bed.world.public_url + "/h5/1"
    await bed.api(SEND, message(bed, "li", url=url))
    await li.locator("[data-kind=template]").click()
    frame = li.frame_locator("iframe")
    await expect(frame.get_by_text("一页通知")).to_be_visible()
    assert school == [bed.world.users["li"].openid]
    await screenshot(page, "phones")
    await li.locator("[data-act=page-close]").click()
    await expect(li.locator("iframe")).to_have_count(0)

    await page.locator("[data-mood=忙]").click()
    await expect(page.locator("[data-mood=忙]")).to_have_attribute("aria-pressed", "true")
    assert bed.world.faults.busy is True
    assert errors == []


@pytest.mark.browser
async def test_one_phone_at_a_time_on_a_narrow_screen(
    bed: Bed,
    new_page: Callable[..., Awaitable[Page]],
    screenshot: Callable[..., Awaitable[Path]],
) -> None:
    page = await new_page(width=375, height=812)
    errors = await open_phones(bed, page)
    await expect(page.locator("#guide")).to_be_visible()
    await page.locator("[data-tab=wang]").click()
    await expect(page.locator("#guide")).to_be_hidden()
    await expect(page.locator(".place:visible")).to_have_count(1)
    wang = page.locator("[data-user=wang]")
    await wang.locator("[data-menu=班级]").click()
    await expect(wang.locator("[data-menu=写通知]")).to_be_visible()
    overflow = "document.documentElement.scrollWidth - innerWidth"
    assert await page.evaluate(overflow) <= 0
    await screenshot(page, "one-phone")
    assert errors == []
