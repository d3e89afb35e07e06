"""Having one's own data erased: what is about to go, asking for it, taking it back."""

from __future__ import annotations

from datetime import datetime

from domain.erasures import Origin, Stage
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from services.erasure import ask_erasure, own_data, take_back_erasure

erasure = Registry("erasure")


class OwnChildData(Schema):
    """A child of whom there are data to take home."""

    id: str
    name: str
    class_name: str


class ErasureRow(Schema):
    """An erasure under way; until `due_at`, while it is `waiting`, it can be taken back."""

    due_at: datetime
    stage: Stage
    origin: Origin


class OwnErasure(Schema):
    """What is here of me, and whether it is about to go. `has_role`: an account at work stays."""

    children: list[OwnChildData]
    has_role: bool
    wait_days: int
    erasure: ErasureRow | None


@erasure("GET", "/me/erasure", access=Access.VISITOR)
async def get_erasure(call: Call) -> OwnErasure:
    """What is here of me, in short."""
    return await _own(call)


@erasure("POST", "/me/erasure", access=Access.VISITOR, creates=True)
async def ask_for_erasure(call: Call) -> OwnErasure:
    """Erase my data after a while; asked twice is asked once."""
    await ask_erasure(call.ctx, call.person_id)
    return await _own(call)


@erasure("DELETE", "/me/erasure", access=Access.VISITOR)
async def keep_data(call: Call) -> OwnErasure:
    """Take it back; where there was nothing, or it has begun, nothing changes."""
    await take_back_erasure(call.ctx, call.person_id)
    return await _own(call)


async def _own(call: Call) -> OwnErasure:
    own = await own_data(call.ctx, call.person_id)
    asked = own.erasure
    return OwnErasure(
        children=[
            OwnChildData(
                id=child.student.id,
                name=child.student.name,
                class_name=child.school_class.name,
            )
            for child in own.children
        ],
        has_role=own.has_role,
        wait_days=call.ctx.policy.erasure_wait.days,
        erasure=ErasureRow(due_at=asked.due_at, stage=asked.stage, origin=asked.origin)
        if asked
        else None,
    )
