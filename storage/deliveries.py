"""Deliveries, the ledger of attempts, and what WeChat said afterwards about each message.

Changes that many deliveries share are one `update_many`: a batch of 100 costs a tenth of 100 single updates.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError

from domain.channels import Channel
from domain.deliveries import (
    CLOCK_SKEW,
    Attempt,
    Delivery,
    Group,
    Outcome,
    Phase,
    Push,
    Result,
)
from storage.conditions import set_if, set_once
from storage.documents import from_document, to_document, to_value

_DUPLICATE_KEY = 11000


class DeliveryStore:
    """One document a notice, guardian and child; one line of the ledger an attempt."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._deliveries = database["deliveries"]
        self._attempts = database["attempts"]
        self._finishes = database["finishes"]

    # -- making and reading -------------------------------------------------------------------

    async def insert_missing(self, deliveries: Sequence[Delivery]) -> None:
        """Store those that are not there yet; the others stay as they are."""
        await _insert_ignoring_duplicates(self._deliveries, [to_document(d) for d in deliveries])

    async def find(self, delivery_id: str) -> Delivery | None:
        """Uses index: _id_."""
        document = await self._deliveries.find_one({"_id": delivery_id})
        return from_document(Delivery, document) if document else None

    async def many(self, delivery_ids: Iterable[str]) -> list[Delivery]:
        """Uses index: _id_."""
        cursor = self._deliveries.find({"_id": {"$in": list(delivery_ids)}})
        return [from_document(Delivery, d) async for d in cursor]

    async def of_notice(
        self, school_id: str, notice_id: str, class_id: str | None = None
    ) -> list[Delivery]:
        """All deliveries of a notice, or those of one class. Uses index: by_notice."""
        query = {"school_id": school_id, "notice_id": notice_id}
        if class_id is not None:
            query["class_id"] = class_id
        cursor = self._deliveries.find(query)
        return [from_document(Delivery, d) async for d in cursor]

    async def page_of_person(
        self, person_id: str, *, before: str | None, limit: int
    ) -> list[Delivery]:
        """What one adult was sent, newest first; `before` is the position of the last one seen.

        Uses index: by_person.
        """
        query: dict[str, Any] = {"person_id": person_id}
        if before is not None:
            query["position"] = {"$lt": before}
        cursor = self._deliveries.find(query).sort("position", -1).limit(limit)
        return [from_document(Delivery, d) async for d in cursor]

    # -- what guardians do --------------------------------------------------------------------

    async def mark_read(self, delivery_id: str, at: datetime) -> bool:
        """The first opening counts; says whether this was it. Uses index: _id_."""
        result = await self._deliveries.update_one({"_id": delivery_id}, set_once(read_at=at))
        return bool(result.modified_count)

    async def mark_confirmed(
        self, delivery_id: str, at: datetime, signature_id: str | None = None
    ) -> bool:
        """The first confirmation counts; says whether this was it. Who confirms has read.

        Uses index: _id_.
        """
        unconfirmed = {"$eq": [{"$ifNull": ["$confirmed_at", None]}, None]}
        changes = {"confirmed_at": at, "signature_id": signature_id}
        result = await self._deliveries.update_one(
            {"_id": delivery_id}, [*set_if(unconfirmed, changes), *set_once(read_at=at)]
        )
        return bool(result.modified_count)

    # -- what is to be sent -------------------------------------------------------------------

    async def mark_due(
        self, school_id: str, notice_id: str, push: Push, *, only: dict[str, Any]
    ) -> None:
        """Give a push to those deliveries of a notice that match `only` and never had it.

        One that is in a worker's hands this moment is left alone. Uses index: by_notice.
        """
        await self._deliveries.update_many(
            {
                "school_id": school_id,
                "notice_id": notice_id,
                "purposes": {"$ne": push.purpose},
                "push.phase": {"$ne": Phase.SENDING},
                **only,
            },
            {"$set": {"push": to_value(push)}, "$addToSet": {"purposes": push.purpose}},
        )

    async def cancel_pushes(self, group: Group) -> None:
        """Nothing of this notice that waits in this class is sent any more. Uses index: by_notice."""
        await self._deliveries.update_many(
            {**_of(group), "push.phase": Phase.DUE}, {"$set": {"push": None}}
        )

    async def has_due(self, group: Group) -> bool:
        """Whether anything of this notice waits in this class. Uses index: by_notice."""
        query = {**_of(group), "push.phase": Phase.DUE}
        return await self._deliveries.find_one(query, {"_id": 1}) is not None

    async def overdue(self, before: datetime, limit: int = 2000) -> list[Delivery]:
        """Pushes that nobody took by `before`, or whose worker took them by then and died. Uses index: due."""
        cursor = self._deliveries.find({"push.due_at": {"$lte": before}}).limit(limit)
        found = [from_document(Delivery, d) async for d in cursor]
        return [
            d
            for d in found
            if d.push and (d.push.phase is Phase.DUE or (d.push.since or before) <= before)
        ]

    async def claim(self, group: Group, *, run: str, at: datetime) -> list[Delivery]:
        """Take what is due by `at` into this run's hands and return it. Uses index: by_notice."""
        await self._deliveries.update_many(
            {**_of(group), "push.phase": Phase.DUE},
            set_if(
                {"$lte": ["$push.due_at", at + CLOCK_SKEW]},
                {"push.phase": Phase.SENDING, "push.run": run, "push.since": at},
            ),
        )
        cursor = self._deliveries.find(_held(group, run))
        return [from_document(Delivery, d) async for d in cursor]

    async def switch_channel(self, delivery_id: str, *, run: str, channel: Channel) -> bool:
        """Note the next channel *before* it is used; False when the push is no longer this run's.

        Uses index: _id_.
        """
        result = await self._deliveries.update_one(
            {"_id": delivery_id}, set_if(_is_held(run), {"push.channel": channel})
        )
        return bool(result.modified_count)

    async def release(
        self, delivery_ids: Sequence[str], *, run: str, uncertain_since: datetime | None = None
    ) -> None:
        """Give back what a run holds, unsent; of a dead run, what it may have sent since a moment.

        Uses index: _id_.
        """
        change: dict[str, Any] = {"push.phase": Phase.DUE, "push.run": None}
        if uncertain_since is not None:
            change["push.uncertain_since"] = uncertain_since
        await self._change_held(delivery_ids, run, change)

    async def settle(
        self, delivery_ids: Sequence[str], outcome: Outcome | None, *, run: str
    ) -> None:
        """These pushes of a run are over and ended alike; None: nothing was to be said any more.

        Uses index: _id_.
        """
        change: dict[str, Any] = {"push": None}
        if outcome is not None:
            change["outcome"] = to_value(outcome)
        await self._change_held(delivery_ids, run, change)

    async def settle_rest(self, group: Group, outcome: Outcome, *, run: str) -> None:
        """Whatever this run still holds of the group ended like this. Uses index: by_notice."""
        await self._deliveries.update_many(
            _held(group, run), {"$set": {"push": None, "outcome": to_value(outcome)}}
        )

    async def postpone(
        self, delivery_ids: Sequence[str], push: Push, outcome: Outcome, *, run: str
    ) -> None:
        """WeChat itself could not be asked: the same push again later, and the teacher sees why it waits.

        Uses index: _id_.
        """
        change = {"push": to_value(push), "outcome": to_value(outcome)}
        await self._change_held(delivery_ids, run, change)

    async def _change_held(
        self, delivery_ids: Sequence[str], run: str, change: dict[str, Any]
    ) -> None:
        await self._deliveries.update_many(
            {"_id": {"$in": list(delivery_ids)}}, set_if(_is_held(run), change)
        )

    # -- the ledger ---------------------------------------------------------------------------

    async def record(self, attempts: Sequence[Attempt]) -> None:
        """Append lines to the ledger; a line that is there already stays."""
        documents = [to_document(a) for a in attempts]
        for document in documents:
            if document["message_id"] is None:
                del document["message_id"]
        await _insert_ignoring_duplicates(self._attempts, documents)

    async def attempts_of(self, school_id: str, delivery_id: str) -> list[Attempt]:
        """The ledger of one delivery, oldest first. Uses index: by_delivery."""
        query = {"school_id": school_id, "delivery_id": delivery_id}
        cursor = self._attempts.find(query)
        found = [from_document(Attempt, {"message_id": None, **d}) async for d in cursor]
        return sorted(found, key=lambda a: a.at)

    async def attempts_with(self, message_ids: Sequence[str]) -> dict[str, Attempt]:
        """Lines by the msgid WeChat gave. Uses index: by_message."""
        cursor = self._attempts.find({"message_id": {"$in": list(message_ids)}})
        return {d["message_id"]: from_document(Attempt, d) async for d in cursor}

    async def note_finishes(self, finishes: Sequence[tuple[str, str, datetime]]) -> None:
        """Keep what WeChat reported about (msgid, status, at): it may come before our own line does."""
        await _insert_ignoring_duplicates(
            self._finishes, [{"_id": m, "status": s, "at": at} for m, s, at in finishes]
        )

    async def finishes_of(self, message_ids: Sequence[str]) -> dict[str, str]:
        """What WeChat has reported about these messages so far. Uses index: _id_."""
        cursor = self._finishes.find({"_id": {"$in": list(message_ids)}})
        return {d["_id"]: d["status"] async for d in cursor}

    async def mark_proved(self, delivery_ids: Sequence[str], at: datetime) -> None:
        """WeChat says that the message arrived. Uses index: _id_."""
        await self._deliveries.update_many(
            {"_id": {"$in": list(delivery_ids)}},
            set_if(_IS_DELIVERED, {"outcome.proved_at": at}),
        )

    async def mark_failed_after_all(self, failures: Sequence[tuple[str, Push, Outcome]]) -> None:
        """WeChat took the message and then could not bring it: the next channel's turn.

        `push.failed` ends with the channel that failed; what went out by another one meanwhile stands.
        Uses index: _id_.
        """
        settled = {"$eq": [{"$ifNull": ["$push", None]}, None]}
        await self._deliveries.bulk_write(
            [
                UpdateOne(
                    {"_id": delivery},
                    set_if(
                        {"$and": [settled, _IS_DELIVERED, _went_by(push.failed[-1][0])]},
                        {"push": to_value(push), "outcome": to_value(outcome)},
                    ),
                )
                for delivery, push, outcome in failures
            ],
            ordered=False,
        )


_IS_DELIVERED = {"$eq": ["$outcome.result", Result.DELIVERED]}


def _went_by(channel: Channel) -> dict[str, Any]:
    return {"$eq": ["$outcome.channel", channel]}


def _is_held(run: str) -> dict[str, Any]:
    return {"$eq": ["$push.run", run]}


def _of(group: Group) -> dict[str, Any]:
    return {
        "school_id": group.school_id,
        "notice_id": group.notice_id,
        "class_id": group.class_id,
    }


def _held(group: Group, run: str) -> dict[str, Any]:
    return {**_of(group), "push.phase": Phase.SENDING, "push.run": run}


async def _insert_ignoring_duplicates(collection: Any, documents: Sequence[dict[str, Any]]) -> None:
    if not documents:
        return
    try:
        await collection.bulk_write([InsertOne(d) for d in documents], ordered=False)
    except BulkWriteError as error:
        others = [e for e in error.details["writeErrors"] if e["code"] != _DUPLICATE_KEY]
        if others or error.details.get("writeConcernErrors"):
            raise
