"""What all pages share: who may call them is declared, headers, text size, and a layout that holds."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page

from handlers.base import Access, BaseHandler
from handlers.routes import routes
from tests.conftest import NewPage
from tests.handlers.conftest import Village, bind
from tests.town import child_name, school_class
from tests.waiting import wait_until

CHILD = school_class(1).id + "-0003"  # the mother's
STATIC = Path(__file__).parent.parent.parent / "static"


def test_every_page_declares_who_may_call_it() -> None:
    for rule in routes():
        handler = rule.target
        assert issubclass(handler, BaseHandler)
        assert isinstance(handler.access, Access), handler


def test_what_is_open_to_everybody_is_known_by_name() -> None:
    public = {r.target.__name__ for r in routes() if r.target.access is Access.PUBLIC}
    board = {"BoardHandler", "GradeBoardHandler", "ClassBoardHandler"}
    links = {"LinkHandler", "LinkPngHandler", "LinkSvgHandler"}
    shelves = {"ShelfHandler", "GradeShelfHandler", "ClassShelfHandler", "OpenSearchHandler"}
    sign_in, pictures = {"SignInHandler", "SignInReturnHandler"}, {"CheckHandler"}
    assert public == sign_in | board | links | shelves | pictures


@pytest.mark.parametrize("path", ["/h5/", "/h5/bind", "/h5/notices", "/h5/nothing"])
async def test_pages_are_not_kept_not_framed_by_others_and_load_nothing_from_elsewhere(
    village: Village, path: str
) -> None:
    page = await village.mother.get(path)
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "style=" not in page.text
    assert "<style" not in page.text
    assert " on" not in page.text.partition("<body")[2].replace(" one", "")
    assert "http://" not in page.text.replace("http://www.w3.org", "")
    assert "https://" not in page.text


def test_styles_and_scripts_ask_nothing_of_other_hosts() -> None:
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        text = path.read_text(encoding="utf-8")
        assert "//cdn" not in text
        assert "@import" not in text
        assert "url(http" not in text


@pytest.mark.parametrize(("cookie", "size"), [("4", "4"), ("9", "2"), ('"><script>', "2")])
async def test_the_text_size_comes_with_the_first_byte(
    village: Village, cookie: str, size: str
) -> None:
    await village.mother.get("/h5/")
    headers = {"Cookie": f"yanshu_font={cookie}"}
    async with village.mother.client.get(village.mother.url("/h5/"), headers=headers) as answer:
        text = await answer.text()
    assert f'<html lang="zh-CN" data-font="{size}">' in text


async def _ask_to_be_bound(village: Village) -> None:
    """The stranger asks for the mother's child, and waits."""
    form = {"name": child_name(3), "digits": "1003"}
    assert "交给孩子的家人确认" in (await village.stranger.post("/h5/bind", form)).text


async def _open(page: Page, url: str) -> None:
    answer = await page.goto(url)
    assert answer is not None
    assert answer.status == 200, url


async def test_no_page_is_wider_than_the_phone_at_any_text_size(
    village: Village, new_page: NewPage, screenshot: Callable[..., Awaitable[Path]]
) -> None:
    notice = await village.publish(
        title="字" * 20, body="https://www.example.edu.cn/" + "long" * 40, confirm="sign"
    )

    async def there() -> bool:
        return await village.count("deliveries") > 0

    await wait_until(there, description="the notice is delivered")
    teach = f"/h5/teach/notices/{notice.id}"
    acts = [teach, f"{teach}/edit", f"{teach}/remind", f"{teach}/withdraw"]
    await _ask_to_be_bound(village)
    families = "/h5/teach/families"
    end = f"{families}/{CHILD}/{await village.person(village.mother)}/end"
    binding = [families, end, end.removesuffix("/end"), f"{families}/try", "/h5/teach/claims"]
    teaching = ["/h5/teach/", "/h5/teach/notices/new", "/h5/teach/invite", *binding, *acts]
    own = ["/h5/children", f"/h5/children/{CHILD}/end"]
    pages = [
        (village.teacher, teaching),
        (village.mother, ["/h5/", "/h5/notices", f"/h5/notices/{notice.id}", "/h5/bind", *own]),
        (village.stranger, ["/h5/", "/h5/children"]),
    ]
    for width, size in ((375, 2), (375, 4), (320, 4), (1280, 1)):
        page = await new_page(width=width, height=700)
        for phone, paths in pages:
            await _open(page, phone.url("/h5/"))
            await page.evaluate(
                "size => window.postMessage({type: 'font-size', level: size})", size
            )
            await page.wait_for_function(
                "size => document.documentElement.dataset.font === String(size)", arg=size
            )
            for number, path in enumerate(paths):
                await _open(page, phone.url(path))
                assert await page.get_attribute("html", "data-font") == str(size)
                over = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert over <= 0, (path, width, size)
                await screenshot(page, f"{phone.user.key}-{number}-{width}-{size}", full_page=True)


async def test_what_can_be_tapped_is_large_enough_for_a_thumb(
    village: Village, new_page: NewPage
) -> None:
    notice = await village.publish(confirm="tap")
    page = await new_page()
    for path in (
        "/h5/",
        "/h5/teach/",
        "/h5/teach/families",
        "/h5/teach/families/try",
        f"/h5/teach/families/{CHILD}/{await village.person(village.mother)}",
        f"/h5/teach/families/{CHILD}/{await village.person(village.mother)}/end",
        "/h5/teach/notices/new",
        f"/h5/teach/notices/{notice.id}",
        f"/h5/teach/notices/{notice.id}/withdraw",
    ):
        await _open(page, village.teacher.url(path))
        small = await page.evaluate(
            """() => [...document.querySelectorAll('a, button, summary, label.choice, label.field')]
                .filter(e => e.getClientRects().length)
                .map(e => [e.textContent.trim(), e.getBoundingClientRect()])
                .filter(([, box]) => box.height < 43.5)
                .map(([text, box]) => `${text}: ${box.height}`)"""
        )
        assert small == [], path


async def test_without_scripts_a_notice_is_read_and_confirmed(
    village: Village, new_page: NewPage
) -> None:
    notice = await village.publish(confirm="tap")

    async def there() -> bool:
        return await village.count("deliveries") > 0

    await wait_until(there, description="the notice is delivered")
    opened = await new_page()
    assert opened.context.browser is not None
    context = await opened.context.browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await _open(page, village.mother.url(f"/h5/notices/{notice.id}"))
    await page.get_by_role("button", name="我已知晓").click()
    assert "已确认" in await page.inner_text("main")
    await context.close()


async def test_without_scripts_a_binding_is_ended_from_either_side(
    village: Village, new_page: NewPage
) -> None:
    opened = await new_page()
    assert opened.context.browser is not None
    context = await opened.context.browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    person = await village.person(village.mother)
    bindings = village.town.ctx.stores.bindings
    await _open(page, village.mother.url("/h5/children"))
    await page.get_by_role("link", name="解除绑定").click()
    await page.get_by_role("link", name="不解除").click()
    assert await bindings.active_of_person(person)
    await page.get_by_role("link", name="解除绑定").click()
    await page.get_by_role("button", name="确定解除").click()
    assert "还没有绑定孩子" in await page.inner_text("main")
    assert await bindings.active_of_person(person) == []
    await bind(village.town, village.mother, 3)
    await _open(page, village.teacher.url("/h5/teach/families"))
    await page.get_by_role("link", name="解除绑定").click()
    await page.get_by_label("转学").check(force=True)
    await page.get_by_role("button", name="确定解除").click()
    assert await page.locator(".guardian").count() == 0
    assert await bindings.active_of_person(person) == []
    await context.close()


async def test_a_draft_survives_the_page_and_goes_when_it_is_published(
    village: Village, new_page: NewPage
) -> None:
    page = await new_page()
    new = village.teacher.url("/h5/teach/notices/new")
    await _open(page, new)
    key = await page.input_value("[name=key]")
    await page.fill("[name=title]", "没写完")
    await page.fill("[name=body]", "第一行\n第二行")
    await page.check("[name=confirm][value=sign]", force=True)
    await _open(page, village.teacher.url("/h5/"))
    await _open(page, new)
    await page.get_by_text("已恢复上次没写完的内容").wait_for()
    assert await page.input_value("[name=title]") == "没写完"
    assert await page.input_value("[name=body]") == "第一行\n第二行"
    assert await page.is_checked("[name=confirm][value=sign]")
    assert await page.input_value("[name=key]") == key
    await page.get_by_role("button", name="发布", exact=True).click()
    await page.wait_for_url("**/teach/notices/*")
    await _open(page, new)
    assert await page.input_value("[name=title]") == ""
    assert await page.input_value("[name=key]") != key
    assert await village.count("notices") == 1
