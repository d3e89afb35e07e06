"""Publishes the notice and is gone before the queue hears of it: what a power cut does to a web process."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import replace
from typing import Any, NoReturn

from app import running
from settings import Settings
from tests.chaos.island import publish


async def die(*_: Any, **__: Any) -> NoReturn:
    """The queue's place."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("this process is dead")


async def run() -> None:
    """The notice is stored; the job never is."""
    async with running(Settings.from_environment(os.environ)) as opened:
        os.write(1, b"ready\n")
        await publish(replace(opened.ctx, enqueue=die))


if __name__ == "__main__":
    asyncio.run(run())
