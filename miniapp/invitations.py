"""Coming with an invitation: what its code means now."""

from __future__ import annotations

from handlers.base import Access
from miniapp.endpoints import Call, Registry, Schema
from services.invited import open_invitation

invitations = Registry("invitations")


class Invitation(Schema):
    """The class it invites to; of a child's name the family name alone, null where it is for the whole class."""

    code: str
    school_name: str
    class_name: str
    child_name: str | None


@invitations("GET", "/invitations/{code}", access=Access.VISITOR)
async def get_invitation(call: Call, code: str) -> Invitation:
    """What an invitation means, by its code as typed or scanned."""
    invited = await open_invitation(call.ctx, call.person_id, code)
    return Invitation(
        code=invited.invitation.id,
        school_name=invited.school.name,
        class_name=invited.school_class.name,
        child_name=invited.child or None,
    )
