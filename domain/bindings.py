"""Who may hear about which child: bindings (绑定), requests for one (绑定申请) and the rule that tells the two apart.

The rule of rules: what is not certain waits for the head teacher. Nothing is bound because it is *probably* right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.schools import Contact, Student


class BindingState(StrEnum):
    """A binding counts only while it is active."""

    ACTIVE = "active"
    ENDED = "ended"


class EndReason(StrEnum):
    """Why a binding ended."""

    OWN = "own"  # the guardian ended it, and needs no reason
    WRONG = "wrong"  # 绑错了
    MOVED = "moved"  # 转学
    CUSTODY = "custody"  # 监护变更
    OTHER = "other"  # 其他


STAFF_REASONS = (EndReason.WRONG, EndReason.MOVED, EndReason.CUSTODY, EndReason.OTHER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """When a binding ended, which person ended it, and why."""

    at: datetime
    by: str
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """An adult who hears about a child, from `bound_at` until it ends.

    `unsettled` until the class's recent notices are in the adult's list. `ending` is the last one, kept
    when the binding is made again; `untold` until the adult has heard that somebody else ended it.
    """

    id: str
    school_id: str
    student_id: str
    person_id: str
    relation: str
    contact_id: str | None
    state: BindingState
    bound_at: datetime
    approved_by: str | None = None
    ending: Ending | None = None
    unsettled: bool = True
    untold: bool = False

    @property
    def barred(self) -> bool:
        """Ended as wrong: the list alone does not make it again, a head teacher has to."""
        return (
            self.state is BindingState.ENDED
            and self.ending is not None
            and self.ending.reason is EndReason.WRONG
        )


class ClaimState(StrEnum):
    """A request waits until the head teacher has decided."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # taken back by whoever asked


class Doubt(StrEnum):
    """Why a request was not bound at once; shown to the head teacher."""

    SEVERAL = "several"  # more than one child on the list fits
    TAKEN = "taken"  # another adult is bound through this line of the list already
    GUESSED = "guessed"  # somebody has been trying numbers for this name
    PHONE = "phone"  # came by the class's QR, the name is in the class, the number is not
    ENDED = (
        "ended"  # fits, but a head teacher has ended this adult's binding to this child as wrong
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A request to be bound that needs a person's eye. `candidates` are the children it may mean.

    `untold` until whoever waits for it (the head teacher, then the adult) was written to.
    """

    id: str
    school_id: str
    class_ids: tuple[str, ...]
    person_id: str
    child_name: str
    phone_last4: str
    doubt: Doubt
    candidates: tuple[str, ...]
    state: ClaimState
    created_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    student_id: str | None = None  # the child it was approved for
    untold: bool = True


@dataclass(frozen=True, slots=True)
class Certain:
    """One child fits, and nobody else holds the line of the list that says so."""

    contact: Contact


@dataclass(frozen=True, slots=True)
class Doubtful:
    """Somebody has to look; `students` are the children it may mean."""

    doubt: Doubt
    students: tuple[Student | Contact, ...]


def judge_claim(
    matches: Sequence[Contact],
    taken_contact_ids: frozenset[str],
    namesakes: Sequence[Student],
    barred_student_ids: frozenset[str] = frozenset(),
) -> Certain | Doubtful | None:
    """Decide a request to be bound.

    `matches`: lines of the list with this child's name and these four digits (only of the invited
    class, if there is one); `taken_contact_ids`: lines through which somebody else is bound;
    `namesakes`: pupils of the *invited* class with this name, empty when the person did not come
    through a class's QR; `barred_student_ids`: children this adult was wrongly bound to once, as a head
    teacher found. Returns None when nothing fits: the person is asked to look again.
    """
    if len({line.student_id for line in matches}) == 1:
        if matches[0].student_id in barred_student_ids:
            return Doubtful(Doubt.ENDED, (matches[0],))
        free = [line for line in matches if line.id not in taken_contact_ids]
        return Certain(free[0]) if free else Doubtful(Doubt.TAKEN, (matches[0],))
    if matches:
        return Doubtful(Doubt.SEVERAL, tuple(matches))
    if namesakes:
        return Doubtful(Doubt.PHONE, tuple(namesakes))
    return None


def binding_id(student_id: str, person_id: str) -> str:
    """One adult is bound to one child at most once: the key says so."""
    return f"{student_id}:{person_id}"
