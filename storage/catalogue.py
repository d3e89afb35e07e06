"""The catalogue of textbooks: a document a synchronisation, and one that says which of them counts."""

from __future__ import annotations

from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.catalogue import Book, Catalogue, Dimension, Material, MaterialKind, Tag
from storage.conditions import set_if

_HEAD = "head"


class CatalogueStore:
    """A catalogue is written once, as a whole; turning to it, or back, is one write to the head."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._catalogues = database["catalogues"]
        self._held: Catalogue | None = None

    async def current(self) -> Catalogue | None:
        """The one that counts; None before a first synchronisation. It is read once a process. Uses index: _id_."""
        head = await self._catalogues.find_one({"_id": _HEAD})
        if head is None or not head["current"]:
            return None
        if self._held is None or self._held.id != head["current"]:
            self._held = await self.find(head["current"])
        return self._held

    async def find(self, catalogue_id: str) -> Catalogue | None:
        """One of them. Uses index: _id_."""
        document = await self._catalogues.find_one({"_id": catalogue_id})
        return _from_document(document) if document else None

    async def turn_to(self, catalogue: Catalogue) -> bool:
        """Write it and let it count instead of its `previous`.

        False, and nothing counts that didn't, when another one counts by now. Uses index: _id_.
        """
        await self._catalogues.insert_one(_to_document(catalogue))
        if not catalogue.previous:
            try:
                await self._catalogues.insert_one({"_id": _HEAD, "current": catalogue.id})
            except DuplicateKeyError:
                return await self._move(catalogue.previous, catalogue.id)
            return True
        return await self._move(catalogue.previous, catalogue.id)

    async def turn_back(self, catalogue: Catalogue) -> bool:
        """Let its `previous` count again; False when it is not the one that counts. Uses index: _id_."""
        return await self._move(catalogue.id, catalogue.previous)

    async def _move(self, before: str, after: str) -> bool:
        same = {"$eq": ["$current", {"$literal": before}]}
        result = await self._catalogues.update_one({"_id": _HEAD}, set_if(same, {"current": after}))
        return bool(result.modified_count)


def _to_document(catalogue: Catalogue) -> dict[str, Any]:
    """Each tag stands once; a book is the ids of its tags."""
    tags = {tag.id: [tag.dimension.value, tag.name] for b in catalogue.books for tag in b.tags}
    # What a book that is gone was called counts only where no book of today says otherwise.
    tags |= {tag.id: [tag.dimension.value, tag.name] for b in catalogue.current for tag in b.tags}
    return {
        "_id": catalogue.id,
        "source": catalogue.source,
        "taken_at": catalogue.taken_at,
        "previous": catalogue.previous,
        "tags": [[key, *said] for key, said in tags.items()],
        "books": [[list(b.path), b.gone, b.moved_to] for b in catalogue.books],
        "materials": [
            [m.id, m.title, m.kind.value, m.book_id, m.gone] for m in catalogue.materials
        ],
    }


def _from_document(document: dict[str, Any]) -> Catalogue:
    tags = {key: Tag(key, Dimension(said), name) for key, said, name in document["tags"]}
    return Catalogue(
        id=document["_id"],
        source=document["source"],
        taken_at=document["taken_at"],
        previous=document["previous"],
        books=tuple(
            Book(tags=tuple(tags[key] for key in path), gone=gone, moved_to=moved_to)
            for path, gone, moved_to in document["books"]
        ),
        materials=tuple(
            Material(key, title, MaterialKind(kind), book_id, gone)
            # One that was written before materials were read has none.
            for key, title, kind, book_id, gone in document.get("materials", [])
        ),
    )
