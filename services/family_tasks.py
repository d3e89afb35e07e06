"""What a child did and its family said in the virtual class, as the family takes it home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

from domain.remarks import Comment, CommentState, Question
from domain.tasklists import TaskList
from domain.taskworks import TaskWork
from domain.times import school_text
from services.context import Context

Links = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TaskRecord:
    """One list with what the child did, and what was written and asked for it. `received` comments are those that
    were allowed to its pieces, without whose they are."""

    tasks: TaskList | None
    work: TaskWork | None
    written: tuple[Comment, ...]
    received: tuple[Comment, ...]
    questions: tuple[Question, ...]


async def task_records(ctx: Context, school_id: str, student_id: str) -> list[TaskRecord]:
    """Everything of a child, list by list."""
    stores = ctx.stores
    works = {w.list_id: w for w in await stores.taskworks.of_student(school_id, student_id)}
    written = await stores.remarks.comments_by(school_id, student_id)
    received = await stores.remarks.comments_on(school_id, student_id)
    asked = await stores.remarks.questions_of(school_id, student_id)
    ids = sorted({*works, *(c.list_id for c in (*written, *received)), *(q.list_id for q in asked)})
    return [
        TaskRecord(
            await stores.tasklists.find(list_id),
            works.get(list_id),
            tuple(c for c in written if c.list_id == list_id),
            tuple(c for c in received if c.list_id == list_id and c.state is CommentState.ALLOWED),
            tuple(q for q in asked if q.list_id == list_id),
        )
        for list_id in ids
    ]


def task_record(held: TaskRecord, links: Links) -> dict[str, Any]:
    """For programs; files by the path under which they lie."""
    work = held.work
    return {
        "title": held.tasks.title if held.tasks else None,
        "steps_done": [{"step": t.step, "at": t.at} for t in work.done] if work else [],
        "pieces": [
            {
                "step": p.step,
                "text": p.text,
                "at": p.at,
                "relation": p.relation,
                "shared": p.shared,
                "files": [{"name": f.name, "path": links.get(f.file_id)} for f in p.files],
            }
            for p in (work.pieces if work else ())
        ],
        "comments_written": [
            {"text": c.text, "at": c.written_at, "relation": c.relation, "state": c.state}
            for c in held.written
        ],
        "comments_received": [{"text": c.text, "at": c.written_at} for c in held.received],
        "questions": [
            {
                "step": q.step,
                "text": q.text,
                "at": q.asked_at,
                "relation": q.relation,
                "answer": q.answer,
                "answered_at": q.answered_at,
                "shown_to_all": q.shown_at is not None,
            }
            for q in held.questions
        ],
    }


def tasks_part(found: Sequence[TaskRecord], links: Links) -> str:
    """For people."""
    return "".join(_part(held, links) for held in found)


def _part(held: TaskRecord, links: Links) -> str:
    title = held.tasks.title if held.tasks else "任务清单"
    lines = [f"<h3>{escape(title)}</h3>"]
    if held.work:
        lines += [f"<p>第 {t.step} 步，{school_text(t.at)} 完成</p>" for t in held.work.done]
        for piece in held.work.pieces:
            lines.append(f'<p class="text">第 {piece.step} 步：{escape(piece.text)}</p>')
            lines += [_file(f.name, links.get(f.file_id)) for f in piece.files]
    lines += [f'<p class="text">我们的留言：{escape(c.text)}</p>' for c in held.written]
    lines += [f'<p class="text">收到的留言：{escape(c.text)}</p>' for c in held.received]
    for question in held.questions:
        lines.append(f'<p class="text">问：{escape(question.text)}</p>')
        if question.answer:
            lines.append(f'<p class="text">老师答：{escape(question.answer)}</p>')
    return f"<section>{''.join(lines)}</section>\n"


def _file(name: str, path: str | None) -> str:
    if path is None:
        return f"<p>{escape(name)}（文件已不在）</p>"
    return f'<p><a href="{quote(path)}">{escape(name)}</a></p>'
