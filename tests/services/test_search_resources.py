"""Local resources in the search: found where they may be used, at once, in every process; and nothing of any other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.resources import Resource
from domain.shelves import ShelfLevel
from services.context import Context
from services.resource_reviews import allow_resource, take_down_resource
from services.resources import withdraw_resource
from services.search import own_seeker, post_seeker, search, working_seeker
from services.search_room import SearchRoom
from tests.flows.conftest import quiet_town as quiet_town
from tests.office import settle_city, settle_staff
from tests.resourcing import filed, post_of
from tests.town import Town


@pytest.fixture
async def town(quiet_town: Town) -> Town:
    await settle_city(quiet_town)
    await settle_staff(quiet_town)
    return quiet_town


@pytest.fixture
def processes(town: Town) -> tuple[Context, Context]:
    """Two web processes over the same stores."""
    return town.ctx, replace(town.ctx, search=SearchRoom())


async def found(town: Town, ctx: Context, key: str, text: str = "分数") -> list[str]:
    """The resources that somebody finds at a desk."""
    seeker = await working_seeker(ctx, await post_of(town, key))
    return [hit.title for hit in (await search(ctx, seeker, text)).hits if hit.kind == "resource"]


async def levels(town: Town, ctx: Context, key: str) -> list[ShelfLevel | None]:
    """Whose library each is in that somebody finds: the nearest to them."""
    seeker = await working_seeker(ctx, await post_of(town, key))
    hits = (await search(ctx, seeker, "分数")).hits
    return [hit.level for hit in hits if hit.kind == "resource"]


async def shelved(town: Town, said: str = "教案", **changes: str) -> Resource:
    """What its school has allowed and proposed to the district, which has allowed it."""
    made = await filed(town.ctx, await post_of(town, "zhou"), said, **changes)
    office = await post_of(town, "li")
    return await allow_resource(town.ctx, office, made.id, seen=1, upwards=True)


async def test_what_a_library_shows_is_found_by_those_below_it_at_once_in_every_process(
    town: Town, processes: tuple[Context, Context]
) -> None:
    for ctx in processes:
        assert await found(town, ctx, "wang") == []
    made = await shelved(town)
    for ctx in processes:
        assert await found(town, ctx, "wang") == ["分数的初步认识"]
        assert await found(town, ctx, "zhi") == []  # the district has not decided
        assert await found(town, ctx, "feng") == []  # another district
    district = await post_of(town, "zhi")
    made = await allow_resource(town.ctx, district, made.id, seen=made.revision)
    for ctx in processes:
        assert await found(town, ctx, "zhi") == ["分数的初步认识"]
        assert await found(town, ctx, "wang", "fenshu") == ["分数的初步认识"]
        assert await levels(town, ctx, "wang") == [ShelfLevel.SCHOOL]
        assert await levels(town, ctx, "zhi") == [ShelfLevel.DISTRICT]
        assert await found(town, ctx, "feng") == []
    reason = "有错字"
    made = await take_down_resource(town.ctx, district, made.id, seen=made.revision, reason=reason)
    for ctx in processes:
        assert await found(town, ctx, "zhi") == []
        assert await found(town, ctx, "wang") == ["分数的初步认识"]
    await withdraw_resource(town.ctx, await post_of(town, "zhou"), made.id, seen=made.revision)
    for ctx in processes:
        assert await found(town, ctx, "wang") == []


async def test_what_waits_or_was_taken_back_is_nobodys_to_find(town: Town) -> None:
    made = await filed(town.ctx, await post_of(town, "zhou"))
    for key in ("zhou", "li", "wang"):
        assert await found(town, town.ctx, key) == []
    await withdraw_resource(town.ctx, await post_of(town, "zhou"), made.id, seen=1)
    assert await found(town, town.ctx, "zhou") == []


async def test_on_a_phone_nothing_is_found_that_opens_at_a_desk_alone(town: Town) -> None:
    await shelved(town)
    seeker = await post_seeker(town.ctx, await post_of(town, "wang"))
    assert [hit.kind for hit in (await search(town.ctx, seeker, "分数")).hits] == []


async def test_what_was_stored_before_changes_were_stamped_is_found(
    town: Town, processes: tuple[Context, Context]
) -> None:
    await shelved(town)
    held = town.ctx.stores.database["resources"]
    await held.update_many({}, {"$unset": {"changed_at": ""}})
    for ctx in processes:
        assert await found(town, ctx, "wang") == ["分数的初步认识"]
    later = await shelved(town, "另一份", title="分数的大小比较")
    for ctx in processes:
        assert later.newest.content.title in await found(town, ctx, "wang", "分数的大小")


async def test_while_very_many_are_read_the_rest_is_found(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelved(town)
    ctx = replace(town.ctx, search=SearchRoom())
    monkeypatch.setattr("services.search_resources.PATIENCE_SECONDS", 0.0)
    post = await post_of(town, "wang")
    at_work, in_chat = await working_seeker(ctx, post), await post_seeker(ctx, post)
    early = await search(ctx, at_work, "分数")
    assert (early.hits, early.reading) == ((), True)
    assert not ctx.search.resources.is_ready
    # Who is not looking for resources misses nothing.
    assert not (await search(ctx, in_chat, "分数")).reading
    monkeypatch.undo()
    later = await search(ctx, at_work, "分数")
    assert ([hit.title for hit in later.hits], later.reading) == (["分数的初步认识"], False)
    assert ctx.search.resources.is_ready


async def test_a_store_that_fails_is_asked_again_by_the_next_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await shelved(town)
    ctx = replace(town.ctx, search=SearchRoom())

    def fails() -> None:
        raise OSError

    with monkeypatch.context() as broken:
        broken.setattr(ctx.stores.resources, "findable", fails)
        assert await found(town, ctx, "wang") == []
    assert await found(town, ctx, "wang") == ["分数的初步认识"]


async def test_a_teacher_finds_them_on_a_phone_and_a_guardian_does_not(town: Town) -> None:
    await shelved(town)

    async def on_a_phone(key: str, *, resources: bool) -> list[str]:
        person = (await post_of(town, key)).person_id
        seeker = await own_seeker(town.ctx, person, resources=resources)
        found = await search(town.ctx, seeker, "分数")
        return [hit.title for hit in found.hits if hit.kind == "resource"]

    assert await on_a_phone("wang", resources=True) == ["分数的初步认识"]
    assert await on_a_phone("wang", resources=False) == []  # where none can be opened
    assert await on_a_phone("feng", resources=True) == []
