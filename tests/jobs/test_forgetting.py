"""The queue forgets whom it is told to forget, and nobody else."""

from datetime import UTC, datetime, timedelta

import redis as redis_driver

from jobs.queue import Job
from tests.erasing import everything_in_redis
from tests.jobs.conftest import Diary, opened_queue, working, write
from tests.waiting import wait_until

KNOWN: dict[str, Job] = {"write": write}
CANARY, OTHER = "person-canary", "person-other"


async def test_jobs_that_wait_and_what_is_remembered_of_finished_ones_go(
    redis_url: str, redis_prefix: str, redis_client: redis_driver.Redis, diary: Diary
) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)

    def singing(word: str) -> int:
        return sum(
            word.encode() in v for v in everything_in_redis(redis_client, redis_prefix).values()
        )

    async with opened_queue(redis_url, redis_prefix, diary, KNOWN, {}) as queue:
        for word in (CANARY, OTHER):
            await queue.enqueue("write", {"n": word}, key=f"now:{word}")
        async with working(queue):
            await wait_until(lambda: len(diary.entries) == 2, description="both are written")
        for word in (CANARY, OTHER):
            await queue.enqueue("write", {"n": word}, key=f"later:{word}", at=tomorrow)
            await queue.enqueue("write", {"n": f"s:{word}"}, key=f"hidden:{len(word)}", at=tomorrow)
        left = singing(OTHER)
        assert singing(CANARY)
        await queue.forget([CANARY, ""])
        assert (singing(CANARY), singing(OTHER)) == (0, left)
        await queue.forget([])
        assert singing(OTHER) == left
