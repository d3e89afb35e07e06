"""Who sees what the children of a class made: those who teach them, and the class itself where the family agrees."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from domain.consent_texts import Purpose
from domain.consents import ConsentEvent, Decision, standing_of
from domain.roles import Role
from domain.schools import SchoolClass
from services.context import Context
from services.people import Teaching


def is_theirs(
    teaching: Teaching, school_class: SchoolClass, *, subject: str, author_id: str
) -> bool:
    """Whether what a class makes of a homework or a task list is theirs to see and to answer.

    Who set it, the class's head teacher, and its teacher of the subject; nobody else of the school. What is of no
    subject is no subject teacher's.
    """
    return author_id == teaching.person_id or any(
        a.reaches(school_class.id, school_class.grade)
        and (
            a.role is Role.HEAD_TEACHER
            or (a.role is Role.SUBJECT_TEACHER and bool(subject) and a.subject == subject)
        )
        for a in teaching.appointments
    )


async def who_agrees(
    ctx: Context,
    school_id: str,
    student_ids: Iterable[str],
    purpose: Purpose = Purpose.CLASS_WORK,
) -> set[str]:
    """The children of whom a guardian who may decide said yes, and none no, to the text as it is now: asked at the
    moment of showing.
    """
    wanted = sorted(set(student_ids))
    if not wanted:
        return set()
    bindings = await ctx.stores.bindings.active_of_students(school_id, wanted)
    events: dict[tuple[str, str], list[ConsentEvent]] = defaultdict(list)
    for event in await ctx.stores.consents.of_students(school_id, wanted):
        events[event.student_id, event.person_id].append(event)
    agreed, refused = set(), set()
    for binding in bindings:
        if not binding.may_decide(ctx.now()):
            continue
        child = binding.student_id
        standing = standing_of(events[child, binding.person_id], purpose, child)
        if standing.given:
            agreed.add(child)
        elif standing.event and standing.event.decision is Decision.NO:
            refused.add(child)
    return agreed - refused
