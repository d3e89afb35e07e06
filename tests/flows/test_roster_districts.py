"""The lists of a district in one file, from the command line: each school by itself, strangers' rows refused."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.roster_changes import Kind
from domain.schools import School
from domain.stages import Stage
from services.roster_command import run_district
from services.roster_districts import DistrictImported, DistrictWish, import_district
from services.roster_files import RosterError
from services.roster_turns import roster_turn
from services.rosters import year_now
from tests import school_lists as lists
from tests.office import DISTRICT
from tests.town import Town

QINGHE = School(id="qinghe", name="青禾小学", region_ids=DISTRICT.region_ids)
YUNSHAN = School(id="yunshan", name="云杉小学", region_ids=DISTRICT.region_ids)
ELSEWHERE = School(id="far", name="山外小学", region_ids=("yantai", "other"))
HEADER = ["学校", "学号", "姓名", "班级", "电话"]
LI = ["青禾小学", "20230001", "李小明", "三（1）班", "13800001234"]
WANG = ["云杉小学", "20230001", "王小红", "三（1）班", "13900005678"]
FAR = ["山外小学", "20230009", "赵小五", "三（1）班", "13700001111"]


class Bureau:
    """The district's office with its file."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.ctx, self.folder = town.ctx, folder
        self.wish = DistrictWish(file=folder / "list.xlsx", region_id="zhifu", apply=True)

    async def hand_in(self, *rows: Sequence[Any], **changes: Any) -> DistrictImported:
        """Take in a file of these rows."""
        lists.write_xlsx(self.wish.file, [HEADER, *map(list, rows)])
        return await import_district(self.ctx, replace(self.wish, **changes))

    async def pupils(self) -> dict[str, str]:
        """Each pupil's school."""
        found = self.ctx.stores.database["students"].find({"left_at": None})
        return {d["name"]: d["school_id"] async for d in found}


@pytest.fixture
async def bureau(quiet_town: Town, tmp_path: Path) -> Bureau:
    await quiet_town.ctx.stores.regions.save(DISTRICT)
    for school in (QINGHE, YUNSHAN, ELSEWHERE):
        await quiet_town.ctx.stores.schools.save_school(school)
    return Bureau(quiet_town, tmp_path)


async def test_each_school_gets_its_own_and_a_stranger_s_rows_are_refused(bureau: Bureau) -> None:
    report = bureau.folder / "report.xlsx"
    imported = await bureau.hand_in(LI, WANG, FAR, report=report)
    assert await bureau.pupils() == {"李小明": "qinghe", "王小红": "yunshan"}
    assert ([r.written for r in imported.schools], imported.unplaced) == ([1, 1], 1)
    rows = [row[5:7] for row in load_workbook(report).worksheets[0].iter_rows(values_only=True)]
    assert [row[0] for row in rows] == ["结果", "新生", "新生", "未导入"]
    assert "学校名单" in rows[3][1]
    again = await bureau.hand_in(LI, WANG)
    assert again.counts().total() == 0


async def test_a_dry_run_founds_nothing_and_new_schools_are_founded_once(bureau: Bureau) -> None:
    found = bureau.ctx.stores.schools
    new = ["春山初级中学", *FAR[1:3], "初一（1）班", FAR[4]]
    imported = await bureau.hand_in(LI, new, new_schools=True, apply=False)
    assert [(r.school.name, r.is_new) for r in imported.schools] == [
        ("青禾小学", False),
        ("春山初级中学", True),
    ]
    assert len(await found.schools_below("zhifu")) == 2
    for _ in range(2):
        await bureau.hand_in(LI, new, new_schools=True)
    (made,) = [s for s in await found.schools_below("zhifu") if s.name == "春山初级中学"]
    assert (made.stages, made.region_ids, made.year) == (
        (Stage.JUNIOR,),
        ("yantai", "zhifu"),
        year_now(bureau.ctx.now()),
    )
    assert (await bureau.pupils())["赵小五"] == made.id


async def test_what_is_wrong_with_one_school_holds_up_no_other(bureau: Bureau) -> None:
    behind = replace(QINGHE, year=year_now(bureau.ctx.now()) - 1)
    await bureau.ctx.stores.schools.save_school(behind)
    said: list[str] = []
    lists.write_xlsx(bureau.wish.file, [HEADER, LI, WANG])
    await run_district(bureau.ctx, bureau.wish, said.append, lambda _: None)
    assert await bureau.pupils() == {"王小红": "yunshan"}
    assert "先做新学年升级" in said[0]
    assert said[1].startswith("云杉小学：新生 1")
    await bureau.ctx.stores.schools.save_school(QINGHE)
    async with roster_turn(bureau.ctx, "qinghe", "王老师"):
        imported = await bureau.hand_in(LI, WANG)
    assert [r.problem for r in imported.schools] == ["busy", ""]
    assert await bureau.pupils() == {"王小红": "yunshan"}


async def test_a_departure_counts_in_its_own_school_alone(bureau: Bureau) -> None:
    other = ["青禾小学", "20230002", "张三丰", "三（1）班", "13700002222"]
    await bureau.hand_in(LI, WANG, other)
    imported = await bureau.hand_in(LI, WANG)
    assert imported.counts() == {Kind.NEW: 0, Kind.MOVED: 0, Kind.LEFT: 1, Kind.PHONE: 0}
    assert set(await bureau.pupils()) == {"李小明", "王小红"}


async def test_an_unknown_district_is_refused(bureau: Bureau) -> None:
    for changes, code in (
        ({"region_id": "nowhere"}, "no_district"),
        ({"report": bureau.wish.file}, "report_is_list"),
        ({"report": Path("/nowhere/at/all.xlsx")}, "no_report"),
    ):
        with pytest.raises(RosterError) as refused:
            await bureau.hand_in(LI, **changes)
        assert refused.value.code == code
    assert await bureau.pupils() == {}
