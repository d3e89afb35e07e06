"""The log of acts as sentences: who, as what, did what. Codes and ids become words here; nothing is decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from domain.audit import Act, Break, Damage, Entry, Value
from domain.bindings import BindingState, ClaimState, Custody, Doubt, EndReason
from domain.messages import Looking, Message
from domain.roles import Appointment, Role
from domain.stages import STAGE_NAMES, SYSTEM_NAMES
from domain.subjects import subject_name
from domain.threads import ThreadKind
from domain.times import SCHOOL_ZONE
from handlers import phrases
from handlers.console import group_words
from handlers.console.words import KEEPER_NAMES, role_name
from services.audit import ChainReport
from services.audit_export import Telling
from services.audit_reading import Names

SENTENCES = {
    Act.BINDING_ENDED: "解除了一位家长的绑定",
    Act.BINDING_CHANGED: "修改了一个绑定",
    Act.CLAIM_APPROVED: "通过了一个绑定申请",
    Act.CLAIM_REFUSED: "拒绝了一个绑定申请",
    Act.CONTACT_RELEASED: "放行了一个隔离的号码",
    Act.CONTACT_DROPPED: "删除了一个隔离的号码",
    Act.ROSTER_TRIED: "试导入了一份名册，没有改动数据",
    Act.ROSTER_IMPORTED: "导入了一份名册",
    Act.PUPIL_ADDED: "添加了一名学生",
    Act.PUPIL_EDITED: "修改了一名学生的信息",
    Act.PUPIL_MOVED: "给一名学生转了班",
    Act.PUPIL_LEFT: "登记了一名学生离校",
    Act.APPOINTMENT_OFFERED: "发出了一个任职邀请",
    Act.APPOINTMENT_GRANTED: "接受了任职",
    Act.OFFER_REVOKED: "作废了一个任职邀请",
    Act.APPOINTMENT_ENDED: "结束了一个任职",
    Act.INVITATION_MADE: "生成了班级二维码",
    Act.INVITATION_REVOKED: "作废了班级二维码",
    Act.CLASS_EDITED: "修改了班级",
    Act.PLACE_EDITED: "修改了单位或校历",
    Act.ROLLOVER_APPLIED: "办理了新学年升级",
    Act.ROLLOVER_UNDONE: "撤销了新学年升级",
    Act.SETTINGS_CHANGED: "修改了设置",
    Act.FAMILY_FILE_MADE: "导出了一份家庭档案",
    Act.FAMILY_ERASED: "删除了一个家庭的数据",
    Act.RECEIPTS_EXPORTED: "导出了通知回执",
    Act.REGISTRATION_EXPORTED: "导出了注册名单",
    Act.AUDIT_EXPORTED: "导出了操作记录",
    Act.SIGNATURE_SEEN: "查看了一个签名",
    Act.OVERRUN_ALLOWED: "允许了一次作业超时",
    Act.OVERRUN_REFUSED: "没有允许一次作业超时",
    Act.REVIEW_ALLOWED: "通过了一条待审内容",
    Act.REVIEW_REFUSED: "没有通过一条待审内容",
    Act.PERSON_MUTED: "请一位成员暂时不发言",
    Act.ROOM_FROZEN: "冻结了一处讨论",
    Act.SILENCE_LIFTED: "解除了禁言或冻结",
    Act.WORDS_CHANGED: "修改了词表",
    Act.MONITOR_EXPORTED: "导出了作业总量",
    Act.CATALOGUE_CHANGED: "更新了教材目录",
    Act.SHELF_CHANGED: "修改了一条资源链接",
    Act.EDITIONS_CHANGED: "修改了教材版本",
    Act.REPORT_EXPORTED: "导出了作业报告",
    Act.THEMES_EXPORTED: "导出了主题活动情况",
    Act.USE_EXPORTED: "导出了使用情况",
    Act.ANSWERS_EXPORTED: "导出了活动结果",
    Act.RESOURCE_ALLOWED: "让一份资源入库",
    Act.RESOURCE_RETURNED: "退回了一份资源",
    Act.RESOURCE_PROMOTED: "把一份资源推荐到上一级",
    Act.RESOURCE_TAKEN_DOWN: "下架了一份资源",
    Act.RESOURCES_EXPORTED: "导出了资源",
    Act.LEAVE_APPROVED: "批准了一次请假",
    Act.LEAVE_REFUSED: "没有批准一次请假",
    Act.LEAVES_EXPORTED: "导出了请假名单",
    Act.GROUP_CHANGED: "修改了群组",
    Act.GROUP_ENROLLED: "让一个人加入了群组",
    Act.GROUP_ENROLMENT_ENDED: "让一个人离开了群组",
    Act.DUTY_CHANGED: "修改了值班表",
    Act.URGENT_SAID: "发出了一条紧急消息",
    Act.RECALLED_SEEN: "查看了一条撤回的消息",
    Act.COMMENT_ALLOWED: "放行了一条留言",
    Act.COMMENT_REFUSED: "没有放行一条留言",
    Act.ANSWER_SHOWN: "向全班公开了一次答疑",
    Act.ANSWER_HIDDEN: "收回了一次公开的答疑",
    Act.TOPIC_HIDDEN: "隐藏了圈子里的一条内容",
    Act.TOPIC_SHOWN: "恢复了圈子里的一条内容",
    Act.CIRCLES_EXPORTED: "导出了圈子情况",
    Act.ACCOUNT_LINKED: "连接了单位账号",
    Act.ACCOUNT_UNLINKED: "断开了单位账号",
    Act.SIGNED_IN: "登录了管理后台",
    Act.SIGN_IN_REFUSED: "登录没有成功：选错了数字，或在手机上取消了",
}
LOOKING = {
    Looking.COMPLAINT: "家长或老师投诉，需要核实",
    Looking.SAFETY: "涉及孩子的安全",
    Looking.DISPUTE: "家校之间有争议",
    Looking.INQUIRY: "上级或公安机关核查",
}
_TALKS = {
    ThreadKind.TALK: "群里",
    ThreadKind.QUESTION: "群里的提问中",
    ThreadKind.CHILD: "私信里",
    ThreadKind.FEEDBACK: "意见反馈里",
}
_ACTORS = {"operator": "系统运维", "system": "系统自动"}
_FIELDS = {
    "act": "操作",
    "address": "地址",
    "approval_hours": "家人确认的时间（小时）",
    "binding_id": "绑定编号",
    "board": "作业公示",
    "bridge": "公众号里的话转给班主任",
    "bound_at": "绑定时间",
    "children": "学生人数",
    "claim_days": "申请的有效期（天）",
    "quiet_start": "免打扰从几点开始",
    "quiet_end": "免打扰到几点结束",
    "class_id": "班级",
    "class_ids": "班级",
    "classes_graduated": "毕业的班级",
    "classes_up": "升级的班级",
    "count": "数量",
    "custody": "可以做什么",
    "days_off": "放假天数",
    "doubt": "存疑原因",
    "evening_lower": "一至二年级每天作业总时长",
    "evening_middle": "三至六年级每天作业总时长",
    "evening_senior": "高中每天作业总时长",
    "evening_upper": "七至九年级每天作业总时长",
    "homework_tablet_term": "平板班每学期布置次数",
    "homework_tablet_week": "平板班每周布置次数",
    "homework_term": "每学期布置次数",
    "homework_week": "每周布置次数",
    "tablets": "平板班",
    "expires_at": "有效期到",
    "extra_days": "调休上课天数",
    "file_id": "附件编号",
    "grade": "年级",
    "grade_guardians": "年级群里有家长",
    "group_id": "群组",
    "keeper": "班级由谁负责",
    "label": "名称",
    "leads": "负责这个群",
    "mode": "群里怎么说话",
    "name": "姓名",
    "order": "第几位家长",
    "person_id": "人员",
    "pupils_graduated": "毕业的学生",
    "reason": "原因",
    "why": "查看的原因",
    "region_ids": "所属区域",
    "region_name": "区域名称",
    "relation": "关系",
    "research_choice": "老师自己选教研群",
    "role": "角色",
    "school_name": "学校名称",
    "signature_id": "签名编号",
    "since": "从",
    "stages": "学段",
    "state": "状态",
    "student_id": "学生编号",
    "subject": "学科",
    "subject_id": "对象编号",
    "subjects": "校本课程",
    "system": "学制",
    "term": "学期",
    "trial": "试用",
    "until": "到",
    "use_families": "每百名学生每学期打开资源",
    "use_filed": "每位教师每学期上传资源",
    "use_lessons": "每位教师每月用资源的课",
    "use_teachers": "每百名教师每学期打开资源",
    "year": "学年",
    **{f"allowed_{kind}_id": f"{name}可以怎么说话" for kind, name in group_words.KINDS.items()},
}
_CODES: dict[str, dict[str, str]] = {
    "state": {
        BindingState.ACTIVE.value: "有效",
        BindingState.ENDED.value: "已解除",
        ClaimState.WAITING.value: "待审核",
        ClaimState.APPROVED.value: "已通过",
        ClaimState.REFUSED.value: "已拒绝",
        ClaimState.WITHDRAWN.value: "已撤回",
        ClaimState.EXPIRED.value: "已过期",
    },
    "why": {code.value: name for code, name in LOOKING.items()},
    "reason": {reason.value: phrases.end_reason_name(reason) for reason in EndReason},
    "doubt": {doubt.value: phrases.doubt_text(doubt) for doubt in Doubt},
    "custody": {custody.value: phrases.custody_text(custody) for custody in Custody},
    "stages": {stage.value: name for stage, name in STAGE_NAMES.items()},
    "system": {system.value: name for system, name in SYSTEM_NAMES.items()},
    "mode": {mode.value: name for mode, name in group_words.MODES.items()},
    **{
        f"allowed_{kind}_id": {mode.value: name for mode, name in group_words.MODES.items()}
        for kind in group_words.KINDS
    },
    "keeper": {keeper.value: name for keeper, name in KEEPER_NAMES.items()},
}
_DAMAGES = {
    Damage.CHANGED: "内容被改动过",
    Damage.MISSING: "缺了一条",
    Damage.REORDERED: "位置不对",
    Damage.UNLINKED: "和前一条接不上",
    Damage.REWRITTEN: "整段被重写过",
    Damage.CUT: "后面被截断",
}


def sentence(act: Act) -> str:
    """通过了一个绑定申请."""
    return SENTENCES[act]


def actor_text(entry: Entry, names: Names) -> str:
    """陈静（教务处）; somebody of another place with its name: 王芳（芝罘区教育局 · 区县管理员）."""
    if entry.actor.role in _ACTORS:
        return _ACTORS[entry.actor.role]
    called = names.person(entry) or "已不在的人员"
    place = names.places.get(entry.actor.place_id, "")
    return f"{called}（{place + ' · ' if place else ''}{role_text(entry.actor.role)}）"


def role_text(role: str) -> str:
    """教务处; a role that is none of ours as it is."""
    return role_name(Role(role)) if role in set(Role) else _ACTORS.get(role, role)


def about_text(entry: Entry, names: Names) -> str:
    """What it was done to, where that can be named: a class, or somebody of the staff; else empty."""
    values = {**(entry.before or {}), **(entry.after or {})}
    if entry.subject_kind == "class" and (held := names.classes.get(entry.subject_id)):
        return held.name
    if appointed := names.appointments.get(entry.subject_id):
        return _appointment_text(appointed, names)
    class_name = _class_name(str(values.get("class_id", "")), names)
    if entry.subject_kind == "offer" and values.get("role"):
        return class_name + role_text(str(values["role"]))
    if entry.subject_kind == "term":
        return str(values.get("term") or "").partition(" ")[0]
    return class_name or str(values.get("school_name") or values.get("region_name") or "")


def _appointment_text(held: Appointment, names: Names) -> str:
    return f"{held.name}的{_class_name(held.class_id, names)}{role_name(held.role)}"


def _class_name(class_id: str, names: Names) -> str:
    held = names.classes.get(class_id)
    return held.name if held else ""


def details(entry: Entry, names: Names) -> list[tuple[str, str, str]]:
    """Field, before, after: everything the entry holds."""
    before, after = entry.before or {}, entry.after or {}
    fields = dict.fromkeys((*before, *after))
    return [(_FIELDS.get(f, f), _text(f, before, names), _text(f, after, names)) for f in fields]


def _text(field: str, values: Mapping[str, Value], names: Names) -> str:
    if field not in values:
        return ""
    value = values[field]
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int):
        return str(value)
    return "、".join(_word(field, part, names) for part in value.split(","))


def _word(field: str, value: str, names: Names) -> str:
    if field in ("class_id", "class_ids"):
        return _class_name(value, names) or value
    if field == "person_id":
        return names.people.get(value, value)
    if field == "role":
        return role_text(value)
    if field == "act" and value in set(Act):
        return SENTENCES[Act(value)]
    if field == "subject":
        return subject_name(value) or value
    if field.endswith("_at") or field in ("since", "until"):
        return _moment(value)
    return _CODES.get(field, {}).get(value, value)


def _moment(text: str) -> str:
    try:
        return datetime.fromisoformat(text).astimezone(SCHOOL_ZONE).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return text


def telling(names: Names) -> Telling:
    """The same words for the file; a person's id stays beside the name."""

    def person(person_id: str) -> str:
        called = names.people.get(person_id, "")
        return f"{called}（{person_id}）" if called else person_id

    def fields(values: Mapping[str, Value] | None) -> str:
        held = values or {}
        return "；".join(f"{_FIELDS.get(f, f)}：{_text(f, held, names)}" for f in held)

    return Telling(person=person, role=role_text, fields=fields)


def check_text(report: ChainReport) -> str:
    """What came of checking the newest entries."""
    if report.broken is None:
        return f"最近 {report.count} 条记录完整，没有被改动过" if report.count else "还没有记录"
    return f"第 {report.broken.seq} 条记录有问题：{damage_text(report.broken)}。请马上告诉系统运维"


def damage_text(broken: Break) -> str:
    """How it is broken."""
    return _DAMAGES[broken.damage]


def recalled_where(message: Message) -> str:
    """In what kind of conversation a message was taken back, and by which side; a family is not named."""
    kind = ThreadKind(message.thread_id.partition(":")[0])
    who = message.author_name if message.as_staff else "一位家长"
    by = "" if message.recalled_by == message.author_id else "，由管理会话的老师撤回"
    return f"{who}在{_TALKS[kind]}说的{by}"
