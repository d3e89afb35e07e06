"""A guardian's page of homework: what is set, and how long it took, which nobody else is told."""

from __future__ import annotations

import pytest

from domain.times import SCHOOL_ZONE
from tests.homeworking import publish, teacher
from tests.miniapp.conftest import town as town
from tests.town import Phone, Town, child_name, school_class

CLASS = school_class(1)


@pytest.fixture
async def mother(town: Town) -> Phone:
    await town.settle_school(children=3)
    return await town.settle_guardian("mother", 1)


async def setting(town: Town) -> str:
    day = str(town.ctx.now().astimezone(SCHOOL_ZONE).date())
    made = await publish(town.ctx, await teacher(town.ctx, 1), minutes=25, day=day)
    return str(made.homework.id)


async def test_a_family_sees_the_evening_and_says_how_long_it_took(
    town: Town, mother: Phone
) -> None:
    assert "还没有作业" in (await mother.get("/h5/homework")).text
    homework_id = await setting(town)
    page = (await mother.get("/h5/homework")).text
    assert "共约 25 分钟" in page
    assert "数学" in page
    student = f"{CLASS.id}-0001"
    saved = await mother.post(
        f"/h5/homework/{homework_id}/took", {"student": student, "minutes": "40"}
    )
    assert "用了 40 分钟" in saved.text
    await mother.post(f"/h5/homework/{homework_id}/took", {"student": student, "minutes": ""})
    assert "用了多久" in (await mother.get("/h5/homework")).text


@pytest.mark.parametrize("minutes", ["0", "481", "soon", "-3", "１２"])
async def test_what_is_no_number_of_minutes_changes_nothing(
    town: Town, mother: Phone, minutes: str
) -> None:
    homework_id = await setting(town)
    refused = await mother.post(
        f"/h5/homework/{homework_id}/took", {"student": f"{CLASS.id}-0001", "minutes": minutes}
    )
    assert refused.status == 422
    assert "预计时长" not in refused.text
    assert await town.ctx.stores.database["timings"].count_documents({}) == 0


async def test_not_for_another_child(town: Town, mother: Phone) -> None:
    homework_id = await setting(town)
    for student in (f"{CLASS.id}-0002", "nobody"):
        form = {"student": student, "minutes": "20"}
        assert (await mother.post(f"/h5/homework/{homework_id}/took", form)).status == 404
    assert await town.ctx.stores.database["timings"].count_documents({}) == 0
    assert child_name(2) not in (await mother.get("/h5/homework")).text
