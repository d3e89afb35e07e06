"""The same as the family file's page, for programs: plain records, times in UTC (ISO 8601).

Ids of ours are left out: they mean nothing outside, and some lead to other people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from domain.audit import Entry
from domain.bindings import Binding, Claim
from domain.consent_texts import TEXTS
from domain.consents import ConsentEvent
from domain.deliveries import Attempt, Delivery
from domain.identities import Identity
from domain.notices import Notice, NoticeState
from domain.schools import Student
from domain.timings import Timing
from storage.sessions import Session

Record = dict[str, Any]
# Fields of an act on the child that speak of adults: another guardian's are not this one's to take.
_OF_ADULTS = ("phone", "person", "contact", "guardian", "relation", "approved", "decided", "by")


def binding_record(
    binding: Binding, student: Student | None, *, phone_last4: str, others: Sequence[str]
) -> Record:
    """The child, and the binding to it."""
    return {
        "child": student.name if student else "",
        "number": student.number if student else 0,
        "code": student.code if student else "",
        "relation": binding.relation,
        "state": binding.state,
        "bound_at": binding.bound_at,
        "phone_last4": phone_last4,
        "ended_at": binding.ending.at if binding.ending else None,
        "end_reason": binding.ending.reason if binding.ending else None,
        "others": list(others),
    }


def notice_record(notice: Notice | None, links: Mapping[str, str]) -> Record:
    """A notice with its versions; of a withdrawn one the title alone."""
    if notice is None:
        return {"title": None, "versions": []}
    shown = notice.versions if notice.state is not NoticeState.WITHDRAWN else ()
    return {
        "title": notice.current.title,
        "author": notice.author_name,
        "state": notice.state,
        "published_at": notice.publish_at,
        "withdrawn_at": notice.withdrawn_at,
        "deadline_at": notice.deadline_at,
        "confirm": notice.confirm,
        "versions": [
            {
                "number": v.number,
                "title": v.title,
                "body": v.body,
                "written_at": v.written_at,
                "links": list(v.links),
                "files": [{"name": a.name, "path": links.get(a.file_id)} for a in v.attachments],
            }
            for v in shown
        ],
    }


def delivery_record(delivery: Delivery, links: Mapping[str, str]) -> Record:
    """What became of a notice with this guardian."""
    outcome = delivery.outcome
    return {
        "result": outcome.result if outcome else None,
        "channel": outcome.channel if outcome else None,
        "reason": outcome.reason if outcome else None,
        "at": outcome.at if outcome else None,
        "read_at": delivery.read_at,
        "confirmed_at": delivery.confirmed_at,
        "confirmed_version": delivery.confirmed_version,
        "signature": links.get(delivery.signature_id or ""),
    }


def attempt_record(attempt: Attempt) -> Record:
    """One line of the ledger."""
    return {
        "purpose": attempt.purpose,
        "channel": attempt.channel,
        "at": attempt.at,
        "wechat_code": attempt.code,
        "wechat_message_id": attempt.message_id,
    }


def consent_record(event: ConsentEvent) -> Record:
    """One decision; the text only where it is still the one that was decided on."""
    text = TEXTS[event.purpose]
    return {
        "purpose": event.purpose,
        "title": text.title,
        "version": event.version,
        "text": list(text.paragraphs) if event.version == text.version else None,
        "decision": event.decision,
        "at": event.at,
    }


def timing_record(timing: Timing) -> Record:
    """How long a homework took the child, as the family said."""
    return {
        "homework_id": timing.homework_id,
        "minutes": timing.minutes,
        "expected_minutes": timing.expected,
        "at": timing.at,
    }


def claim_record(claim: Claim) -> Record:
    """A request to be bound, as it was typed."""
    return {
        "child_name": claim.child_name,
        "phone_last4": claim.phone_last4,
        "doubt": claim.doubt,
        "state": claim.state,
        "asked_at": claim.created_at,
        "decided_at": claim.decided_at,
    }


def account_record(identities: Sequence[Identity], sessions: Sequence[Session]) -> list[Record]:
    """Who they are to WeChat, and when they signed in; `openid` is WeChat's name for them with this account."""
    own: list[Record] = [
        {
            "kind": "wechat",
            "app_id": i.app_id,
            "openid": i.openid,
            "since": i.created_at,
            "following": i.following,
            "followed_at": i.followed_at,
            "unfollowed_at": i.unfollowed_at,
        }
        for i in identities
    ]
    return own + [
        {"kind": "session", "since": s.created_at, "until": s.expires_at} for s in sessions
    ]


def entry_record(entry: Entry) -> Record:
    """An act of staff on the child, masked as it is kept."""
    return {
        "at": entry.at,
        "act": entry.act,
        "role": entry.actor.role,
        "before": _of_child(entry.before),
        "after": _of_child(entry.after),
    }


def _of_child(fields: Mapping[str, Any] | None) -> Record | None:
    if fields is None:
        return None
    return {
        name: value
        for name, value in fields.items()
        if not name.endswith(("_id", "_ids")) and not any(w in name for w in _OF_ADULTS)
    }


def iso(value: object) -> str:
    """Times as text for JSON; anything else as it says itself."""
    return value.isoformat() if isinstance(value, datetime) else str(value)
