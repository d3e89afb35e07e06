"""Who may hear about which child: bindings (绑定), requests for one (绑定申请) and the rule that tells the two apart.

The rule of rules: what is not certain waits for a person. Nothing is bound because it is *probably* right. The
first adult of a child may be bound by the school's list alone; whoever comes second is asked about first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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
    EXPIRED = "expired"  # its `until` has come
    PHONE = "phone"  # the school's list has another number now
    LEFT = "left"  # the child is no longer on the school's list
    GRADUATED = "graduated"  # 毕业


STAFF_REASONS = (EndReason.WRONG, EndReason.MOVED, EndReason.CUSTODY, EndReason.OTHER)
# After these the list alone does not bind the same adult again: a person of the school decides.
BARRING = frozenset({EndReason.WRONG, EndReason.CUSTODY})


class Custody(StrEnum):
    """What a guardian may do."""

    FULL = "full"
    READ_ONLY = "read_only"  # reads; neither confirms nor signs, and decides about nobody else


TRIAL = timedelta(hours=24)  # how long a member of staff may look at a class as a parent does


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """When a binding ended, which person ended it, and why."""

    at: datetime
    by: str
    reason: EndReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """An adult who hears about a child, from `bound_at` until it ends or `until` has come.

    `unsettled` until the class's recent notices are in the adult's list. `ending` is the last one, kept
    when the binding is made again; `untold` until the adult has heard that somebody else ended it.
    `order` says which guardian this is, 1 for the first, 0 where nobody has said. `contact_id` is the line
    of the list it was asked for through: it ends with that line. A `trial` is a member of staff who looks
    at what a parent sees: no guardian.
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
    order: int = 0
    custody: Custody = Custody.FULL
    until: datetime | None = None
    invitation_id: str = ""
    by_family: bool = False  # `approved_by` is a guardian of the child, not the school
    trial: bool = False

    @property
    def barred(self) -> bool:
        """Ended for a reason of BARRING: the list alone does not make it again, a person has to."""
        return (
            self.state is BindingState.ENDED
            and self.ending is not None
            and self.ending.reason in BARRING
        )

    @property
    def may_confirm(self) -> bool:
        """Whether this adult is asked to confirm and to sign."""
        return self.custody is Custody.FULL and not self.trial

    def stands(self, at: datetime) -> bool:
        """Whether it counts at `at`: time alone ends one that has an end."""
        return self.state is BindingState.ACTIVE and (self.until is None or at < self.until)

    def may_decide(self, at: datetime) -> bool:
        """Whether this adult is asked about another guardian of the child: nobody is who is there for a time."""
        return self.stands(at) and self.may_confirm and self.until is None


class ClaimState(StrEnum):
    """A request waits until the family or the school has decided, or its time is over."""

    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # taken back by whoever asked
    EXPIRED = "expired"  # nobody decided in time


class Side(StrEnum):
    """Who decides a request."""

    FAMILY = "family"  # the child's guardians
    SCHOOL = "school"


class Doubt(StrEnum):
    """Why a request was not bound at once; shown to the head teacher."""

    SEVERAL = "several"  # more than one child on the list fits
    TAKEN = "taken"  # another adult is bound through this line of the list already
    GUESSED = "guessed"  # somebody has been trying numbers for this name
    PHONE = "phone"  # came by the class's QR, the name is in the class, the number is not
    ENDED = "ended"  # fits, but the school has ended this adult's binding to this child (BARRING)
    SECOND = "second"  # fits, but another adult is bound to the child already


# Doubts of which a child's guardians can judge; of the others the school alone does.
FAMILY_DOUBTS = frozenset({Doubt.SECOND, Doubt.TAKEN, Doubt.PHONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A request to be bound that needs a person's eye. `candidates` are the children it may mean.

    `untold` until whoever waits for it (family or school, then the adult) was written to. `asks` is who was
    written to: the family, until `school_from`, then the school too. At `expires_at` it is over, whether or not
    anybody wrote that down; `next_at` is when something has to be done about it. `class_ids` are the
    classes at the time of asking: who decides goes by where the children are now.
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
    contact_id: str | None = None  # the line of the list that fits, where one does
    invitation_id: str = ""
    asks: Side = Side.SCHOOL
    school_from: datetime | None = None
    expires_at: datetime | None = None
    next_at: datetime | None = None
    decided_side: Side | None = None
    appealed: bool = False  # refused by the family, then brought before the school

    @property
    def for_family(self) -> bool:
        """Whether a child's guardians can judge it at all: one child, a plain doubt, and no first no of theirs."""
        return self.doubt in FAMILY_DOUBTS and len(self.candidates) == 1 and not self.appealed

    def state_at(self, at: datetime) -> ClaimState:
        """Where it stands: a request whose time is over waits no longer."""
        over = self.expires_at is not None and at >= self.expires_at
        return ClaimState.EXPIRED if self.state is ClaimState.WAITING and over else self.state

    def asked_at(self, at: datetime, *, family: bool) -> Side:
        """Who decides now; `family`: whether the child has a guardian who may (`Binding.may_decide`)."""
        waits = self.school_from is not None and at < self.school_from
        return Side.FAMILY if self.asks is Side.FAMILY and waits and family else Side.SCHOOL

    def may_appeal(self, at: datetime) -> bool:
        """Refused by the family, and not yet brought before the school: once, while its time lasts."""
        return (
            self.state is ClaimState.REFUSED
            and self.decided_side is Side.FAMILY
            and not self.appealed
            and self.expires_at is not None
            and at < self.expires_at
        )

    def may_be_asked_again(self, at: datetime) -> bool:
        """Whether the same adult may ask anew; after a family's no, not before this one's time is over."""
        if self.state_at(at) is ClaimState.WAITING:
            return False
        by_family = self.decided_side is Side.FAMILY or self.appealed
        refused = self.state is ClaimState.REFUSED and by_family
        return not (refused and self.expires_at is not None and at < self.expires_at)


@dataclass(frozen=True, slots=True)
class Certain:
    """One child fits, nobody is bound to it yet, and nobody holds the line of the list that says so."""

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
    guarded_student_ids: frozenset[str] = frozenset(),
) -> Certain | Doubtful | None:
    """Decide a request to be bound.

    `matches`: lines of the list with this child's name and these four digits (only of the invited
    class, if there is one); `taken_contact_ids`: lines through which somebody else is bound;
    `namesakes`: pupils of the *invited* class with this name, empty when the person did not come
    through a class's QR; `barred_student_ids`: children from whom the school has parted this adult (BARRING);
    `guarded_student_ids`: children to whom somebody else is bound. Returns None when nothing fits: the
    person is asked to look again.
    """
    if len({line.student_id for line in matches}) == 1:
        if matches[0].student_id in barred_student_ids:
            return Doubtful(Doubt.ENDED, (matches[0],))
        free = [line for line in matches if line.id not in taken_contact_ids]
        if not free:
            return Doubtful(Doubt.TAKEN, (matches[0],))
        if free[0].student_id in guarded_student_ids:
            return Doubtful(Doubt.SECOND, (free[0],))
        return Certain(free[0])
    if matches:
        return Doubtful(Doubt.SEVERAL, tuple(matches))
    if namesakes:
        return Doubtful(Doubt.PHONE, tuple(namesakes))
    return None


def binding_id(student_id: str, person_id: str) -> str:
    """One adult is bound to one child at most once: the key says so."""
    return f"{student_id}:{person_id}"
