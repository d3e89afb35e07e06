"""The link check: HEAD then GET, robots, redirects, back-off; what is dead or moved is hidden and told, no more."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from unittest.mock import patch

import pytest
from aiohttp import web

from domain.audit import OPERATOR
from domain.errors import NotFoundError
from domain.link_checks import Found, judged
from domain.shelves import Audience, Entry, Health
from services.context import Context
from services.link_checks import CONTROL, check_entry, check_links, look
from services.links import find_target
from services.shelf_views import shelf_view
from services.shelves import change_entry
from tests.miniapp.conftest import town as town
from tests.shelving import CLASS, CLASS_SHELF, draft, hang
from tests.town import SCHOOL, Town
from tests.web.conftest import Answer, Elsewhere
from tests.web.conftest import elsewhere as elsewhere
from tests.web.conftest import outside as outside
from web.outside import Outside
from web.robots import Robots

PAGE = "https://a.example.cn/page"


@pytest.fixture
async def ctx(town: Town, outside: Outside) -> AsyncIterator[Context]:
    """A school whose links lead to the hosts of the test, looked at without pauses."""
    await town.settle_school(children=1)
    policy = replace(town.ctx.policy, link_hosts=("example.cn",))
    with patch("services.link_checks.PACE_SECONDS", 0.0):
        yield replace(town.ctx, policy=policy, web=outside, robots=Robots(outside))


def leads(status: int, location: str) -> Answer:
    return lambda _: web.Response(status=status, headers={"Location": location})


async def now(ctx: Context, entry: Entry) -> Entry:
    found = await ctx.stores.shelves.find(entry.id)
    assert found is not None
    return found


async def shown(ctx: Context) -> set[str]:
    view = await shelf_view(ctx, SCHOOL, Audience.FAMILIES, school_class=CLASS)
    return {entry.code for entry in view.entries}


async def test_one_cycle_finds_what_is_dead_and_what_moved(
    ctx: Context, elsewhere: Elsewhere
) -> None:
    good, dead, moved = [
        await hang(ctx, key=f"key-{n}", title=f"第{n}", address=f"https://a.example.cn/{n}")
        for n in ("good", "dead", "moved")
    ]
    elsewhere.pages |= {
        "a.example.cn/good": 200,
        "a.example.cn/moved": leads(301, "https://b.example.cn/new"),
        "b.example.cn/new": 200,
    }
    assert await shown(ctx) == {good.id, dead.id, moved.id}
    await check_links(ctx)
    assert (await now(ctx, good)).health is Health.GOOD
    assert (await now(ctx, dead)).health is Health.DEAD
    held = await now(ctx, moved)
    assert (held.health, held.leads_to) == (Health.MOVED, "https://b.example.cn/new")
    assert await shown(ctx) == {good.id}
    # What was handed out already goes on leading where it led.
    assert (await find_target(ctx, moved.id)).address == moved.address
    # Not again before tomorrow.
    asked = len(elsewhere.asked)
    await check_links(ctx)
    assert len(elsewhere.asked) == asked
    # Mended by its keeper, it is shown and looked at anew.
    new = await draft(ctx, title="第moved", address="https://b.example.cn/new")
    await change_entry(ctx, OPERATOR, CLASS_SHELF, moved.id, new, seen=held.version)
    assert await shown(ctx) == {good.id, moved.id}
    await check_links(ctx)
    assert (await now(ctx, moved)).health is Health.GOOD


async def test_head_then_get(ctx: Context, elsewhere: Elsewhere) -> None:
    elsewhere.pages["a.example.cn/page"] = lambda request: web.Response(
        status=405 if request.method == "HEAD" else 200
    )
    assert (await look(ctx, PAGE)).found is Found.GOOD
    assert elsewhere.asked == [
        "GET a.example.cn/robots.txt", "HEAD a.example.cn/page", "GET a.example.cn/page",
    ]  # fmt: skip


async def test_robots_are_respected_and_asked_once(ctx: Context, elsewhere: Elsewhere) -> None:
    elsewhere.robots = "User-agent: *\nDisallow: /page\n"
    elsewhere.pages |= {"a.example.cn/page": 200, "a.example.cn/open": 200}
    assert (await look(ctx, PAGE)).found is Found.SHUT
    assert (await look(ctx, "https://a.example.cn/open")).found is Found.GOOD
    assert elsewhere.asked == ["GET a.example.cn/robots.txt", "HEAD a.example.cn/open"]


@pytest.mark.parametrize(
    ("status", "location", "found"),
    [
        (301, "/page/", Found.GOOD),
        (302, "https://b.example.cn/elsewhere", Found.GOOD),
        (301, "https://b.example.cn/elsewhere", Found.MOVED),
        (302, "https://evil.example/", Found.MOVED),
        (301, "http://a.example.cn/page", Found.MOVED),
        (302, "https://127.0.0.1/admin", Found.MOVED),
        (302, "https://169.254.169.254/", Found.MOVED),
        (302, "https://inside.example.cn/", Found.GONE),
        (302, "/page", Found.SILENT),
        (302, "", Found.SILENT),
        (302, "https://[", Found.SILENT),
    ],
)
async def test_redirects_are_judged_step_by_step(
    ctx: Context, elsewhere: Elsewhere, status: int, location: str, found: Found
) -> None:
    elsewhere.addresses["inside.example.cn"] = [["10.0.0.1"]]
    elsewhere.pages |= {
        "a.example.cn/page": leads(status, location),
        "a.example.cn/page/": 200,
        "b.example.cn/elsewhere": 200,
    }
    assert (await look(ctx, PAGE)).found is found
    told = {line.partition(" ")[2].partition("/")[0] for line in elsewhere.asked}
    assert told <= {"a.example.cn", "b.example.cn"}


async def test_silence_is_tried_again_before_anything_is_said(
    ctx: Context, elsewhere: Elsewhere
) -> None:
    entry = await hang(ctx, address=PAGE)
    elsewhere.pages["a.example.cn/page"] = 500
    waits = []
    for _ in range(3):
        entry = await now(ctx, entry)
        await check_entry(ctx, entry)
        entry = await now(ctx, entry)
        assert entry.health is Health.SHAKY
        assert entry.check_due_at is not None
        assert entry.checked_at is not None
        waits.append(entry.check_due_at - entry.checked_at)
        assert entry.id in await shown(ctx)
    assert waits == [timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6)]
    await check_entry(ctx, entry)
    assert (await now(ctx, entry)).health is Health.DEAD
    elsewhere.pages["a.example.cn/page"] = 200
    await check_entry(ctx, await now(ctx, entry))
    assert (await now(ctx, entry)).health is Health.GOOD


async def test_a_line_that_is_cut_says_nothing_of_a_page(
    ctx: Context, elsewhere: Elsewhere
) -> None:
    entry = await hang(ctx, address=PAGE)
    elsewhere.addresses.clear()
    for _ in range(6):
        await check_entry(ctx, await now(ctx, entry))
    held = await now(ctx, entry)
    assert (held.health, held.failures) == (Health.UNKNOWN, 0)
    assert CONTROL.startswith("https://")


async def test_a_host_that_is_busy_is_left_alone(ctx: Context, elsewhere: Elsewhere) -> None:
    entry = await hang(ctx, address=PAGE)
    elsewhere.pages["a.example.cn/page"] = lambda _: web.Response(
        status=429, headers={"Retry-After": "7200"}
    )
    await check_entry(ctx, entry)
    held = await now(ctx, entry)
    assert held.check_due_at is not None
    assert held.checked_at is not None
    assert held.check_due_at - held.checked_at == timedelta(hours=2)
    assert held.failures == 0


async def test_a_change_in_between_is_not_overwritten(ctx: Context, elsewhere: Elsewhere) -> None:
    entry = await hang(ctx, address=PAGE)
    new = await draft(ctx, address="https://b.example.cn/new")
    await change_entry(ctx, OPERATOR, CLASS_SHELF, entry.id, new, seen=entry.version)
    await check_entry(ctx, entry)
    held = await now(ctx, entry)
    assert (held.address, held.health) == ("https://b.example.cn/new", Health.UNKNOWN)
    with pytest.raises(NotFoundError):
        await find_target(ctx, "zzzzzz")


@pytest.mark.parametrize(
    ("status", "found"),
    [(200, Found.GOOD), (206, Found.GOOD), (401, Found.SHUT), (403, Found.SHUT), (404, Found.GONE),
     (410, Found.GONE), (418, Found.SILENT), (500, Found.SILENT), (503, Found.SILENT)],
)  # fmt: skip
def test_what_a_status_means(status: int, found: Found) -> None:
    assert judged(status).found is found
