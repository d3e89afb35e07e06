"""A district with schools of every kind: full ones, poor ones, one that nobody runs, one with last year's list."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

from domain.bindings import Binding, BindingState
from domain.registration import school_year
from domain.roles import Appointment, Role
from domain.schools import Contact, School, SchoolClass, Student
from domain.stages import Stage
from services.registration import count_marked
from storage.documents import to_document
from tests.domain.samples import NOW
from tests.domain.test_registration import an_offer
from tests.office import CITY, DISTRICT
from tests.town import Town

_TREES = "青禾云杉海棠银杏白桦梧桐香樟石榴腊梅丹桂"
_KINDS = ("小学", "实验小学", "中心小学", "外国语学校", "附属小学", "第二小学")
_SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
_GIVEN = "子涵雨桐浩然梓萱一诺宇轩欣怡俊熙诗琪思远"


def school_of(number: int, year: int = 0) -> School:
    """The school by number."""
    trees = [_TREES[n : n + 2] for n in range(0, len(_TREES), 2)]
    kinds = _KINDS[number // len(trees) % len(_KINDS)]
    return School(
        id=f"school-{number:03d}",
        name=trees[number % len(trees)] + kinds,
        region_ids=DISTRICT.region_ids,
        stages=(Stage.PRIMARY,),
        year=year,
    )


async def fill_district(
    town: Town, *, schools: int, grades: int = 3, classes: int = 2, children: int = 12
) -> None:
    """Schools as they are in life, counted; every fourth has a class without a head teacher."""
    year = school_year(town.ctx.now())
    for region in (CITY, DISTRICT):
        await town.ctx.stores.regions.save(region)
    chance = random.Random(7)
    made: dict[str, list[Any]] = {name: [] for name in _COLLECTIONS}
    for number in range(schools):
        school = school_of(number, year - (number % 11 == 9))
        made["schools"].append(school)
        rate = min(1.0, 0.25 + chance.random()) if number else 0.85
        for grade in range(1, grades + 1):
            for label in range(1, classes + 1):
                _fill_class(made, school, grade, label, rate, children, chance)
        if number % 13 != 8:
            made["appointments"].append(_held(school, Role.OFFICE, f"{school.id}-office", ""))
        if number % 4 == 0:
            made["appointments"].pop(-2)
        if number % 3 == 0:
            made["offers"].append(
                an_offer(
                    "孙老师",
                    id=f"offer-{school.id}",
                    school_id=school.id,
                    class_id=f"{school.id}-1-1",
                    expires_at=town.ctx.now() + timedelta(days=5),
                )
            )
    for name, things in made.items():
        if things:
            await town.ctx.stores.database[name].insert_many([to_document(t) for t in things])
    await town.ctx.stores.registrations.mark.schools(s.id for s in made["schools"])
    while await town.ctx.stores.registrations.marks(1):
        await count_marked(town.ctx)


_COLLECTIONS = ("schools", "classes", "students", "contacts", "bindings", "appointments", "offers")


def _fill_class(
    made: dict[str, list[Any]],
    school: School,
    grade: int,
    label: int,
    rate: float,
    children: int,
    chance: random.Random,
) -> None:
    class_id = f"{school.id}-{grade}-{label}"
    name = f"{'一二三四五六'[grade - 1]}年级{label}班"
    made["classes"].append(
        SchoolClass(id=class_id, school_id=school.id, name=name, grade=grade, label=str(label))
    )
    made["appointments"].append(_held(school, Role.HEAD_TEACHER, f"{class_id}-head", class_id))
    for number in range(1, children + 1):
        student_id = f"{class_id}-{number:02d}"
        child = Student(
            id=student_id,
            school_id=school.id,
            class_id=class_id,
            name=_child_name(chance),
            number=number,
        )
        made["students"].append(child)
        if number % 6:
            made["contacts"].append(_line(child, quarantine=number % 7 == 0))
        if chance.random() < rate:
            made["bindings"].append(
                Binding(
                    id=f"{student_id}:person-{student_id}",
                    school_id=school.id,
                    student_id=student_id,
                    person_id=f"person-{student_id}",
                    relation="妈妈",
                    contact_id=None,
                    state=BindingState.ACTIVE,
                    bound_at=NOW,
                )
            )


def _child_name(chance: random.Random) -> str:
    given = chance.randrange(0, len(_GIVEN), 2)
    return chance.choice(_SURNAMES) + _GIVEN[given : given + 2]


def _line(child: Student, *, quarantine: bool) -> Contact:
    return Contact(
        id=f"{child.id}-a",
        school_id=child.school_id,
        class_id=child.class_id,
        student_id=child.id,
        student_name=child.name,
        phone_last4="1234",
        relation="妈妈",
        quarantine=quarantine,
    )


def _held(school: School, role: Role, person_id: str, class_id: str) -> Appointment:
    return Appointment(
        id=f"{class_id or school.id}:{role}:{person_id}",
        person_id=person_id,
        role=role,
        name=f"{_SURNAMES[sum(map(ord, person_id)) % len(_SURNAMES)]}老师",
        school_id=school.id,
        class_id=class_id,
    )
