"""A teacher's and a reviewer's story of a resource at a desk, in a real browser: a line that drops, a video."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from services.resource_reviews import allow_resource
from tests import recordings
from tests.browser.test_calendar import nothing_runs_off
from tests.desk import sign_in_at_desk
from tests.miniapp.conftest import town as town
from tests.office import a_class, settle_city, settle_staff
from tests.resourcing import a_document, filed, post_of
from tests.shelving import take_catalogue
from tests.town import Town
from tests.waiting import wait_until

Screenshot = Callable[..., Awaitable[Path]]
NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await take_catalogue(town.ctx)
    return town


async def test_a_teacher_files_it_and_the_school_decides(
    city: Town, new_page: NewPage, screenshot: Screenshot, tmp_path: Path
) -> None:
    # Three pieces, so that the line can drop between two of them.
    noise = random.Random(7).randbytes(600_000).hex()
    (tmp_path / "教案.docx").write_bytes(a_document(noise))
    (tmp_path / "微课.mp4").write_bytes(recordings.mp4())
    (tmp_path / "笔记.txt").write_text("不收的")
    desk = await new_page(width=1280)
    await sign_in_at_desk(desk, city.phone("zhou"))
    await desk.get_by_label("后台").get_by_role("link", name="教学资源").click()
    await screenshot(desk, "1-empty")
    await desk.get_by_role("link", name="上传资源").click()
    await desk.get_by_label("年级").select_option(label="三年级")
    await desk.get_by_label("学科").select_option(label="数学")
    await desk.get_by_role("button", name="下一步").click()
    await desk.get_by_role("button", name="提交评审").click()
    await expect(desk.get_by_text("请至少上传一个文件")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "2-refused", full_page=True)
    dropped: list[str] = []

    async def drop_once(route: Route) -> None:
        if "offset=0" not in route.request.url and not dropped:
            dropped.append(route.request.url)
            await route.abort()
            return
        await route.continue_()

    await desk.route("**/pieces?*", drop_once)
    files = desk.locator("[data-input]")
    await files.set_input_files(
        [tmp_path / "教案.docx", tmp_path / "微课.mp4", tmp_path / "笔记.txt"]
    )
    await expect(desk.locator("[data-list] .problem")).to_be_visible(timeout=20_000)
    await expect(desk.locator("[data-list] [name=file_ids]")).to_have_count(2)
    assert dropped
    await desk.locator("[data-list] li").filter(has_text="笔记").get_by_role("button").click()
    await desk.get_by_label("类型").select_option(label="教学设计")
    await desk.get_by_label("标题").fill("分数的初步认识")
    await desk.get_by_label("教材").select_option(label="三年级 数学 人教版 上册")
    await desk.get_by_label("章节").fill("第八单元 第 1 课")
    await desk.get_by_label("怎么用").fill("用折纸引入，二十分钟；后面是一段微课。")
    await desk.get_by_label("本人原创").check()
    await nothing_runs_off(desk)
    await screenshot(desk, "3-filled", full_page=True)
    await desk.get_by_role("button", name="提交评审").click()
    await expect(desk.get_by_text("等学校评审")).to_be_visible()
    await nothing_runs_off(desk)
    await screenshot(desk, "4-filed", full_page=True)
    # The office looks, and sends it back.
    office = await new_page(width=820)
    await sign_in_at_desk(office, city.phone("li"))
    await office.goto(city.base + "/console/resources/queue")
    await nothing_runs_off(office)
    await screenshot(office, "5-queue")
    await office.get_by_role("link", name="分数的初步认识").click()
    ready = "() => document.querySelector('video').readyState >= 1 || document.querySelector('video').error"
    await office.wait_for_function(ready)
    await office.get_by_label("要修改的地方").fill("请补上板书设计")
    await nothing_runs_off(office)
    await screenshot(office, "6-decide", full_page=True)
    await office.get_by_role("button", name="退回修改").click()
    await expect(office.get_by_text("没有要评审的资源")).to_be_visible()
    # The teacher works it over, and it goes up.
    await desk.goto(city.base + "/console/resources/own")
    await expect(desk.get_by_text("请补上板书设计")).to_be_visible()
    await screenshot(desk, "7-own")
    await desk.get_by_role("link", name="分数的初步认识").click()
    await desk.get_by_role("link", name="修改，再提交").click()
    await expect(desk.locator("[data-list] [name=file_ids]")).to_have_count(2)
    await desk.get_by_label("怎么用").fill("用折纸引入，二十分钟；板书在最后一页。")
    await desk.get_by_role("button", name="提交评审").click()
    await office.goto(city.base + "/console/resources/queue")
    await expect(office.get_by_text("第 2 版")).to_be_visible()
    await office.get_by_role("link", name="分数的初步认识").click()
    await office.get_by_role("button", name="推荐给芝罘区").click()
    await expect(office.get_by_text("并推荐给上一级")).to_be_visible()
    # A colleague finds it, opens it, and says what it was good for.
    colleague = await new_page(width=820)
    await sign_in_at_desk(colleague, city.phone("wang"))
    await filed(city.ctx, await post_of(city, "wang"), "另一份")
    await colleague.goto(city.base + "/console/resources?grade=3")
    await nothing_runs_off(colleague)
    await screenshot(colleague, "8-library")
    await colleague.get_by_role("link", name="分数的初步认识").click()
    async with colleague.expect_download() as download:
        await colleague.get_by_role("link", name="教案.docx").click()
    assert (await (await download.value).path()).read_bytes() == (
        tmp_path / "教案.docx"
    ).read_bytes()
    await colleague.reload()
    await colleague.get_by_label("5 星").check()
    await colleague.get_by_role("button", name="评分").click()
    await expect(colleague.get_by_text("评分已记下")).to_be_visible()
    await nothing_runs_off(colleague)
    await screenshot(colleague, "9-rated", full_page=True)


async def test_a_reviewer_takes_a_terms_package_along(
    city: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    for n, title in enumerate(("分数的初步认识", "周长的认识，含两段微课和一份学案", "时分秒")):
        made = await filed(city.ctx, author, f"教案 {n}", title=title)
        await allow_resource(city.ctx, office, made.id, seen=1)
    for width in (375, 1280):
        desk = await new_page(width=width)
        await sign_in_at_desk(desk, city.phone("li"))
        await desk.goto(city.base + "/console/resources")
        await desk.get_by_role("link", name="资源包").click()
        await desk.get_by_label("时分秒").uncheck()
        await nothing_runs_off(desk)
        await screenshot(desk, f"1-package-{width}", full_page=True)
        async with desk.expect_download() as download:
            await desk.get_by_role("button", name="打包下载").click()
        taken = await download.value
        assert taken.suggested_filename == "青禾小学 资源包.zip"
        with zipfile.ZipFile(await taken.path()) as archive:
            assert len([n for n in archive.namelist() if n.startswith("resources/")]) == 2
        await desk.goto(city.base + "/console/resources")
        await desk.get_by_role("link", name="分数的初步认识").click()
        await nothing_runs_off(desk)
        await screenshot(desk, f"2-resource-{width}", full_page=True)


async def test_a_lesson_that_used_it_is_one_tap_and_stands_behind_the_figure(
    city: Town, new_page: NewPage, screenshot: Screenshot
) -> None:
    author, office = await post_of(city, "zhou"), await post_of(city, "li")
    made = await filed(city.ctx, author)
    await allow_resource(city.ctx, office, made.id, seen=made.revision)
    desk = await new_page(width=1280)
    await sign_in_at_desk(desk, city.phone("wang"))
    await desk.goto(f"{city.base}/console/resources/{made.id}")
    await desk.get_by_role("button", name="我上课用过").click()
    await expect(desk.get_by_text("已记下，这节课用了资源")).to_be_visible()
    await desk.get_by_role("button", name="我上课用过").click()
    await expect(desk.locator(".lessons li")).to_have_count(1)
    await expect(desk.locator(".lessons li")).to_contain_text(a_class(1).name)
    await nothing_runs_off(desk)
    await screenshot(desk, "1-said", full_page=True)

    async def counted() -> bool:
        return not await city.ctx.stores.resource_lessons.uncounted(1)

    await wait_until(counted, description="the lesson is counted")
    await desk.goto(f"{city.base}/console/use/classes/{a_class(1).id}?span=week")
    evidence = desk.get_by_role("row").filter(has_text="课上用过")
    await expect(evidence).to_contain_text("您")
    await nothing_runs_off(desk)
    await screenshot(desk, "2-figure", full_page=True)
    await evidence.get_by_role("link", name=made.newest.content.title).click()
    await desk.get_by_role("button", name="撤销").click()
    await expect(desk.locator(".lessons li")).to_have_count(0)
