"""A child's work in WeChat's browser: handed in, returned, corrected; and who finds nothing there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from domain.submissions import Drawing, Level, Stamp, Stroke
from domain.times import SCHOOL_ZONE
from services.deliveries import carry_out_work
from services.homework import withdraw_homework
from services.marking import Said, mark_submission
from services.people import Teaching
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.conftest import photograph
from tests.homeworking import publish, teacher
from tests.town import Phone, Reply, Town, child_name, school_class

CLASS = school_class(1)
CHILD = f"{CLASS.id}-0001"


@dataclass
class Lesson:
    """A homework that is out, who set it, and the families of two children."""

    town: Town
    by: Teaching
    mother: Phone
    other: Phone
    homework: str = ""

    @property
    def path(self) -> str:
        return f"/h5/homework/{self.homework}/children/{CHILD}"

    async def set(self, **form: Any) -> None:
        day = str(self.town.ctx.now().astimezone(SCHOOL_ZONE).date())
        form = {"day": day, "hand_in": "pictures", **form}
        made = await publish(self.town.ctx, self.by, **form)
        self.homework = made.homework.id

    async def bring(self, phone: Phone | None = None) -> Reply:
        return await (phone or self.mother).upload("1.jpg", photograph(), f"{self.path}/files")

    async def send(self, *files: str, key: str = "key-of-the-form", text: str = "") -> Reply:
        fields = [("key", key), ("text", text), *(("file_ids", one) for one in files)]
        return await self.mother.post(self.path, fields)

    async def held(self) -> list[dict[str, Any]]:
        return [d async for d in self.town.ctx.stores.database["submissions"].find()]

    async def mark(self, key: str, **said: Any) -> None:
        await mark_submission(self.town.ctx, self.by, self.homework, CHILD, Said(**said), key=key)


@pytest.fixture
async def lesson(quiet_town: Town) -> Lesson:
    town = quiet_town
    await town.settle_school(children=3)
    mother = await town.settle_guardian("mother", 1)
    other = await town.settle_guardian("other", 2)
    lesson = Lesson(town, await teacher(town.ctx, 1), mother, other)
    await lesson.set()
    return lesson


async def test_handed_in_returned_corrected_marked(lesson: Lesson) -> None:
    page = (await lesson.mother.get(lesson.path)).text
    assert "还没交" in page
    assert "练习册第 32 页" in page
    refused = await lesson.send()
    assert (refused.status, "请至少放一张照片" in refused.text) == (422, True)
    assert await lesson.held() == []
    brought = (await lesson.bring()).data["id"]
    assert (await lesson.mother.get(f"{lesson.path}/files/{brought}")).status == 200
    for _ in range(2):
        sent = await lesson.send(brought, text="第三题不太会。")
        assert (sent.status, "交好了，老师会看到" in sent.text) == (200, True)
    (held,) = await lesson.held()
    assert [v["text"] for v in held["versions"]] == ["第三题不太会。"]

    stroke = Stroke(colour="#e0322b", width=100, points=(0, 0, 5000, 10000))
    await lesson.mark(
        "k1", version=1, returned=True, comment="单位<忘>了",
        drawings=(Drawing(file_id=brought, strokes=(stroke,)),),
    )  # fmt: skip
    page = (await lesson.mother.get(lesson.path)).text
    assert "请订正" in page
    assert "单位&lt;忘&gt;了" in page
    assert '<svg viewBox="0 0 40 30" aria-hidden="true"><polyline points="0,0 20,30"' in page
    again = (await lesson.bring()).data["id"]
    sent = await lesson.send(brought, again, key="another-form")
    assert "订正已经交给老师了" in sent.text
    await lesson.mark(
        "k2", version=2, stamp=Stamp.CAREFUL, level=Level.EXCELLENT, points=96, points_of=100
    )
    page = (await lesson.mother.get(lesson.path)).text
    for words in ("老师看过了", "细心", "优", "96 分（满分 100）", "第 2 次"):
        assert words in page
    assert 'name="text"' not in page
    late = await lesson.send(brought, key="a-third-form")
    assert (late.status, "老师已经批改好了" in late.text) == (409, True)
    assert len((await lesson.held())[0]["versions"]) == 2


async def test_the_same_page_once_more_with_something_else_is_something_else(
    lesson: Lesson,
) -> None:
    first, second = [(await lesson.bring()).data["id"] for _ in range(2)]
    await lesson.send(first)
    await lesson.send(first, second)
    (held,) = await lesson.held()
    assert [len(v["files"]) for v in held["versions"]] == [1, 2]


async def test_nobody_else_sees_it_hands_it_in_or_opens_its_files(lesson: Lesson) -> None:
    brought = (await lesson.bring()).data["id"]
    await lesson.send(brought)
    stranger = lesson.town.phone("stranger")
    for phone in (lesson.other, stranger):
        for path in (lesson.path, f"{lesson.path}/files/{brought}"):
            assert (await phone.get(path)).status == 404
        fields = [("key", "key-of-another"), ("text", ""), ("file_ids", brought)]
        assert (await phone.post(lesson.path, fields)).status == 404
        assert (await lesson.bring(phone)).status == 404
    (held,) = await lesson.held()
    assert len(held["versions"]) == 1
    # A file of another family is none of one's own, whatever the form says.
    path = f"/h5/homework/{lesson.homework}/children/{CLASS.id}-0002"
    fields = [("key", "key-of-another"), ("text", ""), ("file_ids", brought)]
    assert (await lesson.other.post(path, fields)).status == 422
    assert len(await lesson.held()) == 1


async def test_what_was_handed_in_stays_to_be_seen_when_the_homework_is_taken_back(
    lesson: Lesson,
) -> None:
    brought = (await lesson.bring()).data["id"]
    await lesson.send(brought)
    await withdraw_homework(lesson.town.ctx, lesson.by, lesson.homework)
    page = await lesson.mother.get(lesson.path)
    assert (page.status, "不用再交了" in page.text) == (200, True)
    assert f"{lesson.path}/files/{brought}" in page.text
    assert 'name="text"' not in page.text
    refused = await lesson.send(brought, key="another-form")
    assert (refused.status, "老师已经收回了这次作业" in refused.text) == (409, True)
    assert (await lesson.bring()).status == 404
    # Who had handed nothing in finds nothing.
    other = f"/h5/homework/{lesson.homework}/children/{CLASS.id}-0002"
    assert (await lesson.other.get(other)).status == 404


async def test_ticked_off_with_one_tap_and_late_is_said_kindly(lesson: Lesson) -> None:
    due = lesson.town.ctx.now().astimezone(SCHOOL_ZONE) + timedelta(minutes=30)
    await lesson.set(key="key-0002", hand_in="tick", due_at=due.strftime("%Y-%m-%dT%H:%M"))
    past = lesson.town.ctx.now() - timedelta(hours=1)
    await lesson.town.ctx.stores.database["homework"].update_one(
        {"_id": lesson.homework}, {"$set": {"versions.0.due_at": past}}
    )
    assert "做完了" in (await lesson.mother.get(lesson.path)).text
    sent = await lesson.send()
    assert "晚了一点，没关系" in sent.text
    assert "做完了" not in (await lesson.mother.get(lesson.path)).text


async def test_the_notice_the_evening_and_the_word_of_a_return_lead_to_it(lesson: Lesson) -> None:
    notice = f"/h5/notices/{lesson.homework}"

    async def link_on(path: str) -> str:
        page = (await lesson.mother.get(path)).text
        found = re.search(rf'href="[^"]*{lesson.path}"[^>]*>(.*?)</a>', page)
        return re.sub("<[^>]*>", " ", found[1]) if found else ""

    await carry_out_work(lesson.town.ctx, lesson.homework)
    assert await link_on(notice) == "交作业"
    assert "交作业" in await link_on("/h5/homework")
    await lesson.send((await lesson.bring()).data["id"])
    assert "看交的作业" in await link_on(notice)
    assert "已交" in await link_on("/h5/homework")
    await lesson.mark("k1", version=1, returned=True)
    (word,) = [d async for d in lesson.town.ctx.stores.database["notices"].find({"kind": "return"})]
    await carry_out_work(lesson.town.ctx, word["_id"])
    assert await link_on(f"/h5/notices/{word['_id']}") == "看批注，去订正"
    assert "请订正" in await link_on("/h5/homework")


async def test_with_two_children_each_has_a_link_of_its_own(lesson: Lesson) -> None:
    await lesson.town.settle_guardian("mother", 3)
    await carry_out_work(lesson.town.ctx, lesson.homework)
    page = (await lesson.mother.get(f"/h5/notices/{lesson.homework}")).text
    for number in (1, 3):
        assert f"{child_name(number)}：交作业" in page


async def test_a_teacher_of_the_child_opens_its_files_and_not_the_family_s_page(
    lesson: Lesson,
) -> None:
    brought = (await lesson.bring()).data["id"]
    await lesson.send(brought)
    head = lesson.town.phone("teacher")
    assert (await head.get(f"{lesson.path}/files/{brought}")).status == 200
    assert (await head.get(lesson.path)).status == 404  # the family's page is the family's
