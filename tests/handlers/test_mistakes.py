"""The mistakes book as a page to print: for the child's guardians, the questions alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.files import Shower, promise_to
from domain.mistakes import Review
from services.files import Owner, attach, store_upload
from tests.domain.work_samples import a_mistake
from tests.handlers.conftest import Village, photograph
from tests.handlers.conftest import village as village
from tests.town import SCHOOL


@pytest.fixture
async def child(village: Village) -> str:
    """A child of the mother's, with two entries; one of them has a picture."""
    ctx, person = village.town.ctx, await village.person(village.mother)
    (binding,) = await ctx.stores.bindings.active_of_person(person)
    student = str(binding.student_id)
    owner = Owner(SCHOOL.id, person, student)
    file = await store_upload(ctx, owner, "错题.jpg", photograph())
    await attach(ctx, [file], promise_to(Shower.MISTAKE, "mistake-1"))
    today = ctx.now().date()
    tries = (Review(id="r", day=today, right=False),)
    for number, due in ((1, today), (2, today + timedelta(days=9))):
        await ctx.stores.mistakes.insert(
            a_mistake(
                id=f"mistake-{number}",
                student_id=student,
                position=f"2026112{number}",
                created_at=ctx.now(),
                note=f"第{number}题 <b>进位</b>",
                due=due,
                reviews=tries,
                file_id=file.id if number == 1 else None,
            )
        )
    return student


async def test_on_paper_are_the_questions_and_nothing_of_how_often_they_went_wrong(
    village: Village, child: str
) -> None:
    today = (await village.mother.get(f"/h5/children/{child}/mistakes")).text
    assert "第1题" in today
    assert "第2题" not in today
    page = (await village.mother.get(f"/h5/children/{child}/mistakes?subject=maths")).text
    assert page.index("第2题") < page.index("第1题")
    assert "<b>进位" not in page
    assert "careless" not in page
    empty = (await village.mother.get(f"/h5/children/{child}/mistakes?subject=chinese")).text
    assert "这一科还没有错题" in empty
    (held,) = [m for m in await _book(village, child) if m["file_id"]]
    picture = f"/h5/children/{child}/mistakes/mistake-1/{held['file_id']}"
    assert picture in page
    answer = await village.mother.get(picture)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/jpeg")
    home = (await village.mother.get("/h5/children")).text
    assert f"/h5/children/{child}/mistakes" in home


async def test_nobody_else_opens_the_book(village: Village, child: str) -> None:
    (held,) = [m for m in await _book(village, child) if m["file_id"]]
    for path in ("", f"/mistake-1/{held['file_id']}"):
        for other in (village.teacher, village.rival, village.stranger):
            answer = await other.get(f"/h5/children/{child}/mistakes{path}")
            assert answer.status == 404
    strange = await village.mother.get(f"/h5/children/{child}/mistakes/mistake-2/{held['file_id']}")
    assert strange.status == 404


async def _book(village: Village, child: str) -> list[dict[str, object]]:
    found = village.town.ctx.stores.database["mistakes"].find({"student_id": child})
    return list(await found.to_list(None))
