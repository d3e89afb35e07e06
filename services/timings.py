"""What a family says a homework took, and what its teacher learns of many such answers."""

from __future__ import annotations

from datetime import timedelta

from domain.errors import ConflictError, NotFoundError
from domain.homework import HomeworkState
from domain.timings import Calibration, Timing, calibrated, check_took, timing_id
from services.context import Context
from services.evenings import access_homework_as_guardian
from services.people import Teaching

_SINCE = timedelta(days=180)  # a term
_ANSWERS = 200


async def answer_timing(
    ctx: Context, person_id: str, homework_id: str, student_id: str, minutes: int | None
) -> None:
    """Say how long it took one of their children; None takes an answer back. Voluntary, and shown to nobody else.

    Raises NotFoundError, also for who only tries what parents see; InvalidError (`minutes`); ConflictError
    (`withdrawn`).
    """
    opened = await access_homework_as_guardian(ctx, person_id, homework_id)
    child = next((c for c in opened.children if c.student.id == student_id), None)
    if child is None or child.binding.trial:
        raise NotFoundError
    homework, key = opened.homework, timing_id(homework_id, student_id)
    if homework.state is HomeworkState.WITHDRAWN:
        raise ConflictError("withdrawn")
    if minutes is None:
        await ctx.stores.timings.remove(key)
        return
    await ctx.stores.timings.save(
        Timing(
            id=key,
            school_id=homework.school_id,
            homework_id=homework_id,
            student_id=student_id,
            person_id=person_id,
            author_id=homework.author_id,
            minutes=check_took(minutes),
            expected=homework.task.minutes,
            at=ctx.now(),
        )
    )


async def calibration_of(ctx: Context, teaching: Teaching) -> Calibration:
    """How this teacher's own estimates compare with what families say; nobody else is told."""
    since = ctx.now() - _SINCE
    found = await ctx.stores.timings.of_author(
        teaching.school.id, teaching.person_id, since, _ANSWERS
    )
    return calibrated(found)
