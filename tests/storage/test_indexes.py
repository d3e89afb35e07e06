"""Every query is covered by an index that exists: by its docstring, by what goes over the wire, and by the plan."""

import inspect
import os
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any

import pytest
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo.database import Database
from pymongo.monitoring import CommandListener, CommandStartedEvent

from domain.audit import Act
from domain.channels import Channel, Reason
from domain.deliveries import LEASE, Group
from domain.desks import DeskState
from domain.erasures import Origin
from domain.imports import ImportState
from domain.mistakes import Review
from domain.notices import Figures
from domain.offers import OfferState
from domain.roles import Role
from domain.stages import Stage, System
from domain.subscriptions import Said, Subscription
from domain.terms import Calendar
from storage.accounts import AccountStore
from storage.ageing import AgeStore
from storage.alerts import AlertStore
from storage.appointments import AppointmentStore
from storage.audit import AuditStore
from storage.bearers import BearerStore
from storage.bindings import BindingStore
from storage.claims import ClaimStore
from storage.consents import ConsentStore
from storage.deliveries import DeliveryStore
from storage.desks import DeskStore
from storage.erasures import ErasureStore
from storage.evenings import EveningStore
from storage.family_files import FamilyFileStore
from storage.files import FileStore
from storage.forgetting import ForgetStore
from storage.homework import HomeworkStore
from storage.identities import IdentityStore
from storage.imports import ImportStore
from storage.indexes import INDEXES
from storage.invitations import InvitationStore
from storage.mistakes import MistakeStore
from storage.monitors import MonitorStore
from storage.notices import NoticeStore
from storage.offers import OfferStore
from storage.overruns import OverrunStore
from storage.pauses import PauseStore
from storage.promotions import PromotionStore
from storage.pupils import PupilStore
from storage.regions import RegionStore
from storage.registrations import RegistrationStore
from storage.replies import ReplyStore
from storage.rollovers import RolloverStore
from storage.rounds import RoundStore
from storage.schools import SchoolStore
from storage.sessions import SessionStore
from storage.stores import Stores
from storage.submissions import SubmissionStore
from storage.subscriptions import SubscriptionStore
from storage.terms import TermStore
from storage.timings import TimingStore
from storage.unions import UnionStore
from storage.uploads import UploadStore
from tests.domain.samples import (
    NOW,
    a_bearer,
    a_push,
    a_reply,
    a_rollover,
    an_ending,
    an_erasure,
    an_evening,
    an_outcome,
    an_upload,
)
from tests.domain.work_samples import a_mark, a_mistake, a_submission, a_version

STORES: dict[str, type] = {
    "accounts": AccountStore,
    "ageing": AgeStore,
    "alerts": AlertStore,
    "appointments": AppointmentStore,
    "audit": AuditStore,
    "bearers": BearerStore,
    "bindings": BindingStore,
    "claims": ClaimStore,
    "consents": ConsentStore,
    "deliveries": DeliveryStore,
    "desks": DeskStore,
    "erasures": ErasureStore,
    "evenings": EveningStore,
    "family_files": FamilyFileStore,
    "files": FileStore,
    "forgetting": ForgetStore,
    "homework": HomeworkStore,
    "identities": IdentityStore,
    "imports": ImportStore,
    "invitations": InvitationStore,
    "monitors": MonitorStore,
    "notices": NoticeStore,
    "offers": OfferStore,
    "overruns": OverrunStore,
    "pauses": PauseStore,
    "promotions": PromotionStore,
    "pupils": PupilStore,
    "regions": RegionStore,
    "registrations": RegistrationStore,
    "rollovers": RolloverStore,
    "replies": ReplyStore,
    "rounds": RoundStore,
    "subscriptions": SubscriptionStore,
    "schools": SchoolStore,
    "sessions": SessionStore,
    "timings": TimingStore,
    "unions": UnionStore,
    "uploads": UploadStore,
    "submissions": SubmissionStore,
    "mistakes": MistakeStore,
    "terms": TermStore,
}
GROUP = Group("school-a", "notice-1", "class-1")
PUSH, OUTCOME = a_push(), an_outcome()
PAGE: dict[str, Any] = {"before": "9", "since": NOW, "at": NOW, "limit": 20}


async def drained(things: AsyncIterator[object]) -> list[object]:
    return [thing async for thing in things]


async def put_twice(store: UploadStore) -> None:
    """Of a piece that is there already its hash is read."""
    for digest in "de":
        await store.put_piece(an_upload(), 0, b"abc", digest)


async def first_piece(store: UploadStore) -> None:
    with pytest.raises(LookupError):
        await anext(store.read(an_upload(id="upload-2")))


# Every method that says which index it uses, called once with arguments that match nothing.
CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "accounts.find": lambda s: s.find("a"),
    "accounts.of_person": lambda s: s.of_person("p"),
    "accounts.remove": lambda s: s.remove("a"),
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
    "bindings.active_of_person": lambda s: s.active_of_person("p"),
    "bindings.find": lambda s: s.find("s:p"),
    "bindings.ended_of_person": lambda s: s.ended_of_person("p"),
    "bindings.barred": lambda s: s.barred(["s:p"]),
    "bindings.untold_endings": lambda s: s.untold_endings(NOW),
    "bindings.active_of_students": lambda s: s.active_of_students("school-a", ["s"]),
    "bindings.is_active": lambda s: s.is_active("s:p"),
    "bindings.active": lambda s: s.active(["s:p"]),
    "bindings.taken_contacts": lambda s: s.taken_contacts("school-a", ["c"], besides="p"),
    "bindings.find_active": lambda s: s.find_active("s:p"),
    "bindings.run_out": lambda s: s.run_out(),
    "claims.find": lambda s: s.find("c"),
    "claims.waiting_in_school": lambda s: s.waiting_in_school("school-a"),
    "claims.waiting_for_students": lambda s: s.waiting_for_students("school-a", ["s"]),
    "claims.of_person": lambda s: s.of_person("p"),
    "claims.closed_of_person": lambda s: s.closed_of_person("p", NOW),
    "claims.due": lambda s: s.due(),
    "claims.untold": lambda s: s.untold(NOW),
    "bindings.unsettled": lambda s: s.unsettled(NOW),
    "imports.find": lambda s: s.find("i"),
    "imports.of_school": lambda s: s.of_school("school-a"),
    "imports.mark": lambda s: s.mark("i", ImportState.READY, NOW, expected=ImportState.TRYING),
    "imports.leave_out": lambda s: s.leave_out("i", ["s"]),
    "imports.open_since": lambda s: s.open_since(NOW),
    "imports.older_than": lambda s: s.older_than(NOW),
    "imports.mark_files_gone": lambda s: s.mark_files_gone("i"),
    "imports.find_page": lambda s: s.find_page("p"),
    "imports.drop_pages": lambda s: s.drop_pages("school-a", "i"),
    "invitations.find": lambda s: s.find("i"),
    "invitations.of_classes": lambda s: s.of_classes("school-a", ["c"]),
    "invitations.of_students": lambda s: s.of_students("school-a", ["s"]),
    "invitations.visitors": lambda s: s.visitors("school-a", ["i"]),
    "invitations.askers": lambda s: s.askers("school-a", ["i"]),
    "invitations.bound": lambda s: s.bound("school-a", ["i"]),
    "consents.of_person": lambda s: s.of_person("p"),
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
    "erasures.ask": lambda s: s.ask(an_erasure()),
    "erasures.find": lambda s: s.find("adult:p"),
    "erasures.take_back": lambda s: s.take_back("adult:p", [Origin.OWN]),
    "erasures.begin": lambda s: s.begin("adult:p", openids=[], people=[], words=[]),
    "erasures.settle": lambda s: s.settle("adult:p", NOW),
    "erasures.count": lambda s: s.count("adult:p", {"claims": 1}),
    "erasures.due": lambda s: s.due(NOW),
    "erasures.report": lambda s: s.report("r"),
    "erasures.reports_of_school": lambda s: s.reports_of_school("school-a"),
    "family_files.find": lambda s: s.find("f"),
    "family_files.of_person": lambda s: s.of_person("p"),
    "family_files.of_student": lambda s: s.of_student("school-a", "s"),
    "family_files.note_blob": lambda s: s.note_blob("f", "b"),
    "family_files.note_progress": lambda s: s.note_progress("f", 1, 2),
    "family_files.mark_ready": lambda s: s.mark_ready("f", "b", 1),
    "family_files.expired": lambda s: s.expired(NOW),
    "family_files.unfinished": lambda s: s.unfinished(),
    "files.mark_attached": lambda s: s.mark_attached(["f"]),
    "forgetting.identities_of": lambda s: s.identities_of(["p"]),
    "forgetting.bindings_of_person": lambda s: s.bindings_of_person("p"),
    "forgetting.bindings_of_student": lambda s: s.bindings_of_student("school-a", "s"),
    "forgetting.claims_of_person": lambda s: s.claims_of_person("p"),
    "forgetting.sessions_of": lambda s: s.sessions_of("p"),
    "forgetting.contacts_by_id": lambda s: s.contacts_by_id(["c"]),
    "forgetting.find_student": lambda s: s.find_student("s"),
    "forgetting.deliveries_of": lambda s: anext(s.deliveries_of("p"), None),
    "forgetting.consents_of_student": lambda s: s.consents_of_student("school-a", "s"),
    "forgetting.files_of": lambda s: s.files_of("p"),
    "forgetting.drop_ledger": lambda s: s.drop_ledger("d"),
    "forgetting.drop_deliveries_of_notice": lambda s: s.drop_deliveries_of_notice("n"),
    "forgetting.leave_round": lambda s: s.leave_round(GROUP, ["d"]),
    "forgetting.drop": lambda s: s.drop("claims", ["c"]),
    "forgetting.drop_lines_of": lambda s: s.drop_lines_of(["s:p"]),
    "forgetting.drop_of_person": lambda s: s.drop_of_person("claims", "p"),
    "forgetting.drop_contacts": lambda s: s.drop_contacts("school-a", "s"),
    "forgetting.drop_claims_about": lambda s: s.drop_claims_about("school-a", "s"),
    "forgetting.drop_invitations": lambda s: s.drop_invitations("school-a", "s"),
    "files.find": lambda s: s.find("f"),
    "files.many": lambda s: s.many(["f"]),
    "files.find_thumbnail": lambda s: s.find_thumbnail("f"),
    "files.read": lambda s: anext(s.read("f", 3, 9), None),
    "files.undrawn": lambda s: s.undrawn(20),
    "files.mark_drawn": lambda s: s.mark_drawn("f"),
    "forgetting.files_of_student": lambda s: s.files_of_student("school-a", "s"),
    "forgetting.unname_files": lambda s: s.unname_files(["f"]),
    "submissions.find": lambda s: s.find("h:s"),
    "submissions.many": lambda s: s.many(["h:s"]),
    "submissions.mark_handed_in": lambda s: s.mark_handed_in(a_submission(), a_version()),
    "submissions.mark_marked": lambda s: s.mark_marked(a_submission(), a_mark()),
    "submissions.mark_all_seen": lambda s: s.mark_all_seen(["h:s"], a_mark()),
    "submissions.untold": lambda s: s.untold(NOW, 20),
    "submissions.mark_told": lambda s: s.mark_told(a_submission()),
    "submissions.set_praised": lambda s: s.set_praised("h:s", NOW),
    "submissions.of_student": lambda s: s.of_student("school-a", "s"),
    "submissions.old": lambda s: s.old(NOW, 20),
    "mistakes.find": lambda s: s.find("m"),
    "mistakes.page": lambda s: s.page("school-a", "s", "maths", before="9", at=NOW, limit=20),
    "mistakes.due": lambda s: s.due("school-a", "s", NOW.date(), 20),
    "mistakes.mark_reviewed": lambda s: s.mark_reviewed(
        a_mistake(), Review(id="r", day=NOW.date(), right=True), None
    ),
    "mistakes.set_words": lambda s: s.set_words("m", note="", knowledge="", cause="unknown"),
    "mistakes.drop": lambda s: s.drop("m"),
    "mistakes.of_student": lambda s: s.of_student("school-a", "s"),
    "mistakes.old": lambda s: s.old(NOW, 20),
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
    "identities.find": lambda s: s.find("wx1", "o"),
    "identities.of_people": lambda s: s.of_people("wx1", ["p"]),
    "evenings.many": lambda s: s.many(["c:2026-11-24"]),
    "evenings.of_day": lambda s: s.of_day("school-a", NOW.date()),
    "evenings.mark_changed": lambda s: s.mark_changed(an_evening(version=1)),
    "homework.find": lambda s: s.find("h"),
    "homework.many": lambda s: s.many(["h"]),
    "homework.page_of_author": lambda s: s.page_of_author(
        "school-a", "t", before="9", at=NOW, limit=20
    ),
    "homework.unfinished": lambda s: s.unfinished(NOW),
    "overruns.find": lambda s: s.find("o"),
    "overruns.waiting_in_school": lambda s: s.waiting_in_school("school-a"),
    "overruns.of_homework": lambda s: s.of_homework("school-a", "h"),
    "overruns.untold": lambda s: s.untold(NOW),
    "timings.many": lambda s: s.many(["h:s"]),
    "timings.remove": lambda s: s.remove("h:s"),
    "timings.of_author": lambda s: s.of_author("school-a", "t", NOW, 20),
    "timings.of_student": lambda s: s.of_student("school-a", "s"),
    "forgetting.drop_timings": lambda s: s.drop_timings("school-a", "s"),
    "evenings.of_days": lambda s: s.of_days("school-a", NOW.date(), NOW.date()),
    "monitors.mark": lambda s: s.mark("school-a", NOW.date(), "stamp"),
    "monitors.marks": lambda s: s.marks(10),
    "monitors.class_weeks": lambda s: s.class_weeks("school-a", NOW.date(), NOW.date()),
    "monitors.school_weeks": lambda s: s.school_weeks(["school-a"], [NOW.date()]),
    "ageing.drop_weeks": lambda s: s.drop_weeks("class_weeks", NOW.date()),
    "forgetting.leave_groups": lambda s: s.leave_groups("school-a", "s"),
    "notices.find": lambda s: s.find("n"),
    "notices.many": lambda s: s.many(["n"]),
    "notices.page_of_author": lambda s: s.page_of_author(
        "school-a", "t", before="9", at=NOW, limit=20
    ),
    "notices.published_since": lambda s: s.published_since("school-a", "c", NOW),
    "notices.with_due_work": lambda s: s.with_due_work(NOW),
    "pauses.active": lambda s: s.active("wx1", NOW),
    "pupils.named": lambda s: s.named("school-a", "李", 20),
    "pupils.of_classes": lambda s: s.of_classes("school-a", ["c"]),
    "pupils.count_by_class": lambda s: s.count_by_class("school-a"),
    "pupils.lines_of": lambda s: s.lines_of("school-a", ["s"]),
    "pupils.bindings_of": lambda s: s.bindings_of("school-a", ["s"]),
    "pupils.claims_about": lambda s: s.claims_about("school-a", "s"),
    "subscriptions.find": lambda s: s.find("i|t"),
    "subscriptions.many": lambda s: s.many(["i|t"]),
    "subscriptions.put": lambda s: s.put(
        Subscription(id="i|t", person_id="p", touched_at=NOW), was=1
    ),
    "subscriptions.spend": lambda s: s.spend("i|t", NOW),
    "subscriptions.give_back": lambda s: s.give_back("i|t"),
    "subscriptions.run_dry": lambda s: s.run_dry("i|t", Said.OFF, NOW),
    "subscriptions.move": lambda s: s.move("i", "p"),
    "rounds.take": lambda s: s.take(GROUP, run="r", at=NOW, lease=LEASE),
    "rounds.note_sending": lambda s: s.note_sending(
        GROUP, ["d"], run="r", since=NOW, held_until=NOW
    ),
    "rounds.finish": lambda s: s.finish(GROUP, run="r"),
    "schools.find_school": lambda s: s.find_school("school-a"),
    "schools.set_year": lambda s: s.set_year("school-a", 2026),
    "schools.classes": lambda s: s.classes(["c"]),
    "schools.drop_contacts": lambda s: s.drop_contacts(["c"]),
    "schools.quarantined_contacts": lambda s: s.quarantined_contacts("school-a"),
    "schools.classes_of_school": lambda s: s.classes_of_school("school-a"),
    "schools.student_batches": lambda s: drained(s.student_batches("school-a")),
    "schools.contact_batches": lambda s: drained(s.contact_batches("school-a")),
    "schools.students_of": lambda s: s.students_of("school-a", ["c"]),
    "schools.students": lambda s: s.students(["s"]),
    "schools.find_contact": lambda s: s.find_contact("l"),
    "schools.contacts_named": lambda s: s.contacts_named("李小明", "1234"),
    "schools.schools_below": lambda s: s.schools_below("r"),
    "schools.change_school": lambda s: s.change_school("school-a", {"name": "青禾小学"}),
    "appointments.find": lambda s: s.find("a"),
    "appointments.end": lambda s: s.end("a", NOW),
    "appointments.of_person": lambda s: s.of_person("p", NOW),
    "appointments.of_classes": lambda s: s.of_classes("school-a", ["c", ""], NOW),
    "appointments.of_school": lambda s: s.of_school("school-a"),
    "appointments.of_region": lambda s: s.of_region("r"),
    "appointments.of_regions": lambda s: s.of_regions(["r"]),
    "appointments.in_role": lambda s: s.in_role(Role.SCHOOL_ADMIN, ["school-a"]),
    "appointments.reinstate": lambda s: s.reinstate("a", NOW),
    "registrations.forget_student": lambda s: s.forget_student("school-a", "s"),
    "registrations.marks": lambda s: s.marks(10),
    "registrations.begin_night": lambda s: s.begin_night("2026-11-22"),
    "registrations.school_ids": lambda s: s.school_ids(),
    "registrations.pupils": lambda s: s.pupils("school-a"),
    "registrations.bindings_of_school": lambda s: s.bindings_of_school("school-a"),
    "registrations.bindings_of": lambda s: s.bindings_of("school-a", ["s"]),
    "registrations.contacts_of": lambda s: s.contacts_of("school-a", ["s"]),
    "registrations.drop_classes": lambda s: s.drop_classes(["c"]),
    "registrations.of_school": lambda s: s.of_school("school-a"),
    "registrations.of_schools": lambda s: s.of_schools(["school-a"]),
    "regions.find": lambda s: s.find("r"),
    "regions.regions": lambda s: s.regions(["r"]),
    "regions.below": lambda s: s.below("r"),
    "regions.change": lambda s: s.change("r", {"name": "芝罘区"}),
    "desks.find": lambda s: s.find("d", NOW),
    "desks.mark": lambda s: s.mark(
        "d", was=DeskState.WAITING, state=DeskState.REFUSED, person_id="p"
    ),
    "offers.find": lambda s: s.find("o"),
    "offers.of_place": lambda s: s.of_place(school_id="school-a"),
    "offers.mark": lambda s: s.mark("o", OfferState.REVOKED),
    "promotions.count_pupils": lambda s: s.count_pupils("school-a", ["c"]),
    "promotions.everybody_in": lambda s: s.everybody_in("school-a", "c"),
    "promotions.ended_under": lambda s: s.ended_under("school-a", ["s"], "rollover:r:1"),
    "promotions.end_bindings": lambda s: s.end_bindings(["s:p"], an_ending()),
    "promotions.restore_bindings": lambda s: s.restore_bindings(["s:p"], "rollover:r:1"),
    "promotions.mark_untold": lambda s: s.mark_untold(["s:p"], "rollover:r:1"),
    "promotions.drop_lines": lambda s: s.drop_lines(["s:p"]),
    "promotions.drop_contacts_of": lambda s: s.drop_contacts_of("school-a", ["s"]),
    "promotions.mark_left": lambda s: s.mark_left(["s"], NOW),
    "promotions.mark_back": lambda s: s.mark_back(["s"], NOW),
    "promotions.end_class": lambda s: s.end_class("c", NOW),
    "promotions.reopen_class": lambda s: s.reopen_class("c", NOW),
    "promotions.drop_classes": lambda s: s.drop_classes(["c"]),
    "promotions.drop_appointment": lambda s: s.drop_appointment("a"),
    "promotions.change_year": lambda s: s.change_year("school-a", 2026, was=2025),
    "promotions.describe_school": lambda s: s.describe_school(
        "school-a", stages=[Stage.PRIMARY], system=System.SIX_THREE, year=2025
    ),
    "rollovers.find": lambda s: s.find("school-a:2026"),
    "rollovers.of_school": lambda s: s.of_school("school-a"),
    "rollovers.is_busy": lambda s: s.is_busy("school-a"),
    "rollovers.due": lambda s: s.due(NOW),
    "rollovers.begin": lambda s: s.begin(a_rollover(), by="p", at=NOW),
    "rollovers.begin_undo": lambda s: s.begin_undo("school-a:2026", NOW),
    "rollovers.take_turn": lambda s: s.take_turn("school-a:2026", run="r", at=NOW, lease=LEASE),
    "rollovers.note_step": lambda s: s.note_step("school-a:2026", run="r", step=1, held_until=NOW),
    "rollovers.finish": lambda s: s.finish("school-a:2026", run="r", changes={}),
    "bearers.find": lambda s: s.find("b", NOW),
    "bearers.rotate": lambda s: s.rotate(a_bearer(), was="r"),
    "bearers.drop_spare": lambda s: s.drop_spare("b"),
    "bearers.act_at": lambda s: s.act_at("b", "p"),
    "bearers.end": lambda s: s.end("b"),
    "bearers.end_all": lambda s: s.end_all("p"),
    "replies.find": lambda s: s.find("r"),
    "replies.take_over": lambda s: s.take_over(a_reply(id="r2"), since=NOW),
    "replies.answer": lambda s: s.answer("r", 200, "{}"),
    "replies.forget": lambda s: s.forget("r"),
    "unions.find": lambda s: s.find("u"),
    "unions.knows": lambda s: s.knows("p"),
    "unions.move": lambda s: s.move("u", "p"),
    "identities.all_of_person": lambda s: s.all_of_person("p"),
    "identities.move": lambda s: s.move("i", "p"),
    "sessions.act_at": lambda s: s.act_at("s", "p"),
    "sessions.mark_seen": lambda s: s.mark_seen("s", NOW),
    "sessions.end": lambda s: s.end("s"),
    "sessions.end_all": lambda s: s.end_all("p"),
    "sessions.find": lambda s: s.find("token", NOW),
    "terms.calendars": lambda s: s.calendars(["school:school-a"]),
    "terms.mark_changed": lambda s: s.mark_changed(Calendar(id="school:school-a", version=1)),
}
# What a condition on these costs is one look at a document that the index has found already.
BESIDE_THE_INDEX = {
    "deliveries.mark_due": {"purposes", "read_at"},
    "rounds.finish": {"run"},
    "ageing.drop_ended_binding": {"state"},
    "ageing.take_loose": {"loose"},
}


@dataclass
class Asked:
    """One query as it went over the wire."""

    collection: str
    filter: dict[str, Any]
    sort: dict[str, int]


class Wire(CommandListener):
    """Listens to what a store asks."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def started(self, event: CommandStartedEvent) -> None:
        command = event.command
        name = event.command_name
        if name in ("find", "findAndModify"):
            query = command["filter"] if name == "find" else command["query"]
            sort = dict(command.get("sort") or {})
            self.asked.append(Asked(command[name], dict(query), sort))
        for update in [*command.get("updates", []), *command.get("deletes", [])]:
            self.asked.append(Asked(command[name], dict(update["q"]), {}))

    def succeeded(self, event: object) -> None:
        """Not asked for."""

    failed = succeeded


@asynccontextmanager
async def listening(mongodb_uri: str, database: str) -> AsyncIterator[tuple[Any, Wire]]:
    wire = Wire()
    client: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        mongodb_uri, event_listeners=[wire], tz_aware=True
    )
    try:
        yield client[database], wire
    finally:
        client.close()


def named_index(method: str) -> str:
    store, _, name = method.partition(".")
    documented = inspect.getdoc(getattr(STORES[store], name)) or ""
    found = re.search(r"Uses index: (\w+)\.", documented)
    assert found, method
    return found[1]


def keys_of(collection: str, index: str) -> list[str]:
    if index == "_id_":
        return ["_id"]
    (keys,) = [list(i.document["key"]) for i in INDEXES[collection] if i.document["name"] == index]
    return keys


def test_every_method_that_names_an_index_is_tried_here() -> None:
    naming = {
        f"{store}.{name}"
        for store, kind in STORES.items()
        for name, method in inspect.getmembers(kind, inspect.isfunction)
        if not name.startswith("_") and "Uses index:" in (inspect.getdoc(method) or "")
    }
    assert naming == set(CALLS)
    assert set(STORES) <= {field.name for field in fields(Stores)}


@pytest.mark.parametrize("method", CALLS)
async def test_a_query_asks_for_nothing_that_its_index_does_not_cover(
    method: str, mongodb_uri: str, stores: Stores, database_name: str
) -> None:
    store, index = method.partition(".")[0], named_index(method)
    async with listening(mongodb_uri, database_name) as (database, wire):
        await CALLS[method](STORES[store](database))
    assert wire.asked
    for asked in wire.asked:
        keys = keys_of(asked.collection, index)
        wanted = {*asked.filter, *asked.sort} - BESIDE_THE_INDEX.get(method, set())
        assert wanted <= set(keys), asked
        assert keys[0] in asked.filter
        # No gap: what is asked for are the first keys of the index, and sorting goes on from there.
        assert wanted == set(keys[: len(wanted)]), asked


async def test_the_indexes_that_are_named_exist_and_making_them_again_is_harmless(
    stores: Stores, behind: Database[dict[str, Any]]
) -> None:
    await stores.ensure_indexes()
    for collection, indexes in INDEXES.items():
        there = behind[collection].index_information()
        assert {i.document["name"] for i in indexes} <= set(there)
        for index in indexes:
            assert there[index.document["name"]]["key"] == list(index.document["key"].items())


def test_the_indexes_of_a_school_start_with_the_school() -> None:
    """The others start from an adult, a role, a binding, a message, a region, an audit chain (a school's or another's),
    a child's name as typed, or a clock.
    """
    beginnings = {
        index.document["name"]: next(iter(index.document["key"]))
        for indexes in INDEXES.values()
        for index in indexes
    }
    assert {name for name, first in beginnings.items() if first != "school_id"} == {
        "by_act",
        "by_actor",
        "by_binding",
        "by_chain",
        "by_child",
        "by_age",
        "by_ending",
        "by_expiry",
        "by_message",
        "by_owner",
        "files_id_1_n_1",
        "loose",
        "undrawn",
        "unfinished",
        "by_person",
        "by_region",
        "by_role",
        "by_subject",
        "by_work",
        "due",
        "expiry",
        "firsts",
        "runs_out",
        "unsettled",
        "untold",
        "with_files",
    }


@pytest.mark.skipif(
    not os.environ.get("YANSHU_MONGODB_URI"),
    reason="plans are asked of a real MongoDB only: set YANSHU_MONGODB_URI",
)
@pytest.mark.parametrize("method", [m for m in CALLS if named_index(m) != "_id_"])
async def test_the_servers_plan_uses_the_named_index(
    method: str, mongodb_uri: str, stores: Stores, database_name: str
) -> None:
    store, index = method.partition(".")[0], named_index(method)
    async with listening(mongodb_uri, database_name) as (database, wire):
        await CALLS[method](STORES[store](database))
        for asked in list(wire.asked):
            find = {"find": asked.collection, "filter": asked.filter}
            if asked.sort:
                find["sort"] = asked.sort
            plan = await database.command("explain", find, verbosity="queryPlanner")
            stages = list(stages_of(plan["queryPlanner"]["winningPlan"]))
            assert {s.get("indexName") for s in stages if s["stage"] == "IXSCAN"} == {index}
            assert not {"COLLSCAN", "SORT"} & {s["stage"] for s in stages}


def stages_of(plan: dict[str, Any]) -> Any:
    """A plan's stages, outermost first (newer servers wrap them once more)."""
    plan = plan.get("queryPlan", plan)
    yield plan
    for inner in [plan.get("inputStage"), *plan.get("inputStages", [])]:
        if inner:
            yield from stages_of(inner)
