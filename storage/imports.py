"""Lists handed in at the console: one document each, and the pages of what each would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import ReplaceOne

from domain.imports import OPEN_STATES, Import, ImportPage, ImportState
from storage.conditions import set_if
from storage.documents import from_document, to_document


class ImportStore:
    """`imports` and `import_pages`."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._imports = database["imports"]
        self._pages = database["import_pages"]

    async def add(self, handed_in: Import) -> None:
        """A new one; its id is not taken yet."""
        await self._imports.insert_one(to_document(handed_in))

    async def find(self, import_id: str) -> Import | None:
        """Uses index: _id_."""
        document = await self._imports.find_one({"_id": import_id})
        return from_document(Import, document) if document else None

    async def of_school(self, school_id: str) -> list[Import]:
        """All of a school, the newest first: a school has a handful. Uses index: by_school."""
        cursor = self._imports.find({"school_id": school_id})
        found = [from_document(Import, d) async for d in cursor]
        return sorted(found, key=lambda i: i.created_at, reverse=True)

    async def mark(
        self,
        import_id: str,
        state: ImportState,
        at: datetime,
        *,
        expected: ImportState,
        changes: Mapping[str, Any] | None = None,
    ) -> bool:
        """It goes from one state to another (or stays, with changes); says whether it was in the first.

        Uses index: _id_.
        """
        values = {
            **(changes or {}),
            "state": state,
            "is_open": state in OPEN_STATES,
            "touched_at": at,
        }
        result = await self._imports.update_one(
            {"_id": import_id}, set_if({"$eq": ["$state", expected]}, values)
        )
        return bool(result.modified_count)

    async def leave_out(self, import_id: str, without: Sequence[str]) -> bool:
        """These pupils are left out; only until it is applied. Uses index: _id_."""
        result = await self._imports.update_one(
            {"_id": import_id},
            set_if({"$eq": ["$state", ImportState.READY]}, {"without": list(without)}),
        )
        return bool(result.matched_count)

    async def open_since(self, before: datetime, limit: int = 100) -> list[Import]:
        """Those that a worker should be at, and that gave no sign of life since then. Uses index: unfinished."""
        query = {"is_open": True, "touched_at": {"$lt": before}}
        return [from_document(Import, d) async for d in self._imports.find(query).limit(limit)]

    async def older_than(self, before: datetime, limit: int = 100) -> list[Import]:
        """Handed in before then, their files still there. Uses index: with_files."""
        query = {"files_gone": False, "created_at": {"$lt": before}}
        return [from_document(Import, d) async for d in self._imports.find(query).limit(limit)]

    async def mark_files_gone(self, import_id: str) -> None:
        """Nothing of any pupil is kept with it any more. Uses index: _id_."""
        values = {"files_gone": True, "without": [], "report_file_id": "", "is_open": False}
        await self._imports.update_one({"_id": import_id}, {"$set": values})

    async def put_pages(self, pages: Sequence[ImportPage]) -> None:
        """Write them as they are; a page written again replaces itself."""
        documents = [to_document(page) for page in pages]
        if documents:
            await self._pages.bulk_write(
                [ReplaceOne({"_id": d["_id"]}, d, upsert=True) for d in documents], ordered=False
            )

    async def find_page(self, page_id: str) -> ImportPage | None:
        """Uses index: _id_."""
        document = await self._pages.find_one({"_id": page_id})
        return from_document(ImportPage, document) if document else None

    async def drop_pages(self, school_id: str, import_id: str) -> None:
        """What one import would have changed. Uses index: by_import."""
        await self._pages.delete_many({"school_id": school_id, "import_id": import_id})
