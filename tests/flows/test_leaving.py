"""Leaving in WeChat: what its rules ask, and that a tap by mistake costs nobody their child's notices."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.erasures import Origin
from services.bearers import SignedOutError, refresh_bearer, start_bearer
from services.erasure import carry_out_erasures
from services.people import recognise
from tests.erasing import later
from tests.town import Phone, Town
from tests.waiting import wait_until


async def person_of(town: Town, phone: Phone) -> str:
    return await recognise(town.ctx, phone.user.openid)


async def erasures(town: Town) -> list[dict[str, Any]]:
    found = await town.ctx.stores.database["erasures"].find({}).to_list(None)
    return list(found)


async def authorization(phone: Phone, event: str, **more: str) -> None:
    outcome = await phone.act("authorization", event=event, **more)
    assert not outcome["fault"], outcome


async def sessions(town: Town, person: str) -> int:
    counted = await town.ctx.stores.database["sessions"].count_documents({"person_id": person})
    assert isinstance(counted, int)
    return counted


@pytest.fixture
async def mother(quiet_town: Town) -> Phone:
    await quiet_town.settle_school()
    return await quiet_town.settle_guardian("mother", 1)


async def bindings(town: Town) -> int:
    counted = await town.ctx.stores.database["bindings"].count_documents({})
    assert isinstance(counted, int)
    return counted


async def test_who_leaves_and_comes_back_in_time_keeps_everything(
    quiet_town: Town, mother: Phone
) -> None:
    await mother.act("unfollow")
    (asked,) = await erasures(quiet_town)
    assert (asked["origin"], asked["stage"]) == (Origin.UNFOLLOWED, "waiting")
    wait: timedelta = asked["due_at"] - asked["requested_at"]
    assert wait == quiet_town.ctx.policy.keep.unfollowed
    await mother.follow()
    assert await erasures(quiet_town) == []
    await carry_out_erasures(later(quiet_town.ctx, days=40))
    assert "学*一" in await mother.say("我的孩子")


async def test_who_leaves_for_good_is_erased(quiet_town: Town, mother: Phone) -> None:
    person = await person_of(quiet_town, mother)
    await mother.act("unfollow")
    await carry_out_erasures(later(quiet_town.ctx, days=29))
    assert await bindings(quiet_town) == 1
    await carry_out_erasures(later(quiet_town.ctx, days=31))
    assert await bindings(quiet_town) == 0
    assert await person_of(quiet_town, mother) != person


async def test_what_was_asked_for_oneself_is_not_taken_back_by_following(
    quiet_town: Town, mother: Phone
) -> None:
    await mother.post("/h5/me/erase/confirm")
    await mother.act("unfollow")
    await mother.follow()
    (asked,) = await erasures(quiet_town)
    assert asked["origin"] == Origin.OWN


@pytest.mark.parametrize("code", ["205", "204", "8", "1"])
async def test_one_thing_taken_back_that_we_never_had_ends_the_sessions_alone(
    quiet_town: Town, mother: Phone, code: str
) -> None:
    person = await person_of(quiet_town, mother)
    await mother.get("/h5/")
    tokens = await start_bearer(quiet_town.ctx, person, "openid")
    assert await sessions(quiet_town, person) == 1
    await authorization(mother, "user_authorization_revoke", revoke_info=code)
    assert await sessions(quiet_town, person) == 0
    with pytest.raises(SignedOutError):
        await refresh_bearer(quiet_town.ctx, tokens.refresh)
    assert (await erasures(quiet_town), await bindings(quiet_town)) == ([], 1)


@pytest.mark.parametrize("code", ["301", "", "999"])
async def test_everything_taken_back_is_an_erasure_that_can_be_taken_back(
    quiet_town: Town, mother: Phone, code: str
) -> None:
    await authorization(mother, "user_authorization_revoke", revoke_info=code)
    (asked,) = await erasures(quiet_town)
    assert asked["origin"] == Origin.REVOKED
    page = await mother.get("/h5/me/erase")
    assert "您在微信里撤回了授权" in page.text
    assert "保留不变" in (await mother.post("/h5/me/erase/keep")).text
    assert await erasures(quiet_town) == []


async def test_a_cleaned_profile_changes_nothing_because_none_is_kept(
    quiet_town: Town, mother: Phone
) -> None:
    await authorization(mother, "user_info_modified")
    assert (await erasures(quiet_town), await bindings(quiet_town)) == ([], 1)


async def test_a_closed_account_is_erased_at_once(quiet_town: Town, mother: Phone) -> None:
    person = await person_of(quiet_town, mother)
    await authorization(mother, "user_authorization_cancellation")
    quiet_town.start_worker()

    async def gone() -> bool:
        found = await quiet_town.ctx.stores.forgetting.identities_of([person])
        return not found and await bindings(quiet_town) == 0

    await wait_until(gone, description="nothing is left of who closed their account")
    (asked,) = await erasures(quiet_town)
    assert asked["origin"] == Origin.CANCELLED


async def test_two_who_leave_in_one_second_are_both_heard(quiet_town: Town, mother: Phone) -> None:
    """The sender is WeChat for both: what tells them apart is whom it is about."""
    father = await quiet_town.settle_guardian("father", 2)
    moment = quiet_town.world.clock()
    quiet_town.world.clock = lambda: moment
    for phone in (mother, father):
        await authorization(phone, "user_authorization_revoke", revoke_info="301")
    assert len(await erasures(quiet_town)) == 2


async def test_the_mini_programs_word_is_heard_about_whom_it_knows(
    quiet_town: Town, mother: Phone
) -> None:
    stores, mini = quiet_town.ctx.stores, quiet_town.settings.mini_program
    assert mini is not None
    openid = quiet_town.world.mini_openid(mother.user)
    await authorization(mother, "user_authorization_cancellation", mini="yes")
    assert await erasures(quiet_town) == []  # known under the official account alone
    at: datetime = quiet_town.ctx.now()
    person = await person_of(quiet_town, mother)
    await stores.identities.ensure(mini.app_id, openid, person_id=person, at=at)
    await authorization(mother, "user_authorization_revoke", mini="yes", revoke_info="8")
    assert await erasures(quiet_town) == []
    await authorization(mother, "user_authorization_revoke", mini="yes", revoke_info="")
    (asked,) = await erasures(quiet_town)
    assert asked["subject_id"] == person


async def test_the_word_about_a_stranger_changes_nothing(quiet_town: Town, mother: Phone) -> None:
    stranger = quiet_town.phone("stranger")
    for event in ("user_authorization_revoke", "user_authorization_cancellation"):
        await authorization(stranger, event, revoke_info="301")
    assert (await erasures(quiet_town), await bindings(quiet_town)) == ([], 1)
    known = await quiet_town.ctx.stores.identities.find(
        quiet_town.ctx.policy.app_id, stranger.user.openid
    )
    assert known is None


async def test_nobody_is_named_in_the_trace(quiet_town: Town, mother: Phone) -> None:
    await authorization(mother, "user_authorization_revoke", revoke_info="205")
    await mother.act("unfollow")
    traces = await quiet_town.ctx.stores.database["inbox"].find({}).to_list(None)
    assert len(traces) == 2
    assert mother.user.openid not in str(traces)
