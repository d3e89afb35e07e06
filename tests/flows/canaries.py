"""The marks by which a family is found again wherever something of it lies, and the looking."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Mapping

from PIL import Image, ImageDraw

from tests.town import school_class

CLASS = school_class(1)
# Child, number in class, and the adults of the school's list.
CHILDREN = {
    "金丝雀儿": (11, [("妈妈", "7391"), ("爸爸", "5512")]),
    "百灵鸟儿": (12, [("妈妈", "7391")]),
    "云雀小儿": (13, [("妈妈", "8264")]),
}
CANARY, SIBLING, OTHER = CHILDREN
# What the mother typed by mistake, which is never kept; and when asking by the class's QR for another child.
MISTYPED, TYPED = "4417", "4418"
TOLD = "canary-signature-of-"
BROUGHT = "canary-upload-of-"
WORK, MISTAKE, SHARED = "canary-work", "canary-mistake", "canary-shared"
SAID, ABOUT = "canary-words-of-", "canary-words-about-the-child"


def student_id(name: str) -> str:
    return f"{CLASS.id}-{CHILDREN[name][0]:04d}"


def signature(who: str) -> bytes:
    """A drawn name that says whose it is, for whoever looks into the bytes."""
    picture = Image.new("P", (300, 120), 0)
    picture.putpalette(
        (TOLD + who).encode().ljust(768, b"\0")
    )  # notes beside a picture are not kept
    ImageDraw.Draw(picture).line([(20, 90), (120, 20), (280, 100)], fill=1, width=4)
    content = io.BytesIO()
    picture.save(content, format="PNG")
    return content.getvalue()


def found_in(stored: Mapping[str, bytes], canaries: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Which canaries are still somewhere: canary → collections or keys. Numbers count when they stand alone."""
    return {
        name: places
        for name, canary in canaries.items()
        if (places := sorted(p for p, content in stored.items() if _holds(content, canary)))
    }


def _holds(content: bytes, canary: bytes) -> bool:
    if canary.isdigit():
        alone = rb"(?<![0-9a-zA-Z.:-])" + re.escape(canary) + rb"(?![0-9a-zA-Z.:-])"
        return re.search(alone, content) is not None
    return canary in content


def besides(stored: Mapping[str, bytes], names: Iterable[str]) -> dict[str, bytes]:
    """Without these collections."""
    left_out = set(names)
    return {name: content for name, content in stored.items() if name not in left_out}
