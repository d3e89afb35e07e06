"""What is typed of a place (学校, 区域) and of a school's own rules, made into data; all that is wrong at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.budgets import Band, Caps
from domain.errors import InvalidError, Problem
from domain.schools import Keeper, Rules
from domain.stages import Stage, System
from domain.subjects import parse_local_subjects

NAME_LIMIT = 40
# From an hour to three days: a weekend may lie between, a forgotten request may not stay for ever.
APPROVAL_HOURS = range(1, 73)
CLAIM_DAYS = range(1, 31)
# More than four hours of homework an evening is no limit of anybody's.
CAP_MINUTES = range(241)
PLACE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}")

Form = Mapping[str, str]
Wrong = dict[str, Problem]


@dataclass(frozen=True, slots=True)
class SchoolDraft:
    """What is said of a school itself."""

    name: str
    stages: tuple[Stage, ...]
    system: System


@dataclass(frozen=True, slots=True)
class RegionDraft:
    """What a region decides about itself and its schools."""

    name: str
    evening: Caps


@dataclass(frozen=True, slots=True)
class SettingsDraft:
    """What a school decides about itself."""

    school: SchoolDraft
    rules: Rules


def parse_name(form: Form, wrong: Wrong, *, limit: int = NAME_LIMIT) -> str:
    """The field `name`, blanks around it gone; missing, too_long or control_characters goes into `wrong`."""
    name = unicodedata.normalize("NFC", form.get("name", "")).strip()
    if not name:
        wrong["name"] = Problem("missing")
    elif len(name) > limit:
        wrong["name"] = Problem("too_long", limit)
    elif any(unicodedata.category(c) in ("Cc", "Cf", "Cs") for c in name):
        wrong["name"] = Problem("control_characters")
    return name


def parse_place_id(form: Form, wrong: Wrong) -> str:
    """The field `place_id`, empty when it is left to us; `form` goes into `wrong` for what is no id."""
    place_id = form.get("place_id", "").strip()
    if place_id and not PLACE_ID.fullmatch(place_id):
        wrong["place_id"] = Problem("form")
    return place_id


def parse_school(form: Form, wrong: Wrong) -> SchoolDraft:
    """Name, `stages` (codes with commas between) and `system`; what is wrong goes into `wrong`."""
    name = parse_name(form, wrong)
    ticked = set(form.get("stages", "").split(",")) - {""}
    stages = tuple(stage for stage in Stage if stage in ticked)
    if not stages or len(stages) != len(ticked):
        wrong["stages"] = Problem("missing" if not ticked else "unknown")
    system = next((s for s in System if s == form.get("system", "")), None)
    if system is None:
        wrong["system"] = Problem("missing")
    return SchoolDraft(name, stages, system or System.SIX_THREE)


def parse_settings(form: Form) -> SettingsDraft:
    """A school's settings as typed: what is said of it, `approval_hours`, `claim_days`, `keeper`, `local_subjects`,
    `evening_lower` … `evening_senior` (minutes, blank for none of its own), `board` (`open` or `closed`).

    Raises InvalidError naming every wrong field.
    """
    wrong: Wrong = {}
    school = parse_school(form, wrong)
    local: Sequence[tuple[str, str]] = ()
    try:
        local = parse_local_subjects(form.get("local_subjects", ""))
    except InvalidError as error:
        wrong |= error.fields
    keeper = next((k for k in Keeper if k == form.get("keeper", "")), None)
    if keeper is None:
        wrong["keeper"] = Problem("missing")
    rules = Rules(
        approval_hours=_number(form, "approval_hours", APPROVAL_HOURS, wrong),
        claim_days=_number(form, "claim_days", CLAIM_DAYS, wrong),
        keeper=keeper or Keeper.HEAD_TEACHER,
        local_subjects=tuple(local),
        evening=_parse_caps(form, wrong),
        board=form.get("board", "open") != "closed",
    )
    if wrong:
        raise InvalidError(wrong)
    return SettingsDraft(school, rules)


def parse_region_settings(form: Form) -> RegionDraft:
    """A region's settings as typed: `name`, and `evening_lower` … as for a school. Raises InvalidError."""
    wrong: Wrong = {}
    draft = RegionDraft(parse_name(form, wrong), _parse_caps(form, wrong))
    if wrong:
        raise InvalidError(wrong)
    return draft


def cap_field(band: Band) -> str:
    """What the field of a band is called."""
    return f"evening_{band}"


def _parse_caps(form: Form, wrong: Wrong) -> Caps:
    given: dict[str, int | None] = {}
    for band in Band:
        name = cap_field(band)
        blank = not form.get(name, "").strip()
        given[band] = None if blank else _number(form, name, CAP_MINUTES, wrong)
    return Caps(**given)


def _number(form: Form, name: str, allowed: range, wrong: Wrong) -> int:
    text = unicodedata.normalize("NFKC", form.get(name, "")).strip()
    value = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else -1
    if value not in allowed:
        wrong[name] = Problem("out_of_range", allowed[-1])
        return allowed[0]
    return value
