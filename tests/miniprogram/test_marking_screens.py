"""A teacher's screens of marking over a server that answers at will: a pen, a stamp, a voice, all at once."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.homework_teacher_stub import HomeworkTeacherStub
from tests.miniprogram.stub import SPOKEN, phone_over
from tests.miniprogram.test_homework_teacher_screens import OWN
from tests.miniprogram.test_homework_teacher_screens import phone as phone
from tests.miniprogram.test_homework_teacher_screens import stub as stub
from tests.waiting import wait_until


async def test_marking_one_after_the_other(
    phone: Handset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    await phone.open(OWN)
    await expect(phone.part("pile-waiting")).to_contain_text("3")
    await phone.shoot(screenshot, "1-class-list")
    await phone.tap("mark-next")
    await phone.is_at("homework/mark/index")
    await expect(phone.part("whose")).to_contain_text("还有 3 份")
    await phone.tap("pen")
    await expect(phone.part("paper").locator("canvas")).to_be_visible()
    box = await phone.part("paper").bounding_box()
    assert box is not None
    x, y, wide = box["x"], box["y"], box["width"]
    await phone.drag(
        [(x + wide * part / 10, y + 60 + 4 * part * (part % 3)) for part in range(2, 8)]
    )
    await expect(phone.part("undo")).to_be_visible()
    await phone.tap("stamp-careful")
    await phone.tap("phrase")
    await phone.shoot(screenshot, "2-drawn")
    await phone.tap("give-back")
    await expect(phone.part("whose")).to_contain_text("还有 2 份")
    await phone.tap("level-excellent")
    await phone.type("分数", "96")
    await phone.shoot(screenshot, "3-level")
    await phone.tap("finish")
    await expect(phone.part("whose")).to_contain_text("还有 1 份")
    await phone.tap("finish")
    await phone.is_at("homework/own/index")
    await wait_until(lambda: len(stub.marks) == 3, description="all three arrive")
    (first, returned), (second, graded), (third, silent) = stub.marks
    assert [first, second, third] == ["child-2", "child-3", "child-4"]
    assert (returned["returned"], returned["stamp"], returned["comment"]) == (
        True,
        "careful",
        "写得很认真。",
    )
    (drawing,) = returned["drawings"]
    assert drawing["file_id"] == "file-2-0"
    assert len(drawing["strokes"][0]["points"]) >= 8
    assert (graded["level"], graded["points"], graded["points_of"]) == ("excellent", 96, 100)
    assert (silent["stamp"], silent["drawings"]) == ("seen", [])
    await expect(phone.part("pile-waiting")).to_contain_text("0")
    await phone.shoot(screenshot, "4-all-seen")


async def test_a_voice_good_work_and_a_mistake_while_marking(
    new_handset: NewHandset, stub: HomeworkTeacherStub, screenshot: Screenshot
) -> None:
    phone = await phone_over(new_handset, stub, recording=SPOKEN)
    await phone.open(OWN)
    await phone.tap("mark-next")
    await phone.is_at("homework/mark/index")
    await phone.tap("cut")
    await phone.is_at("homework/mistake/index")
    await expect(phone.part("sheet").locator("img").first).to_be_visible()
    await phone.type("知识点", "单位换算")
    await phone.shoot(screenshot, "1-mistake")
    await phone.tap("save")
    await phone.is_at("homework/mark/index")
    await phone.tap("record")
    await expect(phone.text("说完了")).to_be_visible()
    await phone.tap("record")
    await phone.tap("play-voice")
    assert await phone.page.evaluate("Boolean(window.__mini.played)")
    await phone.tap("praise")
    await expect(phone.part("praise")).to_have_attribute("aria-checked", "true")
    await phone.shoot(screenshot, "2-voice-and-praise")
    await phone.tap("finish")
    await expect(phone.part("whose")).to_contain_text("还有 2 份")
    await expect(phone.part("no-praise")).to_be_visible()
    await expect(phone.part("play-voice")).to_have_count(0)
    await phone.part("no-praise").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "3-not-agreed")
    await wait_until(lambda: stub.marks, description="the mark arrives")
    ((child, said),) = stub.marks
    assert (child, said["voice_file_id"], said["stamp"]) == ("child-2", "voice-1", None)
    assert stub.praised == [("child-2", True)]
    ((_, entered),) = stub.mistakes
    whole = {"x": 0, "y": 0, "width": 10_000, "height": 10_000}
    assert (entered["cut"], entered["knowledge"]) == (whole, "单位换算")
    # A teacher's phone keeps no child's work: neither what was asked, nor a picture.
    kept = "Object.keys(localStorage).filter((key) => /submissions\\/child|kept-files/.test(key))"
    assert await phone.page.evaluate(kept) == []
    assert await phone.page.evaluate("!JSON.stringify(localStorage).includes('第三题不太会')")


async def test_all_seen_at_once_and_taking_back(phone: Handset, stub: HomeworkTeacherStub) -> None:
    await phone.open(OWN)
    await expect(phone.part("child")).to_have_count(12)
    await phone.tap("more")
    await phone.answer("剩下的全部盖“已阅”")
    await phone.answer("确定")
    await expect(phone.part("pile-waiting")).to_contain_text("0")
    assert stub.states.count("marked") == 4


async def test_what_was_handed_in_is_marked_also_when_it_was_taken_back(
    parent: Handset, stub: HomeworkTeacherStub
) -> None:
    await parent.open("homework/own/index?id=own-2")
    await expect(parent.part("state")).to_have_text("已撤回")
    await parent.tap("mark-next")
    await parent.is_at("homework/mark/index")
    stub.states = [None] * 12
    await parent.open("homework/own/index?id=own-2")
    await expect(parent.part("state")).to_have_text("已撤回")
    await expect(parent.part("child")).to_have_count(0)
