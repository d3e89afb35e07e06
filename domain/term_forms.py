"""The form of a term: from what somebody typed to a `Term`, every wrong field named at once.

Fields: `school_year`, `number`, `begins_on`, `ends_on`; a row of days off is `holiday_name_N`, `holiday_first_N`,
`holiday_last_N`; a worked weekend day is `extra_N`. Rows left empty count for nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date

from domain.errors import InvalidError, Problem
from domain.festivals import suggested_holidays
from domain.terms import Calendar, DayOff, Term, overlap, term_id, weeks_of

NAME_LIMIT = 20
ROW_LIMIT = 20  # rows of days off, and worked weekend days
# An autumn term has about 21 weeks; what is far from that is a slip of the finger.
FEWEST_WEEKS = 8
MOST_WEEKS = 28
_FIRST_YEAR, _LAST_YEAR = 2000, 2099
_SATURDAY = 5
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ROW = re.compile(r"(?:holiday_(?:name|first|last)|extra)_(\d{1,3})", re.ASCII)
Problems = dict[str, Problem]


def parse_term(form: Mapping[str, str], calendar: Calendar, editing: str = "") -> Term:
    """A term for this calendar; `editing` is the id of the one it replaces. Raises InvalidError.

    Codes: missing, no_date, unknown, before_begin, too_short and too_long (weeks; for a name, characters),
    wrong_season, taken, overlaps, outside_term, control_characters, no_weekend, is_holiday, too_many.
    """
    problems: Problems = {}
    year, number = _year(form, problems), _number(form, problems)
    begins_on = _date(form, "begins_on", problems)
    ends_on = _date(form, "ends_on", problems)
    holidays, extra_days = _holidays(form, problems), _extra_days(form, problems)
    if begins_on and ends_on and ends_on <= begins_on:
        problems["ends_on"] = Problem("before_begin")
        begins_on = ends_on = None
    if begins_on and ends_on:
        term = Term(
            id=term_id(calendar.id, year, number),
            place_id=calendar.id,
            school_year=year,
            number=number,
            begins_on=begins_on,
            ends_on=ends_on,
            holidays=tuple(sorted(holidays.values(), key=lambda off: off.first_on)),
            extra_days=tuple(sorted(set(extra_days.values()))),
        )
        _check_length(term, problems)
        if year and number:
            _check_place(term, calendar.without(editing), problems)
        _check_rows(term, holidays, extra_days, problems)
        if not problems:
            return term
    raise InvalidError(problems)


def form_of(term: Term) -> dict[str, str]:
    """The form that gives this term again."""
    form = {
        "school_year": str(term.school_year),
        "number": str(term.number),
        "begins_on": term.begins_on.isoformat(),
        "ends_on": term.ends_on.isoformat(),
    }
    for row, off in enumerate(term.holidays):
        form[f"holiday_name_{row}"] = off.name
        form[f"holiday_first_{row}"] = off.first_on.isoformat()
        form[f"holiday_last_{row}"] = off.last_on.isoformat()
    return form | {f"extra_{row}": day.isoformat() for row, day in enumerate(term.extra_days)}


def with_public_holidays(form: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """The form with the public holidays between its two dates filled in, and whether these are all that is to be known
    of them. Rows of other names stay, after them. Raises InvalidError when a date is wrong."""
    problems: Problems = {}
    begins_on = _date(form, "begins_on", problems)
    ends_on = _date(form, "ends_on", problems)
    if not begins_on or not ends_on:
        raise InvalidError(problems)
    found = suggested_holidays(begins_on, ends_on)
    rows = [(off.name, off.first_on.isoformat(), off.last_on.isoformat()) for off in found.holidays]
    public = {name for name, _, _ in rows}
    days = [day.isoformat() for day in found.extra_days]
    for number in range(ROW_LIMIT):
        name, first, last = (
            _text(form, f"holiday_{part}_{number}") for part in ("name", "first", "last")
        )
        if (name or first or last) and name not in public:
            rows.append((name, first, last))
        if (day := _text(form, f"extra_{number}")) and day not in days:
            days.append(day)
    filled = {name: value for name, value in form.items() if not _ROW.fullmatch(name)}
    for number, (name, first, last) in enumerate(rows[:ROW_LIMIT]):
        filled |= {
            f"holiday_name_{number}": name,
            f"holiday_first_{number}": first,
            f"holiday_last_{number}": last,
        }
    filled |= {f"extra_{number}": day for number, day in enumerate(days[:ROW_LIMIT])}
    return filled, found.is_complete


def _text(form: Mapping[str, str], field: str) -> str:
    return unicodedata.normalize("NFKC", form.get(field, "")).strip()


def _year(form: Mapping[str, str], problems: Problems) -> int:
    text = _text(form, "school_year")
    if re.fullmatch(r"[0-9]{4}", text) and _FIRST_YEAR <= int(text) <= _LAST_YEAR:
        return int(text)
    problems["school_year"] = Problem("unknown" if text else "missing")
    return 0


def _number(form: Mapping[str, str], problems: Problems) -> int:
    text = _text(form, "number")
    if text in ("1", "2"):
        return int(text)
    problems["number"] = Problem("unknown" if text else "missing")
    return 0


def _date(form: Mapping[str, str], field: str, problems: Problems) -> date | None:
    text = _text(form, field)
    if not text:
        problems[field] = Problem("missing")
        return None
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        day = date.fromisoformat(text)
        if not _FIRST_YEAR <= day.year <= _LAST_YEAR + 1:
            raise ValueError(text)
    except ValueError:
        problems[field] = Problem("no_date")
        return None
    return day


def _rows(form: Mapping[str, str], kind: str, problems: Problems) -> list[int]:
    """The rows of this kind in which something stands; those beyond the limit are a problem."""
    found: set[int] = set()
    for field in form:
        match = _ROW.fullmatch(field)
        if match and field.startswith(kind) and _text(form, field):
            row = int(match[1])
            if row >= ROW_LIMIT:
                problems[field] = Problem("too_many", ROW_LIMIT)
            else:
                found.add(row)
    return sorted(found)


def _holidays(form: Mapping[str, str], problems: Problems) -> dict[int, DayOff]:
    found = {}
    for row in _rows(form, "holiday_", problems):
        field = f"holiday_name_{row}"
        name = _text(form, field)
        if not name:
            problems[field] = Problem("missing")
        elif len(name) > NAME_LIMIT:
            problems[field] = Problem("too_long", NAME_LIMIT)
        elif any(unicodedata.category(c) in ("Cc", "Cs") for c in name):
            problems[field] = Problem("control_characters")
        first_on = _date(form, f"holiday_first_{row}", problems)
        # One day needs one date.
        last = f"holiday_last_{row}"
        last_on = _date(form, last, problems) if _text(form, last) else first_on
        if first_on and last_on:
            if last_on < first_on:
                problems[last] = Problem("before_begin")
            else:
                found[row] = DayOff(name, first_on, last_on)
    return found


def _extra_days(form: Mapping[str, str], problems: Problems) -> dict[int, date]:
    found = {}
    for row in _rows(form, "extra_", problems):
        if day := _date(form, f"extra_{row}", problems):
            found[row] = day
    return found


def _check_length(term: Term, problems: Problems) -> None:
    weeks = len(weeks_of(term))
    if weeks < FEWEST_WEEKS:
        problems["ends_on"] = Problem("too_short", FEWEST_WEEKS)
    elif weeks > MOST_WEEKS:
        problems["ends_on"] = Problem("too_long", MOST_WEEKS)


def _check_place(term: Term, others: Calendar, problems: Problems) -> None:
    """In the season its number says, once, and beside the others."""
    year = term.school_year
    seasons = {
        1: (date(year, 7, 1), date(year, 10, 31)),
        2: (date(year + 1, 1, 15), date(year + 1, 5, 31)),
    }
    earliest, latest = seasons[term.number]
    if not earliest <= term.begins_on <= latest:
        problems["begins_on"] = Problem("wrong_season")
    if others.find(term.id):
        problems["number"] = Problem("taken")
    elif any(overlap(term, other) for other in others.terms):
        problems.setdefault("begins_on", Problem("overlaps"))


def _check_rows(
    term: Term, holidays: Mapping[int, DayOff], extra_days: Mapping[int, date], problems: Problems
) -> None:
    """Days off and worked weekends lie in the term, and no day is two things."""
    for row, off in holidays.items():
        if not term.covers(off.first_on):
            problems[f"holiday_first_{row}"] = Problem("outside_term")
        elif not term.covers(off.last_on):
            problems[f"holiday_last_{row}"] = Problem("outside_term")
        elif any(
            off.first_on <= earlier.last_on and earlier.first_on <= off.last_on
            for other, earlier in holidays.items()
            if other < row
        ):
            problems[f"holiday_first_{row}"] = Problem("overlaps")
    for row, day in extra_days.items():
        if not term.covers(day):
            problems[f"extra_{row}"] = Problem("outside_term")
        elif day.weekday() < _SATURDAY:
            problems[f"extra_{row}"] = Problem("no_weekend")
        elif any(off.first_on <= day <= off.last_on for off in holidays.values()):
            problems[f"extra_{row}"] = Problem("is_holiday")
