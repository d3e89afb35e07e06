"""Pictures and files that people attach: which kinds are taken, judged by content, and how large they may be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

MAX_FILE_BYTES = 50 * 1024 * 1024
MAX_SECONDS = 4 * 3600  # what plays longer is no recording that a school hands round
MAX_SIGNATURE_BYTES = 256 * 1024
MAX_PIXELS = 50_000_000  # a phone's camera makes 12-48 million; more is a decompression bomb
# The page's sheet makes half a million at its widest; a small PNG of one colour could unfold to far more.
MAX_SIGNATURE_PIXELS = 2_000_000
# What an Office document may unfold to: its zip's table of contents says it, nothing is unpacked.
MAX_UNPACKED_BYTES = 500_000_000


class FileKind(StrEnum):
    """How a page shows a file."""

    PICTURE = "picture"
    DOCUMENT = "document"
    AUDIO = "audio"
    VIDEO = "video"
    SIGNATURE = "signature"
    ARCHIVE = "archive"  # a family file
    ROSTER = "roster"  # a school's list, or the report about one


# What a page shows or plays in its place; everything else is a download.
SHOWN_KINDS = frozenset({FileKind.PICTURE, FileKind.SIGNATURE, FileKind.AUDIO, FileKind.VIDEO})
# What belongs to the adult who owns it, and not to a school.
PRIVATE_KINDS = frozenset({FileKind.SIGNATURE, FileKind.ARCHIVE})


# Content type → the ending it is stored and offered under. Nothing that a browser would run (HTML, SVG) is in here.
PICTURE_TYPES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
}
DOCUMENT_TYPES = {
    "application/pdf": ".pdf",
    "application/msword": ".doc",
    "application/vnd.ms-excel": ".xls",
    "application/vnd.ms-powerpoint": ".ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
}
# What wx.getRecorderManager makes (mp3, aac, wav; its PCM has nothing to know it by), what iOS puts aac into,
# and what WeChat's chat makes of voice (silk, amr).
AUDIO_TYPES = {
    "audio/mpeg": ".mp3",
    "audio/aac": ".aac",
    "audio/mp4": ".m4a",
    "audio/wav": ".wav",
    "audio/silk": ".silk",
    "audio/amr": ".amr",
}
VIDEO_TYPES = {"video/mp4": ".mp4", "video/quicktime": ".mov"}
ENDINGS = PICTURE_TYPES | DOCUMENT_TYPES | AUDIO_TYPES | VIDEO_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """One stored file; `name` is what the person called it, with the ending its content deserves.

    `loose`: uploaded, and attached to nothing yet. `student_id`: the child a guardian handed it in for.
    `promised_to`: what was about to show it at `promised_at`; whether that was ever stored is still to be looked at.
    `seconds`: how long it plays. `undrawn`: a picture whose small picture is still to be made.
    """

    id: str
    school_id: str
    owner_id: str
    kind: FileKind
    name: str
    content_type: str
    size_bytes: int
    created_at: datetime
    width: int = 0
    height: int = 0
    loose: bool = False
    student_id: str = ""
    seconds: int = 0
    undrawn: bool = False
    promised_to: tuple[str, ...] = ()
    promised_at: datetime | None = None
    sha256: str = ""  # of the bytes as they are stored; empty where nobody reckoned it


class Shower(StrEnum):
    """What shows a file; its collection's name."""

    NOTICE = "notices"
    HOMEWORK = "homework"
    SUBMISSION = "submissions"
    MISTAKE = "mistakes"
    ACTIVITY = "activities"
    ANSWER = "answers"
    LEAVE = "leaves"
    MESSAGE = "messages"
    TASKLIST = "tasklists"
    TASKWORK = "taskworks"
    RESOURCE = "resources"
    TOPIC = "topics"  # of a circle
    DELIVERY = "deliveries"  # a signature


def promise_to(shower: Shower, thing_id: str) -> str:
    """How what is about to show a file is named in the file's record."""
    return f"{shower}:{thing_id}"


def parse_promise(promise: str) -> tuple[Shower, str]:
    """What `promise_to` made."""
    shower, _, thing_id = promise.partition(":")
    return Shower(shower), thing_id


def offered_name(name: str, ending: str) -> str:
    """The name a download carries: no folder, no control characters, at most 80 characters, the true ending."""
    base = name.replace("\\", "/").rsplit("/", 1)[-1]
    base = "".join(c for c in base if c.isprintable() and c not in '"<>|:*?').strip(" .")
    stem = base.rsplit(".", 1)[0] if "." in base else base
    return (stem[:80].strip(" .") or "file") + ending
