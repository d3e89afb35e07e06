"""One resource from a teacher's phone up to the city's library, and found from a school of another district.

Everybody has a screen of their own, and all of them are open at once: the teacher's is a phone's.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook
from playwright.async_api import Page, expect

from domain.roles import Role
from tests import recordings
from tests.browser.phones import Screenshot
from tests.browser.test_calendar import nothing_runs_off
from tests.conftest import NewPage
from tests.desk import appoint_at, sign_in_at_desk
from tests.miniapp.conftest import town as town
from tests.office import DISTRICT, OTHER_SCHOOL, settle_city, settle_staff
from tests.shelving import take_catalogue
from tests.town import Town

TITLE = "分数的初步认识"
REASON = "练习第 3 题的答案不对，请改一改，再补上板书。"
PHONE, DESK = 375, 1280


@pytest.fixture
async def city(town: Town) -> Town:
    await settle_city(town)
    await settle_staff(town)
    await appoint_at(town, "wei", DISTRICT, Role.DISTRICT_ADMIN, name="魏教研员")
    await appoint_at(
        town, "he", OTHER_SCHOOL, Role.SUBJECT_TEACHER, name="何丽", class_id="", subject="maths"
    )
    await take_catalogue(town.ctx)
    return town


class Screens:
    """Who sits before which screen, and what is looked at of each."""

    def __init__(self, city: Town, new_page: NewPage, screenshot: Screenshot) -> None:
        self.city, self._new_page, self._screenshot = city, new_page, screenshot
        self._pages: dict[str, Page] = {}

    async def sit_down(self, key: str, width: int = DESK) -> Page:
        page = self._pages[key] = await self._new_page(width=width)
        await sign_in_at_desk(page, self.city.phone(key))
        return page

    async def look(self, page: Page, name: str) -> None:
        """Nothing runs off it, and a picture is taken of the whole of it."""
        await nothing_runs_off(page)
        await self._screenshot(page, name, full_page=True)

    async def open_queue(self, page: Page) -> None:
        await page.goto(self.city.base + "/console/resources/queue")


@pytest.fixture
def screens(city: Town, new_page: NewPage, screenshot: Screenshot) -> Screens:
    return Screens(city, new_page, screenshot)


def real_files(folder: Path) -> list[Path]:
    """A workbook as a teacher's program writes it, and a short film."""
    book = Workbook()
    assert book.active is not None
    book.active.append(["题号", "题目", "答案"])
    book.active.append([3, "把一张纸平均分成四份，每份是它的几分之几？", "四分之一"])
    book.save(folder / "分数练习.xlsx")
    (folder / "折纸.mp4").write_bytes(recordings.mp4())
    return [folder / "分数练习.xlsx", folder / "折纸.mp4"]


async def search_from(page: Page, city: Town) -> None:
    await page.goto(city.base + "/console/links")
    await page.get_by_role("searchbox", name="找资源").fill("分数的初步")
    await page.get_by_role("button", name="搜索").click()


async def test_from_a_teachers_phone_to_the_citys_library(
    city: Town, screens: Screens, tmp_path: Path
) -> None:
    phone = await screens.sit_down("zhou", PHONE)
    office = await screens.sit_down("li")
    district, colleague = await screens.sit_down("zhi"), await screens.sit_down("wei")
    reviewer, elsewhere = await screens.sit_down("yu"), await screens.sit_down("he")
    # The teacher files it.
    await phone.goto(city.base + "/console/resources/new?grade=3&subject=maths")
    await phone.locator("[data-input]").set_input_files(real_files(tmp_path))
    await expect(phone.locator("[data-list] [name=file_ids]")).to_have_count(2)
    await phone.get_by_label("类型").select_option(label="习题")
    await phone.get_by_label("标题").fill(TITLE)
    await phone.get_by_label("章节").fill("第八单元 第 1 课")
    await phone.get_by_label("怎么用").fill("先看折纸的短片，再做练习，二十分钟。")
    await phone.get_by_label("本人原创").check()
    await screens.look(phone, "01-teacher-form")
    await phone.get_by_role("button", name="提交评审").click()
    await expect(phone.get_by_text("等学校评审", exact=True)).to_be_visible()
    await screens.look(phone, "02-teacher-filed")
    # The school lets it through; two of the district have it before them at the same moment.
    await school_passes(screens, office)
    await screens.open_queue(district)
    await screens.look(district, "03-district-queue")
    for page in (district, colleague):
        await screens.open_queue(page)
        await page.get_by_role("link", name=TITLE).click()
    await district.get_by_label("要修改的地方").fill(REASON)
    await screens.look(district, "04-district-decides")
    await district.get_by_role("button", name="退回修改").click()
    await expect(district.get_by_text("没有要评审的资源")).to_be_visible()
    await colleague.get_by_role("button", name="通过入库").click()
    await expect(colleague.get_by_role("alert")).to_be_visible()
    await expect(colleague.get_by_text(REASON)).to_be_visible()
    await screens.look(colleague, "05-district-too-late")
    # The teacher is told on the first page, mends it and sends it again: it begins at the school.
    await phone.goto(city.base + "/console/")
    await screens.look(phone, "06-teacher-home")
    await phone.goto(city.base + "/console/resources/own")
    await expect(phone.get_by_text(REASON)).to_be_visible()
    await expect(phone.get_by_label("后台").get_by_text("教学资源")).to_be_in_viewport()
    await screens.look(phone, "07-teacher-own")
    await phone.get_by_role("link", name=TITLE).click()
    await screens.look(phone, "08-teacher-returned")
    await phone.get_by_role("link", name="修改，再提交").click()
    await phone.get_by_label("怎么用").fill("先看折纸的短片，再做练习；板书在第二页。")
    # What was asked for stands above the form: nobody has to remember it.
    await expect(phone.get_by_text(REASON)).to_be_visible()
    await screens.look(phone, "09-teacher-again")
    await phone.get_by_role("button", name="提交评审").click()
    await expect(phone.get_by_text("等学校评审", exact=True)).to_be_visible()
    await school_passes(screens, office)
    # Nothing of it is known elsewhere until the city has let it through.
    await search_from(elsewhere, city)
    await expect(elsewhere.get_by_text("没有找到")).to_be_visible()
    await screens.open_queue(district)
    await district.get_by_role("link", name=TITLE).click()
    await expect(district.locator("form.decide").get_by_text(REASON)).to_be_visible()
    await screens.look(district, "10-district-second")
    await district.get_by_role("button", name="通过，并推荐给烟台市").click()
    await expect(district.get_by_text("没有要评审的资源")).to_be_visible()
    await search_from(elsewhere, city)
    await expect(elsewhere.get_by_text("没有找到")).to_be_visible()
    await phone.reload()
    await expect(phone.get_by_text("等市级评审", exact=True)).to_be_visible()
    await expect(phone.get_by_text("已重新提交")).to_have_count(0)
    await reviewer.goto(city.base + "/console/")
    await screens.look(reviewer, "11-city-home")
    await screens.open_queue(reviewer)
    await screens.look(reviewer, "12-city-queue")
    await reviewer.get_by_role("link", name=TITLE).click()
    await screens.look(reviewer, "13-city-decides")
    await reviewer.get_by_role("button", name="通过入库").click()
    await expect(reviewer.get_by_text("没有要评审的资源")).to_be_visible()
    await reviewer.goto(city.base + "/console/resources")
    await expect(reviewer.get_by_role("link", name=TITLE)).to_be_visible()
    await screens.look(reviewer, "14-city-library")
    await reviewer.goto(city.base + "/console/resources/figures")
    await screens.look(reviewer, "15-city-figures")
    await phone.reload()
    await expect(phone.get_by_text("在市级资源库", exact=True)).to_be_visible()
    await screens.look(phone, "16-teacher-arrived")
    # A school of the other district finds it, opens it, and has the very file.
    await search_from(elsewhere, city)
    await screens.look(elsewhere, "17-elsewhere-search")
    async with elsewhere.context.expect_page() as opening:
        await elsewhere.get_by_role("link", name=TITLE).click()
    found = await opening.value
    await expect(found.get_by_text("板书在第二页")).to_be_visible()
    await screens.look(found, "18-elsewhere-resource")
    async with found.expect_download() as download:
        await found.get_by_role("link", name="分数练习.xlsx").click()
    taken = await (await download.value).path()
    assert taken.read_bytes() == (tmp_path / "分数练习.xlsx").read_bytes()
    assert zipfile.is_zipfile(taken)
    # How it was reviewed is not theirs to read.
    await expect(found.get_by_text(REASON)).to_have_count(0)


async def school_passes(screens: Screens, office: Page) -> None:
    """The office looks and proposes it to the district."""
    await screens.open_queue(office)
    await office.get_by_role("link", name=TITLE).click()
    await office.get_by_role("button", name="通过，并推荐给芝罘区").click()
    await expect(office.get_by_text("并推荐给上一级")).to_be_visible()
