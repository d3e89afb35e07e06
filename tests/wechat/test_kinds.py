"""The registry of kinds, and wechatpy's typed view of a message."""

import pytest
from wechatpy.events import SubscribeEvent
from wechatpy.messages import LocationMessage, UnknownMessage

from tests.wechat.callbacks import message
from wechat.kinds import MESSAGE_KINDS, typed
from wechat.messages import Inbound, parse_message


def view(inbound: Inbound) -> object:
    return typed(inbound.kind, inbound.event, inbound.fields)


def test_the_kinds_of_this_program_are_known() -> None:
    assert {"text", "image", "voice", "video", "location", "link"} <= MESSAGE_KINDS


def test_a_location_has_its_parts() -> None:
    content = "<Location_X>36.62</Location_X><Location_Y>101.77</Location_Y><Scale>16</Scale>"
    seen = view(parse_message(message(content, MsgType="location", MsgId="1").encode()))
    assert isinstance(seen, LocationMessage)
    assert (seen.location, seen.scale) == (("36.62", "101.77"), "16")


def test_the_message_itself_stays_as_it_was_sent() -> None:
    inbound = parse_message(message("<Event>subscribe</Event>", MsgType="event").encode())
    before = dict(inbound.fields)
    seen = view(inbound)
    assert isinstance(seen, SubscribeEvent)
    assert seen.key == ""
    assert inbound.fields == before


@pytest.mark.parametrize("name", ["popup", "change", "sent"])
def test_subscription_events_have_their_items(name: str) -> None:
    wrapper = f"SubscribeMsg{name.capitalize()}Event"
    item = "<List><TemplateId>T</TemplateId><MsgID>7</MsgID></List>"
    content = f"<Event>subscribe_msg_{name}_event</Event><{wrapper}>{item}</{wrapper}>"
    seen = view(parse_message(message(content, MsgType="event").encode()))
    assert getattr(seen, "items", None) == [{"TemplateId": "T", "MsgID": "7"}]


def test_what_nobody_knows_is_unknown() -> None:
    assert isinstance(typed("hologram", "", {}), UnknownMessage)
