"""Writing callbacks and reading passive replies: XML, JSON, and the sealed envelope around them.

Replies are read as strictly as WeChat does: whatever is wrong with one raises BadReply, and the
person sees that the account is out of order.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from simulator.crypto import BadSeal
from simulator.world import Account, Entry, User

TEXT_BYTES = 2048
NEWS_MAX = 8
# In XML the list of a subscription event stands inside one of these, in JSON on its own.
WRAPPERS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}
REPLY_KINDS = {"text", "image", "voice", "video", "music", "news", "transfer_customer_service"}


class BadReply(Exception):
    """A reply WeChat would not show; its text says why."""


@dataclass(slots=True)
class Push:
    """One sealed delivery: the query and the body to POST, and the nonce to be echoed."""

    query: dict[str, str]
    body: bytes
    timestamp: str
    nonce: str
    content_type: str


def write_message(account: Account, user: User, message: Mapping[str, Any], created: int) -> bytes:
    """A message or event as WeChat writes it, XML or JSON by the account's choice."""
    whole = {
        "ToUserName": account.account_id,
        "FromUserName": user.openid,
        "CreateTime": created,
        **message,
    }
    if account.json_format:
        return _write_json(whole)
    wrapper = WRAPPERS.get(str(whole.get("Event", "")))
    if wrapper and "List" in whole:
        whole[wrapper] = {"List": whole.pop("List")}
    return (
        b"<xml>"
        + "".join(_element(name, value) for name, value in whole.items()).encode()
        + (b"</xml>")
    )


def _write_json(whole: dict[str, Any]) -> bytes:
    """The JSON push with its traps: CreateTime is text, a List of one item is an object."""
    event = str(whole.get("Event", ""))
    if event.startswith("subscribe_msg") and "List" in whole:
        items = whole["List"]
        whole = {**whole, "CreateTime": str(whole["CreateTime"])}
        whole["List"] = items[0] if len(items) == 1 else items
    return json.dumps(whole, ensure_ascii=False).encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        inner = "".join(_element(key, item) for key, item in value.items())
    elif isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    elif isinstance(value, int):
        inner = str(value)
    else:
        inner = "<![CDATA[" + str(value).replace("]]>", "]]]]><![CDATA[>") + "]]>"
    return f"<{name}>{inner}</{name}>"


def seal_push(account: Account, openid: str, message: bytes, timestamp: int) -> Push:
    """Sign a message, and encrypt it in safe and compatible mode."""
    nonce, stamp = str(secrets.randbelow(10**10)), str(timestamp)
    seal = account.seal
    query = {
        "signature": seal.signature(stamp, nonce),
        "timestamp": stamp,
        "nonce": nonce,
        "openid": openid,
    }
    kind = "application/json" if account.json_format else "text/xml"
    if account.mode == "plain":
        return Push(query, message, stamp, nonce, kind)
    encrypted = seal.encrypt(message)
    query |= {
        "encrypt_type": "aes",
        "msg_signature": seal.message_signature(stamp, nonce, encrypted),
    }
    if account.json_format:
        outer = {"ToUserName": account.account_id, "Encrypt": encrypted}
        if account.mode == "compatible":
            outer = {**json.loads(message), **outer}
        return Push(query, json.dumps(outer, ensure_ascii=False).encode(), stamp, nonce, kind)
    sealed = f"<Encrypt><![CDATA[{encrypted}]]></Encrypt></xml>".encode()
    if account.mode == "compatible":
        return Push(query, message.removesuffix(b"</xml>") + sealed, stamp, nonce, kind)
    lead = f"<xml><ToUserName><![CDATA[{account.account_id}]]></ToUserName>".encode()
    return Push(query, lead + sealed, stamp, nonce, kind)


def read_reply(account: Account, user: User, push: Push, body: bytes) -> Entry | None:
    """A passive reply as an entry of the chat; None for `success` or nothing.

    Raises:
        BadReply: anything WeChat would not show.
    """
    if body.strip() in {b"", b"success"}:
        return None
    plain = _unseal(account, push, body)
    if plain.strip() in {b"", b"success"}:
        return None
    reply = _parse_xml(plain)
    if _text(reply, "ToUserName") != user.openid:
        raise BadReply("ToUserName is not who wrote")
    if _text(reply, "FromUserName") != account.account_id:
        raise BadReply("FromUserName is not this account")
    if not _text(reply, "CreateTime").isdigit():
        raise BadReply("CreateTime is no number")
    return _read_kind(reply)


def _unseal(account: Account, push: Push, body: bytes) -> bytes:
    if account.mode == "plain":
        return body
    fields = _outer_fields(account, body)
    if account.mode == "compatible" and "Encrypt" not in fields:
        return body
    missing = [name for name in ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
               if not fields.get(name)]  # fmt: skip
    if missing:
        raise BadReply(f"{missing[0]} is missing")
    if fields["Nonce"] != push.nonce:
        raise BadReply("Nonce is not the request's")
    try:
        return account.seal.open_reply(
            encrypted=fields["Encrypt"],
            signature=fields["MsgSignature"],
            timestamp=fields["TimeStamp"],
            nonce=fields["Nonce"],
        )
    except BadSeal as error:
        raise BadReply(str(error)) from error


def _outer_fields(account: Account, body: bytes) -> dict[str, str]:
    if not account.json_format:
        return {child.tag: child.text or "" for child in _parse_xml(body)}
    try:
        fields = json.loads(body)
    except ValueError as error:
        raise BadReply("not JSON") from error
    if not isinstance(fields, dict):
        raise BadReply("not a JSON object")
    return {name: str(value) for name, value in fields.items()}


def _parse_xml(body: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise BadReply("a document type is not allowed")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - document types are refused above
    except ElementTree.ParseError as error:
        raise BadReply("not well-formed XML") from error
    if root.tag != "xml":
        raise BadReply("the root is not <xml>")
    return root


def _text(parent: ElementTree.Element, name: str) -> str:
    found = parent.findall(name)
    if len(found) > 1:
        raise BadReply(f"{name} stands there twice")
    return (found[0].text or "") if found else ""


def _read_kind(reply: ElementTree.Element) -> Entry:
    kind = _text(reply, "MsgType")
    if kind not in REPLY_KINDS:
        raise BadReply("MsgType is unknown")
    entry: Entry = {"side": "account", "kind": kind, "via": "reply"}
    if kind == "text":
        text = _text(reply, "Content")
        if not text or len(text.encode()) > TEXT_BYTES:
            raise BadReply("Content is empty or too long")
        entry["text"] = text
    elif kind == "news":
        entry["articles"] = _read_articles(reply)
    elif kind in {"image", "voice", "video"}:
        entry["media_id"] = "".join(
            _text(part, "MediaId") for part in reply.findall(kind.capitalize())
        )
        if not entry["media_id"]:
            raise BadReply("MediaId is missing")
    return entry


def _read_articles(reply: ElementTree.Element) -> list[dict[str, str]]:
    items = reply.findall("Articles/item")
    count = _text(reply, "ArticleCount")
    if not items or not count.isdigit() or int(count) != len(items):
        raise BadReply("ArticleCount does not match the articles")
    articles = [
        {
            "title": _text(item, "Title"),
            "description": _text(item, "Description"),
            "url": _text(item, "Url"),
            "picurl": _text(item, "PicUrl"),
        }
        for item in items
    ]
    if not all(article["title"] and article["url"] for article in articles):
        raise BadReply("an article has no Title or Url")
    return articles[:NEWS_MAX]
