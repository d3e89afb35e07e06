"""Pages with 10, 1,000 and 100,000 notices behind them: what a page costs must depend on what it shows.

Three databases on one engine, each with a web process of its own, asked in turns; medians, and each as a ratio to
the smallest. `python -m tests.bench.pages` prints the table.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from app import now, running
from domain.deliveries import Delivery, delivery_id
from domain.notices import ConfirmMode, Notice, NoticeState, Version
from domain.times import list_position
from engines import Engines
from handlers.base import SESSION_COOKIE
from services.context import Context
from settings import Settings
from storage.documents import to_document
from tests.bench.servers import CLASS_SIZE, TEACHER, installations
from tests.bench.turns import ROUNDS, Pages, Taken, in_turns
from tests.settling import settle_families
from tests.town import SCHOOL, pupil, school_class

SIZES = (10, 1000, 100_000)
REQUESTS = 40
CHILDREN = 50
GUARDIAN = "person-000000"
_BATCH = 1000


async def fill(ctx: Context, app_id: str, size: int) -> str:
    """A class, and so many notices of its teacher, each delivered to one guardian; the newest to all.

    Returns the newest notice's id.
    """
    await settle_families(
        ctx,
        app_id,
        [f"oPages{n:021d}" for n in range(CHILDREN)],
        teacher=TEACHER,
        class_size=CLASS_SIZE,
    )
    group, begin = school_class(1), now()
    first_child = pupil(group, 1)[0].id
    newest = ""
    for start in range(0, size, _BATCH):
        notices, deliveries = [], []
        for number in range(start, min(start + _BATCH, size)):
            notice = _notice(number, begin - timedelta(hours=2 * (size - number)), group.id)
            newest = notice.id
            notices.append(to_document(notice))
            deliveries.append(to_document(_delivery(notice, group.id, first_child, GUARDIAN)))
        await ctx.stores.database["notices"].insert_many(notices)
        await ctx.stores.database["deliveries"].insert_many(deliveries)
    last = _notice(size - 1, begin - timedelta(hours=2), group.id)
    await ctx.stores.deliveries.insert_missing(
        [
            _delivery(last, group.id, pupil(group, n + 1)[0].id, f"person-{n:06d}")
            for n in range(CHILDREN)
        ]
    )
    return newest


def _notice(number: int, at: Any, class_id: str) -> Notice:
    key = f"bench-notice-{number:08d}"
    version = Version(
        number=1,
        title=f"第{number}条通知",
        body="内容" * 60,
        attachments=(),
        links=(),
        written_at=at,
    )
    return Notice(
        id=key,
        school_id=SCHOOL.id,
        class_ids=(class_id,),
        author_id=TEACHER,
        author_name="王老师",
        confirm=ConfirmMode.TAP,
        deadline_at=None,
        state=NoticeState.PUBLISHED,
        publish_at=at,
        position=list_position(at, key),
        created_at=at,
        versions=(version,),
    )


def _delivery(notice: Notice, class_id: str, student_id: str, person_id: str) -> Delivery:
    key = delivery_id(notice.id, student_id, person_id)
    return Delivery(
        id=key,
        school_id=SCHOOL.id,
        notice_id=notice.id,
        class_id=class_id,
        student_id=student_id,
        person_id=person_id,
        published_at=notice.publish_at,
        position=list_position(notice.publish_at, key),
        purposes=("publish",),
    )


async def sign_in(ctx: Context, person_id: str) -> str:
    at = now()
    await ctx.stores.sessions.add(
        f"token-{person_id}", person_id=person_id, csrf="c", at=at, until=at + timedelta(days=1)
    )
    return f"token-{person_id}"


async def prepare(settings: Settings, size: int, address: str) -> Pages:
    """Fill one database; its pages."""
    async with running(settings) as program:
        newest = await fill(program.ctx, settings.official_account.app_id, size)
        teacher = {SESSION_COOKIE: await sign_in(program.ctx, TEACHER)}
        guardian = {SESSION_COOKIE: await sign_in(program.ctx, GUARDIAN)}
    return {
        "a guardian's list": (f"{address}/h5/notices", guardian),
        "a teacher's list": (f"{address}/h5/teach/", teacher),
        "receipts of one notice": (f"{address}/h5/teach/notices/{newest}", teacher),
    }


def show(found: Mapping[str, Taken]) -> None:
    sizes = ", ".join(f"{size:,}" for size in SIZES)
    print(f"pages, {ROUNDS} rounds of {REQUESTS}      ms with {sizes} notices behind, ratios")
    for name, rounds in found.items():
        base = rounds[SIZES[0]]
        ratios = [
            statistics.median(a / b for a, b in zip(rounds[size], base, strict=True))
            for size in SIZES
        ]
        figures = "  ".join(f"{statistics.median(rounds[size]):6.1f}" for size in SIZES)
        shown = "  ".join(f"× {ratio:.2f}" for ratio in ratios)
        print(f"  {name:24} {figures}    {shown}")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        engines = stack.enter_context(Engines(folder))
        doors = installations(stack, engines, SIZES, prepare)
        show(asyncio.run(in_turns(doors, shown="通知", requests=REQUESTS)))


if __name__ == "__main__":
    main()
