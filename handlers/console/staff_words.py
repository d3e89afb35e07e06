"""The words of the console's pages about roles, places and settings, by code. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from domain.budgets import Band
from domain.errors import InvalidError, Problem
from domain.offers import Offer
from domain.place_forms import (
    AIM_COUNTS,
    AIM_FIELDS,
    APPROVAL_HOURS,
    CAP_MINUTES,
    CLAIM_DAYS,
    cap_field,
)
from domain.regions import RegionLevel
from domain.roles import LEVELS, Appointment, Level, Right, Role
from domain.schools import Keeper, School, SchoolClass
from domain.stages import STAGE_NAMES, SYSTEM_NAMES, Stage, System, spoken_grade
from domain.subjects import subject_name
from domain.times import SCHOOL_ZONE
from handlers.console.words import KEEPER_NAMES, role_name
from services.place_settings import Change
from services.places import Place

ROLE_NOTES = {
    Role.HEAD_TEACHER: "给全班家长发通知，审核绑定，看本班学生与家长",
    Role.SUBJECT_TEACHER: "给任教班级的家长发通知",
    Role.GRADE_LEADER: "给全年级家长发通知，看全年级注册情况",
    Role.OFFICE: "管理名册、班级、校历和绑定，可以给全校发通知",
    Role.SCHOOL_ADMIN: "本校的具体负责人，除日常管理外还能安排任职、改设置、看操作记录",
    Role.DISTRICT_ADMIN: "管理本区县的学校，看汇总数字，看不到学生",
    Role.CITY_ADMIN: "管理本市的区县和学校，看汇总数字，看不到学生",
    Role.PROVINCE_ADMIN: "管理本省的市、区县和学校，看汇总数字，看不到学生",
    Role.OBSERVER: "只看注册情况的汇总数字，什么都不能改",
}
_RIGHTS = {
    Right.PUBLISH: "给家长发通知、看回执",
    Right.HOMEWORK: "布置作业",
    Right.ALLOW: "批准作业超时",
    Right.MONITOR: "查看作业总量",
    Right.REPORTS: "查看作业报告和资源使用情况",
    Right.LINKS: "管理资源链接",
    Right.RESOURCES: "上传和使用教学资源",
    Right.CURATE: "评审教学资源",
    Right.MODERATE: "审核要公开的内容",
    Right.LEAVES: "批学生的假",
    Right.CLAIMS: "审核家长的绑定申请",
    Right.PEOPLE: "查看学生和绑定的家长",
    Right.BINDINGS: "解除绑定、登记监护限制",
    Right.INVITE: "生成和打印班级二维码",
    Right.ROSTER: "导入名册、修改学生和班级",
    Right.ROLL_OVER: "新学年升级",
    Right.REGISTRATION: "查看注册情况",
    Right.APPOINT: "邀请和结束任职",
    Right.CALENDAR: "编写校历",
    Right.SETTINGS: "修改设置",
    Right.GROUPS: "管理群组和家委会",
    Right.AUDIT: "查看操作记录",
    Right.EXPORT: "导出和删除家庭数据",
    Right.PLACES: "新建和修改下级单位",
}
LEVEL_NAMES = {
    RegionLevel.PROVINCE: "省",
    RegionLevel.CITY: "市",
    RegionLevel.DISTRICT: "区县",
}
BAND_NAMES = {
    Band.LOWER: "一至二年级",
    Band.MIDDLE: "三至六年级",
    Band.UPPER: "七至九年级",
    Band.SENIOR: "高中",
}
BAND_NOTES = {
    Band.LOWER: "国家规定：不布置书面家庭作业",
    Band.MIDDLE: "国家规定：书面作业不超过 60 分钟",
    Band.UPPER: "国家规定：书面作业不超过 90 分钟",
    Band.SENIOR: "国家没有规定",
}
AIM_NOTES = {
    "homework_week": "不填是 1 次",
    "homework_term": "不填是 15 次",
    "homework_tablet_week": "不填是 2 次",
    "homework_tablet_term": "不填是 30 次",
}
USE_NOTES = {
    "use_lessons": "不填是 10 节",
    "use_filed": "不填是 10 份",
    "use_families": "不填就不提要求",
    "use_teachers": "不填就不提要求",
}
FIELD_NAMES = {
    "name": "名称",
    "stages": "学段",
    "system": "学制",
    "approval_hours": "家人确认的时间",
    "claim_days": "申请的有效期",
    "keeper": "班级由谁负责",
    "local_subjects": "校本课程",
    "board": "作业公示",
    "bridge": "公众号里的话转给班主任",
    "quiet_start": "免打扰从几点开始",
    "quiet_end": "免打扰到几点结束",
    **{cap_field(band): f"{BAND_NAMES[band]}每天作业总时长" for band in Band},
    "homework_week": "一门学科每周布置作业至少几次",
    "homework_term": "一门学科每学期布置作业至少几次",
    "homework_tablet_week": "平板班一门学科每周至少几次",
    "homework_tablet_term": "平板班一门学科每学期至少几次",
    "use_lessons": "每位教师每月至少几节课用资源",
    "use_filed": "每位教师每学期至少上传几份资源",
    "use_families": "每百名学生每学期打开资源至少几次",
    "use_teachers": "每百名教师每学期打开资源至少几次",
}
_CAPS = {cap_field(band) for band in Band}
_MISSING = {
    "name": "请填写",
    "role": "请选择角色",
    "class": "请选择班级",
    "grade": "请选择年级",
    "subject": "请选择学科",
    "stages": "请至少选一个学段",
    "system": "请选择学制",
    "keeper": "请选择班级由谁负责",
}
_PROBLEMS = {
    "too_long": "最多 {limit} 个字",
    "too_many": "最多 {limit} 门",
    "control_characters": "有不能保存的字符，请重新输入",
    "unknown": "请重新选择",
    "form": "只能用英文字母、数字、点和横线，第一位是字母或数字，最多 60 位",
    "not_a_time": "日期不对，请写成 2026-12-31 这样",
    "in_the_past": "这一天已经过去了",
    "too_far": "请选 {limit} 天以内的日期",
}
_TAKEN = {
    "place_id": "这个编号已经有单位在用，请换一个，或者留空",
    "local_subjects": "有一门已经是国家课程，不用写",
}
_RANGES = {
    "quiet_start": "请填 18:00 到 22:00 之间的时间，两个都填或者都留空",
    "quiet_end": "请填 06:30 到 09:00 之间的时间，两个都填或者都留空",
    "approval_hours": f"请填 {APPROVAL_HOURS[0]} 到 {APPROVAL_HOURS[-1]} 之间的整数",
    "claim_days": f"请填 {CLAIM_DAYS[0]} 到 {CLAIM_DAYS[-1]} 之间的整数",
    **{
        cap_field(band): f"请填 {CAP_MINUTES[0]} 到 {CAP_MINUTES[-1]} 之间的整数，或者留空"
        for band in Band
    },
    **dict.fromkeys(AIM_FIELDS, f"请填 {AIM_COUNTS[0]} 到 {AIM_COUNTS[-1]} 之间的整数，或者留空"),
}


def problems(error: InvalidError) -> dict[str, str]:
    """What is wrong with a form, by field."""
    return {field: _problem(field, problem) for field, problem in error.fields.items()}


def _problem(field: str, problem: Problem) -> str:
    if problem.code == "missing":
        return _MISSING[field]
    if problem.code == "taken":
        return _TAKEN[field]
    if problem.code == "out_of_range":
        return _RANGES[field]
    return _PROBLEMS[problem.code].format(limit=problem.limit)


def role_note(role: Role) -> str:
    """What somebody in this role does, in a line."""
    return ROLE_NOTES[role]


def right_text(right: Right) -> str:
    """审核家长的绑定申请."""
    return _RIGHTS[right]


def needs(role: Role, level: str) -> bool:
    """Whether a role belongs to a `class` or a `grade`."""
    return Level(level) in LEVELS[role]


def reach_text(what: Appointment | Offer, classes: Mapping[str, SchoolClass], place: Place) -> str:
    """Where in the place it counts: 三年级二班 · 语文, 三年级; empty for the whole of it."""
    parts = []
    if what.class_id:
        held = classes.get(what.class_id)
        parts.append(held.name if held else "已不在的班级")
    if what.grade and isinstance(place, School):
        parts.append(spoken_grade(what.grade, place.system))
    if what.subject and isinstance(place, School):
        parts.append(subject_name(what.subject, place.rules.local_subjects))
    return " · ".join(parts)


def card_title(role: Role, school_class: SchoolClass | None) -> str:
    """三年级二班班主任."""
    return (school_class.name if school_class else "") + role_name(role)


def offer_title(offer: Offer, school: School | None, school_class: SchoolClass | None) -> str:
    """三年级二班任课教师（语文）, 三年级年级组长."""
    title = card_title(offer.role, school_class)
    if school is None:
        return title
    subject = subject_name(offer.subject, school.rules.local_subjects)
    if offer.grade:
        title = f"{spoken_grade(offer.grade, school.system)} {title}"
    return f"{title}（{subject}）" if subject else title


def day(at: datetime | None) -> str:
    """2026年9月1日, in school time; a dash where nobody noted it."""
    if at is None:
        return "—"
    local = at.astimezone(SCHOOL_ZONE)
    return f"{local.year}年{local.month}月{local.day}日"


def last_day(until: datetime | None) -> str:
    """The last day on which something counts that ends at `until`."""
    return day(until - timedelta(seconds=1)) if until else ""


def age_text(since: datetime, now: datetime) -> str:
    """刚刚, 3 小时前, 2 天前."""
    seconds = max(0, int((now - since).total_seconds()))
    if seconds < 3600:
        return "刚刚" if seconds < 120 else f"{seconds // 60} 分钟前"
    return f"{seconds // 3600} 小时前" if seconds < 86400 else f"{seconds // 86400} 天前"


def kind_text(place: Place) -> str:
    """学校, 区县, 市, 省."""
    return "学校" if isinstance(place, School) else LEVEL_NAMES[place.level]


def is_school(place: Place) -> bool:
    """Whether it is a school and no region."""
    return isinstance(place, School)


def stages_text(stages: Collection[Stage]) -> str:
    """小学、初中."""
    return "、".join(STAGE_NAMES[stage] for stage in Stage if stage in stages) or "没有填"


def system_text(system: System) -> str:
    """六三学制."""
    return SYSTEM_NAMES[system]


def change_values(change: Change) -> tuple[str, str]:
    """What a setting was and what it would be."""
    return _value(change.field, change.before), _value(change.field, change.after)


def _value(field: str, value: object) -> str:
    if field == "approval_hours":
        return f"{value} 小时"
    if field == "claim_days":
        return f"{value} 天"
    if field == "board":
        return "公开" if value else "不公开"
    if field == "bridge":
        return "可以转" if value else "不转"
    if field in ("quiet_start", "quiet_end"):
        return str(value) or "不另设"
    if field in _CAPS:
        return "不另设" if value is None else f"{value} 分钟"
    if field in AIM_NOTES:
        return "不另设" if value is None else f"{value} 次"
    if isinstance(value, System):
        return system_text(value)
    if isinstance(value, Keeper):
        return KEEPER_NAMES[value]
    if isinstance(value, tuple):
        if field == "stages":
            return stages_text(value)
        return "、".join(name for _, name in value) or "没有"
    return str(value)
