"""Callbacks as WeChat seals them, and everything a stranger may make of one.

Sealed by the simulator's crypto, which shares no line with ours. A `Call` is still whole; its
`raw()` is what goes over the wire.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from simulator.crypto import Seal, sign
from simulator.world import Account

NONCE = "486452656"
# No word of it may ever stand in a log.
TEXT = "小雁今天发烧了请一天假"


@dataclass(frozen=True, slots=True)
class Call:
    """One POST (or GET, without a body) to a callback address."""

    path: str
    query: dict[str, str]
    body: bytes
    content_type: str = "text/xml"
    headers: dict[str, str] = field(default_factory=dict)

    def target(self) -> bytes:
        """Path and query as they stand in the request line."""
        return f"{self.path}?{urlencode(self.query)}".encode()

    def raw(self, target: bytes | None = None, body: bytes | None = None) -> bytes:
        """The request, with another target or body where one is given."""
        body = self.body if body is None else body
        headers = {"Host": "127.0.0.1", "Content-Type": self.content_type, **self.headers}
        headers["Content-Length"] = str(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        method = b"POST " if self.body else b"GET "
        head = method + (self.target() if target is None else target) + b" HTTP/1.1\r\n"
        return head + lines.encode() + b"\r\n" + body


@dataclass(frozen=True, slots=True)
class Sender:
    """Somebody who writes to an account, and WeChat, which brings it."""

    account: Account
    path: str
    openid: str

    def fields(self, **fields: Any) -> dict[str, Any]:
        """A text message's fields; a name with None is left out."""
        whole = {
            "ToUserName": self.account.account_id,
            "FromUserName": self.openid,
            "CreateTime": int(time.time()),
            "MsgType": "text",
            "Content": TEXT,
            "MsgId": 7_000_000_000_000_000_001,
            **fields,
        }
        return {name: value for name, value in whole.items() if value is not None}

    def message(self, **fields: Any) -> bytes:
        """A plain message in the account's format."""
        whole = self.fields(**fields)
        if self.account.json_format:
            return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()
        return b"<xml>" + b"".join(element(n, str(v)) for n, v in whole.items()) + b"</xml>"

    def query(self, at: int) -> dict[str, str]:
        """What stands in every query; the signature is right."""
        return {
            "signature": sign(self.account.token, str(at), NONCE),
            "timestamp": str(at),
            "nonce": NONCE,
            "openid": self.openid,
        }

    def plain(self, message: bytes, *, at: int | None = None) -> Call:
        """As plain mode brings it."""
        query = self.query(int(time.time()) if at is None else at)
        kind = "application/json" if self.account.json_format else "text/xml"
        return Call(self.path, query, message, kind)

    def around(self, encrypted: str, *, at: int | None = None, beside: bytes = b"") -> Call:
        """The envelope around a ciphertext, rightly signed; `beside` are compatible mode's plain fields."""
        at = int(time.time()) if at is None else at
        signature = sign(self.account.token, str(at), NONCE, encrypted)
        query = self.query(at) | {"encrypt_type": "aes", "msg_signature": signature}
        name = self.account.account_id
        if self.account.json_format:
            whole = (json.loads(beside) if beside else {}) | {"ToUserName": name}
            body = json.dumps({**whole, "Encrypt": encrypted}, separators=(",", ":")).encode()
            return Call(self.path, query, body, "application/json")
        inner = beside or element("ToUserName", name)
        return Call(self.path, query, b"<xml>" + inner + element("Encrypt", encrypted) + b"</xml>")

    def sealed(self, message: bytes, *, at: int | None = None, app_id: str = "") -> Call:
        """As safe mode brings it; `app_id` is the one inside the encryption."""
        seal = self.account.seal
        if app_id:
            seal = Seal(token=seal.token, aes_key=self.account.aes_key, app_id=app_id)
        return self.around(seal.encrypt(message), at=at)

    def both(self, message: bytes) -> Call:
        """As compatible mode brings it: plain and encrypted together."""
        if self.account.json_format:
            return self.around(self.account.seal.encrypt(message), beside=message)
        inside = message.removeprefix(b"<xml>").removesuffix(b"</xml>")
        return self.around(self.account.seal.encrypt(message), beside=inside)

    def brought(self, message: bytes) -> Call:
        """As the account's mode brings it."""
        if self.account.mode == "plain":
            return self.plain(message)
        return self.both(message) if self.account.mode == "compatible" else self.sealed(message)

    def brought_raw(self, message: bytes) -> Call:
        """As the mode brings it, for messages that cannot stand in the plain part of compatible mode."""
        return self.plain(message) if self.account.mode == "plain" else self.sealed(message)

    def verification(self, echo: str, *, at: int | None = None) -> Call:
        """The console's GET."""
        query = self.query(int(time.time()) if at is None else at)
        return Call(self.path, {**query, "echostr": echo}, b"")

    def read(self, body: bytes) -> str:
        """A reply as WeChat would read it: opened, its signature checked."""
        if self.account.mode == "plain":
            return body.decode()
        outer = body.decode()

        def inside(name: str) -> str:
            return outer.partition(f"<{name}>")[2].partition(f"</{name}>")[0]

        parts = {
            name: inside(name).removeprefix("<![CDATA[").removesuffix("]]>")
            for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
        }
        assert parts["Nonce"] == NONCE
        return self.account.seal.open_reply(
            encrypted=parts["Encrypt"],
            signature=parts["MsgSignature"],
            timestamp=parts["TimeStamp"],
            nonce=parts["Nonce"],
        ).decode()


def element(name: str, value: str) -> bytes:
    """`<name><![CDATA[value]]></name>`."""
    return f"<{name}><![CDATA[{value}]]></{name}>".encode()


def flipped(raw: bytes, position: int, bits: int) -> bytes:
    """The bytes with one of them changed."""
    position %= len(raw)
    return raw[:position] + bytes([raw[position] ^ bits]) + raw[position + 1 :]


def without(call: Call, *names: str) -> Call:
    """The call without some of its query's fields."""
    return replace(call, query={n: v for n, v in call.query.items() if n not in names})
