"""The envelope around every callback: signature, time, encryption and account, checked in one pass.

WeChat's own rules (message push guide): AES-256-CBC with the key's first 16 bytes as IV, PKCS#7
over blocks of 32, the plain text being 16 random bytes, a big-endian length, the message and the
app id. `msg_signature` is the sha1 of the sorted token, timestamp, nonce and ciphertext.

Nothing here says why an envelope is refused beyond a word for the log, and never a byte of it.
A replay inside the tolerated time is for the caller to notice, by the message's key.
"""

import json
import os
import re
import time
from base64 import b64decode
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable, Mapping
from enum import StrEnum
from hashlib import sha1
from hmac import compare_digest

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from wechat.signatures import check_signature
from wechat.xmltree import read_tree

_BLOCK = 32
_PADDING = [bytes([size]) * size for size in range(_BLOCK + 1)]
# Safe mode sends nothing but these two elements, so two patterns and a search between them read
# them, at a quarter of expat's time. Anything else is read as the XML that it is.
_SAFE_HEAD = re.compile(
    rb"\s*<xml>\s*<ToUserName><!\[CDATA\[([0-9A-Za-z_-]+)\]\]></ToUserName>\s*"
    rb"<Encrypt><!\[CDATA\["
)
_SAFE_TAIL = re.compile(rb"\]\]></Encrypt>\s*</xml>\s*")


class BadEnvelope(Exception):
    """This is not an envelope that WeChat closed for us just now; the one error for all of it."""


class Mode(StrEnum):
    """How an account's callbacks are sealed, as chosen in WeChat's console."""

    SAFE = "safe"  # 安全模式: encrypted, nothing else is taken
    COMPATIBLE = "compatible"  # 兼容模式: encrypted or plain; no safer than plain
    PLAIN = "plain"  # 明文模式: the signature doesn't cover the body


class Envelope:
    """Opens and closes the envelopes of one account.

    Args:
        token: the Token of the console's message push settings.
        aes_key: the EncodingAESKey, 43 characters.
        app_id: whose envelopes these are; another account's are refused.
        mode: as chosen in the console; anything but SAFE must be chosen here too.
        json_format: the mini-program's choice of JSON instead of XML.
        tolerance_seconds: how far a timestamp may be from the clock before it is a replay.
        clock: the current time in seconds.

    Raises:
        ValueError: the key isn't 32 bytes in base64 without its last sign.
    """

    def __init__(
        self,
        *,
        token: str,
        aes_key: str,
        app_id: str,
        mode: Mode = Mode.SAFE,
        json_format: bool = False,
        tolerance_seconds: int = 600,
        clock: Callable[[], float] = time.time,
    ) -> None:
        key = b64decode(aes_key + "=", validate=True)
        if len(key) != 32:
            raise ValueError("an EncodingAESKey has 43 characters")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._token = token
        self._token_bytes = token.encode()
        self._app_id = app_id.encode()
        self._mode = mode
        self._json_format = json_format
        self._tolerance_seconds = tolerance_seconds
        self._clock = clock

    def verify(self, query: Mapping[str, str]) -> str:
        """Check the GET by which the console tries our address.

        Returns:
            `echostr`, to be answered as it is. (It isn't encrypted in any mode.)

        Raises:
            BadEnvelope: for everything that is wrong.
        """
        echo = _field(query, "echostr")
        self._check_plain(query)
        return echo

    def open(self, query: Mapping[str, str], body: bytes) -> bytes:
        """Check a POST and return the plain message (XML or JSON) inside.

        Raises:
            BadEnvelope: for everything that is wrong. Only the size of the body isn't judged here.
        """
        if self._mode is Mode.PLAIN or (
            self._mode is Mode.COMPATIBLE
            and "msg_signature" not in query
            and query.get("encrypt_type", "raw") == "raw"
        ):
            self._check_plain(query)
            return body
        try:
            account, encrypted = self._outside(body)
            self._check_sealed(query, encrypted)
            message = self._decrypt(encrypted)
            # Nothing signs the name outside, so it has to be the one inside.
            if account not in message:
                raise BadEnvelope("account")
        except (ValueError, RecursionError):
            # ValueError: UTF-8, base64, JSON and XML, and a ciphertext that isn't whole blocks.
            raise BadEnvelope("malformed") from None
        return message

    def seal(self, reply: bytes, *, timestamp: int, nonce: str) -> bytes:
        """Close a passive reply; in PLAIN mode it is returned as it is.

        Args:
            reply: the plain reply, XML or JSON. (`success` and an empty answer need no envelope.)
            timestamp: seconds.
            nonce: the one of the query that is answered.
        """
        if self._mode is Mode.PLAIN:
            return reply
        if not (nonce.isascii() and nonce.isalnum()):
            raise ValueError("not a nonce that could have come with an opened envelope")
        encrypted = self._encrypt(reply)
        signature = self._signature(str(timestamp), nonce, encrypted)
        if self._json_format:
            return json.dumps(
                {
                    "Encrypt": encrypted.decode(),
                    "MsgSignature": signature,
                    "TimeStamp": timestamp,
                    "Nonce": nonce,
                }
            ).encode()
        return (
            f"<xml><Encrypt><![CDATA[{encrypted.decode()}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp><Nonce><![CDATA[{nonce}]]></Nonce></xml>"
        ).encode()

    def _check_plain(self, query: Mapping[str, str]) -> None:
        timestamp, nonce = _field(query, "timestamp"), _field(query, "nonce")
        if not check_signature(self._token, _field(query, "signature"), timestamp, nonce):
            raise BadEnvelope("signature")
        self._check_fresh(timestamp, nonce)

    def _check_sealed(self, query: Mapping[str, str], encrypted: bytes) -> None:
        timestamp, nonce = _field(query, "timestamp"), _field(query, "nonce")
        expected = self._signature(timestamp, nonce, encrypted)
        if not compare_digest(expected, _field(query, "msg_signature")):
            raise BadEnvelope("signature")
        self._check_fresh(timestamp, nonce)

    def _check_fresh(self, timestamp: str, nonce: str) -> None:
        # The nonce is repeated in the reply's markup.
        if not nonce.isalnum():
            raise BadEnvelope("nonce")
        if not timestamp.isdigit() or len(timestamp) > 12:
            raise BadEnvelope("timestamp")
        if abs(self._clock() - int(timestamp)) > self._tolerance_seconds:
            raise BadEnvelope("replay")

    def _outside(self, body: bytes) -> tuple[bytes, bytes]:
        """Return what can be read of a closed envelope: the account and the ciphertext."""
        sent: object
        if self._json_format:
            sent = json.loads(body.decode())
        else:
            head = _SAFE_HEAD.match(body)
            end = body.find(b"]", head.end()) if head else -1
            if head and end > 0 and _SAFE_TAIL.fullmatch(body, end):
                return head[1], body[head.end() : end]
            sent = read_tree(body)
        if not isinstance(sent, dict):
            raise BadEnvelope("not encrypted")
        account, encrypted = sent.get("ToUserName", ""), sent.get("Encrypt")
        if not isinstance(account, str) or not isinstance(encrypted, str):
            raise BadEnvelope("not encrypted")
        return account.encode(), encrypted.encode()

    def _signature(self, timestamp: str, nonce: str, encrypted: bytes) -> str:
        parts = [self._token_bytes, timestamp.encode(), nonce.encode(), encrypted]
        parts.sort()
        # The protocol's digest, not a choice.
        return sha1(b"".join(parts)).hexdigest()  # noqa: S324

    def _decrypt(self, encrypted: bytes) -> bytes:
        decryptor = self._cipher.decryptor()
        plain = decryptor.update(a2b_base64(encrypted, strict_mode=True)) + decryptor.finalize()
        padding = plain[-1] if plain else 0
        if not 1 <= padding <= _BLOCK or not plain.endswith(_PADDING[padding]):
            raise BadEnvelope("padding")
        end = 20 + int.from_bytes(plain[16:20], "big")
        if not compare_digest(plain[end:-padding], self._app_id):
            raise BadEnvelope("app id")
        return plain[20:end]

    def _encrypt(self, reply: bytes) -> bytes:
        plain = b"".join((os.urandom(16), len(reply).to_bytes(4, "big"), reply, self._app_id))
        padding = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher.encryptor()
        sealed = encryptor.update(plain + _PADDING[padding]) + encryptor.finalize()
        return b2a_base64(sealed, newline=False)


def _field(query: Mapping[str, str], name: str) -> str:
    """Return what every envelope of WeChat has in its query, in ASCII."""
    value = query.get(name)
    if not value or not value.isascii():
        raise BadEnvelope("incomplete query")
    return value
