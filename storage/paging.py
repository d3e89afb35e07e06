"""Pages of a list by time. A page costs what it shows: it is looked for in the last week first, then further back.

MongoDB would stop by itself at the page's end; the embedded engine reads whatever a range matches before
it counts, so the range is kept narrow.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorCollection

from domain.times import list_start, moment_of

_SPANS = (timedelta(days=7), timedelta(days=60), None)
_AFTER_ALL = "~"  # sorts behind every digit


async def newest(
    collection: AsyncIOMotorCollection[dict[str, Any]],
    query: dict[str, Any],
    *,
    before: str | None,
    at: datetime,
    limit: int,
    since: datetime | None = None,
) -> list[dict[str, Any]]:
    """The newest documents by `position` that match `query`, at most `limit`.

    `before` is the position after which the page begins, None for the first page; `at` is the time now;
    nothing older than `since` is looked for. The collection has an index on the query's fields and `position`.
    """
    begin = moment_of(before) if before else at
    found: list[dict[str, Any]] = []
    for span in _SPANS:
        place: dict[str, str] = {"$lt": before or _AFTER_ALL}
        floor = begin - span if span is not None else since
        if floor is not None:
            floor = max(floor, since) if since is not None else floor
            place["$gte"] = list_start(floor)
        cursor = collection.find({**query, "position": place}).sort("position", -1).limit(limit)
        found = await cursor.to_list(None)
        if len(found) == limit or floor == since:
            break
    return found
