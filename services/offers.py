"""Giving and taking roles: an offer is made, accepted in WeChat, revoked; an appointment is ended."""

from __future__ import annotations

import hashlib
import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.audit import Act, Actor
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem, TooManyError
from domain.offers import LIFE, MAX_NAME, Offer, OfferState, appointment_of
from domain.regions import Region
from domain.roles import LEVELS, Appointment, Level, Right, Role, may
from domain.schools import School, SchoolClass
from domain.times import parse_school_text
from services.audit import note_act
from services.context import Context
from services.people import Post

log = logging.getLogger("yanshu.services")

_OPENED_PER_HOUR = 30
# Whom each level of a place may appoint at itself; a region also appoints the administrators below it.
_REGION_LEVELS = {"district": Level.DISTRICT, "city": Level.CITY, "province": Level.PROVINCE}
MAX_UNTIL = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Opened:
    """An offer as whoever opens the link sees it."""

    offer: Offer
    school: School | None
    region: Region | None
    school_class: SchoolClass | None


@dataclass(frozen=True, slots=True)
class Made:
    """An offer and its link's token, which is shown once and kept nowhere."""

    offer: Offer
    token: str


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def roles_to_give(post: Post) -> tuple[Role, ...]:
    """The roles that exist at this very place, in the order of `Role`; none without the right to appoint."""
    if not post.has_everywhere(Right.APPOINT):
        return ()
    if post.region is not None:
        level = _REGION_LEVELS[post.region.level]
        return tuple(role for role in Role if level in LEVELS[role])
    here = {Level.CLASS, Level.GRADE, Level.SCHOOL}
    return tuple(role for role in Role if LEVELS[role] & here)


async def make_offer(
    ctx: Context,
    actor: Actor,
    role: Role,
    *,
    name: str,
    school_id: str = "",
    class_id: str = "",
    grade: int = 0,
    region_id: str = "",
    subject: str = "",
    until: datetime | None = None,
) -> Made:
    """Offer a role; who may is the caller's to have checked (`offer_role`, or the operator at the command line)."""
    token, now = secrets.token_urlsafe(24), ctx.now()
    offer = Offer(
        id=_hashed(token),
        role=role,
        name=name,
        created_by=actor.person_id,
        created_at=now,
        expires_at=now + LIFE,
        school_id=school_id,
        class_id=class_id,
        grade=grade,
        region_id=region_id,
        subject=subject,
        until=until,
    )
    after = {"role": role.value, "class": class_id, "grade": grade, "subject": subject}
    await note_act(ctx, actor, Act.APPOINTMENT_OFFERED, subject=("offer", offer.id), after=after)
    await ctx.stores.offers.add(offer)
    return Made(offer, token)


async def offer_role(ctx: Context, post: Post, form: Mapping[str, str]) -> Made:
    """Offer a role at one's own place.

    `form`: role, name, and what the role's level needs: class, grade, subject; until (a school time) for
    a substitute. Raises NotFoundError without the right, InvalidError naming every wrong field.
    """
    allowed = roles_to_give(post)
    if not allowed:
        raise NotFoundError
    wrong: dict[str, Problem] = {}
    name, role_name = form.get("name", "").strip(), form.get("role", "")
    if not name or len(name) > MAX_NAME:
        wrong["name"] = Problem("missing" if not name else "too_long", MAX_NAME)
    role = next((r for r in allowed if r == role_name), None)
    if role is None:
        raise InvalidError({**wrong, "role": Problem("missing")})
    class_id, grade, subject = "", 0, ""
    if Level.CLASS in LEVELS[role] and post.school is not None:
        class_id = form.get("class", "")
        classes = await ctx.stores.schools.classes([class_id] if class_id else [])
        if not any(c.school_id == post.school.id and c.ended_at is None for c in classes):
            wrong["class"] = Problem("missing")
    if Level.GRADE in LEVELS[role]:
        grade = int(form.get("grade", "0")) if form.get("grade", "").isdecimal() else 0
        if not 1 <= grade <= 12:
            wrong["grade"] = Problem("missing")
    if role is Role.SUBJECT_TEACHER:
        subject = form.get("subject", "")[:32]
        if not subject:
            wrong["subject"] = Problem("missing")
    until = _until(ctx, form.get("until", ""), wrong)
    if wrong:
        raise InvalidError(wrong)
    return await make_offer(
        ctx,
        post.actor,
        role,
        name=name,
        school_id=post.school.id if post.school else "",
        region_id=post.region.id if post.region and not post.school else "",
        class_id=class_id,
        grade=grade,
        subject=subject,
        until=until,
    )


def _until(ctx: Context, text: str, wrong: dict[str, Problem]) -> datetime | None:
    if not text.strip():
        return None
    until = parse_school_text(text)
    if until is None:
        wrong["until"] = Problem("not_a_time")
    elif until <= ctx.now():
        wrong["until"] = Problem("in_the_past")
    elif until > ctx.now() + MAX_UNTIL:
        wrong["until"] = Problem("too_far", MAX_UNTIL.days)
    return until


async def open_offer(ctx: Context, person_id: str, token: str) -> Opened:
    """What a link offers. Raises NotFoundError when there is none, or no more; TooManyError for who tries tokens."""
    wait = await ctx.stores.limits.hit("offer", person_id, per_hour=_OPENED_PER_HOUR)
    if wait:
        raise TooManyError(wait)
    offer = await ctx.stores.offers.find(_hashed(token))
    if offer is None or offer.state is OfferState.REVOKED or offer.expires_at <= ctx.now():
        raise NotFoundError
    if offer.state is OfferState.TAKEN and offer.taken_by != person_id:
        raise NotFoundError
    school = await ctx.stores.schools.find_school(offer.school_id) if offer.school_id else None
    region = await ctx.stores.regions.find(offer.region_id) if offer.region_id else None
    classes = await ctx.stores.schools.classes([offer.class_id]) if offer.class_id else []
    return Opened(offer, school, region, classes[0] if classes else None)


async def accept_offer(ctx: Context, person_id: str, token: str, name: str) -> Appointment:
    """Take the role; a second time changes nothing.

    Raises NotFoundError, InvalidError (field `name`), ConflictError when somebody else was faster.
    """
    offer = (await open_offer(ctx, person_id, token)).offer
    called = name.strip() or offer.name
    if len(called) > MAX_NAME:
        raise InvalidError({"name": Problem("too_long", MAX_NAME)})
    appointment = appointment_of(offer, person_id, called, ctx.now())
    actor = Actor(
        person_id=person_id, post_id=appointment.id, role=offer.role, place_id=offer.place_id
    )
    if offer.state is OfferState.OPEN:
        await note_act(ctx, actor, Act.APPOINTMENT_GRANTED, subject=("appointment", appointment.id))
        # First whose it is, then the role: one link makes one person somebody, also when two tap at once.
        if not await ctx.stores.offers.mark(offer.id, OfferState.TAKEN, taken_by=person_id):
            offer = (await open_offer(ctx, person_id, token)).offer
            if offer.taken_by != person_id:
                raise ConflictError
    held = await ctx.stores.appointments.find(appointment.id)
    # Ended after this offer was made: the same link does not bring the role back.
    if held is None or (held.ended_at is not None and held.ended_at < offer.created_at):
        await ctx.stores.appointments.save(appointment)
        log.info("appointment %s granted", appointment.id)
    return appointment


async def revoke_offer(ctx: Context, post: Post, offer_id: str) -> None:
    """Nobody can take it any more. Raises NotFoundError, ConflictError when it was taken."""
    offer = await ctx.stores.offers.find(offer_id)
    if offer is None or offer.place_id != post.place_id or not roles_to_give(post):
        raise NotFoundError
    await note_act(ctx, post.actor, Act.APPOINTMENT_ENDED, subject=("offer", offer.id))
    if not await ctx.stores.offers.mark(offer.id, OfferState.REVOKED):
        held = await ctx.stores.offers.find(offer.id)
        if held is None or held.state is not OfferState.REVOKED:
            raise ConflictError


async def end_appointment(ctx: Context, post: Post, appointment_id: str) -> None:
    """Take a role away; what the person may do ends with their next request. Twice is once.

    Raises NotFoundError; ConflictError (`last_admin`) for the only one who could appoint somebody else.
    """
    held = await ctx.stores.appointments.find(appointment_id)
    if held is None or held.place_id != post.place_id or not roles_to_give(post):
        raise NotFoundError
    if may(held.role, Right.APPOINT) and not await _another_appoints(ctx, held):
        raise ConflictError("last_admin")
    before = {"role": held.role.value, "person": held.person_id}
    await note_act(
        ctx, post.actor, Act.APPOINTMENT_ENDED, subject=("appointment", held.id), before=before
    )
    if await ctx.stores.appointments.end(held.id, ctx.now()):
        log.info("appointment %s ended", held.id)


async def _another_appoints(ctx: Context, held: Appointment) -> bool:
    all_here = (
        await ctx.stores.appointments.of_school(held.school_id)
        if held.school_id
        else await ctx.stores.appointments.of_region(held.region_id)
    )
    return any(
        a.id != held.id and a.stands(ctx.now()) and may(a.role, Right.APPOINT) for a in all_here
    )
