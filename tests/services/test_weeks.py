"""A class is told of its week once, whoever is killed; nothing of a child is in what it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from domain.budgets import Evening, evening_id
from services.context import Context
from services.weeks import monday_of, tell_weeks
from storage.notices import NoticeStore
from tests.domain.samples import a_reservation
from tests.flows.conftest import quiet_town as quiet_town
from tests.town import SCHOOL, Town, school_class

SUNDAY = datetime(2026, 11, 29, 10, 0, tzinfo=UTC)  # 18:00 at school


def at(ctx: Context, moment: datetime) -> Context:
    return replace(ctx, now=lambda: moment)


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    await quiet_town.settle_school(children=2)
    for number in (1, 2):
        group, day = school_class(number).id, monday_of(SUNDAY.date()) + timedelta(days=number)
        await quiet_town.ctx.stores.evenings.mark_changed(
            Evening(
                id=evening_id(group, day),
                school_id=SCHOOL.id,
                class_id=group,
                day=day,
                reservations=(a_reservation(),) if number == 1 else (),
            )
        )
    return quiet_town


async def notices(town: Town) -> list[dict[str, object]]:
    return list(await town.ctx.stores.database["notices"].find({}).to_list(None))


async def test_a_class_with_homework_is_told_once_on_sunday_evening(town: Town) -> None:
    for moment in (SUNDAY - timedelta(hours=2), SUNDAY - timedelta(days=1)):
        await tell_weeks(at(town.ctx, moment))
    assert await notices(town) == []
    for _ in range(2):
        await tell_weeks(at(town.ctx, SUNDAY))
    (told,) = await notices(town)
    assert told["class_ids"] == [school_class(1).id]
    assert (told["kind"], told["student_ids"]) == ("week", [])
    await tell_weeks(at(town.ctx, SUNDAY + timedelta(days=7)))
    assert len(await notices(town)) == 1  # there was no homework in that week


async def test_who_takes_over_from_one_that_died_tells_nobody_twice(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    insert = NoticeStore.insert

    async def insert_and_die(*arguments: object) -> bool:
        await insert(*arguments)  # type: ignore[arg-type]
        raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(NoticeStore, "insert", insert_and_die)
        with pytest.raises(KilledError):
            await tell_weeks(at(town.ctx, SUNDAY))
    await tell_weeks(at(town.ctx, SUNDAY))
    (told,) = await notices(town)
    assert told["work"] != []  # the sweep sends it, whoever died
