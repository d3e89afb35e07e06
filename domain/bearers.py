"""A session of the mini-program (小程序会话): a short access token, and a refresh token that changes with each use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

ACCESS_LIFE = timedelta(hours=2)
REFRESH_LIFE = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """One device's session. Only hashes of its tokens are kept; `id` is the first half of each.

    `spare_hash` is the refresh token before the present one: the answer that brought the present one may
    have been lost on a bad line. It counts until the present access token has been used once.
    """

    id: str
    person_id: str
    openid: str
    access_hash: str
    refresh_hash: str
    created_at: datetime
    access_until: datetime
    expires_at: datetime
    spare_hash: str = ""
    acting: str = ""


def split_token(token: str) -> tuple[str, str]:
    """A token as id and secret; two empty strings for what is none."""
    bearer_id, dot, secret = token.partition(".")
    return (bearer_id, secret) if dot and bearer_id and secret else ("", "")
