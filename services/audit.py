"""The audit log's verbs: noting an act, looking through a place's acts, and checking that nobody touched them.

Who may look is decided by whoever calls: a chain holds the acts of one place alone.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.audit import (
    Act,
    Actor,
    Break,
    ChainCheck,
    Damage,
    Entry,
    Head,
    Note,
    entry_position,
    masked,
)
from domain.errors import InvalidError, NotFoundError, Problem
from domain.times import list_start
from services.context import Context

_YEARS = (2000, 3000)
_ROUNDS = 5
_WINDOW = 500
_POSITION = re.compile(r"\d{14}:[\d!]\d{0,20}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a chain is looked for; what is None or empty excludes nothing. From `since` to before `until`."""

    act: Act | None = None
    person_id: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def check(self) -> None:
        """Raises InvalidError (fields `since`, `until`) for a time that no entry can have."""
        wrong = {
            name: Problem("form")
            for name, at in (("since", self.since), ("until", self.until))
            if at is not None and not _YEARS[0] <= at.year < _YEARS[1]
        }
        if wrong:
            raise InvalidError(wrong)

    def fits(self, entry: Entry) -> bool:
        """Whether an entry is looked for."""
        return (
            (self.act is None or entry.act is self.act)
            and (not self.person_id or entry.actor.person_id == self.person_id)
            and (not self.subject_id or entry.subject_id == self.subject_id)
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
        )


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Entries, newest first. `older` is where the next page begins, None when there is none.

    Where two things are looked for at once, a page may hold few or none and still have older ones.
    """

    entries: tuple[Entry, ...]
    older: str | None


@dataclass(frozen=True, slots=True)
class ChainReport:
    """A checked chain: `count` whole entries, the last of which has `hash`; `broken` is what comes after."""

    chain: str
    count: int
    hash: str
    broken: Break | None


async def note_act(
    ctx: Context,
    actor: Actor,
    act: Act,
    *,
    subject: tuple[str, str],
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    place: str = "",
) -> Entry:
    """Enter an act of staff, BEFORE the write it is about and after everything that could refuse it.

    There are no transactions: when a process dies between the two, an entry without an act can be
    explained, an act without an entry cannot. Should the entry fail, the act must not happen.

    `subject` is what the act is on: a kind (`binding`) and its id. `before` and `after` are its fields
    as they are; they are masked here, by their names (`domain.audit.masked`). `place` is the school or
    region whose chain it goes into where that is not the actor's own. Raises ConflictError.
    """
    kind, subject_id = subject
    return await ctx.stores.audit.append(
        Note(
            chain=place or actor.place_id,
            at=ctx.now(),
            actor=actor,
            act=act,
            subject_kind=kind,
            subject_id=subject_id,
            before=masked(before),
            after=masked(after),
        )
    )


async def audit_page(
    ctx: Context, place: str, wanted: Wanted, *, before: str | None = None, limit: int = 50
) -> AuditPage:
    """A page of a place's acts. `before` is the `older` of the page before this one.

    Its cost is that of the entries it looks through, at most five pages of them, however long the chain
    is. Raises InvalidError (fields `before`, `since`, `until`).
    """
    wanted.check()
    if before is not None and not _POSITION.fullmatch(before):
        raise InvalidError({"before": Problem("form")})
    if wanted.until is not None:
        until = list_start(wanted.until)
        before = min(before, until) if before else until
    entries: list[Entry] = []
    for _ in range(_ROUNDS):
        found = await _newest(ctx, place, wanted, before, limit)
        fitting = [entry for entry in found if wanted.fits(entry)]
        room = limit - len(entries)
        entries += fitting[:room]
        if len(fitting) > room or (len(found) == limit and len(entries) == limit):
            return AuditPage(tuple(entries), entry_position(entries[-1]))
        if len(found) < limit:
            return AuditPage(tuple(entries), None)
        before = entry_position(found[-1])
    return AuditPage(tuple(entries), before)


async def _newest(
    ctx: Context, place: str, wanted: Wanted, before: str | None, limit: int
) -> Sequence[Entry]:
    """By what leaves the fewest; the rest is left out after reading."""
    audit, at, since = ctx.stores.audit, ctx.now(), wanted.since
    if wanted.subject_id:
        return await audit.page_of_subject(
            place, wanted.subject_id, before=before, since=since, at=at, limit=limit
        )
    if wanted.person_id:
        return await audit.page_of_actor(
            place, wanted.person_id, before=before, since=since, at=at, limit=limit
        )
    if wanted.act is not None:
        return await audit.page_of_act(
            place, wanted.act, before=before, since=since, at=at, limit=limit
        )
    return await audit.page(place, before=before, since=since, at=at, limit=limit)


async def verify_chains(
    ctx: Context,
    *,
    place: str = "",
    remembered: Mapping[str, Sequence[Head]] | None = None,
    tell: Callable[[str, int, int], None] = lambda *_: None,
) -> AsyncIterator[ChainReport]:
    """Check every chain, or that of one place, from its first entry to its last.

    `remembered` are heads that were written down elsewhere: without them nobody can tell a chain that
    was written anew as a whole. `tell` hears the chain, how many entries are read and how many there
    are. Raises NotFoundError when the place has no chain.
    """
    remembered = remembered or {}
    heads = await ctx.stores.audit.heads()
    chains = {*heads, *remembered, *await ctx.stores.audit.chains()}
    if place and place not in chains:
        raise NotFoundError
    for chain in [place] if place else sorted(chains):
        known = [*([heads[chain]] if chain in heads else []), *remembered.get(chain, ())]
        yield await _verified(ctx, chain, known, tell)


async def verify_newest(ctx: Context, place: str, count: int) -> ChainReport:
    """Check the newest entries of a chain, as far as its head remembers: quick, however long the chain is.

    What lies before them is taken for whole; `verify_chains` checks it.
    """
    head = await ctx.stores.audit.head(place)
    end = head.seq if head else 0
    before = max(0, end - count)
    found = await ctx.stores.audit.stretch(place, max(1, before), count + 1)
    known = [head] if head else []
    check = ChainCheck(place, known)
    if before:
        first, *found = found or [None]
        if first is None or first.seq != before:
            return ChainReport(place, 0, "", Break(before, Damage.CHANGED))
        check.begin_after(first)
    for entry in found:
        broken = check.take(entry)
        if broken is not None:
            return ChainReport(place, check.seq - before, check.hash, broken)
    return ChainReport(place, check.seq - before, check.hash, check.finish())


async def _verified(
    ctx: Context, chain: str, known: Sequence[Head], tell: Callable[[str, int, int], None]
) -> ChainReport:
    check = ChainCheck(chain, known)
    end = max((head.seq for head in known), default=0)
    start = 1
    while True:
        found = await ctx.stores.audit.stretch(chain, start, _WINDOW)
        for entry in found:
            broken = check.take(entry)
            if broken is not None:
                return ChainReport(chain, check.seq, check.hash, broken)
        start += _WINDOW
        tell(chain, check.seq, max(end, check.seq))
        # Nothing here, but more further on, is a hole and not the end.
        if not found and start > end:
            return ChainReport(chain, check.seq, check.hash, check.finish())
