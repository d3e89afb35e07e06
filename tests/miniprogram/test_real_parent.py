"""A parent's story on the real server: what they tap and write arrives, once, and the teacher sees it."""

from __future__ import annotations

from typing import Any

from playwright.async_api import expect

from domain.receipts import Receipt
from services.receipts import receipts_of
from tests.browser.phones import Screenshot
from tests.handlers.conftest import photograph
from tests.miniapp.village import Village
from tests.miniprogram.campus import Campus
from tests.miniprogram.handset import Handset
from tests.town import child_name
from tests.waiting import wait_until

KEPT_FILES = 200  # lib/kept-files.js


async def receipt(village: Village, notice_id: str, child: int = 1) -> Receipt:
    """What the head teacher sees of this child."""
    found = await receipts_of(village.town.ctx, await village.teaching(), notice_id)
    (one,) = [row for row in found.children() if row.student.name == child_name(child)]
    return one.state


async def confirmations(village: Village) -> list[dict[str, Any]]:
    """What is confirmed, in the database."""
    delivered = await village.documents("deliveries")
    return [one for one in delivered if one["confirmed_at"] is not None]


async def test_from_the_first_tap_to_the_signature(campus: Campus, screenshot: Screenshot) -> None:
    village = campus.village
    await village.publish(key="key-tell", title="明天带彩笔", confirm="none")
    await village.publish(key="key-sign", title="安全须知", confirm="sign")
    meeting = await village.publish(key="key-tap", title="家长会", confirm="tap")
    phone = await campus.stranger("mother")
    await phone.open()
    await phone.is_at("pages/welcome/index")
    await phone.tap("start")
    await phone.answer("同意")

    await phone.is_at("pages/bind/index")
    await phone.type("孩子姓名", child_name(1))
    await phone.type("手机尾号", "9999")
    await phone.tap("bind")
    await expect(phone.part("problem")).to_contain_text("没有找到对得上的孩子")
    assert await village.documents("bindings") == []
    await phone.correct("手机尾号", "1001")
    await phone.tap("bind")
    await expect(phone.part("result")).to_contain_text("绑定成功")
    await phone.shoot(screenshot, "1-bound")
    await phone.tap("see")

    await phone.is_at("pages/home/index")
    await expect(phone.part("notice")).to_have_count(3)
    await phone.part("todo-row").filter(has_text="家长会").tap()
    await expect(phone.part("article")).to_contain_text("周五早上八点")
    assert await receipt(village, meeting.id) is Receipt.READ
    await phone.tap("confirm")
    await expect(phone.part("settled")).to_contain_text("已确认")
    assert await receipt(village, meeting.id) is Receipt.CONFIRMED
    await phone.back()

    await phone.part("todo-row").filter(has_text="安全须知").tap()
    await phone.tap("sign")
    await phone.write_name()
    async with phone.page.expect_request("**/signature?*") as sent:
        await phone.tap("send")
    png = (await sent.value).post_data_buffer or b""
    assert png.startswith(b"\x89PNG")
    assert 1_000 < len(png) < 60_000
    await expect(phone.part("settled")).to_contain_text("已签名")
    signed = [one for one in await confirmations(village) if one["signature_id"]]
    assert len(signed) == 1
    assert len(await confirmations(village)) == 2
    await phone.back()
    await expect(phone.part("nothing")).to_contain_text("都处理好了")
    await phone.shoot(screenshot, "2-all-done")


async def test_a_yes_after_confirming_brings_the_next_notice_under_service_notices(
    campus: Campus, screenshot: Screenshot
) -> None:
    village = campus.village
    first = await village.publish(key="key-0001", title="家长会", confirm="tap")
    phone = await campus.stranger("mother")
    await phone.remember(consented=True)
    await phone.open("pages/bind/index")
    await phone.type("孩子姓名", child_name(1))
    await phone.type("手机尾号", "1001")
    await phone.tap("bind")
    await expect(phone.part("result")).to_contain_text("绑定成功")
    mother = campus.town.phone("mother").user

    await phone.open(f"pages/notice/index?id={first.id}")
    await phone.tap("confirm")
    await expect(phone.part("ask")).to_contain_text("允许一次，微信就多提醒您一条通知")
    await phone.shoot(screenshot, "1-asked")
    await phone.tap("ask-yes")
    await phone.answer("允许")
    await expect(phone.part("ask")).to_be_hidden()

    await phone.open("pages/subscriptions/index")
    # The client and WeChat both reported the one yes.
    await expect(phone.part("title")).to_have_text("还能提醒 1 条")
    await phone.shoot(screenshot, "2-one-left")

    second = await village.publish(key="key-0002", title="明天带彩笔", confirm="none")
    await wait_until(lambda: mother.service, description="the card under 服务通知")
    (card,) = mother.service
    assert card["data"]["thing1"] == "明天带彩笔"
    # A tap on it leads into the mini-program, to the notice itself.
    assert card["page"] == f"pages/notice/index?id={second.id}"
    await phone.open(card["page"])
    await expect(phone.part("article")).to_contain_text("周五早上八点")
    await phone.open("pages/subscriptions/index")
    await expect(phone.part("title")).to_have_text("还没有开启提醒")

    await campus.town.phone("mother").act("unsubscribe", templates=[card["template_id"]])
    third = await village.publish(key="key-0003", title="交作业本", confirm="none")
    await wait_until(
        lambda: is_settled(village, third.id), description="the third is in the list alone"
    )
    assert len(mother.service) == 1


async def is_settled(village: Village, notice_id: str) -> bool:
    """Whether nothing is on its way any more."""
    delivered = await village.documents("deliveries", notice_id=notice_id)
    return bool(delivered) and all(one["push"] is None for one in delivered)


async def test_confirmed_twice_while_the_server_is_dead_lands_once(
    campus_apart: Campus, screenshot: Screenshot
) -> None:
    campus, village = campus_apart, campus_apart.village
    phone = await campus.parent("mother", 1)
    notice = await village.publish(title="家长会", confirm="tap")
    await phone.open(f"pages/notice/index?id={notice.id}")
    await expect(phone.part("confirm")).to_be_visible()

    await campus.server.stop()
    button = await phone.part("confirm").bounding_box()
    assert button is not None
    middle = (button["x"] + button["width"] / 2, button["y"] + button["height"] / 2)
    await phone.page.touchscreen.tap(*middle)
    await phone.page.touchscreen.tap(*middle)
    await expect(phone.part("settled")).to_contain_text("网络好了自动送出")
    await phone.shoot(screenshot, "1-kept")

    # The app is killed and opened again, still without a server: what was read and tapped is there.
    await phone.open()
    await expect(phone.part("waiting")).to_contain_text("有 1 条等网络好了送出")
    await phone.open(f"pages/notice/index?id={notice.id}")
    await expect(phone.part("article")).to_contain_text("周五早上八点")
    await expect(phone.part("confirm")).to_have_count(0)
    assert await confirmations(village) == []
    assert await receipt(village, notice.id) is Receipt.READ

    await campus.server.start()
    await expect(phone.part("settled")).to_contain_text("已确认")
    (confirmed,) = await confirmations(village)
    assert confirmed["notice_id"] == notice.id
    assert await receipt(village, notice.id) is Receipt.CONFIRMED
    (reply,) = await village.documents("replies")
    assert reply["status"] == 201


async def test_what_was_opened_is_there_with_its_picture_after_a_restart_without_a_server(
    campus: Campus, screenshot: Screenshot
) -> None:
    village = campus.village
    phone = await campus.parent("mother", 1)
    picture = await village.upload(photograph())
    opened = await village.publish(key="key-seen", title="运动会照片", files=(picture,))
    unseen = await village.publish(key="key-unseen", title="还没看过")
    # As full as it gets: the oldest makes room.
    old = [
        {"address": f"/files/{n}", "of": f"/notices/{n}", "path": f"wxfile://old_{n}", "size": 9}
        for n in range(KEPT_FILES)
    ]
    await phone.remember(kept_files=old)
    await phone.open(f"pages/notice/index?id={opened.id}")
    await expect(phone.part("picture").locator("img")).to_have_count(1)
    kept = await kept_files(phone)
    assert kept[:-1] == old[1:]
    assert kept[-1]["of"] == f"/notices/{opened.id}"

    await campus.server.stop()
    await phone.open(f"pages/notice/index?id={opened.id}")
    await expect(phone.part("article")).to_contain_text("周五早上八点")
    await expect(phone.front.get_by_role("status").first).to_contain_text("连不上网络")
    shown = phone.part("picture").locator("img")
    await expect(shown).to_have_count(1)
    await shown.evaluate("picture => picture.decode()")
    await phone.shoot(screenshot, "1-without-a-server")
    await phone.open(f"pages/notice/index?id={unseen.id}")
    await expect(phone.text("没能打开")).to_be_visible()

    # It goes with its notice.
    await campus.server.start()
    await village.town.ctx.stores.database["deliveries"].delete_many({"notice_id": opened.id})
    await phone.open(f"pages/notice/index?id={opened.id}")
    await expect(phone.text("这条通知看不到了")).to_be_visible()
    assert await kept_files(phone) == old[1:]


async def kept_files(phone: Handset) -> list[dict[str, Any]]:
    """What this phone keeps of attachments, oldest first."""
    kept: list[dict[str, Any]] = await phone.page.evaluate(
        "JSON.parse(localStorage['mini:kept-files'])"
    )
    return kept


async def test_a_server_that_dies_with_the_confirmation_has_it_once_afterwards(
    campus_apart: Campus,
) -> None:
    campus, village = campus_apart, campus_apart.village
    phone = await campus.parent("mother", 1)
    notice = await village.publish(title="家长会", confirm="tap")
    lost = 0

    async def lose_the_answer(route: Any) -> None:
        """The server takes the confirmation and is killed before its answer arrives."""
        nonlocal lost
        lost += 1
        if lost == 1:
            assert (await route.fetch()).status == 201
            await campus.server.stop()
            await route.abort("connectionreset")
        else:
            await route.fallback()

    await phone.context.route("**/confirmation", lose_the_answer)
    await phone.open(f"pages/notice/index?id={notice.id}")
    await phone.tap("confirm")
    await expect(phone.part("settled")).to_contain_text("网络好了自动送出")
    (first,) = await confirmations(village)
    await campus.server.start()
    await expect(phone.part("settled")).to_contain_text("已确认")
    assert lost > 1
    assert await confirmations(village) == [first]
    assert len(await village.documents("replies")) == 1


async def test_a_card_leads_to_its_notice_after_the_welcome(campus: Campus) -> None:
    await campus.parent("mother", 1)
    notice = await campus.village.publish(title="家长会", confirm="tap")
    phone = await campus.stranger("mother")  # of the same mother, a new one
    await phone.open(f"pages/notice/index?id={notice.id}")
    await phone.is_at("pages/welcome/index")
    await phone.tap("start")
    await phone.answer("同意")
    await phone.is_at("pages/notice/index")
    await expect(phone.part("article")).to_contain_text("周五早上八点")


async def test_a_child_of_another_family_stays_unseen(campus: Campus) -> None:
    phone = await campus.stranger("mother")
    notice = await campus.village.publish(title="家长会", confirm="tap")
    await phone.open(f"pages/notice/index?id={notice.id}")
    await phone.tap("start")
    await phone.answer("同意")
    await phone.is_at("pages/notice/index")
    await expect(phone.text("这条通知看不到了")).to_be_visible()
    assert await confirmations(campus.village) == []


async def test_while_wechat_is_busy_that_is_said_and_not_the_network_blamed(
    campus: Campus, screenshot: Screenshot
) -> None:
    mother = await campus.parent("mother", 1)
    campus.town.faults(busy=True)
    await mother.open()
    await expect(mother.text("微信暂时没有回应，请稍后再试")).to_be_visible()
    await mother.shoot(screenshot, "1-busy")
    campus.town.faults(busy=False)
    await mother.tap("state-act")
    await expect(mother.part("activities")).to_be_visible()
