"""The time, for the stores in which something is over by time alone. Everything else is handed its moments."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, aware."""
    return datetime.now(UTC)
