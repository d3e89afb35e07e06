"""The access token as the gateway uses it: asked for once, replaced once when it is refused."""

import asyncio
from typing import Any

import pytest

from tests.wechat.api import (
    APP_ID,
    CUSTOM_PATH,
    HANG,
    SHORT_SECONDS,
    TEMPLATE_PATH,
    TOKEN_PATH,
    Api,
    MemoryShelf,
    gateway_to,
    template,
    trouble_in,
)
from wechat.errors import Trouble, WeChatError
from wechat.gateway import Gateway


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


async def test_an_operator_can_try_whether_a_token_is_given(api: Api, gateway: Gateway) -> None:
    api.next(TOKEN_PATH, {"errcode": 40164, "errmsg": "invalid ip"})
    assert (await trouble_in(gateway.check_token())).trouble is Trouble.CONFIG
    await gateway.check_token()
    assert [path for path, _, _ in api.calls] == [TOKEN_PATH, TOKEN_PATH]


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
