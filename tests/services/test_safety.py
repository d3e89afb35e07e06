"""What may be shown: judged before it is kept, held until somebody decides, decided once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.reviews import OFFICE_AFTER, ReviewState, decided
from domain.roles import Role
from domain.safety import (
    Outcome,
    Reason,
    Silence,
    SilencedError,
    Spot,
    WordsRefusedError,
    silence_id,
)
from domain.word_lists import WordList
from services.context import Context
from services.reviews import decide_review, settle_review, tend_reviews, waiting_reviews
from services.safety import ensure_may_speak, may_speak
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY
from tests.safety import BAD, WORSE, Wall, on_a_wall, staff
from tests.town import SCHOOL, Town, school_class

CLASS, OTHER = school_class(1), school_class(2)


@dataclass
class Place:
    ctx: Context
    wall: Wall

    def later(self, by: timedelta) -> Context:
        return replace(self.ctx, now=lambda: TUESDAY + by)


@pytest.fixture
async def place(quiet_town: Town) -> AsyncIterator[Place]:
    ctx: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    await ctx.stores.schools.save_school(SCHOOL)
    await ctx.stores.schools.save_classes([CLASS, OTHER])
    with on_a_wall(CLASS) as wall:
        yield Place(ctx, wall)


async def test_held_until_the_head_teacher_decides(place: Place) -> None:
    ctx, wall = place.ctx, place.wall
    head = await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    assert (await wall.write(ctx, wall.writing(1, "明天带水"))).outcome is Outcome.PASS
    assert await wall.write(ctx, wall.writing(2)) == await wall.write(ctx, wall.writing(2))
    assert wall.shown == {"m-1": Outcome.PASS, "m-2": Outcome.HOLD}
    (review,) = await waiting_reviews(ctx, head)
    assert (review.text, review.reason) == (BAD, Reason.WORDS)
    for _ in range(2):
        await decide_review(ctx, head, review.id, allow=True, why="", seen=review.version)
    with pytest.raises(ConflictError):
        await decide_review(ctx, head, review.id, allow=False, why="广告。", seen=review.version)
    await settle_review(ctx, review.id)
    await settle_review(ctx, review.id)
    assert wall.shown["m-2"] is Outcome.PASS
    assert wall.settled == [("m-2", Outcome.PASS)]
    assert await waiting_reviews(ctx, head) == []
    entries = await ctx.stores.audit.page(SCHOOL.id, before=None, since=None, at=TUESDAY, limit=9)
    assert [(e.act, e.subject_id) for e in entries] == [(Act.REVIEW_ALLOWED, review.id)]
    # The same words, sent once more because the first answer was lost.
    assert (await wall.write(ctx, wall.writing(2))).outcome is Outcome.PASS


async def test_a_refusal_needs_a_reason_and_of_what_is_refused_at_once_nothing_stays(
    place: Place,
) -> None:
    ctx, wall = place.ctx, place.wall
    head = await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    with pytest.raises(WordsRefusedError):
        await wall.write(ctx, wall.writing(1, WORSE))
    assert await waiting_reviews(ctx, head) == []
    await wall.write(ctx, wall.writing(2))
    (review,) = await waiting_reviews(ctx, head)
    with pytest.raises(InvalidError):
        await decide_review(ctx, head, review.id, allow=False, why=" ", seen=0)
    await decide_review(ctx, head, review.id, allow=False, why="这是广告。", seen=0)
    await settle_review(ctx, review.id)
    assert wall.shown == {"m-2": Outcome.REFUSE}


async def test_who_decides(place: Place) -> None:
    ctx, wall = place.ctx, place.wall
    head = await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    stranger = await staff(ctx, "li", Role.HEAD_TEACHER, SCHOOL.id, OTHER.id)
    office = await staff(ctx, "office", Role.OFFICE, SCHOOL.id)
    await wall.write(ctx, wall.writing(1))
    await wall.write(ctx, wall.writing(2, by="wang"))
    school = replace(wall.writing(3), spot=Spot(SCHOOL.id, "", "group:staff"))
    await wall.write(ctx, school)
    seen = {
        who.person_id: [r.subject_id for r in await waiting_reviews(ctx, who)]
        for who in (head, stranger, office)
    }
    # Nobody decides about their own words, and the office not yet about the class's.
    assert seen == {"wang": ["m-1"], "li": [], "office": ["m-2", "m-3"]}
    later = place.later(OFFICE_AFTER)
    assert len(await waiting_reviews(later, office)) == 3
    for who, review_id in (
        (stranger, "message:m-1"),
        (head, "message:m-2"),
        (office, "message:m-1"),
    ):
        with pytest.raises(NotFoundError):
            await decide_review(ctx, who, review_id, allow=True, why="", seen=0)
    await decide_review(later, office, "message:m-1", allow=True, why="", seen=0)
    held = await ctx.stores.reviews.find("message:m-1")
    assert held is not None
    assert (held.state, held.decided_by) == (ReviewState.ALLOWED, "office")


async def test_two_decide_at_once_and_one_counts(place: Place) -> None:
    ctx, wall = place.ctx, place.wall
    head = await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    await wall.write(ctx, wall.writing(1))

    held = await ctx.stores.reviews.find("message:m-1")
    assert held is not None
    other = decided(held, allow=False, by="zhao", name="赵老师", why="这是广告。", at=TUESDAY)
    assert other is not None

    async def second(number: int) -> None:
        # After the first one's entry in the log, before its write.
        if number == 1:
            assert await ctx.stores.reviews.mark_changed(other)

    with pytest.MonkeyPatch.context() as patch, after_each_write(patch, second):
        with pytest.raises(ConflictError):
            await decide_review(ctx, head, "message:m-1", allow=True, why="", seen=0)
    await settle_review(ctx, "message:m-1")
    assert wall.shown == {"m-1": Outcome.REFUSE}


@pytest.mark.parametrize("writes", range(1, 4))
async def test_dying_after_a_write_loses_nothing(
    place: Place, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    ctx, wall = place.ctx, place.wall
    head = await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    await wall.write(ctx, wall.writing(1))

    async def decide_and_settle() -> None:
        await decide_review(ctx, head, "message:m-1", allow=True, why="", seen=0)
        await settle_review(ctx, "message:m-1")

    with after_each_write(monkeypatch, dying_after(writes)), pytest.raises(Killed):
        await decide_and_settle()
    held = await ctx.stores.reviews.find("message:m-1")
    assert held is not None
    if held.state is ReviewState.WAITING:
        await decide_review(ctx, head, "message:m-1", allow=True, why="", seen=held.version)
    await tend_reviews(place.later(timedelta(minutes=5)))
    assert wall.shown == {"m-1": Outcome.PASS}


async def test_dying_before_the_words_are_kept_leaves_a_review_that_still_counts(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, wall = place.ctx, place.wall
    head = await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    with after_each_write(monkeypatch, dying_after(1)), pytest.raises(Killed):
        await wall.write(ctx, wall.writing(1))
    assert wall.shown == {}
    (review,) = await waiting_reviews(ctx, head)
    await decide_review(ctx, head, review.id, allow=True, why="", seen=0)
    await settle_review(ctx, review.id)
    assert (await wall.write(ctx, wall.writing(1))).outcome is Outcome.PASS


async def test_a_school_has_words_of_its_own_at_once(place: Place) -> None:
    ctx, wall = place.ctx, place.wall
    assert (await wall.write(ctx, wall.writing(1, "小卖部又涨价了"))).outcome is Outcome.PASS
    words = WordList(
        id=SCHOOL.id, hold=("小卖部",), ignore=("加微信领取资料",), digest="a shop is held"
    )
    assert await ctx.stores.word_lists.mark_changed(words)
    assert (await wall.write(ctx, wall.writing(2, "小卖部又涨价了"))).outcome is Outcome.HOLD
    assert (await wall.write(ctx, wall.writing(3))).outcome is Outcome.PASS
    again = replace(words, hold=(), digest="a shop is free", version=1)
    assert await ctx.stores.word_lists.mark_changed(again)
    assert not await ctx.stores.word_lists.mark_changed(again)
    assert (await wall.write(ctx, wall.writing(4, "小卖部又涨价了"))).outcome is Outcome.PASS


async def test_who_is_silenced_does_not_speak(place: Place) -> None:
    ctx = place.ctx
    room = Spot(SCHOOL.id, CLASS.id, "thread:1")
    until = TUESDAY + timedelta(hours=1)
    for spot, who, end in ((Spot(SCHOOL.id, CLASS.id), "p", until), (room, "", None)):
        silence = Silence(
            id=silence_id(spot, who),
            school_id=spot.school_id,
            class_id=spot.class_id,
            room=spot.room,
            person_id=who,
            by="wang",
            by_name="王老师",
            reason="先冷静一下。",
            at=TUESDAY,
            until=end,
        )
        await ctx.stores.silences.put(silence)
    with pytest.raises(SilencedError) as frozen:
        await ensure_may_speak(ctx, "q", room)
    assert (frozen.value.code, frozen.value.until) == ("frozen", None)
    other = Spot(SCHOOL.id, CLASS.id, "thread:2")
    with pytest.raises(SilencedError) as muted:
        await ensure_may_speak(ctx, "p", other)
    assert (muted.value.code, muted.value.until) == ("muted", until)
    assert await may_speak(ctx, "q", other)
    assert await may_speak(ctx, "p", Spot(SCHOOL.id, OTHER.id, "thread:9"))
    assert await may_speak(place.later(timedelta(hours=1)), "p", other)
