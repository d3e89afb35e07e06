"""The audit log (操作记录): what staff did with people's data, each entry chained by hash to the one before.

One chain a place: a school, a region, or the installation. An entry holds ids and masked fields, never
a whole name, a number or what somebody wrote: a family that is erased needs no entry rewritten.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, StrEnum

from domain.times import list_position

# The chain of acts that belong to no school and no region. No place's id can hold the first character.
INSTALLATION = "@installation"
# What the first entry of every chain follows.
START = "0" * 64

Value = str | int | bool | None


class Act(StrEnum):
    """Every act of staff on people's data. A value that was ever stored is never renamed or taken away."""

    BINDING_ENDED = "binding_ended"
    BINDING_CHANGED = "binding_changed"  # relation, order, custody, end date
    CLAIM_APPROVED = "claim_approved"
    CLAIM_REFUSED = "claim_refused"
    CONTACT_RELEASED = "contact_released"  # out of quarantine, may bind
    CONTACT_DROPPED = "contact_dropped"  # out of quarantine, gone
    ROSTER_TRIED = "roster_tried"  # a dry run
    ROSTER_IMPORTED = "roster_imported"
    PUPIL_ADDED = "pupil_added"
    PUPIL_EDITED = "pupil_edited"
    PUPIL_MOVED = "pupil_moved"
    PUPIL_LEFT = "pupil_left"
    APPOINTMENT_OFFERED = "appointment_offered"
    APPOINTMENT_GRANTED = "appointment_granted"
    OFFER_REVOKED = "offer_revoked"
    APPOINTMENT_ENDED = "appointment_ended"
    INVITATION_MADE = "invitation_made"
    INVITATION_REVOKED = "invitation_revoked"
    CLASS_EDITED = "class_edited"
    PLACE_EDITED = "place_edited"
    ROLLOVER_APPLIED = "rollover_applied"
    ROLLOVER_UNDONE = "rollover_undone"
    SETTINGS_CHANGED = "settings_changed"
    FAMILY_FILE_MADE = "family_file_made"
    FAMILY_ERASED = "family_erased"
    RECEIPTS_EXPORTED = "receipts_exported"
    REGISTRATION_EXPORTED = "registration_exported"
    AUDIT_EXPORTED = "audit_exported"
    SIGNATURE_SEEN = "signature_seen"
    OVERRUN_ALLOWED = "overrun_allowed"  # homework over the minutes of an evening
    OVERRUN_REFUSED = "overrun_refused"
    REVIEW_ALLOWED = "review_allowed"  # what somebody wrote may be shown
    REVIEW_REFUSED = "review_refused"
    PERSON_MUTED = "person_muted"  # may not speak somewhere for a time
    ROOM_FROZEN = "room_frozen"  # nobody may
    SILENCE_LIFTED = "silence_lifted"
    WORDS_CHANGED = "words_changed"  # the list of words that hold something back
    MONITOR_EXPORTED = "monitor_exported"
    CATALOGUE_CHANGED = "catalogue_changed"  # the textbooks of the national platform
    SHELF_CHANGED = "shelf_changed"  # an entry of a shelf put up, changed or taken down
    EDITIONS_CHANGED = "editions_changed"  # which textbooks a grade or a class uses
    REPORT_EXPORTED = "report_exported"
    USE_EXPORTED = "use_exported"
    THEMES_EXPORTED = "themes_exported"  # how many theme activities there were
    ANSWERS_EXPORTED = "answers_exported"  # of an activity
    RESOURCE_ALLOWED = "resource_allowed"  # into the library of a school, district or city
    RESOURCE_RETURNED = "resource_returned"  # to be worked over
    RESOURCE_PROMOTED = "resource_promoted"  # proposed to the level above
    RESOURCE_TAKEN_DOWN = "resource_taken_down"  # out of a library
    RESOURCES_EXPORTED = "resources_exported"  # as a package, or who filed how many
    LEAVE_APPROVED = "leave_approved"
    LEAVE_REFUSED = "leave_refused"
    LEAVES_EXPORTED = "leaves_exported"
    GROUP_CHANGED = "group_changed"
    GROUP_ENROLLED = "group_enrolled"
    GROUP_ENROLMENT_ENDED = "group_enrolment_ended"
    DUTY_CHANGED = "duty_changed"  # somebody is put on duty, or taken off
    URGENT_SAID = "urgent_said"  # through quiet hours, and why
    RECALLED_SEEN = "recalled_seen"  # what a message said that was taken back
    COMMENT_ALLOWED = "comment_allowed"  # of one family to another, in the virtual class
    COMMENT_REFUSED = "comment_refused"
    ANSWER_SHOWN = "answer_shown"  # a family's question with its answer, to all of the class
    ANSWER_HIDDEN = "answer_hidden"
    TOPIC_HIDDEN = "topic_hidden"  # of a circle, or a comment there
    TOPIC_SHOWN = "topic_shown"  # again
    CIRCLES_EXPORTED = "circles_exported"  # how much goes on in circles
    ACCOUNT_LINKED = "account_linked"  # single sign-on
    ACCOUNT_UNLINKED = "account_unlinked"
    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts, in which post, from where.

    `place_id` is the school or region of the post; `post_id` the appointment; `address` the network
    address that the request came from. Each is empty where there is none.
    """

    person_id: str
    post_id: str
    role: str
    place_id: str
    address: str = ""


# Whoever sits at the server's own command line.
OPERATOR = Actor(person_id="operator", post_id="", role="operator", place_id=INSTALLATION)


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """An act that is to be entered: `before` and `after` are masked already (`masked`)."""

    chain: str
    at: datetime
    actor: Actor
    act: Act
    subject_kind: str
    subject_id: str
    before: Mapping[str, Value] | None = None
    after: Mapping[str, Value] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An act in its chain: `seq` counts from 1, `previous` is the hash of the entry before.

    Its fields are fixed for good: one more would change the hash of what is stored already.
    """

    id: str
    chain: str
    seq: int
    at: datetime
    actor: Actor
    act: Act
    subject_kind: str
    subject_id: str
    before: Mapping[str, Value] | None
    after: Mapping[str, Value] | None
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """How far a chain reached when somebody looked: the entry `seq` had this hash."""

    seq: int
    hash: str


class Damage(StrEnum):
    """How a chain is broken."""

    CHANGED = "changed"  # not what was hashed
    MISSING = "missing"
    REORDERED = "reordered"  # another entry stands in its place
    UNLINKED = "unlinked"  # whole in itself, but follows another entry than the one before it
    REWRITTEN = "rewritten"  # whole and linked, but not what a head remembers
    CUT = "cut"  # the chain ends before a head that is remembered


@dataclass(frozen=True, slots=True)
class Break:
    """The first entry of a chain that is wrong."""

    seq: int
    damage: Damage


def entry_id(chain: str, seq: int) -> str:
    """An entry's place in its chain; sorts by `seq`."""
    return f"{chain}:{seq:012d}"


def entry_position(entry: Entry) -> str:
    """Where an entry stands in a list by time."""
    return list_position(entry.at, f"{entry.seq:012d}")


def chained(note: Note, head: Head | None) -> Entry:
    """The note as the entry that follows `head`; None begins the chain."""
    seq, previous = (head.seq + 1, head.hash) if head else (1, START)
    return Entry(
        id=entry_id(note.chain, seq),
        chain=note.chain,
        seq=seq,
        at=note.at,
        actor=note.actor,
        act=note.act,
        subject_kind=note.subject_kind,
        subject_id=note.subject_id,
        before=note.before,
        after=note.after,
        previous=previous,
        hash=_digest(_canonical(note, seq, previous)),
    )


def canonical_json(entry: Entry) -> str:
    """What is hashed of an entry: everything but its id, which chain and seq make, and the hash."""
    return _canonical(entry, entry.seq, entry.previous)


def entry_hash(entry: Entry) -> str:
    """The hash that an entry must carry (SHA-256, hexadecimal)."""
    return _digest(canonical_json(entry))


def _canonical(what: Note | Entry, seq: int, previous: str) -> str:
    actor = what.actor
    values = {
        "chain": what.chain,
        "seq": seq,
        "at": _moment(what.at),
        "person_id": actor.person_id,
        "post_id": actor.post_id,
        "role": actor.role,
        "place_id": actor.place_id,
        "address": actor.address,
        "act": what.act.value,
        "subject_kind": what.subject_kind,
        "subject_id": what.subject_id,
        "before": None if what.before is None else dict(what.before),
        "after": None if what.after is None else dict(what.after),
        "previous": previous,
    }
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


# ------------------------------------------------------------------------------------ checking


class ChainCheck:
    """Checks a chain entry by entry, so that a long one need not be in memory.

    `heads` are what is remembered of it: the store's own head, and whatever was written down elsewhere.
    """

    def __init__(self, chain: str, heads: Iterable[Head] = ()) -> None:
        self._chain = chain
        self._heads: dict[int, set[str]] = {}
        for head in heads:
            self._heads.setdefault(head.seq, set()).add(head.hash)
        self.seq = 0
        self.hash = START

    def begin_after(self, entry: Entry) -> None:
        """Check what follows this entry, which is believed: what it hashes to counts, not what it carries."""
        self.seq, self.hash = entry.seq, entry_hash(entry)

    def take(self, entry: Entry | None) -> Break | None:
        """The next entry, None for one that cannot be read as it was written; says what is wrong with it."""
        seq = self.seq + 1
        damage = self._damage(entry, seq)
        if damage is not None or entry is None:
            return Break(seq, damage or Damage.CHANGED)
        self.seq, self.hash = seq, entry.hash
        if self._heads.get(seq, {entry.hash}) != {entry.hash}:
            return Break(seq, Damage.REWRITTEN)
        return None

    def finish(self) -> Break | None:
        """There are no more entries; says whether there should be."""
        if max(self._heads, default=0) > self.seq:
            return Break(self.seq + 1, Damage.CUT)
        return None

    def _damage(self, entry: Entry | None, seq: int) -> Damage | None:
        if entry is None or entry.chain != self._chain:
            return Damage.CHANGED
        if entry.id > entry_id(self._chain, seq):
            return Damage.MISSING
        if entry.id != entry_id(self._chain, seq) or entry.seq != seq:
            return Damage.REORDERED
        if entry.hash != entry_hash(entry):
            return Damage.CHANGED
        return None if entry.previous == self.hash else Damage.UNLINKED


def verify(chain: str, entries: Iterable[Entry], heads: Iterable[Head] = ()) -> Break | None:
    """The first thing wrong with a chain, None when it is whole. `entries` in the order they are kept."""
    check = ChainCheck(chain, heads)
    rest = iter(entries)
    for entry in rest:
        broken = check.take(entry)
        if broken is None:
            continue
        if broken.damage is Damage.MISSING and any(e.seq == broken.seq for e in rest):
            return Break(broken.seq, Damage.REORDERED)
        return broken
    return check.finish()


# ------------------------------------------------------------------------------------- masking

# Words of the school's own about its places, and clock times that were checked; they name no person.
_PLACE_WORDS = frozenset(
    {
        "class_name",
        "school_name",
        "region_name",
        "label",
        "term",
        "subject",
        "quiet_start",
        "quiet_end",
    }
)


def masked(values: Mapping[str, object] | None) -> dict[str, Value] | None:
    """What of an act's fields may stay in the log, by the field's name.

    Numbers, times, codes (enums), ids (`…_id`, `…_ids`), hashes and words about places stay. Of names
    and phones a trace stays. Whatever else is text may be somebody's words: of it the length alone.
    """
    if values is None:
        return None
    return {name: _masked(name, value) for name, value in values.items()}


def _masked(name: str, value: object) -> Value:
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, str):
        return _masked_text(name, value)
    if isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        parts = [str(_masked(name.removesuffix("s"), part)) for part in value]
        return ",".join(parts)
    return masked_text(str(value))


def _masked_text(name: str, text: str) -> str:
    if name in _PLACE_WORDS or name.endswith(("_id", "_sha256")) or name == "id":
        return text
    if name == "name" or name.endswith("_name"):
        return masked_initial(name=text)
    if "phone" in name:
        return masked_phone(text)
    return masked_text(text)


def masked_initial(name: str) -> str:
    """`李小明` → `李*`."""
    return name[:1] + "*" if name else ""


def masked_phone(phone: str) -> str:
    """`13800001234` → `*34`. Of three digits or fewer nothing stays: two would tell too much of them."""
    return "*" + (phone[-2:] if len(phone) > 3 else "")


def masked_text(text: str) -> str:
    """`他妈妈上周换了号码` → `[9]`: how long it was, not what it said."""
    return f"[{len(text)}]"
