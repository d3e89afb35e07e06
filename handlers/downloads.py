"""Under which name a browser keeps what it is sent: one header for every file, and Excel files made in one go."""

from __future__ import annotations

from urllib.parse import quote

from handlers.base import BaseHandler
from services.spreadsheets import XLSX

_LONGEST_BYTES = 240  # a disk takes 255, and a browser may add " (1)"
_LONGEST_ENDING = 16


def disposition(name: str, *, inline: bool = False) -> str:
    """The Content-Disposition of a file called `name`, shown in place where `inline`, else a download.

    RFC 6266: the true name for whoever reads RFC 5987, and one in ASCII for the rest. Left out is what cannot stand in
    a header or only steers the writing (line breaks, marks that turn it around); a folder's sign becomes `_`; what is
    too long loses the end of its stem.
    """
    name = _fitting("".join(_folded(c) for c in name if c.isprintable()).strip(" ."))
    shown = "inline" if inline else "attachment"
    return f"{shown}; filename=\"{_plain(name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def send_sheet(handler: BaseHandler, name: str, content: bytes) -> None:
    """Answer with an Excel file as a download."""
    handler.set_header("Content-Type", XLSX)
    handler.set_header("Content-Disposition", disposition(name))
    handler.finish(content)


def _folded(c: str) -> str:
    return "_" if c in "/\\" else c


def _fitting(name: str) -> str:
    """No longer than a file system takes, counted in bytes; the ending stays."""
    if len(name.encode()) <= _LONGEST_BYTES:
        return name or "file"
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > _LONGEST_ENDING:
        stem, dot, ending = name, "", ""
    room = _LONGEST_BYTES - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode(errors="ignore") + dot + ending


def _plain(name: str) -> str:
    """A name in ASCII that needs no escape in quotes, which browsers read in different ways (RFC 6266, appendix D)."""
    if name.isascii() and not set(name) & set('"\\%'):
        return name
    ending = name.rpartition(".")[2]
    return f"file.{ending}" if ending.isascii() and ending.isalnum() else "file"
