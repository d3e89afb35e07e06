"""The envelope against wechatpy's on random messages, and against everything that can break it."""

import json

import xmltodict
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wechat.callbacks import (
    ACCOUNT,
    NONCE,
    Callback,
    crypto,
    envelope,
    sealed,
    text_message,
)
from wechat.envelope import BadEnvelope, Mode
from wechat.messages import BadMessage, Inbound, parse_message

# Sealed and opened at one moment, however long the tests before these took.
AT = 1714112445
SEALED = {
    json_format: sealed(text_message(), at=AT, json_format=json_format)
    for json_format in (False, True)
}

# Long texts are short ones repeated: hypothesis then still says something about what failed.
pieces = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=40),
        st.sampled_from(["三年级二班", "😀👨‍👩‍👧", "]]>", "<xml>", "&amp;", "\r\n", "\0"]),
    ),
    max_size=12,
).map("".join)
texts = st.builds(
    lambda piece, times: (piece * times).encode()[:20_000].decode(errors="ignore"),
    pieces,
    st.integers(1, 400),
)


@settings(max_examples=150, deadline=None)
@given(text=texts, json_format=st.booleans())
def test_what_wechatpy_seals_we_open(text: str, json_format: bool) -> None:
    plain = ACCOUNT + text
    callback = sealed(plain, at=AT, json_format=json_format)
    opened = envelope(json_format=json_format, at=AT).open(callback.query, callback.body)
    assert opened == plain.encode()


@settings(max_examples=150, deadline=None)
@given(text=texts, json_format=st.booleans())
def test_what_we_seal_wechatpy_opens(text: str, json_format: bool) -> None:
    closed = envelope(json_format=json_format).seal(text.encode(), timestamp=AT, nonce=NONCE)
    sent = json.loads(closed) if json_format else xmltodict.parse(closed)["xml"]
    assert sent["Nonce"] == NONCE
    opened = crypto().decrypt_message(sent, sent["MsgSignature"], str(sent["TimeStamp"]), NONCE)
    assert opened == text


def outcome(callback: Callback, *, json_format: bool, mode: Mode = Mode.SAFE) -> Inbound | None:
    """Return the message that comes out, None when it is refused; anything else that is raised
    fails the test."""
    try:
        opened = envelope(mode, json_format=json_format, at=AT).open(callback.query, callback.body)
        return parse_message(opened)
    except (BadEnvelope, BadMessage):
        return None


GENUINE = parse_message(text_message().encode())


@settings(max_examples=700, deadline=None)
@given(data=st.data(), json_format=st.booleans(), bits=st.integers(1, 255))
def test_a_changed_byte_in_the_body_is_refused(
    data: st.DataObject, json_format: bool, bits: int
) -> None:
    body = bytearray(SEALED[json_format].body)
    place = data.draw(st.integers(0, len(body) - 1))
    body[place] ^= bits
    result = outcome(Callback(SEALED[json_format].query, bytes(body)), json_format=json_format)
    # White space between the elements and the name of JSON's other field carry nothing.
    assert result in (None, GENUINE)


@settings(max_examples=500, deadline=None)
@given(data=st.data(), json_format=st.booleans(), other=st.characters())
def test_a_changed_character_in_the_query_is_refused(
    data: st.DataObject, json_format: bool, other: str
) -> None:
    query = dict(SEALED[json_format].query)
    name = data.draw(st.sampled_from(["timestamp", "nonce", "msg_signature"]))
    place = data.draw(st.integers(0, len(query[name]) - 1))
    changed = query[name][:place] + other + query[name][place + 1 :]
    same = changed == query[name]
    query[name] = changed
    result = outcome(Callback(query, SEALED[json_format].body), json_format=json_format)
    assert result == (GENUINE if same else None)


@settings(max_examples=400, deadline=None)
@given(
    data=st.data(),
    json_format=st.booleans(),
    mode=st.sampled_from(Mode),
    kept=st.sets(st.sampled_from(sorted(SEALED[False].query))),
)
def test_a_body_cut_short_or_a_query_without_a_part_is_refused(
    data: st.DataObject, json_format: bool, mode: Mode, kept: set[str]
) -> None:
    whole = SEALED[json_format]
    query = {name: value for name, value in whole.query.items() if name in kept}
    body = whole.body[: data.draw(st.integers(0, len(whole.body)))]
    result = outcome(Callback(query, body), json_format=json_format, mode=mode)
    needed = {"timestamp", "nonce", "msg_signature"}
    untouched = needed <= kept and body == whole.body and mode is not Mode.PLAIN
    assert result == (GENUINE if untouched else None)


@settings(max_examples=400, deadline=None)
@given(body=st.one_of(st.binary(max_size=400), texts.map(str.encode)), json_format=st.booleans())
def test_any_other_body_is_refused(body: bytes, json_format: bool) -> None:
    query = SEALED[json_format].query
    assert outcome(Callback(query, body), json_format=json_format) is None


@settings(max_examples=400, deadline=None)
@given(data=st.data(), bits=st.integers(1, 255), json_format=st.booleans())
def test_a_broken_message_in_a_sound_envelope_is_refused_or_still_a_message(
    data: st.DataObject, bits: int, json_format: bool
) -> None:
    plain = bytearray(text_message().encode())
    place = data.draw(st.integers(0, len(plain) - 1))
    plain[place] ^= bits
    callback = sealed(bytes(plain), at=AT, json_format=json_format)
    result = outcome(callback, json_format=json_format)
    assert result is None or (result.key.startswith(("m:", "e:")) and result.openid)
