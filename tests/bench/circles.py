"""A circle's first page, and a school's figures of a term, with 100 and with 100,000 topics behind them."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from datetime import timedelta

from app import running
from domain.circles import Topic
from domain.groups import class_group
from domain.roles import Appointment, Right, Role
from domain.times import list_position
from engines import Engines
from services.circle_figures import school_circles
from services.circles import topics_page
from services.context import Context
from services.people import access_post
from settings import Settings, dev_environment
from storage.documents import to_document
from tests.bench.servers import TEACHER
from tests.settling import settle_families
from tests.town import SCHOOL, school_class

SIZES = (100, 100_000)
ROUNDS = 40
OFFICE = "office"
_RECENT = 100  # the same in both: a term and a little more
_BATCH = 2000


async def _measure(size: int) -> dict[str, float]:
    """Milliseconds, the median of many, by what was asked; each size has an installation of its own."""
    with tempfile.TemporaryDirectory() as folder, Engines(folder) as engines:
        environment = dev_environment(
            {"YANSHU_MONGODB_DATABASE": "yanshu_bench_circles"},
            port=9,
            mongodb_uri=engines.mongodb_uri,
            redis_url=engines.redis_url,
        )
        settings = Settings.from_environment(environment)
        async with running(settings) as opened:
            ctx = opened.ctx
            await settle_families(
                ctx, settings.official_account.app_id, ["oCircle"], teacher=TEACHER, class_size=1
            )
            await ctx.stores.appointments.save(
                Appointment(
                    id=OFFICE,
                    person_id=OFFICE,
                    role=Role.OFFICE,
                    name="教务处",
                    school_id=SCHOOL.id,
                )
            )
            await _fill(ctx, size)
            return await _asked(ctx)


async def _fill(ctx: Context, size: int) -> None:
    """The newest a topic every other day, and before those one an hour."""
    group, now = school_class(1), ctx.now()
    for start in range(0, size, _BATCH):
        rows = []
        for n in range(start, min(start + _BATCH, size)):
            back = min(n, _RECENT) * timedelta(days=2) + max(0, n - _RECENT) * timedelta(hours=1)
            at, key = now - back, f"topic-{n:06d}"
            topic = Topic(
                id=key,
                school_id=SCHOOL.id,
                circle_id=class_group(group.id),
                class_id=group.id,
                author_id=TEACHER,
                author_name="王老师",
                as_staff=True,
                text="今天的运动会，孩子们跑得真快。",
                pictures=(),
                student_ids=(),
                position=list_position(at, key),
                created_at=at,
                members=1,
                children=1,
            )
            rows.append({k: v for k, v in to_document(topic).items() if v is not None})
        await ctx.stores.database["topics"].insert_many(rows)


async def _asked(ctx: Context) -> dict[str, float]:
    circle = class_group(school_class(1).id)
    post = await access_post(ctx, OFFICE, Right.MONITOR)
    took: dict[str, list[float]] = {"first page": [], "figures": []}
    for _ in range(ROUNDS):
        started = time.perf_counter()
        page = await topics_page(ctx, "person-000000", circle)
        took["first page"].append(time.perf_counter() - started)
        assert len(page.topics) == 20
        started = time.perf_counter()
        view = await school_circles(ctx, post)
        took["figures"].append(time.perf_counter() - started)
        assert view.topics
    return {what: statistics.median(times) * 1000 for what, times in took.items()}


def main() -> None:
    """Both sizes, and what the larger costs in times of the smaller."""
    small, large = (asyncio.run(_measure(size)) for size in SIZES)
    print("circles".ljust(14) + "".join(f"{size:>12,}" for size in SIZES) + "       ratio")
    for what, first in small.items():
        print(f"{what:<14}{first:>9.2f} ms{large[what]:>9.2f} ms{large[what] / first:>12.2f}")


if __name__ == "__main__":
    main()
