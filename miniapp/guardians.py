"""How the API shows an adult who is bound to a child, to the child's teachers: never a name or a number."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.bindings import Binding, Custody
from miniapp.endpoints import Schema
from services.families import Guardian


class Way(StrEnum):
    """How a binding came about."""

    LIST = "list"  # the school's list alone
    FAMILY = "family"  # a guardian agreed
    SCHOOL = "school"  # the school agreed
    TRIAL = "trial"  # a member of staff tries it


class GuardianRow(Schema):
    """An adult bound to a child. `following`: WeChat reaches them through the account; null is never heard of.

    `order` says which guardian this is, 0 where nobody has said.
    """

    person_id: str
    relation: str
    order: int
    way: Way
    custody: Custody
    bound_at: datetime
    until: datetime | None
    following: bool | None


def way_of(binding: Binding) -> Way:
    """How it came about."""
    if binding.trial:
        return Way.TRIAL
    if binding.by_family:
        return Way.FAMILY
    return Way.SCHOOL if binding.approved_by else Way.LIST


def guardian_row(guardian: Guardian) -> GuardianRow:
    """One of a child's adults."""
    binding = guardian.binding
    return GuardianRow(
        person_id=binding.person_id,
        relation=binding.relation,
        order=binding.order,
        way=way_of(binding),
        custody=binding.custody,
        bound_at=binding.bound_at,
        until=binding.until,
        following=guardian.following,
    )
