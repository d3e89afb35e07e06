"""Making a family file: everything about one child and one guardian as a ZIP that explains itself.

Nothing whole is held in memory: texts go into unnamed temporary files (gone with the process), stored
files flow through piece by piece. What is about another guardian is never read, but for their relation.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any

from domain.activities import Activity
from domain.answers import Answer, place_text
from domain.audit import Entry
from domain.bindings import binding_id
from domain.deliveries import Delivery
from domain.family_files import FamilyFile
from domain.files import FileKind, StoredFile, offered_name
from domain.leaves import Leave
from domain.mistakes import Mistake
from domain.notices import NoticeState
from domain.submissions import Submission
from services import family_asked as asked
from services import family_pages as pages
from services import family_tasks as tasks
from services import family_work as work
from services.audit import Wanted, audit_page
from services.context import Context
from services.family_circles import shared_of, shared_part, shared_records
from services.family_records import (
    account_record,
    attempt_record,
    binding_record,
    claim_record,
    consent_record,
    delivery_record,
    entry_record,
    iso,
    notice_record,
    timing_record,
)
from services.family_talk import talk_of, talk_part, talk_record

_PIECE_BYTES = 256 * 1024


@dataclass(slots=True)
class _Archive:
    """A ZIP under way. `links` says where each stored file lies in it, once that is certain."""

    ctx: Context
    wanted: FamilyFile
    zip: zipfile.ZipFile
    html: IO[bytes]
    links: dict[str, str] = field(default_factory=dict)
    done: int = 0
    total: int = 0

    def say(self, text: str) -> None:
        """The next piece of the page."""
        self.html.write(text.encode())

    async def step(self, *, every: int = 25) -> None:
        """One part more is in it; told now and then."""
        self.done += 1
        if self.done % every == 0 or self.done == self.total:
            await self.ctx.stores.family_files.note_progress(self.wanted.id, self.done, self.total)


async def write_archive(ctx: Context, wanted: FamilyFile, out: IO[bytes]) -> None:
    """Write the whole archive to `out`. Raises nothing of its own: what is gone meanwhile is left out."""
    with (
        TemporaryFile() as html,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive,
    ):
        making = _Archive(ctx, wanted, archive, html)
        await _plan(making)
        await _write_head(making)
        await _write_notices(making)
        await _write_rest(making)
        making.say(pages.page_end())
        html.seek(0)
        _put(archive, "index.html", html)


async def _plan(making: _Archive) -> None:
    """What there is to do, and under which name each file will lie; then the files themselves."""
    ctx, deliveries = making.ctx, 0
    names: dict[str, str] = {}
    async for batch in _deliveries(making):
        deliveries += len(batch)
        notices = await ctx.stores.notices.many(d.notice_id for d in batch)
        for delivery in batch:
            notice = notices.get(delivery.notice_id)
            if notice is not None and notice.state is not NoticeState.WITHDRAWN:
                for attachment in (a for v in notice.versions for a in v.attachments):
                    names.setdefault(attachment.file_id, attachment.name)
            if delivery.signature_id:
                names.setdefault(delivery.signature_id, "")
    answers, leaves = await _asked(making)
    own = [f for answer, _, _ in answers for f in answer.files().values()]
    for attachment in [*own, *(f for leave in leaves for f in leave.files)]:
        names.setdefault(attachment.file_id, attachment.name)
    names = {**await _own_files(making), **names}
    shared = (await shared_of(ctx, making.wanted)).files()
    names = {**(await _talk_files(making)), **shared, **names}
    making.total = deliveries + len(names)
    for number, (file_id, name) in enumerate(names.items(), start=1):
        folder = "photos" if file_id in shared else "files"
        await _put_stored(making, file_id, name, number, folder)
        await making.step(every=1)


async def _own_files(making: _Archive) -> dict[str, str]:
    """The names of what was handed in for the child, by file id."""
    submissions, book = await _work(making)
    lists = await tasks.task_records(making.ctx, making.wanted.school_id, making.wanted.student_id)
    names = {a.file_id: a.name for s in submissions for a in s.files().values()}
    names |= {a.file_id: a.name for t in lists if t.work for a in t.work.files().values()}
    return names | {mistake.file_id: "错题" for mistake in book if mistake.file_id}


async def _talk_files(making: _Archive) -> dict[str, str]:
    """The files in what was said, by id, each with its name."""
    said = [m for m in await talk_of(making.ctx, making.wanted) if m.recalled_at is None]
    return {a.file_id: a.name for m in said for a in m.files}


async def _put_stored(making: _Archive, file_id: str, name: str, number: int, folder: str) -> None:
    file = await making.ctx.stores.files.find(file_id)
    if file is None:
        return
    stem, _, ending = file.name.rpartition(".")
    safe = offered_name(name or "signature", f".{ending}" if stem else "")
    folder = "signatures" if file.kind is FileKind.SIGNATURE else folder
    path = f"{folder}/{number:04d}-{safe}"
    info = zipfile.ZipInfo(path)  # stored as it is: pictures and documents are packed already
    with making.zip.open(info, "w", force_zip64=True) as part:
        async for piece in making.ctx.stores.files.read(file_id):
            part.write(piece)
    making.links[file_id] = path


async def _write_head(making: _Archive) -> None:
    ctx, wanted = making.ctx, making.wanted
    student = await ctx.stores.forgetting.find_student(wanted.student_id)
    school = await ctx.stores.schools.find_school(wanted.school_id)
    classes = await ctx.stores.schools.classes([student.class_id] if student else [])
    making.say(
        pages.page_head(
            student.name if student else "",
            classes[0].name if classes else "",
            school.name if school else "",
            ctx.now(),
        )
    )
    binding = await ctx.stores.bindings.find(binding_id(wanted.student_id, wanted.person_id))
    others = await ctx.stores.bindings.active_of_students(wanted.school_id, [wanted.student_id])
    lines = await ctx.stores.forgetting.contacts_by_id(
        [binding.contact_id] if binding and binding.contact_id else []
    )
    making.say(pages.heading("绑定"))
    if binding is None:
        making.say(pages.nothing())
        return
    record = binding_record(
        binding,
        student,
        phone_last4=lines[0].phone_last4 if lines else "",
        others=[b.relation for b in others if b.person_id != wanted.person_id],
    )
    making.say(pages.binding_part(record))
    _put_json(making.zip, "data/child.json", record)


async def _write_notices(making: _Archive) -> None:
    """Notices received, newest first, with deliveries and the ledger of each."""
    ctx = making.ctx
    making.say(pages.heading("通知"))
    with TemporaryFile() as lines:
        lines.write(b"[")
        first = True
        async for batch in _deliveries(making):
            notices = await ctx.stores.notices.many(d.notice_id for d in batch)
            for delivery in sorted(batch, key=lambda d: d.position, reverse=True):
                notice = notices.get(delivery.notice_id)
                attempts = await ctx.stores.deliveries.attempts_of(delivery.id)
                making.say(pages.notice_part(notice, delivery, attempts, making.links))
                record = {
                    **notice_record(notice, making.links),
                    "delivery": delivery_record(delivery, making.links),
                    "attempts": [attempt_record(a) for a in attempts],
                }
                lines.write((b"\n" if first else b",\n") + _json(record))
                first = False
                await making.step()
        if first:
            making.say(pages.nothing())
        lines.write(b"\n]\n")
        lines.seek(0)
        _put(making.zip, "data/notices.json", lines)


@dataclass(frozen=True, slots=True)
class _Chapter:
    """A part of the page, and its records as `data/NAME.json`."""

    title: str
    name: str
    records: Sequence[Any]
    part: str


async def _write_rest(making: _Archive) -> None:
    """What is of the child, then what is of the adult as its guardian, and what the school did with its records."""
    for chapter in (
        *await _chapters_of_work(making),
        *await _chapters_of_talk(making),
        *await _chapters_of_adult(making),
    ):
        making.say(pages.heading(chapter.title))
        making.say(chapter.part if chapter.records else pages.nothing())
        _put_json(making.zip, f"data/{chapter.name}.json", chapter.records)


async def _chapters_of_work(making: _Archive) -> list[_Chapter]:
    """What was asked of the child and done for it."""
    links, wanted = making.links, making.wanted
    submissions, book = await _work(making)
    answers, leaves = await _asked(making)
    lists = await tasks.task_records(making.ctx, wanted.school_id, wanted.student_id)
    return [
        _Chapter(
            "作业和批改",
            "submissions",
            [work.submission_record(s, links) for s in submissions],
            work.submissions_part(submissions, links),
        ),
        _Chapter(
            "错题本",
            "mistakes",
            [work.mistake_record(m, links) for m in book],
            work.mistakes_part(book, links),
        ),
        _Chapter(
            "活动",
            "answers",
            [asked.answer_record(*one, links) for one in answers],
            asked.answers_part(answers, links),
        ),
        _Chapter(
            "请假",
            "leaves",
            [asked.leave_record(one, links) for one in leaves],
            asked.leaves_part(leaves, links),
        ),
        _Chapter(
            "周末与假期",
            "tasklists",
            [tasks.task_record(t, links) for t in lists],
            tasks.tasks_part(lists, links),
        ),
    ]


async def _chapters_of_talk(making: _Archive) -> list[_Chapter]:
    """What was said, and what circles show of the child."""
    links = making.links
    talk = await talk_of(making.ctx, making.wanted)
    shared = await shared_of(making.ctx, making.wanted)
    records = [talk_record(m, links) for m in talk]
    return [
        _Chapter("消息", "messages", records, talk_part(talk)),
        _Chapter("班级圈", "circles", shared_records(shared, links), shared_part(shared, links)),
    ]


async def _chapters_of_adult(making: _Archive) -> list[_Chapter]:
    """What the adult decided and asked for, the account it was done with, and the school's log."""
    stores, wanted = making.ctx.stores, making.wanted
    events = [
        e
        for e in await stores.consents.of_person(wanted.person_id)
        if e.student_id in ("", wanted.student_id)
    ]
    timings = [
        t
        for t in await stores.timings.of_student(wanted.school_id, wanted.student_id)
        if t.person_id == wanted.person_id
    ]
    claims = [
        c
        for c in await stores.forgetting.claims_of_person(wanted.person_id)
        if wanted.student_id in c.candidates
    ]
    identities = await stores.forgetting.identities_of([wanted.person_id])
    account = account_record(identities, await stores.forgetting.sessions_of(wanted.person_id))
    entries = await _entries(making)
    consents = [consent_record(e) for e in events]
    acts = [entry_record(e) for e in entries]
    return [
        _Chapter("同意与不同意", "consents", consents, pages.consents_part(events)),
        _Chapter(
            "作业用时", "timings", [timing_record(t) for t in timings], pages.timings_part(timings)
        ),
        _Chapter(
            "绑定申请", "claims", [claim_record(c) for c in claims], pages.claims_part(claims)
        ),
        _Chapter("微信账号和登录", "account", account, pages.account_part(account)),
        _Chapter("学校对孩子记录的操作", "audit", acts, pages.audit_part(entries)),
    ]


async def _work(making: _Archive) -> tuple[list[Submission], list[Mistake]]:
    """What was handed in for the child, and its mistakes book."""
    stores, wanted = making.ctx.stores, making.wanted
    return (
        await stores.submissions.of_student(wanted.school_id, wanted.student_id),
        await stores.mistakes.of_student(wanted.school_id, wanted.student_id),
    )


async def _asked(
    making: _Archive,
) -> tuple[list[tuple[Answer, Activity | None, str]], list[Leave]]:
    """What was answered for the child, or by this adult as its guardian, with the place it has; and its leave."""
    stores, wanted = making.ctx.stores, making.wanted
    held = await stores.answers.of_student(wanted.school_id, wanted.student_id)
    mine = [a for a in held if a.person_id in ("", wanted.person_id)]
    activities = await stores.activities.many(a.activity_id for a in mine)
    seats = await stores.seats.many(activities)
    found = [(a, activities.get(a.activity_id), place_text(a, activities, seats)) for a in mine]
    return found, await stores.leaves.of_student(wanted.school_id, wanted.student_id)


async def _entries(making: _Archive) -> list[Entry]:
    """The school's audit log as far as it is about the child or this binding."""
    found: list[Entry] = []
    wanted = making.wanted
    for subject in (wanted.student_id, binding_id(wanted.student_id, wanted.person_id)):
        before: str | None = None
        while True:
            page = await audit_page(
                making.ctx, wanted.school_id, Wanted(subject_id=subject), before=before
            )
            found += page.entries
            before = page.older
            if before is None:
                break
    return sorted(found, key=lambda e: e.at, reverse=True)


def _deliveries(making: _Archive) -> AsyncIterator[list[Delivery]]:
    wanted = making.wanted
    return making.ctx.stores.forgetting.deliveries_of(wanted.person_id, wanted.student_id)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, default=iso).encode()


def _put_json(archive: zipfile.ZipFile, name: str, value: Any) -> None:
    archive.writestr(name, _json(value))


def _put(archive: zipfile.ZipFile, name: str, source: IO[bytes]) -> None:
    with archive.open(name, "w", force_zip64=True) as part:
        while piece := source.read(_PIECE_BYTES):
            part.write(piece)


def archive_file(ctx: Context, wanted: FamilyFile, blob_id: str, size_bytes: int) -> StoredFile:
    """The record under which an archive is stored; its name says nothing of the child."""
    return StoredFile(
        id=blob_id,
        school_id=wanted.school_id,
        owner_id=wanted.person_id,
        kind=FileKind.ARCHIVE,
        name="family-file.zip",
        content_type="application/zip",
        size_bytes=size_bytes,
        created_at=ctx.now(),
    )
