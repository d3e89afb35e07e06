"""Every sentence of the pages that is chosen by a code: errors, fields, states, reasons. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.bindings import Binding, Claim, ClaimState, Custody, Doubt, EndReason, Side
from domain.channels import Channel, Reason
from domain.custody import ChangeReason
from domain.errors import InvalidError, Problem
from domain.notices import ConfirmMode, NoticeState
from domain.receipts import ChildReceipt, GuardianReceipt, Receipt
from domain.times import SCHOOL_ZONE
from handlers import noun_phrases
from handlers.done_phrases import DONE

_ERRORS = {
    **noun_phrases.ERRORS,
    "not_found": "没有找到这个页面，可能已经被删除，或者您没有查看的权限",
    "links_away": "链接暂时打不开，请过一分钟再试",
    "files_away": "文件存储暂时连不上，这次没有存下来，请过几分钟再试",
    "404": "没有找到这个页面，可能已经被删除，或者您没有查看的权限",
    "invalid": "有几处需要改一下，改好再提交",
    "conflict": "刚刚有变化，请返回刷新后再试",
    "too_many_versions": "改的次数太多了，请作为新的资源上传",
    "too_many": "试的次数太多了，请过一会儿再试",
    "too_large": "文件太大，最大 50 MB",
    "too_many_pixels": "这张图片的尺寸太大了，请缩小后再上传",
    "unfolds": "这个文件解开后太大，请拆成几个再上传",
    "too_long": "这段录音或视频太长了，最长 4 小时，请剪短后再上传",
    "mixed": "这个文件里还藏着别的内容，不能上传。请重新拍照或另存后再试",
    "wrong_type": "不支持这种文件，请上传图片、录音、短视频、PDF 或 Word、Excel、PPT",
    "heic": "这张照片是苹果的 HEIC 格式，这里打不开。手机上请从相册里选，不勾“原图”；电脑上请用“预览”导出成 JPEG 再传",
    "not_ready": "图片正在准备，请稍等几秒再看",
    "wrong_offset": "上传的位置对不上，请接着没传完的地方再传",
    "incomplete": "文件还没有传完，请接着上传",
    "upload_over": "这次上传已经结束了，请重新选择文件",
    "uploads_open": "同时上传的文件太多了，请等前面的传完",
    "empty": "文件是空的，请重新选择",
    "no_ink": "还没有签名，请用手指在框里写下名字",
    "400": "请求不完整，请返回再试一次",
    "401": "登录已过期，请重新打开这个页面",
    "403": "页面放得太久了，请返回刷新后再试",
    "405": "不能这样打开这个页面",
    "413": "内容太多了，请减少一些再提交",
    "415": "这里不能提交这种内容",
    "signed_out": "登录已过期，请重新打开小程序",
    "in_progress": "正在处理刚才的提交，请稍等一下",
    "key_reused": "这次和刚才提交的内容不一样，请重新提交",
    "wechat": "微信暂时没有回应，请稍后再试",
    "phone_expired": "没有读到手机号，请再点一次，或者自己填后四位",
    "sign_in_expired": "登录没有完成，请再试一次",
    "sign_in_snapshot": "您现在看到的是微信的预览页。请点右下角“使用完整服务”，再回到这里",
    "wrong_number": "数字不对，登录已取消。请在电脑上换一个二维码",
    "desk_over": "这个二维码已经用过了，请在电脑上换一个",
    "last_admin": "这是最后一位管理员，请先请另一位管理员加入",
    "role_ended": "这个任职在邀请之后已经结束了。如果弄错了，请学校重新发一个邀请",
    "offer_taken": "这个邀请刚刚已经被接受了。需要的话，请在任职里结束",
    "audit_busy": "现在操作的人太多，没有保存。请过一会儿再试",
    "sso_down": "单位账号那边暂时没有回应，请稍后再试，或者用微信扫码登录",
    "sso_refused": "单位账号没有同意登录，请再试一次，或者用微信扫码登录",
    "sso_unproven": "单位账号的答复没有通过核对，没有登录。请再试一次，还不行请告诉管理员",
    "sso_expired": "这次登录没有完成，请重新开始",
    "sso_unknown": "这个单位账号还没有连接。请先用微信扫码登录，再在右上角“连接单位账号”",
    "sso_no_post": "您现在没有任职，不能登录管理后台，请联系学校管理员",
    "sso_taken": "这个单位账号已经连接了另一位老师，请联系管理员",
    "sso_by_wechat": "请先用微信扫码登录，再连接单位账号",
    "rolling_over": "学校正在升级到新学年，请过几分钟再试",
    "roster_busy": "有人正在导入学校的名册，请等导入完成再试",
    "rollover_open": "上一次升级还没有结束，或者还可以撤销，请稍后再试",
    "rollover_blocked": "还有几处需要先处理，请返回查看",
    "rollover_changed": "学校的班级或名册刚刚有变化，请返回重新核对",
    "rollover_final": "已经超过一天，不能撤销了",
    "list_imported": "新建的班级里已经有学生了，不能撤销",
    "class_used": "新建的班级里已经发过通知了，不能撤销",
    "withdrawn": "老师撤回了这条通知，不用再确认了",
    "family_first": "这条申请先由孩子的家人确认，还没到学校处理的时间",
    "not_urgent": "紧急消息只有学校教务能发，而且要发在群里",
    "read_only": "您在这里只能查看，不用确认，也不用填写或签名",
    "already_bound": "您已经绑定了这个孩子，或者不能试用绑定这个孩子",
    "corrected_meanwhile": "老师刚刚更正了内容，请返回看过新的内容再确认",
    "text_changed": "这一项的说明刚刚改过，请返回看过新的说明再选",
    "invitation_over": "这个邀请已经失效了，请向班主任要一个新的",
    "invitation_unknown": "没有这个邀请，请对照纸上的字母和数字再试一次",
    "edited_meanwhile": "这条通知刚刚在别处改过。您写的还在，请核对后再保存",
}
ASK_DIGITS = "请写手机号的后四位数字，例如：1234"
ASK_CODE = "邀请码是八个字母和数字，请照纸上的样子再填一次"
_FAULT = "我们这边出了点问题，已经记录下来。请稍后再试"

_FIELD_NAMES = {
    **noun_phrases.FIELD_NAMES,
    "title": "标题",
    "body": "正文",
    "class_ids": "班级",
    "file_ids": "附件",
    "links": "链接",
    "confirm": "确认方式",
    "deadline_at": "截止时间",
    "publish_at": "发送时间",
    "child": "孩子姓名和手机尾号",
    "name": "称呼",
    "relation": "和孩子的关系",
    "order": "第几位家长",
    "custody": "可以做什么",
    "until": "到期日",
    "urgent_reason": "紧急的原因",
}
_MISSING = {
    **noun_phrases.MISSING,
    "title": "请写标题",
    "body": "请写正文",
    "class_ids": "请至少选一个班级",
    "student": "请选一选是哪个孩子",
    "reason": "请选一个原因",
}
_PROBLEMS = {
    **noun_phrases.PROBLEMS,
    "control_characters": "{field}里有不能显示的字符，请删掉",
    "not_a_time": "{field}不是有效的时间",
    "too_short": "{field}至少 {limit} 个字",
    "rests_too_long": "免打扰时间最多 {limit} 个小时，开始和结束也不能一样",
    "in_the_past": "{field}已经过去了，请选晚一点的时间",
    "too_far": "{field}太远了，请选 {limit} 天以内",
    "unknown": "请重新选择{field}",
    "link_refused": "链接要以 https:// 开头，而且是学校允许的网站",
    "not_found": "有附件找不到了，请重新上传",
    "damaged": "这一段在路上出了错，请再传一次",
    "form": "请写孩子的姓名，再写手机号的后四位数字，例如：李小明 1234",
}

_RECEIPTS = {
    Receipt.CONFIRMED: "已确认",
    Receipt.READ: "已读",
    Receipt.DELIVERED: "已送达",
    Receipt.REFUSED: "已拒收",
    Receipt.UNREACHABLE: "联系不上",
    Receipt.NEVER_BOUND: "未绑定",
}
_CHANNELS = {
    Channel.TEMPLATE: "模板消息",
    Channel.LONG_TERM: "小程序长期订阅消息",
    Channel.ONE_TIME: "小程序订阅消息",
    Channel.SERVICE: "客服消息",
    Channel.IN_APP: "通知列表",
}
_REASONS = {
    Reason.NEVER_FOLLOWED: "还没有关注公众号，请提醒家长关注",
    Reason.UNFOLLOWED: "取消关注了公众号，请家长重新关注",
    Reason.BLOCKED: "家长在微信里关闭了消息提醒，请当面提醒打开",
    Reason.QUOTA: "今天的模板消息额度用完了，没能推送；通知在列表里等家长打开，也可以明天再提醒",
    Reason.NOT_SET_UP: "学校的模板消息没有开通或被微信停用，请联系管理员",
    Reason.WINDOW_CLOSED: "家长 48 小时内没有给公众号发过消息，微信不允许推送",
    Reason.REFUSED_BY_WECHAT: "微信没有放行这条消息，请直接联系家长",
    Reason.WECHAT_DOWN: "微信暂时连不上，会自动重试",
    Reason.NO_ANSWER: "微信没有说是否送到；为免打扰家长两次，没有重发",
    Reason.SYSTEM_FAILED: "微信系统没能送到，通知在列表里等家长打开",
    Reason.NOT_SUBSCRIBED: "还没有在小程序里订阅通知，请提醒家长点“提醒我”，或者关注公众号",
    Reason.USED_UP: "小程序的订阅次数用完了，请提醒家长再点一次“提醒我”，或者关注公众号",
    Reason.SUBSCRIPTION_OFF: "家长关闭了小程序的订阅消息，请当面提醒打开，或者关注公众号",
    Reason.RESTING: "家长给自己设了免打扰时间，结束后自动提醒",
    Reason.BOUND_LATER: "发通知之后才绑定的，通知在列表里等家长打开",
}
_NEVER_SENT = "绑定在通知之后，或者后来才转进班里，没有收到过这条通知，请直接告诉家长"
_NEVER_BOUND = "还没有家长绑定，请把班级二维码发给家长"
_GAVE_UP = "微信一直连不上，已停止重试；通知在列表里等家长打开，可以用“提醒”再发一次"
_CONFIRM_MODES = {
    ConfirmMode.NONE: "不用确认",
    ConfirmMode.TAP: "点一下确认",
    ConfirmMode.SIGN: "手写签名",
    ConfirmMode.ANSWER: "填写活动",
}
_STATES = {
    NoticeState.SCHEDULED: "定时",
    NoticeState.PUBLISHED: "已发送",
    NoticeState.WITHDRAWN: "已撤回",
}
_DOUBTS = {
    Doubt.SEVERAL: "名册上有几个孩子都符合，请认一认是哪一个",
    Doubt.TAKEN: "名册上这个手机号已经有另一位家长绑定过",
    Doubt.PHONE: "用学校的邀请来的，姓名对得上，手机尾号和名册不一样",
    Doubt.GUESSED: "名册对得上，但刚才有人对这个姓名试过很多次号码，请核实是不是孩子的家长",
    Doubt.ENDED: "名册对得上，但老师以“绑错了”或“监护变更”解除过这位家长，请核实以后再通过",
    Doubt.SECOND: "名册对得上，孩子已经有别的家长绑定",
}
_FAMILY_DOUBTS = {
    Doubt.SECOND: "姓名和手机尾号与学校名册对得上。",
    Doubt.TAKEN: "用的是学校名册上已经有人绑定过的手机号。",
    Doubt.PHONE: "用学校的邀请来的，手机尾号不在学校名册上，请多看一眼。",
}
_CUSTODIES = {
    Custody.FULL: "查看、确认和签名",
    Custody.READ_ONLY: "只能查看，不确认、不签名",
}
_CHANGE_REASONS = {
    ChangeReason.LIST: "名册写错了",
    ChangeReason.FAMILY: "家人要求",
    ChangeReason.COURT: "法院判决或监护协议",
    ChangeReason.CARER: "临时照看",
    ChangeReason.OTHER: "其他",
}
_END_REASONS = {
    EndReason.OWN: "家长自己解除",
    EndReason.WRONG: "绑错了",
    EndReason.MOVED: "转学",
    EndReason.CUSTODY: "监护变更",
    EndReason.OTHER: "其他",
    EndReason.EXPIRED: "约定的日期到了",
    EndReason.PHONE: "学校名册上的手机号换了",
    EndReason.LEFT: "孩子不在学校名册上了",
    EndReason.GRADUATED: "毕业",
}
_END_HINTS = {
    EndReason.WRONG: "如果其实没有绑错，可以重新申请，由老师确认。",
    EndReason.CUSTODY: "如需恢复，请重新申请，由学校确认。",
    EndReason.OTHER: "具体原因请直接问老师。",
    EndReason.PHONE: "请用新的手机号再绑定一次；号码没有换的话，请告诉老师。",
    EndReason.LEFT: "如果弄错了，请告诉老师。",
    EndReason.GRADUATED: "谢谢您这几年的配合。",
}
_PURPOSES = {"publish": "首次发送", "remind": "提醒", "edit": "更正", "withdraw": "撤回说明"}
_WEEKDAYS = "一二三四五六日"


def error_message(code: str) -> str:
    """What a person is told about an error; anything unknown is our own fault."""
    return _ERRORS.get(code, _FAULT)


def _field_message(field: str, problem: Problem) -> str:
    place = field.split(
        "."
    )  # steps.0.words: of the first step the words; groups.0: the first group
    field = next((part for part in reversed(place) if not part.isdigit()), field)
    name = _FIELD_NAMES.get(field, "这一项")
    if problem.code == "missing":
        return _MISSING.get(field, f"请填写{name}")
    if problem.code == "too_long":
        return f"{name}最多 {problem.limit} 个字"
    if problem.code == "too_many":
        return f"{name}最多 {problem.limit} 个"
    words = _PROBLEMS.get(problem.code, "请检查{field}")
    return words.format(field=name, limit=problem.limit)


def field_messages(error: object) -> dict[str, str]:
    """The sentences of a form's fields, by field name; empty for any other error."""
    if not isinstance(error, InvalidError):
        return {}
    return {field: _field_message(field, problem) for field, problem in error.fields.items()}


def receipt_name(state: Receipt) -> str:
    """One of the six receipt states in two or three characters."""
    return _RECEIPTS[state]


def channel_name(channel: Channel) -> str:
    """By which way a message went."""
    return _CHANNELS[channel]


def reason_text(reason: Reason | None, *, waiting: bool = True) -> str:
    """Why somebody was not reached; None means that no guardian is bound. `waiting`: it is tried again."""
    if reason is None:
        return _NEVER_BOUND
    if reason is Reason.WECHAT_DOWN and not waiting:
        return _GAVE_UP
    return _REASONS[reason]


def receipt_reason(receipt: GuardianReceipt | ChildReceipt) -> str:
    """Why this guardian (a receipt that has a reason), or a child without any line of a guardian, was not reached."""
    if isinstance(receipt, ChildReceipt):
        return _NEVER_SENT if receipt.reason is Reason.BOUND_LATER else reason_text(receipt.reason)
    return reason_text(receipt.reason, waiting=receipt.waiting)


def confirm_name(mode: ConfirmMode) -> str:
    """What guardians are asked to do."""
    return _CONFIRM_MODES[mode]


def state_name(state: NoticeState) -> str:
    """Where a notice stands."""
    return _STATES[state]


def doubt_text(doubt: Doubt) -> str:
    """Why a request to be bound needs a look."""
    return _DOUBTS[doubt]


def end_reason_name(reason: EndReason) -> str:
    """Why a binding was ended."""
    return _END_REASONS[reason]


def end_reason_hint(reason: EndReason) -> str:
    """What an adult can do whose binding was ended for this."""
    return _END_HINTS.get(reason, "以后需要，可以再绑定。")


def family_doubt_text(doubt: Doubt) -> str:
    """What a guardian is told of somebody who asks to be bound to their child."""
    return _FAMILY_DOUBTS.get(doubt, "学校正在核实。")


def binding_way(binding: Binding) -> str:
    """How a binding came about."""
    if binding.trial:
        return "自己试用"
    if binding.by_family:
        return "家人同意"
    return "老师确认" if binding.approved_by else "按名册绑定"


def custody_text(custody: Custody) -> str:
    """What a guardian may do."""
    return _CUSTODIES[custody]


def change_reason_name(reason: ChangeReason) -> str:
    """Why the school notes something about a binding."""
    return _CHANGE_REASONS[reason]


def order_name(order: int) -> str:
    """第一位家长 …; empty where nobody has said."""
    return f"第{'零一二三四五六七八九'[order]}位家长" if 0 < order < 10 else ""


def closed_claim_text(claim: Claim) -> str:
    """What became of a request that was not granted."""
    if claim.state is not ClaimState.REFUSED:
        return "一直没有人处理，已经过期。可以再申请，也请直接告诉班主任。"
    if claim.decided_side is Side.FAMILY:
        return "孩子的家人没有同意。"
    return "学校没有通过。如有疑问，请直接联系班主任。"


def following_text(following: bool | None) -> str:
    """Whether WeChat can reach this adult."""
    if following is None:
        return "没有关注公众号"
    return "已关注" if following else "取消了关注"


def others_text(relations: Sequence[str]) -> str:
    """Who else is bound to a child: 爸爸、另一位家长; never a name."""
    known = [r for r in relations if r]
    unknown = len(relations) - len(known)
    if unknown:
        known.append("另一位家长" if unknown == 1 else f"另外 {unknown} 位家长")
    return "、".join(known) or "只有您一位"


def done_message(code: str) -> str:
    """What was just done; empty for a code that is none of ours."""
    return DONE.get(code, "")


def purpose_name(purpose: str) -> str:
    """What a message was sent for: `remind-2` → 第 2 次提醒."""
    kind, _, number = purpose.partition("-")
    name = _PURPOSES.get(kind, "消息")
    return f"第 {number} 次{name}" if kind == "remind" else name


def attempt_result(code: int, reason: Reason | None) -> str:
    """How one attempt ended, in plain words."""
    if reason is not None:
        return reason_text(reason)
    return "微信已接收" if code == 0 else f"微信没有接收（{code}）"


def relation_name(relation: str) -> str:
    """妈妈, 爸爸 … as on the school's list; 家长 where the list says nothing."""
    return relation or "家长"


def size_text(size_bytes: int) -> str:
    """A file's size as people read it."""
    if size_bytes < 1024 * 1024:
        return f"{max(1, round(size_bytes / 1024))} KB"
    return f"{size_bytes / 1024 / 1024:.1f} MB"


def moment(at: datetime, now: datetime) -> str:
    """`今天 18:30`, `昨天 18:30`, `11月20日 周四 18:30`, with the year when it is another one."""
    local, today = at.astimezone(SCHOOL_ZONE), now.astimezone(SCHOOL_ZONE)
    clock = local.strftime("%H:%M")
    days = (local.date() - today.date()).days
    if days in (-1, 0, 1):
        return {-1: "昨天 ", 0: "今天 ", 1: "明天 "}[days] + clock
    day = f"{local.month}月{local.day}日"
    if local.year != today.year:
        return f"{local.year}年{day} {clock}"
    return f"{day} 周{_WEEKDAYS[local.weekday()]} {clock}"
