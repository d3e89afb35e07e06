"""Notices, their way to families, files, and what keeps the program in order."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from domain.audit import Act
from domain.channels import Channel, Reason
from domain.deliveries import LEASE, Group
from domain.notices import Figures
from storage.ageing import AgeStore
from storage.alerts import AlertStore
from storage.audit import AuditStore
from storage.blobs import GridRoom
from storage.deliveries import DeliveryStore
from storage.files import FileStore
from storage.notices import NoticeStore
from storage.pauses import PauseStore
from storage.replies import ReplyStore
from storage.rounds import RoundStore
from storage.uploads import UploadStore
from tests.domain.samples import NOW, a_push, a_reply, an_outcome, an_upload

GROUP = Group("school-a", "notice-1", "class-1")
PUSH, OUTCOME = a_push(), an_outcome()
PAGE: dict[str, Any] = {"before": "9", "since": NOW, "at": NOW, "limit": 20}
STORES: dict[str, type] = {
    "ageing": AgeStore,
    "alerts": AlertStore,
    "audit": AuditStore,
    "deliveries": DeliveryStore,
    "files": FileStore,
    "blobs": GridRoom,
    "notices": NoticeStore,
    "pauses": PauseStore,
    "replies": ReplyStore,
    "rounds": RoundStore,
    "uploads": UploadStore,
}


async def put_twice(store: UploadStore) -> None:
    """Of a piece that is there already its hash is read."""
    for digest in "de":
        await store.put_piece(an_upload(), 0, b"abc", digest)


async def first_piece(store: UploadStore) -> None:
    with pytest.raises(LookupError):
        await anext(store.read(an_upload(id="upload-2")))


CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "notices.set_deadline": lambda s: s.set_deadline("n", NOW),
    "deliveries.mark_unconfirmed": lambda s: s.mark_unconfirmed("n:s:p"),
    "ageing.notices": lambda s: s.notices(NOW, NOW, 20),
    "ageing.set_figures": lambda s: s.set_figures("n", Figures(guardians=1, read=1, confirmed=0)),
    "ageing.bookmark": lambda s: s.bookmark("walk"),
    "ageing.set_bookmark": lambda s: s.set_bookmark("walk", NOW),
    "ageing.settled_claims": lambda s: s.settled_claims(NOW, 20),
    "ageing.ended_bindings": lambda s: s.ended_bindings(NOW, 20),
    "ageing.drop_ended_binding": lambda s: s.drop_ended_binding("s:p"),
    "ageing.homework": lambda s: s.homework(NOW, 20),
    "ageing.drop_overruns": lambda s: s.drop_overruns("school-a", "h"),
    "ageing.evenings": lambda s: s.evenings(NOW.date(), 20),
    "ageing.timings": lambda s: s.timings(NOW, 20),
    "ageing.loose_uploads": lambda s: s.loose_uploads(NOW, 20),
    "ageing.take_loose": lambda s: s.take_loose("f"),
    "ageing.drop_weeks": lambda s: s.drop_weeks("class_weeks", NOW.date()),
    "alerts.find": lambda s: s.find("a"),
    "audit.head": lambda s: s.head("school-a"),
    "audit.heads": lambda s: s.heads(),
    "audit.chains": lambda s: s.chains(),
    "audit.stretch": lambda s: s.stretch("school-a", 1, 100),
    "audit.page": lambda s: s.page("school-a", **PAGE),
    "audit.page_of_act": lambda s: s.page_of_act("school-a", Act.SIGNED_IN, **PAGE),
    "audit.page_of_actor": lambda s: s.page_of_actor("school-a", "p", **PAGE),
    "audit.page_of_subject": lambda s: s.page_of_subject("school-a", "s:p", **PAGE),
    "audit.between": lambda s: s.between("school-a", NOW, NOW),
    "deliveries.find": lambda s: s.find("d"),
    "deliveries.many": lambda s: s.many(["d"]),
    "deliveries.of_notice": lambda s: s.of_notice("school-a", "n"),
    "deliveries.page_of_person": lambda s: s.page_of_person("p", before="9", at=NOW, limit=20),
    "deliveries.mark_read": lambda s: s.mark_read("d", NOW),
    "deliveries.note_uncertain": lambda s: s.note_uncertain(["d"], "publish", NOW),
    "deliveries.mark_confirmed": lambda s: s.mark_confirmed("d", NOW, version=1),
    "deliveries.mark_due": lambda s: s.mark_due("school-a", "n", PUSH, only={"read_at": None}),
    "deliveries.cancel_pushes": lambda s: s.cancel_pushes("school-a", "n"),
    "deliveries.due": lambda s: s.due(GROUP, NOW),
    "deliveries.has_due": lambda s: s.has_due(GROUP, NOW),
    "deliveries.note_channel": lambda s: s.note_channel("d", "publish", Channel.SERVICE),
    "deliveries.settle": lambda s: s.settle(["d"], "publish", OUTCOME),
    "deliveries.postpone": lambda s: s.postpone(["d"], PUSH, OUTCOME),
    "deliveries.overdue": lambda s: s.overdue(NOW),
    "deliveries.attempts_of": lambda s: s.attempts_of("d"),
    "deliveries.attempts_with": lambda s: s.attempts_with(["m"]),
    "deliveries.finishes_of": lambda s: s.finishes_of(["m"]),
    "deliveries.mark_proved": lambda s: s.mark_proved(["d"], NOW),
    "deliveries.mark_failed_after_all": lambda s: s.mark_failed_after_all(
        [("d", a_push(failed=((Channel.TEMPLATE, Reason.BLOCKED),)), OUTCOME)]
    ),
    "files.mark_attached": lambda s: s.mark_attached(["f"], "notices:n", NOW),
    "files.promised": lambda s: s.promised(NOW, 20),
    "files.mark_shown": lambda s: s.mark_shown(["f"], NOW),
    "files.mark_loose": lambda s: s.mark_loose(["f"], NOW),
    "files.put_off": lambda s: s.put_off(["f"], NOW, NOW),
    "files.find": lambda s: s.find("f"),
    "files.many": lambda s: s.many(["f"]),
    "files.find_thumbnail": lambda s: s.find_thumbnail("f"),
    "files.each": lambda s: anext(s.each(), None),
    "files.mark_kept": lambda s: s.mark_kept("f", "s3"),
    "blobs.read": lambda s: anext(s.read("f", 3, 9), None),
    "files.undrawn": lambda s: s.undrawn(20),
    "files.mark_drawn": lambda s: s.mark_drawn("f"),
    "notices.find": lambda s: s.find("n"),
    "notices.many": lambda s: s.many(["n"]),
    "notices.page_of_author": lambda s: s.page_of_author(
        "school-a", "t", before="9", at=NOW, limit=20
    ),
    "notices.published_since": lambda s: s.published_since("school-a", "c", NOW),
    "notices.of_school": lambda s: s.of_school("school-a", NOW, NOW),
    "notices.of_class": lambda s: s.of_class("school-a", "c", NOW, NOW),
    "notices.uncounted": lambda s: s.uncounted(10),
    "notices.with_due_work": lambda s: s.with_due_work(NOW),
    "pauses.is_check_paused": lambda s: s.is_check_paused("wx1", "msg_sec_check", NOW),
    "pauses.active": lambda s: s.active("wx1", NOW),
    "replies.find": lambda s: s.find("r"),
    "replies.take_over": lambda s: s.take_over(a_reply(id="r2"), since=NOW),
    "replies.answer": lambda s: s.answer("r", 200, "{}"),
    "replies.forget": lambda s: s.forget("r"),
    "rounds.take": lambda s: s.take(GROUP, run="r", at=NOW, lease=LEASE),
    "rounds.note_sending": lambda s: s.note_sending(
        GROUP, ["d"], run="r", since=NOW, held_until=NOW
    ),
    "rounds.finish": lambda s: s.finish(GROUP, run="r"),
    "uploads.find": lambda s: s.find("u"),
    "uploads.of_person": lambda s: s.of_person("p"),
    "uploads.put_piece": put_twice,
    "uploads.hold": lambda s: s.hold("u", 0, "d"),
    "uploads.take_turn": lambda s: s.take_turn("u", NOW, NOW),
    "uploads.give_back": lambda s: s.give_back("u"),
    "uploads.mark_over": lambda s: s.mark_over("u", file_id="f"),
    "uploads.read": first_piece,
    "uploads.drop_pieces": lambda s: s.drop_pieces("u"),
    "uploads.drop": lambda s: s.drop("u"),
    "uploads.expired": lambda s: s.expired(NOW, 20),
}
