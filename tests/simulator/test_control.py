"""The control API, the faults, OAuth, and a world that is saved and loaded."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from simulator import saving
from simulator.__main__ import make_world, read_arguments
from simulator.app import Simulator
from simulator.world import User, World
from tests.simulator.conftest import API, APP_ID, SECRET, Bed
from tests.simulator.test_api import SEND, message

AUTHORIZE = "/simulator/open/connect/oauth2/authorize"


# ---------------------------------------------------------------------------------------- faults


async def test_codes_are_used_up_in_order(bed: Bed) -> None:
    await bed.control("faults", {"fail": {SEND: [40001, 0, -1]}})
    codes = [(await bed.api(SEND, message(bed)))["errcode"] for _ in range(4)]
    assert codes == [40001, 0, -1, 0]
    assert len(bed.world.ledger) == 2
    calls = await bed.control("calls")
    assert calls[SEND] == {"40001": 1, "0": 2, "-1": 1}


async def test_a_code_for_ever_and_back(bed: Bed) -> None:
    await bed.control("faults", {"fail": {"*": 45009}})
    assert [(await bed.api(SEND, message(bed)))["errcode"] for _ in range(2)] == [45009] * 2
    await bed.control("faults", {"clear": True})
    assert (await bed.api(SEND, message(bed)))["errcode"] == 0


async def test_busy_for_two_calls(bed: Bed) -> None:
    await bed.control("faults", {"busy": 2})
    assert [(await bed.api(SEND, message(bed)))["errcode"] for _ in range(3)] == [-1, -1, 0]


async def test_a_lost_answer_has_its_effect(bed: Bed) -> None:
    await bed.control("faults", {"lose_answer": SEND})
    with pytest.raises(aiohttp.ClientError):
        await bed.api(SEND, message(bed))
    assert len(bed.world.ledger) == 1


async def test_html_instead_of_json(bed: Bed) -> None:
    await bed.control("faults", {"html": SEND})
    raw = await bed.raw("POST", API + SEND, message(bed), access_token="x")
    assert raw.startswith(b"<html>")
    assert bed.world.ledger == []


async def test_a_hanging_call_is_let_go_without_effect(bed: Bed) -> None:
    await bed.control("faults", {"hang": SEND})
    with pytest.raises(TimeoutError):
        async with bed.http.post(
            bed.base + API + SEND, data=b"{}", timeout=aiohttp.ClientTimeout(total=0.1)
        ):
            pytest.fail("it answered")
    await bed.control("faults", {"clear": True})
    assert bed.world.ledger == []


@pytest.mark.parametrize(
    "bad", [{"nonsense": 1}, {"fail": 3}, {"deliver": -1}, {"hang": 3}, {"quota": "x"}]
)
async def test_a_bad_fault_changes_nothing(bed: Bed, bad: dict[str, Any]) -> None:
    answer = await bed.control("faults", {"latency_ms": 50, **bad})
    assert answer["error"]["code"] == "refused"
    assert bed.world.faults.quiet


# --------------------------------------------------------------------------------------- control


async def test_people_are_added_in_bulk(bed: Bed) -> None:
    made = await bed.control("users", {"prefix": "p", "count": 10_000})
    assert len({user["openid"] for user in made}) == 10_000
    again = await bed.control("users", {"prefix": "p", "count": 1})
    assert again[0] == made[0]
    assert (await bed.control("state"))["following"] == 10_001


async def test_the_ledger_can_be_asked(bed: Bed) -> None:
    await bed.control("users/li/follow", {})
    await bed.api(SEND, message(bed, client_msg_id="a"))
    await bed.api(SEND, message(bed, "li", client_msg_id="a"))
    await bed.api(SEND, message(bed, "li", client_msg_id="b"))
    counts = await bed.control("ledger/counts")
    assert counts["total"] == 3
    assert counts["per_client_msg_id"] == {"a": 2, "b": 1}
    assert counts["per_openid"][bed.world.users["li"].openid] == 2
    rows = await bed.control("ledger", user="li", client_msg_id="b")
    assert [row["data"]["thing1"] for row in rows] == ["秋游通知"]
    assert len(await bed.control("ledger", after="2")) == 1


async def test_reset_forgets_traffic_and_keeps_people(bed: Bed) -> None:
    await bed.api(SEND, message(bed))
    await bed.control("faults", {"busy": True})
    assert await bed.control("reset", {}) == {"users": 2}
    assert bed.world.ledger == []
    assert bed.world.faults.quiet
    assert (await bed.control("ledger/counts"))["total"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("users/nobody/say", {"text": "x"}),
        ("users/wang/dance", {}),
        ("users/wang/say", {}),
        ("users/wang/say", {"text": "  "}),
        ("users/wang/follow", {}),
        ("users/li/say", {"text": "x"}),
        ("users/li/unfollow", {}),
        ("users", {"prefix": "p"}),
        ("users", {"users": [{"nonsense": 1}]}),
        ("nothing", {}),
        ("tokens", {"do": "dance"}),
        ("menu", {"button": []}),
        ("templates", {"id": "t", "title": "t", "keys": {"first": "x"}}),
        ("reset", b"["),
    ],
)
async def test_bad_control_is_refused_without_effect(bed: Bed, path: str, body: Any) -> None:
    answer = await bed.control(path, body)
    assert answer["error"]["code"]
    assert bed.stand_in.got == []
    assert bed.world.changes == 2


async def test_a_page_from_elsewhere_cannot_use_control(bed: Bed) -> None:
    url = bed.base + "/simulator/control/faults"
    for origin, status in (("https://evil.example", 403), (bed.base, 200)):
        async with bed.http.post(url, data=b'{"busy": 1}', headers={"Origin": origin}) as response:
            assert response.status == status
        assert bed.world.faults.busy == (1 if status == 200 else False)


# ----------------------------------------------------------------------------------------- OAuth


async def authorize(bed: Bed, cookie: str = "", **changes: str) -> tuple[int, str]:
    """Open the authorise address as a browser; status and where it leads (or the page)."""
    query = {
        "appid": APP_ID,
        "redirect_uri": "http://127.0.0.1:8000/as/li/h5/auth?next=%2Fh5%2F1",
        "response_type": "code",
        "scope": "snsapi_base",
        "state": "s1",
        **changes,
    }
    cookies = {"Cookie": f"sim_user={cookie}"} if cookie else {}
    async with bed.http.get(
        bed.base + AUTHORIZE, params=query, allow_redirects=False, headers=cookies
    ) as response:
        return response.status, response.headers.get("Location", "") or await response.text()


async def exchange(bed: Bed, code: str) -> dict[str, Any]:
    """Exchange a code."""
    query = {"appid": APP_ID, "secret": SECRET, "code": code, "grant_type": "authorization_code"}
    return await bed.api("/sns/oauth2/access_token", **query)


async def test_a_code_says_who_it_is_once(bed: Bed) -> None:
    status, target = await authorize(bed)
    query = parse_qs(urlsplit(target).query)
    assert status == 302
    assert target.startswith("http://127.0.0.1:8000/as/li/h5/auth?")
    assert (query["state"], query["next"]) == (["s1"], ["/h5/1"])
    answer = await exchange(bed, query["code"][0])
    assert answer["openid"] == bed.world.users["li"].openid
    assert "is_snapshotuser" not in answer
    assert (await exchange(bed, query["code"][0]))["errcode"] == 40163


async def test_codes_end_and_unknown_ones_are_refused(bed: Bed) -> None:
    _, target = await authorize(bed)
    bed.clock.now += 301
    code = parse_qs(urlsplit(target).query)["code"][0]
    assert (await exchange(bed, code))["errcode"] == 40029
    assert (await exchange(bed, "x"))["errcode"] == 40029
    assert (await exchange(bed, ""))["errcode"] == 41008


async def test_the_cookie_says_who_it_is_elsewhere(bed: Bed) -> None:
    plain = "http://127.0.0.1:8000/h5/auth"
    status, target = await authorize(bed, cookie="wang", redirect_uri=plain)
    code = parse_qs(urlsplit(target).query)["code"][0]
    assert status == 302
    assert (await exchange(bed, code))["openid"] == bed.world.users["wang"].openid
    status, page = await authorize(bed, redirect_uri=plain)
    assert (status, "请在微信客户端打开链接" in page) == (200, True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"appid": "wxother"}, "appid"),
        ({"response_type": "token"}, "response_type"),
        ({"scope": "all"}, "scope"),
        ({"state": "x" * 129}, "state"),
        ({"redirect_uri": "https://evil.example/as/li/"}, "10003"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri"),
        ({"redirect_uri": "http://127.0.0.1:8000/as/nobody/h5"}, "请在微信客户端打开链接"),
    ],
)
async def test_a_bad_authorise_request_is_a_page(
    bed: Bed, changes: dict[str, str], words: str
) -> None:
    status, page = await authorize(bed, **changes)
    assert (status, words in page) == (200, True)
    assert bed.world.codes == {}


async def test_a_snapshot_visitor_is_marked(bed: Bed) -> None:
    await bed.control("faults", {"snapshot_visitors": True})
    _, target = await authorize(bed)
    code = parse_qs(urlsplit(target).query)["code"][0]
    assert (await exchange(bed, code))["is_snapshotuser"] == 1


# ---------------------------------------------------------------------------------------- saving


async def test_a_saved_world_is_the_same_again(bed: Bed, tmp_path: Path) -> None:
    path = tmp_path / "deep" / "wechat.json"
    await bed.control("users/li/follow", {"scene": "class-7"})
    await bed.control("users/li/say", {"text": "你好"})
    made = await bed.control("scenes", {"scene": "class-7"})
    await bed.api("/cgi-bin/menu/get")
    saving.save(bed.world, path)

    fresh = World(bed.world.account, users=[User("li", "李明改名", show=True)], clock=bed.clock)
    assert saving.load(fresh, path)
    li = fresh.users["li"]
    assert (li.following, li.scene, li.name) == (True, "class-7", "李明改名")
    assert li.chat == bed.world.users["li"].chat
    assert fresh.by_openid[li.openid] is li
    assert fresh.find_window(li)[1] == 0
    assert fresh.scenes[made["url"]].scene == "class-7"
    assert fresh.tokens.refuse(bed.token, bed.clock()) == 0
    assert fresh.next_id() > int(li.chat[-1]["id"])


def test_nothing_saved_is_a_fresh_start(bed: Bed, tmp_path: Path) -> None:
    path = tmp_path / "wechat.json"
    assert not saving.load(bed.world, path)
    path.write_text(json.dumps({"version": 1, "app_id": "wxother"}))
    assert not saving.load(bed.world, path)
    assert set(bed.world.users) == {"wang", "li"}


async def test_closing_saves(bed: Bed, tmp_path: Path) -> None:
    path = tmp_path / "wechat.json"
    simulator = Simulator(bed.world, save_to=path)
    simulator.start()
    await simulator.close()
    assert json.loads(path.read_text())["app_id"] == APP_ID


def test_the_command_line_makes_a_world() -> None:
    template = '{"id": "t", "title": "试", "keys": {"thing1": "标题"}}'
    words = ["--callback", "http://a/1", "--callback", "http://b/2", "--users", "3"]
    more = ["--mini-callback", "http://a/m", "--template", template, "--no-finish-events"]
    world = make_world(read_arguments(words + more))
    assert world.account.callbacks == ["http://a/1", "http://b/2"]
    assert [user.key for user in world.users.values()] == ["u1", "u2", "u3"]
    assert list(world.templates) == ["t"]
    assert world.mini is not None
    assert not world.faults.finish_events
