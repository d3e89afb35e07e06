"""A desk in a process of its own: `async with open_desk() as desk`, then `await desk.ask(Desk.read)`.

Python computes in one thread at a time: a list that is compared in a thread of the server makes everybody wait.
So the desk is a child process, spoken to in small pickled pieces over its pipes. It holds no connection and no
secret, gives way to others (nice), and ends when its parent does, whatever that dies of.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import struct
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO, Concatenate, ParamSpec, TypeVar

from services.roster_desk import Desk
from services.roster_files import RosterError

P = ParamSpec("P")
T = TypeVar("T")

_ROOT = Path(__file__).resolve().parent.parent
_LENGTH = struct.Struct(">Q")
_NICE = 5


class DeskError(Exception):
    """The desk died or broke; what happened at it stands in its own words on standard error, without anybody's data."""


class DeskProcess:
    """The way to a desk in another process."""

    def __init__(self, questions: asyncio.StreamWriter, answers: asyncio.StreamReader) -> None:
        self._questions, self._answers = questions, answers

    async def ask(
        self, verb: Callable[Concatenate[Desk, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """What `desk.verb(...)` gives. Raises RosterError as the verb does, and DeskError."""
        asked = pickle.dumps((verb.__name__, args, kwargs), pickle.HIGHEST_PROTOCOL)
        try:
            self._questions.write(_LENGTH.pack(len(asked)) + asked)
            await self._questions.drain()
            (length,) = _LENGTH.unpack(await self._answers.readexactly(_LENGTH.size))
            answer = await self._answers.readexactly(length)
        except (ConnectionError, asyncio.IncompleteReadError):
            raise DeskError from None
        kind, value = pickle.loads(answer)  # noqa: S301 - our own child's words
        if kind == "refused":
            raise RosterError(*value)
        return value  # type: ignore[no-any-return]


@asynccontextmanager
async def open_desk() -> AsyncIterator[DeskProcess]:
    """A desk for one file; gone afterwards."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("YANSHU_")}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.roster_process"),
        cwd=_ROOT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise DeskError
        yield DeskProcess(process.stdin, process.stdout)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()


def _serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """The child: answer until the parent is gone. A fault ends it."""
    desk = Desk()
    while len(head := asked.read(_LENGTH.size)) == _LENGTH.size:
        (length,) = _LENGTH.unpack(head)
        name, args, kwargs = pickle.loads(asked.read(length))  # noqa: S301 - our own parent's words
        answer: tuple[str, Any]
        try:
            answer = ("done", getattr(desk, name)(*args, **kwargs))
        except RosterError as error:
            answer = ("refused", (error.code, error.detail))
        said = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        answers.write(_LENGTH.pack(len(said)) + said)
        answers.flush()


def _main() -> None:
    # Whatever a library prints must not get among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    if hasattr(os, "nice"):
        os.nice(_NICE)
    try:
        _serve(sys.stdin.buffer, answers)
    except BrokenPipeError:
        os._exit(0)  # the parent is gone
    except Exception as error:
        # The place and the kind: the text may hold a family's data.
        sys.stderr.write("".join(traceback.format_tb(error.__traceback__)))
        sys.stderr.write(f"{type(error).__name__}\n")
        os._exit(1)


if __name__ == "__main__":
    _main()
