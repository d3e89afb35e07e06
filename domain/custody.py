"""What the school notes about a binding (监护情况): who somebody is to the child, what they may do, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from domain.bindings import Custody
from domain.errors import InvalidError, Problem
from domain.forms import typed_line
from domain.times import SCHOOL_ZONE

LONGEST_RELATION = 10  # characters: 外婆, 临时照看人
HIGHEST_ORDER = 9
LONGEST_UNTIL = timedelta(days=3 * 366)


class ChangeReason(StrEnum):
    """Why the school noted something; one of these has to be chosen."""

    LIST = "list"  # the school's list was wrong
    FAMILY = "family"  # the family asked for it
    COURT = "court"  # a court's or an agreement's word on custody
    CARER = "carer"  # somebody looks after the child for a time
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A binding as it is to be from now on. `order` 0: nobody has said; `until` None: without an end."""

    relation: str
    order: int
    custody: Custody
    until: datetime | None
    reason: ChangeReason


def parse_change(form: Mapping[str, str], now: datetime) -> Change:
    """A form of text as a change. Raises InvalidError with every field that is wrong."""
    wrong: dict[str, Problem] = {}
    relation = typed_line(form, "relation", LONGEST_RELATION, wrong)
    order = form.get("order", "").strip() or "0"
    if not (order.isascii() and order.isdigit() and len(order) == 1):
        wrong["order"] = Problem("unknown")
    if form.get("custody") not in set(Custody):
        wrong["custody"] = Problem("unknown")
    if form.get("reason") not in set(ChangeReason):
        wrong["reason"] = Problem("missing")
    until: datetime | None = None
    try:
        until = end_of_day(form.get("until", "").strip())
    except (ValueError, OverflowError):
        wrong["until"] = Problem("not_a_time")
    if until is not None and until <= now:
        wrong["until"] = Problem("in_the_past")
    elif until is not None and until > now + LONGEST_UNTIL:
        wrong["until"] = Problem("too_far", LONGEST_UNTIL.days)
    if wrong:
        raise InvalidError(wrong)
    return Change(
        relation=relation,
        order=int(order),
        custody=Custody(form["custody"]),
        until=until,
        reason=ChangeReason(form["reason"]),
    )


def end_of_day(text: str) -> datetime | None:
    """`2026-12-31` → the end of that day at school. Raises ValueError, OverflowError for the last day of all."""
    if not text:
        return None
    day = date.fromisoformat(text)
    return datetime.combine(day, time.min, SCHOOL_ZONE) + timedelta(days=1)


def last_day(until: datetime) -> str:
    """The day on which a binding still counts, as a form holds it."""
    return (until - timedelta(seconds=1)).astimezone(SCHOOL_ZONE).date().isoformat()
