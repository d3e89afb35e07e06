"""Lines of the school's list that bind nobody because their phone stands with children of two families: who decides.

A person says that the children are one family, or whose phone it is, or which line is wrong. The lines remember it
(`Contact.siblings`, `Contact.apart`), so that the next list with the same phone does not ask again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from domain.audit import Act
from domain.bindings import Binding, Ending, EndReason
from domain.errors import ConflictError, NotFoundError
from domain.roles import Right
from domain.schools import Contact, School, Student
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.roster_files import RosterError
from services.roster_turns import roster_turn


@dataclass(frozen=True, slots=True)
class ClosedLine:
    """One line in quarantine. `bound` adults came through it while it was in order, and stay until it goes."""

    contact: Contact
    student: Student
    class_name: str
    bound: int


@dataclass(frozen=True, slots=True)
class ClosedGroup:
    """The lines of one school that share a phone, with the last four digits of it."""

    id: str
    phone_last4: str
    lines: tuple[ClosedLine, ...]

    @property
    def line_ids(self) -> tuple[str, ...]:
        """What a person has seen before them when they decide."""
        return tuple(line.contact.id for line in self.lines)


def access_roster(post: Post) -> School:
    """The school whose list this person keeps. Raises NotFoundError."""
    if post.school is None or not post.has_everywhere(Right.ROSTER):
        raise NotFoundError
    return post.school


async def quarantined(ctx: Context, post: Post) -> list[ClosedGroup]:
    """Every group that waits for a decision, the one with the most children first. Raises NotFoundError."""
    school = access_roster(post)
    lines = await ctx.stores.schools.quarantined_contacts(school.id)
    students = await ctx.stores.schools.students({line.student_id for line in lines})
    classes = await ctx.stores.schools.classes({s.class_id for s in students.values()})
    names = {c.id: c.name for c in classes}
    bound = await _bound_through(ctx, school.id, lines)
    groups: dict[str, list[ClosedLine]] = defaultdict(list)
    for line in lines:
        student = students.get(line.student_id)
        if student is not None:
            class_name = names.get(student.class_id, "")
            closed = ClosedLine(line, student, class_name, len(bound[line.id]))
            groups[line.quarantine_group or line.id].append(closed)
    found = [
        ClosedGroup(name, some[0].contact.phone_last4, tuple(sorted(some, key=_by_class)))
        for name, some in groups.items()
    ]
    return sorted(found, key=lambda g: (-len(g.lines), g.id))


def _by_class(line: ClosedLine) -> tuple[str, str]:
    return line.class_name, line.student.name


async def settle_as_siblings(ctx: Context, post: Post, group_id: str, seen: Sequence[str]) -> None:
    """They are one family: the lines bind again, and a later list does not ask about these children.

    `seen` are the lines the person had before them. Raises NotFoundError, and ConflictError when the group is
    another one by now.
    """
    async with _group(ctx, post, group_id, seen) as group:
        everybody = {line.student.id for line in group.lines}
        for line in group.lines:
            others = everybody - {line.student.id}
            siblings = tuple(sorted({*line.contact.siblings, *others}))
            await _release(ctx, post, line, siblings=siblings, apart=line.contact.apart)


async def settle_for_one(
    ctx: Context, post: Post, group_id: str, student_id: str, seen: Sequence[str]
) -> None:
    """The phone is this child's family's alone: their line binds again, the others go with what was bound through
    them. Raises as `settle_as_siblings` does."""
    async with _group(ctx, post, group_id, seen) as group:
        owner = next((line for line in group.lines if line.student.id == student_id), None)
        if owner is None:
            raise NotFoundError
        others = [line for line in group.lines if line is not owner]
        apart = tuple(sorted({*owner.contact.apart, *(line.student.id for line in others)}))
        await _release(ctx, post, owner, siblings=owner.contact.siblings, apart=apart)
        await _drop(ctx, post, others)


async def settle_for_nobody(ctx: Context, post: Post, group_id: str, seen: Sequence[str]) -> None:
    """The phone is no family's (an office's, a made-up one): all its lines go, with what was bound through them.

    Nothing remembers it: the list has to be put right. Raises as `settle_as_siblings` does.
    """
    async with _group(ctx, post, group_id, seen) as group:
        await _drop(ctx, post, group.lines)


async def drop_line(
    ctx: Context, post: Post, group_id: str, line_id: str, seen: Sequence[str]
) -> None:
    """The phone is not this child's: the line goes with what was bound through it; the others still wait.

    Raises as `settle_as_siblings` does.
    """
    async with _group(ctx, post, group_id, seen) as group:
        gone = [line for line in group.lines if line.contact.id == line_id]
        if not gone:
            raise NotFoundError
        rest = [line.contact for line in group.lines if line.contact.id != line_id]
        wrong = gone[0].student.id
        await ctx.stores.schools.save_contacts(
            [replace(c, apart=tuple(sorted({*c.apart, wrong}))) for c in rest]
        )
        await _drop(ctx, post, gone)


@asynccontextmanager
async def _group(
    ctx: Context, post: Post, group_id: str, seen: Sequence[str]
) -> AsyncIterator[ClosedGroup]:
    """The group as the person saw it, while no list is taken in."""
    school = access_roster(post)
    try:
        async with roster_turn(ctx, school.id, post.name):
            found = [g for g in await quarantined(ctx, post) if g.id == group_id]
            if not found:
                raise NotFoundError
            if set(found[0].line_ids) != set(seen):
                raise ConflictError("quarantine_changed")
            yield found[0]
    except RosterError:
        raise ConflictError("roster_busy") from None


async def _release(
    ctx: Context,
    post: Post,
    line: ClosedLine,
    *,
    siblings: tuple[str, ...],
    apart: tuple[str, ...],
) -> None:
    await note_act(
        ctx,
        post.actor,
        Act.CONTACT_RELEASED,
        subject=("contact", line.contact.id),
        before={"quarantine": True},
        after={"quarantine": False, "student_id": line.student.id, "siblings": len(siblings)},
    )
    released = replace(
        line.contact, quarantine=False, quarantine_group="", siblings=siblings, apart=apart
    )
    await ctx.stores.schools.save_contacts([released])


async def _drop(ctx: Context, post: Post, lines: Sequence[ClosedLine]) -> None:
    """The lines are closed already: nobody binds through them while what was bound ends."""
    if not lines:
        return
    for line in lines:
        await note_act(
            ctx,
            post.actor,
            Act.CONTACT_DROPPED,
            subject=("contact", line.contact.id),
            before={"student_id": line.student.id, "bound": line.bound},
        )
    contacts = [line.contact for line in lines]
    bound = await _bound_through(ctx, contacts[0].school_id, contacts)
    for binding in (b for some in bound.values() for b in some):
        ending = Ending(at=ctx.now(), by=post.person_id, reason=EndReason.WRONG)
        await ctx.stores.bindings.end(binding.id, ending)
    await ctx.stores.schools.drop_contacts([c.id for c in contacts])


async def _bound_through(
    ctx: Context, school_id: str, lines: Sequence[Contact]
) -> dict[str, list[Binding]]:
    """The active bindings that were made through each line."""
    students = sorted({line.student_id for line in lines})
    active = await ctx.stores.bindings.active_of_students(school_id, students) if students else []
    through: dict[str, list[Binding]] = defaultdict(list)
    for binding in active:
        if binding.contact_id:
            through[binding.contact_id].append(binding)
    return through
