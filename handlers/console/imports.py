"""Lists at a desk: uploaded, watched while a worker reads them, looked at pupil by pupil, ticked and applied."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tornado.http1connection import HTTP1Connection
from tornado.web import HTTPError, stream_request_body

from domain.errors import ConflictError
from domain.imports import MAX_LIST_BYTES, PAGE_LINES, Import, ImportState, Section
from domain.roles import Right
from domain.roster_changes import Kind
from handlers.base import Access
from handlers.console import words
from handlers.console.base import ConsoleHandler
from handlers.downloads import send_sheet
from handlers.files import send_file
from services.imports import (
    access_import,
    begin_applying,
    drop_import,
    hand_in,
    import_page,
    imports_of,
    leave_out,
    open_report,
    try_again,
)
from services.roster_command import refusal
from services.roster_files import RosterError
from services.roster_report import write_template

# What is refused is still read to its end, unkept, so that the browser hears the answer; not endlessly.
_DRAIN_BYTES = 3 * MAX_LIST_BYTES
_LONGEST_NAME = 1000
_MOST_TICKS = 4 * PAGE_LINES


class ImportsHandler(ConsoleHandler):
    """All lists of the school, the newest first, and the way to hand in one."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self) -> None:
        """Show them."""
        found = await imports_of(self.ctx, self.acting)
        self.page("console/imports.html", imports=found, limit_bytes=MAX_LIST_BYTES)


@stream_request_body
class ImportUploadHandler(ConsoleHandler):
    """Takes a list as the request's body; its name comes percent-encoded in X-File-Name."""

    access = Access.STAFF
    right = Right.ROSTER

    async def prepare(self) -> None:
        """Refuse a stranger before the first byte is kept."""
        self._received = 0
        self._kept: Any = None
        if isinstance(self.request.connection, HTTP1Connection):
            self.request.connection.set_max_body_size(_DRAIN_BYTES)
        await super().prepare()
        self._kept = tempfile.NamedTemporaryFile(prefix="yanshu-list-")  # noqa: SIM115 - on_finish

    def data_received(self, chunk: bytes) -> None:
        """Keep what fits, on the disk."""
        self._received += len(chunk)
        if self._kept is not None and self._received <= MAX_LIST_BYTES:
            self._kept.write(chunk)

    def on_finish(self) -> None:
        """Nothing stays on the disk."""
        super().on_finish()
        if self._kept is not None:
            self._kept.close()

    async def post(self) -> None:
        """Have it tried."""
        try:
            if self._received > MAX_LIST_BYTES:
                raise RosterError("too_large", str(MAX_LIST_BYTES // 1024 // 1024))
            name = unquote(self.request.headers.get("X-File-Name", "file"), errors="strict")
            self._kept.flush()
            path = Path(self._kept.name)
            handed_in = await hand_in(self.ctx, self.acting, name[:_LONGEST_NAME], path)
        except UnicodeDecodeError:
            raise HTTPError(400) from None
        except RosterError as error:
            self.set_status(422)
            said = {"code": error.code, "message": refusal(error), "fields": {}}
            self.finish({"error": said})
            return
        self.data({"to": self.link(f"/console/imports/{handed_in.id}")}, status=201)


class ImportTemplateHandler(ConsoleHandler):
    """An empty list to fill in."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self) -> None:
        """The file."""
        content = await asyncio.to_thread(_template)
        send_sheet(self, "名册模板.xlsx", content)


def _template() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "template.xlsx"
        write_template(path)
        return path.read_bytes()


class ImportHandler(ConsoleHandler):
    """One list: how far it is, then what it would change, then what came of it."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self, import_id: str) -> None:
        """Show it."""
        await self.show(await access_import(self.ctx, self.acting, import_id))

    async def show(
        self,
        handed_in: Import,
        *,
        status: int = 200,
        problem: str = "",
        kinds: Sequence[Kind] | None = None,
    ) -> None:
        """The page, with a section's page of pupils."""
        counts = handed_in.found.counts
        filled = [section for section in Section if counts.get(section, 0)]
        section = _section(self.get_query_argument("section", ""), filled)
        number = _number(self.get_query_argument("page", ""))
        last = (counts.get(section, 1) - 1) // PAGE_LINES if section else 0
        number = min(number, last)
        shown = await import_page(self.ctx, handed_in, section, number) if section else None
        self.page(
            "console/import.html",
            status=status,
            one=handed_in,
            sections=filled,
            section=section,
            lines=shown.lines if shown else (),
            number=number,
            last=last,
            problem=problem,
            sure_needed=problem == words.CONFLICTS["not_sure"],
            kinds=list(Kind) if kinds is None else kinds,
            is_waiting=handed_in.is_open,
            can_tick=handed_in.state is ImportState.READY,
        )


class ImportLiveHandler(ConsoleHandler):
    """Asked by the page each second while a worker is at it."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self, import_id: str) -> None:
        """How far it is."""
        one = await access_import(self.ctx, self.acting, import_id)
        self.data(
            {
                "state": one.state.value,
                "open": one.is_open,
                "percent": one.percent,
                "text": words.import_step(one),
            }
        )


class ImportTicksHandler(ConsoleHandler):
    """The boxes beside the pupils of one page."""

    access = Access.STAFF
    right = Right.ROSTER

    async def post(self, import_id: str) -> None:
        """Keep them."""
        shown = self.get_body_arguments("shown")[:_MOST_TICKS]
        ticked = self.get_body_arguments("ticked")[:_MOST_TICKS]
        one = await leave_out(self.ctx, self.acting, import_id, shown, ticked)
        if self.wants_json:
            self.data({"without": len(one.without)})
            return
        section = _section(self.get_body_argument("section", ""), list(Section))
        page = _number(self.get_body_argument("page", ""))
        self.go(f"/console/imports/{one.id}?section={section or ''}&page={page}&done=ticks_kept")


class ImportApplyHandler(ImportHandler):
    """Writing what was ticked."""

    async def get(self, import_id: str) -> None:
        """Somebody reloaded what a form had answered."""
        one = await access_import(self.ctx, self.acting, import_id)
        self.go(f"/console/imports/{one.id}")

    async def post(self, import_id: str) -> None:
        """Begin; or ask once more where half of the school would leave."""
        said = self.get_body_arguments("kind")
        kinds = [kind for kind in Kind if kind.value in said]
        sure = self.get_body_argument("sure", "") == "yes"
        try:
            one = await begin_applying(self.ctx, self.acting, import_id, kinds, sure=sure)
        except ConflictError as error:
            one = await access_import(self.ctx, self.acting, import_id)
            problem = words.CONFLICTS.get(error.code, words.CONFLICTS["import_over"])
            await self.show(one, status=409, problem=problem, kinds=kinds)
            return
        self.go(f"/console/imports/{one.id}")


class ImportAgainHandler(ConsoleHandler):
    """Comparing the same file once more."""

    access = Access.STAFF
    right = Right.ROSTER

    async def post(self, import_id: str) -> None:
        """Have it tried again."""
        await try_again(self.ctx, self.acting, import_id)
        self.go(f"/console/imports/{import_id}")


class ImportDropHandler(ConsoleHandler):
    """Deciding against a list."""

    access = Access.STAFF
    right = Right.ROSTER

    async def post(self, import_id: str) -> None:
        """Its file goes at once."""
        await drop_import(self.ctx, self.acting, import_id)
        self.go("/console/imports")


class ImportReportHandler(ConsoleHandler):
    """The report, row by row."""

    access = Access.STAFF
    right = Right.ROSTER

    async def get(self, import_id: str) -> None:
        """Stream it."""
        file, content = await open_report(self.ctx, self.acting, import_id)
        await send_file(self, file, content)


def _section(text: str, among: Sequence[Section]) -> Section | None:
    for section in among:
        if section.value == text:
            return section
    return among[0] if among else None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 6 else 0
