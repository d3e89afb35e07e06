"""The search over a catalogue of the published size, shelves, and 1,000 or 100,000 local resources.

Each size has a process of its own. Asked are queries of the table of tests, as people type them, and parts of titles,
some in letters or with a sign left out. How long one takes says little; that it takes hardly longer among a hundred
times as many says something.

`python -m tests.bench search` prints the table.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from resource import RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Any

from app import running
from domain.pinyin import syllables
from domain.resource_steps import allow
from domain.resources import listed_under
from domain.schools import School
from domain.search_resources import FiledResource
from domain.shelves import Audience
from engines import Engines
from services.context import Context
from services.search import search, seeker_at
from services.search_sources import Seeker
from services.shelves import plant_starter
from settings import Settings, dev_environment
from tests.domain.resource_samples import LADDER, REVIEWERS, SCHOOL, a_resource
from tests.domain.search_queries import ANYBODY, FOURTH_GRADE, cases
from tests.domain.search_samples import local_resources, published_tree
from tests.shelving import take_catalogue

SIZES = (1_000, 100_000)
ROUNDS = 3
LEAVES = 895
_BATCH = 500
# Beside the tree of the tests: as many leaves in all as the published tree of 2025-03 has.
_MORE = (
    f"小学|1,2,3,4,5,6|综合实践|{' '.join(f'地方{n}版' for n in range(38))}|上册 下册",
    "小学|1,2,3,4,5|劳动|地方版|全一册",
)


@dataclass(frozen=True)
class Measured:
    """Of one size: seconds of each search, of taking in the catalogue, of reading the resources; bytes for those."""

    searches: list[float]
    catalogue: float
    reading: float
    memory: int


def documents(size: int, template: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """So many that stand in the school's library."""
    (version,) = template["versions"]
    for one in local_resources(size, place=SCHOOL.place_id):
        names = ("kind", "title", "chapter", "grade", "subject", "edition", "volume")
        said = {name: getattr(one, name) for name in names}
        yield template | {
            "_id": one.resource_id,
            "versions": [version | {"content": version["content"] | said}],
            "listed": [
                listed_under(SCHOOL.place_id),
                listed_under(SCHOOL.place_id, grade=one.grade),
            ],
        }


async def fill(ctx: Context, size: int) -> None:
    """The catalogue, the shelf that ships, and so many resources."""
    await ctx.stores.ensure_indexes()
    await plant_starter(ctx)
    one = a_resource()
    by, above = REVIEWERS[SCHOOL.tier], LADDER[1]
    await ctx.stores.resources.add(allow(one, SCHOOL, by=by, at=one.created_at, above=above))
    held = ctx.stores.database["resources"]
    template = await held.find_one_and_delete({"_id": one.id})
    batch: list[dict[str, Any]] = []
    for document in documents(size, template):
        batch.append(document)
        if len(batch) == _BATCH:
            await held.insert_many(batch, ordered=False)
            batch = []
    if batch:
        await held.insert_many(batch, ordered=False)


def queries(size: int) -> list[str]:
    """The table's, and parts of titles: as they are, in letters, with a sign left out."""
    dice = random.Random(7)
    typed = [text for table in (ANYBODY, FOURTH_GRADE) for text, _ in cases(table)][::3]
    some: list[FiledResource] = dice.sample(list(local_resources(size)), 60)
    for number, one in enumerate(some):
        start = dice.randrange(len(one.title) - 4)
        part = one.title[start : start + dice.randint(3, 6)]
        typed.append((part, "".join(syllables(part)), part[:1] + part[2:])[number % 3])
    return typed


def _held() -> int:
    """Bytes that this process has held at most."""
    return getrusage(RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


async def _measure(environment: dict[str, str], size: int) -> Measured:
    async with running(Settings.from_environment(environment)) as program:
        ctx = program.ctx
        began = perf_counter()
        catalogue = await take_catalogue(ctx, published_tree(_MORE))
        catalogue_seconds = perf_counter() - began
        assert len(catalogue.current) == LEAVES, len(catalogue.current)
        school = School(id=SCHOOL.place_id, name="青禾小学")
        seeker = await seeker_at(ctx, school, Audience.TEACHERS, grade=4)
        await search(ctx, seeker, "三年级语文")
        before, began = _held(), perf_counter()
        while not ctx.search.resources.is_ready:
            await ctx.search.resources.ready(ctx)
        reading, memory = perf_counter() - began, _held() - before
        everything = replace(seeker, libraries=(SCHOOL.place_id, "district-a", "city-a"))
        return Measured(await _searched(ctx, everything, size), catalogue_seconds, reading, memory)


async def _searched(ctx: Context, seeker: Seeker, size: int) -> list[float]:
    """Each query a few times; the median of each."""
    took = []
    for text in queries(size):
        rounds = []
        for _ in range(ROUNDS):
            began = perf_counter()
            await search(ctx, seeker, text)
            rounds.append(perf_counter() - began)
        took.append(statistics.median(rounds))
    return took


def measure(environment: dict[str, str], size: int) -> Measured:
    """In a process of its own."""
    return asyncio.run(_measure(environment, size))


def report(found: dict[int, Measured]) -> None:
    """The table."""
    print(
        f"The search, {LEAVES} textbooks and the shelf that ships; milliseconds, queries one after the other"
    )
    for size, one in found.items():
        p50, p95 = _share(one.searches, 50), _share(one.searches, 95)
        print(
            f"  {size:>7,} resources   p50 {p50 * 1000:5.1f}   p95 {p95 * 1000:5.1f}   read in {one.reading:5.1f} s"
            f"   {one.memory / 2**20:4.0f} MB   catalogue taken in {one.catalogue:.1f} s"
        )
    few, many = found[SIZES[0]], found[SIZES[-1]]
    for share in (50, 95):
        grown = _share(many.searches, share) / _share(few.searches, share)
        print(f"  p{share}, {SIZES[-1]:,} / {SIZES[0]:,} resources   {grown:.2f}")


def _share(took: list[float], share: int) -> float:
    return statistics.quantiles(took, n=100)[share - 1]


def main() -> None:
    """Fill, measure, print."""
    with tempfile.TemporaryDirectory() as folder, Engines(folder) as engines:
        found = {}
        for size in SIZES:
            environment = dev_environment(
                {"YANSHU_MONGODB_DATABASE": f"search_{size}"},
                port=8000,
                mongodb_uri=engines.mongodb_uri,
                redis_url=engines.redis_url,
            )
            asyncio.run(_fill(environment, size))
            print(f"filled {size:,}", file=sys.stderr, flush=True)
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as apart:
                found[size] = apart.submit(measure, environment, size).result()
        report(found)


async def _fill(environment: dict[str, str], size: int) -> None:
    async with running(Settings.from_environment(environment)) as program:
        await fill(program.ctx, size)


if __name__ == "__main__":
    main()
