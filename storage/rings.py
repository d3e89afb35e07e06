"""Who is to be told that something was said to them: one document a person, for as long as that matters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import UpdateOne
from pymongo.errors import BulkWriteError

from domain.channels import Channel
from domain.rings import Ring
from storage.conditions import set_if
from storage.documents import from_document, to_document

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_DUPLICATE = 11000
_OVER: dict[str, Any] = {"run": "", "held_until": None, "channel": None}


class RingStore:
    """What many are told alike is one write; a run has some people in hand under a lease."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._rings = database["rings"]

    async def many(self, person_ids: Iterable[str]) -> dict[str, Ring]:
        """Rings by person. Uses index: _id_."""
        cursor = self._rings.find({"_id": {"$in": list(person_ids)}})
        return {d["_id"]: from_document(Ring, d) for d in await cursor.to_list(None)}

    async def put_new(self, rings: Sequence[Ring]) -> None:
        """First rings of these people; who has one meanwhile keeps that."""
        try:
            await self._rings.insert_many([to_document(r) for r in rings], ordered=False)
        except BulkWriteError as error:
            if {e["code"] for e in (error.details or {})["writeErrors"]} != {_DUPLICATE}:
                raise

    async def change(self, rings: Sequence[Ring]) -> None:
        """What is due and of what, each over the version that was read; whoever came in between stands.

        Uses index: _id_.
        """
        fields = ("since", "due_at", "threads", "touched_at", "version")
        updates = []
        for ring in rings:
            document = to_document(ring)
            changes = {name: document[name] for name in fields}
            seen = {"$eq": ["$version", ring.version - 1]}
            updates.append(UpdateOne({"_id": ring.id}, set_if(seen, changes)))
        await self._rings.bulk_write(updates, ordered=False)

    async def due(self, at: datetime, limit: int) -> list[Ring]:
        """Those that are due, the longest first; also those that a run has in hand. Uses index: due."""
        cursor = self._rings.find({"due_at": {"$lte": at}}).sort("due_at", 1).limit(limit)
        return [from_document(Ring, d) for d in await cursor.to_list(None)]

    async def take(
        self, person_ids: Sequence[str], *, run: str, at: datetime, lease: timedelta
    ) -> list[Ring]:
        """This run has those of these in hand that nobody else has. From now on they may be on their way.

        Uses index: _id_.
        """
        held_until = {"$ifNull": ["$held_until", {"$literal": _LONG_AGO}]}
        free = {"$and": [{"$lte": [held_until, {"$literal": at}]}, {"$ne": [_due(), None]}]}
        since = {"$ifNull": ["$sending_since", {"$literal": at}]}
        change = {
            "run": {"$cond": [free, {"$literal": run}, "$run"]},
            "held_until": {"$cond": [free, {"$literal": at + lease}, "$held_until"]},
            "sending_since": {"$cond": [free, since, "$sending_since"]},
        }
        await self._rings.update_many({"_id": {"$in": list(person_ids)}}, [{"$set": change}])
        return [r for r in (await self.many(person_ids)).values() if r.run == run]

    async def note_channel(self, person_ids: Sequence[str], run: str, channel: Channel) -> int:
        """These go out by a channel that knows no repetition, if this run still has them. Uses index: _id_."""
        mine = {"$eq": ["$run", {"$literal": run}]}
        result = await self._rings.update_many(
            {"_id": {"$in": list(person_ids)}}, set_if(mine, {"channel": channel})
        )
        return int(result.modified_count)

    async def settle(self, rings: Sequence[Ring], run: str) -> None:
        """These were told, or have nothing to be told: each as it is now; what was added meanwhile stays due.

        Uses index: _id_.
        """
        updates = []
        for ring in rings:
            mine = {"$eq": ["$run", {"$literal": run}]}
            same = {"$and": [mine, {"$eq": ["$version", ring.version]}]}
            told = _OVER | {"tries": 0, "told_at": ring.told_at, "told": list(ring.told)}
            # Another word from now on, whether or not something was added: it has its own name.
            change: dict[str, Any] = {
                **_cond(mine, told | {"sending_since": None}),
                "since": {"$cond": [same, None, {"$cond": [mine, "$touched_at", "$since"]}]},
                **_cond(same, {"due_at": None, "threads": []}),
            }
            updates.append(UpdateOne({"_id": ring.id}, [{"$set": change}]))
        await self._write(updates)

    async def postpone(self, rings: Sequence[Ring], run: str) -> None:
        """These are tried again at their `due_at`. `sending_since` stays where something may have gone out.

        Uses index: _id_.
        """
        mine = {"$eq": ["$run", {"$literal": run}]}
        await self._write(
            [
                UpdateOne(
                    {"_id": ring.id},
                    set_if(
                        mine,
                        _OVER
                        | {
                            "due_at": ring.due_at,
                            "tries": ring.tries,
                            "sending_since": ring.sending_since,
                        },
                    ),
                )
                for ring in rings
            ]
        )

    async def _write(self, updates: Sequence[UpdateOne]) -> None:
        if updates:
            await self._rings.bulk_write(updates, ordered=False)


def _due() -> dict[str, Any]:
    return {"$ifNull": ["$due_at", None]}


def _cond(condition: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    return {n: {"$cond": [condition, {"$literal": v}, f"${n}"]} for n, v in changes.items()}
