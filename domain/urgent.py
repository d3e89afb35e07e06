"""What goes through quiet hours (紧急): only the school says so, and says why."""

from __future__ import annotations

import unicodedata

from domain.errors import Problem

REASON_FROM, REASON_LIMIT = 4, 100
AN_HOUR = 3  # of one school: what is urgent every few minutes is not


def checked_reason(text: str, problems: dict[str, Problem]) -> str:
    """Why something is urgent; empty: it is not. What is wrong goes into `problems` (`urgent_reason`)."""
    reason = text.strip()
    if not reason:
        return ""
    if len(reason) < REASON_FROM:
        problems["urgent_reason"] = Problem("too_short", REASON_FROM)
    elif len(reason) > REASON_LIMIT:
        problems["urgent_reason"] = Problem("too_long", REASON_LIMIT)
    elif any(unicodedata.category(c) in ("Cc", "Cs") for c in reason):
        problems["urgent_reason"] = Problem("control_characters")
    return reason
