"""Looking whether the addresses on the shelves still lead somewhere: HEAD, then GET, politely and a few at a time.

What is dead or has moved is hidden from new use and told to its shelf's keepers; a link that was handed out already
goes on leading where it led. Books are not looked at: `sync-links` is their check.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from urllib.parse import urlsplit

from domain.link_checks import (
    MOST_REDIRECTS,
    PERMANENT,
    TEMPORARY,
    Finding,
    Found,
    changes_for,
    is_same_page,
    judged,
    next_address,
)
from domain.notices import link_allowed
from domain.shelves import Entry
from services.context import Context
from web.outside import Refused, Seen

log = logging.getLogger("yanshu.services")

CONTROL = "https://www.smartedu.cn/"  # asked only where another host is silent
PACE_SECONDS = 2.0  # between two looks at one host, where the host does not want more
_BATCH = 200
_OF_A_HOST = 10  # in one run: what is left is due in the next
_RUN_SECONDS = 45.0
_LOCK, _LOCK_SECONDS = "links.checking", 120


async def check_links(ctx: Context) -> None:
    """Every minute: look at what is due, host by host. One worker at a time."""
    if ctx.robots is None:
        return
    owner = ctx.new_id()
    if not await ctx.stores.locks.take([_LOCK], owner=owner, seconds=_LOCK_SECONDS):
        return
    try:
        hosts: dict[str, list[Entry]] = defaultdict(list)
        for entry in await ctx.stores.shelves.due(ctx.now(), _BATCH):
            hosts[urlsplit(entry.address).netloc.lower()].append(entry)
        async with asyncio.timeout(_RUN_SECONDS):
            runs = (_check_host(ctx, host, found[:_OF_A_HOST]) for host, found in hosts.items())
            await asyncio.gather(*runs)
    except TimeoutError:
        log.info("links are left for the next run")
    finally:
        await ctx.stores.locks.drop([_LOCK], owner=owner)


async def _check_host(ctx: Context, host: str, entries: Sequence[Entry]) -> None:
    """One after the other, with a pause."""
    for number, entry in enumerate(entries):
        if number:
            wanted = ctx.robots.delay(host) if ctx.robots else 0.0
            await asyncio.sleep(max(PACE_SECONDS, wanted))
        await check_entry(ctx, entry)


async def check_entry(ctx: Context, entry: Entry) -> Finding:
    """Look at one entry and write down what was found, unless it was changed meanwhile."""
    finding = await look(ctx, entry.address)
    if finding.found is Found.SILENT and not await _anybody_answers(ctx):
        # It is our own line that is cut: that says nothing of the page.
        finding = Finding(Found.BUSY)
    changes = changes_for(entry, finding, ctx.now())
    noted = await ctx.stores.shelves.note_check(entry, changes)
    if noted and changes["health"] != entry.health:
        log.info("link %s: %s", entry.id, changes["health"])
    return finding


async def _anybody_answers(ctx: Context) -> bool:
    """Whether the outside can be seen at all: a school network may have no way out."""
    if ctx.web is None:
        return False
    try:
        await ctx.web.ask("HEAD", CONTROL)
    except (Refused, OSError):
        return False
    return True


async def look(ctx: Context, address: str) -> Finding:
    """What is at an address by now; each step of a redirect is judged like the first."""
    moved = False
    here = address
    for _ in range(MOST_REDIRECTS + 1):
        if not link_allowed(here, ctx.policy.link_hosts):
            # It leads out of what is allowed: whoever keeps the shelf has to see where to.
            return Finding(Found.MOVED, leads_to=here[:500]) if here != address else _GONE
        try:
            seen = await _seen(ctx, here)
        except Refused:
            return _GONE
        except OSError:
            return Finding(Found.SILENT)
        if seen is None:
            return Finding(Found.SHUT)
        if seen.status not in PERMANENT | TEMPORARY:
            finding = judged(seen.status, seen.retry_after)
            if finding.found is Found.GOOD and moved and not is_same_page(address, here):
                return Finding(Found.MOVED, leads_to=here[:500])
            return finding
        moved = moved or seen.status in PERMANENT
        here = next_address(here, seen.location)
        if not here:
            return Finding(Found.SILENT)
    return Finding(Found.SILENT)  # round and round


_GONE = Finding(Found.GONE)


async def _seen(ctx: Context, address: str) -> Seen | None:
    """One answer: HEAD's, or GET's where HEAD is refused. None where the host wants no looking."""
    if ctx.web is None or ctx.robots is None:
        raise OSError("nothing is asked")
    if not await ctx.robots.may_ask(address):
        return None
    seen = await ctx.web.ask("HEAD", address)
    if seen.status >= 400 and seen.status != 429:
        seen = await ctx.web.ask("GET", address, largest=1024)
    return seen
