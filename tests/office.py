"""A city with districts, schools and people in every role, for tests of who may do what to whom."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from domain.regions import Region, RegionLevel
from domain.roles import Role
from domain.schools import School, SchoolClass
from domain.stages import Stage
from tests.desk import appoint_at
from tests.town import Phone, Town

CITY = Region(id="yantai", level=RegionLevel.CITY, name="烟台市", region_ids=("yantai",))
DISTRICT = Region(
    id="zhifu",
    level=RegionLevel.DISTRICT,
    name="芝罘区",
    parent_id="yantai",
    region_ids=("yantai", "zhifu"),
)
OTHER_DISTRICT = replace(DISTRICT, id="fushan", name="福山区", region_ids=("yantai", "fushan"))
SCHOOL = School(
    id="qinghe", name="青禾小学", region_ids=DISTRICT.region_ids, stages=(Stage.PRIMARY,)
)
NEIGHBOUR = replace(SCHOOL, id="yunshan", name="云杉小学")
OTHER_SCHOOL = replace(
    SCHOOL, id="fushan-1", name="福山第一小学", region_ids=OTHER_DISTRICT.region_ids
)


def a_class(number: int, school: School = SCHOOL) -> SchoolClass:
    """Class 三年级1班, 三年级2班 … of a school."""
    return SchoolClass(
        id=f"{school.id}-3-{number}", school_id=school.id, name=f"三年级{number}班", grade=3
    )


async def settle_staff(town: Town) -> Phone:
    """青禾小学 with ten classes, two of them led; returns its administrator 陈静, whose phone is `chen`."""
    await town.ctx.stores.schools.save_classes([a_class(n) for n in range(1, 11)])
    people: tuple[tuple[str, Role, str, dict[str, Any]], ...] = (
        ("wang", Role.HEAD_TEACHER, "王老师", {"class_id": a_class(1).id}),
        ("liu", Role.HEAD_TEACHER, "刘老师", {"class_id": a_class(2).id}),
        ("zhou", Role.SUBJECT_TEACHER, "周敏", {"class_id": a_class(1).id, "subject": "chinese"}),
        ("sun", Role.GRADE_LEADER, "孙老师", {"grade": 3}),
        ("li", Role.OFFICE, "李芳", {}),
    )
    for key, role, name, where in people:
        await appoint_at(town, key, SCHOOL, role, name=name, **where)
    return await appoint_at(town, "chen", SCHOOL, Role.SCHOOL_ADMIN, name="陈静")


async def settle_city(town: Town) -> Phone:
    """烟台市 with two districts and three schools; returns its administrator 于洋, whose phone is `yu`.

    芝罘区 is administered by 郑磊 (`zhi`), 福山区 by 冯洁 (`feng`), 青禾小学 by 陈静 (`chen`).
    """
    for school in (SCHOOL, NEIGHBOUR, OTHER_SCHOOL):
        await town.ctx.stores.schools.save_school(school)
    await appoint_at(town, "zhi", DISTRICT, Role.DISTRICT_ADMIN, name="郑磊")
    await appoint_at(town, "feng", OTHER_DISTRICT, Role.DISTRICT_ADMIN, name="冯洁")
    await appoint_at(town, "chen", SCHOOL, Role.SCHOOL_ADMIN, name="陈静")
    return await appoint_at(town, "yu", CITY, Role.CITY_ADMIN, name="于洋")
