"""Activities of one's own: publishing them, what came in, the deadline, taking them back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from domain.activities import (
    OPTION_LIMIT,
    SEAT_LIMIT,
    Activity,
    Kind,
    Per,
    QuestionDraft,
    QuestionKind,
)
from domain.activity_changes import More
from domain.files import FileKind
from domain.roles import Right
from handlers.base import Access
from handlers.reading import pack_cursor
from miniapp.activity_shapes import (
    ActivityRow,
    OptionIn,
    QuestionOut,
    TotalOut,
    ValueOut,
    activity_row,
    question_rows,
    total_rows,
    value_rows,
)
from miniapp.endpoints import WHOLE, Call, Registry, Schema, Stream, stream_made
from miniapp.paging import PageQuery, place_of
from miniapp.shapes import Attachment, Done, NamedClass, attachment_rows
from services.activities import (
    activities_of_author,
    change_activity,
    draft_activity,
    may_ask_staff,
    move_deadline,
    publish_activity,
    withdraw_activity,
)
from services.activity_results import (
    Came,
    Results,
    export_results,
    results_name,
    results_of,
)
from services.attachments import stored_of
from services.spreadsheets import XLSX

activities = Registry("activities")
_OWN = "/teaching/activities/{activity_id}"


class ActivityOptions(Schema):
    """Whom one may ask: these classes, and with `staff` everybody who works at the school."""

    classes: list[NamedClass]
    staff: bool


class QuestionIn(Schema):
    """A question."""

    kind: QuestionKind
    text: str = Field(max_length=200)
    required: bool = True
    options: list[OptionIn] = Field(default_factory=list, max_length=OPTION_LIMIT)
    most: Annotated[int, Field(ge=0, le=OPTION_LIMIT), WHOLE] = 0


class ActivityIn(Schema):
    """What is to be published: to classes, or with `staff` to everybody who works at the school. `closes_at` is school
    time or carries its offset; `shows_totals`: who is asked sees how many chose what; `waits`: a waiting list."""

    kind: Kind
    staff: bool = False
    class_ids: list[str] = Field(default_factory=list, max_length=200)
    title: str = Field(max_length=100)
    body: str = Field(max_length=4000)
    per: Per = Per.CHILD
    closes_at: str = Field(max_length=40)
    questions: list[QuestionIn] = Field(default_factory=list, max_length=40)
    file_ids: list[str] = Field(default_factory=list, max_length=20)
    shows_totals: bool = False
    waits: bool = False


class ActivityList(Schema):
    """A page of the list, newest first; `next_cursor` is null at the end."""

    items: list[ActivityRow]
    next_cursor: str | None


class LineOut(Schema):
    """One child, or adult, who is asked. `option_id` is their place, or the one they wait for."""

    subject_id: str
    name: str
    class_name: str
    came: Came
    relation: str
    at: datetime | None
    option_id: str
    place_in_line: int
    values: list[ValueOut]


class OwnActivity(Schema):
    """An activity of one's own with everything that came in."""

    activity: ActivityRow
    body: str
    attachments: list[Attachment]
    questions: list[QuestionOut]
    shows_totals: bool
    waits: bool
    version: int
    answered: int
    waiting: int
    totals: list[TotalOut]
    lines: list[LineOut]


class SeatsIn(Schema):
    """How many places an option has from now on: as many as before or more."""

    option_id: str = Field(max_length=20)
    seats: Annotated[int, Field(ge=0, le=SEAT_LIMIT), WHOLE]


class MoreIn(Schema):
    """What is added to one question: places, and options behind those that there are."""

    question_id: str = Field(max_length=20)
    seats: list[SeatsIn] = Field(default_factory=list, max_length=OPTION_LIMIT)
    options: list[OptionIn] = Field(default_factory=list, max_length=OPTION_LIMIT)


class ChangeIn(Schema):
    """What it says from now on, over the `version` that was seen; `tells`: who has read or answered it hears of it."""

    version: Annotated[int, Field(ge=1, le=1000), WHOLE]
    title: str = Field(max_length=100)
    body: str = Field(max_length=4000)
    closes_at: str = Field(max_length=40)
    tells: bool = True
    more: list[MoreIn] = Field(default_factory=list, max_length=40)


class DeadlineIn(Schema):
    """Until when it can be answered; blank: until now."""

    closes_at: str = Field("", max_length=40)


@activities("GET", "/teaching/activity-options", access=Access.STAFF, right=Right.PUBLISH)
async def activity_options(call: Call) -> ActivityOptions:
    """Whom I may ask."""
    return ActivityOptions(
        classes=[NamedClass(id=c.id, name=c.name) for c in call.teaching.classes],
        staff=may_ask_staff(call.teaching),
    )


@activities("GET", "/teaching/activities", access=Access.STAFF, right=Right.PUBLISH)
async def list_activities(call: Call, query: PageQuery) -> ActivityList:
    """What I published, newest first."""
    found = await activities_of_author(
        call.ctx, call.teaching, before=place_of(query.cursor), limit=query.limit + 1
    )
    shown, now = found[: query.limit], call.ctx.now()
    more = len(found) > query.limit
    return ActivityList(
        items=[activity_row(one, now) for one in shown],
        next_cursor=pack_cursor(shown[-1].position) if more else None,
    )


@activities("POST", "/teaching/activities", access=Access.STAFF, right=Right.PUBLISH, creates=True)
async def publish(call: Call, body: ActivityIn) -> ActivityRow:
    """Publish at once: families are told as of a notice, staff by a card."""
    form = {
        "kind": body.kind.value,
        "per": body.per.value,
        "title": body.title,
        "body": body.body,
        "closes_at": body.closes_at,
        "shows_totals": "yes" if body.shows_totals else "",
        "waits": "yes" if body.waits else "",
    }
    questions = [
        QuestionDraft(
            kind=q.kind,
            text=q.text,
            required=q.required,
            options=tuple((o.text, o.seats) for o in q.options),
            most=q.most,
        )
        for q in body.questions
    ]
    draft = await draft_activity(
        call.ctx,
        call.teaching,
        form,
        questions,
        staff=body.staff,
        class_ids=body.class_ids,
        file_ids=body.file_ids,
    )
    made = await publish_activity(call.ctx, call.teaching, draft, idempotency_key=call.key)
    return activity_row(made, call.ctx.now())


@activities("GET", _OWN, access=Access.STAFF, right=Right.PUBLISH)
async def get_own_activity(call: Call, activity_id: str) -> OwnActivity:
    """One that I published, with what came in so far. Nobody else sees this."""
    return await _out(call, await results_of(call.ctx, call.teaching, activity_id))


@activities("POST", _OWN + "/deadline", access=Access.STAFF, right=Right.PUBLISH, creates=True)
async def set_deadline(call: Call, activity_id: str, body: DeadlineIn) -> ActivityRow:
    """Give more time, or close it now."""
    changed = await move_deadline(call.ctx, call.teaching, activity_id, body.closes_at)
    return activity_row(changed, call.ctx.now())


@activities("POST", _OWN + "/change", access=Access.STAFF, right=Right.PUBLISH, creates=True)
async def change(call: Call, activity_id: str, body: ChangeIn) -> ActivityRow:
    """Say it anew while it is open: title, text, time, more places, more options; every wording is kept."""
    changed = await change_activity(
        call.ctx,
        call.teaching,
        activity_id,
        {"title": body.title, "body": body.body, "closes_at": body.closes_at},
        {
            m.question_id: More(
                seats={s.option_id: s.seats for s in m.seats},
                options=[(o.text, o.seats) for o in m.options],
            )
            for m in body.more
        },
        tells=body.tells,
        seen=body.version,
        key=call.key,
    )
    return activity_row(changed, call.ctx.now())


@activities("POST", _OWN + "/withdrawal", access=Access.STAFF, right=Right.PUBLISH, creates=True)
async def take_back_activity(call: Call, activity_id: str) -> Done:
    """Withdraw: it can be answered no more, who has read of it is told."""
    await withdraw_activity(call.ctx, call.teaching, activity_id)
    return Done(done=True)


@activities("GET", _OWN + "/export", access=Access.STAFF, right=Right.PUBLISH)
async def export_answers(call: Call, activity_id: str) -> Stream:
    """What came in as an Excel file; that it was taken is noted."""
    found = await results_of(call.ctx, call.teaching, activity_id)
    content = await export_results(call.ctx, call.teaching, found)
    return stream_made(
        call,
        content,
        school_id=found.activity.school_id,
        kind=FileKind.DOCUMENT,
        name=results_name(found.activity),
        content_type=XLSX,
    )


async def _out(call: Call, found: Results) -> OwnActivity:
    activity: Activity = found.activity
    given = [f for x in found.lines if x.answer for f in x.answer.files().values()]
    stored = await stored_of(call.ctx, [*activity.attachments, *given])
    lines = []
    for line in found.lines:
        says = line.answer if line.came in (Came.ANSWERED, Came.WAITING) else None
        lines.append(
            LineOut(
                subject_id=line.subject_id,
                name=line.name,
                class_name=line.class_name,
                came=line.came,
                relation=says.current.relation if says else "",
                at=says.current.at if says else None,
                option_id=line.option_id,
                place_in_line=line.place_in_line,
                values=value_rows(says, stored),
            )
        )
    return OwnActivity(
        activity=activity_row(activity, call.ctx.now()),
        body=activity.body,
        attachments=attachment_rows(activity.attachments, stored),
        questions=question_rows(activity, found.seats),
        shows_totals=activity.shows_totals,
        waits=activity.waits,
        version=activity.version,
        answered=found.answered,
        waiting=found.waiting,
        totals=total_rows(found.totals),
        lines=lines,
    )
