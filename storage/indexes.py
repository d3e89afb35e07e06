"""Every index by collection and name; each query says in its docstring which one it uses.

A query's fields are covered by its index, all of them, and nothing follows an `$in`: the embedded
engine reads a whole collection for a filter that names one field more. Where a condition is not worth
an index it stands in the update itself (`storage.conditions`), or the few that don't fit are left out
after reading.

`school_id` leads the keys of tenant collections. The exceptions start from something that is not a
school: an adult (who may have children in two schools), a message of WeChat's, or a sweep's clock.
"""

from __future__ import annotations

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

_DAY = 24 * 3600


def _index(name: str, *keys: str, **options: Any) -> IndexModel:
    """`"-at"` is descending, `"at"` ascending."""
    pairs = [(k[1:], DESCENDING) if k.startswith("-") else (k, ASCENDING) for k in keys]
    return IndexModel(pairs, name=name, **options)


INDEXES: dict[str, list[IndexModel]] = {
    "classes": [_index("by_school", "school_id")],
    "students": [
        _index("by_class", "school_id", "class_id", "number"),
        _index("by_name", "school_id", "folded_name"),
    ],
    "contacts": [
        _index("by_child", "student_name", "phone_last4"),
        _index("by_student", "school_id", "student_id"),
        _index("by_school", "school_id"),
        _index(
            "quarantined", "school_id", "quarantine", partialFilterExpression={"quarantine": True}
        ),
    ],
    "appointments": [
        _index("by_place", "school_id", "class_id"),
        _index("by_person", "person_id"),
        _index("by_region", "region_id"),
        _index("by_role", "role", "school_id"),
    ],
    "schools": [_index("by_region", "region_ids"), _index("moved", "left")],
    "regions": [_index("by_region", "region_ids")],
    "registrations": [_index("by_school", "school_id")],
    "rollovers": [
        _index("by_school", "school_id"),
        _index("due", "due_at"),
    ],
    "offers": [_index("by_place", "school_id", "region_id")],
    "desks": [_index("expiry", "expires_at", expireAfterSeconds=0)],
    "identities": [_index("by_person", "person_id")],
    "accounts": [_index("by_person", "person_id")],
    "bindings": [
        _index("by_student", "school_id", "student_id"),
        _index("by_contact", "school_id", "contact_id"),
        _index("by_person", "person_id"),
        _index("unsettled", "unsettled", "bound_at", partialFilterExpression={"unsettled": True}),
        _index("untold", "untold", "ending.at", partialFilterExpression={"untold": True}),
        _index("runs_out", "runs_out", "until", partialFilterExpression={"runs_out": True}),
        _index("by_ending", "ending.at", sparse=True),
        _index("by_invitation", "school_id", "invitation_id"),
    ],
    "lines": [_index("by_binding", "binding_id")],
    "claims": [
        _index("by_school", "school_id", "state"),
        _index("by_person", "person_id", "state"),
        _index("due", "state", "next_at"),
        _index("by_candidate", "school_id", "candidates"),
        _index("by_age", "created_at"),
        _index("by_invitation", "school_id", "invitation_id"),
        _index("untold", "untold", "created_at", partialFilterExpression={"untold": True}),
    ],
    "imports": [
        _index("by_school", "school_id"),
        _index("unfinished", "is_open", "touched_at", partialFilterExpression={"is_open": True}),
        _index(
            "with_files", "files_gone", "created_at", partialFilterExpression={"files_gone": False}
        ),
    ],
    "import_pages": [_index("by_import", "school_id", "import_id")],
    # A year after it has ended, nobody asks who came through an invitation.
    "invitations": [
        _index("by_class", "school_id", "class_id", "-created_at"),
        _index("by_student", "school_id", "student_id"),
        _index("expiry", "expires_at", expireAfterSeconds=365 * _DAY),
    ],
    "invitation_visits": [
        _index("by_invitation", "school_id", "invitation_id"),
        _index("by_person", "person_id"),
        _index("expiry", "at", expireAfterSeconds=545 * _DAY),
    ],
    "notices": [
        _index("by_author", "school_id", "author_id", "-position"),
        _index("by_class", "school_id", "class_ids", "-publish_at"),
        _index("by_work", "work.due_at", sparse=True),
        _index("by_day", "school_id", "publish_at"),
        _index("uncounted", "uncounted", sparse=True),
        _index("by_age", "publish_at"),
    ],
    "deliveries": [
        _index("by_notice", "school_id", "notice_id", "class_id", "push.due_at"),
        _index("by_person", "person_id", "-position"),
        _index("due", "push.due_at", sparse=True),
    ],
    "homework": [
        _index("by_author", "school_id", "author_id", "-position"),
        _index("by_pupil", "school_id", "student_ids"),
        _index("by_age", "created_at"),
        _index("unfinished", "unfinished_since", sparse=True),
    ],
    "evenings": [_index("by_day", "school_id", "day"), _index("by_age", "day")],
    "class_weeks": [_index("by_week", "school_id", "monday"), _index("by_age", "monday")],
    "school_weeks": [_index("by_age", "monday")],
    "report_lines": [
        _index("by_class", "school_id", "class_id", "monday"),
        _index("by_age", "monday"),
    ],
    "class_reports": [_index("by_week", "school_id", "monday"), _index("by_age", "monday")],
    "school_reports": [_index("by_age", "monday")],
    "timings": [
        _index("by_author", "school_id", "author_id", "-at"),
        _index("by_student", "school_id", "student_id"),
        _index("by_person", "person_id"),
        _index("by_age", "at"),
    ],
    "overruns": [
        _index("by_school", "school_id", "state"),
        _index("by_homework", "school_id", "homework_id"),
        _index("untold", "untold_since", sparse=True),
    ],
    "enrolments": [
        _index("by_group", "school_id", "group_id"),
        _index("by_student", "school_id", "student_id"),
        _index("by_person", "person_id"),
    ],
    "threads": [
        _index("by_group", "school_id", "group_id", "-last_at"),
        _index("by_student", "school_id", "student_id"),
        _index("by_finder", "found_by"),
        _index("by_person", "person_id"),
        _index("by_staff", "staff_ids", "-last_at"),
        _index("by_state", "school_id", "state", "-number"),
        _index(
            "by_number",
            "school_id",
            "number",
            unique=True,
            partialFilterExpression={"number": {"$gte": 1}},
        ),
    ],
    "thread_marks": [
        _index("by_person", "person_id"),
        _index("by_thread", "thread_id"),
    ],
    # The order of a thread: no number twice.
    "messages": [
        _index("by_thread", "thread_id", "seq", unique=True),
        _index("by_change", "thread_id", "changed_at", sparse=True),
        _index("by_author", "author_id"),
        _index("by_mention", "mentions", sparse=True),
        _index("by_age", "at"),
        _index("ringing", "rings_at", sparse=True),
        _index("due", "carry_at", sparse=True),
        _index(
            "taken_back",
            "school_id",
            "taken_back",
            "recalled_at",
            partialFilterExpression={"taken_back": True},
        ),
    ],
    # A year later nobody asks who was on duty.
    "duty": [
        _index("by_day", "school_id", "day"),
        _index("by_person", "person_id"),
        _index("expiry", "ends_at", expireAfterSeconds=365 * _DAY),
    ],
    # Of whom nothing was said for a month, nothing is remembered.
    "rings": [
        _index("due", "due_at", sparse=True),
        _index("expiry", "touched_at", expireAfterSeconds=30 * _DAY),
    ],
    "message_marks": [
        _index("by_message", "message_id"),
        _index("by_person", "person_id"),
    ],
    "topics": [
        _index("by_circle", "school_id", "circle_id", "-position"),
        _index("by_school", "school_id", "-position"),
        _index("by_child", "school_id", "student_ids"),
        _index("by_author", "author_id"),
        _index("by_liker", "liked_by"),
        _index("by_file", "pictures.file.file_id"),
        _index("by_age", "created_at"),
        _index("untidy", "untidy_since", sparse=True),
    ],
    "topic_comments": [
        _index("by_topic", "topic_id", "position"),
        _index("by_author", "author_id"),
        _index(
            "place",
            "topic_id",
            "place",
            unique=True,
            partialFilterExpression={"place": {"$gte": 1}},
        ),
    ],
    "topic_reads": [
        _index("by_topic", "topic_id"),
        _index("by_person", "person_id"),
    ],
    "topic_audiences": [
        _index("by_member", "members.person_id"),
        _index("by_child", "school_id", "members.student_ids"),
    ],
    "circle_sums": [_index("by_school", "school_id", "first_on", "last_on")],
    "submissions": [
        _index("by_student", "school_id", "student_id"),
        _index("by_age", "first_at"),
        _index("untold", "untold_since", sparse=True),
        _index("uncounted", "uncounted", partialFilterExpression={"uncounted": True}),
    ],
    "mistakes": [
        _index("by_subject", "school_id", "student_id", "subject", "-position"),
        _index("by_due", "school_id", "student_id", "due"),
        _index("by_age", "created_at"),
    ],
    "practices": [_index("by_class", "school_id", "class_id")],
    "reviews": [
        _index("by_state", "school_id", "state"),
        _index("unsettled", "unsettled_since", sparse=True),
        _index("by_writer", "author_id"),
        _index("by_check", "checked_until", sparse=True),
        _index("by_trace", "checks.trace_id", sparse=True),
        _index("by_door", "checks.door", sparse=True),
        _index("by_reporter", "reports.person_id"),
        _index("by_age", "decided_at", sparse=True),
    ],
    # WeChat pushes a verdict within half an hour.
    "looks": [_index("expiry", "at", expireAfterSeconds=_DAY)],
    # What is over is nobody's business a month later.
    "silences": [
        _index("by_school", "school_id"),
        _index("by_person", "person_id"),
        _index("expiry", "until", expireAfterSeconds=30 * _DAY),
    ],
    "links": [
        _index("by_shelf", "place"),
        _index("due", "check_due_at"),
    ],
    "resources": [
        _index("by_library", "listed", "-position"),
        _index("by_change", "changed_at"),
        _index("by_author", "school_id", "author.person_id", "-position"),
        _index("by_school", "school_id", "-position"),
        _index("by_queue", "waits_at", "waiting.due_at"),
        _index("by_content", "digests"),
        _index("remind", "remind_at"),
        _index("by_hand", "steps.by.person_id"),
        _index("withdrawn", "withdrawn_at"),
    ],
    "resource_uses": [
        _index("by_resource", "resource_id"),
        _index("by_person", "person_id"),
    ],
    "resource_lessons": [
        _index("by_resource", "resource_id", "person_id", "-day"),
        _index("by_person", "person_id"),
        _index("by_school", "school_id", "day"),
        _index("by_class", "school_id", "class_id", "day"),
        _index("uncounted", "uncounted", partialFilterExpression={"uncounted": True}),
        _index("by_age", "day"),
    ],
    "doors": [_index("by_key", "key", unique=True)],
    "link_days": [
        _index("by_school", "school_id", "day"),
        _index("by_link", "school_id", "code", "day"),
        _index("by_shelf", "place", "day"),
        _index("by_class", "school_id", "class_id", "day"),
        _index("uncounted", "uncounted", partialFilterExpression={"uncounted": True}),
        _index("by_age", "day"),
    ],
    "class_uses": [_index("by_week", "school_id", "monday"), _index("by_age", "monday")],
    "school_uses": [_index("by_age", "monday")],
    "shelf_uses": [
        _index("by_region", "place", "within", "monday"),
        _index("by_week", "school_id", "monday"),
        _index("by_age", "monday"),
    ],
    "activities": [
        _index("by_author", "school_id", "author_id", "-position"),
        _index("by_class", "school_id", "class_ids", "-position"),
        _index("by_staff", "school_id", "staff", "-position"),
        _index("by_school", "school_id", "-position"),
        _index("by_kind", "school_id", "kind", "state", "-position"),
        _index("by_age", "created_at"),
        _index("unfinished", "unfinished_since", sparse=True),
    ],
    "answers": [
        _index("by_activity", "school_id", "activity_id"),
        _index("by_student", "school_id", "student_id"),
        _index("by_person", "person_id"),
    ],
    "leaves": [
        _index("by_student", "school_id", "student_id"),
        _index("by_person", "person_id"),
        _index("by_last", "school_id", "last"),
        _index("waiting", "school_id", "state", "class_id", "last"),
        _index("by_age", "last"),
        _index("untold", "untold_since", sparse=True),
    ],
    "seats": [_index("untold", "untold_since", sparse=True)],
    "tasklists": [
        _index("by_class", "school_id", "class_id", "-position"),
        _index("untold", "untold_since", sparse=True),
        _index("by_age", "created_at"),
    ],
    "taskworks": [
        _index("by_list", "school_id", "list_id"),
        _index("by_student", "school_id", "student_id"),
    ],
    "study_groups": [_index("by_student", "school_id", "student_ids")],
    "task_comments": [
        _index("by_list", "school_id", "list_id"),
        _index("by_author", "school_id", "author_id"),
        _index("by_student", "school_id", "student_id"),
    ],
    "task_questions": [
        _index("by_list", "school_id", "list_id"),
        _index("by_student", "school_id", "student_id"),
        _index("untold", "untold_since", sparse=True),
    ],
    "attempts": [_index("by_message", "message_id", sparse=True)],
    "finishes": [_index("expiry", "at", expireAfterSeconds=2 * _DAY)],
    "sessions": [
        _index("expiry", "expires_at", expireAfterSeconds=0),
        _index("by_person", "person_id"),
    ],
    "bearers": [
        _index("expiry", "expires_at", expireAfterSeconds=0),
        _index("by_person", "person_id"),
    ],
    "replies": [
        _index("expiry", "expires_at", expireAfterSeconds=0),
        _index("by_person", "person_id"),
    ],
    "unions": [_index("by_person", "person_id")],
    "inbox": [_index("expiry", "at", expireAfterSeconds=7 * _DAY)],
    # A chain is a school's, a region's or the installation's.
    "audit": [
        _index("by_chain", "chain", "-position"),
        _index("by_act", "chain", "act", "-position"),
        _index("by_actor", "chain", "actor.person_id", "-position"),
        _index("by_subject", "chain", "subject_id", "-position"),
        _index("firsts", "seq", partialFilterExpression={"seq": 1}),
    ],
    # Whoever could not be told for a day is given up.
    "alerts": [_index("expiry", "at", expireAfterSeconds=2 * _DAY)],
    # An answer of two years ago (a credit: unused for so long) is asked for anew.
    "subscriptions": [
        _index("by_person", "person_id"),
        _index("expiry", "touched_at", expireAfterSeconds=730 * _DAY),
    ],
    "pauses": [_index("expiry", "until", expireAfterSeconds=_DAY)],
    "consents": [
        _index("by_person", "person_id"),
        _index("by_student", "school_id", "student_id"),
    ],
    "files": [
        _index("by_owner", "owner_id"),
        _index("loose", "loose", "created_at", partialFilterExpression={"loose": True}),
        _index("undrawn", "undrawn", "created_at", partialFilterExpression={"undrawn": True}),
        _index("promised", "promised_at", sparse=True),
        _index("by_student", "school_id", "student_id"),
    ],
    # As GridFS itself makes it; here, because we write chunks too.
    "blobs.chunks": [_index("files_id_1_n_1", "files_id", "n", unique=True)],
    # Two days after an upload has expired, nothing of it is wanted, whatever died in between.
    "uploads": [
        _index("by_person", "person_id"),
        _index("expiry", "expires_at"),
    ],
    "pieces": [_index("expiry", "expires_at", expireAfterSeconds=2 * _DAY)],
    "erasures": [_index("due", "due_at")],
    "erasure_reports": [_index("by_school", "school_id", "-done_at")],
    "family_files": [
        _index("by_person", "person_id"),
        _index("by_student", "school_id", "student_id"),
        _index("by_expiry", "expires_at"),
        _index("unfinished", "file_id"),
    ],
}
