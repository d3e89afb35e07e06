"""The smallest program that passes words on: Tornado's websocket and Redis' pub/sub, nothing kept, nobody asked who.

`python -m tests.bench.talkers --port N` prints `ready` when it listens. `/ws?room=R` is in a room.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from collections import defaultdict
from contextlib import suppress

import redis.asyncio
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketClosedError, WebSocketHandler

ROOMS: dict[str, set[Talker]] = defaultdict(set)


class Talker(WebSocketHandler):
    """One device, in one room."""

    def open(self) -> None:
        self.set_nodelay(True)
        self.room = self.get_query_argument("room")
        ROOMS[self.room].add(self)

    async def on_message(self, message: str | bytes) -> None:
        await self.settings["redis"].publish(f"room:{self.room}", message)

    def on_close(self) -> None:
        ROOMS[self.room].discard(self)


async def listen(server: redis.asyncio.Redis) -> None:
    pubsub = server.pubsub(ignore_subscribe_messages=True)
    await pubsub.psubscribe("room:*")
    while True:
        word = await pubsub.get_message(timeout=4)
        if word is not None:
            text = word["data"].decode()
            for talker in list(ROOMS[word["channel"].decode().partition(":")[2]]):
                with suppress(WebSocketClosedError):  # it left a moment ago
                    talker.write_message(text)


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    # As ours does: whoever finds no free connection waits for one, and nothing that was said is lost.
    pool = redis.asyncio.BlockingConnectionPool.from_url(
        os.environ["YANSHU_REDIS_URL"], max_connections=64, timeout=None
    )
    connection = redis.asyncio.Redis.from_pool(pool)
    server = HTTPServer(Application([("/ws", Talker)], redis=connection))
    server.add_sockets(bind_sockets(port, "127.0.0.1"))
    listening = asyncio.create_task(listen(connection))
    print("ready", flush=True)
    await listening


if __name__ == "__main__":
    asyncio.run(main())
