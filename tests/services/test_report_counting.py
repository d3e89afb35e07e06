"""Reports of homework are what homework and hand-ins say, after any acts, whoever died, however often it is counted."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import ConflictError, NotFoundError
from domain.homework import HandIn
from domain.monitors import monday_of
from domain.reports import Figures, subjects_added, total
from services.context import Context
from services.homework import edit_homework, withdraw_homework
from services.marking import Said, mark_all_seen, mark_submission
from services.people import Teaching, recognise
from services.report_counting import count_reports
from services.submissions import access_work_as_guardian, hand_in
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY, draft, publish, teacher
from tests.services.test_homework_deaths import heal
from tests.town import SCHOOL, Town, school_class

MONDAY = date(2026, 11, 23)
CLASS, OTHER = school_class(1), school_class(2)
CHILDREN = 3
REPORTS = ("report_lines", "class_reports", "school_reports")


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    await quiet_town.settle_school(children=CHILDREN)
    await quiet_town.ctx.stores.schools.save_classes([OTHER])
    for number in range(1, CHILDREN + 1):
        await quiet_town.settle_guardian(f"parent-{number}", number, following=False)
    return quiet_town


@pytest.fixture
def ctx(town: Town) -> Context:
    made: Context = replace(town.ctx, now=lambda: TUESDAY)
    return made


async def kept(ctx: Context) -> dict[str, list[Any]]:
    """Everything the reports hold."""
    found: dict[str, list[Any]] = {}
    for name in REPORTS:
        held = ctx.stores.database[name].find({}, {"counted_at": 0}, sort=[("_id", 1)])
        found[name] = await held.to_list(None)
    return found


async def recounted(ctx: Context) -> dict[str, list[Any]]:
    """The same, from nothing: every homework and week marked, and nothing kept."""
    weeks = await ctx.stores.database["school_reports"].find({}).to_list(None)
    for name in REPORTS:
        await ctx.stores.database[name].delete_many({})
    for held in await ctx.stores.database["homework"].find({}).to_list(None):
        await ctx.stores.reports.mark(held["_id"], "again")
    for week in weeks:
        monday = date.fromisoformat(week["monday"])
        await ctx.stores.reports.mark_week(week["school_id"], monday, "again")
    await count_reports(ctx)
    return await kept(ctx)


async def child_hands_in(town: Town, ctx: Context, homework_id: str, number: int, key: str) -> None:
    person = await recognise(ctx, town.phone(f"parent-{number}").user.openid)
    work = await access_work_as_guardian(ctx, person, homework_id, f"{CLASS.id}-{number:04d}")
    await hand_in(ctx, work, person, text="写完了", file_ids=[], key=key)


async def figures_of(ctx: Context, monday: date = MONDAY) -> Figures:
    (week,) = await ctx.stores.reports.school_reports([SCHOOL.id], [monday])
    return total(s.figures for s in week.subjects)


async def test_what_is_handed_in_and_marked_is_counted(town: Town, ctx: Context) -> None:
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    await teacher(ctx, 2, subject="chinese", classes=[CLASS])
    due = TUESDAY + timedelta(hours=2)
    form = {"hand_in": "text", "due_at": "2026-11-24T18:00"}
    held = (await publish(ctx, maths, **form)).homework
    await count_reports(ctx)
    assert await figures_of(ctx) == Figures(homework=2, minutes=40, wanted=CHILDREN)
    await child_hands_in(town, ctx, held.id, 1, "key-1")
    late = replace(ctx, now=lambda: due + timedelta(minutes=1))
    await child_hands_in(town, late, held.id, 2, "key-2")
    await mark_submission(
        ctx, maths, held.id, f"{CLASS.id}-0001", Said(version=1, returned=True), key="mark-1"
    )
    await count_reports(ctx)
    counted = Figures(
        homework=2, minutes=40, wanted=CHILDREN, handed_in=2, on_time=1, returned=1, marked=1
    )
    assert await figures_of(ctx) == counted
    # The correction is the same hand-in, and it was returned once.
    await child_hands_in(town, late, held.id, 1, "key-3")
    await mark_all_seen(ctx, maths, held.id, CLASS.id)
    await count_reports(ctx)
    assert await figures_of(ctx) == replace(counted, marked=2)
    (week,) = await ctx.stores.reports.school_reports([SCHOOL.id], [MONDAY])
    assert (week.due, week.reached, week.teachers, week.used) == (3, 2, 2, 1)
    assert await ctx.stores.submissions.uncounted(9) == []
    assert await ctx.stores.reports.marks(9) == []


async def test_a_week_in_which_nobody_set_anything_is_there(ctx: Context) -> None:
    await teacher(ctx, 1, classes=[CLASS])
    await count_reports(ctx)
    (week,) = await ctx.stores.reports.school_reports([SCHOOL.id], [MONDAY])
    assert (week.due, week.reached, week.teachers, week.used) == (1, 0, 1, 0)


async def test_what_is_moved_leaves_its_week_and_what_is_withdrawn_all(ctx: Context) -> None:
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    held = (await publish(ctx, maths)).homework
    await count_reports(ctx)
    later = await draft(ctx, maths, day="2026-12-01")
    moved = (await edit_homework(ctx, maths, held.id, later, seen=held.attempts)).homework
    await count_reports(ctx)
    assert (await figures_of(ctx)).homework == 0
    assert (await figures_of(ctx, MONDAY + timedelta(days=7))).homework == 2
    await withdraw_homework(ctx, maths, moved.id)
    await count_reports(ctx)
    assert (await figures_of(ctx, MONDAY + timedelta(days=7))).homework == 0
    assert await ctx.stores.database["report_lines"].count_documents({}) == 0


@pytest.mark.parametrize("seed", range(2))
async def test_counted_bit_by_bit_is_counted_at_once(town: Town, ctx: Context, seed: int) -> None:
    """Any acts in any order, with a round of counting between any two of them."""
    chance = random.Random(seed)
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    chinese = await teacher(ctx, 2, subject="chinese", classes=[CLASS])
    held: list[tuple[Teaching, str]] = []

    async def set_one(n: int) -> None:
        who = chance.choice([maths, chinese])
        kind = chance.choice([HandIn.TEXT, HandIn.NOTHING]).value
        day = chance.choice(["2026-11-24", "2026-11-25", "2026-12-01"])
        made = await publish(ctx, who, key=f"key-{n:04d}", minutes=1, hand_in=kind, day=day)
        held.append((who, made.homework.id))

    async def change(n: int) -> None:
        who, key = chance.choice(held)
        found = await ctx.stores.homework.find(key)
        assert found is not None
        day = chance.choice(["2026-11-25", "2026-12-02"])
        typed = await draft(ctx, who, minutes=1, hand_in=found.task.hand_in.value, day=day)
        await edit_homework(ctx, who, key, typed, seen=found.attempts)

    async def take_back(n: int) -> None:
        who, key = held.pop(chance.randrange(len(held)))
        await withdraw_homework(ctx, who, key)

    async def give(n: int) -> None:
        await child_hands_in(town, ctx, chance.choice(held)[1], chance.randint(1, 3), f"give-{n}")

    async def say(n: int) -> None:
        who, key = chance.choice(held)
        for outline in await ctx.stores.submissions.outlines_of(key):
            said = Said(version=outline.versions, returned=chance.random() < 0.6, comment="好")
            await mark_submission(ctx, who, key, outline.student_id, said, key=f"say-{n}")

    async def see_all(n: int) -> None:
        who, key = chance.choice(held)
        await mark_all_seen(ctx, who, key, CLASS.id)

    acts: list[Callable[[int], Awaitable[None]]] = [set_one, change, take_back, give, give, give]
    acts += [say, see_all]
    done = 0
    for n in range(30):
        act = chance.choice(acts) if held else set_one
        with suppress(ConflictError, NotFoundError):
            await act(n)
            done += 1
        if chance.random() < 0.3:
            await count_reports(ctx)
    await count_reports(ctx)
    after = await kept(ctx)
    assert done > 10
    assert after["report_lines"]
    assert after == await recounted(ctx)
    weeks = await ctx.stores.reports.class_reports(SCHOOL.id, MONDAY, MONDAY)
    (whole,) = await ctx.stores.reports.school_reports([SCHOOL.id], [MONDAY])
    assert whole.subjects == subjects_added(s for w in weeks for s in w.subjects)


async def test_whoever_dies_the_reports_are_right_in_the_end(
    town: Town, ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies after any write of publishing, handing in, marking, or of the counting itself."""
    maths = await teacher(ctx, 1, classes=[CLASS])
    deaths = 0
    for last in range(1, 40):

        async def an_evening(n: int = last) -> None:
            made = await publish(ctx, maths, key=f"key-of-{n}", minutes=1, hand_in="text")
            await child_hands_in(town, ctx, made.homework.id, 1, f"give-{n}")
            await mark_all_seen(ctx, maths, made.homework.id, CLASS.id)
            await count_reports(ctx)

        with after_each_write(monkeypatch, dying_after(last)):
            try:
                await an_evening()
                died = False
            except Killed:
                died = True
        deaths += died
        await heal(ctx)
        await count_reports(ctx)
        assert await kept(ctx) == await recounted(ctx)
        if not died:
            break
    assert deaths > 12


async def test_what_changes_while_it_is_counted_is_counted_again(town: Town, ctx: Context) -> None:
    maths = await teacher(ctx, 1, classes=[CLASS])
    held = (await publish(ctx, maths, hand_in="text")).homework
    await child_hands_in(town, ctx, held.id, 1, "key-1")
    seen = await ctx.stores.submissions.uncounted(9)
    await mark_all_seen(ctx, maths, held.id, CLASS.id)
    await ctx.stores.submissions.mark_counted(seen)
    (still,) = await ctx.stores.submissions.uncounted(9)
    assert still.marks == 1
    await ctx.stores.submissions.mark_counted([still])
    assert await ctx.stores.submissions.uncounted(9) == []
    (mark,) = [m for m in await ctx.stores.reports.marks(9) if m.homework_id]
    await ctx.stores.reports.mark(held.id, "another")
    await ctx.stores.reports.unmark(mark)
    assert [m.stamp for m in await ctx.stores.reports.marks(9)] == ["another"]


async def test_one_worker_counts_at_a_time(ctx: Context) -> None:
    await count_reports(ctx)
    await ctx.stores.reports.mark_week(SCHOOL.id, monday_of(TUESDAY.date()), "new")
    assert await ctx.stores.locks.take(["reports"], owner="somebody", seconds=60)
    await count_reports(ctx)
    assert len(await ctx.stores.reports.marks(9)) == 1
    await ctx.stores.locks.drop(["reports"], owner="somebody")
    await count_reports(ctx)
    assert await ctx.stores.reports.marks(9) == []
