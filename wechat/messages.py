"""What people and WeChat itself send us: untrusted bytes become one typed `Inbound`.

XML and JSON pushes come out alike. What differs between them is put right here and nowhere else:
numbers sent as text, event names in any case, and lists of one that are sent as their only item.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from wechat.kinds import MESSAGE_KINDS
from wechat.xmltree import read_tree

_SCENE_PREFIX = "qrscene_"
# In XML the list of a subscription event stands inside one of these, in JSON on its own.
# Sent by WeChat about somebody, who is in OpenID (授权用户信息变更).
_ABOUT_SOMEBODY = frozenset(
    {"user_info_modified", "user_authorization_revoke", "user_authorization_cancellation"}
)
_LIST_WRAPPERS = {
    "subscribe_msg_popup_event": "SubscribeMsgPopupEvent",
    "subscribe_msg_change_event": "SubscribeMsgChangeEvent",
    "subscribe_msg_sent_event": "SubscribeMsgSentEvent",
}


class BadMessage(Exception):
    """The bytes are not a message of WeChat's; says which part is wrong, never what was in it."""


@dataclass(frozen=True, slots=True)
class Inbound:
    """One message or event.

    Attributes:
        account: our account's original id (gh_…).
        openid: who sent it.
        created: seconds, WeChat's clock.
        kind: text, image, voice, … or event; lower case.
        key: the same for every delivery of the same message, different for every other.
        event: the event's name in lower case; empty for messages.
        event_key: menu key, address or scene; without `qrscene_`.
        text: what was written, or what WeChat heard in a voice message.
        media_id: of a picture, voice message or video; good for three days.
        about: whom an event of WeChat's own is about (its OpenID); empty where that is who sent it.
        fields: everything as sent. Subscription events have their items as a list under `List`.
    """

    account: str
    openid: str
    created: int
    kind: str
    key: str
    event: str = ""
    event_key: str = ""
    text: str = ""
    media_id: str = ""
    about: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


def parse_message(raw: bytes, *, json_format: bool = False) -> Inbound:
    """Read the plain message out of an opened envelope.

    Raises:
        BadMessage: not well-formed, not UTF-8, with a document type, or without a field that
            every such message has.
    """
    try:
        fields = _read_json(raw) if json_format else read_tree(raw)
    except (ValueError, RecursionError):
        raise BadMessage("malformed") from None
    account = _required(fields, "ToUserName")
    openid = _required(fields, "FromUserName")
    created_text = _required(fields, "CreateTime")
    if not (created_text.isascii() and created_text.isdigit() and len(created_text) <= 12):
        raise BadMessage("CreateTime")
    created = int(created_text)
    kind = _required(fields, "MsgType").lower()
    event = event_key = text = media_id = about = ""
    if kind == "event":
        event = _required(fields, "Event").lower()
        event_key = _text(fields, "EventKey")
        if event == "subscribe":
            event_key = event_key.removeprefix(_SCENE_PREFIX)
        if event in _LIST_WRAPPERS:
            fields = {**fields, "List": _list_of(fields, _LIST_WRAPPERS[event])}
        if event in _ABOUT_SOMEBODY:
            about = _text(fields, "OpenID")  # WeChat has been seen to leave it out
        key = _event_key(fields, openid, created, event, event_key)
    else:
        text = _text(fields, "Content") or _text(fields, "Recognition")
        media_id = _text(fields, "MediaId")
        key = _message_key(fields, openid, created, kind)
    return Inbound(
        account, openid, created, kind, key, event, event_key, text, media_id, about, fields
    )


def _read_json(raw: bytes) -> dict[str, Any]:
    text = raw.decode()
    fields = json.loads(text)
    if not isinstance(fields, dict):
        raise ValueError("not an object")
    if "\\u" in text:
        # Half a surrogate pair can be written in JSON but never again as UTF-8.
        json.dumps(fields, ensure_ascii=False).encode()
    return fields


def _text(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name, "")
    if type(value) is str:
        return value
    if type(value) is int:
        return str(value)
    raise BadMessage(name)


def _required(fields: Mapping[str, Any], name: str) -> str:
    value = fields.get(name)
    if type(value) is str and value:
        return value
    if type(value) is int:
        return str(value)
    raise BadMessage(name)


def _message_key(fields: Mapping[str, Any], openid: str, created: int, kind: str) -> str:
    if kind in MESSAGE_KINDS:
        return "m:" + _required(fields, "MsgId")
    # A kind nobody has heard of yet: by its id if it has one, else as events are told apart.
    message_id = _text(fields, "MsgId")
    return "m:" + message_id if message_id else f"e:{openid}|{created}|{kind}|"


def _event_key(
    fields: Mapping[str, Any], openid: str, created: int, event: str, event_key: str
) -> str:
    if event == "templatesendjobfinish":
        return "e:" + _required(fields, "MsgID")
    if event == "subscribe_msg_sent_event":
        return "e:" + ",".join(_required(item, "MsgID") for item in fields["List"])
    if event == "wxa_media_check":
        return "e:" + _required(fields, "trace_id")
    if event in _ABOUT_SOMEBODY:
        # WeChat itself is the sender, also of two that come in one second; whom it is about is not kept.
        about = f"{_text(fields, 'OpenID')}|{_text(fields, 'RevokeInfo')}"
        event_key = hashlib.sha256(about.encode()).hexdigest()[:32]
    return f"e:{openid}|{created}|{event}|{event_key}"


def _list_of(fields: Mapping[str, Any], wrapper: str) -> list[dict[str, Any]]:
    inside = fields.get(wrapper)
    items = inside.get("List") if isinstance(inside, dict) else fields.get("List")
    if isinstance(items, dict):
        items = [items]
    if not isinstance(items, list) or not items:
        raise BadMessage("List")
    if not all(isinstance(item, dict) for item in items):
        raise BadMessage("List")
    return items
