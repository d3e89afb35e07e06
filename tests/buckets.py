"""A real server that speaks S3, for the tests, and a bad line to it.

The server is SeaweedFS, a program of its own that its wheel puts beside the interpreter. It checks signatures.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
import socket
import subprocess
import sysconfig
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
from aiohttp import web

from s3.bucket import Bucket
from s3.signing import Keys
from s3.transport import Transport
from settings import BucketAt
from tests.waiting import wait_until

_START_SECONDS = 60.0


def find_server() -> str | None:
    """The server's program; None where there is none for this machine."""
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    return str(beside) if os.access(beside, os.X_OK) else shutil.which("weed")


def _free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


@asynccontextmanager
async def serving(folder: Path) -> AsyncIterator[BucketAt]:
    """The server with one bucket, until the end of the block; its data lies in `folder`."""
    at = BucketAt("", "yanshu-files", "cn-north-1", "the-key", "the-secret-of-the-tests", "path")
    rights = {"accessKey": at.key_id, "secretKey": at.secret}
    who = {"name": "yanshu", "credentials": [rights], "actions": ["Admin"]}
    (folder / "s3.json").write_text(json.dumps({"identities": [who]}))
    names = [
        f"{part}.port{kind}"
        for part in ("master", "volume", "filer", "s3")
        for kind in ("", ".grpc")
    ]
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    flags = [f"-{name}={port}" for name, port in ports.items()]
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [
                str(find_server()), "server", f"-dir={folder}", "-ip=127.0.0.1", "-s3",
                "-ip.bind=127.0.0.1", "-master.telemetry=false", "-master.volumeSizeLimitMB=64",
                f"-s3.config={folder / 's3.json'}", "-s3.iam=false", "-s3.port.iceberg=0",
                "-s3.port.lance=0", *flags,
            ],
            stdout=log,
            stderr=log,
        )  # fmt: skip
    found = replace(at, endpoint=f"http://127.0.0.1:{ports['s3.port']}")
    try:
        await wait_until(
            lambda: _makes_bucket(server, found),
            description="the S3 server is up",
            seconds=_START_SECONDS,
        )
        yield found
    finally:
        server.kill()
        server.wait()


async def _makes_bucket(server: subprocess.Popen[bytes], at: BucketAt) -> bool:
    assert server.poll() is None, "the S3 server has ended"
    transport = Transport(at, keys_of(at), patience_seconds=5, pause_seconds=0)
    await transport.start()
    try:
        async with transport.asked("PUT", "") as made:
            if made.status not in (200, 409):
                return False
        async with transport.asked("PUT", "first", body=b"up") as kept:  # a volume is there, too
            return kept.status == 200
    except (aiohttp.ClientError, OSError):
        return False
    finally:
        await transport.close()


def keys_of(at: BucketAt) -> Keys:
    """Who asks."""
    return Keys(at.key_id, at.secret, at.region)


@asynccontextmanager
async def opened(
    at: BucketAt, *, patience_seconds: float = 30.0, pause_seconds: float = 0.0
) -> AsyncIterator[Bucket]:
    """The bucket, as a process has it."""
    bucket = Bucket(at, keys_of(at), patience_seconds=patience_seconds, pause_seconds=pause_seconds)
    await bucket.start()
    try:
        yield bucket
    finally:
        await bucket.close()


def settings_of(at: BucketAt) -> dict[str, str]:
    """The environment of an installation whose new files go there."""
    return {
        "YANSHU_FILES_STORE": "s3",
        "YANSHU_S3_ENDPOINT": at.endpoint,
        "YANSHU_S3_BUCKET": at.bucket,
        "YANSHU_S3_REGION": at.region,
        "YANSHU_S3_KEY_ID": at.key_id,
        "YANSHU_S3_SECRET": at.secret,
    }


Trouble = Callable[[web.Request], "int | str | None"]


@dataclass
class BadLine:
    """Between us and the server. `trouble` says of each request what becomes of it.

    A status: answered so, and not passed on. "lost": passed on, and the answer never comes. "cut": half of what is
    answered comes. "silent": nothing is passed on, and nothing comes. None: all is well.
    """

    to: str
    trouble: Trouble = lambda _: None
    asked: list[str] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Whatever becomes of it."""
        found = self.trouble(request)
        self.asked.append(f"{request.method} {request.query_string}")
        body = await request.read()
        if found == "silent":
            return await self._nothing()
        if isinstance(found, int):
            return web.Response(
                status=found, body=b"<Error><Code>SlowDown</Code></Error>" if found >= 500 else b""
            )
        async with (
            aiohttp.ClientSession(auto_decompress=False) as client,
            client.request(
                request.method,
                self.to + request.raw_path,
                headers=request.headers,
                data=io.BytesIO(body) if body else None,
            ) as said,
        ):
            content = await said.read()
            if found == "lost":
                return await self._nothing()
            headers = {
                name: said.headers[name]
                for name in ("ETag", "Content-Range", "Content-Length")
                if name in said.headers
            }
            passed = web.StreamResponse(status=said.status, headers=headers)
            await passed.prepare(request)
            if request.method != "HEAD":
                await passed.write(content[: len(content) // 2] if found == "cut" else content)
            if found == "cut" and request.transport is not None:
                request.transport.close()
            return passed

    async def _nothing(self) -> web.Response:
        """Until the line is taken down."""
        await self.over.wait()
        return web.Response(status=503)


@asynccontextmanager
async def badly_reached(at: BucketAt) -> AsyncIterator[tuple[BadLine, BucketAt]]:
    """The same bucket over a bad line."""
    line = BadLine(at.endpoint)
    application = web.Application(client_max_size=64 * 1024 * 1024)
    application.router.add_route("*", "/{path:.*}", line.answer)
    runner = web.AppRunner(application, shutdown_timeout=0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        yield line, replace(at, endpoint=f"http://127.0.0.1:{port}")
    finally:
        line.over.set()  # who was left waiting waits no more
        await runner.cleanup()
