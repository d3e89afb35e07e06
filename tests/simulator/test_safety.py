"""Content safety: the simulator asks for what WeChat asks for, and pushes its verdict on pictures."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.simulator.conftest import API, Bed

TEXT, MEDIA = "/wxa/msg_sec_check", "/wxa/media_check_async"


async def ask(bed: Bed, path: str, **changes: Any) -> dict[str, Any]:
    openid = bed.world.mini_openid(bed.world.users["li"])
    body = {"version": 2, "scene": 2, "openid": openid, "content": "你好"}
    if path == MEDIA:
        body |= {"media_url": f"{bed.base}/simulator/static/nothing.png", "media_type": 2}
    token = bed.world.mini_tokens.issue_stable(bed.clock(), force=False)[0]
    answer = await bed.raw("POST", API + path, {**body, **changes}, access_token=token)
    found: dict[str, Any] = json.loads(answer)
    return found


async def visit(bed: Bed) -> None:
    """Open the mini-program, as its client does."""
    code = (await bed.control("users/li/login", {}))["code"]
    query = {"appid": "wxmini", "secret": "demo-secret", "grant_type": "authorization_code"}
    await bed.raw("GET", f"{API}/sns/jscode2session", js_code=code, **query)


@pytest.fixture(autouse=True)
def plain(bed: Bed) -> None:
    assert bed.world.mini is not None
    bed.world.mini.mode = "plain"


@pytest.mark.parametrize("path", [TEXT, MEDIA])
async def test_who_was_not_there_for_two_hours_cannot_be_asked_about(bed: Bed, path: str) -> None:
    assert (await ask(bed, path))["errcode"] == 61010
    await visit(bed)
    assert (await ask(bed, path))["errcode"] == 0
    bed.clock.now += 2 * 3600
    assert (await ask(bed, path))["errcode"] == 61010


@pytest.mark.parametrize(
    ("path", "changes", "code"),
    [
        (TEXT, {"version": 1}, 47001),
        (TEXT, {"scene": 5}, 40129),
        (TEXT, {"openid": "oOfTheAccount"}, 43104),
        (TEXT, {"content": "字" * 2501}, 45002),
        (TEXT, {"content": ""}, 47001),
        (MEDIA, {"media_type": 3}, 47001),
        (MEDIA, {"media_url": "file:///etc/passwd"}, 47001),
    ],
)
async def test_what_wechat_refuses(bed: Bed, path: str, changes: dict[str, Any], code: int) -> None:
    await visit(bed)
    assert (await ask(bed, path, **changes))["errcode"] == code


async def test_a_verdict_is_no_error(bed: Bed) -> None:
    await visit(bed)
    await bed.control("safety", {"words": {"不好": "risky", "难说": "review"}})
    said = [await ask(bed, TEXT, content=text) for text in ("好", "难说", "难说，不好")]
    assert [(one["errcode"], one["result"]["suggest"]) for one in said] == [
        (0, "pass"),
        (0, "review"),
        (0, "risky"),
    ]


async def test_a_picture_is_fetched_and_the_verdict_pushed(bed: Bed) -> None:
    await visit(bed)
    await bed.control("safety", {"picture": "risky"})
    gone = await ask(bed, MEDIA)
    await bed.simulator.courier.settle()
    (event,) = bed.stand_in.got
    assert (event["Event"], event["trace_id"]) == ("wxa_media_check", gone["trace_id"])
    assert event["errcode"] == -1008
    await bed.control("safety", {"silent": True})
    await ask(bed, MEDIA)
    await bed.simulator.courier.settle()
    assert len(bed.stand_in.got) == 1
    refused = await bed.control("safety", {"picture": "perhaps"})
    assert refused["error"]["code"] == "refused"
