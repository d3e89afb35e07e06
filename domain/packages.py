"""A package of resources that leaves the house: what lies where in it, and what `manifest.json` says.

Names in it are read by strangers' programs: each is one folder deep below its resource, unlike every other also where
capitals do not count, and nothing that a spreadsheet, a shell or Windows would take for more than a name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.files import ENDINGS, offered_name
from domain.resource_names import CLAIM_NAMES, KIND_NAMES, library_name
from domain.resources import Part, Version
from domain.stages import grade_name
from domain.times import school_text

MOST_PACKED = 300  # resources in one package: a term of a school, a subject of a city
FORMAT = "yanshu-resources/1"
_LONGEST = 60  # characters: 180 bytes of Chinese, where a file system takes 255
_SEPARATORS = str.maketrans("./\\", "___")
_OTHER_MEANINGS = "=+-@~$%#"  # a formula, a switch, a home folder, a variable
_DEVICES = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(10))}


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """A file of the package: where it lies, and what it is made of."""

    path: str
    part: Part
    content_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A resource in the version that stands in the library, with its files and the names that belong to it."""

    resource_id: str
    school: str
    author: str
    subject: str
    library: str  # whose it stands in
    shelved_at: datetime
    version: Version
    files: tuple[PackedFile, ...] = ()

    @property
    def kind_name(self) -> str:
        """课件."""
        return KIND_NAMES[self.version.content.kind]

    @property
    def rights(self) -> str:
        """已取得授权：某出版社."""
        content = self.version.content
        return "：".join(filter(None, (CLAIM_NAMES[content.claim], content.whence)))

    @property
    def filing(self) -> tuple[tuple[str, str], ...]:
        """Under what it is filed, from the outside in; what does not apply is left out."""
        content = self.version.content
        found = (
            ("年级", grade_name(content.grade)),
            ("学科", self.subject),
            ("版本", content.edition),
            ("册次", content.volume),
            ("章节", content.chapter),
        )
        return tuple((name, value) for name, value in found if value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What is packed, for whom, and when."""

    title: str
    place: str
    made_at: datetime
    resources: tuple[Packed, ...]

    @property
    def file_name(self) -> str:
        """What the download is called."""
        return offered_name(f"{self.title} 资源包", ".zip")


def safe_name(name: str, taken: set[str]) -> str:
    """A name that lies beside those in `taken`, which it joins: no folder, no second meaning, none twice."""
    stem, dot, ending = name.rpartition(".")
    ending = f".{ending.lower()}" if dot and f".{ending.lower()}" in ENDINGS.values() else ""
    text = unicodedata.normalize("NFC", stem if ending else name).translate(_SEPARATORS)
    plain = offered_name(text, "")[:_LONGEST].strip(" .") or "file"
    if plain[0] in _OTHER_MEANINGS or plain.casefold() in _DEVICES:
        plain = f"_{plain}"
    found, number = plain + ending, 1
    while found.casefold() in taken:
        number += 1
        found = f"{plain}-{number}{ending}"
    taken.add(found.casefold())
    return found


def lay_out(number: int, title: str, parts: Iterable[tuple[Part, str]]) -> tuple[PackedFile, ...]:
    """Where the files of the `number`th resource lie; each part comes with its content type."""
    folder = f"resources/{number:04d}-{safe_name(title, set())}"
    taken: set[str] = set()
    return tuple(
        PackedFile(
            path=f"{folder}/{safe_name(part.name, taken)}", part=part, content_type=content_type
        )
        for part, content_type in parts
    )


def manifest(package: Package) -> dict[str, Any]:
    """`manifest.json`: everything that is known of what lies in the package, in words and hashes."""
    return {
        "format": FORMAT,
        "title": package.title,
        "from": package.place,
        "made_at": package.made_at.isoformat(),
        "resources": [_described(packed) for packed in package.resources],
    }


def _described(packed: Packed) -> dict[str, Any]:
    content = packed.version.content
    return {
        "id": packed.resource_id,
        "version": packed.version.number,
        "title": content.title,
        "summary": content.summary,
        "kind": packed.kind_name,
        "collection": library_name(content.kind),
        "grade": content.grade,
        "filing": dict(packed.filing),
        "school": packed.school,
        "author": packed.author,
        "rights": packed.rights,
        "for_pupils": content.open,
        "library": packed.library,
        "in_library_since": school_text(packed.shelved_at),
        "files": [
            {
                "path": file.path,
                "name": file.part.name,
                "type": file.content_type,
                "bytes": file.part.size_bytes,
                "seconds": file.part.seconds,
                "sha256": file.part.sha256,
            }
            for file in packed.files
        ],
    }
