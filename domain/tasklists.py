"""A task list (任务清单) of the virtual class: what a teacher offers for a weekend or a holiday, step by step.

It is voluntary (自愿): it costs nothing of an evening's minutes, has no due time, and covers days without school alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from domain.errors import InvalidError, Problem
from domain.evenings import has_school
from domain.notices import Attachment, checked_text, link_allowed
from domain.terms import Term
from domain.times import SCHOOL_ZONE, QuietHours

TITLE_LIMIT = 16  # with 自愿： before it, it fits a card of 20 characters
INTRO_LIMIT = 1000
STEP_LIMIT = 12
STEP_TEXT_LIMIT = 300
STEP_FILE_LIMIT = 3
MOST_DAYS = 70  # the longest summer
HORIZON = timedelta(days=60)
_DAY = timedelta(days=1)
_BREAKS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; `number` counts from 1 and never changes."""

    number: int
    text: str
    link: str
    attachments: tuple[Attachment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskList:
    """A list for one class. `subject` is empty for one of no subject.

    Families see it from `opens_at` on; until `closes_at` they may do something with it, after that they read it.
    `untold_since`: its notice is still to say what the list says, since then.
    """

    id: str
    school_id: str
    class_id: str
    subject: str
    author_id: str
    author_name: str
    title: str
    intro: str
    steps: tuple[Step, ...]
    first_on: date
    last_on: date
    opens_at: datetime
    closes_at: datetime
    created_at: datetime
    position: str
    untold_since: datetime | None = None
    withdrawn_at: datetime | None = None

    def is_out(self, at: datetime) -> bool:
        """Whether families see it."""
        return self.withdrawn_at is None and self.opens_at <= at

    def is_open(self, at: datetime) -> bool:
        """Whether they may do something with it."""
        return self.is_out(at) and at < self.closes_at

    def step(self, number: int) -> Step | None:
        """One of its steps, if there is such a one."""
        return next((step for step in self.steps if step.number == number), None)

    def files(self) -> dict[str, Attachment]:
        """Every file of its steps."""
        return {a.file_id: a for step in self.steps for a in step.attachments}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepDraft:
    """A step as it was typed, checked."""

    text: str
    link: str
    file_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked form, not yet looked up in the store or the calendar."""

    class_id: str
    subject: str
    title: str
    intro: str
    first_on: date
    last_on: date
    steps: tuple[StepDraft, ...]


def parse_tasklist(
    form: Mapping[str, str],
    steps: Sequence[StepDraft],
    *,
    allowed_hosts: Sequence[str],
    today: date,
) -> Draft:
    """A form as typed → a draft.

    `form` holds class_id, subject (blank: of none), title, intro (may be blank), first_on and last_on (2027-01-23).
    Raises InvalidError naming every field that is wrong, at once; a step's are `steps.0.words`, `.link`, `.file_ids`.
    """
    problems: dict[str, Problem] = {}
    title = checked_text(form, "title", TITLE_LIMIT, problems)
    intro = ""
    if form.get("intro", "").strip():
        intro = checked_text(form, "intro", INTRO_LIMIT, problems)
    if not form.get("class_id"):
        problems["class_id"] = Problem("missing")
    checked = [_checked_step(n, step, allowed_hosts, problems) for n, step in enumerate(steps)]
    if not steps:
        problems["steps"] = Problem("missing")
    elif len(steps) > STEP_LIMIT:
        problems["steps"] = Problem("too_many", STEP_LIMIT)
    first = _checked_day(form, "first_on", problems)
    last = _checked_day(form, "last_on", problems)
    if first and last:
        _check_days(first, last, today, problems)
    if problems or first is None or last is None:
        raise InvalidError(problems)
    return Draft(
        class_id=form["class_id"],
        subject=form.get("subject", ""),
        title=title,
        intro=intro,
        first_on=first,
        last_on=last,
        steps=tuple(checked),
    )


def _checked_step(
    number: int, step: StepDraft, allowed_hosts: Sequence[str], problems: dict[str, Problem]
) -> StepDraft:
    name, link = f"steps.{number}", step.link.strip()
    text = checked_text({f"{name}.words": step.text}, f"{name}.words", STEP_TEXT_LIMIT, problems)
    if link and not link_allowed(link, allowed_hosts):
        problems[f"{name}.link"] = Problem("link_refused")
    if len(step.file_ids) > STEP_FILE_LIMIT:
        problems[f"{name}.file_ids"] = Problem("too_many", STEP_FILE_LIMIT)
    return StepDraft(text=text, link=link, file_ids=tuple(dict.fromkeys(step.file_ids)))


def _checked_day(form: Mapping[str, str], name: str, problems: dict[str, Problem]) -> date | None:
    text = form.get(name, "")
    try:
        return date.fromisoformat(text)
    except ValueError:
        problems[name] = Problem("not_a_day" if text else "missing")
        return None


def _check_days(first: date, last: date, today: date, problems: dict[str, Problem]) -> None:
    if last < today:
        problems["last_on"] = Problem("in_the_past")
    elif last < first:
        problems["last_on"] = Problem("before_begin")
    elif last - first >= timedelta(days=MOST_DAYS):
        problems["last_on"] = Problem("too_far", MOST_DAYS)
    if first > today + HORIZON:
        problems["first_on"] = Problem("too_far", HORIZON.days)


def check_free(terms: Sequence[Term], first: date, last: date) -> None:
    """Whether no day between them has school: an evening after school is never a list's. Raises InvalidError."""
    problems = {
        name: Problem("school_day")
        for name, day in (("first_on", first), ("last_on", last))
        if has_school(terms, day)
    }
    between = (first + n * _DAY for n in range((last - first).days + 1))
    if not problems and any(has_school(terms, day) for day in between):
        problems["last_on"] = Problem("school_between")
    if problems:
        raise InvalidError(problems)


def breaks_ahead(terms: Sequence[Term], today: date) -> list[tuple[date, date]]:
    """The next breaks (weekends, holidays), the one that lasts today first; first and last day of each."""
    found: list[tuple[date, date]] = []
    day, end = today, today + HORIZON
    while day <= end and len(found) < _BREAKS:
        if has_school(terms, day):
            day += _DAY
            continue
        last = day
        while last - day < timedelta(days=MOST_DAYS - 1) and not has_school(terms, last + _DAY):
            last += _DAY
        found.append((day, last))
        day = last + _DAY
    return found


def times_of(
    first: date, last: date, now: datetime, quiet: QuietHours
) -> tuple[datetime, datetime]:
    """When it opens (and families are told), and when it closes: never before its first day, never in quiet hours."""
    begins = datetime.combine(first, time(), SCHOOL_ZONE)
    return quiet.next_moment(max(begins, now)), datetime.combine(last + _DAY, time(), SCHOOL_ZONE)


def notice_title(title: str) -> str:
    """What a card says of it."""
    return f"自愿：{title}"
