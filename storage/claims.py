"""Requests to be bound: each waits once, is decided once, and is over when its time has come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.bindings import Claim, ClaimState, Side
from storage.clocks import utc_now
from storage.conditions import set_if
from storage.documents import from_document, to_document

_OF_ONE_ADULT = 40


class ClaimStore:
    """One document for each adult and child asked for. Has a clock as the store of bindings has: what is over
    waits nowhere, whether or not a job has written that down.
    """

    def __init__(
        self,
        database: AsyncIOMotorDatabase[dict[str, Any]],
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._claims = database["claims"]
        self._now = clock

    async def add(self, claim: Claim) -> bool:
        """Store a request; its id says who asks for whom. False when the same one waits already."""
        await self.expire(claim.id)
        try:
            await self._claims.replace_one(
                {"_id": claim.id, "state": {"$ne": ClaimState.WAITING}},
                to_document(claim),
                upsert=True,
            )
        except DuplicateKeyError:
            return False
        return True

    async def find(self, claim_id: str) -> Claim | None:
        """As it is written; `Claim.state_at` says where it stands. Uses index: _id_."""
        document = await self._claims.find_one({"_id": claim_id})
        return from_document(Claim, document) if document else None

    async def waiting_in_school(self, school_id: str) -> list[Claim]:
        """All that waits in a school, newest first. Uses index: by_school."""
        query = {"school_id": school_id, "state": ClaimState.WAITING}
        cursor = self._claims.find(query)
        return _newest_first(
            [c for c in [from_document(Claim, d) async for d in cursor] if self._waits(c)]
        )

    async def waiting_for_students(self, school_id: str, student_ids: Sequence[str]) -> list[Claim]:
        """What waits about these children, newest first. Uses index: by_candidate."""
        query = {"school_id": school_id, "candidates": {"$in": list(student_ids)}}
        cursor = self._claims.find(query)
        found = {d["_id"]: from_document(Claim, d) async for d in cursor}
        return _newest_first([c for c in found.values() if self._waits(c)])

    async def of_person(self, person_id: str) -> list[Claim]:
        """What this adult still waits for. Uses index: by_person."""
        query = {"person_id": person_id, "state": ClaimState.WAITING}
        cursor = self._claims.find(query).limit(_OF_ONE_ADULT)
        return [c for c in [from_document(Claim, d) async for d in cursor] if self._waits(c)]

    async def closed_of_person(self, person_id: str, since: datetime) -> list[Claim]:
        """What was refused to this adult, or over for want of an answer, since then. Uses index: by_person."""
        cursor = self._claims.find({"person_id": person_id})
        found = [from_document(Claim, d) async for d in cursor]
        closed = (ClaimState.REFUSED, ClaimState.EXPIRED)
        return _newest_first(
            [
                c
                for c in found
                if c.state_at(self._now()) in closed
                and (c.decided_at or c.expires_at or c.created_at) > since
            ]
        )

    def _waits(self, claim: Claim) -> bool:
        return claim.state_at(self._now()) is ClaimState.WAITING

    async def decide(
        self,
        claim_id: str,
        state: ClaimState,
        *,
        by: str,
        at: datetime,
        student_id: str | None,
        side: Side = Side.SCHOOL,
    ) -> bool:
        """Decide a waiting request; says whether it still waited."""
        changes = {
            "state": state,
            "decided_by": by,
            "decided_at": at,
            "decided_side": side,
            "student_id": student_id,
            "untold": True,
            "next_at": None,
        }
        return await self._change(claim_id, _waits_at(self._now()), changes)

    async def withdraw(self, claim_id: str, at: datetime) -> bool:
        """Take a waiting request back; says whether it still waited. Nobody has to be told."""
        changes = {
            "state": ClaimState.WITHDRAWN,
            "decided_at": at,
            "untold": False,
            "next_at": None,
        }
        return await self._change(claim_id, _waits_at(self._now()), changes)

    async def hand_over(self, claim_id: str) -> bool:
        """The family had its time: the school is asked too, and has to be told. Says whether this changed anything."""
        asks_family = {"$eq": ["$asks", Side.FAMILY]}
        is_time = {"$lte": ["$school_from", self._now()]}
        document = await self.find(claim_id)
        changes = {
            "asks": Side.SCHOOL,
            "untold": True,
            "next_at": document.expires_at if document else None,
        }
        return await self._change(
            claim_id, {"$and": [_waits_at(self._now()), asks_family, is_time]}, changes
        )

    async def appeal(self, claim_id: str, *, at: datetime, until: datetime) -> bool:
        """Refused by the family, it waits for the school; once. Says whether this changed anything."""
        refused = {"$eq": ["$state", ClaimState.REFUSED]}
        by_family = {"$eq": ["$decided_side", Side.FAMILY]}
        first = {"$ne": ["$appealed", True]}
        in_time = {"$gt": ["$expires_at", at]}
        changes = {
            "state": ClaimState.WAITING,
            "asks": Side.SCHOOL,
            "school_from": at,
            "expires_at": until,
            "next_at": until,
            "decided_at": None,
            "decided_by": None,
            "decided_side": None,
            "appealed": True,
            "untold": True,
        }
        return await self._change(claim_id, {"$and": [refused, by_family, first, in_time]}, changes)

    async def expire(self, claim_id: str) -> bool:
        """Write down that its time is over, and that the adult has to hear so; says whether it was not yet."""
        changes = {"state": ClaimState.EXPIRED, "untold": True, "next_at": None}
        waiting = {"$eq": ["$state", ClaimState.WAITING]}
        over = {"$not": [_in_time(self._now())]}
        return await self._change(claim_id, {"$and": [waiting, over]}, changes)

    async def _change(
        self, claim_id: str, condition: dict[str, Any], changes: dict[str, Any]
    ) -> bool:
        result = await self._claims.update_one({"_id": claim_id}, set_if(condition, changes))
        return bool(result.modified_count)

    async def due(self, limit: int = 200) -> list[Claim]:
        """Waiting requests about which something is to be done by now. Uses index: due."""
        query = {"state": ClaimState.WAITING, "next_at": {"$lte": self._now()}}
        cursor = self._claims.find(query).limit(limit)
        return [from_document(Claim, d) async for d in cursor]

    async def mark_told(self, claim: Claim) -> None:
        """Whoever waits for this state of the request, on this side, was written to."""
        same = [{"$eq": ["$state", claim.state]}, {"$eq": ["$asks", claim.asks]}]
        await self._change(claim.id, {"$and": same}, {"untold": False})

    async def untold(self, before: datetime, limit: int = 100) -> list[str]:
        """Ids of requests older than `before` about which somebody still has to hear. Uses index: untold."""
        query = {"untold": True, "created_at": {"$lte": before}}
        cursor = self._claims.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]


def _newest_first(claims: list[Claim]) -> list[Claim]:
    return sorted(claims, key=lambda c: (c.created_at, c.id), reverse=True)


def _in_time(at: datetime) -> dict[str, Any]:
    no_end = {"$eq": [{"$ifNull": ["$expires_at", None]}, None]}
    return {"$or": [no_end, {"$gt": ["$expires_at", at]}]}


def _waits_at(at: datetime) -> dict[str, Any]:
    return {"$and": [{"$eq": ["$state", ClaimState.WAITING]}, _in_time(at)]}
