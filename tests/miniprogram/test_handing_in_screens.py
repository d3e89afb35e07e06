"""A family hands in: pictures, a recording, what is ticked off; on a line that drops, and in a tunnel."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import expect

from tests.browser.phones import Screenshot
from tests.handlers.conftest import photograph
from tests.miniprogram.campus import NewHandset
from tests.miniprogram.handset import Handset
from tests.miniprogram.homework_stub import FamilyStub
from tests.miniprogram.stub import SPOKEN, phone_over
from tests.miniprogram.test_homework_screens import TASK
from tests.miniprogram.test_homework_screens import stub as stub
from tests.waiting import wait_until


async def test_handing_in(
    phone: Handset, stub: FamilyStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    await phone.open(TASK)
    await phone.tap("hand-in")
    await phone.is_at("homework/hand-in/index")
    await phone.tap("send")
    await expect(phone.part("wrong")).to_have_text("请至少放一张照片")
    await phone.shoot(screenshot, "1-empty")
    pictures = [tmp_path / f"{n}.jpg" for n in range(3)]
    for path in pictures:
        path.write_bytes(photograph())
    async with phone.page.expect_file_chooser() as chooser:
        await phone.tap("add-picture")
    await (await chooser.value).set_files(pictures)
    await expect(phone.part("picture")).to_have_count(3)
    await expect(phone.part("going")).to_have_count(0)
    await phone.type("想说的话", "第三题不太会。")
    await phone.shoot(screenshot, "2-ready")
    await phone.tap("send")
    await phone.is_at("homework/task/index")
    await expect(phone.part("work")).to_contain_text("已交")
    (sent,) = stub.handed_in
    assert (sent["text"], len(sent["file_ids"])) == ("第三题不太会。", 3)
    await phone.part("work").scroll_into_view_if_needed()
    await phone.shoot(screenshot, "3-handed-in")


async def test_a_recording_and_what_is_ticked_off(
    new_handset: NewHandset, stub: FamilyStub, screenshot: Screenshot
) -> None:
    phone = await phone_over(new_handset, stub, recording=SPOKEN)
    await phone.open(TASK.replace("homework-0", "homework-3"))
    await phone.tap("hand-in")
    await phone.tap("record")
    await expect(phone.text("说完了")).to_be_visible()
    await phone.tap("record")
    await expect(phone.part("attached")).to_contain_text("录音 3 秒")
    await phone.shoot(screenshot, "1-recorded")
    await phone.tap("send")
    await phone.is_at("homework/task/index")
    assert len(stub.handed_in[0]["file_ids"]) == 1
    await phone.open(TASK.replace("homework-0", "homework-2"))
    await phone.tap("hand-in")
    await expect(phone.part("work")).to_contain_text("已交")
    assert stub.handed_in[1] == {"text": "", "file_ids": []}


async def test_three_pictures_on_a_line_that_drops(
    parent: Handset, stub: FamilyStub, screenshot: Screenshot, tmp_path: Path
) -> None:
    pictures = [tmp_path / f"{n}.jpg" for n in range(3)]
    for path in pictures:
        path.write_bytes(photograph() + bytes(900_000))  # four pieces
    await parent.open(TASK)
    await parent.tap("hand-in")
    await expect(parent.part("add-picture")).to_be_visible()
    stub.drops_after = 6  # pieces: the first picture is there, and half of the second
    async with parent.page.expect_file_chooser() as chooser:
        await parent.tap("add-picture")
    await (await chooser.value).set_files(pictures)
    going = parent.part("going")
    await expect(going).to_have_text(["传到 50%，有网接着传", "有网再传"])
    await parent.shoot(screenshot, "1-dropped")
    stub.drops_after = None
    # Opened again, only what is missing goes up.
    before = len(stub.pieces)
    await parent.open(TASK)
    await parent.tap("hand-in")
    await expect(parent.part("picture")).to_have_count(3)
    await expect(going).to_have_count(0)
    assert len(stub.pieces) - before == 6
    await parent.tap("send")
    await parent.is_at("homework/task/index")
    assert len(stub.handed_in[0]["file_ids"]) == 3


async def test_made_ready_in_a_tunnel_it_is_handed_in_once(
    parent: Handset, stub: FamilyStub, tmp_path: Path
) -> None:
    await parent.open(TASK)
    await parent.tap("hand-in")
    await parent.is_at("homework/hand-in/index")
    await expect(parent.part("add-picture")).to_be_visible()
    stub.failing = True
    picture = tmp_path / "1.jpg"
    picture.write_bytes(photograph())
    async with parent.page.expect_file_chooser() as chooser:
        await parent.tap("add-picture")
    await (await chooser.value).set_files([picture])
    await expect(parent.text("有网再传")).to_be_visible()
    # The app is killed and opened again: the picture is there.
    stub.failing = False
    await parent.open(TASK.replace("task", "hand-in"))
    await expect(parent.part("picture").locator("img")).to_have_count(1)
    stub.failing = True
    await parent.tap("send")
    await wait_until(
        lambda: parent.page.evaluate("(localStorage['mini:queue'] || '').includes('work:')"),
        description="it is with the queue",
    )
    await parent.open(TASK)
    await expect(parent.part("work")).to_contain_text("待送出")
    assert stub.handed_in == []
    stub.failing = False
    await expect(parent.part("work")).to_contain_text("已交")
    assert len(stub.handed_in) == 1
    assert len(stub.handed_in[0]["file_ids"]) == 1
