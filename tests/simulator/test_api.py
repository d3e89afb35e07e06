"""The API refuses what WeChat refuses, with its codes, and a refused call has no effect."""

import asyncio
import json
from typing import Any

import pytest

from simulator.tokens import TokenDesk, TooOften
from tests.simulator.conftest import API, APP_ID, SECRET, Bed

SEND = "/cgi-bin/message/template/send"
CUSTOM = "/cgi-bin/message/custom/send"
GOOD = {
    "thing1": "秋游通知",
    "thing2": "三年级二班",
    "thing3": "王芳",
    "time4": "2026-11-22 15:01",
    "thing5": "请在周五前确认",
}


def message(bed: Bed, user: str = "wang", **changes: Any) -> dict[str, Any]:
    """A template message that is good until changed; `data` changes single fields."""
    data = {**GOOD, **changes.pop("data", {})}
    return {
        "touser": bed.world.users[user].openid,
        "template_id": "yanshu-notice",
        "url": "https://school.example.cn/h5/1",
        "data": {key: {"value": value} for key, value in data.items() if value is not None},
        **changes,
    }


async def test_a_good_template_message_arrives_and_is_reported(bed: Bed) -> None:
    answer = await bed.api(SEND, message(bed))
    assert answer["errcode"] == 0
    await bed.control("settle", {})
    assert [e["kind"] for e in bed.world.users["wang"].chat] == ["template"]
    finish = bed.stand_in.got[-1]
    assert finish["Event"] == "TEMPLATESENDJOBFINISH"
    assert (finish["MsgID"], finish["Status"]) == (str(answer["msgid"]), "success")


@pytest.mark.parametrize(
    ("changes", "code", "word"),
    [
        ({"touser": "o-nobody"}, 40003, "openid"),
        ({"touser": 7}, 40003, "openid"),
        ({"template_id": "nope"}, 40037, "template"),
        ({"data": {"thing1": "字" * 21}}, 47003, "data.thing1.value"),
        ({"data": {"thing1": ""}}, 47003, "data.thing1.value"),
        ({"data": {"thing3": None}}, 47003, "data.thing3.value"),
        ({"data": {"thing9": "多"}}, 47003, "data.thing9.value"),
        ({"data": {"thing5": "两\n行"}}, 47003, "data.thing5.value"),
        ({"data": {"time4": "明天下午"}}, 47003, "data.time4.value"),
        ({"url": "http://elsewhere.cn/"}, 40048, "url"),
        ({"url": "javascript:alert(1)"}, 40048, "url"),
        ({"url": "http://127.0.0.1:80000/"}, 40048, "url"),
        ({"url": "https://a.cn/" + "x" * 1024}, 40039, "url"),
    ],
)
async def test_a_bad_template_message_is_refused_without_effect(
    bed: Bed, changes: dict[str, Any], code: int, word: str
) -> None:
    answer = await bed.api(SEND, message(bed, **changes))
    assert answer["errcode"] == code
    assert word in answer["errmsg"]
    assert "rid: " in answer["errmsg"]
    assert bed.world.ledger == []
    assert bed.world.users["wang"].chat == []


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("thing", "二十个字以内", "字" * 21),
        ("phrase", "已确认", "共六个汉字了"),
        ("phrase", "进行中", "OK"),
        ("character_string", "A-12", "编号12"),
        ("number", "12.5", "十二"),
        ("letter", "abc", "abc1"),
        ("symbol", "!?", "!?!?!?"),
        ("amount", "￥12.50元", "十二元"),
        ("phone_number", "+86-139-0000-0000", "一三九"),
        ("car_number", "青A12345", "青A123456789"),
        ("name", "欧阳小明", "十一个汉字的名字太长了"),
        ("name", "Alexander Hamilton", "A" * 21),
        ("time", "2026年11月22日 15:01", "25:99"),
        ("date", "2026年11月22日", "下周一"),
        ("time", "15:01~16:00", "15点"),
    ],
)
async def test_each_keyword_type_has_its_limit(bed: Bed, kind: str, good: str, bad: str) -> None:
    key = f"{kind}1"
    await bed.control("templates", {"id": "t", "title": "试", "keys": {key: "字段"}})
    for value, code in ((good, 0), (bad, 47003)):
        body = message(bed, template_id="t") | {"data": {key: {"value": value}}}
        assert (await bed.api(SEND, body))["errcode"] == code


async def test_who_does_not_follow_gets_43004(bed: Bed) -> None:
    assert (await bed.api(SEND, message(bed, "li")))["errcode"] == 43004
    assert bed.world.ledger == []


async def test_client_msg_id_delivers_once_in_ten_minutes(bed: Bed) -> None:
    body = message(bed, client_msg_id="n1")
    first = await bed.api(SEND, body)
    assert await bed.api(SEND, body) == first
    assert len(bed.world.ledger) == 1
    bed.clock.now += 601
    assert (await bed.api(SEND, body))["msgid"] != first["msgid"]
    assert bed.world.per_client_id["n1"] == 2


async def test_two_sends_at_once_to_one_person_get_43108(bed: Bed) -> None:
    await bed.control("faults", {"latency_ms": 100})
    answers = await asyncio.gather(*(bed.api(SEND, message(bed)) for _ in range(2)))
    assert sorted(answer["errcode"] for answer in answers) == [0, 43108]
    assert len(bed.world.ledger) == 1


async def test_quota_runs_out(bed: Bed) -> None:
    await bed.control("faults", {"quota": 1})
    codes = [(await bed.api(SEND, message(bed)))["errcode"] for _ in range(2)]
    assert codes == [0, 45009]


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"", 44002), (b"{", 47001), (b"[]", 47001), (b'{"touser": "\xff"}', 47001)],
)
async def test_a_broken_body_is_refused(bed: Bed, body: bytes, code: int) -> None:
    assert (await bed.api(SEND, body))["errcode"] == code


async def test_wrong_method_and_unknown_path(bed: Bed) -> None:
    assert (await bed.api(SEND))["errcode"] == 43002
    assert (await bed.api("/cgi-bin/menu/get", {}))["errcode"] == 43001
    assert (await bed.api("/cgi-bin/nothing"))["errcode"] == 40066


# ---------------------------------------------------------------------------------------- tokens


async def ask_token(bed: Bed, **changes: Any) -> dict[str, Any]:
    """Ask for a stable token."""
    body = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET, **changes}
    raw = await bed.raw("POST", API + "/cgi-bin/stable_token", body)
    answer: dict[str, Any] = json.loads(raw)
    return answer


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"appid": ""}, 41002),
        ({"appid": "wxother"}, 40013),
        ({"secret": ""}, 41004),
        ({"secret": "wrong"}, 40125),
        ({"grant_type": "x"}, 40002),
    ],
)
async def test_a_stable_token_needs_the_right_words(
    bed: Bed, changes: dict[str, Any], code: int
) -> None:
    assert (await ask_token(bed, **changes))["errcode"] == code


async def test_a_stable_token_stays_until_five_minutes_before_its_end(bed: Bed) -> None:
    first = await ask_token(bed)
    bed.clock.now += 6000
    again = await ask_token(bed)
    assert again == {"access_token": first["access_token"], "expires_in": 1200}
    bed.clock.now += 1000
    new = await ask_token(bed)
    assert new["access_token"] != first["access_token"]
    for token, code in ((first["access_token"], 46003), (new["access_token"], 46003)):
        assert (await bed.api("/cgi-bin/menu/get", access_token=token))["errcode"] == code
    bed.clock.now += 201
    old = await bed.api("/cgi-bin/menu/get", access_token=first["access_token"])
    assert old["errcode"] == 42001


async def test_forcing_ends_the_old_token_and_is_limited(bed: Bed) -> None:
    first = await ask_token(bed)
    second = await ask_token(bed, force_refresh=True)
    assert second["access_token"] != first["access_token"]
    refused = await bed.api("/cgi-bin/menu/get", access_token=first["access_token"])
    assert refused["errcode"] == 40001
    assert (await ask_token(bed, force_refresh=True))["errcode"] == 45011


def test_forcing_is_limited_to_twenty_a_day() -> None:
    desk = TokenDesk()
    for minute in range(20):
        desk.issue_stable(minute * 60, force=True)
    with pytest.raises(TooOften) as caught:
        desk.issue_stable(20 * 60, force=True)
    assert caught.value.code == 45009


@pytest.mark.parametrize(("token", "code"), [("", 41001), ("short", 40014), ("x" * 130, 40001)])
async def test_a_bad_token_is_refused(bed: Bed, token: str, code: int) -> None:
    answer = await bed.api("/cgi-bin/menu/get", access_token=token)
    assert answer["errcode"] == code


@pytest.mark.parametrize(("act", "code"), [("expire", 42001), ("revoke", 40001)])
async def test_tokens_can_be_ended_by_control(bed: Bed, act: str, code: int) -> None:
    await bed.api("/cgi-bin/menu/get")
    await bed.control("tokens", {"do": act})
    assert (await bed.api("/cgi-bin/menu/get"))["errcode"] == code


async def test_the_old_token_family_is_apart(bed: Bed) -> None:
    stable = (await ask_token(bed))["access_token"]
    query = {"grant_type": "client_credential", "appid": APP_ID, "secret": SECRET}
    tokens = [(await bed.api("/cgi-bin/token", **query))["access_token"] for _ in range(2)]
    bed.clock.now += 301
    codes = [
        (await bed.api("/cgi-bin/menu/get", access_token=token))["errcode"]
        for token in (*tokens, stable)
    ]
    assert codes == [42001, 46003, 46003]


# --------------------------------------------------------------- customer service, QR, menu, info


async def custom(bed: Bed, text: str = "您好", **more: Any) -> int:
    """Send a customer-service message to 王芳; its code."""
    openid = bed.world.users["wang"].openid
    body = {"touser": openid, "msgtype": "text", "text": {"content": text}, **more}
    code: int = (await bed.api(CUSTOM, body))["errcode"]
    return code


async def test_customer_service_windows(bed: Bed) -> None:
    assert await custom(bed) == 45015
    await bed.control("users/wang/scan", {"scene": "any"})
    assert [await custom(bed) for _ in range(4)] == [0, 0, 0, 45047]
    await bed.control("users/wang/say", {"text": "在吗"})
    assert [await custom(bed) for _ in range(6)] == [0, 0, 0, 0, 0, 45047]
    bed.clock.now += 48 * 3600 + 1
    bed.token = ""  # that one has ended too
    assert await custom(bed) == 45015
    assert bed.world.per_openid[bed.world.users["wang"].openid] == 8


async def test_customer_service_checks_what_is_said(bed: Bed) -> None:
    await bed.control("users/wang/say", {"text": "在吗"})
    news = {"articles": [{"title": "通知", "url": "http://127.0.0.1:8000/h5/1"}]}
    assert await custom(bed, "长" * 683) == 45002
    assert await custom(bed, "") == 47003
    assert await custom(bed, msgtype="sticker") == 40008
    assert await custom(bed, msgtype="news", news={"articles": []}) == 45008
    assert await custom(bed, msgtype="news", news=news) == 0
    assert [e["kind"] for e in bed.world.users["wang"].chat] == ["text", "news"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({}, None),
        ({"action_name": "QR"}, 40052),
        ({"action_info": {"scene": {"scene_str": "x" * 65}}}, 40053),
        ({"action_info": {"scene": {}}}, 40053),
        ({"action_info": 1}, 40053),
        ({"expire_seconds": 2_592_001}, 40053),
        ({"expire_seconds": "60"}, 40053),
    ],
)
async def test_qr_codes(bed: Bed, changes: dict[str, Any], code: int | None) -> None:
    body = {
        "action_name": "QR_STR_SCENE",
        "expire_seconds": 600,
        "action_info": {"scene": {"scene_str": "class-7"}},
        **changes,
    }
    answer = await bed.api("/cgi-bin/qrcode/create", body)
    assert answer.get("errcode") == code
    assert len(bed.world.scenes) == (2 if code is None else 0)
    if code is None:
        assert bed.world.scenes[answer["url"]].scene == "class-7"


def click(name: str = "通知", **more: Any) -> dict[str, Any]:
    """A menu button."""
    return {"type": "click", "name": name, "key": "k", **more}


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([click()], 0),
        ([click(), {"name": "更多", "sub_button": [click()] * 5}], 0),
        ([], 40016),
        ([click()] * 4, 40016),
        ([click("六个汉字过长")], 40018),
        ([click(type="dance")], 40017),
        ([click(key="")], 40019),
        ([click(type="view", url="ftp://x")], 40020),
        ([{"name": "更多", "sub_button": [click()] * 6}], 40023),
        ([{"name": "更多", "sub_button": [click("长" * 21)]}], 40025),
        ([{"name": "更多", "sub_button": [click(key="x" * 129)]}], 40026),
    ],
)
async def test_menus(bed: Bed, buttons: list[Any], code: int) -> None:
    raw = json.dumps({"button": buttons}, ensure_ascii=False).encode()
    assert (await bed.api("/cgi-bin/menu/create", raw))["errcode"] == code
    assert (bed.world.menu is not None) == (code == 0)


async def test_an_escaped_menu_is_refused(bed: Bed) -> None:
    assert (await bed.api("/cgi-bin/menu/create", {"button": [click()]}))["errcode"] == 40033
    assert bed.world.menu is None


async def test_user_info_gives_no_names(bed: Bed) -> None:
    wang, li = bed.world.users["wang"], bed.world.users["li"]
    info = await bed.api("/cgi-bin/user/info", openid=wang.openid)
    assert info["subscribe"] == 1
    assert "nickname" not in info
    assert await bed.api("/cgi-bin/user/info", openid=li.openid) == {
        "subscribe": 0,
        "openid": li.openid,
    }
    assert (await bed.api("/cgi-bin/user/info", openid="o"))["errcode"] == 40003


async def test_the_page_ticket_stays_for_its_time(bed: Bed) -> None:
    first = await bed.api("/cgi-bin/ticket/getticket", type="jsapi")
    bed.clock.now += 100
    again = await bed.api("/cgi-bin/ticket/getticket", type="jsapi")
    assert (again["ticket"], again["expires_in"]) == (first["ticket"], 7100)
