"""`sync-links`: a dry run writes nothing, applying is all at once, undo brings back what was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from domain.catalogue import Book, Page, address_of
from domain.catalogue_tree import CatalogueError
from domain.errors import ConflictError
from domain.shelves import book_code
from services.catalogue import apply_sync, plan_sync
from services.catalogue_command import SyncWish, refusal, run_sync
from services.context import Context
from services.links import load_target
from tests.domain.catalogue_samples import SMALL, book, changed, listed, material, split
from tests.flows.conftest import quiet_town as quiet_town
from tests.town import Town

WAY = ("小学", "四年级", "数学", "人教版", "上册")
NEXT = changed(lambda tree: split(tree, *WAY))


@pytest.fixture
def ctx(quiet_town: Town) -> Context:
    found: Context = quiet_town.ctx
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.json").write_bytes(SMALL)
    (tmp_path / "next.json").write_bytes(NEXT)
    (tmp_path / "half.json").write_bytes(SMALL[:20_000])
    return tmp_path


async def stored(ctx: Context) -> list[Any]:
    found: list[Any] = await ctx.stores.database["catalogues"].find({}).to_list(None)
    return sorted(found, key=str)


async def sync(ctx: Context, source: Path, **wish: Any) -> list[str]:
    said: list[str] = []
    await run_sync(ctx, SyncWish(source=str(source), **wish), said.append)
    return said


async def sync_lists(ctx: Context, *lists: Path, **wish: Any) -> list[str]:
    """Take in lists of materials, and leave the tree as it is."""
    said: list[str] = []
    await run_sync(ctx, SyncWish(lists=[str(one) for one in lists], **wish), said.append)
    return said


async def standing(ctx: Context, book_id: str) -> Book | None:
    """The book of this id in the catalogue that counts, or what took its place."""
    catalogue = await ctx.stores.catalogue.current()
    return catalogue.find(book_id) if catalogue else None


async def test_a_dry_run_tells_and_changes_nothing(ctx: Context, folder: Path) -> None:
    before = await stored(ctx)
    said = await sync(ctx, folder / "small.json")
    assert "新增：125" in said
    assert await stored(ctx) == before
    assert await ctx.stores.catalogue.current() is None


async def test_from_season_to_season_and_back(ctx: Context, folder: Path) -> None:
    old = book("四年级 数学 人教版 上册")
    await sync(ctx, folder / "small.json", apply=True)
    assert await standing(ctx, old.id) == old
    report = folder / "report.xlsx"
    said = await sync(ctx, folder / "next.json", apply=True, report=report)
    assert "  四年级 数学 人教版 上册 → 四年级 数学 人教版 上册 新教材" in said
    rows = [[cell.value for cell in row] for row in load_workbook(report).active.iter_rows()]
    assert len(rows) == 4
    found = await standing(ctx, old.id)
    assert found is not None
    assert address_of(found, Page.STUDENT) == f"{address_of(old, Page.STUDENT)}%2F5136342961"
    await sync(ctx, folder, undo=True)
    assert await standing(ctx, old.id) == old
    await sync(ctx, folder, undo=True)
    assert await ctx.stores.catalogue.current() is None
    assert await sync(ctx, folder, undo=True) == ["没有可以退回的目录。"]


async def test_lists_of_textbooks_lead_to_the_very_book_and_back(
    ctx: Context, folder: Path
) -> None:
    one = book("四年级 数学 人教版 上册")
    code = book_code(one.id, Page.TEXTBOOK)
    (folder / "part.json").write_bytes(listed(material("11-22", one.title)))
    await sync(ctx, folder / "small.json", apply=True)
    by_tags = (await load_target(ctx, code)).address
    said = await sync_lists(ctx, folder / "part.json")
    assert "教材资料" in said
    assert (await load_target(ctx, code)).address == by_tags
    await sync_lists(ctx, folder / "part.json", apply=True, report=folder / "report.xlsx")
    assert "contentId=11-22&" in (await load_target(ctx, code)).address
    assert load_workbook(folder / "report.xlsx").active["D2"].value == "11-22"
    # The tree's next season leaves the lists as they are: the book moved, and its page with it.
    await sync(ctx, folder / "next.json", apply=True)
    assert "contentId=11-22&" in (await load_target(ctx, code)).address
    await sync(ctx, folder, undo=True)
    await sync(ctx, folder, undo=True)
    assert (await load_target(ctx, code)).address == by_tags


async def test_lists_without_a_tree_or_broken_change_nothing(ctx: Context, folder: Path) -> None:
    content = listed(material("11-22", "四年级 数学 人教版 上册"))
    (folder / "part.json").write_bytes(content)
    (folder / "broken.json").write_bytes(content[:100])
    (folder / "index.json").write_text('{"urls": ["https://example.com/part_100.json"]}')
    for lists, code in (
        (("part.json",), "no_tree"),
        (("part.json", "broken.json"), "not_json"),
        (("index.json",), "unreachable"),
        (("published",), "unreachable"),
    ):
        before = await stored(ctx)
        sources = [folder / name if name != "published" else Path(name) for name in lists]
        with pytest.raises(CatalogueError) as caught:
            await sync_lists(ctx, *sources, apply=True)
        assert caught.value.code == code
        assert "什么都没有改变" in refusal(caught.value)
        assert await stored(ctx) == before
        await sync(ctx, folder / "small.json", apply=True)


@pytest.mark.parametrize("name", ["half.json", "absent.json"])
async def test_what_is_refused_changes_nothing(ctx: Context, folder: Path, name: str) -> None:
    await sync(ctx, folder / "small.json", apply=True)
    before = await stored(ctx)
    with pytest.raises(CatalogueError) as caught:
        await sync(ctx, folder / name, apply=True)
    assert "什么都没有改变" in refusal(caught.value)
    assert await stored(ctx) == before


async def test_an_address_elsewhere_is_not_even_asked(ctx: Context) -> None:
    said: list[str] = []
    for source in ("https://127.0.0.1/x", "https://example.com/tags.json", "http://localhost/"):
        with pytest.raises(CatalogueError) as caught:
            await run_sync(ctx, SyncWish(source=source, apply=True), said.append)
        assert caught.value.code == "unreachable"
    assert said == []


async def test_of_two_at_once_one_counts(ctx: Context) -> None:
    first = await plan_sync(ctx, SMALL, "one")
    second = await plan_sync(ctx, NEXT, "two")
    await apply_sync(ctx, first)
    with pytest.raises(ConflictError):
        await apply_sync(ctx, second)
    held = await ctx.stores.catalogue.current()
    assert held is not None
    assert held.id == first.catalogue.id
