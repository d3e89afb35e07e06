"""Coming with an invitation: scanned, typed, opened; what it says, what it never says, and that it ends at once."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from domain.errors import NotFoundError
from domain.invitations import ALPHABET, Invitation, code_text
from domain.roles import Right
from services.invitations import (
    class_invitation,
    invite_children,
    invite_class,
    renew_class,
    revoke_invitation,
    revoke_of_class,
    scene_of,
    with_scene,
)
from services.people import Teaching, access_teaching, recognise
from services.turnouts import invitations_of
from tests.qrcodes import read_codes
from tests.town import OTHER_SCHOOL, Phone, Town, child_name, claim_text, school_class

OVER = "已经失效"
CLASS = school_class(1).id


async def teaching_of(town: Town, phone: Phone) -> Teaching:
    person = await recognise(town.ctx, phone.user.openid)
    return await access_teaching(town.ctx, person, Right.INVITE)


async def invited_class(town: Town) -> tuple[Teaching, Invitation]:
    """A school of three children, and the invitation of its class."""
    teaching = await teaching_of(town, await town.settle_school())
    return teaching, await invite_class(town.ctx, teaching, CLASS)


async def invited_child(town: Town, number: int = 1) -> tuple[Teaching, Invitation]:
    """The same, and the card of one of its children."""
    teaching = await teaching_of(town, await town.settle_school())
    cards = await invite_children(town.ctx, teaching, [CLASS])
    return teaching, cards[f"{CLASS}-{number:04d}"]


def page_of(invitation: Invitation) -> str:
    return f"/h5/i/{invitation.id}"


async def stored(town: Town, collection: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (
        await town.ctx.stores.database[collection].find(query).to_list(None)
    )
    return found


# -- the ways


@pytest.mark.parametrize("said", ["邀请码 {}", "邀请码：{}", "{}"])
async def test_a_typed_class_code_names_the_class_and_then_asks_for_the_child(
    town: Town, said: str
) -> None:
    _, invitation = await invited_class(town)
    parent = town.phone("parent")
    await parent.follow()
    heard = await parent.say(said.format(code_text(invitation.id).lower()))
    assert "青禾小学三年级1班" in heard
    assert "绑定成功" in await parent.say(claim_text(1))
    (binding,) = await stored(town, "bindings")
    assert binding["invitation_id"] == invitation.id


async def test_a_code_without_its_dash_is_read_and_a_child_called_like_one_is_a_child(
    town: Town,
) -> None:
    _, invitation = await invited_class(town)
    parent = town.phone("parent")
    await parent.follow()
    assert "没有找到" in await parent.say("Mary 2345")
    code = invitation.id
    if not code[4:].isdecimal() or not code[:4].isalpha():
        assert "三年级1班" in await parent.say(code)


async def test_with_a_childs_code_four_digits_are_enough(town: Town) -> None:
    _, card = await invited_child(town, 2)
    parent = town.phone("parent")
    await parent.follow()
    heard = await parent.say(f"邀请码 {code_text(card.id)}")
    assert f"{child_name(2)[0]}*" in heard
    assert child_name(2) not in heard
    assert child_name(2)[1:] not in heard
    assert "绑定成功" in await parent.say("１００２")
    (binding,) = await stored(town, "bindings")
    assert binding["student_id"] == card.student_id
    assert binding["invitation_id"] == card.id


async def test_a_childs_code_binds_to_no_other_child(town: Town) -> None:
    _, card = await invited_child(town, 2)
    parent = town.phone("parent")
    await parent.follow(scene_of(card))
    assert "没有找到" in await parent.say(claim_text(1))
    assert "需要班主任确认" in await parent.say("1001")
    assert await stored(town, "bindings") == []
    (claim,) = await stored(town, "claims")
    assert (claim["candidates"], claim["invitation_id"]) == ([card.student_id], card.id)


async def test_a_scanned_card_asks_for_digits_alone(town: Town) -> None:
    _, card = await invited_child(town, 3)
    parent = town.phone("parent")
    assert f"{child_name(3)[0]}*" in await parent.follow(scene_of(card))
    assert "绑定成功" in await parent.say("1003")
    # Scanned once more, say to follow on another day: nothing is asked of whoever is bound.
    assert "您已经绑定了" in await parent.scan(scene_of(card))


async def test_the_paper_opens_a_page_that_asks_for_digits_and_then_to_follow(town: Town) -> None:
    _, card = await invited_child(town, 2)
    parent = town.phone("parent")
    page = await parent.get(page_of(card))
    assert page.status == 200
    assert f"三年级1班 {child_name(2)[0]}*" in page.text
    assert child_name(2) not in page.text
    assert 'name="name"' not in page.text
    page = await parent.post(page_of(card), {"digits": "12"})
    assert page.status == 422
    assert "手机号的后四位数字" in page.text
    assert await stored(town, "bindings") == []
    page = await parent.post(page_of(card), {"digits": "1002"})
    assert "绑定成功" in page.text
    assert "还差一步" in page.text
    async with parent.client.get(parent.url(f"{page_of(card)}.png")) as answer:
        (said,) = read_codes(await answer.read())
    held = await town.ctx.stores.invitations.find(card.id)
    assert held is not None
    assert said == held.url
    assert "您已经绑定了" in await parent.follow(scene_of(card))
    assert "还差一步" not in (await parent.post(page_of(card), {"digits": "1002"})).text


async def test_the_class_sheet_opens_a_page_that_asks_for_name_and_digits(town: Town) -> None:
    _, invitation = await invited_class(town)
    parent = town.phone("parent")
    page = await parent.get(page_of(invitation))
    assert "三年级1班" in page.text
    assert 'name="name"' in page.text
    page = await parent.post(page_of(invitation), {"name": child_name(1), "digits": "8888"})
    assert "交给班主任确认" in page.text
    (claim,) = await stored(town, "claims")
    assert (claim["doubt"], claim["invitation_id"]) == ("phone", invitation.id)


async def test_a_code_typed_on_the_page_leads_to_its_invitation(town: Town) -> None:
    _, invitation = await invited_class(town)
    parent = town.phone("parent")
    page = await parent.get(f"/h5/i?code={code_text(invitation.id).lower()}")
    assert page.url.endswith(page_of(invitation))
    page = await parent.get("/h5/i?code=K7M3")
    assert page.status == 422
    assert "八个字母和数字" in page.text
    assert 'value="K7M3"' in page.text


async def test_the_class_qr_says_what_the_scanner_reads(town: Town) -> None:
    teacher = await town.settle_school()
    teaching = await teaching_of(town, teacher)
    page = await teacher.get("/h5/teach/invite")
    async with teacher.client.get(teacher.url(f"/h5/teach/invite/{CLASS}.png")) as answer:
        (said,) = read_codes(await answer.read())
    (invitation,) = await stored(town, "invitations")
    assert said == invitation["url"]
    assert f'data-qr-url="{said}"' in page.text
    assert f'data-qr-scene="class_{invitation["_id"]}"' in page.text
    assert code_text(invitation["_id"]) in page.text
    held = await class_invitation(town.ctx, teaching, CLASS)
    assert held is not None
    assert (await with_scene(town.ctx, held)).url == said  # nothing is asked of WeChat twice


async def test_without_wechat_the_qr_is_our_own_address(town: Town) -> None:
    teacher = await town.settle_school()
    await teacher.get("/h5/")
    town.faults(html=["*"])
    page = await teacher.get("/h5/teach/invite")
    assert page.status == 200
    (invitation,) = await stored(town, "invitations")
    async with teacher.client.get(teacher.url(f"/h5/teach/invite/{CLASS}.png")) as answer:
        (said,) = read_codes(await answer.read())
    assert said.endswith(f"/h5/i/{invitation['_id']}")


async def test_wechats_qr_is_renewed_when_it_nears_its_end_and_the_code_stays(town: Town) -> None:
    _, invitation = await invited_class(town)
    first = await with_scene(town.ctx, invitation)
    assert first.url_until is not None
    later = replace(town.ctx, now=lambda: first.url_until)
    second = await with_scene(later, first)
    assert second.url != first.url
    assert scene_of(second) == scene_of(first)
    assert (await town.ctx.stores.invitations.find(invitation.id)) == second


# -- guessing


async def test_eleven_wrong_codes_are_enough_for_an_hour_in_chat_and_on_pages(town: Town) -> None:
    _, invitation = await invited_class(town)
    guesser = town.phone("guesser")
    await guesser.follow()
    wrong = [c * 8 for c in ALPHABET[:10]]
    for number, code in enumerate(wrong):
        if number % 2:
            assert "没有这个邀请码" in await guesser.say(f"邀请码 {code}")
        else:
            page = await guesser.get(f"/h5/i/{code}")
            assert page.status == 404
            assert "没有这个邀请" in page.text
    assert "试的次数有点多" in await guesser.say(f"邀请码 {invitation.id}")
    page = await guesser.get(page_of(invitation))
    assert page.status == 429
    assert "三年级1班" not in page.text
    assert await stored(town, "invitation_visits") == []
    # Somebody else with the right code is not held up by it.
    assert "三年级1班" in (await town.phone("parent").get(page_of(invitation))).text


async def test_a_wrong_number_on_a_card_is_counted_as_guessing_at_this_child(town: Town) -> None:
    _, card = await invited_child(town, 2)
    for account in range(2):
        guesser = town.phone(f"guesser{account}")
        await guesser.follow(scene_of(card))
        for digits in range(7000, 7010):
            await guesser.say(f"邀请码 {card.id}")
            assert "需要班主任确认" in await guesser.say(str(digits + account * 10))
    lucky = town.phone("lucky")
    await lucky.follow(scene_of(card))
    assert "需要班主任确认" in await lucky.say("1002")
    assert await stored(town, "bindings") == []


async def test_an_invented_code_with_a_form_binds_nobody(town: Town) -> None:
    await town.settle_school()
    parent = town.phone("parent")
    for code in ("invented", "K" * 8, "x" * 200):
        page = await parent.post(f"/h5/i/{code}", {"name": child_name(1), "digits": "1001"})
        assert page.status == 404
    assert await stored(town, "bindings") == []
    assert await stored(town, "claims") == []


# -- the end


async def test_doing_it_twice_makes_nothing_twice(town: Town) -> None:
    teaching, _ = await invited_class(town)
    first = await invite_children(town.ctx, teaching, [CLASS])
    assert await invite_children(town.ctx, teaching, [CLASS]) == first
    assert await invite_class(town.ctx, teaching, CLASS) == await invite_class(
        town.ctx, teaching, CLASS
    )
    assert len(await stored(town, "invitations")) == 4
    acts = [entry["act"] for entry in await stored(town, "audit")]
    assert acts == ["invitation_made", "invitation_made"]


# -- who came


async def test_who_came_is_counted_by_person_however_often_they_come(town: Town) -> None:
    teaching, invitation = await invited_class(town)
    card = (await invite_children(town.ctx, teaching, [CLASS]))[f"{CLASS}-0001"]
    one, two, three = (town.phone(key) for key in ("one", "two", "three"))
    for _ in range(3):
        await one.get(page_of(invitation))
    await one.follow(scene_of(card))
    assert "绑定成功" in await one.say("1001")
    await two.follow(scene_of(invitation))
    assert "需要班主任确认" in await two.say(f"{child_name(2)} 9999")
    await three.follow(scene_of(invitation))
    (stand,) = await invitations_of(town.ctx, teaching, teaching.classes)
    people = {k: await recognise(town.ctx, p.user.openid) for k, p in town.phones.items()}
    assert stand.people.opened == {people[k] for k in ("one", "two", "three")}
    assert stand.people.asked == {people["one"], people["two"]}
    assert stand.people.bound == {people["one"]}
    assert stand.by_class.bound == frozenset()
    steps = {card.student.number: card.step for card in stand.cards}
    assert steps == {1: "bound", 2: "new", 3: "new"}


async def test_whoever_made_it_is_not_counted(town: Town) -> None:
    teacher = await town.settle_school()
    teaching = await teaching_of(town, teacher)
    invitation = await invite_class(town.ctx, teaching, CLASS)
    assert (await teacher.get(page_of(invitation))).status == 200
    assert await stored(town, "invitation_visits") == []


# -- whose it is


async def test_another_schools_head_teacher_neither_sees_nor_ends_it(town: Town) -> None:
    _, card = await invited_child(town, 1)
    rival = await town.settle_school(teacher="rival", school=OTHER_SCHOOL, children=1)
    foreign = await teaching_of(town, rival)
    for refused in (
        revoke_invitation(town.ctx, foreign, card.id),
        revoke_of_class(town.ctx, foreign, CLASS, children=True),
        renew_class(town.ctx, foreign, CLASS),
        invite_class(town.ctx, foreign, CLASS),
        invite_children(town.ctx, foreign, [CLASS]),
        invitations_of(town.ctx, foreign, [school_class(1)]),
    ):
        with pytest.raises(NotFoundError):
            await refused
    for action in ("make", "renew", "revoke", "wall", "cards"):
        page = await rival.post("/h5/teach/invite", {"class": CLASS, "action": action})
        assert page.status == 404
    absent = await rival.get("/h5/teach/invite/nothing/sheet?kind=cards")
    page = await rival.get(f"/h5/teach/invite/{CLASS}/sheet?kind=cards")
    assert page.status == absent.status == 404
    assert page.text == absent.text
    assert (await town.ctx.stores.invitations.find(card.id)) == card
    assert len(await stored(town, "invitations")) == 3


async def test_a_stranger_without_wechat_learns_nothing(town: Town) -> None:
    _, card = await invited_child(town, 1)
    async with (
        aiohttp.ClientSession() as client,
        client.get(town.base + page_of(card), allow_redirects=False) as answer,
    ):
        assert answer.status == 302
        assert not re.search(child_name(1)[0], await answer.text())
    assert await stored(town, "invitation_visits") == []
