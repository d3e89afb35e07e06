"""The Excel file: a row a guardian, nothing that a spreadsheet would calculate, signatures in their cells."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from PIL import Image

from domain.audit import Act, Actor, Note
from domain.channels import Channel, Reason
from domain.deliveries import Delivery, Outcome, Result
from domain.errors import NotFoundError
from domain.notices import ConfirmMode, Notice, NoticeState, Version
from domain.receipts import child_receipts
from domain.schools import SchoolClass, Student
from services.context import Context
from services.exports import Words, export_name, export_receipts, open_signature
from services.receipts import ClassReceipts, Receipts
from services.spreadsheets import neutral

AT = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
TEACHER = Actor(person_id="t", post_id="a", role="head_teacher", place_id="s")
WORDS = Words(
    state=str, reason=lambda line: str(line.reason or "nobody"), relation=lambda r: r or "?"
)


@dataclass
class Files:
    """The one store that an export asks."""

    content: bytes

    async def read(self, file_id: str) -> AsyncIterator[bytes]:
        """In two pieces, as a store may."""
        yield self.content[:10]
        yield self.content[10:]

    async def find(self, file_id: str) -> None:
        """There is none."""


@dataclass
class Log:
    """Takes what is noted."""

    notes: list[Note] = field(default_factory=list)

    async def append(self, note: Note) -> None:
        """Kept in order."""
        self.notes.append(note)


def _context(content: bytes = b"", log: Log | None = None) -> Context:
    stores = SimpleNamespace(files=Files(content), audit=log or Log())
    return cast(Context, SimpleNamespace(stores=stores, now=lambda: AT))


def _png() -> bytes:
    content = io.BytesIO()
    Image.new("RGBA", (600, 240), (0, 0, 0, 90)).save(content, format="PNG")
    return content.getvalue()


def _notice(title: str = "运动会") -> Notice:
    version = Version(number=1, title=title, body="b", attachments=(), links=(), written_at=AT)
    return Notice(
        id="n", school_id="s", class_ids=("c",), author_id="a", author_name="王老师",
        confirm=ConfirmMode.SIGN, deadline_at=None, state=NoticeState.PUBLISHED,
        publish_at=AT, position="p", created_at=AT, versions=(version,),
    )  # fmt: skip


def _delivery(student: str, person: str, **more: Any) -> Delivery:
    return Delivery(
        id=f"n:{student}:{person}", school_id="s", notice_id="n", class_id="c",
        student_id=student, person_id=person, published_at=AT, position="p", **more,
    )  # fmt: skip


def _receipts(
    *names: str, deliveries: tuple[Delivery, ...] = (), title: str = "运动会"
) -> Receipts:
    students = [
        Student(id=f"s{n}", school_id="s", class_id="c", name=name, number=n)
        for n, name in enumerate(names, start=1)
    ]
    relations = {f"{d.student_id}:{d.person_id}": "妈妈" for d in deliveries}
    children = tuple(child_receipts(students, deliveries, relations))
    group = ClassReceipts(SchoolClass(id="c", school_id="s", name="三年级二班", grade=3), children)
    return Receipts(_notice(title), (group,), 0)


async def _exported(receipts: Receipts, signature: bytes = b"") -> Workbook:
    content = await export_receipts(_context(signature), TEACHER, receipts, WORDS)
    return load_workbook(io.BytesIO(content))


async def test_each_guardian_has_a_row_and_a_child_without_one_too() -> None:
    delivered = Outcome(result=Result.DELIVERED, channel=Channel.TEMPLATE, at=AT)
    missed = Outcome(result=Result.UNREACHABLE, channel=Channel.IN_APP, at=AT, reason=Reason.QUOTA)
    receipts = _receipts(
        "李小明",
        "张小雨",
        deliveries=(
            _delivery("s1", "p1", outcome=delivered, read_at=AT, confirmed_at=AT, signature_id="f"),
            _delivery("s1", "p2", outcome=missed),
        ),
    )
    sheet = (await _exported(receipts, _png()))["回执"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
    when = "2026-11-22 08:30"
    assert rows == [
        ["三年级二班", 1, "李小明", "妈妈", "confirmed", None, when, when, when, None],
        ["三年级二班", 1, "李小明", "妈妈", "unreachable", "quota", None, None, None, None],
        ["三年级二班", 2, "张小雨", None, "never_bound", "nobody", None, None, None, None],
    ]
    assert [image.anchor._from.row for image in sheet._images] == [1]


async def test_a_child_bound_after_the_notice_is_not_called_unbound() -> None:
    child = Student(id="s1", school_id="s", class_id="c", name="李小明", number=1)
    group = ClassReceipts(
        SchoolClass(id="c", school_id="s", name="三年级二班", grade=3),
        tuple(child_receipts([child], [], {"s1:p1": "妈妈"})),
    )
    sheet = (await _exported(Receipts(_notice("运动会"), (group,), 0)))["回执"]
    assert [cell.value for cell in sheet[2]][4:6] == ["unreachable", "bound_later"]


async def test_a_signature_keeps_its_shape() -> None:
    delivery = _delivery("s1", "p1", read_at=AT, confirmed_at=AT, signature_id="f")
    sheet = (await _exported(_receipts("李小明", deliveries=(delivery,)), _png()))["回执"]
    (image,) = sheet._images
    assert image.anchor.ext.width / image.anchor.ext.height == pytest.approx(600 / 240, rel=0.02)


@pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1"])
async def test_a_name_that_looks_like_a_formula_is_text(name: str) -> None:
    book = await _exported(_receipts(name, title=name))
    cell = book["回执"]["C2"]
    assert cell.data_type == "s"
    assert str(cell.value).startswith("'")
    assert book["概况"]["B1"].data_type == "s"
    assert str(book["概况"]["B1"].value).startswith("'")


@given(st.text(max_size=30))
def test_no_text_starts_a_formula_or_breaks_the_file(text: str) -> None:
    safe = neutral(text)
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r"))
    Workbook().worksheets[0].cell(1, 1).value = safe


def test_the_files_name_has_no_folder_in_it() -> None:
    assert export_name(_notice('a/b\\c:"运动会"\n')) == "回执 abc运动会.xlsx"


async def test_there_is_no_signature_to_open_where_nobody_signed() -> None:
    log = Log()
    with pytest.raises(NotFoundError):
        await open_signature(_context(log=log), TEACHER, _delivery("s1", "p1"))
    with pytest.raises(NotFoundError):
        await open_signature(_context(log=log), TEACHER, _delivery("s1", "p1", signature_id="gone"))
    assert log.notes == []


async def test_that_a_list_was_taken_is_noted_without_anybodys_name() -> None:
    log = Log()
    await export_receipts(_context(log=log), TEACHER, _receipts("李小明", "张小雨"), WORDS)
    (note,) = log.notes
    assert (note.act, note.chain, note.actor) == (Act.RECEIPTS_EXPORTED, "s", TEACHER)
    assert (note.subject_kind, note.subject_id) == ("notice", "n")
    assert note.after == {"class_ids": "c", "children": 2}
