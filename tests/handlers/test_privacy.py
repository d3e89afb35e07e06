"""My data: the family file is whole, readable by itself and one's own alone; erasing is asked twice."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote

import pytest

from domain.errors import NotFoundError
from domain.family_files import FamilyFile
from domain.roles import Appointment, Role
from services.family_files import (
    ask_file_for_family,
    build_family_file,
    open_family_file,
    tend_family_files,
)
from services.notices import draft_notice, edit_notice, withdraw_notice
from services.people import Post
from tests.erasing import later
from tests.handlers.conftest import PDF, Village, drawn
from tests.town import OTHER_SCHOOL, SCHOOL, child_name, school_class
from tests.waiting import wait_until

CHILD = f"{school_class(1).id}-0003"
PAGE = f"/h5/children/{CHILD}/file"


async def delivered(village: Village, notice_id: str) -> None:
    async def there() -> bool:
        return bool(await village.count_where("deliveries", notice_id=notice_id, push=None))

    await wait_until(there, description="the notice is delivered")


async def made(village: Village) -> FamilyFile:
    async def ready() -> FamilyFile | None:
        held = await village.town.ctx.stores.family_files.of_person(
            await village.person(village.mother)
        )
        return held[0] if held and held[0].file_id else None

    found = await wait_until(ready, description="the family file is made")
    assert isinstance(found, FamilyFile)
    return found


async def archive_of(village: Village) -> zipfile.ZipFile:
    """Ask on the page, wait, fetch as the phone does."""
    assert (await village.mother.post(PAGE)).status == 200
    file = await made(village)
    async with village.mother.client.get(village.mother.url(f"/h5/me/files/{file.id}")) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/zip"
        assert "attachment" in answer.headers["Content-Disposition"]
        return zipfile.ZipFile(io.BytesIO(await answer.read()))


class Links(HTMLParser):
    """What a page points to."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.targets += [v for k, v in attrs if k in ("href", "src") and v]


async def signed_notice(village: Village) -> str:
    uploaded = await village.teacher.upload("报名表.pdf", PDF)
    notice = await village.publish(confirm="sign", files=(uploaded.data["id"],))
    await delivered(village, notice.id)
    await village.mother.get(f"/h5/notices/{notice.id}")
    await village.mother._request(
        "POST",
        f"/h5/notices/{notice.id}/confirm?version=1",
        data=drawn(),
        headers={"X-CSRF-Token": await village.mother.csrf(), "Content-Type": "image/png"},
    )
    teaching = await village.teaching()
    draft = await draft_notice(
        village.town.ctx,
        teaching,
        {"title": "秋季运动会改期", "body": "改到下周五。"},
        class_ids=[teaching.classes[0].id],
        file_ids=[],
        links=[],
    )
    await edit_notice(village.town.ctx, teaching, notice.id, draft, seen_version=1)
    return notice.id


async def test_the_family_file_has_everything_and_explains_itself(village: Village) -> None:
    await signed_notice(village)
    form = {"purpose": "class_photos", "decision": "yes", "student": CHILD, "version": "1"}
    await village.mother.post("/h5/consents", form)
    archive = await archive_of(village)
    assert archive.testzip() is None
    page = archive.read("index.html").decode()
    for told in (child_name(3), "秋季运动会改期", "秋季运动会", "周五早上八点", "报名表.pdf",
                 "看过", "确认", "妈妈", "1003", "班级照片里可以有孩子", "登录", "微信模板消息"):  # fmt: skip
        assert told in page, told
    links = Links()
    links.feed(page)
    inside = set(archive.namelist())
    assert {unquote(target) for target in links.targets} <= inside
    assert archive.read("files/0001-报名表.pdf") == PDF
    (signature,) = [name for name in inside if name.startswith("signatures/")]
    assert archive.read(signature) == drawn()
    assert "http" not in page.lower()


async def test_the_same_is_there_for_programs(village: Village) -> None:
    await signed_notice(village)
    archive = await archive_of(village)
    data = {
        name.removeprefix("data/"): json.loads(archive.read(name))
        for name in archive.namelist()
        if name.endswith(".json")
    }
    assert set(data) == {
        "child.json", "notices.json", "consents.json", "claims.json", "account.json", "audit.json",
        "submissions.json", "mistakes.json", "timings.json", "answers.json", "leaves.json", "tasklists.json",
        "messages.json", "circles.json",
    }  # fmt: skip
    (notice,) = data["notices.json"]
    assert [v["number"] for v in notice["versions"]] == [1, 2]
    assert notice["delivery"]["confirmed_version"] == 1
    assert notice["versions"][0]["files"][0]["path"] in archive.namelist()
    assert notice["delivery"]["signature"] in archive.namelist()
    assert {attempt["channel"] for attempt in notice["attempts"]} == {"template"}
    assert data["child.json"]["relation"] == "妈妈"
    openids = [r["openid"] for r in data["account.json"] if r["kind"] == "wechat"]
    assert openids == [village.mother.user.openid]


async def test_nothing_of_others_is_in_it(village: Village) -> None:
    notice_id = await signed_notice(village)
    neighbour = await village.town.settle_guardian("neighbour", 2)
    await delivered(village, notice_id)
    await neighbour.get(f"/h5/notices/{notice_id}")
    archive = await archive_of(village)
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode("utf-8", "replace")
    person = await village.person(neighbour)
    teacher = await village.person(village.teacher)
    for foreign in (child_name(1), child_name(2), person, neighbour.user.openid, teacher):
        assert foreign not in whole


async def test_of_a_withdrawn_notice_the_title_alone_is_in_it(village: Village) -> None:
    notice = await village.publish(body="只给看过的人看的内容")
    await delivered(village, notice.id)
    await withdraw_notice(village.town.ctx, await village.teaching(), notice.id)
    archive = await archive_of(village)
    whole = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert "秋季运动会" in whole
    assert "只给看过的人看的内容" not in whole


async def test_it_can_be_fetched_for_a_day_by_who_asked_and_by_nobody_else(
    village: Village,
) -> None:
    await archive_of(village)
    file = await made(village)
    for phone in (village.stranger, village.teacher, village.rival):
        assert (await phone.get(f"/h5/me/files/{file.id}")).status == 404
        assert (await phone.get(PAGE)).status == 404
        assert (await phone.post(PAGE)).status == 404
    assert await village.count("family_files") == 1
    await tend_family_files(later(village.town.ctx, hours=23))
    assert (await village.mother.get(f"/h5/me/files/{file.id}")).status == 200
    await tend_family_files(later(village.town.ctx, hours=25))
    assert (await village.mother.get(f"/h5/me/files/{file.id}")).status == 404
    assert await village.count("family_files") == 0
    assert await village.count_where("files", kind="archive") == 0
    assert await village.count_where("blobs.chunks", files_id=file.file_id) == 0


async def test_three_a_day_and_one_at_a_time(village: Village) -> None:
    await village.town.stop_worker()
    for _ in range(3):
        await village.mother.post(PAGE)  # asked again while it is being made
    assert await village.count("family_files") == 1
    assert "正在整理" in (await village.mother.get(PAGE)).text
    village.town.start_worker()
    await made(village)
    for _ in range(2):
        await archive_of(village)
    await wait_until(lambda: village.count("family_files"), description="three are there")
    refused = await village.mother.post(PAGE)
    assert (refused.status, await village.count("family_files")) == (429, 3)
    assert "今天的次数用完了" in (await village.mother.get(PAGE)).text


async def test_what_a_dead_process_left_is_made_and_its_bytes_go_with_the_file(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = village.town.ctx
    await village.town.stop_worker()
    await village.mother.post(PAGE)
    (wanted,) = await ctx.stores.family_files.of_person(await village.person(village.mother))
    store = type(ctx.stores.family_files)

    async def die(*_: Any) -> bool:
        raise RuntimeError("killed")

    monkeypatch.setattr(store, "mark_ready", die)
    with pytest.raises(RuntimeError):
        await build_family_file(ctx, wanted.id)
    monkeypatch.undo()
    assert await village.count_where("files", kind="archive") == 1
    village.town.start_worker()
    await tend_family_files(ctx)
    file = await made(village)
    assert len(file.blob_ids) == 2
    await tend_family_files(later(ctx, hours=25))
    assert await village.count_where("files", kind="archive") == 0
    assert await village.count("blobs.files") == 0


async def test_the_office_makes_it_for_a_guardian_and_it_is_noted(village: Village) -> None:
    ctx, person = village.town.ctx, await village.person(village.mother)
    boss = await village.person(village.teacher)
    role = Appointment(
        id="boss", person_id=boss, role=Role.SCHOOL_ADMIN, name="校长", school_id=SCHOOL.id
    )
    post = Post(boss, (role,), school=SCHOOL)
    wanted = await ask_file_for_family(ctx, post, CHILD, person)
    await made(village)
    file, _ = await open_family_file(ctx, boss, wanted.id)
    assert file.size_bytes > 0
    assert (await village.mother.get(f"/h5/me/files/{wanted.id}")).status == 404
    assert await village.count_where("audit", act="family_file_made") == 1


@pytest.mark.parametrize("wrong", ["school", "right", "child", "adult"])
async def test_the_office_makes_none_for_others(village: Village, wrong: str) -> None:
    ctx, person = village.town.ctx, await village.person(village.mother)
    boss = await village.person(village.teacher)
    role = Appointment(
        id="boss",
        person_id=boss,
        role=Role.OFFICE if wrong == "right" else Role.SCHOOL_ADMIN,
        name="校长",
        school_id=SCHOOL.id,
    )
    post = Post(boss, (role,), school=OTHER_SCHOOL if wrong == "school" else SCHOOL)
    child = f"{school_class(1).id}-0001" if wrong == "child" else CHILD
    adult = await village.person(village.stranger) if wrong == "adult" else person
    with pytest.raises(NotFoundError):
        await ask_file_for_family(ctx, post, child, adult)
    assert (await village.count("family_files"), await village.count("audit")) == (0, 0)


async def test_erasing_is_explained_asked_twice_and_can_be_taken_back(village: Village) -> None:
    explained = await village.mother.get("/h5/me/erase")
    assert "学校会留下" in explained.text
    asked = await village.mother.get("/h5/me/erase/confirm")
    assert "7 天以后删除" in asked.text
    assert await village.count("erasures") == 0
    await village.mother.post("/h5/me/erase/confirm")
    document = await village.town.ctx.stores.database["erasures"].find_one({})
    assert document["due_at"] - document["requested_at"] == timedelta(days=7)
    await village.mother.post("/h5/me/erase/keep")
    assert await village.count("erasures") == 0
    assert (await village.mother.post("/h5/me/erase/keep")).status == 200  # nothing to take back


async def test_nobody_asks_or_takes_back_for_somebody_else(village: Village) -> None:
    await village.mother.post("/h5/me/erase/confirm")
    await village.stranger.post("/h5/me/erase/keep")
    assert (
        await village.count_where("erasures", subject_id=await village.person(village.mother)) == 1
    )
    forged = await village.mother._request(
        "POST", "/h5/me/erase/keep", data={"csrf": "of somebody else"}
    )
    assert (forged.status, await village.count("erasures")) == (403, 1)
