"""Who somebody is: an openid becomes a person, follows, leaves, and has roles."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.audit import Actor
from domain.bindings import Binding
from domain.errors import NotFoundError
from domain.identities import Opening, identity_id
from domain.regions import Region
from domain.roles import Appointment, Right, Role, may
from domain.schools import Keeper, School, SchoolClass, Student
from services.context import Context
from wechat.mini import MiniVisitor

LEARN = "people.learn_union"

log = logging.getLogger("yanshu.services")


@dataclass(frozen=True, slots=True)
class Child:
    """A child as one of their guardians sees it."""

    binding: Binding
    student: Student
    school_class: SchoolClass


@dataclass(frozen=True, slots=True)
class Post:
    """What one person is at one place (school or region): where an act of staff comes from.

    Roles that somebody has at the same place count together; between places they switch. `address` is
    where the request came from, for the audit log.
    """

    person_id: str
    appointments: tuple[Appointment, ...]
    school: School | None = None
    region: Region | None = None
    address: str = ""

    @property
    def place_id(self) -> str:
        """The id of the school or region."""
        return self.appointments[0].place_id

    @property
    def name(self) -> str:
        """How this person is called there."""
        return self.appointments[0].name

    @property
    def roles(self) -> tuple[Role, ...]:
        """Each role once, in the order of `Role`."""
        held = {a.role for a in self.appointments}
        return tuple(role for role in Role if role in held)

    @property
    def actor(self) -> Actor:
        """Who the audit log names."""
        return _actor(self.person_id, self.appointments, self.address)

    def has(self, right: Right) -> bool:
        """Whether any of their roles here carries a right, wherever it reaches."""
        return any(may(a.role, right) for a in self.appointments)

    def has_everywhere(self, right: Right) -> bool:
        """Whether they have a right in the whole place, not only in a class or grade of it."""
        return any(may(a.role, right) and not (a.class_id or a.grade) for a in self.appointments)


class Written(Protocol):
    """What somebody wrote for classes: a notice, homework."""

    @property
    def school_id(self) -> str:
        """Whose."""

    @property
    def author_id(self) -> str:
        """Who."""

    @property
    def class_ids(self) -> tuple[str, ...]:
        """For which."""


@dataclass(frozen=True, slots=True)
class Teaching:
    """The classes of one school in which somebody has one right: what an act about children is checked against."""

    person_id: str
    name: str
    school: School
    classes: tuple[SchoolClass, ...]
    appointments: tuple[Appointment, ...] = ()
    address: str = ""

    @property
    def actor(self) -> Actor:
        """Who the audit log names."""
        return _actor(self.person_id, self.appointments, self.address)

    def class_ids(self) -> tuple[str, ...]:
        """The ids of these classes."""
        return tuple(c.id for c in self.classes)

    def find_class(self, class_id: str) -> SchoolClass:
        """One of these classes. Raises NotFoundError."""
        for school_class in self.classes:
            if school_class.id == class_id:
                return school_class
        raise NotFoundError

    def wrote(self, thing: Written) -> bool:
        """Whether it is by this person, and at least one of its classes still theirs."""
        own = thing.school_id == self.school.id and thing.author_id == self.person_id
        return own and not set(thing.class_ids).isdisjoint(self.class_ids())

    def may_in(self, school_class: SchoolClass, right: Right) -> bool:
        """Whether the same roles also carry another right in one of these classes."""
        return any(
            may(a.role, right) and a.reaches(school_class.id, school_class.grade)
            for a in self.appointments
        )


def _actor(person_id: str, appointments: Sequence[Appointment], address: str) -> Actor:
    first = appointments[0]
    return Actor(
        person_id=person_id,
        post_id=first.id,
        role=first.role,
        place_id=first.place_id,
        address=address,
    )


async def recognise(ctx: Context, openid: str) -> str:
    """The person behind an openid of the official account; a new one is made when it is unknown."""
    identity = await ctx.stores.identities.find(ctx.policy.app_id, openid)
    if identity is None:
        identity = await ctx.stores.identities.ensure(
            ctx.policy.app_id, openid, person_id=ctx.new_id(), at=ctx.now()
        )
    return identity.person_id


async def recognise_mini(ctx: Context, app_id: str, visitor: MiniVisitor) -> str:
    """The person behind a visitor of the mini-program; by the unionid the one whom the account knows.

    Whoever came to the mini-program first, before WeChat told us of the two that they are one, is joined
    once the account's side is known: as long as they have not become anybody here by themselves.
    """
    identities = ctx.stores.identities
    held = await identities.find(app_id, visitor.openid)
    person_id = held.person_id if held else ctx.new_id()
    if visitor.unionid:
        joined = await ctx.stores.unions.ensure(visitor.unionid, person_id)
        if held and joined != person_id and not await _is_somebody(ctx, person_id):
            await move_identity(ctx, held.id, joined)
        elif held and joined != person_id:
            log.warning("two people share a unionid, and both are somebody: they stay two")
            return person_id
        person_id = joined
    if held is None:
        identity = await identities.ensure(
            app_id, visitor.openid, person_id=person_id, at=ctx.now()
        )
        person_id = identity.person_id
    return person_id


async def move_identity(ctx: Context, identity: str, person_id: str) -> None:
    """An openid is another person's from now on, with what it subscribed to; cut off between, it comes again."""
    await ctx.stores.subscriptions.move(identity, person_id)
    await ctx.stores.identities.move(identity, person_id)


async def _is_somebody(ctx: Context, person_id: str) -> bool:
    if await ctx.stores.appointments.of_person(person_id, ctx.now()):
        return True
    if await ctx.stores.claims.of_person(person_id):
        return True
    bound = await ctx.stores.bindings.active_of_person(person_id)
    return bool(bound or await ctx.stores.bindings.ended_of_person(person_id))


async def learn_union_soon(ctx: Context, person_id: str) -> None:
    """Have a worker ask WeChat who somebody of the account is elsewhere; with no mini-program there is no use."""
    if ctx.mini is not None:
        await ctx.enqueue(LEARN, {"person_id": person_id}, key=f"{LEARN}:{person_id}")


async def learn_union(ctx: Context, openid: str) -> None:
    """Ask WeChat which unionid an openid of the official account has, so that the mini-program knows them.

    Of the two people that turn out to be one, the one who has not become anybody here yet gives way. Harmless to
    repeat. Raises WeChatError.
    """
    identity = await ctx.stores.identities.find(ctx.policy.app_id, openid)
    if identity is None or await ctx.stores.unions.knows(identity.person_id):
        return
    unionid = await ctx.wechat.find_unionid(openid)
    if not unionid:
        return
    joined = await ctx.stores.unions.ensure(unionid, identity.person_id)
    if joined == identity.person_id:
        return
    if not await _is_somebody(ctx, joined):
        # The mini-program met them first; what the account knows of them counts.
        for other in await ctx.stores.identities.all_of_person(joined):
            await move_identity(ctx, other.id, identity.person_id)
        await ctx.stores.unions.move(unionid, identity.person_id)
    elif not await _is_somebody(ctx, identity.person_id):
        # A page that is open as the other one signs in anew.
        await ctx.stores.sessions.end_all(identity.person_id)
        await move_identity(ctx, identity.id, joined)
    else:
        log.warning("two people share a unionid, and both are somebody: they stay two")


async def note_follow(ctx: Context, openid: str, *, following: bool) -> None:
    """They followed or left the official account: channels open or close with it."""
    key = identity_id(ctx.policy.app_id, openid)
    await ctx.stores.identities.mark_following(key, following, ctx.now())


async def is_following(ctx: Context, person_id: str) -> bool:
    """Whether the official account can reach them, as far as we have heard."""
    found = await ctx.stores.identities.of_people(ctx.policy.app_id, [person_id])
    return person_id in found and found[person_id].following is True


async def note_opening(ctx: Context, openid: str, opening: Opening) -> None:
    """They wrote or tapped: the customer-service window is open."""
    key = identity_id(ctx.policy.app_id, openid)
    await ctx.stores.identities.open_window(key, ctx.now(), opening)


async def appointments_of(ctx: Context, person_id: str) -> Sequence[Appointment]:
    """Everything this person is now at any place."""
    return await ctx.stores.appointments.of_person(person_id, ctx.now())


async def posts_of(ctx: Context, person_id: str, *, address: str = "") -> list[Post]:
    """Every place at which this person is somebody now, in the order in which they were first appointed."""
    places: dict[str, list[Appointment]] = {}
    for appointment in await appointments_of(ctx, person_id):
        places.setdefault(appointment.place_id, []).append(appointment)
    wanted = {held[0].region_id for held in places.values() if held[0].region_id}
    regions = await ctx.stores.regions.regions(wanted) if wanted else {}
    posts = []
    for place_id, held in places.items():
        school = await ctx.stores.schools.find_school(place_id) if held[0].school_id else None
        region = regions.get(place_id)
        if school is not None or region is not None:
            posts.append(Post(person_id, tuple(held), school, region, address))
    return posts


async def access_post(
    ctx: Context, person_id: str, right: Right, *, acting: str = "", address: str = ""
) -> Post:
    """The place where this person acts now: the one they switched to, else the first where they have the right.

    Who is nobody any more where they switched to falls back. Raises NotFoundError when they have the right
    nowhere, or not at the place they switched to.
    """
    posts = await posts_of(ctx, person_id, address=address)
    switched_to = [post for post in posts if post.place_id == acting]
    for post in switched_to or posts:
        if post.has(right):
            return post
    raise NotFoundError


async def teaching_of(ctx: Context, post: Post, right: Right) -> Teaching:
    """The classes in which this post has a right, in the school's order. Raises NotFoundError in a region.

    A school that has no class yet gives none to whoever has the right in the whole school.
    """
    if post.school is None:
        raise NotFoundError
    held = [a for a in post.appointments if may(a.role, right)]
    if all(a.class_id for a in held):
        found = await ctx.stores.schools.classes(a.class_id for a in held)
    else:
        every = await ctx.stores.schools.classes_of_school(post.school.id)
        found = [c for c in every if any(a.reaches(c.id, c.grade) for a in held)]
    classes = tuple(
        sorted((c for c in found if c.ended_at is None), key=lambda c: (c.grade, c.name))
    )
    if not classes and not post.has_everywhere(right):
        raise NotFoundError
    return Teaching(post.person_id, post.name, post.school, classes, tuple(held), post.address)


async def access_teaching(
    ctx: Context,
    person_id: str,
    right: Right = Right.PUBLISH,
    *,
    acting: str = "",
    address: str = "",
) -> Teaching:
    """The classes in which this person has a right, at one school. Raises NotFoundError when there are none."""
    post = await access_post(ctx, person_id, right, acting=acting, address=address)
    teaching = await teaching_of(ctx, post, right)
    if not teaching.classes:
        raise NotFoundError
    return teaching


async def deciders_of(
    ctx: Context, school_id: str, class_ids: Sequence[str], *, but: Collection[str] = ()
) -> list[Appointment]:
    """Who decides about these classes: each one's head teachers; where a class has none, the school's office.

    Where the office keeps the classes, it decides about all of them. `but`: people who may not, as it is about their
    own child; whoever decides where they were not there does.
    """
    every = await ctx.stores.appointments.of_classes(school_id, [*class_ids, ""], ctx.now())
    held = [a for a in every if a.person_id not in but]
    school = await ctx.stores.schools.find_school(school_id)
    by_office = school is not None and school.rules.keeper is Keeper.OFFICE
    heads = [a for a in held if a.class_id and may(a.role, Right.CLAIMS) and not by_office]
    if {a.class_id for a in heads} >= set(class_ids):
        return heads
    whole = [a for a in held if not a.class_id and not a.grade and may(a.role, Right.CLAIMS)]
    office = [a for a in whole if a.role is Role.OFFICE]
    return heads + (office or whole)


async def children_of(ctx: Context, person_id: str) -> list[Child]:
    """The children this adult is bound to now, oldest binding first."""
    bindings = await ctx.stores.bindings.active_of_person(person_id)
    students = await ctx.stores.schools.students(b.student_id for b in bindings)
    found = await ctx.stores.schools.classes({s.class_id for s in students.values()})
    classes = {c.id: c for c in found}
    return [
        Child(b, students[b.student_id], classes[students[b.student_id].class_id])
        for b in bindings
        if b.student_id in students
        and students[b.student_id].class_id in classes
        and classes[students[b.student_id].class_id].ended_at is None
    ]
