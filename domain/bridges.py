"""The way back (捎话): a teacher's answer goes to the official account of the guardian who wrote from there.

WeChat lets an account answer for 48 hours after somebody wrote to it, five times; who is written to is who they are
in this thread alone (`ref_in`), so that a message names nobody who is not its author.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.channels import Reason
from domain.identities import WINDOWS, Opening
from domain.times import QuietHours

WINDOW = WINDOWS[Opening.MESSAGE][0]
# Whoever wrote so lately has the phone in their hand: an answer is no disturbance, whatever the hour.
TALKING = timedelta(minutes=30)


class CarryState(StrEnum):
    """How far an answer has come on its way to one guardian's chat."""

    WAITING = "waiting"
    SENDING = "sending"  # noted before WeChat is asked, which knows no repetition
    SENT = "sent"
    MISSED = "missed"  # 未送达微信; it is read in the app


@dataclass(frozen=True, slots=True, kw_only=True)
class Carry:
    """An answer on its way to one guardian; `who` is their ref in the thread, `at` when it is due, or when it came so
    far."""

    who: str
    state: CarryState = CarryState.WAITING
    at: datetime
    reason: Reason | None = None


def is_awaited(wrote_at: datetime | None, at: datetime) -> bool:
    """Whether somebody who wrote by way of the account then can still be answered there."""
    return wrote_at is not None and at < wrote_at + WINDOW


def due_at(wrote_at: datetime, at: datetime, quiet: QuietHours) -> datetime:
    """When an answer of this moment goes out: at once to who is talking, to others not in the quiet hours."""
    return at if at < wrote_at + TALKING else quiet.next_moment(at)


def how_far(carries: Iterable[Carry]) -> CarryState | None:
    """What is said of a message that goes to several: missed by one is missed, and on its way to one is on its way."""
    states = {carry.state for carry in carries}
    if states & {CarryState.WAITING, CarryState.SENDING}:
        return CarryState.WAITING
    return next((s for s in (CarryState.MISSED, CarryState.SENT) if s in states), None)


def next_due(carries: Iterable[Carry], lease: timedelta) -> datetime | None:
    """When somebody has to look at it again: what waits when it is due, what is being sent when its sender is gone."""
    moments = [c.at for c in carries if c.state is CarryState.WAITING]
    moments += [c.at + lease for c in carries if c.state is CarryState.SENDING]
    return min(moments, default=None)
