"""More minutes than an evening has: asking the head teacher, deciding, and how one's own estimates compare."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import Field

from domain.overruns import OverrunState
from domain.roles import Right
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.homework_shapes import (
    BudgetOut,
    HomeworkOut,
    Minutes,
    Subject,
    budget_out,
    homework_out,
    load_row,
    subject_row,
)
from miniapp.shapes import Done
from services.homework import access_homework_as_author
from services.overruns import (
    ask_for_more,
    decide_overrun,
    overruns_of_homework,
    waiting_overruns,
)
from services.timings import calibration_of

overruns = Registry("overruns")


class WhyIn(Schema):
    """Why it should be allowed."""

    why: str = Field(max_length=1000)


class OverrunDecision(Schema):
    """Whether it is allowed, and the reason, which is kept."""

    allow: bool
    reason: str = Field(max_length=1000)


class OverrunRow(Schema):
    """A request that waits for my decision, with the homework and how the evening stands without it."""

    id: str
    class_name: str
    subject: Subject
    author: str
    minutes: int
    evening: date
    excess: Minutes
    why: str
    text: str
    asked_at: datetime
    expires_at: datetime
    budget: BudgetOut


class Overruns(Schema):
    """What waits for me."""

    overruns: list[OverrunRow]


class OwnOverrun(Schema):
    """What became of a request of mine in one class."""

    class_id: str
    state: OverrunState
    over: bool
    decided_by: str
    reason: str
    expires_at: datetime


class OwnOverruns(Schema):
    """What became of my requests for one homework."""

    overruns: list[OwnOverrun]


class CalibrationOut(Schema):
    """Minutes needed per minute expected, the median of what families say; null while they are too few."""

    answers: int
    children: int
    ratio: float | None


_OWN = "/teaching/homework/{homework_id}/overruns"


@overruns("POST", _OWN, access=Access.STAFF, right=Right.HOMEWORK, creates=True)
async def ask_more_minutes(call: Call, homework_id: str, body: WhyIn) -> HomeworkOut:
    """Ask the head teachers of the classes in which it does not fit; where it fits by now, it is published."""
    outcome = await ask_for_more(call.ctx, call.teaching, homework_id, body.why)
    return await homework_out(call, outcome)


@overruns("GET", _OWN, access=Access.STAFF, right=Right.HOMEWORK)
async def list_own_overruns(call: Call, homework_id: str) -> OwnOverruns:
    """What became of my requests for a homework."""
    homework = await access_homework_as_author(call.ctx, call.teaching, homework_id)
    return OwnOverruns(
        overruns=[
            OwnOverrun(
                class_id=one.class_id,
                state=one.state,
                over=one.state is OverrunState.WAITING and not one.waits(call.ctx.now()),
                decided_by=one.decided_name,
                reason=one.reason,
                expires_at=one.expires_at,
            )
            for one in await overruns_of_homework(call.ctx, homework)
        ]
    )


@overruns("GET", "/teaching/overruns", access=Access.STAFF, right=Right.ALLOW)
async def list_overruns(call: Call) -> Overruns:
    """Requests for more minutes that wait for me."""
    local = call.teaching.school.rules.local_subjects
    return Overruns(
        overruns=[
            OverrunRow(
                id=waiting.overrun.id,
                class_name=waiting.school_class.name,
                subject=subject_row(waiting.overrun.subject, local),
                author=waiting.overrun.asked_name,
                minutes=waiting.overrun.minutes,
                evening=waiting.overrun.evening,
                excess=load_row(waiting.overrun.excess),
                why=waiting.overrun.why,
                text=waiting.homework.proposed.text if waiting.homework.proposed else "",
                asked_at=waiting.overrun.asked_at,
                expires_at=waiting.overrun.expires_at,
                budget=budget_out(waiting.budget, call.person_id, local),
            )
            for waiting in await waiting_overruns(call.ctx, call.teaching)
        ]
    )


@overruns(
    "POST",
    "/teaching/overruns/{overrun_id}/decision",
    access=Access.STAFF,
    right=Right.ALLOW,
    creates=True,
)
async def decide_more_minutes(call: Call, overrun_id: str, body: OverrunDecision) -> Done:
    """Allow it or not, with a reason. What is allowed everywhere is published at once."""
    await decide_overrun(call.ctx, call.teaching, overrun_id, allow=body.allow, reason=body.reason)
    return Done(done=True)


@overruns("GET", "/teaching/calibration", access=Access.STAFF, right=Right.HOMEWORK)
async def get_calibration(call: Call) -> CalibrationOut:
    """How my own estimates compare with what families say. Nobody else is told."""
    found = await calibration_of(call.ctx, call.teaching)
    return CalibrationOut(answers=found.answers, children=found.children, ratio=found.ratio)
