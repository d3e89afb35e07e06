"""A process that is told to stop finishes what it has begun, and takes nothing new."""

import asyncio
import os
import signal
from pathlib import Path

import aiohttp
import pytest

from engines import Engines
from settings import dev_environment
from tests.programs import program
from tests.waiting import wait_until

pytestmark = pytest.mark.chaos


async def test_a_request_under_way_is_answered_before_the_process_ends(tmp_path: Path) -> None:
    with Engines(tmp_path / "engines") as engines:
        environment = dev_environment(
            {}, port=1, mongodb_uri=engines.mongodb_uri, redis_url=engines.redis_url
        )
        async with (
            program(
                "main.py", "serve", "--port", "0", environment=environment, log=tmp_path / "log"
            ) as web,
            aiohttp.ClientSession() as client,
        ):
            async with client.get(f"{web.url}/readyz") as answer:
                assert answer.status == 200
            # A store that is frozen: the question to it stays open until it is given up.
            os.kill(engines.pids["mongodb"], signal.SIGSTOP)
            try:
                waiting = asyncio.create_task(_status(client, f"{web.url}/readyz"))
                await wait_until(lambda: _asked(client), description="the question is on its way")
                stopping = asyncio.create_task(web.stop())
                assert await waiting == 503
                assert await stopping == 0
            finally:
                os.kill(engines.pids["mongodb"], signal.SIGCONT)
            with pytest.raises(aiohttp.ClientConnectionError):
                await _status(client, f"{web.url}/healthz")


async def _status(client: aiohttp.ClientSession, url: str) -> int:
    async with client.get(url) as answer:
        return answer.status


def _asked(client: aiohttp.ClientSession) -> bool:
    connector = client.connector
    return connector is not None and bool(connector._acquired)
