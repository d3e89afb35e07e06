"""School time: everything is stored in UTC and shown in Asia/Shanghai; quiet hours are a rule of the school."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

SCHOOL_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The hours in which nothing rings (免打扰), in school time; `start` may be later in the day than `end`."""

    start: time = time(21, 30)
    end: time = time(7, 0)

    def covers(self, at: datetime) -> bool:
        """Whether `at` falls into the quiet hours."""
        clock = at.astimezone(SCHOOL_ZONE).time()
        if self.start <= self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end

    def next_moment(self, at: datetime) -> datetime:
        """`at` itself, or the end of the quiet hours it falls into (UTC)."""
        if not self.covers(at):
            return at
        local = at.astimezone(SCHOOL_ZONE)
        end = datetime.combine(local.date(), self.end, SCHOOL_ZONE)
        if end <= local:
            end += timedelta(days=1)
        return end.astimezone(UTC)


def school_text(at: datetime) -> str:
    """`2026-11-22 18:30`, the form that WeChat's time fields and our pages take."""
    return at.astimezone(SCHOOL_ZONE).strftime("%Y-%m-%d %H:%M")


def parse_school_text(text: str) -> datetime | None:
    """The value of a page's datetime field (`2026-11-22T18:30`) as UTC; None when it is no time."""
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "T"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=SCHOOL_ZONE)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):  # overflow: a year before 1 or after 9999 in UTC
        return None


def next_school_midnight(at: datetime) -> datetime:
    """When WeChat's daily quotas start anew (UTC)."""
    local = at.astimezone(SCHOOL_ZONE)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return midnight.astimezone(UTC)


def list_position(at: datetime, key: str) -> str:
    """Where something stands in a list by time: sorts by `at`, and is the same for nothing else."""
    return f"{int(at.timestamp() * 1000):014d}:{key}"


def list_start(at: datetime) -> str:
    """The bound in a list by time before all that happens at `at` or later.

    It goes on behind the time: where an index descends, the embedded engine takes a bound that a stored
    text begins with for larger than that text.
    """
    return list_position(at, "!")


def moment_of(position: str) -> datetime:
    """The time of a list position. Raises ValueError for what is none."""
    return datetime.fromtimestamp(int(position.partition(":")[0]) / 1000, UTC)
