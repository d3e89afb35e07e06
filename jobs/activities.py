"""What an act on an activity or a leave causes, outside of any request."""

from __future__ import annotations

from services.activity_telling import finish_activity
from services.context import Context
from services.leaves import tell_leave as tell


async def finish(ctx: Context, activity_id: str) -> None:
    """Lay out its places, and tell whoever is asked."""
    await finish_activity(ctx, activity_id)


async def tell_leave(ctx: Context, leave_id: str) -> None:
    """Tell the head teacher, or the family."""
    await tell(ctx, leave_id)
