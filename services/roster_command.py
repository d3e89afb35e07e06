"""The two commands about lists, as a person at a terminal meets them: words out, an exit code back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from domain.roster_changes import Kind
from services import roster_words as words
from services.context import Context
from services.roster_districts import DistrictWish, import_district
from services.roster_files import RosterError
from services.roster_report import write_template
from services.rosters import Step, Wish, import_roster

Say = Callable[[str], None]


def parse_only(text: str | None) -> frozenset[Kind] | None:
    """`new,phone` → those kinds; None is everything. Raises RosterError."""
    if text is None:
        return None
    try:
        return frozenset(Kind(word.strip()) for word in text.split(","))
    except ValueError:
        raise RosterError("bad_kind") from None


async def run_import(ctx: Context, wish: Wish, say: Say, progress: Say) -> None:
    """Take in a file and say what came of it. Raises RosterError."""
    imported = await import_roster(ctx, wish, lambda step: progress(_step_text(step)))
    progress("")
    for name, value in imported.summary.sums:
        say(f"{name}：{value}")
    if wish.report is not None:
        say(words.REPORT_AT.format(path=wish.report))
    if wish.apply:
        say(words.APPLIED.format(count=imported.written, ended=imported.ended))
    else:
        say(words.DRY_RUN)


async def run_district(ctx: Context, wish: DistrictWish, say: Say, progress: Say) -> None:
    """Take in a district's file and say school by school what came of it. Raises RosterError."""
    imported = await import_district(ctx, wish, lambda step: progress(_step_text(step)))
    progress("")
    for result in imported.schools:
        summary = result.summary
        counts = {kind.value: summary.count(kind) if summary else 0 for kind in Kind}
        refused = summary.refused if summary else 0
        line = words.SCHOOL_LINE.format(name=result.school.name, refused=refused, **counts)
        why = words.error_text(result.problem, result.detail) if result.problem else ""
        say(f"{line}。{why}" if why else line)
    founded = sum(result.is_new for result in imported.schools)
    say(
        words.DISTRICT_SUM.format(
            schools=len(imported.schools), founded=founded, unplaced=imported.unplaced
        )
    )
    if wish.report is not None:
        say(words.REPORT_AT.format(path=wish.report))
    if wish.apply:
        count = sum(result.written for result in imported.schools)
        ended = sum(result.ended for result in imported.schools)
        say(words.APPLIED.format(count=count, ended=ended))
    else:
        say(words.DRY_RUN)


def run_template(target: Path, say: Say) -> None:
    """Write the template. Raises RosterError."""
    write_template(target)
    say(words.TEMPLATE_AT.format(path=target))


def _step_text(step: Step) -> str:
    return words.STEPS[step.phase].format(count=step.count, all=step.all)


def refusal(error: RosterError) -> str:
    """What to say of a file that was not taken."""
    return words.error_text(error.code, error.detail)
