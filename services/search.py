"""One search over all that somebody may open: books, every shelf they see, and what other sources have.

What is typed is neither logged, kept nor counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from operator import attrgetter

from domain.editions import half_on
from domain.errors import InvalidError, NotFoundError, Problem, TooManyError
from domain.roles import Right, Role
from domain.schools import School, SchoolClass
from domain.search import FOUND_LIMIT, Asker
from domain.search_query import read
from domain.search_text import QUERY_LIMIT, words_of
from domain.shelves import Audience, ShelfLevel, Viewer, place_key, shelves_above
from domain.stages import System
from services.context import Context
from services.editions import books_of, edition_tags, half_of
from services.links import doors_for
from services.people import Post, Teaching, access_post, children_of, teaching_of
from services.resource_access import libraries_of
from services.search_sources import SOURCES, Hit, Query, Seeker
from services.shelf_views import open_place
from services.terms import school_day

SUGGESTED = 8
PAGE_OF_HITS = 20
# A suggestion is asked for at every few signs; a school's pupils come from one address.
SEARCHES_AN_HOUR, SUGGESTIONS_AN_HOUR, OPEN_SEARCHES_AN_HOUR = 600, 3_000, 6_000
# Worse than the best by this much is noise.
_WORSE = 6.5


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what was found. `total` counts what this seeker may open, up to a limit; `next_at` is 0 at the end.

    `reading`: local resources are still being read for the first time, and are not among it.
    """

    hits: tuple[Hit, ...]
    total: int
    next_at: int
    reading: bool = False


async def search(
    ctx: Context, seeker: Seeker, text: str, *, start: int = 0, limit: int = PAGE_OF_HITS
) -> Found:
    """Look. Raises InvalidError (field `q`)."""
    hits = await _hits(ctx, seeker, text)
    reading = bool(seeker.libraries) and not ctx.search.resources.is_ready
    page = tuple(hits[start : start + limit])
    end = start + len(page)
    return Found(page, len(hits), end if page and end < len(hits) else 0, reading)


async def suggest(ctx: Context, seeker: Seeker, text: str) -> list[str]:
    """What somebody may be about to type: titles to look for, the likeliest first. Raises InvalidError."""
    hits = await _hits(ctx, seeker, text, typing=True)
    return list(dict.fromkeys(hit.title for hit in hits))[:SUGGESTED]


async def _hits(ctx: Context, seeker: Seeker, text: str, *, typing: bool = False) -> list[Hit]:
    if not words_of(text):
        raise InvalidError({"q": Problem("missing")})
    if len(text) > QUERY_LIMIT:
        raise InvalidError({"q": Problem("too_long", QUERY_LIMIT)})
    catalogue = await ctx.stores.catalogue.current()
    system = seeker.school.system if seeker.school else System.SIX_THREE
    readings = read(text, ctx.search.vocabulary(catalogue, system), typing=typing)
    query = Query(text, readings, catalogue, typing)
    found: list[Hit] = []
    for source in SOURCES:
        found += await source.find(ctx, seeker, query)
    found.sort(key=attrgetter("score"), reverse=True)
    worst = found[0].score - _WORSE if found else 0.0
    return [hit for hit in found[:FOUND_LIMIT] if hit.score >= worst]


async def note_search(ctx: Context, who: str, *, per_hour: int, name: str = "search") -> None:
    """Count one search against what somebody may do in an hour: that alone. Raises TooManyError."""
    wait = await ctx.stores.limits.hit(name, who, per_hour=per_hour, lenient=True)
    if wait:
        raise TooManyError(wait)


# -- who looks ------------------------------------------------------------------------------------


async def seeker_at(
    ctx: Context,
    school: School,
    audience: Audience,
    *,
    school_class: SchoolClass | None = None,
    grade: int = 0,
    person_id: str = "",
) -> Seeker:
    """Somebody at a school, in a class or grade of it. Who may look is the caller's to have checked."""
    now = ctx.now()
    places = [*shelves_above(school.region_ids), place_key(ShelfLevel.SCHOOL, school.id)]
    half = await half_of(ctx, school, now)
    class_id = ""
    asker = Asker(
        half=half,
        grade=grade,
        system=school.system,
        stages=school.stages,
        uses=ctx.search.uses(ctx, school.id),
    )
    if school_class is not None:
        class_id = school_class.id
        places.append(place_key(ShelfLevel.CLASS, class_id))
        asker = Asker(
            half=half,
            grade=school_class.grade,
            system=school.system,
            stages=school.stages,
            editions=await edition_tags(ctx, school, school_class),
            own_books=frozenset(b.id for b in await books_of(ctx, school, school_class, now)),
            uses=ctx.search.uses(ctx, school.id),
        )
    viewer = Viewer(
        audience=audience,
        today=school_day(now),
        grade=asker.grade,
        term=half,
        editions=asker.editions,
    )
    door = (await doors_for(ctx, school.id, (class_id,), audience.value))[class_id]
    return Seeker(
        viewer=viewer,
        places=tuple(places),
        asker=asker,
        school=school,
        school_class=school_class,
        person_id=person_id,
        door=door,
    )


async def own_seeker(
    ctx: Context,
    person_id: str,
    *,
    child: str = "",
    class_id: str = "",
    acting: str = "",
    resources: bool = False,
) -> Seeker:
    """Somebody who signed in: a guardian for the child named (the first for none), else whoever is at work here, in
    the class named; `resources`: where they look from, local ones can be opened. Raises NotFoundError."""
    if not class_id:
        for one in await children_of(ctx, person_id):
            if child in ("", one.student.id):
                school = await ctx.stores.schools.find_school(one.school_class.school_id)
                if school is not None:
                    return await seeker_at(
                        ctx,
                        school,
                        Audience.FAMILIES,
                        school_class=one.school_class,
                        person_id=person_id,
                    )
        if child:
            raise NotFoundError
    post = await access_post(ctx, person_id, Right.LINKS, acting=acting)
    return await (working_seeker if resources else post_seeker)(ctx, post, class_id)


async def post_seeker(ctx: Context, post: Post, class_id: str = "") -> Seeker:
    """Whoever is at work at a place: in one of their classes where the place is a school. Raises NotFoundError."""
    if post.school is None:
        if post.region is None or class_id:
            raise NotFoundError
        return _region_seeker(ctx, post)
    teaching = await teaching_of(ctx, post, Right.LINKS)
    return await teacher_seeker(ctx, teaching, class_id)


async def working_seeker(ctx: Context, post: Post, class_id: str = "") -> Seeker:
    """The same where local resources can be opened, too: at a desk, in the mini-program. Raises NotFoundError."""
    seeker = await post_seeker(ctx, post, class_id)
    return replace(seeker, libraries=libraries_of(post) if post.has(Right.RESOURCES) else ())


async def teacher_seeker(ctx: Context, teaching: Teaching, class_id: str = "") -> Seeker:
    """A teacher in one of their classes, the first for none named. Raises NotFoundError."""
    first = teaching.classes[0] if teaching.classes else None
    manages = {a.role for a in teaching.appointments} <= {Role.SCHOOL_ADMIN, Role.OFFICE}
    return await seeker_at(
        ctx,
        teaching.school,
        Audience.MANAGERS if manages else Audience.TEACHERS,
        school_class=teaching.find_class(class_id) if class_id else first,
        person_id=teaching.person_id,
    )


def _region_seeker(ctx: Context, post: Post) -> Seeker:
    today = school_day(ctx.now())
    regions = post.region.region_ids if post.region else ()
    return Seeker(
        viewer=Viewer(audience=Audience.MANAGERS, today=today),
        places=shelves_above(regions),
        asker=Asker(half=half_on(today)),
        person_id=post.person_id,
    )


async def public_seeker(
    ctx: Context, school_id: str, *, class_id: str = "", grade: int = 0
) -> Seeker:
    """Anybody at a school's open page; on a class's page as its pupils. Raises NotFoundError."""
    school, school_class = await open_place(ctx, school_id, class_id)
    audience = Audience.FAMILIES if school_class else Audience.PUBLIC
    return await seeker_at(ctx, school, audience, school_class=school_class, grade=grade)
