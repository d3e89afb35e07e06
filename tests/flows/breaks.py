"""Every way to break a callback, as strategies: each gives the bytes of a request that must be refused.

A break takes the sender and returns a strategy. `modes` and `formats` say where it is one: what
plain mode does not sign cannot be told from what WeChat wrote.
"""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.flows.strangers import Call, Sender, element, flipped, without

Break = Callable[[Sender], SearchStrategy[bytes]]
SEALED = frozenset({"safe", "compatible"})
EVERYWHERE = SEALED | {"plain"}

_POSITION = st.integers(0, 10**6)
_BITS = st.integers(1, 255)
_LATIN = st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="<&]\\\"'")
_BOMBS = (
    "<!DOCTYPE xml [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;'>]>",
    "<!DOCTYPE xml [<!ENTITY c SYSTEM 'file:///etc/hostname'>]>",
    "<!DOCTYPE xml [<!ENTITY % p SYSTEM 'http://127.0.0.1/x'> %p; <!ENTITY c 'x'>]>",
    "<!DOCTYPE xml SYSTEM 'http://127.0.0.1/x.dtd'>",
    "<!DOCTYPE xml>",
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A way to break a callback, and where it is one."""

    make: Break
    modes: frozenset[str] = frozenset(EVERYWHERE)
    formats: frozenset[str] = frozenset({"xml", "json"})

    def fits(self, sender: Sender) -> bool:
        """Whether it breaks this account's callbacks."""
        form = "json" if sender.account.json_format else "xml"
        return sender.account.mode in self.modes and form in self.formats


KINDS: dict[str, Kind] = {}


def kind(
    *, modes: frozenset[str] = EVERYWHERE, formats: str = "xml json"
) -> Callable[[Break], Break]:
    """Put a break into the table."""

    def note(make: Break) -> Break:
        KINDS[make.__name__] = Kind(make, frozenset(modes), frozenset(formats.split()))
        return make

    return note


def whole(sender: Sender) -> Call:
    """A good message, never sent as it is."""
    return sender.brought(sender.message())


@kind(modes=frozenset({"safe"}))
def flipped_body(sender: Sender) -> SearchStrategy[bytes]:
    call = whole(sender)
    # The name of JSON's outer ToUserName is the one thing there that nobody checks: see test_callbacks.
    start = call.body.find(b'"ToUserName"')
    unsigned = range(start, start + 12) if start >= 0 else range(0)
    places = _POSITION.map(lambda place: place % len(call.body)).filter(
        lambda place: place not in unsigned
    )
    return st.builds(
        lambda place, bits: call.raw(body=flipped(call.body, place, bits)), places, _BITS
    )


@kind()
def flipped_query(sender: Sender) -> SearchStrategy[bytes]:
    call = whole(sender)
    target, places = call.target(), signed_places(call, sender.account.mode)
    return st.builds(
        lambda place, bits: call.raw(flipped(target, place, bits)), st.sampled_from(places), _BITS
    )


def signed_places(call: Call, mode: str) -> list[int]:
    """Where the query says something that is checked."""
    checked = {"timestamp", "nonce", "signature" if mode == "plain" else "msg_signature"}
    places: list[int] = []
    start = len(call.path) + 1
    for name, value in call.query.items():
        end = start + len(urlencode({name: value})) + 1  # the & too
        if name in checked:
            places += range(start, end)
        elif name == "openid":
            places += range(start + len(name) + 1, end)
        start = end
    return places[: len(places)] if places[-1] < len(call.target()) else places[:-1]


@kind(modes=SEALED)
def wrong_app_id(sender: Sender) -> SearchStrategy[bytes]:
    own = sender.account.app_id
    others = st.one_of(
        st.text(_LATIN, min_size=1, max_size=40),
        st.sampled_from([own[:-1], own + "0", own.upper(), own[::-1], " " + own]),
    )
    return others.filter(lambda other: other != own).map(
        lambda other: sender.sealed(sender.message(), app_id=other).raw()
    )


@kind()
def query_field_missing(sender: Sender) -> SearchStrategy[bytes]:
    call = whole(sender)
    signature = "signature" if sender.account.mode == "plain" else "msg_signature"
    gone = st.sets(st.sampled_from(["timestamp", "nonce", signature]), min_size=1)
    empty = gone.map(lambda names: replace(call, query=call.query | dict.fromkeys(names, "")))
    return st.one_of(gone.map(lambda names: without(call, *names)), empty).map(Call.raw)


@kind()
def message_field_missing(sender: Sender) -> SearchStrategy[bytes]:
    needed = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId"]
    gone = st.sets(st.sampled_from(needed), min_size=1)
    return gone.map(lambda names: sender.brought(sender.message(**dict.fromkeys(names))).raw())


@kind()
def message_field_of_the_wrong_kind(sender: Sender) -> SearchStrategy[bytes]:
    rubbish = st.text(_LATIN, min_size=13, max_size=30)
    wrong = st.one_of(
        rubbish.map(lambda text: {"CreateTime": text}),
        st.just({"FromUserName": ""}),
        st.just({"MsgType": ""}),
    )
    return wrong.map(lambda fields: sender.brought(sender.message(**fields)).raw())


@kind()
def query_field_doubled(sender: Sender) -> SearchStrategy[bytes]:
    call = whole(sender)
    names = st.sampled_from(sorted(call.query))
    values = st.one_of(st.none(), st.text(_LATIN, max_size=40))

    def doubled(name: str, value: str | None, first: bool) -> bytes:
        again = urlencode({name: call.query[name] if value is None else value}).encode()
        path, _, query = call.target().partition(b"?")
        parts = [again, query] if first else [query, again]
        return call.raw(path + b"?" + b"&".join(parts))

    return st.builds(doubled, names, values, st.booleans())


@kind(formats="xml")
def message_field_doubled(sender: Sender) -> SearchStrategy[bytes]:
    names = st.sampled_from(sorted(sender.fields()))
    values = st.one_of(st.none(), st.text(_LATIN, max_size=40))

    def doubled(name: str, value: str | None) -> bytes:
        text = str(sender.fields()[name]) if value is None else value
        message = sender.message().removesuffix(b"</xml>") + element(name, text) + b"</xml>"
        return sender.brought(message).raw()

    return st.builds(doubled, names, values)


@kind(modes=frozenset({"safe"}), formats="xml")
def ciphertext_doubled(sender: Sender) -> SearchStrategy[bytes]:
    call, seal = whole(sender), sender.account.seal

    def doubled(text: bytes) -> bytes:
        again = element("Encrypt", seal.encrypt(text))
        return call.raw(body=call.body.removesuffix(b"</xml>") + again + b"</xml>")

    return st.binary(max_size=60).map(doubled)


@kind(formats="xml")
def entity_bomb(sender: Sender) -> SearchStrategy[bytes]:
    def bomb(prologue: str, where: str, name: str) -> bytes:
        message = sender.message(Content="boom").replace(b"<![CDATA[boom]]>", b"&c;")
        armed = prologue.encode() + message
        if where == "inside":
            return sender.brought(armed).raw()
        call = whole(sender)
        return call.raw(body=prologue.encode() + call.body.replace(b"<xml>", f"<{name}>".encode()))

    return st.builds(
        bomb,
        st.sampled_from(_BOMBS),
        st.sampled_from(["inside", "outside"]),
        st.sampled_from(["xml", "xml ", "xml a='&c;'"]),
    )


@kind()
def nested_too_deep(sender: Sender) -> SearchStrategy[bytes]:
    def deep(levels: int) -> bytes:
        if sender.account.json_format:
            return sender.brought_raw(b"[" * levels * 50).raw()
        inner = b"<a>" * levels + b"</a>" * levels
        return sender.brought_raw(
            sender.message().removesuffix(b"</xml>") + inner + b"</xml>"
        ).raw()

    return st.integers(20, 5000).map(deep)


@kind(modes=SEALED)
def no_base64(sender: Sender) -> SearchStrategy[bytes]:
    call = whole(sender)
    good = sender.account.seal.encrypt(sender.message())
    spoilt = st.one_of(
        st.text(_LATIN, min_size=1, max_size=300),
        st.builds(lambda place: good[:place] + "*" + good[place:], st.integers(0, len(good))),
        st.builds(lambda place: good[:place] + "\n" + good[place:], st.integers(1, len(good) - 1)),
        st.sampled_from([good[:-1], good.rstrip("=") + "A", "=" + good]),
    )
    at = int(call.query["timestamp"])
    return spoilt.filter(lambda text: text != good).map(lambda t: sender.around(t, at=at).raw())


@kind(modes=SEALED)
def ciphertext_of_a_stranger(sender: Sender) -> SearchStrategy[bytes]:
    """Signed as ours, but what is inside was never encrypted with our key."""
    return st.binary(min_size=16, max_size=400).map(
        lambda raw: sender.around(b64encode(raw).decode()).raw()
    )


@kind(modes=frozenset({"safe"}))
def plain_message(sender: Sender) -> SearchStrategy[bytes]:
    call = sender.plain(sender.message())
    sealed = whole(sender).query
    return st.sampled_from(
        [
            {},
            {"encrypt_type": "raw"},
            {"encrypt_type": "aes"},
            {"encrypt_type": "aes", "msg_signature": call.query["signature"]},
            {"encrypt_type": "aes", "msg_signature": sealed["msg_signature"]},
        ]
    ).map(lambda more: replace(call, query=call.query | more).raw())


@kind()
def old_or_early(sender: Sender) -> SearchStrategy[bytes]:
    distance = st.integers(660, 1_500_000_000)
    moments = st.one_of(distance.map(lambda d: -d), distance)

    def at(offset: int) -> bytes:
        moment, message = int(time.time()) + offset, sender.message()
        mode = sender.account.mode
        call = sender.plain if mode == "plain" else sender.sealed
        return call(message, at=moment).raw()

    return moments.map(at)


@kind()
def truncated(sender: Sender) -> SearchStrategy[bytes]:
    call = whole(sender)
    return _POSITION.map(lambda place: call.raw(body=call.body[: place % len(call.body)]))


@kind()
def another_format(sender: Sender) -> SearchStrategy[bytes]:
    """The other format's message, and what a browser's form would send."""
    account = sender.account
    other = replace(sender, account=replace(account, json_format=not account.json_format))
    forms = st.sampled_from(
        [
            ("application/x-www-form-urlencoded", b"Content=x&MsgType=text"),
            ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data\r\n\r\nx"),
            ("multipart/form-data", b"--\r\n"),
            ("application/json", b"null"),
            ("text/plain", b"success"),
            ("text/xml; charset=utf-16", "<xml/>".encode("utf-16")),
        ]
    )
    posted = forms.map(lambda form: replace(whole(sender), content_type=form[0]).raw(body=form[1]))
    kinds = st.sampled_from(["text/xml", "application/json", "", "multipart/form-data"])
    turned = kinds.map(
        lambda content_type: replace(
            other.brought(other.message()), content_type=content_type
        ).raw()
    )
    return st.one_of(posted, turned)


@kind()
def no_utf8(sender: Sender) -> SearchStrategy[bytes]:
    bad = st.sampled_from(
        [b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xe5\xb0", b"\x80", b"\xfe\xff"]
    )

    def inside(piece: bytes, place: int) -> bytes:
        message = sender.message(Content="here " + "x" * (place % 50))
        return sender.brought_raw(message.replace(b"here ", b"here" + piece + b" ")).raw()

    def outside(piece: bytes, place: int) -> bytes:
        call = whole(sender)
        place %= len(call.body)
        return call.raw(body=call.body[:place] + piece + call.body[place:])

    return st.one_of(st.builds(inside, bad, _POSITION), st.builds(outside, bad, _POSITION))


@kind(formats="json")
def half_a_surrogate(sender: Sender) -> SearchStrategy[bytes]:
    halves = st.integers(0xD800, 0xDFFF)
    return halves.map(
        lambda half: sender.brought_raw(
            json.dumps(sender.fields(Content="half")).replace("half", f"\\u{half:04x}").encode()
        ).raw()
    )


@kind()
def rubbish_in_the_query(sender: Sender) -> SearchStrategy[bytes]:
    call = whole(sender)
    signature = "signature" if sender.account.mode == "plain" else "msg_signature"
    names = st.sampled_from(["timestamp", "nonce", signature, "openid"])
    values = st.sampled_from(["%ff", "%00", "%E9%9B%81", "%0d%0a", "%2e%2e", "", "%", "null"])

    def spoilt(name: str, value: str) -> bytes:
        old = urlencode({name: call.query[name]})
        target = call.target().decode().replace(f"{old}", f"{name}={value}", 1)
        return call.raw(target.encode())

    return st.builds(spoilt, names, values)


@kind()
def another_persons_openid(sender: Sender) -> SearchStrategy[bytes]:
    call = whole(sender)
    others = st.text(_LATIN, min_size=1, max_size=40).filter(lambda other: other != sender.openid)
    return others.map(lambda other: replace(call, query=call.query | {"openid": other}).raw())
