"""What goes of the virtual class with a child, and with a list that is too old."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from domain.errors import ConflictError
from domain.remarks import Comment
from domain.safety import Kind, Subject
from domain.study_groups import leave
from domain.tasklists import TaskList
from services.context import Context

_ROUNDS = 10


async def forget_taskworks(ctx: Context, school_id: str, student_id: str) -> Mapping[str, int]:
    """What a child handed in, what was written for it and to it, its questions and their notices; files first."""
    stores, forget = ctx.stores, ctx.stores.forgetting
    works = await stores.taskworks.of_student(school_id, student_id)
    said = await stores.remarks.comments_by(school_id, student_id)
    said += await stores.remarks.comments_on(school_id, student_id)
    asked = [q.id for q in await stores.remarks.questions_of(school_id, student_id)]
    counts = {
        "files": await forget.drop_files(sorted({i for w in works for i in w.files()})),
        "notices": await forget.drop("notices", asked),
        "taskworks": await forget.drop("taskworks", [w.id for w in works]),
        "task_comments": await forget.drop("task_comments", [c.id for c in said]),
        "task_questions": await forget.drop("task_questions", asked),
        "reviews": await forget.drop("reviews", [*_reviews(said, asked)]),
    }
    for groups in await stores.study_groups.of_student(school_id, student_id):
        await _take_out(ctx, groups.id, student_id)
    return counts


def _reviews(said: Iterable[Comment], asked: Iterable[str]) -> Iterator[str]:
    """The ids under which words of theirs wait for somebody, or waited."""
    yield from (Subject(Kind.PEER_COMMENT, c.id).review_id for c in said)
    yield from (Subject(Kind.QUESTION, i).review_id for i in asked)


async def _take_out(ctx: Context, list_id: str, student_id: str) -> None:
    for _ in range(_ROUNDS):
        held = await ctx.stores.study_groups.find(list_id)
        if held is None or await ctx.stores.study_groups.mark_changed(leave(held, student_id)):
            return
    raise ConflictError


async def drop_tasklist(ctx: Context, tasks: TaskList) -> None:
    """A list with everything that was done and said about it; the list itself goes last."""
    stores, forget = ctx.stores, ctx.stores.forgetting
    works = await stores.taskworks.of_list(tasks.school_id, tasks.id)
    said = await stores.remarks.comments(tasks.school_id, tasks.id)
    asked = await stores.remarks.questions(tasks.school_id, tasks.id)
    files = {*tasks.files(), *(i for w in works for i in w.files())}
    await forget.drop_files(sorted(files))
    await forget.drop("taskworks", [w.id for w in works])
    await forget.drop("task_comments", [c.id for c in said])
    await forget.drop("task_questions", [q.id for q in asked])
    await forget.drop("study_groups", [tasks.id])
    await forget.drop("tasklists", [tasks.id])
