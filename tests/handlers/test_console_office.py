"""The administrators' pages over HTTP: what is shown to whom, what a form does, and that strangers change nothing."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit

import pytest
from openpyxl import load_workbook

from domain.audit import Act
from domain.roles import Role
from services.bearers import SignedOutError, access_bearer, start_bearer
from services.people import recognise
from tests.desk import Browser, appoint_at, number_of, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import (
    DISTRICT,
    NEIGHBOUR,
    OTHER_SCHOOL,
    SCHOOL,
    a_class,
    settle_city,
    settle_staff,
)
from tests.services.test_offers import acts, stored
from tests.town import Phone, Town


@pytest.fixture
async def desks(quiet_town: Town) -> AsyncIterator[list[Browser]]:
    """Browsers that are closed at the end."""
    opened: list[Browser] = []
    yield opened
    for desk in opened:
        await desk.client.close()


async def at_desk(desks: list[Browser], phone: Phone) -> Browser:
    """Somebody at a desk of their own."""
    desk = Browser(phone.town)
    desks.append(desk)
    await sign_in_at_desk(desk, phone)
    return desk


def field(text: str, name: str) -> str:
    """What a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found is not None
    return unescape(found[1])


def links(text: str) -> list[str]:
    """Where the QRs of a page lead to."""
    return [urlsplit(found).path for found in re.findall(r'data-qr-url="([^"]+)"', text)]


async def test_a_role_is_offered_scanned_and_ended(quiet_town: Town, desks: list[Browser]) -> None:
    town = quiet_town
    chen = await at_desk(desks, await settle_staff(town))
    form = await chen.open("/console/roles/offer?role=head_teacher")
    sent = {
        "role": "head_teacher",
        "name": "赵海",
        "class": a_class(3).id,
        "token": field(form.text, "token"),
    }
    first = await chen.send("/console/roles/offer", sent)
    again = await chen.send("/console/roles/offer", sent)
    assert (first.status, again.status) == (200, 200)
    (path,) = links(first.text)
    assert links(again.text) == [path]
    listed = await chen.open("/console/roles")
    assert "等待接受的邀请" in listed.text
    assert path.rpartition("/")[2] not in listed.text
    zhao = town.phone("zhao", following=True)
    assert "三年级3班班主任" in (await zhao.get(path)).text
    assert (await zhao.post(path, {"name": "赵老师"})).status == 200
    assert "赵老师" in (await chen.open("/console/roles")).text
    person = await recognise(town.ctx, zhao.user.openid)
    (held,) = await town.ctx.stores.appointments.of_person(person, town.ctx.now())
    asked = await chen.open(f"/console/roles/end?id={held.id}")
    assert "审核家长的绑定申请" in asked.text
    ended = await chen.send("/console/roles/end", {"id": held.id})
    assert "任职已结束" in ended.text
    assert (await zhao.get("/h5/teach/")).status == 404
    assert (await acts(town, SCHOOL.id))[-1] is Act.APPOINTMENT_ENDED


async def test_a_wrong_form_comes_back_with_what_was_typed(
    quiet_town: Town, desks: list[Browser]
) -> None:
    chen = await at_desk(desks, await settle_staff(quiet_town))
    before = await stored(quiet_town)
    mean = {"role": "office", "name": '"><script>x', "until": "2020-01-01", "token": "x" * 32}
    refused = await chen.send("/console/roles/offer", mean)
    assert refused.status == 422
    assert "这一天已经过去了" in refused.text
    assert 'value="2020-01-01"' in refused.text
    assert "<script>x" not in refused.text
    assert await stored(quiet_town) == before


async def test_a_sheet_of_cards_is_the_same_sheet_when_it_is_sent_again(
    quiet_town: Town, desks: list[Browser]
) -> None:
    chen = await at_desk(desks, await settle_staff(quiet_town))
    page = await chen.open("/console/roles/heads")
    key = field(page.text, "key")
    sheets = [await chen.send("/console/roles/heads", {"key": key}) for _ in range(2)]
    assert sheets[0].text.count('class="invite-card"') == 8
    assert re.findall(r"<path[^>]+>", sheets[0].text) == re.findall(r"<path[^>]+>", sheets[1].text)
    offers = await quiet_town.ctx.stores.offers.of_place(school_id=SCHOOL.id)
    assert len(offers) == 8


async def test_a_revoked_link_opens_nothing(quiet_town: Town, desks: list[Browser]) -> None:
    chen = await at_desk(desks, await settle_staff(quiet_town))
    form = await chen.open("/console/roles/offer?role=office")
    sent = {"role": "office", "name": "李", "token": field(form.text, "token")}
    (path,) = links((await chen.send("/console/roles/offer", sent)).text)
    (offer,) = await quiet_town.ctx.stores.offers.of_place(school_id=SCHOOL.id)
    assert "邀请已作废" in (await chen.send("/console/roles/revoke", {"offer": offer.id})).text
    stranger = quiet_town.phone("stranger")
    assert (await stranger.get(path)).status == 404
    assert (await stranger.post(path, {"name": "x"})).status == 404


async def test_a_district_brings_in_a_schools_administrator(
    quiet_town: Town, desks: list[Browser]
) -> None:
    await settle_city(quiet_town)
    zhi = await at_desk(desks, quiet_town.phone("zhi"))
    assert "还没有具体负责人" in (await zhi.open(f"/console/roles?place={NEIGHBOUR.id}")).text
    form = await zhi.open(f"/console/roles/offer?role=school_admin&place={NEIGHBOUR.id}")
    sent = {
        "role": "school_admin",
        "name": "钱进",
        "place": NEIGHBOUR.id,
        "token": field(form.text, "token"),
    }
    (path,) = links((await zhi.send("/console/roles/offer", sent)).text)
    assert "云杉小学" in (await quiet_town.phone("qian").get(path)).text
    await quiet_town.phone("qian").post(path, {"name": "钱进"})
    page = await zhi.open(f"/console/places?at={DISTRICT.id}")
    assert "钱进" in page.text
    assert "还没有负责人" not in page.text


async def test_strangers_reach_nothing_and_change_nothing(
    quiet_town: Town, desks: list[Browser]
) -> None:
    """An administrator of another district, of another school, and somebody of the office."""
    await settle_city(quiet_town)
    chen = await settle_staff(quiet_town)
    await appoint_at(quiet_town, "rival", OTHER_SCHOOL, Role.SCHOOL_ADMIN)
    own = (
        await quiet_town.ctx.stores.appointments.of_person(
            await recognise(quiet_town.ctx, chen.user.openid), quiet_town.ctx.now()
        )
    )[0]
    desk = await at_desk(desks, chen)
    page = await desk.open("/console/roles/offer?role=office")
    offered = {"role": "office", "name": "李", "token": field(page.text, "token")}
    await desk.send("/console/roles/offer", offered)
    (offer,) = await quiet_town.ctx.stores.offers.of_place(school_id=SCHOOL.id)
    intruders = [await at_desk(desks, quiet_town.phone(key)) for key in ("feng", "rival", "li")]
    before = await stored(quiet_town)
    for intruder in intruders:
        for path in (
            f"/console/roles?place={SCHOOL.id}",
            f"/console/roles/offer?role=school_admin&place={SCHOOL.id}",
            f"/console/roles/end?id={own.id}",
            f"/console/places?at={DISTRICT.id}",
            f"/console/places/edit?place={SCHOOL.id}",
        ):
            assert (await intruder.open(path)).status == 404, path
        for path, form in (
            ("/console/roles/offer", offered | {"role": "school_admin", "place": SCHOOL.id}),
            ("/console/roles/revoke", {"offer": offer.id, "place": SCHOOL.id}),
            ("/console/roles/end", {"id": own.id}),
            ("/console/places/edit", {"place": SCHOOL.id, "name": "x", "below": "fushan"}),
        ):
            assert (await intruder.send(path, form)).status == 404, path
    assert await stored(quiet_town) == before


@pytest.mark.parametrize(
    "path",
    [
        "/console/roles/offer",
        "/console/roles/heads",
        "/console/roles/end",
        "/console/places/new",
        "/console/settings",
        "/console/audit/export",
        "/console/settings/sign-out",
    ],
)
async def test_a_form_without_this_sessions_token_changes_nothing(
    quiet_town: Town, desks: list[Browser], path: str
) -> None:
    await settle_city(quiet_town)
    desk = await at_desk(desks, quiet_town.phone("yu"))
    before = await stored(quiet_town)
    status, _ = await desk.post(path, csrf="forged", name="x", id="x")
    assert status == 403
    assert await stored(quiet_town) == before
    assert (await desk.open("/console/places")).status == 200


async def test_settings_are_shown_before_they_are_saved(
    quiet_town: Town, desks: list[Browser]
) -> None:
    chen = await at_desk(desks, await settle_staff(quiet_town))
    form = [
        ("name", SCHOOL.name),
        ("stages", "primary"),
        ("stages", "junior"),
        ("system", "six_three"),
        ("approval_hours", "24"),
        ("keeper", "head_teacher"),
        ("claim_days", "10"),
        ("local_subjects", ""),
    ]
    shown = await chen.send("/console/settings", [*form, ("action", "check")])
    assert "小学、初中" in shown.text
    assert "10 天" in shown.text
    assert await quiet_town.ctx.stores.schools.find_school(SCHOOL.id) == SCHOOL
    seen = field(shown.text, "seen")
    saved = await chen.send("/console/settings", [*form, ("action", "save"), ("seen", seen)])
    assert "设置已保存" in saved.text
    stale = [*form[:-2], ("claim_days", "20"), form[-1], ("action", "save"), ("seen", seen)]
    again = await chen.send("/console/settings", stale)
    assert (again.status, "别处改过" in again.text, "20 天" in again.text) == (409, True, True)
    school = await quiet_town.ctx.stores.schools.find_school(SCHOOL.id)
    assert school is not None
    assert school.rules.claim_days == 10


async def test_signing_out_everywhere_ends_the_phones_and_the_mini_programs_session_too(
    quiet_town: Town, desks: list[Browser]
) -> None:
    phone = await settle_staff(quiet_town)
    chen, other = await at_desk(desks, phone), await at_desk(desks, phone)
    person = await recognise(quiet_town.ctx, phone.user.openid)
    tokens = await start_bearer(quiet_town.ctx, person, "openid")
    await chen.send("/console/settings/sign-out")
    for desk in (chen, other):
        assert "/console/sign-in" in (await desk.open("/console/")).url
    assert await quiet_town.ctx.stores.sessions.end_all(person) == 0
    with pytest.raises(SignedOutError):
        await access_bearer(quiet_town.ctx, tokens.access)


async def test_the_log_is_read_narrowed_exported_and_checked(
    quiet_town: Town, desks: list[Browser]
) -> None:
    town, chen = quiet_town, await settle_staff(quiet_town)
    desk = await at_desk(desks, chen)
    page = await desk.open("/console/audit")
    assert "陈静（学校管理员）</b>登录了管理后台" in page.text
    narrowed = await desk.open("/console/audit?act=claim_approved")
    assert "没有找到" in narrowed.text
    wrong = await desk.open("/console/audit?since=yesterday")
    assert (wrong.status, "日期不对" in wrong.text) == (422, True)
    checked = await desk.send("/console/audit/check")
    assert "最近 1 条记录完整" in checked.text
    async with desk.client.post(
        town.base + "/console/audit/export", data={"csrf": await desk.csrf()}
    ) as answer:
        assert answer.status == 200
        sheet = load_workbook(io.BytesIO(await answer.read())).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [row[6] for row in rows[1:]] == ["导出操作记录", "登录管理台"]
    assert str(rows[1][2]).startswith("陈静（")
    assert rows[1][3] == "学校管理员"
    database = town.ctx.stores.database
    await database["audit"].update_one({"seq": 1}, {"$set": {"actor.role": "office"}})
    assert "第 1 条记录有问题" in (await desk.send("/console/audit/check")).text


async def test_the_log_names_who_acted_from_above_and_who_has_gone(
    quiet_town: Town, desks: list[Browser]
) -> None:
    town = quiet_town
    await settle_city(town)
    zhi, chen = await at_desk(desks, town.phone("zhi")), await at_desk(desks, town.phone("chen"))
    form = {
        "place": SCHOOL.id,
        "name": "青禾一小",
        "stages": "primary",
        "system": "six_three",
        "below": "zhifu",
    }
    await zhi.send("/console/places/edit", form)
    person = await recognise(town.ctx, town.phone("zhi").user.openid)
    for held in await town.ctx.stores.appointments.of_person(person, town.ctx.now()):
        await town.ctx.stores.appointments.end(held.id, town.ctx.now())
    page = await chen.open("/console/audit")
    assert "郑磊（芝罘区 · 区县管理员）" in page.text
    assert "青禾一小" in page.text


async def test_a_log_of_many_pages_is_turned_by_its_cursor(
    quiet_town: Town, desks: list[Browser]
) -> None:
    phone = await settle_staff(quiet_town)
    desk = await at_desk(desks, phone)
    for number in range(60):
        form = {"role": "office", "name": f"李{number}", "token": f"{number:032d}"}
        await desk.send("/console/roles/offer", form)
    first = await desk.open("/console/audit")
    assert first.text.count("<time") == 50
    found = re.search(r'href="([^"]+)">更早的记录', first.text)
    assert found is not None
    second = await desk.open(unescape(found[1]))
    assert second.text.count("<time") == 11
    assert "更早的记录" not in second.text


async def test_signing_in_is_noted_where_it_opens_something(
    quiet_town: Town, desks: list[Browser]
) -> None:
    phone = await settle_staff(quiet_town)
    await appoint_at(quiet_town, "chen", NEIGHBOUR, Role.OFFICE)
    desk = Browser(quiet_town)
    desks.append(desk)
    path = await desk.begin()
    _, wrong = await number_of(quiet_town, path)
    await phone.post(path, {"number": str(wrong)})
    path = await desk.begin()
    await phone.post(path, {})  # it was not me
    await sign_in_at_desk(desk, phone)
    refused, happened = Act.SIGN_IN_REFUSED, Act.SIGNED_IN
    for place in (SCHOOL.id, NEIGHBOUR.id):
        assert await acts(quiet_town, place) == [refused, refused, happened]
    (entry,) = await quiet_town.ctx.stores.audit.stretch(SCHOOL.id, 3, 1)
    assert entry.actor.address == "127.0.0.1"


# -------------------------------------------------------------------------- between two places


async def test_one_tap_switches_between_places_on_the_phone(quiet_town: Town) -> None:
    town = quiet_town
    await settle_staff(town)
    await town.ctx.stores.schools.save_classes([a_class(1, NEIGHBOUR)])
    wang = await appoint_at(
        town, "wang", NEIGHBOUR, Role.SUBJECT_TEACHER, class_id=a_class(1, NEIGHBOUR).id
    )
    first = await wang.get("/h5/")
    assert "切换" in first.text
    other = NEIGHBOUR if f'<p class="row-note">{SCHOOL.name} ·' in first.text else SCHOOL
    switched = await wang.post("/h5/switch", {"place": other.id})
    assert "已切换" in switched.text
    assert f'<p class="row-note">{other.name} ·' in switched.text
    for stranger in (OTHER_SCHOOL.id, "", "nowhere"):
        assert (await wang.post("/h5/switch", {"place": stranger})).status == 404
    assert f'<p class="row-note">{other.name} ·' in (await wang.get("/h5/")).text


async def test_who_is_nobody_any_more_where_they_switched_to_falls_back(quiet_town: Town) -> None:
    town = quiet_town
    await settle_staff(town)
    liu = await appoint_at(town, "liu", NEIGHBOUR, Role.SCHOOL_ADMIN, name="刘芸")
    await town.ctx.stores.schools.save_classes([a_class(1, NEIGHBOUR)])
    await liu.post("/h5/switch", {"place": NEIGHBOUR.id})
    assert "刘芸老师，您好" in (await liu.get("/h5/")).text
    person = await recognise(town.ctx, liu.user.openid)
    for held in await town.ctx.stores.appointments.of_person(person, town.ctx.now()):
        if held.school_id == NEIGHBOUR.id:
            at = town.ctx.now() - timedelta(seconds=1)
            await town.ctx.stores.appointments.end(held.id, at)
    page = await liu.get("/h5/")
    assert "刘老师，您好" in page.text
    assert "切换" not in page.text
    assert (await liu.get("/h5/teach/")).status == 200


async def test_who_has_a_region_alone_is_told_where_the_work_is(quiet_town: Town) -> None:
    page = await (await settle_city(quiet_town)).get("/h5/")
    assert "烟台市 · 市级管理员" in page.text
    assert "电脑" in page.text
