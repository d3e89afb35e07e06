"""The files of a notice for whoever may see it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from domain.errors import NotFoundError
from domain.files import SHOWN_KINDS, StoredFile
from domain.notices import Attachment, Notice, NoticeState
from services.context import Context
from services.notices import access_notice_as_author
from services.people import access_teaching
from services.reading import access_notice_as_guardian


async def access_notice_for_files(
    ctx: Context, person_id: str, notice_id: str, *, acting: str = ""
) -> Notice:
    """The notice, for its guardians (unless it was withdrawn) and its author. Raises NotFoundError."""
    try:
        notice = (await access_notice_as_guardian(ctx, person_id, notice_id)).notice
        if notice.state is not NoticeState.WITHDRAWN:
            return notice
    except NotFoundError:
        pass  # perhaps they wrote it
    teaching = await access_teaching(ctx, person_id, acting=acting)
    return await access_notice_as_author(ctx, teaching, notice_id)


async def stored_of(ctx: Context, attachments: Sequence[Attachment]) -> Mapping[str, StoredFile]:
    """The records of what is shown with its measures (pictures, recordings), by file id."""
    ids = [a.file_id for a in attachments if a.kind in SHOWN_KINDS]
    return await ctx.stores.files.many(ids) if ids else {}
