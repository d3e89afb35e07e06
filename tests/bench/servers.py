"""Processes for benches: servers on free ports."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

TEACHER = "bench-teacher"
CLASS_SIZE = 500


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def process(command: Sequence[str], environment: dict[str, str]) -> Iterator[None]:
    """A server process, ready."""
    child = subprocess.Popen(
        [sys.executable, *command], env=os.environ | environment, stdout=subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        if not child.stdout.readline().startswith(b"ready"):
            raise RuntimeError(f"{command} did not start")
        yield
    finally:
        child.terminate()
        child.wait()
