"""Schools on the eve of a new year, for stories, services and pictures: every grade, pupils, families, teachers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.bindings import Binding, BindingState, binding_id
from domain.names import folded_name
from domain.roles import Appointment, Role, appointment_id
from domain.rollovers import Choices, Rollover, RolloverState
from domain.roster_classes import ClassName
from domain.schools import Contact, Roster, School, SchoolClass, Student
from domain.stages import Stage, System, school_grades
from services.context import Context
from services.people import Post, posts_of
from services.rollover_steps import carry_out_rollover
from services.rollovers import begin_rollover, plan_key, save_plan, undo_rollover

YEAR = 2025
USUAL = Choices()
SINCE = datetime(2025, 9, 1, tzinfo=UTC)
_LABELS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10")


@dataclass
class Eve:
    """A school as it was founded: everything by id, and the office that acts."""

    school: School
    office: str
    classes: list[SchoolClass] = field(default_factory=list)
    students: list[Student] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    bindings: list[Binding] = field(default_factory=list)
    appointments: list[Appointment] = field(default_factory=list)

    def class_of(self, grade: int, label: str = "1") -> SchoolClass:
        """One of its classes."""
        return next(c for c in self.classes if (c.grade, c.label) == (grade, label))

    def pupils_of(self, class_id: str) -> list[Student]:
        """Who is in it."""
        return [s for s in self.students if s.class_id == class_id]

    async def post(self, ctx: Context) -> Post:
        """The office at its desk."""
        posts = await posts_of(ctx, self.office, address="203.0.113.7")
        return next(p for p in posts if p.place_id == self.school.id)


def an_eve(
    key: str = "school-a",
    *,
    stages: Sequence[Stage] = (Stage.PRIMARY,),
    system: System = System.SIX_THREE,
    name: str = "青禾小学",
    per_grade: int = 1,
    pupils: int = 2,
    guardians: int = 1,
) -> Eve:
    """A school with all its grades in the year 2025; pupil N of a class has `guardians` adults bound."""
    school = School(id=key, name=name, stages=tuple(stages), system=system, year=YEAR)
    eve = Eve(school, office=f"{key}-office")
    for grade in school_grades(stages, system):
        for label in _LABELS[:per_grade]:
            _settle_class(eve, grade, label, pupils, guardians)
    eve.appointments.append(_appointment(eve, Role.OFFICE, eve.office, "教务处陈老师"))
    for grade, who in zip(school_grades(stages, system), "赵钱孙李周吴郑王冯陈褚卫", strict=False):
        leader = _appointment(
            eve, Role.GRADE_LEADER, f"{key}-lead-{grade}", f"{who}老师", grade=grade
        )
        eve.appointments.append(leader)
    return eve


def _settle_class(eve: Eve, grade: int, label: str, pupils: int, guardians: int) -> None:
    key = eve.school.id
    group = SchoolClass(
        id=f"{key}-c{grade}-{label}",
        school_id=key,
        name=ClassName(grade, label).name,
        grade=grade,
        entered=YEAR - grade + 1,
        label=label,
    )
    eve.classes.append(group)
    head = f"{key}-head-{grade}-{label}"
    eve.appointments.append(_appointment(eve, Role.HEAD_TEACHER, head, "班主任", class_id=group.id))
    teacher = f"{key}-maths-{grade}"
    eve.appointments.append(
        _appointment(eve, Role.SUBJECT_TEACHER, teacher, "数学老师", class_id=group.id)
    )
    for number in range(1, pupils + 1):
        _settle_pupil(eve, group, number, guardians)


def _settle_pupil(eve: Eve, group: SchoolClass, number: int, guardians: int) -> None:
    student = Student(
        id=f"{group.id}-{number:03d}",
        school_id=group.school_id,
        class_id=group.id,
        name=f"学生{'甲乙丙丁戊己庚辛壬癸'[number % 10]}",
        number=number,
        code=f"{group.school_id}-{group.grade}{group.label}{number:03d}",
    )
    eve.students.append(student)
    for which in range(guardians):
        person = f"{student.id}-p{which}"
        contact = Contact(
            id=f"{student.id}:{which}{number:03d}",
            school_id=group.school_id,
            class_id=group.id,
            student_id=student.id,
            student_name=folded_name(student.name),
            phone_last4=f"{which}{number:03d}",
            relation="妈妈" if which == 0 else "爸爸",
        )
        eve.contacts.append(contact)
        eve.bindings.append(
            Binding(
                id=binding_id(student.id, person),
                school_id=group.school_id,
                student_id=student.id,
                person_id=person,
                relation=contact.relation,
                contact_id=contact.id,
                state=BindingState.ACTIVE,
                bound_at=SINCE,
                order=which + 1,
                unsettled=False,
            )
        )


def _appointment(eve: Eve, role: Role, person: str, name: str, **place: Any) -> Appointment:
    return Appointment(
        id=appointment_id(role, person, place_id=eve.school.id, **place),
        person_id=person,
        role=role,
        name=name,
        school_id=eve.school.id,
        granted_at=SINCE,
        **place,
    )


async def settle(ctx: Context, eve: Eve) -> None:
    """Write it all down, a few statements for many documents."""
    await ctx.stores.schools.save_roster(
        Roster(
            school=eve.school,
            classes=tuple(eve.classes),
            students=tuple(eve.students),
            contacts=tuple(eve.contacts),
            appointments=tuple(eve.appointments),
        )
    )
    for binding in eve.bindings:
        await ctx.stores.bindings.save(binding)


_KEPT = ("schools", "classes", "students", "contacts", "appointments", "bindings", "lines")


async def records_of(ctx: Context, school_id: str = "") -> dict[str, dict[str, Any]]:
    """Everything a roll-over may touch, as it is stored; of one school, or of all."""
    found: dict[str, dict[str, Any]] = {}
    for name in _KEPT:
        documents = await ctx.stores.database[name].find({}).to_list(None)
        found[name] = {d["_id"]: d for d in documents if _is_of(d, school_id)}
    return found


def _is_of(document: dict[str, Any], school_id: str) -> bool:
    key = str(document["_id"])
    return not school_id or document.get("school_id") == school_id or key.startswith(school_id)


def later(ctx: Context, by: timedelta) -> Context:
    """The same installation when so much time has passed."""
    return replace(ctx, now=lambda: ctx.now() + by)


async def begin(ctx: Context, eve: Eve, choices: Choices = USUAL) -> Rollover:
    """Planned and begun; nothing of it is carried out."""
    post = await eve.post(ctx)
    rollover = await save_plan(ctx, post, choices)
    typed = str(rollover.plan.graduating_pupils)
    return await begin_rollover(ctx, post, plan_id=plan_key(rollover), typed=typed)


async def go_up(ctx: Context, eve: Eve, choices: Choices = USUAL) -> Rollover:
    """Begun and carried out."""
    rollover = await begin(ctx, eve, choices)
    await carry_out_rollover(ctx, rollover.id)
    return await held(ctx, rollover.id, RolloverState.DONE)


async def go_back(ctx: Context, eve: Eve) -> Rollover:
    """Taken back."""
    rollover = await undo_rollover(ctx, await eve.post(ctx))
    await carry_out_rollover(ctx, rollover.id)
    return await held(ctx, rollover.id, RolloverState.UNDONE)


async def binding_of(ctx: Context, key: str) -> Any:
    """A binding as it is kept."""
    return await ctx.stores.bindings.find(key)


async def held(ctx: Context, key: str, state: RolloverState) -> Rollover:
    """The roll-over as it is stored, which has to be in this state."""
    found = await ctx.stores.rollovers.find(key)
    assert found is not None
    assert found.state is state
    return found
