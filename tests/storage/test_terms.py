"""Calendars as they are stored: whole, by place, and changed by one at a time."""

from datetime import date
from typing import Any

from pymongo.database import Database

from domain.terms import Calendar, DayOff, Term, school_calendar, term_id
from storage.stores import Stores
from tests.storage.conftest import at_once

PLACE = school_calendar("school-a")


def a_term(place: str = PLACE, number: int = 1, **changes: Any) -> Term:
    begins_on, ends_on = (
        (date(2026, 9, 1), date(2027, 1, 22))
        if number == 1
        else (date(2027, 3, 1), date(2027, 7, 9))
    )
    given: dict[str, Any] = {
        "id": term_id(place, 2026, number),
        "place_id": place,
        "school_year": 2026,
        "number": number,
        "begins_on": begins_on,
        "ends_on": ends_on,
    }
    return Term(**(given | changes))


AUTUMN = a_term(
    holidays=(DayOff("国庆节", date(2026, 10, 1), date(2026, 10, 7)),),
    extra_days=(date(2026, 10, 10),),
)
FIRST = Calendar(id=PLACE, terms=(AUTUMN,))


async def stored(stores: Stores, calendar_id: str = PLACE) -> Calendar | None:
    return (await stores.terms.calendars([calendar_id])).get(calendar_id)


async def test_a_calendar_comes_back_as_it_was_written(stores: Stores) -> None:
    assert await stores.terms.mark_changed(FIRST)
    assert await stored(stores) == Calendar(id=PLACE, terms=(AUTUMN,), version=1)
    other = school_calendar("school-b")
    assert await stores.terms.calendars([other]) == {}


async def test_a_change_is_written_over_the_version_it_was_made_of_and_no_other(
    stores: Stores,
) -> None:
    await stores.terms.mark_changed(FIRST)
    there = await stored(stores)
    assert there is not None
    spring = a_term(number=2)
    assert await stores.terms.mark_changed(there.with_term(spring))
    assert not await stores.terms.mark_changed(there.without(AUTUMN.id)), "made of version 1"
    assert not await stores.terms.mark_changed(FIRST), "made when there was none"
    now = await stored(stores)
    assert now == Calendar(id=PLACE, terms=(AUTUMN, spring), version=2)
    assert await stores.terms.mark_changed(now.without(AUTUMN.id).without(spring.id))
    assert await stored(stores) == Calendar(id=PLACE, version=3)


async def test_of_many_who_change_it_at_once_one_does(stores: Stores, twin: Stores) -> None:
    for there in (FIRST, Calendar(id=PLACE, terms=(AUTUMN,), version=1)):
        said = await at_once(*(some.terms.mark_changed(there) for some in [stores, twin] * 4))
        assert sorted(said) == [False] * 7 + [True]
    found = await stored(stores)
    assert found is not None
    assert found.version == 2


async def test_nothing_is_changed_where_nothing_was(
    stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    assert not await stores.terms.mark_changed(Calendar(id=PLACE, terms=(AUTUMN,), version=4))
    assert behind["calendars"].count_documents({}) == 0


async def test_dates_are_stored_as_days(stores: Stores, behind: Database[dict[str, Any]]) -> None:
    await stores.terms.mark_changed(FIRST)
    document = behind["calendars"].find_one({"_id": PLACE})
    assert document is not None
    (term,) = document["terms"]
    assert (term["begins_on"], term["extra_days"]) == ("2026-09-01", ["2026-10-10"])
