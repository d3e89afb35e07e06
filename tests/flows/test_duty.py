"""Feedback of the evening reaches who is on duty, and its family sees when somebody answers; nobody else is woken."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from html import unescape

import pytest

from app import now
from domain.audit import Act
from domain.duty import DAY_LIMIT, make_shift
from domain.errors import InvalidError, NotFoundError
from domain.roles import Right, Role
from domain.times import SCHOOL_ZONE, QuietHours
from services.audiences import audience_of
from services.audit import Wanted, audit_page
from services.context import Context
from services.duty import add_shift, answering_in, drop_shift, duty_week, repeat_week
from services.feedback import file_feedback, hand_over
from services.people import Post, access_post, note_follow
from services.quiet import arrives_at, set_own_quiet
from services.rings import tend_rings
from services.terms import school_day
from services.threads import colleagues_for
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.flows.test_rings import CLASS, later, person, pushes
from tests.flows.test_rings import town as talking_town
from tests.town import OTHER_SCHOOL, SCHOOL, Town, pupil

town = talking_town
# Far from now, whenever that is: what is done by the clock on the wall is before it.
EVENING = datetime.combine(school_day(now()) + timedelta(days=60), time(22), SCHOOL_ZONE)
DAY, NEXT_DAY, DAY_BEFORE, WEEK_AFTER, MONTH_AFTER = (
    str(EVENING.date() + timedelta(days=days)) for days in (0, 1, -1, 7, 30)
)


@pytest.fixture
async def night(town: Town) -> Context:
    """Ten in the evening of a school that is quiet from half past nine, with an office of two."""
    await appoint_at(town, "li", SCHOOL, Role.OFFICE, name="李芳")
    await appoint_at(town, "chen", SCHOOL, Role.SCHOOL_ADMIN, name="陈静")
    for key in ("li", "chen"):
        await note_follow(town.ctx, town.phone(key).user.openid, following=True)
    return at(town, EVENING)


def at(town: Town, moment: datetime) -> Context:
    hours = QuietHours(time(21, 30), time(7, 0))
    ctx: Context = town.ctx
    return replace(ctx, now=lambda: moment, policy=replace(ctx.policy, quiet_hours=hours))


async def put_on(town: Town, key: str, start: str, end: str, day: str = DAY) -> None:
    shift = make_shift(SCHOOL.id, day, start, end, await person(town, key), key)
    await town.ctx.stores.duty.put([shift])


async def complain(ctx: Context, town: Town, key: str = "feedback-1") -> str:
    child = pupil(CLASS, 1)[0]
    thread = await file_feedback(
        ctx, await person(town, "mother1"), child.id, title="校车", text="晚点了。", key=key
    )
    return thread.id


def counts(town: Town) -> tuple[int, int]:
    return len(pushes(town, "li")), len(pushes(town, "chen"))


async def test_who_is_on_duty_is_told_in_the_evening_and_nobody_else(
    town: Town, night: Context
) -> None:
    await put_on(town, "li", "21:00", "22:30")
    await set_own_quiet(night, await person(town, "li"), "20:00", "07:00")
    thread_id = await complain(night, town)
    await tend_rings(later(night))
    assert counts(town) == (1, 0)
    await tend_rings(at(town, EVENING + timedelta(hours=12)))
    assert counts(town) == (1, 0)
    audience = await audience_of(night, thread_id)
    mother = await person(town, "mother1")
    assert await arrives_at(night, audience, mother) is None


async def test_without_anybody_on_duty_all_are_told_in_the_morning(
    town: Town, night: Context
) -> None:
    await put_on(town, "li", "17:00", "21:00")
    thread_id = await complain(night, town)
    await tend_rings(later(night))
    assert counts(town) == (0, 0)
    audience = await audience_of(night, thread_id)
    morning = EVENING + timedelta(hours=9)
    assert await arrives_at(night, audience, await person(town, "mother1")) == morning
    await tend_rings(at(town, EVENING + timedelta(hours=10)))
    assert counts(town) == (1, 1)


async def test_who_has_it_now_is_told_whoever_is_on_duty(town: Town, night: Context) -> None:
    await put_on(town, "li", "21:00", "22:30")
    noon = at(town, EVENING - timedelta(hours=10))
    thread_id = await complain(noon, town)
    audience = await audience_of(noon, thread_id)
    names = {p.person_id: ref for ref, p in await colleagues_for(noon, audience)}
    await hand_over(noon, await person(town, "li"), thread_id, names[await person(town, "chen")])
    await tend_rings(later(noon))
    assert counts(town)[1] == 1


async def test_the_family_sees_who_answers_or_from_when_on(town: Town, night: Context) -> None:
    thread_id = await complain(night, town)
    audience = await audience_of(night, thread_id)
    nobody = await answering_in(night, audience)
    assert nobody is not None
    assert (nobody.now, nobody.next) == (None, None)
    await put_on(town, "li", "08:00", "17:00", NEXT_DAY)
    await put_on(town, "chen", "21:00", "22:30")
    now = await answering_in(night, audience)
    assert now is not None
    assert now.now is not None
    assert now.next is not None
    assert (now.now.name, now.next.day) == ("chen", NEXT_DAY)
    # Whose role has ended answers no more.
    for held in await night.stores.appointments.of_person(await person(town, "chen"), EVENING):
        await night.stores.appointments.end(held.id, EVENING)
    gone = await answering_in(night, audience)
    assert gone is not None
    assert gone.now is None
    tomorrow = (school_day(town.ctx.now()) + timedelta(days=1)).isoformat()
    await put_on(town, "li", "08:00", "17:00", tomorrow)
    page = await town.phone("mother1").get(f"/h5/messages/{thread_id}")
    assert "08:00起有人值班答复" in page.text


async def post_of(town: Town, key: str) -> Post:
    return await access_post(town.ctx, await person(town, key), Right.GROUPS)


async def test_the_rota_is_kept_and_every_change_is_noted(town: Town, night: Context) -> None:
    li, chen = await person(town, "li"), await post_of(town, "chen")
    form = {"day": DAY, "start": "17:30", "end": "21:00", "person": li}
    first = await add_shift(night, chen, form)
    assert await add_shift(night, chen, form) == first
    week = await duty_week(night, chen, school_day(EVENING))
    assert [(d.isoformat(), s.name) for d, some in week.days for s in some] == [(DAY, "李芳老师")]
    next_week = school_day(EVENING) + timedelta(days=7)
    assert await repeat_week(night, chen, next_week) == 1
    assert await repeat_week(night, chen, next_week) == 0
    await drop_shift(night, chen, first.id)
    await drop_shift(night, chen, first.id)
    entries = await audit_page(night, SCHOOL.id, Wanted(act=Act.DUTY_CHANGED))
    assert len(entries.entries) == 4
    for wrong in (
        {"day": DAY_BEFORE},
        {"day": "morgen"},
        {"end": "17:30"},
        {"person": await person(town, "teacher")},
    ):
        with pytest.raises(InvalidError):
            await add_shift(night, chen, form | wrong)
    left = await town.ctx.stores.duty.between(SCHOOL.id, DAY, MONTH_AFTER)
    assert [s.day for s in left] == [WEEK_AFTER]


async def test_another_school_sees_and_takes_nothing(town: Town, night: Context) -> None:
    await put_on(town, "li", "17:00", "21:00")
    await appoint_at(town, "stranger", OTHER_SCHOOL, Role.SCHOOL_ADMIN, name="外校")
    stranger = await post_of(town, "stranger")
    (shift,) = await town.ctx.stores.duty.between(SCHOOL.id, DAY, DAY)
    with pytest.raises(NotFoundError):
        await drop_shift(night, stranger, shift.id)
    week = await duty_week(night, stranger, school_day(EVENING))
    assert not any(some for _, some in week.days)
    assert await town.ctx.stores.duty.between(SCHOOL.id, DAY, DAY) == [shift]


@pytest.fixture
async def desk(town: Town, night: Context) -> AsyncIterator[Browser]:
    """The administrator's."""
    browser = Browser(town)
    await sign_in_at_desk(browser, town.phone("chen"))
    yield browser
    await browser.client.close()


async def test_the_page_at_a_desk(town: Town, desk: Browser) -> None:
    day = (school_day(town.ctx.now()) + timedelta(days=2)).isoformat()
    form = {"day": day, "start": "17:30", "end": "21:00", "person": await person(town, "li")}
    saved = await desk.send("/console/duty", form)
    assert "排上了" in saved.text
    assert "李芳老师" in saved.text
    refused = await desk.send("/console/duty", form | {"end": "09:00"})
    assert refused.status == 422
    assert "结束要比开始晚" in refused.text
    for n in range(DAY_LIMIT):
        await put_on(town, "chen", f"{n:02d}:00", "23:00", day)
    full = await desk.send("/console/duty", form | {"start": "18:00"})
    assert full.status == 409
    found = re.findall(r'name="id" value="([^"]+)"', unescape(saved.text))
    off = await desk.send("/console/duty/off", {"id": found[0], "day": day})
    assert off.status == 200
    assert await town.ctx.stores.duty.find(found[0]) is None
    assert (
        "照上一周排好了"
        in (
            await desk.send(
                "/console/duty/repeat",
                {"day": (school_day(town.ctx.now()) + timedelta(days=9)).isoformat()},
            )
        ).text
    )
