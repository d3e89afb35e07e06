"""Every sentence of the pages of who has registered. Nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime

from domain.invitations import Invitation
from domain.offers import Offer
from domain.registration import Missing, Ratio, Why
from domain.roles import Appointment
from domain.schools import SchoolClass
from domain.stages import grade_name
from domain.times import SCHOOL_ZONE
from handlers.console.words import day_text, role_name
from handlers.phrases import end_reason_name

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')
_WHYS = {
    Why.WAITING: ("申请待审核", "有人申请绑定，等待审核"),
    Why.QUARANTINE: ("号码被隔离", "名册上的手机号和别的家庭重复，已隔离，核对后才能绑定"),
    Why.NO_PHONE: ("名册没有号码", "名册上没有家长的手机号，请补录"),
    Why.ENDED: ("绑定已解除", "曾经绑定过"),
    Why.NEVER: ("从未绑定", "家长还没有绑定过"),
}

_WAYS = {
    Why.WAITING: "/console/claims",
    Why.QUARANTINE: "/console/quarantine",
    Why.NO_PHONE: "/console/imports",
    Why.NEVER: "/console/invitations",
}


def count_text(number: int) -> str:
    """1 824, with a narrow space that does not break."""
    return f"{number:,}".replace(",", "\u202f")


def percent_text(ratio: Ratio) -> str:
    """91.2%, never rounded up; a dash where there is nothing to count."""
    if not ratio.all:
        return "—"
    whole, tenth = divmod(ratio.tenths, 10)
    return f"{whole}.{tenth}%" if tenth else f"{whole}%"


def deadline_text(by: date, today: date, ratio: Ratio) -> str:
    """How an aim stands against its day: 已达标, 9月20日前，还有 5 天, 9月20日已过，还差 3."""
    day = f"{by.month}月{by.day}日"
    if not ratio.below:
        return "已达标" if ratio.all else "还没有数据"
    if today <= by:
        return f"{day}前，还有\u00a0{(by - today).days}\u00a0天"
    return f"{day}已过，还差\u00a0{count_text(ratio.missing)}"


def why_name(why: Why) -> str:
    """Why a child has no guardian, in a word or two."""
    return _WHYS[why][0]


def why_path(why: Why) -> str:
    """Where at the desk something can be done about it; empty where the family has to come by itself."""
    return _WAYS.get(why, "")


def why_missing(missing: Missing) -> str:
    """Why a child has no guardian, as far as it is known."""
    sentence = _WHYS[missing.why][1]
    if missing.why is Why.NEVER and missing.invited:
        return "邀请单打开过，还没有绑定成" if missing.opened else "邀请单已经印好，还没有人打开"
    if missing.why is not Why.ENDED or missing.ended is None or missing.ended.ending is None:
        return sentence
    ending = missing.ended.ending
    day = day_text(ending.at.astimezone(SCHOOL_ZONE).date())
    return f"{sentence}，{day}解除（{end_reason_name(ending.reason)}）"


def invitation_text(invitation: Invitation | None, now: datetime) -> str:
    """Whether a class has been given its QR, and whether that one still works."""
    if invitation is None:
        return "还没有生成班级邀请码"
    until = day_text(invitation.expires_at.astimezone(SCHOOL_ZONE).date())
    if not invitation.stands(now):
        return "班级邀请码已停用" if invitation.revoked_at else f"班级邀请码已过期（{until}）"
    return f"班级邀请码有效到{until}"


def offer_text(offer: Offer, now: datetime) -> str:
    """Why a teacher has not taken a role yet."""
    return "邀请链接已过期，请重新发" if offer.expires_at <= now else "邀请已发，还没有接受"


def where_text(held: Appointment | Offer, classes: Mapping[str, SchoolClass]) -> str:
    """三年级二班 班主任, 三年级 年级组长, 教务处."""
    role = role_name(held.role)
    if held.class_id:
        name = classes[held.class_id].name if held.class_id in classes else ""
        return f"{name} {role}".strip()
    return f"{grade_name(held.grade)} {role}" if held.grade else role


def registration_file(place: str) -> str:
    """What the download is called."""
    return f"注册情况 {_NOT_IN_FILE_NAMES.sub('', place)}.xlsx"
