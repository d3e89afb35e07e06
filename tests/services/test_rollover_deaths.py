"""A process that dies after any write of a roll-over: the next run ends it, and nobody unbound is ever reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain.rollovers import Choices, Rollover, RolloverState
from services.context import Context
from services.deliveries import carry_out_work, sweep
from services.notices import draft_notice, publish_notice
from services.people import Teaching
from services.pushes import push_deliveries
from services.rollover_steps import carry_out_rollover
from services.rollovers import ROLL_OVER, begin_rollover, plan_key, save_plan, undo_rollover
from tests.dying import Killed, after_each_write, dying_after
from tests.new_year import Eve, an_eve, records_of, settle

MOST_WRITES = 150


@pytest.fixture
async def eve(ctx: Context) -> Eve:
    made = an_eve(pupils=1)
    await settle(ctx, made)
    return made


def after_the_lease(ctx: Context) -> Context:
    """The same installation once the turn of whoever died has lapsed."""
    return replace(ctx, now=lambda: ctx.now() + ctx.policy.lease + timedelta(seconds=1))


async def begun(ctx: Context, eve: Eve) -> Rollover:
    post = await eve.post(ctx)
    staying = next(a.id for a in eve.appointments if a.grade == 3)
    rollover = await save_plan(ctx, post, Choices(staying=(staying,)))
    typed = str(rollover.plan.graduating_pupils)
    return await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed=typed)


async def is_state(ctx: Context, key: str, state: RolloverState) -> bool:
    found = await ctx.stores.rollovers.find(key)
    return found is not None and found.state is state


def without_moments(records: Any, rollover: Rollover) -> Any:
    """The records as they would be had it begun at another moment."""
    if isinstance(records, dict):
        return {key: without_moments(value, rollover) for key, value in records.items()}
    if isinstance(records, list):
        return [without_moments(value, rollover) for value in records]
    if records == rollover.at and isinstance(records, datetime):
        return "when it began"
    return "this roll-over" if records == rollover.tag else records


async def settled(ctx: Context, key: str) -> tuple[Any, Rollover]:
    rollover = await ctx.stores.rollovers.find(key)
    assert rollover is not None
    return without_moments(await records_of(ctx), rollover), rollover


async def test_whatever_write_is_the_last_the_next_run_ends_it(
    ctx: Context, eve: Eve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forwards and backwards; each time the records are what an undisturbed run leaves."""
    before = await records_of(ctx)
    rollover = await begun(ctx, eve)
    await carry_out_rollover(ctx, rollover.id)
    after, _ = await settled(ctx, rollover.id)
    await undo_rollover(ctx, await eve.post(ctx))
    await carry_out_rollover(ctx, rollover.id)
    assert await records_of(ctx) == before

    deaths = 0
    for last in range(1, MOST_WRITES):
        rollover = await begun(ctx, eve)
        died_forwards = await _dies(ctx, rollover, last, monkeypatch)
        await carry_out_rollover(after_the_lease(ctx), rollover.id)
        assert await is_state(ctx, rollover.id, RolloverState.DONE), last
        assert (await settled(ctx, rollover.id))[0] == after, last
        await undo_rollover(ctx, await eve.post(ctx))
        died_backwards = await _dies(ctx, rollover, last, monkeypatch)
        await carry_out_rollover(after_the_lease(ctx), rollover.id)
        assert await is_state(ctx, rollover.id, RolloverState.UNDONE), last
        assert await records_of(ctx) == before, last
        deaths += died_forwards + died_backwards
        if not (died_forwards or died_backwards):
            break
    assert deaths > 60


async def _dies(
    ctx: Context, rollover: Rollover, last: int, monkeypatch: pytest.MonkeyPatch
) -> bool:
    with after_each_write(monkeypatch, dying_after(last)):
        try:
            await carry_out_rollover(ctx, rollover.id)
        except Killed:
            return True
    return False


async def test_a_run_that_died_is_found_by_the_sweep(
    ctx: Context, eve: Eve, monkeypatch: pytest.MonkeyPatch
) -> None:
    rollover = await begun(ctx, eve)
    assert await _dies(ctx, rollover, 9, monkeypatch)
    asked: list[tuple[str, Any]] = []

    async def enqueue(name: str, payload: Any, **_: Any) -> None:
        asked.append((name, payload))

    await sweep(replace(ctx, enqueue=enqueue))
    assert ROLL_OVER not in [name for name, _ in asked]  # it may still be at it
    await sweep(replace(after_the_lease(ctx), enqueue=enqueue))
    assert (ROLL_OVER, {"rollover_id": rollover.id}) in asked


async def test_between_any_two_writes_a_message_reaches_only_who_is_bound(
    ctx: Context, eve: Eve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each write every class is sent a notice: whoever got it is bound to the child at this very moment,
    was bound to it before it all began, and no child is heard of under the name of a class it is not in."""
    original = {(b.student_id, b.person_id) for b in eve.bindings}
    teaching = Teaching(
        "school-a-office",
        "教务处",
        eve.school,
        tuple(eve.classes),
        tuple(a for a in eve.appointments if a.person_id == eve.office),
    )
    sent: list[int] = []

    async def send_to_everybody(number: int) -> None:
        draft = await draft_notice(
            ctx,
            teaching,
            {"title": f"通知 {number}", "body": "请查收。"},
            class_ids=[c.id for c in eve.classes],
            file_ids=(),
            links=[],
        )
        notice = await publish_notice(ctx, teaching, draft, idempotency_key=f"key-{ctx.new_id()}")
        await carry_out_work(ctx, notice.id)
        for school_class in eve.classes:
            await push_deliveries(ctx, notice.id, school_class.id)
        found = ctx.stores.database["deliveries"].find({"notice_id": notice.id})
        reached = {(d["student_id"], d["person_id"]) async for d in found}
        bound = await ctx.stores.bindings.active_of_students(
            "school-a", [student_id for student_id, _ in reached]
        )
        assert reached <= {(b.student_id, b.person_id) for b in bound}, number
        assert reached <= original, number
        sent.append(len(reached))

    rollover = await begun(ctx, eve)
    with after_each_write(monkeypatch, send_to_everybody):
        await carry_out_rollover(ctx, rollover.id)
    assert sent[0] == len(original)
    assert sent[-1] == len(original) - 1  # one child of six has graduated
    assert sent == sorted(
        sent, reverse=True
    )  # forwards nobody is reached who was not a moment before
    await undo_rollover(ctx, await eve.post(ctx))
    with after_each_write(monkeypatch, send_to_everybody):
        await carry_out_rollover(ctx, rollover.id)
    assert sent[-1] == len(original)
    assert len(sent) > 50
