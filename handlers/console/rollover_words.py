"""Every sentence of the new school year's pages that is chosen by a code."""

from __future__ import annotations

from datetime import datetime

from domain.errors import InvalidError
from domain.rollovers import LeaderMove, LeaderWay, Obstacle, Trouble
from domain.roster_classes import han_number
from domain.stages import STAGE_NAMES, SYSTEM_NAMES, System, grade_name, spoken_grade
from domain.times import SCHOOL_ZONE

STAGES = STAGE_NAMES
SYSTEMS = SYSTEM_NAMES
_OBSTACLES = {
    Trouble.NO_STAGES: "还没有说明学校有哪些学段",
    Trouble.NO_YEAR: "还没有说明现在的班级属于哪个学年",
    Trouble.NO_CLASSES: "学校还没有班级。请先导入名册",
    Trouble.DONE: "还没有到下一个学年",
    Trouble.UNREADABLE: "这些班级的名称里看不出年级和班号，请先改成“三年级二班”这样",
    Trouble.OUT_OF_STEP: "这些班级的年级和入学年份对不上，请先核对",
    Trouble.OUTSIDE: "这些班级的年级不在学校的学段里，请先核对班级或学段",
    Trouble.CLASH: "升级以后会有两个班同名，请先给其中一个改名",
}
_FIELDS = {
    "stages": "请至少选一个学段",
    "system": "请选学制",
    "year": "请选学年",
    "number": "人数不对，没有开始。请照上面的毕业人数再填一次",
}
_LEADERS = {LeaderWay.STAYS: "留在{now}", LeaderWay.ENDS: "任职结束", LeaderWay.UP: "跟到{then}"}


def year_name(year: int) -> str:
    """2026—2027 学年."""
    return f"{year}—{year + 1} 学年"


def obstacle_text(obstacle: Obstacle) -> str:
    """What stands in the way."""
    return _OBSTACLES[obstacle.trouble]


def class_names(names: tuple[str, ...]) -> str:
    """三年级一班、三年级二班等 9 个班."""
    shown = "、".join(names[:6])
    return f"{shown}等 {len(names)} 个班" if len(names) > 6 else shown


def label_name(label: str, name: str) -> str:
    """二班; the whole name of a class whose label nobody knows."""
    if not label:
        return name
    return f"{han_number(int(label)) if label.isdigit() else label}班"


def grade_text(grade: int) -> str:
    """三年级, 高一年级."""
    return grade_name(grade)


def short_grade(grade: int, system: System) -> str:
    """三年级, 初一, 高一: what stands over a column."""
    return spoken_grade(grade, system)


def leader_text(move: LeaderMove) -> str:
    """What becomes of a grade leader."""
    grade = move.appointment.grade
    then = grade_name(grade + 1) if move.way is LeaderWay.UP else ""
    return _LEADERS[move.way].format(now=grade_name(grade), then=then)


def leaders_text(moves: tuple[LeaderMove, ...]) -> str:
    """赵老师跟到二年级，钱老师留在二年级，孙老师（六年级）任职结束."""
    said = []
    for move in moves:
        of = f"（{grade_name(move.appointment.grade)}）" if move.way is LeaderWay.ENDS else ""
        said.append(f"{move.appointment.name}{of}{leader_text(move)}")
    return "，".join(said)


def problems(error: InvalidError) -> dict[str, str]:
    """What is wrong with a form, by field."""
    return {
        field: _FIELDS.get(field, f"请填 0 到 {problem.limit} 之间的数字")
        for field, problem in error.fields.items()
    }


def until_text(until: datetime, now: datetime) -> str:
    """今天 18:30, 明天 09:12."""
    local, today = until.astimezone(SCHOOL_ZONE), now.astimezone(SCHOOL_ZONE)
    day = "今天" if local.date() == today.date() else "明天"
    return f"{day} {local:%H:%M}"


def left_text(until: datetime, now: datetime) -> str:
    """23 小时 10 分钟."""
    minutes = max(0, int((until - now).total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    return f"{hours} 小时 {rest} 分钟" if hours else f"{rest} 分钟"
