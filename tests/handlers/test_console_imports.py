"""Lists at a desk over plain HTTP: what may be uploaded by whom, and that a stranger's form changes nothing."""

import io
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from domain.imports import MAX_LIST_BYTES, Import
from domain.roles import Role
from services.import_runs import try_import
from tests import school_lists as lists
from tests.flows.conftest import quiet_town as quiet_town
from tests.handlers.test_console_calendar import CSRF, NEIGHBOUR, SCHOOL, Desk, sit_down
from tests.town import Town

IMPORTS = "/console/imports"


@pytest.fixture
async def office(quiet_town: Town) -> AsyncIterator[Desk]:
    desk = await sit_down(quiet_town, SCHOOL, Role.OFFICE)
    yield desk
    await desk.client.close()


async def upload(desk: Desk, content: bytes, *, csrf: str = CSRF, name: str = "名册.xlsx") -> int:
    """Send a file as the page's script does; the status."""
    headers = {
        "Accept": "application/json",
        "X-CSRF-Token": csrf,
        "X-File-Name": quote(name),
        "Content-Type": "application/octet-stream",
    }
    url = desk.town.base + IMPORTS + "/upload"
    async with desk.client.post(url, data=io.BytesIO(content), headers=headers) as answer:
        return int(answer.status)


async def tried(desk: Desk, folder: Path, count: int = 3) -> Import:
    """A list that was uploaded and compared."""
    path = lists.write_xlsx(folder / "a.xlsx", lists.rows(count))
    assert await upload(desk, path.read_bytes()) == 201
    handed_in: Import = (await desk.town.ctx.stores.imports.of_school(SCHOOL.id))[0]
    await try_import(desk.town.ctx, handed_in.id)
    return handed_in


async def kept(town: Town) -> dict[str, int]:
    """How much is stored of what a list leads to."""
    names = ("imports", "import_pages", "files", "blobs.files", "students", "contacts")
    return {name: await town.ctx.stores.database[name].count_documents({}) for name in names}


async def test_the_template_is_a_list_to_fill_in(office: Desk, tmp_path: Path) -> None:
    async with office.client.get(office.town.base + IMPORTS + "/template") as answer:
        content = await answer.read()
        assert "attachment" in answer.headers["Content-Disposition"]
    (tmp_path / "t.xlsx").write_bytes(content)
    assert load_workbook(tmp_path / "t.xlsx").worksheets[0]["B1"].value == "姓名"


@pytest.mark.parametrize(
    ("content", "csrf", "status"),
    [
        (b"", CSRF, 422),
        (b"\xff\xd8\xff\xe0 a picture\0\0", CSRF, 422),
        (b"PK\x03\x04 no workbook", CSRF, 422),
        (b"\0" * (MAX_LIST_BYTES + 1), CSRF, 422),
        ("姓名,班级\n李小明,三1班\n".encode(), "of another session", 403),
    ],
    ids=["empty", "picture", "broken", "too large", "another session's token"],
)
async def test_what_is_no_list_or_not_asked_for_is_not_stored(
    office: Desk, content: bytes, csrf: str, status: int
) -> None:
    assert await upload(office, content, csrf=csrf) == status
    assert not any((await kept(office.town)).values())


async def test_a_list_is_looked_at_ticked_and_applied_without_a_script(
    office: Desk, tmp_path: Path
) -> None:
    one = await tried(office, tmp_path)
    status, page = await office.get(f"{IMPORTS}/{one.id}")
    assert (status, lists.pupil_name(0) in page, "要写入哪些变化" in page) == (200, True, True)
    shown = await office.town.ctx.stores.imports.find_page(f"{one.id}:new:00000")
    assert shown is not None
    ids = [line.student_id for line in shown.lines]
    form = {"section": "new", "page": "0", "shown": ids[0]}
    status, page, _ = await office.post(f"{IMPORTS}/{one.id}/ticks", form)
    assert (status, "勾选已保存" in page) == (200, True)
    status, page, _ = await office.post(f"{IMPORTS}/{one.id}/apply", {})
    assert (status, "至少勾选一类" in page) == (409, True)
    status, page, _ = await office.post(f"{IMPORTS}/{one.id}/apply", {"kind": "new"})
    assert (status, "导入中" in page) == (200, True)
    status, page, _ = await office.post(f"{IMPORTS}/{one.id}/apply", {"kind": "new"})
    assert (status, "已经有了结果" in page) == (409, True)


async def test_a_live_answer_says_how_far_it_is(office: Desk, tmp_path: Path) -> None:
    one = await tried(office, tmp_path)
    async with office.client.get(f"{office.town.base}{IMPORTS}/{one.id}/live") as answer:
        said = (await answer.json())["data"]
    assert (said["state"], said["open"], set(said)) == (
        "ready",
        False,
        {"state", "open", "percent", "text"},
    )


async def test_another_school_and_another_role_find_nothing(
    office: Desk, quiet_town: Town, tmp_path: Path
) -> None:
    one = await tried(office, tmp_path)
    before = await kept(quiet_town)
    for place, role in ((NEIGHBOUR, Role.OFFICE), (SCHOOL, Role.GRADE_LEADER)):
        stranger = await sit_down(quiet_town, place, role, grade=3)
        for path in ("", "/live", "/report"):
            assert (await stranger.get(f"{IMPORTS}/{one.id}{path}"))[0] == 404
        for path in ("/ticks", "/apply", "/again", "/drop"):
            assert (await stranger.post(f"{IMPORTS}/{one.id}{path}", {"kind": "new"}))[0] == 404
        await stranger.client.close()
    assert await kept(quiet_town) == before
    assert await quiet_town.ctx.stores.imports.find(one.id) is not None


async def test_what_was_dropped_is_gone(office: Desk, tmp_path: Path) -> None:
    one = await tried(office, tmp_path)
    status, page, _ = await office.post(f"{IMPORTS}/{one.id}/drop", {})
    assert (status, "已放弃" in page) == (200, True)
    left = await kept(office.town)
    assert (left["imports"], left["import_pages"], left["files"], left["blobs.files"]) == (
        *(1, 0, 0, 0),
    )
    status, page = await office.get(f"{IMPORTS}/{one.id}")
    assert (status, "已经删除" in page) == (200, True)
