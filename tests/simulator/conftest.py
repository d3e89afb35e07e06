"""A world with its own clock, a running simulator, and a stand-in for the application behind it."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

import aiohttp
import pytest
from tornado import web
from tornado.httpserver import HTTPServer
from tornado.testing import bind_unused_port
from wechatpy.crypto import WeChatCrypto

from simulator.app import Simulator, make_app
from simulator.crypto import Seal
from simulator.world import Account, User, World

APP_ID, SECRET, TOKEN = "wxba5fad812f8e6fb9", "demo-secret", "AAAAA"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
API = "/simulator/api"


@dataclass
class Clock:
    """Epoch seconds that stand still until told."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        """The time."""
        return self.now


@dataclass
class StandIn:
    """The application's place: keeps what comes, answers what `answer` says (None: success)."""

    seal: Seal
    oracle: WeChatCrypto
    got: list[dict[str, Any]] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    answer: Callable[[dict[str, Any]], Any] = lambda message: None
    url: str = ""

    def open(self, query: dict[str, str], body: bytes) -> dict[str, Any]:
        """Open a safe-mode push twice, by our own crypto and by wechatpy's: both must agree."""
        outer = json.loads(body) if body[:1] == b"{" else None
        encrypted = outer["Encrypt"] if outer else ElementTree.fromstring(body).findtext("Encrypt")
        assert encrypted is not None
        plain = self.seal.open_reply(
            encrypted=encrypted,
            signature=query["msg_signature"],
            timestamp=query["timestamp"],
            nonce=query["nonce"],
        )
        other = self.oracle.decrypt_message(
            outer or body.decode(), query["msg_signature"], query["timestamp"], query["nonce"]
        )
        assert plain.decode() == (other if isinstance(other, str) else other.decode())
        return read_message(plain)

    def text(self, message: dict[str, Any], words: str) -> str:
        """A passive text reply before encryption."""
        return (
            f"<xml><ToUserName><![CDATA[{message['FromUserName']}]]></ToUserName>"
            f"<FromUserName><![CDATA[{message['ToUserName']}]]></FromUserName>"
            f"<CreateTime>{message['CreateTime']}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
            f"<Content><![CDATA[{words}]]></Content></xml>"
        )


def read_message(plain: bytes) -> dict[str, Any]:
    """The fields of a message, XML or JSON."""
    if plain[:1] == b"{":
        found: dict[str, Any] = json.loads(plain)
        return found
    return {
        child.tag: (child.text or "") if not len(child) else ElementTree.tostring(child).decode()
        for child in ElementTree.fromstring(plain)
    }


class _Callback(web.RequestHandler):
    def initialize(self, stand_in: StandIn) -> None:
        self.stand_in = stand_in

    def get(self) -> None:
        self.write(self.get_argument("echostr"))

    async def post(self) -> None:
        stand_in = self.stand_in
        query = {name: self.get_argument(name) for name in self.request.arguments}
        stand_in.queries.append(query)
        if "msg_signature" in query:
            message = stand_in.open(query, self.request.body)
        else:
            message = read_message(self.request.body)
        stand_in.got.append(message)
        answer = stand_in.answer(message)
        if hasattr(answer, "__await__"):
            answer = await answer
        if isinstance(answer, bytes):
            self.write(answer)
        elif answer is None:
            self.write("success")
        elif "msg_signature" in query:
            self.write(stand_in.oracle.encrypt_message(answer, query["nonce"], query["timestamp"]))
        else:
            self.write(answer)


@dataclass
class Bed:
    """What a test works with."""

    simulator: Simulator
    stand_in: StandIn
    clock: Clock
    base: str
    http: aiohttp.ClientSession
    token: str = ""

    @property
    def world(self) -> World:
        """The state."""
        return self.simulator.world

    async def raw(self, method: str, path: str, body: Any = None, **query: str) -> bytes:
        """Call the simulator, answer the bytes."""
        data = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        url = self.base + path + ("?" + urlencode(query) if query else "")
        async with self.http.request(method, url, data=data) as response:
            return await response.read()

    async def api(self, path: str, body: Any = None, **query: str) -> dict[str, Any]:
        """Call WeChat's API with a good token."""
        if not self.token:
            self.token = self.world.tokens.issue_stable(self.clock(), force=False)[0]
        method = "GET" if body is None else "POST"
        query = {"access_token": self.token, **query}
        answer: dict[str, Any] = json.loads(await self.raw(method, API + path, body, **query))
        return answer

    async def control(self, path: str, body: Any = None, **query: str) -> Any:
        """Call the control API; its data, or the whole answer when it is an error."""
        method = "GET" if body is None else "POST"
        answer = json.loads(await self.raw(method, f"/simulator/control/{path}", body, **query))
        return answer.get("data", answer)


@pytest.fixture
async def bed() -> AsyncIterator[Bed]:
    """A simulator and a stand-in, both really listening."""
    stand_in = StandIn(
        Seal(token=TOKEN, aes_key=AES_KEY, app_id=APP_ID), WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    )
    sock, port = bind_unused_port()
    behind = HTTPServer(web.Application([(r"/callback", _Callback, {"stand_in": stand_in})]))
    behind.add_sockets([sock])
    stand_in.url = f"http://127.0.0.1:{port}/callback"
    clock = Clock()
    world = World(
        Account(APP_ID, SECRET, TOKEN, AES_KEY, [stand_in.url]),
        mini=Account("wxmini", SECRET, TOKEN, AES_KEY, [stand_in.url], json_format=True),
        users=[
            User("wang", "王芳", "班主任", following=True, show=True),
            User("li", "李明", "家长", show=True),
        ],
        public_url="http://127.0.0.1:8000",
        clock=clock,
    )
    simulator = Simulator(world)
    sock, port = bind_unused_port()
    server = HTTPServer(make_app(simulator))
    server.add_sockets([sock])
    async with aiohttp.ClientSession() as http:
        yield Bed(simulator, stand_in, clock, f"http://127.0.0.1:{port}", http)
    await simulator.close()
    for running in (server, behind):
        running.stop()
        await running.close_all_connections()
