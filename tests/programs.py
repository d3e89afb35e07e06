"""Our programs as processes of their own: started, watched, stopped politely or killed."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from settings import dev_environment

ROOT = Path(__file__).parent.parent
_PATIENCE_SECONDS = 60.0


class Program:
    """A running process that has said `ready`. `url` is what it said after that, when it listens."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, log: Path) -> None:
        self._process = process
        self.url = url
        self.log = log

    @property
    def port(self) -> int:
        """Where it listens."""
        port = urlsplit(self.url).port
        assert port is not None, "this program does not listen"
        return port

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def ended(self) -> bool:
        """Whether it is gone."""
        return self._process.returncode is not None

    async def kill(self) -> None:
        """`kill -9`, and wait until it is gone."""
        if not self.ended:
            self._process.kill()
        await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM, and wait until it has finished; returns its exit code."""
        if not self.ended:
            self._process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(_PATIENCE_SECONDS):
            return await self._process.wait()

    async def words(self) -> str:
        """Wait until it ends by itself; returns what else it said on its standard output."""
        assert self._process.stdout is not None
        async with asyncio.timeout(_PATIENCE_SECONDS):
            rest = await self._process.stdout.read()
            await self._process.wait()
        return rest.decode()


@asynccontextmanager
async def program(
    *arguments: str, environment: Mapping[str, str] | None = None, log: Path
) -> AsyncIterator[Program]:
    """`python ARGUMENTS` from when it says `ready`; killed at the end if it still runs.

    `environment` replaces every YANSHU_ name of this process; standard error goes to `log`.
    """
    own = {name: value for name, value in os.environ.items() if not name.startswith("YANSHU_")}
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            cwd=ROOT,
            env=own | dict(environment or {}),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            first = (await process.stdout.readline()).decode().split()
        assert first[:1] == ["ready"], f"{arguments}: {log.read_text(errors='replace')[-2000:]}"
        yield Program(process, first[1] if len(first) > 1 else "", log)
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def command(
    *words: str, mongodb_uri: str, redis_url: str, database: str
) -> tuple[int, str, str]:
    """`main.py …` as an operator runs it, against these stores: exit code, what it said, what it complained of."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("YANSHU_")}
    environment |= dev_environment(
        {"YANSHU_MONGODB_DATABASE": database},
        port=9,  # nobody listens: no command here needs WeChat
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
    )
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "main.py", *words),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, told = await process.communicate()
    return process.returncode or 0, said.decode(), told.decode()
