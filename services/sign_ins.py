"""Signing in at a desk, as the audit log keeps it: at each place where somebody is somebody, with the address."""

from __future__ import annotations

from domain.audit import Act
from services.audit import note_act
from services.context import Context
from services.people import posts_of


async def note_sign_in(
    ctx: Context, person_id: str, *, address: str, refused: bool = False
) -> None:
    """Enter it before the session begins; where somebody has no role, nothing is entered. Raises ConflictError."""
    act = Act.SIGN_IN_REFUSED if refused else Act.SIGNED_IN
    for post in await posts_of(ctx, person_id, address=address):
        await note_act(ctx, post.actor, act, subject=("person", person_id))
