"""The provider's process, the wire to it, and a person's browser at its pages.

The wire stands where the issuer is: what it is told to do to an answer is the only thing in these tests
that is not the provider's own doing.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.oidc.provider_program import CLIENT_ID, CLIENT_SECRET, PASSWORD

ROOT = Path(__file__).parent.parent.parent
Bend = Callable[[web.Request, int, bytes], Awaitable[web.StreamResponse]]


def new_key() -> str:
    """A private key as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@dataclass
class Provider:
    """A real provider behind a wire."""

    folder: Path
    issuer: str = ""
    key: str = field(default_factory=new_key)
    asked: list[str] = field(default_factory=list)  # paths, in order
    last_token: str = ""  # the ID token that went over the wire last, as the provider made it
    _bends: dict[str, Bend] = field(default_factory=dict)
    _process: asyncio.subprocess.Process | None = None
    _port: int = 0

    @property
    def settings(self) -> dict[str, str]:
        """What an operator sets to use it."""
        return {
            "YANSHU_OIDC_ISSUER": self.issuer,
            "YANSHU_OIDC_CLIENT_ID": CLIENT_ID,
            "YANSHU_OIDC_CLIENT_SECRET": CLIENT_SECRET,
            "YANSHU_OIDC_NAME": "教育局账号",
        }

    def bend(self, path: str, bend: Bend) -> None:
        """From now on this answer is passed through `bend`."""
        self._bends[path] = bend

    def bend_token(self, key: str | None = None, header: Any = None, **claims: Any) -> None:
        """From now on ID tokens say something else, signed with the provider's own key or another."""

        def changed(token: str) -> str:
            private = RSAKey.import_key(key or self.key)
            public = RSAKey.import_key(self.key)
            read = jwt.decode(token, public, algorithms=["RS256"])
            said = {k: v for k, v in {**read.claims, **claims}.items() if v is not None}
            shown = {k: v for k, v in {**read.header, **(header or {})}.items() if v is not None}
            return jwt.encode(shown, said, private)

        self.replace_token(changed)

    def replace_token(self, change: Callable[[str], str]) -> None:
        """From now on ID tokens are changed like this."""

        async def bend(request: web.Request, status: int, body: bytes) -> web.StreamResponse:
            answer = json.loads(body)
            if "id_token" in answer:
                answer["id_token"] = change(answer["id_token"])
            return web.json_response(answer, status=status)

        self.bend("/token/", bend)

    def straighten(self) -> None:
        """The wire is as it should be."""
        self._bends.clear()

    async def start(self) -> None:
        """Start the process; the same people and applications as before, if there were any."""
        self.folder.joinpath("key.pem").write_text(self.key)
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.oidc.provider_program",
            f"--issuer={self.issuer}",
            f"--port={self._port}",
            f"--database={self.folder / 'provider.sqlite'}",
            f"--key={self.folder / 'key.pem'}",
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        line = (await self._process.stdout.readline()).decode()
        assert line.startswith("ready "), line
        self._port = int(line.split()[1])

    async def stop(self) -> None:
        """Kill the process."""
        if self._process is not None:
            self._process.kill()
            await self._process.communicate()
            self._process = None

    async def rotate(self) -> None:
        """The provider starts again with another key; the former one is gone."""
        await self.stop()
        self.key = new_key()
        await self.start()

    async def register(self, redirect_uri: str) -> None:
        """Enter where browsers may be sent back to."""
        async with (
            aiohttp.ClientSession() as client,
            client.post(
                f"{self.issuer}/control/register", json={"redirect_uri": redirect_uri}
            ) as response,
        ):
            assert response.status == 200, await response.text()

    async def pass_on(self, request: web.Request) -> web.StreamResponse:
        """The wire itself."""
        self.asked.append(request.path)
        headers = {k: v for k, v in request.headers.items() if k.lower() != "content-length"}
        url = f"http://127.0.0.1:{self._port}{request.raw_path}"
        try:
            async with (
                aiohttp.ClientSession(auto_decompress=False) as client,
                client.request(
                    request.method,
                    url,
                    data=await request.read(),
                    headers=headers,
                    allow_redirects=False,
                ) as response,
            ):
                body = await response.read()
                bend = self._bends.get(request.path)
                if bend is not None:
                    return await bend(request, response.status, body)
                answer = web.Response(status=response.status, body=body)
                for name in ("Content-Type", "Location"):
                    if name in response.headers:
                        answer.headers[name] = response.headers[name]
                for cookie in response.headers.getall("Set-Cookie", []):
                    answer.headers.add("Set-Cookie", cookie)
                return answer
        except aiohttp.ClientError:
            assert request.transport is not None
            request.transport.abort()  # as a provider does that is not there
            return web.Response()


@asynccontextmanager
async def running_provider(folder: Path) -> AsyncIterator[Provider]:
    """A provider, from its start to its end."""
    provider = Provider(folder)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", provider.pass_on)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    provider.issuer = f"http://127.0.0.1:{port}"
    try:
        await provider.start()
        yield provider
    finally:
        await provider.stop()
        await runner.cleanup()


@dataclass
class Visit:
    """Where the provider's pages have sent a browser back to."""

    url: str

    @property
    def query(self) -> dict[str, str]:
        """What it brings."""
        return dict(parse_qsl(urlsplit(self.url).query))


async def visit(
    client: aiohttp.ClientSession, url: str, person: str, *, allow: bool = True
) -> Visit:
    """A person goes through the provider's pages, form by form, and is sent back.

    The last step, back to whoever sent them, is not taken.
    """
    home = urlsplit(url).netloc
    for _ in range(10):
        async with client.get(url, allow_redirects=False) as response:
            status, page = response.status, await response.text()
            location = response.headers.get("Location", "")
        if status == 200:
            location = await _fill_in(client, url, page, person, allow=allow)
        assert location, page[:500]
        url = urljoin(url, location)
        if urlsplit(url).netloc != home:
            return Visit(url)
    raise AssertionError("the provider sends round in circles")


async def _fill_in(
    client: aiohttp.ClientSession, url: str, page: str, person: str, *, allow: bool
) -> str:
    """Fill in the form of a page and send it; where it leads to."""
    fields = [
        (name.group(1), html.unescape(value.group(1)) if value else "")
        for tag in re.findall(r"<input[^>]*>", page)
        if (name := re.search(r'name="([^"]*)"', tag))
        for value in [re.search(r'value="([^"]*)"', tag)]
        if name.group(1) != "allow"
    ]
    filled = dict(fields)
    if "password" in filled:
        filled |= {"username": person, "password": PASSWORD}
    elif allow:
        filled["allow"] = "Authorize"
    async with client.post(url, data=filled, allow_redirects=False) as response:
        assert response.status == 302, await response.text()
        return response.headers["Location"]
