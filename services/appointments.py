"""Who has which role at a place, what somebody loses with one, and ending it."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.names import natural_order
from domain.offers import Offer, OfferState
from domain.roles import RIGHTS, Appointment, Right, Role, may
from domain.schools import School, SchoolClass
from services.audit import note_act
from services.context import Context
from services.offers import classes_without_head, roles_to_give
from services.people import Post
from services.places import Place, access_place

log = logging.getLogger("yanshu.services")


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody who is somebody at a place, as far as whoever asks may give these roles.

    `groups` are the roles that may be given, in their order, with those who have them now, also where that
    is nobody. `past` are those whose role is over, the latest first. `offers` are open.
    """

    place: Place
    groups: tuple[tuple[Role, tuple[Appointment, ...]], ...]
    past: tuple[Appointment, ...]
    offers: tuple[Offer, ...]
    classes: Mapping[str, SchoolClass]
    without_head: tuple[SchoolClass, ...]

    @property
    def current_classes(self) -> tuple[SchoolClass, ...]:
        """The classes a role can be given in, in the school's order."""
        standing = [c for c in self.classes.values() if c.ended_at is None]
        return tuple(sorted(standing, key=lambda c: (c.grade, natural_order(c.name))))


@dataclass(frozen=True, slots=True)
class Ending:
    """What it means to end an appointment: `lost` are the rights that no other role of theirs covers there.

    `offers` is how many open offers of theirs die with it.
    """

    appointment: Appointment
    place: Place
    school_class: SchoolClass | None
    lost: tuple[Right, ...]
    offers: int
    is_own: bool
    is_last: bool


async def staff_of(ctx: Context, post: Post, place_id: str = "") -> Staff:
    """Who is what at one's own place, or who administers one below one's region. Raises NotFoundError."""
    place = await access_place(ctx, post, Right.APPOINT, place_id)
    roles, now = roles_to_give(post, place), ctx.now()
    held = [a for a in await _all_of(ctx, place) if a.role in roles]
    is_own_school = isinstance(place, School) and place.id == post.place_id
    classes = await ctx.stores.schools.classes_of_school(place.id) if is_own_school else []
    order = {c.id: (c.grade, natural_order(c.name)) for c in classes}
    standing = sorted(
        (a for a in held if a.stands(now)),
        key=lambda a: (order.get(a.class_id, (a.grade, ())), a.name, a.id),
    )
    past = sorted((a for a in held if not a.stands(now)), key=_over_at, reverse=True)
    without = await classes_without_head(ctx, place) if isinstance(place, School) else ()
    return Staff(
        place=place,
        groups=tuple((r, tuple(a for a in standing if a.role is r)) for r in roles),
        past=tuple(past),
        offers=tuple(o for o in await _open_offers(ctx, place) if o.role in roles),
        classes={c.id: c for c in classes},
        without_head=tuple(without) if is_own_school else (),
    )


def _over_at(appointment: Appointment) -> str:
    over = appointment.ended_at or appointment.until
    return over.isoformat() if over else ""


async def _all_of(ctx: Context, place: Place) -> Sequence[Appointment]:
    if isinstance(place, School):
        return await ctx.stores.appointments.of_school(place.id)
    return await ctx.stores.appointments.of_region(place.id)


async def _open_offers(ctx: Context, place: Place) -> list[Offer]:
    found = (
        await ctx.stores.offers.of_place(school_id=place.id)
        if isinstance(place, School)
        else await ctx.stores.offers.of_place(region_id=place.id)
    )
    return [o for o in found if o.state is OfferState.OPEN and o.expires_at > ctx.now()]


async def ending_of(ctx: Context, post: Post, appointment_id: str) -> Ending:
    """What ending it would mean, for the page that asks once more. Raises NotFoundError, also for one that is over."""
    held, place = await _access(ctx, post, appointment_id)
    if not held.stands(ctx.now()):
        raise NotFoundError
    all_here = await _all_of(ctx, place)
    others = [
        a
        for a in all_here
        if a.person_id == held.person_id and a.id != held.id and a.stands(ctx.now())
    ]
    kept = {right for other in others if _covers(other, held) for right in RIGHTS[other.role]}
    classes = await ctx.stores.schools.classes([held.class_id]) if held.class_id else []
    offers = [o for o in await _open_offers(ctx, place) if o.created_by == held.person_id]
    loses_appointing = may(held.role, Right.APPOINT) and Right.APPOINT not in kept
    return Ending(
        appointment=held,
        place=place,
        school_class=classes[0] if classes else None,
        lost=tuple(r for r in Right if may(held.role, r) and r not in kept),
        offers=len(offers) if loses_appointing else 0,
        is_own=held.person_id == post.person_id,
        is_last=may(held.role, Right.APPOINT) and not _another_appoints(ctx, held, all_here),
    )


def _covers(other: Appointment, held: Appointment) -> bool:
    """Whether what one role reaches holds all that the other reaches."""
    if other.class_id:
        return other.class_id == held.class_id
    return not other.grade or other.grade == held.grade


async def _access(ctx: Context, post: Post, appointment_id: str) -> tuple[Appointment, Place]:
    """An appointment at one's own place: what stands below a region is ended there."""
    held = await ctx.stores.appointments.find(appointment_id)
    if held is None or held.place_id != post.place_id:
        raise NotFoundError
    return held, await access_place(ctx, post, Right.APPOINT)


async def end_appointment(ctx: Context, post: Post, appointment_id: str) -> None:
    """Take a role away; what the person may do ends with their next request. Twice is once.

    Raises NotFoundError; ConflictError (`last_admin`) for the only one who could appoint somebody else.
    """
    held, place = await _access(ctx, post, appointment_id)
    if not held.stands(ctx.now()):
        return
    appoints = may(held.role, Right.APPOINT)
    if appoints and not _another_appoints(ctx, held, await _all_of(ctx, place)):
        raise ConflictError("last_admin")
    about = {
        "role": held.role,
        "name": held.name,
        "person_id": held.person_id,
        "class_id": held.class_id,
        "grade": held.grade,
    }
    before = {field: value for field, value in about.items() if value}
    await note_act(
        ctx, post.actor, Act.APPOINTMENT_ENDED, subject=("appointment", held.id), before=before
    )
    ended_at = ctx.now()
    if not await ctx.stores.appointments.end(held.id, ended_at):
        return
    # Two who end each other at the same moment have both looked before either had ended.
    if appoints and not _another_appoints(ctx, held, await _all_of(ctx, place)):
        await ctx.stores.appointments.reinstate(held.id, ended_at)
        raise ConflictError("last_admin")
    log.info("appointment %s ended", held.id)


def _another_appoints(ctx: Context, held: Appointment, all_here: Sequence[Appointment]) -> bool:
    """Whether somebody else can appoint there for as long as this one could: a substitute goes again."""
    return any(
        a.id != held.id
        and a.stands(ctx.now())
        and may(a.role, Right.APPOINT)
        and (a.until is None or (held.until is not None and a.until >= held.until))
        for a in all_here
    )
