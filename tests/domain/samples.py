"""One valid thing of every kind, for tests of rules and stores: name only what matters, the rest is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.bearers import Bearer
from domain.bindings import (
    Binding,
    BindingState,
    Claim,
    ClaimState,
    Doubt,
    Ending,
    EndReason,
)
from domain.budgets import Evening, Reservation, evening_id
from domain.channels import Channel
from domain.deliveries import Attempt, Delivery, Outcome, Push, Result, delivery_id
from domain.erasures import Erasure, Origin, SubjectKind
from domain.files import FileKind, StoredFile
from domain.groups import Enrolment
from domain.identities import Identity, identity_id
from domain.invitations import Invitation
from domain.notices import Attachment, ConfirmMode, Notice, NoticeState, Version, Work
from domain.replies import Reply
from domain.reviews import Review, ReviewState
from domain.roles import Appointment, Role
from domain.rollovers import Choices, Plan, Rollover, RolloverState
from domain.safety import Kind, Reason
from domain.schools import Contact, School, SchoolClass, Student
from domain.times import list_position
from domain.timings import Timing
from domain.uploads import Upload

# A Sunday morning in school time (10:00); every sample happens then unless a test says otherwise.
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def a_school(**changes: Any) -> School:
    return School(**({"id": "school-a", "name": "青禾小学"} | changes))


def a_class(**changes: Any) -> SchoolClass:
    given: dict[str, Any] = {
        "id": "class-1",
        "school_id": "school-a",
        "name": "三年级二班",
        "grade": 3,
    }
    return SchoolClass(**(given | changes))


def a_student(**changes: Any) -> Student:
    given: dict[str, Any] = {
        "id": "student-1",
        "school_id": "school-a",
        "class_id": "class-1",
        "name": "李小明",
        "number": 7,
    }
    return Student(**(given | changes))


def a_contact(**changes: Any) -> Contact:
    given: dict[str, Any] = {
        "id": "contact-1",
        "school_id": "school-a",
        "class_id": "class-1",
        "student_id": "student-1",
        "student_name": "李小明",
        "phone_last4": "1234",
        "relation": "妈妈",
    }
    return Contact(**(given | changes))


def an_appointment(**changes: Any) -> Appointment:
    given: dict[str, Any] = {
        "id": "class-1:head_teacher:teacher-1",
        "school_id": "school-a",
        "class_id": "class-1",
        "person_id": "teacher-1",
        "role": Role.HEAD_TEACHER,
        "name": "王老师",
    }
    return Appointment(**(given | changes))


def a_bearer(**changes: Any) -> Bearer:
    given: dict[str, Any] = {
        "id": "b",
        "person_id": "person-1",
        "openid": "openid-1",
        "access_hash": "a",
        "refresh_hash": "r",
        "created_at": NOW,
        "access_until": NOW + MINUTE,
        "expires_at": NOW + MINUTE,
    }
    return Bearer(**(given | changes))


def a_reply(**changes: Any) -> Reply:
    given: dict[str, Any] = {
        "id": "r",
        "person_id": "person-1",
        "request": "h",
        "taken_at": NOW,
        "expires_at": NOW + MINUTE,
    }
    return Reply(**(given | changes))


def an_identity(**changes: Any) -> Identity:
    given: dict[str, Any] = {
        "id": identity_id("wx1", "openid-1"),
        "app_id": "wx1",
        "openid": "openid-1",
        "person_id": "person-1",
        "created_at": NOW,
    }
    return Identity(**(given | changes))


def a_binding(student: str = "student-1", person: str = "person-1", **changes: Any) -> Binding:
    given: dict[str, Any] = {
        "id": f"{student}:{person}",
        "school_id": "school-a",
        "student_id": student,
        "person_id": person,
        "relation": "妈妈",
        "contact_id": f"{student}:{person}",
        "state": BindingState.ACTIVE,
        "bound_at": NOW,
    }
    return Binding(**(given | changes))


def a_rollover(**changes: Any) -> Rollover:
    given: dict[str, Any] = {
        "id": "school-a:2026",
        "school_id": "school-a",
        "year": 2026,
        "state": RolloverState.PLANNED,
        "plan": Plan(school_id="school-a", year=2026),
        "choices": Choices(),
        "by": "person-1",
        "planned_at": NOW,
    }
    return Rollover(**(given | changes))


def an_ending(**changes: Any) -> Ending:
    given: dict[str, Any] = {"at": NOW, "by": "person-1", "reason": EndReason.OWN}
    return Ending(**(given | changes))


def a_claim(**changes: Any) -> Claim:
    given: dict[str, Any] = {
        "id": "school-a:person-1:student-1",
        "school_id": "school-a",
        "class_ids": ("class-1",),
        "person_id": "person-1",
        "child_name": "李小明",
        "phone_last4": "1234",
        "doubt": Doubt.TAKEN,
        "candidates": ("student-1",),
        "state": ClaimState.WAITING,
        "created_at": NOW,
    }
    return Claim(**(given | changes))


def an_invitation(**changes: Any) -> Invitation:
    given: dict[str, Any] = {
        "id": "invitation-1",
        "school_id": "school-a",
        "class_id": "class-1",
        "created_by": "teacher-1",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=30),
        "url": "http://weixin.qq.com/q/1",
    }
    return Invitation(**(given | changes))


def a_version(**changes: Any) -> Version:
    given: dict[str, Any] = {
        "number": 1,
        "title": "周五春游",
        "body": "请带水壶。\n八点集合。",
        "attachments": (
            Attachment(file_id="file-1", kind=FileKind.PICTURE, name="图.png", size_bytes=3),
        ),
        "links": ("https://www.smartedu.cn/a",),
        "written_at": NOW,
    }
    return Version(**(given | changes))


def a_notice(**changes: Any) -> Notice:
    given: dict[str, Any] = {
        "id": "notice-1",
        "school_id": "school-a",
        "class_ids": ("class-1",),
        "author_id": "teacher-1",
        "author_name": "王老师",
        "confirm": ConfirmMode.TAP,
        "deadline_at": NOW + timedelta(days=2),
        "state": NoticeState.PUBLISHED,
        "publish_at": NOW,
        "created_at": NOW,
        "versions": (a_version(),),
        "work": (Work(purpose="publish", due_at=NOW),),
    }
    given |= changes
    place = list_position(given["publish_at"], given["id"])
    return Notice(**({"position": place} | given))


def a_push(**changes: Any) -> Push:
    given: dict[str, Any] = {"purpose": "publish", "due_at": NOW}
    return Push(**(given | changes))


def a_review(**changes: Any) -> Review:
    given: dict[str, Any] = {
        "id": "message:m",
        "kind": Kind.MESSAGE,
        "subject_id": "m",
        "school_id": "school-a",
        "class_id": "class-1",
        "room": "",
        "author_id": "person-1",
        "author_name": "李小明的妈妈",
        "text": "谁有网课退费加群的消息",
        "file_ids": (),
        "reason": Reason.WORDS,
        "state": ReviewState.WAITING,
        "hidden": True,
        "created_at": NOW,
        "waits_since": NOW,
    }
    return Review(**(given | changes))


def an_outcome(**changes: Any) -> Outcome:
    given: dict[str, Any] = {"result": Result.DELIVERED, "channel": Channel.TEMPLATE, "at": NOW}
    return Outcome(**(given | changes))


def a_delivery(
    student: str = "student-1",
    person: str = "person-1",
    *,
    notice: str = "notice-1",
    **changes: Any,
) -> Delivery:
    given: dict[str, Any] = {
        "id": delivery_id(notice, student, person),
        "school_id": "school-a",
        "notice_id": notice,
        "class_id": "class-1",
        "student_id": student,
        "person_id": person,
        "published_at": NOW,
        "push": a_push(),
        "purposes": ("publish",),
    }
    given |= changes
    place = list_position(given["published_at"], given["id"])
    return Delivery(**({"position": place} | given))


def an_attempt(**changes: Any) -> Attempt:
    given: dict[str, Any] = {
        "id": "notice-1:student-1:person-1:publish",
        "school_id": "school-a",
        "notice_id": "notice-1",
        "class_id": "class-1",
        "delivery_id": delivery_id("notice-1", "student-1", "person-1"),
        "purpose": "publish",
        "channel": Channel.TEMPLATE,
        "at": NOW,
        "code": 0,
        "message_id": "msg-1",
    }
    return Attempt(**(given | changes))


def an_erasure(**changes: Any) -> Erasure:
    given: dict[str, Any] = {
        "id": "adult:person-1",
        "kind": SubjectKind.ADULT,
        "subject_id": "person-1",
        "school_id": "",
        "origin": Origin.OWN,
        "requested_by": "person-1",
        "requested_at": NOW,
        "due_at": NOW,
        "report_id": "report-1",
        "salt": "salt",
    }
    return Erasure(**(given | changes))


def a_file(**changes: Any) -> StoredFile:
    given: dict[str, Any] = {
        "id": "file-1",
        "school_id": "school-a",
        "owner_id": "teacher-1",
        "kind": FileKind.PICTURE,
        "name": "图.png",
        "content_type": "image/png",
        "size_bytes": 3,
        "created_at": NOW,
    }
    return StoredFile(**(given | changes))


def a_reservation(**changes: Any) -> Reservation:
    given: dict[str, Any] = {
        "homework_id": "homework-1",
        "attempt": 1,
        "subject": "maths",
        "minutes": 20,
        "written": True,
        "author_id": "teacher-1",
        "author_name": "王老师",
        "publish_at": NOW,
    }
    return Reservation(**(given | changes))


def an_evening(**changes: Any) -> Evening:
    given: dict[str, Any] = {
        "id": evening_id("class-1", NOW.date()),
        "school_id": "school-a",
        "class_id": "class-1",
        "day": NOW.date(),
    }
    return Evening(**(given | changes))


def an_upload(**changes: Any) -> Upload:
    given: dict[str, Any] = {
        "id": "upload-1",
        "school_id": "school-a",
        "person_id": "person-1",
        "student_id": "student-1",
        "name": "作业.jpg",
        "size_bytes": 3,
        "sha1": "",
        "created_at": NOW,
        "expires_at": NOW + timedelta(days=1),
    }
    return Upload(**(given | changes))


def a_timing(**changes: Any) -> Timing:
    given: dict[str, Any] = {
        "id": "homework-1:student-1",
        "school_id": "school-a",
        "homework_id": "homework-1",
        "student_id": "student-1",
        "person_id": "person-1",
        "author_id": "teacher-1",
        "minutes": 30,
        "expected": 20,
        "at": NOW,
    }
    return Timing(**(given | changes))


def an_enrolment(**changes: Any) -> Enrolment:
    given: dict[str, Any] = {
        "id": "committee:school-a:person-1",
        "school_id": "school-a",
        "group_id": "committee:school-a",
        "person_id": "person-1",
        "student_id": "student-1",
        "since": NOW,
        "granted_by": "office-1",
    }
    return Enrolment(**(given | changes))
