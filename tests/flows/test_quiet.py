"""Between the hours that somebody has set for themselves nothing rings for them; who writes is told when it arrives."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from domain.errors import InvalidError, NotFoundError
from domain.quiet import OwnQuiet
from domain.times import SCHOOL_ZONE, QuietHours
from services.alerts import tell_adult
from services.audiences import audience_of
from services.cards import Card
from services.deliveries import carry_out_work
from services.pushes import push_deliveries
from services.quiet import arrives_at, mute_thread, own_quiet, set_own_quiet
from services.rings import tend_rings
from services.threads import open_child_thread, teachers_for
from tests.flows.conftest import quiet_town as quiet_town
from tests.flows.test_rings import CLASS, TALK, later, person, pushes, say
from tests.flows.test_rings import town as town
from tests.flows.test_sending import publish
from tests.town import Town, pupil

HOUR = timedelta(hours=1)


async def rest(town: Town, key: str) -> OwnQuiet:
    """Quiet hours of their own, from an hour ago for ten hours."""
    start, end = (
        (town.ctx.now() + shift).astimezone(SCHOOL_ZONE).strftime("%H:%M")
        for shift in (-HOUR, 9 * HOUR)
    )
    own = await set_own_quiet(town.ctx, await person(town, key), start, end)
    assert own is not None
    return own


async def test_what_is_said_waits_until_their_own_quiet_hours_are_over(town: Town) -> None:
    await rest(town, "mother1")
    await say(town, await person(town, "teacher"), "明天秋游。")
    await tend_rings(later(town))
    assert (len(pushes(town, "mother1")), len(pushes(town, "mother2"))) == (0, 1)
    await tend_rings(later(town, 10 * HOUR))
    assert len(pushes(town, "mother1")) == 1


async def test_hours_that_were_set_after_it_was_said_hold_too(town: Town) -> None:
    await say(town, await person(town, "teacher"), "明天秋游。")
    await rest(town, "mother1")
    await tend_rings(later(town))
    assert not pushes(town, "mother1")


async def test_a_notice_and_a_word_of_the_account_wait_as_well(town: Town) -> None:
    await rest(town, "mother1")
    notice = await publish(town, town.phone("teacher"))
    await carry_out_work(town.ctx, notice.id)
    await push_deliveries(town.ctx, notice.id, CLASS.id)
    assert (len(pushes(town, "mother1")), len(pushes(town, "mother2"))) == (0, 1)
    mother = await person(town, "mother1")
    found = await town.ctx.stores.identities.of_people(town.ctx.policy.app_id, [mother])
    await town.phone("mother1").say("您好")
    card = Card(words={}, title="孩子绑定成功", text="老师已确认。", url=f"{town.base}/h5/")
    assert not await tell_adult(town.ctx, found[mother], card, "purpose")
    await push_deliveries(later(town, 10 * HOUR), notice.id, CLASS.id)
    assert [row["kind"] for row in pushes(town, "mother1")] == ["template"]


async def test_a_muted_thread_rings_no_more_and_again_when_it_may(town: Town) -> None:
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    await mute_thread(town.ctx, mother, TALK, muted=True)
    await say(town, teacher, "明天秋游。")
    await tend_rings(later(town))
    assert (len(pushes(town, "mother1")), len(pushes(town, "mother2"))) == (0, 1)
    await mute_thread(town.ctx, mother, TALK, muted=False)
    await say(town, teacher, "带水。")
    await tend_rings(later(town, 2 * HOUR))
    assert len(pushes(town, "mother1")) == 1
    with pytest.raises(NotFoundError):
        await mute_thread(town.ctx, "a-stranger", TALK, muted=True)


async def test_who_writes_is_told_when_it_arrives(town: Town) -> None:
    teacher, mother = await person(town, "teacher"), await person(town, "mother1")
    child = pupil(CLASS, 1)[0]
    ref = (await teachers_for(town.ctx, mother, child.id))[0][0]
    thread = await open_child_thread(town.ctx, mother, child.id, ref)
    private = await audience_of(town.ctx, thread.id)
    assert await arrives_at(town.ctx, private, mother) is None
    own = await rest(town, "teacher")
    assert await arrives_at(town.ctx, private, mother) == own.hours.next_moment(town.ctx.now())
    assert await arrives_at(town.ctx, private, teacher) is None  # she does not rest
    # What one member has set is not told to a whole group.
    assert await arrives_at(town.ctx, await audience_of(town.ctx, TALK), mother) is None
    page = await town.phone("mother1").get(f"/h5/messages/{thread.id}")
    assert f"{own.end}提醒对方" in page.text


async def test_the_pages_set_and_take_away_and_refuse_without_changing(town: Town) -> None:
    phone, mother = town.phone("mother1"), await person(town, "mother1")
    await phone.post("/h5/me/quiet", {"start": "21:00", "end": "07:30"})
    own = await own_quiet(town.ctx, mother)
    assert own == OwnQuiet(id=mother, start="21:00", end="07:30")
    assert "21:00 到 07:30" in (await phone.get("/h5/me")).text
    refused = await phone.post("/h5/me/quiet", {"start": "08:00", "end": "23:00"})
    assert refused.status == 422
    assert "最多 14 个小时" in refused.text
    for start, end in (("25:00", "07:00"), ("21:00", ""), ("21:00", "21:00")):
        with pytest.raises(InvalidError):
            await set_own_quiet(town.ctx, mother, start, end)
    assert await own_quiet(town.ctx, mother) == own
    await phone.post("/h5/me/quiet", {"none": "1", "start": "21:00", "end": "07:30"})
    assert await own_quiet(town.ctx, mother) is None
    await phone.post(f"/h5/messages/{TALK}/mute", {"on": "1"})
    assert "恢复提醒" in (await phone.get(f"/h5/messages/{TALK}")).text
    await phone.post(f"/h5/messages/{TALK}/mute", {"on": ""})
    assert "不再提醒我" in (await phone.get(f"/h5/messages/{TALK}")).text


async def test_hours_that_meet_the_schools_go_on_into_them(town: Town) -> None:
    """From eight the person, from half past nine the school until seven: then at seven."""
    evening = datetime(2026, 11, 30, 12, 30, tzinfo=UTC)  # half past eight in the evening
    late = replace(
        town.ctx,
        now=lambda: evening,
        policy=replace(town.ctx.policy, quiet_hours=QuietHours(time(21, 30), time(7, 0))),
    )
    mother = await person(town, "mother1")
    await set_own_quiet(late, mother, "20:00", "22:00")
    child = pupil(CLASS, 1)[0]
    thread = await open_child_thread(late, await person(town, "teacher"), child.id)
    at = await arrives_at(late, await audience_of(late, thread.id), await person(town, "teacher"))
    assert at == datetime(2026, 11, 30, 23, 0, tzinfo=UTC)
