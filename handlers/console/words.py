"""Every sentence of the console that is chosen by a code. Nothing is decided here."""

from __future__ import annotations

from domain.roles import Role
from services.people import Post

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
