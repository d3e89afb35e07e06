"""Figures of use are what lines of `link_days` and notices say: after any acts, whoever died, however often counted."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.link_uses import Use
from domain.notices import Draft, Notice
from domain.resource_lessons import LessonUse, lesson_use_id
from domain.shelves import short_code
from domain.use import Views, total
from services.context import Context
from services.link_room import LinkRoom
from services.links import doors_for, find_target
from services.notices import draft_notice, edit_notice, publish_notice, withdraw_notice
from services.people import Teaching
from services.retention import retain
from services.terms import school_day
from services.use_counting import count_use
from tests.dying import Killed, after_each_write, dying_after
from tests.flows.conftest import quiet_town as quiet_town
from tests.homeworking import TUESDAY, teacher
from tests.shelving import ADDRESS, CLASS_SHELF, SCHOOL_SHELF, hang
from tests.town import SCHOOL, Town, school_class

MONDAY = date(2026, 11, 23)
CLASS, OTHER = school_class(1), school_class(2)
KEPT = ("class_uses", "school_uses", "shelf_uses")


@pytest.fixture
async def ctx(quiet_town: Town) -> Context:
    await quiet_town.settle_school(children=6)
    await quiet_town.ctx.stores.schools.save_classes([OTHER])
    made: Context = replace(quiet_town.ctx, now=lambda: TUESDAY)
    return made


def process(ctx: Context, days: int = 0) -> Context:
    """Another process, some days later."""
    now = TUESDAY + timedelta(days=days)
    return replace(ctx, now=lambda: now, links=LinkRoom())


async def opened(ctx: Context, code: str, door: str = "", times: int = 1) -> None:
    """A link is followed in this process, and what it counted is written."""
    target = await find_target(ctx, code)
    for _ in range(times):
        ctx.links.note(ctx, target, door)
    await ctx.links.write(ctx)


async def drafted(ctx: Context, who: Teaching, links: list[str], **form: str) -> Draft:
    typed = {"title": "看一看", "body": "晚上一起看。", "confirm": "none", **form}
    classes = who.class_ids()
    return await draft_notice(ctx, who, typed, class_ids=classes, file_ids=[], links=links)


async def told(ctx: Context, who: Teaching, links: list[str], key: str = "key-0001") -> Notice:
    return await publish_notice(ctx, who, await drafted(ctx, who, links), idempotency_key=key)


async def kept(ctx: Context) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name in KEPT:
        held = ctx.stores.database[name].find({}, {"counted_at": 0}, sort=[("_id", 1)])
        found[name] = await held.to_list(None)
    return found


async def recounted(ctx: Context) -> dict[str, list[Any]]:
    """The same from nothing."""
    weeks = await ctx.stores.database["school_uses"].find({}).to_list(None)
    for name in KEPT:
        await ctx.stores.database[name].delete_many({})
    for week in weeks:
        monday = date.fromisoformat(week["monday"])
        await ctx.stores.use.mark_week(week["school_id"], monday, "again")
    await count_use(ctx)
    return await kept(ctx)


async def test_what_is_opened_and_given_out_is_counted(ctx: Context) -> None:
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    entry = await hang(ctx, subject="maths")
    doors = {
        r: (await doors_for(ctx, SCHOOL.id, (CLASS.id,), r))[CLASS.id]
        for r in ("families", "teachers")
    }
    one, two = process(ctx), process(ctx)
    await opened(one, entry.id, doors["families"], 3)
    await opened(two, entry.id, doors["families"], 4)
    await opened(one, entry.id, doors["teachers"], 2)
    await opened(one, entry.id)
    await told(ctx, maths, [ADDRESS], "key-0001")
    await told(ctx, maths, [ADDRESS], "key-0002")  # the same lesson
    await told(ctx, maths, [], "key-0003")
    await count_use(ctx)
    (week,) = await ctx.stores.use.school_uses([SCHOOL.id], [MONDAY])
    views = Views(families=7, teachers=2, others=1)
    assert total(p.views for p in week.shelves) == views
    assert [(p.key, p.views) for p in week.subjects] == [("maths", views)]
    assert (week.lessons, week.teachers, week.used, week.pupils) == (2, 2, 1, 6)
    classes = await ctx.stores.use.class_uses(SCHOOL.id, MONDAY, MONDAY)
    assert {c.class_id: c.lessons for c in classes} == {CLASS.id: 1, OTHER.id: 1}
    assert await ctx.stores.link_uses.uncounted(9) == []
    assert await ctx.stores.notices.uncounted(9) == []


async def test_what_is_withdrawn_or_loses_its_link_is_no_lesson(ctx: Context) -> None:
    maths = await teacher(ctx, 1, classes=[CLASS])
    first = await told(ctx, maths, [ADDRESS], "key-0001")
    later = process(ctx, 1)
    second = await told(later, maths, [ADDRESS], "key-0002")
    await count_use(ctx)
    assert await lessons(ctx) == 2
    await edit_notice(ctx, maths, first.id, await drafted(ctx, maths, []), seen_version=1)
    await count_use(ctx)
    assert await lessons(ctx) == 1
    await withdraw_notice(later, maths, second.id)
    await count_use(ctx)
    assert await lessons(ctx) == 0
    assert await ctx.stores.use.class_uses(SCHOOL.id, MONDAY, MONDAY) == []


async def lessons(ctx: Context) -> int:
    (week,) = await ctx.stores.use.school_uses([SCHOOL.id], [MONDAY])
    return week.lessons


@pytest.mark.parametrize("seed", range(2))
async def test_counted_bit_by_bit_is_counted_at_once(ctx: Context, seed: int) -> None:
    """Any acts in any order by two processes, with a round of counting between any two of them."""
    chance = random.Random(seed)
    maths = await teacher(ctx, 1, classes=[CLASS, OTHER])
    own = await hang(ctx, CLASS_SHELF, key="key-0001", subject="maths")
    schools = await hang(ctx, SCHOOL_SHELF, key="key-0002")
    doors = list((await doors_for(ctx, SCHOOL.id, (CLASS.id, OTHER.id), "families")).values())
    rooms = [process(ctx, days) for days in (0, 0, 3, 8)]
    held: list[Notice] = []
    written = 0

    async def open_one(n: int) -> None:
        nonlocal written
        times = chance.randint(1, 3)
        code = chance.choice([own.id, schools.id])
        await opened(chance.choice(rooms), code, chance.choice([*doors, ""]), times)
        written += times

    async def tell(n: int) -> None:
        links = chance.choice([[], [ADDRESS]])
        held.append(await told(chance.choice(rooms), maths, links, f"key-{n:04d}"))

    async def change(n: int) -> None:
        now = await ctx.stores.notices.find(chance.choice(held).id)
        assert now is not None
        links = chance.choice([[], [ADDRESS]])
        form = await drafted(ctx, maths, links, title=f"看 {n}")
        await edit_notice(ctx, maths, now.id, form, seen_version=now.current.number)

    async def take_back(n: int) -> None:
        await withdraw_notice(ctx, maths, held.pop().id)

    async def say(n: int) -> None:
        await say_used(chance.choice(rooms), chance.choice("ab"), chance.choice([CLASS, OTHER]).id)

    async def unsay(n: int) -> None:
        use = said_use(chance.choice(rooms), chance.choice("ab"), chance.choice([CLASS, OTHER]).id)
        await ctx.stores.resource_lessons.take_back(use.id)

    acts: list[Callable[[int], Awaitable[None]]] = [open_one, open_one, open_one]
    acts += [tell, change, take_back, say, unsay]
    for n in range(40):
        await (chance.choice(acts) if held else chance.choice([open_one, tell]))(n)
        if chance.random() < 0.3:
            await count_use(ctx)
    await count_use(ctx)
    after = await kept(ctx)
    assert after["class_uses"]
    assert after == await recounted(ctx)
    weeks = await ctx.stores.use.school_uses([SCHOOL.id], [MONDAY, MONDAY + timedelta(days=7)])
    assert total(p.views for w in weeks for p in w.shelves).every == written


async def test_whoever_dies_the_figures_are_right_in_the_end(
    ctx: Context, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that dies after any write of counting an opening, telling, or of the adding up itself."""
    maths = await teacher(ctx, 1, classes=[CLASS])
    entry = await hang(ctx)
    deaths = 0
    for last in range(1, 30):
        room = process(ctx)
        with after_each_write(monkeypatch, dying_after(last)):
            try:
                await opened(room, entry.id, times=2)
                held = await told(ctx, maths, [ADDRESS], f"key-{last:04d}")
                await withdraw_notice(ctx, maths, held.id)
                await say_used(room, "r", CLASS.id)
                await ctx.stores.resource_lessons.take_back(said_use(room, "r", CLASS.id).id)
                await say_used(room, f"r{last}", CLASS.id)
                await count_use(ctx)
                died = False
            except Killed:
                died = True
        deaths += died
        await count_use(ctx)
        assert await kept(ctx) == await recounted(ctx)
        if not died:
            break
    assert deaths > 5


async def test_what_is_opened_while_it_is_counted_is_counted_again(ctx: Context) -> None:
    entry = await hang(ctx)
    room = process(ctx)
    await opened(room, entry.id)
    seen = await ctx.stores.link_uses.uncounted(9)
    await opened(room, entry.id)
    await ctx.stores.link_uses.mark_counted(seen)
    (still,) = await ctx.stores.link_uses.uncounted(9)
    assert still.count == 2
    maths = await teacher(ctx, 1, classes=[CLASS])
    held = await told(ctx, maths, [ADDRESS])
    told_of = await ctx.stores.notices.uncounted(9)
    await withdraw_notice(ctx, maths, held.id)
    await ctx.stores.notices.mark_counted([(n.id, last) for n, last in told_of])
    assert [last for _, last in await ctx.stores.notices.uncounted(9)] == ["withdrawn"]


def said_use(ctx: Context, resource_id: str, class_id: str) -> LessonUse:
    """A resource that teacher t used in a class today."""
    day = school_day(ctx.now())
    return LessonUse(
        id=lesson_use_id(resource_id, "t", class_id, day),
        school_id=SCHOOL.id,
        resource_id=resource_id,
        person_id="t",
        class_id=class_id,
        day=day,
        said_at=ctx.now(),
    )


async def say_used(ctx: Context, resource_id: str, class_id: str) -> None:
    await ctx.stores.resource_lessons.put(said_use(ctx, resource_id, class_id))


async def test_a_lesson_that_its_teacher_speaks_of_is_counted_once(ctx: Context) -> None:
    maths = await teacher(ctx, 1, classes=[CLASS])
    for resource_id in ("a", "a", "b"):  # twice the same tap, and two resources in one lesson
        await say_used(ctx, resource_id, CLASS.id)
    await count_use(ctx)
    assert await lessons(ctx) == 1
    await say_used(ctx, "a", OTHER.id)
    await told(ctx, maths, [ADDRESS], "key-0001")  # another teacher's lesson in the first class
    await count_use(ctx)
    assert await lessons(ctx) == 3
    assert await ctx.stores.resource_lessons.uncounted(9) == []
    # Taken back, the other resource still says that there was this lesson.
    assert await ctx.stores.resource_lessons.take_back(said_use(ctx, "a", CLASS.id).id)
    assert not await ctx.stores.resource_lessons.take_back(said_use(ctx, "a", CLASS.id).id)
    await count_use(ctx)
    assert await lessons(ctx) == 3
    await ctx.stores.resource_lessons.take_back(said_use(ctx, "b", CLASS.id).id)
    await count_use(ctx)
    assert await lessons(ctx) == 2
    # Of what was taken back nothing is left, and it can be said again.
    held = await ctx.stores.database["resource_lessons"].find({}).to_list(None)
    assert [d["class_id"] for d in held] == [OTHER.id]
    await say_used(ctx, "b", CLASS.id)
    await count_use(ctx)
    assert await lessons(ctx) == 3


async def test_what_is_said_while_it_is_counted_is_counted_again(ctx: Context) -> None:
    await say_used(ctx, "a", CLASS.id)
    seen = await ctx.stores.resource_lessons.uncounted(9)
    use_id = said_use(ctx, "a", CLASS.id).id
    await ctx.stores.resource_lessons.take_back(use_id)
    await ctx.stores.resource_lessons.mark_counted(seen)
    (gone,) = await ctx.stores.resource_lessons.uncounted(9)
    assert gone.gone
    await say_used(ctx, "a", CLASS.id)
    await ctx.stores.resource_lessons.mark_counted([gone])
    (stands,) = await ctx.stores.resource_lessons.uncounted(9)
    assert not stands.gone


async def test_old_days_go_and_their_weeks_stay(ctx: Context) -> None:
    entry = await hang(ctx)
    await opened(process(ctx), entry.id, times=5)
    await say_used(ctx, "a", CLASS.id)
    await count_use(ctx)
    before = await ctx.stores.use.school_uses([SCHOOL.id], [MONDAY])
    night = TUESDAY.replace(hour=18) + timedelta(days=500)
    later = replace(ctx, now=lambda: night)
    await retain(later)
    assert await ctx.stores.link_uses.of_school(SCHOOL.id, "2026-01-01", "2026-12-31") == []
    sunday = MONDAY + timedelta(days=6)
    assert await ctx.stores.resource_lessons.of_school(SCHOOL.id, MONDAY, sunday) == []
    await ctx.stores.use.mark_week(SCHOOL.id, MONDAY, "again")
    await count_use(later)
    assert await ctx.stores.use.school_uses([SCHOOL.id], [MONDAY]) == before


async def test_a_use_that_is_nobodys_is_in_no_figure(ctx: Context) -> None:
    use = Use(
        id="u", day="2026-11-24", code=short_code("x", 6), place="national", count=1, is_new=True
    )
    await ctx.stores.link_uses.put([use])
    assert await ctx.stores.link_uses.uncounted(9) == []
