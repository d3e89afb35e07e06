"""Study groups (学习小组): made by the teacher, joined by families; what a family sees of the others in its group.

Of another child nothing is shown but what is shared, by first name, and only while its family agrees (`class_work`):
asked anew each time, so taking it back counts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from domain.errors import ConflictError
from domain.remarks import Comment
from domain.schools import Student
from domain.study_groups import Group, GroupDraft, StudyGroups, join, leave, set_groups
from domain.tasklists import TaskList
from domain.taskworks import Piece, taskwork_id
from services.class_work import who_agrees
from services.context import Context
from services.people import Teaching
from services.tasklists import access_tasklist_as_teacher
from services.taskworks import Opened, check_may_act

_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class Fellow:
    """Another child of the group, of whom the family agrees, and what it shares."""

    student: Student
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Circle:
    """A child's group as its family sees it. `hidden` members are not shown; `agrees`: the own family is shown.

    `comments` are those that may be seen here: to the fellows' pieces and the child's own, and its own that wait.
    """

    group: Group
    fellows: tuple[Fellow, ...]
    hidden: int
    agrees: bool
    comments: tuple[Comment, ...]


async def groups_of(ctx: Context, tasks: TaskList) -> StudyGroups:
    """The groups of a list, as they are now."""
    held = await ctx.stores.study_groups.find(tasks.id)
    return held or StudyGroups(id=tasks.id, school_id=tasks.school_id, class_id=tasks.class_id)


async def arrange_groups(
    ctx: Context, teaching: Teaching, list_id: str, wanted: Sequence[GroupDraft], *, seen: int
) -> StudyGroups:
    """The teacher puts groups together anew, over what was seen. Durable with one write (`study_groups`).

    Raises NotFoundError; InvalidError; ConflictError when somebody joined or left since.
    """
    tasks = await access_tasklist_as_teacher(ctx, teaching, list_id)
    pupils = await ctx.stores.schools.students_of(tasks.school_id, [tasks.class_id])
    held = await groups_of(ctx, tasks)
    if held.version != seen:
        raise ConflictError
    changed = set_groups(held, wanted, [s.id for s in pupils])
    if not await ctx.stores.study_groups.mark_changed(changed):
        raise ConflictError
    return replace(changed, version=seen + 1)


async def join_group(ctx: Context, opened: Opened, group_id: str) -> None:
    """The child joins an open group, out of the one it is in. Raises ConflictError: `group_closed`, `group_full`."""
    check_may_act(ctx, opened)
    await _change(ctx, opened, lambda held: join(held, group_id, opened.student.id))


async def leave_group(ctx: Context, opened: Opened) -> None:
    """The child is in no group any more, whoever put it there; also after the list is over."""
    if not opened.child.binding.may_confirm:
        raise ConflictError("may_only_read")
    await _change(ctx, opened, lambda held: leave(held, opened.student.id))


async def _change(
    ctx: Context, opened: Opened, change: Callable[[StudyGroups], StudyGroups]
) -> None:
    for _ in range(_ROUNDS):
        held = await groups_of(ctx, opened.tasks)
        changed = change(held)
        if changed.groups == held.groups or await ctx.stores.study_groups.mark_changed(changed):
            return
    raise ConflictError


async def circle_of(ctx: Context, opened: Opened) -> Circle | None:
    """The child's group at this moment; None while it is in none."""
    tasks, own_id = opened.tasks, opened.student.id
    group = (await groups_of(ctx, tasks)).of(own_id)
    if group is None:
        return None
    pupils = await ctx.stores.schools.students_of(tasks.school_id, [tasks.class_id])
    members = [s for s in pupils if s.id in group.student_ids]
    agreed = await who_agrees(ctx, tasks.school_id, [s.id for s in members])
    works = await ctx.stores.taskworks.many(taskwork_id(tasks.id, s.id) for s in members)
    shared = {
        w.student_id: tuple(p for p in w.pieces if p.shared)
        for w in works.values()
        if w.student_id in agreed
    }
    fellows = tuple(
        Fellow(s, shared.get(s.id, ())) for s in members if s.id in agreed and s.id != own_id
    )
    said = await ctx.stores.remarks.comments(tasks.school_id, tasks.id)
    shown = {p.id for pieces in shared.values() for p in pieces}
    comments = tuple(c for c in said if c.piece_id in shown and _is_shown(c, own_id, agreed))
    hidden = sum(s.id not in agreed and s.id != own_id for s in members)
    return Circle(group, fellows, hidden, own_id in agreed, comments)


def _is_shown(comment: Comment, own_id: str, agreed: set[str]) -> bool:
    if comment.author_id == own_id:
        return True
    return comment.may_be_seen and comment.author_id in agreed
