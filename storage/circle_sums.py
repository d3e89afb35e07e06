"""The circles of each school, added up term by term: for those far above, who would read too many topics.

All of it is derived, and counted anew every day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReplaceOne

from domain.circle_figures import CircleSum
from storage.documents import from_document, to_document, with_text_dates


class CircleSumStore:
    """One document a school and term in `circle_sums`."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._sums = database["circle_sums"]

    async def keep(self, sums: Sequence[CircleSum]) -> None:
        """Write them as they were counted. Uses index: _id_."""
        documents = [with_text_dates(to_document(one)) for one in sums]
        if documents:
            await self._sums.bulk_write(
                [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents]
            )

    async def drop_overlapping(self, kept: CircleSum) -> None:
        """Of this school all others over a part of the same days: its term was moved. Uses index: by_school."""
        first, last = kept.first_on.isoformat(), kept.last_on.isoformat()
        await self._sums.delete_many(
            {
                "school_id": kept.school_id,
                "first_on": {"$ne": first, "$lte": last},
                "last_on": {"$gte": first},
            }
        )

    async def on(self, school_ids: Iterable[str], day: date) -> dict[str, CircleSum]:
        """By school, of the term this day lies in. Uses index: by_school."""
        text = day.isoformat()
        query = {
            "school_id": {"$in": list(school_ids)},
            "first_on": {"$lte": text},
            "last_on": {"$gte": text},
        }
        return {d["school_id"]: from_document(CircleSum, d) async for d in self._sums.find(query)}
