"""The rows that several answers of the API have in common, and how they are made of what the services return.

Nothing is looked up or decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import domain.notices
from domain.bindings import Claim, ClaimState, Custody, Doubt, Side
from domain.files import FileKind, StoredFile
from domain.notices import ConfirmMode, NoticeKind, NoticeState
from domain.roles import Right
from miniapp.endpoints import Schema
from services.claims import Standing
from services.families import OwnBindings, OwnChild
from services.home import StaffSide
from services.people import Post, Teaching
from services.reading import Entry

_SUMMARY = 60  # characters: two lines of a list
_ABOUT_PEOPLE = (Right.PEOPLE, Right.CLAIMS, Right.BINDINGS, Right.INVITE)


class Done(Schema):
    """It is so now."""

    done: bool


class Place(Schema):
    """Where somebody has a role."""

    id: str
    name: str
    called: str
    roles: list[str]


class NoticeRow(Schema):
    """A notice about one child, as a line of a list. `summary` is empty once it was withdrawn.

    What a `homework` asks for is at /homework, under the same id.
    """

    id: str
    kind: NoticeKind
    title: str
    summary: str
    author: str
    child_id: str
    child_name: str
    class_name: str
    published_at: datetime
    state: NoticeState
    unread: bool
    confirm: ConfirmMode
    wants_confirmation: bool
    confirmed_at: datetime | None
    deadline_at: datetime | None
    pictures: int
    files: int


class Child(Schema):
    """A child one is bound to. `guardians` are the relations of who else is, an empty one where it is not known."""

    id: str
    name: str
    class_name: str
    school_name: str
    relation: str
    order: int
    custody: Custody
    bound_at: datetime
    until: datetime | None
    trial: bool
    guardians: list[str]


class ClaimRow(Schema):
    """A request to be bound: one's own (`mine`), or another adult's about one's child.

    `side` decides now, null once it is over; the family alone until `school_from`. `doubt` is said to the
    family only. `family`: somebody of the child's family may decide. `gone`: the child is no longer at the
    school. `refused_by` said no.
    """

    id: str
    mine: bool
    child_id: str | None
    child_name: str
    class_name: str
    phone_last4: str
    doubt: Doubt | None
    state: ClaimState
    side: Side | None
    family: bool
    gone: bool
    refused_by: Side | None
    asked_at: datetime
    school_from: datetime | None
    expires_at: datetime | None
    may_decide: bool
    may_withdraw: bool
    may_appeal: bool


class OwnNoticeRow(Schema):
    """A notice that one wrote, as a line of a list. `classes` are those of its classes that are still one's own."""

    id: str
    title: str
    summary: str
    classes: list[str]
    state: NoticeState
    publish_at: datetime
    confirm: ConfirmMode
    deadline_at: datetime | None
    version: int
    pictures: int
    files: int


class NamedClass(Schema):
    """A class by name."""

    id: str
    name: str


class TaughtClass(NamedClass):
    """A class one publishes to, and what else one may do about its people."""

    rights: list[Right]


class TeachingRow(Schema):
    """The classes one publishes to, and the newest of one's own.

    `claims` requests to be bound wait for the school, `leaves` requests for leave for my decision.
    """

    school_name: str
    name: str
    classes: list[TaughtClass]
    claims: int
    leaves: int
    newest: list[OwnNoticeRow]


class Attachment(Schema):
    """A file of something; width and height of a picture in pixels, how many seconds a recording plays."""

    file_id: str
    kind: FileKind
    name: str
    size_bytes: int
    width: int | None
    height: int | None
    seconds: int | None


def uploaded(file: StoredFile) -> Attachment:
    """A stored file, to be attached to something; its name has the ending that its content deserves."""
    return Attachment(
        file_id=file.id,
        kind=file.kind,
        name=file.name,
        size_bytes=file.size_bytes,
        width=file.width or None,
        height=file.height or None,
        seconds=file.seconds or None,
    )


def notice_row(entry: Entry) -> NoticeRow:
    """A line of a guardian's list."""
    notice, version = entry.notice, entry.notice.current
    withdrawn = notice.state is NoticeState.WITHDRAWN
    attached = () if withdrawn else version.attachments
    pictures = sum(a.kind is FileKind.PICTURE for a in attached)
    return NoticeRow(
        id=notice.id,
        kind=notice.kind,
        title=version.title,
        summary="" if withdrawn else " ".join(version.body.split())[:_SUMMARY],
        author=notice.author_name,
        child_id=entry.child.student.id,
        child_name=entry.child.student.name,
        class_name=entry.child.school_class.name,
        published_at=notice.publish_at,
        state=notice.state,
        unread=entry.unread,
        confirm=notice.confirm,
        wants_confirmation=entry.wants_confirmation,
        confirmed_at=entry.delivery.confirmed_at,
        deadline_at=notice.deadline_at,
        pictures=pictures,
        files=len(attached) - pictures,
    )


def child_row(own: OwnChild, schools: Mapping[str, str]) -> Child:
    """A child; `schools` are names by id."""
    binding, student = own.child.binding, own.child.student
    return Child(
        id=student.id,
        name=student.name,
        class_name=own.child.school_class.name,
        school_name=schools.get(student.school_id, ""),
        relation=binding.relation,
        order=binding.order,
        custody=binding.custody,
        bound_at=binding.bound_at,
        until=binding.until,
        trial=binding.trial,
        guardians=list(own.others),
    )


def claim_rows(own: OwnBindings, person_id: str, at: datetime) -> list[ClaimRow]:
    """What waits: first others' about one's children, then one's own."""
    return [
        *(_asked_of_family(s, person_id) for s in own.requests),
        *(_own_claim(s.claim, s, at) for s in own.waiting),
    ]


def closed_rows(own: OwnBindings, at: datetime) -> list[ClaimRow]:
    """One's own requests that were not granted of late."""
    return [_own_claim(claim, None, at) for claim in own.closed]


def _asked_of_family(standing: Standing, person_id: str) -> ClaimRow:
    claim, student = standing.claim, standing.students[0]
    return ClaimRow(
        id=claim.id,
        mine=False,
        child_id=student.id,
        child_name=student.name,
        class_name=next((c.name for c in standing.classes if c.id == student.class_id), ""),
        phone_last4=claim.phone_last4,
        doubt=claim.doubt,
        state=standing.state,
        side=standing.side,
        family=bool(standing.guardians),
        gone=False,
        refused_by=None,
        asked_at=claim.created_at,
        school_from=claim.school_from,
        expires_at=claim.expires_at,
        may_decide=standing.may_family and person_id in standing.guardians,
        may_withdraw=False,
        may_appeal=False,
    )


def _own_claim(claim: Claim, standing: Standing | None, at: datetime) -> ClaimRow:
    """`standing` while it waits."""
    state = claim.state_at(at)
    return ClaimRow(
        id=claim.id,
        mine=True,
        child_id=None,
        child_name=claim.child_name,
        class_name="",
        phone_last4=claim.phone_last4,
        doubt=None,
        state=state,
        side=standing.side if standing else None,
        family=bool(standing and standing.guardians),
        gone=standing is not None and not standing.students,
        refused_by=claim.decided_side if state is ClaimState.REFUSED else None,
        asked_at=claim.created_at,
        school_from=claim.school_from,
        expires_at=claim.expires_at,
        may_decide=False,
        may_withdraw=state is ClaimState.WAITING,
        may_appeal=claim.may_appeal(at),
    )


def place_rows(posts: Sequence[Post]) -> list[Place]:
    """Where somebody has a role."""
    return [
        Place(
            id=post.place_id,
            name=place.name,
            called=post.name,
            roles=[role.value for role in post.roles],
        )
        for post in posts
        if (place := post.school or post.region) is not None
    ]


def own_notice_row(notice: domain.notices.Notice, teaching: Teaching) -> OwnNoticeRow:
    """A line of an author's list."""
    version, names = notice.current, {c.id: c.name for c in teaching.classes}
    pictures = sum(a.kind is FileKind.PICTURE for a in version.attachments)
    return OwnNoticeRow(
        id=notice.id,
        title=version.title,
        summary=" ".join(version.body.split())[:_SUMMARY],
        classes=[names[c] for c in notice.class_ids if c in names],
        state=notice.state,
        publish_at=notice.publish_at,
        confirm=notice.confirm,
        deadline_at=notice.deadline_at,
        version=version.number,
        pictures=pictures,
        files=len(version.attachments) - pictures,
    )


def teaching_row(staff: StaffSide, newest: Sequence[domain.notices.Notice]) -> TeachingRow | None:
    """What somebody teaches, where they do."""
    teaching = staff.teaching
    if teaching is None:
        return None
    return TeachingRow(
        school_name=teaching.school.name,
        name=teaching.name,
        classes=[
            TaughtClass(
                id=c.id,
                name=c.name,
                rights=[right for right in _ABOUT_PEOPLE if teaching.may_in(c, right)],
            )
            for c in teaching.classes
        ],
        claims=staff.claims,
        leaves=staff.leaves,
        newest=[own_notice_row(notice, teaching) for notice in newest],
    )


def attachment_rows(
    attachments: Iterable[domain.notices.Attachment], stored: Mapping[str, StoredFile]
) -> list[Attachment]:
    """The files of a notice; `stored` are their records by id."""
    rows = []
    for attached in attachments:
        file = stored.get(attached.file_id)
        rows.append(
            Attachment(
                file_id=attached.file_id,
                kind=attached.kind,
                name=attached.name,
                size_bytes=attached.size_bytes,
                width=(file.width or None) if file else None,
                height=(file.height or None) if file else None,
                seconds=(file.seconds or None) if file else None,
            )
        )
    return rows
