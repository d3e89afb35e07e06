"""Links of staff to their accounts elsewhere: one document an account, so that it is one person's only."""

from __future__ import annotations

from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.accounts import Account
from storage.documents import from_document, to_document


class AccountStore:
    """The key is a hash: who reads the database learns nobody's account name."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._accounts = database["accounts"]

    async def add(self, account: Account) -> bool:
        """Link; says whether this was news. An account that is linked stays with whom it is linked to."""
        try:
            await self._accounts.insert_one(to_document(account))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, account: str) -> Account | None:
        """Uses index: _id_."""
        document = await self._accounts.find_one({"_id": account})
        return from_document(Account, document) if document else None

    async def of_person(self, person_id: str) -> list[Account]:
        """A person's links, oldest first. Uses index: by_person."""
        cursor = self._accounts.find({"person_id": person_id})
        found = [from_document(Account, document) async for document in cursor]
        return sorted(found, key=lambda account: account.linked_at)

    async def remove(self, account: str) -> bool:
        """End a link; says whether there was one. Uses index: _id_."""
        result = await self._accounts.delete_one({"_id": account})
        return bool(result.deleted_count)
