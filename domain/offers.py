"""An offer of a role (任职邀请): a one-time link; whoever opens it in WeChat and accepts has the role.

Staff are never found by a list: a person of the school hands them the link.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.regions import RegionLevel
from domain.roles import Appointment, Role, appointment_id

LIFE = timedelta(days=7)
MAX_NAME = 20
# Who keeps order in a region of each level.
ADMINISTRATORS = {
    RegionLevel.DISTRICT: Role.DISTRICT_ADMIN,
    RegionLevel.CITY: Role.CITY_ADMIN,
    RegionLevel.PROVINCE: Role.PROVINCE_ADMIN,
}


class OfferState(StrEnum):
    """Where an offer stands; beside these, it may be too old."""

    OPEN = "open"
    TAKEN = "taken"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is offered; `id` is the hash of the link's token. `name` is how the person is to be called."""

    id: str
    role: Role
    name: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    school_id: str = ""
    class_id: str = ""
    grade: int = 0
    region_id: str = ""
    subject: str = ""
    until: datetime | None = None  # when the role itself ends, for a substitute
    state: OfferState = OfferState.OPEN
    taken_by: str = ""

    @property
    def place_id(self) -> str:
        """The school or region."""
        return self.school_id or self.region_id


def appointment_of(offer: Offer, person_id: str, name: str, at: datetime) -> Appointment:
    """The role that accepting this offer gives."""
    return Appointment(
        id=appointment_id(
            offer.role,
            person_id,
            place_id=offer.place_id,
            class_id=offer.class_id,
            grade=offer.grade,
            subject=offer.subject,
        ),
        person_id=person_id,
        role=offer.role,
        name=name,
        school_id=offer.school_id,
        class_id=offer.class_id,
        grade=offer.grade,
        region_id=offer.region_id,
        subject=offer.subject,
        granted_by=offer.created_by,
        granted_at=at,
        until=offer.until,
    )
