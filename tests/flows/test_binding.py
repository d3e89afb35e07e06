"""A parent follows, binds a child, and is told plainly what became of it."""

import asyncio

from domain.bindings import ClaimState
from services.alerts import tell_about_claim
from services.invitations import invite_class, scene_of
from services.people import access_teaching, recognise
from tests.town import Town, child_name, claim_text
from tests.waiting import wait_until


async def test_a_follower_is_welcomed_with_a_link_and_binds_by_typing(town: Town) -> None:
    await town.settle_school()
    parent = town.phone("parent")
    assert "/h5/bind" in await parent.follow()
    assert "手机号后四位" in await parent.say("绑定")
    assert "绑定成功" in await parent.say(claim_text(1))
    assert child_name(1)[0] in await parent.say("我的孩子")
    assert "已经绑定" in await parent.say(claim_text(1))


async def test_an_unknown_child_binds_nobody_and_says_what_to_check(town: Town) -> None:
    await town.settle_school()
    parent = town.phone("parent")
    await parent.follow()
    assert "没有找到" in await parent.say(f"{child_name(1)} 9999")
    assert "还没有绑定" in await parent.say("我的孩子")


async def test_a_second_adult_on_the_same_line_waits_for_the_family(town: Town) -> None:
    teacher = await town.settle_school()
    mother = await town.settle_guardian("mother", 1)
    other = town.phone("other")
    await other.follow()
    assert "先请家人" in await other.say(claim_text(1))
    assert "还没有绑定" in await other.say("我的孩子")

    page = await teacher.get("/h5/teach/claims")
    assert child_name(1) in page.text
    assert "由家人先确认" in page.text
    assert child_name(1) in (await mother.get("/h5/children")).text


async def test_by_the_class_code_a_wrong_number_waits_instead_of_failing(town: Town) -> None:
    teacher = await town.settle_school()
    person = await recognise(town.ctx, teacher.user.openid)
    teaching = await access_teaching(town.ctx, person)
    invitation = await invite_class(town.ctx, teaching, teaching.classes[0].id)
    parent = town.phone("parent")
    assert "三年级1班" in await parent.follow(scene_of(invitation))
    assert "需要班主任确认" in await parent.say(f"{child_name(2)} 8888")


async def test_guessing_is_stopped_after_ten_tries(town: Town) -> None:
    await town.settle_school()
    guesser = town.phone("guesser")
    await guesser.follow()
    for digits in range(7000, 7010):
        assert "没有找到" in await guesser.say(f"{child_name(1)} {digits}")
    assert "一小时后" in await guesser.say(claim_text(1))
    assert "还没有绑定" in await guesser.say("我的孩子")


async def test_leaving_closes_the_channels(town: Town) -> None:
    await town.settle_school()
    parent = await town.settle_guardian("parent", 1)
    await parent.act("unfollow")

    async def noted() -> bool:
        identity = await town.ctx.stores.identities.find(
            town.settings.official_account.app_id, parent.user.openid
        )
        return identity is not None and identity.following is False

    await wait_until(noted, description="the unfollow is noted")


async def test_of_two_adults_on_one_line_at_the_same_moment_one_is_bound(town: Town) -> None:
    await town.settle_school()
    phones = [town.phone(f"adult{number}") for number in range(6)]
    for phone in phones:
        await phone.follow()
    answers = await asyncio.gather(*(phone.say(claim_text(1)) for phone in phones))
    assert sum("绑定成功" in answer for answer in answers) == 1
    asked = ("先请家人", "需要班主任确认")  # whom, depends on who was bound at that very moment
    assert sum(any(a in answer for a in asked) for answer in answers) == len(phones) - 1


async def test_an_approval_that_was_cut_off_is_completed_before_anybody_is_told(town: Town) -> None:
    teacher = await town.settle_school()
    await town.settle_guardian("mother", 1)
    other = town.phone("other")
    await other.follow()
    await other.say(claim_text(1))
    person = await recognise(town.ctx, other.user.openid)
    (claim,) = await town.ctx.stores.claims.of_person(person)
    head = await recognise(town.ctx, teacher.user.openid)
    # What a process leaves that dies right after the approval is written.
    await town.ctx.stores.claims.decide(
        claim.id,
        ClaimState.APPROVED,
        by=head,
        at=town.ctx.now(),
        student_id=claim.candidates[0],
    )
    await tell_about_claim(town.ctx, claim.id)
    assert child_name(1)[0] in await other.say("我的孩子")
    (binding,) = await town.ctx.stores.bindings.active_of_person(person)
    assert binding.approved_by == head


async def test_a_number_found_by_guessing_from_many_accounts_binds_nobody(town: Town) -> None:
    await town.settle_school()
    for account in range(2):
        guesser = town.phone(f"guesser{account}")
        await guesser.follow()
        for digits in range(7000, 7010):
            assert "没有找到" in await guesser.say(f"{child_name(1)} {digits + account * 10}")
    lucky = town.phone("lucky")
    await lucky.follow()
    assert "需要班主任确认" in await lucky.say(claim_text(1))
    assert "还没有绑定" in await lucky.say("我的孩子")
    # Another child's family is not held up by it.
    assert "绑定成功" in await lucky.say(claim_text(2))
