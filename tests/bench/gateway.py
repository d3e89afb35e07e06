"""What the gateway adds to the HTTP client: template messages a second beside bare aiohttp posts.

The server is a process of its own that reads a request and answers at once; both sides send the
same number of the same bodies, so many at a time, in turns. `python -m tests.bench.gateway`
prints the table.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import aiohttp

from wechat.gateway import Gateway

MESSAGES = 2000
AT_ONCE = 50
ROUNDS = 7
DATA = {"thing1": "三年级二班春游通知", "time2": "2026-11-22 08:00", "thing3": "请家长阅读并签字"}
URL = "https://school.example/h5/notices/01J0000000000000000000000"
ANSWER = json.dumps({"errcode": 0, "errmsg": "ok", "msgid": 200228332}).encode()

Send = Callable[[int], Awaitable[object]]


class Shelf:
    """A shelf with a token on it."""

    async def read(self, _name: str) -> str | None:
        """Return the token."""
        return "t" * 136

    async def write(self, name: str, token: str, *, ttl_seconds: int) -> None:
        """Keep nothing."""

    @asynccontextmanager
    async def lock(self, _name: str) -> AsyncIterator[None]:
        """Lock nothing."""
        yield


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer every request on one connection."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                b"Content-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
            )
    except asyncio.IncompleteReadError:
        writer.close()


async def serve() -> None:
    """Print the port and answer until stopped."""
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def rate(send: Send) -> float:
    """Return messages per second."""
    numbers = iter(range(MESSAGES))

    async def worker() -> None:
        for number in numbers:
            await send(number)

    started = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    return MESSAGES / (time.perf_counter() - started)


async def measure(base: str) -> tuple[float, float]:
    """Return the median rates of the gateway and of bare aiohttp, taken in turns."""
    gateway = Gateway(
        app_id="wx0123456789abcdef",
        secret="secret",
        api_base=base,
        open_base=base,
        tokens=Shelf(),
    )
    await gateway.start()
    connector = aiohttp.TCPConnector(limit=64)
    timeout = aiohttp.ClientTimeout(total=5)
    address = f"{base}/cgi-bin/message/template/send?access_token={'t' * 136}"
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:

        async def ours(number: int) -> object:
            return await gateway.send_template(
                f"o{number:027}", template_id="T" * 43, data=DATA, url=URL, client_msg_id="d-1"
            )

        async def bare(number: int) -> object:
            payload = {
                "touser": f"o{number:027}",
                "template_id": "T" * 43,
                "url": URL,
                "client_msg_id": "d-1",
                "data": {name: {"value": value} for name, value in DATA.items()},
            }
            body = json.dumps(payload, ensure_ascii=False).encode()
            async with session.post(address, data=body) as response:
                return json.loads(await response.read())

        rates: tuple[list[float], list[float]] = ([], [])
        for _ in range(ROUNDS):
            for send, kept in zip((ours, bare), rates, strict=True):
                kept.append(await rate(send))
    await gateway.close()
    return statistics.median(rates[0]), statistics.median(rates[1])


def main() -> None:
    """Print the table."""
    command = [sys.executable, "-m", "tests.bench.gateway", "serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        ours, bare = asyncio.run(measure(f"http://127.0.0.1:{server.stdout.readline().strip()}"))
        server.terminate()
    print(f"{'messages/s':20} {'gateway':>9} {'aiohttp':>9} {'ratio':>6}")
    print(f"{f'{AT_ONCE} at once':20} {ours:9.0f} {bare:9.0f} {ours / bare:6.2f}")


if __name__ == "__main__":
    if sys.argv[1:] == ["serve"]:
        asyncio.run(serve())
    else:
        main()
