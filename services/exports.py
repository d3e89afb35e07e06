"""Receipts as an Excel file (导出回执): a row a guardian, with the signature's picture in its cell."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.drawing.image import Image as SheetPicture
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from domain.audit import Act, Actor
from domain.deliveries import Delivery, Result
from domain.errors import NotFoundError
from domain.files import StoredFile
from domain.notices import Notice
from domain.receipts import ChildReceipt, GuardianReceipt, Receipt
from domain.times import school_text
from services.audit import note_act
from services.context import Context
from services.receipts import Receipts
from services.spreadsheets import neutral

_HEADINGS = (
    ("班级", 14),
    ("学号", 7),
    ("孩子", 12),
    ("家长", 10),
    ("状态", 10),
    ("说明", 36),
    ("送达时间", 18),
    ("阅读时间", 18),
    ("确认时间", 18),
    ("签名", 24),
)
_SIGNATURE_COLUMN = "J"
_SIGNATURE_PIXELS = (160, 64)
_ROW_POINTS = 51  # a row as high as a signature and a little air
_HEAD_FILL = PatternFill("solid", fgColor="E7F8EE")
_READS_AT_ONCE = 8
# A cell that starts so is calculated by Excel, or by whatever the list is pasted into.
_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class Words:
    """What the states and reasons are called; the pages and the file call them alike."""

    state: Callable[[Receipt], str]
    reason: Callable[[GuardianReceipt | ChildReceipt], str]
    relation: Callable[[str], str]


async def open_signature(
    ctx: Context, actor: Actor, delivery: Delivery
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """The signature of a delivery that the caller was let into; that `actor` looked is noted first.

    Raises NotFoundError.
    """
    file_id = delivery.signature_id
    file = await ctx.stores.files.find(file_id) if file_id else None
    if file is None:
        raise NotFoundError
    await note_act(
        ctx,
        actor,
        Act.SIGNATURE_SEEN,
        subject=("delivery", delivery.id),
        after={"signature_id": file.id},
        place=delivery.school_id,
    )
    return file, ctx.stores.files.read(file.id)


async def export_receipts(ctx: Context, actor: Actor, receipts: Receipts, words: Words) -> bytes:
    """The file's bytes; that `actor` took them is noted first.

    Signatures are read a few at a time, the sheet is built off the loop.
    """
    await note_act(
        ctx,
        actor,
        Act.RECEIPTS_EXPORTED,
        subject=("notice", receipts.notice.id),
        after={
            "class_ids": [group.school_class.id for group in receipts.classes],
            "children": len(receipts.children()),
        },
        place=receipts.notice.school_id,
    )
    ids = {
        g.delivery.signature_id
        for child in receipts.children()
        for g in child.guardians
        if g.delivery.signature_id
    }
    limit = asyncio.Semaphore(_READS_AT_ONCE)

    async def read(file_id: str) -> tuple[str, bytes]:
        async with limit:
            return file_id, b"".join([piece async for piece in ctx.stores.files.read(file_id)])

    signatures = dict(await asyncio.gather(*(read(file_id) for file_id in sorted(ids))))
    return await asyncio.to_thread(_built, receipts, words, signatures, ctx.now())


def export_name(notice: Notice) -> str:
    """What the download is called."""
    title = _NOT_IN_FILE_NAMES.sub("", notice.current.title).strip(" .")
    return f"回执 {title}.xlsx"


def _built(
    receipts: Receipts, words: Words, signatures: Mapping[str, bytes], now: datetime
) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    _fill_list(sheet, receipts, words, signatures)
    _fill_summary(book.create_sheet("概况"), receipts, words, now)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill_list(
    sheet: Worksheet, receipts: Receipts, words: Words, signatures: Mapping[str, bytes]
) -> None:
    sheet.title = "回执"
    for column, (heading, width) in enumerate(_HEADINGS, start=1):
        cell = sheet.cell(1, column, heading)
        cell.font, cell.fill = Font(bold=True), _HEAD_FILL
        sheet.column_dimensions[cell.column_letter].width = width
    number = 1
    for class_name, child, guardian in _lines(receipts):
        number += 1
        _write_row(sheet, number, _row(class_name, child, guardian, words))
        signature = signatures.get(guardian.delivery.signature_id or "") if guardian else None
        if signature:
            _place_signature(sheet, number, signature)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{_SIGNATURE_COLUMN}{number}"


def _lines(receipts: Receipts) -> Iterator[tuple[str, ChildReceipt, GuardianReceipt | None]]:
    for group in receipts.classes:
        for child in group.children:
            for guardian in child.guardians or (None,):
                yield group.school_class.name, child, guardian


def _row(
    class_name: str, child: ChildReceipt, guardian: GuardianReceipt | None, words: Words
) -> list[str | int]:
    place: list[str | int] = [class_name, child.student.number, child.student.name]
    if guardian is None:
        return [*place, "", words.state(child.state), words.reason(child), "", "", "", ""]
    delivery = guardian.delivery
    outcome = delivery.outcome
    delivered_at = outcome.at if outcome and outcome.result is Result.DELIVERED else None
    return [
        *place,
        words.relation(guardian.relation),
        words.state(guardian.state),
        words.reason(guardian) if guardian.reason else "",
        *(
            school_text(at) if at else ""
            for at in (delivered_at, delivery.read_at, delivery.confirmed_at)
        ),
        "",
    ]


def _write_row(sheet: Worksheet, number: int, values: list[str | int]) -> None:
    for column, value in enumerate(values, start=1):
        _write(sheet.cell(number, column), value)


def _write(cell: Cell, value: str | int) -> None:
    if isinstance(value, str):
        cell.value = neutral(value)
        cell.data_type = "s"  # text, whatever it looks like
    else:
        cell.value = value
    cell.alignment = Alignment(vertical="center", wrap_text=True)


def _place_signature(sheet: Worksheet, number: int, content: bytes) -> None:
    picture = SheetPicture(io.BytesIO(content))
    width, height = _SIGNATURE_PIXELS
    scale = min(width / picture.width, height / picture.height)
    picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
    sheet.add_image(picture, f"{_SIGNATURE_COLUMN}{number}")
    sheet.row_dimensions[number].height = _ROW_POINTS


def _fill_summary(sheet: Worksheet, receipts: Receipts, words: Words, now: datetime) -> None:
    children, (read, bound) = receipts.children(), receipts.guardians_read()
    counts = receipts.counts()
    lines: list[tuple[str, str | int]] = [
        ("通知", receipts.notice.current.title),
        ("发布人", receipts.notice.author_name),
        ("发布时间", school_text(receipts.notice.publish_at)),
        ("导出时间", school_text(now)),
        ("孩子总数", len(children)),
        ("至少一位家长已读的孩子", sum(child.reached for child in children)),
        ("已绑定家长", bound),
        ("已读家长", read),
        *((f"孩子：{words.state(state)}", counts[state]) for state in Receipt),
    ]
    for number, (name, value) in enumerate(lines, start=1):
        _write_row(sheet, number, [name, value])
        sheet.cell(number, 1).font = Font(bold=True)
    sheet.column_dimensions["A"].width = 26
    sheet.column_dimensions["B"].width = 40
