"""An evening of homework on the real server: budget, handing in, marking, returning, correcting; and the tunnel."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from domain.roles import Appointment, Role
from domain.submissions import first_name
from domain.times import SCHOOL_ZONE
from tests.browser.phones import Screenshot
from tests.miniapp.client import MiniClient
from tests.miniapp.village import Village, camera_picture
from tests.miniprogram.campus import Campus
from tests.miniprogram.handset import Handset
from tests.recordings import mp3, mp4
from tests.town import SCHOOL, child_name, school_class

CLASS = school_class(1)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Three photographs of a page, in the phone's album."""
    paths = [tmp_path / f"第{n}页.jpg" for n in (1, 2, 3)]
    for path in paths:
        path.write_bytes(camera_picture((800, 600)))
    return paths


def pupil_id(number: int) -> str:
    """Of a child of the class."""
    return f"{CLASS.id}-000{number}"


async def appoint(village: Village, key: str, subject: str, name: str) -> None:
    """Somebody teaches a subject in the class from now on."""
    person_id = await village.person(key)
    await village.town.ctx.stores.appointments.save(
        Appointment(
            id=f"{CLASS.id}:subject_teacher-{subject}:{person_id}",
            person_id=person_id,
            role=Role.SUBJECT_TEACHER,
            name=name,
            school_id=SCHOOL.id,
            class_id=CLASS.id,
            subject=subject,
        )
    )


async def subject_teacher(
    campus: Campus, key: str, subject: str, name: str, **said: Any
) -> Handset:
    """The phone of somebody who teaches a subject in the class."""
    await campus.village.somebody(key)
    await appoint(campus.village, key, subject, name)
    phone = await campus.stranger(key, **said)
    await phone.remember(consented=True)
    return phone


async def chinese_homework(village: Village, minutes: int = 45) -> MiniClient:
    """The teacher of Chinese, who was first with so many minutes of today's evening."""
    chinese = await village.somebody("chinese")
    await appoint(village, "chinese", "chinese", "林")
    today = village.town.ctx.now().astimezone(SCHOOL_ZONE).date()
    form = {
        "subject": "chinese",
        "class_ids": [CLASS.id],
        "text": "把《荷花》读三遍。",
        "minutes": minutes,
        "written": True,
        "day": str(today),
        "hand_in": "nothing",
    }
    made = await chinese.call("POST", "/teaching/homework", form)
    assert made.data["state"] == "published"
    return chinese


async def choose(phone: Handset, *files: Path) -> None:
    """Choose pictures; they have gone up when this is over, if there is a server."""
    before = await phone.part("picture").count()
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("add-picture")
    await (await chooser.value).set_files(list(files))
    await expect(phone.part("picture")).to_have_count(before + len(files))
    await expect(phone.part("going")).to_have_count(0)


async def draw(phone: Handset) -> None:
    """A line of a finger over the picture."""
    await phone.tap("pen")
    await expect(phone.part("paper").locator("canvas")).to_be_visible()
    box = await phone.part("paper").bounding_box()
    assert box is not None
    x, y, wide = box["x"], box["y"], box["width"]
    await phone.drag([(x + wide * part / 10, y + 50 + 20 * (part % 2)) for part in range(2, 9)])
    await expect(phone.part("undo")).to_be_visible()


async def write_homework(teacher: Handset, minutes: int) -> None:
    """From the teacher's home to a form that is filled; 20 minutes are what it begins with."""
    await teacher.open()
    await teacher.tap("homework-mine")
    await teacher.tap("write")
    await teacher.is_at("homework/set/index")
    await teacher.type("作业内容", "练习册第 42 到 43 页。")
    for _ in range((minutes - 20) // 5):
        await teacher.tap("more")
    await expect(teacher.part("minutes")).to_contain_text(str(minutes))


async def test_an_evening_from_the_budget_to_the_correction(
    campus: Campus, pictures: list[Path], screenshot: Screenshot
) -> None:
    village = campus.village
    await chinese_homework(village)
    mother = await campus.parent("mother", 1)
    teacher = await subject_teacher(campus, "maths", "maths", "陈")
    await write_homework(teacher, 30)
    await expect(teacher.part("budget")).to_contain_text("语文 · 林老师")
    await expect(teacher.part("budget")).to_contain_text("超了 15 分钟")
    await teacher.tap("send")
    await expect(teacher.part("shorten")).to_have_text("缩短到 15 分钟")
    await teacher.shoot(screenshot, "1-over")
    assert len(await village.documents("homework", state="published")) == 1
    await teacher.tap("shorten")
    await teacher.is_at("homework/own/index")
    await expect(teacher.part("pile-missing")).to_contain_text("3")
    (evening,) = await village.documents("evenings")
    assert sorted(one["minutes"] for one in evening["reservations"]) == [15, 45]

    await mother.open()
    await mother.tap("homework")
    await mother.is_at("homework/evening/index")
    await expect(mother.part("evening")).to_contain_text("60")
    await mother.shoot(screenshot, "2-evening")
    await mother.part("homework").filter(has_text="数学").tap()
    await mother.tap("hand-in")
    await mother.is_at("homework/hand-in/index")
    await choose(mother, *pictures)
    await mother.tap("send")
    await mother.is_at("homework/task/index")
    await expect(mother.part("work")).to_contain_text("已交")

    await teacher.pull()
    await expect(teacher.part("pile-waiting")).to_contain_text("1")
    await teacher.tap("mark-next")
    await expect(teacher.part("whose")).to_contain_text(child_name(1))
    await expect(teacher.part("turn")).to_have_count(3)
    await draw(teacher)
    await teacher.type("评语", "第 3 题再想一想。")
    await teacher.shoot(screenshot, "3-marking")
    await teacher.tap("give-back")
    await teacher.is_at("homework/own/index")
    await expect(teacher.part("pile-returned")).to_contain_text("1")

    # A card in the chat leads to the notice, and the notice to the homework.
    (maths,) = await village.documents("homework", subject="maths")
    await mother.open(f"pages/notice/index?id={maths['_id']}")
    await mother.is_at("homework/task/index")
    await expect(mother.part("work")).to_contain_text("请订正")
    await expect(mother.part("mark")).to_contain_text("第 3 题再想一想")
    await expect(mother.part("drawn")).to_have_count(1)
    await mother.part("work").scroll_into_view_if_needed()
    await mother.shoot(screenshot, "4-returned")
    await mother.tap("into-book")
    await mother.is_at("homework/mistake/index")
    await expect(mother.part("sheet").locator("img").first).to_be_visible()
    await mother.tap("save")
    await mother.is_at("homework/task/index")
    await expect(mother.page.locator("body")).to_contain_text("记好了")
    await mother.tap("hand-in")
    await mother.is_at("homework/hand-in/index")
    await expect(mother.part("picture").locator("img")).to_have_count(3)
    await choose(mother, pictures[0])
    await mother.tap("send")
    await mother.is_at("homework/task/index")
    await expect(mother.part("work")).to_contain_text("第2次")

    await teacher.pull()
    await expect(teacher.part("pile-waiting")).to_contain_text("1")
    await teacher.tap("mark-next")
    await teacher.tap("level-excellent")
    await teacher.tap("stamp-progress")
    await teacher.tap("finish")
    await teacher.is_at("homework/own/index")
    await expect(teacher.part("pile-marked")).to_contain_text("1")
    await mother.open()
    await mother.tap("homework")
    await mother.part("homework").filter(has_text="数学").tap()
    await expect(mother.part("work")).to_contain_text("老师看过了")
    await expect(mother.part("mark").first).to_contain_text("优")
    await expect(mother.part("hand-in")).to_have_count(0)
    await mother.shoot(screenshot, "5-marked")
    await mother.back()
    await mother.tap("mistakes")
    await expect(mother.text("今天没有要再做的")).to_be_visible()
    await mother.part("subject").filter(has_text="数学").tap()
    await expect(mother.part("mistake")).to_contain_text("再做")
    assert len(await village.documents("mistakes")) == 1
    (held,) = await village.documents("submissions")
    assert [len(one["files"]) for one in held["versions"]] == [3, 4]
    assert [one["returned"] for one in held["marks"]] == [True, False]


async def test_a_group_of_pupils_good_work_and_practice(
    campus: Campus, pictures: list[Path], screenshot: Screenshot
) -> None:
    village = campus.village
    mother, other = [await campus.parent(f"mother{n}", n) for n in (1, 2)]
    agreed = {"purpose": "class_work", "child_id": pupil_id(1), "decision": "yes", "version": 1}
    family = await village.somebody("mother1")
    assert (await family.call("PUT", "/consents", agreed)).status in (200, 201)
    teacher = await subject_teacher(campus, "maths", "maths", "陈")
    await write_homework(teacher, 20)
    await teacher.tap("whom")
    for number in (0, 1):
        await teacher.part("pupil").nth(number).tap()
    await teacher.type("组名", "提高组")
    await teacher.tap("take-group")
    await teacher.tap("send")
    await teacher.is_at("homework/own/index")
    await expect(teacher.part("pile-missing")).to_contain_text("2")
    (homework,) = await village.documents("homework")
    assert homework["student_ids"] == [pupil_id(1), pupil_id(2)]

    await mother.open()
    await expect(mother.part("tonight")).to_have_text("约 20 分钟")
    await mother.tap("homework")
    await mother.tap("homework")
    await mother.tap("hand-in")
    await mother.is_at("homework/hand-in/index")
    await choose(mother, *pictures[:2])
    await mother.tap("send")
    await mother.is_at("homework/task/index")

    await teacher.pull()
    await expect(teacher.part("pile-waiting")).to_contain_text("1")
    await teacher.tap("mark-next")
    await teacher.tap("cut")
    await teacher.is_at("homework/mistake/index")
    await expect(teacher.part("sheet").locator("img").first).to_be_visible()
    await teacher.type("知识点", "进位加法")
    await teacher.tap("save")
    await teacher.is_at("homework/mark/index")
    await teacher.tap("praise")
    await teacher.tap("finish")
    await teacher.is_at("homework/own/index")
    await expect(teacher.part("pile-marked")).to_contain_text("1")
    await teacher.open("homework/practice/index")
    await teacher.tap("add")
    await teacher.type("知识点或章节", "进位加法")
    await teacher.type("名称", "练一练")
    await teacher.type("网址", "https://basic.smartedu.cn/practice")
    await teacher.tap("put")
    await expect(teacher.part("practice")).to_contain_text("进位加法")

    await other.open(f"homework/praised/index?id={homework['_id']}&child={pupil_id(2)}")
    await expect(other.part("praised")).to_contain_text(first_name(child_name(1)))
    await expect(other.part("praised")).not_to_contain_text(child_name(1))
    await expect(other.part("picture").locator("img")).to_have_count(2)
    await mother.open(f"homework/mistakes/index?child={pupil_id(1)}")
    await mother.part("subject").first.tap()
    await expect(mother.part("mistake")).to_contain_text("进位加法")
    await expect(mother.part("practice")).to_contain_text("练一练")
    await mother.shoot(screenshot, "1-book")


async def test_a_voice_and_a_film_hang_on_it_and_open_at_home(
    campus: Campus, screenshot: Screenshot, tmp_path: Path
) -> None:
    village = campus.village
    spoken = "data:audio/mpeg;base64," + base64.b64encode(mp3()).decode()
    teacher = await subject_teacher(campus, "maths", "maths", "陈", recording=spoken)
    mother = await campus.parent("mother", 1)
    film = tmp_path / "怎样读题.mp4"
    film.write_bytes(mp4())
    await write_homework(teacher, 20)
    await teacher.tap("record")
    await expect(teacher.text("说完了")).to_be_visible()
    await teacher.tap("send")  # not before it is said
    await teacher.tap("record")
    await expect(teacher.part("attached")).to_contain_text(["录音 3 秒"])
    async with teacher.page.expect_file_chooser() as chooser:
        await teacher.tap("add-film")
    await (await chooser.value).set_files([film])
    await expect(teacher.part("attached")).to_have_count(2)
    await teacher.part("add-film").scroll_into_view_if_needed()
    await teacher.shoot(screenshot, "1-written")
    await teacher.tap("send")
    await teacher.is_at("homework/own/index")
    (homework,) = await village.documents("homework")
    kinds = [one["kind"] for one in homework["versions"][0]["attachments"]]
    assert kinds == ["audio", "video"]

    files = (await village.upload(mp3()), await village.upload(mp4()))
    notice = await village.publish(title="听一听，看一看", files=files)
    for place in (
        f"pages/notice/index?id={notice.id}",
        f"homework/task/index?id={homework['_id']}",
    ):
        await mother.open(place)
        await expect(mother.part("file")).to_have_count(2)
        await mother.part("file").first.tap()
        await mother.page.wait_for_function("window.__mini.played")
        await mother.part("file").last.tap()
        await mother.page.wait_for_function("window.__mini.previewed")
        assert await mother.page.evaluate("window.__mini.opened || null") is None
    await mother.shoot(screenshot, "2-at-home")


async def test_a_head_teacher_lets_it_go_over(campus: Campus) -> None:
    village = campus.village
    await chinese_homework(village)
    mother = await campus.parent("mother", 1)
    teacher = await subject_teacher(campus, "maths", "maths", "陈")
    head = await campus.teacher()
    await write_homework(teacher, 20)
    await teacher.tap("send")
    await teacher.tap("start-asking")
    await teacher.type("理由", "明天有公开课。")
    await teacher.tap("ask")
    await teacher.is_at("homework/own/index")
    await expect(teacher.part("overrun")).to_contain_text("等班主任决定")
    assert len(await village.documents("homework", state="published")) == 1

    await head.open()
    await head.tap("homework-mine")
    await head.tap("overruns")
    await expect(head.part("overrun")).to_contain_text("明天有公开课。")
    await expect(head.part("overrun")).to_contain_text("超了 5 分钟")
    await head.type("理由", "只这一次。")
    await head.tap("allow")
    await expect(head.text("没有要决定的")).to_be_visible()
    await teacher.pull()
    await expect(teacher.part("pile-missing")).to_contain_text("3")
    (asked,) = await village.documents("overruns")
    assert (asked["state"], asked["reason"]) == ("allowed", "只这一次。")
    await mother.open("homework/evening/index")
    await expect(mother.part("evening")).to_contain_text("比规定多 5 分钟")


async def test_handed_in_while_the_server_is_dead_it_arrives_once(
    campus_apart: Campus, pictures: list[Path]
) -> None:
    campus, village = campus_apart, campus_apart.village
    chinese = await chinese_homework(village, 10)
    mother = await campus.parent("mother", 1)
    (homework,) = (await chinese.call("GET", "/teaching/homework")).data["items"]
    held = (await chinese.call("GET", f"/teaching/homework/{homework['id']}")).data
    kept = ("text", "minutes", "written", "day", "class_ids", "attempts")
    changed = {**{name: held[name] for name in kept}, "subject": "chinese", "hand_in": "pictures"}
    assert (
        await chinese.call("PUT", f"/teaching/homework/{homework['id']}", changed)
    ).status == 200
    await mother.open("homework/evening/index")
    await mother.tap("homework")
    await mother.tap("hand-in")
    await mother.is_at("homework/hand-in/index")
    await choose(mother, *pictures[:2])
    await campus.server.stop()
    await mother.tap("send")
    await mother.is_at("homework/task/index")
    await expect(mother.part("work")).to_contain_text("网络好了自动送出")

    # The app is killed and opened again, still without a server.
    await mother.open("homework/evening/index")
    await mother.tap("homework")
    await expect(mother.part("work")).to_contain_text("待送出")
    await expect(mother.part("hand-in")).to_have_count(0)
    assert await village.documents("submissions") == []
    await campus.server.start()
    await expect(mother.part("work")).to_contain_text("已交")
    (submission,) = await village.documents("submissions")
    (version,) = submission["versions"]
    assert len(version["files"]) == 2
