"""A first administrator, a QR at a desk, a phone that confirms: who gets in, who does not, and when it ends."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.roles import Role
from services.administrators import Founding, offer_administration
from services.people import posts_of, recognise
from tests.desk import Browser, number_of, sign_in_at_desk
from tests.town import Phone, Town


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    """No job runs by itself."""
    return quiet_town


@pytest.fixture
async def desk(town: Town) -> AsyncIterator[Browser]:
    browser = Browser(town)
    yield browser
    await browser.client.close()


async def appoint(town: Town, key: str) -> Phone:
    """Make somebody administrator of a school by the operator's link."""
    token = await offer_administration(town.ctx, Founding("qinghe", "青禾小学"), "陈主任")
    phone = town.phone(key, following=True)
    page = await phone.get(f"/h5/offer/{token}")
    assert "青禾小学" in page.text
    assert "学校管理员" in page.text
    done = await phone.post(f"/h5/offer/{token}", {"name": "陈主任"})
    assert done.status == 200
    return phone


async def test_the_operators_link_makes_one_person_administrator(town: Town) -> None:
    token = await offer_administration(town.ctx, Founding("qinghe", "青禾小学"), "陈主任")
    first, second = town.phone("first"), town.phone("second")
    assert (await first.post(f"/h5/offer/{token}", {"name": "陈"})).status == 200
    assert (await first.post(f"/h5/offer/{token}", {"name": "陈"})).status == 200  # tapped twice
    assert (await second.get(f"/h5/offer/{token}")).status == 404
    assert (await second.post(f"/h5/offer/{token}", {"name": "李"})).status == 404
    person = await recognise(town.ctx, first.user.openid)
    (post,) = await posts_of(town.ctx, person)
    assert (post.place_id, post.roles, post.name) == ("qinghe", (Role.SCHOOL_ADMIN,), "陈")
    assert await posts_of(town.ctx, await recognise(town.ctx, second.user.openid)) == []


async def test_the_command_prints_a_link_that_works_once(town: Town) -> None:
    words = ("--school", "qinghe", "--place-name", "青禾小学", "--name", "陈主任")
    code, said, told = await town.command("create-admin", *words)
    assert (code, told) == (0, "")
    path = said[said.index("/h5/offer/") :].strip()
    chen, other = (town.phone(key, following=True) for key in ("chen", "other"))
    assert "青禾小学" in (await chen.get(path)).text
    assert (await chen.post(path, {"name": "陈主任"})).status == 200
    assert (await other.get(path)).status >= 400
    posts = await posts_of(town.ctx, await recognise(town.ctx, chen.user.openid))
    assert [(post.place_id, post.roles) for post in posts] == [("qinghe", (Role.SCHOOL_ADMIN,))]


async def test_the_command_refuses_in_words_and_founds_nothing(town: Town) -> None:
    for words in (("--school", "qinghe"), ("--region", "zhifu", "--place-name", "芝罘区")):
        code, said, told = await town.command("create-admin", *words)
        assert (code, said, "create-admin: " in told, "Traceback" in told) == (1, "", True, False)
    assert await town.ctx.stores.database["schools"].count_documents({}) == 0
    assert await town.ctx.stores.database["offers"].count_documents({}) == 0


async def test_the_phone_confirms_and_the_desk_is_in(town: Town, desk: Browser) -> None:
    phone = await appoint(town, "chen")
    path = await desk.begin()
    assert await desk.wait() == "waiting"
    page = await phone.get(path)
    number, _ = await number_of(town, path)
    assert str(number) in page.text
    assert (await phone.post(path, {"number": str(number)})).status == 200
    assert await desk.wait() == "confirmed"
    status, text, _ = await desk.get("/console/")
    assert status == 200
    assert "陈主任" in text
    assert await desk.wait() == "expired"  # the cookie of the sign-in is gone with it


async def test_a_wrong_number_lets_nobody_in(town: Town, desk: Browser) -> None:
    phone = await appoint(town, "chen")
    path = await desk.begin()
    right, wrong = await number_of(town, path)
    assert (await phone.post(path, {"number": str(wrong)})).status == 409
    assert (await phone.post(path, {"number": str(right)})).status == 409
    assert await desk.wait() == "refused"
    assert desk.token() == ""


async def test_five_wrong_numbers_lock_the_person_out_for_an_hour(
    town: Town, desk: Browser
) -> None:
    phone = await appoint(town, "chen")
    for _ in range(5):
        path = await desk.begin()
        _, wrong = await number_of(town, path)
        assert (await phone.post(path, {"number": str(wrong)})).status == 409
    path = await desk.begin()
    right, _ = await number_of(town, path)
    assert (await phone.post(path, {"number": str(right)})).status == 429
    assert await desk.wait() == "waiting"


async def test_a_guardian_finds_nothing_behind_the_qr(town: Town, desk: Browser) -> None:
    path = await desk.begin()
    mother = town.phone("mother")
    assert (await mother.get(path)).status == 404
    number, _ = await number_of(town, path)
    assert (await mother.post(path, {"number": str(number)})).status == 404
    assert await desk.wait() == "waiting"


async def test_who_photographs_the_qr_does_not_get_the_session(town: Town, desk: Browser) -> None:
    phone = await appoint(town, "chen")
    path = await desk.begin()
    thief = Browser(town)
    thief.client.cookie_jar.update_cookies(
        {"yanshu_desk_state": f"{path.rpartition('/')[2]}.guessed"}
    )
    number, _ = await number_of(town, path)
    await phone.post(path, {"number": str(number)})
    assert await thief.wait() == "expired"
    assert thief.token() == ""
    assert await desk.wait() == "confirmed"
    await thief.client.close()


async def signed_in(town: Town, desk: Browser) -> Phone:
    """An administrator at the desk."""
    phone = await appoint(town, "chen")
    await sign_in_at_desk(desk, phone)
    return phone


async def test_a_session_that_was_put_into_the_browser_is_not_the_one_that_begins(
    town: Town, desk: Browser
) -> None:
    desk.put("fixed-by-somebody-else")
    await signed_in(town, desk)
    assert desk.token() != "fixed-by-somebody-else"
    assert await town.ctx.stores.sessions.find("fixed-by-somebody-else", town.ctx.now()) is None


async def test_silence_signs_out(town: Town, desk: Browser) -> None:
    await signed_in(town, desk)
    idle = town.ctx.policy.desk_idle + timedelta(minutes=1)
    session = await town.ctx.stores.sessions.find(desk.token(), town.ctx.now())
    assert session is not None
    await town.ctx.stores.sessions.mark_seen(session.id, town.ctx.now() - idle)
    _, text, url = await desk.get("/console/")
    assert "/console/sign-in" in url
    assert "扫一扫" in text
    assert await town.ctx.stores.sessions.find(desk.token(), town.ctx.now()) is None


async def test_signing_out_ends_the_session_itself(town: Town, desk: Browser) -> None:
    await signed_in(town, desk)
    token = desk.token()
    _, text, _ = await desk.get("/console/")
    csrf = re.search(r'name="csrf" content="([^"]+)"', text)
    assert csrf is not None
    status, _ = await desk.post("/console/sign-out", csrf="forged")
    assert status == 403
    assert await town.ctx.stores.sessions.find(token, town.ctx.now()) is not None
    await desk.post("/console/sign-out", csrf=csrf[1])
    assert await town.ctx.stores.sessions.find(token, town.ctx.now()) is None


async def test_a_role_that_ends_ends_the_desk_with_it(town: Town, desk: Browser) -> None:
    phone = await signed_in(town, desk)
    person = await recognise(town.ctx, phone.user.openid)
    for appointment in await town.ctx.stores.appointments.of_person(person, town.ctx.now()):
        await town.ctx.stores.appointments.save(replace(appointment, ended_at=town.ctx.now()))
    _, _, url = await desk.get("/console/")
    assert "/console/sign-in" in url


async def test_a_phones_session_opens_no_console(town: Town, desk: Browser) -> None:
    phone = await appoint(town, "chen")
    await phone.get("/h5/")
    page = await phone.get("/console/")
    assert "/console/sign-in" in page.url
    for cookie in phone.client.cookie_jar:
        if cookie.key == "yanshu_session":
            desk.put(cookie.value)
    _, _, url = await desk.get("/console/")
    assert "/console/sign-in" in url


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/console/",
        "/h5/",
        "/console/../h5/",
        "/console/\r\nX: y",
    ],
)
async def test_signing_in_leads_nowhere_else(desk: Browser, to: str) -> None:
    async with desk.client.get(desk.town.base + "/console/sign-in", params={"to": to}) as answer:
        assert 'data-to="/console/"' in await answer.text()
        assert "X" not in answer.headers
