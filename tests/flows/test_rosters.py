"""The school office hands in its list, and again next term: who may bind, and whose binding ends."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.bindings import Binding, BindingState, binding_id
from domain.roster_changes import Kind
from domain.schools import School
from domain.stages import System
from services.people import recognise
from services.roster_command import refusal
from services.roster_files import RosterError
from services.rosters import Imported, Wish, import_roster, year_now
from tests import school_lists as lists
from tests.town import Town

HEADER = ["学号", "姓名", "班级", "家长姓名", "电话", "母亲电话"]
LI = ["20230001", "李小明", "三（1）班", "李大海", "13800001234", ""]
WANG = ["20230002", "王小红", "三（1）班", "王强", "13900005678", ""]
ZHANG = ["20230003", "张三丰", "三（2）班", "张山", "13700001111", ""]
Rows = Sequence[Sequence[Any]]
COLLECTIONS = ("schools", "classes", "students", "contacts", "bindings", "lines")


class Office:
    """The school office with its files."""

    def __init__(self, town: Town, folder: Path) -> None:
        self.town = town
        self.file = folder / "list.xlsx"
        self.wish = Wish(file=self.file, school_id="qinghe", school_name="青禾小学", apply=True)

    async def hand_in(self, *rows: Sequence[Any], **changes: Any) -> Imported:
        """Take in a list of these rows."""
        lists.write_xlsx(self.file, [HEADER, *map(list, rows)])
        return await import_roster(self.town.ctx, replace(self.wish, **changes))

    async def everything(self) -> dict[str, list[dict[str, Any]]]:
        """All that a list could change (what a job still has to do for a new binding is none of it)."""
        database = self.town.ctx.stores.database
        return {
            name: await database[name].find({}, {"unsettled": 0}, sort=[("_id", 1)]).to_list(None)
            for name in COLLECTIONS
        }


@pytest.fixture
def office(town: Town, tmp_path: Path) -> Office:
    return Office(town, tmp_path)


async def bound(town: Town, key: str, text: str) -> bool:
    """Somebody types a child's name and digits; whether the child is theirs afterwards."""
    phone = town.phone(key)
    if not phone.user.following:
        await phone.follow()
    await phone.say(text)
    return "还没有绑定" not in await phone.say("我的孩子")


async def approved(town: Town, key: str, name: str, digits: str) -> None:
    """Another adult, whom the family has let in through a line of the list."""
    phone = town.phone(key)
    await phone.follow()
    person = await recognise(town.ctx, phone.user.openid)
    (line,) = await town.ctx.stores.schools.contacts_named(name, digits)
    binding = Binding(
        id=binding_id(line.student_id, person),
        school_id=line.school_id,
        student_id=line.student_id,
        person_id=person,
        relation=line.relation,
        contact_id=line.id,
        state=BindingState.ACTIVE,
        bound_at=town.ctx.now(),
    )
    assert await town.ctx.stores.bindings.save(binding)


async def test_a_dry_run_changes_nothing_and_says_what_would_change(
    office: Office, tmp_path: Path
) -> None:
    imported = await office.hand_in(LI, WANG, apply=False, report=tmp_path / "report.xlsx")
    assert imported.summary.count(Kind.NEW) == 2
    assert not any((await office.everything()).values())
    sheet = load_workbook(tmp_path / "report.xlsx").worksheets[0]
    assert [row[6] for row in sheet.iter_rows(values_only=True)] == ["结果", "新生", "新生"]


async def test_the_report_never_replaces_the_list(office: Office) -> None:
    with pytest.raises(RosterError) as refused:
        await office.hand_in(LI, report=office.file)
    assert refused.value.code == "report_is_list"
    assert load_workbook(office.file).worksheets[0]["B2"].value == "李小明"


async def test_parents_bind_by_the_list_that_was_taken_in(office: Office, town: Town) -> None:
    await office.hand_in(LI, WANG, ZHANG)
    assert await bound(town, "father", "李小明 1234")
    assert not await bound(town, "stranger", "王小红 1234")


async def test_a_school_s_system_says_which_grade_a_list_means(office: Office, town: Town) -> None:
    schools = town.ctx.stores.schools
    first = ["1", "李小明", "初一（1）班", "李大海", "13800001234", ""]
    last = ["2", "王小红", "初四（1）班", "王强", "13900005678", ""]
    refused = await office.hand_in(first, last, school_name="青禾初级中学", apply=False)
    assert (refused.summary.refused, refused.summary.count(Kind.NEW)) == (1, 1)
    five_four = School(id="qinghe", name="青禾初级中学", system=System.FIVE_FOUR)
    await schools.save_school(five_four)
    await office.hand_in(first, last, school_name="青禾中学")
    found = await schools.classes_of_school("qinghe")
    assert sorted((c.grade, c.name) for c in found) == [(6, "六年级一班"), (9, "九年级一班")]
    renamed = await schools.find_school("qinghe")
    assert renamed is not None
    assert (renamed.name, renamed.system) == ("青禾中学", System.FIVE_FOUR), "only the name is new"


async def test_the_same_list_again_changes_nothing(office: Office, town: Town) -> None:
    await office.hand_in(LI, WANG)
    assert await bound(town, "father", "李小明 1234")
    before = await office.everything()
    again = await office.hand_in(LI, WANG)
    assert (again.written, again.ended) == (0, 0)
    assert await office.everything() == before


async def test_a_pupil_who_left_is_nobodys_child_any_more(office: Office, town: Town) -> None:
    await office.hand_in(LI, WANG)
    assert await bound(town, "father", "李小明 1234")
    assert await bound(town, "other", "王小红 5678")
    imported = await office.hand_in(WANG)
    assert imported.ended == 1
    assert "还没有绑定" in await town.phone("father").say("我的孩子")
    assert "王" in await town.phone("other").say("我的孩子")
    assert not await bound(town, "father", "李小明 1234")


async def test_a_pupil_who_moved_keeps_their_parents(office: Office, town: Town) -> None:
    await office.hand_in(LI, WANG)
    assert await bound(town, "father", "李小明 1234")
    imported = await office.hand_in([*LI[:2], "三（2）班", *LI[3:]], WANG)
    assert (imported.summary.count(Kind.MOVED), imported.ended) == (1, 0)
    assert "三年级二班" in await town.phone("father").say("我的孩子")


async def test_a_changed_phone_ends_what_was_bound_by_the_old_one_alone(
    office: Office, town: Town
) -> None:
    li = [*LI[:5], "13600004444"]
    await office.hand_in(li)
    assert await bound(town, "father", "李小明 1234")
    await approved(town, "mother", "李小明", "4444")
    imported = await office.hand_in([*li[:4], "13800009999", li[5]])
    assert imported.ended == 1
    assert "还没有绑定" in await town.phone("father").say("我的孩子")
    assert "李" in await town.phone("mother").say("我的孩子")
    assert not await bound(town, "late", "李小明 1234")
    found = [await town.ctx.stores.schools.contacts_named("李小明", d) for d in ("1234", "9999")]
    assert [len(lines) for lines in found] == [0, 1]


async def test_a_phone_of_two_families_binds_neither(office: Office, town: Town) -> None:
    await office.hand_in(LI, WANG)
    assert await bound(town, "father", "李小明 1234")
    imported = await office.hand_in(LI, [*WANG[:4], LI[4], ""])
    assert imported.summary.quarantined == 2
    assert not await bound(town, "one", "李小明 1234")
    assert not await bound(town, "two", "王小红 1234")
    # Whoever was bound while the line was only theirs stays so.
    assert "李" in await town.phone("father").say("我的孩子")


async def test_siblings_with_one_phone_are_both_their_parents(office: Office, town: Town) -> None:
    await office.hand_in(LI, ["20230009", "李小红", "一（1）班", "李大海", LI[4], ""])
    assert await bound(town, "father", "李小明 1234")
    assert "绑定成功" in await town.phone("father").say("李小红 1234")


@pytest.mark.parametrize("kind", Kind)
async def test_only_what_is_ticked_happens(office: Office, kind: Kind) -> None:
    await office.hand_in(LI, WANG, ["20230004", "赵小五", "三（1）班", "", "13700002222", ""])
    rows: Rows = ([*LI[:2], "三（2）班", *LI[3:]], [*WANG[:4], "13900009999", ""], ZHANG)
    imported = await office.hand_in(*rows, only=frozenset({kind}))
    assert imported.written == 1
    rest = await office.hand_in(*rows, apply=False)
    assert {k for k in Kind if rest.summary.count(k)} == set(Kind) - {kind}


async def test_another_schools_pupils_are_never_touched(office: Office) -> None:
    await office.hand_in(LI, WANG, school_id="yunshan", school_name="云杉小学")
    before = await office.everything()
    await office.hand_in([*WANG[:4], "13900009999", ""])
    after = await office.everything()
    for name, things in before.items():
        assert [d for d in after[name] if d in things] == things


async def test_half_a_school_gone_needs_to_be_ticked(office: Office) -> None:
    many = [lists.clean(n) for n in range(45)]
    rows = [[*row[:4], row[lists.PHONE], ""] for row in many]
    await office.hand_in(*rows)
    before = await office.everything()
    with pytest.raises(RosterError) as refused:
        await office.hand_in(rows[0])
    assert refused.value.code == "too_many_left"
    assert await office.everything() == before
    imported = await office.hand_in(rows[0], only=frozenset({Kind.LEFT}))
    assert imported.summary.count(Kind.LEFT) == 44


async def test_a_new_school_year_s_list_waits_for_the_roll_over(office: Office, town: Town) -> None:
    await office.hand_in(LI, WANG)
    schools = town.ctx.stores.schools
    taken = await schools.find_school("qinghe")
    assert taken is not None
    assert taken.year == year_now(town.ctx.now())
    await schools.save_school(replace(taken, year=taken.year - 1))
    before = await office.everything()
    for apply in (False, True):
        with pytest.raises(RosterError) as refused:
            await office.hand_in([*LI[:2], "四（1）班", *LI[3:]], apply=apply)
        assert (refused.value.code, "先做新学年升级" in refusal(refused.value)) == (
            "roll_over_first",
            True,
        )
    assert await office.everything() == before


async def test_pupils_who_are_left_out_stay_as_they_are(office: Office) -> None:
    await office.hand_in(LI, WANG)
    before = await office.everything()
    wang = next(s["_id"] for s in before["students"] if s["name"] == "王小红")
    moved = [[*row[:2], "三（2）班", *row[3:]] for row in (LI, WANG)]
    imported = await office.hand_in(*moved, without=frozenset({wang}))
    assert imported.written == 1
    after = await office.everything()
    for name in ("students", "contacts"):
        wangs = [
            [d for d in state[name] if wang in (d["_id"], d.get("student_id"))]
            for state in (before, after)
        ]
        assert wangs[0] == wangs[1] != []


async def test_a_class_is_not_handed_over_to_other_children(office: Office) -> None:
    def pupils(year: int, school_class: str) -> Rows:
        names = "甲乙丙丁戊己"
        return [
            [
                f"{year}{n:04}",
                f"{'张李'[year % 2]}小{name}",
                school_class,
                "家长",
                f"138{year}{n:04}",
                "",
            ]
            for n, name in enumerate(names)
        ]

    taken = await office.hand_in(*pupils(2023, "三（1）班"))
    assert taken.summary.count(Kind.NEW) == 6
    before = await office.everything()
    # The next school year's list: the class went up, and others are in its place.
    rows = [*pupils(2023, "四（1）班"), *pupils(2024, "三（1）班")]
    for wish in ({}, {"only": frozenset(Kind)}):
        with pytest.raises(RosterError) as refused:
            await office.hand_in(*rows, **wish)
        assert refused.value.code == "class_replaced"
        assert await office.everything() == before
