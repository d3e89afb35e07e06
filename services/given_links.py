"""Our own links that hang on a homework or a notice: the door by which a family opens them, and how often that was.

Counts are of classes, by role, from the day on which it was given out. Nothing is noted beyond what `link_days` has,
and of a class with few children nothing is said (`domain.use.too_few`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from domain.homework import Homework
from domain.notices import Notice, NoticeKind, NoticeState
from domain.schools import School, SchoolClass
from domain.shelves import Audience, is_code
from domain.use import FEW, Views, too_few, total, views_of
from services.context import Context
from services.links import doors_for, titles_of
from services.people import Teaching
from services.terms import school_day
from services.use import pupils_of


@dataclass(frozen=True, slots=True)
class GivenLink:
    """A link of ours, what it is called, and how often it was opened since; `views` is None where that is not shown."""

    code: str
    title: str
    views: Views | None


@dataclass(frozen=True, slots=True)
class NamedLink:
    """A link and what it is called."""

    url: str
    title: str


def code_of(ctx: Context, address: str) -> str:
    """The code of a short link of ours; empty for any other address."""
    own = f"{ctx.policy.public_url}/l/"
    code = address.removeprefix(own).partition("?")[0] if address.startswith(own) else ""
    return code if is_code(code) else ""


async def named(ctx: Context, addresses: Iterable[str]) -> list[NamedLink]:
    """Addresses with what people call them: ours by its title, any other by its host."""
    codes = {one: code_of(ctx, one) for one in addresses}
    titles = await titles_of(ctx, filter(None, codes.values()))
    return [
        NamedLink(one, titles.get(code) or urlsplit(one).hostname or one)
        for one, code in codes.items()
    ]


async def for_family(
    ctx: Context, school_class: SchoolClass, addresses: Sequence[str]
) -> list[NamedLink]:
    """The same as a family of this class opens them: ours by the door that all its families share."""
    links = await named(ctx, addresses)
    if not any(code_of(ctx, one.url) for one in links):
        return links
    role = Audience.FAMILIES.value
    doors = await doors_for(ctx, school_class.school_id, (school_class.id,), role)
    mark = f"?v={doors[school_class.id]}"
    return [
        replace(one, url=one.url.partition("?")[0] + mark) if code_of(ctx, one.url) else one
        for one in links
    ]


async def given_with(ctx: Context, teaching: Teaching, homework: Homework) -> list[GivenLink]:
    """Ours among the links of a homework that is out, for its teacher. One for few children says no number."""
    if not homework.is_out(ctx.now()):
        return []
    return await _given(ctx, teaching, homework, homework.task.links)


async def given_with_notice(ctx: Context, teaching: Teaching, notice: Notice) -> list[GivenLink]:
    """The same of a notice that is out, for its author; what a homework's notice carries is on the homework's page."""
    is_out = notice.state is NoticeState.PUBLISHED and notice.publish_at <= ctx.now()
    if not is_out or notice.kind is NoticeKind.HOMEWORK:
        return []
    return await _given(ctx, teaching, notice, notice.current.links)


async def _given(
    ctx: Context, teaching: Teaching, what: Homework | Notice, links: Sequence[str]
) -> list[GivenLink]:
    codes = list(filter(None, (code_of(ctx, one) for one in links)))
    if not codes:
        return []
    titles = await titles_of(ctx, codes)
    counts: dict[str, Views | None] = {}
    if not 0 < len(what.student_ids) < FEW:
        since = what.publish_at
        counts = await opened_since(ctx, teaching.school, what.class_ids, codes, since)
    return [GivenLink(one, titles.get(one, ""), counts.get(one)) for one in codes]


async def opened_since(
    ctx: Context, school: School, class_ids: Iterable[str], codes: Iterable[str], since: datetime
) -> dict[str, Views | None]:
    """How often these classes opened links since that day, by code; None where all of them have few children."""
    hidden = too_few(await pupils_of(ctx, school))
    shown = set(class_ids) - hidden
    found: dict[str, Views | None] = {}
    for code in dict.fromkeys(codes):
        if not shown:
            found[code] = None
            continue
        day = school_day(since).isoformat()
        uses = await ctx.stores.link_uses.of_link(school.id, code, day)
        found[code] = total(views_of(use) for use in uses if use.class_id in shown)
    return found
