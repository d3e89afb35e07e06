"""The mini-program's codes: a picture comes back, or WeChat's error as JSON, on the same address."""

import pytest
from aiohttp import web

from tests.wechat.api import DROP, TOKEN_PATH, Api, html, trouble_in
from wechat.errors import Trouble
from wechat.mini import MiniGateway

PATH = "/wxa/getwxacodeunlimit"
JPEG = b"\xff\xd8\xff\xe0 a picture"


def picture(body: bytes = JPEG) -> web.Response:
    return web.Response(body=body, content_type="image/jpeg")


async def test_a_picture_for_a_scene(api: Api, gateway: MiniGateway) -> None:
    api.next(PATH, picture())
    assert await gateway.create_mini_code("K7M3Q2XP", page="pages/bind/index") == JPEG
    assert api.calls[-1][2] == {
        "scene": "K7M3Q2XP",
        "page": "pages/bind/index",
        "check_path": False,
        "env_version": "release",
    }


@pytest.mark.parametrize("scene", ["", "x" * 33, "带汉字", "50%", "a b", "a\n"])
async def test_a_scene_that_wechat_would_refuse_is_not_asked_for(
    api: Api, gateway: MiniGateway, scene: str
) -> None:
    with pytest.raises(ValueError):
        await gateway.create_mini_code(scene, page="pages/bind/index")
    assert api.calls == []


async def test_a_refused_token_is_exchanged_once(api: Api, gateway: MiniGateway) -> None:
    api.next(PATH, {"errcode": 40001, "errmsg": "invalid credential"}, picture())
    assert await gateway.create_mini_code("s", page="p") == JPEG
    assert api.count(TOKEN_PATH) == 2


@pytest.mark.parametrize(
    ("code", "trouble"),
    [(40129, Trouble.PARAMETER), (41030, Trouble.CONFIG), (45009, Trouble.QUOTA)],
)
async def test_an_error_comes_as_json_where_a_picture_was_asked_for(
    api: Api, gateway: MiniGateway, code: int, trouble: Trouble
) -> None:
    api.next(PATH, {"errcode": code, "errmsg": "no"})
    error = await trouble_in(gateway.create_mini_code("s", page="p"))
    assert (error.trouble, error.code) == (trouble, code)


async def test_what_is_no_picture_is_no_answer(api: Api, gateway: MiniGateway) -> None:
    for saying in (html(), picture(b""), picture(b"{}"), DROP):
        api.next(PATH, saying)
        assert (await trouble_in(gateway.create_mini_code("s", page="p"))).trouble is Trouble.DOWN
