"""Who has registered, over HTTP: each post sees its own place, nobody another's, and no name where none is due."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from domain.audit import Act
from domain.roles import Role
from domain.schools import School
from handlers.console.registration import SHOWN
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import CITY, DISTRICT
from tests.registering import fill_district, school_of
from tests.services.test_registration import FAR, OTHER, drained
from tests.town import Town, school_class
from tests.waiting import wait_until

HERE, NEXT = school_of(0), school_of(1)
CLASS = f"{HERE.id}-1-1"
ROOT = "/console/registration"


@pytest.fixture
async def district(quiet_town: Town) -> Town:
    await fill_district(quiet_town, schools=3, grades=2, classes=1, children=8)
    return quiet_town


async def at_desk(town: Town, role: Role, place: object = HERE, **where: object) -> Browser:
    """Somebody of this role at a desk; the place is what the stores have of it."""
    if isinstance(place, School):
        place = await town.ctx.stores.schools.find_school(place.id) or place
    phone = await appoint_at(town, role.value, place, role, **where)  # type: ignore[arg-type]
    desk = Browser(town)
    await sign_in_at_desk(desk, phone)
    return desk


async def names_of(town: Town, school: School) -> set[str]:
    """Every pupil's name."""
    found = town.ctx.stores.database["students"].find({"school_id": school.id})
    return {d["name"] async for d in found}


async def exported(desk: Browser, path: str) -> dict[str, list[tuple[object, ...]]]:
    """An Excel file's sheets and rows."""
    async with desk.client.get(desk.town.base + path) as answer:
        assert answer.status == 200
        assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
        book = load_workbook(io.BytesIO(await answer.read()))
    return {s.title: list(s.iter_rows(values_only=True)) for s in book.worksheets}


async def exports_noted(town: Town, place_id: str) -> list[tuple[str, object]]:
    """What was noted of exports in a place's log: whose figures, how many children by name."""
    entries = await town.ctx.stores.audit.stretch(place_id, 1, 100)
    return [
        (e.subject_id, (e.after or {})["children"])
        for e in entries
        if e is not None and e.act is Act.REGISTRATION_EXPORTED
    ]


@pytest.mark.parametrize(
    ("role", "place", "where"),
    [
        (Role.SCHOOL_ADMIN, NEXT, {}),
        (Role.OBSERVER, NEXT, {}),
        (Role.HEAD_TEACHER, NEXT, {"class_id": f"{NEXT.id}-1-1"}),
        (Role.DISTRICT_ADMIN, OTHER, {}),
        (Role.SCHOOL_ADMIN, FAR, {}),
    ],
)
async def test_a_stranger_finds_nothing_of_another_place(
    district: Town, role: Role, place: object, where: dict[str, object]
) -> None:
    desk = await at_desk(district, role, place, **where)
    secret = await names_of(district, HERE) | {HERE.name, DISTRICT.name}
    for path in (
        f"{ROOT}/regions/{DISTRICT.id}",
        f"{ROOT}/regions/{CITY.id}",
        f"{ROOT}/regions/{DISTRICT.id}/list.xlsx",
        f"{ROOT}/schools/{HERE.id}",
        f"{ROOT}/schools/{HERE.id}/list.xlsx",
        f"{ROOT}/schools/{HERE.id}/teachers",
        f"{ROOT}/classes/{CLASS}",
        f"{ROOT}/classes/{CLASS}/list.xlsx",
        f"{ROOT}/classes/{CLASS}/print",
    ):
        status, text, _ = await desk.get(path)
        assert status == 404, path
        assert not any(word in text for word in secret), path
    assert await exports_noted(district, HERE.id) == []
    assert await exports_noted(district, DISTRICT.id) == []
    status, text, _ = await desk.get(ROOT)
    assert status == 200
    assert not any(word in text for word in await names_of(district, HERE) | {HERE.name})
    await desk.client.close()


async def test_a_district_reads_figures_everywhere_and_a_name_nowhere(district: Town) -> None:
    desk = await at_desk(district, Role.DISTRICT_ADMIN, DISTRICT)
    names = await names_of(district, HERE)
    for path in (
        ROOT,
        *(f"{ROOT}/regions/{DISTRICT.id}?show={show}&sort=-missing&page=99" for show in SHOWN),
        f"{ROOT}/regions/{DISTRICT.id}?show=%3Cscript%3E&sort=nothing&page=-1",
        f"{ROOT}/schools/{HERE.id}",
        f"{ROOT}/schools/{HERE.id}/teachers",
        f"{ROOT}/classes/{CLASS}",
        f"{ROOT}/classes/{CLASS}?show=present",
    ):
        status, text, _ = await desk.get(path)
        assert status == 200, path
        assert "芝罘区" in text
        assert "<script>" not in text
        assert not any(name in text for name in names), path
    assert (await desk.get(f"{ROOT}/classes/{CLASS}/print"))[0] == 404
    sheets = await exported(desk, f"{ROOT}/schools/{HERE.id}/list.xlsx")
    assert set(sheets) == {"班级"}
    assert len((await exported(desk, f"{ROOT}/regions/{DISTRICT.id}/list.xlsx"))["学校"]) == 4
    assert await exports_noted(district, DISTRICT.id) == [(HERE.id, 0), (DISTRICT.id, 0)]
    await desk.client.close()


async def test_a_city_sees_its_districts_and_goes_down_to_a_class(district: Town) -> None:
    desk = await at_desk(district, Role.CITY_ADMIN, CITY)
    status, text, _ = await desk.get(ROOT)
    assert status == 200
    assert "烟台市 · 注册情况" in text
    assert "机构空间" in text
    assert f'href="{ROOT}/regions/{DISTRICT.id}"' in text
    assert HERE.name not in text  # schools stand with their district
    _, text, _ = await desk.get(f"{ROOT}/regions/{CITY.id}?show=data")
    assert "数据未更新" in text
    _, text, _ = await desk.get(f"{ROOT}/regions/{DISTRICT.id}")
    assert f'href="{ROOT}/schools/{HERE.id}"' in text
    status, text, _ = await desk.get(f"{ROOT}/classes/{CLASS}")
    assert status == 200
    assert "这里只有数字" in text
    assert not any(name in text for name in await names_of(district, HERE))
    await desk.client.close()


async def test_an_office_takes_the_names_of_the_missing_and_it_is_noted(district: Town) -> None:
    desk = await at_desk(district, Role.OFFICE)
    bound = {
        d["student_id"]
        async for d in district.ctx.stores.database["bindings"].find({"school_id": HERE.id})
    }
    students = await district.ctx.stores.schools.students_of(HERE.id, [CLASS, f"{HERE.id}-2-1"])
    missing = [(s.number, s.name) for s in students if s.id not in bound]
    assert missing
    sheets = await exported(desk, f"{ROOT}/schools/{HERE.id}/list.xlsx")
    assert [row[1:3] for row in sheets["未绑定学生"][1:]] == missing
    of_class = [(s.number, s.name) for s in students if s.id not in bound and s.class_id == CLASS]
    sheets = await exported(desk, f"{ROOT}/classes/{CLASS}/list.xlsx")
    assert [row[1:3] for row in sheets["未绑定学生"][1:]] == of_class
    status, text, _ = await desk.get(f"{ROOT}/classes/{CLASS}/print")
    assert status == 200
    assert all(name in text for _, name in of_class)
    assert await exports_noted(district, HERE.id) == [
        (HERE.id, len(missing)),
        (CLASS, len(of_class)),
        (CLASS, len(of_class)),
    ]
    await desk.client.close()


async def test_a_subject_teacher_sees_figures_of_their_own_class_alone(district: Town) -> None:
    desk = await at_desk(district, Role.SUBJECT_TEACHER, class_id=CLASS)
    status, text, _ = await desk.get(ROOT)
    assert status == 200
    assert "一年级1班" in text
    assert "二年级1班" not in text
    assert "教师空间" not in text
    _, text, _ = await desk.get(f"{ROOT}/classes/{CLASS}")
    assert not any(name in text for name in await names_of(district, HERE))
    assert (await desk.get(f"{ROOT}/classes/{HERE.id}-2-1"))[0] == 404
    assert (await desk.get(f"{ROOT}/schools/{HERE.id}/teachers"))[0] == 404
    assert (await desk.get(f"{ROOT}/classes/{CLASS}/print"))[0] == 404
    assert set(await exported(desk, f"{ROOT}/schools/{HERE.id}/list.xlsx")) == {"班级"}
    await desk.client.close()


async def test_a_guardian_who_comes_and_goes_is_counted_by_the_worker(district: Town) -> None:
    """Bound in the chat, counted by the worker; ended on the phone, counted again."""
    desk = await at_desk(district, Role.OFFICE)
    await district.settle_school(children=2, school=HERE)
    await drained(district.ctx)
    count = await district.ctx.stores.registrations.of_schools([HERE.id])
    before = count[HERE.id].registered
    district.start_worker()
    mother = await district.settle_guardian("mother", 1)
    await wait_until(
        lambda: registers(district, before + 1), description="the mother is counted", seconds=30
    )
    _, text, _ = await desk.get(ROOT)
    assert f"<b>{before + 1}</b>" in text
    student_id = f"{school_class(1, HERE).id}-0001"
    assert (await mother.post(f"/h5/children/{student_id}/end")).status == 200
    await wait_until(
        lambda: registers(district, before), description="she is counted no more", seconds=30
    )
    await desk.client.close()


async def registers(town: Town, count: int) -> bool:
    """Whether so many children of the school have a guardian, as it is kept."""
    kept = await town.ctx.stores.registrations.of_schools([HERE.id])
    return bool(kept[HERE.id].registered == count)
