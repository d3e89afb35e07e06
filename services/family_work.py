"""What a child handed in, what teachers said to it, and the mistakes book, as the family takes them home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

from domain.mistakes import Mistake
from domain.names import teacher_name
from domain.submissions import Level, Mark, Stamp, Submission
from domain.times import school_text

Links = Mapping[str, str]
_STAMPS = {
    Stamp.SEEN: "已阅",
    Stamp.GOOD: "真棒",
    Stamp.CAREFUL: "认真",
    Stamp.PROGRESS: "有进步",
    Stamp.EFFORT: "很努力",
}
_LEVELS = {
    Level.EXCELLENT: "优",
    Level.GOOD: "良",
    Level.PASSED: "合格",
    Level.TRY_AGAIN: "再练练",
}


def submission_record(held: Submission, links: Links) -> dict[str, Any]:
    """For programs: every version and every mark; files by the path under which they lie."""
    return {
        "state": held.state,
        "praised_at": held.praised_at,
        "versions": [
            {
                "text": v.text,
                "relation": v.relation,
                "handed_in_at": v.handed_in_at,
                "late": v.late,
                "files": [{"name": f.name, "path": links.get(f.file_id)} for f in v.files],
            }
            for v in held.versions
        ],
        "marks": [
            {
                "version": m.version,
                "teacher": m.teacher_name,
                "at": m.marked_at,
                "returned": m.returned,
                "comment": m.comment,
                "voice": links.get(m.voice.file_id) if m.voice else None,
                "stamp": m.stamp,
                "level": m.level,
                "points": m.points,
                "points_of": m.points_of,
                "drawings": [
                    {
                        "path": links.get(d.file_id),
                        "strokes": [
                            {"colour": s.colour, "width": s.width, "points": list(s.points)}
                            for s in d.strokes
                        ],
                    }
                    for d in m.drawings
                ],
            }
            for m in held.marks
        ],
    }


def mistake_record(mistake: Mistake, links: Links) -> dict[str, Any]:
    """For programs: an entry with its tries."""
    return {
        "subject": mistake.subject,
        "entered_at": mistake.created_at,
        "note": mistake.note,
        "knowledge": mistake.knowledge,
        "cause": mistake.cause,
        "teacher": mistake.teacher,
        "picture": links.get(mistake.file_id or ""),
        "due": mistake.due.isoformat() if mistake.due else None,
        "tries": [{"day": r.day.isoformat(), "right": r.right} for r in mistake.reviews],
    }


def submissions_part(found: Sequence[Submission], links: Links) -> str:
    """For people: what was handed in, newest first."""
    return "".join(
        "<section>"
        + "".join(
            f'<h3>{school_text(v.handed_in_at)} 提交</h3><p class="text">{escape(v.text)}</p>'
            + "".join(_file(f.name, links.get(f.file_id)) for f in v.files)
            for v in held.versions
        )
        + "".join(_mark(m, links) for m in held.marks)
        + "</section>\n"
        for held in sorted(found, key=lambda s: s.first_at, reverse=True)
    )


def _mark(mark: Mark, links: Links) -> str:
    said = [mark.comment]
    if mark.stamp:
        said.append(f"印章：{_STAMPS[mark.stamp]}")
    if mark.level:
        said.append(f"等级：{_LEVELS[mark.level]}")
    if mark.points is not None:
        said.append(f"分数：{mark.points}/{mark.points_of}")
    if mark.returned:
        said.append("请订正")
    words = "，".join(filter(None, said))
    voice = _file(mark.voice.name, links.get(mark.voice.file_id)) if mark.voice else ""
    head = f'<p class="soft">{escape(teacher_name(mark.teacher_name))} {school_text(mark.marked_at)}</p>'
    return f'{head}<p class="text">{escape(words)}</p>{voice}'


def mistakes_part(book: Sequence[Mistake], links: Links) -> str:
    """For people: the mistakes book, newest first."""
    return "".join(
        f"<section><h3>{escape(m.knowledge or school_text(m.created_at))}</h3>"
        f'<p class="text">{escape(m.note)}</p>'
        + (_file("错题", links.get(m.file_id)) if m.file_id else "")
        + "".join(
            f"<p>{r.day.isoformat()} {'对了' if r.right else '还没对'}</p>" for r in m.reviews
        )
        + "</section>\n"
        for m in sorted(book, key=lambda m: m.position, reverse=True)
    )


def _file(name: str, path: str | None) -> str:
    if path is None:
        return f"<p>{escape(name)}（文件已不在）</p>"
    return f'<p><a href="{quote(path)}">{escape(name)}</a></p>'
