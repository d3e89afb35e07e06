"""What each command of the command line does; `arguments.py` has the commands."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from app import MAX_BODY_BYTES, Running, make_application, running
from arguments import read_arguments
from bot.conversation import finish_background
from bot.menu import menu
from domain.errors import InvalidError
from domain.regions import RegionLevel
from engines import Engines, EnginesError
from handlers.base import UNDER_WAY
from services.administrators import Founding, offer_administration
from services.audit_command import run_verify
from services.catalogue_command import SyncWish, try_sync
from services.migrations import bring_along
from services.moving import run_move
from services.roster_command import parse_only, refusal, run_district, run_import, run_template
from services.roster_districts import DistrictWish
from services.roster_files import RosterError
from services.rosters import Wish
from services.shelves import plant_starter
from settings import Settings, SettingsError, dev_environment
from wechat.errors import WeChatError

log = logging.getLogger("yanshu.main")

_STOP_SECONDS = 20.0


class DiscreetFormatter(logging.Formatter):
    """Of an exception, its kind and its place: its text may carry a family's data."""

    def formatException(self, ei: Any) -> str:
        """The frames and the kind."""
        kind, _, trace = ei
        return "".join(traceback.format_tb(trace)) + (kind.__name__ if kind else "")


def set_up_logging(level: str) -> None:
    """Everything to standard error, discreetly."""
    handler = logging.StreamHandler()
    handler.setFormatter(DiscreetFormatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=level, handlers=[handler])


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


def settle_in() -> None:
    """What a process has loaded stays with it, and the collection of garbage looks through it no more.

    It looked through 200,000 things, and everybody waited for it, 160 ms every few large pages (docs/performance.md).
    """
    gc.collect()
    gc.freeze()


async def serve(settings: Settings, host: str, port: int) -> None:
    """Answer until told to stop; then finish what was begun."""
    stop = _on_stop()
    async with running(settings) as program:
        server = make_server(make_application(program.ctx, settings), settings)
        settle_in()
        print(f"ready http://{host}:{listen(server, port, host)}", flush=True)
        await stop.wait()
        await program.ctx.live.close()
        await _finish(server)


async def _finish(server: HTTPServer) -> None:
    """Take nothing new, wait for the requests under way and what is left to do behind their answers."""
    server.stop()
    with suppress(TimeoutError):
        async with asyncio.timeout(_STOP_SECONDS):
            while UNDER_WAY:  # noqa: ASYNC110 - Tornado tells nobody when the last one is answered
                await asyncio.sleep(0.02)
            await finish_background()
            await server.close_all_connections()


async def work(settings: Settings, concurrency: int) -> None:
    """Run jobs until told to stop; then finish those that were begun."""
    stop = _on_stop()
    async with running(settings) as program:
        settle_in()
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
    with ExitStack() as stack:
        uris = {"mongodb_uri": "", "redis_url": ""}
        if not (os.environ.get("YANSHU_MONGODB_URI") and os.environ.get("YANSHU_REDIS_URL")):
            engines = stack.enter_context(Engines(data_dir / "engines"))
            uris = {"mongodb_uri": engines.mongodb_uri, "redis_url": engines.redis_url}
        environment = dev_environment(os.environ, port=port, **uris)
        settings = Settings.from_environment(environment)
        account, mini = settings.official_account, settings.mini_program
        here = f"http://127.0.0.1:{port}"
        world = World(
            Account(
                account.app_id,
                account.secret,
                account.token,
                account.aes_key,
                [f"{here}/wechat/callback"],
                name="青禾小学家校通",
                mode=account.mode,
            ),
            mini=Account(
                mini.app_id,
                mini.secret,
                mini.token,
                mini.aes_key,
                [f"{here}/miniapp/callback"],
                account_id="gh_yanshu_mini",
                name="雁书",
                mode=mini.mode,
                json_format=mini.format == "json",
            )
            if mini
            else None,
            users=users(),
            public_url=settings.public_url,
        )
        simulator = Simulator(
            world, save_to=data_dir / "simulator.json", mini_folder=data_dir / "mini"
        )
        async with running(settings) as program:
            await program.ctx.stores.ensure_indexes()
            await bring_along(program.ctx)
            await seed(program.ctx, list(world.users.values()))
            application = make_application(
                program.ctx, settings, extra_routes=[*simulator.routes(), (r"/", PhonesPage)]
            )
            server = make_server(PhoneRouter(application), settings)
            settle_in()
            listen(server, port, "127.0.0.1")
            simulator.start()
            worker = asyncio.create_task(program.queue.work())
            await program.ctx.wechat.set_menu(menu(settings.public_url))
            print(f"ready {here}", flush=True)
            await _first(worker, stop)
            await _finish(server)
            await simulator.close()


async def init_db(settings: Settings) -> None:
    """Create the indexes that are missing, bring what older versions stored to today's rules, put up the links that
    ship; harmless to repeat."""
    async with running(settings) as program:
        await program.ctx.stores.ensure_indexes()
        brought = await bring_along(program.ctx)
        await plant_starter(program.ctx)
    print("indexes are there")
    if brought.resources or brought.threads or brought.weeks:
        print(
            f"listed anew: {brought.resources} resources, {brought.threads} conversations; "
            f"to be counted: {brought.weeks} weeks"
        )


async def take_roster(settings: Settings, arguments: argparse.Namespace) -> None:
    """Take in a school's list, or a district's; progress goes to standard error, in one line."""
    if arguments.district:
        district = DistrictWish(
            file=arguments.file,
            region_id=arguments.district,
            apply=arguments.apply,
            only=parse_only(arguments.only),
            new_schools=arguments.new_schools,
            report=arguments.report,
        )
        async with running(settings) as program:
            await run_district(program.ctx, district, print, _progress)
        return
    wish = Wish(
        file=arguments.file,
        school_id=arguments.school,
        school_name=arguments.school_name,
        apply=arguments.apply,
        only=parse_only(arguments.only),
        report=arguments.report,
    )
    async with running(settings) as program:
        await run_import(program.ctx, wish, print, _progress)


async def create_admin(settings: Settings, arguments: argparse.Namespace) -> None:
    """Found a place and print the link that makes whoever opens it in WeChat its administrator, once."""
    level = RegionLevel(arguments.level) if arguments.level else None
    if bool(arguments.region) != bool(level):
        raise SystemExit("create-admin: --region needs --level, and --school has none")
    founding = Founding(
        arguments.school or arguments.region, arguments.place_name, level, arguments.below
    )
    async with running(settings) as program:
        try:
            token = await offer_administration(program.ctx, founding, arguments.name)
        except InvalidError as error:
            wrong = ", ".join(sorted(error.fields))
            raise SystemExit(f"create-admin: missing or wrong: {wrong}") from None
    print("Open this link in WeChat within seven days; it works once:")
    print(f"{settings.public_url}/h5/offer/{token}")


async def verify_audit(settings: Settings, place: str, against: list[str]) -> None:
    """Check the audit log's chains; fails if one is broken. Progress goes to standard error, in one line."""
    async with running(settings) as program:
        whole = await run_verify(program.ctx, place, against, print, _progress)
    if not whole:
        raise SystemExit(1)


async def sync_links(settings: Settings, arguments: argparse.Namespace) -> None:
    """Take in the catalogue of textbooks; without --apply, say what would change."""
    async with running(settings) as program:
        if refused := await try_sync(program.ctx, SyncWish.typed(arguments), print):
            raise SystemExit(refused)


def _progress(text: str) -> None:
    print(f"\r{text:<40}", end="", file=sys.stderr)


async def move_files(settings: Settings) -> None:
    """Bring the bytes of every file to where new ones go; fails if one stays behind."""
    async with running(settings) as program:
        if not await run_move(program.ctx, print, _progress):
            raise SystemExit(1)


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
            "Files": lambda p: p.ctx.stores.blobs.check(),
            "WeChat": lambda p: p.ctx.wechat.check_token(),
        }
        if sso := program.ctx.sso:
            tried["Single sign-on"] = lambda _: sso.check()
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
            set_up_logging("WARNING")
            asyncio.run(dev(arguments.port, arguments.data_dir))
            return 0
        if arguments.command == "roster-template":
            run_template(arguments.report, print)
            return 0
        settings = Settings.from_environment(os.environ)
        set_up_logging(settings.log_level)
        jobs: dict[str, Callable[[], Awaitable[None]]] = {
            "serve": lambda: serve(settings, arguments.host, arguments.port),
            "work": lambda: work(settings, arguments.concurrency),
            "init-db": lambda: init_db(settings),
            "import-roster": lambda: take_roster(settings, arguments),
            "create-admin": lambda: create_admin(settings, arguments),
            "verify-audit": lambda: verify_audit(settings, arguments.place, arguments.against),
            "sync-links": lambda: sync_links(settings, arguments),
            "move-files": lambda: move_files(settings),
            "set-menu": lambda: set_menu(settings),
            "check": lambda: check(settings),
        }
        asyncio.run(_run(jobs[arguments.command]))
    except (SettingsError, EnginesError) as error:
        print(error, file=sys.stderr)
        return 2
    except RosterError as error:
        print(refusal(error), file=sys.stderr)
        return 1
    except WeChatError as error:
        print(f"WeChat refused: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"Cannot listen: {error.strerror}. Try another port: PORT=8080 make run",
            file=sys.stderr,
        )
        return 1
    return 0


async def _run(job: Callable[[], Awaitable[None]]) -> None:
    await job()


if __name__ == "__main__":
    sys.exit(main())
