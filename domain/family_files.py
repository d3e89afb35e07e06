"""The family file (家庭档案): everything about one child and one guardian in one archive, to take home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LIFE = timedelta(hours=24)  # how long it may be fetched


@dataclass(frozen=True, slots=True, kw_only=True)
class FamilyFile:
    """One archive, being made or ready.

    `person_id` is the guardian it is about; `requested_by` whoever may fetch it: the guardian or the
    school's office. `blob_ids` are all files it was ever written to, also by a process that died; the
    ready one is `file_id`. `done` of `total` parts are in it.
    """

    id: str
    school_id: str
    person_id: str
    student_id: str
    requested_by: str
    requested_at: datetime
    expires_at: datetime
    blob_ids: tuple[str, ...] = ()
    file_id: str | None = None
    size_bytes: int = 0
    done: int = 0
    total: int = 0

    def ready(self, at: datetime) -> bool:
        """Whether it may be fetched at `at`."""
        return self.file_id is not None and at < self.expires_at
