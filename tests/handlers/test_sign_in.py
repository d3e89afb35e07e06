"""Signing in: WeChat's word with this browser's state, and the way back to a page of ours alone."""

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from handlers.sign_in import local_target
from simulator.world import User
from tests.handlers.conftest import Village
from tests.town import Phone

ELSEWHERE = [
    "https://evil.example/h5/",
    "//evil.example/h5/",
    "/\\evil.example",
    "/h5/../console",
    "/h5//evil.example",
    "/h5/\r\nSet-Cookie: a=b",
    "/h5/\x00",
    "javascript:alert(1)",
    "/console/",
    "/h5",
    "h5/",
    "/h5/sign-in?to=/h5/sign-in",
    "/h5/" + "a" * 2000,
    "/h5/中文",
]


@pytest.mark.parametrize("to", ELSEWHERE)
def test_any_target_that_is_not_surely_ours_is_the_home_page(to: str) -> None:
    assert local_target(to, "") == "/h5/"


def test_a_page_of_ours_is_a_target_also_with_its_prefix() -> None:
    assert local_target("/h5/notices/abc?done=confirmed", "") == "/h5/notices/abc?done=confirmed"
    assert local_target("/as/wang/h5/teach/", "/as/wang") == "/h5/teach/"
    assert local_target("/as/other/h5/teach/", "/as/wang") == "/h5/"


async def _step(phone: Phone, url: str) -> tuple[int, str]:
    """One request without following where it leads: (status, Location)."""
    async with phone.client.get(url, allow_redirects=False) as response:
        await response.read()
        return response.status, response.headers.get("Location", "")


async def _way_back(phone: Phone, to: str) -> str:
    """Through WeChat, up to the address that WeChat sends the browser back to."""
    status, out = await _step(phone, phone.url("/h5/sign-in?to=" + quote(to, safe="")))
    assert status == 302
    assert "/simulator/open/connect/oauth2/authorize" in out
    status, back = await _step(phone, out.partition("#")[0])
    assert status == 302, back
    return back


async def test_who_comes_unknown_is_sent_through_wechat_to_the_page_they_wanted(
    village: Village,
) -> None:
    page = await village.mother.get("/h5/notices?done=confirmed")
    assert page.status == 200
    assert page.url == village.mother.url("/h5/notices?done=confirmed")


@pytest.mark.parametrize("to", ELSEWHERE)
async def test_nobody_is_led_elsewhere_after_signing_in(village: Village, to: str) -> None:
    status, target = await _step(village.stranger, await _way_back(village.stranger, to))
    assert (status, target) == (302, "/as/stranger/h5/")


async def test_the_session_cookie_is_kept_from_scripts_and_from_other_phones(
    village: Village,
) -> None:
    phone = village.stranger
    back = await _way_back(phone, "/h5/")
    async with phone.client.get(back, allow_redirects=False) as response:
        cookies = [c for c in response.headers.getall("Set-Cookie") if "yanshu_session" in c]
    assert len(cookies) == 1
    assert "HttpOnly" in cookies[0]
    assert "SameSite=Lax" in cookies[0]
    assert "Path=/as/stranger;" in cookies[0]


async def test_a_code_brought_by_another_browser_signs_nobody_in(village: Village) -> None:
    back = await _way_back(village.mother, "/h5/")
    before = await village.count("sessions")
    path = urlsplit(back)
    url = village.stranger.url(path.path.removeprefix("/as/mother")) + "?" + path.query
    status, _ = await _step(village.stranger, url)
    assert status == 400
    assert await village.count("sessions") == before


@pytest.mark.parametrize("change", ["state", "code", "both"])
async def test_a_changed_or_missing_state_or_code_signs_nobody_in(
    village: Village, change: str
) -> None:
    phone = village.stranger
    back = await _way_back(phone, "/h5/")
    query = parse_qs(urlsplit(back).query)
    state = query["state"][0]
    another = state[:-1] + ("A" if state[-1] != "A" else "B")  # its end is drawn: never the same
    broken = {
        "state": back.replace(state, another),
        "code": back.replace(query["code"][0], "nonsense"),
        "both": back.partition("?")[0],
    }[change]
    status, _ = await _step(phone, broken)
    assert status == 400
    assert await village.count("sessions") == 0


async def test_a_code_works_once(village: Village) -> None:
    phone = village.stranger
    back = await _way_back(phone, "/h5/")
    assert (await _step(phone, back))[0] == 302
    status, _ = await _step(phone, back)
    assert status == 400
    assert await village.count("sessions") == 1


async def test_a_snapshot_visitor_is_asked_for_the_full_page_and_is_nobody(
    village: Village,
) -> None:
    village.town.faults(snapshot_visitors=True)
    before = await village.count("identities")
    page = await village.stranger.get("/h5/notices")
    assert page.status == 403
    assert "使用完整服务" in page.text
    assert await village.count("sessions") == 0
    assert await village.count("identities") == before


@pytest.mark.parametrize("fault", [{"fail": {"*": 40029}}, {"html": ["*"]}])
async def test_when_wechat_cannot_say_who_it_is_the_page_offers_another_try(
    village: Village, fault: dict[str, object]
) -> None:
    back = await _way_back(village.stranger, "/h5/notices")
    village.town.faults(**fault)
    async with village.stranger.client.get(back) as response:
        text = await response.text()
    assert response.status in (400, 503)
    assert "再试一次" in text
    assert re.search(r'href="/as/stranger/h5/sign-in\?to=%2Fh5%2Fnotices"', text)
    assert await village.count("sessions") == 0


async def test_a_script_without_a_session_is_told_so_and_a_form_changes_nothing(
    village: Village,
) -> None:
    client, url = village.stranger.client, village.stranger.url("/h5/teach/counts")
    async with client.get(url, headers={"Accept": "application/json"}) as answer:
        assert answer.status == 401
        assert (await answer.json())["error"]["code"] == "401"
    async with client.post(village.stranger.url("/h5/bind"), data={"name": "a"}) as answer:
        assert answer.status == 401
    assert await village.count("claims") == 0


async def test_an_expired_or_invented_session_is_no_session(village: Village) -> None:
    phone = village.town.phone("visitor")
    assert isinstance(phone.user, User)
    headers = {"Cookie": "yanshu_session=invented"}
    async with phone.client.get(
        phone.url("/h5/notices"), headers=headers, allow_redirects=False
    ) as response:
        assert response.status == 302
        assert response.headers["Location"].startswith("/as/visitor/h5/sign-in?to=")
