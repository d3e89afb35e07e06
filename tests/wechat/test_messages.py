"""Reading messages: every kind that matters, both formats, and what is refused."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wechat.callbacks import ACCOUNT, OPENID, message, text_message
from wechat.messages import BadMessage, Inbound, parse_message

CREATED = 1714112445


def event(name: str, content: str = "") -> Inbound:
    return parse_message(
        message(f"<Event><![CDATA[{name}]]></Event>{content}", MsgType="event").encode()
    )


def as_json(**fields: Any) -> bytes:
    common = {"ToUserName": ACCOUNT, "FromUserName": OPENID, "CreateTime": CREATED}
    return json.dumps({**common, **fields}).encode()


def test_a_text_message() -> None:
    assert parse_message(text_message("绑定 <b> & 😀").encode()) == Inbound(
        account=ACCOUNT,
        openid=OPENID,
        created=CREATED,
        kind="text",
        key="m:24456789012345678",
        text="绑定 <b> & 😀",
        fields={
            "ToUserName": ACCOUNT,
            "FromUserName": OPENID,
            "CreateTime": str(CREATED),
            "MsgType": "text",
            "MsgId": "24456789012345678",
            "Content": "绑定 <b> & 😀",
        },
    )


@pytest.mark.parametrize("number", [24456789012345678, "24456789012345678"])
def test_a_json_message_is_the_same_message(number: int | str) -> None:
    raw = as_json(MsgType="text", Content="绑定", MsgId=number)
    inbound = parse_message(raw, json_format=True)
    assert inbound.key == "m:24456789012345678"
    assert (inbound.kind, inbound.text, inbound.created) == ("text", "绑定", CREATED)


def test_json_may_send_the_time_as_text() -> None:
    raw = as_json(MsgType="text", Content="", MsgId=1)
    raw = raw.replace(b"1714112445", b'"1714112445"')
    assert parse_message(raw, json_format=True).created == CREATED


def test_a_voice_message_carries_what_was_heard() -> None:
    content = "<MediaId>m1</MediaId><Format>amr</Format><Recognition>最新通知</Recognition>"
    inbound = parse_message(message(content, MsgType="voice", MsgId="5").encode())
    assert (inbound.kind, inbound.text, inbound.media_id) == ("voice", "最新通知", "m1")


def test_following_by_a_scene() -> None:
    inbound = event("subscribe", "<EventKey>qrscene_class-7</EventKey><Ticket>t</Ticket>")
    assert (inbound.event, inbound.event_key) == ("subscribe", "class-7")


def test_following_without_a_scene() -> None:
    inbound = event("subscribe", "<EventKey></EventKey>")
    assert (inbound.event, inbound.event_key) == ("subscribe", "")
    assert inbound.key == f"e:{OPENID}|{CREATED}|subscribe|"


def test_scanning_while_following_has_a_bare_scene() -> None:
    inbound = event("SCAN", "<EventKey>qrscene_kept</EventKey>")
    assert (inbound.event, inbound.event_key) == ("scan", "qrscene_kept")


def test_two_events_of_one_second_are_two() -> None:
    keys = {event("CLICK", f"<EventKey>{key}</EventKey>").key for key in ("a", "b")}
    keys.add(event("VIEW", "<EventKey>a</EventKey>").key)
    assert len(keys) == 3


@pytest.mark.parametrize("name", ["TEMPLATESENDJOBFINISH", "templatesendjobfinish"])
def test_a_finished_template_job_is_known_by_its_id(name: str) -> None:
    inbound = event(name, "<MsgID>200163836</MsgID><Status>failed:user block</Status>")
    assert inbound.key == "e:200163836"
    assert inbound.event == "templatesendjobfinish"
    assert inbound.fields["Status"] == "failed:user block"


def test_lists_of_one_and_of_many_come_out_alike() -> None:
    item = {"TemplateId": "T1", "SubscribeStatusString": "accept", "PopupScene": "1"}
    xml_item = "<List>{}</List>".format("".join(f"<{k}>{v}</{k}>" for k, v in item.items()))
    name = "subscribe_msg_popup_event"
    for count in (1, 2):
        wrapped = f"<SubscribeMsgPopupEvent>{xml_item * count}</SubscribeMsgPopupEvent>"
        raw = as_json(MsgType="event", Event=name, List=[item] * count if count > 1 else item)
        from_xml, from_json = event(name, wrapped), parse_message(raw, json_format=True)
        assert from_xml.fields["List"] == from_json.fields["List"] == [item] * count


def test_a_sent_subscription_message_is_known_by_its_id() -> None:
    item = {"TemplateId": "T1", "MsgID": 1864323726461255680, "ErrorCode": 0}
    raw = as_json(MsgType="event", Event="subscribe_msg_sent_event", List=item)
    assert parse_message(raw, json_format=True).key == "e:1864323726461255680"


def test_whom_wechats_own_word_is_about_tells_two_apart_and_is_not_in_the_key() -> None:
    one, other = (
        event("user_authorization_revoke", f"<OpenID>{openid}</OpenID><RevokeInfo>301</RevokeInfo>")
        for openid in ("oFirst", "oSecond")
    )
    assert (one.about, other.about) == ("oFirst", "oSecond")
    assert one.key != other.key
    assert "oFirst" not in one.key
    assert event("user_info_modified").about == ""


def test_an_unheard_of_kind_is_taken_too() -> None:
    assert parse_message(message("", MsgType="hologram").encode()).kind == "hologram"
    assert parse_message(message("", MsgType="hologram", MsgId="9").encode()).key == "m:9"
    assert event("user_authorization_revoke").event == "user_authorization_revoke"


@pytest.mark.parametrize("name", ["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId"])
def test_a_missing_field_is_named(name: str) -> None:
    fields: dict[str, Any] = {"MsgType": "text", "Content": "hi", "MsgId": 1}
    whole = json.loads(as_json(**fields))
    assert parse_message(json.dumps(whole).encode(), json_format=True).text == "hi"
    del whole[name]
    with pytest.raises(BadMessage, match=name):
        parse_message(json.dumps(whole).encode(), json_format=True)


@pytest.mark.parametrize(
    "fields",
    [
        {"MsgType": "event"},
        {"MsgType": "event", "Event": ""},
        {"MsgType": "event", "Event": {"a": "b"}},
        {"MsgType": "event", "Event": "CLICK", "EventKey": ["a"]},
        {"MsgType": "event", "Event": "TEMPLATESENDJOBFINISH"},
        {"MsgType": "event", "Event": "subscribe_msg_popup_event"},
        {"MsgType": "event", "Event": "subscribe_msg_popup_event", "List": "x"},
        {"MsgType": "event", "Event": "subscribe_msg_popup_event", "List": []},
        {"MsgType": "event", "Event": "subscribe_msg_popup_event", "List": ["x"]},
        {"MsgType": "event", "Event": "subscribe_msg_sent_event", "List": {"TemplateId": "T"}},
        {"MsgType": "text", "MsgId": True, "Content": "a"},
        {"MsgType": "text", "MsgId": 1, "Content": 1.5},
        {"MsgType": "text", "MsgId": 1, "Content": None},
        {"MsgType": "text", "MsgId": 1, "Content": "\ud800"},
        {"MsgType": "text", "MsgId": 1, "Content": "a", "CreateTime": -1},
        {"MsgType": "text", "MsgId": 1, "Content": "a", "CreateTime": "１２"},
        {"MsgType": "text", "MsgId": 1, "Content": "a", "CreateTime": "9" * 30},
        {"MsgType": ["text"], "MsgId": 1, "Content": "a"},
    ],
)
def test_a_field_of_the_wrong_kind_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(BadMessage):
        parse_message(as_json(**fields), json_format=True)


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"{", b"[" * 100_000, b'"\xff"', b"9" * 9999])
def test_json_that_is_no_object_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        parse_message(raw, json_format=True)


ENTITY_BOMB = (
    b'<!DOCTYPE xml [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
    + text_message("x").encode().replace(b"<![CDATA[x]]>", b"&c;")
)


@pytest.mark.parametrize("raw", [b"", b"success", ENTITY_BOMB, text_message().encode("gbk")])
def test_xml_that_is_no_message_is_refused(raw: bytes) -> None:
    with pytest.raises(BadMessage):
        parse_message(raw)


def test_the_refusal_repeats_nothing() -> None:
    with pytest.raises(BadMessage) as refused:
        parse_message(text_message("家里的话").encode()[:-9])
    assert "家里的话" not in str(refused.value)


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.just("List"), inner, max_size=1)
    ),
    max_leaves=4,
)
names = ["ToUserName", "FromUserName", "CreateTime", "MsgType", "MsgId", "Content", "Event"]
whole_events = st.fixed_dictionaries(
    {"MsgType": st.sampled_from(["event", "text", "voice"]), "MsgId": st.integers(0, 9)},
    optional={
        "Event": st.sampled_from(["SCAN", "subscribe", "subscribe_msg_sent_event"]),
        "List": values,
        "SubscribeMsgSentEvent": values,
        "EventKey": values,
        "Content": values,
    },
).map(lambda fields: json.loads(as_json(**fields)))


@settings(max_examples=600, deadline=None)
@given(
    fields=whole_events,
    changes=st.dictionaries(st.sampled_from(names), values, max_size=2),
)
def test_whatever_json_holds_it_is_a_message_or_refused(
    fields: dict[str, Any], changes: dict[str, Any]
) -> None:
    try:
        inbound = parse_message(json.dumps({**fields, **changes}).encode(), json_format=True)
    except BadMessage:
        return
    for value in (inbound.openid, inbound.account, inbound.kind, inbound.key):
        assert isinstance(value, str)
        assert value
        value.encode()
    assert isinstance(inbound.text, str)
