"""The same in a real browser, which holds our pages to their rules: the button, the way out and back, the link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

from playwright.async_api import Page, expect

from tests.conftest import NewPage
from tests.oidc.provider_program import PASSWORD
from tests.oidc.test_sign_on import School, linked, school

__all__ = ["linked", "school"]  # the fixtures of the stories
Screenshot = Callable[..., Awaitable[Path]]


async def fill_in(page: Page, person: str) -> None:
    """The provider's form, and its question."""
    await page.get_by_label("Username").fill(person)
    await page.get_by_label("Password").fill(PASSWORD)
    await page.locator("input[type=submit]").click()
    await page.get_by_role("button", name="Authorize").click()


async def test_in_by_the_button(linked: School, new_page: NewPage, screenshot: Screenshot) -> None:
    page = await new_page(width=1280, height=900, scale=1)
    await page.goto(f"{linked.town.base}/console/")
    button = page.get_by_role("link", name="用教育局账号登录")
    await expect(button).to_be_visible()
    await screenshot(page, "sign-in")
    await button.click()
    await fill_in(page, "liu")
    await expect(page.get_by_role("heading", name="陈主任，您好")).to_be_visible()
    assert page.url == f"{linked.town.base}/console/"


async def test_linked_and_unlinked_on_the_page(
    school: School, new_page: NewPage, screenshot: Screenshot
) -> None:
    await school.desk.by_wechat(school.chen)
    page = await new_page(width=1280, height=800, scale=1)
    await page.context.add_cookies(
        [
            {
                "name": "yanshu_desk",
                "value": school.desk.token(),
                "url": f"{school.town.base}/console",
            }
        ]
    )
    await page.goto(f"{school.town.base}/console/")
    await page.locator(".who summary").click()
    await screenshot(page, "menu")
    await page.get_by_role("link", name="连接单位账号").click()
    await screenshot(page, "nothing-linked")
    await page.get_by_role("button", name="连接教育局账号").click()
    await fill_in(page, "zhao")
    await expect(page.get_by_role("status")).to_have_text("已连接，以后可以用单位账号登录")
    assert len(await school.links()) == 1
    await page.set_viewport_size({"width": 820, "height": 1000})
    await page.get_by_text("断开", exact=True).click()
    await screenshot(page, "linked")
    await page.get_by_role("button", name="确定断开").click()
    await expect(page.get_by_role("status").first).to_have_text("已断开，请重新登录")
    await screenshot(page, "unlinked")
    assert await school.links() == []


async def test_a_refusal_says_what_to_do(
    linked: School, new_page: NewPage, screenshot: Screenshot
) -> None:
    page = await new_page(width=820, height=700, scale=1)
    await page.goto(f"{linked.town.base}/console/sso/start")
    await fill_in(page, "qian")
    await expect(page.get_by_role("heading")).to_contain_text("还没有连接")
    await screenshot(page, "unknown")
    assert not [c for c in await page.context.cookies() if c.get("name") == "yanshu_desk"]
