"""Every sentence of the console that is chosen by a code. Nothing is decided here."""

from __future__ import annotations

from datetime import date, datetime

from domain.errors import InvalidError, Problem
from domain.imports import Import, ImportState, Section
from domain.roles import Role
from domain.roster_changes import Kind
from domain.schools import Keeper
from domain.times import SCHOOL_ZONE
from services.people import Post
from services.roster_words import STEPS, error_text
from services.today import Task

_ROLES = {
    Role.HEAD_TEACHER: "班主任",
    Role.SUBJECT_TEACHER: "任课教师",
    Role.GRADE_LEADER: "年级组长",
    Role.OFFICE: "教务处",
    Role.SCHOOL_ADMIN: "学校管理员",
    Role.DISTRICT_ADMIN: "区县管理员",
    Role.CITY_ADMIN: "市级管理员",
    Role.PROVINCE_ADMIN: "省级管理员",
    Role.OBSERVER: "督导员",
}
KEEPER_NAMES = {Keeper.HEAD_TEACHER: "班主任", Keeper.OFFICE: "教务处（不设班主任）"}
SECTIONS = {
    Section.NEW: "新生",
    Section.MOVED: "转班或更正",
    Section.LEFT: "离校",
    Section.PHONE: "电话有变",
    Section.REFUSED: "不能导入的行",
    Section.NOTED: "请留意的行",
}
KIND_EFFECTS = {
    Kind.NEW: "加入名册，家长可以绑定",
    Kind.MOVED: "换到新的班级，或改好姓名、学号；绑定不变",
    Kind.LEFT: "标记为离校，家长的绑定全部结束",
    Kind.PHONE: "换成新的号码；经原号码绑定的家长，绑定会结束",
}
_IMPORT_STATES = {
    ImportState.TRYING: ("对比中", "new"),
    ImportState.READY: ("等您确认", "warn"),
    ImportState.APPLYING: ("导入中", "new"),
    ImportState.DONE: ("已导入", "good"),
    ImportState.FAILED: ("没有导入", "bad"),
    ImportState.DROPPED: ("已放弃", ""),
}
CONFLICTS = {
    "not_sure": "离校的学生超过在校人数的一半，请再确认一次。",
    "nothing_ticked": "请至少勾选一类变化。",
    "import_over": "这次导入已经有了结果，请看最新的情况。",
    "quarantine_changed": "这几个号码刚刚有了变化，请按现在的情况再决定。",
    "roster_busy": "这所学校正在导入名册，请等它结束再处理。",
}
FORM_REFUSED = "有几处需要改一下，改好再保存"
WRONG_COUNT = "数字不对，没有作废。请照上面的张数填写"
CALENDAR_CHANGED = "校历刚刚在别处改过。您填的还在，请核对后再保存一次"
_TERM_MISSING = {
    "school_year": "请选学年",
    "number": "请选学期",
    "begins_on": "请填开学第一天",
    "ends_on": "请填学期最后一天",
    "holiday_name": "请写假期的名称",
    "holiday_first": "请填第一天",
}
_TERM_PROBLEMS = {
    "no_date": "日期不对，请写成 2026-09-01 这样",
    "unknown": "请重新选择",
    "before_begin": "结束要晚于开始",
    "too_short": "不到 {limit} 周，请核对日期",
    "too_long": "超过 {limit} 周，请核对日期",
    "wrong_season": "和所选的学年、学期对不上，请核对",
    "taken": "这个学期已经有了，请直接修改它",
    "overlaps": "和别的日期重叠了",
    "outside_term": "不在这个学期里",
    "control_characters": "有不能保存的字符，请重新输入",
    "no_weekend": "这天不是周末，不用填",
    "is_holiday": "这天已经填成放假",
    "too_many": "最多 {limit} 行",
}


_STEPS = {"new": "还没打开", "opened": "打开了", "asked": "申请中", "bound": "已绑定"}


def step_name(step: str) -> str:
    """How far a family has come with its child's card."""
    return _STEPS[step]


def age_text(at: datetime, now: datetime) -> str:
    """今天, 昨天, 12 天前, by the school's calendar."""
    days = (now.astimezone(SCHOOL_ZONE).date() - at.astimezone(SCHOOL_ZONE).date()).days
    return {0: "今天", 1: "昨天"}.get(days, f"{days} 天前")


def role_name(role: Role) -> str:
    """班主任."""
    return _ROLES[role]


def place_name(post: Post) -> str:
    """The school's or region's name."""
    place = post.school or post.region
    return place.name if place else ""


def role_names(post: Post) -> str:
    """班主任、教务处."""
    return "、".join(_ROLES[role] for role in post.roles)


def term_problems(error: InvalidError) -> dict[str, str]:
    """What is wrong with a term's form, by field."""
    return {field: _term_problem(field, problem) for field, problem in error.fields.items()}


def _term_problem(field: str, problem: Problem) -> str:
    kind = field.rstrip("0123456789").rstrip("_")
    if problem.code == "missing":
        return _TERM_MISSING.get(kind, "请填写")
    if problem.code == "too_long" and kind == "holiday_name":
        return f"最多 {problem.limit} 个字"
    if problem.code == "before_begin" and kind == "holiday_last":
        return "不能早于第一天"
    return _TERM_PROBLEMS[problem.code].format(limit=problem.limit)


def holidays_filled(is_complete: bool) -> str:
    """What is said after the public holidays were filled in."""
    if is_complete:
        return "已填入国务院公布的节假日和调休，请核对后保存"
    return "已填入节日当天。有的年份还没有公布放假调休安排，公布后请再核对"


def day_text(day: date) -> str:
    """2026年9月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def import_state(one: Import) -> tuple[str, str]:
    """What a list's state is called, and the look of its tag."""
    return _IMPORT_STATES[one.state]


def import_step(one: Import) -> str:
    """What a worker is doing about a list."""
    if one.phase == "waiting":
        return f"{one.detail}正在导入另一份名册，这份排在后面"
    step = STEPS.get(one.phase)
    if step is None:
        return "正在排队"
    return step.format(count=f"{one.count:,}", all=f"{one.all:,}")


def import_problem(one: Import) -> str:
    """Why a list was not taken."""
    return error_text(one.problem, one.detail) if one.problem else ""


_TASKS = {
    Task.CLAIMS: ("个绑定申请等学校审核", "/console/claims"),
    Task.LEAVES: ("个请假等您批", "/console/leaves"),
    Task.REVIEWS: ("条内容等您看一看", "/console/reviews"),
    Task.QUARANTINE: ("个号码写在两家孩子名下，等核对", "/console/quarantine"),
    Task.IMPORTS: ("份名册已试读，还没有写入", "/console/imports"),
    Task.ROLL_OVER: ("项新学年升级还没有做", "/console/rollover"),
    Task.HEADLESS: ("个班还没有班主任", "/console/roles"),
    Task.RESOURCES: ("份教学资源等评审", "/console/resources/queue"),
    Task.RETURNED: ("份您上传的资源要修改", "/console/resources/own"),
    Task.LINKS: ("条资源链接打不开或换了地址", "/console/links"),
    Task.BELOW: ("所学校的家长绑定低于目标", "/console/registration"),
}


def task_text(task: Task) -> str:
    """What waits, behind its number."""
    return _TASKS[task][0]


def task_link(task: Task) -> str:
    """Where it is done."""
    return _TASKS[task][1]
