"""What is said of homework by a code: refusals, fields, days. `handlers.phrases` takes it in."""

from __future__ import annotations

from datetime import date

ERRORS = {
    "homework": "这是一次作业，请在作业里修改或撤回",
    "not_to_be_asked": "国家规定不允许，班主任也不能批准，请改成非书面作业",
    "own_request": "自己的申请要请别的老师来决定",
    "class_gone": "有的班级已经结束了，请重新选择班级",
    "busy": "同时布置作业的老师太多，没有发出去。请过一会儿再试",
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
}
MISSING = {
    "text": "请写作业内容",
    "minutes": "请写预计时长",
    "day": "请选哪天的作业",
    "why": "请写一写为什么需要超时",
}
PROBLEMS = {
    "not_a_number": "{field}请填整数",
    "not_a_day": "{field}不是有效的日期",
    "out_of_range": "{field}请填 1 到 {limit} 之间的整数",
    "not_in_this_grade": "一、二年级不布置书面家庭作业",
    "one_class_only": "分组作业一次只能选一个班",
}
_WEEKDAYS = "一二三四五六日"


def weekday(day: date) -> str:
    """周五."""
    return f"周{_WEEKDAYS[day.weekday()]}"
