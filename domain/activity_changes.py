"""Changing an activity that is asked already: what may still change, and what it said before.

What was answered must go on meaning what it meant: options are added and never taken away or reworded, places become
more and never fewer. Who ranked all options ranked those that there were, so such a question gets no more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain.activities import (
    BODY_LIMIT,
    Activity,
    Change,
    Question,
    QuestionKind,
    check_options,
    parse_closing,
    parse_option,
)
from domain.errors import InvalidError, Problem
from domain.notices import TITLE_LIMIT, Version, checked_text

CHANGE_LIMIT = 10  # every wording is kept whole
GROWS = frozenset({QuestionKind.CHOICE, QuestionKind.SEVERAL})


@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What is added to one question: places by option, each as many as it then has; options as (text, seats)."""

    seats: Mapping[str, int]
    options: Sequence[tuple[str, int]] = ()


def grows(question: Question) -> bool:
    """Whether options may be added to a question that is asked already."""
    return question.kind in GROWS


def parse_change(
    activity: Activity,
    form: Mapping[str, str],
    more: Mapping[str, More],
    *,
    key: str,
    tells: bool,
    now: datetime,
) -> Activity:
    """The activity as it is after a form with title, body and closes_at, and `more` by question; `key` names the act.

    Only a change of what it says is a new wording: more time alone is none. Raises InvalidError naming every field
    that is wrong, all at once.
    """
    problems: dict[str, Problem] = {}
    title = checked_text(form, "title", TITLE_LIMIT, problems)
    body = checked_text(form, "body", BODY_LIMIT, problems)
    closes_at = parse_closing(form.get("closes_at", ""), now, problems)
    if not set(more) <= {q.id for q in activity.questions}:
        problems["questions"] = Problem("unknown")
    questions = tuple(
        _grown(question, more[question.id], f"questions.{number}", problems)
        if question.id in more
        else question
        for number, question in enumerate(activity.questions)
    )
    if problems or closes_at is None:
        raise InvalidError(problems)
    changed = replace(activity, title=title, body=body, closes_at=closes_at, questions=questions)
    if _words(changed) == _words(activity):
        return changed
    held = Change(
        id=key,
        at=now,
        tells=tells,
        title=activity.title,
        body=activity.body,
        questions=activity.questions,
    )
    return replace(changed, changes=(*activity.changes, held))


def _words(activity: Activity) -> tuple[str, str, tuple[Question, ...]]:
    return activity.title, activity.body, activity.questions


def _grown(question: Question, more: More, where: str, problems: dict[str, Problem]) -> Question:
    held = {o.id: o for o in question.options}
    name = f"{where}.options"
    if not set(more.seats) <= set(held):
        problems[name] = Problem("unknown")
        return question
    for option_id, seats in more.seats.items():
        if seats < held[option_id].seats:
            problems[name] = Problem("fewer_seats", held[option_id].seats)
        elif seats and not held[option_id].seats:
            problems[name] = Problem("unknown")
    kept = tuple(replace(o, seats=more.seats.get(o.id, o.seats)) for o in question.options)
    first = len(kept)
    added = tuple(
        parse_option(f"o{n}", text, seats, f"{where}.added", problems)
        for n, (text, seats) in enumerate(more.options, start=first)
    )
    if added and not grows(question):
        problems[name] = Problem("unknown")
    grown = replace(question, options=(*kept, *added))
    if name not in problems:
        check_options(grown, where, problems)
    return grown


def wordings(activity: Activity) -> tuple[Version, ...]:
    """Everything it ever said, as versions of the notice that tells families of it; the last is what it says now."""
    said = [(c.title, c.body) for c in activity.changes] + [(activity.title, activity.body)]
    since = [activity.created_at, *(c.at for c in activity.changes)]
    return tuple(
        Version(
            number=number,
            title=title,
            body=body,
            attachments=activity.attachments,
            links=(),
            written_at=at,
        )
        for number, ((title, body), at) in enumerate(zip(said, since, strict=True), start=1)
    )
