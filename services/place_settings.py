"""What a place decides about itself: shown before it is changed, and noted with what it was before."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from domain.aims import Aims
from domain.audit import Act
from domain.budgets import Band, Caps
from domain.errors import ConflictError, NotFoundError
from domain.place_forms import (
    AIM_FIELDS,
    SettingsDraft,
    cap_field,
    parse_region_settings,
    parse_settings,
)
from domain.regions import Region
from domain.roles import Right
from domain.schools import Rules, School
from services.context import Context
from services.people import Post
from services.places import Place, access_place, change_place, find_place, note_at

_OF_SCHOOL = ("name", "stages", "system")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that would be another: a field of the place, or of the school's rules."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class Review:
    """What a form would change. `seen` stands for what was there when it was looked at."""

    changes: tuple[Change, ...]
    seen: str


def form_of(place: Place) -> dict[str, str]:
    """The form as it is filled in at first."""
    form = {"name": place.name}
    if isinstance(place, School):
        form |= {
            "stages": ",".join(place.stages),
            "system": place.system.value,
            "approval_hours": str(place.rules.approval_hours),
            "claim_days": str(place.rules.claim_days),
            "keeper": place.rules.keeper.value,
            "local_subjects": "\n".join(name for _, name in place.rules.local_subjects),
            "board": "open" if place.rules.board else "closed",
            "bridge": "open" if place.rules.bridge else "closed",
            "quiet_start": place.rules.quiet_start,
            "quiet_end": place.rules.quiet_end,
        }
    own = place.rules if isinstance(place, School) else place
    numbers = [*_caps(own.evening), *_aims(own.aims)]
    return form | {name: "" if number is None else str(number) for name, number in numbers}


def _caps(caps: Caps) -> list[tuple[str, int | None]]:
    return [(cap_field(band), getattr(caps, band)) for band in Band]


def _aims(aims: Aims) -> list[tuple[str, int | None]]:
    return [(name, getattr(aims, part)) for name, part in AIM_FIELDS.items()]


async def settings_at(ctx: Context, post: Post) -> Place:
    """The place as it is stored now. Raises NotFoundError without the right."""
    own = await access_place(ctx, post, Right.SETTINGS)
    held = await find_place(ctx, own.id)
    if held is None:
        raise NotFoundError
    return held


async def review_settings(ctx: Context, post: Post, form: Mapping[str, str]) -> Review:
    """What this form would change; nothing is changed. Raises NotFoundError, InvalidError."""
    place = await settings_at(ctx, post)
    return Review(_changes(place, form), _seen(place))


async def change_settings(
    ctx: Context, post: Post, form: Mapping[str, str], *, seen: str
) -> Review:
    """Change what differs. Returns what was changed.

    Raises NotFoundError, InvalidError, and ConflictError (`settings_meanwhile`) when the place is not as it was `seen`.
    """
    place = await settings_at(ctx, post)
    changes = _changes(place, form)
    if seen != _seen(place):
        raise ConflictError("settings_meanwhile")
    own = {c.field: c.after for c in changes if c.field in _OF_SCHOOL}
    ruled = [c for c in changes if c.field not in _OF_SCHOOL]
    if own:
        await change_place(ctx, post.actor, place, own, act=Act.SETTINGS_CHANGED)
    if ruled:
        await note_at(
            ctx,
            post.actor,
            Act.SETTINGS_CHANGED,
            place,
            before=_noted({c.field: c.before for c in ruled}),
            after=_noted({c.field: c.after for c in ruled}),
        )
        if isinstance(place, School):
            await ctx.stores.schools.change_school(place.id, {"rules": parse_settings(form).rules})
        else:
            draft = parse_region_settings(form)
            changed = {"evening": draft.evening, "aims": draft.aims}
            await ctx.stores.regions.change(place.id, changed)
    return Review(changes, seen)


def _noted(rules: Mapping[str, object]) -> dict[str, object]:
    """A school's own courses are named in the log: they are no person's words."""
    told = dict(rules)
    local = told.pop("local_subjects", None)
    if isinstance(local, tuple):
        told["subjects"] = [name for _, name in local]
    return told


def _changes(place: Place, form: Mapping[str, str]) -> tuple[Change, ...]:
    if isinstance(place, Region):
        region = parse_region_settings(form)
        wanted: dict[str, object] = {"name": region.name} | _numbers(region.evening, region.aims)
        held: dict[str, object] = {"name": place.name} | _numbers(place.evening, place.aims)
    else:
        wanted = _flat(parse_settings(form))
        held = {name: getattr(place, name) for name in _OF_SCHOOL} | _rules(place.rules)
    return tuple(Change(n, held[n], value) for n, value in wanted.items() if held[n] != value)


def _flat(draft: SettingsDraft) -> dict[str, object]:
    return {name: getattr(draft.school, name) for name in _OF_SCHOOL} | _rules(draft.rules)


def _rules(rules: Rules) -> dict[str, object]:
    return {
        "approval_hours": rules.approval_hours,
        "claim_days": rules.claim_days,
        "keeper": rules.keeper,
        "local_subjects": rules.local_subjects,
        "board": rules.board,
        "bridge": rules.bridge,
        "quiet_start": rules.quiet_start,
        "quiet_end": rules.quiet_end,
        **_numbers(rules.evening, rules.aims),
    }


def _numbers(evening: Caps, aims: Aims) -> dict[str, object]:
    return dict([*_caps(evening), *_aims(aims)])


def _seen(place: Place) -> str:
    form = form_of(place)
    return hashlib.sha256(repr(sorted(form.items())).encode()).hexdigest()
