"""A child's homework as its guardian sees it: what is asked for, handing in, what was said, good work of the class."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from domain.homework import HandIn
from domain.submissions import first_name
from handlers import homework_phrases
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.homework_shapes import Subject, subject_row
from miniapp.link_shapes import Link, link_rows
from miniapp.shapes import Attachment, attachment_rows
from miniapp.submission_shapes import SubmissionOut, submission_out
from services.attachments import stored_of
from services.given_links import for_family
from services.marking import praised_for
from services.submissions import Work, access_work_as_guardian, hand_in, may_hand_in

submissions = Registry("submissions")


class WorkOut(Schema):
    """A homework for one child. `submission` is null while nothing is handed in; `may_hand_in`: by this adult, now."""

    homework_id: str
    child_id: str
    subject: Subject
    text: str
    attachments: list[Attachment]
    links: list[Link]
    minutes: int
    written: bool
    day: date
    due_at: datetime | None
    hand_in: HandIn
    may_hand_in: bool
    submission: SubmissionOut | None


class HandInBody(Schema):
    """What is handed in: `file_ids` from /files or /uploads for this child, or kept from the version before."""

    text: str = Field("", max_length=4000)
    file_ids: list[str] = Field(default_factory=list, max_length=20)


class HandedIn(Schema):
    """It is handed in. `said` is for the person."""

    said: str
    submission: SubmissionOut


class PraisedOut(Schema):
    """Good work of a classmate, by first name alone. Its files are asked for with `praised`."""

    name: str
    text: str
    files: list[Attachment]


class PraisedList(Schema):
    """Good work that is shown to the class."""

    items: list[PraisedOut]


@submissions("GET", "/homework/{homework_id}/children/{student_id}", access=Access.VISITOR)
async def get_work(call: Call, homework_id: str, student_id: str) -> WorkOut:
    """A homework of one of my children, what was handed in, and what the teacher said."""
    work = await access_work_as_guardian(call.ctx, call.person_id, homework_id, student_id)
    return await _work_out(call, work)


@submissions(
    "POST", "/homework/{homework_id}/children/{student_id}", access=Access.VISITOR, creates=True
)
async def hand_in_work(call: Call, homework_id: str, student_id: str, body: HandInBody) -> HandedIn:
    """Hand in, or hand in anew after it was returned."""
    work = await access_work_as_guardian(call.ctx, call.person_id, homework_id, student_id)
    held = await hand_in(
        call.ctx, work, call.person_id, text=body.text.strip(), file_ids=body.file_ids, key=call.key
    )
    said = homework_phrases.handed_in_words(late=held.current.late, again=bool(held.marks))
    return HandedIn(said=said, submission=await submission_out(call.ctx, held))


@submissions("GET", "/homework/{homework_id}/children/{student_id}/praised", access=Access.VISITOR)
async def list_praised(call: Call, homework_id: str, student_id: str) -> PraisedList:
    """Good work of the class, of those whose families agree."""
    work = await access_work_as_guardian(call.ctx, call.person_id, homework_id, student_id)
    found = await praised_for(call.ctx, work)
    stored = await stored_of(call.ctx, [f for p in found for f in p.submission.current.files])
    return PraisedList(
        items=[
            PraisedOut(
                name=first_name(p.student.name),
                text=p.submission.current.text,
                files=attachment_rows(p.submission.current.files, stored),
            )
            for p in found
        ]
    )


async def _work_out(call: Call, work: Work) -> WorkOut:
    homework, held, task = work.homework, work.submission, work.homework.task
    school = await call.ctx.stores.schools.find_school(homework.school_id)
    local = school.rules.local_subjects if school else ()
    return WorkOut(
        homework_id=homework.id,
        child_id=work.child.student.id,
        subject=subject_row(homework.subject, local),
        text=task.text,
        attachments=attachment_rows(task.attachments, await stored_of(call.ctx, task.attachments)),
        links=link_rows(await for_family(call.ctx, work.child.school_class, task.links)),
        minutes=task.minutes,
        written=task.written,
        day=task.day,
        due_at=task.due_at,
        hand_in=task.hand_in,
        may_hand_in=may_hand_in(call.ctx, work),
        submission=await submission_out(call.ctx, held) if held else None,
    )
