"""Sessions: the database knows only hashes, and a session ends by time."""

from datetime import timedelta
from typing import Any

from pymongo.database import Database

from storage.sessions import Session
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW

TOKEN = "a token that only the browser keeps"
UNTIL = NOW + timedelta(hours=12)


async def started(stores: Stores, token: str = TOKEN) -> Session:
    return await stores.sessions.add(
        token, person_id="person-1", csrf="csrf-1", at=NOW, until=UNTIL
    )


async def test_a_token_leads_to_its_session(stores: Stores, twin: Stores) -> None:
    session = await started(stores)
    await started(stores, "another")
    assert await twin.sessions.find(TOKEN, NOW) == session
    assert (session.person_id, session.csrf) == ("person-1", "csrf-1")


async def test_no_other_token_does(stores: Stores) -> None:
    session = await started(stores)
    for token in ("", TOKEN[:-1], TOKEN.upper(), session.id):
        assert await stores.sessions.find(token, NOW) is None


async def test_who_reads_the_database_cannot_take_a_session_over(
    stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    await started(stores)
    (document,) = behind["sessions"].find()
    assert TOKEN not in str(document)


async def test_a_session_ends_at_its_time(stores: Stores) -> None:
    await started(stores)
    assert await stores.sessions.find(TOKEN, UNTIL - MINUTE) is not None
    assert await stores.sessions.find(TOKEN, UNTIL) is None


async def test_the_database_forgets_what_has_ended(
    stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    await started(stores)
    index = behind["sessions"].index_information()["expiry"]
    assert index["expireAfterSeconds"] == 0
    assert index["key"] == [("expires_at", 1)]
