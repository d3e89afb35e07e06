"""Searching on the real server: a family and a teacher find what hangs for them, each their own."""

from __future__ import annotations

from playwright.async_api import expect

from domain.shelves import Audience
from tests.browser.phones import Screenshot
from tests.domain.search_samples import published_tree
from tests.miniprogram.campus import Campus
from tests.shelving import hang, take_catalogue


async def test_a_mother_and_a_teacher_find_their_own(
    campus: Campus, screenshot: Screenshot
) -> None:
    ctx = campus.town.ctx
    await take_catalogue(ctx, published_tree())
    sums = await hang(ctx, title="每日口算打卡", subject="maths")
    await hang(ctx, key="key-0002", title="口算备课", audiences=[Audience.TEACHERS])
    mother, teacher = await campus.parent("mother", 1), await campus.teacher()

    await mother.open()
    await mother.tap("links")
    await mother.tap("search")
    await mother.is_at("links/search/index")
    await mother.type("找资源", "snj")
    await expect(mother.part("suggestion").first).to_contain_text("三年级")
    await mother.correct("找资源", "kousuan")
    await mother.tap("look")
    await expect(mother.part("hit")).to_have_count(1)
    await mother.shoot(screenshot, "1-found")
    await mother.tap("hit")
    await mother.answer("知道了")
    copied = await mother.page.evaluate("window.__mini.clipboard")
    assert copied.startswith(f"{ctx.policy.public_url}/l/{sums.id}?v=")

    await teacher.open("links/shelf/index?teaching=1")
    await teacher.tap("search")
    await teacher.type("找资源", "口算")
    await teacher.tap("look")
    await expect(teacher.part("hit")).to_have_count(2)
    await teacher.correct("找资源", "三年级语文")
    await teacher.page.keyboard.press("Enter")
    await expect(teacher.part("hit").first).to_contain_text("三年级 语文 统编版")
    await expect(teacher.part("door").first).to_be_visible()
    await teacher.shoot(screenshot, "2-teacher")
