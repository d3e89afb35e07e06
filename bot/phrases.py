"""Every sentence the official account says in the chat. Warm, short, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.names import masked_name

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
    "可以这样用：\n· 回复“最新通知”查看老师的通知\n· 回复“作业”看今晚的作业\n· 回复“绑定”再绑定一个孩子\n"
    "· 回复“我的孩子”看看绑定了谁\n· 回复“解绑”解除一个绑定\n其他内容这里暂时看不懂，有事请直接联系老师。"
)
HELP_STRANGER = "您好！回复“绑定”，把孩子和您的微信连起来，就能收到老师的通知。"
HELP_TEACHER = "老师好！常用的都在下面的菜单里：写通知、看回执、审核绑定。\n回复“写通知”也可以。"
WRITE_NOTICE = '<a href="{link}">点这里写通知</a>，两分钟发给全班家长。'
ALL_EVENINGS = '<a href="{link}">这几天的作业</a>'
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


def notice_line(title: str, school_class: str, url: str, *, read: bool, to_confirm: bool) -> str:
    """One notice in a list."""
    mark = "待确认" if to_confirm else ("" if read else "未读")
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
