"""A school of 2,000 pupils and 3,600 guardians goes up and comes back: seconds, and statements that write.

Beside it one of 500, to see what grows with a school. `python -m tests.bench.rollovers` prints the table.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection

from app import running
from engines import Engines
from services.context import Context
from services.rollover_steps import carry_out_rollover
from services.rollovers import begin_rollover, look_ahead, plan_key, save_plan, undo_rollover
from settings import Settings, dev_environment
from tests.new_year import USUAL, Eve, an_eve, settle

_WRITES = (
    "update_one",
    "update_many",
    "replace_one",
    "insert_one",
    "insert_many",
    "delete_one",
    "delete_many",
    "bulk_write",
)


class Count:
    """Counts the statements that write, of the whole process."""

    def __init__(self) -> None:
        self.writes = 0
        for name in _WRITES:
            self._count(name, getattr(AsyncIOMotorCollection, name))

    def _count(self, name: str, original: Any) -> None:
        def write(collection: Any, *arguments: Any, **options: Any) -> Any:
            self.writes += 1
            return original(collection, *arguments, **options)

        setattr(AsyncIOMotorCollection, name, write)

    async def of(self, act: Awaitable[object]) -> tuple[float, int]:
        """Seconds and writes of one act."""
        before, begun = self.writes, time.perf_counter()
        await act
        return time.perf_counter() - begun, self.writes - before


def a_school(key: str, *, pupils: int) -> Eve:
    """Eight classes a grade; of ten children eight have two adults."""
    eve = an_eve(key, per_grade=8, pupils=pupils, guardians=2)
    alone = {s.id for s in eve.students if s.number % 10 in (1, 2)}
    eve.bindings = [b for b in eve.bindings if b.order == 1 or b.student_id not in alone]
    return eve


async def measure(ctx: Context, eve: Eve, count: Count) -> list[tuple[str, float, int]]:
    """Each act of a new year, one after the other."""
    await settle(ctx, eve)
    post = await eve.post(ctx)
    lines = [("preview", *await count.of(look_ahead(ctx, post)))]
    planned = await save_plan(ctx, post, USUAL)
    typed = str(planned.plan.graduating_pupils)
    begin = begin_rollover(ctx, post, plan_id=plan_key(planned), typed=typed)
    lines.append(("begin", *await count.of(begin)))
    lines.append(("go up", *await count.of(carry_out_rollover(ctx, planned.id))))
    lines.append(("begin to undo", *await count.of(undo_rollover(ctx, post))))
    lines.append(("come back", *await count.of(carry_out_rollover(ctx, planned.id))))
    return lines


async def _run() -> None:
    with tempfile.TemporaryDirectory() as folder, Engines(folder) as engines:
        settings = Settings.from_environment(
            dev_environment(
                {"YANSHU_MONGODB_DATABASE": "bench"},
                port=8000,
                mongodb_uri=engines.mongodb_uri,
                redis_url=engines.redis_url,
            )
        )
        count = Count()
        async with running(settings) as program:
            await program.ctx.stores.ensure_indexes()
            print(f"{'pupils':>8} {'guardians':>10}  {'act':<14} {'seconds':>8} {'writes':>7}")
            for key, pupils in (("small", 10), ("large", 42)):
                eve = a_school(key, pupils=pupils)
                for act, seconds, writes in await measure(program.ctx, eve, count):
                    size = f"{len(eve.students):>8} {len(eve.bindings):>10}"
                    print(f"{size}  {act:<14} {seconds:>8.3f} {writes:>7}", flush=True)


def main() -> None:
    """Print the table."""
    asyncio.run(_run())


if __name__ == "__main__":
    main()
