"""The console's pages as its side bar shows them: one line a page, shown to whom its right lets in, by section."""

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


@dataclass(frozen=True, slots=True)
class Section:
    """What belongs together, under one word."""

    label: str
    entries: tuple[Entry, ...]


SECTIONS = (
    Section(
        "沟通",
        (
            Entry("/console/messages", "消息", "mail", Right.PUBLISH, school_only=True),
            Entry("/console/own-activities", "我的活动", "ask", Right.PUBLISH, school_only=True),
            Entry("/console/leaves", "请假", "away", Right.PEOPLE, school_only=True),
            Entry("/console/reviews", "内容审核", "eye", Right.MODERATE, school_only=True),
            Entry("/console/groups", "群组", "talk", Right.GROUPS, school_only=True),
            Entry("/console/duty", "值班表", "moon", Right.GROUPS, school_only=True),
        ),
    ),
    Section(
        "数据",
        (
            Entry("/console/registration", "注册情况", "chart", Right.REGISTRATION),
            Entry("/console/homework", "作业总量", "clock", Right.MONITOR),
            Entry("/console/reports", "作业报告", "report", Right.REPORTS),
            Entry("/console/use", "使用情况", "use", Right.REPORTS),
            Entry("/console/activities", "活动", "flag", Right.MONITOR),
            Entry("/console/circles", "班级圈与教研圈", "talk", Right.MONITOR),
        ),
    ),
    Section(
        "学生",
        (
            Entry("/console/people", "学生与家长", "people", Right.PEOPLE, school_only=True),
            Entry("/console/claims", "绑定审核", "check", Right.CLAIMS, school_only=True),
            Entry("/console/classes", "班级", "classes", Right.ROSTER, school_only=True),
            Entry("/console/imports", "名册导入", "upload", Right.ROSTER, school_only=True),
            Entry("/console/quarantine", "隔离号码", "shield", Right.ROSTER, school_only=True),
            Entry("/console/invitations", "邀请码", "qr", Right.INVITE, school_only=True),
            Entry("/console/rollover", "新学年升级", "up", Right.ROLL_OVER, school_only=True),
        ),
    ),
    Section(
        "资源",
        (
            Entry("/console/links", "资源链接", "link", Right.LINKS),
            Entry("/console/resources", "教学资源", "book", Right.RESOURCES),
        ),
    ),
    Section(
        "管理",
        (
            Entry("/console/places", "下级单位", "places", Right.PLACES),
            Entry("/console/roles", "任职与权限", "badge", Right.APPOINT),
            Entry("/console/calendar", "校历", "calendar", Right.CALENDAR),
            Entry("/console/audit", "操作记录", "list", Right.AUDIT),
            Entry("/console/words", "词表", "words", Right.SETTINGS),
            Entry("/console/settings", "设置", "gear", Right.SETTINGS),
        ),
    ),
)


def sections_for(post: Post) -> tuple[Section, ...]:
    """What this post may open; nothing is said of a section in which that is nothing."""
    found = (Section(s.label, tuple(e for e in s.entries if _opens(post, e))) for s in SECTIONS)
    return tuple(section for section in found if section.entries)


def _opens(post: Post, entry: Entry) -> bool:
    return post.has(entry.right) and not (entry.school_only and post.school is None)
