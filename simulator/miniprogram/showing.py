"""The mini-program on the simulator's phones: fetched and built in the background, shown under each person's own
address.

Without Node, its packages or a good build the phones have no mini-program, and say why in a line.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tornado import web

from simulator.miniprogram.building import CLIENT, BuildError, build, fetch_packages, missing

log = logging.getLogger("simulator.miniprogram")

ADDRESS = r"/simulator/mini/[A-Za-z0-9_-]{1,64}/"
_STAGE = '<head><script src="/simulator/static/mini.js"></script>'
_BUILDING = "小程序正在生成，请等几秒钟"
_NO_NODE = "要在这里看小程序，请先装 Node 18.18 或更新的版本"
_FETCHING = "第一次要先取小程序的零件，一两分钟就好"
_NO_PACKAGES = "小程序的零件没有取到：请接上网络，运行一次 make mini"
_BROKEN = "小程序没有生成成功，原因在日志里"


class MiniProgram:
    """What the phones have of it: `why` is empty once it can be opened.

    Args:
        folder: where it is built.
        changed: called when `why` has changed.
    """

    def __init__(self, folder: Path, changed: Callable[[], None]) -> None:
        self.folder = folder
        self.why = _BUILDING
        self._changed = changed
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Build it while everything else runs. Needs a running loop."""
        self._task = asyncio.get_running_loop().create_task(self._prepare())

    async def _prepare(self) -> None:
        if (await asyncio.to_thread(missing)).startswith("npm"):
            self._say(_FETCHING)
            await fetch_packages()
        self._say(await asyncio.to_thread(_built, self.folder))

    def _say(self, why: str) -> None:
        self.why = why
        self._changed()

    async def close(self) -> None:
        """Stop fetching, or wait for a build under way: its thread cannot be stopped."""
        if self._task is None:
            return
        if self.why == _FETCHING:
            self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task


def _built(folder: Path) -> str:
    """Build into `folder`; returns what is in the way, empty when nothing is."""
    if lacking := missing():
        return _NO_PACKAGES if lacking.startswith("npm") else _NO_NODE
    try:
        built = build(CLIENT, folder)
    except (BuildError, OSError, subprocess.TimeoutExpired):
        log.exception("the mini-program could not be built")
        return _BROKEN
    for problem in built.problems:
        log.error("the mini-program: %s", problem)
    return _BROKEN if built.problems else ""


class MiniProgramPage(web.RequestHandler):
    """The page that a phone shows: as it was built, with what makes this phone its person's."""

    def initialize(self, mini: MiniProgram) -> None:
        """Take the mini-program from the route."""
        self.mini = mini

    def get(self) -> None:
        """Send it; its script reads from the address whose phone it is."""
        if self.mini.why:
            raise web.HTTPError(404)
        page = (self.mini.folder / "index.html").read_text(encoding="utf-8")
        self.set_header("Cache-Control", "no-cache")
        self.finish(page.replace("<head>", _STAGE, 1))


class MiniProgramFiles(web.StaticFileHandler):
    """Its other files, the same for everybody."""

    def set_extra_headers(self, path: str) -> None:
        """Built anew at every start."""
        self.set_header("Cache-Control", "no-cache")


def routes(mini: MiniProgram) -> list[tuple[str, type[web.RequestHandler], dict[str, Any]]]:
    """Where the phones open it; the address says whose phone it is."""
    return [
        (ADDRESS + r"index\.html", MiniProgramPage, {"mini": mini}),
        (ADDRESS + r"(.*)", MiniProgramFiles, {"path": str(mini.folder.resolve())}),
    ]
