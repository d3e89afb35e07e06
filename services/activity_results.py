"""What came in for an activity, for whoever published it and nobody else; and as an Excel file."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.activities import Activity, Per, QuestionKind
from domain.answers import Answer, Total, Value, counts, options_of, totals
from domain.audit import Act, Actor
from domain.errors import NotFoundError
from domain.files import StoredFile
from domain.seats import Seats, Standing
from domain.times import school_text
from services.activities import access_activity_as_author
from services.activity_telling import staff_of
from services.audit import note_act
from services.context import Context
from services.people import Teaching
from services.seats import seats_of
from services.spreadsheets import Row, Sheet, built

_NOT_IN_FILE_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class Came(StrEnum):
    """What became of the asking of one child or adult."""

    ANSWERED = "answered"
    WAITING = "waiting"  # for a place
    WITHDRAWN = "withdrawn"
    MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One child, or one adult, who is asked."""

    subject_id: str
    name: str
    class_name: str
    came: Came
    answer: Answer | None
    option_id: str
    place_in_line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """Everything of an activity: those who are asked in the school's order, and what they come to."""

    activity: Activity
    seats: Seats | None
    lines: tuple[Line, ...]
    totals: tuple[Total, ...]

    @property
    def answered(self) -> int:
        """How many answers stand."""
        return sum(line.came is Came.ANSWERED for line in self.lines)

    @property
    def waiting(self) -> int:
        """How many wait for a place."""
        return sum(line.came is Came.WAITING for line in self.lines)


async def results_of(ctx: Context, teaching: Teaching, activity_id: str) -> Results:
    """Who answered what, of the classes that are still theirs. Raises NotFoundError."""
    activity = await access_activity_as_author(ctx, teaching, activity_id)
    seats = await seats_of(ctx, activity)
    held = await ctx.stores.answers.of_activity(activity.school_id, activity.id)
    mine = set(teaching.class_ids())
    answers = {a.subject_id: a for a in held if activity.staff or a.class_id in mine}
    names = await _asked_names(ctx, teaching, activity, answers)
    lines = [
        _line(subject, name, group, answers.get(subject), activity, seats)
        for subject, (name, group) in names.items()
    ]
    return Results(
        activity=activity,
        seats=seats,
        lines=tuple(lines),
        totals=totals(activity, list(answers.values()), seats),
    )


async def totals_of(ctx: Context, activity: Activity, seats: Seats | None) -> tuple[Total, ...]:
    """What the answers come to, for whoever is asked, where the publisher lets them see it; nobody is named."""
    if not activity.shows_totals:
        return ()
    answers = await ctx.stores.answers.of_activity(activity.school_id, activity.id)
    return totals(activity, answers, seats)


async def _asked_names(
    ctx: Context, teaching: Teaching, activity: Activity, answers: Mapping[str, Answer]
) -> dict[str, tuple[str, str]]:
    """Name and class of each subject. Of adults only those who answered are listed, by the child they belong to."""
    if activity.staff:
        held = await ctx.stores.appointments.of_school(activity.school_id)
        names = {a.person_id: a.name for a in held if a.stands(ctx.now())}
        people = sorted(await staff_of(ctx, activity.school_id), key=lambda p: names[p])
        return {p: (names[p], "") for p in people if p != activity.author_id}
    groups = {c.id: c.name for c in teaching.classes if c.id in activity.class_ids}
    pupils = await ctx.stores.schools.students_of(activity.school_id, list(groups))
    if activity.per is Per.CHILD:
        return {s.id: (s.name, groups[s.class_id]) for s in pupils}
    by_id = {s.id: s for s in pupils}
    return {
        a.subject_id: (
            f"{by_id[a.student_id].name} {a.current.relation}".strip(),
            groups[by_id[a.student_id].class_id],
        )
        for a in sorted(answers.values(), key=lambda a: a.first_at)
        if a.student_id in by_id
    }


def _line(
    subject_id: str,
    name: str,
    class_name: str,
    answer: Answer | None,
    activity: Activity,
    seats: Seats | None,
) -> Line:
    standing, option_id = seats.standing(subject_id) if seats else (Standing.NONE, "")
    came = Came.MISSING
    if answer is not None and answer.withdrawn_at is not None:
        came = Came.WITHDRAWN
    elif answer is not None and counts(answer, activity, seats):
        came = Came.ANSWERED
    elif answer is not None and standing is Standing.WAITING:
        came = Came.WAITING
    return Line(
        subject_id=subject_id,
        name=name,
        class_name=class_name,
        came=came,
        answer=answer,
        option_id=option_id,
        place_in_line=seats.place_in_line(subject_id) if seats else 0,
    )


async def open_answer_file(
    ctx: Context, teaching: Teaching, activity_id: str, subject_id: str, file_id: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A file of an answer, for whoever published the activity. Raises NotFoundError."""
    found = await results_of(ctx, teaching, activity_id)
    for line in found.lines:
        if line.subject_id == subject_id and line.answer and file_id in line.answer.files():
            return await open_given(ctx, line.answer, file_id)
    raise NotFoundError


async def open_given(
    ctx: Context, answer: Answer | None, file_id: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A file of an answer that the caller was let into. Raises NotFoundError."""
    is_there = answer is not None and file_id in answer.files()
    file = await ctx.stores.files.find(file_id) if is_there else None
    if file is None:
        raise NotFoundError
    return file, ctx.stores.files.read(file_id)


# -- the Excel file --------------------------------------------------------------------------------------

CAME_WORDS = {
    Came.ANSWERED: "已填写",
    Came.WAITING: "候补",
    Came.WITHDRAWN: "已取消",
    Came.MISSING: "还没填",
}


async def export_results(ctx: Context, teaching: Teaching, results: Results) -> bytes:
    """The file's bytes; that they were taken is noted first. Built off the loop."""
    await note_act(
        ctx,
        teaching.actor,
        Act.ANSWERS_EXPORTED,
        subject=("activity", results.activity.id),
        after={"class_ids": list(results.activity.class_ids), "count": results.answered},
    )
    return await asyncio.to_thread(built, [_list(results), _summary(results)])


async def export_totals(ctx: Context, actor: Actor, activity: Activity) -> bytes:
    """How many chose what, where the publisher lets others see it; nobody is named, so `count` is 0."""
    seats = await seats_of(ctx, activity)
    found = await totals_of(ctx, activity, seats)
    await note_act(
        ctx,
        actor,
        Act.ANSWERS_EXPORTED,
        subject=("activity", activity.id),
        after={"class_ids": list(activity.class_ids), "count": 0},
    )
    summary = _summary(Results(activity=activity, seats=seats, lines=(), totals=found))
    return await asyncio.to_thread(built, [summary])


def results_name(activity: Activity) -> str:
    """What the download is called."""
    title = _NOT_IN_FILE_NAMES.sub("", activity.title).strip(" .")
    return f"结果 {title}.xlsx"


def _list(results: Results) -> Sheet:
    questions = results.activity.questions
    heads = [("班级", 14), ("姓名", 18), ("状态", 10), ("填写人", 10), ("时间", 18)]
    heads += [(q.text, 24) for q in questions]
    rows = [_row(results, line) for line in _by_place(results)]
    return Sheet("名单", heads, rows)


def _by_place(results: Results) -> Sequence[Line]:
    """Where there are places, who has which in their order: a teacher's table of the evening."""
    seated = results.activity.seated
    if seated is None:
        return results.lines
    order = {o.id: n for n, o in enumerate(seated.options)}
    rest = len(order)
    return sorted(
        results.lines, key=lambda x: (x.came is not Came.ANSWERED, order.get(x.option_id, rest))
    )


def _row(results: Results, line: Line) -> Row:
    answer = line.answer
    says = line.came in (Came.ANSWERED, Came.WAITING)
    head: list[str | int | float] = [
        line.class_name,
        line.name,
        CAME_WORDS[line.came],
        answer.current.relation if answer and says else "",
        school_text(answer.current.at) if answer and says else "",
    ]
    values = {v.question_id: v for v in answer.current.values} if answer and says else {}
    for question in results.activity.questions:
        words = options_of(question)
        if question.has_seats:
            head.append(words.get(line.option_id, "") if says else "")
        else:
            head.append(said(question.kind, values.get(question.id), words))
    return head


def said(kind: QuestionKind, value: Value | None, words: Mapping[str, str]) -> str | float:
    """What was answered to a question, in one cell; `words` are what its options say."""
    if value is None:
        return ""
    if kind is QuestionKind.NUMBER and value.number is not None:
        return value.number
    if kind is QuestionKind.DATE and value.day is not None:
        return value.day.isoformat()
    if kind is QuestionKind.SIGN:
        return "已签名"
    if kind is QuestionKind.FILE:
        return "、".join(f.name for f in value.files)
    if value.option_ids:
        between = " > " if kind is QuestionKind.RANKED else "、"
        return between.join(words.get(i, "") for i in value.option_ids)
    return value.text


def _summary(results: Results) -> Sheet:
    questions = {q.id: q for q in results.activity.questions}
    left = results.seats.left() if results.seats else {}
    rows: list[Row] = []
    for total in results.totals:
        question = questions[total.question_id]
        seated = question.has_seats
        rows.append(
            [
                question.text,
                options_of(question)[total.option_id],
                total.count,
                left.get(total.option_id, 0) if seated else "",
                total.mean_place if total.mean_place is not None else "",
            ]
        )
    heads = [("题目", 30), ("选项", 30), ("人数", 8), ("剩余名额", 10), ("平均名次", 10)]
    return Sheet("汇总", heads, rows)
