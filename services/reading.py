"""What a guardian does with a notice: see the list, read, confirm, sign. Let in is who is bound to the child *now*."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from domain.deliveries import Delivery, delivery_id
from domain.errors import ConflictError, FileRefusedError, NotFoundError
from domain.files import Shower, promise_to
from domain.notices import ConfirmMode, Notice, NoticeState
from services.context import Context
from services.files import store_signature
from services.people import Child, children_of

# A search goes through so many deliveries at once, and so many times before it lets the next page go on.
_SEARCHED_AT_ONCE = 100
_SEARCHES = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a guardian's list: a notice about one of their children."""

    notice: Notice
    delivery: Delivery
    child: Child

    @property
    def unread(self) -> bool:
        """Whether there is something that this guardian has not opened yet."""
        return self.delivery.read_at is None and self.notice.state is NoticeState.PUBLISHED

    @property
    def wants_confirmation(self) -> bool:
        """Whether this guardian is still asked to confirm this notice."""
        return (
            self.notice.confirm is not ConfirmMode.NONE
            and self.notice.state is NoticeState.PUBLISHED
            and self.delivery.confirmed_at is None
            and self.child.binding.may_confirm
        )


class Shown(StrEnum):
    """Which lines of the list are asked for."""

    ALL = "all"
    UNREAD = "unread"
    TODO = "todo"  # those that wait for this guardian's confirmation


Wanted = Callable[[Entry], bool]


def wanted_entries(shown: Shown, *, student_id: str = "", text: str = "") -> Wanted | None:
    """What a list is narrowed to: by state, by child, by words of the notice; None when it is not."""
    words = _folded(text).split()
    if shown is Shown.ALL and not student_id and not words:
        return None

    def wanted(entry: Entry) -> bool:
        if student_id and entry.child.student.id != student_id:
            return False
        if (shown is Shown.UNREAD and not entry.unread) or (
            shown is Shown.TODO and not entry.wants_confirmation
        ):
            return False
        if not words:
            return True
        told, version = entry.notice.state is NoticeState.PUBLISHED, entry.notice.current
        said = _folded(
            f"{version.title}\n{version.body if told else ''}\n{entry.notice.author_name}"
        )
        return all(word in said for word in words)

    return wanted


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class Page:
    """A piece of a guardian's list; `next_position` is where the following piece begins, None at the end."""

    entries: tuple[Entry, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A notice opened by a guardian, with one delivery for each of their children that it is for."""

    notice: Notice
    entries: tuple[Entry, ...]

    @property
    def to_confirm(self) -> tuple[Entry, ...]:
        """For which children this adult is asked: who may only read confirms nothing."""
        return tuple(e for e in self.entries if e.child.binding.may_confirm)

    @property
    def confirmed(self) -> bool:
        """Whether nothing is left to confirm."""
        return all(e.delivery.confirmed_at is not None for e in self.to_confirm)


async def notices_of_guardian(
    ctx: Context,
    person_id: str,
    *,
    before: str | None = None,
    limit: int = 20,
    withdrawn: bool = True,
    wanted: Wanted | None = None,
) -> Page:
    """What this adult was told about the children they are bound to now, newest first, at most `limit`.

    `withdrawn` False leaves out what was withdrawn. What they were told about a child they are no longer
    bound to is passed over, however much it is. With `wanted` a page may end before it is full: what it
    costs is bounded, and the next one goes on from there.
    """
    children = {c.student.id: c for c in await children_of(ctx, person_id)}
    kept: list[Entry] = []
    more, looks, portion = bool(children), 0, limit if wanted is None else _SEARCHED_AT_ONCE
    while more and len(kept) < limit and (wanted is None or looks < _SEARCHES):
        looks += 1
        deliveries = await ctx.stores.deliveries.page_of_person(
            person_id, before=before, at=ctx.now(), limit=portion + 1
        )
        more = len(deliveries) > portion
        notices = await ctx.stores.notices.many(d.notice_id for d in deliveries)
        for delivery in deliveries[:portion]:
            if len(kept) == limit:
                more = True
                break
            before = delivery.position
            notice = notices.get(delivery.notice_id)
            if notice is None or delivery.student_id not in children:
                continue
            entry = Entry(notice, delivery, children[delivery.student_id])
            if not withdrawn and notice.state is NoticeState.WITHDRAWN:
                continue
            if wanted is None or wanted(entry):
                kept.append(entry)
    return Page(tuple(kept), before if more else None)


async def access_notice_as_guardian(ctx: Context, person_id: str, notice_id: str) -> Reading:
    """The notice and this adult's deliveries of it, as far as they are bound to the children. Raises NotFoundError."""
    children = await children_of(ctx, person_id)
    ids = [delivery_id(notice_id, c.student.id, person_id) for c in children]
    deliveries = {d.student_id: d for d in await ctx.stores.deliveries.many(ids)} if ids else {}
    notice = await ctx.stores.notices.find(notice_id) if deliveries else None
    if notice is None or notice.state is NoticeState.SCHEDULED:
        raise NotFoundError
    return Reading(
        notice,
        tuple(
            Entry(notice, deliveries[c.student.id], c)
            for c in children
            if c.student.id in deliveries
        ),
    )


async def record_read(ctx: Context, person_id: str, notice_id: str) -> Reading:
    """Open a notice: read by this adult, the first time counts. Durable before the page is shown.

    Raises NotFoundError.
    """
    reading = await access_notice_as_guardian(ctx, person_id, notice_id)
    if reading.notice.state is NoticeState.WITHDRAWN:
        return reading  # its words are gone: there is nothing to read
    for entry in reading.entries:
        if entry.delivery.read_at is None:
            await ctx.stores.deliveries.mark_read(entry.delivery.id, ctx.now())
    return reading


async def confirm_notice(
    ctx: Context,
    person_id: str,
    notice_id: str,
    *,
    version: int,
    signature: bytes | None = None,
) -> bool:
    """Confirm for all of their children at once, with a signature (PNG) where the notice asks for one.

    `version` is the one they had before their eyes: nobody signs words that they have not seen.

    Returns whether anything was left to confirm. Raises NotFoundError; ConflictError when the notice
    was withdrawn, asks for no (or another) confirmation, or they may only read; FileRefusedError for a
    signature that isn't one (`no_ink`, `too_large`, `empty`).
    """
    reading = await access_notice_as_guardian(ctx, person_id, notice_id)
    notice = reading.notice
    if notice.state is NoticeState.WITHDRAWN:
        raise ConflictError("withdrawn")
    if notice.confirm in (ConfirmMode.NONE, ConfirmMode.ANSWER):
        raise ConflictError
    if (notice.confirm is ConfirmMode.SIGN) != (signature is not None):
        raise ConflictError
    if not reading.to_confirm:
        raise ConflictError("read_only")
    open_entries = [e for e in reading.to_confirm if e.delivery.confirmed_at is None]
    if not open_entries:
        return False
    if version != notice.current.number:
        raise ConflictError("corrected_meanwhile")
    signature_id = None
    if signature is not None:
        try:
            file = await store_signature(
                ctx,
                notice.school_id,
                person_id,
                signature,
                promises=[promise_to(Shower.DELIVERY, e.delivery.id) for e in open_entries],
            )
        except FileRefusedError as error:
            raise FileRefusedError("no_ink" if error.code == "wrong_type" else error.code) from None
        signature_id = file.id
    changed = False
    for entry in open_entries:
        changed |= await ctx.stores.deliveries.mark_confirmed(
            entry.delivery.id, ctx.now(), version=version, signature_id=signature_id
        )
    return changed
