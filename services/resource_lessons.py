"""A teacher says that they used a resource in a lesson, and takes it back; the figures of use are counted from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from domain.errors import ConflictError, NotFoundError
from domain.resource_lessons import (
    LessonUse,
    check_lesson,
    first_day,
    lesson_use_id,
)
from domain.resources import Resource
from domain.roles import Right
from domain.schools import SchoolClass
from services.context import Context
from services.people import Post, teaching_of
from services.resource_access import access_resource, shelved_for
from services.terms import school_day
from services.use_counting import TEACHERS


@dataclass(frozen=True, slots=True)
class Lessons:
    """What one teacher can say of a resource and has said: their classes (the first is the one meant when nothing is
    chosen), the days from `first` to `today`, and the lessons in which they used it, the latest first."""

    classes: Sequence[SchoolClass]
    first: date
    today: date
    said: Sequence[LessonUse]
    names: dict[str, str]


async def lessons_of_mine(ctx: Context, post: Post, resource: Resource) -> Lessons | None:
    """None for who teaches no class at this school, and where it stands in no library that they use."""
    classes = await _classes(ctx, post)
    said = await ctx.stores.resource_lessons.of_resource(resource.id, post.person_id)
    said = [use for use in said if post.school and use.school_id == post.school.id]
    if not said and (not classes or shelved_for(post, resource) is None):
        return None
    today = school_day(ctx.now())
    others = {use.class_id for use in said} - {c.id for c in classes}
    held = await ctx.stores.schools.classes(others) if others else []
    names = {c.id: c.name for c in (*classes, *held)}
    return Lessons(classes, first_day(today), today, said, names)


async def use_in_lesson(
    ctx: Context, post: Post, resource_id: str, class_id: str, day: date
) -> None:
    """They used it in this class on this day; said twice, it is one.

    Raises NotFoundError, ConflictError (`not_shelved`), and InvalidError as `check_lesson` does.
    """
    seen = await access_resource(ctx, post, resource_id)
    classes = await _classes(ctx, post)
    if post.school is None or not classes:
        raise NotFoundError
    if shelved_for(post, seen.resource) is None:
        raise ConflictError("not_shelved")
    today = school_day(ctx.now())
    check_lesson(class_id, day, classes={c.id for c in classes}, today=today)
    await ctx.stores.resource_lessons.put(
        LessonUse(
            id=lesson_use_id(resource_id, post.person_id, class_id, day),
            school_id=post.school.id,
            resource_id=resource_id,
            person_id=post.person_id,
            class_id=class_id,
            day=day,
            said_at=ctx.now(),
        )
    )


async def take_lesson_back(
    ctx: Context, post: Post, resource_id: str, class_id: str, day: date
) -> None:
    """They did not; a second time changes nothing. Raises NotFoundError."""
    await access_resource(ctx, post, resource_id)
    use_id = lesson_use_id(resource_id, post.person_id, class_id, day)
    await ctx.stores.resource_lessons.take_back(use_id)


async def _classes(ctx: Context, post: Post) -> list[SchoolClass]:
    """Those that they teach or lead, their own first; who only manages gives no lesson."""
    held = tuple(a for a in post.appointments if a.role in TEACHERS)
    if post.school is None or not held:
        return []
    try:
        teaching = await teaching_of(ctx, replace(post, appointments=held), Right.RESOURCES)
    except NotFoundError:
        return []
    own = {a.class_id for a in held if a.class_id}
    return sorted(teaching.classes, key=lambda c: c.id not in own)
