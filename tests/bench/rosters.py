"""Taking in schools of 2,000 and 20,000 and a district of 100,000 pupils in 200 schools, with every kind of dirt.

First a dry run with its report, then the list is applied, then it is taken in once more and must change
nothing; each in a process of its own, as the command is. Measured are rows a second, the most memory that this
process and the one at the desk held, the longest time the loop stood still, and how much of such a time this
process was computing at most: on a machine that others use too, the rest is theirs.
`python -m tests.bench.rosters` prints the table.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from app import running
from domain.regions import Region, RegionLevel
from engines import Engines
from services.roster_districts import DistrictWish, import_district
from services.rosters import Wish, import_roster
from settings import Settings, dev_environment
from tests import school_lists as lists

# How many pupils, in how many schools: one is a school's list, more a district's.
SIZES = ((2_000, 1), (20_000, 1), (100_000, 1), (20_000, 40), (100_000, 200))
RUNS = ("dry run", "apply", "again")


def _peak_megabytes(process: int) -> float:
    """The most a process ever held."""
    try:
        lines = Path(f"/proc/{process}/status").read_text().splitlines()
    except OSError:
        return 0.0
    held = [line for line in lines if line.startswith("VmHWM:")]
    return int(held[0].split()[1]) / 1024 if held else 0.0


def _children() -> list[int]:
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        found += map(int, (task / "children").read_text().split())
    return found


class Timer:
    """Seconds of one part, the longest time the loop stood still meanwhile, and what the desk held at most."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.stops: list[float] = []
        self.busy: list[float] = []
        self.desk_megabytes = 0.0

    async def run(
        self, settings: Settings, folder: Path, size: int, schools: int, name: str
    ) -> int:
        """Take in a list and measure it; returns how many pupils changed.

        Not all of it: on its way out, asyncio writes out a task's result, which would be measured too.
        """
        async with running(settings) as program:
            await program.ctx.stores.ensure_indexes()
            region = Region(id="bench", level=RegionLevel.DISTRICT, name="芝罘区")
            await program.ctx.stores.regions.save(region)
            gc.collect()
            watch = asyncio.create_task(self._watch())
            begun = time.perf_counter()
            file, report = folder / f"{size}-{schools}.xlsx", folder / "report.xlsx"
            is_dry = name == "dry run"
            if schools == 1:
                wish = Wish(
                    file, "bench", "青禾小学", not is_dry, report=report if is_dry else None
                )
                changed = sum((await import_roster(program.ctx, wish)).summary.counts.values())
            else:
                district = DistrictWish(
                    file, "bench", not is_dry, new_schools=True, report=report if is_dry else None
                )
                changed = (await import_district(program.ctx, district)).counts().total()
            self.seconds = time.perf_counter() - begun
            watch.cancel()
        return changed

    async def _watch(self) -> None:
        while True:
            before, busy = time.perf_counter(), time.process_time()
            await asyncio.sleep(0.01)
            self.stops.append(time.perf_counter() - before - 0.01)
            self.busy.append(time.process_time() - busy)
            if len(self.stops) % 20 == 0:
                self.desk_megabytes = max(
                    self.desk_megabytes, *map(_peak_megabytes, _children()), 0.0
                )


def one_run(folder: Path, size: int, schools: int, name: str) -> dict[str, float]:
    """In a process of its own: the figures of one run."""
    timer = Timer()
    settings = Settings.from_environment(os.environ)
    changed = asyncio.run(timer.run(settings, folder, size, schools, name))
    if name == "again" and changed:
        raise RuntimeError("the same list twice is not the same as once")
    stops = sorted(timer.stops)
    return {
        name: size / timer.seconds,
        f"{name} MB": _peak_megabytes(os.getpid()),
        f"{name} desk MB": timer.desk_megabytes,
        f"{name} stop ms": stops[-1] * 1000,
        f"{name} p999 ms": stops[int(len(stops) * 0.999)] * 1000,
        f"{name} busy ms": max(timer.busy) * 1000,
    }


def _measured(
    folder: Path, size: int, schools: int, environment: dict[str, str]
) -> dict[str, float]:
    figures: dict[str, float] = {}
    for name in RUNS:
        words = (str(size), str(schools), str(folder), name)
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.rosters", *words],
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        figures |= json.loads(done.stdout)
        print(name, {k: round(v) for k, v in figures.items()}, file=sys.stderr, flush=True)
    return figures


_HEADINGS = (
    *("pupils", "schools", "dry run with report", "apply", "the same again"),
    *(
        "server's memory",
        "desk's memory",
        "loop stood still at most",
        "1 in 1,000",
        "of it computing",
    ),
)


def _line(size: int, schools: int, f: dict[str, float]) -> str:
    def most(what: str) -> float:
        return max(f[f"{run} {what}"] for run in RUNS)

    cells = (
        *(f"{size:,}", f"{schools}", *(f"{f[run]:,.0f} rows/s" for run in RUNS)),
        *(f"{most('MB'):.0f} MB", f"{most('desk MB'):.0f} MB"),
        *(f"{most(what):.0f} ms" for what in ("stop ms", "p999 ms", "busy ms")),
    )
    return f"| {' | '.join(cells)} |"


def _sizes() -> tuple[tuple[int, int], ...]:
    """Those on the command line (`2000/1 20000/40`), or all."""
    wanted = [tuple(map(int, word.split("/"))) for word in sys.argv[1:] if "/" in word]
    return tuple((size, schools) for size, schools in wanted) or SIZES


def main() -> None:
    """Print the table."""
    print(f"Lists with {len(lists.DIRT)} kinds of dirt in one row of five; the embedded database.")
    print(f"| {' | '.join(_HEADINGS)} |\n|{'---|' * len(_HEADINGS)}", flush=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size, schools in _sizes():
            dirt = list(lists.DIRT)
            rows = lists.rows(size, dirt)
            if schools > 1:
                rows = lists.district_rows(size, schools, dirt)
            lists.write_xlsx(folder / f"{size}-{schools}.xlsx", rows)
            with Engines(folder / f"engines-{size}-{schools}") as engines:
                environment = dev_environment(
                    {"YANSHU_MONGODB_DATABASE": "bench"},
                    port=9,
                    mongodb_uri=engines.mongodb_uri,
                    redis_url=engines.redis_url,
                )
                print(_line(size, schools, _measured(folder, size, schools, environment)))
                sys.stdout.flush()


if __name__ == "__main__":
    if len(sys.argv) == 5:
        words = sys.argv[1:]
        print(json.dumps(one_run(Path(words[2]), int(words[0]), int(words[1]), words[3])))
    else:
        main()
