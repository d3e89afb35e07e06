"""The demo: 青禾小学 in 示范区, its roster, its neighbours, and the people whose phones the simulator shows.

For `main.py dev` alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from domain.bindings import Binding, BindingState, binding_id
from domain.names import folded_name
from domain.offers import LIFE, Offer
from domain.regions import Region, RegionLevel
from domain.registration import school_year
from domain.roles import Appointment, Role, appointment_id
from domain.schools import Contact, Roster, School, SchoolClass, Student
from domain.stages import Stage
from services.bindings import bind_guardian
from services.catalogue import apply_sync, plan_sync
from services.context import Context
from services.people import note_follow, recognise
from services.registration import recount_school
from services.rosters import save_roster
from services.shelves import plant_starter
from simulator.world import User

DISTRICT = Region(
    id="demo-district",
    level=RegionLevel.DISTRICT,
    name="示范区",
    region_ids=("demo-district",),
)
SCHOOL = School(
    id="demo-school",
    name="青禾小学",
    region_ids=DISTRICT.region_ids,
    stages=(Stage.PRIMARY,),
)
_TREE = Path(__file__).parent / "deploy" / "lesson_tags_small.json"
CLASS_ONE = SchoolClass(id="demo-class-31", school_id=SCHOOL.id, name="三年级一班", grade=3)
CLASS_TWO = SchoolClass(id="demo-class-32", school_id=SCHOOL.id, name="三年级二班", grade=3)

_FAMILIES_TWO = [
    "李小明", "张小雨", "陈子涵", "刘一诺", "杨浩然", "赵梓萱", "黄俊熙", "周雨桐", "吴宇轩", "徐欣怡",
    "孙博文", "马诗涵", "朱天佑", "胡可馨", "郭子墨", "何佳怡", "高梓豪", "林思远", "罗语嫣", "郑泽宇",
    "梁心怡", "谢铭轩", "宋雅静", "唐嘉懿", "许晨阳", "韩雨欣", "冯子轩", "邓诗琪", "曹宇航", "彭思涵",
    "曾子睿", "肖梦琪", "田皓轩", "董佳琪", "袁梓晨", "潘雨泽", "于诗雨", "蒋俊杰", "蔡欣妍", "余浩宇",
    "杜雨萱", "叶子豪", "程思琪", "苏明哲", "魏可欣", "吕宇辰", "丁诗语", "任子恒", "沈雨晴", "姚浩轩",
]  # fmt: skip
_FAMILIES_ONE = [
    "钱多多", "白若曦", "江一帆", "尹诗婷", "石磊", "龙雨泽", "段佳宁", "雷子昂",
]  # fmt: skip

# The neighbours, for the district's pages: name, classes, pupils in each, how many of them have a guardian, and
# what is wrong: a class without a head teacher, a teacher who has not come, nobody at the office, last year's list.
_NEIGHBOURS = (
    ("云杉小学", 2, 10, 10, ""),
    ("海棠实验小学", 2, 9, 7, "teacher"),
    ("白桦中心小学", 2, 8, 3, "head"),
    ("银杏小学", 1, 8, 6, "year"),
    ("石榴小学", 1, 7, 0, "office"),
)
_SURNAMES, _GIVEN = "王李张刘陈杨赵黄周吴", ("子墨", "雨桐", "浩宇", "欣妍", "嘉懿", "诗涵", "梓晨")

# How the other families stand when the demo begins: bound and following, bound and gone again, never bound.
_BOUND = 42
_GONE = frozenset({7, 19, 33})


def _digits(number: int) -> str:
    """Last four digits on the school's list: 李小明 1234, 张小雨 5678, the others by rule."""
    return {0: "1234", 1: "5678"}.get(number, f"{4000 + number * 37:04d}")


def _pupils(school_class: SchoolClass, names: list[str]) -> tuple[list[Student], list[Contact]]:
    students, contacts = [], []
    for number, name in enumerate(names):
        student = Student(
            id=f"{school_class.id}-{number + 1:02d}",
            school_id=SCHOOL.id,
            class_id=school_class.id,
            name=name,
            number=number + 1,
        )
        students.append(student)
        contacts.append(
            Contact(
                id=f"{student.id}-a",
                school_id=SCHOOL.id,
                class_id=school_class.id,
                student_id=student.id,
                student_name=folded_name(name),
                phone_last4=_digits(number),
                relation="爸爸" if number % 2 == 0 else "妈妈",
            )
        )
    return students, contacts


def users() -> list[User]:
    """The people of the simulator: three phones to look at, two on the shelf for the console, and the other
    families of the class."""
    shown = [
        User("wang", "王芳", role="班主任", note="三年级二班班主任", following=True, show=True),
        User("li", "李明", role="家长", note="李小明的爸爸（手机尾号 1234）", show=True),
        User(
            "zhang",
            "张丽",
            role="家长",
            note="张小雨的妈妈（手机尾号 5678）",
            following=True,
            show=True,
        ),
        _staff("chen", "陈静", "学校管理员", SCHOOL.name),
        _staff("zhao", "赵主任", "区县管理员", DISTRICT.name),
    ]
    others = [
        User(
            f"family{number}",
            f"{_FAMILIES_TWO[number]}的家长",
            role="家长",
            following=number not in _GONE,
        )
        for number in range(2, _BOUND)
    ]
    return shown + others


def _staff(key: str, name: str, role: str, place: str) -> User:
    """Somebody who works at the console; their phone lies on the shelf until it is needed."""
    note = f"{place}{role}，登录管理后台用"
    return User(key, name, role=role, note=note, following=True, show=True, shelf=True)


def _roster(teacher_id: str) -> Roster:
    one, two = _pupils(CLASS_ONE, _FAMILIES_ONE), _pupils(CLASS_TWO, _FAMILIES_TWO)
    return Roster(
        school=SCHOOL,
        classes=(CLASS_ONE, CLASS_TWO),
        students=(*one[0], *two[0]),
        contacts=(*one[1], *two[1]),
        appointments=tuple(
            _appointment(
                Role.HEAD_TEACHER, teacher_id, "王芳", school_id=SCHOOL.id, class_id=school_class.id
            )
            for school_class in (CLASS_ONE, CLASS_TWO)
        ),
    )


async def seed(ctx: Context, people: list[User]) -> None:
    """Take the school in and bind its families, once: a data directory that has the school is left alone."""
    if await ctx.stores.schools.find_school(SCHOOL.id) is not None:
        return
    people_by_key = {user.key: user for user in people}
    await _seed_places(ctx, people_by_key)
    teacher_id = await _arrive(ctx, people_by_key["wang"])
    families = {"zhang": 1} | {f"family{number}": number for number in range(2, _BOUND)}
    roster = _roster(teacher_id)
    school = replace(roster.school, year=school_year(ctx.now()))
    await save_roster(ctx, replace(roster, school=school))
    for key, number in families.items():
        person_id = await _arrive(ctx, people_by_key[key], following=number not in _GONE)
        await bind_guardian(ctx, person_id, f"{_FAMILIES_TWO[number]} {_digits(number)}")
    await recount_school(ctx, SCHOOL.id)
    await plant_starter(ctx)
    tree = await asyncio.to_thread(_TREE.read_bytes)
    await apply_sync(ctx, await plan_sync(ctx, tree, _TREE.name))


async def _arrive(ctx: Context, user: User, *, following: bool = True) -> str:
    """Somebody whom the account and the mini-program know as one person; returns the person's id."""
    person_id = await recognise(ctx, user.openid)
    await note_follow(ctx, user.openid, following=following)
    return await ctx.stores.unions.ensure(user.unionid, person_id)


async def _seed_places(ctx: Context, people: Mapping[str, User]) -> None:
    """The district, who runs it and the school, and the neighbours."""
    await ctx.stores.regions.save(DISTRICT)
    for key, role, name, place in (
        ("zhao", Role.DISTRICT_ADMIN, "赵主任", {"region_id": DISTRICT.id}),
        ("chen", Role.SCHOOL_ADMIN, "陈静", {"school_id": SCHOOL.id}),
    ):
        person_id = await _arrive(ctx, people[key])
        await ctx.stores.appointments.save(_appointment(role, person_id, name, **place))
    for number, (name, classes, pupils, bound, wrong) in enumerate(_NEIGHBOURS, start=1):
        school_id = f"demo-neighbour-{number}"
        year = school_year(ctx.now()) - (wrong == "year")
        school = replace(SCHOOL, id=school_id, name=name, year=year)
        groups = [
            SchoolClass(
                id=f"{school_id}-{n}", school_id=school_id, name=f"{'一二'[n - 1]}年级一班", grade=n
            )
            for n in range(1, classes + 1)
        ]
        await save_roster(ctx, _neighbour(school, groups, pupils, wrong))
        if wrong == "teacher":
            await ctx.stores.offers.add(_open_offer(ctx, school_id, groups[0].id))
        for group in groups:
            for n in range(1, bound + 1):
                await ctx.stores.bindings.save(_bound(ctx, group, n))
        await recount_school(ctx, school_id)


def _appointment(
    role: Role,
    person_id: str,
    name: str,
    *,
    school_id: str = "",
    class_id: str = "",
    region_id: str = "",
) -> Appointment:
    place_id = school_id or region_id
    return Appointment(
        id=appointment_id(role, person_id, place_id=place_id, class_id=class_id),
        person_id=person_id,
        role=role,
        name=name,
        school_id=school_id,
        class_id=class_id,
        region_id=region_id,
    )


def _neighbour(school: School, groups: list[SchoolClass], pupils: int, wrong: str) -> Roster:
    """A school of pupils with made up names, a head teacher a class and an office."""
    students = [
        Student(
            id=f"{group.id}-{n:02d}",
            school_id=school.id,
            class_id=group.id,
            name=_SURNAMES[(n * 3 + group.grade) % len(_SURNAMES)] + _GIVEN[n % len(_GIVEN)],
            number=n,
        )
        for group in groups
        for n in range(1, pupils + 1)
    ]
    headed = groups[1:] if wrong == "head" else groups
    heads = [
        _appointment(
            Role.HEAD_TEACHER,
            f"{group.id}-head",
            f"{_SURNAMES[group.grade]}老师",
            school_id=school.id,
            class_id=group.id,
        )
        for group in headed
    ]
    office = [_appointment(Role.OFFICE, f"{school.id}-office", "教务处", school_id=school.id)]
    return Roster(
        school=school,
        classes=tuple(groups),
        students=tuple(students),
        contacts=(),
        appointments=(*heads, *(office if wrong != "office" else ())),
    )


def _open_offer(ctx: Context, school_id: str, class_id: str) -> Offer:
    """A teacher who was invited and has not come; nobody has this link."""
    return Offer(
        id=f"{school_id}-offer",
        role=Role.SUBJECT_TEACHER,
        name="孙老师",
        created_by=f"{school_id}-office",
        created_at=ctx.now(),
        expires_at=ctx.now() + LIFE,
        school_id=school_id,
        class_id=class_id,
        subject="math",
    )


def _bound(ctx: Context, group: SchoolClass, number: int) -> Binding:
    student_id = f"{group.id}-{number:02d}"
    person_id = f"{student_id}-parent"
    return Binding(
        id=binding_id(student_id, person_id),
        school_id=group.school_id,
        student_id=student_id,
        person_id=person_id,
        relation="妈妈",
        contact_id=None,
        state=BindingState.ACTIVE,
        bound_at=ctx.now(),
        unsettled=False,
    )
