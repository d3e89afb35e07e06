"""A person as WeChat knows them: an openid under one account, and how they may be written to now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Opening(StrEnum):
    """What a person did that opens the customer-service window (WeChat §客服消息)."""

    MESSAGE = "message"
    TAP = "tap"


# WeChat: a message from the person → 5 answers within 48 h; a follow, scan or menu click → 3 within
# 1 min. Not cumulative.
WINDOWS: dict[Opening, tuple[timedelta, int]] = {
    Opening.MESSAGE: (timedelta(hours=48), 5),
    Opening.TAP: (timedelta(minutes=1), 3),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """One openid under one account; `person_id` is the adult behind it.

    `following` is None until WeChat told us either way: such a person came through a page only.
    `window_left` customer-service messages may be sent until `window_until`.
    """

    id: str
    app_id: str
    openid: str
    person_id: str
    created_at: datetime
    following: bool | None = None
    followed_at: datetime | None = None
    unfollowed_at: datetime | None = None
    window_until: datetime | None = None
    window_left: int = 0

    def window_open(self, at: datetime) -> bool:
        """Whether a customer-service message may be sent at `at`."""
        return self.window_until is not None and at < self.window_until and self.window_left > 0


def identity_id(app_id: str, openid: str) -> str:
    """The key of an identity: an openid means nothing without its account."""
    return f"{app_id}:{openid}"
