"""Short links: our redirect, counting each, against a bare Tornado handler that redirects; with 100 to a million links.

All servers stand at once and are asked in turns. *Hot* asks for a hundred links over and over, as a class does in its
lesson; *cold* asks for links that the process has not seen yet, so each is looked up in the store (with a hundred links
there are no more than a hundred of those). Figures are ratios within a round, the median of the rounds.

`python -m tests.bench.links` prints the table.
"""

from __future__ import annotations

import asyncio
import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Any

from app import running
from domain.shelves import ENTRY_CODE_LENGTH, Entry, ShelfLevel, short_code
from engines import Engines
from services.context import Context
from settings import Settings, dev_environment
from storage.documents import to_document
from tests.bench.load import Load, press
from tests.bench.servers import free_port, process

SIZES = (100, 10_000, 1_000_000)
HOT = 100
ROUNDS = 7
REQUESTS = 3000
COLD = 800
_BATCH = 5000
_ADDRESS = "https://basic.smartedu.cn/syncClassroom?defaultTag=bench"
_SCRIPT = """
import sys, asyncio, tornado.web, tornado.httpserver
class Bare(tornado.web.RequestHandler):
    def get(self, code):
        self.redirect(TARGETS[code])
TARGETS = {code: ADDRESS for code in CODES}
async def main():
    application = tornado.web.Application([(r"/l/([^/.]{1,200})", Bare)])
    tornado.httpserver.HTTPServer(application).listen(int(sys.argv[1]), "127.0.0.1")
    print("ready", flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


def code_of(number: int) -> str:
    """The code of a link of the bench."""
    return short_code(f"bench:{number}", ENTRY_CODE_LENGTH)


async def fill(ctx: Context, size: int) -> None:
    """So many links; two of one code are one."""
    await ctx.stores.ensure_indexes()
    entry = Entry(id="", level=ShelfLevel.SCHOOL, place="school:bench", title="t", address=_ADDRESS)
    document = to_document(entry)
    codes = list(dict.fromkeys(code_of(number) for number in range(size)))
    for start in range(0, len(codes), _BATCH):
        batch: list[dict[str, Any]] = [
            {**document, "_id": code, "place": f"school:{number}"}
            for number, code in enumerate(codes[start : start + _BATCH], start)
        ]
        await ctx.stores.database["links"].insert_many(batch, ordered=False)


def requests_for(codes: Sequence[str]) -> list[bytes]:
    """Requests as a browser's, without what does not matter here."""
    return [f"GET /l/{code} HTTP/1.1\r\nHost: bench\r\n\r\n".encode() for code in codes]


async def measured(ports: dict[str, int]) -> dict[str, list[float]]:
    """Requests a second, round by round, of each server and each way of asking."""
    rng = random.Random(7)
    hot = [code_of(rng.randrange(HOT)) for _ in range(REQUESTS)]
    fresh = {size: iter(range(HOT, size)) for size in SIZES}
    found: dict[str, list[float]] = {}

    async def ask(name: str, port: int, codes: Sequence[str]) -> None:
        load: Load = await press(port, requests_for(codes), connections=32)
        found.setdefault(name, []).append(load.per_second)

    for port in ports.values():
        await press(port, requests_for([code_of(n) for n in range(HOT)]), connections=8)
    for _ in range(ROUNDS):
        for name, port in ports.items():
            await ask(f"hot {name}", port, hot)
        for size in SIZES[1:]:
            cold = [code_of(next(fresh[size])) for _ in range(COLD)]
            await ask(f"cold {size}", ports[str(size)], cold)
    return found


def report(found: dict[str, list[float]]) -> None:
    """The table."""

    def ratio(name: str, other: str) -> float:
        return statistics.median(a / b for a, b in zip(found[name], found[other], strict=True))

    print("Short links, counting on; requests a second as a ratio (median of rounds)")
    for size in SIZES:
        print(f"  hot, {size:>9,} links / bare redirect    {ratio(f'hot {size}', 'hot bare'):.2f}")
    print(f"  hot, 1,000,000 / hot, 100 links          {ratio('hot 1000000', 'hot 100'):.2f}")
    print(f"  cold, 1,000,000 / cold, 10,000 links     {ratio('cold 1000000', 'cold 10000'):.2f}")
    print(f"  cold / hot, 1,000,000 links              {ratio('cold 1000000', 'hot 1000000'):.2f}")


def main() -> None:
    """Fill, start, measure, print."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        engines = stack.enter_context(Engines(folder))
        ports = {"bare": free_port()}
        script = f"CODES = {[code_of(n) for n in range(HOT)]!r}\nADDRESS = {_ADDRESS!r}\n{_SCRIPT}"
        stack.enter_context(process(["-c", script, str(ports["bare"])], {}))
        for size in SIZES:
            port = ports[str(size)] = free_port()
            environment = dev_environment(
                # As the bare server, which is not told that a proxy stands before it either.
                {"YANSHU_MONGODB_DATABASE": f"links_{size}", "YANSHU_TRUST_PROXY": "no"},
                port=port,
                mongodb_uri=engines.mongodb_uri,
                redis_url=engines.redis_url,
            )
            asyncio.run(_fill(environment, size))
            print(f"filled {size:,}", file=sys.stderr, flush=True)
            command = ["main.py", "serve", "--port", str(port)]
            stack.enter_context(process(command, environment))
        report(asyncio.run(measured(ports)))


async def _fill(environment: dict[str, str], size: int) -> None:
    async with running(Settings.from_environment(environment)) as program:
        await fill(program.ctx, size)


if __name__ == "__main__":
    main()
