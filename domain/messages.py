"""A message (消息): what may be said, in which form, how long it can be taken back, and what folds into a counter.

In its thread a message has a number: 1, 2, 3 …, none left out, none twice. What changes about a message later
(taken back, counted, shown after it was checked) changes the message, never the order.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.bridges import Carry
from domain.errors import InvalidError, Problem
from domain.files import FileKind
from domain.notices import Attachment, link_allowed
from domain.urgent import checked_reason

TEXT_LIMIT = 2000
FILE_LIMIT = 9
MENTION_LIMIT = 20
RECALL_WITHIN = timedelta(minutes=2)
SEARCH_FROM = 1  # characters: a Chinese word may be one
SEARCH_LIMIT = 40


class MessageKind(StrEnum):
    """What a message is made of."""

    TEXT = "text"
    PICTURE = "picture"
    VOICE = "voice"
    FILE = "file"
    LINK = "link"
    CARD = "card"  # a notice or a homework
    NOTE = "note"  # what the program says of the thread itself: handed over, closed


class MessageState(StrEnum):
    """Who sees what a message says."""

    SENT = "sent"
    CHECKING = "checking"  # being looked at: its author alone
    HELD = "held"  # not shown: its author alone


class Mark(StrEnum):
    """What folds into a counter of the message it answers."""

    GOT = "got"  # 收到
    PRAISE = "praise"  # 👍


class Via(StrEnum):
    """By which way something was said, where it was neither a page nor the mini-program."""

    ACCOUNT = "account"  # 来自公众号: written to the official account, and passed on


class Looking(StrEnum):
    """Why an auditor reads what was taken back. A code: nobody's words stand in the log."""

    COMPLAINT = "complaint"
    SAFETY = "safety"
    DISPUTE = "dispute"
    INQUIRY = "inquiry"


class CardKind(StrEnum):
    """What a card leads to."""

    NOTICE = "notice"
    HOMEWORK = "homework"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it is kept. `reply_to` is the number of the one it answers, 0 for none.

    `recalled_at`: taken back; what it said stays for the school's auditor alone. `changed_at` is when anything of
    it changed last. `rings_at`: those who have not read it are told from then on, until they were (`domain.rings`).
    `is_late`: it may be read only now, and whoever has read past it is still to be told (`ThreadMark.late`).
    `urgent`: why it goes through quiet hours, said by the school. `note` names what the program says, with `text`
    for whom.
    """

    id: str
    school_id: str
    thread_id: str
    seq: int
    author_id: str
    author_name: str
    as_staff: bool
    at: datetime
    kind: MessageKind
    text: str = ""
    files: tuple[Attachment, ...] = ()
    link: str = ""
    card: CardKind | None = None
    card_id: str = ""
    reply_to: int = 0
    mentions: tuple[str, ...] = ()
    all: bool = False
    state: MessageState = MessageState.SENT
    recalled_at: datetime | None = None
    recalled_by: str = ""
    got: int = 0
    praise: int = 0
    changed_at: datetime | None = None
    via: Via | None = None
    rings_at: datetime | None = None
    is_late: bool = False
    urgent: str = ""
    carry: tuple[Carry, ...] = ()  # an answer that also goes to the account's chat, and how far
    carry_at: datetime | None = None  # when that is to be looked at next

    def is_seen_by(self, person_id: str) -> bool:
        """Whether this person sees what it says."""
        if self.recalled_at is not None:
            return False
        return self.state is MessageState.SENT or self.author_id == person_id

    def may_recall(self, person_id: str, at: datetime, *, leads: bool) -> bool:
        """Whether they may take it back: its author for a while, who leads the group at any time."""
        if self.recalled_at is not None or self.kind is MessageKind.NOTE:
            return False
        return leads or (self.author_id == person_id and at - self.at <= RECALL_WITHIN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A checked message, not yet looked up in the store."""

    kind: MessageKind
    text: str = ""
    file_ids: tuple[str, ...] = ()
    link: str = ""
    card: CardKind | None = None
    card_id: str = ""
    reply_to: int = 0
    mentions: tuple[str, ...] = field(default=())
    all: bool = False
    urgent_reason: str = ""


@dataclass(frozen=True, slots=True)
class Folded:
    """An answer that became a count: of which message, and what it counts now."""

    seq: int
    mark: Mark
    got: int
    praise: int


def message_id(thread_id: str, person_id: str, key: str) -> str:
    """The same key by the same person in the same thread is the same message."""
    return hashlib.sha256(f"{thread_id}|{person_id}|{key}".encode()).hexdigest()[:32]


def parse_message(form: Mapping[str, Any], *, allowed_hosts: Sequence[str]) -> Draft:
    """What somebody wants to say → a draft. Raises InvalidError naming every field that is wrong.

    `form`: kind, and what the kind needs: text; file_ids; link; card and card_id; beside them reply_to, mentions, all.
    """
    problems: dict[str, Problem] = {}
    kind = str(form.get("kind") or "")
    if kind not in set(MessageKind) - {MessageKind.NOTE}:
        raise InvalidError({"kind": Problem("unknown")})
    text = clean_text(str(form.get("text") or ""), problems)
    file_ids = tuple(dict.fromkeys(form.get("file_ids") or ()))
    with_files = kind in (MessageKind.PICTURE, MessageKind.VOICE, MessageKind.FILE)
    if kind == MessageKind.TEXT and not text and "text" not in problems:
        problems["text"] = Problem("missing")
    if with_files and not file_ids:
        problems["file_ids"] = Problem("missing")
    limit = FILE_LIMIT if kind == MessageKind.PICTURE else 1
    if len(file_ids) > (limit if with_files else 0):
        problems["file_ids"] = Problem("too_many", limit)
    link = str(form.get("link") or "").strip()
    if (kind == MessageKind.LINK) != bool(link) or (link and not link_allowed(link, allowed_hosts)):
        problems["link"] = Problem("link_refused")
    card, card_id = str(form.get("card") or ""), str(form.get("card_id") or "")
    if kind == MessageKind.CARD and (card not in set(CardKind) or not card_id):
        problems["card"] = Problem("missing")
    mentions = tuple(dict.fromkeys(form.get("mentions") or ()))
    if len(mentions) > MENTION_LIMIT:
        problems["mentions"] = Problem("too_many", MENTION_LIMIT)
    urgent_reason = checked_reason(str(form.get("urgent_reason") or ""), problems)
    if problems:
        raise InvalidError(problems)
    is_card = kind == MessageKind.CARD
    return Draft(
        kind=MessageKind(kind),
        text=text,
        file_ids=file_ids,
        link=link,
        card=CardKind(card) if is_card else None,
        card_id=card_id if is_card else "",
        reply_to=int(form.get("reply_to") or 0),
        mentions=mentions,
        all=bool(form.get("all")),
        urgent_reason=urgent_reason,
    )


def clean_text(text: str, problems: dict[str, Problem]) -> str:
    """Blanks around it gone; lines stay, other control characters are refused into `problems`."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    if len(text) > TEXT_LIMIT:
        problems["text"] = Problem("too_long", TEXT_LIMIT)
    elif any(unicodedata.category(c) in ("Cc", "Cs") and c != "\n" for c in text):
        problems["text"] = Problem("control_characters")
    return text


_FILE_KINDS = {MessageKind.PICTURE: {FileKind.PICTURE}, MessageKind.VOICE: {FileKind.AUDIO}}


def check_files(draft: Draft, kinds: Sequence[FileKind]) -> None:
    """That the files are what the message says they are. Raises InvalidError (field `file_ids`)."""
    wanted: Collection[FileKind] = _FILE_KINDS.get(draft.kind, set(FileKind))
    if any(kind not in wanted for kind in kinds):
        raise InvalidError({"file_ids": Problem("wrong_kind")})


# ------------------------------------------------------------------------------------- folding

_GOT = frozenset(
    {
        "收到",
        "收到了",
        "已收到",
        "好的收到",
        "收到好的",
        "收到谢谢",
        "收到谢谢老师",
        "谢谢老师收到",
        "知道了",
        "明白",
        "明白了",
        "ok",
    }
)
_PRAISE = frozenset(
    {"赞", "点赞", "棒", "真棒", "太棒了", "辛苦了", "老师辛苦了", "谢谢", "谢谢老师", "感谢老师"}
)
_GOT_SIGNS = frozenset("👌🆗✅🙏🤝")
_PRAISE_SIGNS = frozenset("👍👏🌹🌺💐❤💪🎉😊")
_BESIDE = frozenset("\ufe0f\u200d🏻🏼🏽🏾🏿")


def mark_in(text: str) -> Mark | None:
    """What a text says when it says nothing but that somebody has seen it (收到), or praise (👍)."""
    said = "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c not in _BESIDE)
    words = "".join(c for c in said if unicodedata.category(c)[0] in "LN")
    signs = {c for c in said if unicodedata.category(c) == "So"}
    if not signs <= _GOT_SIGNS | _PRAISE_SIGNS or not (words or signs):
        return None
    if not words:
        return Mark.PRAISE if signs & _PRAISE_SIGNS else Mark.GOT
    if words in _GOT:
        return Mark.GOT
    return Mark.PRAISE if words in _PRAISE else None


def answered(recent: Sequence[Message], person_id: str) -> Message | None:
    """What somebody who only says 收到 answers: the last that the school said, of these (the newest last)."""
    for message in reversed(recent):
        if message.as_staff and message.author_id != person_id and message.is_seen_by(person_id):
            return message
    return None


def folded_text(text: str) -> str:
    """A text to look in, and a word to look for."""
    return unicodedata.normalize("NFKC", text).casefold()
