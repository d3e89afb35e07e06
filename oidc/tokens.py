"""ID tokens: the signature by one of the provider's keys, then what the token says (OpenID Connect Core §3.1.3.7)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import JWKRegistry, Key
from joserfc.jws import JWSRegistry

from oidc.discovery import Provider
from oidc.errors import OidcError, Trouble

# How far the provider's clock may be from ours.
LEEWAY_SECONDS = 60
# §2: at most 255 ASCII characters.
_LONGEST_SUBJECT = 255
_LONGEST_TOKEN = 32 * 1024
# By the beginning of an algorithm's name: the one kind of key that it is for.
_KEY_TYPES = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
# base64url of 2048 bits. Shorter RSA keys prove nothing (NIST SP 800-131A).
_SHORTEST_MODULUS = 342


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token must say to be ours."""

    provider: Provider
    client_id: str
    nonce: str
    at: datetime
    access_token: str = ""


class UnknownKeyError(OidcError):
    """Signed by a key that is not among those at hand: the provider may have changed its keys."""

    def __init__(self, reason: str) -> None:
        super().__init__(Trouble.UNPROVEN, reason)


def parse_keys(document: Mapping[str, Any]) -> tuple[Key, ...]:
    """The public keys of a JWK set that may sign. One that cannot be read does not spoil the others.

    Raises OidcError, DOWN, when the document is no key set.
    """
    entries = document.get("keys")
    if not isinstance(entries, list):
        raise OidcError(Trouble.DOWN, "keys that are no key set")
    found = []
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig":
            continue
        if entry.get("kty") not in _KEY_TYPES.values():
            continue
        if entry["kty"] == "RSA" and len(str(entry.get("n", ""))) < _SHORTEST_MODULUS:
            continue
        try:
            found.append(JWKRegistry.import_key(entry))
        except (JoseError, ValueError, TypeError, KeyError):
            continue
    return tuple(found)


def read_subject(token: str, keys: Sequence[Key], expected: Expected) -> str:
    """The subject of a valid ID token.

    Raises:
        UnknownKeyError: no key at hand has signed it; worth another look at the provider's keys.
        OidcError: UNPROVEN for everything else that is wrong with it.
    """
    if len(token) > _LONGEST_TOKEN:
        raise OidcError(Trouble.UNPROVEN, "a token without end")
    key = _key_of(token, keys, expected.provider.algorithms)
    # A header that is not known is nothing to stumble over unless the token says so (`crit`).
    registry = JWSRegistry(
        algorithms=sorted(expected.provider.algorithms), strict_check_header=False
    )
    try:
        signed = jwt.decode(token, key, registry=registry)
    except BadSignatureError:
        raise UnknownKeyError("a signature that does not fit") from None
    except (JoseError, ValueError) as error:
        raise OidcError(Trouble.UNPROVEN, type(error).__name__) from None
    _check_claims(signed, expected)
    subject = signed.claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise OidcError(Trouble.UNPROVEN, "a token without a subject")
    return subject


def _check_claims(signed: jwt.Token, expected: Expected) -> None:
    """`iss`, `aud`, `azp`, `exp`, `nbf`, `iat`, `nonce` and `at_hash`. Raises OidcError."""
    claims = CodeIDToken(
        signed.claims,
        signed.header,
        options={
            "iss": {"essential": True, "value": expected.provider.issuer},
            "aud": {"essential": True, "value": expected.client_id},
        },
        params={
            "client_id": expected.client_id,
            "nonce": expected.nonce,
            "access_token": expected.access_token,
        },
    )
    try:
        claims.validate(now=int(expected.at.timestamp()), leeway=LEEWAY_SECONDS)
    except JoseError as error:
        raise OidcError(Trouble.UNPROVEN, f"{error.error} {error.description}"[:80]) from None
    except (ValueError, TypeError, AttributeError):
        raise OidcError(Trouble.UNPROVEN, "claims of a wrong type") from None


def _key_of(token: str, keys: Sequence[Key], algorithms: frozenset[str]) -> Key:
    """The one key that the token's header names; without a name, the only one of its kind."""
    header = _header(token)
    algorithm, name = header.get("alg"), header.get("kid")
    if algorithm not in algorithms:
        raise OidcError(Trouble.UNPROVEN, "a signature that is not trusted")
    fitting = [
        key
        for key in keys
        if key.key_type == _KEY_TYPES[algorithm[:2]]
        and key.get("alg", algorithm) == algorithm
        and name in (None, key.kid)
    ]
    if len(fitting) != 1:
        raise UnknownKeyError("no key, or more than one, that fits")
    return fitting[0]


def _header(token: str) -> dict[str, Any]:
    part = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        raise OidcError(Trouble.UNPROVEN, "something that is no token") from None
    if not isinstance(header, dict) or not isinstance(header.get("alg"), str):
        raise OidcError(Trouble.UNPROVEN, "something that is no token")
    return header
