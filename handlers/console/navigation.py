"""The console's pages as its side bar shows them: one line a page, shown to whom its right lets in."""

from __future__ import annotations

from dataclasses import dataclass

from domain.roles import Right
from services.people import Post


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the side bar; `icon` is a drawing of templates/console/_icons.html."""

    path: str
    label: str
    icon: str
    right: Right
    school_only: bool = False


ENTRIES = (
    Entry("/console/registration", "注册情况", "chart", Right.REGISTRATION),
    Entry("/console/homework", "作业总量", "clock", Right.MONITOR),
    Entry("/console/people", "学生与家长", "people", Right.PEOPLE, school_only=True),
    Entry("/console/claims", "绑定审核", "check", Right.CLAIMS, school_only=True),
    Entry("/console/classes", "班级", "classes", Right.ROSTER, school_only=True),
    Entry("/console/imports", "名册导入", "upload", Right.ROSTER, school_only=True),
    Entry("/console/quarantine", "隔离号码", "shield", Right.ROSTER, school_only=True),
    Entry("/console/invitations", "邀请码", "qr", Right.INVITE, school_only=True),
    Entry("/console/rollover", "新学年升级", "up", Right.ROLL_OVER, school_only=True),
    Entry("/console/places", "下级单位", "places", Right.PLACES),
    Entry("/console/roles", "任职与权限", "badge", Right.APPOINT),
    Entry("/console/calendar", "校历", "calendar", Right.CALENDAR),
    Entry("/console/audit", "操作记录", "list", Right.AUDIT),
    Entry("/console/settings", "设置", "gear", Right.SETTINGS),
)


def entries_for(post: Post) -> tuple[Entry, ...]:
    """What this post may open."""
    return tuple(
        e for e in ENTRIES if post.has(e.right) and not (e.school_only and post.school is None)
    )
