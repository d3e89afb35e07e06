"""What is said of what was handed in and marked, where a page says it."""

from __future__ import annotations

from domain.homework import HandIn
from domain.submissions import Level, Stamp, Submission, SubmissionState

STATES = {
    SubmissionState.HANDED_IN: "已交",
    SubmissionState.RETURNED: "请订正",
    SubmissionState.MARKED: "老师看过了",
}
STAMPS = {
    Stamp.SEEN: "已阅",
    Stamp.GOOD: "真棒",
    Stamp.CAREFUL: "细心",
    Stamp.PROGRESS: "有进步",
    Stamp.EFFORT: "加油",
}
LEVELS = {
    Level.EXCELLENT: "优",
    Level.GOOD: "良",
    Level.PASSED: "合格",
    Level.TRY_AGAIN: "再试一次",
}
_LEADS = {
    SubmissionState.HANDED_IN: "看交的作业",
    SubmissionState.RETURNED: "看批注，去订正",
    SubmissionState.MARKED: "看老师的批改",
}
MISSING = {
    HandIn.PICTURES: "请至少放一张照片",
    HandIn.VOICE: "请放一段录音",
    HandIn.FILE: "请放一个文件",
    HandIn.TEXT: "请写几句话",
}

# The page that says so shows it, with what was typed still in the form.
SINCE = "家长刚刚又交了一次，或者别的老师刚批改过。下面是现在的样子，看过再批；您写的还在"


def lead(submission: Submission | None) -> str:
    """What a link to the work is called."""
    return _LEADS[submission.state] if submission else "交作业"


def action(submission: Submission | None, how: HandIn) -> str:
    """What the button says that hands it in."""
    if submission is None:
        return "做完了" if how is HandIn.TICK else "交给老师"
    return "订正好了，再交" if submission.state is SubmissionState.RETURNED else "重新交一次"
