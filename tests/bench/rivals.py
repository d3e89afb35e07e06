"""Callback servers to compare with, each a process of its own: the obvious way to write one, and bare echoes.

`python -m tests.bench.rivals NAME --port N` prints `ready` when it listens. Keys and accounts are the bench's own.
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import os
import time
from typing import Any

import motor.motor_asyncio
import redis.asyncio
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from wechatpy import create_reply, parse_message
from wechatpy.crypto import WeChatCrypto

from domain.times import QuietHours
from handlers.callbacks import CallbackHandler
from services.context import Context, Policy
from wechat.envelope import Envelope
from wechat.messages import Inbound
from wechat.replies import text_reply

TOKEN = "yanshudemo"
AES_KEY = "YanshuDemoAesKeyForTheOfficialAccount000000"
APP_ID = "wx0123456789abcdef"
ECHO = "您好，已收到。回复“最新通知”可查看班级通知。"
WINDOW = datetime.timedelta(hours=48)


class PlainEcho(RequestHandler):
    """Tornado and wechatpy as their documents show them."""

    async def post(self) -> None:
        crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        signature = self.get_query_argument("msg_signature")
        timestamp, nonce = self.get_query_argument("timestamp"), self.get_query_argument("nonce")
        plain = crypto.decrypt_message(self.request.body, signature, timestamp, nonce)
        message = parse_message(plain)
        reply = create_reply(await self.answer(message), message)
        self.set_header("Content-Type", "text/xml")
        self.finish(crypto.encrypt_message(reply.render(), nonce, timestamp))

    async def answer(self, message: Any) -> str:
        return ECHO


class Obvious(PlainEcho):
    """The same store work as ours for `我的孩子`, one call after the other."""

    async def answer(self, message: Any) -> str:
        db, cache = self.settings["db"], self.settings["cache"]
        now = datetime.datetime.now(datetime.UTC)
        if not await cache.set(f"obvious:{message.id}", "pending", nx=True, ex=1260):
            return str(await cache.get(f"obvious:{message.id}"))
        await cache.get(f"obvious:dialog:{message.source}")
        identity_id = f"{APP_ID}:{message.source}"
        identity = await db.identities.find_one({"_id": identity_id})
        await db.inbox.insert_one(
            {"_id": f"o:{message.id}", "identity": identity_id, "kind": message.type, "at": now}
        )
        await db.identities.update_one(
            {"_id": identity_id},
            {"$set": {"window_until": now + WINDOW, "window_left": 5, "following": True}},
        )
        bindings = await db.bindings.find(
            {"person_id": identity["person_id"], "state": "active"}
        ).to_list(None)
        lines = []
        for binding in bindings:
            student = await db.students.find_one({"_id": binding["student_id"]})
            school_class = await db.classes.find_one({"_id": student["class_id"]})
            lines.append(f"· {student['name']}（{school_class['name']}）")
        text = "您绑定的孩子：\n" + "\n".join(lines)
        await cache.set(f"obvious:{message.id}", text, ex=1260)
        return text


async def our_echo(ctx: Context, inbound: Inbound) -> bytes:
    """Our envelope, parsing and reply, without any store."""
    return text_reply(inbound, ECHO, at=int(time.time()))


def _our_echo_application() -> Application:
    envelope = Envelope(token=TOKEN, aes_key=AES_KEY, app_id=APP_ID)
    policy = Policy(app_id=APP_ID, public_url="http://127.0.0.1", quiet_hours=QuietHours())
    ctx = Context(
        stores=None,  # type: ignore[arg-type]
        wechat=None,  # type: ignore[arg-type]
        enqueue=None,  # type: ignore[arg-type]
        forget_jobs=None,  # type: ignore[arg-type]
        now=lambda: datetime.datetime.now(datetime.UTC),
        new_id=str,
        policy=policy,
    )
    options = {"envelope": envelope, "converse": our_echo, "json_format": False}
    return Application(
        [("/wechat/callback", CallbackHandler, options)],
        ctx=ctx,
        trust_proxy=False,
        log_function=lambda handler: None,
    )


def _werobot_application() -> Application:
    from werobot import WeRoBot
    from werobot.contrib.tornado import make_handler

    robot = WeRoBot(token=TOKEN)
    robot.config["SESSION_STORAGE"] = False
    robot.config["APP_ID"] = APP_ID
    robot.config["ENCODING_AES_KEY"] = AES_KEY
    robot.add_handler(lambda message: ECHO, type="text")
    return Application([("/wechat/callback", make_handler(robot))], log_function=lambda h: None)


def _obvious_application() -> Application:
    client: Any = motor.motor_asyncio.AsyncIOMotorClient(
        os.environ["YANSHU_MONGODB_URI"], tz_aware=True
    )
    return Application(
        [("/wechat/callback", Obvious)],
        db=client[os.environ["YANSHU_MONGODB_DATABASE"]],
        cache=redis.asyncio.Redis.from_url(os.environ["YANSHU_REDIS_URL"], decode_responses=True),
        log_function=lambda handler: None,
    )


def _plain_application() -> Application:
    return Application([("/wechat/callback", PlainEcho)], log_function=lambda handler: None)


APPLICATIONS = {
    "obvious": _obvious_application,
    "plain": _plain_application,
    "werobot": _werobot_application,
    "ours": _our_echo_application,
}


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=APPLICATIONS)
    parser.add_argument("--port", type=int, required=True)
    arguments = parser.parse_args()
    server = HTTPServer(APPLICATIONS[arguments.name]())
    server.add_sockets(bind_sockets(arguments.port, "127.0.0.1"))
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
