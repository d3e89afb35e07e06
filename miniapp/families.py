"""A class's families as its teachers see them: who is bound to whom, noting and ending it, and trying it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from domain.bindings import BindingState, Custody, EndReason
from domain.custody import HIGHEST_ORDER, ChangeReason, last_day
from domain.errors import NotFoundError
from domain.roles import Right
from handlers.base import Access
from miniapp.endpoints import WHOLE, Call, Day, Registry, Schema
from miniapp.guardians import GuardianRow, Way, guardian_row, way_of
from miniapp.shapes import Done
from services.families import (
    access_binding_as_head_teacher,
    change_binding,
    end_binding,
    families_of,
)
from services.trials import try_as_parent

families = Registry("families")


class FamilyRow(Schema):
    """A pupil and who is bound; `bound` is false where nobody is but whoever tries it."""

    child_id: str
    number: int
    name: str
    bound: bool
    guardians: list[GuardianRow]


class ClassFamilies(Schema):
    """A class, in the order of its list. `may_change`: bindings may be noted, ended and tried."""

    class_id: str
    class_name: str
    may_change: bool
    items: list[FamilyRow]


class BindingOut(Schema):
    """One binding as the school keeps it; `until` is the last day on which it counts."""

    child_id: str
    child_name: str
    class_id: str
    class_name: str
    person_id: str
    relation: str
    order: int
    way: Way
    custody: Custody
    bound_at: datetime
    until: date | None


class BindingIn(Schema):
    """A binding as it is to be from now on, and why."""

    relation: str = Field(max_length=64)
    order: Annotated[int, Field(ge=0, le=HIGHEST_ORDER), WHOLE]
    custody: Custody
    until: Day | None = None
    reason: ChangeReason


class EndingIn(Schema):
    """Why a binding ends; the adult is told. Only a reason that staff may give is taken."""

    reason: EndReason


class TrialIn(Schema):
    """Whose class one wants to see as a parent does."""

    child_id: str = Field(max_length=200)


@families("GET", "/teaching/classes/{class_id}/families", access=Access.STAFF, right=Right.PEOPLE)
async def list_families(call: Call, class_id: str) -> ClassFamilies:
    """The pupils of a class and who is bound to each."""
    school_class = call.teaching.find_class(class_id)
    found = await families_of(call.ctx, call.teaching, class_id)
    return ClassFamilies(
        class_id=class_id,
        class_name=school_class.name,
        may_change=call.teaching.may_in(school_class, Right.BINDINGS),
        items=[
            FamilyRow(
                child_id=family.student.id,
                number=family.student.number,
                name=family.student.name,
                bound=family.is_bound,
                guardians=[guardian_row(guardian) for guardian in family.guardians],
            )
            for family in found
        ],
    )


_BINDING = "/teaching/bindings/{student_id}/{person_id}"


@families("GET", _BINDING, access=Access.STAFF, right=Right.BINDINGS)
async def get_binding(call: Call, student_id: str, person_id: str) -> BindingOut:
    """One binding, while it counts."""
    return await _binding(call, student_id, person_id)


@families("PUT", _BINDING, access=Access.STAFF, right=Right.BINDINGS)
async def put_binding(call: Call, student_id: str, person_id: str, body: BindingIn) -> BindingOut:
    """Note who this adult is to the child, what they may do, until when; it holds at once."""
    form = {
        "relation": body.relation,
        "order": str(body.order),
        "custody": body.custody.value,
        "until": body.until.isoformat() if body.until else "",
        "reason": body.reason.value,
    }
    await change_binding(call.ctx, call.teaching, student_id, person_id, form)
    return await _binding(call, student_id, person_id)


@families("POST", f"{_BINDING}/ending", access=Access.STAFF, right=Right.BINDINGS, creates=True)
async def end_binding_of(call: Call, student_id: str, person_id: str, body: EndingIn) -> Done:
    """End a binding, for a reason that the adult is told; twice is once."""
    await end_binding(call.ctx, call.teaching, student_id, person_id, body.reason.value)
    return Done(done=True)


@families("POST", "/teaching/trials", access=Access.STAFF, right=Right.BINDINGS, creates=True)
async def begin_trial(call: Call, body: TrialIn) -> Done:
    """See for a day what the parents of a class see; its families see it, too."""
    await try_as_parent(call.ctx, call.teaching, body.child_id)
    return Done(done=True)


async def _binding(call: Call, student_id: str, person_id: str) -> BindingOut:
    bound = await access_binding_as_head_teacher(call.ctx, call.teaching, student_id, person_id)
    binding = bound.binding
    if binding.state is not BindingState.ACTIVE:
        raise NotFoundError
    return BindingOut(
        child_id=bound.student.id,
        child_name=bound.student.name,
        class_id=bound.school_class.id,
        class_name=bound.school_class.name,
        person_id=binding.person_id,
        relation=binding.relation,
        order=binding.order,
        way=way_of(binding),
        custody=binding.custody,
        bound_at=binding.bound_at,
        until=date.fromisoformat(last_day(binding.until)) if binding.until else None,
    )
