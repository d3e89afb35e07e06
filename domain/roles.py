"""Who may do what where: roles (角色), the rights they carry, and appointments (任职).

A guardian is no role here: what a guardian may see comes from bindings alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an adult is at a place; where the place is, LEVELS says."""

    HEAD_TEACHER = "head_teacher"  # 班主任
    SUBJECT_TEACHER = "subject_teacher"  # 任课教师
    GRADE_LEADER = "grade_leader"  # 年级组长
    OFFICE = "office"  # 教务处
    SCHOOL_ADMIN = "school_admin"  # 学校管理员
    DISTRICT_ADMIN = "district_admin"  # 区县管理员
    CITY_ADMIN = "city_admin"  # 市级管理员
    PROVINCE_ADMIN = "province_admin"  # 省级管理员
    OBSERVER = "observer"  # 督导员: looks at figures, changes nothing


class Right(StrEnum):
    """What may be done; every endpoint for staff names the one it needs."""

    PUBLISH = "publish"  # write to the families of a class, and see who has read it
    HOMEWORK = "homework"  # set homework, within the budget of the class
    ALLOW = "allow"  # let a homework go over the budget
    MONITOR = "monitor"  # figures of how much homework there is
    MODERATE = "moderate"  # decide what may be shown, who may speak
    # What became of homework, and how much links are used: of one's own classes and subject, or in figures.
    REPORTS = "reports"
    LEAVES = "leaves"  # decide about leave of children
    CLAIMS = "claims"  # decide who is bound to a child
    PEOPLE = "people"  # see pupils and who is bound to them
    BINDINGS = "bindings"  # end a binding, note limits of custody
    INVITE = "invite"  # make, print and revoke a class's invitations
    LINKS = "links"  # put links on shelves, choose the textbooks of a grade or class
    RESOURCES = "resources"  # file what one made for lessons, use what others did
    CURATE = "curate"  # decide what stands in the library of one's own place
    ROSTER = "roster"  # import lists, edit pupils and classes, settle quarantine
    ROLL_OVER = "roll_over"  # the new school year
    REGISTRATION = "registration"  # figures of who has registered
    APPOINT = "appoint"  # give and take roles
    CALENDAR = "calendar"  # terms and holidays
    SETTINGS = "settings"
    GROUPS = "groups"  # how groups talk, who is put into one
    AUDIT = "audit"  # read what staff did
    EXPORT = "export"  # a family's file, and erasure
    PLACES = "places"  # found schools and regions below one's own


_TEACHES = frozenset(
    {Right.PUBLISH, Right.REGISTRATION, Right.REPORTS, Right.LINKS, Right.RESOURCES}
)
_HEADS = _TEACHES | {
    Right.HOMEWORK,
    Right.ALLOW,
    Right.MODERATE,
    Right.LEAVES,
    Right.CLAIMS,
    Right.PEOPLE,
    Right.BINDINGS,
    Right.INVITE,
}
_OFFICE = (
    _HEADS
    | {Right.MONITOR, Right.GROUPS, Right.CURATE}
    | {Right.ROSTER, Right.ROLL_OVER, Right.CALENDAR}
)
_SCHOOL = _OFFICE | {Right.APPOINT, Right.SETTINGS, Right.AUDIT, Right.EXPORT}
# A region has figures and keeps order; it never sees a pupil.
_REGION = frozenset(
    {
        Right.MONITOR,
        Right.REPORTS,
        Right.REGISTRATION,
        Right.PLACES,
        Right.LINKS,
        Right.RESOURCES,
        Right.CURATE,
        Right.APPOINT,
        Right.CALENDAR,
        Right.SETTINGS,
        Right.AUDIT,
    }
)

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.HEAD_TEACHER: _HEADS,
    Role.SUBJECT_TEACHER: _TEACHES | {Right.HOMEWORK},
    Role.GRADE_LEADER: _TEACHES | {Right.PEOPLE, Right.MONITOR},
    Role.OFFICE: _OFFICE,
    Role.SCHOOL_ADMIN: _SCHOOL,
    Role.DISTRICT_ADMIN: _REGION,
    Role.CITY_ADMIN: _REGION,
    Role.PROVINCE_ADMIN: _REGION,
    Role.OBSERVER: frozenset({Right.REGISTRATION, Right.MONITOR, Right.REPORTS}),
}


class Level(StrEnum):
    """How far a role reaches."""

    CLASS = "class"
    GRADE = "grade"
    SCHOOL = "school"
    DISTRICT = "district"
    CITY = "city"
    PROVINCE = "province"


LEVELS: dict[Role, frozenset[Level]] = {
    Role.HEAD_TEACHER: frozenset({Level.CLASS}),
    Role.SUBJECT_TEACHER: frozenset({Level.CLASS}),
    Role.GRADE_LEADER: frozenset({Level.GRADE}),
    Role.OFFICE: frozenset({Level.SCHOOL}),
    Role.SCHOOL_ADMIN: frozenset({Level.SCHOOL}),
    Role.DISTRICT_ADMIN: frozenset({Level.DISTRICT}),
    Role.CITY_ADMIN: frozenset({Level.CITY}),
    Role.PROVINCE_ADMIN: frozenset({Level.PROVINCE}),
    Role.OBSERVER: frozenset({Level.SCHOOL, Level.DISTRICT, Level.CITY, Level.PROVINCE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """One person in one role at one place; `name` is how families are told who wrote.

    The place is a class (`school_id`, `class_id`), a grade (`school_id`, `grade`), a school
    (`school_id`) or a region (`region_id`). It counts from the moment it stands until `until` or until it is
    `ended_at`, whichever comes first.
    """

    id: str
    person_id: str
    role: Role
    name: str
    school_id: str = ""
    class_id: str = ""
    grade: int = 0
    region_id: str = ""
    subject: str = ""  # a code of `domain.subjects`, for who teaches one
    granted_by: str = ""
    granted_at: datetime | None = None
    until: datetime | None = None
    ended_at: datetime | None = None

    @property
    def place_id(self) -> str:
        """The school or region this belongs to: what somebody switches between."""
        return self.school_id or self.region_id

    def stands(self, at: datetime) -> bool:
        """Whether it counts at `at`."""
        return self.ended_at is None and (self.until is None or at < self.until)

    def reaches(self, class_id: str, grade: int) -> bool:
        """Whether a class of its school is within its reach."""
        if self.class_id:
            return self.class_id == class_id
        return not self.grade or self.grade == grade


def appointment_id(
    role: Role,
    person_id: str,
    *,
    place_id: str,
    class_id: str = "",
    grade: int = 0,
    subject: str = "",
) -> str:
    """One person has one role at one place once: the key says so."""
    where = class_id or (f"{place_id}:grade-{grade}" if grade else place_id)
    return f"{where}:{role}{f'-{subject}' if subject else ''}:{person_id}"


def may(role: Role, right: Right) -> bool:
    """Whether a role carries a right."""
    return right in RIGHTS[role]
