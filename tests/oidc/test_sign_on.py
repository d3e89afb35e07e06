"""Staff sign in with the account of their organisation: who gets in, who does not, and what was tried."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from domain.audit import Act
from handlers.phrases import error_message
from services.bearers import SignedOutError, access_bearer, start_bearer
from services.people import recognise
from services.sso import accounts_of
from tests.oidc.desks import LINK, Desk, appoint, person_of
from tests.oidc.provider import Provider
from tests.oidc.test_client import shared, unsigned
from tests.town import Phone, Town, open_town


@dataclass
class School:
    """A school with single sign-on, its administrator, and two desks."""

    town: Town
    provider: Provider
    chen: Phone
    desk: Desk
    other: Desk

    async def links(self, phone: Phone | None = None) -> list[str]:
        """The ids of a person's links."""
        person = await person_of(self.town, phone or self.chen)
        return [account.id for account in await accounts_of(self.town.ctx, person)]

    async def acts(self) -> list[Act]:
        """What the audit log holds of accounts, oldest first."""
        entries = self.town.ctx.stores.database["audit"].find({"subject_kind": "account"})
        return [Act(e["act"]) for e in sorted(await entries.to_list(None), key=lambda e: e["seq"])]

    async def departures(self) -> list[bytes]:
        """The keys under which Redis keeps who is on the way."""
        pattern = f"{self.town.settings.mongodb_database}:departure:*"
        return [key async for key in self.town.ctx.stores.redis.scan_iter(match=pattern)]

    async def sessions(self) -> int:
        """How many sessions of desks there are."""
        count = await self.town.ctx.stores.database["sessions"].count_documents({"desk": True})
        assert isinstance(count, int)
        return count


@pytest.fixture
async def school(
    provider: Provider, mongodb_uri: str, redis_url: str, database_name: str
) -> AsyncIterator[School]:
    async with open_town(
        mongodb_uri=mongodb_uri, redis_url=redis_url, database=database_name, **provider.settings
    ) as town:
        await provider.register(f"{town.base}/console/sso/return")
        desk, other = Desk(town, provider), Desk(town, provider)
        yield School(town, provider, await appoint(town, "chen"), desk, other)
        await desk.client.close()
        await other.client.close()


@pytest.fixture
async def linked(school: School) -> School:
    """Chen has linked the account liu, and has gone home."""
    await school.desk.by_wechat(school.chen)
    page = await school.desk.link("liu")
    assert page.path.startswith(LINK)
    assert (await school.desk.post("/console/sign-out", csrf=await school.desk.csrf()))[0] == 200
    school.desk.forget_provider()
    assert not await school.desk.is_in()
    return school


async def check_refused(school: School, desk: Desk, path: str, code: str) -> None:
    """That a way back ends with this sentence, and with nobody signed in."""
    before = await school.sessions()
    page = await desk.page(path)
    assert error_message(code) in page.text
    assert page.status in (403, 409, 503)
    assert await school.sessions() == before
    assert not await desk.is_in()


# ------------------------------------------------------------------------------------- who gets in


async def test_who_has_linked_their_account_gets_in_with_it(linked: School) -> None:
    page = await linked.desk.by_account("liu")
    assert (page.status, page.path) == (200, "/console/")
    assert "陈主任" in page.text
    assert await linked.acts() == [Act.ACCOUNT_LINKED]


async def test_one_lands_on_the_page_one_was_sent_away_from(linked: School) -> None:
    sign_in = await linked.desk.page(LINK)
    assert "用教育局账号登录" in sign_in.text
    assert "/console/sso/start?to=/console/sso/link" not in sign_in.text  # never round in circles
    page = await linked.desk.by_account("liu", to="/console/?seen=1")
    assert page.path == "/console/?seen=1"


async def test_who_has_not_linked_it_is_told_how_and_does_not_get_in(linked: School) -> None:
    back = await linked.desk.come_back(await linked.desk.set_out(), "zhao")
    await check_refused(linked, linked.desk, back, "sso_unknown")


async def test_who_is_staff_no_longer_does_not_get_in(linked: School) -> None:
    appointments = linked.town.ctx.stores.database["appointments"]
    await appointments.update_many({}, {"$set": {"until": linked.town.ctx.now()}})
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    await check_refused(linked, linked.desk, back, "sso_no_post")


async def test_without_settings_nothing_of_it_is_there(
    mongodb_uri: str, redis_url: str, database_name: str, provider: Provider
) -> None:
    async with open_town(
        mongodb_uri=mongodb_uri, redis_url=redis_url, database=database_name
    ) as town:
        desk = Desk(town, provider)
        try:
            assert "sso" not in (await desk.page("/console/sign-in")).text
            assert (await desk.page("/console/sso/start")).status == 404
            await desk.by_wechat(await appoint(town, "chen"))
            assert (await desk.page(LINK)).status == 404
            assert (await desk.post(LINK, csrf=await desk.csrf()))[0] == 404
            assert "单位账号" not in (await desk.page("/console/")).text
        finally:
            await desk.client.close()


# --------------------------------------------------------------------------------- linking and its end


async def test_an_account_is_one_persons_and_a_person_may_have_several(linked: School) -> None:
    wang = await appoint(linked.town, "wang")
    await linked.other.by_wechat(wang)
    page = await linked.other.link("liu")
    assert error_message("sso_taken") in page.text
    assert await linked.links(wang) == []
    for account in ("zhao", "qian", "qian"):  # the last one twice
        linked.other.forget_provider()
        assert "已连接" in (await linked.other.link(account)).text
    assert len(await linked.links(wang)) == 2
    assert len(await linked.links()) == 1
    assert await linked.acts() == [Act.ACCOUNT_LINKED] * 3


async def test_ending_a_link_ends_the_way_in_and_every_session(linked: School) -> None:
    await linked.desk.by_account("liu")
    await linked.other.by_wechat(linked.chen)
    (account,) = await linked.links()
    assert account in (await linked.other.page(LINK)).text
    chen = await recognise(linked.town.ctx, linked.chen.user.openid)
    tokens = await start_bearer(linked.town.ctx, chen, "openid")
    assert await linked.other.unlink(account) == 200
    with pytest.raises(SignedOutError):
        await access_bearer(linked.town.ctx, tokens.access)
    assert await linked.links() == []
    assert not await linked.desk.is_in()
    assert not await linked.other.is_in()
    linked.desk.forget_provider()
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    await check_refused(linked, linked.desk, back, "sso_unknown")
    assert await linked.acts() == [Act.ACCOUNT_LINKED, Act.ACCOUNT_UNLINKED]


async def test_nobody_ends_somebody_elses_link(linked: School) -> None:
    await linked.other.by_wechat(await appoint(linked.town, "wang"))
    (account,) = await linked.links()
    assert await linked.other.unlink(account) == 404
    assert await linked.other.unlink("no-such-link") == 404
    assert await linked.links() == [account]
    assert await linked.acts() == [Act.ACCOUNT_LINKED]


async def test_who_came_in_with_an_account_links_no_other(linked: School) -> None:
    await linked.desk.by_account("liu")
    assert "再用微信扫码登录" in (await linked.desk.page(LINK)).text
    status, text = await linked.desk.post(LINK, csrf=await linked.desk.csrf())
    assert (status, error_message("sso_by_wechat") in text) == (409, True)
    assert len(await linked.links()) == 1


async def test_who_came_in_with_an_account_meanwhile_links_no_other(linked: School) -> None:
    await linked.desk.by_wechat(linked.chen)
    way_out = await linked.desk.set_out_to_link()
    await linked.desk.by_account("liu")
    linked.desk.forget_provider()
    page = await linked.desk.page(await linked.desk.come_back(way_out, "zhao"))
    assert error_message("sso_expired") in page.text
    assert len(await linked.links()) == 1


# ---------------------------------------------------------------------------------------- what was tried


async def test_a_form_from_elsewhere_links_nothing(school: School) -> None:
    await school.desk.by_wechat(school.chen)
    assert (await school.desk.post(LINK))[0] == 403
    assert (await school.desk.post(LINK, csrf="made-up"))[0] == 403
    assert (await school.desk.post("/console/sso/unlink", account="x"))[0] == 403
    assert (await school.other.post(LINK, csrf=await school.desk.csrf()))[0] == 401
    assert await school.links() == []


async def test_somebodys_own_way_back_links_nothing_in_anothers_browser(school: School) -> None:
    """An attacker of the staff, with an account of theirs, sends a colleague the address they came back to."""
    await school.other.by_wechat(await appoint(school.town, "attacker"))
    back = await school.other.come_back(await school.other.set_out_to_link(), "zhao")
    await school.desk.by_wechat(school.chen)
    page = await school.desk.page(back)
    assert error_message("sso_expired") in page.text
    assert await school.links() == []
    # Neither does the attacker's own cookie help, planted into the colleague's browser.
    back = await school.other.come_back(await school.other.set_out_to_link(), "zhao")
    for cookie in school.other.client.cookie_jar:
        if cookie.key.startswith("yanshu_sso_"):
            school.desk.client.cookie_jar.update_cookies({cookie.key: cookie})
    page = await school.desk.page(back)
    assert error_message("sso_expired") in page.text
    assert await school.links() == []
    assert await school.links(school.town.phone("attacker")) == []


async def test_nobody_is_signed_in_as_somebody_else_by_an_address(linked: School) -> None:
    back = await linked.other.come_back(await linked.other.set_out(), "liu")
    await check_refused(linked, linked.desk, back, "sso_expired")
    assert (await linked.other.page(back)).path == "/console/"  # whose it is may still use it


async def test_a_way_back_works_once(linked: School) -> None:
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    cookies = {c.key: c.value for c in linked.desk.client.cookie_jar if "sso" in c.key}
    assert (await linked.desk.page(back)).path == "/console/"
    linked.other.client.cookie_jar.update_cookies(cookies)
    await check_refused(linked, linked.other, back, "sso_expired")


@pytest.mark.parametrize(
    "change",
    [
        lambda back: back.partition("?")[0],
        lambda back: back.replace("state=", "state=x"),
        lambda back: back.replace("state=", "was="),
        lambda back: back + "&state=" + "A" * 43,
    ],
    ids=["nothing", "another state", "no state", "a second state"],
)
async def test_a_wrong_state(linked: School, change: Callable[[str], str]) -> None:
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    await check_refused(linked, linked.desk, change(back), "sso_expired")


async def test_who_comes_back_too_late_starts_again(linked: School) -> None:
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    redis, keys = linked.town.ctx.stores.redis, await linked.departures()
    assert [0 < await redis.ttl(key) <= 600 for key in keys] == [True]
    await redis.delete(*keys)
    await check_refused(linked, linked.desk, back, "sso_expired")


async def test_who_does_not_allow_it_is_not_signed_in(linked: School) -> None:
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu", allow=False)
    assert "error=access_denied" in back
    await check_refused(linked, linked.desk, back, "sso_refused")


async def test_a_code_that_somebody_was_quicker_with(linked: School) -> None:
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    swapped = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    code = swapped.partition("code=")[2].partition("&")[0]
    stolen = back.partition("code=")[0] + f"code={code}&" + back.partition("&")[2]
    # Another sign-in's code: PKCE and nonce hold them apart, though both are this browser's.
    await check_refused(linked, linked.desk, stolen, "sso_refused")


BENT_TOKENS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "n"},
    "another audience": {"aud": "other"},
    "over": {"exp": 1_600_000_000},
    "another issuer": {"iss": "https://login.example.org"},
}


@pytest.mark.parametrize("claims", BENT_TOKENS.values(), ids=BENT_TOKENS)
async def test_a_token_that_says_something_wrong_signs_nobody_in(
    linked: School, claims: dict[str, Any]
) -> None:
    linked.provider.bend_token(**claims)
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    await check_refused(linked, linked.desk, back, "sso_unproven")


@pytest.mark.parametrize("change", [unsigned, shared], ids=["alg none", "the secret as key"])
async def test_a_token_that_anybody_could_have_made_signs_nobody_in(
    linked: School, change: Callable[[str], str]
) -> None:
    linked.provider.replace_token(change)
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    await check_refused(linked, linked.desk, back, "sso_unproven")


async def test_a_provider_that_changes_its_key_hinders_nobody(linked: School) -> None:
    await linked.provider.rotate()
    assert (await linked.desk.by_account("liu")).path == "/console/"


async def test_a_provider_that_is_down_or_answers_with_a_page(linked: School) -> None:
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")

    async def page(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
        return web.Response(text="<html>维护中</html>", content_type="text/html")

    linked.provider.bend("/token/", page)
    await check_refused(linked, linked.desk, back, "sso_down")
    linked.provider.straighten()
    back = await linked.desk.come_back(await linked.desk.set_out(), "liu")
    await linked.provider.stop()
    try:
        await check_refused(linked, linked.desk, back, "sso_down")
        await linked.desk.by_wechat(linked.chen)  # the other way in is not touched by it
        assert await linked.desk.is_in()
    finally:
        await linked.provider.start()


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/console/..//evil.example",
        "/console/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/h5/",
    ],
)
async def test_nobody_is_led_elsewhere(linked: School, to: str) -> None:
    page = await linked.desk.by_account("liu", to=to)
    assert (page.status, page.path) == (200, "/console/")


async def test_a_session_that_was_there_before_is_over(linked: School) -> None:
    await linked.desk.by_wechat(await appoint(linked.town, "wang"))
    before = linked.desk.token()
    await linked.desk.by_account("liu")
    after = linked.desk.token()
    assert before
    assert after not in ("", before)
    linked.other.put(before)
    assert not await linked.other.is_in()
    assert await linked.sessions() == 1


async def test_whoever_begins_too_often_waits(linked: School) -> None:
    town = linked.town
    for _ in range(300):
        await town.ctx.stores.limits.hit("sso", "127.0.0.1", per_hour=300)
    page = await linked.desk.page("/console/sso/start")
    assert page.status == 429
    assert await linked.departures() == []


async def test_the_database_holds_no_name_of_an_account(linked: School) -> None:
    (document,) = await linked.town.ctx.stores.database["accounts"].find().to_list(None)
    assert set(document) == {"_id", "person_id", "linked_at"}
    assert len(document["_id"]) == 64
    now = linked.town.ctx.now()
    assert now - timedelta(minutes=5) < document["linked_at"] <= now
