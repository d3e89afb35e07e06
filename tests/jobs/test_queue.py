"""The queue on a real Redis: one key one job, at its time, again when it fails, and never in anybody's way."""

import asyncio
import logging
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from docket import Retry
from tornado.testing import bind_unused_port

import jobs.queue
from engines import find_redis
from jobs.queue import Job, Queue
from services.context import Context
from tests.conftest import ROOT
from tests.jobs.conftest import Diary, opened_queue, working, write
from tests.waiting import wait_until

# A worker in a process of its own that is gone, without a word, in the middle of a job.
_DYING_WORKER = """
import asyncio, datetime, os, sys
import jobs.queue

async def write(ctx, n):
    os._exit(9)

async def main():
    jobs.queue._REDELIVERY = datetime.timedelta(milliseconds=300)
    queue = jobs.queue.Queue(redis_url=sys.argv[1], name=sys.argv[2])
    queue.register(None, {"write": write}, {})
    async with queue:
        await queue.work()

asyncio.run(main())
"""


@pytest.fixture
async def queue(redis_url: str, redis_prefix: str, diary: Diary) -> AsyncIterator[Queue]:
    """A queue that knows the job `write`."""
    async with opened_queue(redis_url, redis_prefix, diary, {"write": write}, {}) as queue:
        yield queue


async def until(diary: Diary, count: int) -> list[dict[str, Any]]:
    """Wait for so many entries, and return them."""
    await wait_until(lambda: len(diary.entries) >= count, description=f"{count} jobs have run")
    return diary.entries


async def test_a_job_gets_what_it_was_given(queue: Queue, diary: Diary) -> None:
    payload = {"notice_id": "n1", "delivery_ids": ["通知", "d2"]}
    await queue.enqueue("write", payload, key="k")
    async with working(queue):
        assert await until(diary, 1) == [payload]


async def test_one_key_that_waits_is_one_job(queue: Queue, diary: Diary) -> None:
    for number in range(5):
        await queue.enqueue("write", {"n": str(number)}, key="same")
    await queue.enqueue("write", {"n": "other"}, key="other")
    async with working(queue):
        await until(diary, 2)
        # What was left of the five would have come before this one.
        await queue.enqueue("write", {"n": "last"}, key="last")
        entries = await until(diary, 3)
    assert sorted(entry["n"] for entry in entries) == ["0", "last", "other"]


async def test_a_key_that_has_run_may_be_used_again(queue: Queue, diary: Diary) -> None:
    async with working(queue):
        for number in range(3):
            # The worker lets go of a key a moment after its job has ended: ask until it is taken.
            async def taken(count: int = number + 1) -> bool:
                await queue.enqueue("write", {}, key="same")
                return len(diary.entries) >= count

            await wait_until(taken, description="the key was free again")
    assert len(diary.entries) >= 3


async def test_a_job_waits_for_its_time(queue: Queue, diary: Diary) -> None:
    moment = datetime.now(UTC) + timedelta(milliseconds=300)
    await queue.enqueue("write", {"n": "later"}, key="later", at=moment)
    await queue.enqueue("write", {"n": "now"}, key="now")
    async with working(queue):
        entries = await until(diary, 2)
    assert [entry["n"] for entry in entries] == ["now", "later"]
    assert datetime.now(UTC) >= moment


async def test_what_should_have_been_done_already_is_done_now(queue: Queue, diary: Diary) -> None:
    await queue.enqueue("write", {}, key="k", at=datetime.now(UTC) - timedelta(days=1))
    async with working(queue):
        assert await until(diary, 1) == [{}]


async def test_jobs_wait_for_a_worker_that_comes_later_and_two_share_them(
    queue: Queue, diary: Diary
) -> None:
    numbers = [str(number) for number in range(30)]
    for number in numbers:
        await queue.enqueue("write", {"n": number}, key=number)
    async with working(queue), working(queue):
        entries = await until(diary, 30)
    assert sorted(entry["n"] for entry in entries) == sorted(numbers)


# -------------------------------------------------------------------------- when things go wrong


def free_port() -> int:
    listening, port = bind_unused_port()
    listening.close()
    return port


@contextmanager
def redis_of_its_own(port: int, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A Redis that a test may stop."""
    command = [find_redis(), "--port", str(port), "--save", "", "--dir", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        assert any("ready to accept connections" in line.lower() for line in process.stdout)
        yield process
    finally:
        process.kill()
        process.communicate()


async def test_a_queue_out_of_reach_is_logged_and_stops_nobody(
    tmp_path: Path, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with redis_of_its_own(port, tmp_path):
        opened = opened_queue(url, "yanshu", diary, {"write": write}, {})
        queue = await opened.__aenter__()
    with caplog.at_level(logging.WARNING, "yanshu.jobs"):
        await queue.enqueue("write", {"person": "李小明"}, key="write:lost")
    assert "queue not reached for write" in caplog.text
    assert "李小明" not in caplog.text
    with redis_of_its_own(port, tmp_path):  # it comes back, and so does the queue
        await queue.enqueue("write", {"n": "after"}, key="write:after")
        async with working(queue):
            assert await until(diary, 1) == [{"n": "after"}]
        await opened.__aexit__(None, None, None)


async def test_a_redis_that_says_nothing_holds_nobody_up(
    tmp_path: Path,
    diary: Diary,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs.queue, "_PATIENCE_SECONDS", 0.1)
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with redis_of_its_own(port, tmp_path) as process:
        async with opened_queue(url, "yanshu", diary, {"write": write}, {}) as queue:
            process.send_signal(signal.SIGSTOP)
            with caplog.at_level(logging.WARNING, "yanshu.jobs"):
                await queue.enqueue("write", {}, key="k")
            process.send_signal(signal.SIGCONT)
    assert "queue not reached for write (TimeoutError)" in caplog.text


@pytest.fixture
def at_once_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries as often as ever, without the pause between them."""
    attempts = jobs.queue._RETRY.attempts
    monkeypatch.setattr(jobs.queue, "_RETRY", Retry(attempts=attempts))


@pytest.mark.usefixtures("at_once_again")
async def test_a_job_that_fails_is_tried_three_times_and_no_more(
    redis_url: str, redis_prefix: str, diary: Diary
) -> None:
    async def fail(ctx: Context, fails: str) -> None:
        mine = [entry for entry in diary.entries if entry == {"fails": fails}]
        diary.entries.append({"fails": fails})
        if len(mine) < int(fails):
            raise ConnectionError("again, please")

    known: dict[str, Job] = {"fail": fail, "write": write}
    async with opened_queue(redis_url, redis_prefix, diary, known, {}) as queue:
        for fails in ("1", "2", "99"):
            await queue.enqueue("fail", {"fails": fails}, key=fails)
        async with working(queue):
            await until(diary, 2 + 3 + 3)
            await queue.enqueue("write", {"n": "last"}, key="last")
            entries = await until(diary, 9)
    counts = {fails: entries.count({"fails": fails}) for fails in ("1", "2", "99")}
    assert counts == {"1": 2, "2": 3, "99": 3}


@pytest.mark.usefixtures("at_once_again")
async def test_a_job_that_fails_does_not_hold_up_the_others_nor_does_it_tell_of_whom(
    redis_url: str, redis_prefix: str, diary: Diary, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(ctx: Context) -> None:
        child = "李小明"
        raise ValueError(f"duplicate key: {child}")

    known: dict[str, Job] = {"fail": fail, "write": write}
    async with opened_queue(redis_url, redis_prefix, diary, known, {}) as queue:
        for number in range(5):
            await queue.enqueue("fail", {}, key=f"fail {number}")
            await queue.enqueue("write", {"n": str(number)}, key=f"write {number}")
        async with working(queue):
            assert len(await until(diary, 5)) == 5
    assert "fail failed: ValueError" in caplog.text
    assert "李小明" not in caplog.text


# ------------------------------------------------------------------------------ regular, and the end


async def test_a_regular_job_runs_again_and_again_also_after_it_failed(
    redis_url: str, redis_prefix: str, diary: Diary
) -> None:
    inside = busiest = 0

    async def sweep(ctx: Context) -> None:
        nonlocal inside, busiest
        inside += 1
        busiest = max(busiest, inside)
        await write(ctx, round=str(len(diary.entries)))
        inside -= 1
        if len(diary.entries) == 2:
            raise ConnectionError("the database is away for a moment")

    regular = {"sweep": (sweep, timedelta(milliseconds=20))}
    async with opened_queue(redis_url, redis_prefix, diary, {}, regular) as queue:
        async with working(queue), working(queue):
            await until(diary, 4)
    assert busiest == 1


async def test_a_worker_that_is_stopped_finishes_what_it_began(
    redis_url: str, redis_prefix: str, diary: Diary
) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def take_long(ctx: Context) -> None:
        begun.set()
        await go_on.wait()
        await write(ctx, done="yes")

    known: dict[str, Job] = {"take_long": take_long, "write": write}
    async with opened_queue(redis_url, redis_prefix, diary, known, {}) as queue:
        await queue.enqueue("take_long", {}, key="long")
        async with working(queue) as worker:
            await begun.wait()
            worker.cancel()
            await asyncio.sleep(0)  # it has heard of it
            assert diary.entries == []
            go_on.set()
            await asyncio.gather(worker, return_exceptions=True)
        assert diary.entries == [{"done": "yes"}]
        await queue.enqueue("write", {"n": "next"}, key="next")
        async with working(queue):  # the next worker does not do the first again
            assert (await until(diary, 2))[1:] == [{"n": "next"}]


async def test_a_job_whose_worker_was_killed_is_run_again(
    redis_url: str, redis_prefix: str, diary: Diary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs.queue, "_REDELIVERY", timedelta(milliseconds=300))
    async with opened_queue(redis_url, redis_prefix, diary, {"write": write}, {}) as queue:
        await queue.enqueue("write", {"n": "1"}, key="k")
        command = [sys.executable, "-c", _DYING_WORKER, redis_url, redis_prefix]
        dying = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        assert await dying.wait() == 9
        async with working(queue):
            assert await until(diary, 1) == [{"n": "1"}]
