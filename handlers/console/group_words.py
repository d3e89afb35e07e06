"""The words of the console's page about groups, by code. Nothing is decided here."""

from __future__ import annotations

from datetime import datetime

from domain.custody import last_day as last_day
from domain.errors import InvalidError, Problem
from domain.groups import Mode
from domain.times import SCHOOL_ZONE
from services.group_words import GROUP_KINDS
from services.group_words import group_name as group_name

KINDS = GROUP_KINDS
MODES = {
    Mode.ANNOUNCE: "只发通知",
    Mode.QUESTIONS: "可以提问",
    Mode.OPEN: "自由讨论",
}
MODE_NOTES = {
    Mode.ANNOUNCE: "负责的老师发，其他人只看",
    Mode.QUESTIONS: "家长的提问只有老师看到",
    Mode.OPEN: "群里的人都可以说",
}
CHANGED = "群组的规定刚刚在别处改过。您填的还在，请核对后再保存一次"
_CONFLICTS = {"full": "这个群已经满了，请先移出几位再加"}
_PROBLEMS = {
    ("allowed", "unknown"): "每种群至少要留一种说话方式",
    ("group", "missing"): "请选一个群",
    ("mode", "missing"): "请选怎么说话",
    ("mode", "unknown"): "请重新选择",
    ("mode", "not_allowed"): "学校不允许这种群这样说话，请先改上面的规定",
    ("name", "too_long"): "最多 {limit} 个字",
    ("name", "control_characters"): "有不能保存的字符，请重新输入",
    ("subjects", "unknown"): "请重新选择学科",
    ("person", "missing"): "请选一位老师",
    ("guardian", "missing"): "请选一位家长",
    ("until", "not_a_time"): "日期不对，请写成 2027-07-10 这样",
    ("until", "in_the_past"): "这一天已经过去了",
    ("until", "too_far"): "请选 {limit} 天以内的日期",
}


def problems(error: InvalidError) -> dict[str, str]:
    """What is wrong with a form, by field."""
    return {field: _problem(field, problem) for field, problem in error.fields.items()}


def _problem(field: str, problem: Problem) -> str:
    return _PROBLEMS[field, problem.code].format(limit=problem.limit)


def conflict(code: str) -> str:
    """Why something cannot be done just now."""
    return _CONFLICTS.get(code, CHANGED)


def first_day(at: datetime) -> str:
    """The day on which something began, by the school's calendar: 2026-09-01."""
    return at.astimezone(SCHOOL_ZONE).date().isoformat()
