"""The calendar at a desk: the terms that count here as months on a wall, and the form a term is written down with."""

from __future__ import annotations

import re
from datetime import date
from urllib.parse import quote

from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.months import months_of
from domain.roles import Right
from domain.term_forms import ROW_LIMIT, form_of, with_public_holidays
from domain.terms import Term, count_school_days, next_to_write, term_on, week_of, weeks_of
from handlers.base import Access
from handlers.console import words
from handlers.console.base import ConsoleHandler
from services.terms import (
    PlaceCalendar,
    access_term_as_keeper,
    calendar_at,
    remove_term,
    save_term,
    school_day,
)

_FIELD = re.compile(
    r"school_year|number|begins_on|ends_on|(?:holiday_(?:name|first|last)|extra)_\d{1,3}", re.ASCII
)
_LONGEST = 64
_ROWS, _EXTRA = 4, 2  # empty rows of a new form; a saved one shows this many more than it has
_MORE = 4


class CalendarHandler(ConsoleHandler):
    """What counts here, a term at a time."""

    access = Access.STAFF
    right = Right.CALENDAR

    async def get(self) -> None:
        """The term that was asked for, else today's, else the next one, else the last."""
        seen = await calendar_at(self.ctx, self.acting)
        today = school_day(self.ctx.now())
        chosen = _chosen(seen, self.get_query_argument("term", ""), today)
        self.page(
            "console/calendar.html",
            seen=seen,
            today=today,
            chosen=chosen,
            months=months_of(chosen) if chosen else (),
            weeks=len(weeks_of(chosen)) if chosen else 0,
            school_days=_school_days(chosen) if chosen else 0,
            week_now=week_of(chosen, today) if chosen and chosen.covers(today) else 0,
            source=seen.above.get(chosen.place_id, "") if chosen else "",
        )


class TermHandler(ConsoleHandler):
    """The form of one term: `term` is the one that is edited, `from` one of a region above to begin with."""

    access = Access.STAFF
    right = Right.CALENDAR

    async def get(self) -> None:
        """The form with what is there, or with the term that comes next."""
        editing = self.get_query_argument("term", "")
        seen = await calendar_at(self.ctx, self.acting)
        if editing:
            form = form_of(await access_term_as_keeper(self.ctx, self.acting, editing))
        elif origin := self.get_query_argument("from", ""):
            form = form_of(_found(seen, origin))
        else:
            year, number = next_to_write(seen.terms, school_day(self.ctx.now()))
            form = {"school_year": str(year), "number": str(number)}
        self._show(form, editing=editing)

    async def post(self) -> None:
        """Save; or fill in the public holidays, or show more rows, and save nothing."""
        editing = self.get_body_argument("editing", "")[:_LONGEST]
        action = self.get_body_argument("action", "save")
        form = self._form()
        try:
            if action == "holidays":
                form, is_complete = with_public_holidays(form)
                self._show(form, editing=editing, told=words.holidays_filled(is_complete))
                return
            if action == "more":
                self._show(form, editing=editing, more=_MORE)
                return
            term = await save_term(self.ctx, self.acting, form, editing=editing)
        except InvalidError as error:
            self._show(form, editing=editing, problems=words.term_problems(error), status=422)
        except ConflictError:
            self._show(form, editing=editing, banner=words.CALENDAR_CHANGED, status=409)
        else:
            self.go(f"/console/calendar?term={quote(term.id, safe='')}&done=term_saved")

    def _form(self) -> dict[str, str]:
        return {
            name: self.get_body_argument(name, "")[:_LONGEST]
            for name in self.request.body_arguments
            if _FIELD.fullmatch(name)
        }

    def _show(
        self,
        form: dict[str, str],
        *,
        editing: str,
        problems: dict[str, str] | None = None,
        banner: str = "",
        told: str = "",
        more: int = 0,
        status: int = 200,
    ) -> None:
        this_year = school_day(self.ctx.now()).year
        years = {*range(this_year - 1, this_year + 2)}
        if re.fullmatch(r"20[0-9]{2}", form.get("school_year", "")):
            years.add(int(form["school_year"]))
        self.page(
            "console/term.html",
            status=status,
            form=form,
            editing=editing,
            problems=problems or {},
            banner=banner or (words.FORM_REFUSED if problems else ""),
            told=told,
            years=sorted(years),
            holiday_rows=range(_rows(form, "holiday_", _ROWS, more)),
            extra_rows=range(_rows(form, "extra_", _ROWS, more)),
        )


class TermRemovalHandler(ConsoleHandler):
    """Taking a term away, asked about a second time by the page."""

    access = Access.STAFF
    right = Right.CALENDAR

    async def post(self) -> None:
        """Take it away."""
        await remove_term(self.ctx, self.acting, self.get_body_argument("term", "")[:_LONGEST])
        self.go("/console/calendar?done=term_removed")


def _found(seen: PlaceCalendar, term_id: str) -> Term:
    for term in seen.terms:
        if term.id == term_id:
            return term
    raise NotFoundError


def _chosen(seen: PlaceCalendar, term_id: str, today: date) -> Term | None:
    if term_id:
        return _found(seen, term_id)
    coming = [term for term in seen.terms if term.begins_on > today]
    return term_on(seen.terms, today) or next(iter([*coming, *seen.terms[-1:]]), None)


def _school_days(term: Term) -> int:
    return count_school_days([term], term.begins_on, term.ends_on)


def _rows(form: dict[str, str], kind: str, least: int, more: int) -> int:
    """How many rows the form shows: those filled in, and some to go on with."""
    filled = [
        int(name.rpartition("_")[2]) + 1
        for name, value in form.items()
        if name.startswith(kind) and value.strip()
    ]
    there = max(filled, default=0)
    return min(ROW_LIMIT, max(least, there + _EXTRA) + more)
