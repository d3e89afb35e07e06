"""Trying it (试用): a member of staff sees for a day what the parents of a class see, and is nobody's guardian.

A test binding that stays behind is how another family's news reaches a stranger: this one ends by itself,
says everywhere what it is, and may neither confirm nor decide anything.
"""

from __future__ import annotations

import logging

from domain.audit import Act
from domain.bindings import TRIAL, Binding, BindingState, Custody, binding_id
from domain.errors import ConflictError, NotFoundError
from services.audit import note_act
from services.bindings import CATCH_UP
from services.context import Context
from services.people import Teaching

log = logging.getLogger("yanshu.services")

RELATION = "老师试用"


async def try_as_parent(ctx: Context, teaching: Teaching, student_id: str) -> Binding:
    """Bind whoever acts to a child of one of their classes for `TRIAL`; its guardians see it.

    Raises NotFoundError for a child of another class, ConflictError (`already_bound`) when they are bound to it
    anyway, or were parted from it by the school.
    """
    student = (await ctx.stores.schools.students([student_id])).get(student_id)
    if student is None or student.class_id not in teaching.class_ids():
        raise NotFoundError
    now = ctx.now()
    binding = Binding(
        id=binding_id(student_id, teaching.person_id),
        school_id=teaching.school.id,
        student_id=student_id,
        person_id=teaching.person_id,
        relation=RELATION,
        contact_id=None,
        state=BindingState.ACTIVE,
        bound_at=now,
        approved_by=teaching.person_id,
        custody=Custody.READ_ONLY,
        until=now + TRIAL,
        trial=True,
    )
    held = await ctx.stores.bindings.active([binding.id])
    if held:
        raise ConflictError("already_bound")
    await note_act(
        ctx,
        teaching.actor,
        Act.BINDING_CHANGED,
        subject=("binding", binding.id),
        after={"trial": True, "until": binding.until},
    )
    if not await ctx.stores.bindings.save(binding):
        raise ConflictError("already_bound")
    log.info("binding %s made to try it", binding.id)
    await ctx.enqueue(CATCH_UP, {"binding_id": binding.id}, key=f"{CATCH_UP}:{binding.id}")
    return binding
