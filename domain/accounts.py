"""The account that somebody of the staff has with their own organisation (单位账号), linked to who they are here."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A link: whoever the provider vouches for as this account is this person. One person an account."""

    id: str
    person_id: str
    linked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """What a browser was sent to the provider for, kept until it comes back.

    Attributes:
        nonce: must come back inside the ID token.
        verifier: shows the provider that the code is redeemed by who asked for it (PKCE).
        to: the page of ours to go on to.
        linking_person_id: who wants to link an account; empty when somebody signs in.
    """

    nonce: str
    verifier: str
    to: str
    linking_person_id: str = ""


def account_id(issuer: str, sub: str) -> str:
    """The key of a link. A subject means nothing without its issuer, and neither is to be read from it."""
    return hashlib.sha256(f"{issuer}\0{sub}".encode()).hexdigest()
