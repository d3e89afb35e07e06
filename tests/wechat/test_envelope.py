"""The envelope: official vectors, the three modes, and what is refused."""

import json
import os
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest
from wechatpy.crypto.cryptography import WeChatCipher
from wechatpy.utils import WeChatSigner

from tests.wechat.callbacks import (
    ACCOUNT,
    AES_KEY,
    APP_ID,
    NONCE,
    TOKEN,
    VECTORS,
    Callback,
    crypto,
    envelope,
    sealed,
    text_message,
)
from wechat.envelope import BadEnvelope, Envelope, Mode

NOW = 1_800_000_000


def signed(**query: str) -> dict[str, str]:
    """Return a query with the plain signature."""
    signer = WeChatSigner()
    signer.add_data(TOKEN, query["timestamp"], query["nonce"])
    return {**query, "signature": signer.signature}


def at_clock(seconds: float, mode: Mode = Mode.SAFE) -> Envelope:
    return Envelope(token=TOKEN, aes_key=AES_KEY, app_id=APP_ID, mode=mode, clock=lambda: seconds)


def official(mode: Mode, at: str, *, json_format: bool = True) -> Envelope:
    safe = VECTORS["safe_mode"]
    return Envelope(
        token=safe["token"],
        aes_key=safe["encoding_aes_key"],
        app_id=safe["appid"],
        mode=mode,
        json_format=json_format,
        clock=lambda: float(at),
    )


def test_official_url_verification() -> None:
    vector = VECTORS["url_verification"]
    query = {name: vector[name] for name in ("signature", "timestamp", "nonce")} | {
        "echostr": "4375120948345356249"
    }
    checked = official(Mode.SAFE, vector["timestamp"]).verify(query)
    assert checked == "4375120948345356249"


def test_official_plain_post() -> None:
    vector = VECTORS["plain_post"]
    query = {name: vector[name] for name in ("signature", "timestamp", "nonce")}
    body = b'{"ToUserName":"gh_97417a04a28d"}'
    assert official(Mode.PLAIN, vector["timestamp"]).open(query, body) == body


@pytest.mark.parametrize("json_format", [True, False])
def test_official_decryption(json_format: bool) -> None:
    safe = VECTORS["safe_mode"]
    query = {name: safe[name] for name in ("timestamp", "nonce", "msg_signature")}
    request = safe["request"]
    body = (
        json.dumps(request).encode()
        if json_format
        else "<xml>{}</xml>".format(
            "".join(f"<{name}>{value}</{name}>" for name, value in request.items())
        ).encode()
    )
    opened = official(Mode.SAFE, safe["timestamp"], json_format=json_format).open(query, body)
    assert json.loads(opened)["ToUserName"] == request["ToUserName"]


def test_official_reply_encryption(monkeypatch: pytest.MonkeyPatch) -> None:
    reply = VECTORS["safe_mode"]["reply"]
    monkeypatch.setattr(os, "urandom", lambda _size: reply["random16"].encode())
    closed = official(Mode.SAFE, reply["timestamp"]).seal(
        reply["plaintext"].encode(), timestamp=int(reply["timestamp"]), nonce=reply["nonce"]
    )
    assert json.loads(closed) == {
        "Encrypt": reply["encrypt"],
        "MsgSignature": reply["msg_signature"],
        "TimeStamp": int(reply["timestamp"]),
        "Nonce": reply["nonce"],
    }


@pytest.mark.parametrize("json_format", [False, True])
@pytest.mark.parametrize("mode", [Mode.SAFE, Mode.COMPATIBLE])
def test_an_encrypted_message_is_opened(mode: Mode, json_format: bool) -> None:
    callback = sealed(text_message(), json_format=json_format)
    opened = envelope(mode, json_format=json_format).open(callback.query, callback.body)
    assert opened == text_message().encode()


def test_compatible_mode_ignores_the_plain_part_beside_the_encrypted_one() -> None:
    callback = sealed(text_message("真的"))
    forged = callback.body.replace(b"</xml>", b"<Content><![CDATA[forged]]></Content></xml>")
    assert envelope(Mode.COMPATIBLE).open(callback.query, forged) == text_message("真的").encode()


@pytest.mark.parametrize("mode", [Mode.COMPATIBLE, Mode.PLAIN])
def test_a_signed_plain_message_is_taken_where_that_was_chosen(mode: Mode) -> None:
    query = signed(timestamp=str(NOW), nonce=NONCE)
    body = text_message().encode()
    assert at_clock(NOW, mode).open(query, body) == body


def test_safe_mode_refuses_a_plain_message_however_well_signed() -> None:
    query = signed(timestamp=str(NOW), nonce=NONCE)
    with pytest.raises(BadEnvelope):
        at_clock(NOW).open(query, text_message().encode())


def test_plain_mode_replies_as_they_are() -> None:
    assert envelope(Mode.PLAIN).seal(b"<xml/>", timestamp=NOW, nonce=NONCE) == b"<xml/>"


@pytest.mark.parametrize("mode", [Mode.COMPATIBLE, Mode.PLAIN])
@pytest.mark.parametrize("name", ["timestamp", "nonce", "signature"])
def test_a_plain_message_needs_every_part_of_its_signature(mode: Mode, name: str) -> None:
    query = signed(timestamp=str(NOW), nonce=NONCE)
    for wrong in ({**query, name: query[name] + "0"}, {**query, name: ""}):
        with pytest.raises(BadEnvelope):
            at_clock(NOW, mode).open(wrong, text_message().encode())
    del query[name]
    with pytest.raises(BadEnvelope):
        at_clock(NOW, mode).open(query, text_message().encode())


@pytest.mark.parametrize("name", ["timestamp", "nonce", "signature", "echostr"])
def test_verification_needs_every_part(name: str) -> None:
    query = signed(timestamp=str(NOW), nonce=NONCE) | {"echostr": "12345"}
    assert at_clock(NOW).verify(query) == "12345"
    del query[name]
    with pytest.raises(BadEnvelope):
        at_clock(NOW).verify(query)


@pytest.mark.parametrize("late", [-601, 601, 86_400])
def test_a_replay_is_refused(late: int) -> None:
    callback = sealed(text_message(), at=NOW)
    with pytest.raises(BadEnvelope):
        at_clock(NOW + late).open(callback.query, callback.body)
    query = signed(timestamp=str(NOW), nonce=NONCE)
    with pytest.raises(BadEnvelope):
        at_clock(NOW + late, Mode.PLAIN).open(query, b"<xml/>")


@pytest.mark.parametrize("late", [-600, 0, 600])
def test_a_clock_may_be_ten_minutes_off(late: int) -> None:
    callback = sealed(text_message(), at=NOW)
    assert at_clock(NOW + late).open(callback.query, callback.body)


def test_the_tolerance_can_be_chosen() -> None:
    callback = sealed(text_message(), at=NOW)
    strict = Envelope(
        token=TOKEN,
        aes_key=AES_KEY,
        app_id=APP_ID,
        tolerance_seconds=5,
        clock=lambda: NOW + 6,
    )
    with pytest.raises(BadEnvelope):
        strict.open(callback.query, callback.body)


@pytest.mark.parametrize("timestamp", ["soon", "-1", "1e9", "9" * 400, "１７１４"])
def test_a_signed_timestamp_that_is_no_time_is_refused(timestamp: str) -> None:
    query = signed(timestamp=timestamp, nonce=NONCE)
    with pytest.raises(BadEnvelope):
        at_clock(NOW, Mode.PLAIN).open(query, b"<xml/>")


@pytest.mark.parametrize("nonce", ["]]>", "a b", "-"])
def test_a_signed_nonce_that_no_reply_could_repeat_is_refused(nonce: str) -> None:
    query = signed(timestamp=str(NOW), nonce=nonce)
    with pytest.raises(BadEnvelope):
        at_clock(NOW, Mode.COMPATIBLE).open(query, b"<xml/>")


def test_another_accounts_message_is_refused() -> None:
    callback = sealed(text_message(), app_id="wxfedcba9876543210")
    with pytest.raises(BadEnvelope):
        envelope().open(callback.query, callback.body)


def test_the_account_named_outside_is_the_one_inside() -> None:
    callback = sealed(text_message())
    with pytest.raises(BadEnvelope):
        envelope().open(callback.query, callback.body.replace(ACCOUNT.encode(), b"gh_another"))


BOMB = (
    b'<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<xml><Encrypt>&b;</Encrypt></xml>"
)

BREAKERS: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _body: b"",
    "not XML": lambda _body: b"hello",
    "an entity bomb": lambda _body: BOMB,
    "no ciphertext": lambda _body: b"<xml><ToUserName>a</ToUserName></xml>",
    "empty ciphertext": lambda _body: b"<xml><Encrypt></Encrypt></xml>",
    "ciphertext twice": lambda body: body.replace(b"</xml>", b"<Encrypt>YQ==</Encrypt></xml>"),
    "ciphertext with children": lambda _body: b"<xml><Encrypt><a>b</a></Encrypt></xml>",
    "cut short": lambda body: body[:-20],
    "another root": lambda body: body.replace(b"xml>", b"lmx>"),
    "UTF-16": lambda body: body.decode().encode("utf-16"),
    "not UTF-8": lambda body: body.replace(b"gh_", b"\xff\xfe\xfd"),
    "nested a thousand deep": lambda _body: b"<xml>" * 1000 + b"</xml>" * 1000,
}


@pytest.mark.parametrize("name", BREAKERS)
def test_a_broken_body_is_refused(name: str) -> None:
    callback = sealed(text_message())
    with pytest.raises(BadEnvelope):
        envelope().open(callback.query, BREAKERS[name](callback.body))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"Encrypt"',
        b"{}",
        b'{"Encrypt": 5}',
        b'{"Encrypt": ["YQ=="]}',
        b'{"Encrypt": "\xff"}',
        b'{"Encrypt": "\\ud800"}',
        b'{"ToUserName": {"a": 1}, "Encrypt": "YQ=="}',
        b"[" * 100_000,
        b"9" * 10_000,
    ],
)
def test_a_broken_json_body_is_refused(body: bytes) -> None:
    callback = sealed(text_message(), json_format=True)
    with pytest.raises(BadEnvelope):
        envelope(json_format=True).open(callback.query, body)


def resigned(encrypted: str) -> Callback:
    """Return a callback whose ciphertext is signed by who knows the token, whatever it is."""
    callback = sealed(text_message())
    signer = WeChatSigner()
    signer.add_data(TOKEN, callback.query["timestamp"], NONCE, encrypted)
    body = f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
    return Callback({**callback.query, "msg_signature": signer.signature}, body)


def encrypted_by_hand(plain: bytes) -> str:
    """Encrypt what no honest sender would: `plain` is taken as it is, padding and all."""
    return b64encode(WeChatCipher(crypto().key).encrypt(plain)).decode()


def padded(plain: bytes) -> bytes:
    size = 32 - len(plain) % 32
    return plain + bytes([size]) * size


HEAD = b"0123456789abcdef"
SIGNED_JUNK = {
    "bad base64": "YQ=",
    "not base64": "最新通知",
    "not whole blocks": "YWJj",
    "nothing": encrypted_by_hand(b""),
    "padding of none": encrypted_by_hand(HEAD + b"\0" * 16),
    "padding of 33": encrypted_by_hand(HEAD + b"\x21" * 48),
    "padding unlike itself": encrypted_by_hand(HEAD + b"\0" * 15 + b"\x05"),
    "nothing but padding": encrypted_by_hand(b"\x20" * 32),
    "a length beyond the end": encrypted_by_hand(
        padded(HEAD + b"\xff\xff\xff\xff" + b"<xml></xml>" + APP_ID.encode())
    ),
    "no app id": encrypted_by_hand(padded(HEAD + b"\0\0\0\x05" + b"<xml>")),
}


@pytest.mark.parametrize("name", SIGNED_JUNK)
def test_junk_is_refused_even_when_it_is_signed(name: str) -> None:
    callback = resigned(SIGNED_JUNK[name])
    with pytest.raises(BadEnvelope):
        envelope().open(callback.query, callback.body)


def test_the_refusal_tells_nothing_of_the_body() -> None:
    callback = sealed("secret words of a family")
    with pytest.raises(BadEnvelope) as refused:
        envelope().open(callback.query, callback.body.replace(b"=", b"secret"))
    assert "secret" not in str(refused.value)
    assert refused.value.__suppress_context__ or refused.value.__context__ is None


@pytest.mark.parametrize("nonce", ["", "]]>", "a b", "随机"])
def test_a_nonce_that_never_came_is_not_sealed(nonce: str) -> None:
    with pytest.raises(ValueError):
        envelope().seal(b"<xml></xml>", timestamp=NOW, nonce=nonce)


@pytest.mark.parametrize("key", ["", "short", AES_KEY[:-1], AES_KEY + "A", "密" * 43])
def test_a_wrong_key_is_noticed_at_once(key: str) -> None:
    settings: dict[str, Any] = {"token": TOKEN, "aes_key": key, "app_id": APP_ID}
    with pytest.raises(ValueError):
        Envelope(**settings)
