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
    Entry("/console/messages", "消息", "mail", Right.PUBLISH, school_only=True),
    Entry("/console/registration", "注册情况", "chart", Right.REGISTRATION),
    Entry("/console/homework", "作业总量", "clock", Right.MONITOR),
    Entry("/console/reports", "作业报告", "report", Right.REPORTS),
    Entry("/console/use", "使用情况", "use", Right.REPORTS),
    Entry("/console/activities", "活动", "flag", Right.MONITOR),
    Entry("/console/own-activities", "我的活动", "ask", Right.PUBLISH, school_only=True),
    Entry("/console/circles", "班级圈与教研圈", "talk", Right.MONITOR),
    Entry("/console/leaves", "请假", "away", Right.PEOPLE, school_only=True),
    Entry("/console/people", "学生与家长", "people", Right.PEOPLE, school_only=True),
    Entry("/console/claims", "绑定审核", "check", Right.CLAIMS, school_only=True),
    Entry("/console/reviews", "内容审核", "eye", Right.MODERATE, school_only=True),
    Entry("/console/classes", "班级", "classes", Right.ROSTER, school_only=True),
    Entry("/console/imports", "名册导入", "upload", Right.ROSTER, school_only=True),
    Entry("/console/quarantine", "隔离号码", "shield", Right.ROSTER, school_only=True),
    Entry("/console/invitations", "邀请码", "qr", Right.INVITE, school_only=True),
    Entry("/console/rollover", "新学年升级", "up", Right.ROLL_OVER, school_only=True),
    Entry("/console/groups", "群组", "talk", Right.GROUPS, school_only=True),
    Entry("/console/duty", "值班表", "moon", Right.GROUPS, school_only=True),
    Entry("/console/links", "资源链接", "link", Right.LINKS),
    Entry("/console/resources", "教学资源", "book", Right.RESOURCES),
    Entry("/console/places", "下级单位", "places", Right.PLACES),
    Entry("/console/roles", "任职与权限", "badge", Right.APPOINT),
    Entry("/console/calendar", "校历", "calendar", Right.CALENDAR),
    Entry("/console/audit", "操作记录", "list", Right.AUDIT),
    Entry("/console/words", "词表", "words", Right.SETTINGS),
    Entry("/console/settings", "设置", "gear", Right.SETTINGS),
)


def entries_for(post: Post) -> tuple[Entry, ...]:
    """What this post may open."""
    return tuple(
        e for e in ENTRIES if post.has(e.right) and not (e.school_only and post.school is None)
    )
