"""Pages with 10, 1,000 and 100,000 notices behind them: what a page costs must depend on what it shows.

Three databases on one engine, each with a web process of its own, asked in turns; medians, and each as a ratio to
the smallest. `python -m tests.bench.pages` prints the table.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

import aiohttp

from app import now, running
from domain.deliveries import Delivery, delivery_id
from domain.notices import ConfirmMode, Notice, NoticeState, Version
from domain.times import list_position
from engines import Engines
from services.context import Context
from settings import Settings, dev_environment
from storage.documents import to_document
from tests.bench.servers import CLASS_SIZE, TEACHER, free_port, process
from tests.settling import settle_families
from tests.town import SCHOOL, pupil, school_class

SIZES = (10, 1000, 100_000)
ROUNDS = 7
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


async def prepare(settings: Settings, size: int) -> tuple[str, str, str]:
    """Fill one database; returns (newest notice, teacher's token, guardian's token)."""
    async with running(settings) as program:
        newest = await fill(program.ctx, settings.official_account.app_id, size)
        teacher = await sign_in(program.ctx, TEACHER)
        return newest, teacher, await sign_in(program.ctx, GUARDIAN)


async def milliseconds(session: aiohttp.ClientSession, url: str, token: str) -> float:
    """The median of some requests, one after the other."""
    taken = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        async with session.get(url, cookies={"yanshu_session": token}) as answer:
            body = await answer.read()
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status == 200, (url, answer.status)
        assert "通知" in body.decode()
    return statistics.median(taken)


async def measure(ports: dict[int, int], doors: dict[int, tuple[str, str, str]]) -> None:
    pages = {
        "a guardian's list": {size: ("/h5/notices", door[2]) for size, door in doors.items()},
        "a teacher's list": {size: ("/h5/teach/", door[1]) for size, door in doors.items()},
        "receipts of one notice": {
            size: (f"/h5/teach/notices/{door[0]}", door[1]) for size, door in doors.items()
        },
    }
    async with aiohttp.ClientSession() as session:
        sizes = ", ".join(f"{size:,}" for size in SIZES)
        print(f"pages, {ROUNDS} rounds of {REQUESTS}      ms with {sizes} notices behind, ratios")
        for name, page in pages.items():
            rounds: dict[int, list[float]] = {size: [] for size in SIZES}
            for turn in range(ROUNDS + 1):
                for size in SIZES:
                    path, token = page[size]
                    url = f"http://127.0.0.1:{ports[size]}{path}"
                    taken = await milliseconds(session, url, token)
                    if turn:
                        rounds[size].append(taken)
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
        ports, doors = {}, {}
        for size in SIZES:
            ports[size] = free_port()
            environment = dev_environment(
                {"YANSHU_MONGODB_DATABASE": f"bench{size}", "YANSHU_LOG_LEVEL": "ERROR"},
                port=ports[size],
                mongodb_uri=engines.mongodb_uri,
                redis_url=engines.redis_url,
            )
            doors[size] = asyncio.run(prepare(Settings.from_environment(environment), size))
            command = ["main.py", "serve", "--port", str(ports[size])]
            stack.enter_context(process(command, environment))
        asyncio.run(measure(ports, doors))


if __name__ == "__main__":
    main()
