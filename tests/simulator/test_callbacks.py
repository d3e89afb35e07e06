"""Callbacks: what is sent, how often, and what the person sees of the reply."""

import asyncio
from typing import Any

import pytest

from simulator.callbacks import OUT_OF_ORDER
from tests.simulator.conftest import Bed
from tests.simulator.test_api import SEND, message


def seen(bed: Bed, key: str = "wang") -> list[tuple[str, str]]:
    """What stands in a chat."""
    return [(e["side"], e["text"] if "text" in e else e["kind"]) for e in bed.world.users[key].chat]


async def test_a_text_is_answered_in_the_chat(bed: Bed) -> None:
    bed.stand_in.answer = lambda message: bed.stand_in.text(message, "收到：<好>")
    outcome = await bed.control("users/wang/say", {"text": "你好 <&]]> 😀"})
    assert outcome["replies"][0]["text"] == "收到：<好>"
    assert seen(bed) == [("me", "你好 <&]]> 😀"), ("account", "收到：<好>")]
    got = bed.stand_in.got[0]
    assert got["Content"] == "你好 <&]]> 😀"
    assert got["FromUserName"] == bed.world.users["wang"].openid
    assert int(got["MsgId"]) > 2**32


@pytest.mark.parametrize("silence", [b"success", b""])
async def test_success_or_nothing_is_silence(bed: Bed, silence: bytes) -> None:
    bed.stand_in.answer = lambda message: silence
    await bed.control("users/wang/say", {"text": "你好"})
    assert seen(bed) == [("me", "你好")]


def _unsealed(bed: Bed, message: dict[str, Any]) -> bytes:
    return bed.stand_in.text(message, "x").encode()


def _changed(old: str, new: str) -> Any:
    return lambda bed, message: bed.stand_in.text(message, "x").replace(old, new)


@pytest.mark.parametrize(
    "answer",
    [
        lambda bed, message: b'{"ok": true}',
        lambda bed, message: b"<html>",
        _unsealed,
        lambda bed, message: b"<xml><Encrypt>AAAA</Encrypt></xml>",
        lambda bed, message: b"<!DOCTYPE a><xml/>",
        lambda bed, message: bed.stand_in.text({**message, "FromUserName": "o-else"}, "x"),
        lambda bed, message: bed.stand_in.text({**message, "ToUserName": "gh_else"}, "x"),
        lambda bed, message: bed.stand_in.text(message, ""),
        lambda bed, message: bed.stand_in.text(message, "长" * 700),
        _changed("[text]", "[dance]"),
        _changed("<MsgType>", "<MsgType>a</MsgType><MsgType>"),
    ],
)
async def test_a_malformed_reply_shows_that_the_account_is_out_of_order(
    bed: Bed, answer: Any
) -> None:
    bed.stand_in.answer = lambda message: answer(bed, message)
    outcome = await bed.control("users/wang/say", {"text": "你好"})
    assert outcome["replies"] == []
    assert outcome["fault"]
    assert seen(bed) == [("me", "你好"), ("system", OUT_OF_ORDER)]
    assert len(bed.stand_in.got) == 1


async def test_a_reply_with_a_wrong_signature_is_refused(bed: Bed) -> None:
    def answer(message: dict[str, Any]) -> bytes:
        query = bed.stand_in.queries[-1]
        sealed = bed.stand_in.oracle.encrypt_message(
            bed.stand_in.text(message, "x"), query["nonce"], query["timestamp"]
        )
        return str(sealed).replace("<TimeStamp>", "<TimeStamp>9").encode()

    bed.stand_in.answer = answer
    outcome = await bed.control("users/wang/say", {"text": "你好"})
    assert outcome["fault"] == "MsgSignature does not match"


async def test_no_answer_means_three_deliveries_of_the_same_message(bed: Bed) -> None:
    bed.simulator.courier.time_limit_seconds = 0.1
    free = asyncio.Event()
    bed.stand_in.answer = lambda message: free.wait()
    outcome = await bed.control("users/wang/say", {"text": "你好"})
    free.set()
    assert [note["status"] for note in outcome["attempts"]] == [0, 0, 0]
    assert len({message["MsgId"] for message in bed.stand_in.got}) == 1
    assert len(bed.stand_in.got) == 3
    assert len({query["nonce"] for query in bed.stand_in.queries}) == 3
    assert seen(bed)[-1] == ("system", OUT_OF_ORDER)


async def test_an_answer_at_the_third_delivery_is_shown(bed: Bed) -> None:
    bed.simulator.courier.time_limit_seconds = 0.1
    free = asyncio.Event()

    def answer(message: dict[str, Any]) -> Any:
        if len(bed.stand_in.got) < 3:
            return free.wait()
        return bed.stand_in.text(message, "来了")

    bed.stand_in.answer = answer
    await bed.control("users/wang/say", {"text": "你好"})
    free.set()
    assert seen(bed) == [("me", "你好"), ("account", "来了")]


async def test_deliver_three_times_at_once_shows_one_reply(bed: Bed) -> None:
    await bed.control("faults", {"deliver": 3})
    bed.stand_in.answer = lambda message: bed.stand_in.text(message, "好")
    outcome = await bed.control("users/wang/say", {"text": "你好"})
    assert [note["reply"]["text"] for note in outcome["attempts"]] == ["好"] * 3
    assert seen(bed) == [("me", "你好"), ("account", "好")]
    assert len({message["MsgId"] for message in bed.stand_in.got}) == 1


async def test_following_with_and_without_a_scene(bed: Bed) -> None:
    await bed.control("users/li/follow", {})
    await bed.control("users/li/unfollow", {})
    made = await bed.control("scenes", {"scene": "class-7"})
    assert (await bed.control("users/li/scan", {"scene": made["url"]}))["profile"] is True
    await bed.control("users/li/follow", {})
    await bed.control("users/li/scan", {"scene": "class-7"})
    keys = [(m["Event"], m["EventKey"], m.get("Ticket", "")) for m in bed.stand_in.got]
    assert keys == [
        ("subscribe", "", ""),
        ("unsubscribe", "", ""),
        ("subscribe", "qrscene_class-7", made["ticket"]),
        ("SCAN", "class-7", made["ticket"]),
    ]


async def test_an_ended_qr_code_does_nothing(bed: Bed) -> None:
    made = await bed.control("scenes", {"scene": "class-7", "expire_seconds": 60})
    bed.clock.now += 61
    answer = await bed.control("users/wang/scan", {"scene": made["url"]})
    assert answer["error"]["message"] == "二维码已过期"
    assert bed.stand_in.got == []


async def test_menu_taps(bed: Bed) -> None:
    await bed.control(
        "menu",
        {
            "button": [
                {"type": "click", "name": "最新通知", "key": "latest"},
                {"type": "view", "name": "写通知", "url": "http://127.0.0.1:8000/h5/new?a=1"},
            ]
        },
    )
    await bed.control("users/wang/tap", {"key": "latest"})
    opened = await bed.control("users/wang/tap", {"key": "写通知"})
    await bed.control("settle", {})
    assert opened["open_url"] == "http://127.0.0.1:8000/as/wang/h5/new?a=1"
    assert [m["Event"] for m in bed.stand_in.got] == ["CLICK", "VIEW"]
    assert "error" in await bed.control("users/wang/tap", {"key": "nothing"})


async def test_pictures_and_voice(bed: Bed) -> None:
    await bed.control("users/wang/image", {"PicUrl": "https://a.cn/1.jpg"})
    await bed.control("users/wang/voice", {"Recognition": "绑定"})
    kinds = [(m["MsgType"], m["MediaId"][:6]) for m in bed.stand_in.got]
    assert kinds == [("image", "media-"), ("voice", "media-")]


async def test_news_replies_are_read(bed: Bed) -> None:
    def answer(message: dict[str, Any]) -> str:
        news = (
            "<ArticleCount>1</ArticleCount><Articles><item><Title>通知</Title><Url>https://a.cn"
            "</Url></item></Articles></xml>"
        )
        text = bed.stand_in.text(message, "x").replace("[text]", "[news]")
        return text.split("<Content>")[0] + news

    bed.stand_in.answer = answer
    outcome = await bed.control("users/wang/say", {"text": "最新通知"})
    assert outcome["replies"][0]["articles"][0]["title"] == "通知"


@pytest.mark.parametrize("mode", ["plain", "compatible"])
async def test_the_other_modes(bed: Bed, mode: str) -> None:
    await bed.control("callbacks", {"mode": mode})
    bed.stand_in.answer = lambda message: bed.stand_in.text(message, "好")
    await bed.control("users/wang/say", {"text": "你好"})
    assert seen(bed) == [("me", "你好"), ("account", "好")]
    assert ("msg_signature" in bed.stand_in.queries[0]) == (mode == "compatible")


async def test_compatible_mode_takes_a_plain_reply_too(bed: Bed) -> None:
    await bed.control("callbacks", {"mode": "compatible"})
    bed.stand_in.answer = lambda message: _unsealed(bed, message)
    await bed.control("users/wang/say", {"text": "你好"})
    assert seen(bed)[-1] == ("account", "x")


async def test_mini_program_pushes_are_json_with_its_traps(bed: Bed) -> None:
    assert bed.world.mini is not None
    bed.world.mini.mode = "plain"
    item = {"TemplateId": "t", "SubscribeStatusString": "accept"}
    event = {"MsgType": "event", "Event": "subscribe_msg_popup_event"}
    for items in ([item], [item, item]):
        await bed.control("users/wang/mini", {**event, "List": items})
    one, two = bed.stand_in.got
    assert one["List"] == item
    assert two["List"] == [item, item]
    assert isinstance(one["CreateTime"], str)


async def test_mini_program_push_in_safe_mode(bed: Bed) -> None:
    assert bed.world.mini is not None
    bed.world.mini.app_id = bed.world.account.app_id
    bed.world.mini.__post_init__()
    await bed.control("users/wang/mini", {"MsgType": "text", "Content": "你好"})
    assert bed.stand_in.got[0]["Content"] == "你好"
    assert bed.world.users["wang"].chat == []


@pytest.mark.parametrize(
    ("fault", "status"),
    [({"block_users": ["wang"]}, "failed:user block"),
     ({"finish_status": "failed: system failed"}, "failed: system failed")],
)  # fmt: skip
async def test_a_message_that_does_not_arrive_is_reported(
    bed: Bed, fault: dict[str, Any], status: str
) -> None:
    await bed.control("faults", fault)
    await bed.api(SEND, message(bed))
    await bed.control("settle", {})
    assert bed.stand_in.got[0]["Status"] == status
    assert seen(bed) == []
    assert len(bed.world.ledger) == 1


async def test_the_address_is_verified_as_in_the_console(bed: Bed) -> None:
    assert await bed.control("verify", {}) == {"ok": True}
    bed.world.account.callbacks[:] = [bed.base + "/nothing"]
    assert await bed.control("verify", {}) == {"ok": False}
