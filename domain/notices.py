"""A notice (通知): what a head teacher writes, which versions it had, and what a valid one looks like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from domain.errors import InvalidError, Problem
from domain.files import FileKind
from domain.times import parse_school_text
from domain.urgent import checked_reason

# WeChat: a template's `thing` field takes 20 characters; a longer title would be refused (47003) or cut.
TITLE_LIMIT = 20
BODY_LIMIT = 5000
FILE_LIMIT = 9
LINK_LIMIT = 3
LINK_CHARACTERS = 500
CLASS_LIMIT = 20
HORIZON = timedelta(days=90)  # nobody plans a notice further ahead; a wrong year is caught here
_SHORT = re.compile(r"[a-z0-9]{4,12}(\?v=[a-z0-9]{1,12})?")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+")


class ConfirmMode(StrEnum):
    """What a guardian is asked to do (确认方式)."""

    NONE = "none"
    TAP = "tap"
    SIGN = "sign"
    ANSWER = "answer"  # to an activity of the same id; confirmed is whoever answered


# What whoever writes a notice may ask for.
ASKED_FOR = frozenset({ConfirmMode.NONE, ConfirmMode.TAP, ConfirmMode.SIGN})


class NoticeKind(StrEnum):
    """What a notice tells of: something by itself; a homework, an activity or a task list of the virtual class, kept
    elsewhere under the same id; that a child's week can be looked up (每周小结); that work came back (订正)."""

    NOTICE = "notice"
    HOMEWORK = "homework"
    WEEK = "week"
    ACTIVITY = "activity"
    TASKLIST = "tasklist"
    RETURN = "return"


class NoticeState(StrEnum):
    """Where a notice stands."""

    SCHEDULED = "scheduled"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A stored file as a notice shows it."""

    file_id: str
    kind: FileKind
    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a notice said from `written_at` on; the first is number 1."""

    number: int
    title: str
    body: str
    attachments: tuple[Attachment, ...]
    links: tuple[str, ...]
    written_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Something a notice still has to do to its recipients: publish, remind-1, edit-2, withdraw.

    It is written in the same write as the act that asks for it, and taken away when it is carried out:
    a process that dies in between leaves it standing, and the sweep finds it.
    """

    purpose: str
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What stays of an old notice's deliveries: adults it was for, who read it, who confirmed."""

    guardians: int
    read: int
    confirmed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice with every version it had, and the work it still waits for.

    `position` is its place in its author's list, by `publish_at`. `figures` once its deliveries are too old
    to be kept. `student_ids` are the pupils of its classes that it is for; none: all of them. `about` is the homework
    for which work came back.
    """

    id: str
    school_id: str
    class_ids: tuple[str, ...]
    author_id: str
    author_name: str
    confirm: ConfirmMode
    deadline_at: datetime | None
    state: NoticeState
    publish_at: datetime
    position: str
    created_at: datetime
    versions: tuple[Version, ...]
    work: tuple[Work, ...] = ()
    withdrawn_at: datetime | None = None
    reminders: int = 0
    figures: Figures | None = None
    kind: NoticeKind = NoticeKind.NOTICE
    student_ids: tuple[str, ...] = ()
    about: str = ""
    urgent: str = ""  # why it goes through the quiet hours that people have set for themselves

    def is_for(self, student_id: str) -> bool:
        """Whether it is for this pupil of one of its classes."""
        return not self.student_ids or student_id in self.student_ids

    @property
    def current(self) -> Version:
        """What it says now."""
        return self.versions[-1]

    @property
    def reminder_due_at(self) -> datetime | None:
        """When the reminder goes out that was asked for and still waits; None when none does."""
        purpose = reminder_purpose(self.reminders)
        return next((work.due_at for work in self.work if work.purpose == purpose), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked form: what the head teacher wants published, not yet looked up in the store."""

    title: str
    body: str
    class_ids: tuple[str, ...]
    file_ids: tuple[str, ...]
    links: tuple[str, ...]
    confirm: ConfirmMode
    deadline_at: datetime | None
    publish_at: datetime
    urgent_reason: str = ""


def reminder_purpose(number: int) -> str:
    """What the work and the messages of the first or second reminder are called."""
    return f"remind-{number}"


def checked_text(
    form: Mapping[str, str], name: str, limit: int, problems: dict[str, Problem]
) -> str:
    """A field that must say something; what is wrong with it goes into `problems`."""
    text = form.get(name, "").replace("\r\n", "\n").strip()
    if not text:
        problems[name] = Problem("missing")
    elif len(text) > limit:
        problems[name] = Problem("too_long", limit)
    elif any(map(_is_control, text)) or (name == "title" and "\n" in text):
        problems[name] = Problem("control_characters")
    return text


def _is_control(character: str) -> bool:
    # Cs: half of a surrogate pair, which cannot be stored.
    return character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs")


def checked_moment(
    form: Mapping[str, str],
    name: str,
    *,
    after: datetime,
    horizon: datetime,
    problems: dict[str, Problem],
) -> datetime | None:
    """A field with a moment of school time, None when it is blank; what is wrong goes into `problems`."""
    text = form.get(name, "").strip()
    if not text:
        return None
    moment = parse_school_text(text)
    if moment is None:
        problems[name] = Problem("not_a_time")
    elif moment <= after:
        problems[name] = Problem("in_the_past")
    elif moment > horizon:
        problems[name] = Problem("too_far", HORIZON.days)
    return moment


def card_title(title: str, purpose: str, *, urgent: bool = False) -> str:
    """The title a card shows, within WeChat's 20 characters: says when it is urgent, reminds, corrects, withdraws."""
    marks = {"remind": "提醒：", "edit": "更正：", "withdraw": "已撤回："}
    text = marks.get(purpose.partition("-")[0], "紧急：" if urgent else "") + title
    return text if len(text) <= TITLE_LIMIT else text[: TITLE_LIMIT - 1] + "…"


def link_allowed(link: str, hosts: Sequence[str]) -> bool:
    """Whether a link may stand in a notice: https, an allowed host or a sub-domain of one, no user, no port.

    A browser cuts out or turns around what `urlsplit` takes as it is (line ends, backslashes, wide dots),
    so the link must be free of them, and its host must be a plain one. An entry of `hosts` that is an address
    (`https://school.example.cn/l/`) is where our own short links begin.
    """
    if len(link) > LINK_CHARACTERS or not link.isprintable() or " " in link or "\\" in link:
        return False
    own = [link.removeprefix(one) for one in hosts if "/" in one and link.startswith(one)]
    if any(_SHORT.fullmatch(code) for code in own):
        return True
    try:
        parts = urlsplit(link)
    except ValueError:
        return False
    host = parts.netloc.lower()
    if parts.scheme != "https" or not _HOST.fullmatch(host):
        return False
    return any(host == allowed or host.endswith("." + allowed) for allowed in hosts)


def parse_draft(
    form: Mapping[str, str],
    *,
    class_ids: Sequence[str],
    file_ids: Sequence[str],
    links: Sequence[str],
    allowed_hosts: Sequence[str],
    now: datetime,
) -> Draft:
    """A form as typed → a draft.

    `form` holds title, body, confirm, deadline_at, publish_at (school time; blank = none, now).
    Raises InvalidError naming every field that is wrong, all at once.
    """
    problems: dict[str, Problem] = {}
    title = checked_text(form, "title", TITLE_LIMIT, problems)
    body = checked_text(form, "body", BODY_LIMIT, problems)
    if form.get("confirm", "none") not in ASKED_FOR:
        problems["confirm"] = Problem("unknown")
    if not class_ids:
        problems["class_ids"] = Problem("missing")
    elif len(class_ids) > CLASS_LIMIT:
        problems["class_ids"] = Problem("too_many", CLASS_LIMIT)
    if len(file_ids) > FILE_LIMIT:
        problems["file_ids"] = Problem("too_many", FILE_LIMIT)
    links = [link.strip() for link in links if link.strip()]
    if len(links) > LINK_LIMIT:
        problems["links"] = Problem("too_many", LINK_LIMIT)
    elif not all(link_allowed(link, allowed_hosts) for link in links):
        problems["links"] = Problem("link_refused")
    publish_at = checked_moment(
        form, "publish_at", after=now, horizon=now + HORIZON, problems=problems
    )
    deadline_at = checked_moment(
        form, "deadline_at", after=publish_at or now, horizon=now + 2 * HORIZON, problems=problems
    )
    urgent_reason = checked_reason(form.get("urgent_reason", ""), problems)
    if problems:
        raise InvalidError(problems)
    return Draft(
        title=title,
        body=body,
        class_ids=tuple(dict.fromkeys(class_ids)),
        file_ids=tuple(dict.fromkeys(file_ids)),
        links=tuple(links),
        confirm=ConfirmMode(form.get("confirm", "none")),
        deadline_at=deadline_at,
        publish_at=publish_at or now,
        urgent_reason=urgent_reason,
    )
