"""Signing in at a desk (电脑端登录): a QR on the screen, a word of confirmation on the phone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LIFE = timedelta(minutes=3)
_CHOICES = 3


class DeskState(StrEnum):
    """Where a sign-in stands."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    USED = "used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One sign-in, begun by a browser at `address`.

    The QR shows `id`, which anybody may photograph; only the browser that began knows the secret behind
    `secret_hash`. `number` stands on the screen: the phone asks for it, so that nobody confirms a QR
    that somebody sent them.
    """

    id: str
    secret_hash: str
    number: int
    address: str
    created_at: datetime
    expires_at: datetime
    state: DeskState = DeskState.WAITING
    person_id: str = ""


def choices(desk: Desk) -> Sequence[int]:
    """The numbers among which the phone asks for the one on the screen; always the same for one sign-in."""
    step = 1 + sum(desk.id.encode()) % 29
    numbers = [10 + (desk.number - 10 + step * turn) % 90 for turn in range(_CHOICES)]
    return sorted(numbers, key=lambda n: (n * 37 + step) % 101)
