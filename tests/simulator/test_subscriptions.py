"""Subscription messages: the simulator refuses what WeChat refuses, counts as it does, and tells of it."""

import asyncio
import json
from typing import Any

import pytest

from tests.simulator.conftest import API, Bed

SEND = "/cgi-bin/message/subscribe/send"
ONE, LONG = "yanshu-mini-notice", "yanshu-mini-standing"
DATA = {
    "thing1": "家长会",
    "thing2": "三年级二班",
    "name3": "王芳",
    "time4": "2026年11月28日 19:00",
}


def a_message(bed: Bed, **changes: Any) -> dict[str, Any]:
    data = {key: {"value": value} for key, value in {**DATA, **changes.pop("data", {})}.items()}
    return {
        "touser": bed.world.mini_openid(bed.world.users["li"]),
        "template_id": ONE,
        "page": "pages/notice/index?id=1",
        "miniprogram_state": "formal",
        "lang": "zh_CN",
        "data": data,
        **changes,
    }


async def send(bed: Bed, **changes: Any) -> dict[str, Any]:
    token = bed.world.mini_tokens.issue_stable(bed.clock(), force=False)[0]
    body = a_message(bed, **changes)
    answer: dict[str, Any] = json.loads(await bed.raw("POST", API + SEND, body, access_token=token))
    return answer


async def say(bed: Bed, said: str, template: str = ONE) -> Any:
    return await bed.control("users/li/subscribe", {"answers": {template: said}})


@pytest.fixture(autouse=True)
def plain(bed: Bed) -> None:
    assert bed.world.mini is not None
    bed.world.mini.mode = "plain"


async def test_each_accept_is_one_message(bed: Bed) -> None:
    assert (await send(bed))["errcode"] == 43101
    await say(bed, "accept")
    await say(bed, "accept")
    await say(bed, "reject")
    answers = [await send(bed) for _ in range(3)]
    assert [answer["errcode"] for answer in answers] == [0, 0, 43101]
    assert len({answer.get("msgid") for answer in answers[:2]}) == 2
    cards = bed.world.users["li"].service
    assert [card["data"]["thing1"] for card in cards] == ["家长会", "家长会"]
    assert bed.world.users["li"].chat == []


async def test_a_long_term_accept_is_for_all_until_it_is_switched_off(bed: Bed) -> None:
    await say(bed, "accept", LONG)
    assert [(await send(bed, template_id=LONG))["errcode"] for _ in range(3)] == [0, 0, 0]
    await bed.control("users/li/unsubscribe", {"templates": [LONG]})
    assert (await send(bed, template_id=LONG))["errcode"] == 43101
    both = await bed.control("users/li/subscribe", {"answers": {ONE: "accept", LONG: "accept"}})
    assert both["error"]["code"] == "refused"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"touser": "nobody"}, 40003),
        ({"template_id": "yanshu-notice"}, 40037),
        ({"miniprogram_state": None}, 47003),
        ({"lang": "zh"}, 47003),
        ({"page": "/pages/notice/index"}, 41030),
        ({"data": {"thing1": "一" * 21}}, 47003),
        ({"data": {"name3": "一" * 11}}, 47003),
        ({"data": {"thing9": "多了一个"}}, 47003),
        ({"data": {"thing2": ""}}, 47003),
    ],
)
async def test_what_is_wrong_is_refused_and_takes_no_credit(
    bed: Bed, changes: dict[str, Any], code: int
) -> None:
    await say(bed, "accept")
    assert (await send(bed, **changes))["errcode"] == code
    assert bed.world.ledger == []
    assert (await send(bed))["errcode"] == 0


async def test_the_accounts_openid_and_token_are_none_of_the_mini_programs(bed: Bed) -> None:
    await say(bed, "accept")
    assert (await send(bed, touser=bed.world.users["li"].openid))["errcode"] == 40003
    assert (await bed.api(SEND, a_message(bed)))["errcode"] == 40001


async def test_two_sends_to_one_person_at_once_are_refused(bed: Bed) -> None:
    await say(bed, "accept")
    await say(bed, "accept")
    await bed.control("faults", {"latency_ms": 200})
    answers = await asyncio.gather(send(bed), send(bed))
    assert sorted(answer["errcode"] for answer in answers) == [0, 43108]


@pytest.mark.parametrize("as_json", [True, False])
async def test_the_three_events(bed: Bed, as_json: bool) -> None:
    assert bed.world.mini is not None
    bed.world.mini.json_format = as_json
    await say(bed, "accept")
    await send(bed)
    await bed.control("settle", {})
    await bed.control("users/li/unsubscribe", {"templates": [ONE]})
    popup, sent, change = bed.stand_in.got
    openid = bed.world.mini_openid(bed.world.users["li"])
    assert {event["FromUserName"] for event in bed.stand_in.got} == {openid}
    assert [event["Event"] for event in bed.stand_in.got] == [
        "subscribe_msg_popup_event",
        "subscribe_msg_sent_event",
        "subscribe_msg_change_event",
    ]
    if as_json:
        assert popup["List"]["SubscribeStatusString"] == "accept"
        assert sent["List"]["ErrorCode"] == "0"
        assert change["List"] == {"TemplateId": ONE, "SubscribeStatusString": "reject"}
        assert isinstance(popup["CreateTime"], str)
    else:
        assert "<List>" in popup["SubscribeMsgPopupEvent"]
        assert bed.world.ledger[0]["id"] in sent["SubscribeMsgSentEvent"]
        assert "reject" in change["SubscribeMsgChangeEvent"]
