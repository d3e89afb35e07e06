"""What was tried to tell one adult outside of notices, so that nobody is told the same thing twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.channels import Channel
from domain.deliveries import REPEATABLE_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One word to one adult, written down before it goes out.

    `at`: when the first try by this channel began; `taken`: whether WeChat said that it has it.
    """

    id: str
    at: datetime
    channel: Channel
    taken: bool = False


def may_tell(alert: Alert | None, now: datetime) -> bool:
    """Whether it may be sent (again): never after WeChat has it, and a customer-service message never twice.

    A template message without an answer may, for as long as WeChat remembers its client_msg_id.
    """
    if alert is None:
        return True
    if alert.taken or alert.channel is not Channel.TEMPLATE:
        return False
    return now - alert.at < REPEATABLE_FOR
