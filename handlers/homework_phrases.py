"""What is said of homework by a code: refusals, fields, days. `handlers.noun_phrases` takes it in."""

from __future__ import annotations

from datetime import date

from domain.homework import HandIn

ERRORS = {
    "homework": "这是一次作业，请在作业里修改或撤回",
    "not_to_be_asked": "国家规定不允许，班主任也不能批准，请改成非书面作业",
    "own_request": "自己的申请要请别的老师来决定",
    "class_gone": "有的班级已经结束了，请重新选择班级",
    "busy": "同时布置作业的老师太多，没有发出去。请过一会儿再试",
    "homework_changed": "这次作业刚刚在别处改过。您写的还在，请核对后再保存",
    "may_only_read": "您只能查看，请孩子的另一位家长来操作",
    "nothing_to_hand_in": "这次作业不用提交",
    "homework_over": "老师已经收回了这次作业，不用再交了",
    "already_marked": "老师已经批改好了，不用再交。有问题可以联系老师",
    "handed_in_again": "家长刚刚又交了一次，或者别的老师刚批改过，请刷新后再批",
    "no_consent": "家长还没有同意在班里展示作业，请先征得同意",
    "given_up": "刚才没有发出去，请再试一次",
}
FIELD_NAMES = {
    "subject": "学科",
    "text": "作业内容",
    "minutes": "时长",
    "written": "书面作业",
    "day": "哪天的作业",
    "due_at": "提交时间",
    "hand_in": "提交方式",
    "group": "分组名称",
    "student_ids": "学生",
    "why": "理由",
    "comment": "评语",
    "points": "分数",
    "points_of": "分数",
}
MISSING = {
    "text": "请写作业内容",
    "minutes": "请写预计时长",
    "day": "请选哪天的作业",
    "subject": "请选学科",
    "why": "请写理由",
}
PROBLEMS = {
    "not_a_number": "{field}请填整数",
    "not_a_day": "{field}不是有效的日期",
    "out_of_range": "{field}请填 1 到 {limit} 之间的整数",
    "not_in_this_grade": "一、二年级不布置书面家庭作业",
    "not_taught_here": "选的班级里，有的您不教这门学科",
    "one_class_only": "分组作业一次只能选一个班",
}
_WEEKDAYS = "一二三四五六日"


_HAND_INS = {
    HandIn.NOTHING: "不用交",
    HandIn.TICK: "打勾",
    HandIn.TEXT: "文字",
    HandIn.PICTURES: "拍照",
    HandIn.VOICE: "录音",
    HandIn.FILE: "文件",
}


def hand_in_name(how: HandIn) -> str:
    """How a homework is handed in, in a word."""
    return _HAND_INS[how]


def weekday(day: date) -> str:
    """周五."""
    return f"周{_WEEKDAYS[day.weekday()]}"


def handed_in_words(*, late: bool, again: bool) -> str:
    """What a family hears when something was handed in; who is late is not scolded."""
    if again:
        return "订正已经交给老师了"
    return "收到了。比说好的时间晚了一点，没关系，老师会看到" if late else "交好了，老师会看到"
