"""Run the simulator alone: `python -m simulator --port 9000 --callback http://.../wechat/callback`.

Prints `ready http://127.0.0.1:PORT` when it listens; ends cleanly on SIGINT and SIGTERM.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets

from simulator.app import Simulator, make_app
from simulator.express import Express
from simulator.world import DEMO_TEMPLATES, Account, Template, User, World

DEMO_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"


def read_arguments(words: list[str] | None = None) -> argparse.Namespace:
    """The command line, with demo values for what isn't given."""
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    add = parser.add_argument
    add("--port", type=int, default=0, help="0 finds a free one")
    add("--callback", action="append", default=[], help="callback address; may be repeated")
    add("--public-url", default="", help="the application's own address, for links and OAuth")
    add("--app-id", default="wxba5fad812f8e6fb9")
    add("--secret", default="demo-secret")
    add("--token", default="AAAAA")
    add("--aes-key", default=DEMO_KEY)
    add("--mode", choices=["safe", "compatible", "plain"], default="safe")
    add("--name", default="青禾小学家校通", help="the account's name")
    add("--mini-callback", default="")
    add("--mini-app-id", default="wxmini00000000demo")
    add("--mini-secret", default="demo-secret")
    add("--mini-token", default="AAAAA")
    add("--mini-aes-key", default=DEMO_KEY)
    add("--mini-mode", choices=["safe", "compatible", "plain"], default="safe")
    add("--mini-json", action="store_true", help="push JSON instead of XML")
    add("--template", action="append", default=[], metavar="JSON", help='{"id","title","keys"}')
    add("--users", type=int, default=0, help="how many followers u1, u2, ... to begin with")
    add("--save", type=Path, help="a file that keeps people and chats over a restart")
    add("--no-finish-events", action="store_true", help="send no TEMPLATESENDJOBFINISH")
    return parser.parse_args(words)


def make_world(options: argparse.Namespace) -> World:
    """A world from the command line."""
    mini = None
    if options.mini_callback:
        mini = Account(
            options.mini_app_id,
            options.mini_secret,
            options.mini_token,
            options.mini_aes_key,
            [options.mini_callback],
            account_id="gh_97417a04a28d",
            mode=options.mini_mode,
            json_format=options.mini_json,
        )
    account = Account(
        options.app_id,
        options.secret,
        options.token,
        options.aes_key,
        options.callback,
        name=options.name,
        mode=options.mode,
    )
    templates = [Template(**json.loads(text)) for text in options.template]
    users = [User(f"u{number}", following=True) for number in range(1, options.users + 1)]
    world = World(
        account,
        users=users,
        templates=templates or DEMO_TEMPLATES,
        mini=mini,
        public_url=options.public_url,
    )
    world.faults.finish_events = not options.no_finish_events
    return world


async def run(options: argparse.Namespace) -> None:
    """Listen until told to end."""
    simulator = Simulator(make_world(options), save_to=options.save)
    sockets = bind_sockets(options.port, "127.0.0.1")
    server = HTTPServer(Express(simulator.api, make_app(simulator)))
    server.add_sockets(sockets)
    simulator.start()
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signum in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signum, done.set)
    print(f"ready http://127.0.0.1:{sockets[0].getsockname()[1]}", flush=True)
    await done.wait()
    server.stop()
    await simulator.close()
    await server.close_all_connections()


if __name__ == "__main__":
    asyncio.run(run(read_arguments()))
