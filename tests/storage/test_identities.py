"""Who an openid is, whether they follow, and how long they may be answered."""

from datetime import timedelta

import pytest

from domain.identities import Identity, Opening, identity_id
from storage.stores import Stores
from tests.domain.samples import MINUTE, NOW
from tests.storage.conftest import APP, at_once

KEY = identity_id(APP, "openid-1")
TWO_DAYS = timedelta(hours=48)


@pytest.fixture
async def known(stores: Stores) -> Identity:
    """One openid that WeChat has not said anything about yet."""
    return await stores.identities.ensure(APP, "openid-1", person_id="person-1", at=NOW)


async def got(stores: Stores) -> Identity:
    found = await stores.identities.find(APP, "openid-1")
    assert found is not None
    return found


async def test_an_openid_seen_ten_times_at_once_is_one_person(stores: Stores, twin: Stores) -> None:
    found = await at_once(
        *(
            some.identities.ensure(APP, "openid-1", person_id=f"p{n}", at=NOW)
            for n, some in enumerate([stores, twin] * 5)
        )
    )
    assert len({identity.person_id for identity in found}) == 1
    assert await got(stores) == found[0]
    assert found[0].following is None


async def test_an_openid_means_nothing_without_its_account(stores: Stores, known: Identity) -> None:
    assert await stores.identities.find("wx2", "openid-1") is None
    other = await stores.identities.ensure("wx2", "openid-1", person_id="person-2", at=NOW)
    assert other.person_id == "person-2"
    people = ["person-1", "person-2", "person-1", "nobody"]
    assert await stores.identities.of_people(APP, people) == {"person-1": known}
    assert await stores.identities.of_people("wx2", people) == {"person-2": other}


async def test_following_and_leaving_are_news_once(stores: Stores, known: Identity) -> None:
    mark = stores.identities.mark_following
    assert await mark(KEY, True, NOW)
    assert not await mark(KEY, True, NOW + MINUTE)
    assert (await got(stores)).followed_at == NOW
    assert await mark(KEY, False, NOW + MINUTE)
    assert not await mark(KEY, False, NOW + 2 * MINUTE)
    found = await got(stores)
    assert (found.following, found.unfollowed_at) == (False, NOW + MINUTE)
    assert await mark(KEY, True, NOW + 2 * MINUTE)


async def test_ten_follows_at_once_are_news_once(stores: Stores, known: Identity) -> None:
    answers = await at_once(*(stores.identities.mark_following(KEY, True, NOW) for _ in range(10)))
    assert sum(answers) == 1


async def test_who_leaves_cannot_be_answered_any_more(stores: Stores, known: Identity) -> None:
    await stores.identities.open_window(KEY, NOW, Opening.MESSAGE)
    assert (await got(stores)).window_open(NOW + MINUTE)
    await stores.identities.mark_following(KEY, False, NOW + MINUTE)
    assert not (await got(stores)).window_open(NOW + MINUTE)


@pytest.mark.parametrize(
    ("opening", "length", "messages"),
    [(Opening.MESSAGE, TWO_DAYS, 5), (Opening.TAP, MINUTE, 3)],
)
async def test_what_opens_the_window_and_how_far(
    stores: Stores, known: Identity, opening: Opening, length: timedelta, messages: int
) -> None:
    await stores.identities.open_window(KEY, NOW, opening)
    found = await got(stores)
    assert (found.window_until, found.window_left) == (NOW + length, messages)
    assert found.following  # who writes to the account follows it


async def test_a_tap_does_not_shorten_what_a_message_has_opened(
    stores: Stores, known: Identity
) -> None:
    await stores.identities.open_window(KEY, NOW, Opening.MESSAGE)
    await stores.identities.use_window(KEY)
    await stores.identities.open_window(KEY, NOW + MINUTE, Opening.TAP)
    found = await got(stores)
    assert (found.window_until, found.window_left) == (NOW + TWO_DAYS, 4)


async def test_a_tap_opens_again_what_was_used_up(stores: Stores, known: Identity) -> None:
    await stores.identities.open_window(KEY, NOW, Opening.MESSAGE)
    await stores.identities.close_window(KEY)
    await stores.identities.open_window(KEY, NOW, Opening.TAP)
    found = await got(stores)
    assert (found.window_until, found.window_left) == (NOW + MINUTE, 3)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
async def test_a_tap_and_a_message_at_the_same_moment_open_what_the_message_opens(
    stores: Stores, known: Identity, order: tuple[int, int]
) -> None:
    calls = [
        stores.identities.open_window(KEY, NOW, Opening.MESSAGE),
        stores.identities.open_window(KEY, NOW + timedelta(milliseconds=1), Opening.TAP),
    ]
    await at_once(*(calls[position] for position in order))
    found = await got(stores)
    assert (found.window_until, found.window_left) == (NOW + TWO_DAYS, 5)


async def test_many_people_at_once_get_their_own_window(stores: Stores) -> None:
    for number in range(10):
        await stores.identities.ensure(APP, f"o{number}", person_id=f"p{number}", at=NOW)
    await at_once(
        *(
            stores.identities.open_window(
                identity_id(APP, f"o{n}"), NOW, Opening.TAP if n % 2 else Opening.MESSAGE
            )
            for n in range(10)
        )
    )
    found = await stores.identities.of_people(APP, [f"p{n}" for n in range(10)])
    assert [found[f"p{n}"].window_left for n in range(10)] == [5, 3] * 5


async def test_a_touch_of_an_unknown_openid_makes_nobody(stores: Stores) -> None:
    await stores.identities.open_window(KEY, NOW, Opening.MESSAGE)
    assert not await stores.identities.mark_following(KEY, True, NOW)
    assert await stores.identities.find(APP, "openid-1") is None


async def test_a_window_is_used_up_and_never_below_nothing(stores: Stores, known: Identity) -> None:
    await stores.identities.open_window(KEY, NOW, Opening.TAP)
    await at_once(*(stores.identities.use_window(KEY) for _ in range(5)))
    found = await got(stores)
    assert found.window_left == 0
    assert not found.window_open(NOW)
