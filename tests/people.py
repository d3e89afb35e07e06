"""A school with pupils, families and staff of every kind, for the pages about people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from domain.names import folded_name
from domain.roles import Appointment, Role, appointment_id
from domain.schools import Contact, Roster, School, SchoolClass, Student
from domain.stages import Stage
from services.bindings import Asked, bind_guardian
from services.people import Post, note_follow, posts_of, recognise
from services.rosters import year_now
from tests.town import Phone, Town

SCHOOL = School(id="qinghe", name="青禾小学", stages=(Stage.PRIMARY,), region_ids=("zhifu",))
SURNAMES = "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
CHANGED = [
    *("schools", "classes", "students", "contacts", "bindings", "lines"),
    *("claims", "audit", "family_files", "erasures"),
]
GIVEN = ("雨桐", "子轩", "欣怡", "浩然", "梓涵", "宇航", "思远", "诗涵", "佳怡", "明轩")


@dataclass
class PeopleTown:
    """The town with its school's classes, children and whoever sits at a desk."""

    town: Town
    classes: list[SchoolClass]
    children: list[Student]
    posts: dict[str, Post] = field(default_factory=dict)

    @property
    def ctx(self) -> Any:
        """The services' context."""
        return self.town.ctx

    def child(self, class_number: int, number: int) -> Student:
        """A child by class (from 0) and number in the class."""
        class_id = self.classes[class_number].id
        return next(c for c in self.children if (c.class_id, c.number) == (class_id, number))

    async def bind(
        self, key: str, child: Student, digits: str, *, following: bool = True
    ) -> tuple[Phone, Asked]:
        """An adult who asks to be bound to a child."""
        phone = self.town.phone(key, following=following)
        person = await recognise(self.ctx, phone.user.openid)
        if following:
            await note_follow(self.ctx, phone.user.openid, following=True)
        return phone, await bind_guardian(self.ctx, person, f"{child.name} {digits}")

    async def person(self, key: str) -> str:
        """The person behind a phone."""
        return await recognise(self.ctx, self.town.phone(key).user.openid)

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All that an act of the office could change."""
        return {
            name: await self.ctx.stores.database[name].find({}, sort=[("_id", 1)]).to_list(None)
            for name in CHANGED
        }

    async def acts(self) -> list[str]:
        """What the school's log holds, oldest first."""
        found = self.ctx.stores.database["audit"].find({"chain": SCHOOL.id}, sort=[("seq", 1)])
        return [d["act"] for d in await found.to_list(None)]


def child_of(school_class: SchoolClass, number: int, place: int) -> tuple[Student, list[Contact]]:
    """A child and the two lines of its list: mother 1NNN, father 2NNN by its place in the school."""
    surname = SURNAMES[place % len(SURNAMES)]
    name = surname + GIVEN[(place // len(SURNAMES) + place) % len(GIVEN)]
    student = Student(
        id=f"{school_class.id}-{number}",
        school_id=school_class.school_id,
        class_id=school_class.id,
        name=name,
        number=number,
    )
    lines = [
        Contact(
            id=f"{student.id}:{digits}",
            school_id=student.school_id,
            class_id=student.class_id,
            student_id=student.id,
            student_name=folded_name(name),
            phone_last4=digits,
            relation=relation,
        )
        for digits, relation in ((f"1{place:03}", "妈妈"), (f"2{place:03}", "爸爸"))
    ]
    return student, lines


def class_of(town: Town, grade: int, label: int, school: School = SCHOOL) -> SchoolClass:
    """A class as a list would have made it."""
    name = f"{'零一二三四五六'[grade]}年级{'零一二三四五六七八九'[label]}班"
    return SchoolClass(
        id=f"{school.id}-{grade}-{label}",
        school_id=school.id,
        name=name,
        grade=grade,
        entered=year_now(town.ctx.now()) - grade + 1,
        label=str(label),
    )


async def settle_people(
    town: Town, *, grades: Sequence[int] = (3, 3, 4), children: int = 4
) -> PeopleTown:
    """Classes one, two … of these grades. Staff by role, a head teacher for the first class, a leader of its grade."""
    labels: dict[int, int] = {}
    classes = []
    for grade in grades:
        labels[grade] = labels.get(grade, 0) + 1
        classes.append(class_of(town, grade, labels[grade]))
    pupils, lines = [], []
    for place in range(len(classes) * children):
        student, own = child_of(classes[place // children], place % children + 1, place)
        pupils.append(student)
        lines += own
    await town.ctx.stores.schools.save_roster(
        Roster(
            school=SCHOOL,
            classes=tuple(classes),
            students=tuple(pupils),
            contacts=tuple(lines),
            appointments=(),
        )
    )
    people = PeopleTown(town, classes, pupils)
    for key, role, where in (
        ("head", Role.HEAD_TEACHER, {"class_id": classes[0].id}),
        ("leader", Role.GRADE_LEADER, {"grade": classes[0].grade}),
        ("office", Role.OFFICE, {}),
        ("admin", Role.SCHOOL_ADMIN, {}),
        ("observer", Role.OBSERVER, {}),
    ):
        await appoint(people, key, role, **where)
    return people


async def appoint(people: PeopleTown, key: str, role: Role, **where: Any) -> None:
    """Somebody with a phone and a role at the school."""
    names = {"head": "王秀兰", "leader": "周组长", "office": "陈主任", "admin": "林校长"}
    phone = people.town.phone(key, following=True)
    person = await recognise(people.ctx, phone.user.openid)
    await people.ctx.stores.appointments.save(
        Appointment(
            id=appointment_id(role, person, place_id=SCHOOL.id, **where),
            person_id=person,
            role=role,
            name=names.get(key, "何老师"),
            school_id=SCHOOL.id,
            **where,
        )
    )
    (people.posts[key],) = await posts_of(people.ctx, person)
