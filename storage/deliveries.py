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
    Push,
    Result,
)
from storage.conditions import set_if, set_once
from storage.documents import from_document, to_document, to_value
from storage.paging import newest

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
        await insert_ignoring_duplicates(self._deliveries, [to_document(d) for d in deliveries])

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
        self, person_id: str, *, before: str | None, at: datetime, limit: int
    ) -> list[Delivery]:
        """What one adult was sent, newest first; `before` is the position of the last one seen.

        Uses index: by_person.
        """
        query = {"person_id": person_id}
        found = await newest(self._deliveries, query, before=before, at=at, limit=limit)
        return [from_document(Delivery, d) for d in found]

    # -- what guardians do --------------------------------------------------------------------

    async def mark_read(self, delivery_id: str, at: datetime) -> bool:
        """The first opening counts; says whether this was it. Uses index: _id_."""
        result = await self._deliveries.update_one({"_id": delivery_id}, set_once(read_at=at))
        return bool(result.modified_count)

    async def mark_confirmed(
        self, delivery_id: str, at: datetime, *, version: int, signature_id: str | None = None
    ) -> bool:
        """The first confirmation counts; says whether this was it. Who confirms has read.

        Uses index: _id_.
        """
        unconfirmed = {"$eq": [{"$ifNull": ["$confirmed_at", None]}, None]}
        changes = {
            "confirmed_at": at,
            "confirmed_version": version,
            "signature_id": signature_id,
        }
        result = await self._deliveries.update_one(
            {"_id": delivery_id}, [*set_if(unconfirmed, changes), *set_once(read_at=at)]
        )
        return bool(result.modified_count)

    async def mark_unconfirmed(self, delivery_id: str) -> None:
        """What was answered was taken back: it is asked for again. Uses index: _id_."""
        await self._deliveries.update_one(
            {"_id": delivery_id}, {"$set": {"confirmed_at": None, "confirmed_version": None}}
        )

    # -- what is to be sent -------------------------------------------------------------------

    async def mark_due(
        self, school_id: str, notice_id: str, push: Push, *, only: dict[str, Any]
    ) -> None:
        """Give a push to those deliveries of a notice that match `only` and never had it.

        Uses index: by_notice.
        """
        await self._deliveries.update_many(
            {
                "school_id": school_id,
                "notice_id": notice_id,
                "purposes": {"$ne": push.purpose},
                **only,
            },
            {"$set": {"push": to_value(push)}, "$addToSet": {"purposes": push.purpose}},
        )

    async def cancel_pushes(self, school_id: str, notice_id: str) -> None:
        """Nothing of this notice that waits is sent any more, but the word that it is withdrawn.

        Uses index: by_notice.
        """
        something_else = {"$ne": ["$push.purpose", "withdraw"]}
        await self._deliveries.update_many(
            {"school_id": school_id, "notice_id": notice_id},
            set_if(something_else, {"push": None}),
        )

    async def due(self, group: Group, at: datetime) -> list[Delivery]:
        """What is to be sent by `at` of one notice in one class. Uses index: by_notice."""
        cursor = self._deliveries.find({**_of(group), "push.due_at": {"$lte": at + CLOCK_SKEW}})
        return [from_document(Delivery, d) async for d in cursor]

    async def has_due(self, group: Group, at: datetime) -> bool:
        """Whether anything of one notice in one class is to be sent by `at`. Uses index: by_notice."""
        query = {**_of(group), "push.due_at": {"$lte": at + CLOCK_SKEW}}
        return await self._deliveries.find_one(query, {"_id": 1}) is not None

    async def overdue(self, before: datetime, limit: int = 2000) -> set[Group]:
        """Groups of which something should have been sent by `before`. Uses index: due."""
        fields = {"school_id": 1, "notice_id": 1, "class_id": 1}
        cursor = self._deliveries.find({"push.due_at": {"$lte": before}}, fields).limit(limit)
        return {Group(d["school_id"], d["notice_id"], d["class_id"]) async for d in cursor}

    async def note_channel(
        self,
        delivery_id: str,
        purpose: str,
        channel: Channel,
        *,
        instead_of: Channel | None = None,
    ) -> bool:
        """Note a channel *before* it is used; False when another one than `instead_of` was noted already.

        Uses index: _id_.
        """
        as_expected = {"$eq": [{"$ifNull": ["$push.channel", None]}, instead_of]}
        result = await self._deliveries.update_one(
            {"_id": delivery_id},
            set_if({"$and": [_waits(purpose), as_expected]}, {"push.channel": channel}),
        )
        return bool(result.modified_count)

    async def settle(
        self, delivery_ids: Sequence[str], purpose: str, outcome: Outcome | None
    ) -> None:
        """These pushes are over and ended alike; None: nothing was to be said any more.

        A push that took this one's place meanwhile stays. Uses index: _id_.
        """
        change: dict[str, Any] = {"push": None}
        if outcome is not None:
            change["outcome"] = to_value(outcome)
        await self._change_waiting(delivery_ids, purpose, change)

    async def postpone(self, delivery_ids: Sequence[str], push: Push, outcome: Outcome) -> None:
        """WeChat itself could not be asked: the same push again later, and the teacher sees why it waits.

        Uses index: _id_.
        """
        change = {"push": to_value(push), "outcome": to_value(outcome)}
        await self._change_waiting(delivery_ids, push.purpose, change)

    async def note_uncertain(
        self, delivery_ids: Sequence[str], purpose: str, since: datetime
    ) -> None:
        """These may have gone out since a moment, and wait to be tried again. Uses index: _id_."""
        await self._change_waiting(delivery_ids, purpose, {"push.uncertain_since": since})

    async def _change_waiting(
        self, delivery_ids: Sequence[str], purpose: str, change: dict[str, Any]
    ) -> None:
        await self._deliveries.update_many(
            {"_id": {"$in": list(delivery_ids)}}, set_if(_waits(purpose), change)
        )

    # -- the ledger ---------------------------------------------------------------------------

    async def record(self, attempts: Sequence[Attempt]) -> None:
        """Append lines to the ledger; a line that is there already stays."""
        documents = [to_document(a) for a in attempts]
        for document in documents:
            if document["message_id"] is None:
                del document["message_id"]
        await insert_ignoring_duplicates(self._attempts, documents)

    async def attempts_of(self, delivery_id: str) -> list[Attempt]:
        """The ledger of one delivery, oldest first. Uses index: _id_.

        A line's id begins with its delivery's.
        """
        cursor = self._attempts.find({"_id": {"$gt": f"{delivery_id}:", "$lt": f"{delivery_id};"}})
        found = [from_document(Attempt, {"message_id": None, **d}) async for d in cursor]
        return sorted(found, key=lambda a: a.at)

    async def attempts_with(self, message_ids: Sequence[str]) -> dict[str, Attempt]:
        """Lines by the msgid WeChat gave. Uses index: by_message."""
        cursor = self._attempts.find({"message_id": {"$in": list(message_ids)}})
        return {d["message_id"]: from_document(Attempt, d) async for d in cursor}

    async def note_finishes(self, finishes: Sequence[tuple[str, str, datetime]]) -> None:
        """Keep what WeChat reported about (msgid, status, at): it may come before our own line does."""
        await insert_ignoring_duplicates(
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


def _waits(purpose: str) -> dict[str, Any]:
    return {"$eq": ["$push.purpose", {"$literal": purpose}]}


def _of(group: Group) -> dict[str, Any]:
    return {
        "school_id": group.school_id,
        "notice_id": group.notice_id,
        "class_id": group.class_id,
    }


async def insert_ignoring_duplicates(collection: Any, documents: Sequence[dict[str, Any]]) -> None:
    """Insert those whose `_id` is not there yet; the others stay as they are."""
    if not documents:
        return
    try:
        await collection.bulk_write([InsertOne(d) for d in documents], ordered=False)
    except BulkWriteError as error:
        others = [e for e in error.details["writeErrors"] if e["code"] != _DUPLICATE_KEY]
        if others or error.details.get("writeConcernErrors"):
            raise
