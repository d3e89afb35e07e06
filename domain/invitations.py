"""Ways into a class (邀请): what says which class, or which child, somebody means. An invitation alone binds nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A class's QR code (班级邀请码): whoever scans it says which class they mean, nothing more."""

    id: str
    school_id: str
    class_id: str
    created_by: str
    created_at: datetime
    expires_at: datetime
    url: str
