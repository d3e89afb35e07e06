"""Invitations at a desk: made, counted, printed and revoked; another school's are not there."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from domain.invitations import code_text
from domain.roles import Right, Role
from services.invitations import invite_children, invite_class
from services.people import Teaching, access_teaching, recognise
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.qrcodes import read_codes
from tests.town import OTHER_SCHOOL, SCHOOL, Town, child_name, school_class

CLASS = school_class(1).id
HOME = "/console/invitations"
PAGE = f"{HOME}/{CLASS}"


@asynccontextmanager
async def at_desk(town: Town, key: str, role: Role, school: Any = SCHOOL) -> AsyncIterator[Browser]:
    """Somebody of a school at a desk, signed in as people do."""
    phone = await appoint_at(town, key, school, role)
    desk = Browser(town)
    await sign_in_at_desk(desk, phone)
    try:
        yield desk
    finally:
        await desk.client.close()


async def teaching_in(town: Town, key: str) -> Teaching:
    person = await recognise(town.ctx, town.phone(key).user.openid)
    return await access_teaching(town.ctx, person, Right.INVITE)


async def stored(town: Town, collection: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await town.ctx.stores.database[collection].find(query).to_list(None)
    )
    return found


async def test_the_office_makes_prints_exchanges_and_ends_a_classs_invitation(
    quiet_town: Town,
) -> None:
    town = quiet_town
    await town.settle_school(classes=2)
    async with at_desk(town, "office", Role.OFFICE) as desk:
        page = await desk.open(HOME)
        assert "三年级1班" in page.text
        assert await stored(town, "invitations") == []  # looking makes nothing
        page = await desk.send(PAGE, {"action": "make"})
        (made,) = await stored(town, "invitations")
        assert "新的邀请已生成" in page.text
        assert code_text(made["_id"]) in page.text
        page = await desk.send(PAGE, {"action": "wall"})
        assert page.url.endswith(f"/sheet?kind=wall&class={CLASS}")
        assert f"邀请码 {code_text(made['_id'])}" in page.text
        await desk.send(PAGE, {"action": "renew"})
        first, second = sorted(await stored(town, "invitations"), key=lambda d: d["created_at"])
        assert first["revoked_at"] is not None
        assert second["revoked_at"] is None
        page = await desk.send(PAGE, {"action": "revoke"})
        assert "现在没有有效的班级邀请" in page.text
        assert "没有可以打印的邀请" in (await desk.open(f"{HOME}/sheet?class={CLASS}")).text
    acts = [e["act"] for e in await stored(town, "audit") if e["act"].startswith("invitation")]
    assert acts == [f"invitation_{a}" for a in ("made", "revoked", "made", "revoked")]


async def test_a_whole_grade_is_printed_with_what_is_missing_made(quiet_town: Town) -> None:
    town = quiet_town
    await town.settle_school(classes=2)
    async with at_desk(town, "office", Role.OFFICE) as desk:
        page = await desk.send(HOME, {"action": "cards", "grade": "3"})
        assert page.url.endswith("/sheet?kind=cards&grade=3")
        assert page.text.count('class="card"') == 6
        assert page.text.count('class="paper cards"') == 2  # every class on paper of its own
        assert page.text.count(child_name(2)) == 2
        await desk.send(HOME, {"action": "cards", "grade": "3"})
        assert len(await stored(town, "invitations")) == 6
        page = await desk.open(HOME)
        assert page.text.count("3 / 3 张") == 2
        for form in ({"action": "cards", "grade": "9"}, {"action": "burn", "grade": "3"}, {}):
            assert (await desk.send(HOME, form)).status == 404
    assert len(await stored(town, "invitations")) == 6


async def test_one_card_ends_and_the_others_stay(quiet_town: Town) -> None:
    town = quiet_town
    await town.settle_school()
    async with at_desk(town, "office", Role.OFFICE) as desk:
        cards = await invite_children(town.ctx, await teaching_in(town, "teacher"), [CLASS])
        gone = cards[f"{CLASS}-0002"]
        page = await desk.send(PAGE, {"action": "revoke_card", "invitation": gone.id})
        assert "2 / 3 张" in page.text
        page = await desk.send(PAGE, {"action": "revoke_card", "invitation": "nothing"})
        assert page.status == 404
        assert len(await stored(town, "invitations", revoked_at=None)) == 2
        sheet = await desk.open(f"{HOME}/sheet?kind=cards&class={CLASS}")
        assert "有 1 个孩子还没有卡" in sheet.text
        assert child_name(2) not in sheet.text


async def test_all_cards_end_only_with_their_number_typed(quiet_town: Town) -> None:
    town = quiet_town
    await town.settle_school()
    async with at_desk(town, "office", Role.OFFICE) as desk:
        await invite_children(town.ctx, await teaching_in(town, "teacher"), [CLASS])
        assert "<b>3</b> 张学生卡" in (await desk.open(f"{PAGE}/cards")).text
        for typed in ("", "2", "三", "3x"):
            page = await desk.send(f"{PAGE}/cards", {"count": typed})
            assert page.status == 422
            assert "数字不对" in page.text
        assert len(await stored(town, "invitations", revoked_at=None)) == 3
        page = await desk.send(f"{PAGE}/cards", {"count": " 3 "})
        assert "已全部作废" in page.text
        assert await stored(town, "invitations", revoked_at=None) == []
    (entry,) = await stored(town, "audit", act="invitation_revoked")
    assert entry["before"] == {"count": 3}


async def test_a_head_teacher_at_a_desk_has_their_own_class_alone(quiet_town: Town) -> None:
    town = quiet_town
    await town.settle_school(classes=2)
    phone = await appoint_at(town, "head", SCHOOL, Role.HEAD_TEACHER, class_id=CLASS)
    desk = Browser(town)
    await sign_in_at_desk(desk, phone)
    page = await desk.open(HOME)
    assert "三年级1班" in page.text
    assert "三年级2班" not in page.text
    assert (await desk.open(f"{HOME}/{school_class(2).id}")).status == 404
    await desk.client.close()


@pytest.mark.parametrize(
    "form",
    [
        {"action": "make"},
        {"action": "renew"},
        {"action": "revoke"},
        {"action": "wall"},
        {"action": "cards"},
        {"action": "revoke_card"},
    ],
)
async def test_another_schools_office_finds_no_such_class_and_changes_nothing(
    quiet_town: Town, form: dict[str, str]
) -> None:
    town = quiet_town
    await town.settle_school()
    teaching = await teaching_in(town, "teacher")
    own = await invite_class(town.ctx, teaching, CLASS)
    await invite_children(town.ctx, teaching, [CLASS])
    await town.settle_school(teacher="rival", school=OTHER_SCHOOL)
    before = await stored(town, "invitations")
    theirs = f"{HOME}/{school_class(1, OTHER_SCHOOL).id}"
    async with at_desk(town, "foreign", Role.OFFICE, OTHER_SCHOOL) as desk:
        for path in (PAGE, f"{PAGE}/cards", f"{PAGE}/mini", f"{HOME}/sheet?class={CLASS}"):
            assert (await desk.open(path)).status == 404
        assert (await desk.send(PAGE, {**form, "invitation": own.id})).status == 404
        assert (await desk.send(f"{PAGE}/cards", {"count": "3"})).status == 404
        other = {"action": "revoke_card", "invitation": own.id}
        assert (await desk.send(theirs, other)).status == 404
    assert await stored(town, "invitations") == before


async def test_the_mini_programs_code_carries_the_invite_code(quiet_town: Town) -> None:
    town = quiet_town
    await town.settle_school()
    async with at_desk(town, "office", Role.OFFICE) as desk:
        assert (await desk.open(f"{PAGE}/mini")).status == 404  # not invited yet
        await desk.send(PAGE, {"action": "make"})
        (made,) = await stored(town, "invitations")
        assert "小程序码" in (await desk.open(PAGE)).text
        async with desk.client.get(f"{town.base}{PAGE}/mini") as answer:
            assert answer.headers["Content-Type"] == "image/png"
            (said,) = read_codes(await answer.read())
    assert said.endswith(f"scene={made['_id']}")


async def test_a_school_without_classes_is_told_what_comes_first(quiet_town: Town) -> None:
    async with at_desk(quiet_town, "office", Role.OFFICE) as desk:
        page = await desk.open(HOME)
        assert page.status == 200
        assert "先导入学校名册" in page.text
