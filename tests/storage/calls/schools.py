"""A school: places, classes, pupils, lists, staff, the school year."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from domain.deliveries import LEASE
from domain.imports import ImportState
from domain.offers import OfferState
from domain.roles import Role
from domain.schools import School
from domain.stages import Stage, System
from domain.terms import Calendar
from storage.appointments import AppointmentStore
from storage.groups import GroupStore
from storage.imports import ImportStore
from storage.invitations import InvitationStore
from storage.offers import OfferStore
from storage.promotions import PromotionStore
from storage.pupils import PupilStore
from storage.regions import RegionStore
from storage.registrations import RegistrationStore
from storage.rollovers import RolloverStore
from storage.schools import SchoolStore
from storage.terms import TermStore
from tests.domain.samples import NOW, a_rollover, an_ending, an_enrolment

STORES: dict[str, type] = {
    "appointments": AppointmentStore,
    "groups": GroupStore,
    "imports": ImportStore,
    "invitations": InvitationStore,
    "offers": OfferStore,
    "promotions": PromotionStore,
    "pupils": PupilStore,
    "regions": RegionStore,
    "registrations": RegistrationStore,
    "rollovers": RolloverStore,
    "schools": SchoolStore,
    "terms": TermStore,
}


async def drained(things: AsyncIterator[object]) -> list[object]:
    return [thing async for thing in things]


CALLS: dict[str, Callable[[Any], Awaitable[object]]] = {
    "appointments.find": lambda s: s.find("a"),
    "appointments.end": lambda s: s.end("a", NOW),
    "appointments.of_person": lambda s: s.of_person("p", NOW),
    "appointments.of_classes": lambda s: s.of_classes("school-a", ["c", ""], NOW),
    "appointments.of_school": lambda s: s.of_school("school-a"),
    "appointments.of_region": lambda s: s.of_region("r"),
    "appointments.of_regions": lambda s: s.of_regions(["r"]),
    "appointments.in_role": lambda s: s.in_role(Role.SCHOOL_ADMIN, ["school-a"]),
    "appointments.reinstate": lambda s: s.reinstate("a", NOW),
    "groups.rules": lambda s: s.rules("school-a"),
    "groups.enrol": lambda s: s.enrol(an_enrolment()),
    "groups.end_enrolment": lambda s: s.end_enrolment("g:p", NOW),
    "groups.find_enrolment": lambda s: s.find_enrolment("g:p"),
    "groups.enrolments_of_group": lambda s: s.enrolments_of_group("school-a", "g"),
    "groups.enrolments_of_school": lambda s: s.enrolments_of_school("school-a"),
    "groups.enrolments_of_person": lambda s: s.enrolments_of_person("p"),
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
    "pupils.named": lambda s: s.named("school-a", "李", 20),
    "pupils.of_classes": lambda s: s.of_classes("school-a", ["c"]),
    "pupils.count_by_class": lambda s: s.count_by_class("school-a"),
    "pupils.lines_of": lambda s: s.lines_of("school-a", ["s"]),
    "pupils.bindings_of": lambda s: s.bindings_of("school-a", ["s"]),
    "pupils.claims_about": lambda s: s.claims_about("school-a", "s"),
    "regions.find": lambda s: s.find("r"),
    "regions.regions": lambda s: s.regions(["r"]),
    "regions.below": lambda s: s.below("r"),
    "regions.change": lambda s: s.change("r", {"name": "芝罘区"}),
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
    "rollovers.find": lambda s: s.find("school-a:2026"),
    "rollovers.of_school": lambda s: s.of_school("school-a"),
    "rollovers.is_busy": lambda s: s.is_busy("school-a"),
    "rollovers.due": lambda s: s.due(NOW),
    "rollovers.begin": lambda s: s.begin(a_rollover(), by="p", at=NOW),
    "rollovers.begin_undo": lambda s: s.begin_undo("school-a:2026", NOW),
    "rollovers.take_turn": lambda s: s.take_turn("school-a:2026", run="r", at=NOW, lease=LEASE),
    "rollovers.note_step": lambda s: s.note_step("school-a:2026", run="r", step=1, held_until=NOW),
    "rollovers.finish": lambda s: s.finish("school-a:2026", run="r", changes={}),
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
    "schools.schools": lambda s: s.schools(["school-a"]),
    "schools.moved": lambda s: s.moved(20),
    "schools.forget_left": lambda s: s.forget_left(School(id="school-a", name="青禾小学")),
    "schools.schools_below": lambda s: s.schools_below("r"),
    "schools.change_school": lambda s: s.change_school("school-a", {"name": "青禾小学"}),
    "terms.calendars": lambda s: s.calendars(["school:school-a"]),
    "terms.mark_changed": lambda s: s.mark_changed(Calendar(id="school:school-a", version=1)),
}
