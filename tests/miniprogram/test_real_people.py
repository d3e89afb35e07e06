"""Stories about people on the real server: who is bound, who decides, and what a family takes home or has erased."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from playwright.async_api import expect

from services.invitations import invite_class
from tests.browser.phones import Screenshot
from tests.miniapp.village import Village
from tests.miniprogram.campus import Campus
from tests.miniprogram.handset import Handset
from tests.town import child_name


async def bound_to(village: Village, key: str) -> list[str]:
    """The children somebody is bound to now, by id."""
    person_id = await village.person(key)
    found = await village.documents("bindings", person_id=person_id, state="active")
    return sorted(one["student_id"].rsplit("-", 1)[1] for one in found)


async def acts(village: Village) -> list[str]:
    """What the audit log says was done, in order."""
    return [entry["act"] for entry in await village.documents("audit")]


async def visitor(campus: Campus, key: str, **said: Any) -> Handset:
    """The phone of somebody whom the account knows, bound to nobody."""
    await campus.village.somebody(key)
    phone = await campus.stranger(key, **said)
    await phone.remember(consented=True)
    return phone


async def ask_for(phone: Handset, child: int, digits: str, query: str = "") -> None:
    """Fill in the form and send it."""
    await phone.open(f"pages/bind/index{query}")
    await phone.type("孩子姓名", child_name(child))
    await phone.type("手机尾号", digits)
    await phone.tap("bind")


# -------------------------------------------------------------------------------- the family


async def test_a_second_guardian_asks_and_the_first_agrees_on_the_phone(
    campus: Campus, screenshot: Screenshot
) -> None:
    mother, father = await campus.parent("mother", 1), await visitor(campus, "father")
    await ask_for(father, 1, "1001")
    await expect(father.part("result")).to_contain_text("已经交去确认")
    await father.tap("follow")
    await father.is_at("pages/children/index")
    await expect(father.part("own-claim")).to_contain_text("正在等孩子的家人同意")
    await father.shoot(screenshot, "1-father-waits")

    await mother.open()
    await mother.tap("asked-requests")
    await mother.is_at("pages/requests/index")
    await expect(mother.part("request")).to_contain_text("1001")
    await mother.shoot(screenshot, "2-mother-is-asked")
    await mother.tap("agree")
    await mother.shoot(screenshot, "3-asked-twice")
    await mother.answer("取消")
    assert await bound_to(campus.village, "father") == []
    await mother.tap("agree")
    await mother.answer("同意")
    await expect(mother.text("没有要您看的申请")).to_be_visible()
    assert await bound_to(campus.village, "father") == ["0001"]

    await father.page.evaluate("wx.startPullDownRefresh()")
    await expect(father.part("child")).to_contain_text("妈妈")
    await expect(father.part("own-claim")).to_have_count(0)


async def test_a_decision_in_a_tunnel_lands_once(campus: Campus) -> None:
    mother, father = await campus.parent("mother", 1), await visitor(campus, "father")
    await ask_for(father, 1, "1001")
    await expect(father.part("result")).to_be_visible()
    await mother.open("pages/requests/index")
    await expect(mother.part("agree")).to_be_visible()
    await campus.server.stop()
    await mother.tap("agree")
    await mother.answer("同意")
    await expect(mother.part("request")).to_contain_text("网络好了自动送出")
    await expect(mother.part("agree")).to_have_count(0)
    assert await bound_to(campus.village, "father") == []
    await campus.server.start()
    await expect(mother.text("没有要您看的申请")).to_be_visible()
    assert await bound_to(campus.village, "father") == ["0001"]
    # One answer to his request, one to her decision, whatever was sent again.
    assert len(await campus.village.documents("replies")) == 2


async def test_after_the_familys_no_the_teacher_decides(
    campus: Campus, screenshot: Screenshot
) -> None:
    mother, father = await campus.parent("mother", 1), await visitor(campus, "father")
    teacher = await campus.teacher()
    await ask_for(father, 1, "1001")
    await expect(father.part("result")).to_be_visible()
    await mother.open("pages/requests/index")
    await mother.tap("disagree")
    await mother.answer("不同意")
    await expect(mother.text("没有要您看的申请")).to_be_visible()
    await father.tap("follow")
    await expect(father.part("closed-claim")).to_contain_text("孩子的家人没有同意")
    await father.tap("appeal")
    await expect(father.part("own-claim")).to_contain_text("正在等学校确认")

    await teacher.open("pages/me/index")
    await expect(teacher.part("tool-approvals")).to_contain_text("1")
    await teacher.tap("tool-approvals")
    await teacher.tap("approval")
    await teacher.is_at("pages/approval/index")
    await expect(teacher.part("doubt").last).to_contain_text("家人没有同意")
    await expect(teacher.part("candidate")).to_contain_text("妈妈的号码，尾号就是 1001")
    await teacher.shoot(screenshot, "1-everything-that-helps")
    await teacher.tap("approve")
    await teacher.answer("取消")
    assert await bound_to(campus.village, "father") == []
    await teacher.tap("approve")
    await teacher.answer("通过")
    await expect(teacher.text("没有等待的申请")).to_be_visible()
    assert await bound_to(campus.village, "father") == ["0001"]
    assert await acts(campus.village) == ["claim_approved"]


async def test_a_request_is_taken_back(campus: Campus) -> None:
    await campus.parent("mother", 1)
    father = await visitor(campus, "father")
    await ask_for(father, 1, "1001")
    await father.tap("follow")
    await father.tap("withdraw")
    await father.answer("撤回申请")
    await expect(father.text("还没有绑定孩子")).to_be_visible()
    assert [one["state"] for one in await campus.village.documents("claims")] == ["withdrawn"]


async def test_ending_ones_own_binding_says_what_follows(
    campus: Campus, screenshot: Screenshot
) -> None:
    mother = await campus.parent("mother", 1)
    await mother.open("pages/children/index")
    await mother.tap("end")
    await mother.is_at("pages/unbind/index")
    await expect(
        mother.text("只影响您自己，其他家长照常收到。以后需要，可以再绑定。")
    ).to_be_visible()
    await mother.tap("end")
    await mother.shoot(screenshot, "1-asked-twice")
    await mother.answer("不解除")
    assert await bound_to(campus.village, "mother") == ["0001"]
    await mother.tap("end")
    await mother.answer("确定解除")
    await mother.is_at("pages/children/index")
    await expect(mother.text("还没有绑定孩子")).to_be_visible()
    assert await bound_to(campus.village, "mother") == []


# ------------------------------------------------------------------------------- coming in


async def test_wechats_own_number_fills_in_the_digits(campus: Campus) -> None:
    await campus.village.somebody("mother")
    given = await campus.town.phone("mother").act("phone", number="13812341001")
    mother = await visitor(campus, "mother", given={"getPhoneNumber": {"code": given["code"]}})
    await mother.open("pages/bind/index")
    await mother.type("孩子姓名", child_name(1))
    await mother.tap("phone")
    digits = mother.front.get_by_label("手机尾号").locator("input").first
    await expect(digits).to_have_value("1001")
    await mother.tap("bind")
    await expect(mother.part("result")).to_contain_text("绑定成功")
    assert await bound_to(campus.village, "mother") == ["0001"]


async def test_whoever_refuses_the_number_types_it(campus: Campus) -> None:
    mother = await visitor(campus, "mother")
    await mother.open("pages/bind/index")
    await mother.tap("phone")
    await expect(mother.page.locator(".mp-toast")).to_contain_text("请自己填后四位")


async def test_a_class_is_invited_and_a_family_comes_by_the_code(
    campus: Campus, screenshot: Screenshot
) -> None:
    teacher, mother = await campus.teacher(), await visitor(campus, "mother")
    await teacher.open("pages/invite/index")
    await teacher.tap("state-act")
    await expect(teacher.part("picture")).to_be_visible()
    await teacher.shoot(screenshot, "1-account")
    await teacher.front.get_by_role("tab", name="小程序").tap()
    await expect(teacher.part("picture")).to_be_visible()
    await teacher.shoot(screenshot, "2-mini-program")
    await teacher.tap("save")
    await teacher.page.wait_for_function("window.__mini.saved")
    await teacher.tap("share")
    shared = await teacher.page.evaluate("window.__mini.shared")
    (made,) = await campus.village.documents("invitations")
    code = made["_id"]
    assert shared["path"] == f"/pages/bind/index?invitation={code}"

    # What the mini-program's code carries when it is scanned, and what is typed from the sheet.
    await ask_for(mother, 2, "1002", f"?scene={code}")
    await expect(mother.part("result")).to_contain_text("绑定成功")
    father = await visitor(campus, "father")
    await father.open("pages/bind/index")
    await father.tap("have-code")
    await father.type("邀请码", f"{code[:4]}-{code[4:]}".lower())
    await father.tap("use-code")
    await expect(father.front.get_by_text("您正在加入 青禾小学 三年级1班")).to_be_visible()
    await father.shoot(screenshot, "3-invited")

    await teacher.page.evaluate("wx.startPullDownRefresh()")
    await expect(teacher.part("figures")).to_contain_text("2人打开")
    await teacher.tap("revoke")
    await teacher.answer("作废")
    await expect(teacher.text("现在没有有效的班级邀请")).to_be_visible()
    await father.open(f"pages/bind/index?scene={code}")
    await expect(father.front.get_by_text("这个邀请已经失效了")).to_be_visible()
    await father.tap("without")
    await expect(father.part("bind")).to_be_visible()
    assert await acts(campus.village) == ["invitation_made", "invitation_revoked"]


async def test_a_request_with_another_number_waits_for_the_teacher_who_refuses(
    campus: Campus,
) -> None:
    village = campus.village
    teaching = await village.teaching()
    made = await invite_class(village.town.ctx, teaching, teaching.classes[0].id)
    stranger, teacher = await visitor(campus, "stranger"), await campus.teacher()
    await ask_for(stranger, 3, "8800", f"?invitation={made.id}")
    await expect(stranger.part("result")).to_contain_text("已经交去确认")
    await teacher.open("pages/approvals/index")
    await expect(teacher.part("approval")).to_contain_text("请细看")
    await teacher.tap("approval")
    await expect(teacher.part("candidate")).to_contain_text("尾号不是 8800")
    await teacher.tap("refuse")
    await teacher.answer("不认识")
    await expect(teacher.text("没有等待的申请")).to_be_visible()
    assert await bound_to(village, "stranger") == []
    assert [one["state"] for one in await village.documents("claims")] == ["refused"]


# ------------------------------------------------------------------------------- the class


async def test_a_teacher_notes_and_ends_a_binding(campus: Campus, screenshot: Screenshot) -> None:
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    await teacher.open("pages/families/index")
    await expect(teacher.part("pupil")).to_have_count(3)
    await expect(teacher.part("guardian")).to_contain_text("微信收得到")
    await expect(teacher.front).not_to_contain_text("1001")
    await teacher.front.get_by_role("tab", name="还没绑定 2").tap()
    await expect(teacher.part("pupil")).to_have_count(2)
    await teacher.front.get_by_role("tab", name="全部 3").tap()
    await teacher.tap("guardian")
    await teacher.is_at("pages/guardian/index")
    await teacher.front.get_by_role("radio", name="只能查看，不确认、不签名").tap()
    await teacher.tap("save")
    await expect(teacher.front.get_by_role("alert")).to_have_text("请选一选为什么改")
    assert await acts(campus.village) == []
    await teacher.front.get_by_role("radio", name="法院判决或监护协议").tap()
    await teacher.tap("save")
    await expect(teacher.page.locator(".mp-toast")).to_contain_text("已保存")
    await mother.open("pages/children/index")
    await expect(mother.part("child")).to_contain_text("只能查看，不确认、不签名")

    await teacher.tap("end")
    await teacher.is_at("pages/unbind/index")
    await teacher.tap("end")
    await expect(teacher.front.get_by_role("alert")).to_have_text("请选一个原因")
    await teacher.front.get_by_role("radio", name="监护变更").tap()
    await teacher.tap("end")
    await teacher.answer("确定解除")
    await teacher.is_at("pages/families/index")
    await expect(teacher.part("guardian")).to_have_count(0)
    assert await bound_to(campus.village, "mother") == []
    await mother.page.evaluate("wx.startPullDownRefresh()")
    await expect(mother.part("ended")).to_contain_text("监护变更")
    await mother.shoot(screenshot, "1-mother-is-told")
    assert await acts(campus.village) == ["binding_changed", "binding_ended"]


async def test_a_teacher_tries_what_parents_see(campus: Campus) -> None:
    teacher, mother = await campus.teacher(), await campus.parent("mother", 1)
    await teacher.open("pages/families/index")
    await teacher.tap("try")
    await teacher.tap("begin")
    await expect(teacher.front.get_by_role("alert")).to_have_text("请选一个孩子")
    await teacher.front.get_by_role("radio", name=f"1 {child_name(1)}").tap()
    await teacher.tap("begin")
    await teacher.is_at("pages/children/index")
    await expect(teacher.part("child")).to_contain_text("试用")
    await mother.open("pages/children/index")
    await expect(mother.part("child")).to_contain_text("老师试用")


# --------------------------------------------------------------------------------- my data


async def test_a_family_takes_its_file_home_asks_for_erasure_and_takes_it_back(
    campus: Campus, screenshot: Screenshot
) -> None:
    village = campus.village
    await village.publish(title="家长会", confirm="tap")
    mother = await campus.parent("mother", 1)
    await mother.open("pages/me/index")
    await mother.tap("data")
    await mother.tap("archive")
    await mother.is_at("pages/archive/index")
    await mother.tap("ask")
    await expect(mother.part("ready")).to_be_visible()
    await mother.shoot(screenshot, "1-ready")
    await mother.tap("ready")
    await mother.page.locator(".mp-answers").get_by_text("收藏到我的微信").tap()
    kept = await mother.page.wait_for_function("window.__mini.kept")
    name = await kept.evaluate("kept => kept.fileName")
    assert name.startswith("家庭档案-")
    content = await kept.evaluate(
        "async (kept) => Array.from(new Uint8Array(await (await fetch(kept.filePath)).arrayBuffer()))"
    )
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        assert any(one.endswith("index.html") for one in archive.namelist())

    await mother.back()
    await mother.tap("erase")
    await mother.is_at("pages/erase/index")
    await mother.tap("erase")
    await mother.shoot(screenshot, "2-asked-twice")
    await mother.answer("不删了")
    assert await village.documents("erasures") == []
    await mother.tap("erase")
    await mother.answer("确定删除")
    await expect(mother.part("take-back")).to_be_visible()
    await mother.shoot(screenshot, "3-waits")
    assert len(await village.documents("erasures")) == 1
    await mother.open()
    await mother.tap("asked-erase")
    await mother.tap("take-back")
    await expect(mother.part("erase")).to_be_visible()
    assert await village.documents("erasures") == []
    assert await bound_to(village, "mother") == ["0001"]


async def test_consents_are_said_word_for_word_and_a_no_holds(
    campus: Campus, screenshot: Screenshot
) -> None:
    village, mother = campus.village, await campus.parent("mother", 1)
    await mother.open()
    await mother.tap("asked-consents")
    await expect(mother.part("consent")).to_have_count(4)
    photos = mother.part("consent").filter(has_text="班级照片里可以有孩子")
    await expect(photos).to_contain_text("同意以后，照片里可以有孩子；只给本班家长看。")
    await photos.locator("[data-test=yes]").tap()
    await expect(photos.locator("[data-test=yes]")).to_have_attribute("aria-checked", "true")
    await photos.locator("[data-test=no]").tap()
    await expect(photos.locator("[data-test=no]")).to_have_attribute("aria-checked", "true")
    decided = [one["decision"] for one in await village.documents("consents")]
    assert sorted(decided) == ["no", "yes"]

    basic = mother.part("consent").filter(has_text="接收自己孩子的家校通知")
    await basic.locator("[data-test=no]").tap()
    await mother.shoot(screenshot, "1-what-a-no-means")
    await mother.answer("再想想")
    assert await bound_to(village, "mother") == ["0001"]
    await basic.locator("[data-test=no]").tap()
    await mother.answer("解除绑定")
    await expect(mother.text("还没有绑定孩子")).to_be_visible()
    assert await bound_to(village, "mother") == []


async def test_signing_out_everywhere_reaches_the_other_phone(campus: Campus) -> None:
    mother, lost = await campus.parent("mother", 1), await campus.parent("mother", 1)
    for phone in (lost, mother):
        await phone.open("pages/me/index")
        await expect(phone.part("child")).to_have_count(1)
    before = await campus.village.documents("bearers")
    assert len(before) == 2
    await mother.tap("everywhere")
    await mother.answer("全部退出")
    await mother.is_at("pages/welcome/index")
    assert await campus.village.documents("bearers") == []


@pytest.mark.parametrize("page", ["families", "approvals", "invite", "trial"])
async def test_a_parent_gets_nowhere_among_the_teachers_pages(campus: Campus, page: str) -> None:
    mother = await campus.parent("mother", 1)
    await mother.open(f"pages/{page}/index")
    await expect(mother.text("这里看不到了")).to_be_visible()
