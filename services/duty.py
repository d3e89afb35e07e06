"""The duty rota of a school's office: who answers families when, kept at a desk, and asked when they write."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from domain.audit import Act
from domain.duty import DAY_LIMIT, Shift, moved, next_shift, on_duty_at, parse_shift
from domain.errors import ConflictError, NotFoundError
from domain.names import teacher_name
from domain.roles import Right
from domain.schools import School
from domain.threads import ThreadKind
from services.audiences import OFFICE, Audience
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.terms import school_day

_LOOKED_AHEAD = timedelta(days=14)
_WEEK = 7


@dataclass(frozen=True, slots=True)
class DutyWeek:
    """A week as its page shows it: the shifts of each day, and who can be put on, by person and name."""

    school: School
    days: tuple[tuple[date, tuple[Shift, ...]], ...]
    people: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answering:
    """Who answers now, or the first who will; neither where nobody is on the rota."""

    now: Shift | None = None
    next: Shift | None = None


def _school(post: Post) -> School:
    if post.school is None or not post.has(Right.GROUPS):
        raise NotFoundError
    return post.school


async def duty_week(ctx: Context, post: Post, day: date) -> DutyWeek:
    """The week of a day. Raises NotFoundError for who does not keep the rota."""
    school = _school(post)
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=n) for n in range(_WEEK)]
    shifts = await ctx.stores.duty.between(school.id, days[0].isoformat(), days[-1].isoformat())
    return DutyWeek(
        school,
        tuple((d, tuple(s for s in shifts if s.day == d.isoformat())) for d in days),
        await _people(ctx, school.id),
    )


async def _people(ctx: Context, school_id: str) -> dict[str, str]:
    """The office and the administrators, as they are now."""
    held = await ctx.stores.appointments.of_classes(school_id, [""], ctx.now())
    found = {a.person_id: teacher_name(a.name) for a in held if a.role in OFFICE}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))


async def add_shift(ctx: Context, post: Post, form: Mapping[str, str]) -> Shift:
    """Put somebody on duty; the same day, time and person again is one shift.

    Durable when it returns. Raises NotFoundError, InvalidError; ConflictError (`duty_full`) for too many on a day.
    """
    school = _school(post)
    people = await _people(ctx, school.id)
    shift = parse_shift(school.id, form, people, school_day(ctx.now()))
    others = await ctx.stores.duty.between(school.id, shift.day, shift.day)
    if len([s for s in others if s.id != shift.id]) >= DAY_LIMIT:
        raise ConflictError("duty_full")
    await _note(ctx, post, shift, "on")
    await ctx.stores.duty.put([shift])
    return shift


async def drop_shift(ctx: Context, post: Post, shift_id: str) -> None:
    """Take somebody off duty; twice is once. Raises NotFoundError for another school's."""
    school = _school(post)
    shift = await ctx.stores.duty.find(shift_id)
    if shift is None and shift_id.startswith(f"{school.id}:"):
        return
    if shift is None or shift.school_id != school.id:
        raise NotFoundError
    await _note(ctx, post, shift, "off")
    await ctx.stores.duty.drop(shift.id)


async def repeat_week(ctx: Context, post: Post, day: date) -> int:
    """The week of a day as the one before it was, for who still is of the office; what stands there stays.

    Days that are over stay empty. Returns how many shifts there are more. Raises NotFoundError.
    """
    before = await duty_week(ctx, post, day - timedelta(days=_WEEK))
    here = await duty_week(ctx, post, day)
    taken = {s.id for _, shifts in here.days for s in shifts}
    today = school_day(ctx.now()).isoformat()
    again = [moved(s, _WEEK) for _, shifts in before.days for s in shifts]
    fresh = [
        s for s in again if s.id not in taken and s.person_id in here.people and s.day >= today
    ]
    for shift in fresh:
        await _note(ctx, post, shift, "on")
    await ctx.stores.duty.put(fresh)
    return len(fresh)


async def _note(ctx: Context, post: Post, shift: Shift, state: str) -> None:
    await note_act(
        ctx,
        post.actor,
        Act.DUTY_CHANGED,
        subject=("person", shift.person_id),
        after={"state": state, "day": shift.day, "start": shift.start, "end": shift.end},
    )


async def answering_in(ctx: Context, audience: Audience) -> Answering | None:
    """Of feedback, who of the office answers now, or who does next within two weeks; None in other conversations.

    Who is of the office no more answers no more.
    """
    if audience.thread.kind is not ThreadKind.FEEDBACK:
        return None
    at, school_id = ctx.now(), audience.thread.school_id
    today = school_day(at)
    last = (today + _LOOKED_AHEAD).isoformat()
    shifts = await ctx.stores.duty.between(school_id, today.isoformat(), last)
    people = await _people(ctx, school_id) if shifts else {}
    held = [s for s in shifts if s.person_id in people]
    now = on_duty_at(held, at)
    return Answering(now[0] if now else None, next_shift(held, at))


async def on_duty_in(ctx: Context, audience: Audience) -> frozenset[str]:
    """Who is on duty for feedback at this moment; nobody in any other conversation, or where it was handed on."""
    thread = audience.thread
    if thread.kind is not ThreadKind.FEEDBACK or thread.staff_ids:
        return frozenset()
    school_id = thread.school_id
    day = school_day(ctx.now()).isoformat()
    now = on_duty_at(await ctx.stores.duty.between(school_id, day, day), ctx.now())
    people = await _people(ctx, school_id) if now else {}
    return frozenset(s.person_id for s in now if s.person_id in people)
