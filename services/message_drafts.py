"""What somebody wrote becomes a message: its files, card, answer and mentions are theirs to send, here and now."""

from __future__ import annotations

from domain.errors import InvalidError, Problem
from domain.files import Shower, promise_to
from domain.messages import CardKind, Draft, Message, Via, check_files
from domain.notices import Attachment
from domain.threads import Place
from services.audiences import Audience, classes_in
from services.context import Context
from services.files import Owner, attach, uploads_of


async def written_message(
    ctx: Context, audience: Audience, place: Place, draft: Draft, held: str, *, via: Via | None
) -> Message:
    """A draft as the message `held` that will be kept. It has no number yet, and is not judged.

    Raises InvalidError, naming what hangs on it and is not theirs to hang there.
    """
    return Message(
        id=held,
        school_id=audience.thread.school_id,
        thread_id=audience.thread.id,
        seq=0,
        author_id=place.person_id,
        author_name=place.name,
        as_staff=place.as_staff,
        at=ctx.now(),
        kind=draft.kind,
        text=draft.text,
        files=await _files(ctx, audience, place, draft, held),
        link=draft.link,
        card=draft.card,
        card_id=await _card(ctx, audience, draft),
        reply_to=await _reply_to(ctx, audience.thread.id, draft),
        mentions=_mentions(audience, place, draft),
        all=draft.all and _may_call_all(audience, place),
        via=via,
    )


async def _files(
    ctx: Context, audience: Audience, place: Place, draft: Draft, held: str
) -> tuple[Attachment, ...]:
    """Their own uploads: as staff of this school, or for a child of theirs. What was sent already is theirs no more
    to send, but the same message again is the same."""
    if not draft.file_ids:
        return ()
    before = await ctx.stores.messages.find(held)
    if before is not None:
        return before.files
    stored = await ctx.stores.files.many(draft.file_ids)
    students = {stored[f].student_id for f in draft.file_ids if f in stored}
    if len(students) > 1 or (not place.as_staff and "" in students):
        raise InvalidError({"file_ids": Problem("not_found")})
    owner = Owner(audience.thread.school_id, place.person_id, next(iter(students), ""))
    files = await uploads_of(ctx, owner, draft.file_ids)
    check_files(draft, [f.kind for f in files])
    return await attach(ctx, files, promise_to(Shower.MESSAGE, held))


async def _card(ctx: Context, audience: Audience, draft: Draft) -> str:
    """A notice or homework of this school, for a class that is in the thread."""
    if draft.card is None:
        return ""
    store = ctx.stores.notices if draft.card is CardKind.NOTICE else ctx.stores.homework
    found = await store.find(draft.card_id)
    fits = found is not None and found.school_id == audience.thread.school_id
    if found is None or not fits or not set(found.class_ids) & await classes_in(ctx, audience):
        raise InvalidError({"card_id": Problem("not_found")})
    return found.id


async def _reply_to(ctx: Context, thread_id: str, draft: Draft) -> int:
    if draft.reply_to and await ctx.stores.messages.find_at(thread_id, draft.reply_to) is None:
        raise InvalidError({"reply_to": Problem("not_found")})
    return draft.reply_to


def _may_call_all(audience: Audience, place: Place) -> bool:
    return place.leads or audience.thread.is_private


def _mentions(audience: Audience, place: Place, draft: Draft) -> tuple[str, ...]:
    """Refs of people in the thread → who they are. Raises InvalidError for one who is not in it."""
    if draft.all and not _may_call_all(audience, place):
        raise InvalidError({"all": Problem("not_allowed")})
    if not draft.mentions:
        return ()
    by_ref = {audience.ref(person_id): person_id for person_id in audience.places}
    if not set(draft.mentions) <= set(by_ref):
        raise InvalidError({"mentions": Problem("not_found")})
    return tuple(by_ref[ref] for ref in draft.mentions)
