"""Two web processes over one database, of which one may die in the middle of what it writes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import aiohttp

from app import Running, running
from services.context import Context
from settings import Settings, dev_environment
from tests.programs import program


@dataclass
class Pair:
    """Both processes, the program's rooms in this one, and everybody's token."""

    stack: AsyncExitStack
    environment: dict[str, str]
    folder: Path
    here: Running
    client: aiohttp.ClientSession
    tokens: list[str] = field(default_factory=list)

    @property
    def ctx(self) -> Context:
        """The services' context."""
        return self.here.ctx

    async def serve(self, name: str, *, last: int = 0) -> str:
        """A web process that dies with its `last` write; its address."""
        server = await self.stack.enter_async_context(
            program(
                *("-m", "tests.chaos.mortal", str(last), "serve", "--port", "0"),
                environment=self.environment,
                log=self.folder / f"{name}.log",
            )
        )
        return server.url

    async def post(
        self, number: int, url: str, body: Mapping[str, Any], *, key: str
    ) -> dict[str, Any]:
        """One person's request of the API; an error `gone` when the server was."""
        headers = {"Authorization": f"Bearer {self.tokens[number]}", "Idempotency-Key": key}
        try:
            async with self.client.post(url, json=body, headers=headers) as answer:
                found: dict[str, Any] = await answer.json()
                return found
        except aiohttp.ClientError:
            return {"error": {"code": "gone"}}


P = TypeVar("P", bound=Pair)


@asynccontextmanager
async def open_pair(
    kind: type[P], mongodb_uri: str, redis_url: str, database: str, folder: Path
) -> AsyncIterator[P]:
    """A database for two, with no process yet and nothing in it."""
    environment = dev_environment(
        {"YANSHU_MONGODB_DATABASE": database},
        port=9,
        mongodb_uri=mongodb_uri,
        redis_url=redis_url,
    )
    async with AsyncExitStack() as stack:
        here = await stack.enter_async_context(running(Settings.from_environment(environment)))
        client = await stack.enter_async_context(aiohttp.ClientSession())
        yield kind(stack, environment, folder, here, client)
