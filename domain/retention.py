"""How long each kind of data is kept (保存期限), decided by the operator; nothing here stays for ever by accident."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from domain.times import SCHOOL_ZONE

NIGHT_START, NIGHT_END = time(1, 0), time(5, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """Times after which a record goes. What a school year wrote is never removed within it.

    `attempts`: the ledger of sending, from publication; `deliveries`: who was sent what, read and signed it, from
    publication, after which a notice has its figures alone; `notices`: notice and files, from publication;
    `submissions`: what children handed in, with its marks; `mistakes`: entries of mistakes books;
    `uploads`: files attached to nothing; `claims`: decided requests;
    `reviews`: words that somebody decided about; `bindings`: ended ones; `unfollowed`:
    everything of who left the account; `links`: how often a link was opened on a day, whose weeks stay as notices.
    """

    attempts: timedelta = timedelta(days=180)
    deliveries: timedelta = timedelta(days=730)
    notices: timedelta = timedelta(days=1095)
    submissions: timedelta = timedelta(days=365)
    mistakes: timedelta = timedelta(days=1095)
    uploads: timedelta = timedelta(days=7)
    claims: timedelta = timedelta(days=180)
    reviews: timedelta = timedelta(days=180)
    bindings: timedelta = timedelta(days=365)
    unfollowed: timedelta = timedelta(days=30)
    links: timedelta = timedelta(days=400)


def school_year_start(at: datetime) -> datetime:
    """When the school year began that `at` falls into: 1 September, school time (UTC)."""
    local = at.astimezone(SCHOOL_ZONE)
    year = local.year if local.month >= 9 else local.year - 1
    return datetime(year, 9, 1, tzinfo=SCHOOL_ZONE).astimezone(UTC)


def before_this_year(at: datetime, kept: timedelta) -> datetime:
    """Published before this, and kept for so long: may go."""
    return min(at - kept, school_year_start(at))


def is_night(at: datetime) -> bool:
    """Whether it is the time in which what is old is cleared away: nobody waits for a page then."""
    return NIGHT_START <= at.astimezone(SCHOOL_ZONE).time() < NIGHT_END
