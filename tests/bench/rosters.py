"""Taking in a school of 2,000 and a district of 100,000 pupils with every kind of dirt: rows a second, and memory.

First a dry run with its report, then the list is applied, then it is taken in once more and must change
nothing; each in a process of its own, as the command is. `python -m tests.bench.rosters` prints the table.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from app import running
from engines import Engines
from services.rosters import Wish, import_roster
from settings import Settings, dev_environment
from tests import school_lists as lists

SIZES = (2_000, 20_000, 100_000)


def _peak_megabytes() -> float:
    """Of this process alone; ru_maxrss may still be that of the parent."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


class Timer:
    """Seconds of one part, and the longest time the loop stood still meanwhile."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.longest_stop = 0.0

    async def run(self, settings: Settings, wish: Wish) -> tuple[int, int, int]:
        """Take in a list and measure it; returns how many changed, were refused, are in quarantine.

        Not all of it: on its way out, asyncio writes out a task's result, which would be measured too.
        """
        async with running(settings) as program:
            await program.ctx.stores.ensure_indexes()
            watch = asyncio.create_task(self._watch())
            begun = time.perf_counter()
            imported = await import_roster(program.ctx, wish)
            self.seconds = time.perf_counter() - begun
            watch.cancel()
        return (
            sum(imported.summary.counts.values()),
            imported.summary.refused,
            imported.summary.quarantined,
        )

    async def _watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.01)
            self.longest_stop = max(self.longest_stop, time.perf_counter() - before - 0.01)


def one_run(folder: Path, size: int, name: str) -> dict[str, float]:
    """In a process of its own: the figures of one run."""
    wish = Wish(file=folder / f"{size}.xlsx", school_id="bench", school_name="青禾小学")
    if name == "dry run":
        wish = replace(wish, report=folder / "report.xlsx")
    else:
        wish = replace(wish, apply=True)
    timer, idle = Timer(), _peak_megabytes()
    changed, refused, quarantined = asyncio.run(
        timer.run(Settings.from_environment(os.environ), wish)
    )
    if name == "again" and changed:
        raise RuntimeError("the same list twice is not the same as once")
    return {
        name: size / timer.seconds,
        f"{name} MB": _peak_megabytes(),
        f"{name} stop ms": timer.longest_stop * 1000,
        "idle MB": idle,
        "refused": refused,
        "quarantined": quarantined,
    }


def _measured(folder: Path, size: int, environment: dict[str, str]) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name in ("dry run", "apply", "again"):
        command = [sys.executable, "-m", "tests.bench.rosters", str(size), str(folder), name]
        done = subprocess.run(
            command, env=os.environ | environment, stdout=subprocess.PIPE, check=True, text=True
        )
        figures |= json.loads(done.stdout)
    return figures


_HEADINGS = (
    *("rows", "dry run with report", "apply", "the same again", "peak memory", "above idle, a row"),
    *("loop stood still", "refused", "in quarantine"),
)


def _line(size: int, f: dict[str, float]) -> str:
    peak = max(f["dry run MB"], f["apply MB"], f["again MB"])
    stop = max(f["dry run stop ms"], f["apply stop ms"], f["again stop ms"])
    cells = (
        *(f"{size:,}", *(f"{f[run]:,.0f} rows/s" for run in ("dry run", "apply", "again"))),
        *(f"{peak:.0f} MB", f"{(peak - f['idle MB']) * 1024 / size:.1f} KB", f"{stop:.0f} ms"),
        *(f"{f['refused']:.0f}", f"{f['quarantined']:.0f}"),
    )
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    print(f"Lists with {len(lists.DIRT)} kinds of dirt in one row of five; the embedded database.")
    print(f"| {' | '.join(_HEADINGS)} |\n|{'---|' * len(_HEADINGS)}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in SIZES:
            lists.write_xlsx(folder / f"{size}.xlsx", lists.rows(size, list(lists.DIRT)))
            with Engines(folder / f"engines-{size}") as engines:
                environment = dev_environment(
                    {"YANSHU_MONGODB_DATABASE": "bench"},
                    port=9,
                    mongodb_uri=engines.mongodb_uri,
                    redis_url=engines.redis_url,
                )
                print(_line(size, _measured(folder, size, environment)), flush=True)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        print(json.dumps(one_run(Path(sys.argv[2]), int(sys.argv[1]), sys.argv[3])))
    else:
        main()
