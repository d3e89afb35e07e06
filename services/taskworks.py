"""What a family does with a task list: steps ticked and unticked, pieces handed in and taken back, all voluntary.

Let in is who is bound to a child that is in the list's class *now*.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from domain.errors import ConflictError, NotFoundError
from domain.files import Shower, StoredFile, promise_to
from domain.schools import Student
from domain.tasklists import TaskList
from domain.taskworks import Piece, TaskWork, check_piece, taskwork_id, ticked, with_piece
from services.class_work import who_agrees
from services.context import Context
from services.families import access_own_child
from services.files import Owner, attach, uploads_of
from services.people import Child, Teaching, children_of
from services.reading import record_read
from services.tasklists import access_tasklist_as_teacher

_ROUNDS = 5
_LISTS = 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A list as a guardian sees it for one child."""

    child: Child
    tasks: TaskList

    @property
    def student(self) -> Student:
        """The child."""
        return self.child.student

    @property
    def work_id(self) -> str:
        """Where what the child did with it is."""
        return taskwork_id(self.tasks.id, self.student.id)


async def access_tasklist_as_guardian(
    ctx: Context, person_id: str, list_id: str, student_id: str
) -> Opened:
    """A list that is out, of the class of a child they are bound to now. Raises NotFoundError."""
    child = await access_own_child(ctx, person_id, student_id)
    tasks = await ctx.stores.tasklists.find(list_id)
    if tasks is None or not tasks.is_out(ctx.now()):
        raise NotFoundError
    if (tasks.school_id, tasks.class_id) != (child.student.school_id, child.student.class_id):
        raise NotFoundError
    return Opened(child, tasks)


async def open_tasklist_for(ctx: Context, person_id: str, list_id: str, student_id: str) -> Opened:
    """Open a list: its notice is read by this adult. Raises NotFoundError."""
    opened = await access_tasklist_as_guardian(ctx, person_id, list_id, student_id)
    with suppress(NotFoundError):  # it is out, and its message is still on the way
        await record_read(ctx, person_id, list_id)
    return opened


async def lists_of_guardian(ctx: Context, person_id: str) -> list[tuple[Child, list[TaskList]]]:
    """The newest lists that are out, child by child in their order."""
    found, now = [], ctx.now()
    for child in await children_of(ctx, person_id):
        lists = await ctx.stores.tasklists.page_of_class(
            child.student.school_id, child.student.class_id, before=None, at=now, limit=_LISTS
        )
        found.append((child, [t for t in lists if t.is_out(now)]))
    return found


async def work_of(ctx: Context, opened: Opened) -> TaskWork:
    """What the child did with it so far."""
    held = await ctx.stores.taskworks.many([opened.work_id])
    return held.get(opened.work_id) or TaskWork(
        id=opened.work_id,
        school_id=opened.tasks.school_id,
        list_id=opened.tasks.id,
        class_id=opened.tasks.class_id,
        student_id=opened.student.id,
        first_at=ctx.now(),
    )


def check_may_act(ctx: Context, opened: Opened) -> None:
    """Whether this adult may do something with it now. Raises ConflictError: `may_only_read`, `tasklist_over`."""
    if not opened.child.binding.may_confirm:
        raise ConflictError("may_only_read")
    if not opened.tasks.is_open(ctx.now()):
        raise ConflictError("tasklist_over")


async def tick_step(ctx: Context, opened: Opened, number: int, *, done: bool) -> TaskWork:
    """Tick a step, or take the tick away. Durable with one write (`taskworks`); twice is once.

    Raises NotFoundError; ConflictError.
    """
    check_may_act(ctx, opened)
    if opened.tasks.step(number) is None:
        raise NotFoundError
    now = ctx.now()
    return await _change(ctx, opened, lambda work: ticked(work, number, now, done=done))


async def hand_in_piece(
    ctx: Context,
    opened: Opened,
    person_id: str,
    number: int,
    *,
    words: str,
    file_ids: Sequence[str],
    shared: bool,
    key: str,
) -> TaskWork:
    """Hand something in for a step, in the place of what was there, which goes with its files.

    Durable with one write (`taskworks`). The same key is the same piece. Raises NotFoundError; InvalidError;
    ConflictError: also `no_consent` where it shall be shared and the family has not agreed to that.
    """
    check_may_act(ctx, opened)
    if opened.tasks.step(number) is None:
        raise NotFoundError
    before = await work_of(ctx, opened)
    said = "|".join(("piece", person_id, before.id, str(number), key))
    piece_id = hashlib.sha256(said.encode()).hexdigest()[:32]
    if any(p.id == piece_id for p in before.pieces):
        return before
    if shared and opened.student.id not in await who_agrees(
        ctx, opened.tasks.school_id, [opened.student.id]
    ):
        raise ConflictError("no_consent")
    files = await _files(ctx, opened, person_id, before.piece(number), file_ids)
    check_piece(words, files)
    piece = Piece(
        id=piece_id,
        step=number,
        text=words,
        files=await attach(ctx, files, promise_to(Shower.TASKWORK, before.id)),
        relation=opened.child.binding.relation,
        at=ctx.now(),
        shared=shared,
    )
    return await _change(ctx, opened, lambda work: with_piece(work, number, piece))


async def _files(
    ctx: Context, opened: Opened, person_id: str, held: Piece | None, file_ids: Sequence[str]
) -> list[StoredFile]:
    """What they uploaded for this child and attached to nothing; what was handed in for the step before may stay."""
    kept = {f.file_id for f in held.files} if held else set()
    wanted = list(dict.fromkeys(file_ids))
    owner = Owner(opened.tasks.school_id, person_id, opened.student.id)
    found = await ctx.stores.files.many([i for i in wanted if i in kept])
    fresh = await uploads_of(ctx, owner, [i for i in wanted if i not in kept])
    # A file of two things would go with the one and be missing in the other.
    if not all(file.loose for file in fresh):
        raise ConflictError("file_used")
    found = {**found, **{file.id: file for file in fresh}}
    return [found[i] for i in wanted if i in found]


async def take_piece_back(ctx: Context, opened: Opened, number: int) -> TaskWork:
    """What was handed in for a step is gone, with its files and for whoever saw it; also after the list is over.

    Raises ConflictError `may_only_read`.
    """
    if not opened.child.binding.may_confirm:
        raise ConflictError("may_only_read")
    return await _change(ctx, opened, lambda work: with_piece(work, number, None))


async def _change(ctx: Context, opened: Opened, change: Callable[[TaskWork], TaskWork]) -> TaskWork:
    """Write over what was read, again where somebody came in between; files that nothing shows any more go."""
    for _ in range(_ROUNDS):
        held = await work_of(ctx, opened)
        changed = change(held)
        if (changed.done, changed.pieces) == (held.done, held.pieces):
            return held
        if await ctx.stores.taskworks.mark_changed(changed):
            gone = set(held.files()) - set(changed.files())
            await ctx.stores.forgetting.drop_files(sorted(gone))
            return replace(changed, version=changed.version + 1)
    raise ConflictError


async def works_of_class(
    ctx: Context, teaching: Teaching, list_id: str
) -> tuple[TaskList, list[tuple[Student, TaskWork | None]]]:
    """The class's list, by number, with what each child did. Costs what the class has. Raises NotFoundError."""
    tasks = await access_tasklist_as_teacher(ctx, teaching, list_id)
    pupils = await ctx.stores.schools.students_of(tasks.school_id, [tasks.class_id])
    found = await ctx.stores.taskworks.many(taskwork_id(list_id, s.id) for s in pupils)
    rows = [(s, found.get(taskwork_id(list_id, s.id))) for s in pupils]
    return tasks, sorted(rows, key=lambda row: (row[0].number, row[0].id))


async def access_taskwork_as_teacher(
    ctx: Context, teaching: Teaching, list_id: str, student_id: str
) -> tuple[Student, TaskWork]:
    """What one child of the class did. Raises NotFoundError, also where it did nothing."""
    _, rows = await works_of_class(ctx, teaching, list_id)
    for student, work in rows:
        if student.id == student_id and work is not None:
            return student, work
    raise NotFoundError
