"""A teacher's side of the virtual class: opening a list, who did what, study groups, comments, questions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import Field

from domain.remarks import CommentState, Question
from domain.roles import Right
from domain.study_groups import GroupDraft, StudyGroups
from domain.subjects import subjects_of
from domain.submissions import first_name
from domain.tasklists import StepDraft
from handlers.base import Access
from handlers.reading import pack_cursor
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.homework_shapes import Subject, subject_row
from miniapp.paging import place_of
from miniapp.shapes import Done
from miniapp.tasklist_shapes import (
    PieceOut,
    TaskListOut,
    TaskQuestion,
    piece_out,
    question_out,
    stored_pieces,
    tasklist_out,
)
from services.remarks import answer_question, decide_comment, show_answer
from services.study_groups import arrange_groups, groups_of
from services.tasklists import (
    breaks_of,
    draft_tasklist,
    lists_of_class,
    may_open,
    open_tasklist,
    withdraw_tasklist,
)
from services.taskworks import access_taskwork_as_teacher, works_of_class

tasklists = Registry("tasklists")


class Break(Schema):
    """Days without school, both included."""

    first_on: date
    last_on: date


class ClassToOpen(Schema):
    """A class one opens lists in, and the subjects; `general`: also of no subject."""

    id: str
    name: str
    subjects: list[Subject]
    general: bool


class TaskListOptions(Schema):
    """Where one may open a list, and the next weekends and holidays."""

    classes: list[ClassToOpen]
    breaks: list[Break]


class TaskStep(Schema):
    """A step."""

    words: str = Field(max_length=1000)
    link: str = Field("", max_length=1000)
    file_ids: list[str] = Field(default_factory=list, max_length=20)


class TaskListIn(Schema):
    """What is to be opened, from a day to a day without school between them; `subject` may be empty."""

    class_id: str = Field(max_length=200)
    subject: str = Field("", max_length=40)
    title: str = Field(max_length=100)
    intro: str = Field("", max_length=4000)
    first_on: str = Field(max_length=10)
    last_on: str = Field(max_length=10)
    steps: list[TaskStep] = Field(max_length=50)


class ListsQuery(Schema):
    """Which class's lists, and which page."""

    class_id: str = Field(max_length=200)
    cursor: str = Field("", max_length=400)


class OwnListRow(Schema):
    """A list in a class's list of them; `waiting` comments and questions wait for a teacher."""

    id: str
    title: str
    subject: Subject | None
    author: str
    mine: bool
    first_on: date
    last_on: date
    open: bool
    withdrawn: bool
    waiting: int


class OwnLists(Schema):
    """A page of a class's lists, newest first; `next_cursor` is null at the end."""

    items: list[OwnListRow]
    next_cursor: str | None


class PupilRow(Schema):
    """A pupil, which steps are ticked, for which something is handed in, and of those which the group may see. The
    order is the class's own."""

    child_id: str
    name: str
    number: int
    done: list[int]
    pieces: list[int]
    shared: list[int]


class StudyGroupOut(Schema):
    """A study group. `joinable`: families may join by themselves."""

    id: str
    name: str
    joinable: bool
    child_ids: list[str]


class StudyGroupsOut(Schema):
    """All groups of a list; `version` goes back with a change."""

    version: int
    groups: list[StudyGroupOut]


class StudyGroupIn(Schema):
    """A group as it shall be; `id` is empty for a new one."""

    id: str = Field("", max_length=20)
    name: str = Field(max_length=40)
    joinable: bool
    child_ids: list[str] = Field(max_length=50)


class StudyGroupsIn(Schema):
    """All groups as they shall be, in their order, over the `version` that was seen."""

    version: Number
    groups: list[StudyGroupIn] = Field(max_length=50)


class HeldComment(Schema):
    """A comment as the list's teachers see it: from whose family, to whose piece. `on` is empty once that is gone."""

    id: str
    child_id: str
    name: str
    on_id: str
    on: str
    step: int | None
    text: str
    at: datetime
    state: CommentState


class TaskAskedOf(TaskQuestion):
    """A question as the list's teachers see it: for which child."""

    child_id: str
    name: str
    relation: str


class ListDesk(Schema):
    """A list as its teachers see it."""

    tasks: TaskListOut
    mine: bool
    pupils: list[PupilRow]
    groups: StudyGroupsOut
    comments: list[HeldComment]
    questions: list[TaskAskedOf]


class DoneWork(Schema):
    """What one child did: the ticked steps, and what was handed in."""

    child_id: str
    name: str
    done: list[int]
    pieces: list[PieceOut]


class CommentDecision(Schema):
    """Whether the group may see it."""

    allow: bool


class TaskAnswer(Schema):
    """The answer."""

    words: str = Field(max_length=4000)


class ShownToAll(Schema):
    """Whether all of the class see it."""

    shown: bool


_LIST = "/teaching/tasklists/{list_id}"


@tasklists("GET", "/teaching/tasklist-options", access=Access.STAFF, right=Right.HOMEWORK)
async def tasklist_options(call: Call) -> TaskListOptions:
    """The classes and subjects I may open a list in, and the next days off."""
    teaching = call.teaching
    named = subjects_of(teaching.school.stages, teaching.school.rules.local_subjects)
    return TaskListOptions(
        classes=[
            ClassToOpen(
                id=c.id,
                name=c.name,
                subjects=[
                    Subject(code=code, name=name)
                    for code, name in named
                    if may_open(teaching, c, code)
                ],
                general=may_open(teaching, c, ""),
            )
            for c in teaching.classes
        ],
        breaks=[Break(first_on=f, last_on=t) for f, t in await breaks_of(call.ctx, teaching)],
    )


@tasklists("GET", "/teaching/tasklists", access=Access.STAFF, right=Right.HOMEWORK)
async def list_tasklists(call: Call, query: ListsQuery) -> OwnLists:
    """The lists of a class of mine, newest first."""
    local = call.teaching.school.rules.local_subjects
    rows, place = await lists_of_class(
        call.ctx, call.teaching, query.class_id, before=place_of(query.cursor)
    )
    items = [
        OwnListRow(
            id=r.tasks.id,
            title=r.tasks.title,
            subject=subject_row(r.tasks.subject, local) if r.tasks.subject else None,
            author=r.tasks.author_name,
            mine=r.tasks.author_id == call.person_id,
            first_on=r.tasks.first_on,
            last_on=r.tasks.last_on,
            open=r.tasks.is_open(call.ctx.now()),
            withdrawn=r.tasks.withdrawn_at is not None,
            waiting=r.waiting,
        )
        for r in rows
    ]
    return OwnLists(items=items, next_cursor=pack_cursor(place) if place else None)


@tasklists("POST", "/teaching/tasklists", access=Access.STAFF, right=Right.HOMEWORK, creates=True)
async def open_list(call: Call, body: TaskListIn) -> TaskListOut:
    """Open a list; the families are told once, on its first day."""
    form = body.model_dump(exclude={"steps"})
    steps = [StepDraft(text=s.words, link=s.link, file_ids=tuple(s.file_ids)) for s in body.steps]
    draft = await draft_tasklist(call.ctx, call.teaching, form, steps)
    held = await open_tasklist(call.ctx, call.teaching, draft, key=call.key)
    return await tasklist_out(call.ctx, held, call.teaching.school.rules.local_subjects)


@tasklists("GET", _LIST, access=Access.STAFF, right=Right.HOMEWORK)
async def get_list_desk(call: Call, list_id: str) -> ListDesk:
    """A list: what each pupil did, the groups, what was said and asked."""
    ctx, local = call.ctx, call.teaching.school.rules.local_subjects
    tasks, rows = await works_of_class(ctx, call.teaching, list_id)
    names = {s.id: s.name for s, _ in rows}
    steps = {p.id: p.step for _, work in rows if work for p in work.pieces}
    return ListDesk(
        tasks=await tasklist_out(ctx, tasks, local),
        mine=tasks.author_id == call.person_id,
        pupils=[
            PupilRow(
                child_id=s.id,
                name=s.name,
                number=s.number,
                done=[t.step for t in work.done] if work else [],
                pieces=[p.step for p in work.pieces] if work else [],
                shared=[p.step for p in work.pieces if p.shared] if work else [],
            )
            for s, work in rows
        ],
        groups=_groups_out(await groups_of(ctx, tasks)),
        comments=[
            HeldComment(
                id=c.id,
                child_id=c.author_id,
                name=names.get(c.author_id, ""),
                on_id=c.student_id,
                on=first_name(names.get(c.student_id, "")),
                step=steps.get(c.piece_id),
                text=c.text,
                at=c.written_at,
                state=c.state,
            )
            for c in await ctx.stores.remarks.comments(tasks.school_id, tasks.id)
        ],
        questions=[
            _asked(q, names) for q in await ctx.stores.remarks.questions(tasks.school_id, tasks.id)
        ],
    )


@tasklists("POST", _LIST + "/withdrawal", access=Access.STAFF, right=Right.HOMEWORK, creates=True)
async def take_back_list(call: Call, list_id: str) -> Done:
    """Withdraw a list: families see it no more."""
    await withdraw_tasklist(call.ctx, call.teaching, list_id)
    return Done(done=True)


@tasklists("GET", _LIST + "/children/{student_id}", access=Access.STAFF, right=Right.HOMEWORK)
async def get_done_work(call: Call, list_id: str, student_id: str) -> DoneWork:
    """What one child of the class did with it."""
    student, work = await access_taskwork_as_teacher(call.ctx, call.teaching, list_id, student_id)
    stored = await stored_pieces(call.ctx, list(work.pieces))
    return DoneWork(
        child_id=student.id,
        name=student.name,
        done=[t.step for t in work.done],
        pieces=[piece_out(p, stored) for p in work.pieces],
    )


@tasklists("PUT", _LIST + "/groups", access=Access.STAFF, right=Right.HOMEWORK)
async def set_study_groups(call: Call, list_id: str, body: StudyGroupsIn) -> StudyGroupsOut:
    """Put the study groups together, all at once."""
    wanted = [
        GroupDraft(id=g.id, name=g.name, joinable=g.joinable, student_ids=tuple(g.child_ids))
        for g in body.groups
    ]
    held = await arrange_groups(call.ctx, call.teaching, list_id, wanted, seen=body.version)
    return _groups_out(held)


@tasklists("PUT", _LIST + "/comments/{comment_id}", access=Access.STAFF, right=Right.HOMEWORK)
async def decide_on_comment(
    call: Call, list_id: str, comment_id: str, body: CommentDecision
) -> Done:
    """Let the group see a comment, or not."""
    await decide_comment(call.ctx, call.teaching, list_id, comment_id, allow=body.allow)
    return Done(done=True)


@tasklists("PUT", _LIST + "/questions/{question_id}", access=Access.STAFF, right=Right.HOMEWORK)
async def answer_family(call: Call, list_id: str, question_id: str, body: TaskAnswer) -> Done:
    """Answer a family's question, or answer it anew."""
    await answer_question(call.ctx, call.teaching, list_id, question_id, body.words)
    return Done(done=True)


@tasklists(
    "PUT", _LIST + "/questions/{question_id}/shown", access=Access.STAFF, right=Right.HOMEWORK
)
async def show_answer_to_all(call: Call, list_id: str, question_id: str, body: ShownToAll) -> Done:
    """Put question and answer on the list for all, without whose it is, or take them off."""
    await show_answer(call.ctx, call.teaching, list_id, question_id, shown=body.shown)
    return Done(done=True)


def _groups_out(held: StudyGroups) -> StudyGroupsOut:
    return StudyGroupsOut(
        version=held.version,
        groups=[
            StudyGroupOut(id=g.id, name=g.name, joinable=g.joinable, child_ids=list(g.student_ids))
            for g in held.groups
        ],
    )


def _asked(question: Question, names: Mapping[str, str]) -> TaskAskedOf:
    return TaskAskedOf(
        **question_out(question).model_dump(),
        child_id=question.student_id,
        name=names.get(question.student_id, ""),
        relation=question.relation,
    )
