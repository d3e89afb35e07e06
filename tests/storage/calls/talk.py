"""Threads, messages, stamps."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.bridges import Carry
from domain.channels import Channel
from domain.deliveries import LEASE
from domain.messages import Mark, MessageState
from domain.rings import Ring
from domain.threads import Call, FeedbackState, ThreadMark
from storage.duty import DutyStore
from storage.messages import MessageStore
from storage.quiet import QuietStore
from storage.rings import RingStore
from storage.stamps import StampStore
from storage.talk_forgetting import TalkForgetStore
from storage.threads import ThreadStore
from tests.domain.samples import NOW

A_MARK = ThreadMark(id="t|p", school_id="school-a", thread_id="t", person_id="p")

STORES: dict[str, type] = {
    "messages": MessageStore,
    "threads": ThreadStore,
    "rings": RingStore,
    "quiet": QuietStore,
    "duty": DutyStore,
    "stamps": StampStore,
    "talk_forgetting": TalkForgetStore,
}


CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "threads.find": lambda s: s.find("t"),
    "threads.many": lambda s: s.many(["t"]),
    "threads.tails": lambda s: s.tails(["t"]),
    "threads.of_group": lambda s: s.of_group("school-a", "g"),
    "threads.add_finders": lambda s: s.add_finders(),
    "threads.found_by": lambda s: s.found_by(["p"]),
    "threads.of_staff": lambda s: s.of_staff("p"),
    "threads.feedback_of_school": lambda s: s.feedback_of_school("school-a", FeedbackState.OPEN),
    "threads.last_number": lambda s: s.last_number("school-a"),
    "threads.hand_over": lambda s: s.hand_over("t", ["p"], ["q"]),
    "threads.mark_state": lambda s: s.mark_state(
        "t", FeedbackState.CLOSED, expected=FeedbackState.OPEN
    ),
    "threads.marks": lambda s: s.marks(["t|p"]),
    "threads.readers": lambda s: s.readers("t", ["p"]),
    "threads.mark_account": lambda s: s.mark_account(
        ThreadMark(id="t|p", school_id="s", thread_id="t", person_id="p", account_at=NOW)
    ),
    "threads.hidden_of": lambda s: s.hidden_of("t", "p"),
    "messages.find": lambda s: s.find("m"),
    "messages.many": lambda s: s.many(["m"]),
    "messages.find_at": lambda s: s.find_at("t", 1),
    "messages.stretch": lambda s: s.stretch("t", 0, 9),
    "messages.tail": lambda s: s.tail("t", 0),
    "messages.changed_since": lambda s: s.changed_since("t", NOW, 9),
    "messages.texts": lambda s: s.texts("t", 0, 9),
    "messages.mark_recalled": lambda s: s.mark_recalled("m", "p", NOW),
    "messages.mark_state": lambda s: s.mark_state("m", MessageState.HELD, NOW),
    "messages.mark_told": lambda s: s.mark_told("m"),
    "messages.taken_back": lambda s: s.taken_back("school-a", NOW, 9),
    "messages.to_carry": lambda s: s.to_carry(NOW),
    "messages.mark_carry": lambda s: s.mark_carry(
        "m", Carry(who="w", at=NOW), Carry(who="w", at=NOW), lease=LEASE, at=NOW
    ),
    "messages.counted_by": lambda s: s.counted_by("m", Mark.GOT),
    "messages.ringing": lambda s: s.ringing(NOW, 9),
    "messages.mark_rung": lambda s: s.mark_rung(["m"]),
    "rings.many": lambda s: s.many(["p"]),
    "rings.change": lambda s: s.change([Ring(id="p", touched_at=NOW, version=1)]),
    "rings.due": lambda s: s.due(NOW, 9),
    "rings.take": lambda s: s.take(["p"], run="r", at=NOW, lease=LEASE),
    "rings.note_channel": lambda s: s.note_channel(["p"], "r", Channel.SERVICE),
    "rings.settle": lambda s: s.settle([Ring(id="p", touched_at=NOW)], "r"),
    "rings.postpone": lambda s: s.postpone([Ring(id="p", touched_at=NOW, due_at=NOW)], "r"),
    "threads.call_all": lambda s: s.call_all("t", Call(1, "m")),
    "threads.note_late": lambda s: s.note_late("t", Call(1, "m"), author_id="p"),
    "threads.call": lambda s: s.call([A_MARK], Call(1, "m")),
    "threads.set_muted": lambda s: s.set_muted(A_MARK, muted=True),
    "duty.find": lambda s: s.find("d"),
    "duty.between": lambda s: s.between("school-a", "2026-12-01", "2026-12-07"),
    "duty.drop": lambda s: s.drop("d"),
    "quiet.find": lambda s: s.find("p"),
    "quiet.many": lambda s: s.many(["p"]),
    "quiet.drop": lambda s: s.drop("p"),
    "stamps.of_sessions": lambda s: s.of_sessions(),
    "stamps.stamp": lambda s: s.stamp("school-a"),
    "stamps.last_stamp": lambda s: s.last_stamp("school-a"),
    "talk_forgetting.files_of_author": lambda s: s.files_of_author("p"),
    "talk_forgetting.of_author": lambda s: s.of_author("p"),
    "talk_forgetting.of_thread": lambda s: s.of_thread("t"),
    "talk_forgetting.unname_child": lambda s: s.unname_child("p", "小明"),
    "talk_forgetting.unsay": lambda s: s.unsay("p", NOW),
    "talk_forgetting.unmention": lambda s: s.unmention("p"),
    "talk_forgetting.own_threads": lambda s: s.own_threads("p"),
    "talk_forgetting.threads_about": lambda s: s.threads_about("school-a", "s"),
    "talk_forgetting.take_messages": lambda s: s.take_messages("t"),
    "talk_forgetting.old_messages": lambda s: s.old_messages(NOW, 9),
    "talk_forgetting.drop_counts": lambda s: s.drop_counts(["m"]),
    "talk_forgetting.drop_read_marks": lambda s: s.drop_read_marks("t"),
}
