"""The envelope, the message and the reply in microseconds, beside wechatpy's own, in one run.

What is timed is one callback's work without HTTP: decrypt, parse, render a text reply, encrypt.
The two take turns round by round, so a slow moment of the machine meets both; each figure is the
median of all rounds. `python -m tests.bench.envelope` prints the table.
"""

import statistics
import time
from collections.abc import Callable

import xmltodict
from wechatpy import create_reply
from wechatpy import parse_message as their_parse_message
from wechatpy.crypto import WeChatCrypto

from wechat.envelope import Envelope
from wechat.messages import parse_message
from wechat.replies import text_reply

TOKEN = "bench"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"
NONCE = "486452656"
REPLY = "您好，已收到。回复“最新通知”可查看班级通知。"
ROUNDS = 15
CALLS = 400

Step = Callable[[], object]


def plain_message(text: str, at: int) -> str:
    """Return a text message as WeChat writes it."""
    return (
        "<xml><ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n"
        "<FromUserName><![CDATA[oABCdefghijklmnopqrstuvwxyz0]]></FromUserName>\n"
        f"<CreateTime>{at}</CreateTime>\n<MsgType><![CDATA[text]]></MsgType>\n"
        f"<Content><![CDATA[{text}]]></Content>\n<MsgId>24456789012345678</MsgId>\n</xml>"
    )


def sealed_callback(plain: str, at: int) -> tuple[dict[str, str], bytes]:
    """Return query and body of the callback that carries this message in safe mode."""
    sealed = xmltodict.parse(
        WeChatCrypto(TOKEN, AES_KEY, APP_ID).encrypt_message(plain, NONCE, str(at))
    )["xml"]
    query = {"timestamp": str(at), "nonce": NONCE, "msg_signature": sealed["MsgSignature"]}
    body = (
        "<xml>\n    <ToUserName><![CDATA[gh_0123456789ab]]></ToUserName>\n"
        f"    <Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt>\n</xml>"
    )
    return query, body.encode()


def steps_of(text: str) -> dict[str, tuple[Step, Step]]:
    """Return each step's name with ours and wechatpy's way of doing it."""
    at = int(time.time())
    plain = plain_message(text, at)
    query, body = sealed_callback(plain, at)
    envelope = Envelope(token=TOKEN, aes_key=AES_KEY, app_id=APP_ID, tolerance_seconds=86_400)
    crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
    raw = plain.encode()
    inbound, theirs = parse_message(raw), their_parse_message(plain)
    reply = text_reply(inbound, REPLY, at=at)
    their_reply = create_reply(REPLY, theirs).render()

    def their_open() -> str:
        opened: str = crypto.decrypt_message(body, query["msg_signature"], str(at), NONCE)
        return opened

    def our_whole() -> bytes:
        message = parse_message(envelope.open(query, body))
        return envelope.seal(text_reply(message, REPLY, at=at), timestamp=at, nonce=NONCE)

    def their_whole() -> object:
        message = their_parse_message(their_open())
        return crypto.encrypt_message(create_reply(REPLY, message).render(), NONCE, str(at))

    return {
        "open": (lambda: envelope.open(query, body), their_open),
        "parse": (lambda: parse_message(raw), lambda: their_parse_message(plain)),
        "reply": (
            lambda: text_reply(inbound, REPLY, at=at),
            lambda: create_reply(REPLY, theirs).render(),
        ),
        "seal": (
            lambda: envelope.seal(reply, timestamp=at, nonce=NONCE),
            lambda: crypto.encrypt_message(their_reply, NONCE, str(at)),
        ),
        "all four": (our_whole, their_whole),
    }


def microseconds(step: Step) -> float:
    """Return the time of one call, from CALLS of them."""
    started = time.perf_counter()
    for _ in range(CALLS):
        step()
    return (time.perf_counter() - started) / CALLS * 1e6


def measure(text: str) -> dict[str, tuple[float, float]]:
    """Return each step's median in microseconds, ours and wechatpy's, taken in turns."""
    steps = steps_of(text)
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in steps}
    for _ in range(ROUNDS):
        for name, pair in steps.items():
            for step, kept in zip(pair, times[name], strict=True):
                kept.append(microseconds(step))
    return {name: (statistics.median(a), statistics.median(b)) for name, (a, b) in times.items()}


def main() -> None:
    """Print the table."""
    texts = {"short": "最新通知", "2 kB": "三年级二班的家长们好：" * 61}
    print(f"{'message':8} {'step':10} {'ours µs':>9} {'wechatpy µs':>12} {'ratio':>6}")
    for label, text in texts.items():
        for name, (ours, theirs) in measure(text).items():
            print(f"{label:8} {name:10} {ours:9.1f} {theirs:12.1f} {ours / theirs:6.2f}")


if __name__ == "__main__":
    main()
