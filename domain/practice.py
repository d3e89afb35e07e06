"""Practice beside the mistakes book (靶向练习): links that a class's teacher chose for a knowledge point or a chapter.

A link is for everybody in the class whose mistake is of that point; which child sees it is nobody's to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.chapters import chapter_key
from domain.errors import InvalidError, Problem
from domain.mistakes import KNOWLEDGE_LIMIT
from domain.notices import link_allowed

TITLE_LIMIT = 40
CLASS_LIMIT = 200  # links of a class; a term's knowledge points, a few each


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """One link. `point` is a knowledge point or a chapter, as people write it."""

    id: str
    school_id: str
    class_id: str
    subject: str
    point: str
    title: str
    address: str
    created_at: datetime


def check_practice(point: str, title: str, address: str, *, allowed_hosts: Sequence[str]) -> None:
    """Raises InvalidError with every wrong field."""
    problems: dict[str, Problem] = {}
    for field, text, most in (("point", point, KNOWLEDGE_LIMIT), ("title", title, TITLE_LIMIT)):
        if not text:
            problems[field] = Problem("missing")
        elif len(text) > most or not text.isprintable():
            problems[field] = Problem("too_long", most)
    if not address:
        problems["address"] = Problem("missing")
    elif not link_allowed(address, allowed_hosts):
        problems["address"] = Problem("link_refused")
    if problems:
        raise InvalidError(problems)


def is_of(practice: Practice, subject: str, knowledge: str) -> bool:
    """Whether it is for a mistake of this point: the same words, or the same chapter however it is typed."""
    return practice.subject == subject and chapter_key(knowledge) == chapter_key(practice.point)
