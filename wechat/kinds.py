"""Which messages and events WeChat has: wechatpy's registry, and the three it doesn't know.

The hot path asks only whether a kind is known. wechatpy's own parser and classes would take three
times as long as ours for a text message (they convert on every access and copy each default), so
a typed view is made here only for whoever needs one.
"""

from collections.abc import Mapping
from typing import Any, Final

from wechatpy.events import EVENT_TYPES, BaseEvent, register_event
from wechatpy.fields import BaseField
from wechatpy.messages import MESSAGE_TYPES, BaseMessage, UnknownMessage


@register_event("subscribe_msg_popup_event")
class SubscribePopupEvent(BaseEvent):  # type: ignore[misc]
    """订阅消息弹窗: what somebody answered when asked to subscribe."""

    event = "subscribe_msg_popup_event"
    items = BaseField("List", [])


@register_event("subscribe_msg_change_event")
class SubscribeChangeEvent(BaseEvent):  # type: ignore[misc]
    """订阅状态变更: somebody took a subscription back in the account's settings."""

    event = "subscribe_msg_change_event"
    items = BaseField("List", [])


@register_event("subscribe_msg_sent_event")
class SubscribeSentEvent(BaseEvent):  # type: ignore[misc]
    """订阅消息送达: what became of a subscription message."""

    event = "subscribe_msg_sent_event"
    items = BaseField("List", [])


MESSAGE_KINDS: Final = frozenset(MESSAGE_TYPES)


def typed(kind: str, event: str, fields: Mapping[str, Any]) -> BaseMessage:
    """Return wechatpy's view of a message, e.g. a location with its place and scale.

    Args:
        kind: as in `Inbound`.
        event: as in `Inbound`.
        fields: as in `Inbound`; copied, because wechatpy writes its defaults into them.

    Returns:
        An object of wechatpy's class for it; UnknownMessage when there is none.
    """
    found = EVENT_TYPES.get(event) if kind == "event" else MESSAGE_TYPES.get(kind)
    return (found or UnknownMessage)(dict(fields))
