"""What the acts, things and fields of the audit log are called, on the page and in the file alike."""

from __future__ import annotations

from collections.abc import Mapping

from domain.audit import Act, Value

ACTS = {
    Act.BINDING_ENDED: "解除绑定",
    Act.BINDING_CHANGED: "修改绑定",
    Act.CLAIM_APPROVED: "同意绑定申请",
    Act.CLAIM_REFUSED: "拒绝绑定申请",
    Act.CONTACT_RELEASED: "放行隔离的家长",
    Act.CONTACT_DROPPED: "删除隔离的家长",
    Act.ROSTER_TRIED: "试导入名册",
    Act.ROSTER_IMPORTED: "导入名册",
    Act.PUPIL_ADDED: "添加学生",
    Act.PUPIL_EDITED: "修改学生",
    Act.PUPIL_MOVED: "学生转班",
    Act.PUPIL_LEFT: "学生离校",
    Act.APPOINTMENT_OFFERED: "邀请任职",
    Act.APPOINTMENT_GRANTED: "授予任职",
    Act.OFFER_REVOKED: "作废任职邀请",
    Act.APPOINTMENT_ENDED: "结束任职",
    Act.INVITATION_MADE: "生成班级邀请",
    Act.INVITATION_REVOKED: "作废班级邀请",
    Act.CLASS_EDITED: "修改班级",
    Act.PLACE_EDITED: "修改学校或区域",
    Act.ROLLOVER_APPLIED: "学年升级",
    Act.ROLLOVER_UNDONE: "撤销学年升级",
    Act.SETTINGS_CHANGED: "修改设置",
    Act.FAMILY_FILE_MADE: "导出家庭档案",
    Act.FAMILY_ERASED: "删除家庭数据",
    Act.RECEIPTS_EXPORTED: "导出回执",
    Act.REGISTRATION_EXPORTED: "导出注册名单",
    Act.AUDIT_EXPORTED: "导出操作记录",
    Act.SIGNATURE_SEEN: "查看签名",
    Act.OVERRUN_ALLOWED: "允许作业超时",
    Act.OVERRUN_REFUSED: "不允许作业超时",
    Act.MONITOR_EXPORTED: "导出作业总量",
    Act.ACCOUNT_LINKED: "连接单位账号",
    Act.ACCOUNT_UNLINKED: "断开单位账号",
    Act.SIGNED_IN: "登录管理台",
    Act.SIGN_IN_REFUSED: "登录被拒绝",
}
SUBJECTS = {
    "account": "单位账号",
    "appointment": "任职",
    "audit": "操作记录",
    "binding": "绑定",
    "claim": "绑定申请",
    "class": "班级",
    "contact": "名册家长",
    "delivery": "送达记录",
    "family": "家庭",
    "invitation": "邀请",
    "notice": "通知",
    "offer": "任职邀请",
    "overrun": "作业超时申请",
    "person": "人员",
    "place": "学校或区域",
    "pupil": "学生",
    "rollover": "新学年升级",
    "import": "名册导入",
    "roster": "名册",
    "settings": "设置",
    "term": "学期",
}
HEADINGS = (
    ("序号", 8),
    ("时间", 20),
    ("人员", 32),
    ("角色", 16),
    ("任职", 32),
    ("来自", 18),
    ("操作", 18),
    ("对象", 12),
    ("对象编号", 40),
    ("之前", 40),
    ("之后", 40),
    ("校验值", 68),
)
SHEET = "操作记录"
CUT_OFF = "只导出了最近的 {count} 条，更早的请分段导出"


def act_text(act: Act) -> str:
    """`解除绑定`."""
    return ACTS[act]


def subject_text(kind: str) -> str:
    """`绑定`; a kind without a word of its own is named as it is."""
    return SUBJECTS.get(kind, kind)


def fields_text(fields: Mapping[str, Value] | None) -> str:
    """`state=active；reason=wrong`; empty where there is nothing."""
    return "；".join(f"{name}={_plain(value)}" for name, value in (fields or {}).items())


def _plain(value: Value) -> str:
    if value is None:
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
