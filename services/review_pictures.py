"""Pictures of what waits, for who decides about it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from domain.errors import NotFoundError
from domain.files import StoredFile
from domain.safety import Kind
from services.circle_reviews import ensure_picture_stands
from services.context import Context
from services.people import Teaching
from services.reviews import access_review_as_moderator
from services.thumbnails import as_thumbnail


async def open_reviewed(
    ctx: Context, teaching: Teaching, review_id: str, file_id: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A picture of a review, small. Raises NotFoundError; ConflictError `not_ready` while it is still to be drawn."""
    review = await access_review_as_moderator(ctx, teaching, review_id)
    file = await ctx.stores.files.find(file_id) if file_id in review.file_ids else None
    if file is None:
        raise NotFoundError
    if review.kind is Kind.TOPIC:
        await ensure_picture_stands(ctx, review.subject_id, file_id)
    return await as_thumbnail(ctx, file, ctx.stores.files.read(file_id))
