"""A guardian's notices through the API: the first screen, the list, reading, confirming, signing."""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

import pytest

import miniapp.handler
from domain.notices import ConfirmMode
from services.notices import withdraw_notice
from services.replies import answer_once
from tests.handlers.conftest import drawn
from tests.miniapp.client import MiniClient
from tests.miniapp.conftest import Device
from tests.miniapp.village import Village, told
from tests.town import Town, child_name


@pytest.fixture
async def village(town: Town, device: Device) -> Village:
    return Village(town, device, await town.settle_school(children=3))


@pytest.fixture
async def mother(village: Village) -> MiniClient:
    return await village.guardian("mother", 1)


async def test_what_is_new_stands_on_the_first_screen(village: Village, mother: MiniClient) -> None:
    notice = await village.publish(confirm="tap")
    home = (await mother.call("GET", "/home")).data
    (child,) = home["children"]
    assert (child["name"], child["relation"], child["school_name"]) == (
        child_name(1),
        "妈妈",
        "青禾小学",
    )
    (row,) = home["notices"]
    assert (row["id"], row["unread"], row["confirm"]) == (notice.id, True, "tap")
    assert home["todo"] == home["notices"]
    assert (home["teaching"], home["places"], home["acting"]) == (None, [], "")
    opened = (await mother.call("GET", f"/notices/{notice.id}")).data
    assert opened["body"] == "周五早上八点，操场集合。"
    assert [c["may_confirm"] for c in opened["children"]] == [True]
    home = (await mother.call("GET", "/home")).data
    assert [row["unread"] for row in home["notices"]] == [False]


async def test_a_teachers_first_screen_says_what_they_teach(village: Village) -> None:
    teacher = await village.somebody("teacher")
    home = (await teacher.call("GET", "/home")).data
    assert home["teaching"]["name"] == "王老师"
    assert [c["name"] for c in home["teaching"]["classes"]] == ["三年级1班"]
    assert (home["acting"], home["children"]) == ("school-a", [])


async def test_the_first_screen_is_small_and_nothing_new_is_smaller(
    village: Village, mother: MiniClient
) -> None:
    await told(village.town, await village.person("mother"), 1, range(50))
    first = await mother.call("GET", "/home")
    assert len(first.data["notices"]) == len(first.data["todo"]) == 10
    assert first.headers["Content-Encoding"] == "gzip"
    packed = len(gzip.compress(json.dumps(first.body, ensure_ascii=False).encode()))
    assert packed + _weight(first.headers) < 20_000
    same = await mother.call("GET", "/home", **{"If-None-Match": first.headers["Etag"]})
    assert same.status == 304
    assert _weight(same.headers) + len("HTTP/1.1 304 Not Modified\r\n\r\n") <= 300


def _weight(headers: Any) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.items())


async def test_the_first_screen_costs_the_same_work_however_much_there_is(
    village: Village, mother: MiniClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    person, stores = await village.person("mother"), village.town.ctx.stores
    await village.town.stop_worker()  # what a job asks about the new binding is not the screen's
    asked: list[str] = []
    for store, name in (
        (stores.deliveries, "page_of_person"),
        (stores.notices, "many"),
        (stores.bindings, "active_of_person"),
        (stores.schools, "students"),
    ):
        monkeypatch.setattr(store, name, _counted(asked, name, getattr(store, name)))
    work = []
    for numbers in (range(1), range(1, 200), range(200, 5000)):
        await told(village.town, person, 1, numbers)
        asked.clear()
        home = (await mother.call("GET", "/home")).data
        work.append(sorted(asked))
        listed = (await mother.call("GET", "/notices?limit=20")).data
        assert len(listed["items"]) == min(20, numbers.stop)
        assert len(home["notices"]) == min(10, numbers.stop)
    assert work[0] == work[1] == work[2]


def _counted(asked: list[str], name: str, method: Any) -> Any:
    async def counted(*arguments: Any, **options: Any) -> Any:
        asked.append(name)
        return await method(*arguments, **options)

    return counted


async def test_the_list_goes_on_where_it_ended(village: Village, mother: MiniClient) -> None:
    await told(village.town, await village.person("mother"), 1, range(45))
    seen, cursor = [], ""
    for _ in range(3):
        page = (await mother.call("GET", f"/notices?limit=20&cursor={cursor}")).data
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert seen == [f"notice-{n:05d}" for n in reversed(range(45))]
    assert cursor is None


async def test_the_list_can_be_narrowed_and_searched(village: Village, mother: MiniClient) -> None:
    person = await village.person("mother")
    await told(village.town, person, 1, range(3))
    await told(village.town, person, 1, range(3, 5), confirm=ConfirmMode.NONE)
    await mother.call("GET", "/notices/notice-00004")

    async def ids(query: str) -> list[str]:
        found = (await mother.call("GET", f"/notices?{query}")).data
        return [row["id"][-1] for row in found["items"]]

    assert await ids("filter=unread") == ["3", "2", "1", "0"]
    assert await ids("filter=todo") == ["2", "1", "0"]
    assert await ids("q=NOTICE-00001") == ["1"]
    assert await ids("q=通知00004") == ["4"]
    assert await ids("q=没有的话") == []
    assert await ids("child=school-a-class-1-0001&filter=todo&limit=1") == ["2"]
    other = await mother.call("GET", "/notices?child=school-a-class-1-0002")
    assert other.status == 404


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=0", 422),
        ("limit=51", 422),
        ("limit=x", 422),
        ("filter=some", 422),
        ("other=1", 422),
        ("limit=1&limit=2", 422),
        ("cursor=Zm9v", 422),
    ],
)
async def test_a_list_that_is_asked_for_wrongly(
    mother: MiniClient, query: str, status: int
) -> None:
    assert (await mother.call("GET", f"/notices?{query}")).status == status


async def test_confirming_is_once_and_says_the_same_again(
    village: Village, mother: MiniClient
) -> None:
    notice = await village.publish(confirm="tap")
    path = f"/notices/{notice.id}/confirmation"
    first = await mother.call("POST", path, {"version": 1}, key="made-in-a-tunnel")
    again = await mother.call("POST", path, {"version": 1}, key="made-in-a-tunnel")
    another = await mother.call("POST", path, {"version": 1})
    assert first.status == again.status == another.status == 201
    assert first.data == again.data == another.data
    (held,) = [d for d in await village.documents("deliveries") if d["confirmed_at"]]
    assert held["confirmed_version"] == 1
    reused = await mother.call("POST", path, {"version": 2}, key="made-in-a-tunnel")
    assert (reused.status, reused.code) == (409, "key_reused")


async def test_two_taps_while_the_process_answers_late_are_one_confirmation(
    village: Village, mother: MiniClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    notice = await village.publish(confirm="tap")
    path, go_on = f"/notices/{notice.id}/confirmation", asyncio.Event()
    begun = asyncio.Event()

    async def late(ctx: Any, person: str, name: str, key: str, request: bytes, act: Any) -> Any:
        async def slowly() -> Any:
            begun.set()
            await go_on.wait()
            return await act()

        return await answer_once(ctx, person, name, key, request, slowly)

    monkeypatch.setattr(miniapp.handler, "answer_once", late)
    first = asyncio.create_task(mother.call("POST", path, {"version": 1}, key="two-taps"))
    await begun.wait()
    early = await mother.call("POST", path, {"version": 1}, key="two-taps")
    assert (early.status, early.code) == (409, "in_progress")
    go_on.set()
    assert (await first).status == 201
    later = await mother.call("POST", path, {"version": 1}, key="two-taps")
    assert later.data == (await first).data
    assert len([d for d in await village.documents("deliveries") if d["confirmed_at"]]) == 1


async def test_nobody_confirms_words_they_have_not_seen_or_that_are_gone(
    village: Village, mother: MiniClient
) -> None:
    ctx, teaching = village.town.ctx, await village.teaching()
    notice = await village.publish(confirm="tap")
    path = f"/notices/{notice.id}/confirmation"
    unknown = await (await village.somebody("nobody")).call("POST", path, {"version": 1})
    assert unknown.status == 404
    bodies: list[Any] = [{}, {"version": "1"}, {"version": 1, "more": 1}, None]
    for body in bodies:
        assert (await mother.call("POST", path, body)).status in (415, 422)
    no_key = await mother.call("POST", path, key="short")
    assert no_key.status == 422
    old = await mother.call("POST", path, {"version": 7})
    assert (old.status, old.code) == (409, "corrected_meanwhile")
    await withdraw_notice(ctx, teaching, notice.id)
    gone = await mother.call("POST", path, {"version": 1})
    assert (gone.status, gone.code) == (409, "withdrawn")
    assert not [d for d in await village.documents("deliveries") if d["confirmed_at"]]
    shown = (await mother.call("GET", f"/notices/{notice.id}")).data
    assert (shown["state"], shown["body"], shown["summary"]) == ("withdrawn", "", "")


async def test_a_signature_is_taken_once_and_only_with_ink(
    village: Village, mother: MiniClient
) -> None:
    notice = await village.publish(confirm="sign")
    path, png = f"/notices/{notice.id}/signature?version=1", {"Content-Type": "image/png"}
    empty = await mother.call("POST", path, drawn(ink=False), **png)
    assert (empty.status, empty.code) == (400, "no_ink")
    plain = await mother.call("POST", path, **{"Content-Type": "image/jpeg"})
    assert plain.status == 415
    without = await mother.call("POST", path.partition("?")[0], drawn(), **png)
    assert without.status == 422
    assert await village.documents("files") == []
    first = await mother.call("POST", path, drawn(), key="one-signature", **png)
    again = await mother.call("POST", path, drawn(), key="one-signature", **png)
    assert (first.status, first.data) == (again.status, again.data) == (201, again.data)
    (file,) = await village.documents("files")
    assert file["kind"] == "signature"
    row = (await mother.call("GET", f"/notices/{notice.id}")).data
    assert (row["wants_confirmation"], row["confirmed_at"]) == (
        False,
        first.data["confirmed_at"],
    )


async def test_a_notice_of_others_is_none(village: Village, mother: MiniClient) -> None:
    notice = await village.publish()
    stranger = await village.somebody("stranger")
    assert (await stranger.call("GET", f"/notices/{notice.id}")).status == 404
    assert (await stranger.call("GET", "/notices/%00%2F")).status == 404
    assert (await stranger.call("GET", "/notices")).data == {"items": [], "next_cursor": None}
    assert {d["read_at"] for d in await village.documents("deliveries")} == {None}
    assert (await mother.call("GET", f"/notices/{notice.id}")).status == 200
