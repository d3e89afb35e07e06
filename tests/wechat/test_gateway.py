"""What the gateway sends, in which order, and what it says in the log."""

import asyncio
import logging
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from tests.wechat.api import (
    APP_ID,
    CUSTOM_PATH,
    DROP,
    HANG,
    OPENID,
    SECRET,
    SHORT_SECONDS,
    TEMPLATE_PATH,
    Api,
    MemoryShelf,
    gateway_to,
    template,
    trouble_in,
)
from wechat.errors import Trouble, WeChatError
from wechat.gateway import Gateway, OAuthVisitor


async def test_a_template_message(api: Api, gateway: Gateway) -> None:
    assert await template(gateway) == "200228332"
    path, token, sent = api.calls[-1]
    assert (path, token) == (TEMPLATE_PATH, "token-1-/+=&")
    assert sent == {
        "touser": OPENID,
        "template_id": "T1",
        "url": "https://school.example/h5/n/1",
        "client_msg_id": "d-1",
        "data": {"thing1": {"value": "春游通知"}, "time2": {"value": "2026-11-22 08:00"}},
    }


async def test_customer_service_messages(api: Api, gateway: Gateway) -> None:
    await gateway.send_text(OPENID, "您好😀")
    await gateway.send_news(OPENID, title="通知", description="春游", url="https://s.example/1")
    sent = [payload for path, _, payload in api.calls if path == CUSTOM_PATH]
    assert sent == [
        {"touser": OPENID, "msgtype": "text", "text": {"content": "您好😀"}},
        {
            "touser": OPENID,
            "msgtype": "news",
            "news": {
                "articles": [
                    {
                        "title": "通知",
                        "description": "春游",
                        "url": "https://s.example/1",
                        "picurl": "",
                    }
                ]
            },
        },
    ]


async def test_a_scene(api: Api, gateway: Gateway) -> None:
    path = "/cgi-bin/qrcode/create"
    api.always(path, {"ticket": "t", "expire_seconds": 60, "url": "http://weixin.qq.com/q/02"})
    assert await gateway.create_scene("class-7", expire_seconds=60) == "http://weixin.qq.com/q/02"
    assert api.calls[-1][2] == {
        "expire_seconds": 60,
        "action_name": "QR_STR_SCENE",
        "action_info": {"scene": {"scene_str": "class-7"}},
    }


@pytest.mark.parametrize(("scene", "seconds"), [("", 60), ("x" * 65, 60), ("x", 0), ("x", 2592001)])
async def test_a_scene_beyond_the_limits_is_not_asked_for(
    api: Api, gateway: Gateway, scene: str, seconds: int
) -> None:
    with pytest.raises(ValueError):
        await gateway.create_scene(scene, expire_seconds=seconds)
    assert api.calls == []


async def test_a_menu_goes_out_without_escapes(api: Api, gateway: Gateway) -> None:
    await gateway.set_menu({"button": [{"type": "click", "name": "最新通知", "key": "latest"}]})
    assert "最新通知".encode() in api.raw[-1]
    assert api.calls[-1][0] == "/cgi-bin/menu/create"


def test_the_address_that_asks_for_a_visitor() -> None:
    gateway = Gateway(
        app_id=APP_ID,
        secret=SECRET,
        api_base="",
        open_base="https://open.weixin.qq.com",
        tokens=MemoryShelf(),
    )
    address = gateway.authorize_url("https://school.example/h5/in?to=/n/1&a=b", "s t&te")
    start, _, fragment = address.partition("#")
    assert fragment == "wechat_redirect"
    assert start.startswith("https://open.weixin.qq.com/connect/oauth2/authorize?appid=")
    assert parse_qs(urlsplit(start).query) == {
        "appid": [APP_ID],
        "redirect_uri": ["https://school.example/h5/in?to=/n/1&a=b"],
        "response_type": ["code"],
        "scope": ["snsapi_base"],
        "state": ["s t&te"],
    }
    with pytest.raises(ValueError):
        gateway.authorize_url("https://school.example/", "s" * 129)


@pytest.mark.parametrize(
    ("answer", "visitor"),
    [
        ({"openid": "o1"}, OAuthVisitor("o1", "", False)),
        ({"openid": "o1", "unionid": "u1"}, OAuthVisitor("o1", "u1", False)),
        ({"openid": "o1", "is_snapshotuser": 1}, OAuthVisitor("o1", "", True)),
    ],
)
async def test_a_code_names_the_visitor(
    api: Api, gateway: Gateway, answer: dict[str, Any], visitor: OAuthVisitor
) -> None:
    api.always("/sns/oauth2/access_token", answer)
    assert await gateway.exchange_code("co+de") == visitor
    sent = {"appid": APP_ID, "secret": SECRET, "code": "co+de", "grant_type": "authorization_code"}
    assert api.calls == [("/sns/oauth2/access_token", "", sent)]


@pytest.mark.parametrize("code", [40029, 40163])
async def test_a_used_code_is_said_to_be_one(api: Api, gateway: Gateway, code: int) -> None:
    api.always("/sns/oauth2/access_token", {"errcode": code, "errmsg": "invalid code"})
    assert (await trouble_in(gateway.exchange_code("c"))).trouble is Trouble.CODE_USED
    assert len(api.calls) == 1


async def test_sends_to_one_person_never_overlap(api: Api, gateway: Gateway) -> None:
    await asyncio.gather(
        *(template(gateway) for _ in range(5)),
        *(gateway.send_text(OPENID, str(number)) for number in range(5)),
    )
    assert api.busiest == 1
    assert len(gateway._sending) == 0


async def test_sends_to_several_people_do(api: Api) -> None:
    api.always(CUSTOM_PATH, HANG)
    async with gateway_to(api.base, MemoryShelf(), connections=3) as gateway:
        sends = [asyncio.create_task(gateway.send_text(f"o{number}", "x")) for number in range(3)]
        await asyncio.wait_for(api.arrived(CUSTOM_PATH, 3), 5)
        api.release()
        await asyncio.wait(sends)
        errors = [send.exception() for send in sends]
    assert [error.trouble for error in errors if isinstance(error, WeChatError)] == [
        Trouble.DOWN
    ] * 3


async def test_more_sends_than_connections_wait_their_turn(api: Api) -> None:
    async with gateway_to(
        api.base, MemoryShelf(), connections=2, timeout_seconds=SHORT_SECONDS
    ) as gateway:
        sent = await asyncio.gather(*(template(gateway, f"o{number}") for number in range(200)))
    assert sent == ["200228332"] * 200


async def test_the_log_names_calls_and_troubles_and_nobody(
    api: Api, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.always("/sns/oauth2/access_token", {"openid": OPENID})
    await gateway.exchange_code("secret-code")
    api.next(TEMPLATE_PATH, {"errcode": 42001, "errmsg": "expired rid: 1a"})
    await template(gateway)
    api.next(CUSTOM_PATH, {"errcode": 45015, "errmsg": f"{OPENID} out of window rid: 2b"}, DROP)
    for _ in range(2):
        error = await trouble_in(gateway.send_text(OPENID, "家里的话"))
        logging.getLogger("yanshu.test").error("failed", exc_info=error)
    assert "template/send: errcode=42001 rid=1a duration=" in caplog.text
    assert "custom/send: errcode=45015 rid=2b duration=" in caplog.text
    assert "custom/send: errcode=uncertain rid=- duration=" in caplog.text
    for secret in (OPENID, SECRET, "token-1", "token-2", "secret-code", "家里的话", "春游"):
        assert secret not in caplog.text


async def test_a_call_that_is_given_up_is_logged_as_such(
    api: Api, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "yanshu.wechat")
    api.always(CUSTOM_PATH, HANG)
    send = asyncio.create_task(gateway.send_text(OPENID, "hi"))
    await api.arrived(CUSTOM_PATH)
    send.cancel()
    await asyncio.wait([send])
    assert "custom/send: errcode=cancelled" in caplog.text


async def test_what_somebody_sent_is_fetched_and_a_refusal_is_no_picture(
    api: Api, gateway: Gateway
) -> None:
    path = "/cgi-bin/media/get"
    picture = b"\xff\xd8\xff" + bytes(2 * 1024 * 1024)
    api.always(path, web.Response(body=picture, content_type="image/jpeg"))
    assert await gateway.fetch_media("m/1+=") == picture
    api.always(path, {"errcode": 40007, "errmsg": "invalid media_id"})
    assert (await trouble_in(gateway.fetch_media("gone"))).trouble is Trouble.PARAMETER
    api.always(path, web.Response(body=b"<html>", status=200))
    assert (await trouble_in(gateway.fetch_media("page"))).trouble is Trouble.DOWN
