"""Sends a browser to the provider, and makes a proved subject of the code that it comes back with.

Authorization code flow with PKCE (RFC 7636), state and nonce (OpenID Connect Core §3.1). What is kept
between going and coming back is the caller's affair.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import Key

from oidc.credentials import with_secret
from oidc.discovery import Provider, document_address, issuer_origin, parse_provider
from oidc.errors import OidcError, Trouble
from oidc.tokens import Expected, UnknownKeyError, parse_keys, read_subject
from oidc.transport import Transport

_log = logging.getLogger("yanshu.oidc")

# A provider that moves an endpoint or retires a key is believed within the hour; a new key at once.
_FRESH_SECONDS = 3600
# Somebody looks at an empty page meanwhile: three requests, each with a limit of its own, and no more.
_PATIENCE_SECONDS = 10
# The subject alone is asked for: no name, no mail address, no phone.
_SCOPE = "openid"
_ERROR_CODE = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the provider vouches for: `sub` means nothing without its issuer."""

    issuer: str
    sub: str


@dataclass(frozen=True, slots=True)
class Returned:
    """What a browser brought back from the provider, as it stood in the address; unset is empty."""

    code: str = ""
    error: str = ""
    issuer: str = ""


class OidcClient:
    """One provider, for one process and one event loop.

    Args:
        issuer: the provider's name and address, character for character as it names itself.
        client_id: what the provider calls this installation.
        client_secret: known to both.
        timeout_seconds: for one request.
    """

    def __init__(
        self, *, issuer: str, client_id: str, client_secret: str, timeout_seconds: float = 5.0
    ) -> None:
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._transport = Transport(timeout_seconds=timeout_seconds)
        self._asking = asyncio.Lock()
        self._provider: tuple[float, Provider] | None = None
        self._keys: tuple[float, tuple[Key, ...]] | None = None

    async def start(self) -> None:
        """Get ready; nothing is asked of the provider yet."""
        await self._transport.start()

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()

    async def check(self) -> None:
        """Read the provider's discovery document and keys anew. Raises OidcError."""
        self._provider = self._keys = None
        async with _patience():
            await self._known_keys(await self._known_provider(), again=False)

    async def authorize_url(
        self, *, redirect_uri: str, state: str, nonce: str, verifier: str, ask_again: bool
    ) -> str:
        """Where to send a browser.

        Args:
            redirect_uri: where it comes back to, as entered at the provider.
            state: comes back with it.
            nonce: comes back inside the ID token.
            verifier: 43 to 128 letters and digits that only we know until the code is redeemed.
            ask_again: have the provider ask for the password also where it knows the browser.

        Raises:
            OidcError: the provider's discovery document could not be had.
        """
        async with _patience():
            provider = await self._known_provider()
        return str(
            prepare_grant_uri(
                provider.authorize,
                self._client_id,
                "code",
                redirect_uri=redirect_uri,
                scope=_SCOPE,
                state=state,
                nonce=nonce,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
                prompt="login" if ask_again else None,
            )
        )

    async def redeem(
        self, returned: Returned, *, redirect_uri: str, nonce: str, verifier: str, at: datetime
    ) -> Subject:
        """Whom the provider vouches for, for the browser that was sent out with this nonce and verifier.

        Raises:
            OidcError: nobody.
        """
        try:
            async with _patience():
                return await self._redeem(returned, redirect_uri, nonce, verifier, at)
        except OidcError as error:
            _log.warning("nobody vouched for: %s", error)
            raise

    async def _redeem(
        self, returned: Returned, redirect_uri: str, nonce: str, verifier: str, at: datetime
    ) -> Subject:
        provider = await self._known_provider()
        # RFC 9207: a browser that another provider sent back brings that one's code.
        named = returned.issuer or (None if provider.names_itself else provider.issuer)
        if named != provider.issuer:
            raise OidcError(Trouble.UNPROVEN, "sent back by another provider")
        if returned.error or not returned.code:
            raise OidcError(Trouble.REFUSED, _code_word(returned.error))
        tokens = await self._tokens(provider, returned.code, redirect_uri, verifier)
        expected = Expected(
            provider=provider,
            client_id=self._client_id,
            nonce=nonce,
            at=at,
            access_token=str(tokens.get("access_token") or ""),
        )
        token = tokens.get("id_token")
        if not isinstance(token, str):
            raise OidcError(Trouble.UNPROVEN, "an answer without an ID token")
        keys = await self._known_keys(provider, again=False)
        try:
            sub = read_subject(token, keys, expected)
        except UnknownKeyError:
            sub = read_subject(token, await self._known_keys(provider, again=True), expected)
        return Subject(provider.issuer, sub)

    async def _tokens(
        self, provider: Provider, code: str, redirect_uri: str, verifier: str
    ) -> dict[str, Any]:
        form = prepare_token_request(
            "authorization_code", code=code, redirect_uri=redirect_uri, code_verifier=verifier
        )
        form, headers = with_secret(
            form, self._client_id, self._client_secret, in_form=provider.secret_in_form
        )
        answer = await self._transport.post(provider.token, form, headers, allowed=provider.origins)
        if answer.status in (400, 401, 403):
            raise OidcError(Trouble.REFUSED, _code_word(answer.values.get("error")))
        if answer.status != 200:
            raise OidcError(Trouble.DOWN, f"status {answer.status}")
        return answer.values

    async def _known_provider(self) -> Provider:
        async with self._asking:
            kept = self._provider
            if kept is None or time.monotonic() - kept[0] > _FRESH_SECONDS:
                document = await self._transport.get(
                    document_address(self._issuer),
                    allowed=frozenset({issuer_origin(self._issuer)}),
                )
                kept = self._provider = time.monotonic(), parse_provider(document, self._issuer)
            return kept[1]

    async def _known_keys(self, provider: Provider, *, again: bool) -> tuple[Key, ...]:
        async with self._asking:
            kept = self._keys
            if again or kept is None or time.monotonic() - kept[0] > _FRESH_SECONDS:
                document = await self._transport.get(provider.keys, allowed=provider.origins)
                kept = self._keys = time.monotonic(), parse_keys(document)
            return kept[1]


@asynccontextmanager
async def _patience() -> AsyncIterator[None]:
    """All that is asked of the provider for one request of a browser, waiting in line included."""
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            yield
    except TimeoutError:
        raise OidcError(Trouble.DOWN, "too slow") from None


def _code_word(error: object) -> str:
    """An error code of the protocol's, for the log; what a stranger made up is not repeated."""
    return error if isinstance(error, str) and _ERROR_CODE.fullmatch(error) else "no code"
