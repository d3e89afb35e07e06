"""One notice to 1,000 and to 10,000 guardians, beside what the HTTP client alone pushes to the same simulator.

Our side: publish, one worker process, until the simulator has accepted the last message. Theirs: the same
messages by bare aiohttp with as many connections, ready made, nothing stored. In turns, medians.
`python -m tests.bench.fan_out` prints the table.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from contextlib import ExitStack
from typing import Any

import aiohttp

from app import running
from engines import Engines
from services.context import Context
from services.notices import draft_notice, publish_notice
from services.people import access_teaching
from settings import Settings, dev_environment
from tests.bench.servers import CLASS_SIZE, TEACHER, free_port, process
from tests.settling import settle_families

ROUNDS = 5
SIZES = (1000, 10_000)
LATENCIES_MS = (0, 50)
CONNECTIONS = 64


class Simulator:
    """The simulator's control API."""

    def __init__(self, session: aiohttp.ClientSession, base: str) -> None:
        self.session, self.base = session, base

    async def ask(self, path: str) -> Any:
        async with self.session.get(f"{self.base}/simulator/control/{path}") as answer:
            return (await answer.json())["data"]

    async def tell(self, path: str, **body: Any) -> Any:
        async with self.session.post(f"{self.base}/simulator/control/{path}", json=body) as answer:
            return (await answer.json())["data"]

    async def taken(self) -> int:
        """How many template messages it has taken so far."""
        calls = await self.ask("calls")
        return int(calls.get("/cgi-bin/message/template/send", {}).get("0", 0))

    async def token(self, settings: Settings) -> str:
        account = settings.official_account
        body = {
            "grant_type": "client_credential",
            "appid": account.app_id,
            "secret": account.secret,
        }
        url = f"{self.base}/simulator/api/cgi-bin/stable_token"
        async with self.session.post(url, json=body) as answer:
            return str(json.loads(await answer.text())["access_token"])


async def push_alone(
    simulator: Simulator, settings: Settings, openids: list[str], mark: str
) -> float:
    """Seconds for the HTTP client alone."""
    token = await simulator.token(settings)
    url = f"{simulator.base}/simulator/api/cgi-bin/message/template/send?access_token={token}"
    words = {"thing1": "秋季运动会", "thing2": "三年级1班", "thing3": "王老师"}
    words |= {"time4": "2026-11-22 18:30", "thing5": "青禾小学"}
    data = {key: {"value": value} for key, value in words.items()}
    waiting = [
        json.dumps(
            {
                "touser": openid,
                "template_id": "yanshu-notice",
                "url": f"{settings.public_url}/h5/notices/1",
                "client_msg_id": f"{mark}{number:08d}",
                "data": data,
            },
            ensure_ascii=False,
        ).encode()
        for number, openid in enumerate(openids)
    ]
    connector = aiohttp.TCPConnector(limit=CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def push() -> None:
            while waiting:
                async with session.post(url, data=waiting.pop()) as answer:
                    assert json.loads(await answer.read())["errcode"] == 0

        begun = time.perf_counter()
        await asyncio.gather(*(push() for _ in range(CONNECTIONS)))
        return time.perf_counter() - begun


async def fan_out(
    ctx: Context, simulator: Simulator, class_ids: list[str], size: int, mark: str
) -> float:
    """Seconds from publishing until the simulator has the last message."""
    teaching = await access_teaching(ctx, TEACHER)
    form = {"title": "秋季运动会", "body": "周五早上八点，操场集合。"}
    draft = await draft_notice(ctx, teaching, form, class_ids=class_ids, file_ids=[], links=[])
    before = await simulator.taken()
    begun = time.perf_counter()
    await publish_notice(ctx, teaching, draft, idempotency_key=mark)
    while await simulator.taken() < before + size:  # noqa: ASYNC110 - nothing there to wait on
        await asyncio.sleep(0.02)
    return time.perf_counter() - begun


async def measure(settings: Settings, base: str) -> None:
    async with aiohttp.ClientSession() as session, running(settings) as program:
        simulator, ctx = Simulator(session, base), program.ctx
        await simulator.tell("users", prefix="g", count=max(SIZES), following=True)
        people = [u["openid"] for u in await simulator.ask("users")]
        class_ids = await settle_families(
            ctx,
            settings.official_account.app_id,
            people[: max(SIZES)],
            teacher=TEACHER,
            class_size=CLASS_SIZE,
        )
        print(
            f"fan-out, {ROUNDS} rounds, {CONNECTIONS} connections      ours, the client alone, ratio"
        )
        for latency in LATENCIES_MS:
            for size in SIZES:
                classes = class_ids[: size // CLASS_SIZE]
                await simulator.tell("faults", latency_ms=latency, quota=10_000_000)
                ours, alone = [], []
                for turn in range(ROUNDS + 1):
                    mark = f"{latency}-{size}-{turn}-"
                    alone.append(await push_alone(simulator, settings, people[:size], mark))
                    ours.append(await fan_out(ctx, simulator, classes, size, mark))
                ratio = statistics.median(a / o for a, o in zip(alone[1:], ours[1:], strict=True))
                print(
                    f"  {size:6} guardians, WeChat answers in {latency:2} ms  "
                    f"{size / statistics.median(ours[1:]):6.0f}/s "
                    f"{size / statistics.median(alone[1:]):6.0f}/s   × {ratio:.2f}"
                )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        engines = stack.enter_context(Engines(folder))
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        environment = dev_environment(
            {
                "YANSHU_MONGODB_DATABASE": "bench",
                "YANSHU_LOG_LEVEL": "ERROR",
                "YANSHU_PUBLIC_URL": base,
            },
            port=port,
            mongodb_uri=engines.mongodb_uri,
            redis_url=engines.redis_url,
        )
        settings = Settings.from_environment(environment)
        account = settings.official_account
        command = ["-m", "simulator", "--port", str(port), "--public-url", base]
        command += ["--no-finish-events", "--app-id", account.app_id, "--secret", account.secret]
        command += ["--token", account.token, "--aes-key", account.aes_key]
        stack.enter_context(process(command, environment))
        stack.enter_context(process(["main.py", "work"], environment))
        asyncio.run(measure(settings, base))


if __name__ == "__main__":
    main()
