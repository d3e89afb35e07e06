"""Telling families of a task list, and of a teacher's answer: by notices, outside quiet hours, each once.

A list's notice has its id; an answer's has the question's, and is for that child alone. Everything here may run
twice or stop anywhere: each step brings about what is stored, and does nothing where it is so already.
"""

from __future__ import annotations

from datetime import date

from domain.notices import ConfirmMode, Notice, NoticeKind, NoticeState, Version, Work
from domain.tasklists import TaskList, notice_title
from domain.times import list_position
from services.context import Context
from services.family_words import FamilyWord, tell_family
from services.notices import carry_out_soon
from services.quiet import quiet_at

TELL_LIST = "tasklists.tell"
_BATCH = 100
_VOLUNTARY = (
    "{days}，共 {steps} 小步。完全自愿：做不做、做哪几步都由孩子和家里定，"
    "不占作业时间，不打卡，不评比。"
)
_ANSWER_TITLE = "老师回答了您的问题"
_ANSWER_BODY = "在首页的“周末与假期”里打开那份任务清单，就能看到老师的回答。不着急，有空再看。"


async def tell_soon(ctx: Context, list_id: str) -> None:
    """Queue the telling, for the case that this process gets no further."""
    await ctx.enqueue(TELL_LIST, {"list_id": list_id}, key=f"{TELL_LIST}:{list_id}")


async def tell_tasklist(ctx: Context, list_id: str) -> None:
    """Make the notice say what the list says."""
    tasks = await ctx.stores.tasklists.find(list_id)
    if tasks is None or tasks.untold_since is None:
        return
    now = ctx.now()
    withdrawn = tasks.withdrawn_at is not None
    if await ctx.stores.notices.insert(_list_notice(tasks)):
        if not withdrawn:
            at = tasks.opens_at if tasks.opens_at > now else None
            await carry_out_soon(ctx, tasks.id, "publish", at)
    elif withdrawn:
        quiet = await quiet_at(ctx, tasks.school_id)
        work = Work(purpose="withdraw", due_at=quiet.next_moment(now))
        if await ctx.stores.notices.mark_withdrawn(tasks.id, now, work):
            await carry_out_soon(ctx, tasks.id, work.purpose, work.due_at)
    await ctx.stores.tasklists.mark_told(tasks)


async def tell_answer(ctx: Context, question_id: str) -> None:
    """Tell a family that its question was answered; what the answer says it reads in the list."""
    question = await ctx.stores.remarks.find_question(question_id)
    if question is None or question.untold_since is None:
        return
    word = FamilyWord(
        id=question.id,
        school_id=question.school_id,
        class_id=question.class_id,
        student_id=question.student_id,
        said_by=question.answered_by,
        title=_ANSWER_TITLE,
        body=_ANSWER_BODY,
    )
    await tell_family(ctx, word)
    await ctx.stores.remarks.mark_told(question_id)


async def tell_tasklists(ctx: Context) -> None:
    """Every minute: what a process that died has left untold."""
    before = ctx.now() - ctx.policy.lease
    for list_id in await ctx.stores.tasklists.untold(before, _BATCH):
        await tell_tasklist(ctx, list_id)
    for question_id in await ctx.stores.remarks.untold(before, _BATCH):
        await tell_answer(ctx, question_id)


def _list_notice(tasks: TaskList) -> Notice:
    """The notice as a whole. One that is withdrawn before families were told is told to nobody."""
    withdrawn = tasks.withdrawn_at is not None
    waits = tasks.opens_at > tasks.created_at
    state = NoticeState.SCHEDULED if waits else NoticeState.PUBLISHED
    about = _VOLUNTARY.format(days=_days(tasks.first_on, tasks.last_on), steps=len(tasks.steps))
    version = Version(
        number=1,
        title=notice_title(tasks.title),
        body=f"{tasks.intro}\n\n{about}".strip(),
        attachments=(),
        links=(),
        written_at=tasks.created_at,
    )
    return Notice(
        id=tasks.id,
        school_id=tasks.school_id,
        class_ids=(tasks.class_id,),
        author_id=tasks.author_id,
        author_name=tasks.author_name,
        confirm=ConfirmMode.NONE,
        deadline_at=None,
        state=NoticeState.WITHDRAWN if withdrawn else state,
        publish_at=tasks.opens_at,
        position=list_position(tasks.opens_at, tasks.id),
        created_at=tasks.created_at,
        versions=(version,),
        work=() if withdrawn else (Work(purpose="publish", due_at=tasks.opens_at),),
        withdrawn_at=tasks.withdrawn_at,
        kind=NoticeKind.TASKLIST,
    )


def _days(first: date, last: date) -> str:
    start = f"{first.month}月{first.day}日"
    return start if first == last else f"{start}到{last.month}月{last.day}日"
