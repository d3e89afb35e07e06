"""Class-days within and over the budget: what is added up is what is there."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.budgets import Evening, Limits
from domain.monitors import figures_of, monday_of, school_week, weeks_of
from tests.domain.samples import NOW, a_reservation, an_evening

MONDAY = date(2026, 11, 23)
LIMITS = Limits(written=60, total=60)


@st.composite
def evenings(draw: st.DrawFn) -> list[Evening]:
    found = {}
    for _ in range(draw(st.integers(0, 12))):
        class_id, n = draw(st.sampled_from("abc")), draw(st.integers(0, 6))
        held = tuple(
            a_reservation(
                homework_id=f"h{i}",
                minutes=draw(st.integers(1, 90)),
                subject=draw(st.sampled_from(["maths", "chinese"])),
                allowed=draw(st.booleans()),
                kept=draw(st.booleans()),
            )
            for i in range(draw(st.integers(0, 3)))
        )
        day = MONDAY + timedelta(days=n)
        key = f"{class_id}:{day}"
        found[key] = an_evening(
            id=key, class_id=class_id, day=day, limits=LIMITS, reservations=held
        )
    return list(found.values())


@given(evenings())
def test_every_class_day_with_homework_is_counted_once(held: list[Evening]) -> None:
    weeks = weeks_of("school-a", MONDAY, held)
    whole = school_week("school-a", MONDAY, weeks, NOW)
    figures = [f for e in held if (f := figures_of(e))]
    assert whole.tally.days == len(figures) == sum(len(w.days) for w in weeks)
    assert whole.tally.within + whole.tally.over == whole.tally.days
    assert whole.tally.allowed <= whole.tally.over
    assert whole.tally.minutes == sum(f.total for f in figures)
    published = [r for e in held for r in e.reservations if r.kept]
    assert sum(s.count for s in whole.subjects) == len(published)


def test_what_is_only_held_is_not_counted() -> None:
    assert figures_of(an_evening(reservations=(a_reservation(),))) is None


def test_over_is_allowed_or_not() -> None:
    over = an_evening(limits=LIMITS, reservations=(a_reservation(minutes=70, kept=True),))
    figures = figures_of(over)
    assert figures is not None
    assert (figures.over, figures.allowed) == (True, False)


@given(st.dates(date(2000, 1, 1), date(2999, 1, 1)))
def test_a_week_begins_on_monday(day: date) -> None:
    assert monday_of(day).weekday() == 0
    assert timedelta() <= day - monday_of(day) < timedelta(days=7)
