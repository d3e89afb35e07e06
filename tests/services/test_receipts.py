"""Who sees receipts: the author, and only of the classes that are theirs at this moment."""

import pytest

from domain.errors import NotFoundError
from domain.notices import Notice
from services.deliveries import carry_out_work
from services.notices import (
    access_notice_as_author,
    draft_notice,
    edit_notice,
    publish_notice,
    remind_unread,
    withdraw_notice,
)
from services.people import Teaching, access_teaching, recognise
from services.receipts import ledger_of, receipts_of
from tests.domain.samples import a_binding
from tests.flows.conftest import quiet_town as quiet_town
from tests.town import Phone, Town, pupil, school_class

FORM = {"title": "秋季运动会", "body": "周五早上八点，操场集合。"}


async def _teaching(town: Town, teacher: Phone) -> Teaching:
    return await access_teaching(town.ctx, await recognise(town.ctx, teacher.user.openid))


async def _published(town: Town, teaching: Teaching, *classes: int) -> Notice:
    ids = [school_class(number).id for number in classes]
    draft = await draft_notice(town.ctx, teaching, FORM, class_ids=ids, file_ids=[], links=[])
    notice = await publish_notice(town.ctx, teaching, draft, idempotency_key="key-1")
    await carry_out_work(town.ctx, notice.id)
    return notice


async def _take_away(town: Town, number: int) -> None:
    """Somebody else is head teacher of this class now."""
    appointments = town.ctx.stores.database["appointments"]
    await appointments.delete_many({"class_id": school_class(number).id})


async def test_a_class_that_is_no_longer_theirs_is_not_in_the_receipts(quiet_town: Town) -> None:
    ctx, teacher = quiet_town.ctx, await quiet_town.settle_school(classes=2)
    binding = a_binding(student_id=pupil(school_class(1), 1)[0].id, bound_at=ctx.now())
    await ctx.stores.bindings.save(binding)
    before = await _teaching(quiet_town, teacher)
    notice = await _published(quiet_town, before, 2, 1)
    (delivery,) = await ctx.stores.deliveries.of_notice(notice.school_id, notice.id)
    assert await ledger_of(ctx, before, notice.id, delivery.id) == []

    await _take_away(quiet_town, 1)
    after = await _teaching(quiet_town, teacher)
    receipts = await receipts_of(ctx, after, notice.id)
    other = school_class(2).id
    assert [group.school_class.id for group in receipts.classes] == [other]
    assert {child.student.class_id for child in receipts.children()} == {other}
    assert receipts.guardians_read() == (0, 0)
    with pytest.raises(NotFoundError):
        await ledger_of(ctx, after, notice.id, delivery.id)

    draft = await draft_notice(ctx, after, FORM, class_ids=[other], file_ids=[], links=[])
    edited = await edit_notice(ctx, after, notice.id, draft, seen_version=1)
    assert (edited.current.number, edited.class_ids) == (2, notice.class_ids)


async def test_an_author_without_any_of_the_classes_finds_and_does_nothing(
    quiet_town: Town,
) -> None:
    ctx, teacher = quiet_town.ctx, await quiet_town.settle_school(classes=2)
    notice = await _published(quiet_town, await _teaching(quiet_town, teacher), 1)
    await _take_away(quiet_town, 1)
    teaching = await _teaching(quiet_town, teacher)
    held = await ctx.stores.notices.find(notice.id)
    draft = await draft_notice(
        ctx, teaching, FORM, class_ids=[school_class(2).id], file_ids=[], links=[]
    )
    for act in (
        access_notice_as_author(ctx, teaching, notice.id),
        receipts_of(ctx, teaching, notice.id),
        edit_notice(ctx, teaching, notice.id, draft, seen_version=1),
        remind_unread(ctx, teaching, notice.id, number=1),
        withdraw_notice(ctx, teaching, notice.id),
    ):
        with pytest.raises(NotFoundError):
            await act
    assert await ctx.stores.notices.find(notice.id) == held
