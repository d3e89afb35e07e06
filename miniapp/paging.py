"""Lists that come in pages: `limit`, and the `cursor` that the page before it gave."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from tornado.web import HTTPError

from domain.errors import InvalidError, Problem
from handlers.reading import PAGE_SIZE, unpack_cursor
from miniapp.endpoints import Schema

MAX_LIMIT = 50
Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT)]


class PageQuery(Schema):
    """Which page; without a cursor the first."""

    limit: Limit = PAGE_SIZE
    cursor: str = Field("", max_length=400)


def place_of(cursor: str) -> str | None:
    """The place in the list; None for the beginning. Raises InvalidError for a cursor that is none of ours."""
    try:
        return unpack_cursor(cursor)
    except HTTPError:
        raise InvalidError({"cursor": Problem("unknown")}) from None
