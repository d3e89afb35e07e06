"""An installation of real processes with engines of its own, and a thousand families."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pymongo
from pymongo.errors import PyMongoError

from app import Running, running
from domain.notices import Draft
from engines import Engines
from services.context import Context
from services.notices import draft_notice, publish_notice
from services.people import access_teaching
from settings import Settings, dev_environment
from tests.programs import Program, program
from tests.settling import settle_families
from tests.waiting import wait_until

GUARDIANS = 1000
CLASSES = 2
TEACHER = "teacher"
DATABASE = "yanshu_chaos"
PUBLIC_URL = "https://school.example.cn"
FORM = {"title": "秋季运动会", "body": "周五早上八点，操场集合。"}
PATIENCE_SECONDS = 100.0


@dataclass
class Island:
    """What runs, and how to look at it from outside."""

    folder: Path
    engines: Engines
    environment: dict[str, str]
    simulator: Program
    control: aiohttp.ClientSession
    stack: AsyncExitStack
    openids: list[str]

    # ------------------------------------------------------------------------------- processes

    async def start(self, *words: str, patient: bool = False) -> Program:
        """A process of ours: `patient` waits as long as a real installation does."""
        start = ("main.py",) if patient else ("-m", "tests.chaos.launch")
        log = self.folder / f"{words[0]}.log"
        return await self.stack.enter_async_context(
            program(*start, *words, environment=self.environment, log=log)
        )

    async def serve(self) -> Program:
        """A web process; WeChat brings its callbacks there from now on."""
        server = await self.start("serve", "--port", "0")
        await self.tell("callbacks", callbacks=[f"{server.url}/wechat/callback"])
        return server

    @asynccontextmanager
    async def here(self) -> AsyncIterator[Running]:
        """The program's own rooms, in this process."""
        async with running(Settings.from_environment(self.environment)) as opened:
            yield opened

    # --------------------------------------------------------------------------------- WeChat

    async def ask(self, path: str) -> Any:
        """Read from the simulator's control API."""
        async with self.control.get(f"/simulator/control/{path}") as answer:
            return (await answer.json())["data"]

    async def tell(self, path: str, **body: Any) -> Any:
        """Write to it."""
        async with self.control.post(f"/simulator/control/{path}", json=body) as answer:
            assert answer.status == 200, await answer.text()
            return (await answer.json())["data"]

    async def sent(self) -> int:
        """How many messages WeChat has accepted."""
        return int((await self.ask("ledger/counts"))["total"])

    async def midway(self, *, least: int = 100) -> int:
        """Wait until some have gone out; returns how many, which are not all."""
        sent: int = await wait_until(
            lambda: self._sent_at_least(least),
            description="messages go out",
            seconds=PATIENCE_SECONDS,
        )
        assert sent < GUARDIANS, "the fan-out was over before anything could be killed"
        return sent

    async def _sent_at_least(self, least: int) -> int:
        sent = await self.sent()
        return sent if sent >= least else 0

    # --------------------------------------------------------------------------------- stores

    @contextmanager
    def database(self) -> Iterator[Any]:
        """The database, behind the program's back."""
        with pymongo.MongoClient[dict[str, Any]](self.engines.mongodb_uri) as client:
            yield client[DATABASE]

    def delivered(self, database: Any) -> int:
        """How many deliveries are over, with a message that WeChat took."""
        with suppress(PyMongoError):  # it may have been killed a moment ago
            query = {"push": None, "outcome.result": "delivered"}
            return int(database["deliveries"].count_documents(query))
        return 0

    async def check_everybody_got_one(self) -> None:
        """In the end: a delivery for each guardian, settled as delivered, and one accepted message each."""
        await self.tell("faults", latency_ms=0)  # there was time enough to kill somebody
        with self.database() as database:
            await wait_until(
                lambda: self.delivered(database) == GUARDIANS,
                description="every delivery is settled as delivered",
                seconds=PATIENCE_SECONDS,
            )
            assert database["deliveries"].count_documents({}) == GUARDIANS
        await self.tell("settle")
        counts = await self.ask("ledger/counts")
        assert counts["per_openid"] == dict.fromkeys(self.openids, 1)
        assert counts["by_kind"] == {"template": GUARDIANS}


@asynccontextmanager
async def open_island(folder: Path, *, latency_ms: int) -> AsyncIterator[Island]:
    """Engines, a WeChat that answers after `latency_ms`, and the families; no process of ours yet."""
    async with AsyncExitStack() as stack:
        engines = stack.enter_context(Engines(folder / "engines"))
        demo = dev_environment(
            {"YANSHU_MONGODB_DATABASE": DATABASE, "YANSHU_PUBLIC_URL": PUBLIC_URL,
             "YANSHU_LOG_LEVEL": "WARNING"},
            port=1,
            mongodb_uri=engines.mongodb_uri,
            redis_url=engines.redis_url,
        )  # fmt: skip
        account = Settings.from_environment(demo).official_account
        words = ["--app-id", account.app_id, "--secret", account.secret]
        words += ["--token", account.token, "--aes-key", account.aes_key]
        words += ["--public-url", PUBLIC_URL, "--users", str(GUARDIANS)]
        simulator = await stack.enter_async_context(
            program("-m", "simulator", *words, log=folder / "simulator.log")
        )
        environment = demo | {
            "YANSHU_WECHAT_API_BASE": f"{simulator.url}/simulator/api",
            "YANSHU_WECHAT_OPEN_BASE": f"{simulator.url}/simulator/open",
        }
        control = await stack.enter_async_context(aiohttp.ClientSession(simulator.url))
        island = Island(folder, engines, environment, simulator, control, stack, [])
        island.openids = [user["openid"] for user in await island.ask("users")]
        await island.tell("faults", latency_ms=latency_ms)
        async with island.here() as opened:
            await settle_families(
                opened.ctx,
                account.app_id,
                island.openids,
                teacher=TEACHER,
                class_size=GUARDIANS // CLASSES,
            )
        yield island


async def publish(ctx: Context, *, key: str = "one-notice") -> str:
    """Publish to all the teacher's classes; returns the notice's id."""
    teaching = await access_teaching(ctx, TEACHER)
    draft: Draft = await draft_notice(
        ctx, teaching, FORM, class_ids=teaching.class_ids(), file_ids=[], links=[]
    )
    return (await publish_notice(ctx, teaching, draft, idempotency_key=key)).id
