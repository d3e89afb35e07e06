"""`verify-audit`, as an operator at a terminal meets it: a line a chain, and what is broken by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from domain.audit import Head, entry_id
from domain.errors import NotFoundError
from services.audit import ChainReport, verify_chains
from services.context import Context

Say = Callable[[str], None]
_REMEMBERED = re.compile(r"(\S+): \d+ entries, head (\d+):([0-9a-f]{64})(?:\s.*)?")


def parse_remembered(lines: Iterable[str]) -> dict[str, list[Head]]:
    """What earlier runs of the command said; lines of another form are passed over."""
    remembered: dict[str, list[Head]] = {}
    for line in lines:
        found = _REMEMBERED.fullmatch(line.strip())
        if found and int(found[2]):
            remembered.setdefault(found[1], []).append(Head(int(found[2]), found[3]))
    return remembered


async def run_verify(
    ctx: Context, place: str, lines: Iterable[str], say: Say, progress: Say
) -> bool:
    """Check the chains and say what came of each; whether all are whole.

    `lines` are those of earlier runs, which were kept elsewhere.
    """
    whole = True
    remembered = parse_remembered(lines)

    def tell(chain: str, done: int, of: int) -> None:
        progress(f"{chain}: {done} of {of}")

    try:
        async for report in verify_chains(ctx, place=place, remembered=remembered, tell=tell):
            progress("")
            say(_line(report))
            whole = whole and report.broken is None
    except NotFoundError:
        say(f"{place}: has no entries")
        return False
    return whole


def _line(report: ChainReport) -> str:
    said = f"{report.chain}: {report.count} entries, head {report.count}:{report.hash}"
    if report.broken is None:
        return f"{said} whole"
    broken = report.broken
    return f"{said} BROKEN: {entry_id(report.chain, broken.seq)} is {broken.damage}"
