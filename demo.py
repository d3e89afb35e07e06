"""The demo school: 青禾小学, its roster, and the people whose phones the simulator shows. For `main.py dev` alone."""

from __future__ import annotations

from domain.names import folded_name
from domain.roles import Appointment, Role
from domain.schools import Contact, Roster, School, SchoolClass, Student
from services.bindings import bind_guardian
from services.context import Context
from services.people import note_follow, recognise
from services.rosters import save_roster
from simulator.world import User

SCHOOL = School(id="demo-school", name="青禾小学")
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
    """The people of the simulator: three phones to look at, and the other families of the class."""
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


def _roster(teacher_id: str) -> Roster:
    one, two = _pupils(CLASS_ONE, _FAMILIES_ONE), _pupils(CLASS_TWO, _FAMILIES_TWO)
    return Roster(
        school=SCHOOL,
        classes=(CLASS_ONE, CLASS_TWO),
        students=(*one[0], *two[0]),
        contacts=(*one[1], *two[1]),
        appointments=tuple(
            Appointment(
                id=f"{school_class.id}:head_teacher:{teacher_id}",
                school_id=SCHOOL.id,
                class_id=school_class.id,
                person_id=teacher_id,
                role=Role.HEAD_TEACHER,
                name="王芳",
            )
            for school_class in (CLASS_ONE, CLASS_TWO)
        ),
    )


async def seed(ctx: Context, people: list[User]) -> None:
    """Take the school in and bind its families, once: a data directory that has the school is left alone."""
    if await ctx.stores.schools.find_school(SCHOOL.id) is not None:
        return
    openids = {user.key: user.openid for user in people}
    teacher_id = await recognise(ctx, openids["wang"])
    await note_follow(ctx, openids["wang"], following=True)
    families = {"zhang": 1} | {f"family{number}": number for number in range(2, _BOUND)}
    await save_roster(ctx, _roster(teacher_id))
    for key, number in families.items():
        person_id = await recognise(ctx, openids[key])
        await bind_guardian(ctx, person_id, f"{_FAMILIES_TWO[number]} {_digits(number)}")
        await note_follow(ctx, openids[key], following=number not in _GONE)
