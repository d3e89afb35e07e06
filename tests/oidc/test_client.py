"""The room against a real provider: what it believes, and everything that it does not."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from oidc.client import OidcClient, Returned, Subject
from oidc.errors import OidcError, Trouble
from tests.oidc.provider import Bend, Provider, new_key, visit

BACK = "http://127.0.0.1:1/console/sso/return"
NONCE, VERIFIER = "nonce-" + "n" * 30, "verifier-" + "v" * 50


@dataclass
class Party:
    """The client under test and a person's browser."""

    provider: Provider
    client: OidcClient
    browser: aiohttp.ClientSession

    async def go(self, person: str = "liu", *, allow: bool = True) -> Returned:
        """Through the provider's pages; what comes back."""
        url = await self.client.authorize_url(
            redirect_uri=BACK, state="s" * 20, nonce=NONCE, verifier=VERIFIER, ask_again=False
        )
        came = await visit(self.browser, url, person, allow=allow)
        assert came.query["state"] == "s" * 20
        return Returned(code=came.query.get("code", ""), error=came.query.get("error", ""))

    async def redeem(
        self, returned: Returned, *, nonce: str = NONCE, verifier: str = VERIFIER, **later: float
    ) -> Subject:
        """Make a subject of what came back, by a clock that is `later` than ours."""
        at = datetime.now(UTC) + timedelta(**later)
        return await self.client.redeem(
            returned, redirect_uri=BACK, nonce=nonce, verifier=verifier, at=at
        )

    async def trouble(self, returned: Returned, **how: object) -> Trouble:
        """That nobody is vouched for, and why."""
        with pytest.raises(OidcError) as caught:
            await self.redeem(returned, **how)  # type: ignore[arg-type]
        return caught.value.trouble


@pytest.fixture
async def party(provider: Provider) -> AsyncIterator[Party]:
    await provider.register(BACK)
    client = client_of(provider)
    await client.start()
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        yield Party(provider, client, browser)
    await client.close()


def client_of(provider: Provider, *, timeout_seconds: float = 5.0, **changes: str) -> OidcClient:
    """A client as the settings make it."""
    settings = provider.settings
    return OidcClient(
        issuer=changes.get("issuer", settings["YANSHU_OIDC_ISSUER"]),
        client_id=settings["YANSHU_OIDC_CLIENT_ID"],
        client_secret=changes.get("secret", settings["YANSHU_OIDC_CLIENT_SECRET"]),
        timeout_seconds=timeout_seconds,
    )


# --------------------------------------------------------------------------------- what is believed


async def test_two_people_are_two_subjects_and_the_same_one_each_time(party: Party) -> None:
    first = await party.redeem(await party.go("liu"))
    again = await party.redeem(await party.go("liu"))
    party.browser.cookie_jar.clear()
    other = await party.redeem(await party.go("zhao"))
    assert first == again
    assert first.issuer == other.issuer == party.provider.issuer
    assert first.sub != other.sub
    assert first.sub


async def test_discovery_and_keys_are_asked_for_once(party: Party) -> None:
    for _ in range(3):
        await party.redeem(await party.go())
    asked = party.provider.asked
    assert asked.count("/.well-known/openid-configuration") == 1
    assert asked.count("/.well-known/jwks.json") == 1
    assert asked.count("/token/") == 3
    assert "/userinfo/" not in asked  # the subject is all that is wanted


async def test_a_key_that_the_provider_has_changed_is_found(party: Party) -> None:
    before = await party.redeem(await party.go())
    await party.provider.rotate()
    party.browser.cookie_jar.clear()
    assert await party.redeem(await party.go()) == before
    assert party.provider.asked.count("/.well-known/jwks.json") == 2


def showing(*keys: dict[str, object]) -> Bend:
    """A wire that shows these public keys beside the provider's own."""

    async def bend(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
        (own,) = json.loads(body)["keys"]
        sealing = {**own, "use": "enc"}  # the same name, but not to sign with
        return web.json_response({"keys": [*keys, sealing, own]})

    return bend


async def test_of_several_keys_the_one_that_is_named_counts(party: Party) -> None:
    other = RSAKey.import_key(new_key())
    unusable: list[dict[str, object]] = [
        {"kty": "RSA", "n": "short", "e": "AQAB"},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "lattice"},
    ]
    shown = showing({**other.as_dict(private=False), "kid": "other"}, *unusable)
    party.provider.bend("/.well-known/jwks.json", shown)
    assert (await party.redeem(await party.go())).sub
    # Without a name nobody knows which of two is meant.
    party.provider.bend_token(header={"kid": None})
    assert await party.trouble(await party.go()) is Trouble.UNPROVEN


async def test_the_only_key_needs_no_name(party: Party) -> None:
    party.provider.bend_token(header={"kid": None})
    assert (await party.redeem(await party.go())).sub


@pytest.mark.parametrize("seconds", [-50, 50])
async def test_a_clock_that_is_somewhat_off_does_no_harm(party: Party, seconds: float) -> None:
    now = int(datetime.now(UTC).timestamp())
    party.provider.bend_token(iat=now, nbf=now, exp=now + 5)
    assert (await party.redeem(await party.go(), seconds=seconds)).sub


async def test_someone_asked_again_types_the_password_again(party: Party) -> None:
    first = await party.redeem(await party.go("liu"))
    url = await party.client.authorize_url(
        redirect_uri=BACK, state="s" * 20, nonce=NONCE, verifier=VERIFIER, ask_again=True
    )
    # The browser is still signed in as liu at the provider; zhao sits down and is asked.
    came = await visit(party.browser, url, "zhao")
    assert (await party.redeem(Returned(code=came.query["code"]))).sub != first.sub


# ----------------------------------------------------------------------------- what is not believed


def unsigned(token: str) -> str:
    """The same claims under `alg: none`."""
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    return f"{header}.{token.split('.')[1]}."


def shared(token: str) -> str:
    """The same claims, signed with what the client itself knows."""
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    key = OctKey.import_key("a secret: with 中文 & signs".encode())
    return jwt.encode({"alg": "HS256"}, claims, key, algorithms=["HS256"])


def with_own_key(token: str) -> str:
    """Signed with a key that the token itself brings along."""
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    own = RSAKey.import_key(new_key())
    return jwt.encode({"alg": "RS256", "jwk": own.as_dict(private=False)}, claims, own)


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "somebody-else"},
    "another audience, our party": {"aud": "somebody-else", "azp": "yanshu"},
    "no audience": {"aud": None},
    "two audiences, another party": {"aud": ["yanshu", "other"], "azp": "other"},
    "two audiences, no party": {"aud": ["yanshu", "other"]},
    "another party": {"azp": "other"},
    "another issuer": {"iss": "https://login.example.org"},
    "no issuer": {"iss": None},
    "over": {"exp": 1_600_000_000},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "tomorrow"},
    "not yet": {"nbf": 4_000_000_000},
    "made in the future": {"iat": 4_000_000_000},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is a number": {"sub": 7},
    "a subject without end": {"sub": "s" * 256},
}


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
async def test_a_token_that_says_something_wrong(party: Party, claims: dict[str, Any]) -> None:
    party.provider.bend_token(**claims)
    assert await party.trouble(await party.go()) is Trouble.UNPROVEN
    party.provider.straighten()  # it was the token alone: the next one is taken
    assert (await party.redeem(await party.go())).sub


@pytest.mark.parametrize(
    "change",
    [
        unsigned,
        shared,
        with_own_key,
        lambda token: token[:-12] + "A" * 12,
        lambda token: token.replace(".", "", 1),
        lambda token: "",
        lambda token: "{}",
        lambda token: "W10.e30.AAAA",
        lambda token: token + "A" * 40_000,
    ],
    ids=[
        "no signature", "the secret as key", "its own key", "a broken signature", "two parts",
        "empty", "JSON", "a header that is no object", "without end",
    ],
)  # fmt: skip
async def test_a_token_that_is_not_the_providers(
    party: Party, change: Callable[[str], str]
) -> None:
    party.provider.replace_token(change)
    assert await party.trouble(await party.go()) is Trouble.UNPROVEN


async def test_a_token_by_a_key_that_the_provider_does_not_show(party: Party) -> None:
    party.provider.bend_token(key=new_key())
    assert await party.trouble(await party.go()) is Trouble.UNPROVEN
    # One more look at the keys, and no more than one.
    assert party.provider.asked.count("/.well-known/jwks.json") == 2


async def test_a_token_that_is_over_by_our_clock(party: Party) -> None:
    assert await party.trouble(await party.go(), days=2) is Trouble.UNPROVEN


async def test_another_browsers_nonce_or_verifier(party: Party) -> None:
    assert await party.trouble(await party.go(), nonce="of another browser") is Trouble.UNPROVEN
    assert await party.trouble(await party.go(), verifier="w" * 60) is Trouble.REFUSED


async def test_a_code_works_once(party: Party) -> None:
    returned = await party.go()
    await party.redeem(returned)
    assert await party.trouble(returned) is Trouble.REFUSED


async def test_a_code_that_was_made_up_and_none_at_all(party: Party) -> None:
    assert await party.trouble(Returned(code="made-up")) is Trouble.REFUSED
    assert await party.trouble(Returned()) is Trouble.REFUSED


async def test_somebody_who_does_not_allow_it(party: Party) -> None:
    returned = await party.go(allow=False)
    assert returned == Returned(error="access_denied")
    assert await party.trouble(returned) is Trouble.REFUSED
    assert "/token/" not in party.provider.asked


async def test_a_browser_that_another_provider_has_sent_back(party: Party) -> None:
    returned = await party.go()
    elsewhere = Returned(code=returned.code, issuer="https://login.example.org")
    assert await party.trouble(elsewhere) is Trouble.UNPROVEN
    assert "/token/" not in party.provider.asked


async def test_a_wrong_secret(provider: Provider, party: Party) -> None:
    returned = await party.go()
    client = client_of(provider, secret="wrong")
    await client.start()
    with pytest.raises(OidcError) as caught:
        await client.redeem(
            returned, redirect_uri=BACK, nonce=NONCE, verifier=VERIFIER, at=datetime.now(UTC)
        )
    await client.close()
    assert (caught.value.trouble, caught.value.reason) == (Trouble.REFUSED, "invalid_client")


async def test_the_log_says_why_and_nothing_of_whom(
    party: Party, caplog: pytest.LogCaptureFixture
) -> None:
    party.provider.bend_token(sub="secret-subject", nonce="wrong-nonce")
    returned = await party.go()
    await party.trouble(returned)
    assert "nobody vouched for: unproven" in caplog.text
    for hidden in ("secret-subject", "wrong-nonce", NONCE, VERIFIER, returned.code):
        assert hidden not in caplog.text
    await party.trouble(Returned(error="<script>" + "x" * 100))
    assert "<script>" not in caplog.text
