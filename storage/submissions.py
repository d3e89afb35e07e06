"""What was handed in and marked: one document a homework and child, so a class is fifty ids, whatever lies before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from motor.motor_asyncio import AsyncIOMotorDatabase
from pymongo import UpdateOne
from pymongo.errors import DuplicateKeyError

from domain.reports import Outline
from domain.submissions import Mark, Submission, SubmissionState, Version, submission_id
from storage.conditions import set_if
from storage.documents import from_document, to_document, to_value

_OUTLINE = {
    "homework_id": 1,
    "class_id": 1,
    "student_id": 1,
    "versions.late": 1,
    "marks.returned": 1,
}


class SubmissionStore:
    """Every act is one conditional write."""

    def __init__(self, database: AsyncIOMotorDatabase[dict[str, Any]]) -> None:
        self._submissions = database["submissions"]

    async def insert(self, submission: Submission) -> bool:
        """Handed in for the first time; False when something is there already."""
        try:
            await self._submissions.insert_one(to_document(submission))
        except DuplicateKeyError:
            return False
        return True

    async def find(self, submission_id: str) -> Submission | None:
        """Uses index: _id_."""
        document = await self._submissions.find_one({"_id": submission_id})
        return from_document(Submission, document) if document else None

    async def many(self, submission_ids: Iterable[str]) -> dict[str, Submission]:
        """Those of these that are there, by id. Uses index: _id_."""
        cursor = self._submissions.find({"_id": {"$in": list(submission_ids)}})
        return {d["_id"]: from_document(Submission, d) async for d in cursor}

    async def mark_handed_in(self, submission: Submission, version: Version) -> bool:
        """Handed in anew over what was seen of it; False when something has happened since. Uses index: _id_."""
        seen = {
            "$and": [
                {"$eq": ["$state", submission.state.value]},
                {"$eq": [{"$size": "$versions"}, len(submission.versions)]},
            ]
        }
        changes = {
            "state": SubmissionState.HANDED_IN.value,
            "versions": [to_value(v) for v in (*submission.versions, version)],
            "uncounted": True,
        }
        change = set_if(seen, changes)
        result = await self._submissions.update_one({"_id": submission.id}, change)
        return bool(result.modified_count)

    async def mark_marked(self, submission: Submission, mark: Mark) -> bool:
        """The teacher's word to what they saw; False when it was handed in or marked anew since.

        Uses index: _id_.
        """
        seen = _as_seen(mark.version, len(submission.marks))
        state = SubmissionState.RETURNED if mark.returned else SubmissionState.MARKED
        changes = {
            "state": state.value,
            "marks": [to_value(m) for m in (*submission.marks, mark)],
            "untold_since": mark.marked_at if mark.returned else None,
            "uncounted": True,
        }
        change = set_if(seen, changes)
        result = await self._submissions.update_one({"_id": submission.id}, change)
        return bool(result.modified_count)

    async def mark_all_seen(self, submission_ids: Sequence[str], mark: Mark) -> int:
        """One mark for whatever of these is handed in and not looked at; says how many. Uses index: _id_."""
        waits = {"$eq": ["$state", SubmissionState.HANDED_IN.value]}
        said = {
            "$mergeObjects": [{"$literal": to_value(mark)}, {"version": {"$size": "$versions"}}]
        }
        changes = {
            "marks": {"$cond": [waits, {"$concatArrays": ["$marks", [said]]}, "$marks"]},
            "state": {"$cond": [waits, SubmissionState.MARKED.value, "$state"]},
            "uncounted": {"$cond": [waits, True, "$uncounted"]},
        }
        query = {"_id": {"$in": list(submission_ids)}}
        result = await self._submissions.update_many(query, [{"$set": changes}])
        return int(result.modified_count)

    async def untold(self, before: datetime, limit: int) -> list[str]:
        """Ids of what was returned before then, and no family heard of it. Uses index: untold."""
        query = {"untold_since": {"$lt": before}}
        cursor = self._submissions.find(query, {"_id": 1}).limit(limit)
        return [d["_id"] async for d in cursor]

    async def mark_told(self, submission: Submission) -> None:
        """The family hears of what was returned; a return since then is still to be told. Uses index: _id_."""
        same = {"$eq": ["$untold_since", {"$literal": submission.untold_since}]}
        change = set_if(same, {"untold_since": None})
        await self._submissions.update_one({"_id": submission.id}, change)

    async def uncounted(self, limit: int) -> list[Outline]:
        """Some of what changed and the reports do not know. Uses index: uncounted."""
        cursor = self._submissions.find({"uncounted": True}, _OUTLINE).limit(limit)
        return [_outline(d) async for d in cursor]

    async def outlines_of(self, homework_id: str) -> list[Outline]:
        """Of everything handed in for a homework what is counted: its ids begin with the homework's.

        Uses index: _id_.
        """
        place = {"$gte": submission_id(homework_id, ""), "$lt": f"{homework_id};"}
        return [_outline(d) async for d in self._submissions.find({"_id": place}, _OUTLINE)]

    async def outlines(self, submission_ids: Sequence[str]) -> list[Outline]:
        """The same of these. Uses index: _id_."""
        cursor = self._submissions.find({"_id": {"$in": list(submission_ids)}}, _OUTLINE)
        return [_outline(d) async for d in cursor]

    async def mark_counted(self, seen: Sequence[Outline]) -> None:
        """The reports know of these as they were seen; what changed since is still uncounted. Uses index: _id_."""
        changes = [
            UpdateOne({"_id": o.id}, set_if(_as_seen(o.versions, o.marks), {"uncounted": False}))
            for o in seen
        ]
        if changes:
            await self._submissions.bulk_write(changes, ordered=False)

    async def set_praised(self, submission_id: str, at: datetime | None) -> bool:
        """Shown to the class, or no more; says whether that was new. Uses index: _id_."""
        result = await self._submissions.update_one(
            {"_id": submission_id}, {"$set": {"praised_at": at}}
        )
        return bool(result.modified_count)

    async def of_student(self, school_id: str, student_id: str) -> list[Submission]:
        """All of a child's, for the family's file and erasure. Uses index: by_student."""
        query = {"school_id": school_id, "student_id": student_id}
        return [from_document(Submission, d) async for d in self._submissions.find(query)]

    async def old(self, before: datetime, limit: int) -> list[Submission]:
        """Begun before then. Uses index: by_age."""
        cursor = self._submissions.find({"first_at": {"$lt": before}}).limit(limit)
        return [from_document(Submission, d) async for d in cursor]


def _as_seen(versions: int, marks: int) -> dict[str, Any]:
    """Whether nothing was handed in or said since: both only ever grow."""
    return {
        "$and": [
            {"$eq": [{"$size": "$versions"}, versions]},
            {"$eq": [{"$size": "$marks"}, marks]},
        ]
    }


def _outline(document: dict[str, Any]) -> Outline:
    versions, marks = document["versions"], document["marks"]
    return Outline(
        id=document["_id"],
        homework_id=document["homework_id"],
        class_id=document["class_id"],
        student_id=document["student_id"],
        on_time=not versions[0]["late"],
        returned=any(mark["returned"] for mark in marks),
        versions=len(versions),
        marks=len(marks),
    )
