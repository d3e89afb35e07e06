"""One's own activities at a desk: written without scripts, changed over what was seen, and nobody else's."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from domain.activities import Activity
from domain.roles import Role
from services.people import note_follow
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.handlers.conftest import Village
from tests.handlers.test_console_activities import CHILD, CHILD_NAME, GROUP, taken
from tests.town import SCHOOL, Phone
from tests.waiting import wait_until

HOME = "/console/own-activities"
Form = list[tuple[str, str]]


@pytest.fixture
async def desk(village: Village) -> AsyncIterator[Browser]:
    """The head teacher's browser."""
    browser = Browser(village.town)
    await sign_in_at_desk(browser, village.teacher)
    yield browser
    await browser.client.close()


def booking(village: Village, **changes: str) -> Form:
    """A booking of three slots, one of which has two places."""
    closes = village.town.ctx.now() + timedelta(days=2)
    form = {
        "key": "key-0001",
        "kind": "booking",
        "per": "child",
        "to": "classes",
        "class_ids": GROUP.id,
        "title": "家长会预约",
        "body": "每家十分钟。",
        "closes_at": closes.isoformat(),
        "q0_kind": "choice",
        "q0_text": "哪个时段？",
        "q0_required": "yes",
        "q0_options": "18:00\n18:10 | 2\n18:20\t1",
        "q0_seats": "1",
        "action": "publish",
        **changes,
    }
    return list(form.items())


async def published(village: Village, desk: Browser, **changes: str) -> Activity:
    """What the form made."""
    done = await desk.send(HOME + "/new", booking(village, **changes))
    assert "已发布" in done.text
    return await activity_of(village, done.url.split("/")[-1].partition("?")[0])


async def activity_of(village: Village, activity_id: str) -> Activity:
    """As it is kept."""
    found = await village.town.ctx.stores.activities.find(activity_id)
    assert isinstance(found, Activity)
    return found


def change(activity: Activity, **changes: str) -> dict[str, str]:
    """The form in which it is changed, as it is shown, with some fields changed."""
    places = {f"q0_{o.id}": str(o.seats) for o in activity.questions[0].options}
    return {
        "key": "key-change",
        "seen": str(activity.version),
        "title": activity.title,
        "body": activity.body,
        "closes_at": activity.closes_at.isoformat(),
        "tells": "yes",
        **places,
        **changes,
    }


async def test_a_booking_is_written_answered_and_read(village: Village, desk: Browser) -> None:
    shown = (await desk.open(HOME + "/new?kind=booking")).text
    assert 'name="q0_seats"' in shown
    more = await desk.send(HOME + "/new", booking(village, action="add"))
    assert 'name="q1_kind"' in more.text
    assert "家长会预约" in more.text  # what was typed is still there
    less = await desk.send(HOME + "/new", booking(village, action="remove-0"))
    assert 'name="q0_kind"' not in less.text
    assert await village.count("activities") == 0
    made = await published(village, desk)
    assert [(o.text, o.seats) for o in made.questions[0].options] == [
        ("18:00", 1),
        ("18:10", 2),
        ("18:20", 1),
    ]
    await published(village, desk)  # the same form again
    assert await village.count("activities") == 1
    await village.mother.post(f"/h5/activities/{made.id}", {"child": CHILD, "q0": "o1"})
    page = (await desk.open(f"{HOME}/{made.id}")).text
    row = page.partition(CHILD_NAME)[2].partition("</tr>")[0]
    assert "已填写" in row
    assert "18:10" in row
    assert "家长会预约" in (await desk.open(HOME)).text
    sheets = await taken(desk, f"{HOME}/{made.id}/list.xlsx")
    assert ["18:10", 1, 1] in [line[1:4] for line in sheets["汇总"]]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "wrong-title"),
        ({"closes_at": "2020-01-01T08:00"}, "截止时间"),
        ({"class_ids": ""}, "banner bad"),
        ({"q0_options": "18:00\n18:00"}, "有两个选项一样"),
        ({"q0_seats": "many"}, "名额"),
        ({"q0_seats": "", "q0_options": "a\nb"}, "预约要有可选的时段和名额"),
        ({"kind": "poll", "q0_kind": "text"}, "投票只能有选择题"),
        ({"q0_kind": "riddle"}, "banner bad"),
    ],
)
async def test_a_refused_form_keeps_what_was_typed(
    village: Village, desk: Browser, changes: dict[str, str], said: str
) -> None:
    form = [pair for pair in booking(village, **changes) if pair != ("class_ids", "")]
    refused = await desk.send(HOME + "/new", form)
    assert refused.status == 422
    assert said in refused.text
    assert "每家十分钟。" in refused.text
    assert await village.count("activities") == 0


async def test_nobody_asks_whom_they_may_not(village: Village, desk: Browser) -> None:
    for wrong in ({"class_ids": "school-b-class-1"}, {"to": "staff"}):
        assert (await desk.send(HOME + "/new", booking(village, **wrong))).status == 404
    assert await village.count("activities") == 0
    office = await appoint_at(village.town, "office", SCHOOL, Role.OFFICE, name="教务处")
    browser = await at_desk(village, office)
    made = await published(village, browser, to="staff")
    assert (made.staff, made.per, made.class_ids) == (True, "adult", ())
    await browser.client.close()


async def at_desk(village: Village, phone: Phone) -> Browser:
    """Somebody else's browser."""
    browser = Browser(village.town)
    await sign_in_at_desk(browser, phone)
    return browser


async def test_what_is_open_is_changed_and_who_has_read_is_told(
    village: Village, desk: Browser
) -> None:
    made = await published(village, desk)
    path = f"{HOME}/{made.id}"
    # Only who was told of it, and has read it, is told that it changed.
    await wait_until(lambda: village.mother.cards, description="the family is told")
    await village.mother.get(f"/h5/activities/{made.id}")
    await village.mother.post(f"/h5/activities/{made.id}", {"child": CHILD, "q0": "o0"})
    shown = (await desk.open(path + "/change")).text
    assert 'name="q0_o1"' in shown
    wrong = await desk.send(path + "/change", change(made, q0_o1="1", q0_added="18:40"))
    assert (wrong.status, "不能比原来的 2 个少" in wrong.text) == (422, True)
    assert "18:40" in wrong.text
    assert (await activity_of(village, made.id)).version == 1
    form = change(made, title="家长会改到周五", q0_o0="3", q0_added="18:30 | 4")
    assert "已保存" in (await desk.send(path + "/change", form)).text
    assert "已保存" in (await desk.send(path + "/change", form)).text  # a double tap
    now = await activity_of(village, made.id)
    assert (now.version, now.title) == (2, "家长会改到周五")
    assert [(o.text, o.seats) for o in now.questions[0].options] == [
        ("18:00", 3),
        ("18:10", 2),
        ("18:20", 1),
        ("18:30", 4),
    ]
    seats = await village.town.ctx.stores.seats.find(made.id)
    assert seats is not None
    assert dict(seats.left()) == {"o0": 2, "o1": 2, "o2": 1, "o3": 4}
    stale = await desk.send(path + "/change", change(made, key="another", title="又改"))
    assert (stale.status, "刚刚在别处改过" in stale.text, "又改" in stale.text) == (409, True, True)
    notice = await village.town.ctx.stores.notices.find(made.id)
    assert notice is not None
    assert [v.title for v in notice.versions] == ["家长会预约", "家长会改到周五"]
    await wait_until(
        lambda: any("更正：家长会改到周五" in str(card) for card in village.mother.cards),
        description="the family is told of the change",
    )


async def test_who_waits_moves_up_when_there_are_more_places(
    village: Village, desk: Browser
) -> None:
    made = await published(village, desk, q0_options="18:00", q0_seats="1", waits="yes")
    seats = village.town.ctx.stores.database["seats"]
    held = {"subject_id": "somebody", "option_id": "o0", "at": village.town.ctx.now()}
    await seats.update_one({"_id": made.id}, {"$set": {"holders": [held]}})
    answer = f"/h5/activities/{made.id}"
    assert "候补" in (await village.mother.post(answer, {"child": CHILD, "q0": "o0"})).text
    await desk.send(f"{HOME}/{made.id}/change", change(made, q0_o0="2", tells=""))
    assert "候补" not in (await village.mother.get(answer)).text
    found = await village.town.ctx.stores.seats.find(made.id)
    assert found is not None
    assert [h.subject_id for h in found.holders] == ["somebody", CHILD]


async def test_it_is_closed_reminded_and_withdrawn_by_who_published_it_alone(
    village: Village, desk: Browser
) -> None:
    made = await published(village, desk)
    path = f"{HOME}/{made.id}"
    office = await appoint_at(village.town, "office", SCHOOL, Role.OFFICE, name="教务处")
    for somebody in (office, village.rival):
        browser = await at_desk(village, somebody)
        for address in (path, path + "/change", path + "/list.xlsx"):
            assert (await browser.open(address)).status == 404
        for action in ("close", "withdraw", "remind"):
            form = {"action": action, "number": "1"}
            assert (await browser.send(path, form)).status == 404
        assert (await browser.send(path + "/change", change(made, title="别人的"))).status == 404
        await browser.client.close()
    assert await activity_of(village, made.id) == made
    number = re.search(r'name="number" value="(\d)"', (await desk.open(path)).text)
    assert number is not None
    assert "提醒" in (await desk.send(path, {"action": "remind", "number": number[1]})).text
    notice = await village.town.ctx.stores.notices.find(made.id)
    assert notice is not None
    assert notice.reminders == 1
    assert (await desk.send(path, {"action": "burn"})).status == 404
    assert "已截止" in (await desk.send(path, {"action": "close"})).text
    assert (await desk.send(path + "/change", change(made, title="太晚了"))).status == 409
    again = await desk.send(path, {"action": "withdraw"})
    assert "已撤回" in again.text
    assert (await village.mother.get(f"/h5/activities/{made.id}")).text.count("撤回") > 0


async def test_of_a_staff_who_has_not_answered_is_reminded_twice_at_most(village: Village) -> None:
    office = await appoint_at(village.town, "office", SCHOOL, Role.OFFICE, name="教务处")
    asked = await appoint_at(village.town, "music", SCHOOL, Role.OFFICE, name="音乐老师")
    for phone in (asked, village.teacher):
        await note_follow(village.town.ctx, phone.user.openid, following=True)
        await phone.say("在吗")
    browser = await at_desk(village, office)
    made = await published(
        village, browser, to="staff", kind="form", q0_seats="", q0_options="去\n不去"
    )
    path = f"{HOME}/{made.id}"

    def cards(phone: Phone) -> int:
        return sum("请在" in str(entry) and made.title in str(entry) for entry in phone.user.chat)

    async def is_told(times: int) -> None:
        await wait_until(lambda: cards(asked) == times, description=f"told {times} times")

        async def finished() -> bool:
            return (await activity_of(village, made.id)).unfinished_since is None

        await wait_until(finished, description="all of it is done")

    await is_told(1)
    await wait_until(lambda: cards(village.teacher) == 1, description="the teacher is told, too")
    await village.teacher.post(f"/h5/activities/{made.id}", {"q0": "o0"})
    for number in ("1", "1", "2"):
        form = {"action": "remind", "number": number}
        assert "已经开始提醒" in (await browser.send(path, form)).text
        await is_told(1 + int(number))
    assert (await browser.send(path, {"action": "remind", "number": "3"})).status == 404
    assert 'value="remind"' not in (await browser.open(path)).text
    assert cards(village.teacher) == 1  # who has answered
    await browser.client.close()
