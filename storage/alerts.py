"""Who was told what outside of notices: one document a word and adult, gone when nobody asks any more."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo.errors import DuplicateKeyError

from domain.alerts import Alert
from domain.channels import Channel
from storage.documents import from_document, to_document


class AlertStore:
    """The id says neither who nor what: it is a hash of both."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._alerts = database["alerts"]

    async def find(self, alert_id: str) -> Alert | None:
        """What was tried so far. Uses index: _id_."""
        document = await self._alerts.find_one({"_id": alert_id})
        return from_document(Alert, document) if document else None

    async def note_template(self, alert_id: str, at: datetime) -> None:
        """A template message is about to go out; the first time counts."""
        try:
            await self._alerts.insert_one(
                to_document(Alert(id=alert_id, at=at, channel=Channel.TEMPLATE))
            )
        except DuplicateKeyError:
            return

    async def take_service(self, alert_id: str, at: datetime) -> bool:
        """A customer-service message is about to go out; says whether it is this caller who sends it."""
        alert = to_document(Alert(id=alert_id, at=at, channel=Channel.SERVICE))
        try:
            await self._alerts.replace_one(
                {"_id": alert_id, "channel": {"$ne": Channel.SERVICE}}, alert, upsert=True
            )
        except DuplicateKeyError:
            return False
        return True

    async def mark_taken(self, alert_id: str) -> None:
        """WeChat has the message."""
        await self._alerts.update_one({"_id": alert_id}, {"$set": {"taken": True}})

    async def forget(self, alert_id: str) -> None:
        """Nothing went out: it may be tried from the beginning."""
        await self._alerts.delete_one({"_id": alert_id})
