"""The search at a desk: books, shelves and local resources, for staff, each of their own place."""

from __future__ import annotations

from domain.roles import Role
from services.resource_reviews import allow_resource
from tests.desk import Browser, appoint_at, sign_in_at_desk
from tests.miniapp.conftest import town as town
from tests.office import NEIGHBOUR, a_class, settle_city, settle_staff
from tests.resourcing import filed, post_of
from tests.shelving import take_catalogue
from tests.town import Town

SEARCH = "/console/links/search"


async def test_staff_find_the_resources_of_their_own_libraries(town: Town) -> None:
    await settle_city(town)
    await settle_staff(town)
    await take_catalogue(town.ctx)
    made = await filed(town.ctx, await post_of(town, "zhou"))
    await appoint_at(town, "hu", NEIGHBOUR, Role.SCHOOL_ADMIN, name="胡静")
    teacher, neighbour = Browser(town), Browser(town)
    try:
        await sign_in_at_desk(teacher, town.phone("wang"))
        await sign_in_at_desk(neighbour, town.phone("hu"))
        link = f'href="/console/resources/{made.id}"'
        assert link not in (await teacher.open(f"{SEARCH}?q=分数")).text
        await allow_resource(town.ctx, await post_of(town, "li"), made.id, seen=1)
        page = (await teacher.open(f"{SEARCH}?q=分数")).text
        assert link in page
        assert "教学设计 · 三年级 数学 · 第八单元 第 1 课" in page
        # What opens at a desk alone is nothing to copy for families.
        assert "复制链接</button>" not in page
        assert (await teacher.open(f"/console/resources/{made.id}")).status == 200
        other = (await neighbour.open(f"{SEARCH}?q=分数")).text
        assert "没有找到" in other
        assert made.id not in other
        assert (await teacher.open(f"{SEARCH}?q=a&class={a_class(3).id}")).status == 404
        for query in ("", "?q=", "?q=<script>alert(1)</script>", "?q=a&start=999999"):
            shown = await teacher.open(SEARCH + query)
            assert shown.status == 200
            assert "<script>alert" not in shown.text
    finally:
        await teacher.client.close()
        await neighbour.client.close()
