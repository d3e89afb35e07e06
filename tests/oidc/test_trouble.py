"""A provider in trouble, or one that leads astray: nobody is vouched for, and the next answer is taken again."""

import asyncio
import json

import pytest
from aiohttp import web

from oidc.errors import OidcError, Trouble
from tests.oidc.provider import Bend, Provider
from tests.oidc.test_client import Party, client_of
from tests.oidc.test_client import party as party


def says(status: int, text: str, kind: str = "application/json") -> Bend:
    """A wire that answers this, whatever the provider says."""

    async def bend(request: web.Request, was: int, body: bytes) -> web.StreamResponse:
        return web.Response(status=status, text=text, content_type=kind)

    return bend


NOT_ANSWERS = {
    "a page": says(200, "<html>登录</html>", "text/html"),
    "a page that is down": says(502, "<html>Bad Gateway</html>", "text/html"),
    "JSON that is down": says(503, "{}"),
    "a list": says(200, "[]"),
    "nothing": says(200, ""),
    "without end": says(200, '{"a": "' + "x" * 300_000 + '"}'),
}


@pytest.mark.parametrize("bend", NOT_ANSWERS.values(), ids=NOT_ANSWERS)
@pytest.mark.parametrize("path", ["/token/", "/.well-known/jwks.json"])
async def test_an_answer_that_is_none(party: Party, path: str, bend: Bend) -> None:
    party.provider.bend(path, bend)
    assert await party.trouble(await party.go()) is Trouble.DOWN
    party.provider.straighten()
    assert (await party.redeem(await party.go())).sub


@pytest.mark.parametrize("bend", NOT_ANSWERS.values(), ids=NOT_ANSWERS)
async def test_a_discovery_document_that_is_none(party: Party, bend: Bend) -> None:
    party.provider.bend("/.well-known/openid-configuration", bend)
    with pytest.raises(OidcError) as caught:
        await party.go()
    assert caught.value.trouble is Trouble.DOWN
    party.provider.straighten()
    assert (await party.redeem(await party.go())).sub


async def test_a_provider_that_says_nothing_is_not_waited_for(provider: Provider) -> None:
    asked = asyncio.Event()

    async def silent(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
        asked.set()
        await asyncio.Event().wait()
        raise AssertionError

    provider.bend("/.well-known/openid-configuration", silent)
    client = client_of(provider, timeout_seconds=1)
    await client.start()
    with pytest.raises(OidcError) as caught:
        await client.check()
    await client.close()
    assert caught.value.trouble is Trouble.DOWN
    assert asked.is_set()


async def test_a_provider_that_is_not_there(party: Party) -> None:
    returned = await party.go()
    await party.provider.stop()
    try:
        assert await party.trouble(returned) is Trouble.DOWN
    finally:
        await party.provider.start()
    assert (await party.redeem(await party.go())).sub


async def test_a_redirect_is_not_followed(party: Party) -> None:
    async def away(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
        raise web.HTTPTemporaryRedirect(f"{party.provider.issuer}/elsewhere")

    party.provider.bend("/token/", away)
    assert await party.trouble(await party.go()) is Trouble.DOWN
    assert "/elsewhere" not in party.provider.asked


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://login.example.org"},
        {"token_endpoint": "http://login.example.org/token"},
        {"token_endpoint": "https://user@login.example.org/token"},
        {"jwks_uri": "file:///etc/passwd"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"token_endpoint": None},
        {"jwks_uri": 7},
        {"id_token_signing_alg_values_supported": ["none", "HS256"]},
    ],
    ids=lambda changes: "-".join(f"{k}={v}" for k, v in changes.items()),
)
async def test_a_discovery_document_that_leads_astray(
    party: Party, changes: dict[str, object]
) -> None:
    async def bend(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
        return web.json_response({**json.loads(body), **changes})

    party.provider.bend("/.well-known/openid-configuration", bend)
    with pytest.raises(OidcError) as caught:
        await party.go()
    assert caught.value.trouble is Trouble.UNPROVEN
    assert party.provider.asked == ["/control/register", "/.well-known/openid-configuration"]
