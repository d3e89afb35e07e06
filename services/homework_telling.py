"""Finishing what an act on a homework causes: minutes given back, and the families told by a notice.

The notice has the homework's id, and as many versions as the homework has. Everything here may run twice, at the
same time, or stop anywhere: each step brings about what the homework says, and does nothing where it is so already.
"""

from __future__ import annotations

from datetime import datetime

from domain.homework import HandIn, Homework, HomeworkState, Task, notice_title
from domain.notices import ConfirmMode, Notice, NoticeKind, NoticeState, Version, Work
from domain.schools import School
from domain.subjects import subject_name
from domain.times import list_position, school_text
from services.budgets import settle
from services.context import Context
from services.monitor_counting import mark_weeks
from services.notices import carry_out_soon
from services.report_counting import mark_report

FINISH = "homework.finish"
_WEEKDAYS = "一二三四五六日"
_HOW = {
    HandIn.NOTHING: "不用提交",
    HandIn.TICK: "完成后打勾",
    HandIn.TEXT: "提交文字",
    HandIn.PICTURES: "拍照提交",
    HandIn.VOICE: "提交录音",
    HandIn.FILE: "提交文件",
}


async def finish_soon(ctx: Context, homework_id: str) -> None:
    """Queue the finishing, for the case that this process gets no further."""
    await ctx.enqueue(FINISH, {"homework_id": homework_id}, key=f"{FINISH}:{homework_id}")


async def finish_homework(ctx: Context, homework_id: str, *, own: bool = False) -> None:
    """Do what is left to do for a homework. An attempt that nobody is at any more is given up; one that was begun
    less than a lease ago is left alone.

    `own`: by whoever made the attempt. Anybody else bars one that was given up: who was at it may be slow, not dead.
    """
    homework = await ctx.stores.homework.find(homework_id)
    if homework is None or homework.unfinished_since is None:
        return
    if homework.trying:
        if ctx.now() - homework.unfinished_since < ctx.policy.lease:
            return
        await ctx.stores.homework.mark_given_up(homework.id, homework.attempts)
        homework = await ctx.stores.homework.find(homework_id) or homework
    bar = homework.attempts if homework.proposed and not own else 0
    await settle(ctx, homework, bar=bar)
    days = [task.evening for task in (*homework.versions, *filter(None, [homework.proposed]))]
    await mark_weeks(ctx, homework.school_id, days)
    await mark_report(ctx, homework)
    await _tell(ctx, homework)
    await ctx.stores.homework.mark_finished(homework)


async def _tell(ctx: Context, homework: Homework) -> None:
    """Make the notice say what the homework says; the families hear of each version once."""
    if not homework.versions:
        return
    school = await ctx.stores.schools.find_school(homework.school_id)
    if school is None:
        return
    now = ctx.now()
    withdrawn = homework.state is HomeworkState.WITHDRAWN
    if await ctx.stores.notices.insert(_notice(homework, school, now)):
        if not withdrawn:
            await _soon(ctx, homework, "publish")
        return
    if withdrawn:
        work = Work(purpose="withdraw", due_at=now)
        if await ctx.stores.notices.mark_withdrawn(homework.id, now, work):
            await _soon(ctx, homework, "withdraw")
        return
    for version in _versions(homework, school)[1:]:
        told = homework.is_out(now)
        correction = Work(purpose=f"edit-{version.number}", due_at=now) if told else None
        if await ctx.stores.notices.mark_edited(homework.id, version, correction) and correction:
            await _soon(ctx, homework, correction.purpose)


async def _soon(ctx: Context, homework: Homework, purpose: str) -> None:
    at = homework.publish_at if homework.publish_at > ctx.now() else None
    await carry_out_soon(ctx, homework.id, purpose, at)


def _notice(homework: Homework, school: School, now: datetime) -> Notice:
    """The notice as a whole. One that is withdrawn before families were told is told to nobody."""
    withdrawn = homework.state is HomeworkState.WITHDRAWN
    state = NoticeState.PUBLISHED if homework.publish_at <= now else NoticeState.SCHEDULED
    return Notice(
        id=homework.id,
        school_id=homework.school_id,
        class_ids=homework.class_ids,
        author_id=homework.author_id,
        author_name=homework.author_name,
        confirm=ConfirmMode.NONE,
        deadline_at=homework.task.due_at,
        state=NoticeState.WITHDRAWN if withdrawn else state,
        publish_at=homework.publish_at,
        position=list_position(homework.publish_at, homework.id),
        created_at=homework.created_at,
        versions=_versions(homework, school),
        work=() if withdrawn else (Work(purpose="publish", due_at=homework.publish_at),),
        withdrawn_at=homework.withdrawn_at,
        kind=NoticeKind.HOMEWORK,
        student_ids=homework.student_ids,
    )


def _versions(homework: Homework, school: School) -> tuple[Version, ...]:
    subject = subject_name(homework.subject, school.rules.local_subjects)
    return tuple(
        Version(
            number=number,
            title=notice_title(subject, task.minutes),
            body=_body(task),
            attachments=task.attachments,
            links=task.links,
            written_at=task.written_at,
        )
        for number, task in enumerate(homework.versions, start=1)
    )


def _body(task: Task) -> str:
    """What a family reads. The name of a group is for the teacher alone."""
    kind = "书面作业" if task.written else "非书面作业"
    due = f"，请在 {school_text(task.due_at)} 以前交" if task.due_at else ""
    day = f"{task.day.month}月{task.day.day}日（周{_WEEKDAYS[task.day.weekday()]}）"
    return f"{task.text}\n\n{day}的作业，{kind}，预计 {task.minutes} 分钟。\n{_HOW[task.hand_in]}{due}。"
