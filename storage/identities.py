"""WeChat identities: who an openid is, whether they follow, and how long their customer-service window is open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from domain.identities import WINDOWS, Identity, Opening, identity_id
from storage.batching import Batcher
from storage.conditions import set_if
from storage.documents import from_document, to_document

Touch = tuple[str, datetime, Opening]


class IdentityStore:
    """One document an openid and account."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._identities = database["identities"]
        self._touches: Batcher[Touch, bool] = Batcher(self._write_touches)

    async def find(self, app_id: str, openid: str) -> Identity | None:
        """Uses index: _id_."""
        document = await self._identities.find_one({"_id": identity_id(app_id, openid)})
        return from_document(Identity, document) if document else None

    async def ensure(self, app_id: str, openid: str, *, person_id: str, at: datetime) -> Identity:
        """The identity of an openid, made with `person_id` when it is new. Safe when two do it at once."""
        identity = Identity(
            id=identity_id(app_id, openid),
            app_id=app_id,
            openid=openid,
            person_id=person_id,
            created_at=at,
        )
        try:
            await self._identities.insert_one(to_document(identity))
        except DuplicateKeyError:  # somebody else met them first
            document = await self._identities.find_one({"_id": identity.id})
            return from_document(Identity, document) if document else identity
        return identity

    async def of_people(self, app_id: str, person_ids: Iterable[str]) -> dict[str, Identity]:
        """The identity of each person under one account. Uses index: by_person."""
        cursor = self._identities.find({"person_id": {"$in": list(set(person_ids))}})
        found = [from_document(Identity, d) async for d in cursor]
        return {i.person_id: i for i in found if i.app_id == app_id}

    async def all_of_person(self, person_id: str) -> list[Identity]:
        """Every account under which WeChat knows this person. Uses index: by_person."""
        cursor = self._identities.find({"person_id": person_id})
        return [from_document(Identity, d) async for d in cursor]

    async def move(self, identity: str, person_id: str) -> None:
        """This openid is that person's from now on. Uses index: _id_."""
        await self._identities.update_one({"_id": identity}, {"$set": {"person_id": person_id}})

    async def mark_following(self, identity: str, following: bool, at: datetime) -> bool:
        """Note a follow or an unfollow; says whether that was news."""
        moment = "followed_at" if following else "unfollowed_at"
        change: dict[str, Any] = {"following": following, moment: at}
        if not following:
            change |= {"window_left": 0}
        is_news = {"$ne": ["$following", following]}
        result = await self._identities.update_one({"_id": identity}, set_if(is_news, change))
        return bool(result.modified_count)

    async def open_window(self, identity: str, at: datetime, opening: Opening) -> None:
        """They did something that lets us answer; goes with whatever others do at the same moment."""
        await self._touches.add((identity, at, opening))

    async def use_window(self, identity: str) -> None:
        """One customer-service message was sent."""
        less = {"$max": [0, {"$subtract": ["$window_left", 1]}]}
        await self._identities.update_one({"_id": identity}, [{"$set": {"window_left": less}}])

    async def close_window(self, identity: str) -> None:
        """WeChat says the window is closed or used up (45015, 45047)."""
        await self._identities.update_one({"_id": identity}, {"$set": {"window_left": 0}})

    async def _write_touches(self, touches: Sequence[Touch]) -> list[bool | Exception]:
        updates = []
        # What opens the window furthest stands for all that a person did in this batch.
        furthest: dict[str, Touch] = {}
        for touch in sorted(touches, key=_closing):
            furthest[touch[0]] = touch
        for identity, at, opening in furthest.values():
            length, messages = WINDOWS[opening]
            change: dict[str, Any] = {
                "window_until": at + length,
                "window_left": messages,
                "following": True,
            }
            # A tap (1 min, 3 messages) must not shorten the two days that a message has opened.
            query: dict[str, Any] = {"_id": identity}
            if opening is Opening.TAP:
                query["$nor"] = [{"window_until": {"$gt": at + length}, "window_left": {"$gt": 0}}]
            updates.append(UpdateOne(query, {"$set": change}))
        await self._identities.bulk_write(updates, ordered=False)
        return [True] * len(touches)


def _closing(touch: Touch) -> datetime:
    """When the window that a touch opens closes again."""
    _, at, opening = touch
    return at + WINDOWS[opening][0]
