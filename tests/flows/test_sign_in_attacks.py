"""Signing in as an attacker tries it: forged headers, line breaks, made-up codes, a browser that is not theirs."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from itertools import product
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
import pytest

from app import make_application
from domain.roles import Role
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.miniapp.conftest import Device
from tests.miniapp.conftest import device as device
from tests.tenancy import field_names, targets
from tests.town import SCHOOL, Town

BREAK = "x\r\nX-Injected: yes\r\nSet-Cookie: yanshu_desk=theirs"
FORGED = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Prefix": "/evil.example"},
    {"X-Forwarded-Prefix": "//evil.example"},
    {"X-Forwarded-Proto": "gopher", "X-Scheme": "gopher"},
    {"Forwarded": "host=evil.example;proto=gopher"},
    {"X-Original-URL": "/console/", "X-Rewrite-URL": "/console/"},
]


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    """No job runs by itself."""
    return quiet_town


@pytest.fixture
async def stranger() -> AsyncIterator[aiohttp.ClientSession]:
    """A browser that has never been here, and keeps nothing."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        yield client


async def answer_to(client: aiohttp.ClientSession, url: str, **sent: Any) -> tuple[int, str, str]:
    """Status, headers and text of one answer, where it leads not followed."""
    async with client.get(url, allow_redirects=False, **sent) as answer:
        headers = "".join(f"{name}: {value}\n" for name, value in answer.headers.items())
        return answer.status, headers, await answer.text(errors="replace")


@pytest.mark.parametrize("forged", FORGED, ids=str)
async def test_no_header_of_the_callers_leads_anybody_elsewhere(
    town: Town, stranger: aiohttp.ClientSession, forged: dict[str, str]
) -> None:
    for path in ("/h5/", "/console/", "/h5/sign-in?to=/h5/", "/console/sign-in"):
        plain = await answer_to(stranger, town.base + path)
        bent = await answer_to(stranger, town.base + path, headers=forged)
        assert bent[0] == plain[0], (path, bent)
        assert "evil.example" not in bent[1] + bent[2], path
        assert "gopher" not in bent[1] + bent[2], path


async def test_no_line_break_in_an_address_a_field_or_a_cookie_becomes_a_header(
    town: Town, stranger: aiohttp.ClientSession
) -> None:
    chen = await appoint_at(town, "chen", SCHOOL, Role.SCHOOL_ADMIN)
    desk = Browser(town)
    await sign_in_at_desk(desk, chen)
    session = f"yanshu_desk={desk.token()}"
    await desk.client.close()
    names, bent = sorted({*field_names(), "to"}), quote(BREAK, safe="")
    # All in one address would be longer than any server reads.
    parts = [dict.fromkeys(names[n : n + 60], BREAK) for n in range(0, len(names), 60)]
    cookies = f"{session}; yanshu_font={bent}; yanshu_state_x={bent}; yanshu_desk_state={bent}"
    asked = 0
    for target in targets(make_application(town.ctx, town.settings), every=True):
        if "GET" not in target.methods:
            continue
        paths = (target.path((bent,) * target.holes), target.path((BREAK,) * target.holes))
        for path, fields in product(paths, parts):
            status, headers, _ = await answer_to(
                stranger, town.base + path, params=fields, headers={"Cookie": cookies}
            )
            assert "x-injected" not in {line.split(":")[0].lower() for line in headers.split("\n")}
            assert "yanshu_desk=theirs" not in headers
            assert status < 500, path
            asked += 1
    assert asked > 150


async def test_made_up_codes_are_not_all_brought_to_wechat(
    town: Town, stranger: aiohttp.ClientSession, device: Device
) -> None:
    """From one address: on the phone's pages and through the mini-program's API together."""

    async def try_page() -> int:
        state = secrets.token_urlsafe(24)
        path = f"/h5/sign-in/return?state={state}&code=made-up"
        cookie = f"yanshu_state_{state[:8]}={state}.L2g1Lw"
        status, _, _ = await answer_to(stranger, town.base + path, headers={"Cookie": cookie})
        return status

    mini = device("mother")
    for _ in range(50):
        assert await try_page() == 400
        assert (await mini.call("POST", "/sessions", {"code": "made-up"})).status == 409
    assert await try_page() == 429
    refused = await mini.call("POST", "/sessions", {"code": await mini.login_code()})
    assert (refused.status, refused.code) == (429, "too_many")
    assert int(refused.headers["Retry-After"]) > 0


async def test_nobody_makes_qrs_for_ever(town: Town, stranger: aiohttp.ClientSession) -> None:
    url = town.base + "/console/sign-in"
    assert [(await answer_to(stranger, url))[0] for _ in range(61)] == [200] * 60 + [429]


async def test_the_desks_cookies_are_kept_from_scripts_and_from_other_sites(town: Town) -> None:
    chen = await appoint_at(town, "chen", SCHOOL, Role.SCHOOL_ADMIN)
    desk = Browser(town)
    async with desk.client.get(town.base + "/console/sign-in") as answer:
        (state,) = answer.headers.getall("Set-Cookie")
    assert {"HttpOnly", "SameSite=Strict", "Path=/console/sign-in"} <= set(state.split("; "))
    await sign_in_at_desk(desk, chen)
    (held,) = [c for c in desk.client.cookie_jar if c.key == "yanshu_desk"]
    assert (held["httponly"], held["samesite"], held["path"]) == (True, "Lax", "/console")
    assert held["max-age"] == ""  # it goes with the browser's window
    await desk.client.close()


async def test_another_sites_form_signs_nobody_in_or_out(town: Town) -> None:
    """A page elsewhere can send a form with the browser's cookies, but knows no token and no secret."""
    chen = await appoint_at(town, "chen", SCHOOL, Role.SCHOOL_ADMIN)
    desk = Browser(town)
    await sign_in_at_desk(desk, chen)
    held = desk.token()
    for path in ("/console/sign-out", "/console/switch", "/console/settings/sign-out"):
        status, _ = await desk.post(path, place=SCHOOL.id)
        assert status == 403, path
    assert await desk.wait() == "expired"  # the wait redeems only what this browser began
    assert desk.token() == held
    assert urlsplit((await desk.open("/console/")).url).path == "/console/"
    await desk.client.close()
