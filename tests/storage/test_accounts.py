"""Links of accounts, and browsers on their way: one person an account, one return a departure."""

from datetime import timedelta

from domain.accounts import Account, Departure, account_id
from storage.stores import Stores
from tests.domain.samples import NOW
from tests.storage.conftest import at_once


def link(account: str, person: str, *, minutes: int = 0) -> Account:
    return Account(id=account, person_id=person, linked_at=NOW + timedelta(minutes=minutes))


def test_a_key_tells_issuers_and_subjects_apart() -> None:
    keys = {
        account_id("https://a.example", "1"),
        account_id("https://a.example", "2"),
        account_id("https://b.example", "1"),
        account_id("https://a.example1", ""),
        account_id("https://a.example/", "1"),
    }
    assert len(keys) == 5
    assert all(len(key) == 64 for key in keys)


async def test_an_account_is_linked_to_whoever_was_first(stores: Stores, twin: Stores) -> None:
    added = await at_once(
        *(s.accounts.add(link("a", f"p{n}")) for n, s in enumerate([stores, twin] * 3))
    )
    assert sorted(added) == [False] * 5 + [True]
    held = await stores.accounts.find("a")
    assert held is not None
    assert held.person_id == f"p{added.index(True)}"


async def test_a_person_sees_their_own_links_oldest_first_and_what_is_ended_is_gone(
    stores: Stores,
) -> None:
    for account in (link("b", "p", minutes=2), link("a", "p"), link("c", "other")):
        assert await stores.accounts.add(account)
    assert [a.id for a in await stores.accounts.of_person("p")] == ["a", "b"]
    assert await stores.accounts.remove("a")
    assert not await stores.accounts.remove("a")
    assert await stores.accounts.find("a") is None
    assert [a.id for a in await stores.accounts.of_person("p")] == ["b"]
    assert [a.id for a in await stores.accounts.of_person("other")] == ["c"]


async def test_a_departure_comes_back_once(stores: Stores, twin: Stores) -> None:
    departure = Departure(nonce="n", verifier="v", to="/console/", linking_person_id="p")
    await stores.departures.add("state", departure)
    assert await twin.departures.take("another") is None
    found = await at_once(*(s.departures.take("state") for s in [stores, twin] * 3))
    assert [d for d in found if d is not None] == [departure]
    assert await stores.departures.take("state") is None
