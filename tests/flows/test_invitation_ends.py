"""An invitation ends at once, whichever way somebody comes with it, and says so kindly."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.errors import NotFoundError
from services.invitations import (
    class_invitation,
    invite_children,
    renew_class,
    revoke_invitation,
    revoke_of_class,
    scene_of,
)
from services.turnouts import invitations_of
from tests.flows.test_invitations import (
    CLASS,
    OVER,
    invited_child,
    invited_class,
    page_of,
    stored,
    teaching_of,
)
from tests.town import Town, child_name, claim_text, school_class


async def test_revoked_while_the_dialog_is_open_it_says_so_and_binds_nobody(town: Town) -> None:
    teaching, card = await invited_child(town, 1)
    parent = town.phone("parent")
    await parent.follow(scene_of(card))
    await revoke_invitation(town.ctx, teaching, card.id)
    assert OVER in await parent.say("1001")
    assert await stored(town, "bindings") == []
    # The dialog is over: what is known by heart still does.
    assert "绑定成功" in await parent.say(claim_text(1))


async def test_revoked_every_way_says_so_kindly(town: Town) -> None:
    teaching, invitation = await invited_class(town)
    parent = town.phone("parent")
    page = await parent.get(page_of(invitation))
    assert page.status == 200
    assert await revoke_of_class(town.ctx, teaching, CLASS, children=False) == 1
    assert OVER in await parent.follow(scene_of(invitation))
    assert OVER in await parent.say(f"邀请码 {invitation.id}")
    for page in (
        await parent.get(page_of(invitation)),
        await parent.post(page_of(invitation), {"name": child_name(1), "digits": "1001"}),
    ):
        assert page.status == 409
        assert OVER in page.text
        assert "直接绑定孩子" in page.text
    assert await stored(town, "bindings") == []
    assert await class_invitation(town.ctx, teaching, CLASS) is None  # nobody made another yet


async def test_another_one_for_the_class_ends_those_before(town: Town) -> None:
    teaching, first = await invited_class(town)
    second = await renew_class(town.ctx, teaching, CLASS)
    parent = town.phone("parent")
    assert OVER in await parent.follow(scene_of(first))
    assert "三年级1班" in await parent.scan(scene_of(second))
    assert await class_invitation(town.ctx, teaching, CLASS) == second


async def test_a_child_who_left_takes_its_invitation_along(town: Town) -> None:
    teaching, card = await invited_child(town, 1)
    students = await town.ctx.stores.schools.students([card.student_id])
    child = students[card.student_id]
    await town.ctx.stores.schools.save_students([replace(child, left_at=town.ctx.now())])
    assert OVER in await town.phone("parent").follow(scene_of(card))
    with pytest.raises(NotFoundError):
        await revoke_invitation(town.ctx, teaching, card.id)


async def test_a_child_who_changed_class_is_invited_to_the_new_one(town: Town) -> None:
    teaching = await teaching_of(town, await town.settle_school(classes=2))
    cards = await invite_children(town.ctx, teaching, [CLASS])
    card = cards[f"{CLASS}-0001"]
    child = (await town.ctx.stores.schools.students([card.student_id]))[card.student_id]
    moved = replace(child, class_id=school_class(2).id)
    await town.ctx.stores.schools.save_students([moved])
    assert "三年级2班" in await town.phone("parent").follow(scene_of(card))
    _, new = await invitations_of(town.ctx, teaching, teaching.classes)
    assert [held.invitation for held in new.cards] == [card]


async def test_with_its_class_an_invitation_ends(town: Town) -> None:
    _, invitation = await invited_class(town)
    (group,) = await town.ctx.stores.schools.classes([CLASS])
    await town.ctx.stores.schools.save_classes([replace(group, ended_at=town.ctx.now())])
    assert OVER in await town.phone("parent").follow(scene_of(invitation))
    assert await stored(town, "invitation_visits") == []
