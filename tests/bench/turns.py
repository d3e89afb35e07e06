"""Pages of several installations asked in turns, so that whatever else the machine does meets them all alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping

import aiohttp

ROUNDS = 7
Pages = Mapping[str, tuple[str, Mapping[str, str]]]  # by what each is called: address and cookies
Taken = dict[int, list[float]]  # the medians of the rounds, by size


async def in_turns(doors: Mapping[int, Pages], *, shown: str, requests: int) -> dict[str, Taken]:
    """For each page what so many requests took in the middle, in ms. `shown` stands on each; one round warms up."""
    found: dict[str, Taken] = {}
    async with aiohttp.ClientSession() as session:
        for name in next(iter(doors.values())):
            taken: Taken = {size: [] for size in doors}
            for turn in range(ROUNDS + 1):
                for size, pages in doors.items():
                    url, cookies = pages[name]
                    median = await _milliseconds(session, url, cookies, shown, requests)
                    if turn:
                        taken[size].append(median)
            found[name] = taken
    return found


async def _milliseconds(
    session: aiohttp.ClientSession, url: str, cookies: Mapping[str, str], shown: str, requests: int
) -> float:
    """The median of some requests, one after the other."""
    taken = []
    for _ in range(requests):
        begun = time.perf_counter()
        async with session.get(url, cookies=cookies) as answer:
            body = await answer.read()
        taken.append((time.perf_counter() - begun) * 1000)
        assert answer.status == 200, (url, answer.status)
        assert shown in body.decode()
    return statistics.median(taken)
