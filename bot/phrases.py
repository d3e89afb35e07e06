"""Every sentence the official account says in the chat. Warm, short, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.homework import HandIn
from domain.messages import MessageKind
from domain.names import masked_name
from domain.notices import ConfirmMode

WELCOME = (
    "您好，这里是学校的家校服务号。\n"
    "绑定孩子以后，老师的通知会直接送到您的微信。\n\n"
    '<a href="{bind}">点这里绑定孩子</a>，或回复“绑定”。'
)
WELCOME_TO_CLASS = (
    "您好，这里是{school_class}的家校服务号。\n"
    "请回复孩子姓名和您登记在学校的手机号后四位，例如：\n李小明 1234"
)
ASK_CHILD = "请回复孩子姓名和您登记在学校的手机号后四位，例如：\n李小明 1234"
ASK_CHILD_AGAIN = (
    "没有看懂。请把姓名和四位数字写在一条消息里，例如：\n李小明 1234\n（回复“取消”结束）"
)
CANCELLED = "好的，已取消。需要时再回复“绑定”。"
BOUND = "绑定成功！以后{child}班里的通知会送到这里。\n回复“最新通知”可以随时查看。"
ALREADY = "您已经绑定过这个孩子了，不用再绑。\n回复“最新通知”可以查看通知。"
WAITING = (
    "这条信息需要班主任确认一下，我们已经转告老师。\n老师处理后，会在这里告诉您，不用重复提交。"
)
WAITING_FAMILY = (
    "孩子已经有家长绑定了，先请家人在“我的孩子”里确认；一直没有确认的话，学校也可以处理。\n"
    "结果会在这里告诉您，不用重复提交。"
)
REFUSED_BY_FAMILY = (
    '孩子的家人没有同意。您可以<a href="{link}">请学校再看一次</a>，也可以先和家人商量。'
)
UNKNOWN = (
    "没有找到对得上的记录。\n"
    "请核对孩子姓名和手机号后四位（要用学校登记的那个号码）再发一次；"
    "还是不行的话，请班主任给您班级二维码，扫码后再绑定。"
)
TOO_MANY = "试的次数有点多，请一小时后再来，或请班主任给您班级二维码。"
NO_CHILD = "您还没有绑定孩子。回复“绑定”，一分钟就好。"
NO_NOTICES = "目前没有通知。有新通知会第一时间送到这里。"
NEWEST = '最近的通知（{count} 条）：\n{lines}\n\n<a href="{all}">查看全部</a>'
HELP_GUARDIAN = (
    "可以这样用：\n· 回复“最新通知”查看老师的通知\n· 回复“作业”看今晚的作业\n· 回复“资源”看教材和学习网站\n"
    "· 回复“请假”给孩子请假，也看看要填的活动\n· 回复“绑定”再绑定一个孩子\n"
    "· 回复“我的孩子”看看绑定了谁\n· 回复“解绑”解除一个绑定\n有话要对老师说，直接写在这里就可以。"
)
HELP_STRANGER = "您好！回复“绑定”，把孩子和您的微信连起来，就能收到老师的通知。"
HELP_TEACHER = (
    "老师好！常用的都在下面的菜单里：写通知、看回执、审核绑定。\n回复“写通知”也可以。\n"
    "布置作业：回复“布置”，后面写班级、学科、时长和内容。"
)
WRITE_NOTICE = '<a href="{link}">点这里写通知</a>，两分钟发给全班家长。'
# What the words of guardians bring who has no child here but teaches.
NOTICES_OF_STAFF = '<a href="{link}">我发的通知与回执</a>'
HOMEWORK_OF_STAFF = (
    '<a href="{link}">我布置的作业</a>\n\n要布置就回复“布置”，后面写班级、学科、时长和内容。'
)
LEAVES_OF_STAFF = '<a href="{link}">班里的请假</a>'
ALL_EVENINGS = '<a href="{link}">这几天的作业</a>'
ACTIVITIES_AND_LEAVE = '<a href="{leaves}">给孩子请假</a>\n\n<a href="{activities}">要填的活动</a>'
CHILDREN = '您绑定的孩子：\n{lines}\n\n<a href="{link}">查看或解除绑定</a>'
ASK_ENDING = "您绑定了：\n{lines}\n要解除哪一个？请回复前面的数字。\n（回复“取消”结束）"
ASK_ENDING_AGAIN = "没有看懂。请回复 1 到 {count} 里的一个数字。\n（回复“取消”结束）"
CONFIRM_ENDING = (
    "要解除和{child}（{school_class}）的绑定吗？\n"
    "解除以后，这个孩子的通知不再送到您这里，以前的也看不到了。\n\n"
    "回复“确认”解除，回复“取消”保留。"
)
CONFIRM_ENDING_AGAIN = "回复“确认”解除绑定，回复“取消”保留。"
BINDING_ENDED = "已经解除。以后不再收到这个孩子的通知；需要时可以再回复“绑定”。"
BINDING_ENDED_ALREADY = "绑定已经解除了。需要时可以再回复“绑定”。"
BINDING_GONE = "这个绑定已经不在了，不用再解除。"
ENDING_CANCELLED = "好的，绑定保留不变。"
BUSY = "系统正忙，请过一分钟再发一次。"
WELCOME_BACK = (
    "您好，这里是{school_class}的家校服务号。\n"
    "您已经绑定了{children}，通知会送到这里。\n要再绑定一个孩子，请回复孩子姓名和手机号后四位。"
)
WELCOME_TO_CHILD = (
    "您好，这里是{school_class}的家校服务号。\n"
    "这是{child}同学的邀请。请回复您登记在学校的手机号后四位数字，例如：1234"
)
ASK_CODE_AGAIN = "邀请码是八个字母和数字，请照纸上的样子再发一次，例如：\n邀请码 K7M3-Q2XP"
CODE_UNKNOWN = "没有这个邀请码，请对照纸上的字母和数字再发一次；也可以直接扫纸上的二维码。"
INVITATION_OVER = (
    "这个邀请已经失效了，可能过期了，也可能学校换了新的。\n"
    "请向班主任要一个新的，也可以直接回复“绑定”。"
)


SET_HOMEWORK = (
    "把作业写在一条消息里就可以，例如：\n布置 三(2)班 数学 20分钟 课本第12页1-3题\n\n"
    '也可以<a href="{link}">点这里布置</a>，能加图片和文件。'
)
UNDERSTOOD = "请核对：\n{lines}\n\n{evenings}\n\n回复“确定”发布，回复“取消”不发；要改哪里直接说，例如：15分钟"
CLASS_UNKNOWN = "您布置的班级里没有“{name}”，请再说一次是哪个班。目前是：\n{lines}"
SETTING_AGAIN = "没有看懂。回复“确定”发布，回复“取消”不发；要改哪里直接说，例如：15分钟、明天"
SETTING_CANCELLED = "好的，没有布置。"
SETTING_KEPT = "好的，没有发布。写好的留在“我布置的作业”里，以后可以接着改。"
SETTING_REFUSED = (
    "这样发不了：日期要在今晚以后，时长要在 1 到 240 分钟之间。改哪里直接说，例如：15分钟、明天"
)
ONLY_SPOKEN = "一、二年级不布置书面家庭作业。如果不用动笔，请回复“不用写”。"
NOT_TAUGHT_HERE = "选的班级里，有的您不教这门学科。请再说一次班级或学科，或回复“取消”。"
HOMEWORK_PUBLISHED = '已发布，正在告诉家长。\n<a href="{link}">查看、修改或收回</a>'
HOMEWORK_PUBLISHED_ALREADY = '作业已经发布了。<a href="{link}">查看、修改或收回</a>'
OVER = (
    "没有发出去，当晚放不下了：\n{parts}\n\n"
    "可以缩短（例如回复“10分钟”）、换一天（回复“明天”），或请班主任决定（回复“申请”加理由）。\n"
    '<a href="{link}">打开这次作业</a>'
)
OVER_BY_LAW = (
    "没有发出去，当晚放不下了：\n{parts}\n\n"
    "国家规定不允许，班主任也不能批准。可以缩短、换一天（回复“明天”），或改成非书面（回复“不用写”）。\n"
    '<a href="{link}">打开这次作业</a>'
)
ASK_WITH_REASON = "请把理由写在后面，例如：申请 明天单元测试，需要复习"
ASKED = "已经转告班主任，决定以后在这里告诉您。"
ASKED_ALREADY = "已经转告班主任了，决定以后在这里告诉您。"
NOT_TO_BE_ASKED = "这次不能申请了，可以缩短或换一天。"
_MISSING = {
    "class": "是哪个班的作业？",
    "subject": "是哪门学科？",
    "minutes": "大约要多少分钟？",
    "text": "作业内容是什么？",
}
_HAND_INS = {
    HandIn.TICK: "做完打勾",
    HandIn.TEXT: "交文字",
    HandIn.PICTURES: "拍照交",
    HandIn.VOICE: "交录音",
    HandIn.FILE: "交文件",
}


def understood(
    *,
    classes: Sequence[str],
    subject: str,
    minutes: int | None,
    day: date,
    written: bool,
    hand_in: HandIn,
    text: str,
) -> str:
    """A homework as it was understood, a line each; what was not said is left out."""
    how = _HAND_INS.get(hand_in, "")
    kind = "书面" if written else "非书面"
    lines = [
        f"班级：{'、'.join(classes)}" if classes else "",
        f"学科：{subject}" if subject else "",
        f"时长：约 {minutes} 分钟（{kind}）" if minutes else "",
        f"哪天：{day.month}月{day.day}日",
        f"内容：{text}" if text else "",
        f"提交：{how}" if how else "",
    ]
    return "\n".join(filter(None, lines))


def missing_words(what: str, lines: str) -> str:
    """Asks for the first thing that was not said."""
    return f"{_MISSING[what]}（回复“取消”不布置）\n\n目前是：\n{lines}"


def evening_line(school_class: str, taken: int, most: int | None) -> str:
    """How one class's evening stands."""
    if most is None:
        return f"{school_class}当晚已有 {taken} 分钟。"
    left = max(0, most - taken)
    return f"{school_class}当晚已有 {taken} 分钟，还剩 {left} 分钟。"


def clash_part(school_class: str, excess: int, items: Sequence[tuple[str, int, str]]) -> str:
    """(subject, minutes, teacher) of what is there already in one class."""
    there = "、".join(f"{subject} {minutes} 分钟（{who}）" for subject, minutes, who in items)
    return f"· {school_class}会超出 {excess} 分钟" + (f"，已有：{there}" if there else "")


_WAITS = {ConfirmMode.TAP: "待确认", ConfirmMode.SIGN: "待签名", ConfirmMode.ANSWER: "待填写"}


def notice_line(title: str, school_class: str, url: str, *, read: bool, waits: ConfirmMode) -> str:
    """One notice in a list; `waits` is what is still asked of the reader."""
    mark = _WAITS.get(waits) or ("" if read else "未读")
    tail = f"（{mark}）" if mark else ""
    return f'· <a href="{url}">{title}</a> {school_class}{tail}'


def evening_part(
    name: str,
    school_class: str,
    day: date,
    minutes: int,
    items: Sequence[tuple[str, int, str]],
) -> str:
    """(subject, minutes, page) of what one child has on an evening; the name is masked."""
    head = f"{masked_name(name)}（{school_class}）{day.month}月{day.day}日"
    if not items:
        return f"{head}：目前没有作业。"
    lines = "\n".join(
        f'· <a href="{url}">{subject}</a> 约 {took} 分钟' for subject, took, url in items
    )
    return f"{head}的作业，一共约 {minutes} 分钟：\n{lines}"


def numbered_lines(children: Sequence[tuple[str, str]]) -> str:
    """The same, to choose from by a number."""
    return "\n".join(
        f"{number}. {masked_name(name)}（{school_class}）"
        for number, (name, school_class) in enumerate(children, start=1)
    )


def child_lines(children: Sequence[tuple[str, str, bool]]) -> str:
    """(name, class, whether it is tried only) of each child, a line each. Names are masked: a chat may be
    looked at by others.
    """
    return "\n".join(
        f"· {masked_name(name)}（{school_class}）{'试用' if trial else ''}"
        for name, school_class, trial in children
    )


def resource_lines(
    where: str, entries: Sequence[tuple[str, str]], books: Sequence[tuple[str, str]], page: str
) -> str:
    """(title, address) of what is one tap away, (subject, address) of the class's books, and the whole page."""
    parts = [f"{where}的学习资源"]
    parts += [f'· <a href="{address}">{title}</a>' for title, address in entries]
    if books:
        parts.append("本班教材：")
        parts.append(" ".join(f'<a href="{address}">{subject}</a>' for subject, address in books))
    parts.append(f'\n<a href="{page}">全部资源</a>')
    return "\n".join(parts)


def found_lines(found: Sequence[tuple[str, str]], page: str) -> str:
    """(title, address) of what was found first, and the page with all of it."""
    parts = ["找到这些，点开就能看："]
    parts += [f'· <a href="{address}">{title}</a>' for title, address in found]
    parts.append(f'\n<a href="{page}">更多结果</a>')
    return "\n".join(parts)


NOTHING_FOUND = (
    "没有找到。可以换个说法，比如：三年级语文、数学 五下、shuxue5x。\n\n"
    '<a href="{link}">看看全部资源</a>'
)
SEARCHED_OFTEN = "找得有点多，请过一会儿再试。"

_PASSED = '已转给{teacher}。老师的回复会发到这里，也在<a href="{link}">这段会话</a>里。'
_PASSED_ALREADY = (
    '已经转给{teacher}了。还有要说的，直接写在这里，或打开<a href="{link}">这段会话</a>。'
)
BRIDGE_CANCELLED = "好的，不转给老师。"
BRIDGE_AGAIN = "没有看懂。请回复 1 到 {count} 里的一个数字。\n（回复“取消”就不转）"
BRIDGE_NOTHING = "没有等着转的内容，可能已经过了十分钟。请再写一次。"
BRIDGE_GONE = "现在不能转给这位老师了，可能换了班主任。请再写一次，按新的选项回复。"
BRIDGE_OFTEN = "发得有点多，请过一会儿再回复一次数字。"
BRIDGE_FULL = "一次最多转 {most} 条。请先回复数字把前面的转给老师，再接着写。"
BRIDGE_REFUSED = '没有转成。请到<a href="{link}">消息</a>里看看能不能直接写给老师。'
BRIDGE_UNREADABLE = "这段文字有点长或带有特殊符号，转不了。请分开写，每条不超过 2000 字。"
BRIDGE_OTHER_KIND = (
    '这里能转文字、图片和语音，这一种转不了。请到<a href="{link}">消息</a>里写给老师。'
)
_LOST = "\n有 {lost} 条图片或语音没有转成，请重新发一次。"
_ALL_LOST = "没有转成：图片或语音取不到了，请重新发一次。"
_EXCERPT = 16


def bridge_passed(teacher: str, link: str, *, lost: int, of: int, again: bool = False) -> str:
    """It is with the teacher, or which part of it is not; `again`: they say once more that it shall go."""
    if lost == of:
        return _ALL_LOST
    told = _PASSED_ALREADY if again else _PASSED
    return told.format(teacher=teacher, link=link) + (_LOST.format(lost=lost) if lost else "")


def bridge_offer(
    choices: Sequence[tuple[str, str, str]], waiting: Sequence[tuple[str, str]]
) -> str:
    """Asks to whom it shall go. (child, class, teacher) of each, and kind and text of what would be passed on."""
    shown = "\n".join(_waiting_line(kind, text) for kind, text in waiting)
    what = f"{shown}\n\n"
    end = "\n\n十分钟内有效；还有要说的可以接着写，回复“取消”就不转，回复“帮助”看看这里还能做什么。"
    if len(choices) == 1:
        ((child, _, teacher),) = choices
        return f"{what}要转给老师吗？\n回复 1：给{masked_name(child)}的班主任（{teacher}）{end}"
    lines = "\n".join(
        f"{number}. 给{masked_name(child)}的班主任（{school_class}{teacher}）"
        for number, (child, school_class, teacher) in enumerate(choices, start=1)
    )
    return f"{what}要转给哪位老师？请回复前面的数字：\n{lines}{end}"


_WAITING = {MessageKind.PICTURE: "［图片］", MessageKind.VOICE: "［语音］"}


def _waiting_line(kind: str, text: str) -> str:
    words = f"“{_excerpt(text)}”" if text else ""
    return _WAITING.get(MessageKind(kind), "") + words


def _excerpt(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else f"{line[:_EXCERPT]}…"
