"""A class's practice shelf (靶向练习): its teachers put links on it, its families find them beside mistakes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from domain.errors import InvalidError, NotFoundError, Problem
from domain.mistakes import Mistake
from domain.notices import link_allowed
from domain.practice import CLASS_LIMIT, Practice, check_practice, is_of
from services.context import Context
from services.families import access_own_child
from services.homework import may_set
from services.people import Teaching


async def practice_of_class(ctx: Context, teaching: Teaching, class_id: str) -> list[Practice]:
    """What is on the shelf of a class, of the subjects they may set homework in. Raises NotFoundError."""
    grade = teaching.find_class(class_id).grade
    found = await ctx.stores.practice.of_class(teaching.school.id, class_id)
    return [one for one in found if may_set(teaching, class_id, grade, one.subject)]


async def add_practice(
    ctx: Context,
    teaching: Teaching,
    class_id: str,
    *,
    subject: str,
    point: str,
    title: str,
    address: str,
    key: str,
) -> Practice:
    """Put a link on the shelf. The same key is the same link; durable with one write (`practices`).

    Raises NotFoundError for a class or subject that is not theirs; InvalidError.
    """
    grade = teaching.find_class(class_id).grade
    if not may_set(teaching, class_id, grade, subject):
        raise NotFoundError
    words = "|".join(("practice", teaching.person_id, class_id, key))
    practice_id = hashlib.sha256(words.encode()).hexdigest()[:32]
    held = await ctx.stores.practice.find(practice_id)
    if held is not None:
        return held
    check_practice(point, title, address, allowed_hosts=ctx.policy.link_hosts)
    if len(await ctx.stores.practice.of_class(teaching.school.id, class_id)) >= CLASS_LIMIT:
        raise InvalidError({"address": Problem("too_many", CLASS_LIMIT)})
    practice = Practice(
        id=practice_id,
        school_id=teaching.school.id,
        class_id=class_id,
        subject=subject,
        point=point,
        title=title,
        address=address,
        created_at=ctx.now(),
    )
    await ctx.stores.practice.insert(practice)
    return practice


async def drop_practice(ctx: Context, teaching: Teaching, class_id: str, practice_id: str) -> None:
    """Take a link off the shelf. Raises NotFoundError."""
    grade = teaching.find_class(class_id).grade
    held = await ctx.stores.practice.find(practice_id)
    theirs = (teaching.school.id, class_id)
    if held is None or (held.school_id, held.class_id) != theirs:
        raise NotFoundError
    if not may_set(teaching, class_id, grade, held.subject):
        raise NotFoundError
    await ctx.stores.practice.drop(held.id)


async def practice_beside(
    ctx: Context, person_id: str, student_id: str, mistakes: Iterable[Mistake]
) -> dict[str, Sequence[Practice]]:
    """What the shelf of a child's class has for each of its mistakes, by their ids. Links whose host is allowed no
    more are left out. Raises NotFoundError."""
    student = (await access_own_child(ctx, person_id, student_id)).student
    shelf = await ctx.stores.practice.of_class(student.school_id, student.class_id)
    found = [p for p in shelf if link_allowed(p.address, ctx.policy.link_hosts)]
    return {
        m.id: [p for p in found if m.knowledge and is_of(p, m.subject, m.knowledge)]
        for m in mistakes
    }
