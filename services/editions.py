"""Which textbooks the classes of a school have: chosen a grade at a time, by a class where it differs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from domain.audit import Act, Actor
from domain.catalogue import Book, Catalogue
from domain.editions import (
    Choice,
    Editions,
    books_for,
    choices_for,
    chosen_book,
    edition_of,
    grade_key,
    half_on,
    parse_editions,
)
from domain.errors import ConflictError, NotFoundError
from domain.roles import Right, may
from domain.schools import School, SchoolClass
from services.audit import note_act
from services.context import Context
from services.people import Post, Teaching
from services.terms import school_day, term_for


@dataclass(frozen=True, slots=True)
class EditionsView:
    """What a grade or class can choose and has chosen; `above` is what its grade has chosen, for a class."""

    choices: tuple[Choice, ...]
    editions: Editions
    above: Mapping[str, str]

    def chosen(self, subject: str) -> str:
        """What counts for a subject: one's own choice, the grade's, or the only edition there is."""
        only = next((c.only for c in self.choices if c.subject == subject), "")
        return self.editions.chosen.get(subject) or self.above.get(subject) or only


async def half_of(ctx: Context, school: School, at: datetime) -> int:
    """Which half of the school year it is: as the calendar says, else by the month."""
    day = school_day(at)
    term = await term_for(ctx, school, day)
    return term.number if term else half_on(day)


async def books_of(
    ctx: Context, school: School, school_class: SchoolClass, at: datetime
) -> list[Book]:
    """The books a class has in its hands at a time, a subject each; without those whose edition nobody chose."""
    held = await _held(ctx, school.id, [school_class])
    return await _books(ctx, school, school_class.grade, _merged(held, school_class), at)


async def books_of_grade(ctx: Context, school: School, grade: int, at: datetime) -> list[Book]:
    """The same for a grade as a whole."""
    key = grade_key(school.id, grade)
    held = await ctx.stores.editions.many([key])
    return await _books(ctx, school, grade, held[key].chosen if key in held else {}, at)


async def grade_books(ctx: Context, school: School, grade: int) -> tuple[Book, ...]:
    """All books of a grade, to choose one from."""
    return _of_grade(await ctx.stores.catalogue.current(), school, grade)


async def edition_tags(
    ctx: Context, school: School, school_class: SchoolClass
) -> Mapping[str, str]:
    """Subject → tag of the edition that a class uses; for what an entry is limited to."""
    books = _of_grade(await ctx.stores.catalogue.current(), school, school_class.grade)
    chosen = _merged(await _held(ctx, school.id, [school_class]), school_class)
    found = {}
    for choice in choices_for(books):
        tag = edition_of(chosen.get(choice.subject) or choice.only, books)
        if tag is not None:
            found[choice.subject] = tag.id
    return found


async def _books(
    ctx: Context, school: School, grade: int, chosen: Mapping[str, str], at: datetime
) -> list[Book]:
    books = _of_grade(await ctx.stores.catalogue.current(), school, grade)
    half = await half_of(ctx, school, at)
    subjects = dict.fromkeys(book.subject for book in books)
    found = (chosen_book(books, one, chosen.get(one, ""), half) for one in subjects)
    return [book for book in found if book is not None]


def _of_grade(catalogue: Catalogue | None, school: School, grade: int) -> tuple[Book, ...]:
    return books_for(catalogue.current, grade, school.system) if catalogue else ()


async def _held(
    ctx: Context, school_id: str, classes: Iterable[SchoolClass]
) -> Mapping[str, Editions]:
    keys = [key for c in classes for key in (c.id, grade_key(school_id, c.grade))]
    return await ctx.stores.editions.many(keys)


def _merged(held: Mapping[str, Editions], school_class: SchoolClass) -> dict[str, str]:
    grade = held.get(grade_key(school_class.school_id, school_class.grade))
    own = held.get(school_class.id)
    return {**(grade.chosen if grade else {}), **(own.chosen if own else {})}


# -- choosing -------------------------------------------------------------------------------------


def _access_grade(post: Post, grade: int) -> School:
    """The school, for whoever may choose for a grade of it. Raises NotFoundError."""
    if post.school is not None:
        for held in post.appointments:
            if may(held.role, Right.LINKS) and not held.class_id and held.grade in (0, grade):
                return post.school
    raise NotFoundError


async def grade_editions(ctx: Context, post: Post, grade: int) -> EditionsView:
    """What a grade can choose. Raises NotFoundError."""
    school = _access_grade(post, grade)
    books = _of_grade(await ctx.stores.catalogue.current(), school, grade)
    key = grade_key(school.id, grade)
    held = await ctx.stores.editions.many([key])
    none = Editions(id=key, school_id=school.id, chosen={})
    return EditionsView(choices_for(books), held.get(key, none), {})


async def class_editions(ctx: Context, teaching: Teaching, class_id: str) -> EditionsView:
    """What a class can choose. Raises NotFoundError for one that isn't theirs."""
    school_class = teaching.find_class(class_id)
    school = teaching.school
    books = _of_grade(await ctx.stores.catalogue.current(), school, school_class.grade)
    held = await _held(ctx, school.id, [school_class])
    grade = held.get(grade_key(school.id, school_class.grade))
    none = Editions(id=class_id, school_id=school.id, chosen={})
    above = grade.chosen if grade else {}
    return EditionsView(choices_for(books), held.get(class_id, none), above)


async def choose_for_grade(
    ctx: Context, post: Post, grade: int, form: Mapping[str, str], *, seen: int
) -> None:
    """Choose. Raises NotFoundError, InvalidError, ConflictError when it is not as it was `seen`."""
    await _choose(ctx, post.actor, await grade_editions(ctx, post, grade), form, seen)


async def choose_for_class(
    ctx: Context, teaching: Teaching, class_id: str, form: Mapping[str, str], *, seen: int
) -> EditionsView:
    """The same for a class; what is empty is as its grade has it."""
    view = await class_editions(ctx, teaching, class_id)
    await _choose(ctx, teaching.actor, view, form, seen)
    return await class_editions(ctx, teaching, class_id)


async def _choose(
    ctx: Context, actor: Actor, view: EditionsView, form: Mapping[str, str], seen: int
) -> None:
    chosen = parse_editions(form, view.choices)
    if seen != view.editions.version:
        raise ConflictError
    if chosen == view.editions.chosen:
        return
    await note_act(
        ctx,
        actor,
        Act.EDITIONS_CHANGED,
        subject=("editions", view.editions.id),
        before=dict(view.editions.chosen),
        after=dict(chosen),
    )
    if not await ctx.stores.editions.mark_changed(replace(view.editions, chosen=chosen)):
        raise ConflictError
