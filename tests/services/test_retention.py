"""What is old goes at night, kind by kind, and nothing that is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.files import Shower, promise_to
from domain.notices import Notice
from domain.retention import Keep, before_this_year, is_night, school_year_start
from domain.times import SCHOOL_ZONE
from services.context import Context
from services.files import Owner, attach, store_upload
from services.receipts import receipts_of
from services.retention import clear_old, retain
from storage.ageing import id_at
from tests.domain.work_samples import a_mistake, a_submission, a_version
from tests.erasing import later
from tests.handlers.conftest import PDF, Village, bind, drawn, village
from tests.town import SCHOOL
from tests.waiting import wait_until

__all__ = ["village"]


def at_night(ctx: Context, days: int) -> Context:
    """So many days later, at two in the morning."""
    moment = (ctx.now() + timedelta(days=days)).astimezone(SCHOOL_ZONE)
    night = moment.replace(hour=2, minute=0).astimezone(UTC)
    return replace(ctx, now=lambda: night)


async def read_notice(village: Village, **form: Any) -> Notice:
    uploaded = await village.teacher.upload("表.pdf", PDF)
    notice = await village.publish(files=(uploaded.data["id"],), confirm="sign", **form)

    async def there() -> bool:
        return bool(await village.count_where("deliveries", notice_id=notice.id, push=None))

    await wait_until(there, description="the notice is delivered")
    await village.mother.get(f"/h5/notices/{notice.id}")
    await village.mother._request(
        "POST",
        f"/h5/notices/{notice.id}/confirm?version=1",
        data=drawn(),
        headers={"X-CSRF-Token": await village.mother.csrf(), "Content-Type": "image/png"},
    )
    return notice


async def counts(village: Village, *names: str) -> dict[str, int]:
    return {name: await village.count(name) for name in names}


ALL = ("notices", "deliveries", "attempts", "files", "blobs.files", "bindings", "consents")


async def test_nothing_of_the_running_school_year_goes_however_short_the_times(
    village: Village,
) -> None:
    await read_notice(village)
    before = await counts(village, *ALL)
    keep = Keep(deliveries=timedelta(0), notices=timedelta(0))
    ctx = replace(village.town.ctx, policy=replace(village.town.ctx.policy, keep=keep))
    await clear_old(ctx)
    assert await counts(village, *ALL) == before


async def test_each_kind_goes_in_its_time(village: Village) -> None:
    ctx, notice = village.town.ctx, await read_notice(village)
    assert await village.count("attempts") > 0
    gone = await clear_old(later(ctx, days=170))
    assert gone.total() == 0
    await clear_old(later(ctx, days=190))
    assert await counts(village, "attempts", "deliveries", "notices") == {
        "attempts": 0, "deliveries": 1, "notices": 1,
    }  # fmt: skip
    await clear_old(later(ctx, days=800))
    assert await counts(village, "deliveries", "notices", "files") == {
        "deliveries": 0, "notices": 1, "files": 1,
    }  # fmt: skip
    receipts = await receipts_of(ctx, await village.teaching(), notice.id)
    figures = receipts.nameless
    assert (figures.guardians, figures.read, figures.confirmed) == (1, 1, 1)
    await clear_old(later(ctx, days=1200))
    assert await counts(village, "notices", "files", "blobs.files", "blobs.chunks") == {
        "notices": 0, "files": 0, "blobs.files": 0, "blobs.chunks": 0,
    }  # fmt: skip


async def test_killed_in_the_middle_the_figures_are_those_of_before(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx, notice = village.town.ctx, await read_notice(village)
    store = type(ctx.stores.forgetting)

    async def die(*_: Any) -> int:
        raise RuntimeError("killed")

    monkeypatch.setattr(store, "drop_deliveries_of_notice", die)
    with pytest.raises(RuntimeError):
        await clear_old(later(ctx, days=800))
    monkeypatch.undo()
    await clear_old(later(ctx, days=800))
    assert await village.count("deliveries") == 0
    receipts = await receipts_of(ctx, await village.teaching(), notice.id)
    assert receipts.nameless.confirmed == 1


async def test_an_upload_that_was_never_attached_goes_and_the_others_stay(
    village: Village,
) -> None:
    notice = await read_notice(village)
    await store_upload(village.town.ctx, Owner.of(await village.teaching()), "多余.pdf", PDF)
    await clear_old(later(village.town.ctx, days=6))
    assert await village.count_where("files", kind="document") == 2
    gone = await clear_old(later(village.town.ctx, days=8))
    assert gone["uploads"] == 1
    shown = notice.versions[0].attachments[0].file_id
    assert await village.count_where("files", kind="document") == 1
    page = await village.mother.get(f"/h5/notices/{notice.id}/files/{shown}")
    assert page.status == 200


async def test_what_was_handed_in_goes_with_its_files_and_before_the_mistakes_book(
    village: Village,
) -> None:
    ctx, person = village.town.ctx, await village.person(village.mother)
    (binding,) = await ctx.stores.bindings.active_of_person(person)
    owner = Owner(SCHOOL.id, person, binding.student_id)
    files = [await store_upload(ctx, owner, f"{n}.pdf", PDF) for n in range(2)]
    work, cut = await attach(ctx, files, promise_to(Shower.SUBMISSION, "homework-1:child"))
    belongs = {"school_id": SCHOOL.id, "student_id": binding.student_id}
    version = a_version(files=(work,), handed_in_at=ctx.now())
    await ctx.stores.submissions.insert(
        a_submission(versions=(version,), first_at=ctx.now(), **belongs)
    )
    await ctx.stores.mistakes.insert(
        a_mistake(created_at=ctx.now(), file_id=cut.file_id, **belongs)
    )
    gone = await clear_old(later(ctx, days=300))
    assert (gone["submissions"], gone["mistakes"]) == (0, 0)
    gone = await clear_old(later(ctx, days=800))
    assert (gone["submissions"], gone["mistakes"]) == (1, 0)
    assert set(await ctx.stores.files.many([work.file_id, cut.file_id])) == {cut.file_id}
    gone = await clear_old(later(ctx, days=1500))
    assert gone["mistakes"] == 1
    assert await village.count("mistakes") == await village.count("submissions") == 0
    assert await ctx.stores.files.many([cut.file_id]) == {}


async def test_bytes_that_a_dead_process_left_without_a_record_go(village: Village) -> None:
    stores, now = village.town.ctx.stores, village.town.ctx.now()
    lost = id_at(now) + "0123456789abcdef"
    await stores.database["blobs.chunks"].insert_one(
        {"_id": "c", "files_id": lost, "n": 0, "data": b"lost"}
    )
    await clear_old(village.town.ctx)
    assert await village.count("blobs.chunks") == 1  # perhaps it is under way
    gone = await clear_old(later(village.town.ctx, days=2))
    assert (gone["bytes"], await village.count("blobs.chunks")) == (1, 0)


async def test_with_an_ended_binding_goes_what_was_read_through_it(village: Village) -> None:
    notice = await read_notice(village)
    child = f"{notice.class_ids[0]}-0003"
    await village.mother.post(f"/h5/children/{child}/end")
    await bind(village.town, village.town.phone("neighbour", following=True), 2)
    await clear_old(later(village.town.ctx, days=360))
    assert await village.count("bindings") == 2
    gone = await clear_old(later(village.town.ctx, days=370))
    assert (gone["bindings"], await village.count("bindings")) == (1, 1)
    person = await village.person(village.mother)
    assert await village.count_where("deliveries", person_id=person) == 0
    assert await village.count_where("deliveries", person_id="") == 1
    assert await village.count_where("files", kind="signature") == 0


async def test_settled_requests_go_and_waiting_ones_stay(village: Village) -> None:
    database = village.town.ctx.stores.database
    at = village.town.ctx.now()
    for state in ("waiting", "approved", "refused", "withdrawn", "expired"):
        await database["claims"].insert_one(
            {
                "_id": state,
                "school_id": "s",
                "class_ids": [],
                "person_id": "p",
                "child_name": "x",
                "phone_last4": "0000",
                "doubt": "several",
                "candidates": [],
                "state": state,
                "created_at": at,
                "untold": False,
            }
        )
    await clear_old(later(village.town.ctx, days=181))
    left = await database["claims"].find({}).to_list(None)
    assert [claim["_id"] for claim in left] == ["waiting"]


async def test_by_day_nothing_is_cleared_away(village: Village) -> None:
    await read_notice(village)
    noon = village.town.ctx.now().astimezone(SCHOOL_ZONE).replace(hour=12) + timedelta(days=1300)
    day = replace(village.town.ctx, now=lambda: noon.astimezone(UTC))
    await retain(day)
    assert await village.count("notices") == 1
    await retain(at_night(village.town.ctx, 1300))
    assert await village.count("notices") == 0


@pytest.mark.parametrize(
    ("at", "start"),
    [
        ("2026-11-22T12:00+08:00", "2026-09-01T00:00+08:00"),
        ("2026-08-31T23:59+08:00", "2025-09-01T00:00+08:00"),
        ("2026-09-01T00:00+08:00", "2026-09-01T00:00+08:00"),
    ],
)
def test_a_school_year_begins_in_september(at: str, start: str) -> None:
    assert school_year_start(datetime.fromisoformat(at)) == datetime.fromisoformat(start)


def test_what_may_go_is_old_enough_and_of_an_earlier_year() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    assert before_this_year(at, timedelta(days=1)) == school_year_start(at)
    assert before_this_year(at, timedelta(days=365)) == at - timedelta(days=365)


def test_night_is_when_nobody_waits() -> None:
    midnight = datetime(2026, 11, 22, tzinfo=SCHOOL_ZONE)
    hours = [hour for hour in range(24) if is_night(midnight + timedelta(hours=hour))]
    assert hours == [1, 2, 3, 4]
