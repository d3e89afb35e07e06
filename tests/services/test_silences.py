"""Reports of members, and who may not speak for a while: decided by who keeps order there."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError, TooManyError
from domain.reviews import ReviewState
from domain.roles import Role
from domain.safety import Kind, Outcome, Reason, SilencedError, Spot
from services.reported import report_subject
from services.reviews import decide_review, settle_review, waiting_reviews
from services.safety import ensure_may_speak, may_speak
from services.silences import Reach, freeze_around, lift_silence, mute_author, silences_at
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY
from tests.safety import staff
from tests.services.test_safety import CLASS, OTHER, Place
from tests.services.test_safety import place as place
from tests.town import SCHOOL

FINE = "明天带水"
ROOM = Spot(SCHOOL.id, CLASS.id, "thread:1")


@pytest.fixture
async def reported(place: Place) -> Place:
    """Something that everybody sees, and one of them does not like."""
    await place.wall.write(place.ctx, place.wall.writing(1, FINE))
    await report_subject(place.ctx, "guardian-2", Kind.MESSAGE, "m-1", why="在群里吵架")
    return place


async def test_what_is_reported_is_shown_until_somebody_decides(reported: Place) -> None:
    ctx, wall = reported.ctx, reported.wall
    head = await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    await report_subject(ctx, "guardian-2", Kind.MESSAGE, "m-1", why="还是这条")
    await report_subject(ctx, "guardian-3", Kind.MESSAGE, "m-1", why="")
    (review,) = await waiting_reviews(ctx, head)
    assert [r.why for r in review.reports] == ["在群里吵架", ""]
    await settle_review(ctx, review.id)
    assert wall.shown == {"m-1": Outcome.PASS}
    await decide_review(ctx, head, review.id, allow=True, why="", seen=review.version)
    # Allowed by a person, and somebody else asks: a person looks once more.
    await report_subject(ctx, "guardian-3", Kind.MESSAGE, "m-1", why="再看看")
    assert await waiting_reviews(ctx, head) == []
    await report_subject(ctx, "guardian-4", Kind.MESSAGE, "m-1", why="不合适")
    (again,) = await waiting_reviews(ctx, head)
    assert again.reason is Reason.REPORTED
    await decide_review(ctx, head, review.id, allow=False, why="请好好说话。", seen=again.version)
    await settle_review(ctx, review.id)
    assert wall.shown == {"m-1": Outcome.REFUSE}
    await report_subject(ctx, "guardian-5", Kind.MESSAGE, "m-1", why="")
    held = await ctx.stores.reviews.find(review.id)
    assert held is not None
    assert held.state is ReviewState.REFUSED


async def test_who_does_not_see_it_cannot_report_it(reported: Place) -> None:
    ctx = reported.ctx
    for person, kind, subject in (
        ("stranger-1", Kind.MESSAGE, "m-1"),
        ("guardian-2", Kind.MESSAGE, "m-9"),
        ("guardian-2", Kind.PEER_COMMENT, "m-1"),
    ):
        with pytest.raises(NotFoundError):
            await report_subject(ctx, person, kind, subject, why="")
    with pytest.raises(ConflictError):
        await report_subject(ctx, "guardian-1", Kind.MESSAGE, "m-1", why="")
    for number in range(2, 22):
        await reported.wall.write(ctx, reported.wall.writing(number, FINE))
    for number in range(2, 21):
        await report_subject(ctx, "guardian-2", Kind.MESSAGE, f"m-{number}", why="")
    with pytest.raises(TooManyError):
        await report_subject(ctx, "guardian-2", Kind.MESSAGE, "m-21", why="")


async def test_muted_for_a_time(reported: Place) -> None:
    ctx = reported.ctx
    head = await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    key = "message:m-1"
    with pytest.raises(InvalidError):
        await mute_author(ctx, head, key, reach=Reach.CLASS, hours=1, why=" ")
    with pytest.raises(NotFoundError):  # the whole school is the office's
        await mute_author(ctx, head, key, reach=Reach.SCHOOL, hours=1, why="吵架")
    assert await may_speak(ctx, "guardian-1", ROOM)
    await mute_author(ctx, head, key, reach=Reach.CLASS, hours=1, why="先冷静一下。")
    with pytest.raises(SilencedError) as muted:
        await ensure_may_speak(ctx, "guardian-1", ROOM)
    assert muted.value.until == TUESDAY + timedelta(hours=1)
    assert await may_speak(ctx, "guardian-1", Spot(SCHOOL.id, OTHER.id))
    assert await may_speak(reported.later(timedelta(hours=1)), "guardian-1", ROOM)
    (silence,) = await silences_at(ctx, head)
    stranger = await staff(ctx, "li", Role.HEAD_TEACHER, SCHOOL.id, OTHER.id)
    assert await silences_at(ctx, stranger) == []
    with pytest.raises(NotFoundError):
        await lift_silence(ctx, stranger, silence.id)
    await lift_silence(ctx, head, silence.id)
    assert await may_speak(ctx, "guardian-1", ROOM)
    entries = await ctx.stores.audit.page(SCHOOL.id, before=None, since=None, at=TUESDAY, limit=9)
    assert [e.act for e in entries] == [Act.SILENCE_LIFTED, Act.PERSON_MUTED]
    assert "冷静" not in str(entries)


async def test_a_frozen_room_is_frozen_for_all_and_for_no_other_room(reported: Place) -> None:
    ctx = reported.ctx
    office = await staff(ctx, "office", Role.OFFICE, SCHOOL.id)
    await freeze_around(ctx, office, "message:m-1", why="讨论先停一停。")
    assert not await may_speak(ctx, "guardian-9", ROOM)
    assert await may_speak(ctx, "guardian-9", replace(ROOM, room="thread:2"))
    assert not await may_speak(reported.later(timedelta(days=300)), "guardian-9", ROOM)


async def test_who_keeps_order_there_is_not_muted(place: Place) -> None:
    ctx, wall = place.ctx, place.wall
    office = await staff(ctx, "office", Role.OFFICE, SCHOOL.id)
    await staff(ctx, "wang", Role.HEAD_TEACHER, SCHOOL.id, CLASS.id)
    await wall.write(ctx, wall.writing(1, by="wang"))
    with pytest.raises(ConflictError):
        await mute_author(ctx, office, "message:m-1", reach=Reach.ROOM, hours=1, why="试试")
    assert await may_speak(ctx, "wang", ROOM)
