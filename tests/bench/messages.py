"""Talk: 2,000 who listen and 200 who speak, beside the smallest program that passes words on and keeps nothing.

Four tables. The first three are of one web process each, asked in turns by raw sockets; a message is timed from its
sending to its receipt at every device of its group. `python -m tests.bench.messages [greetings|talk|growth|history]`.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app import running
from domain.groups import GroupKind, GroupRules, Mode, class_group, school_group
from domain.messages import Message, MessageKind, message_id
from domain.roles import Appointment, Role
from domain.threads import Thread, ThreadKind, talk_id
from engines import Engines
from services.bearers import start_bearer
from services.context import Context
from services.messages import page_of_thread
from settings import Settings, dev_environment
from storage.documents import to_document
from tests.bench.devices import AT_ONCE, Crowd
from tests.bench.servers import TEACHER, free_port, process
from tests.settling import settle_families
from tests.town import SCHOOL, school_class

CLASSES, CLASS_SIZE = 22, 100
TALKERS = 10  # in each of the first twenty classes
STAFF = 300
STAFF_TALKERS = 30
ROUNDS = 3
SECONDS = 5.0
SIZES = (100, 1_000_000)
_BATCH = 2000


# ------------------------------------------------------------------------------------- servers


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


async def settle(ctx: Context, app_id: str) -> dict[str, str]:
    """A school with classes that talk, and its staff; everybody's token."""
    openids = [f"oTalk{n:021d}" for n in range(CLASSES * CLASS_SIZE)]
    await settle_families(ctx, app_id, openids, teacher=TEACHER, class_size=CLASS_SIZE)
    far = school_class(CLASSES + 1)
    await ctx.stores.schools.save_classes([far])
    staff = [f"staff-{n:03d}" for n in range(STAFF)]
    roles = [
        Appointment(
            id=f"{far.id}:{person}",
            person_id=person,
            role=Role.SUBJECT_TEACHER,
            name=person,
            school_id=SCHOOL.id,
            class_id=far.id,
            subject="maths",
        )
        for person in staff
    ]
    await ctx.stores.database["appointments"].insert_many([to_document(a) for a in roles])
    modes = [(class_group(school_class(n + 1).id), Mode.OPEN) for n in range(CLASSES)]
    await ctx.stores.groups.change_rules(GroupRules(id=SCHOOL.id, modes=tuple(modes), version=1))
    people = [*(f"person-{n:06d}" for n in range(len(openids))), *staff]
    return {person: (await start_bearer(ctx, person, "o")).access for person in people}


def guardians(count: int) -> list[tuple[str, str]]:
    """So many guardians, each in the room of their class."""
    return [
        (f"person-{n:06d}", talk_id(class_group(school_class(n // CLASS_SIZE + 1).id)))
        for n in range(count)
    ]


def talkers() -> list[str]:
    """Ten guardians in each of the first twenty classes."""
    return [f"person-{c * CLASS_SIZE + n:06d}" for c in range(CLASSES - 2) for n in range(TALKERS)]


def staff_room() -> list[tuple[str, str]]:
    """The staff, in their one room."""
    room = talk_id(school_group(GroupKind.STAFF, SCHOOL.id))
    return [(f"staff-{n:03d}", room) for n in range(STAFF)]


def our_form(room: str, number: int, text: str) -> str:
    """What a device of ours sends."""
    key = f"k{time.perf_counter_ns():x}-{number:06d}"
    return f'{{"type":"say","thread":"{room}","key":"{key}","kind":"text","text":"{text}"}}'


def rival_form(room: str, number: int, text: str) -> str:
    """What a device of theirs sends: as long as what ours gets."""
    return f'{{"thread":"{room}","text":"{text}","filler":"{"x" * 420}"}}'


@dataclass
class Stage:
    """Both servers over the same engines, and what it takes to join them."""

    ours: Crowd
    theirs: Crowd
    pids: dict[str, int]


@contextmanager
def stage() -> Iterator[Stage]:
    """Everything up and settled."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        engines = stack.enter_context(Engines(folder))
        environment = dev_environment(
            {"YANSHU_MONGODB_DATABASE": "yanshu_bench_talk"},
            port=9,
            mongodb_uri=engines.mongodb_uri,
            redis_url=engines.redis_url,
        )

        async def filled() -> dict[str, str]:
            settings = Settings.from_environment(environment)
            async with running(settings) as opened:
                return await settle(opened.ctx, settings.official_account.app_id)

        tokens = asyncio.run(filled())
        ports = free_port(), free_port()
        words = ("-m", "tests.bench.unlimited", "serve", "--port", str(ports[0]))
        ours = stack.enter_context(process(words, environment))
        rival = ("-m", "tests.bench.talkers", "--port", str(ports[1]))
        theirs = stack.enter_context(process(rival, {"YANSHU_REDIS_URL": engines.redis_url}))
        yield Stage(
            Crowd(ports[0], lambda n, room: "/ws", our_form, tokens),
            Crowd(ports[1], lambda n, room: f"/ws?room={room}", rival_form, {}),
            {"ours": ours, "theirs": theirs},
        )


# ------------------------------------------------------------------------------------- tables


async def _talk(stage: Stage) -> None:
    found: dict[str, list[tuple[float, float, float]]] = {}
    for name, crowd in (("ours", stage.ours), ("theirs", stage.theirs)):
        await _join(name, crowd, stage.pids[name])
    for _ in range(ROUNDS):
        for name, crowd in (("ours", stage.ours), ("theirs", stage.theirs)):
            found.setdefault(name, []).append(await crowd.talk(talkers(), SECONDS))
    _compare(f"class groups of {CLASS_SIZE}, {len(talkers())} talk, the rest listen", found)
    for crowd in (stage.ours, stage.theirs):
        crowd.close()
    found = {}
    for crowd in (stage.ours, stage.theirs):
        await crowd.join(staff_room())
    for _ in range(ROUNDS):
        for name, crowd in (("ours", stage.ours), ("theirs", stage.theirs)):
            people_of_staff = [person for person, _ in staff_room()[:STAFF_TALKERS]]
            found.setdefault(name, []).append(await crowd.talk(people_of_staff, SECONDS))
    _compare(f"staff group of {STAFF}, {STAFF_TALKERS} talk", found)
    for crowd in (stage.ours, stage.theirs):
        crowd.close()


async def _greetings(stage: Stage) -> None:
    """From the first device that connects to the last one that is greeted; the first round is left out."""
    print(f"{CLASSES * CLASS_SIZE} devices come, {AT_ONCE} at a time")
    found: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(ROUNDS + 1):
        for name, crowd in (("ours", stage.ours), ("theirs", stage.theirs)):
            started = time.perf_counter()
            await crowd.join(guardians(CLASSES * CLASS_SIZE))
            found[name].append(time.perf_counter() - started)
            crowd.close()
            await asyncio.sleep(1)  # until the server has seen them go
    for name, took in found.items():
        rounds = ", ".join(f"{seconds:.2f}" for seconds in took)
        print(f"{name:>7}: {statistics.median(took[1:]):6.2f} s (all rounds: {rounds})", flush=True)


async def _join(name: str, crowd: Crowd, pid: int) -> None:
    """First who talks, so that what a server loads and keeps once is there; then who only listens is weighed."""
    speakers, people = set(talkers()), guardians(CLASSES * CLASS_SIZE)
    await crowd.join([who for who in people if who[0] in speakers])
    idle = [who for who in people if who[0] not in speakers]
    before, started = resident(pid), time.perf_counter()
    await crowd.join(idle)
    took = time.perf_counter() - started
    after = resident(pid)
    print(
        f"{name:>7}: {len(idle)} idle connections in {took:.1f} s, "
        f"{(after - before) / len(idle) / 1024:.1f} KiB each, the process {after / 2**20:.0f} MiB",
        flush=True,
    )


def _compare(title: str, found: dict[str, list[tuple[float, float, float]]]) -> None:
    print(title)
    rates = {}
    for name, rows in found.items():
        rate, p50, p99 = (statistics.median(column) for column in zip(*rows, strict=True))
        rates[name] = rate
        print(f"{name:>7}: {rate:7.1f} messages/s, p50 {p50:6.1f} ms, p99 {p99:6.1f} ms")
    print(f"  ratio: {rates['ours'] / rates['theirs']:.2f} of the program that keeps nothing")


async def _growth(stage: Stage) -> None:
    print("one class of 100 talks, 20 messages/s; the others only listen")
    firsts = [person for person, _ in guardians(TALKERS)]
    base = 0.0
    for count in (100, 500, 2000):
        more = [who for who in guardians(count) if who[0] not in stage.ours.devices]
        await stage.ours.join(more)
        rows = [await stage.ours.pace(firsts, 60, 0.05) for _ in range(ROUNDS)]
        p50, p99 = (statistics.median(column) for column in zip(*rows, strict=True))
        base = base or p50
        print(f"{count:>7}: p50 {p50:6.2f} ms ({p50 / base:.2f}), p99 {p99:6.1f} ms", flush=True)
    stage.ours.close()


async def _history() -> None:
    with tempfile.TemporaryDirectory() as folder, Engines(folder) as engines:
        environment = dev_environment(
            {"YANSHU_MONGODB_DATABASE": "yanshu_bench_history"},
            port=9,
            mongodb_uri=engines.mongodb_uri,
            redis_url=engines.redis_url,
        )
        settings = Settings.from_environment(environment)
        async with running(settings) as opened:
            await _pages(opened.ctx, settings.official_account.app_id)


async def _pages(ctx: Context, app_id: str) -> None:
    openids = [f"oPage{n:021d}" for n in range(len(SIZES))]
    await settle_families(ctx, app_id, openids, teacher=TEACHER, class_size=1)
    threads = [talk_id(class_group(school_class(n + 1).id)) for n in range(len(SIZES))]
    for thread_id, size in zip(threads, SIZES, strict=True):
        await _fill(ctx, thread_id, size)
    asked: dict[str, list[list[float]]] = {}
    for _ in range(40):
        for number, (thread_id, size) in enumerate(zip(threads, SIZES, strict=True)):
            me = f"person-{number:06d}"
            for kind, before in (("newest", 0), ("middle", size // 2)):
                started = time.perf_counter()
                page = await page_of_thread(ctx, me, thread_id, before=before)
                took = time.perf_counter() - started
                assert len(page.messages) in (49, 50)
                asked.setdefault(kind, [[] for _ in SIZES])[number].append(took)
    for kind, columns in asked.items():
        medians = [statistics.median(column) * 1000 for column in columns]
        cells = ", ".join(
            f"{size:,}: {ms:.2f} ms ({ms / medians[0]:.2f})"
            for size, ms in zip(SIZES, medians, strict=True)
        )
        print(f"{kind} page of 50 with messages behind it: {cells}")


async def _fill(ctx: Context, thread_id: str, size: int) -> None:
    at = ctx.now()
    group_id = thread_id.partition(":")[2]
    thread = Thread(
        id=thread_id,
        school_id=SCHOOL.id,
        kind=ThreadKind.TALK,
        group_id=group_id,
        created_at=at,
        tail=size,
        last_at=at,
    )
    await ctx.stores.threads.insert(thread)
    sample = to_document(_message(thread_id, 1, at))
    for start in range(0, size, _BATCH):
        rows: list[dict[str, Any]] = [
            {**sample, "_id": message_id(thread_id, TEACHER, str(n)), "seq": n}
            for n in range(start + 1, min(start + _BATCH, size) + 1)
        ]
        for row in rows:
            row.pop("changed_at", None)
        await ctx.stores.database["messages"].insert_many(rows)


def _message(thread_id: str, seq: int, at: Any) -> Message:
    return Message(
        id="",
        school_id=SCHOOL.id,
        thread_id=thread_id,
        seq=seq,
        author_id=TEACHER,
        author_name="王老师",
        as_staff=True,
        at=at,
        kind=MessageKind.TEXT,
        text="明天早上八点到校，请带好水杯和雨衣。",
    )


def main(*only: str) -> None:
    """All tables, or those named."""
    wanted = only or ("greetings", "talk", "growth", "history")
    if {"greetings", "talk", "growth"} & set(wanted):
        with stage() as up:
            if "greetings" in wanted:
                asyncio.run(_greetings(up))
            if "growth" in wanted:
                asyncio.run(_growth(up))
            if "talk" in wanted:
                asyncio.run(_talk(up))
    if "history" in wanted:
        asyncio.run(_history())


if __name__ == "__main__":
    main(*sys.argv[1:])
