"""What one look at an address means for its entry: good, moved, dead, or to be tried again before anything is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import urljoin, urlsplit

from domain.shelves import Entry, Health

CYCLE = timedelta(days=1)
# No answer is believed only after it was tried again: in all within one cycle.
BACK_OFF = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))
UNWELCOME = timedelta(days=7)  # a host that does not want to be looked at is asked again after this
LONGEST_WAIT = timedelta(days=1)
MOST_REDIRECTS = 5
PERMANENT = frozenset({301, 308})
TEMPORARY = frozenset({302, 303, 307})


class Found(StrEnum):
    """What a look found."""

    GOOD = "good"
    GONE = "gone"  # the host says that there is no such page, or it may not be asked at all
    MOVED = "moved"
    SILENT = "silent"  # no answer, or one that says nothing of the page
    BUSY = "busy"  # asked us to come back later
    SHUT = "shut"  # there, but not for us: sign-in, or no robots


@dataclass(frozen=True, slots=True)
class Finding:
    """What a look found, where it leads by now, and how many seconds to stay away."""

    found: Found
    leads_to: str = ""
    wait_seconds: int = 0


def judged(status: int, retry_after: str = "") -> Finding:
    """What a status that is no redirect means."""
    if 200 <= status < 300:
        return Finding(Found.GOOD)
    if status in (404, 410):
        return Finding(Found.GONE)
    if status in (401, 403, 451):
        return Finding(Found.SHUT)
    if status in (429, 503) and retry_after.isascii() and retry_after.isdigit():
        longest = int(LONGEST_WAIT.total_seconds())
        return Finding(Found.BUSY, wait_seconds=min(int(retry_after[:9]), longest))
    return Finding(Found.SILENT)


def next_address(address: str, location: str) -> str:
    """Where a redirect leads; empty for one that leads nowhere."""
    try:
        found = urljoin(address, location)
        urlsplit(found)
    except ValueError:
        return ""
    return found if location else ""


def is_same_page(one: str, other: str) -> bool:
    """Whether two addresses differ in nothing that a reader would notice: a slash at the end, the host's letters."""
    first, second = urlsplit(one), urlsplit(other)
    return (
        first.netloc.lower() == second.netloc.lower()
        and first.path.rstrip("/") == second.path.rstrip("/")
        and first.query == second.query
    )


def changes_for(entry: Entry, finding: Finding, now: datetime) -> Mapping[str, Any]:
    """What is written down about an entry."""
    health, failures, due = entry.health, 0, now + CYCLE
    match finding.found:
        case Found.GOOD:
            health = Health.GOOD
        case Found.MOVED:
            health = Health.MOVED
        case Found.GONE:
            health = Health.DEAD
        case Found.SHUT:
            health, due = Health.UNKNOWN, now + UNWELCOME
        case Found.BUSY:
            failures = entry.failures
            due = now + max(BACK_OFF[0], timedelta(seconds=finding.wait_seconds))
        case Found.SILENT:
            failures = entry.failures + 1
            if failures <= len(BACK_OFF) and not entry.is_broken:
                health, due = Health.SHAKY, now + BACK_OFF[failures - 1]
            else:
                health = Health.DEAD
    return {
        "health": health.value,
        "failures": failures,
        "checked_at": now,
        "check_due_at": due,
        "leads_to": finding.leads_to if health is Health.MOVED else "",
    }
