"""Who is bound to which child, as the guardian and the head teacher see it, and ending it.

Ended is ended at once: everything that shows or sends something of a child asks for the binding again.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from domain.audit import Act
from domain.bindings import (
    STAFF_REASONS,
    Binding,
    BindingState,
    Claim,
    Ending,
    EndReason,
    binding_id,
)
from domain.custody import parse_change
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.schools import SchoolClass, Student
from services.approvals import requests_of_family
from services.audit import note_act
from services.claims import Standing, standings_of
from services.context import Context
from services.people import Child, Teaching, children_of

log = logging.getLogger("yanshu.services")

TELL_END = "bindings.tell_end"
_ENDINGS_SHOWN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class OwnChild:
    """A child as their guardian sees it; `others` are the relations of who else is bound, never who they are."""

    child: Child
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OwnBindings:
    """Everything an adult can see and end, and what is asked of them.

    `requests` are others' about these children; `waiting` their own; `closed` their own that were refused or
    are over of late; `ended` what ended of late without them.
    """

    children: tuple[OwnChild, ...]
    requests: tuple[Standing, ...]
    waiting: tuple[Standing, ...]
    closed: tuple[Claim, ...]
    ended: tuple[Ending, ...]


@dataclass(frozen=True, slots=True)
class Guardian:
    """An adult bound to a child, as the head teacher sees them. `following`: None is never heard of."""

    binding: Binding
    following: bool | None


@dataclass(frozen=True, slots=True)
class Family:
    """A child and who is bound to it, oldest binding first."""

    student: Student
    guardians: tuple[Guardian, ...]

    @property
    def is_bound(self) -> bool:
        """Whether the child has a guardian; who only tries it is none."""
        return any(not g.binding.trial for g in self.guardians)


@dataclass(frozen=True, slots=True)
class Bound:
    """One binding with what a head teacher has to see before ending it."""

    binding: Binding
    student: Student
    school_class: SchoolClass


async def own_bindings(ctx: Context, person_id: str) -> OwnBindings:
    """What this adult is bound to, waits for, and was lately unbound from by staff."""
    children = await children_of(ctx, person_id)
    others: dict[str, list[Binding]] = defaultdict(list)
    for school_id in {c.student.school_id for c in children}:
        here = [c.student.id for c in children if c.student.school_id == school_id]
        for binding in await ctx.stores.bindings.active_of_students(school_id, here):
            if binding.person_id != person_id:
                others[binding.student_id].append(binding)
    since = ctx.now() - _ENDINGS_SHOWN
    ended = [b.ending for b in await ctx.stores.bindings.ended_of_person(person_id)]
    waiting = sorted(await ctx.stores.claims.of_person(person_id), key=lambda c: c.created_at)
    bound = {c.student.id for c in children if not c.binding.trial}
    return OwnBindings(
        tuple(
            OwnChild(c, tuple(b.relation for b in _oldest_first(others[c.student.id])))
            for c in children
        ),
        tuple(await requests_of_family(ctx, person_id)),
        tuple(await standings_of(ctx, waiting)),
        tuple(
            c
            for c in await ctx.stores.claims.closed_of_person(person_id, since)
            if not bound & set(c.candidates)
        ),
        tuple(e for e in ended if e and e.reason is not EndReason.OWN and e.at > since),
    )


async def school_names(ctx: Context, children: Iterable[Child]) -> dict[str, str]:
    """The names of these children's schools, by id."""
    ids = sorted({c.student.school_id for c in children})
    found = [await ctx.stores.schools.find_school(school_id) for school_id in ids]
    return {school.id: school.name for school in found if school is not None}


def _oldest_first(bindings: list[Binding]) -> list[Binding]:
    return sorted(bindings, key=lambda b: (b.bound_at, b.id))


async def access_own_child(ctx: Context, person_id: str, student_id: str) -> Child:
    """A child this adult is bound to now. Raises NotFoundError."""
    for child in await children_of(ctx, person_id):
        if child.student.id == student_id:
            return child
    raise NotFoundError


async def end_own_binding(ctx: Context, person_id: str, student_id: str) -> None:
    """A guardian ends their own binding; a second time changes nothing.

    Raises NotFoundError for a child they were never bound to.
    """
    key = binding_id(student_id, person_id)
    ending = Ending(at=ctx.now(), by=person_id, reason=EndReason.OWN)
    if await ctx.stores.bindings.end(key, ending):
        log.info("binding %s ended by the guardian", key)
    elif await ctx.stores.bindings.find(key) is None:
        raise NotFoundError


async def families_of(ctx: Context, teaching: Teaching, class_id: str) -> list[Family]:
    """The children of one of their classes and who is bound to each. Raises NotFoundError."""
    if class_id not in teaching.class_ids():
        raise NotFoundError
    school_id = teaching.school.id
    students = await ctx.stores.schools.students_of(school_id, [class_id])
    bindings = await ctx.stores.bindings.active_of_students(school_id, [s.id for s in students])
    identities = await ctx.stores.identities.of_people(
        ctx.policy.app_id, (b.person_id for b in bindings)
    )
    guardians: dict[str, list[Guardian]] = defaultdict(list)
    for binding in _oldest_first(bindings):
        identity = identities.get(binding.person_id)
        following = identity.following if identity else None
        guardians[binding.student_id].append(Guardian(binding, following))
    return [Family(s, tuple(guardians[s.id])) for s in students]


async def access_binding_as_head_teacher(
    ctx: Context, teaching: Teaching, student_id: str, person_id: str
) -> Bound:
    """A binding to a child of one of their classes, ended or not. Raises NotFoundError."""
    binding = await ctx.stores.bindings.find(binding_id(student_id, person_id))
    student = (await ctx.stores.schools.students([student_id])).get(student_id)
    if binding is None or student is None or binding.school_id != teaching.school.id:
        raise NotFoundError
    for school_class in teaching.classes:
        if school_class.id == student.class_id:
            return Bound(binding, student, school_class)
    raise NotFoundError


async def change_binding(
    ctx: Context, teaching: Teaching, student_id: str, person_id: str, form: Mapping[str, str]
) -> None:
    """The school notes who this adult is to the child, what they may do, and until when; it holds at once.

    A trial keeps its end. Raises NotFoundError, also for a binding that has ended; InvalidError;
    ConflictError when it ended meanwhile.
    """
    bound = await access_binding_as_head_teacher(ctx, teaching, student_id, person_id)
    held = bound.binding
    if held.trial or not held.stands(ctx.now()):
        raise NotFoundError
    change = parse_change(form, ctx.now())
    wanted = {
        "relation": change.relation,
        "order": change.order,
        "custody": change.custody,
        "until": change.until,
    }
    before = {name: getattr(held, name) for name in wanted}
    if before == wanted:
        return
    await note_act(
        ctx,
        teaching.actor,
        Act.BINDING_CHANGED,
        subject=("binding", held.id),
        before=before,
        after={**wanted, "reason": change.reason},
    )
    if not await ctx.stores.bindings.change(held.id, wanted):
        raise ConflictError
    log.info("binding %s changed by the school: %s", held.id, change.reason)


async def end_binding(
    ctx: Context, teaching: Teaching, student_id: str, person_id: str, reason: str
) -> None:
    """A head teacher ends a binding, for one of STAFF_REASONS; the adult is told. Twice is once.

    Raises NotFoundError; InvalidError (field `reason`); ConflictError when somebody else, or they for
    another reason, ended it meanwhile.
    """
    bound = await access_binding_as_head_teacher(ctx, teaching, student_id, person_id)
    if reason not in STAFF_REASONS:
        raise InvalidError({"reason": Problem("missing")})
    key = bound.binding.id
    ending = Ending(at=ctx.now(), by=teaching.person_id, reason=EndReason(reason))
    if bound.binding.state is BindingState.ACTIVE:
        await note_act(
            ctx,
            teaching.actor,
            Act.BINDING_ENDED,
            subject=("binding", key),
            before={"state": bound.binding.state, "bound_at": bound.binding.bound_at},
            after={"state": BindingState.ENDED, "reason": ending.reason},
        )
    if await ctx.stores.bindings.end(key, ending):
        log.info("binding %s ended by a head teacher: %s", key, reason)
        await ctx.enqueue(
            TELL_END, {"binding_id": key}, key=f"{TELL_END}:{key}:{ending.at.timestamp()}"
        )
        return
    held = await ctx.stores.bindings.find(key)
    if held is None or held.state is not BindingState.ENDED or held.ending is None:
        raise ConflictError
    if (held.ending.by, held.ending.reason) != (ending.by, ending.reason):
        raise ConflictError
