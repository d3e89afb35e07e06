"""A family's side of the virtual class: lists, ticks, pieces, the study group, comments, questions. All voluntary."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from domain.remarks import CommentState
from domain.submissions import first_name
from domain.taskworks import TaskWork
from handlers.base import Access
from miniapp.endpoints import Call, Number, Registry, Schema
from miniapp.homework_shapes import Subject, subject_row
from miniapp.shapes import Done
from miniapp.tasklist_shapes import (
    PieceCommentOut,
    PieceOut,
    SharedPiece,
    TaskListOut,
    TaskQuestion,
    comment_out,
    piece_out,
    question_out,
    shared_piece,
    stored_pieces,
    tasklist_out,
)
from services.class_work import who_agrees
from services.remarks import ask_question, comment_piece, questions_for, take_comment_back
from services.study_groups import circle_of, groups_of, join_group, leave_group
from services.taskworks import (
    Opened,
    access_tasklist_as_guardian,
    hand_in_piece,
    lists_of_guardian,
    open_tasklist_for,
    take_piece_back,
    tick_step,
    work_of,
)

taskworks = Registry("taskworks")


class ListRow(Schema):
    """A list that is out. `open`: something may be done with it now."""

    id: str
    title: str
    subject: Subject | None
    author: str
    steps: int
    first_on: date
    last_on: date
    open: bool


class ChildLists(Schema):
    """The newest lists of one child."""

    child_id: str
    name: str
    items: list[ListRow]


class ListsOfChildren(Schema):
    """The lists of my children, child by child."""

    children: list[ChildLists]


class MyWork(Schema):
    """What the child did: the ticked steps, and what was handed in."""

    done: list[int]
    pieces: list[PieceOut]


class FellowOut(Schema):
    """Another child of the group by first name alone, with what it shares. The files are asked for with `tasklist`
    and the own child."""

    name: str
    pieces: list[SharedPiece]


class CircleOut(Schema):
    """The child's study group. `hidden` members' families have not agreed to be shown."""

    group_id: str
    name: str
    hidden: int
    fellows: list[FellowOut]
    comments: list[PieceCommentOut]


class OpenGroup(Schema):
    """A group that one may join."""

    id: str
    name: str
    members: int
    full: bool


class OpenedList(Schema):
    """A list for one child. `may_act`: by this adult, now; `agrees`: the family lets the class see what the child
    made (the consent `class_work`); `group` is null while the child is in none; `answers` are shown to all."""

    tasks: TaskListOut
    child_id: str
    may_act: bool
    agrees: bool
    work: MyWork
    group: CircleOut | None
    open_groups: list[OpenGroup]
    questions: list[TaskQuestion]
    answers: list[TaskQuestion]


class StepTick(Schema):
    """Whether it is done."""

    done: bool


class StepPiece(Schema):
    """What is handed in: `file_ids` from /files or /uploads for this child, or kept from what was there. `shared`:
    the study group may see it."""

    words: str = Field("", max_length=4000)
    file_ids: list[str] = Field(default_factory=list, max_length=20)
    shared: bool = False


class GroupChoice(Schema):
    """Which open group to join; null leaves the one the child is in."""

    group_id: str | None = Field(max_length=20)


class PieceComment(Schema):
    """A word to a piece of another child."""

    piece_id: str = Field(max_length=64)
    words: str = Field(max_length=1000)


class PieceCommentSent(Schema):
    """It waits for the teacher."""

    id: str
    state: CommentState


class TaskAsked(Schema):
    """A question to the list (`step` 0) or a step."""

    step: Number = 0
    words: str = Field(max_length=2000)


_LIST = "/tasklists/{list_id}/children/{student_id}"


@taskworks("GET", "/tasklists", access=Access.VISITOR)
async def list_my_tasklists(call: Call) -> ListsOfChildren:
    """The task lists of my children."""
    children = []
    for child, lists in await lists_of_guardian(call.ctx, call.person_id):
        school = await call.ctx.stores.schools.find_school(child.student.school_id)
        local = school.rules.local_subjects if school else ()
        items = [
            ListRow(
                id=t.id,
                title=t.title,
                subject=subject_row(t.subject, local) if t.subject else None,
                author=t.author_name,
                steps=len(t.steps),
                first_on=t.first_on,
                last_on=t.last_on,
                open=t.is_open(call.ctx.now()),
            )
            for t in lists
        ]
        row = ChildLists(child_id=child.student.id, name=child.student.name, items=items)
        children.append(row)
    return ListsOfChildren(children=children)


@taskworks("GET", _LIST, access=Access.VISITOR)
async def get_opened_list(call: Call, list_id: str, student_id: str) -> OpenedList:
    """A list for one of my children: steps, what was done, its group, questions and answers."""
    opened = await open_tasklist_for(call.ctx, call.person_id, list_id, student_id)
    ctx, tasks, own_id = call.ctx, opened.tasks, opened.student.id
    school = await ctx.stores.schools.find_school(tasks.school_id)
    own, answers = await questions_for(ctx, opened)
    groups = await groups_of(ctx, tasks)
    return OpenedList(
        tasks=await tasklist_out(ctx, tasks, school.rules.local_subjects if school else ()),
        child_id=own_id,
        may_act=opened.child.binding.may_confirm and tasks.is_open(ctx.now()),
        agrees=own_id in await who_agrees(ctx, tasks.school_id, [own_id]),
        work=await _work_out(call, await work_of(ctx, opened)),
        group=await _circle_out(call, opened),
        open_groups=[
            OpenGroup(id=g.id, name=g.name, members=len(g.student_ids), full=g.is_full)
            for g in groups.groups
            if g.joinable
        ],
        questions=[question_out(q) for q in own],
        answers=[question_out(q) for q in answers],
    )


@taskworks("PUT", _LIST + "/steps/{number}/tick", access=Access.VISITOR)
async def tick(call: Call, list_id: str, student_id: str, number: str, body: StepTick) -> MyWork:
    """Tick a step, or take the tick away."""
    opened = await _opened(call, list_id, student_id)
    return await _work_out(call, await tick_step(call.ctx, opened, _step(number), done=body.done))


@taskworks("POST", _LIST + "/steps/{number}/piece", access=Access.VISITOR, creates=True)
async def hand_in_for_step(
    call: Call, list_id: str, student_id: str, number: str, body: StepPiece
) -> MyWork:
    """Hand something in for a step, in the place of what was there."""
    opened = await _opened(call, list_id, student_id)
    work = await hand_in_piece(
        call.ctx,
        opened,
        call.person_id,
        _step(number),
        words=body.words.strip(),
        file_ids=body.file_ids,
        shared=body.shared,
        key=call.key,
    )
    return await _work_out(call, work)


@taskworks("DELETE", _LIST + "/steps/{number}/piece", access=Access.VISITOR)
async def take_back_piece(call: Call, list_id: str, student_id: str, number: str) -> MyWork:
    """Take back what was handed in for a step; it is gone, with its files."""
    opened = await _opened(call, list_id, student_id)
    return await _work_out(call, await take_piece_back(call.ctx, opened, _step(number)))


@taskworks("PUT", _LIST + "/group", access=Access.VISITOR)
async def choose_group(call: Call, list_id: str, student_id: str, body: GroupChoice) -> Done:
    """Join an open study group, or leave the one the child is in."""
    opened = await _opened(call, list_id, student_id)
    if body.group_id is None:
        await leave_group(call.ctx, opened)
    else:
        await join_group(call.ctx, opened, body.group_id)
    return Done(done=True)


@taskworks("POST", _LIST + "/comments", access=Access.VISITOR, creates=True)
async def say_to_piece(
    call: Call, list_id: str, student_id: str, body: PieceComment
) -> PieceCommentSent:
    """Say something to what another child of the group shares; nobody sees it before the teacher allows it."""
    opened = await _opened(call, list_id, student_id)
    comment = await comment_piece(
        call.ctx, opened, call.person_id, body.piece_id, body.words, key=call.key
    )
    return PieceCommentSent(id=comment.id, state=comment.state)


@taskworks("DELETE", _LIST + "/comments/{comment_id}", access=Access.VISITOR)
async def take_back_comment(call: Call, list_id: str, student_id: str, comment_id: str) -> Done:
    """Take a comment of one's own back."""
    await take_comment_back(call.ctx, await _opened(call, list_id, student_id), comment_id)
    return Done(done=True)


@taskworks("POST", _LIST + "/questions", access=Access.VISITOR, creates=True)
async def ask_teacher(call: Call, list_id: str, student_id: str, body: TaskAsked) -> TaskQuestion:
    """Ask the teacher; only my family and the list's teachers see it."""
    opened = await _opened(call, list_id, student_id)
    asked = await ask_question(
        call.ctx, opened, call.person_id, body.step, body.words, key=call.key
    )
    return question_out(asked)


async def _opened(call: Call, list_id: str, student_id: str) -> Opened:
    return await access_tasklist_as_guardian(call.ctx, call.person_id, list_id, student_id)


def _step(number: str) -> int:
    """A step's number in an address; what is none finds none."""
    return int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0


async def _work_out(call: Call, work: TaskWork) -> MyWork:
    stored = await stored_pieces(call.ctx, list(work.pieces))
    return MyWork(
        done=[t.step for t in work.done], pieces=[piece_out(p, stored) for p in work.pieces]
    )


async def _circle_out(call: Call, opened: Opened) -> CircleOut | None:
    circle = await circle_of(call.ctx, opened)
    if circle is None:
        return None
    stored = await stored_pieces(call.ctx, [p for f in circle.fellows for p in f.pieces])
    names = {f.student.id: first_name(f.student.name) for f in circle.fellows}
    own = opened.student
    names[own.id] = first_name(own.name)
    return CircleOut(
        group_id=circle.group.id,
        name=circle.group.name,
        hidden=circle.hidden,
        fellows=[
            FellowOut(name=names[f.student.id], pieces=[shared_piece(p, stored) for p in f.pieces])
            for f in circle.fellows
        ],
        comments=[
            comment_out(c, names.get(c.author_id, ""), mine=c.author_id == own.id)
            for c in circle.comments
        ],
    )
