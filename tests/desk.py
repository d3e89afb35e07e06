"""A browser at a desk, and signing in there as people do: a QR on the screen, a phone that taps the number.

`Browser` speaks plain HTTP; `sign_in_at_desk` takes one, or a page of a real browser.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from playwright.async_api import Page
from yarl import URL

from domain.desks import choices
from domain.regions import Region
from domain.roles import Appointment, Role, appointment_id
from domain.schools import School
from services.people import recognise
from tests.town import Phone, Reply, Town

Form = Sequence[tuple[str, str]] | Mapping[str, str]


class Browser:
    """A browser at a desk: cookies of its own, nobody's phone."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.client = aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True))

    async def get(self, path: str) -> tuple[int, str, str]:
        """Open a page: status, text, where one ended up."""
        reply = await self.open(path)
        return reply.status, reply.text, reply.url

    async def post(self, path: str, **form: str) -> tuple[int, str]:
        """Send a form as it is."""
        async with self.client.post(self.town.base + path, data=form) as answer:
            return answer.status, await answer.text()

    async def open(self, path: str) -> Reply:
        """Open a page, or load a file, of which the text is what can be read."""
        async with self.client.get(self.town.base + path) as answer:
            text = (await answer.read()).decode("utf-8", "replace")
            return Reply(answer.status, text, str(answer.url), dict(answer.headers))

    async def send(self, path: str, form: Form = ()) -> Reply:
        """Send a form with the session's CSRF token, as a page of the console holds it; a file comes as with `open`."""
        pairs = list(form.items()) if isinstance(form, Mapping) else list(form)
        data = [("csrf", await self.csrf()), *pairs]
        async with self.client.post(self.town.base + path, data=data) as answer:
            text = (await answer.read()).decode("utf-8", "replace")
            return Reply(answer.status, text, str(answer.url), dict(answer.headers))

    async def csrf(self) -> str:
        """The token of this session's forms."""
        found = re.search(r'name="csrf" content="([^"]+)"', (await self.open("/console/")).text)
        assert found is not None
        return found[1]

    async def begin(self) -> str:
        """Open the sign-in page; returns the path that its QR leads to."""
        status, text, _ = await self.get("/console/sign-in")
        assert status == 200
        found = re.search(r'data-qr-url="[^"]*(/h5/desk/[^"]+)"', text)
        assert found is not None
        return found[1]

    async def wait(self) -> str:
        """What the page hears when it asks whether the phone has confirmed."""
        async with self.client.post(self.town.base + "/console/sign-in/wait") as answer:
            return str((await answer.json())["data"]["state"])

    def token(self) -> str:
        """The session's cookie."""
        for cookie in self.client.cookie_jar:
            if cookie.key == "yanshu_desk":
                return str(cookie.value)
        return ""

    def put(self, token: str) -> None:
        """A cookie that somebody else has put into this browser."""
        cookie: SimpleCookie = SimpleCookie({"yanshu_desk": token})
        cookie["yanshu_desk"]["path"] = "/console"
        self.client.cookie_jar.update_cookies(cookie, URL(self.town.base))


async def number_of(town: Town, path: str) -> tuple[int, int]:
    """The number on the screen, and a wrong one among those the phone offers."""
    desk = await town.ctx.stores.desks.find(path.rpartition("/")[2], town.ctx.now())
    assert desk is not None
    return desk.number, next(n for n in choices(desk) if n != desk.number)


async def sign_in_at_desk(desk: Browser | Page, phone: Phone) -> None:
    """Sign in by the QR that the sign-in page really shows: the phone opens it and taps the number."""
    if isinstance(desk, Browser):
        path = await desk.begin()
        number, _ = await number_of(desk.town, path)
        await _tap(phone, path, str(number))
        assert await desk.wait() == "confirmed"
        return
    await desk.goto(phone.town.base + "/console/sign-in")
    address = await desk.locator("[data-qr-url]").get_attribute("data-qr-url")
    number_shown = await desk.locator(".number").inner_text()
    await _tap(phone, urlsplit(str(address)).path, number_shown.strip())
    await desk.wait_for_url("**/console/")


async def _tap(phone: Phone, path: str, number: str) -> None:
    page = await phone.get(path)
    assert number in page.text
    done = await phone.post(path, {"number": number})
    assert done.status == 200


async def appoint_at(
    town: Town, key: str, place: School | Region, role: Role, *, name: str = "陈静", **where: Any
) -> Phone:
    """Somebody with a phone who has a role at a place, which is saved as it is given.

    `where` narrows it: class_id, grade, subject.
    """
    phone = town.phone(key, following=True)
    person = await recognise(town.ctx, phone.user.openid)
    stores = town.ctx.stores
    if isinstance(place, School):
        await stores.schools.save_school(place)
        at: dict[str, Any] = {"school_id": place.id}
    else:
        await stores.regions.save(place)
        at = {"region_id": place.id}
    await stores.appointments.save(
        Appointment(
            id=appointment_id(role, person, place_id=place.id, **where),
            person_id=person,
            role=role,
            name=name,
            **at,
            **where,
        )
    )
    return phone


@asynccontextmanager
async def desks_of(
    town: Town, posts: Mapping[str, tuple[School | Region, Role, Mapping[str, Any]]]
) -> AsyncIterator[dict[str, Browser]]:
    """Somebody in each of these roles (place, role, what narrows it), signed in at a desk of their own."""
    found: dict[str, Browser] = {}
    try:
        for key, (place, role, where) in posts.items():
            phone = await appoint_at(town, key, place, role, name="甲", **where)
            found[key] = Browser(town)
            await sign_in_at_desk(found[key], phone)
        yield found
    finally:
        for browser in found.values():
            await browser.client.close()
