"""Sessions of people in pages: opaque tokens, kept hashed, ended by time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase

from storage.documents import from_document, to_document
from storage.stamps import Stamps


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Somebody who has shown WeChat's word for who they are. `csrf` goes into every form of theirs.

    `acting` is the place (school or region) they switched to, empty for the first that fits. A session at a
    `desk` ends also by silence: `seen_at` is when it last did something. `account` is the linked account it
    was begun with, empty where WeChat vouched for the person.
    """

    id: str
    person_id: str
    csrf: str
    created_at: datetime
    expires_at: datetime
    acting: str = ""
    desk: bool = False
    seen_at: datetime | None = None
    account: str = ""


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


class SessionStore:
    """Who reads the database cannot take over a session: only hashes are in it."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._sessions = database["sessions"]
        self._stamps = Stamps(database)

    async def add(
        self,
        token: str,
        *,
        person_id: str,
        csrf: str,
        at: datetime,
        until: datetime,
        desk: bool = False,
        account: str = "",
    ) -> Session:
        """Start a session for `token`, which only the person's browser keeps."""
        session = Session(
            id=_hashed(token),
            person_id=person_id,
            csrf=csrf,
            created_at=at,
            expires_at=until,
            desk=desk,
            seen_at=at if desk else None,
            account=account,
        )
        await self._sessions.insert_one(to_document(session))
        return session

    async def find(self, token: str, at: datetime) -> Session | None:
        """The live session of a token. Uses index: _id_."""
        document = await self._sessions.find_one({"_id": _hashed(token)})
        if document is None:
            return None
        session = from_document(Session, document)
        return session if at < session.expires_at else None

    async def act_at(self, session_id: str, place_id: str) -> None:
        """They switch to another place. Uses index: _id_."""
        await self._sessions.update_one({"_id": session_id}, {"$set": {"acting": place_id}})

    async def mark_seen(self, session_id: str, at: datetime) -> None:
        """They did something. Uses index: _id_."""
        await self._sessions.update_one({"_id": session_id}, {"$set": {"seen_at": at}})

    async def end(self, session_id: str) -> None:
        """It is over, now. Uses index: _id_."""
        await self._sessions.delete_one({"_id": session_id})
        await self._stamps.touch_sessions([session_id])

    async def end_all(self, person_id: str) -> int:
        """Every session of one person is over; returns how many there were. Uses index: by_person."""
        query = {"person_id": person_id}
        ended = [d["_id"] async for d in self._sessions.find(query, {"_id": 1})]
        result = await self._sessions.delete_many(query)
        await self._stamps.touch_sessions(ended)
        return int(result.deleted_count)

    async def is_there(self, session_id: str, at: datetime) -> Session | None:
        """A session by its own id, while it lives. Uses index: _id_."""
        document = await self._sessions.find_one({"_id": session_id})
        session = from_document(Session, document) if document else None
        return session if session is not None and at < session.expires_at else None
