"""What is typed of a place (学校, 区域) and of a school's own rules, made into data; all that is wrong at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.aims import Aims
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
# A hundred homeworks of one subject a term are more than one a day.
AIM_COUNTS = range(101)
# Per hundred people in a term; the most that was ever told of is some 140 000 a year.
VIEW_COUNTS = range(1_000_000)
# A school may be quiet for longer, never for less than from 22:00 to 06:30, and never in the middle of the day.
QUIET_BOUNDS = {"quiet_start": ("18:00", "22:00"), "quiet_end": ("06:30", "09:00")}
AIM_FIELDS = {
    "homework_week": "week",
    "homework_term": "term",
    "homework_tablet_week": "tablet_week",
    "homework_tablet_term": "tablet_term",
    "use_lessons": "lessons",
    "use_filed": "filed",
    "use_families": "families",
    "use_teachers": "teachers",
}
VIEW_FIELDS = ("use_families", "use_teachers")
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
    aims: Aims


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
    `evening_lower` … `evening_senior` (minutes, blank for none of its own), `homework_week` … (`AIM_FIELDS`, likewise),
    `board` and `bridge` (`open` or `closed`), `quiet_start` and `quiet_end` (`21:00`; both, or both blank).

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
        aims=_parse_aims(form, wrong),
        board=form.get("board", "open") != "closed",
        bridge=form.get("bridge", "open") != "closed",
        **_parse_quiet(form, wrong),
    )
    if wrong:
        raise InvalidError(wrong)
    return SettingsDraft(school, rules)


def parse_region_settings(form: Form) -> RegionDraft:
    """A region's settings as typed: `name`, `evening_lower` … and `homework_week` … as for a school. Raises
    InvalidError."""
    wrong: Wrong = {}
    draft = RegionDraft(parse_name(form, wrong), _parse_caps(form, wrong), _parse_aims(form, wrong))
    if wrong:
        raise InvalidError(wrong)
    return draft


def cap_field(band: Band) -> str:
    """What the field of a band is called."""
    return f"evening_{band}"


def _parse_caps(form: Form, wrong: Wrong) -> Caps:
    return Caps(**{band: _optional(form, cap_field(band), CAP_MINUTES, wrong) for band in Band})


def _parse_quiet(form: Form, wrong: Wrong) -> dict[str, str]:
    typed = {name: form.get(name, "").strip() for name in QUIET_BOUNDS}
    if not any(typed.values()):
        return typed
    for name, (first, last) in QUIET_BOUNDS.items():
        clock = typed[name]
        if not re.fullmatch(r"[0-2][0-9]:[0-5][0-9]", clock) or not first <= clock <= last:
            wrong[name] = Problem("out_of_range")
    return typed


def _parse_aims(form: Form, wrong: Wrong) -> Aims:
    return Aims(
        **{
            part: _optional(form, name, VIEW_COUNTS if name in VIEW_FIELDS else AIM_COUNTS, wrong)
            for name, part in AIM_FIELDS.items()
        }
    )


def _optional(form: Form, name: str, allowed: range, wrong: Wrong) -> int | None:
    """A number; blank for none."""
    return _number(form, name, allowed, wrong) if form.get(name, "").strip() else None


def _number(form: Form, name: str, allowed: range, wrong: Wrong) -> int:
    text = unicodedata.normalize("NFKC", form.get(name, "")).strip()
    value = int(text) if re.fullmatch(r"[0-9]{1,6}", text) else -1
    if value not in allowed:
        wrong[name] = Problem("out_of_range", allowed[-1])
        return allowed[0]
    return value
