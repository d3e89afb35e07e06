"""Asking the head teacher for more minutes: asked once, decided once, published when it is allowed everywhere."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError
from domain.homework import Homework, HomeworkState
from domain.overruns import OverrunState
from domain.roles import Right, Role
from services.context import Context
from services.deliveries import sweep
from services.homework import edit_homework, homework_of_author, withdraw_homework
from services.overruns import (
    CARRY_OUT_OVERRUN,
    ask_for_more,
    carry_out_overrun,
    decide_overrun,
    overruns_of_homework,
    waiting_overruns,
)
from services.people import Teaching, access_teaching
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY, a_class, draft, evening, minutes, publish, teacher
from tests.services.test_homework_deaths import check_agreement, heal, later
from tests.town import SCHOOL, Town, school_class

CLASS, OTHER = school_class(1), school_class(2)


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    """Both classes have 50 of their 60 minutes already."""
    made: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    await made.stores.schools.save_school(SCHOOL)
    await made.stores.schools.save_classes([CLASS, OTHER])
    await publish(made, await teacher(made, 1, classes=[CLASS, OTHER]), minutes=50)
    return made


async def head(ctx: Context, number: int, *classes: Any) -> Teaching:
    await teacher(ctx, number, classes=classes, role=Role.HEAD_TEACHER)
    return await access_teaching(ctx, f"teacher-{number}", Right.ALLOW)


async def over(ctx: Context, *classes: Any) -> tuple[Teaching, Homework]:
    chinese = await teacher(ctx, 2, subject="chinese", classes=classes)
    outcome = await publish(ctx, chinese, minutes=30)
    assert outcome.clashes
    return chinese, outcome.homework


async def asked(ctx: Context, who: Teaching, homework: Homework) -> list[str]:
    await ask_for_more(ctx, who, homework.id, "明天单元测验，想多练一遍。")
    return sorted(o.id for o in await overruns_of_homework(ctx, homework))


async def test_one_tap_with_a_reason_publishes_it(ctx: Context) -> None:
    decider = await head(ctx, 9, CLASS)
    chinese, homework = await over(ctx, CLASS)
    (key,) = await asked(ctx, chinese, homework)
    assert await asked(ctx, chinese, homework) == [key]
    (waiting,) = await waiting_overruns(ctx, decider)
    assert (waiting.overrun.minutes, waiting.overrun.excess.total) == (30, 20)
    assert waiting.budget.load.total == 50
    await decide_overrun(ctx, decider, key, allow=True, reason="这周只有这一次。")
    await decide_overrun(ctx, decider, key, allow=True, reason="这周只有这一次。")
    held = await ctx.stores.homework.find(homework.id)
    assert held is not None
    assert held.state is HomeworkState.PUBLISHED
    assert await minutes(ctx, CLASS) == [30, 50]
    day = await evening(ctx, CLASS)
    assert day is not None
    assert [r.allowed for r in day.reservations] == [False, True]
    kept = await ctx.stores.overruns.find(key)
    assert kept is not None
    assert (kept.state, kept.reason, kept.decided_name) == (
        OverrunState.ALLOWED,
        "这周只有这一次。",
        "老师9",
    )
    entries = await ctx.stores.audit.page("school-a", before=None, since=None, at=TUESDAY, limit=9)
    assert [(e.act, e.subject_id) for e in entries] == [(Act.OVERRUN_ALLOWED, key)]
    assert await waiting_overruns(ctx, decider) == []
    await check_agreement(ctx)


async def test_every_class_that_is_over_decides_for_itself(ctx: Context) -> None:
    first, second = await head(ctx, 8, CLASS), await head(ctx, 9, OTHER)
    chinese, homework = await over(ctx, CLASS, OTHER)
    one, other = await asked(ctx, chinese, homework)
    await decide_overrun(ctx, first, one, allow=True, reason="可以。")
    with pytest.raises(NotFoundError):
        await decide_overrun(ctx, first, other, allow=True, reason="可以。")
    assert await minutes(ctx, CLASS) == [50]
    await decide_overrun(ctx, second, other, allow=False, reason="孩子们昨天已经很晚了。")
    with pytest.raises(ConflictError):
        await decide_overrun(ctx, second, other, allow=True, reason="可以。")
    assert await minutes(ctx, CLASS) == await minutes(ctx, OTHER) == [50]
    # Shorter it fits, and needs nobody's leave.
    shorter = await draft(ctx, chinese, minutes=10)
    outcome = await edit_homework(ctx, chinese, homework.id, shorter, seen=1)
    assert outcome.clashes == ()
    await check_agreement(ctx)


async def test_who_asks_does_not_decide_and_a_reason_is_needed(ctx: Context) -> None:
    await head(ctx, 2, CLASS)
    decider = await head(ctx, 9, CLASS)
    chinese, homework = await over(ctx, CLASS)
    with pytest.raises(InvalidError):
        await ask_for_more(ctx, chinese, homework.id, "  ")
    (key,) = await asked(ctx, chinese, homework)
    own = await access_teaching(ctx, chinese.person_id, Right.ALLOW)
    assert await waiting_overruns(ctx, own) == []
    with pytest.raises(ConflictError):
        await decide_overrun(ctx, own, key, allow=True, reason="可以。")
    with pytest.raises(InvalidError):
        await decide_overrun(ctx, decider, key, allow=True, reason="")
    kept = await ctx.stores.overruns.find(key)
    assert kept is not None
    assert kept.state is OverrunState.WAITING


async def test_after_the_day_it_is_too_late(ctx: Context) -> None:
    decider = await head(ctx, 9, CLASS)
    chinese, homework = await over(ctx, CLASS)
    (key,) = await asked(ctx, chinese, homework)
    tomorrow = replace(ctx, now=lambda: TUESDAY + timedelta(hours=9))
    assert await waiting_overruns(tomorrow, decider) == []
    with pytest.raises(ConflictError):
        await decide_overrun(tomorrow, decider, key, allow=True, reason="可以。")
    assert await minutes(ctx, CLASS) == [50]


async def test_what_was_changed_since_is_not_published_by_an_old_leave(ctx: Context) -> None:
    decider = await head(ctx, 9, CLASS)
    chinese, homework = await over(ctx, CLASS)
    (key,) = await asked(ctx, chinese, homework)
    longer = await draft(ctx, chinese, minutes=90)
    outcome = await edit_homework(ctx, chinese, homework.id, longer, seen=1)
    assert outcome.clashes
    await decide_overrun(ctx, decider, key, allow=True, reason="可以。")
    assert await minutes(ctx, CLASS) == [50]


async def test_the_law_is_nobodys_to_bend(ctx: Context) -> None:
    little = a_class(7, grade=1)
    await ctx.stores.schools.save_classes([little])
    who = await teacher(ctx, 3, classes=[little])
    with pytest.raises(InvalidError):
        await publish(ctx, who)
    assert await ctx.stores.overruns.waiting_in_school(SCHOOL.id) == []


async def test_where_it_fits_by_now_asking_publishes_it(ctx: Context) -> None:
    chinese, homework = await over(ctx, CLASS)
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    (first,) = await homework_of_author(ctx, maths)
    await withdraw_homework(ctx, maths, first.id)
    outcome = await ask_for_more(ctx, chinese, homework.id, "想多练一遍。")
    assert outcome.homework.state is HomeworkState.PUBLISHED
    assert await minutes(ctx, CLASS) == [30]


async def test_deciding_dies_after_any_write(ctx: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was allowed is published by the sweep, once; what was not decided is decided by the next tap."""
    decider = await head(ctx, 9, CLASS)
    deaths = 0
    for last in range(1, 40):
        chinese = await teacher(ctx, 2, subject="chinese", classes=[CLASS])
        made = (await publish(ctx, chinese, minutes=30, key=f"key-of-{last}")).homework
        (key,) = await asked(ctx, chinese, made)
        with after_each_write(monkeypatch, dying_after(last)):
            try:
                await decide_overrun(ctx, decider, key, allow=True, reason="可以。")
                died = False
            except Killed:
                died = True
        deaths += died
        await heal(ctx)
        await _carry_out_what_the_sweep_finds(ctx)
        await heal(ctx)
        await check_agreement(ctx)
        await decide_overrun(later(ctx), decider, key, allow=True, reason="可以。")
        held = await ctx.stores.homework.find(made.id)
        assert held is not None
        assert held.state is HomeworkState.PUBLISHED, last
        assert await minutes(ctx, CLASS) == [30, 50]
        await withdraw_homework(later(ctx), chinese, made.id)
        if not died:
            break
    assert deaths >= 6


async def _carry_out_what_the_sweep_finds(ctx: Context) -> None:
    found: list[str] = []

    async def enqueue(name: str, payload: Any, **_: Any) -> None:
        if name == CARRY_OUT_OVERRUN:
            found.append(payload["overrun_id"])

    await sweep(replace(later(ctx), enqueue=enqueue))
    for key in found:
        await carry_out_overrun(later(ctx), key)
