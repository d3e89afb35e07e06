"""The files of messages, for whoever may read what the message says at that moment."""

from __future__ import annotations

from collections.abc import AsyncIterator

from domain.errors import NotFoundError
from domain.files import StoredFile
from services.audiences import access_thread
from services.context import Context
from services.messages import seen_message


async def open_message_file(
    ctx: Context, person_id: str, thread_id: str, seq: int, file_id: str
) -> tuple[StoredFile, AsyncIterator[bytes]]:
    """A file of a message, for who is in its thread at this moment and sees what it says. Raises NotFoundError."""
    await access_thread(ctx, person_id, thread_id)
    message = await seen_message(ctx, person_id, thread_id, seq)
    shown = {f.file_id for f in message.files}
    file = await ctx.stores.files.find(file_id) if file_id in shown else None
    if file is None:
        raise NotFoundError
    return file, ctx.stores.files.read(file_id)
