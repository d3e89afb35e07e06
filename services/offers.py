"""Giving roles: an offer is made, opened, accepted in WeChat, or revoked. What ends roles is in `appointments`."""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from domain.audit import OPERATOR, Act, Actor
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem, TooManyError
from domain.names import natural_order
from domain.offers import ADMINISTRATORS, LIFE, MAX_NAME, Offer, OfferState, appointment_of
from domain.place_forms import parse_name
from domain.regions import Region
from domain.roles import LEVELS, Appointment, Level, Right, Role, may
from domain.schools import Keeper, School, SchoolClass
from domain.stages import LAST_GRADE, school_grades
from domain.subjects import subjects_of
from domain.times import SCHOOL_ZONE
from services.audit import note_act
from services.context import Context
from services.people import Post
from services.places import Place, access_place, access_school, find_place, note_at

log = logging.getLogger("yanshu.services")

_OPENED_PER_HOUR = 30
MAX_UNTIL = timedelta(days=400)
# What stands in a link: made here, never typed.
TOKEN = re.compile(r"[A-Za-z0-9_-]{32,43}")


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
    school_class: SchoolClass | None = None


def new_token() -> str:
    """For one link: 192 random bits. A form carries it, so that the same form twice makes one offer."""
    return secrets.token_urlsafe(24)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def roles_to_give(post: Post, place: Place | None = None) -> tuple[Role, ...]:
    """The roles that somebody may give at a place, their own where none is named, in the order of `Role`.

    At a place below a region it is that place's administrators alone. None without the right to appoint.
    """
    own = post.school or post.region
    if own is None or not post.has_everywhere(Right.APPOINT):
        return ()
    if place is None or place.id == own.id:
        levels = (
            {Level(own.level.value)}
            if isinstance(own, Region)
            else {Level.CLASS, Level.GRADE, Level.SCHOOL}
        )
        return tuple(role for role in Role if LEVELS[role] & levels)
    if post.region is None or post.region.id not in place.region_ids:
        return ()
    return (_administrator(place),)


def _administrator(place: Place) -> Role:
    return ADMINISTRATORS[place.level] if isinstance(place, Region) else Role.SCHOOL_ADMIN


async def make_offer(
    ctx: Context,
    actor: Actor,
    role: Role,
    place: Place,
    *,
    name: str,
    class_id: str = "",
    grade: int = 0,
    subject: str = "",
    until: datetime | None = None,
    token: str = "",
) -> Made:
    """Offer a role; who may is the caller's to have checked (`offer_role`, or the operator at the command line).

    With a `token` that has made this person's offer already, that one. Raises ConflictError where it was another's.
    """
    token, now = token or new_token(), ctx.now()
    offer = Offer(
        id=_hashed(token),
        role=role,
        name=name,
        created_by=actor.person_id,
        created_at=now,
        expires_at=now + LIFE,
        school_id=place.id if isinstance(place, School) else "",
        class_id=class_id,
        grade=grade,
        region_id=place.id if isinstance(place, Region) else "",
        subject=subject,
        until=until,
    )
    held = await ctx.stores.offers.find(offer.id)
    if held is None:
        after = {
            "role": role,
            "name": name,
            "class_id": class_id,
            "grade": grade,
            "subject": subject,
            "until": until,
        }
        told = {field: value for field, value in after.items() if value}
        subject_of_act = ("offer", offer.id)
        await note_at(
            ctx, actor, Act.APPOINTMENT_OFFERED, place, subject=subject_of_act, after=told
        )
        if await ctx.stores.offers.add(offer):
            return Made(offer, token)
        held = await ctx.stores.offers.find(offer.id)
    if held is None or (held.created_by, held.place_id) != (actor.person_id, place.id):
        raise ConflictError
    return Made(held, token)


async def offer_role(ctx: Context, post: Post, form: Mapping[str, str], *, token: str = "") -> Made:
    """Offer a role at one's own place, or (`place`) the administration of one below one's region.

    `form`: place, role, name, and what the role's level needs: class, grade, subject; until (the last day of
    a substitute, 2026-12-31). Raises NotFoundError without the right, InvalidError naming every wrong field.
    """
    place = await access_place(ctx, post, Right.APPOINT, form.get("place", ""))
    if token and not TOKEN.fullmatch(token):
        raise ConflictError
    wrong: dict[str, Problem] = {}
    name = parse_name(form, wrong, limit=MAX_NAME)
    role = next((r for r in roles_to_give(post, place) if r == form.get("role", "")), None)
    if role is None:
        raise InvalidError({**wrong, "role": Problem("missing")})
    school_class, grade, subject = None, 0, ""
    if isinstance(place, School):
        if Level.CLASS in LEVELS[role]:
            school_class = await _class(ctx, place, form, wrong)
        if Level.GRADE in LEVELS[role]:
            grade = _grade(place, form, wrong)
        if role is Role.SUBJECT_TEACHER:
            subject = _subject(place, form, wrong)
    until = _until(ctx, form.get("until", ""), wrong)
    if wrong:
        raise InvalidError(wrong)
    made = await make_offer(
        ctx,
        post.actor,
        role,
        place,
        name=name,
        class_id=school_class.id if school_class else "",
        grade=grade,
        subject=subject,
        until=until,
        token=token,
    )
    return Made(made.offer, made.token, school_class)


async def _class(
    ctx: Context, school: School, form: Mapping[str, str], wrong: dict[str, Problem]
) -> SchoolClass | None:
    class_id = form.get("class", "")
    found = await ctx.stores.schools.classes([class_id] if class_id else [])
    for school_class in found:
        if school_class.school_id == school.id and school_class.ended_at is None:
            return school_class
    wrong["class"] = Problem("missing")
    return None


def grades_at(school: School) -> tuple[int, ...]:
    """The grades of a school; all where nobody has said which stages it has."""
    return school_grades(school.stages, school.system) or tuple(range(1, LAST_GRADE + 1))


def _grade(school: School, form: Mapping[str, str], wrong: dict[str, Problem]) -> int:
    for grade in grades_at(school):
        if form.get("grade", "") == str(grade):
            return grade
    wrong["grade"] = Problem("missing")
    return 0


def _subject(school: School, form: Mapping[str, str], wrong: dict[str, Problem]) -> str:
    for code, _ in subjects_of(school.stages, school.rules.local_subjects):
        if form.get("subject", "") == code:
            return code
    wrong["subject"] = Problem("missing")
    return ""


def _until(ctx: Context, text: str, wrong: dict[str, Problem]) -> datetime | None:
    """The end of that day in school time."""
    if not text.strip():
        return None
    try:
        day = date.fromisoformat(text.strip())
        until = datetime.combine(day + timedelta(days=1), time(), SCHOOL_ZONE)
    except (ValueError, OverflowError):
        wrong["until"] = Problem("not_a_time")
        return None
    if until <= ctx.now():
        wrong["until"] = Problem("in_the_past")
    elif until > ctx.now() + MAX_UNTIL:
        wrong["until"] = Problem("too_far", MAX_UNTIL.days)
    return until.astimezone(UTC)


async def offer_head_teachers(ctx: Context, post: Post, *, key: str) -> list[Made]:
    """An offer for each class that has no head teacher, for a sheet of cards; each names itself on accepting.

    `key` comes from the form: the same form twice makes the same links. An older open offer for the same
    class is revoked: its card has been lost or lies somewhere. Raises NotFoundError.
    """
    school = await access_school(ctx, post, Right.APPOINT)
    if not TOKEN.fullmatch(key):
        raise NotFoundError
    classes = await classes_without_head(ctx, school)
    older = await ctx.stores.offers.of_place(school_id=school.id)
    made = []
    for school_class in classes:
        token = _derived(key, school_class.id)
        for offer in older:
            same = (offer.role, offer.class_id) == (Role.HEAD_TEACHER, school_class.id)
            if same and offer.state is OfferState.OPEN and offer.id != _hashed(token):
                await _revoke(ctx, post, offer, school)
        offered = await make_offer(
            ctx,
            post.actor,
            Role.HEAD_TEACHER,
            school,
            name="",
            class_id=school_class.id,
            token=token,
        )
        made.append(Made(offered.offer, token, school_class))
    return made


def _derived(key: str, class_id: str) -> str:
    digest = hmac.digest(key.encode(), class_id.encode(), "sha256")
    return urlsafe_b64encode(digest).decode().rstrip("=")


async def classes_without_head(ctx: Context, school: School) -> Sequence[SchoolClass]:
    """The classes that nobody leads now, in the school's order; none where the office keeps them."""
    if school.rules.keeper is Keeper.OFFICE:
        return []
    held = await ctx.stores.appointments.of_school(school.id)
    led = {a.class_id for a in held if a.role is Role.HEAD_TEACHER and a.stands(ctx.now())}
    classes = await ctx.stores.schools.classes_of_school(school.id)
    without = [c for c in classes if c.ended_at is None and c.id not in led]
    return sorted(without, key=lambda c: (c.grade, natural_order(c.name)))


async def open_offer(ctx: Context, person_id: str, token: str) -> Opened:
    """What a link offers. Raises NotFoundError when there is none, or no more; TooManyError for who tries tokens.

    An offer dies with its maker's right: who has been dismissed brings in nobody by an old link.
    """
    wait = await ctx.stores.limits.hit("offer", person_id, per_hour=_OPENED_PER_HOUR)
    if wait:
        raise TooManyError(wait)
    offer = await ctx.stores.offers.find(_hashed(token))
    if offer is None or offer.state is OfferState.REVOKED or offer.expires_at <= ctx.now():
        raise NotFoundError
    if offer.state is OfferState.TAKEN and offer.taken_by != person_id:
        raise NotFoundError
    place = await find_place(ctx, offer.place_id)
    classes = await ctx.stores.schools.classes([offer.class_id]) if offer.class_id else []
    if place is None or not await _may_still_offer(ctx, offer, place):
        raise NotFoundError
    if offer.class_id and not any(c.ended_at is None for c in classes):
        raise NotFoundError
    return Opened(
        offer,
        place if isinstance(place, School) else None,
        place if isinstance(place, Region) else None,
        classes[0] if classes else None,
    )


async def _may_still_offer(ctx: Context, offer: Offer, place: Place) -> bool:
    if offer.state is not OfferState.OPEN or offer.created_by == OPERATOR.person_id:
        return True
    reach = {place.id} if offer.role is not _administrator(place) else {place.id, *place.region_ids}
    held = await ctx.stores.appointments.of_person(offer.created_by, ctx.now())
    return any(a.place_id in reach and may(a.role, Right.APPOINT) for a in held)


async def accept_offer(ctx: Context, person_id: str, token: str, name: str) -> Appointment:
    """Take the role; a second time changes nothing.

    Raises NotFoundError, InvalidError (field `name`), ConflictError when somebody else was faster, or
    (`role_ended`) when this person's role was ended after the offer had been made.
    """
    offer = (await open_offer(ctx, person_id, token)).offer
    wrong: dict[str, Problem] = {}
    called = parse_name({"name": name.strip() or offer.name}, wrong, limit=MAX_NAME)
    if wrong:
        raise InvalidError(wrong)
    appointment = appointment_of(offer, person_id, called, ctx.now())
    held = await ctx.stores.appointments.find(appointment.id)
    if held is not None and held.ended_at is not None and held.ended_at >= offer.created_at:
        raise ConflictError("role_ended")
    actor = Actor(
        person_id=person_id, post_id=appointment.id, role=offer.role, place_id=offer.place_id
    )
    is_new = offer.state is OfferState.OPEN
    if is_new:
        await note_act(ctx, actor, Act.APPOINTMENT_GRANTED, subject=("appointment", appointment.id))
        # First whose it is, then the role: one link makes one person somebody, also when two tap at once.
        if not await ctx.stores.offers.mark(offer.id, OfferState.TAKEN, taken_by=person_id):
            offer = (await open_offer(ctx, person_id, token)).offer
            if offer.taken_by != person_id:
                raise ConflictError
    # Taken before, but the role was never written: a process died in between.
    is_lost = held is None or held.granted_at is None or held.granted_at < offer.created_at
    if held is None or is_new or is_lost:
        await ctx.stores.appointments.save(appointment)
        log.info("appointment %s granted", appointment.id)
        return appointment
    return held


async def revoke_offer(ctx: Context, post: Post, offer_id: str) -> None:
    """Nobody can take it any more; twice is once.

    Raises NotFoundError for an offer that is not theirs to give, ConflictError (`offer_taken`) when it was taken.
    """
    offer = await ctx.stores.offers.find(offer_id)
    if offer is None:
        raise NotFoundError
    place = await access_place(ctx, post, Right.APPOINT, offer.place_id)
    if offer.role not in roles_to_give(post, place):
        raise NotFoundError
    await _revoke(ctx, post, offer, place)


async def _revoke(ctx: Context, post: Post, offer: Offer, place: Place) -> None:
    if offer.state is OfferState.OPEN:
        await note_at(ctx, post.actor, Act.OFFER_REVOKED, place, subject=("offer", offer.id))
        if await ctx.stores.offers.mark(offer.id, OfferState.REVOKED):
            return
    held = await ctx.stores.offers.find(offer.id)
    if held is None or held.state is not OfferState.REVOKED:
        raise ConflictError("offer_taken")
