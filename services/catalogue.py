"""The catalogue's verbs: what a tree would change, letting it count, and taking that back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from domain.audit import OPERATOR, Act
from domain.catalogue import Catalogue
from domain.catalogue_changes import Change, Season, next_season
from domain.catalogue_tree import CatalogueError, parse_tree
from domain.errors import ConflictError, NotFoundError
from domain.materials import Lists, next_materials, parse_lists
from services.audit import note_act
from services.context import Context


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What a tree, or lists of materials, make of the catalogue; nothing is written yet."""

    season: Season | None
    lists: Lists | None
    catalogue: Catalogue

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that would be different."""
        return (self.season.changes if self.season else ()) + (
            self.lists.changes if self.lists else ()
        )


async def plan_sync(
    ctx: Context,
    tree: bytes | None,
    source: str,
    *,
    lists: Sequence[bytes] = (),
    shrunk: bool = False,
) -> SyncPlan:
    """What this tree, and these lists of materials, would change. Raises CatalogueError."""
    held = await ctx.stores.catalogue.current()
    if tree is None and held is None:
        raise CatalogueError("no_tree")
    books = held.books if held else ()
    materials = held.materials if held else ()
    season = next_season(books, parse_tree(tree), shrunk=shrunk) if tree is not None else None
    books = season.books if season else books
    read = next_materials(materials, parse_lists(lists), books, shrunk=shrunk) if lists else None
    catalogue = Catalogue(
        id=ctx.new_id(),
        source=source,
        taken_at=ctx.now(),
        books=books,
        previous=held.id if held else "",
        materials=read.materials if read else materials,
    )
    return SyncPlan(season, read, catalogue)


async def apply_sync(ctx: Context, plan: SyncPlan) -> None:
    """Let it count, all at once: whoever asks sees the old catalogue or the new one, nothing between.

    Raises ConflictError when another one came in between.
    """
    catalogue = plan.catalogue
    await note_act(
        ctx,
        OPERATOR,
        Act.CATALOGUE_CHANGED,
        subject=("catalogue", catalogue.id),
        after={"books": len(catalogue.current), "changes": len(plan.changes)},
    )
    if not await ctx.stores.catalogue.turn_to(catalogue):
        raise ConflictError


async def undo_sync(ctx: Context) -> tuple[Catalogue, Catalogue | None]:
    """Take the last one back; returns it and what counts now. Raises NotFoundError without one, ConflictError."""
    held = await ctx.stores.catalogue.current()
    if held is None:
        raise NotFoundError
    await note_act(
        ctx,
        OPERATOR,
        Act.CATALOGUE_CHANGED,
        subject=("catalogue", held.previous or "none"),
        before={"books": len(held.current)},
    )
    if not await ctx.stores.catalogue.turn_back(held):
        raise ConflictError
    return held, await ctx.stores.catalogue.current()
