"""A place's acts as an Excel file: a row an entry, newest first, built off the loop and never held whole."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from domain.audit import Act, Actor, Entry, Value
from domain.times import SCHOOL_ZONE
from services import audit_words as words
from services.audit import Wanted, note_act
from services.context import Context
from services.spreadsheets import neutral

ROW_LIMIT = 100_000
_STEP = timedelta(days=1)
_WITHOUT_SINCE = timedelta(days=366)
_LONGEST = timedelta(days=3660)  # each step is one question to the store
_PIECE_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Telling:
    """How ids and codes are written out; without words for them they stand as they are."""

    person: Callable[[str], str] = str
    role: Callable[[str], str] = str
    fields: Callable[[Mapping[str, Value] | None], str] = words.fields_text


async def export_audit(
    ctx: Context,
    actor: Actor,
    place: str,
    wanted: Wanted,
    *,
    telling: Telling | None = None,
) -> AsyncIterator[bytes]:
    """The pieces of the file, once it is built; that it was exported is itself an act, noted first.

    Without `wanted.since` it holds the year before `wanted.until`, and never more than ROW_LIMIT entries.
    Raises InvalidError (fields `since`, `until`), ConflictError.
    """
    wanted.check()
    asked = {
        "act": wanted.act,
        "person_id": wanted.person_id,
        "subject_id": wanted.subject_id,
        "since": wanted.since,
        "until": wanted.until,
    }
    await note_act(
        ctx, actor, Act.AUDIT_EXPORTED, subject=("audit", place), after=asked, place=place
    )
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by whoever reads it, or with it
    try:
        await _build(ctx, place, wanted, telling or Telling(), file)
    except BaseException:
        file.close()
        raise
    return _pieces(file)


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        file.seek(0)
        while piece := await asyncio.to_thread(file.read, _PIECE_BYTES):
            yield piece


async def _build(
    ctx: Context, place: str, wanted: Wanted, telling: Telling, file: IO[bytes]
) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(words.SHEET)
    try:
        _begin(sheet)
        count = 0
        async for entries in _days(ctx, place, wanted):
            room = ROW_LIMIT - count
            await asyncio.to_thread(_append, sheet, entries[:room], telling)
            count += len(entries)
            if count > ROW_LIMIT:
                sheet.append([words.CUT_OFF.format(count=ROW_LIMIT)])
                break
        await asyncio.to_thread(book.save, file)
    except BaseException:
        if not sheet.closed:
            sheet.close()  # until then it keeps a file of its own open
        raise


async def _days(ctx: Context, place: str, wanted: Wanted) -> AsyncIterator[Sequence[Entry]]:
    """What is wanted, a day at a time: each costs what it holds, in a chain of any length."""
    # A second more than now: another process's clock may be a little ahead.
    end = wanted.until or ctx.now() + timedelta(seconds=1)
    since = max(wanted.since or end - _WITHOUT_SINCE, end - _LONGEST)
    while end > since:
        start = max(since, end - _STEP)
        found = await ctx.stores.audit.between(place, start, end)
        fitting = [entry for entry in found if wanted.fits(entry)]
        if fitting:
            yield fitting
        end = start


def _begin(sheet: Any) -> None:
    cells = []
    for number, (heading, width) in enumerate(words.HEADINGS, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
        cell = WriteOnlyCell(sheet, heading)
        cell.font = Font(bold=True)
        cells.append(cell)
    sheet.freeze_panes = "A2"
    sheet.append(cells)


def _append(sheet: Any, entries: Sequence[Entry], telling: Telling) -> None:
    for entry in entries:
        sheet.append([_cell(sheet, value) for value in _row(entry, telling)])


def _row(entry: Entry, telling: Telling) -> list[str | int]:
    actor = entry.actor
    return [
        entry.seq,
        _seconds(entry.at),
        telling.person(actor.person_id),
        telling.role(actor.role),
        actor.post_id,
        actor.address,
        words.act_text(entry.act),
        words.subject_text(entry.subject_kind),
        entry.subject_id,
        telling.fields(entry.before),
        telling.fields(entry.after),
        entry.hash,
    ]


def _seconds(at: datetime) -> str:
    return at.astimezone(SCHOOL_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def _cell(sheet: Any, value: str | int) -> Any:
    if isinstance(value, int):
        return value
    cell = WriteOnlyCell(sheet, neutral(value[:32_000]))  # Excel holds 32,767 characters in a cell
    cell.data_type = "s"  # text, whatever it looks like
    return cell
