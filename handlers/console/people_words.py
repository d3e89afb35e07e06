"""Sentences of the pages about people, requests and classes that are chosen by a code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.bindings import Binding, Claim, ClaimState, Doubt, EndReason, Side
from domain.errors import InvalidError, Problem
from domain.roster_classes import class_order
from domain.schools import SchoolClass
from domain.stages import grade_name
from domain.times import SCHOOL_ZONE
from handlers import phrases
from services.claim_details import Queue
from services.pupils import Show
from services.roster_writing import IMPORTED_BY

SHOWS = {
    Show.ALL: "全部",
    Show.UNBOUND: "未绑定",
    Show.SEVERAL: "多位家长",
    Show.WAITING: "有申请",
    Show.TRIAL: "试用中",
    Show.LEFT: "已离校",
}
NOTHING = {
    Show.ALL: "还没有学生",
    Show.UNBOUND: "都有家长绑定了",
    Show.SEVERAL: "没有孩子绑定了几位家长",
    Show.WAITING: "没有等待的申请",
    Show.TRIAL: "没有人在试用",
    Show.LEFT: "没有离校的学生",
}
QUEUES = {
    Queue.ALL: "全部",
    Queue.SCHOOL: "等学校处理",
    Queue.FAMILY: "家人确认中",
    Queue.CAREFUL: "要多看一眼",
}
_PROBLEMS = {
    ("name", "missing"): "请写姓名",
    ("name", "name_length"): "姓名要 2 到 {limit} 个字",
    ("name", "not_a_name"): "这不像姓名，请核对",
    ("number", "form"): "请填 1 到 {limit} 的数字，没有就空着",
    ("phone", "missing"): "请填手机号，或者后四位",
    ("phone", "form"): "请填 11 位手机号，或者后四位数字",
    ("phone", "taken"): "这个孩子名下已经有这个尾号",
    ("relation", "too_long"): "最多 {limit} 个字",
    ("class", "unknown"): "请选班级",
    ("class", "same_class"): "已经在这个班了",
    ("same_name", "namesake"): "班里有一位同名的学生。确实是另一个孩子，请勾选下面这一项",
    ("grade", "unknown"): "请选年级",
    ("label", "missing"): "请写班号或班名",
    ("label", "taken"): "这个年级已经有这个班",
    ("sure", "missing"): "请先勾选",
}
_LABEL = "请写 1 到 99 的数字，或者 A、向日葵 这样的班名"
_CONFLICTS = {
    "roster_busy": "学校正在导入名册或处理别的资料，请稍后再试。",
    "pupil_changed": "这个学生的资料刚刚有变化，请按现在的情况再决定。",
    "class_not_empty": "班里还有学生。请先把他们转到别的班，再结束这个班。",
    "roll_over_first": "新学年已经开始，请先做“新学年升级”，再添加或修改班级。",
    "still_here": "学生还在校，先标记离校才能删除。",
    "family_first": "这条申请现在由孩子的家人确认，还没到学校处理的时间。",
}
_CONFLICT = "刚刚有变化，请按现在的情况再决定。"
_CLAIM_STATES = {
    ClaimState.WAITING: "等待中",
    ClaimState.APPROVED: "通过",
    ClaimState.REFUSED: "没有通过",
    ClaimState.WITHDRAWN: "自己撤回",
    ClaimState.EXPIRED: "过期",
}
_DOUBTS = {
    Doubt.SEVERAL: ("几个孩子都符合", "new"),
    Doubt.TAKEN: ("号码已有人用", "warn"),
    Doubt.PHONE: ("尾号对不上", "warn"),
    Doubt.GUESSED: ("试过很多次", "bad"),
    Doubt.ENDED: ("解除过", "bad"),
    Doubt.SECOND: ("已有家长", "new"),
}


def by_grade(classes: Sequence[SchoolClass]) -> dict[str, list[SchoolClass]]:
    """Classes under the full name of their grade, in the order people count them."""
    grades: dict[str, list[SchoolClass]] = {}
    for school_class in sorted(classes, key=class_order):
        grades.setdefault(grade_name(school_class.grade), []).append(school_class)
    return grades


def short_class(school_class: SchoolClass) -> str:
    """A class under its grade: 三年级二班 → 二班."""
    return school_class.name.removeprefix(grade_name(school_class.grade)) or school_class.name


def problems(error: InvalidError) -> dict[str, str]:
    """What is wrong with a form, by field."""
    return {field: _problem(field, problem) for field, problem in error.fields.items()}


def _problem(field: str, problem: Problem) -> str:
    words = _PROBLEMS.get((field, problem.code))
    if words is None:
        words = _LABEL if field == "label" else "请检查这一项"
    return words.format(limit=problem.limit)


def conflict(code: str) -> str:
    """Why something cannot be done just now."""
    return _CONFLICTS.get(code, _CONFLICT)


def day(at: datetime, now: datetime) -> str:
    """`9月1日`, with the year when it is another one."""
    local = at.astimezone(SCHOOL_ZONE)
    year = "" if local.year == now.astimezone(SCHOOL_ZONE).year else f"{local.year}年"
    return f"{year}{local.month}月{local.day}日"


def ended_by(binding: Binding, staff: str) -> str:
    """Who ended a binding, as far as the school may know."""
    if binding.ending is None:
        return ""
    if binding.ending.reason is EndReason.OWN:
        return "家长本人"
    if binding.ending.by == IMPORTED_BY:
        return "名册导入"
    return staff or ("到期自动结束" if binding.ending.reason is EndReason.EXPIRED else "学校")


def claim_state(claim: Claim) -> str:
    """What became of a request, and by whom."""
    said = _CLAIM_STATES[claim.state]
    if claim.state in (ClaimState.APPROVED, ClaimState.REFUSED) and claim.decided_side:
        return ("家人" if claim.decided_side is Side.FAMILY else "学校") + said
    return said


def doubt_tag(doubt: Doubt) -> tuple[str, str]:
    """A doubt in a few characters, and the look of its tag."""
    return _DOUBTS[doubt]


def whose(name: str, relation: str) -> str:
    """李小明的妈妈."""
    return f"{name}的{phrases.relation_name(relation)}"


def course(claim: Claim, now: datetime) -> tuple[int, int] | None:
    """How far along its time a request is, in percent: until when the family is asked, and now. None: no times."""
    if claim.expires_at is None or claim.expires_at <= claim.created_at:
        return None
    whole = claim.expires_at - claim.created_at
    asked = (claim.school_from or claim.created_at) - claim.created_at
    return round(100 * (asked / whole)), min(100, round(100 * ((now - claim.created_at) / whole)))
