"""Encrypted text in, encrypted reply out, over HTTP: our whole path and our echo beside others.

64 connections, one process a server, all servers in one run, in turns; each figure is the median of the rounds.
`python -m tests.bench.callbacks` prints the table.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from contextlib import ExitStack
from hashlib import sha1
from urllib.parse import urlencode

import xmltodict
from wechatpy.crypto import WeChatCrypto

from app import running
from engines import Engines
from settings import Settings, dev_environment
from tests.bench.load import Load, median, press
from tests.bench.rivals import AES_KEY, APP_ID, TOKEN
from tests.bench.servers import free_port, process
from tests.town import SCHOOL, child_name, claim_text, pupil, school_class

ROUNDS = 7
REQUESTS = 1500
PEOPLE = 64


def requests(count: int, first_id: int, text: str) -> list[bytes]:
    """Callbacks as WeChat sends them in safe mode, each a message of its own."""
    crypto, now, made = WeChatCrypto(TOKEN, AES_KEY, APP_ID), str(int(time.time())), []
    for number in range(count):
        plain = (
            "<xml><ToUserName><![CDATA[gh_demo]]></ToUserName>\n"
            f"<FromUserName><![CDATA[{openid(number % PEOPLE)}]]></FromUserName>\n"
            f"<CreateTime>{now}</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n"
            f"<Content><![CDATA[{text}]]></Content>\n<MsgId>{first_id + number}</MsgId>\n</xml>"
        )
        sealed = xmltodict.parse(crypto.encrypt_message(plain, "486452656", now))["xml"]
        body = (
            "<xml>\n    <ToUserName><![CDATA[gh_demo]]></ToUserName>\n"
            f"    <Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt>\n</xml>"
        ).encode()
        query = urlencode(
            {
                "signature": sha1("".join(sorted([TOKEN, now, "486452656"])).encode()).hexdigest(),
                "timestamp": now,
                "nonce": "486452656",
                "openid": openid(number % PEOPLE),
                "encrypt_type": "aes",
                "msg_signature": sealed["MsgSignature"],
            }
        )
        made.append(
            (
                f"POST /wechat/callback?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                f"Content-Type: text/xml\r\nContent-Length: {len(body)}\r\n\r\n"
            ).encode()
            + body
        )
    return made


def openid(number: int) -> str:
    return f"oBench{number:022d}"


async def settle(settings: Settings) -> None:
    """A class whose guardians are bound."""
    from domain.schools import Roster
    from services.bindings import bind_guardian
    from services.people import note_follow, recognise

    async with running(settings) as program:
        ctx, group = program.ctx, school_class(1)
        await ctx.stores.ensure_indexes()
        pupils = [pupil(group, number) for number in range(1, PEOPLE + 1)]
        await ctx.stores.schools.save_roster(
            Roster(
                school=SCHOOL,
                classes=(group,),
                students=tuple(student for student, _ in pupils),
                contacts=tuple(contact for _, contact in pupils),
                appointments=(),
            )
        )
        for number in range(PEOPLE):
            person = await recognise(ctx, openid(number))
            await note_follow(ctx, openid(number), following=True)
            asked = await bind_guardian(ctx, person, claim_text(number + 1))
            assert asked.student is not None
            assert asked.student.name == child_name(number + 1)


async def measure(ports: dict[str, int], text: str) -> dict[str, Load]:
    rounds: dict[str, list[Load]] = {name: [] for name in ports}
    message_id = time.time_ns()
    for turn in range(ROUNDS + 1):
        order = list(ports)[turn % len(ports) :] + list(ports)[: turn % len(ports)]
        for name in order:
            made = requests(REQUESTS, message_id, text)
            message_id += REQUESTS
            load = await press(ports[name], made)
            if turn:  # the first round warms everything up
                rounds[name].append(load)
    base = next(iter(ports))
    ratios = {
        name: statistics.median(
            mine.per_second / theirs.per_second
            for mine, theirs in zip(rounds[name], rounds[base], strict=True)
        )
        for name in ports
    }
    for name in ports:
        load = median(rounds[name])
        print(
            f"  {name:42} {load.per_second:7.0f}/s {load.p50_ms:7.1f} ms {load.p99_ms:7.1f} ms"
            f"   × {ratios[name]:.2f}"
        )
    return {name: median(rounds[name]) for name in ports}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        engines = stack.enter_context(Engines(folder))
        port = free_port()
        environment = dev_environment(
            {"YANSHU_MONGODB_DATABASE": "bench", "YANSHU_LOG_LEVEL": "ERROR"},
            port=port,
            mongodb_uri=engines.mongodb_uri,
            redis_url=engines.redis_url,
        )
        asyncio.run(settle(Settings.from_environment(environment)))
        ports = {name: free_port() for name in ("obvious", "plain", "werobot", "ours")}
        for name, rival_port in ports.items():
            command = ["-m", "tests.bench.rivals", name, "--port", str(rival_port)]
            stack.enter_context(process(command, environment))
        stack.enter_context(process(["main.py", "serve", "--port", str(port)], environment))
        print(f"callbacks, {ROUNDS} rounds of {REQUESTS}, 64 connections   rate, p50, p99, ratio")
        print(" the whole path: de-duplication, who it is, their children, a trace, the window")
        whole = {"obvious: tornado, wechatpy, motor, redis-py": ports["obvious"], "ours": port}
        asyncio.run(measure(whole, "我的孩子"))
        print(" echo: envelope, message and reply alone")
        echoes = {
            "tornado + wechatpy": ports["plain"],
            "werobot's tornado handler": ports["werobot"],
            "ours": ports["ours"],
        }
        asyncio.run(measure(echoes, "你好"))


if __name__ == "__main__":
    main()
