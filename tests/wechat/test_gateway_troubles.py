"""The gateway against a server that errs in every way WeChat and the net between can."""

from typing import Any

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
    Saying,
    gateway_to,
    html,
    template,
    trouble_in,
)
from wechat.errors import Trouble
from wechat.gateway import Gateway


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
