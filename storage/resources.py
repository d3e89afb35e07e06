"""Local resources, and who has opened and rated them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.resource_uses import Ratings, Use, use_id
from domain.resources import By, Filed, Kind, Resource, digests, listed_under, listings
from domain.search_resources import FiledResource, Findable
from domain.times import list_position, list_start
from storage.conditions import set_if, set_once
from storage.documents import from_document, to_document
from storage.paging import newest

_SAID = ("kind", "title", "chapter", "grade", "subject", "edition", "volume")
_TO_FIND = {
    **{f"versions.content.{name}": 1 for name in _SAID},
    **dict.fromkeys(("revision", "listed", "shelves.version", "shelves.rung.place_id"), 1),
}
_AT_ONCE = 100  # who takes them in lets others have their turn between so many
_TO_NAME = dict.fromkeys(
    ("versions.content.chapter", "shelves.version", "shelves.rung.place_id"), 1
)


class ResourceStore:
    """One document a resource in `resources`, one a person and resource in `resource_uses`.

    Beside a resource's own fields stand those it is found by: `listed`, `digests`, `waits_at`, `remind_at`, `position`,
    and `changed_at`, by which the search hears of changes; what was stored before it existed has none.
    """

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._resources = database["resources"]
        self._uses = database["resource_uses"]

    async def add(self, resource: Resource) -> bool:
        """File it; False when it was filed before."""
        try:
            await self._resources.insert_one(
                _document(resource) | {"changed_at": resource.created_at}
            )
        except DuplicateKeyError:
            return False
        return True

    async def find(self, resource_id: str) -> Resource | None:
        """Withdrawn or not. Uses index: _id_."""
        document = await self._resources.find_one({"_id": resource_id})
        return from_document(Resource, document) if document else None

    async def many(self, resource_ids: Iterable[str]) -> dict[str, Resource]:
        """By id. Uses index: _id_."""
        cursor = self._resources.find({"_id": {"$in": list(resource_ids)}})
        return {d["_id"]: from_document(Resource, d) async for d in cursor}

    async def mark_changed(self, resource: Resource, at: datetime) -> bool:
        """Write it in place of the one with its `revision`, which then counts one more.

        False, and nothing has changed, when somebody else changed it meanwhile. Uses index: _id_.
        """
        document = _document(resource) | {"revision": resource.revision + 1, "changed_at": at}
        del document["_id"]
        same = {"$eq": ["$revision", {"$literal": resource.revision}]}
        result = await self._resources.update_one({"_id": resource.id}, set_if(same, document))
        return bool(result.matched_count and result.modified_count)

    async def findable(self) -> AsyncIterator[Findable]:
        """What makes them findable, of all, in the order of ids. Uses index: _id_.

        One cursor: by pages, an embedded engine would look through all of them for each page.
        """
        cursor = self._resources.find({"_id": {"$gt": ""}}, _TO_FIND).sort("_id", 1)
        async for document in cursor.batch_size(_AT_ONCE):
            yield _findable(document)

    async def relist(self) -> int:
        """Put each into the lists that `listings` names by now, where it was stored by an older rule; returns how many.

        One that is changed at this moment is put there by that write. Uses index: _id_.
        """
        brought = 0
        cursor = self._resources.find({"_id": {"$gt": ""}}).sort("_id", 1)
        async for document in cursor.batch_size(_AT_ONCE):
            listed = list(listings(from_document(Resource, document)))
            if listed != document["listed"]:
                same = {"$eq": ["$revision", {"$literal": document["revision"]}]}
                change = set_if(same, {"listed": listed})
                result = await self._resources.update_one({"_id": document["_id"]}, change)
                brought += result.modified_count
        return brought

    async def findable_of(self, resource_ids: Sequence[str]) -> list[Findable]:
        """The same of some. Uses index: _id_."""
        cursor = self._resources.find({"_id": {"$in": list(resource_ids)}}, _TO_FIND)
        return [_findable(d) async for d in cursor]

    async def changed_since(self, at: datetime) -> dict[str, int]:
        """The revisions of what was changed since then. Uses index: by_change."""
        cursor = self._resources.find({"changed_at": {"$gte": at}}, {"revision": 1})
        return {d["_id"]: d["revision"] async for d in cursor}

    async def listed(
        self, key: str, *, before: str | None, at: datetime, limit: int
    ) -> list[Resource]:
        """The newest of one list (`listed_under`). Uses index: by_library."""
        found = await newest(self._resources, {"listed": key}, before=before, at=at, limit=limit)
        return [from_document(Resource, d) for d in found]

    async def chapters(self, place_id: str, subject: str, grade: int, limit: int) -> list[str]:
        """Under which chapters the newest of a library's subject and grade stand. Uses index: by_library."""
        key = listed_under(place_id, subject=subject, grade=grade)
        cursor = self._resources.find({"listed": key}, _TO_NAME).sort("position", -1).limit(limit)
        return [
            document["versions"][shelf["version"] - 1]["content"]["chapter"]
            async for document in cursor
            for shelf in document["shelves"]
            if shelf["rung"]["place_id"] == place_id
        ]

    async def listed_in(
        self, key: str, since: datetime, until: datetime, limit: int
    ) -> list[Resource]:
        """Of one list what was filed from `since` to before `until`, the newest. Uses index: by_library."""
        span = {"$gte": list_start(since), "$lt": list_start(until)}
        cursor = self._resources.find({"listed": key, "position": span}).sort("position", -1)
        return [from_document(Resource, d) async for d in cursor.limit(limit)]

    async def of_author(self, school_id: str, person_id: str) -> list[Resource]:
        """All that somebody filed at a school, newest first. Uses index: by_author."""
        query = {"school_id": school_id, "author.person_id": person_id}
        cursor = self._resources.find(query).sort("position", -1)
        return [from_document(Resource, d) async for d in cursor]

    async def filed_at(self, school_id: str, since: datetime, until: datetime) -> list[Resource]:
        """What was filed at a school from `since` to before `until`. Uses index: by_school."""
        span = {"$gte": list_start(since), "$lt": list_start(until)}
        cursor = self._resources.find({"school_id": school_id, "position": span})
        return [from_document(Resource, d) async for d in cursor.sort("position", -1)]

    async def filed_in(self, school_id: str, since: datetime, until: datetime) -> list[Filed]:
        """The same as little as figures need, without what was withdrawn. Uses index: by_school."""
        span = {"$gte": list_start(since), "$lt": list_start(until)}
        wanted = {"author": 1, "withdrawn_at": 1, "shelves.version": 1}
        cursor = self._resources.find({"school_id": school_id, "position": span}, wanted)
        return [
            Filed(By(**d["author"]), bool(d["shelves"]))
            async for d in cursor
            if d["withdrawn_at"] is None
        ]

    async def waiting_at(self, place_id: str, limit: int) -> list[Resource]:
        """What waits for a place's decision, longest due first. Uses index: by_queue."""
        cursor = self._resources.find({"waits_at": place_id}).sort("waiting.due_at", 1)
        return [from_document(Resource, d) async for d in cursor.limit(limit)]

    async def with_content(self, sha256s: Sequence[str]) -> list[Resource]:
        """All that hold a file of this content. Uses index: by_content."""
        cursor = self._resources.find({"digests": {"$in": list(sha256s)}})
        return [from_document(Resource, d) async for d in cursor]

    async def unreminded(self, now: datetime, limit: int) -> list[Resource]:
        """What is late, and nobody was reminded of it. Uses index: remind."""
        cursor = self._resources.find({"remind_at": {"$lte": now}}).limit(limit)
        return [from_document(Resource, d) async for d in cursor]

    async def touched_by(self, person_id: str) -> list[Resource]:
        """All that somebody filed or decided about, anywhere. Uses index: by_hand."""
        cursor = self._resources.find({"steps.by.person_id": person_id})
        return [from_document(Resource, d) async for d in cursor]

    async def withdrawn(self, before: datetime, limit: int) -> list[Resource]:
        """What was taken back before then. Uses index: withdrawn."""
        cursor = self._resources.find({"withdrawn_at": {"$lt": before}}).limit(limit)
        return [from_document(Resource, d) async for d in cursor]

    async def drop_uses(self, resource_id: str) -> int:
        """Who had opened it. Uses index: by_resource."""
        result = await self._uses.delete_many({"resource_id": resource_id})
        return int(result.deleted_count)

    async def note_opened(self, resource_id: str, person_id: str, at: datetime) -> None:
        """They have opened it; the first time counts. Uses index: _id_."""
        values = set_once(
            resource_id=resource_id, person_id=person_id, opened_at=at, stars=0, rated_at=None
        )
        try:
            await self._uses.update_one(
                {"_id": use_id(resource_id, person_id)}, values, upsert=True
            )
        except DuplicateKeyError:
            return  # on another device at this moment

    async def rate(self, resource_id: str, person_id: str, stars: int, at: datetime) -> bool:
        """What they think of it; False for who has not opened it. Uses index: _id_."""
        change = {"$set": {"stars": stars, "rated_at": at}}
        result = await self._uses.update_one({"_id": use_id(resource_id, person_id)}, change)
        return bool(result.matched_count)

    async def find_use(self, resource_id: str, person_id: str) -> Use | None:
        """Uses index: _id_."""
        document = await self._uses.find_one({"_id": use_id(resource_id, person_id)})
        return from_document(Use, document) if document else None

    async def ratings(self, resource_ids: Sequence[str]) -> dict[str, Ratings]:
        """Counted anew each time it is asked. Uses index: by_resource."""
        counts: dict[str, list[int]] = {}
        wanted = {"resource_id": {"$in": list(resource_ids)}}
        async for document in self._uses.find(wanted, {"resource_id": 1, "stars": 1}):
            held = counts.setdefault(document["resource_id"], [0, 0, 0])
            held[0] += 1
            held[1] += bool(document["stars"])
            held[2] += document["stars"]
        return {resource_id: Ratings(*held) for resource_id, held in counts.items()}


def _document(resource: Resource) -> dict[str, Any]:
    waiting = resource.waiting
    return to_document(resource) | {
        "listed": list(listings(resource)),
        "digests": list(digests(resource)),
        "waits_at": waiting.rung.place_id if waiting else None,
        "remind_at": waiting.due_at if waiting and waiting.reminded_at is None else None,
        "position": list_position(resource.created_at, resource.id),
    }


def _findable(document: dict[str, Any]) -> Findable:
    held: dict[int, list[str]] = {}
    for shelf in document["shelves"]:
        place_id = shelf["rung"]["place_id"]
        if listed_under(place_id) in document["listed"]:
            held.setdefault(shelf["version"], []).append(place_id)
    filed = []
    for number, places in held.items():
        said = document["versions"][number - 1]["content"]
        values = {name: said[name] for name in _SAID} | {"kind": Kind(said["kind"])}
        filed.append(
            FiledResource(
                resource_id=document["_id"], version=number, places=tuple(places), **values
            )
        )
    return Findable(document["_id"], document["revision"], tuple(filed))
