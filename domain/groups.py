"""Groups that exist by themselves (群组): who belongs follows from roles and bindings, and nothing of it is stored.

What a school changes is stored: which ways of talking are allowed, how each group talks, names, subjects of the
research groups, and the few people whom somebody put into a group (`Enrolment`). A group stands for the children
in it and goes up with them: next year's parents of grade 3 do not read what this year's wrote.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from domain.audit import Actor
from domain.bindings import Binding
from domain.custody import LONGEST_UNTIL, end_of_day
from domain.errors import InvalidError, NotFoundError, Problem
from domain.roles import Appointment, Role
from domain.schools import Keeper, School, SchoolClass, Student
from domain.stages import grade_name

NAME_LIMIT = 20
RESEARCH_GROUPS = (1, 2)
ENROLMENT_LIMIT = 300  # people somebody put into one group


class GroupKind(StrEnum):
    """What a group is for."""

    CLASS = "class"  # 班级群: those who teach the class, and its pupils' guardians
    STAFF = "staff"  # 全体教师群
    HEADS = "heads"  # 班主任群
    RESEARCH = "research"  # 教研群: two a school
    GRADE = "grade"  # 年级群: staff; guardians where the school allows it
    COMMITTEE = "committee"  # 家委会: guardians whom the office has appointed


class Mode(StrEnum):
    """How a group talks, from the quietest."""

    ANNOUNCE = "announce"  # 只发通知: who leads it writes, the others read
    QUESTIONS = "questions"  # 可向老师提问: others don't see the question
    OPEN = "open"  # 自由讨论


_DEFAULT = {GroupKind.CLASS: Mode.QUESTIONS}
# Where those who teach are there for families, all of them may write, whatever the mode.
_FOR_FAMILIES = frozenset({GroupKind.CLASS, GroupKind.GRADE, GroupKind.COMMITTEE})
_OFFICE = frozenset({Role.OFFICE, Role.SCHOOL_ADMIN})
STAFF = frozenset(
    {Role.HEAD_TEACHER, Role.SUBJECT_TEACHER, Role.GRADE_LEADER, Role.OFFICE, Role.SCHOOL_ADMIN}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupRules:
    """What a school has decided about its groups, one document; pairs are of a group's id and what holds for it.

    `allowed` are the modes that a kind of group may have, all where it is not named. `version` counts changes.
    """

    id: str
    allowed: tuple[tuple[GroupKind, tuple[Mode, ...]], ...] = ()
    modes: tuple[tuple[str, Mode], ...] = ()
    names: tuple[tuple[str, str], ...] = ()
    subjects: tuple[tuple[str, tuple[str, ...]], ...] = ()  # of research groups
    grade_guardians: bool = False  # whether guardians are in the grade groups
    research_choice: bool = True  # whether teachers choose their research group themselves
    version: int = 0

    def allowed_in(self, kind: GroupKind) -> tuple[Mode, ...]:
        """The modes that groups of a kind may have."""
        return dict(self.allowed).get(kind) or tuple(Mode)

    def mode_of(self, group_id: str, kind: GroupKind) -> Mode:
        """How a group talks now; one that may no longer talk as it did falls back to something quieter."""
        allowed = self.allowed_in(kind)
        wanted = dict(self.modes).get(group_id, _DEFAULT.get(kind, Mode.OPEN))
        order = list(Mode)
        quieter = [m for m in order[: order.index(wanted) + 1] if m in allowed]
        return quieter[-1] if quieter else allowed[0]

    def usual_in(self, kind: GroupKind) -> Mode:
        """How groups of a kind talk of which nobody has said anything else."""
        return replace(self, modes=()).mode_of("", kind)

    def differs(self, group: Group) -> bool:
        """Whether somebody has said of this group that it talks otherwise than its kind, and it does."""
        return group.id in dict(self.modes) and group.mode is not self.usual_in(group.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """Somebody whom a person put into a group, as a role: it has a beginning and an end, and is never deleted by it.

    Into the parents' committee by the office, for one child (`student_id`): it counts while that binding does.
    Into a research group by the office or by themselves; `out` says that they are not there though they teach its
    subject. `leads`: the group's head (教研组长, 家委会主任).
    """

    id: str
    school_id: str
    group_id: str
    person_id: str
    since: datetime
    granted_by: str
    student_id: str = ""
    leads: bool = False
    out: bool = False
    until: datetime | None = None
    ended_at: datetime | None = None

    def stands(self, at: datetime) -> bool:
        """Whether it counts at `at`."""
        return (
            self.since <= at and self.ended_at is None and (self.until is None or at < self.until)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group as it is now. `name` is the class's, the grade's or what the school calls it; empty: its kind's word is
    its name.

    `class_ids` are the classes whose people are in it, `grade` their grade. `by_office`: the office is there in
    the head teachers' place.
    """

    id: str
    school_id: str
    kind: GroupKind
    name: str
    mode: Mode
    class_ids: tuple[str, ...] = ()
    grade: int = 0
    subjects: tuple[str, ...] = ()
    guardians: bool = False
    by_office: bool = False

    @property
    def nth(self) -> int:
        """Which one of a school's research groups; 0 for a kind of which there is one."""
        return int(parse_group_id(self.id)[2]) if self.kind is GroupKind.RESEARCH else 0


@dataclass(frozen=True, slots=True)
class Ward:
    """A child whom somebody is bound to."""

    student: Student
    binding: Binding

    @property
    def said_name(self) -> str:
        """How this guardian is called in a group: 李小明妈妈."""
        return self.student.name + (self.binding.relation or "家长")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Somebody's place in a group: by their roles, by the children they are bound to, or by both.

    `may_post`: write what all see; `may_ask`: ask those who teach, unseen by the others; `leads`: call all,
    take back what others wrote, say how the group talks. `until` is when the first of what it rests on ends by
    time alone.
    """

    group: Group
    person_id: str
    name: str
    as_staff: bool
    leads: bool
    may_post: bool
    may_ask: bool
    children: tuple[Ward, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    until: datetime | None = None

    def actor(self, address: str = "") -> Actor:
        """Who the audit log names, for somebody of the school."""
        own = self.appointments[0]
        return Actor(
            person_id=self.person_id,
            post_id=own.id,
            role=own.role,
            place_id=own.place_id,
            address=address,
        )


def class_group(class_id: str) -> str:
    """The id of a class's group."""
    return f"{GroupKind.CLASS}:{class_id}"


def school_group(kind: GroupKind, school_id: str) -> str:
    """The id of a group that a school has one of."""
    return f"{kind}:{school_id}"


def research_group(school_id: str, number: int) -> str:
    """The id of one of a school's research groups."""
    return f"{GroupKind.RESEARCH}:{school_id}:{number}"


def grade_group(school_class: SchoolClass) -> str:
    """The id of the group of all classes that began school together, where it is known when that was."""
    year = f"y{school_class.entered}" if school_class.entered else f"g{school_class.grade}"
    return f"{GroupKind.GRADE}:{school_class.school_id}:{year}"


def parse_group_id(group_id: str) -> tuple[GroupKind, str, str]:
    """An id → kind, the class or school it names, and what tells several of a school apart. Raises NotFoundError."""
    kind, _, rest = group_id.partition(":")
    if kind not in set(GroupKind) or not rest:
        raise NotFoundError
    if kind not in (GroupKind.RESEARCH, GroupKind.GRADE):
        return GroupKind(kind), rest, ""
    place, _, part = rest.rpartition(":")
    known = [str(n) for n in RESEARCH_GROUPS] if kind == GroupKind.RESEARCH else [part]
    if not place or part not in known:
        raise NotFoundError
    return GroupKind(kind), place, part


def make_group(
    group_id: str,
    school: School,
    rules: GroupRules,
    classes: Sequence[SchoolClass] = (),
) -> Group:
    """A group of a school; `classes` are those whose people are in it, for a class's or a grade's."""
    kind, _, _ = parse_group_id(group_id)
    own_name = ""
    if classes:
        own_name = classes[0].name if kind is GroupKind.CLASS else grade_name(classes[0].grade)
    return Group(
        id=group_id,
        school_id=school.id,
        kind=kind,
        name=dict(rules.names).get(group_id, own_name),
        mode=rules.mode_of(group_id, kind),
        class_ids=tuple(c.id for c in classes),
        grade=classes[0].grade if classes else 0,
        subjects=dict(rules.subjects).get(group_id, ()),
        guardians=kind in (GroupKind.CLASS, GroupKind.COMMITTEE)
        or (kind is GroupKind.GRADE and rules.grade_guardians),
        by_office=kind is GroupKind.CLASS and school.rules.keeper is Keeper.OFFICE,
    )


def seat_in(
    group: Group,
    person_id: str,
    *,
    appointments: Sequence[Appointment],
    wards: Sequence[Ward],
    enrolments: Sequence[Enrolment],
    at: datetime,
) -> Seat | None:
    """This person's place in a group; None: they have none. What they are elsewhere is left out."""
    roles = [
        a
        for a in appointments
        if a.school_id == group.school_id and a.role in STAFF and a.stands(at)
    ]
    held = [e for e in enrolments if e.group_id == group.id and e.stands(at)]
    here = [a for a in roles if _belongs(group, a, held)]
    leads = any(_leads(group, a) for a in here)
    children = [w for w in wards if not w.binding.trial and _is_ward(group, w, held, at)]
    if group.kind in (GroupKind.RESEARCH, GroupKind.COMMITTEE):
        leads = leads or (bool(here or children) and any(e.leads for e in held))
    if not here and not children:
        return None
    as_staff = bool(here)
    full = as_staff or any(w.binding.may_confirm for w in children)
    writes = leads or (as_staff and group.kind in _FOR_FAMILIES)
    ends = [
        *(a.until for a in here),
        *(w.binding.until for w in children),
        *(e.until for e in held),
    ]
    return Seat(
        group=group,
        person_id=person_id,
        name=here[0].name if here else children[0].said_name,
        as_staff=as_staff,
        leads=leads,
        may_post=writes or (full and group.mode is Mode.OPEN),
        may_ask=full and not writes and group.mode is Mode.QUESTIONS,
        children=tuple(children),
        appointments=tuple(here),
        until=min((end for end in ends if end is not None), default=None),
    )


def _belongs(group: Group, a: Appointment, held: Collection[Enrolment]) -> bool:
    match group.kind:
        case GroupKind.CLASS:
            office = group.by_office and a.role in _OFFICE
            return office or (bool(a.class_id) and a.class_id in group.class_ids)
        case GroupKind.STAFF:
            return True
        case GroupKind.HEADS:
            return a.role is Role.HEAD_TEACHER or a.role in _OFFICE
        case GroupKind.GRADE:
            leader = a.role is Role.GRADE_LEADER and a.grade == group.grade
            return leader or (bool(a.class_id) and a.class_id in group.class_ids)
        case GroupKind.RESEARCH:
            if held:
                return not any(e.out for e in held)
            return a.role is Role.SUBJECT_TEACHER and a.subject in group.subjects
        case GroupKind.COMMITTEE:
            return a.role in _OFFICE


def _leads(group: Group, a: Appointment) -> bool:
    if group.kind is GroupKind.CLASS:
        return a.role is Role.HEAD_TEACHER or a.role in _OFFICE
    if group.kind is GroupKind.GRADE:
        return a.role in (Role.GRADE_LEADER, Role.HEAD_TEACHER)
    return a.role in _OFFICE


def _is_ward(group: Group, ward: Ward, held: Collection[Enrolment], at: datetime) -> bool:
    if ward.student.school_id != group.school_id or not group.guardians:
        return False
    if not ward.binding.stands(at):
        return False
    if group.kind is GroupKind.COMMITTEE:
        return any(e.student_id == ward.student.id for e in held)
    return ward.student.class_id in group.class_ids


def parse_group_name(text: str) -> str:
    """What a school calls a group. Raises InvalidError (field `name`)."""
    name = text.strip()
    if len(name) > NAME_LIMIT:
        raise InvalidError({"name": Problem("too_long", NAME_LIMIT)})
    if not name.isprintable():
        raise InvalidError({"name": Problem("control_characters")})
    return name


def parse_mode(text: str, allowed: Collection[Mode]) -> Mode:
    """How a group is to talk. Raises InvalidError (field `mode`)."""
    if text not in set(Mode):
        raise InvalidError({"mode": Problem("unknown")})
    if Mode(text) not in allowed:
        raise InvalidError({"mode": Problem("not_allowed")})
    return Mode(text)


def parse_until(text: str, now: datetime) -> datetime | None:
    """The end of the last day on which somebody is in a group; None where none is said.

    Raises InvalidError (field `until`).
    """
    try:
        until = end_of_day(text.strip())
    except (ValueError, OverflowError):
        raise InvalidError({"until": Problem("not_a_time")}) from None
    if until is not None and until <= now:
        raise InvalidError({"until": Problem("in_the_past")})
    if until is not None and until > now + LONGEST_UNTIL:
        raise InvalidError({"until": Problem("too_far", LONGEST_UNTIL.days)})
    return until


def parse_allowed(
    form: Mapping[str, Sequence[str]],
) -> tuple[tuple[GroupKind, tuple[Mode, ...]], ...]:
    """For each kind of group that is named, the modes it may have, at least one. Raises InvalidError (`allowed`)."""
    if not set(form) <= set(GroupKind) or any(
        not modes or not set(modes) <= set(Mode) for modes in form.values()
    ):
        raise InvalidError({"allowed": Problem("unknown")})
    return tuple(
        (GroupKind(kind), tuple(m for m in Mode if m in modes))
        for kind, modes in sorted(form.items())
    )
