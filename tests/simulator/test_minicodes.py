"""The mini-program's codes: the simulator refuses what WeChat refuses, and its picture can be read."""

from typing import Any

import pytest

from simulator.answers import Refusal
from simulator.api import Api, Call
from simulator.minicodes import draw_mini_code
from simulator.world import Account, World
from tests.qrcodes import read_codes
from tests.simulator.conftest import AES_KEY, APP_ID, SECRET, TOKEN

GOOD: dict[str, Any] = {"scene": "K7M3Q2XP", "page": "pages/bind/index", "check_path": False}
PATH = "/wxa/getwxacodeunlimit"
MINI_ID, MINI_SECRET = "wxfedcba9876543210", "mini-secret"


@pytest.fixture
def world() -> World:
    return World(
        Account(APP_ID, SECRET, TOKEN, AES_KEY, []),
        mini=Account(MINI_ID, MINI_SECRET, TOKEN, AES_KEY, []),
        public_url="http://school.example",
    )


def test_the_picture_says_page_and_scene(world: World) -> None:
    (said,) = read_codes(draw_mini_code(world, GOOD))
    assert said.endswith("?page=pages%2Fbind%2Findex&scene=K7M3Q2XP")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"scene": ""}, 40129),
        ({"scene": "x" * 33}, 40129),
        ({"scene": "50%"}, 40129),
        ({"scene": "班"}, 40129),
        ({"scene": None}, 40129),
        ({"page": "/pages/bind/index"}, 40097),
        ({"page": "pages/bind/index?a=1"}, 40097),
        ({"width": 100}, 40097),
        ({"check_path": True}, 41030),
    ],
)
def test_what_wechat_refuses(world: World, changes: dict[str, Any], code: int) -> None:
    with pytest.raises(Refusal) as refused:
        draw_mini_code(world, GOOD | changes)
    assert refused.value.code == code


def test_the_two_accounts_have_tokens_of_their_own(world: World) -> None:
    api = Api(world, lambda *_: None, lambda *_: None)
    query = {"grant_type": "client_credential"}
    api.token(Call("GET", "", {**query, "appid": APP_ID, "secret": SECRET}, b""))
    api.token(Call("GET", "", {**query, "appid": MINI_ID, "secret": MINI_SECRET}, b""))
    body = b'{"scene":"s","check_path":false}'
    own = api.run(Call("POST", PATH, {"access_token": world.mini_tokens.plain}, body))
    other = api.run(Call("POST", PATH, {"access_token": world.tokens.plain}, body))
    assert own.startswith(b"\x89PNG")
    assert b'"errcode":40001' in other
    with pytest.raises(Refusal):
        api.token(Call("GET", "", {**query, "appid": MINI_ID, "secret": SECRET}, b""))
