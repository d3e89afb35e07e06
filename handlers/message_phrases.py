"""How conversations and messages read on pages, in WeChat and at a desk. Nothing is decided here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.bridges import CarryState, how_far
from domain.messages import RECALL_WITHIN, CardKind, Message, MessageKind, MessageState, Via
from domain.notices import Attachment
from domain.threads import FeedbackState, Thread, ThreadKind
from domain.times import school_text
from services.group_words import group_name
from services.threads import ThreadLine

KINDS = {
    ThreadKind.TALK: "群",
    ThreadKind.QUESTION: "提问",
    ThreadKind.CHILD: "私信",
    ThreadKind.FEEDBACK: "意见反馈",
}
_STATES = {
    MessageState.SENT: "",
    MessageState.CHECKING: "正在检查，别人还看不到",
    MessageState.HELD: "没有发出去：等老师看过",
}
_CARRIED = {
    CarryState.WAITING: "稍后送到公众号",
    CarryState.SENT: "已送到公众号",
    CarryState.MISSED: "未送达微信，家长打开应用能看到",
}
_WAYS = {Via.ACCOUNT: "来自公众号"}
_CARDS = {CardKind.NOTICE: "通知", CardKind.HOMEWORK: "作业"}
_FEEDBACK = {
    FeedbackState.OPEN: "重新打开",
    FeedbackState.ANSWERED: "标为已答复",
    FeedbackState.CLOSED: "结束",
}
_STANDS = {
    FeedbackState.OPEN: "待答复",
    FeedbackState.ANSWERED: "已答复",
    FeedbackState.CLOSED: "已结束",
}
UNCHECKED = "这条消息正在检查"

REPORT_REASONS = ("骂人、吵架", "广告、推销", "像是骗人的", "说了孩子的私事", "别的原因")
REPORT_CHOOSE = "请选一个原因"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message as somebody sees it. `note`: it is a line of the program; `state` is told to its author alone.

    `recall_seconds`: how long they may still take it back; None for as long as they like.
    """

    seq: int
    mine: bool
    name: str
    as_staff: bool
    at: datetime
    note: str = ""
    text: str = ""
    state: str = ""
    is_fine: bool = False  # what `state` says asks nothing of anybody
    link: str = ""
    card: str = ""
    card_id: str = ""
    files: tuple[Attachment, ...] = ()
    got: int = 0
    praise: int = 0
    may_recall: bool = False
    recall_seconds: int | None = None
    via: str = ""
    urgent: str = ""


def row_of(message: Message, person_id: str, *, leads: bool, now: datetime) -> Row:
    """A message for this person: what they may not see is not in it."""
    mine = message.author_id == person_id
    row = Row(
        seq=message.seq,
        mine=mine,
        name=message.author_name,
        as_staff=message.as_staff,
        at=message.at,
        note=_note(message, mine=mine, seen=message.is_seen_by(person_id)),
    )
    if row.note:
        return row
    return Row(
        seq=row.seq,
        mine=mine,
        name=row.name,
        as_staff=row.as_staff,
        at=row.at,
        text=message.text,
        state=_STATES[message.state] or _carried(message, mine=mine),
        is_fine=message.state is MessageState.SENT
        and how_far(message.carry) is not CarryState.MISSED,
        link=message.link,
        card=_CARDS[message.card] if message.card else "",
        card_id=message.card_id,
        files=message.files,
        got=message.got,
        praise=message.praise,
        may_recall=message.may_recall(person_id, now, leads=leads),
        recall_seconds=None if leads else int((message.at + RECALL_WITHIN - now).total_seconds()),
        via=_WAYS[message.via] if message.via else "",
        urgent=message.urgent,
    )


def _carried(message: Message, *, mine: bool) -> str:
    """How far an answer has come to the official account's chat: told to who gave it."""
    far = how_far(message.carry)
    return _CARRIED[far] if mine and far else ""


def _note(message: Message, *, mine: bool, seen: bool) -> str:
    """What stands in the middle instead of a bubble; empty for what is said by somebody."""
    who = "您" if mine else message.author_name
    if message.recalled_at is not None:
        return f"{who}撤回了一条消息"
    if not seen:
        return UNCHECKED
    if message.kind is not MessageKind.NOTE:
        return ""
    what, _, rest = message.text.partition(":")
    if what == "handed":
        return f"{who}把会话转给了{rest}"
    return f"{who}把反馈{_FEEDBACK[FeedbackState(rest)]}" if what == "state" else message.text


def title_of(line: ThreadLine) -> str:
    """What a conversation is called in somebody's list."""
    thread, group = line.thread, line.audience.group
    places = line.audience.places.values()
    others = [p for p in places if p.person_id != line.place.person_id]
    if thread.kind is ThreadKind.TALK and group is not None:
        return group_name(group)
    if thread.kind is ThreadKind.QUESTION and group is not None:
        if not line.place.as_staff:
            return f"问{group.name or group_name(group)}的老师"
        asking = [p.name for p in others if not p.as_staff]
        return f"{'、'.join(asking) or '家长'}的提问"
    if thread.kind is ThreadKind.FEEDBACK:
        return f"反馈 {thread.number} 号：{thread.title}"
    return "、".join(p.name for p in others) or "已没有别人的会话"


def feedback_facts(thread: Thread) -> str:
    """Number, state and deadline of feedback in a line; empty for every other conversation."""
    if thread.state is None:
        return ""
    due = ""
    if thread.state is FeedbackState.OPEN and thread.due_at is not None:
        due = f" · 请在 {school_text(thread.due_at)[:10]} 前答复"
    return f"意见反馈 {thread.number} 号 · {_STANDS[thread.state]}{due}"


def next_states(line: ThreadLine) -> list[tuple[str, str]]:
    """What somebody of the school can say about feedback next: state and word."""
    if line.thread.state is None or not line.place.as_staff:
        return []
    return [(s.value, word) for s, word in _FEEDBACK.items() if s is not line.thread.state]
