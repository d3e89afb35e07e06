"""My children, and leaving one."""

from __future__ import annotations

from datetime import datetime

from domain.bindings import EndReason
from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from miniapp.shapes import Child, child_row
from services.families import own_bindings, school_names

children = Registry("children")


class EndedRow(Schema):
    """A binding that ended of late without this adult."""

    at: datetime
    reason: EndReason


class Children(Schema):
    """Whom one is bound to, and what ended of late."""

    children: list[Child]
    ended: list[EndedRow]


@children("GET", "/children", access=Access.VISITOR)
async def list_children(call: Call) -> Children:
    """My children, and who else is bound to them."""
    own = await own_bindings(call.ctx, call.person_id)
    schools = await school_names(call.ctx, (one.child for one in own.children))
    return Children(
        children=[child_row(one, schools) for one in own.children],
        ended=[EndedRow(at=ending.at, reason=ending.reason) for ending in own.ended],
    )
