"""The command line: dev · serve · work · init-db · set-menu · check."""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from app import MAX_BODY_BYTES, Running, make_application, running
from bot.menu import menu
from engines import Engines, EnginesError
from settings import Settings, SettingsError, dev_environment
from wechat.errors import WeChatError

log = logging.getLogger("yanshu.main")

_STOP_SECONDS = 20.0


def read_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line as typed."""
    parser = argparse.ArgumentParser(prog="main.py", description="Yanshu 雁书")
    commands = parser.add_subparsers(dest="command", required=True)
    dev = commands.add_parser("dev", help="everything on this machine, with a demo school")
    dev.add_argument("--port", type=int, default=8000)
    dev.add_argument("--data-dir", type=Path, default=Path("var/dev"))
    serve = commands.add_parser("serve", help="a web process")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    work = commands.add_parser("work", help="a worker process")
    work.add_argument("--concurrency", type=int, default=8, help="jobs at once")
    commands.add_parser("init-db", help="create the indexes that are missing")
    commands.add_parser("set-menu", help="replace the official account's menu")
    commands.add_parser("check", help="try the stores and WeChat with these settings")
    return parser.parse_args(words)


def _on_stop() -> asyncio.Event:
    """Set when somebody wants this process to end."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def listen(server: HTTPServer, port: int, host: str) -> int:
    """Bind and listen; several processes may share a port. Returns the port."""
    sockets = bind_sockets(port, host, reuse_port=port != 0 and hasattr(os, "SO_REUSEPORT"))
    server.add_sockets(sockets)
    return int(sockets[0].getsockname()[1])


def make_server(application: object, settings: Settings) -> HTTPServer:
    """An HTTP server that reads no more than it must."""
    return HTTPServer(
        application,
        max_body_size=MAX_BODY_BYTES,
        xheaders=settings.trust_proxy,
        idle_connection_timeout=75,
        body_timeout=120,
    )


async def serve(settings: Settings, host: str, port: int) -> None:
    """Answer until told to stop; then finish what was begun."""
    stop = _on_stop()
    async with running(settings) as program:
        server = make_server(make_application(program.ctx, settings), settings)
        print(f"ready http://{host}:{listen(server, port, host)}", flush=True)
        await stop.wait()
        server.stop()
        with suppress(TimeoutError):
            await asyncio.wait_for(server.close_all_connections(), _STOP_SECONDS)


async def work(settings: Settings, concurrency: int) -> None:
    """Run jobs until told to stop; then finish those that were begun."""
    stop = _on_stop()
    async with running(settings) as program:
        worker = asyncio.create_task(program.queue.work(concurrency=concurrency))
        print("ready", flush=True)
        await _first(worker, stop)


async def _first(worker: asyncio.Task[None], stop: asyncio.Event) -> None:
    """Wait for the stop or for the worker's own end, whichever comes first; then end the worker."""
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({worker, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if worker.done():
        worker.result()
        return
    worker.cancel()
    with suppress(asyncio.CancelledError, TimeoutError):
        await asyncio.wait_for(worker, _STOP_SECONDS)


async def dev(port: int, data_dir: Path) -> None:
    """Everything in one process and on one port: application, worker, simulator, demo school."""
    # Only here: nobody who runs a school needs the simulator or the demo.
    from demo import seed, users
    from simulator.app import Simulator
    from simulator.phone import PhonesPage
    from simulator.prefix import PhoneRouter
    from simulator.world import Account, World

    stop = _on_stop()
    with Engines(data_dir / "engines") as engines:
        environment = dev_environment(
            os.environ, port=port, mongodb_uri=engines.mongodb_uri, redis_url=engines.redis_url
        )
        settings = Settings.from_environment(environment)
        account = settings.official_account
        callback = f"http://127.0.0.1:{port}/wechat/callback"
        world = World(
            Account(
                account.app_id,
                account.secret,
                account.token,
                account.aes_key,
                [callback],
                name="青禾小学家校通",
                mode=account.mode,
            ),
            users=users(),
            public_url=settings.public_url,
        )
        simulator = Simulator(world, save_to=data_dir / "simulator.json")
        async with running(settings) as program:
            await program.ctx.stores.ensure_indexes()
            await seed(program.ctx, list(world.users.values()))
            application = make_application(
                program.ctx, settings, extra_routes=[*simulator.routes(), (r"/", PhonesPage)]
            )
            server = make_server(PhoneRouter(application), settings)
            listen(server, port, "127.0.0.1")
            simulator.start()
            worker = asyncio.create_task(program.queue.work())
            await program.ctx.wechat.set_menu(menu(settings.public_url))
            print(f"ready http://127.0.0.1:{port}", flush=True)
            await _first(worker, stop)
            server.stop()
            await simulator.close()


async def init_db(settings: Settings) -> None:
    """Create the indexes that are missing; harmless to repeat."""
    async with running(settings) as program:
        await program.ctx.stores.ensure_indexes()
    print("indexes are there")


async def set_menu(settings: Settings) -> None:
    """Replace the official account's menu; people see it within five minutes."""
    async with running(settings) as program:
        await program.ctx.wechat.set_menu(menu(settings.public_url))
    print("menu is set")


async def check(settings: Settings) -> None:
    """Try everything that has to answer; says which did not, and fails if any."""
    async with running(settings) as program:
        tried: dict[str, Callable[[Running], Awaitable[object]]] = {
            "MongoDB and Redis": lambda p: p.ctx.stores.ping(),
            "WeChat": lambda p: p.ctx.wechat.check_token(),
        }
        failed = False
        for name, attempt in tried.items():
            try:
                await attempt(program)
                print(f"{name}: ok")
            except Exception as error:
                failed = True
                print(f"{name}: {type(error).__name__} {error}")
    if failed:
        raise SystemExit(1)


def main(words: list[str] | None = None) -> int:
    """Run a command; returns the exit code."""
    arguments = read_arguments(words)
    try:
        if arguments.command == "dev":
            logging.basicConfig(level="WARNING")
            asyncio.run(dev(arguments.port, arguments.data_dir))
            return 0
        settings = Settings.from_environment(os.environ)
        logging.basicConfig(level=settings.log_level)
        jobs: dict[str, Callable[[], Awaitable[None]]] = {
            "serve": lambda: serve(settings, arguments.host, arguments.port),
            "work": lambda: work(settings, arguments.concurrency),
            "init-db": lambda: init_db(settings),
            "set-menu": lambda: set_menu(settings),
            "check": lambda: check(settings),
        }
        asyncio.run(_run(jobs[arguments.command]))
    except (SettingsError, EnginesError) as error:
        print(error, file=sys.stderr)
        return 2
    except WeChatError as error:
        print(f"WeChat refused: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"cannot listen: {error.strerror}", file=sys.stderr)
        return 1
    return 0


async def _run(job: Callable[[], Awaitable[None]]) -> None:
    await job()


if __name__ == "__main__":
    sys.exit(main())
