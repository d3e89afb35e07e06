"""Comments of families to each other's pieces, held until the teacher allows them; questions to the teacher (答疑)."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import replace
from typing import TypeVar

from domain.audit import Act
from domain.errors import ConflictError, NotFoundError
from domain.naming import without_names
from domain.remarks import (
    ANSWER_LIMIT,
    COMMENT_LIMIT,
    MOST_COMMENTS,
    MOST_QUESTIONS,
    QUESTION_LIMIT,
    Comment,
    CommentState,
    Question,
    parse_words,
)
from domain.safety import Author, Kind, Outcome, Spot, Subject, Writing
from domain.submissions import first_name
from domain.tasklists import TaskList
from services.audit import note_act
from services.context import Context
from services.people import Teaching
from services.safety import ensure_may_speak, judge
from services.study_groups import circle_of
from services.tasklist_telling import tell_answer
from services.tasklists import access_tasklist_as_teacher
from services.taskworks import Opened, check_may_act

_Remark = TypeVar("_Remark", Comment, Question)


async def comment_piece(
    ctx: Context, opened: Opened, person_id: str, piece_id: str, words: str, *, key: str
) -> Comment:
    """Say something to a piece that another child of the group shares. It waits; nobody sees it before it is allowed.

    Durable with the insert (`task_comments`). The same key is the same comment. Raises NotFoundError for a piece they
    don't see; InvalidError; ConflictError: `no_consent` (their own first name would stand beside it), `comments_full`.
    """
    check_may_act(ctx, opened)
    tasks, author = opened.tasks, opened.student
    text = parse_words(words, COMMENT_LIMIT)
    circle = await circle_of(ctx, opened)
    owner = next(
        (
            f.student
            for f in (circle.fellows if circle else ())
            for p in f.pieces
            if p.id == piece_id
        ),
        None,
    )
    if circle is None or owner is None:
        raise NotFoundError
    if not circle.agrees:
        raise ConflictError("no_consent")
    comment_id = _id("comment", person_id, tasks.id, author.id, key)
    held = await ctx.stores.remarks.comments(tasks.school_id, tasks.id)
    own = {c.id for c in held if c.author_id == author.id}
    _check_room(comment_id, own, MOST_COMMENTS, "comments_full")
    subject = Subject(Kind.PEER_COMMENT, comment_id)
    comment = Comment(
        id=comment_id,
        school_id=tasks.school_id,
        list_id=tasks.id,
        class_id=tasks.class_id,
        piece_id=piece_id,
        student_id=owner.id,
        author_id=author.id,
        relation=opened.child.binding.relation,
        text=text,
        written_at=ctx.now(),
        verdict=await _judged(ctx, opened, person_id, subject, text),
    )
    await ctx.stores.remarks.add_comment(comment)
    return comment


async def _judged(
    ctx: Context, opened: Opened, person_id: str, subject: Subject, text: str
) -> Outcome:
    """What the words are judged to be. Raises SilencedError, WordsRefusedError."""
    tasks = opened.tasks
    spot = Spot(tasks.school_id, tasks.class_id, room=f"tasklist:{tasks.id}")
    await ensure_may_speak(ctx, person_id, spot)
    name = f"{first_name(opened.student.name)}的家人"
    author = Author(person_id, name)
    writing = Writing(subject=subject, author=author, spot=spot, text=text)
    return (await judge(ctx, writing)).accepted().outcome


async def take_comment_back(ctx: Context, opened: Opened, comment_id: str) -> None:
    """The family's own comment is gone for all; one that is gone is gone. Raises ConflictError `may_only_read`."""
    if not opened.child.binding.may_confirm:
        raise ConflictError("may_only_read")
    said = await ctx.stores.remarks.comments(opened.tasks.school_id, opened.tasks.id)
    own = [c.id for c in said if c.id == comment_id and c.author_id == opened.student.id]
    await ctx.stores.remarks.drop_comments(own)


async def decide_comment(
    ctx: Context, teaching: Teaching, list_id: str, comment_id: str, *, allow: bool
) -> Comment:
    """Let the group see a comment, or not; a decision may be taken back. In the audit log, then durable with one
    write (`task_comments`). Twice is once. Raises NotFoundError."""
    tasks = await access_tasklist_as_teacher(ctx, teaching, list_id)
    comment = await _comment(ctx, tasks, comment_id)
    state = CommentState.ALLOWED if allow else CommentState.REFUSED
    if comment.state is not state:
        await note_act(
            ctx,
            teaching.actor,
            Act.COMMENT_ALLOWED if allow else Act.COMMENT_REFUSED,
            subject=("comment", comment_id),
            before={"state": comment.state},
            after={"state": state, "class_id": tasks.class_id},
        )
        await ctx.stores.remarks.mark_decided(comment_id, state, ctx.now())
    return await _comment(ctx, tasks, comment_id)


async def _comment(ctx: Context, tasks: TaskList, comment_id: str) -> Comment:
    return _on_list(tasks, await ctx.stores.remarks.find_comment(comment_id))


async def ask_question(
    ctx: Context, opened: Opened, person_id: str, step: int, words: str, *, key: str
) -> Question:
    """Ask the teacher something about the list (step 0) or a step; only the family and the teachers see it.

    Durable with the insert (`task_questions`). The same key is the same question. Raises NotFoundError; InvalidError;
    ConflictError: also `questions_full`.
    """
    check_may_act(ctx, opened)
    tasks, student = opened.tasks, opened.student
    if step and tasks.step(step) is None:
        raise NotFoundError
    text = parse_words(words, QUESTION_LIMIT)
    question_id = _id("question", person_id, tasks.id, student.id, key)
    held = await ctx.stores.remarks.questions(tasks.school_id, tasks.id)
    own = {q.id for q in held if q.student_id == student.id}
    _check_room(question_id, own, MOST_QUESTIONS, "questions_full")
    subject = Subject(Kind.QUESTION, question_id)
    question = Question(
        id=question_id,
        school_id=tasks.school_id,
        list_id=tasks.id,
        class_id=tasks.class_id,
        step=step,
        student_id=student.id,
        relation=opened.child.binding.relation,
        text=text,
        asked_at=ctx.now(),
        verdict=await _judged(ctx, opened, person_id, subject, text),
    )
    await ctx.stores.remarks.add_question(question)
    return question


async def answer_question(
    ctx: Context, teaching: Teaching, list_id: str, question_id: str, words: str
) -> Question:
    """Answer a family, or answer anew; it is told of the first answer. Durable with one write (`task_questions`).

    Raises NotFoundError; InvalidError; ConflictError when a colleague answered since.
    """
    tasks = await access_tasklist_as_teacher(ctx, teaching, list_id)
    question = await _question(ctx, tasks, question_id)
    text = parse_words(words, ANSWER_LIMIT)
    if question.answer != text:
        if not await ctx.stores.remarks.mark_answered(question, text, teaching.name, ctx.now()):
            raise ConflictError
        await tell_answer(ctx, question_id)
    return await _question(ctx, tasks, question_id)


async def show_answer(
    ctx: Context, teaching: Teaching, list_id: str, question_id: str, *, shown: bool
) -> Question:
    """Put question and answer on the list for all, without whose it is, or take them off. In the audit log.

    Raises NotFoundError; ConflictError `not_answered`, and `words_held` while its words wait for a decision.
    """
    tasks = await access_tasklist_as_teacher(ctx, teaching, list_id)
    question = await _question(ctx, tasks, question_id)
    if question.answered_at is None:
        raise ConflictError("not_answered")
    if shown and question.verdict is not Outcome.PASS:
        raise ConflictError("words_held")
    if shown is (question.shown_at is None):
        await note_act(
            ctx,
            teaching.actor,
            Act.ANSWER_SHOWN if shown else Act.ANSWER_HIDDEN,
            subject=("question", question_id),
            before={"shown": not shown},
            after={"shown": shown, "class_id": tasks.class_id},
        )
        await ctx.stores.remarks.set_shown(question_id, ctx.now() if shown else None)
    return await _question(ctx, tasks, question_id)


async def _question(ctx: Context, tasks: TaskList, question_id: str) -> Question:
    return _on_list(tasks, await ctx.stores.remarks.find_question(question_id))


async def questions_for(ctx: Context, opened: Opened) -> tuple[list[Question], list[Question]]:
    """The family's own questions, and those of others that are shown to all, with the names of the class's pupils
    taken out."""
    tasks = opened.tasks
    held = await ctx.stores.remarks.questions(tasks.school_id, tasks.id)
    own = [q for q in held if q.student_id == opened.student.id]
    shown = [
        q
        for q in held
        if q.shown_at and q.student_id != opened.student.id and q.verdict is Outcome.PASS
    ]
    if not shown:
        return own, []
    pupils = await ctx.stores.schools.students_of(tasks.school_id, [tasks.class_id])
    names = [pupil.name for pupil in pupils]
    return own, [
        replace(q, text=without_names(q.text, names), answer=without_names(q.answer, names))
        for q in shown
    ]


def _on_list(tasks: TaskList, found: _Remark | None) -> _Remark:
    """What was found, if it belongs to this list. Raises NotFoundError: absent and another list's are the same."""
    if found is None or found.list_id != tasks.id:
        raise NotFoundError
    return found


def _check_room(remark_id: str, own: Collection[str], most: int, code: str) -> None:
    """Whether a family may say one more here; what it has said already is no other one. Raises ConflictError."""
    if remark_id not in own and len(own) >= most:
        raise ConflictError(code)


def _id(*words: str) -> str:
    return hashlib.sha256("|".join(words).encode()).hexdigest()[:32]
