"""Runs the embedded engines: a program of its own, started by engines.py and by nothing else.

It starts both engines, says "ready" once both answer, starts an engine that died again on the same
port with the same data, and stops both when its parent is gone. It learns of that from a pipe on
its standard input, whose writing end only the parent has: it closes however the parent ends. When
this program itself is killed, Linux takes the engines down with it.

Only the standard library: it imports nothing of ours and no driver.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, NoReturn

START_SECONDS = 30.0  # an engine that was killed replays its log before it answers
STOP_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 5.0  # between two attempts to start an engine that keeps dying
STATE_FILE = "engines.json"
LOCK_FILE = "engines.lock"


class EngineError(Exception):
    """An engine can't be had; the text tells a person why, and what would help."""


@dataclass(slots=True)
class Engine:
    """One engine as the supervisor sees it."""

    name: str
    title: str
    port: int
    log: Path
    command: Callable[[int], list[str]]  # port → what to run
    answers: Callable[[Engine], bool]
    lock: int = -1  # the locked file, held by the engine too: nobody starts while it runs
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    next_start: float = 0.0

    def launch(self) -> None:
        """Start the process; its words go to the engine's log file."""
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(self.port),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
                pass_fds=(self.lock,),
                preexec_fn=_end_with_supervisor(os.getpid()),  # noqa: PLW1509 (one thread only)
            )

    def has_died(self) -> bool:
        """True when the process has ended (or never was)."""
        return self.process is None or self.process.poll() is not None

    def wait_until_it_answers(self) -> None:
        """Return when the engine serves requests; EngineError with its last words if it won't."""
        deadline = time.monotonic() + START_SECONDS
        while not self.answers(self):
            if self.has_died() or time.monotonic() > deadline:
                # What the log says last is usually the reason.
                words = self.log.read_text(errors="replace").strip().splitlines()[-2:]
                raise EngineError(
                    f"{self.title} does not come up: {' / '.join(words) or 'no reason given'} "
                    f"(log: {self.log})"
                )
            time.sleep(0.01)

    def stop(self) -> None:
        """Ask the process to end, and insist after a while."""
        if self.process is None or self.has_died():
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _end_with_supervisor(supervisor: int) -> Callable[[], None] | None:
    """For Linux: what a new engine does first, so that it can't outlive the supervisor."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)  # loaded here: between fork and exec as little as possible may happen
    pr_set_pdeathsig = 1

    def in_the_child() -> None:
        libc.prctl(pr_set_pdeathsig, signal.SIGKILL)
        if os.getppid() != supervisor:  # it died before the call above took hold
            os._exit(1)

    return in_the_child


def _mongodb(data_dir: Path, program: str, port: int) -> Engine:
    def command(port: int) -> list[str]:
        # Standalone and sync-on-commit: an acknowledged write survives a kill. Cache and log are
        # kept small; the defaults are 4 GB and 2 GB.
        return [
            program, "--standalone", "--sync-on-commit", "--host", "127.0.0.1",
            "--port", str(port), "--storage-path", str(data_dir / "mongodb"),
            "--cache-size", "256M", "--log-file-max", "64MB", "--log-level", "WARNING",
        ]  # fmt: skip

    def answers(engine: Engine) -> bool:
        # With port 0 the server says on its first line which port it took.
        if engine.port == 0:
            _, found, rest = engine.log.read_text(errors="replace").rpartition(
                "listening on 127.0.0.1:"
            )
            if not found or not rest.endswith("\n"):
                return False
            engine.port = int(rest.split()[0])
        reply = _ask(engine.port, _MONGODB_PING)
        return reply[12:16] == (2013).to_bytes(4, "little")

    return Engine(
        "mongodb", "The embedded MongoDB", port, data_dir / "mongodb.log", command, answers
    )


def _redis(data_dir: Path, program: str, port: int) -> Engine:
    def command(port: int) -> list[str]:
        return [
            program, "--bind", "127.0.0.1", "--port", str(port), "--dir", str(data_dir / "redis"),
            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "",
            "--maxmemory-policy", "noeviction", "--daemonize", "no", "--loglevel", "notice",
        ]  # fmt: skip

    def answers(engine: Engine) -> bool:
        if engine.process is None:
            return False
        # Asking for the process id too: another Redis may sit on the port that was free just now.
        reply = _ask(engine.port, b"INFO server\r\n")
        return b"process_id:%d\r" % engine.process.pid in reply

    (data_dir / "redis").mkdir(exist_ok=True)
    # Redis can't choose a port by itself.
    port = port or _free_port()
    return Engine("redis", "The embedded Redis", port, data_dir / "redis.log", command, answers)


def _mongodb_ping() -> bytes:
    # {ping: 1, $db: "admin"} as an OP_MSG: spelt out, so that no driver is needed here.
    document = b"\x10ping\0\x01\0\0\0" + b"\x02$db\0\x06\0\0\0admin\0" + b"\0"
    document = (len(document) + 4).to_bytes(4, "little") + document
    body = b"\0\0\0\0" + b"\0" + document
    header = (len(body) + 16, 1, 0, 2013)
    return b"".join(number.to_bytes(4, "little") for number in header) + body


_MONGODB_PING = _mongodb_ping()


def _ask(port: int, request: bytes) -> bytes:
    """What a server on this machine answers; empty when nobody does."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2.0) as connection:
            connection.sendall(request)
            return connection.recv(65536)
    except OSError:
        return b""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _refuse_taken_port(engine: Engine) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", engine.port))
        except OSError as error:
            raise EngineError(
                f"{engine.title} was told to use port {engine.port}, but another program has it "
                f"({error.strerror})."
            ) from None


@contextlib.contextmanager
def _lock(data_dir: Path, parent: int) -> Iterator[IO[str]]:
    """Hold the data directory for this supervisor; EngineError when another one has it."""
    with (data_dir / LOCK_FILE).open("a+") as lock:
        deadline = time.monotonic() + STOP_SECONDS
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                lock.seek(0)
                holder = lock.read().strip()
                # After a kill the engines of the last run may still be on their way out.
                if _is_running(holder) or time.monotonic() > deadline:
                    raise EngineError(
                        f"The data directory {data_dir} is in use by a Yanshu that is running "
                        f"already (process {holder}). Stop that one, or choose another directory."
                    ) from None
                time.sleep(0.05)
        lock.seek(0)
        lock.truncate()
        lock.write(str(parent))
        lock.flush()
        yield lock


def _is_running(pid: str) -> bool:
    try:
        os.kill(int(pid), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:  # somebody else's, but running
        return True
    return True


def _write_state(data_dir: Path, engines: list[Engine]) -> None:
    state = {"supervisor": {"pid": os.getpid()}}
    for engine in engines:
        if engine.process is not None:
            state[engine.name] = {"pid": engine.process.pid, "port": engine.port}
    fresh = data_dir / f"{STATE_FILE}.new"
    fresh.write_text(json.dumps(state))
    fresh.replace(data_dir / STATE_FILE)  # whoever reads sees the old state or the new one


def _bring_up(engine: Engine) -> None:
    """First start of an engine: a fixed port must be free, and it must answer."""
    if engine.port:
        _refuse_taken_port(engine)
    engine.log.unlink(missing_ok=True)
    engine.launch()


def _restart_what_died(engines: list[Engine]) -> bool:
    """Start engines that ended again, more slowly the oftener; True when one was started."""
    started = False
    now = time.monotonic()
    for engine in engines:
        if not engine.has_died() or now < engine.next_start:
            continue
        engine.failures = 0 if now - engine.started > 60 else engine.failures + 1
        pause = min(0.1 * 2.0**engine.failures, LONGEST_PAUSE_SECONDS)
        engine.next_start = now + pause
        engine.launch()
        started = True
    return started


def _watch(engines: list[Engine], data_dir: Path, parent: int, wake: int) -> None:
    """Restart what dies, until the parent is gone or wants an end."""
    while True:
        readable, _, _ = select.select([sys.stdin, wake], [], [], 1.0)
        if wake in readable and signal.SIGTERM in os.read(wake, 512):
            return
        # Nothing is ever written to the pipe: readable means closed. The parent's id is asked too,
        # because a copy of the pipe's end in a forked process would keep it open.
        if sys.stdin in readable or os.getppid() != parent:
            return
        if _restart_what_died(engines):
            _write_state(data_dir, engines)


def supervise(data_dir: Path, engines: list[Engine], parent: int) -> None:
    """Run the engines until the parent is gone; says "ready", or why not, on standard output."""
    read_end, write_end = os.pipe()
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)  # the wake-up pipe tells which
    try:
        for engine in engines:
            _bring_up(engine)
        for engine in engines:
            engine.wait_until_it_answers()
        _write_state(data_dir, engines)
        print("ready", flush=True)
        _watch(engines, data_dir, parent, read_end)
    finally:
        for engine in engines:
            engine.stop()


def main() -> NoReturn:
    """The supervisor program: DATA_DIR MONGODB PORT REDIS PORT."""
    parser = argparse.ArgumentParser(description="Runs the embedded engines; started by Yanshu.")
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("mongodb")
    parser.add_argument("mongodb_port", type=int)
    parser.add_argument("redis")
    parser.add_argument("redis_port", type=int)
    options = parser.parse_args()
    parent = os.getppid()
    try:
        with _lock(options.data_dir, parent) as lock:
            engines = [
                _mongodb(options.data_dir, options.mongodb, options.mongodb_port),
                _redis(options.data_dir, options.redis, options.redis_port),
            ]
            for engine in engines:
                engine.lock = lock.fileno()
            supervise(options.data_dir, engines, parent)
    except EngineError as error:
        print(error, flush=True)
        sys.exit(1)
    sys.exit(0)


if __name__ == "__main__":
    main()
