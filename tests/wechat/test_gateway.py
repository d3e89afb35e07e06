"""The gateway against a server that errs in every way WeChat and the net between can."""

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from aiohttp import web

from tests.wechat.api import (
    APP_ID,
    CUSTOM_PATH,
    DROP,
    HANG,
    SECRET,
    TEMPLATE_PATH,
    TOKEN_PATH,
    Api,
    MemoryShelf,
    Saying,
    gateway_to,
    html,
    running_api,
)
from wechat.errors import Trouble, WeChatError
from wechat.gateway import Gateway, OAuthVisitor

OPENID = "oABCdefghijklmnopqrstuvwxyz0"
SHORT_SECONDS = 0.15


@pytest.fixture
async def api() -> AsyncIterator[Api]:
    async with running_api() as api:
        yield api


@pytest.fixture
async def gateway(api: Api) -> AsyncIterator[Gateway]:
    async with gateway_to(api.base, MemoryShelf()) as gateway:
        yield gateway


async def template(gateway: Gateway, openid: str = OPENID) -> str:
    return await gateway.send_template(
        openid,
        template_id="T1",
        data={"thing1": "春游通知", "time2": "2026-11-22 08:00"},
        url="https://school.example/h5/n/1",
        client_msg_id="d-1",
    )


async def trouble_in(call: Any) -> WeChatError:
    with pytest.raises(WeChatError) as raised:
        await call
    # What is logged with a trace must not lead back to an address with a token in it.
    assert raised.value.__suppress_context__ or raised.value.__context__ is None
    return raised.value


# ------------------------------------------------------------------ what is sent


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


# ------------------------------------------------------------------ tokens


async def test_many_calls_at_once_ask_for_one_token(api: Api, gateway: Gateway) -> None:
    sent = await asyncio.gather(*(template(gateway, f"o{number}") for number in range(20)))
    assert sent == ["200228332"] * 20
    assert api.count(TOKEN_PATH) == 1


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_a_refused_token_is_replaced_once_for_all(
    api: Api, gateway: Gateway, code: int
) -> None:
    await template(gateway)
    api.next(TEMPLATE_PATH, *[{"errcode": code, "errmsg": "expired"}] * 10)
    sent = await asyncio.gather(*(template(gateway, f"o{number}") for number in range(10)))
    assert sent == ["200228332"] * 10
    assert api.count(TOKEN_PATH) == 2
    assert {token for path, token, _ in api.calls[-10:] if path == TEMPLATE_PATH} == {
        "token-2-/+=&"
    }


async def test_a_token_refused_for_ever_is_replaced_once(api: Api, gateway: Gateway) -> None:
    api.always(TEMPLATE_PATH, {"errcode": 40001, "errmsg": "invalid credential rid: 65a-b-c"})
    error = await trouble_in(template(gateway))
    assert (error.trouble, error.code, error.rid) == (Trouble.TOKEN, 40001, "65a-b-c")
    assert api.count(TOKEN_PATH) == 2
    assert api.count(TEMPLATE_PATH) == 2


async def test_wechat_insisting_on_a_token_it_refuses_is_not_asked_again_and_again(
    api: Api, gateway: Gateway
) -> None:
    api.always(TOKEN_PATH, {"access_token": "the-only-one", "expires_in": 7200})
    api.always(TEMPLATE_PATH, {"errcode": 40001, "errmsg": "invalid credential"})
    for _ in range(5):
        assert (await trouble_in(template(gateway))).trouble is Trouble.TOKEN
    assert api.count(TOKEN_PATH) == 2


async def test_a_token_that_another_process_has_replaced_is_taken_from_the_shelf(api: Api) -> None:
    shelf = MemoryShelf()
    async with gateway_to(api.base, shelf) as gateway:
        await template(gateway)
        shelf.kept[APP_ID] = "from-elsewhere"
        api.next(TEMPLATE_PATH, {"errcode": 42001, "errmsg": "expired"})
        await template(gateway)
    assert api.calls[-1][1] == "from-elsewhere"
    assert api.count(TOKEN_PATH) == 1


@pytest.mark.parametrize(("lifetime", "kept"), [(7200, 6960), (300, 150), (2, 1), (1, 1)])
async def test_a_token_leaves_the_shelf_before_it_ends(api: Api, lifetime: int, kept: int) -> None:
    shelf = MemoryShelf()
    api.always(TOKEN_PATH, {"access_token": "t", "expires_in": lifetime})
    async with gateway_to(api.base, shelf) as gateway:
        await template(gateway)
    assert shelf.ttls == [kept]


@pytest.mark.parametrize("code", [40001, 40125, 40013, 40164])
async def test_a_wrong_secret_is_a_matter_of_configuration(
    api: Api, gateway: Gateway, code: int
) -> None:
    api.always(TOKEN_PATH, {"errcode": code, "errmsg": "invalid appsecret rid: 1-2"})
    error = await trouble_in(template(gateway))
    assert (error.trouble, error.code, error.rid) == (Trouble.CONFIG, code, "1-2")
    assert len(api.calls) == 1


@pytest.mark.parametrize(
    "saying",
    [
        {"access_token": "", "expires_in": 7200},
        {"access_token": 5, "expires_in": 7200},
        {"access_token": "t"},
        {"access_token": "t", "expires_in": 0},
        {"access_token": "t", "expires_in": "7200"},
        {},
    ],
)
async def test_a_token_answer_that_is_none_is_not_believed(
    api: Api, gateway: Gateway, saying: dict[str, Any]
) -> None:
    api.always(TOKEN_PATH, saying)
    assert (await trouble_in(template(gateway))).trouble is Trouble.DOWN
    assert api.count(TEMPLATE_PATH) == 0


async def test_a_hanging_token_endpoint_means_down_for_all_who_wait(api: Api) -> None:
    api.always(TOKEN_PATH, HANG)
    async with gateway_to(api.base, MemoryShelf(), timeout_seconds=SHORT_SECONDS) as gateway:
        results = await asyncio.gather(
            *(gateway.send_text(f"o{number}", "hi") for number in range(5)), return_exceptions=True
        )
    assert [error.trouble for error in results if isinstance(error, WeChatError)] == [
        Trouble.DOWN
    ] * 5
    assert api.count(TOKEN_PATH) == 1
    assert api.count(CUSTOM_PATH) == 0


async def test_a_caller_that_gives_up_leaves_the_token_to_the_others(
    api: Api, gateway: Gateway
) -> None:
    api.next(TOKEN_PATH, HANG)
    hasty = asyncio.create_task(template(gateway, "o1"))
    await api.arrived(TOKEN_PATH)
    patient = asyncio.create_task(gateway.set_menu({"button": []}))
    await asyncio.sleep(0)
    hasty.cancel()
    assert await asyncio.wait_for(asyncio.wait([hasty]), 5)
    assert hasty.cancelled()
    assert not patient.done()
    api.release()
    assert (await trouble_in(patient)).trouble is Trouble.DOWN
    assert api.count(TOKEN_PATH) == 1


async def test_a_lock_that_never_comes_free_means_down(api: Api) -> None:
    class StuckShelf(MemoryShelf):
        def lock(self, name: str) -> Any:
            raise TimeoutError(name)

    async with gateway_to(api.base, StuckShelf()) as gateway:
        assert (await trouble_in(template(gateway))).trouble is Trouble.DOWN
    assert api.calls == []


# ------------------------------------------------------------------ retries


@pytest.mark.parametrize("code", [-1, 43108])
async def test_busy_three_times_and_then_done(api: Api, gateway: Gateway, code: int) -> None:
    api.next(CUSTOM_PATH, *[{"errcode": code, "errmsg": "system error"}] * 3)
    await gateway.send_text(OPENID, "hi")
    assert api.count(CUSTOM_PATH) == 4


@pytest.mark.parametrize(("code", "trouble"), [(-1, Trouble.BUSY), (43108, Trouble.CONCURRENT)])
async def test_busy_for_ever(api: Api, gateway: Gateway, code: int, trouble: Trouble) -> None:
    api.always(CUSTOM_PATH, {"errcode": code, "errmsg": "system error"})
    assert (await trouble_in(gateway.send_text(OPENID, "hi"))).trouble is trouble
    assert api.count(CUSTOM_PATH) == 4


@pytest.mark.parametrize(
    ("code", "trouble"),
    [
        (45009, Trouble.QUOTA),
        (43101, Trouble.REFUSED),
        (43004, Trouble.NOT_FOLLOWING),
        (47003, Trouble.PARAMETER),
        (45015, Trouble.WINDOW_CLOSED),
        (123456, Trouble.PARAMETER),
    ],
)
async def test_a_refusal_is_asked_once_and_named(
    api: Api, gateway: Gateway, code: int, trouble: Trouble
) -> None:
    api.always(TEMPLATE_PATH, {"errcode": code, "errmsg": "no: data.thing1.value rid: 1a-2b"})
    error = await trouble_in(template(gateway))
    assert (error.trouble, error.code, error.rid) == (trouble, code, "1a-2b")
    assert error.field == "thing1"
    assert api.count(TEMPLATE_PATH) == 1


@pytest.mark.parametrize("lost", [HANG, DROP])
async def test_a_text_whose_answer_is_lost_is_never_sent_again(api: Api, lost: str) -> None:
    api.always(CUSTOM_PATH, lost)
    async with gateway_to(api.base, MemoryShelf(), timeout_seconds=SHORT_SECONDS) as gateway:
        for call in (
            gateway.send_text(OPENID, "hi"),
            gateway.send_news(OPENID, title="t", description="d", url="https://s.example"),
        ):
            assert (await trouble_in(call)).trouble is Trouble.UNCERTAIN
    assert api.count(CUSTOM_PATH) == 2


@pytest.mark.parametrize("lost", [HANG, DROP])
async def test_a_template_whose_answer_is_lost_is_sent_once_more_under_its_id(
    api: Api, lost: str
) -> None:
    async with gateway_to(api.base, MemoryShelf(), timeout_seconds=SHORT_SECONDS) as gateway:
        api.next(TEMPLATE_PATH, lost)
        assert await template(gateway) == "200228332"
        sent = [payload for path, _, payload in api.calls if path == TEMPLATE_PATH]
        assert [payload["client_msg_id"] for payload in sent] == ["d-1", "d-1"]
        api.always(TEMPLATE_PATH, lost)
        assert (await trouble_in(template(gateway))).trouble is Trouble.UNCERTAIN
    assert api.count(TEMPLATE_PATH) == 4


async def test_a_lost_answer_to_a_question_is_no_answer(api: Api) -> None:
    api.always("/cgi-bin/menu/create", HANG)
    async with gateway_to(api.base, MemoryShelf(), timeout_seconds=SHORT_SECONDS) as gateway:
        assert (await trouble_in(gateway.set_menu({}))).trouble is Trouble.DOWN


# ------------------------------------------------------------------ answers that are none


@pytest.mark.parametrize(
    "saying",
    [
        html,
        lambda: web.Response(status=500, text='{"errcode": 0}'),
        lambda: web.Response(status=502, text="bad gateway"),
        lambda: web.Response(status=302, headers={"Location": "https://elsewhere.example/"}),
        lambda: web.Response(text=""),
        lambda: web.Response(text="[]"),
        lambda: web.Response(text='{"errcode": "0"}'),
        lambda: web.Response(text='{"errcode": true}'),
        lambda: web.Response(body=b'{"errmsg": "\xff"}'),
        lambda: web.Response(text="[" * 100_000),
        lambda: web.Response(text=" " * 1_100_000 + "{}"),
    ],
)
async def test_an_answer_that_is_none_means_down(api: Api, gateway: Gateway, saying: Any) -> None:
    api.next(CUSTOM_PATH, saying())
    assert (await trouble_in(gateway.send_text(OPENID, "hi"))).trouble is Trouble.DOWN
    assert api.count(CUSTOM_PATH) == 1


async def test_a_proxy_that_gave_up_waiting_leaves_it_open_what_happened(
    api: Api, gateway: Gateway
) -> None:
    api.next(CUSTOM_PATH, web.Response(status=504))
    assert (await trouble_in(gateway.send_text(OPENID, "hi"))).trouble is Trouble.UNCERTAIN


@pytest.mark.parametrize("saying", [{}, {"errmsg": "ok"}, {"msgid": 5, "errcode": 0}])
async def test_no_errcode_is_success(api: Api, gateway: Gateway, saying: Saying) -> None:
    api.next(TEMPLATE_PATH, saying)
    assert await template(gateway) in ("", "5")


async def test_nobody_listening_means_down(unused_tcp_port: int) -> None:
    shelf = MemoryShelf()
    shelf.kept[APP_ID] = "t"
    async with gateway_to(f"http://127.0.0.1:{unused_tcp_port}", shelf) as gateway:
        assert (await trouble_in(gateway.send_text(OPENID, "hi"))).trouble is Trouble.DOWN


async def test_a_gateway_that_was_not_started_says_so() -> None:
    shelf = MemoryShelf()
    shelf.kept[APP_ID] = "t"
    gateway = Gateway(app_id=APP_ID, secret=SECRET, api_base="", open_base="", tokens=shelf)
    with pytest.raises(RuntimeError, match="started"):
        await gateway.send_text(OPENID, "hi")


# ------------------------------------------------------------------ order and silence


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
        api.base, MemoryShelf(), connections=2, timeout_seconds=SHORT_SECONDS * 4
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
