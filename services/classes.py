"""The classes of a school as its office keeps them: who teaches where, founding, another label, an end.

A class stands for a year of children and goes up with them (`domain.roster_classes`): one that is founded here
has the id that a list would give it, so the next list finds it.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from domain.audit import Act
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.roles import Appointment, Role
from domain.roster_classes import ClassError, ClassName, SchoolYear, class_order, read_class
from domain.roster_register import stable_id
from domain.schools import School, SchoolClass
from domain.stages import LAST_GRADE, school_grades
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.pupil_acts import office_turn
from services.quarantine import access_roster
from services.roster_files import RosterError
from services.rosters import began_of

log = logging.getLogger("yanshu.services")


@dataclass(frozen=True, slots=True)
class KeptClass:
    """A class with who teaches it and how many pupils it has."""

    school_class: SchoolClass
    heads: tuple[Appointment, ...]
    subjects: tuple[Appointment, ...]
    pupils: int


async def classes_by_grade(ctx: Context, post: Post) -> dict[int, list[KeptClass]]:
    """The school's classes that have not ended, grade by grade. Raises NotFoundError."""
    school = access_roster(post)
    classes = await ctx.stores.schools.classes_of_school(school.id)
    living = sorted((c for c in classes if c.ended_at is None), key=class_order)
    counts = await ctx.stores.pupils.count_by_class(school.id)
    held = await ctx.stores.appointments.of_school(school.id)
    grades: dict[int, list[KeptClass]] = defaultdict(list)
    for kept in _kept(living, [a for a in held if a.stands(ctx.now())], counts):
        grades[kept.school_class.grade].append(kept)
    return dict(grades)


def _kept(
    classes: Sequence[SchoolClass], held: Sequence[Appointment], counts: Mapping[str, int]
) -> list[KeptClass]:
    by_class: dict[str, list[Appointment]] = defaultdict(list)
    for appointment in sorted(held, key=lambda a: (a.subject, a.name, a.id)):
        by_class[appointment.class_id].append(appointment)
    return [
        KeptClass(
            c,
            tuple(a for a in by_class[c.id] if a.role is Role.HEAD_TEACHER),
            tuple(a for a in by_class[c.id] if a.role is Role.SUBJECT_TEACHER),
            counts.get(c.id, 0),
        )
        for c in classes
    ]


async def access_class(ctx: Context, post: Post, class_id: str) -> SchoolClass:
    """A class of this school that has not ended. Raises NotFoundError."""
    school = access_roster(post)
    for found in await ctx.stores.schools.classes([class_id]):
        if found.school_id == school.id and found.ended_at is None:
            return found
    raise NotFoundError


async def kept_class(ctx: Context, post: Post, class_id: str) -> KeptClass:
    """One class with who teaches it and how many pupils it has. Raises NotFoundError."""
    school_class = await access_class(ctx, post, class_id)
    held = await ctx.stores.appointments.of_classes(school_class.school_id, [class_id], ctx.now())
    students = await ctx.stores.schools.students_of(school_class.school_id, [class_id])
    return _kept([school_class], held, {class_id: len(students)})[0]


def grades_to_found(school: School) -> tuple[int, ...]:
    """The grades a school may have classes in; all where nothing is known of its stages."""
    return school_grades(school.stages, school.system) or tuple(range(1, LAST_GRADE + 1))


async def found_class(ctx: Context, post: Post, form: Mapping[str, str]) -> SchoolClass:
    """A new class (fields `grade`, `label`); the form sent twice is refused the second time, as `taken`.

    Raises NotFoundError, InvalidError, ConflictError (`roster_busy`, `roll_over_first`).
    """
    access_roster(post)
    async with office_turn(ctx, post, access_roster(post)) as turn:
        school = await _school(ctx, post)
        year = _year(ctx, school)
        grade = form.get("grade", "")
        if grade not in {str(g) for g in grades_to_found(school)}:
            raise InvalidError({"grade": Problem("unknown")})
        name = _name(int(grade), form.get("label", ""), year)
        classes = await ctx.stores.schools.classes_of_school(school.id)
        _refuse_taken(classes, year, name, besides="")
        school_class = SchoolClass(
            id=_new_id({c.id for c in classes}, school.id, year.entered(name.grade), name.label),
            school_id=school.id,
            name=name.name,
            grade=name.grade,
            entered=year.entered(name.grade),
            label=name.label,
        )
        after = {"class_name": name.name, "grade": name.grade, "label": name.label}
        await _note(ctx, post, school_class.id, None, after)
        turn.check()
        if school.year != year.began:  # from here on its classes stand for a year
            await ctx.stores.schools.save_school(replace(school, year=year.began))
        await ctx.stores.schools.save_classes([school_class])
    log.info("class %s founded", school_class.id)
    return school_class


async def relabel_class(
    ctx: Context, post: Post, class_id: str, form: Mapping[str, str]
) -> SchoolClass:
    """Another label (field `label`), and with it another name; whether it learns on tablets (`tablets`: `yes` or not).

    Raises NotFoundError, InvalidError, ConflictError.
    """
    await access_class(ctx, post, class_id)
    async with office_turn(ctx, post, access_roster(post)) as turn:
        held = await access_class(ctx, post, class_id)
        school = await _school(ctx, post)
        year = _year(ctx, school)
        name = _name(held.grade, form.get("label", ""), year)
        classes = await ctx.stores.schools.classes_of_school(school.id)
        _refuse_taken(classes, year, name, besides=class_id)
        entered = held.entered or year.entered(held.grade)
        after = replace(
            held,
            name=name.name,
            label=name.label,
            entered=entered,
            tablets=form.get("tablets", "") == "yes",
        )
        if after == held:
            return held
        await _note(
            ctx,
            post,
            class_id,
            {"class_name": held.name, "label": held.label, "tablets": held.tablets},
            {"class_name": after.name, "label": after.label, "tablets": after.tablets},
        )
        turn.check()
        await ctx.stores.schools.save_classes([after])
    return after


async def end_class(ctx: Context, post: Post, class_id: str) -> None:
    """End a class that nobody is in. Raises NotFoundError, ConflictError (`class_not_empty`, `roster_busy`)."""
    await access_class(ctx, post, class_id)
    async with office_turn(ctx, post, access_roster(post)) as turn:
        held = await access_class(ctx, post, class_id)
        if await ctx.stores.schools.students_of(held.school_id, [class_id]):
            raise ConflictError("class_not_empty")
        at = ctx.now()
        await _note(ctx, post, class_id, {"class_name": held.name}, {"ended_at": at})
        turn.check()
        await ctx.stores.schools.save_classes([replace(held, ended_at=at)])
    log.info("class %s ended", class_id)


async def _school(ctx: Context, post: Post) -> School:
    school = await ctx.stores.schools.find_school(access_roster(post).id)
    if school is None:
        raise NotFoundError
    return school


def _year(ctx: Context, school: School) -> SchoolYear:
    try:
        began = began_of(ctx.now(), school)
    except RosterError as error:
        raise ConflictError(error.code) from None
    return SchoolYear(began, frozenset(school.stages), school.system)


def _name(grade: int, label: str, year: SchoolYear) -> ClassName:
    """`2`, `二`, `2班`, `向日葵班` → a name. Raises InvalidError (field `label`)."""
    if not label.strip():
        raise InvalidError({"label": Problem("missing")})
    try:
        return read_class(label[:20], grade=grade, year=year)
    except ClassError as error:
        raise InvalidError({"label": Problem(error.code)}) from None


def _refuse_taken(
    classes: Sequence[SchoolClass], year: SchoolYear, name: ClassName, *, besides: str
) -> None:
    for held in classes:
        same = held.name == name.name or (
            held.label == name.label and held.entered == year.entered(name.grade)
        )
        if same and held.ended_at is None and held.id != besides:
            raise InvalidError({"label": Problem("taken")})


def _new_id(taken: set[str], school_id: str, entered: int, label: str) -> str:
    """The id that a list would give it; another one when an ended class has that."""
    parts = [school_id, "class", str(entered), label]
    made, again = stable_id(*parts), 0
    while made in taken:
        again += 1
        made = stable_id(*parts, str(again))
    return made


async def _note(
    ctx: Context,
    post: Post,
    class_id: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object] | None,
) -> None:
    await note_act(
        ctx, post.actor, Act.CLASS_EDITED, subject=("class", class_id), before=before, after=after
    )
