"""What is said of activities and of leave by a code: refusals, fields. `handlers.noun_phrases` takes it in."""

from __future__ import annotations

from domain.activities import CHOOSES, Kind, QuestionKind
from domain.leaves import LeaveKind, LeaveState
from domain.seats import Standing

KINDS = {
    Kind.SIGN_UP: "接龙",
    Kind.POLL: "投票",
    Kind.FORM: "问卷",
    Kind.BOOKING: "预约",
    Kind.THEME: "主题活动",
}
QUESTION_KINDS = {
    QuestionKind.CHOICE: "单选",
    QuestionKind.SEVERAL: "多选",
    QuestionKind.RANKED: "排序",
    QuestionKind.TEXT: "文字",
    QuestionKind.NUMBER: "数字",
    QuestionKind.DATE: "日期",
    QuestionKind.FILE: "文件",
    QuestionKind.SIGN: "手写签名",
}
CHANGED = "刚刚在别处改过。您填的还在，请核对后再保存一次"
LEAVE_KINDS = {LeaveKind.SICK: "病假", LeaveKind.PERSONAL: "事假", LeaveKind.OTHER: "其他"}
LEAVE_STATES = {
    LeaveState.WAITING: "等老师批",
    LeaveState.APPROVED: "批准了",
    LeaveState.REFUSED: "没有批准",
    LeaveState.WITHDRAWN: "已撤回",
}

LEAVE_CHANGED = "这条请假刚刚有变化，现在是这样的，您这次的决定没有记下"
ERRORS = {
    "activity": "这是一项活动，请在活动里修改或撤回",
    "full": "这个名额刚刚满了，请换一个。您原来选好的还在",
    "over": "已经截止了，不能再填。有问题请直接联系老师",
    "leave_overlaps": "这几天已经请过假了，要改的话请先撤回原来的",
    "own_leave": "自己孩子的假要请别的老师来批",
    "changed_too_often": "已经改过很多次了，请直接联系老师",
}
FIELD_NAMES = {
    "options": "选项",
    "added": "新的选项",
    "seats": "名额",
    "kind": "类型",
    "per": "谁来填",
    "closes_at": "截止时间",
    "questions": "题目",
    "answers": "填写的内容",
    "first": "开始的日子",
    "last": "结束的日子",
    "first_half": "上午还是下午",
    "last_half": "上午还是下午",
    "reply": "回复",
}
MISSING = {
    "closes_at": "请选截止时间",
    "questions": "请至少加一道题",
    "first": "请选哪天开始",
    "last": "请选哪天结束",
}
PROBLEMS = {
    "seats_twice": "只有一道题可以限名额",
    "seats_elsewhere": "限名额的题要单选、必填，每个选项都写上名额",
    "twice": "有两个选项一样",
    "poll_chooses": "投票只能有选择题",
    "booking_has_seats": "预约要有可选的时段和名额",
    "ends_before": "结束要晚于开始",
    "no_ink": "还没有签名，请用手指在框里写下名字",
    "fewer_seats": "名额只能增加，不能比原来的 {limit} 个少",
    "rank_all": "请给每个选项都排上名次",
}


def questions_of(kind: Kind) -> dict[QuestionKind, str]:
    """What may be asked by one of this kind: a poll chooses."""
    return {
        one: name for one, name in QUESTION_KINDS.items() if kind is not Kind.POLL or one in CHOOSES
    }


def answered_words(standing: Standing, place_in_line: int) -> str:
    """What somebody hears who answered."""
    if standing is Standing.WAITING:
        return f"名额满了，您排在候补第 {place_in_line} 位，轮到了会告诉您"
    return "选好了，名额是您的" if standing is Standing.HELD else "填好了，谢谢您"
