"""Signing in from the mini-program: whose session it is, how it lives on a bad line, when it ends."""

from __future__ import annotations

from typing import Any

from domain.roles import Role
from services.people import learn_union, recognise
from tests.desk import appoint_at
from tests.miniapp.conftest import Device
from tests.town import SCHOOL, Town


async def test_the_accounts_person_and_the_mini_programs_are_one(
    town: Town, device: Device
) -> None:
    phone = await appoint_at(town, "wang", SCHOOL, Role.OFFICE, name="王芳")
    await learn_union(town.ctx, phone.user.openid)
    mini = device("wang")
    await mini.sign_in()
    me = (await mini.call("GET", "/me")).data
    assert me["person_id"] == await recognise(town.ctx, phone.user.openid)
    assert [p["called"] for p in me["places"]] == ["王芳"]


async def test_who_came_to_the_mini_program_first_is_joined_later(
    town: Town, device: Device
) -> None:
    mini = device("wang")
    await mini.sign_in()
    assert (await mini.call("GET", "/me")).data["places"] == []
    phone = await appoint_at(town, "wang", SCHOOL, Role.OFFICE, name="王芳")
    await phone.follow()
    await learn_union(town.ctx, phone.user.openid)
    await mini.sign_in()
    me = (await mini.call("GET", "/me")).data
    assert me["person_id"] == await recognise(town.ctx, phone.user.openid)
    assert len(me["places"]) == 1


async def test_a_login_code_works_once(town: Town, device: Device) -> None:
    mini = device("mother")
    code = await mini.login_code()
    assert (await mini.call("POST", "/sessions", {"code": code})).status == 200
    again = await mini.call("POST", "/sessions", {"code": code})
    assert (again.status, again.code) == (409, "sign_in_expired")
    invented = await mini.call("POST", "/sessions", {"code": "invented"})
    assert invented.status == 409
    assert await town.ctx.stores.database["bearers"].count_documents({}) == 1


async def test_a_refresh_whose_answer_was_lost_can_be_asked_again(device: Device) -> None:
    mini = device("mother")
    await mini.sign_in()
    lost = (await mini.call("POST", "/sessions/refresh", {"refresh_token": mini.refresh})).data
    again = (await mini.call("POST", "/sessions/refresh", {"refresh_token": mini.refresh})).data
    mini.access = again["access_token"]
    assert (await mini.call("GET", "/me")).status == 200
    mini.access = lost["access_token"]
    assert (await mini.call("GET", "/me")).code == "signed_out"


async def test_a_copied_refresh_token_ends_the_session(town: Town, device: Device) -> None:
    mini = device("mother")
    await mini.sign_in()
    stolen = mini.refresh
    fresh = (await mini.call("POST", "/sessions/refresh", {"refresh_token": stolen})).data
    mini.access = fresh["access_token"]
    assert (await mini.call("GET", "/me")).status == 200  # the answer has arrived
    used = await mini.call("POST", "/sessions/refresh", {"refresh_token": stolen})
    assert (used.status, used.code) == (401, "signed_out")
    assert (await mini.call("GET", "/me")).status == 401
    assert await town.ctx.stores.database["bearers"].count_documents({}) == 0


async def test_signing_out_here_and_everywhere(device: Device) -> None:
    first, second = device("mother"), device("mother")
    await first.sign_in()
    await second.sign_in()
    assert (await first.call("DELETE", "/sessions/mine")).data == {"done": True}
    assert (await first.call("GET", "/me")).status == 401
    assert (await second.call("GET", "/me")).status == 200
    await first.sign_in()
    await second.call("DELETE", "/sessions/all")
    assert [(await some.call("GET", "/me")).status for some in (first, second)] == [401, 401]


async def test_what_is_no_body_changes_nothing(town: Town, device: Device) -> None:
    mini = device("mother")
    bodies: list[Any] = [{}, {"code": 1}, {"code": "x", "more": 1}, [], "text"]
    for body in bodies:
        refused = await mini.call("POST", "/sessions", body)
        assert (refused.status, refused.code) == (422, "invalid")
    broken = await mini.call("POST", "/sessions", b"{", **{"Content-Type": "application/json"})
    assert broken.status == 422
    plain = await mini.call("POST", "/sessions", b"code=1", **{"Content-Type": "text/plain"})
    assert plain.status == 415
    assert await town.ctx.stores.database["bearers"].count_documents({}) == 0


async def test_a_stranger_gets_json_and_no_more(device: Device) -> None:
    mini = device("mother")
    for path, status in (("/me", 401), ("/nothing", 404), ("", 404)):
        refused = await mini.call("GET", path)
        assert refused.status == status
        assert set(refused.body["error"]) == {"code", "message", "fields"}
    wrong = await mini.call("GET", "/sessions")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "POST")


async def test_nothing_new_costs_next_to_nothing(device: Device) -> None:
    mini = device("mother")
    await mini.sign_in()
    first = await mini.call("GET", "/me")
    same = await mini.call("GET", "/me", **{"If-None-Match": first.headers["Etag"]})
    assert same.status == 304
    assert sum(len(k) + len(v) + 4 for k, v in same.headers.items()) < 280
