"""What is decided about the words of a comment or a question in the queue of reviews, and who may report them."""

from __future__ import annotations

from domain.errors import NotFoundError
from domain.remarks import Comment, Question
from domain.roles import Right
from domain.safety import Author, Kind, Outcome, Spot, Subject, Writing
from services.context import Context
from services.people import access_teaching, children_of
from services.remarks import questions_for
from services.study_groups import circle_of
from services.tasklists import access_tasklist_as_teacher
from services.taskworks import access_tasklist_as_guardian


async def settle_comment(ctx: Context, comment_id: str, outcome: Outcome) -> None:
    """Let the group see it as far as its words go; the list's teacher has to allow it beside that."""
    await ctx.stores.remarks.set_verdict(comment_id, outcome)


async def settle_question(ctx: Context, question_id: str, outcome: Outcome) -> None:
    """Let it be shown to all, or not; its family and the teachers see it in any case."""
    await ctx.stores.remarks.set_question_verdict(question_id, outcome)


async def show_comment(ctx: Context, person_id: str, comment_id: str) -> Writing:
    """A comment as its group sees it, or a teacher of the list. Raises NotFoundError."""
    comment = await ctx.stores.remarks.find_comment(comment_id)
    if comment is None:
        raise NotFoundError
    for child in await children_of(ctx, person_id):
        try:
            opened = await access_tasklist_as_guardian(
                ctx, person_id, comment.list_id, child.student.id
            )
        except NotFoundError:
            continue
        circle = await circle_of(ctx, opened)
        if circle is not None and comment.id in {c.id for c in circle.comments}:
            return _writing(Kind.PEER_COMMENT, comment)
    await _access_as_teacher(ctx, person_id, comment.list_id)
    return _writing(Kind.PEER_COMMENT, comment)


async def show_question(ctx: Context, person_id: str, question_id: str) -> Writing:
    """A question that is their own, or shown to all, or asked of them. Raises NotFoundError."""
    question = await ctx.stores.remarks.find_question(question_id)
    if question is None:
        raise NotFoundError
    for child in await children_of(ctx, person_id):
        try:
            opened = await access_tasklist_as_guardian(
                ctx, person_id, question.list_id, child.student.id
            )
        except NotFoundError:
            continue
        own, shown = await questions_for(ctx, opened)
        if question.id in {q.id for q in (*own, *shown)}:
            return _writing(Kind.QUESTION, question)
    await _access_as_teacher(ctx, person_id, question.list_id)
    return _writing(Kind.QUESTION, question)


async def _access_as_teacher(ctx: Context, person_id: str, list_id: str) -> None:
    teaching = await access_teaching(ctx, person_id, Right.HOMEWORK)
    await access_tasklist_as_teacher(ctx, teaching, list_id)


def _writing(kind: Kind, said: Comment | Question) -> Writing:
    """No adult is stored with what was said."""
    return Writing(
        subject=Subject(kind, said.id),
        author=Author("", ""),
        spot=Spot(said.school_id, said.class_id, room=f"tasklist:{said.list_id}"),
        text=said.text,
    )
