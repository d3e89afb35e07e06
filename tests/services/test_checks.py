"""What WeChat thinks: asked while it can be asked, and nobody waits for it longer than a moment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest

from domain.files import FileKind
from domain.reviews import CHECK_LIMIT, ReviewState
from domain.roles import Role
from domain.safety import Outcome, Reason, WordsRefusedError
from services.bearers import start_bearer
from services.checks import check_pictures, tend_checks
from services.context import Context
from services.reviews import decide_review, settle_review, waiting_reviews
from tests.domain.samples import a_file
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.safety import Wall, on_a_wall, staff
from tests.town import SCHOOL, Town, school_class

CLASS = school_class(1)
TEXT, MEDIA = "/wxa/msg_sec_check", "/wxa/media_check_async"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100


@dataclass
class Place:
    town: Town
    ctx: Context
    wall: Wall
    openid: str

    def at(self, at: datetime) -> Context:
        return replace(self.ctx, now=lambda: at)

    def asked(self, path: str) -> int:
        return self.town.world.calls[path].total() if path in self.town.world.calls else 0

    async def picture(self, number: int) -> str:
        file = a_file(
            id=f"p{number}",
            kind=FileKind.PICTURE,
            content_type="image/png",
            size_bytes=len(PNG),
            created_at=self.ctx.now(),
        )
        await self.ctx.stores.files.add(file, PNG)
        return file.id

    async def show(self, number: int, pictures: int = 1) -> str:
        """Somebody shows pictures; returns the review's id once WeChat was asked."""
        files = tuple([await self.picture(10 * number + n) for n in range(pictures)])
        writing = replace(self.wall.writing(number, "看看今天的活动"), file_ids=files)
        assert (await self.wall.write(self.ctx, writing)).outcome is Outcome.CHECKING
        return writing.subject.review_id

    async def review(self, review_id: str) -> Any:
        return await self.ctx.stores.reviews.find(review_id)


@pytest.fixture
async def place(quiet_town: Town) -> AsyncIterator[Place]:
    ctx: Context = quiet_town.ctx
    await ctx.stores.schools.save_school(SCHOOL)
    await ctx.stores.schools.save_classes([CLASS])
    openid = quiet_town.world.mini_openid(quiet_town.phone("guardian").user)
    quiet_town.world.inspector.visit(openid, quiet_town.world.clock())
    await start_bearer(ctx, "guardian-1", openid)
    with on_a_wall(CLASS) as wall:
        yield Place(quiet_town, ctx, wall, openid)


async def test_wechat_has_its_say_where_it_can_be_asked(place: Place) -> None:
    wall, ctx = place.wall, place.ctx
    assert (await wall.write(ctx, wall.writing(1, "今天天气好"))).outcome is Outcome.PASS
    held = await wall.write(ctx, wall.writing(2, "这句微信拿不准"))
    assert (held.outcome, held.reason) == (Outcome.HOLD, Reason.WECHAT)
    with pytest.raises(WordsRefusedError):
        await wall.write(ctx, wall.writing(3, "这句微信不许"))
    # Its word counts in the place of the list that comes with the program.
    assert (
        await wall.write(ctx, wall.writing(4, "反诈宣传：什么是刷单返利"))
    ).outcome is Outcome.PASS
    assert place.asked(TEXT) == 4
    long = "好" * 2500 + "微信不许"
    with pytest.raises(WordsRefusedError):
        await wall.write(ctx, wall.writing(5, long))


async def test_nothing_is_asked_about_who_was_not_there_lately(place: Place) -> None:
    wall = place.wall
    later = place.at(place.ctx.now() + timedelta(hours=2))
    assert (await wall.write(later, wall.writing(1, "微信不许"))).outcome is Outcome.PASS
    assert (await wall.write(later, wall.writing(2, "刷单返利"))).outcome is Outcome.HOLD
    other = await wall.write(place.ctx, wall.writing(3, "微信不许", by="guardian-2"))
    assert other.outcome is Outcome.PASS
    assert place.asked(TEXT) == 0
    # We think they were there, WeChat does not.
    await place.town.simulator.control.handle("POST", "safety", {}, {"gone": True})
    assert (await wall.write(place.ctx, wall.writing(4, "刷单返利"))).outcome is Outcome.HOLD
    assert place.asked(TEXT) == 1


@pytest.mark.parametrize(
    "faults",
    [
        {"fail": {TEXT: 45009}},
        {"fail": {TEXT: 48001}},
        {"html": [TEXT]},
        {"lose_answer": [TEXT]},
        {"hang": [TEXT]},
    ],
)
async def test_where_wechat_fails_the_list_has_its_say_and_nobody_asks_again_at_once(
    place: Place, faults: dict[str, Any]
) -> None:
    wall = place.wall
    quick = replace(place.ctx.policy, check_patience=timedelta(milliseconds=200))
    ctx = replace(place.ctx, policy=quick)
    place.town.faults(**faults)
    assert (await wall.write(ctx, wall.writing(1, "刷单返利"))).outcome is Outcome.HOLD
    place.town.faults(fail={}, html=[], lose_answer=[], hang=[])
    asked = place.asked(TEXT)
    assert (await wall.write(ctx, wall.writing(2, "微信不许"))).outcome is Outcome.PASS
    assert place.asked(TEXT) == asked
    # The day after, it is asked again (and everybody was there again).
    tomorrow = place.at(ctx.now() + timedelta(days=1, minutes=1))
    await start_bearer(tomorrow, "guardian-1", place.openid)
    with pytest.raises(WordsRefusedError):
        await wall.write(tomorrow, wall.writing(3, "微信不许"))


async def test_pictures_are_seen_by_all_once_wechat_finds_them_good(place: Place) -> None:
    review_id = await place.show(1, pictures=2)
    assert place.wall.shown == {"m-1": Outcome.CHECKING}
    await check_pictures(place.ctx, review_id)
    await check_pictures(place.ctx, review_id)
    await place.town.simulator.courier.settle()
    assert place.asked(MEDIA) == 2
    review = await place.review(review_id)
    assert review.state is ReviewState.ALLOWED
    await settle_review(place.ctx, review_id)
    assert place.wall.shown == {"m-1": Outcome.PASS}
    async with aiohttp.ClientSession() as stranger:
        for address in place.town.world.inspector.pictures:
            async with stranger.get(address) as answer:  # nobody comes in any more
                assert answer.status == 404


async def test_one_that_is_not_good_waits_for_a_person(place: Place) -> None:
    head = await staff(place.ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    place.town.world.inspector.picture = "risky"
    review_id = await place.show(1)
    await check_pictures(place.ctx, review_id)
    await place.town.simulator.courier.settle()
    (review,) = await waiting_reviews(place.ctx, head)
    assert (review.reason, review.label) == (Reason.PICTURE, 21000)
    await settle_review(place.ctx, review_id)
    assert place.wall.shown == {"m-1": Outcome.HOLD}


async def test_what_wechat_does_not_say_in_time_a_person_says(place: Place) -> None:
    head = await staff(place.ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    place.town.world.inspector.silent = True
    review_id = await place.show(1)
    await check_pictures(place.ctx, review_id)
    (address,) = place.town.world.inspector.pictures
    async with aiohttp.ClientSession() as wechat:
        async with wechat.get(address) as answer:
            assert (answer.status, await answer.read()) == (200, PNG)
            assert answer.headers["Cache-Control"] == "no-store"
        async with wechat.get(address[:-1] + ("A" if address[-1] != "A" else "B")) as answer:
            assert answer.status == 404
    await tend_checks(place.at(place.ctx.now() + CHECK_LIMIT - timedelta(seconds=1)))
    assert (await place.review(review_id)).state is ReviewState.CHECKING
    late = place.at(place.ctx.now() + CHECK_LIMIT)
    await tend_checks(late)
    (review,) = await waiting_reviews(late, head)
    assert review.reason is Reason.UNCHECKED
    assert place.asked(MEDIA) == 1


async def test_wechat_refuses_to_look_and_a_person_looks(place: Place) -> None:
    head = await staff(place.ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    place.town.faults(fail={MEDIA: 45009})
    await check_pictures(place.ctx, await place.show(1))
    (review,) = await waiting_reviews(place.ctx, head)
    assert review.reason is Reason.UNCHECKED
    # The next one's pictures wait for a person at once.
    file_id = await place.picture(99)
    writing = replace(place.wall.writing(2, "看"), file_ids=(file_id,))
    assert (await place.wall.write(place.ctx, writing)).outcome is Outcome.HOLD


async def test_a_person_decides_while_wechats_event_comes(place: Place) -> None:
    """Before it, after it, or in between: what a person has decided stays."""
    head = await staff(place.ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    place.town.world.inspector.picture = "risky"
    review_id = await place.show(1)
    await check_pictures(place.ctx, review_id)
    await place.town.simulator.courier.settle()
    review = await place.review(review_id)
    await decide_review(place.ctx, head, review_id, allow=True, why="", seen=review.version)
    for event in place.town.world.deliveries[-1:]:
        assert event["message"]["Event"] == "wxa_media_check"
        await place.town.simulator.courier.deliver(
            place.town.phone("guardian").user,
            {"FromUserName": place.openid, **event["message"]},
            account=place.town.world.mini,
        )
    assert (await place.review(review_id)).state is ReviewState.ALLOWED


@pytest.mark.parametrize("writes", range(1, 4))
async def test_dying_while_asking_loses_no_picture(
    place: Place, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    review_id = await place.show(1)
    with after_each_write(monkeypatch, dying_after(writes)):
        try:
            await check_pictures(place.ctx, review_id)
        except Killed:
            pass
    await place.town.simulator.courier.settle()
    await tend_checks(place.at(place.ctx.now() + timedelta(minutes=2)))
    await place.town.simulator.courier.settle()
    review = await place.review(review_id)
    assert review.state is ReviewState.ALLOWED
    await settle_review(place.ctx, review_id)
    assert place.wall.shown == {"m-1": Outcome.PASS}
