"""Whose turn it is to send a group of deliveries: one small document while it is being sent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from domain.deliveries import Group, Round
from storage.conditions import set_if
from storage.documents import from_document

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class RoundStore:
    """A lease on a group; it lapses when its run dies, and then tells since when things are uncertain."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._rounds = database["rounds"]

    async def take(self, group: Group, *, run: str, at: datetime, lease: timedelta) -> Round | None:
        """This run's turn from `at` on, or None while another run has it. Uses index: _id_."""
        held_until = {"$ifNull": ["$held_until", {"$literal": _LONG_AGO}]}
        is_free = {"$lte": [held_until, {"$literal": at}]}
        change = {
            "run": {"$cond": [is_free, {"$literal": run}, "$run"]},
            "held_until": {"$cond": [is_free, {"$literal": at + lease}, "$held_until"]},
            # What a run that was cut off had on its way stands until this one has dealt with it.
            "sending": {"$ifNull": ["$sending", []]},
            "sending_since": {"$ifNull": ["$sending_since", None]},
        }
        try:
            document: dict[str, Any] | None = await self._rounds.find_one_and_update(
                {"_id": _key(group)},
                [{"$set": change}],
                upsert=True,
                return_document=ReturnDocument.AFTER,
            )
        except DuplicateKeyError:
            return None  # another run took the first turn this very moment
        if document is None:
            return None  # the same, as the embedded engine says it
        taken = from_document(Round, document)
        return taken if taken.run == run else None

    async def note_sending(
        self,
        group: Group,
        delivery_ids: Sequence[str],
        *,
        run: str,
        since: datetime,
        held_until: datetime,
    ) -> bool:
        """These go out next; the lease is renewed. False when the turn is no longer this run's.

        Uses index: _id_.
        """
        result = await self._rounds.update_one(
            {"_id": _key(group)},
            set_if(
                {"$eq": ["$run", {"$literal": run}]},
                {
                    "sending": list(delivery_ids),
                    "sending_since": since,
                    "held_until": held_until,
                },
            ),
        )
        return bool(result.modified_count)

    async def finish(self, group: Group, *, run: str) -> None:
        """The turn is over and everything it sent is settled. Uses index: _id_."""
        await self._rounds.delete_one({"_id": _key(group), "run": run})


def _key(group: Group) -> str:
    return f"{group.notice_id}:{group.class_id}"
