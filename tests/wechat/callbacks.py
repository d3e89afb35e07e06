"""What the tests of wechat/ share: one account, and callbacks to it, sealed by wechatpy."""

import json
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xmltodict
from wechatpy.crypto import WeChatCrypto

from wechat.envelope import Envelope, Mode

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors.json").read_text(encoding="utf-8")
)

TOKEN = "callback-token"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx0123456789abcdef"
ACCOUNT = "gh_0123456789ab"
OPENID = "oABCdefghijklmnopqrstuvwxyz0"
NONCE = "486452656"


@dataclass(frozen=True, slots=True)
class Callback:
    """A POST as WeChat makes it."""

    query: dict[str, str]
    body: bytes


def envelope(mode: Mode = Mode.SAFE, *, json_format: bool = False, at: int = 0) -> Envelope:
    """The account's envelope; `at` stops its clock there."""
    return Envelope(
        token=TOKEN,
        aes_key=AES_KEY,
        app_id=APP_ID,
        mode=mode,
        json_format=json_format,
        clock=(lambda: at) if at else time.time,
    )


def crypto(app_id: str = APP_ID) -> WeChatCrypto:
    return WeChatCrypto(TOKEN, AES_KEY, app_id)


def sealed(
    message: str | bytes, *, at: int = 0, app_id: str = APP_ID, json_format: bool = False
) -> Callback:
    """Seal a message with wechatpy and put it into the body that WeChat would send."""
    timestamp = str(at or int(time.time()))
    closed = xmltodict.parse(crypto(app_id).encrypt_message(message, NONCE, timestamp))["xml"]
    query = {
        "signature": "0" * 40,
        "timestamp": timestamp,
        "nonce": NONCE,
        "openid": OPENID,
        "encrypt_type": "aes",
        "msg_signature": closed["MsgSignature"],
    }
    encrypted = closed["Encrypt"]
    if json_format:
        return Callback(query, json.dumps({"ToUserName": ACCOUNT, "Encrypt": encrypted}).encode())
    body = (
        f"<xml>\n    <ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>\n"
        f"    <Encrypt><![CDATA[{encrypted}]]></Encrypt>\n</xml>"
    )
    return Callback(query, body.encode())


def message(content: str, **more: str) -> str:
    """Return an XML message: `content` are the elements after MsgType's common ones."""
    fields = {"CreateTime": "1714112445", "MsgType": "text", **more}
    rest = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return (
        f"<xml><ToUserName><![CDATA[{ACCOUNT}]]></ToUserName>\n"
        f"<FromUserName><![CDATA[{OPENID}]]></FromUserName>\n{rest}{content}</xml>"
    )


def text_message(text: str = "最新通知") -> str:
    return message(f"<Content><![CDATA[{text}]]></Content>", MsgId="24456789012345678")
