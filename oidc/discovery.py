"""The provider's discovery document (OpenID Connect Discovery 1.0 §3), typed and judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from oidc.errors import OidcError, Trouble
from oidc.transport import is_loopback, origin_of

# Signatures by a key that the provider alone has. `none` is no signature; with HS256 the key is the
# client secret, and who has that could vouch for anybody.
ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}
    | {"Ed25519", "EdDSA"}
)
_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Provider:
    """Where the provider is asked, and how it signs.

    Attributes:
        issuer: its name, character for character.
        authorize: where a browser is sent.
        token: where a code becomes an ID token.
        keys: where its public keys stand.
        algorithms: those of ALGORITHMS that it says it uses.
        secret_in_form: it takes the client's secret in the form only (client_secret_post).
        names_itself: it says so whenever a browser comes back (RFC 9207).
        origins: what may be asked: the issuer's own and those named here.
    """

    issuer: str
    authorize: str
    token: str
    keys: str
    algorithms: frozenset[str]
    secret_in_form: bool
    names_itself: bool
    origins: frozenset[str]


def issuer_origin(issuer: str) -> str:
    """The origin of an issuer as the operator has named it. Raises OidcError when it may not be asked."""
    return origin_of(issuer, loopback=_is_here(issuer))


def document_address(issuer: str) -> str:
    """Where an issuer's discovery document stands (§4)."""
    return issuer.rstrip("/") + _WELL_KNOWN


def parse_provider(document: Mapping[str, Any], issuer: str) -> Provider:
    """Read a discovery document.

    Raises:
        OidcError: UNPROVEN when it is about another issuer, leaves out what is needed, names an
            address that is not https, or knows no signature that can be trusted.
    """
    if document.get("issuer") != issuer:
        raise OidcError(Trouble.UNPROVEN, "a discovery document of another issuer")
    authorize, token, keys = (
        _text(document, name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")
    )
    here = _is_here(issuer)
    origin_of(authorize, loopback=here)
    offered = _words(document, "id_token_signing_alg_values_supported") or ("RS256",)
    algorithms = ALGORITHMS & set(offered)
    if not algorithms:
        raise OidcError(Trouble.UNPROVEN, "no signature that can be trusted is offered")
    # §3: client_secret_basic where nothing is said.
    ways = _words(document, "token_endpoint_auth_methods_supported") or ("client_secret_basic",)
    return Provider(
        issuer=issuer,
        authorize=authorize,
        token=token,
        keys=keys,
        algorithms=algorithms,
        secret_in_form="client_secret_basic" not in ways,
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        origins=frozenset(origin_of(address, loopback=here) for address in (issuer, token, keys)),
    )


def _is_here(issuer: str) -> bool:
    return is_loopback(urlsplit(issuer).hostname or "")


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value:
        raise OidcError(Trouble.UNPROVEN, f"a discovery document without {name}")
    return value


def _words(document: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = document.get(name)
    if not isinstance(value, list):
        return ()
    return tuple(word for word in value if isinstance(word, str))
