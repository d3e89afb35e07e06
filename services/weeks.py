"""A child's week (每周小结) for its family alone: what was set, handed in, corrected, tried again.

The family is told by a notice to the class, which says that there is one and nothing of any child; what it says is
looked up when a guardian opens it.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.budgets import evening_id
from domain.errors import NotFoundError
from domain.homework import HandIn, Homework
from domain.notices import ConfirmMode, Notice, NoticeKind, NoticeState, Version, Work
from domain.schools import Student
from domain.submissions import SubmissionState, submission_id
from domain.times import SCHOOL_ZONE, list_position
from services.context import Context
from services.families import access_own_child
from services.notices import carry_out_soon
from services.terms import school_day

log = logging.getLogger("yanshu.services")

_DAYS = 7
_YEARS = range(2000, 2100)
_SUNDAY = 6
_FROM = time(17, 0)  # before the new week is packed
_LOCK, _LOCK_SECONDS = "week-summaries", 120.0
_TITLE = "本周作业小结"
_BODY = (
    "这一周的作业、订正和错题都整理好了。在小程序的“作业”里打开“每周小结”，只有您和家人能看到。"
    "\n\n做得慢一点也没关系，比上周的自己多会一道题就好。"
)


@dataclass(frozen=True, slots=True)
class Week:
    """Figures of one child from a Monday on. `late` of what was handed in came after its time; `due` may be tried
    again by now. Minutes are those that teachers expected."""

    monday: date
    homework: int
    minutes: int
    to_hand_in: int
    handed_in: int
    late: int
    to_correct: int
    marked: int
    mistakes: int
    tried: int
    right: int
    learned: int
    due: int


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


async def week_of_child(ctx: Context, person_id: str, student_id: str, day: date) -> Week:
    """The week that a day lies in. Raises NotFoundError for a child they are not bound to, and a week that no
    school has."""
    student = (await access_own_child(ctx, person_id, student_id)).student
    if day.year not in _YEARS:
        raise NotFoundError
    monday = monday_of(day)
    homework = [h for h in await _homework_of(ctx, student, monday) if h.is_out(ctx.now())]
    wanted = [h for h in homework if h.task.hand_in is not HandIn.NOTHING]
    ids = [submission_id(h.id, student.id) for h in wanted]
    submissions = list((await ctx.stores.submissions.many(ids)).values())
    book = await ctx.stores.mistakes.of_student(student.school_id, student.id)
    days = {monday + timedelta(days=n) for n in range(_DAYS)}
    tried = [r for m in book for r in m.reviews if r.day in days]
    today = school_day(ctx.now())
    return Week(
        monday=monday,
        homework=len(homework),
        minutes=sum(h.task.minutes for h in homework),
        to_hand_in=len(wanted),
        handed_in=len(submissions),
        late=sum(s.versions[0].late for s in submissions),
        to_correct=sum(s.state is SubmissionState.RETURNED for s in submissions),
        marked=sum(s.state is SubmissionState.MARKED for s in submissions),
        mistakes=sum(school_day(m.created_at) in days for m in book),
        tried=len(tried),
        right=sum(r.right for r in tried),
        learned=sum(m.learned and m.reviews[-1].day in days for m in book if m.reviews),
        due=sum(m.due is not None and m.due <= today for m in book),
    )


async def _homework_of(ctx: Context, student: Student, monday: date) -> list[Homework]:
    """What is set for a child in its class in a week, by the evenings of that week."""
    keys = [evening_id(student.class_id, monday + timedelta(days=n)) for n in range(_DAYS)]
    evenings = await ctx.stores.evenings.many(keys)
    ids = {r.homework_id for evening in evenings.values() for r in evening.reservations}
    found = await ctx.stores.homework.many(ids)
    return [h for h in found.values() if h.is_for(student.class_id, student.id)]


async def tell_weeks(ctx: Context) -> None:
    """Every minute; on Sunday evening the classes that had homework are told, once a week, by one worker.

    A notice's id is made of class and week, so whoever takes over from one that died tells nobody twice.
    """
    local = ctx.now().astimezone(SCHOOL_ZONE)
    monday = monday_of(local.date())
    if local.weekday() != _SUNDAY or local.time() < _FROM:
        return
    walk = f"weeks:{monday.isoformat()}"
    begun = datetime.combine(monday, time(), SCHOOL_ZONE)
    if await ctx.stores.ageing.bookmark(walk) >= begun:
        return
    run = ctx.new_id()
    if not await ctx.stores.locks.take([_LOCK], owner=run, seconds=_LOCK_SECONDS):
        return
    try:
        told = 0
        for school_id in await ctx.stores.registrations.school_ids():
            told += await _tell_school(ctx, school_id, monday)
            if not await ctx.stores.locks.renew(_LOCK, owner=run, seconds=_LOCK_SECONDS):
                return  # somebody else is at it
        await ctx.stores.ageing.set_bookmark(walk, ctx.now())
        log.info("%d classes are told of their week", told)
    finally:
        await ctx.stores.locks.drop([_LOCK], owner=run)


async def _tell_school(ctx: Context, school_id: str, monday: date) -> int:
    classes: set[str] = set()
    for n in range(_DAYS):
        evenings = await ctx.stores.evenings.of_day(school_id, monday + timedelta(days=n))
        classes |= {evening.class_id for evening in evenings if evening.reservations}
    told = 0
    for class_id in sorted(classes):
        notice = _notice(ctx, school_id, class_id, monday)
        if await ctx.stores.notices.insert(notice):
            await carry_out_soon(ctx, notice.id, "publish")
            told += 1
    return told


def _notice(ctx: Context, school_id: str, class_id: str, monday: date) -> Notice:
    words = f"week|{class_id}|{monday.isoformat()}"
    notice_id, now = hashlib.sha256(words.encode()).hexdigest()[:32], ctx.now()
    version = Version(number=1, title=_TITLE, body=_BODY, attachments=(), links=(), written_at=now)
    return Notice(
        id=notice_id,
        school_id=school_id,
        class_ids=(class_id,),
        author_id="",
        author_name="雁书",
        kind=NoticeKind.WEEK,
        confirm=ConfirmMode.NONE,
        deadline_at=None,
        state=NoticeState.PUBLISHED,
        publish_at=now,
        position=list_position(now, notice_id),
        created_at=now,
        versions=(version,),
        work=(Work(purpose="publish", due_at=now),),
    )
