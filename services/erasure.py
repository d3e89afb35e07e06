"""Erasing an adult or a child: asked for, waited for, carried out step by step, and reported without a name.

Every step may be repeated, so a job that was killed is finished by the next one. A second pass, half an
hour later, takes what was under way during the first (`domain.erasures.SETTLING`).
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.audit import Act
from domain.erasures import (
    SETTLING,
    Erasure,
    ErasureReport,
    Origin,
    Stage,
    SubjectKind,
    erasure_id,
)
from domain.errors import ConflictError, NotFoundError
from domain.quiet import OwnQuiet
from domain.roles import Right
from domain.schools import Student
from services.audit import note_act
from services.context import Context
from services.erasure_steps import adult_steps, child_steps
from services.people import Child, Post, appointments_of, children_of
from services.quiet import own_quiet
from services.traces import traces_of_adult, traces_of_child

log = logging.getLogger("yanshu.services")

ERASE = "erasures.carry_out"


@dataclass(frozen=True, slots=True)
class OwnData:
    """What the page about one's own data shows: what is here, and whether it is about to go."""

    children: tuple[Child, ...]
    has_role: bool
    erasure: Erasure | None
    quiet: OwnQuiet | None


async def own_data(ctx: Context, person_id: str) -> OwnData:
    """What there is of this adult, in short."""
    erasure = await ctx.stores.erasures.find(erasure_id(SubjectKind.ADULT, person_id))
    return OwnData(
        tuple(c for c in await children_of(ctx, person_id) if not c.binding.trial),
        bool(await appointments_of(ctx, person_id)),
        erasure,
        await own_quiet(ctx, person_id),
    )


async def is_leaving(ctx: Context, person_id: str) -> bool:
    """Whether this adult's data are about to be erased."""
    return await ctx.stores.erasures.find(erasure_id(SubjectKind.ADULT, person_id)) is not None


async def ask_erasure(
    ctx: Context, person_id: str, origin: Origin = Origin.OWN, *, wait: timedelta | None = None
) -> Erasure:
    """Erase an adult after a while in which they can take it back; asked twice is asked once.

    `wait` is the policy's time for second thoughts where nothing else is said.
    """
    now = ctx.now()
    due_at = now + (ctx.policy.erasure_wait if wait is None else wait)
    asked = await ctx.stores.erasures.ask(
        _erasure(ctx, SubjectKind.ADULT, person_id, "", origin, person_id, due_at)
    )
    log.info("erasure %s asked for: %s", asked.report_id, asked.origin)
    if due_at <= now:
        await ctx.enqueue(ERASE, {}, key=ERASE)
    return asked


async def take_back_erasure(
    ctx: Context,
    person_id: str,
    origins: tuple[Origin, ...] = (Origin.OWN, Origin.UNFOLLOWED, Origin.REVOKED),
) -> bool:
    """They want to stay after all; says whether anything was to be taken back and still could be."""
    key = erasure_id(SubjectKind.ADULT, person_id)
    taken = await ctx.stores.erasures.take_back(key, origins)
    if taken:
        log.info("an erasure was taken back")
    return taken


async def erase_child(ctx: Context, post: Post, student_id: str) -> Erasure:
    """The school erases a child who left: at once, for good.

    Raises NotFoundError for a child of another school, or when they have not the right; ConflictError
    (`still_here`) while the child has not left.
    """
    student = await _access_student(ctx, post, student_id)
    if student.left_at is None:
        raise ConflictError("still_here")
    await note_act(
        ctx,
        post.actor,
        Act.FAMILY_ERASED,
        subject=("pupil", student.id),
        before={"name": student.name},
    )
    asked = await ctx.stores.erasures.ask(
        _erasure(
            ctx,
            SubjectKind.CHILD,
            student.id,
            student.school_id,
            Origin.OFFICE,
            post.person_id,
            ctx.now(),
        )
    )
    log.info("erasure %s of a child asked for", asked.report_id)
    await ctx.enqueue(ERASE, {}, key=ERASE)
    return asked


async def _access_student(ctx: Context, post: Post, student_id: str) -> Student:
    student = await ctx.stores.forgetting.find_student(student_id)
    if student is None or post.school is None or student.school_id != post.school.id:
        raise NotFoundError
    if not post.has_everywhere(Right.EXPORT):
        raise NotFoundError
    return student


def _erasure(
    ctx: Context,
    kind: SubjectKind,
    subject_id: str,
    school_id: str,
    origin: Origin,
    requested_by: str,
    due_at: datetime,
) -> Erasure:
    return Erasure(
        id=erasure_id(kind, subject_id),
        kind=kind,
        subject_id=subject_id,
        school_id=school_id,
        origin=origin,
        requested_by=requested_by,
        requested_at=ctx.now(),
        due_at=due_at,
        report_id=ctx.new_id(),
        salt=secrets.token_hex(16),
    )


async def carry_out_erasures(ctx: Context) -> None:
    """Take the next step of every erasure that is due; what a dead process left is among them."""
    for key in await ctx.stores.erasures.due(ctx.now()):
        await carry_out_erasure(ctx, key)


async def carry_out_erasure(ctx: Context, key: str) -> None:
    """One pass over everything of a subject; the pass that finds nothing ends with the report."""
    erasure = await ctx.stores.erasures.find(key)
    if erasure is None or erasure.due_at > ctx.now():
        return
    if erasure.stage is Stage.WAITING:
        begun = await _begin(ctx, erasure)
        if begun is None:
            return
        erasure = begun
    found = await _pass(ctx, erasure)
    if erasure.stage is Stage.SETTLING and not found:
        await _finish(ctx, key)
        return
    await ctx.stores.erasures.settle(key, ctx.now() + SETTLING)
    log.info("erasure %s: a pass is over, %d records", erasure.report_id, found)


async def _begin(ctx: Context, erasure: Erasure) -> Erasure | None:
    """Write down by what the subject is found, before the records that say so are gone."""
    trace = traces_of_adult if erasure.kind is SubjectKind.ADULT else traces_of_child
    traces = await trace(ctx, erasure)
    await ctx.stores.erasures.begin(
        erasure.id, openids=traces.openids, people=traces.people, words=traces.words
    )
    # Taken back this moment: there is none any more. Begun by another worker: its notes are as good.
    return await ctx.stores.erasures.find(erasure.id)


async def _pass(ctx: Context, erasure: Erasure) -> int:
    await ctx.forget_jobs(erasure.words)
    steps = adult_steps if erasure.kind is SubjectKind.ADULT else child_steps
    found = 0
    async for counts in steps(ctx, erasure):
        await ctx.stores.erasures.count(erasure.id, counts)
        found += sum(counts.values())
    # Last: what the steps before it looked up may have been remembered again.
    gone = await ctx.stores.traces.forget(erasure.words)
    await ctx.stores.erasures.count(erasure.id, {"redis": gone})
    return found


async def _finish(ctx: Context, key: str) -> None:
    erasure = await ctx.stores.erasures.find(key)
    if erasure is None:
        return
    report = ErasureReport(
        id=erasure.report_id,
        kind=erasure.kind,
        school_id=erasure.school_id,
        origin=erasure.origin,
        requested_at=erasure.requested_at,
        done_at=ctx.now(),
        counts=erasure.counts,
    )
    await ctx.stores.erasures.finish(key, report)
    log.info("erasure %s done", report.id)
