"""One phone on two families: nobody binds through it until a person has decided, and the next list remembers."""

from pathlib import Path

import pytest

from domain.audit import Act
from domain.bindings import BindingState
from domain.errors import ConflictError, NotFoundError
from services.people import recognise
from services.quarantine import (
    ClosedGroup,
    drop_line,
    quarantined,
    settle_as_siblings,
    settle_for_nobody,
    settle_for_one,
)
from services.roster_turns import roster_turn
from tests.flows.offices import LI, WANG, ZHANG, Desk
from tests.town import Town

SHARED = [*WANG[:4], LI[4], ""]


@pytest.fixture
async def desk(quiet_town: Town, tmp_path: Path) -> Desk:
    desk = Desk(quiet_town, tmp_path)
    await desk.applied(await desk.tried(LI, WANG, ZHANG))
    return desk


async def closed(desk: Desk) -> ClosedGroup:
    (group,) = await quarantined(desk.ctx, desk.post)
    return group


async def acts(desk: Desk) -> list[str]:
    found = desk.ctx.stores.database["audit"].find({"chain": "qinghe"}, sort=[("seq", 1)])
    return [d["act"] for d in await found.to_list(None) if "contact" in d["act"]]


async def test_who_shares_a_phone_stands_together_with_who_is_bound(desk: Desk) -> None:
    await desk.town.phone("father").follow()
    assert "绑定成功" in await desk.town.phone("father").say("李小明 1234")
    await desk.applied(await desk.tried(LI, SHARED, ZHANG))
    group = await closed(desk)
    assert group.phone_last4 == "1234"
    assert [(line.student.name, line.class_name, line.bound) for line in group.lines] == [
        ("李小明", "三年级一班", 1),
        ("王小红", "三年级一班", 0),
    ]


async def test_siblings_bind_again_and_the_same_list_asks_no_more(desk: Desk) -> None:
    await desk.applied(await desk.tried(LI, SHARED, ZHANG))
    group = await closed(desk)
    await settle_as_siblings(desk.ctx, desk.post, group.id, group.line_ids)
    assert await quarantined(desk.ctx, desk.post) == []
    assert await acts(desk) == [Act.CONTACT_RELEASED] * 2
    again = await desk.tried(LI, SHARED, ZHANG)
    assert (again.found.quarantined, again.found.unchanged) == (0, 3)
    await desk.town.phone("mother").follow()
    assert "绑定成功" in await desk.town.phone("mother").say("王小红 1234")
    third = [*ZHANG[:4], LI[4], ""]
    await desk.applied(await desk.tried(LI, SHARED, third))
    assert len((await closed(desk)).lines) == 3


async def test_a_phone_given_to_one_child_ends_what_was_bound_to_the_others(desk: Desk) -> None:
    await desk.applied(await desk.tried(LI, [*WANG[:4], "13900001234", ""], ZHANG))
    for key, text in (("father", "李小明 1234"), ("other", "王小红 1234")):
        await desk.town.phone(key).follow()
        assert "绑定成功" in await desk.town.phone(key).say(text)
    await desk.applied(await desk.tried(LI, SHARED, ZHANG))
    group = await closed(desk)
    li = next(line.student.id for line in group.lines if line.student.name == "李小明")
    await settle_for_one(desk.ctx, desk.post, group.id, li, group.line_ids)
    assert "李" in await desk.town.phone("father").say("我的孩子")
    assert "还没有绑定" in await desk.town.phone("other").say("我的孩子")
    assert set(await desk.lines()) == {"李小明", "张三丰"}
    assert await acts(desk) == [Act.CONTACT_RELEASED, Act.CONTACT_DROPPED]
    again = await desk.tried(LI, SHARED, ZHANG)
    assert (again.found.quarantined, again.found.unchanged) == (0, 3)


async def test_a_wrong_line_goes_alone_and_the_others_still_wait(desk: Desk) -> None:
    await desk.applied(await desk.tried(LI, SHARED, [*ZHANG[:4], LI[4], ""]))
    group = await closed(desk)
    gone = next(line for line in group.lines if line.student.name == "张三丰")
    await drop_line(desk.ctx, desk.post, group.id, gone.contact.id, group.line_ids)
    rest = await closed(desk)
    assert [line.student.name for line in rest.lines] == ["李小明", "王小红"]
    assert await acts(desk) == [Act.CONTACT_DROPPED]
    person = await recognise(desk.ctx, desk.town.phone("somebody").user.openid)
    bound = await desk.ctx.stores.bindings.active_of_person(person)
    assert [b for b in bound if b.state is BindingState.ACTIVE] == []


async def test_what_changed_meanwhile_or_is_not_theirs_is_refused(desk: Desk) -> None:
    await desk.applied(await desk.tried(LI, SHARED, ZHANG))
    group, before = await closed(desk), await desk.everything()
    with pytest.raises(ConflictError):
        await settle_as_siblings(desk.ctx, desk.post, group.id, group.line_ids[:1])
    with pytest.raises(NotFoundError):
        await settle_for_one(desk.ctx, desk.post, group.id, "nobody", group.line_ids)
    with pytest.raises(NotFoundError):
        await drop_line(desk.ctx, desk.post, group.id, "nothing", group.line_ids)
    with pytest.raises(NotFoundError):
        await settle_as_siblings(desk.ctx, desk.post, "other", group.line_ids)
    async with roster_turn(desk.ctx, "qinghe", "王老师"):
        with pytest.raises(ConflictError):
            await settle_as_siblings(desk.ctx, desk.post, group.id, group.line_ids)
    assert await desk.everything() == before


async def test_a_phone_of_no_family_goes_from_all_of_them(desk: Desk) -> None:
    await desk.applied(await desk.tried(LI, SHARED, [*ZHANG[:4], LI[4], ""]))
    group = await closed(desk)
    await settle_for_nobody(desk.ctx, desk.post, group.id, group.line_ids)
    assert (await quarantined(desk.ctx, desk.post), await desk.lines()) == ([], {})
    assert await acts(desk) == [Act.CONTACT_DROPPED] * 3
