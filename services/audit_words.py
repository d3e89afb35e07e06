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
    Act.REVIEW_ALLOWED: "审核通过",
    Act.REVIEW_REFUSED: "审核不通过",
    Act.PERSON_MUTED: "禁言",
    Act.ROOM_FROZEN: "冻结讨论",
    Act.SILENCE_LIFTED: "解除禁言或冻结",
    Act.WORDS_CHANGED: "修改词表",
    Act.MONITOR_EXPORTED: "导出作业总量",
    Act.CATALOGUE_CHANGED: "更新教材目录",
    Act.SHELF_CHANGED: "修改资源链接",
    Act.EDITIONS_CHANGED: "修改教材版本",
    Act.REPORT_EXPORTED: "导出作业报告",
    Act.THEMES_EXPORTED: "导出主题活动",
    Act.USE_EXPORTED: "导出使用情况",
    Act.ANSWERS_EXPORTED: "导出活动结果",
    Act.RESOURCE_ALLOWED: "资源入库",
    Act.RESOURCE_RETURNED: "退回资源",
    Act.RESOURCE_PROMOTED: "推荐资源到上一级",
    Act.RESOURCE_TAKEN_DOWN: "资源下架",
    Act.RESOURCES_EXPORTED: "导出资源",
    Act.LEAVE_APPROVED: "批准请假",
    Act.LEAVE_REFUSED: "不批准请假",
    Act.LEAVES_EXPORTED: "导出请假名单",
    Act.GROUP_CHANGED: "修改群组",
    Act.GROUP_ENROLLED: "加入群组",
    Act.GROUP_ENROLMENT_ENDED: "移出群组",
    Act.DUTY_CHANGED: "修改值班表",
    Act.URGENT_SAID: "发出紧急消息",
    Act.RECALLED_SEEN: "查看撤回的消息",
    Act.COMMENT_ALLOWED: "放行留言",
    Act.COMMENT_REFUSED: "不放行留言",
    Act.ANSWER_SHOWN: "公开答疑",
    Act.ANSWER_HIDDEN: "收回公开的答疑",
    Act.TOPIC_HIDDEN: "隐藏圈内内容",
    Act.TOPIC_SHOWN: "恢复圈内内容",
    Act.CIRCLES_EXPORTED: "导出圈子情况",
    Act.ACCOUNT_LINKED: "连接单位账号",
    Act.ACCOUNT_UNLINKED: "断开单位账号",
    Act.SIGNED_IN: "登录管理台",
    Act.SIGN_IN_REFUSED: "登录被拒绝",
}
SUBJECTS = {
    "account": "单位账号",
    "activity": "活动",
    "appointment": "任职",
    "audit": "操作记录",
    "binding": "绑定",
    "catalogue": "教材目录",
    "claim": "绑定申请",
    "class": "班级",
    "comment": "留言",
    "contact": "名册家长",
    "delivery": "送达记录",
    "editions": "教材版本",
    "entry": "资源链接",
    "enrolment": "入群",
    "family": "家庭",
    "group": "群组",
    "invitation": "邀请",
    "leave": "请假",
    "message": "消息",
    "notice": "通知",
    "offer": "任职邀请",
    "overrun": "作业超时申请",
    "person": "人员",
    "place": "学校或区域",
    "pupil": "学生",
    "review": "待审内容",
    "silence": "禁言",
    "words": "词表",
    "question": "答疑",
    "resource": "教学资源",
    "library": "资源库",
    "rollover": "新学年升级",
    "import": "名册导入",
    "roster": "名册",
    "settings": "设置",
    "term": "学期",
    "topic": "圈子话题",
    "topic_comment": "圈子评论",
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
