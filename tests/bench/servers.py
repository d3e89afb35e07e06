"""Installations for benches: databases that are filled, and servers on free ports."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from engines import Engines
from settings import Settings, dev_environment

TEACHER = "bench-teacher"
CLASS_SIZE = 500
Door = TypeVar("Door")


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: Sequence[str], environment: dict[str, str]) -> Iterator[int]:
    """A server process, ready; its process id."""
    child = subprocess.Popen(
        [sys.executable, *command], env=os.environ | environment, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        if not child.stdout.readline().startswith(b"ready"):
            raise RuntimeError(f"{command} did not start")
        yield child.pid
    finally:
        child.terminate()
        child.wait()


@contextmanager
def databases(bench: str, names: Iterable[str]) -> Iterator[dict[str, dict[str, str]]]:
    """By name, the environment of an installation with a database of its own, all on one engine."""
    with tempfile.TemporaryDirectory() as folder, Engines(folder) as engines:
        yield {
            name: dev_environment(
                {"YANSHU_MONGODB_DATABASE": f"{bench}-{name}", "YANSHU_LOG_LEVEL": "ERROR"},
                port=free_port(),
                mongodb_uri=engines.mongodb_uri,
                redis_url=engines.redis_url,
            )
            for name in names
        }


def installations(
    stack: ExitStack,
    engines: Engines,
    sizes: Iterable[int],
    prepare: Callable[[Settings, int, str], Coroutine[Any, Any, Door]],
) -> dict[int, Door]:
    """A database and a web process of its own for each size, on the same engines.

    `prepare(settings, size, address)` fills the database and gives what is needed to ask the process.
    """
    doors = {}
    for size in sizes:
        port = free_port()
        environment = dev_environment(
            {"YANSHU_MONGODB_DATABASE": f"bench{size}", "YANSHU_LOG_LEVEL": "ERROR"},
            port=port,
            mongodb_uri=engines.mongodb_uri,
            redis_url=engines.redis_url,
        )
        settings, address = Settings.from_environment(environment), f"http://127.0.0.1:{port}"
        doors[size] = asyncio.run(prepare(settings, size, address))
        stack.enter_context(process(["main.py", "serve", "--port", str(port)], environment))
    return doors
