"""Adults: who they are to WeChat, what they are bound to, agreed to and asked to be forgotten."""

from collections.abc import Awaitable, Callable
from typing import Any

from domain.deliveries import Group
from domain.desks import DeskState
from domain.erasures import Origin
from domain.subscriptions import Said, Subscription
from storage.accounts import AccountStore
from storage.bearers import BearerStore
from storage.bindings import BindingStore
from storage.claims import ClaimStore
from storage.consents import ConsentStore
from storage.desks import DeskStore
from storage.erasures import ErasureStore
from storage.family_files import FamilyFileStore
from storage.forgetting import ForgetStore
from storage.identities import IdentityStore
from storage.sessions import SessionStore
from storage.subscriptions import SubscriptionStore
from storage.unions import UnionStore
from tests.domain.samples import NOW, a_bearer, an_erasure

GROUP = Group("school-a", "notice-1", "class-1")
STORES: dict[str, type] = {
    "accounts": AccountStore,
    "bearers": BearerStore,
    "bindings": BindingStore,
    "claims": ClaimStore,
    "consents": ConsentStore,
    "desks": DeskStore,
    "erasures": ErasureStore,
    "family_files": FamilyFileStore,
    "forgetting": ForgetStore,
    "identities": IdentityStore,
    "sessions": SessionStore,
    "subscriptions": SubscriptionStore,
    "unions": UnionStore,
}


CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "accounts.find": lambda s: s.find("a"),
    "accounts.of_person": lambda s: s.of_person("p"),
    "accounts.remove": lambda s: s.remove("a"),
    "bearers.find": lambda s: s.find("b", NOW),
    "bearers.of_person": lambda s: s.of_person("p"),
    "bearers.rotate": lambda s: s.rotate(a_bearer(), was="r"),
    "bearers.drop_spare": lambda s: s.drop_spare("b"),
    "bearers.act_at": lambda s: s.act_at("b", "p"),
    "bearers.end": lambda s: s.end("b"),
    "bearers.end_all": lambda s: s.end_all("p"),
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
    "bindings.unsettled": lambda s: s.unsettled(NOW),
    "claims.find": lambda s: s.find("c"),
    "claims.waiting_in_school": lambda s: s.waiting_in_school("school-a"),
    "claims.waiting_for_students": lambda s: s.waiting_for_students("school-a", ["s"]),
    "claims.of_person": lambda s: s.of_person("p"),
    "claims.closed_of_person": lambda s: s.closed_of_person("p", NOW),
    "claims.due": lambda s: s.due(),
    "claims.untold": lambda s: s.untold(NOW),
    "consents.of_person": lambda s: s.of_person("p"),
    "consents.of_students": lambda s: s.of_students("school-a", ["s"]),
    "desks.find": lambda s: s.find("d", NOW),
    "desks.mark": lambda s: s.mark(
        "d", was=DeskState.WAITING, state=DeskState.REFUSED, person_id="p"
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
    "forgetting.identities_of": lambda s: s.identities_of(["p"]),
    "forgetting.bindings_of_person": lambda s: s.bindings_of_person("p"),
    "forgetting.bindings_of_student": lambda s: s.bindings_of_student("school-a", "s"),
    "forgetting.claims_of_person": lambda s: s.claims_of_person("p"),
    "forgetting.sessions_of": lambda s: s.sessions_of("p"),
    "forgetting.contacts_by_id": lambda s: s.contacts_by_id(["c"]),
    "forgetting.find_student": lambda s: s.find_student("s"),
    "forgetting.deliveries_of": lambda s: anext(s.deliveries_of("p"), None),
    "forgetting.leave_promises": lambda s: s.leave_promises(["f"], ["deliveries:d"]),
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
    "forgetting.files_of_student": lambda s: s.files_of_student("school-a", "s"),
    "forgetting.unname_files": lambda s: s.unname_files(["f"]),
    "forgetting.drop_enrolments": lambda s: s.drop_enrolments("school-a", "s"),
    "forgetting.drop_timings": lambda s: s.drop_timings("school-a", "s"),
    "forgetting.leave_groups": lambda s: s.leave_groups("school-a", "s"),
    "identities.find": lambda s: s.find("wx1", "o"),
    "identities.of_people": lambda s: s.of_people("wx1", ["p"]),
    "identities.all_of_person": lambda s: s.all_of_person("p"),
    "identities.move": lambda s: s.move("i", "p"),
    "sessions.act_at": lambda s: s.act_at("s", "p"),
    "sessions.mark_seen": lambda s: s.mark_seen("s", NOW),
    "sessions.is_there": lambda s: s.is_there("h", NOW),
    "sessions.end": lambda s: s.end("s"),
    "sessions.end_all": lambda s: s.end_all("p"),
    "sessions.find": lambda s: s.find("token", NOW),
    "subscriptions.find": lambda s: s.find("i|t"),
    "subscriptions.many": lambda s: s.many(["i|t"]),
    "subscriptions.put": lambda s: s.put(
        Subscription(id="i|t", person_id="p", touched_at=NOW), was=1
    ),
    "subscriptions.spend": lambda s: s.spend("i|t", NOW),
    "subscriptions.give_back": lambda s: s.give_back("i|t"),
    "subscriptions.run_dry": lambda s: s.run_dry("i|t", Said.OFF, NOW),
    "subscriptions.move": lambda s: s.move("i", "p"),
    "unions.find": lambda s: s.find("u"),
    "unions.knows": lambda s: s.knows("p"),
    "unions.move": lambda s: s.move("u", "p"),
}
