"""What a school decides about its groups: how they talk, what they are called, who is put into one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from domain.audit import Act, Actor
from domain.bindings import binding_id
from domain.errors import ConflictError, InvalidError, NotFoundError, Problem
from domain.groups import (
    ENROLMENT_LIMIT,
    STAFF,
    Enrolment,
    Group,
    GroupKind,
    GroupRules,
    Mode,
    Seat,
    parse_allowed,
    parse_group_name,
    parse_mode,
)
from domain.roles import Right
from domain.subjects import subject_name
from services.audit import note_act
from services.context import Context
from services.groups import access_group, find_group, standing_of
from services.people import Post

V = TypeVar("V")


async def change_group(
    ctx: Context, person_id: str, group_id: str, form: Mapping[str, str], address: str = ""
) -> Seat:
    """How a group talks (`mode`) and what it is called (`name`, as it is where it is not named), said by who leads it;
    holds at once.

    Raises NotFoundError for who does not lead it; InvalidError; ConflictError when somebody changed it meanwhile.
    """
    seat = await access_group(ctx, person_id, group_id)
    if not seat.leads or not seat.as_staff:
        raise NotFoundError
    rules = await ctx.stores.groups.rules(seat.group.school_id)
    mode = parse_mode(form.get("mode", ""), rules.allowed_in(seat.group.kind))
    names = rules.names
    if "name" in form:
        name = parse_group_name(form["name"])
        named = _with(names, group_id, name)
        names = named if name else _without(names, group_id)
    changed = replace(
        rules,
        modes=_with(rules.modes, group_id, mode),
        names=names,
        version=rules.version + 1,
    )
    before = {"mode": seat.group.mode, "label": seat.group.name}
    after = {"mode": mode, "label": form.get("name", seat.group.name)}
    await _note(ctx, seat.actor(address), group_id, before, after)
    await _write(ctx, changed)
    return await access_group(ctx, person_id, group_id)


async def modes_for(ctx: Context, seat: Seat) -> tuple[Mode, ...]:
    """How a group may talk, for who says so; nothing for everybody else."""
    if not seat.leads or not seat.as_staff:
        return ()
    return (await ctx.stores.groups.rules(seat.group.school_id)).allowed_in(seat.group.kind)


def _with(pairs: Sequence[tuple[str, V]], key: str, value: V) -> tuple[tuple[str, V], ...]:
    return tuple(sorted({**dict(pairs), key: value}.items()))


def _without(pairs: Sequence[tuple[str, V]], key: str) -> tuple[tuple[str, V], ...]:
    return tuple((k, v) for k, v in pairs if k != key)


async def _note(
    ctx: Context,
    actor: Actor,
    group_id: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
) -> None:
    await note_act(
        ctx, actor, Act.GROUP_CHANGED, subject=("group", group_id), before=before, after=after
    )


async def _write(ctx: Context, rules: GroupRules) -> None:
    if not await ctx.stores.groups.change_rules(rules):
        raise ConflictError


async def rules_at(ctx: Context, post: Post) -> GroupRules:
    """What a school has decided, for its office. Raises NotFoundError."""
    if post.school is None or not post.has_everywhere(Right.GROUPS):
        raise NotFoundError
    return await ctx.stores.groups.rules(post.school.id)


async def change_rules(
    ctx: Context,
    post: Post,
    *,
    allowed: Mapping[str, Sequence[str]],
    grade_guardians: bool,
    research_choice: bool,
    seen: int,
) -> GroupRules:
    """Which ways of talking are allowed, whether guardians are in the grade groups, whether teachers choose their
    research group themselves.

    `seen` is the version that was looked at. Raises NotFoundError; InvalidError; ConflictError.
    """
    rules = await _rules_seen(ctx, post, seen)
    wanted = replace(
        rules,
        allowed=parse_allowed(allowed),
        grade_guardians=grade_guardians,
        research_choice=research_choice,
        version=rules.version + 1,
    )
    await _note(ctx, post.actor, rules.id, _told(rules), _told(wanted))
    await _write(ctx, wanted)
    return wanted


def _told(rules: GroupRules) -> dict[str, object]:
    allowed: dict[str, object] = {
        f"allowed_{kind}_id": ",".join(modes) for kind, modes in rules.allowed
    }
    own = {"grade_guardians": rules.grade_guardians, "research_choice": rules.research_choice}
    return allowed | own


async def set_talk(ctx: Context, post: Post, group_id: str, mode: str, *, seen: int) -> Group:
    """How any group of the school talks, said by its office; an empty `mode`: as its kind does.

    Raises NotFoundError; InvalidError (`mode`); ConflictError.
    """
    rules = await _rules_seen(ctx, post, seen)
    group = await _own_group(ctx, post, group_id)
    if mode:
        modes = _with(rules.modes, group_id, parse_mode(mode, rules.allowed_in(group.kind)))
    else:
        modes = _without(rules.modes, group_id)
    changed = replace(rules, modes=modes, version=rules.version + 1)
    after = changed.mode_of(group_id, group.kind)
    await _note(ctx, post.actor, group_id, {"mode": group.mode}, {"mode": after})
    await _write(ctx, changed)
    return await find_group(ctx, group_id)


async def set_research(
    ctx: Context, post: Post, group_id: str, *, name: str, subjects: Sequence[str], seen: int
) -> Group:
    """What a research group is called, and whose teachers are in it.

    Raises NotFoundError; InvalidError (`name`, `subjects`); ConflictError.
    """
    rules = await _rules_seen(ctx, post, seen)
    group = await _own_group(ctx, post, group_id, GroupKind.RESEARCH)
    local = post.school.rules.local_subjects if post.school else ()
    if not all(subject_name(code, local) for code in subjects):
        raise InvalidError({"subjects": Problem("unknown")})
    chosen, called = tuple(dict.fromkeys(subjects)), parse_group_name(name)
    changed = replace(
        rules,
        names=_with(rules.names, group_id, called) if called else _without(rules.names, group_id),
        subjects=_with(rules.subjects, group_id, chosen),
        version=rules.version + 1,
    )
    before = {"label": group.name, "subject": ",".join(group.subjects)}
    after = {"label": called, "subject": ",".join(chosen)}
    await _note(ctx, post.actor, group_id, before, after)
    await _write(ctx, changed)
    return await find_group(ctx, group_id)


async def _rules_seen(ctx: Context, post: Post, seen: int) -> GroupRules:
    rules = await rules_at(ctx, post)
    if rules.version != seen:
        raise ConflictError
    return rules


async def _own_group(
    ctx: Context, post: Post, group_id: str, kind: GroupKind | None = None
) -> Group:
    group = await find_group(ctx, group_id)
    if group.school_id != post.place_id or (kind is not None and group.kind is not kind):
        raise NotFoundError
    return group


async def enrol_guardian(
    ctx: Context,
    post: Post,
    student_id: str,
    person_id: str,
    *,
    leads: bool = False,
    until: datetime | None = None,
) -> Enrolment:
    """The office appoints a guardian to the parents' committee, for one child; twice is once.

    Raises NotFoundError for who is no guardian of a child of the school; ConflictError when it is full.
    """
    await rules_at(ctx, post)
    group = await _own_group(
        ctx, post, f"{GroupKind.COMMITTEE}:{post.place_id}", GroupKind.COMMITTEE
    )
    binding = await ctx.stores.bindings.find_active(binding_id(student_id, person_id))
    if binding is None or binding.school_id != post.place_id or not binding.may_confirm:
        raise NotFoundError
    made = _enrolment(ctx, group, person_id, post.person_id, student_id, leads, until)
    return await _enrol(ctx, post.actor, made)


async def enrol_teacher(
    ctx: Context, post: Post, group_id: str, person_id: str, *, leads: bool = False
) -> Enrolment:
    """The office puts somebody of the school into a research group. Raises NotFoundError, ConflictError."""
    await rules_at(ctx, post)
    group = await _own_group(ctx, post, group_id, GroupKind.RESEARCH)
    held = await ctx.stores.appointments.of_person(person_id, ctx.now())
    if not any(a.school_id == group.school_id and a.role in STAFF for a in held):
        raise NotFoundError
    made = _enrolment(ctx, group, person_id, post.person_id, "", leads, None)
    return await _enrol(ctx, post.actor, made)


def _enrolment(
    ctx: Context,
    group: Group,
    person_id: str,
    by: str,
    student_id: str = "",
    leads: bool = False,
    until: datetime | None = None,
) -> Enrolment:
    return Enrolment(
        id=f"{group.id}:{person_id}",
        school_id=group.school_id,
        group_id=group.id,
        person_id=person_id,
        since=ctx.now(),
        granted_by=by,
        student_id=student_id,
        leads=leads,
        until=until,
    )


async def _enrol(ctx: Context, actor: Actor, made: Enrolment) -> Enrolment:
    held = await ctx.stores.groups.enrolments_of_group(made.school_id, made.group_id)
    others = [e for e in held if e.stands(ctx.now()) and e.id != made.id]
    if len(others) >= ENROLMENT_LIMIT:
        raise ConflictError("full")
    about = {"group_id": made.group_id, "person_id": made.person_id, "leads": made.leads}
    await note_act(ctx, actor, Act.GROUP_ENROLLED, subject=("enrolment", made.id), after=about)
    await ctx.stores.groups.enrol(made)
    return made


async def end_enrolment(ctx: Context, post: Post, enrolment_id: str) -> None:
    """Somebody is in a group by the office's decision no more. Twice is once. Raises NotFoundError."""
    await rules_at(ctx, post)
    held = await ctx.stores.groups.find_enrolment(enrolment_id)
    if held is None or held.school_id != post.place_id:
        raise NotFoundError
    if held.ended_at is None:
        about = {"group_id": held.group_id, "person_id": held.person_id}
        await note_act(
            ctx,
            post.actor,
            Act.GROUP_ENROLMENT_ENDED,
            subject=("enrolment", held.id),
            before=about,
        )
        await ctx.stores.groups.end_enrolment(held.id, ctx.now())


async def choose_research(ctx: Context, person_id: str, group_id: str, *, is_in: bool) -> None:
    """A teacher goes into a research group of their school, or out of it, where the school leaves it to them.

    Raises NotFoundError; ConflictError (`not_by_choice`).
    """
    group = await find_group(ctx, group_id)
    standing = await standing_of(ctx, person_id)
    staff = any(a.school_id == group.school_id and a.role in STAFF for a in standing.appointments)
    if group.kind is not GroupKind.RESEARCH or not staff:
        raise NotFoundError
    if not (await ctx.stores.groups.rules(group.school_id)).research_choice:
        raise ConflictError("not_by_choice")
    made = _enrolment(ctx, group, person_id, person_id)
    before = [e for e in standing.enrolments if e.id == made.id and e.stands(ctx.now())]
    leads = is_in and any(e.leads for e in before)
    await ctx.stores.groups.enrol(replace(made, out=not is_in, leads=leads))
