"""Links through the mini-program's API: what a teacher may hang on something, and how often it was opened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.link_uses import Use
from domain.shelves import Audience, Entry
from domain.times import SCHOOL_ZONE
from services.links import doors_for, find_target
from services.terms import school_day
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village
from tests.shelving import CLASS_SHELF, SCHOOL_SHELF, hang, take_catalogue
from tests.town import OTHER_SCHOOL, SCHOOL, Town, child_name, school_class
from tests.waiting import wait_until

CLASS, SECOND = school_class(1), school_class(2)
OFFERED = "/teaching/attachable-links"


async def settle(
    town: Town, device: Device, children: int = 6, classes: int = 1
) -> tuple[Village, MiniClient]:
    """A head teacher, signed in."""
    phone = await town.settle_school(children=children, classes=classes)
    village = Village(town, device, phone)
    return village, await village.somebody("teacher")


async def opened(town: Town, code: str, times: int, role: str, class_id: str = CLASS.id) -> None:
    """Somebody of a class opens a link so often."""
    ctx = town.ctx
    target = await find_target(ctx, code)
    door = (await doors_for(ctx, SCHOOL.id, (class_id,), role))[class_id]
    for _ in range(times):
        ctx.links.note(ctx, target, door)
    await ctx.links.write(ctx)


async def note_days(town: Town, entry: Entry, days: dict[str, int]) -> None:
    """Families of the first class opened an entry so often on these days."""
    uses = [
        Use(
            id=f"{day}:{entry.id}",
            day=day,
            code=entry.id,
            place=entry.place,
            count=count,
            role="families",
            school_id=SCHOOL.id,
            class_id=CLASS.id,
            is_new=True,
        )
        for day, count in days.items()
    ]
    await town.ctx.stores.link_uses.put(uses)


async def set_homework(
    town: Town, teacher: MiniClient, links: list[str], *, minutes: int = 10
) -> dict[str, Any]:
    """A homework for the first class with these links; what the API said of it."""
    day = str(town.ctx.now().astimezone(SCHOOL_ZONE).date())
    form = {
        "subject": "maths",
        "class_ids": [CLASS.id],
        "text": "跳绳",
        "minutes": minutes,
        "links": links,
    }
    form |= {"written": False, "day": day, "hand_in": "nothing"}
    made = await teacher.call("POST", "/teaching/homework", form)
    assert made.status == 201
    found: dict[str, Any] = made.data
    return found


async def test_what_families_of_the_class_find_can_be_hung_on_a_homework(
    town: Town, device: Device
) -> None:
    _, teacher = await settle(town, device, classes=2)
    await take_catalogue(town.ctx)
    own = await hang(town.ctx, title="口算打卡", subject="maths")
    await hang(town.ctx, title="教师备课", key="key-0002", audiences=[Audience.TEACHERS])
    await hang(town.ctx, SCHOOL_SHELF, title="图书馆", key="key-0003")
    offered = (await teacher.call("GET", f"{OFFERED}?class_id={CLASS.id}")).data["links"]
    titles = [one["title"] for one in offered]
    # The textbooks first; what is for teachers alone is not for families.
    assert titles[-2:] == ["口算打卡", "图书馆"]
    assert [title.split()[0] for title in titles[:-2]] == ["三年级"] * (len(titles) - 2) != []
    assert "教师备课" not in titles
    (sums,) = [one for one in offered if one["title"] == "口算打卡"]
    assert sums == {
        "title": "口算打卡",
        "url": f"{town.ctx.policy.public_url}/l/{own.id}",
        "subject": "maths",
    }
    # The class's own link is on no other class's list, and all that is offered is taken.
    second = (await teacher.call("GET", f"{OFFERED}?class_id={SECOND.id}")).data["links"]
    assert [one["title"] for one in second if one["title"] not in titles] == []
    assert "口算打卡" not in [one["title"] for one in second]
    chosen = [offered[0]["url"], sums["url"]]
    made = await set_homework(town, teacher, chosen)
    assert made["links"] == [
        {"title": offered[0]["title"], "url": offered[0]["url"]},
        {"title": "口算打卡", "url": sums["url"]},
    ]


async def test_its_teacher_reads_what_it_is_called_before_it_is_out(
    town: Town, device: Device
) -> None:
    _, teacher = await settle(town, device)
    entry = await hang(town.ctx)
    url = f"{town.ctx.policy.public_url}/l/{entry.id}"
    links = [url, "https://basic.smartedu.cn/other"]
    made = await set_homework(town, teacher, links, minutes=180)
    found = (await teacher.call("GET", f"/teaching/homework/{made['id']}")).data
    assert (found["state"], found["links"]) == (
        "unpublished",
        [{"title": "阳光体育", "url": url}, {"title": "basic.smartedu.cn", "url": links[1]}],
    )


@pytest.mark.parametrize("class_id", ["none", school_class(1, OTHER_SCHOOL).id])
async def test_of_a_class_that_is_not_mine_nothing_is_offered(
    town: Town, device: Device, class_id: str
) -> None:
    village, teacher = await settle(town, device)
    assert (await teacher.call("GET", f"{OFFERED}?class_id={class_id}")).status == 404
    mother = await village.guardian("mother", 1)
    assert (await mother.call("GET", OFFERED)).status == 404


async def test_its_teacher_reads_how_often_the_class_opened_it(town: Town, device: Device) -> None:
    _, teacher = await settle(town, device, classes=2)
    entry = await hang(town.ctx)
    url = f"{town.ctx.policy.public_url}/l/{entry.id}"
    homework = await set_homework(town, teacher, [url, "https://basic.smartedu.cn/other"])
    where = f"/teaching/homework/{homework['id']}/links"
    row = {"url": url, "title": "阳光体育", "families": 0, "teachers": 0}
    assert (await teacher.call("GET", where)).data == {"links": [row]}
    await opened(town, entry.id, 3, "families")
    await opened(town, entry.id, 1, "teachers")
    await opened(town, entry.id, 9, "families", SECOND.id)  # which was not given it
    answer = await teacher.call("GET", where)
    assert answer.data == {"links": [row | {"families": 3, "teachers": 1}]}
    assert child_name(1) not in str(answer.data)


async def test_a_family_reads_what_it_is_called(town: Town, device: Device) -> None:
    village, teacher = await settle(town, device)
    mother = await village.guardian("mother", 1)
    entry = await hang(town.ctx)
    url = f"{town.ctx.policy.public_url}/l/{entry.id}"
    homework = await set_homework(town, teacher, [url, "https://basic.smartedu.cn/other"])
    (door,) = (await doors_for(town.ctx, CLASS.school_id, (CLASS.id,), "families")).values()
    said = [
        {"title": "阳光体育", "url": f"{url}?v={door}"},
        {"title": "basic.smartedu.cn", "url": "https://basic.smartedu.cn/other"},
    ]

    async def told() -> Any:
        answer = await mother.call("GET", f"/notices/{homework['id']}")
        return answer.data["links"] if answer.status == 200 else None

    assert await wait_until(told, description="the family is told") == said
    assert (await mother.call("GET", f"/homework/{homework['id']}")).data["links"] == said


async def test_of_few_children_no_number_is_said(town: Town, device: Device) -> None:
    village, teacher = await settle(town, device, children=3)
    entry = await hang(town.ctx, CLASS_SHELF)
    homework = await set_homework(town, teacher, [f"{town.ctx.policy.public_url}/l/{entry.id}"])
    await opened(town, entry.id, 3, "families")
    (row,) = (await teacher.call("GET", f"/teaching/homework/{homework['id']}/links")).data["links"]
    assert (row["families"], row["teachers"]) == (None, None)
    # And nobody else asks.
    mother = await village.guardian("mother", 1)
    for who in (mother, await village.somebody("stranger")):
        answer = await who.call("GET", f"/teaching/homework/{homework['id']}/links")
        assert answer.status == 404


async def test_a_class_teacher_reads_on_the_shelf_how_often_it_was_opened(
    town: Town, device: Device
) -> None:
    _, teacher = await settle(town, device, classes=2)
    used, unused = await hang(town.ctx), await hang(town.ctx, key="key-0002", title="口算")
    schools = await hang(town.ctx, SCHOOL_SHELF, key="key-0003")
    await opened(town, used.id, 3, "families")
    await opened(town, used.id, 1, "teachers")
    await opened(town, used.id, 9, "families", SECOND.id)  # through another class's door
    await opened(town, schools.id, 9, "families")  # what hangs elsewhere is no matter of this shelf
    today = school_day(town.ctx.now())
    week_ago, long_ago = str(today - timedelta(days=7)), str(today - timedelta(days=300))
    await note_days(town, used, {week_ago: 5, long_ago: 50})
    shelf = (await teacher.call("GET", f"/teaching/classes/{CLASS.id}/links")).data
    assert {row["code"]: row for row in shelf["uses"]} == {
        used.id: {"code": used.id, "families": 3, "teachers": 1, "others": 0, "term": 9},
        unused.id: {"code": unused.id, "families": 0, "teachers": 0, "others": 0, "term": 0},
    }


async def test_on_a_small_classs_shelf_no_number_is_said(town: Town, device: Device) -> None:
    _, teacher = await settle(town, device, children=3)
    await opened(town, (await hang(town.ctx)).id, 3, "families")
    shelf = (await teacher.call("GET", f"/teaching/classes/{CLASS.id}/links")).data
    assert shelf["uses"] is None
    assert len(shelf["entries"]) == 1


@pytest.mark.parametrize(("children", "families"), [(6, 2), (3, None)])
async def test_of_a_notices_links_its_author_reads_the_same(
    town: Town, device: Device, children: int, families: int | None
) -> None:
    village, teacher = await settle(town, device, children=children)
    entry = await hang(town.ctx)
    url = f"{town.ctx.policy.public_url}/l/{entry.id}"
    form = {"title": "大课间", "body": "跟着做。", "class_ids": [CLASS.id], "links": [url]}
    made = await teacher.call("POST", "/notices", form | {"confirm": "none"})
    await opened(town, entry.id, 2, "families")
    where = f"/teaching/notices/{made.data['id']}/links"
    (row,) = (await teacher.call("GET", where)).data["links"]
    assert (row["url"], row["title"], row["families"]) == (url, "阳光体育", families)
    page = (await village.teacher.get(f"/h5/teach/notices/{made.data['id']}")).text
    assert ("发出以来：学生和家长打开 2 次" in page) is (families == 2)
    assert ("发出以来：人数少" in page) is (families is None)
    own = (await teacher.call("GET", f"/teaching/notices/{made.data['id']}")).data
    assert own["class_ids"] == [CLASS.id]
    # Nobody but its author asks.
    mother = await village.guardian("mother", 1)
    assert (await mother.call("GET", where)).status == 404
