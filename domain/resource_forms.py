"""The form in which a teacher files a resource: untrusted → typed, every wrong field at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from domain.errors import InvalidError, Problem
from domain.forms import typed_line
from domain.resources import SAYS_WHENCE, Claim, Content, Kind

TITLE_LIMIT = 60
SUMMARY_LIMIT = 500
WHENCE_LIMIT = 200
CHAPTER_LIMIT = 60
PARTS_LIMIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A form, checked; the book is one of those of its grade and subject, or none."""

    kind: Kind
    title: str
    summary: str
    claim: Claim
    whence: str
    grade: int
    subject: str
    book_id: str
    chapter: str
    open: bool


def form_of(content: Content) -> dict[str, str]:
    """The form as it is filled in at first."""
    return {
        "kind": content.kind.value,
        "title": content.title,
        "summary": content.summary,
        "claim": content.claim.value,
        "whence": content.whence,
        "grade": str(content.grade),
        "subject": content.subject,
        "book_id": content.book_id,
        "chapter": content.chapter,
        "open": "yes" if content.open else "",
    }


def parse_draft(
    form: Mapping[str, str],
    file_ids: Collection[str],
    *,
    grades: Collection[int],
    subjects: Collection[str],
) -> Draft:
    """A form as typed; `grades` and `subjects` are those of the school. Raises InvalidError naming what is wrong."""
    wrong: dict[str, Problem] = {}
    kind, claim = form.get("kind", ""), form.get("claim", "")
    if kind not in set(Kind):
        wrong["kind"] = Problem("missing")
    if claim not in set(Claim):
        wrong["claim"] = Problem("missing")
    grade = {str(number): number for number in grades}.get(form.get("grade", ""), 0)
    if not grade:
        wrong["grade"] = Problem("unknown")
    subject = form.get("subject", "")
    if subject not in subjects:
        wrong["subject"] = Problem("unknown")
    whence = typed_line(form, "whence", WHENCE_LIMIT, wrong, needed=claim in SAYS_WHENCE)
    if not file_ids:
        wrong["file_ids"] = Problem("missing")
    elif len(set(file_ids)) > PARTS_LIMIT:
        wrong["file_ids"] = Problem("too_many", PARTS_LIMIT)
    title = typed_line(form, "title", TITLE_LIMIT, wrong, needed=True)
    summary = _text(form, wrong)
    chapter = typed_line(form, "chapter", CHAPTER_LIMIT, wrong, needed=True)
    if wrong:
        raise InvalidError(wrong)
    return Draft(
        kind=Kind(kind),
        title=title,
        summary=summary,
        claim=Claim(claim),
        whence=whence,
        grade=grade,
        subject=subject,
        book_id=form.get("book_id", "")[:64],
        chapter=chapter,
        open=form.get("open", "") == "yes",
    )


def _text(form: Mapping[str, str], wrong: dict[str, Problem]) -> str:
    text = form.get("summary", "").replace("\r\n", "\n").strip()
    if not text:
        wrong["summary"] = Problem("missing")
    elif len(text) > SUMMARY_LIMIT:
        wrong["summary"] = Problem("too_long", SUMMARY_LIMIT)
    elif not all(c.isprintable() or c == "\n" for c in text):
        wrong["summary"] = Problem("control_characters")
    return text
