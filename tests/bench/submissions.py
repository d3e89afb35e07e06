"""An evening's handing in, and the class list for marking (50 children), with nothing and with much behind.

Two databases on one engine, each with a web process of its own, asked in turns through the API; medians and p95s, and
the larger as a ratio to the smaller. Families come at the rate of 2,000 within ten minutes, three pictures each,
whether or not those before them are done. `python -m tests.bench submissions` takes half a minute of that rate, and
`python -m tests.bench submissions_full` all 2,000 in ten minutes, twice.
"""

from __future__ import annotations

import asyncio
import io
import secrets
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import aiohttp
from PIL import Image

from app import now, running
from domain.homework import HandIn, Homework, HomeworkState, Task
from domain.submissions import Mark, Stamp, Submission, SubmissionState, Version, submission_id
from domain.times import list_position
from engines import Engines
from services.bearers import start_bearer
from services.context import Context
from settings import Settings
from storage.documents import to_document, with_text_dates
from tests.bench.servers import TEACHER, installations
from tests.settling import settle_families
from tests.town import SCHOOL, pupil, school_class

BEHIND = (0, 1000)  # homeworks that a class of 50 has handed in before
CHILDREN = 50
FAMILIES = 100  # half a minute's
ALL_FAMILIES = 2000
A_SECOND = ALL_FAMILIES / 600  # how many come
PICTURES = 3
REQUESTS = 60


@dataclass(frozen=True)
class Door:
    """One installation: where it listens, and the tokens of its people."""

    base: str
    homework: str
    teacher: str
    families: tuple[tuple[str, str], ...]  # token, child


def _homework(number: int, class_ids: tuple[str, ...]) -> Homework:
    at = now() - timedelta(hours=2 * number + 1)
    key = f"bench-homework-{number:06d}"
    task = Task(
        number=1,
        text="练习册第 32 页。",
        attachments=(),
        links=(),
        minutes=20,
        written=True,
        day=at.date(),
        evening=at.date(),
        due_at=None,
        hand_in=HandIn.PICTURES,
        written_at=at,
    )
    return Homework(
        id=key,
        school_id=SCHOOL.id,
        class_ids=class_ids,
        subject="maths",
        author_id=TEACHER,
        author_name="王老师",
        publish_at=at,
        position=list_position(at, key),
        created_at=at,
        state=HomeworkState.PUBLISHED,
        versions=(task,),
        attempts=1,
    )


def _submission(homework: Homework, class_id: str, student_id: str) -> Submission:
    at = homework.publish_at
    version = Version(
        id=secrets.token_hex(8),
        text="写完了" * 20,
        files=(),
        relation="妈妈",
        handed_in_at=at,
        late=False,
    )
    mark = Mark(
        id=secrets.token_hex(8),
        version=1,
        teacher_id=TEACHER,
        teacher_name="王",
        marked_at=at,
        returned=False,
        comment="进步很大" * 5,
        stamp=Stamp.GOOD,
    )
    return Submission(
        id=submission_id(homework.id, student_id),
        school_id=SCHOOL.id,
        homework_id=homework.id,
        class_id=class_id,
        student_id=student_id,
        first_at=at,
        state=SubmissionState.MARKED,
        versions=(version,),
        marks=(mark,),
    )


async def fill(ctx: Context, app_id: str, behind: int, base: str, families: int) -> Door:
    """Classes of 50 with their families; one class has handed in so many homeworks before the one of today."""
    openids = [f"oSubmit{n:020d}" for n in range(families)]
    await settle_families(ctx, app_id, openids, teacher=TEACHER, class_size=CHILDREN)
    groups = [school_class(n + 1) for n in range(families // CHILDREN)]
    database = ctx.stores.database
    for number in range(1, behind + 1):
        homework = _homework(number, (groups[0].id,))
        await database["homework"].insert_one(with_text_dates(to_document(homework)))
        children = [pupil(groups[0], n + 1)[0].id for n in range(CHILDREN)]
        held = [to_document(_submission(homework, groups[0].id, child)) for child in children]
        await database["submissions"].insert_many(held)
    today = _homework(0, tuple(group.id for group in groups))
    await database["homework"].insert_one(with_text_dates(to_document(today)))
    people = []
    for number, openid in enumerate(openids):
        tokens = await start_bearer(ctx, f"person-{number:06d}", openid)
        child = pupil(groups[number // CHILDREN], number % CHILDREN + 1)[0].id
        people.append((tokens.access, child))
    teacher = await start_bearer(ctx, TEACHER, "oTeacher")
    return Door(base, today.id, teacher.access, tuple(people))


async def prepare(settings: Settings, behind: int, base: str, *, families: int) -> Door:
    """Fill one database."""
    async with running(settings) as program:
        app_id = settings.official_account.app_id
        return await fill(program.ctx, app_id, behind, base, families)


def photograph(number: int) -> bytes:
    """A page of an exercise book as the client sends it: 1600 pixels, some 200 KB."""
    noise = Image.effect_noise((400, 300), 20 + number).resize((1600, 1200)).convert("RGB")
    made = io.BytesIO()
    noise.save(made, "JPEG", quality=80)
    return made.getvalue()


async def ask(
    session: aiohttp.ClientSession, door: Door, token: str, method: str, path: str, **sent: Any
) -> Any:
    """One request that has to succeed; the answer's `data`."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": secrets.token_hex(12)}
    headers |= sent.pop("headers", {})
    url = f"{door.base}/api/v1{path}"
    async with session.request(method, url, headers=headers, **sent) as answer:
        body = await answer.json()
        assert answer.status in (200, 201), body
        return body["data"]


async def hand_in(
    session: aiohttp.ClientSession, door: Door, family: int, pictures: Sequence[bytes]
) -> float:
    """One family, three pictures, handed in; how many seconds that took."""
    token, child = door.families[family]
    begun, ids = time.perf_counter(), []
    for content in pictures:
        sent = await ask(
            session,
            door,
            token,
            "POST",
            f"/files?name=a.jpg&child={child}",
            data=content,
            headers={"Content-Type": "application/octet-stream"},
        )
        ids.append(sent["file_id"])
    path = f"/homework/{door.homework}/children/{child}"
    await ask(session, door, token, "POST", path, json={"file_ids": ids})
    return time.perf_counter() - begun


@dataclass(frozen=True)
class Evening:
    """What each family waited from the moment it came, and what was left when the last one came."""

    taken: list[float]
    backlog: int
    drained_seconds: float
    failed: int


async def evening(session: aiohttp.ClientSession, door: Door) -> Evening:
    """All families, one after the other at their rate, whoever is done by then (an open loop)."""
    pictures = [photograph(n) for n in range(PICTURES)]
    loop = asyncio.get_running_loop()
    begun = loop.time()

    async def one(family: int) -> float:
        comes_at = begun + family / A_SECOND
        await asyncio.sleep(max(0.0, comes_at - loop.time()))
        await hand_in(session, door, family, pictures)
        return loop.time() - comes_at

    under_way = [asyncio.create_task(one(family)) for family in range(len(door.families))]
    last = begun + (len(under_way) - 1) / A_SECOND
    await asyncio.sleep(max(0.0, last - loop.time()))
    backlog = sum(not task.done() for task in under_way) - 1
    results = await asyncio.gather(*under_way, return_exceptions=True)
    taken = [r for r in results if isinstance(r, float)]
    return Evening(taken, backlog, loop.time() - last, len(results) - len(taken))


async def listing(session: aiohttp.ClientSession, door: Door) -> list[float]:
    """The class list for marking, one request after the other."""
    path = f"/teaching/homework/{door.homework}/submissions?class_id={school_class(1).id}"
    taken = []
    for _ in range(REQUESTS):
        begun = time.perf_counter()
        pile = await ask(session, door, door.teacher, "GET", path)
        taken.append(time.perf_counter() - begun)
        assert len(pile["items"]) == CHILDREN
    return taken


def p95(taken: Sequence[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(taken, n=20)[-1]


def show(name: str, small: Sequence[float], large: Sequence[float]) -> None:
    """One line of the table: milliseconds, and the larger as a ratio to the smaller."""
    print(
        f"  {name:28} p50 {statistics.median(small) * 1000:7.1f} {statistics.median(large) * 1000:7.1f}"
        f"  × {statistics.median(large) / statistics.median(small):.2f}"
        f"   p95 {p95(small) * 1000:7.1f} {p95(large) * 1000:7.1f}  × {p95(large) / p95(small):.2f}"
    )


async def measure(doors: dict[int, Door]) -> None:
    """Both installations in turns."""
    small, large = (doors[size] for size in BEHIND)
    async with aiohttp.ClientSession() as session:
        rounds: dict[int, list[float]] = {size: [] for size in BEHIND}
        for _ in range(3):
            for size in BEHIND:
                rounds[size] += await listing(session, doors[size])
        print(f"submissions: ms with {BEHIND[0]} and {BEHIND[1]:,} homeworks of 50 children behind")
        show("the class list for marking", *(rounds[size] for size in BEHIND))
        few, many = await evening(session, small), await evening(session, large)
        show("three pictures handed in", few.taken, many.taken)
        for name, one in (("nothing", few), (f"{BEHIND[1]:,}", many)):
            print(
                f"  {len(small.families):,} families, {A_SECOND:.2f} a second, {name} behind:"
                f" {one.backlog} under way when the last one came, none {one.drained_seconds:.1f} s later,"
                f" {one.failed} refused"
            )


def main() -> None:
    """Half a minute of the evening."""
    run(FAMILIES)


def full() -> None:
    """The whole ten minutes."""
    run(ALL_FAMILIES)


def run(families: int) -> None:
    """Both databases, so many families each."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        engines = stack.enter_context(Engines(folder))
        doors = installations(stack, engines, BEHIND, partial(prepare, families=families))
        asyncio.run(measure(doors))


if __name__ == "__main__":
    main()
