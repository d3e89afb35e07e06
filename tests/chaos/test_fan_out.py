"""A notice to 1,000 guardians while one of the processes is killed: everybody gets exactly one message.

Real processes, real engines; counted at the simulator, which is the WeChat of this story.
"""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from app import now
from services.people import access_teaching
from tests.chaos.island import FORM, GUARDIANS, TEACHER, Island, open_island, publish
from tests.programs import program
from tests.waiting import wait_until

pytestmark = pytest.mark.chaos


@pytest.fixture
async def island(tmp_path: Path) -> AsyncIterator[Island]:
    # Five seconds for all: whoever looks in the middle of it may be slow.
    async with open_island(tmp_path, latency_ms=300) as opened:
        yield opened


async def test_a_worker_is_killed_and_another_one_ends_what_it_began(island: Island) -> None:
    await island.serve()
    worker = await island.start("work")
    async with island.here() as opened:
        await publish(opened.ctx)
    await island.midway()
    await worker.kill()
    await island.start("work")
    await island.check_everybody_got_one()


async def test_a_worker_with_the_patience_of_a_real_installation_is_replaced_too(
    island: Island,
) -> None:
    worker = await island.start("work", patient=True)
    async with island.here() as opened:
        await publish(opened.ctx)
    await island.midway(least=500)
    await worker.kill()
    await island.start("work", patient=True)
    await island.check_everybody_got_one()


async def test_the_server_is_killed_right_after_it_acknowledged(island: Island) -> None:
    server = await island.serve()
    token, csrf = secrets.token_urlsafe(32), secrets.token_urlsafe(24)
    async with island.here() as opened:
        await opened.ctx.stores.sessions.add(
            token, person_id=TEACHER, csrf=csrf, at=now(), until=now() + timedelta(hours=1)
        )
        teaching = await access_teaching(opened.ctx, TEACHER)
    form = [("csrf", csrf), ("key", secrets.token_urlsafe(18)), *FORM.items()]
    form += [("class_ids", class_id) for class_id in teaching.class_ids()]
    async with (
        aiohttp.ClientSession(cookies={"yanshu_session": token}) as browser,
        browser.post(
            f"{server.url}/h5/teach/notices/new", data=form, allow_redirects=False
        ) as answer,
    ):
        assert answer.status == 303, await answer.text()
        await server.kill()
    await island.start("work")
    await island.check_everybody_got_one()


async def test_the_server_dies_between_the_store_and_the_queue(island: Island) -> None:
    dying = program(
        "-m", "tests.chaos.dying", environment=island.environment, log=island.folder / "dying.log"
    )
    async with dying as server:
        await server.words()
        assert server.ended
    with island.database() as database:
        assert database["notices"].count_documents({}) == 1
    await island.start("work")
    await island.check_everybody_got_one()


@pytest.mark.parametrize("engine", ["redis", "mongodb"])
async def test_an_engine_is_killed_and_comes_back(island: Island, engine: str) -> None:
    server = await island.serve()
    await island.start("work")
    async with island.here() as opened:
        await publish(opened.ctx)
    await island.midway()
    killed = island.engines.pids[engine]
    os.kill(killed, signal.SIGKILL)
    await wait_until(
        lambda: island.engines.pids[engine] != killed,
        description="the supervisor starts it again",
        seconds=30,
    )
    await island.check_everybody_got_one()
    async with aiohttp.ClientSession() as browser, browser.get(f"{server.url}/readyz") as answer:
        assert answer.status == 200


async def test_a_worker_that_is_told_to_stop_leaves_nothing_in_doubt(island: Island) -> None:
    worker = await island.start("work", patient=True)
    async with island.here() as opened:
        await publish(opened.ctx)
    await island.midway()
    assert await worker.stop() == 0
    sent = await island.sent()
    with island.database() as database:
        # What it had sent it has also noted.
        assert island.delivered(database) == sent
    if sent < GUARDIANS:
        await island.start("work")
    await island.check_everybody_got_one()
