"""The messages of a thread: reading, saying, counting, taking back."""

from __future__ import annotations

from pydantic import Field

from domain.errors import NotFoundError
from domain.messages import SEARCH_LIMIT, Mark
from handlers.base import Access
from miniapp.endpoints import Call, Number, Registry, Schema, Stream
from miniapp.shapes import Done
from miniapp.talk_shapes import (
    CountOut,
    MessageIn,
    MessageOut,
    ThreadPage,
    count_out,
    message_out,
    page_out,
)
from services.duty import answering_in
from services.message_files import open_message_file
from services.message_search import search_own, search_thread
from services.messages import (
    PAGE_LIMIT,
    count_message,
    counted_by,
    hide_message,
    mark_read,
    messages_after,
    page_of_thread,
    recall_message,
    send_in_time,
)
from services.quiet import arrives_at, mute_thread
from services.urgent import may_urge

messages = Registry("messages")
_SEQ_DIGITS = 9


class PageQuery(Schema):
    """The newest, those before a number, or those after one. The last is how a gap is filled."""

    before: Number = 0
    after: Number | None = None
    limit: int = Field(PAGE_LIMIT, ge=1, le=PAGE_LIMIT)


class SentOut(Schema):
    """What became of it: a message, or a count of the message it answers."""

    message: MessageOut | None
    counted: CountOut | None


class ReadIn(Schema):
    """How far I have read."""

    seq: Number


class MutedIn(Schema):
    """Whether it is quiet."""

    muted: bool


class SearchQuery(Schema):
    """Words to look for; `before` is where looking goes on."""

    q: str = Field(min_length=1, max_length=SEARCH_LIMIT)
    before: Number = 0


class HitList(Schema):
    """What was found, the newest first; `before` is 0 once everything was looked through."""

    items: list[MessageOut]
    before: int


class NameList(Schema):
    """Who tapped it."""

    names: list[str]


_ALL = "/threads/{thread_id}/messages"
_ONE = _ALL + "/{seq}"


def number_of(text: str) -> int:
    """The number of a message in an address. Raises NotFoundError."""
    if not (text.isascii() and text.isdigit() and len(text) <= _SEQ_DIGITS):
        raise NotFoundError
    return int(text)


@messages("GET", _ALL, access=Access.VISITOR)
async def list_messages(call: Call, thread_id: str, query: PageQuery) -> ThreadPage:
    """A page of a thread."""
    if query.after is not None:
        page = await messages_after(
            call.ctx, call.person_id, thread_id, query.after, limit=query.limit
        )
    else:
        page = await page_of_thread(
            call.ctx, call.person_id, thread_id, before=query.before, limit=query.limit
        )
    newest = query.after is None and not query.before
    return page_out(
        page,
        may_urge=newest and await may_urge(call.ctx, page.audience, page.place),
        arrives_at=await arrives_at(call.ctx, page.audience, call.person_id),
        answering=await answering_in(call.ctx, page.audience),
    )


@messages("POST", _ALL, access=Access.VISITOR, creates=True)
async def say(call: Call, thread_id: str, body: MessageIn) -> SentOut:
    """Say something; the same key is the same message."""
    sent = await send_in_time(call.ctx, call.person_id, thread_id, body.model_dump(), key=call.key)
    return SentOut(
        message=message_out(sent.message, call.person_id) if sent.message else None,
        counted=count_out(sent.folded) if sent.folded else None,
    )


@messages("PUT", "/threads/{thread_id}/read", access=Access.VISITOR)
async def read_so_far(call: Call, thread_id: str, body: ReadIn) -> Done:
    """I have read as far as that."""
    await mark_read(call.ctx, call.person_id, thread_id, body.seq)
    return Done(done=True)


@messages("PUT", "/threads/{thread_id}/muted", access=Access.VISITOR)
async def mute(call: Call, thread_id: str, body: MutedIn) -> Done:
    """Whether a thread rings for me when I have not the app open."""
    await mute_thread(call.ctx, call.person_id, thread_id, muted=body.muted)
    return Done(done=True)


@messages("GET", "/threads/{thread_id}/search", access=Access.VISITOR)
async def search_in_thread(call: Call, thread_id: str, query: SearchQuery) -> HitList:
    """Look for words in a thread."""
    hits = await search_thread(call.ctx, call.person_id, thread_id, query.q, before=query.before)
    return HitList(
        items=[message_out(m, call.person_id) for m in hits.messages], before=hits.before
    )


@messages("GET", "/messages", access=Access.VISITOR)
async def search_everywhere(call: Call, query: SearchQuery) -> HitList:
    """Look for words in the newest messages of my newest threads."""
    hits = await search_own(call.ctx, call.person_id, query.q)
    return HitList(items=[message_out(m, call.person_id) for _, m in hits], before=0)


@messages("DELETE", _ONE, access=Access.VISITOR)
async def delete_for_me(call: Call, thread_id: str, seq: str) -> Done:
    """Delete a message for myself."""
    await hide_message(call.ctx, call.person_id, thread_id, number_of(seq))
    return Done(done=True)


@messages("POST", _ONE + "/recall", access=Access.VISITOR)
async def take_back(call: Call, thread_id: str, seq: str) -> Done:
    """Take a message back, within two minutes."""
    await recall_message(call.ctx, call.person_id, thread_id, number_of(seq))
    return Done(done=True)


@messages("PUT", _ONE + "/marks/{mark}", access=Access.VISITOR)
async def tap_mark(call: Call, thread_id: str, seq: str, mark: str) -> CountOut:
    """Tap 收到 or 👍."""
    tapped = mark_of(mark)
    found = await count_message(call.ctx, call.person_id, thread_id, number_of(seq), tapped)
    return count_out(found)


@messages("GET", _ONE + "/marks/{mark}", access=Access.VISITOR)
async def list_marks(call: Call, thread_id: str, seq: str, mark: str) -> NameList:
    """Who tapped it, for those of the school."""
    found = await counted_by(call.ctx, call.person_id, thread_id, number_of(seq), mark_of(mark))
    return NameList(names=list(found))


@messages("GET", _ONE + "/files/{file_id}", access=Access.VISITOR)
async def get_message_file(call: Call, thread_id: str, seq: str, file_id: str) -> Stream:
    """A file of a message, for who is in the thread at this moment."""
    file, content = await open_message_file(
        call.ctx, call.person_id, thread_id, number_of(seq), file_id
    )
    return Stream(file, content)


def mark_of(text: str) -> Mark:
    """A mark in an address. Raises NotFoundError."""
    if text not in set(Mark):
        raise NotFoundError
    return Mark(text)
