"""What was answered to activities for a child, and its leave, as the family takes them home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from domain.activities import Activity
from domain.answers import Answer, Value, options_of
from domain.leaves import Leave, LeaveKind, LeaveState, span_text
from domain.names import teacher_name
from domain.times import school_text

Links = Mapping[str, str]
_STATES = {
    LeaveState.WAITING: "等老师批",
    LeaveState.APPROVED: "已批准",
    LeaveState.REFUSED: "没有批准",
    LeaveState.WITHDRAWN: "已撤回",
}
_KINDS = {LeaveKind.SICK: "病假", LeaveKind.PERSONAL: "事假", LeaveKind.OTHER: "其他"}


def answer_record(
    answer: Answer, activity: Activity | None, place: str, links: Links
) -> dict[str, Any]:
    """For programs: what was asked, every version of the answer; files by the path under which they lie."""
    return {
        "activity": activity.title if activity else None,
        "place": place or None,
        "withdrawn_at": answer.withdrawn_at,
        "versions": [
            {
                "at": version.at,
                "relation": version.relation,
                "values": [
                    {
                        "question": _question(activity, value.question_id),
                        "answer": _said(activity, value),
                        "files": [
                            {"name": f.name, "path": links.get(f.file_id)} for f in value.files
                        ],
                    }
                    for value in version.values
                ],
            }
            for version in answer.versions
        ],
    }


def leave_record(leave: Leave, links: Links) -> dict[str, Any]:
    """For programs: one request."""
    span = leave.span
    return {
        "kind": leave.kind,
        "first": span.first.isoformat(),
        "first_half": span.first_half,
        "last": span.last.isoformat(),
        "last_half": span.last_half,
        "reason": leave.reason,
        "relation": leave.relation,
        "asked_at": leave.asked_at,
        "state": leave.state,
        "teacher": leave.decided_name,
        "decided_at": leave.decided_at,
        "reply": leave.reply,
        "withdrawn_at": leave.withdrawn_at,
        "files": [{"name": f.name, "path": links.get(f.file_id)} for f in leave.files],
    }


def answers_part(answers: Sequence[tuple[Answer, Activity | None, str]], links: Links) -> str:
    """For people: the newest first."""
    found = sorted(answers, key=lambda one: one[0].first_at, reverse=True)
    return "".join(_answer(*one, links) for one in found)


def _answer(answer: Answer, activity: Activity | None, place: str, links: Links) -> str:
    title = activity.title if activity else "已不在的活动"
    taken = "（已取消）" if answer.withdrawn_at else ""
    lines = [
        *([f"名额：{place}"] if place else []),
        *(
            f"{_question(activity, v.question_id)}：{_said(activity, v)}"
            for v in answer.current.values
        ),
    ]
    files = [f for value in answer.current.values for f in value.files]
    return (
        f"<section><h3>{escape(title)}{taken}</h3>"
        f'<p class="soft">{school_text(answer.current.at)}</p>'
        + "".join(f'<p class="text">{escape(line)}</p>' for line in lines)
        + "".join(_file(f.name, links.get(f.file_id)) for f in files)
        + "</section>\n"
    )


def leaves_part(leaves: Sequence[Leave], links: Links) -> str:
    """For people: the newest first."""
    return "".join(
        f"<section><h3>{span_text(one.span)} {_KINDS[one.kind]}，{_STATES[one.state]}</h3>"
        f'<p class="text">{escape(one.reason)}</p>'
        f'<p class="soft">{school_text(one.asked_at)} {escape(_decided(one))}</p>'
        + "".join(_file(f.name, links.get(f.file_id)) for f in one.files)
        + "</section>\n"
        for one in leaves
    )


def _decided(leave: Leave) -> str:
    return f"{teacher_name(leave.decided_name)}：{leave.reply}" if leave.decided_name else ""


def _question(activity: Activity | None, question_id: str) -> str:
    questions = activity.questions if activity else ()
    return next((q.text for q in questions if q.id == question_id), "")


def _said(activity: Activity | None, value: Value) -> str:
    questions = {q.id: q for q in activity.questions} if activity else {}
    question = questions.get(value.question_id)
    words = options_of(question) if question else {}
    if value.option_ids:
        return "、".join(words.get(i, "") for i in value.option_ids)
    if value.number is not None:
        return f"{value.number:g}"
    return value.day.isoformat() if value.day else value.text


def _file(name: str, path: str | None) -> str:
    if path is None:
        return f"<p>{escape(name)}（文件已不在）</p>"
    return f'<p><a href="{quote(path)}">{escape(name)}</a></p>'
