"""Invitations on paper (A4): a large sheet for a class's wall, or cards for its children, eight on a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from domain.invitations import CARDS_ON_A_PAGE
from domain.schools import SchoolClass
from handlers.base import PageHandler
from handlers.drawings import qr_svg
from services.context import Context
from services.invitations import invite_children, invite_class
from services.people import Teaching
from services.turnouts import ClassInvitations, invitations_of

KINDS = ("wall", "cards")


async def show_sheets(
    handler: PageHandler, teaching: Teaching, classes: Sequence[SchoolClass], *, back: str
) -> None:
    """Answer with what is printed.

    Every QR is an address of our own: no call to WeChat, and it lives as long as its invitation.
    """
    kind = handler.get_query_argument("kind", KINDS[0])
    stands = await invitations_of(handler.ctx, teaching, classes)
    sheets = _cards(stands) if kind == "cards" else _walls(stands)

    def drawing(code: str) -> str:
        return qr_svg(handler.absolute(f"/h5/i/{code}"))

    handler.page(
        "print/cards.html" if kind == "cards" else "print/wall.html",
        school=teaching.school,
        sheets=sheets,
        missing=sum(s.unprinted for s in stands) if kind == "cards" else 0,
        drawing=drawing,
        back=back,
    )


async def make_printable(
    ctx: Context, teaching: Teaching, kind: str, classes: Sequence[SchoolClass]
) -> None:
    """Invitations for all that is to be printed; those that are there stay."""
    if kind == "cards":
        await invite_children(ctx, teaching, [c.id for c in classes])
        return
    for school_class in classes:
        await invite_class(ctx, teaching, school_class.id)


def _walls(stands: Sequence[ClassInvitations]) -> list[dict[str, Any]]:
    return [
        {"school_class": s.school_class, "invitation": s.invitation} for s in stands if s.invitation
    ]


def _cards(stands: Sequence[ClassInvitations]) -> list[dict[str, Any]]:
    """Every class begins on a page of its own."""
    pages = []
    for stand in stands:
        for start in range(0, len(stand.cards), CARDS_ON_A_PAGE):
            cards = stand.cards[start : start + CARDS_ON_A_PAGE]
            pages.append({"school_class": stand.school_class, "cards": cards})
    return pages
