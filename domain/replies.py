"""The answer to a request that creates something, kept so that the same request gets it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LIFE = timedelta(days=2)
# A request that is being answered for longer than this belonged to a process that died.
ANSWERED_WITHIN = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`id` is who asked for what under which key; `request` the hash of what they sent.

    `body` is empty while it is being answered, since `taken_at`.
    """

    id: str
    person_id: str
    request: str
    taken_at: datetime
    expires_at: datetime
    status: int = 0
    body: str = ""
