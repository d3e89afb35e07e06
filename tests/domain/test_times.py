"""School time: quiet hours, the form of times in pages and cards, and the day's end for WeChat's quotas."""

from datetime import UTC, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.times import (
    SCHOOL_ZONE,
    QuietHours,
    next_school_midnight,
    parse_school_text,
    school_text,
)
from tests.domain.samples import NOW

MOMENTS = st.datetimes(
    min_value=datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    max_value=datetime(2040, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59), st.sampled_from([0, 0, 30]))


def at(clock: str, day: int = 22) -> datetime:
    """A moment of November 2026 by the school's clock."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=SCHOOL_ZONE)


@pytest.mark.parametrize(
    ("clock", "quiet"),
    [
        ("21:29:59", False),
        ("21:30", True),
        ("23:59:59", True),
        ("00:00", True),
        ("06:59:59.999", True),
        ("07:00", False),
        ("12:00", False),
    ],
)
def test_the_quiet_hours_of_a_night(clock: str, quiet: bool) -> None:
    assert QuietHours().covers(at(clock)) is quiet


def test_quiet_hours_end_the_next_morning_or_the_same() -> None:
    hours = QuietHours()
    assert hours.next_moment(at("22:00", day=22)) == at("07:00", day=23)
    assert hours.next_moment(at("00:30", day=23)) == at("07:00", day=23)
    assert hours.next_moment(at("12:00")) == at("12:00")


def test_quiet_hours_within_a_day() -> None:
    hours = QuietHours(time(12, 0), time(14, 0))
    assert hours.next_moment(at("13:00")) == at("14:00")
    assert not hours.covers(at("23:00"))


def test_quiet_hours_without_a_length_never_are() -> None:
    assert not QuietHours(time(7), time(7)).covers(at("07:00"))


@given(MOMENTS, CLOCKS, CLOCKS)
def test_the_next_moment_is_never_quiet_and_never_earlier(
    moment: datetime, start: time, end: time
) -> None:
    hours = QuietHours(start, end)
    following = hours.next_moment(moment)
    assert not hours.covers(following)
    assert moment <= following < moment + timedelta(days=1)
    if not hours.covers(moment):
        assert following == moment


@given(MOMENTS, CLOCKS, CLOCKS)
def test_no_earlier_moment_would_have_done(moment: datetime, start: time, end: time) -> None:
    hours = QuietHours(start, end)
    following = hours.next_moment(moment)
    if following > moment:
        assert hours.covers(following - timedelta(microseconds=1))


@given(MOMENTS)
def test_what_a_page_shows_is_read_back(moment: datetime) -> None:
    minute = moment.replace(second=0, microsecond=0)
    assert parse_school_text(school_text(minute)) == minute


@pytest.mark.parametrize(
    "text", ["2026-11-22T18:30", "2026-11-22 18:30", " 2026-11-22T18:30:00 ", "2026-11-22T10:30Z"]
)
def test_a_time_as_pages_send_it(text: str) -> None:
    assert parse_school_text(text) == datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "明天",
        "2026-13-01T00:00",
        "2026-02-30T00:00",
        "18:30",
        "2026-11-22T25:00",
        "0001-01-01T00:00",  # is before the first year there is, in UTC
        "9999-12-31T23:59-12:00",  # and after the last
        "٢٠٢٦-١١-٢٢T18:30",
    ],
)
def test_what_is_no_time(text: str) -> None:
    assert parse_school_text(text) is None


@given(st.text(max_size=40))
def test_no_text_makes_reading_a_time_stumble(text: str) -> None:
    moment = parse_school_text(text)
    assert moment is None or moment.tzinfo is UTC


def test_quotas_start_anew_at_the_schools_midnight() -> None:
    assert next_school_midnight(at("00:00", 22)) == at("00:00", 23)
    assert next_school_midnight(at("23:59", 22)) == at("00:00", 23)
    assert next_school_midnight(NOW).tzinfo is UTC


def test_a_time_is_shown_by_the_schools_clock_whoever_noted_it() -> None:
    elsewhere = timezone(timedelta(hours=-5))
    assert school_text(NOW) == school_text(NOW.astimezone(elsewhere)) == "2026-11-22 10:00"
