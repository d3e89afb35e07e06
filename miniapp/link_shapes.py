"""How links that hang on a notice or homework are answered."""

from __future__ import annotations

from collections.abc import Iterable

from miniapp.endpoints import Schema
from services.given_links import GivenLink, NamedLink


class Link(Schema):
    """An address that a notice or a homework leads to; `title` is what it is called, or its host's name."""

    title: str
    url: str


def link_rows(links: Iterable[NamedLink]) -> list[Link]:
    """Links as they are answered."""
    return [Link(title=one.title, url=one.url) for one in links]


class GivenLinkRow(Schema):
    """A link of ours on a homework or notice that is out: how often its classes opened it since that day, families and
    teachers; null where there are too few children to say so."""

    url: str
    title: str
    families: int | None
    teachers: int | None


class GivenLinkRows(Schema):
    """Those of one homework or notice, in order."""

    links: list[GivenLinkRow]


def given_link_rows(given: Iterable[GivenLink], public_url: str) -> GivenLinkRows:
    """How often links were opened; never by whom."""
    return GivenLinkRows(
        links=[
            GivenLinkRow(
                url=f"{public_url}/l/{one.code}",
                title=one.title,
                families=one.views.families if one.views else None,
                teachers=one.views.teachers if one.views else None,
            )
            for one in given
        ]
    )
